//! `parallax report`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::exit::{Done, Exit, Failed};
use super::files::RunFolder;
use super::gating::WaiverArgs;
use super::guideline::GuidelineArg;
use super::out::{print, print_bytes};
use crate::assets::Assets;
use crate::judge::write_result;
use crate::report;
use crate::run::timing;
use crate::waiver::Waiving;

/// Arguments of `report`.
#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    /// Folder of a run that was judged
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// What to write to standard output
    #[arg(long, short, default_value = "terminal")]
    format: Format,
    /// Show every finding, not only the first of each case
    #[arg(long, short)]
    verbose: bool,
    /// Folder of the cases that ran, for annotations that name their files
    #[arg(long, value_name = "DIR")]
    cases: Option<PathBuf>,
    #[command(flatten)]
    guideline: GuidelineArg,
    #[command(flatten)]
    waivers: WaiverArgs,
    /// Show how long the run took, beside the least that it could have taken
    #[arg(long, conflicts_with_all = ["format", "verbose", "guideline"])]
    timing: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// A summary for people
    Terminal,
    /// `result.json`
    Json,
    /// JUnit XML
    Junit,
    /// One self-contained HTML page
    Html,
    /// Subunit version 2, a stream of bytes, as OpenStack's tools and RefStack's client read it
    Subunit,
    /// Subunit version 1, text
    SubunitV1,
    /// TAP version 14
    Tap,
    /// Annotations of GitHub Actions, one for each case that failed
    Github,
    /// A summary in Markdown, as for a job of GitHub Actions
    Markdown,
}

pub(super) fn run(args: &ReportArgs) -> Done {
    let folder = RunFolder::new(&args.folder);
    if args.timing {
        let transcript = folder.read_transcript()?;
        // The transcript of an older run does not say how many cases could run at once.
        let jobs = folder.read_run().map_or(1, |run| run.jobs);
        print(&report::timing(&timing(&transcript, jobs)));
        return Ok(Exit::Ok);
    }
    let judged = folder.read_result()?;
    let waiving = args.waivers.over(&folder, &judged)?;
    let waived = waiving.as_ref().map(Waiving::reasons).unwrap_or_default();
    let shown = waiving.as_ref().filter(|_| !waived.is_empty());
    let shown = shown.map(|waiving| waiving.applied_to(&judged));
    let result = shown.as_ref().unwrap_or(&judged);
    let guideline = args.guideline.read()?;
    let held = args.guideline.held(guideline.as_ref(), &judged, &waived);
    match args.format {
        Format::Terminal => {
            print(&report::terminal(result, args.verbose));
            held.iter().for_each(|held| print(&report::guideline_summary(held)));
            waiving.iter().for_each(|waiving| print(&report::waivers(waiving, true)));
        }
        // As judged: what is waived depends on the day.
        Format::Json => print(&write_result(&judged)),
        Format::Junit => print(&report::junit(result).map_err(Failed::usage)?),
        Format::Html => {
            let transcript = folder.read_transcript()?;
            let html = report::html(result, &transcript, held.as_ref(), None);
            print(&html.map_err(Failed::usage)?);
        }
        Format::Subunit => print_bytes(&report::subunit(result)),
        Format::SubunitV1 => print(&report::subunit_v1(result)),
        Format::Tap => print(&report::tap(result)),
        Format::Github => {
            let places = args.cases.as_deref().map(places).transpose()?.unwrap_or_default();
            print(&report::github(result, &|case| places.get(&case.id).cloned()));
        }
        Format::Markdown => print(&report::markdown(result, waiving.as_ref(), None)),
    }
    Ok(Exit::Ok)
}

/// In which file and line each case of a folder stands, by its id.
fn places(root: &Path) -> Result<BTreeMap<String, (String, usize)>, Failed> {
    let assets = Assets::Folder(root.to_owned());
    let failed = |error| Failed::file(root, error);
    let mut places = BTreeMap::new();
    for name in assets.list(".yaml").map_err(failed)? {
        let text = assets.read(&name).map_err(failed)?;
        let file = root.join(&name).display().to_string();
        for (at, line) in text.lines().enumerate() {
            // Ids stand at the beginning of a file, and in the rows of a matrix.
            let ids = line.split(|c: char| !(c.is_ascii_hexdigit() || c == '-'));
            for id in ids.filter(|word| word.len() == 36 && uuid::Uuid::try_parse(word).is_ok()) {
                places.entry(id.to_owned()).or_insert_with(|| (file.clone(), at + 1));
            }
        }
    }
    Ok(places)
}
