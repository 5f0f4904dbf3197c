//! Arguments that several commands take.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::Args;

use super::exit::Failed;
use super::files::RunFolder;
use super::out::{note, note_print};
use crate::assets::Assets;
use crate::case::{Case, Suite, SuiteError};
use crate::judge::baseline::{AWS, Baselines};
use crate::judge::{Knowledge, Verdict};
use crate::model::{Model, suggest};
use crate::plan::{Refused, usual_room};
use crate::syntax::Diagnostics;
use crate::target::{
    Asked, Chosen, ConfigError, ConnectError, Origin, Rate, Said, Saying, SettingsError, Target,
    choose,
};
use crate::transcript::{Reach, TargetFacts};
use crate::wire::is_aws;

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
    /// Who logs in to guests of the image [env: PARALLAX_SSH_USER=]
    #[arg(long, help_heading = TARGET, value_name = "NAME")]
    ssh_user: Option<String>,
    /// How guests are reached: direct, jump, or none [env: PARALLAX_REACH=] [default: jump if --jump
    /// names a host, else none: what is asked of guests is skipped]
    #[arg(long, help_heading = TARGET, value_name = "HOW")]
    reach: Option<Reach>,
    /// Host through which guests are reached, user@host [env: PARALLAX_JUMP=]
    #[arg(long, help_heading = TARGET, value_name = "HOST")]
    jump: Option<String>,
    /// File of the key to log in there with [env: PARALLAX_JUMP_KEY=]
    #[arg(long, help_heading = TARGET, value_name = "FILE")]
    jump_key: Option<PathBuf>,
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
            ssh_user: said("--ssh-user", &self.ssh_user),
            reach: said("--reach", &self.reach),
            jump: said("--jump", &self.jump),
            jump_key: said("--jump-key", &self.jump_key),
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

/// How much of the target a run may use.
#[derive(Debug, Args)]
pub(super) struct QuotaArgs {
    /// The most things of a kind that cases may hold at once, for instance vpcs=4; the kinds are those
    /// of the cases' `uses` (may be repeated) [default: what the account says that it has room for]
    #[arg(long, value_name = "KIND=N", value_parser = quota)]
    pub(super) quota: Vec<(String, u32)>,
}

impl QuotaArgs {
    /// Adds what was said to what was found out.
    pub(super) fn apply(&self, facts: &mut TargetFacts, cases: &[Case]) {
        let mut known: Vec<&String> = cases.iter().flat_map(|case| case.uses.keys()).collect();
        known.sort_unstable();
        known.dedup();
        for (kind, count) in &self.quota {
            if !known.contains(&kind) {
                let close = suggest(kind, known.iter().map(|kind| kind.as_str()));
                let hint = close.map(|c| format!("; did you mean `{c}`?")).unwrap_or_default();
                note!("--quota: none of these cases uses `{kind}`{hint}");
            }
            facts.quotas.insert(kind.clone(), *count);
        }
    }

    /// How many things of a kind may be held at once: what is known of the target, and of AWS what an
    /// account has if nobody asked for more.
    pub(super) fn room(facts: &TargetFacts) -> BTreeMap<String, u32> {
        let mut room = if is_aws(&facts.endpoint) { usual_room() } else { BTreeMap::new() };
        room.extend(facts.quotas.clone());
        room
    }
}

fn quota(text: &str) -> Result<(String, u32), String> {
    let (kind, count) = text.split_once('=').ok_or("KIND=N is meant, for instance vpcs=4")?;
    let count = count.parse().map_err(|_| format!("`{count}` is no number of things"))?;
    if kind.is_empty() {
        return Err("KIND=N is meant, for instance vpcs=4".to_owned());
    }
    Ok((kind.to_owned(), count))
}

/// Which cases are meant.
#[derive(Debug, Args)]
pub(super) struct SelectArgs {
    /// Cases whose name contains one of these texts, or whose id is one of them; all if none is given
    #[arg(value_name = "CASE")]
    pub(super) filters: Vec<String>,
    /// Only cases whose whole name, or whose id, is one of those given
    #[arg(long, requires = "filters")]
    pub(super) exact: bool,
    /// Without cases whose name contains this text (may be repeated)
    #[arg(long, value_name = "TEXT")]
    pub(super) skip: Vec<String>,
    /// Only cases of this capability (may be repeated)
    #[arg(long, value_name = "NAME")]
    pub(super) capability: Vec<String>,
    /// Only cases that call this action (may be repeated)
    #[arg(long, value_name = "ACTION")]
    pub(super) action: Vec<String>,
    /// Only cases that did not pass in an earlier run, or had no turn in it: the run's folder
    #[arg(long, value_name = "DIR")]
    pub(super) rerun_failed: Option<PathBuf>,
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
        let last = self.rerun_failed.as_deref().map(LastTime::read).transpose()?;
        let mut chosen: Vec<Case> =
            suite.cases.into_iter().filter(|case| self.matches(case)).collect();
        if chosen.is_empty() {
            return Err(Failed::usage("no case matches; `parallax list` shows all of them"));
        }
        if let Some(last) = last {
            chosen.retain(|case| last.is_wanted(case));
            if chosen.is_empty() {
                note!("every case that is meant passed in {}: there is nothing to do", last.folder);
                return Err(Failed::nothing_to_do());
            }
        }
        Ok(chosen)
    }

    fn matches(&self, case: &Case) -> bool {
        let is_named = |f: &String| match self.exact {
            true => case.name == *f,
            false => case.name.contains(f.as_str()),
        };
        let named =
            self.filters.is_empty() || self.filters.iter().any(|f| case.id == *f || is_named(f));
        let named = named && !self.skip.iter().any(|text| case.name.contains(text.as_str()));
        let capable = self.capability.is_empty() || self.capability.contains(&case.capability);
        let acting = self.action.is_empty()
            || case.actions().iter().any(|a| self.action.iter().any(|wanted| wanted == a));
        named && capable && acting
    }
}

/// What an earlier run said of cases.
struct LastTime {
    folder: String,
    passed: BTreeSet<String>,
    /// Those that were judged, or were to be run.
    meant: BTreeSet<String>,
}

impl LastTime {
    fn read(folder: &Path) -> Result<LastTime, Failed> {
        let result = RunFolder::new(folder).read_result()?;
        let mut last = LastTime {
            folder: folder.display().to_string(),
            passed: BTreeSet::new(),
            meant: BTreeSet::from_iter(result.run.left),
        };
        for case in result.cases {
            if case.verdict == Verdict::Pass {
                last.passed.insert(case.id.clone());
            }
            last.meant.insert(case.id);
        }
        Ok(last)
    }

    fn is_wanted(&self, case: &Case) -> bool {
        let meant = self.meant.contains(&case.id) || self.meant.contains(&case.name);
        meant && !self.passed.contains(&case.id)
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
