//! Arguments that several commands take.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::exit::Failed;
use super::out::note_print;
use crate::assets::Assets;
use crate::case::{Case, Suite, SuiteError};
use crate::judge::Knowledge;
use crate::judge::baseline::{AWS, Baselines};
use crate::model::{Model, suggest};
use crate::plan::Refused;
use crate::syntax::Diagnostics;
use crate::target::{ConnectError, Connection};

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

/// The target.
#[derive(Debug, Args)]
pub(super) struct TargetArgs {
    /// URL of the EC2 API, or `aws` for AWS's own of the region
    #[arg(
        long,
        visible_alias = "target",
        value_name = "URL",
        env = "PARALLAX_ENDPOINT",
        hide_env_values = true
    )]
    pub(super) endpoint: Option<String>,
    /// Region to sign for [default: as AWS's tools find it]
    #[arg(long, env = "PARALLAX_REGION")]
    pub(super) region: Option<String>,
    /// Profile of ~/.aws/config and ~/.aws/credentials
    #[arg(long)]
    pub(super) profile: Option<String>,
    /// What to call the target in reports [default: the endpoint's host]
    #[arg(long, value_name = "NAME")]
    pub(super) name: Option<String>,
    /// An image that boots, ami-… [default: the first machine image found; none on AWS]
    #[arg(long, value_name = "ID", env = "PARALLAX_IMAGE")]
    pub(super) image: Option<String>,
    /// A small instance type that the image boots on
    #[arg(long, value_name = "TYPE", env = "PARALLAX_INSTANCE_TYPE")]
    pub(super) instance_type: Option<String>,
    /// An availability zone [default: the first that is available]
    #[arg(long)]
    pub(super) zone: Option<String>,
    /// PEM file of certificate authorities to trust beside the system's
    #[arg(long, value_name = "FILE", env = "AWS_CA_BUNDLE")]
    ca_bundle: Option<PathBuf>,
    /// Seconds that one request may take, from the first byte sent to the last one read; a call makes
    /// at most three
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(super) timeout: u64,
}

impl TargetArgs {
    pub(super) fn connection(&self, endpoint: &str) -> Connection {
        Connection {
            endpoint: endpoint.to_owned(),
            region: self.region.clone(),
            profile: self.profile.clone(),
            name: self.name.clone(),
            image: self.image.clone(),
            instance_type: self.instance_type.clone(),
            zone: self.zone.clone(),
            ca_bundle: self.ca_bundle.clone(),
            timeout: Duration::from_secs(self.timeout),
            anonymous: None,
        }
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
