//! `parallax guideline result`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Format, file};
use crate::cli::exit::{Done, Exit, Failed};
use crate::cli::files::{RunFolder, to_json};
use crate::cli::gating::WaiverArgs;
use crate::cli::out::print;
use crate::guideline::{GuidelineResult, Tier, evaluate};
use crate::model::suggest;
use crate::report::{self, Markup};
use crate::waiver::Waiving;

/// Arguments of `guideline result`.
#[derive(Debug, Args)]
#[command(after_help = "\
A capability passes when every test of it passed that is not flagged; a platform, when every required
capability did. What is unsupported, blocked, inconclusive, skipped or not in the run is not passed, and
is counted by its own name. A test is a case by its id, whatever either is called.

With --platform the exit code is 0 if the platform passes and 1 if it does not; else it is 0.")]
pub(super) struct ResultArgs {
    /// Folder of a run that was judged
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// A file, or the name of a guideline that comes with the program [default: the newest of these]
    #[arg(long, value_name = "GUIDELINE")]
    guideline: Option<String>,
    /// Only this platform, and say by the exit code whether it passes
    #[arg(long, value_name = "NAME")]
    platform: Option<String>,
    /// List the tests that did not pass, of capabilities in this tier (may be repeated)
    #[arg(long, value_name = "TIER")]
    tests: Vec<TierName>,
    #[command(flatten)]
    waivers: WaiverArgs,
    /// How to write it; `json` is the content of `guideline.json`
    #[arg(long, short, default_value = "text")]
    format: Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum TierName {
    Required,
    Advisory,
    Deprecated,
    Removed,
}

impl From<TierName> for Tier {
    fn from(name: TierName) -> Tier {
        match name {
            TierName::Required => Tier::Required,
            TierName::Advisory => Tier::Advisory,
            TierName::Deprecated => Tier::Deprecated,
            TierName::Removed => Tier::Removed,
        }
    }
}

pub(super) fn run(args: &ResultArgs) -> Done {
    let folder = RunFolder::new(&args.folder);
    let run = folder.read_result()?;
    let guideline = file::read(args.guideline.as_deref())?;
    let waiving = args.waivers.over(&folder, &run)?;
    let waived = waiving.as_ref().map(Waiving::reasons).unwrap_or_default();
    let mut result = evaluate(&guideline, &run, &waived);
    let passes = match &args.platform {
        Some(name) => only(&mut result, name)?,
        None => true,
    };
    let tiers: Vec<Tier> = args.tests.iter().copied().map(Tier::from).collect();
    let platform = args.platform.as_deref();
    let text = |markup| report::guideline_result(&result, platform, &tiers, markup);
    print(&match args.format {
        Format::Text => text(Markup::Text),
        Format::Markdown => text(Markup::Markdown),
        Format::Json => to_json(&result),
    });
    Ok(if passes { Exit::Ok } else { Exit::Incompatible })
}

/// Leaves one platform and its capabilities, and says whether it passes.
fn only(result: &mut GuidelineResult, name: &str) -> Result<bool, Failed> {
    let Some(platform) = result.platform(name).cloned() else {
        let names = || result.platforms.iter().map(|platform| platform.name.as_str());
        let hint = match suggest(name, names()) {
            Some(close) => format!("did you mean {close:?}?"),
            None => format!("it has {}", names().collect::<Vec<_>>().join(", ")),
        };
        return Err(Failed::usage(format!("the guideline has no platform {name:?}; {hint}")));
    };
    let own = |name: &String| platform.tiers.iter().any(|tier| tier.capabilities.contains(name));
    result.capabilities.retain(|capability| own(&capability.name));
    let passes = platform.passes;
    result.platforms = vec![platform];
    Ok(passes)
}
