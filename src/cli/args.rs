//! Arguments that several commands take.

use std::path::PathBuf;

use clap::Args;

use super::exit::Failed;
use super::out::{note, note_print};
use crate::assets::Assets;
use crate::case::{Case, Suite, SuiteError};
use crate::judge::Knowledge;
use crate::judge::baseline::{AWS, Baselines};
use crate::model::{Model, suggest};
use crate::plan::Refused;
use crate::syntax::Diagnostics;
use crate::target::{
    Asked, Chosen, ConfigError, ConnectError, Origin, Rate, Said, Saying, SettingsError, Target,
    choose,
};

/// Where cases and baselines come from.
#[derive(Debug, Args)]
pub(super) struct SuiteArgs {
    /// Folder of cases to use instead of the bundled suite
    #[arg(long, value_name = "DIR", global = true)]
    pub(super) cases: Option<PathBuf>,
    /// Folder of baselines to use instead of the bundled ones
    #[arg(long, value_name = "DIR", global = true)]
    pub(super) baselines: Option<PathBuf>,
    /// Whose baselines to use: `aws`, or a stand-in that was recorded [default: aws, if there are any]
    #[arg(long, value_name = "NAME", global = true)]
    pub(super) reference: Option<String>,
}

impl SuiteArgs {
    pub(super) fn case_assets(&self) -> Assets {
        self.cases.clone().map_or(Assets::Cases, Assets::Folder)
    }

    pub(super) fn baseline_assets(&self) -> Assets {
        self.baselines.clone().map_or(Assets::Baselines, Assets::Folder)
    }

    pub(super) fn suite(&self) -> Result<Suite, Failed> {
        Suite::load(&self.case_assets()).map_err(mistakes)
    }

    pub(super) fn knowledge(&self) -> Result<Knowledge, Failed> {
        Knowledge::load(&self.baseline_assets(), self.reference.as_deref()).map_err(mistakes)
    }

    /// What AWS refuses of these cases, by the baselines of AWS in the folder or else by those that
    /// come with the program: a folder that recordings are to go to may be none yet.
    pub(super) fn refused(&self, cases: &[Case]) -> Refused {
        let load = |assets: &Assets| Baselines::load(assets, Some(AWS), None);
        let baselines = load(&self.baseline_assets()).or_else(|_| load(&Assets::Baselines));
        Refused::of(cases, &baselines.unwrap_or_default())
    }
}

/// What `--help` calls these arguments. Said of each, as clap would have it go on behind them.
const TARGET: &str = "Target (`parallax target --help` explains files and variables)";

/// The target. What is not given here is found in the environment, in the configuration file, or by
/// asking the target: see [`super::target::HELP`].
#[derive(Debug, Clone, Args)]
pub(super) struct TargetArgs {
    /// A target of the configuration file [env: PARALLAX_TARGET=]
    #[arg(long, help_heading = TARGET, value_name = "NAME")]
    pub(super) target: Option<String>,
    /// The configuration file [env: PARALLAX_CONFIG=] [default: ./parallax.yaml, then
    /// ~/.config/parallax/parallax.yaml]
    #[arg(long, help_heading = TARGET, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// URL of the EC2 API, or `aws` for AWS's own of the region [env: PARALLAX_ENDPOINT=]
    #[arg(long, help_heading = TARGET, value_name = "URL")]
    pub(super) endpoint: Option<String>,
    /// Region to sign for [env: PARALLAX_REGION=] [default: as AWS's tools find it]
    #[arg(long, help_heading = TARGET)]
    pub(super) region: Option<String>,
    /// Profile of ~/.aws/config and ~/.aws/credentials [env: PARALLAX_PROFILE=]
    #[arg(long, help_heading = TARGET)]
    pub(super) profile: Option<String>,
    /// What to call the target in reports [default: its name in the file, or the endpoint's host]
    #[arg(long, help_heading = TARGET, value_name = "NAME")]
    pub(super) name: Option<String>,
    /// An image that boots, ami-… [env: PARALLAX_IMAGE=] [default: the public machine image that boots
    /// soonest; none on AWS]
    #[arg(long, help_heading = TARGET, value_name = "ID")]
    pub(super) image: Option<String>,
    /// A small instance type that the image boots on [env: PARALLAX_INSTANCE_TYPE=] [default: the
    /// smallest; none on AWS]
    #[arg(long, help_heading = TARGET, value_name = "TYPE")]
    pub(super) instance_type: Option<String>,
    /// An availability zone [env: PARALLAX_ZONE=] [default: the first that is available]
    #[arg(long, help_heading = TARGET)]
    pub(super) zone: Option<String>,
    /// PEM file of certificate authorities to trust beside the system's [env: PARALLAX_CA_BUNDLE=]
    #[arg(long, help_heading = TARGET, value_name = "FILE")]
    pub(super) ca_bundle: Option<PathBuf>,
    /// Requests a second at most: 20, or 20:100 if 100 may go at once, or none [env: PARALLAX_RATE=]
    /// [default: none; on AWS what it documents for each action]
    #[arg(long, help_heading = TARGET, value_name = "N")]
    rate: Option<Rate>,
    /// Seconds that one request may take, from the first byte sent to the last one read
    /// [env: PARALLAX_TIMEOUT=] [default: 60]
    #[arg(long, help_heading = TARGET, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: Option<u64>,
}

impl TargetArgs {
    /// The target that is meant, if any is named: by these arguments, or by what goes behind them.
    pub(super) fn choose(&self) -> Result<Option<Chosen>, Failed> {
        self.choose_as(self.target.as_deref())
    }

    /// The same, with a name (or URL) that was given in another way.
    pub(super) fn choose_as(&self, target: Option<&str>) -> Result<Option<Chosen>, Failed> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|e| Failed::usage(format!("no runtime: {e}")))?;
        let asked = Asked { config: self.config.as_deref(), target, flags: self.flags() };
        runtime.block_on(choose(asked, &variable)).map_err(wrong_settings)
    }

    fn flags(&self) -> Saying {
        fn said<T: Clone>(flag: &'static str, value: &Option<T>) -> Option<Said<T>> {
            value.clone().map(|value| Said { value, origin: Origin::Flag(flag) })
        }
        Saying {
            endpoint: said("--endpoint", &self.endpoint),
            region: said("--region", &self.region),
            profile: said("--profile", &self.profile),
            name: said("--name", &self.name),
            ca: said("--ca-bundle", &self.ca_bundle),
            image: said("--image", &self.image),
            instance_type: said("--instance-type", &self.instance_type),
            zone: said("--zone", &self.zone),
            timeout: said("--timeout", &self.timeout),
            rate: said("--rate", &self.rate),
            ..Saying::default()
        }
    }
}

/// A variable of the environment, if it is text.
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Why it is not known which target is meant.
pub(super) fn wrong_settings(error: SettingsError) -> Failed {
    match error {
        SettingsError::Config(error) => wrong_config(error),
        other => Failed::usage(other),
    }
}

/// What is wrong with the configuration file.
pub(super) fn wrong_config(error: ConfigError) -> Failed {
    match error {
        ConfigError::Mistakes(found) => {
            show_mistakes(&found);
            Failed::usage(format!("{} in the configuration", plural(found.len(), "mistake")))
        }
        other => Failed::usage(other),
    }
}

/// Says what was found out of a target.
pub(super) fn say_found(target: &Target) {
    if let Some(found) = target.found.line() {
        note!("found there: {found}");
    }
}

/// Why no case can run on a target.
pub(super) fn no_target(error: ConnectError) -> Failed {
    match error {
        ConnectError::Target(problem) => Failed::could_not_tell(problem),
        other => Failed::usage(other),
    }
}

/// Which cases are meant.
#[derive(Debug, Args)]
pub(super) struct SelectArgs {
    /// Cases whose name contains one of these texts, or whose id is one of them; all if none is given
    #[arg(value_name = "CASE")]
    pub(super) filters: Vec<String>,
    /// Only cases of this capability (may be repeated)
    #[arg(long, value_name = "NAME")]
    pub(super) capability: Vec<String>,
    /// Only cases that call this action (may be repeated)
    #[arg(long, value_name = "ACTION")]
    pub(super) action: Vec<String>,
}

impl SelectArgs {
    /// The cases that are meant; an error if there is none.
    pub(super) fn select(&self, suite: Suite) -> Result<Vec<Case>, Failed> {
        let known: Vec<String> = suite.cases.iter().map(|c| c.capability.clone()).collect();
        for name in &self.capability {
            if !known.contains(name) {
                let close = suggest(name, known.iter().map(String::as_str));
                let hint = close.map(|c| format!("; did you mean `{c}`?")).unwrap_or_default();
                return Err(Failed::usage(format!("there is no capability `{name}`{hint}")));
            }
        }
        for name in &self.action {
            if Model::ec2().action(name).is_none() {
                let all = Model::ec2().actions().map(|a| a.name.as_str());
                let hint = suggest(name, all).map(|c| format!("; did you mean `{c}`?"));
                let hint = hint.unwrap_or_default();
                return Err(Failed::usage(format!("EC2 has no action `{name}`{hint}")));
            }
        }
        let chosen: Vec<Case> = suite.cases.into_iter().filter(|case| self.matches(case)).collect();
        if chosen.is_empty() {
            return Err(Failed::usage("no case matches; `parallax list` shows all of them"));
        }
        Ok(chosen)
    }

    fn matches(&self, case: &Case) -> bool {
        let named = self.filters.is_empty()
            || self.filters.iter().any(|f| case.id == *f || case.name.contains(f.as_str()));
        let capable = self.capability.is_empty() || self.capability.contains(&case.capability);
        let acting = self.action.is_empty()
            || case.actions().iter().any(|a| self.action.iter().any(|wanted| wanted == a));
        named && capable && acting
    }
}

/// Shows the mistakes of a suite.
pub(super) fn mistakes(error: SuiteError) -> Failed {
    match error {
        SuiteError::Mistakes(found) => {
            show_mistakes(&found);
            Failed::usage(format!("{} in cases or baselines", plural(found.len(), "mistake")))
        }
        other => Failed::usage(other),
    }
}

/// Writes diagnostics to standard error, in colour on a terminal.
pub(super) fn show_mistakes(found: &Diagnostics) {
    note_print(&found.render(true));
}

/// `1 mistake`, `2 mistakes`.
pub(super) fn plural(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
