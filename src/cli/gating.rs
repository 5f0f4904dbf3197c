//! Waivers and the gate: arguments, files, and what follows for the exit code.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::args::{plural, show_mistakes};
use super::exit::{Exit, Failed};
use super::files::RunFolder;
use super::out::{note, print};
use crate::assets::replace_file;
use crate::gate::{About, By, Decision, Expectations, Gate, Holds, Looked};
use crate::guideline::GuidelineResult;
use crate::judge::{Knowledge, RunResult, judge, read_result};
use crate::report;
use crate::syntax::SourceFile;
use crate::waiver::{Decisive, State, Waivers, Waiving};

/// Where waivers are looked for.
pub(super) const WAIVERS: &str = "parallax.waivers.yaml";

/// What `--help` calls these arguments.
const GATE: &str = "Gate";

/// Differences that are accepted for a time.
#[derive(Debug, Clone, Args)]
pub(super) struct WaiverArgs {
    /// File of waivers, or `none`: differences that are known and accepted until a date
    /// [default: parallax.waivers.yaml, if it is there]
    #[arg(long, help_heading = GATE, value_name = "FILE")]
    waivers: Option<PathBuf>,
    /// Do not fail for waivers whose difference is not in this run: for a run of some cases only
    #[arg(long, help_heading = GATE)]
    pub(super) allow_stale: bool,
    /// The day for which waivers are looked at [default: today, in UTC]
    #[arg(long, hide = true, value_name = "YYYY-MM-DD")]
    today: Option<Date>,
}

impl WaiverArgs {
    /// The waivers that are meant. Read them before anything takes long.
    pub(super) fn read(&self) -> Result<Option<Waivers>, Failed> {
        let path = self.waivers.as_deref().unwrap_or(Path::new(WAIVERS));
        if path.as_os_str() == "none" {
            return Ok(None);
        }
        match read_waivers(path)? {
            None if self.waivers.is_some() => {
                let why = "there is no such file; `parallax waive --help` says how one is begun";
                Err(Failed::file(path, why))
            }
            found => Ok(found),
        }
    }

    /// The day.
    pub(super) fn today(&self) -> Date {
        self.today.unwrap_or_else(|| Timestamp::now().to_zoned(TimeZone::UTC).date())
    }

    /// What the waivers that are meant come to over a result that lies in a folder.
    pub(super) fn over(
        &self,
        folder: &RunFolder,
        result: &RunResult,
    ) -> Result<Option<Waiving>, Failed> {
        let Some(waivers) = self.read()? else { return Ok(None) };
        let decisive = decisive(folder)?;
        Ok(Some(Waiving::of(&waivers, result, &decisive, self.today())))
    }
}

/// Reads a file of waivers; `None` if it is not there.
pub(super) fn read_waivers(path: &Path) -> Result<Option<Waivers>, Failed> {
    let Some(file) = text_of(path)? else { return Ok(None) };
    let mistakes = |found| wrong(&found, "the waivers");
    Waivers::parse(file).map(Some).map_err(mistakes)
}

/// Which findings decide, by the transcript in a folder; without it, all grave ones do.
pub(super) fn decisive(folder: &RunFolder) -> Result<Decisive, Failed> {
    match folder.stored_transcript().is_file() {
        true => Ok(Decisive::of(&folder.read_transcript()?)),
        false => Ok(Decisive::default()),
    }
}

/// The gate.
#[derive(Debug, Clone, Args)]
pub(super) struct GateArgs {
    /// Which cases decide over the exit code
    #[arg(long, help_heading = GATE, value_name = "CASES", default_value = "all")]
    gate: Which,
    /// Fail only on what got worse than in this earlier run: its folder, or its result.json
    #[arg(long, help_heading = GATE, value_name = "RUN", conflicts_with = "expectations")]
    against: Option<PathBuf>,
    /// Fail only on what is not as this file expects: on cases that fail and are not in it, and on
    /// those in it that do not fail any more
    #[arg(long, help_heading = GATE, value_name = "FILE")]
    expectations: Option<PathBuf>,
    /// Take what does not fail any more out of the file of expectations
    #[arg(long, help_heading = GATE, requires = "expectations")]
    update_expectations: bool,
    /// With --update-expectations, put in what fails now
    #[arg(long, help_heading = GATE, requires = "update_expectations")]
    allow_new: bool,
    #[command(flatten)]
    waivers: WaiverArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Which {
    /// Every case: none may fail
    All,
    /// The required tests of the guideline: all have to pass that are not flagged
    Required,
    /// None: only what was left behind sets the exit code
    None,
}

/// What `gate.json` holds: what decided over the exit code. `result.json` says what the run showed,
/// which depends neither on the day nor on what anybody accepts.
#[derive(Serialize)]
struct GateFile<'a> {
    format: &'static str,
    version: u32,
    run: &'a str,
    exit: u8,
    decision: &'a Decision,
    #[serde(skip_serializing_if = "Option::is_none")]
    waivers: Option<&'a Waiving>,
}

/// The files of a gate, read before anything takes long.
pub(super) struct Gating {
    args: GateArgs,
    waivers: Option<Waivers>,
    expectations: Option<Expectations>,
    against: Option<Earlier>,
}

/// An earlier run, with its folder if that has a transcript.
struct Earlier {
    result: RunResult,
    folder: Option<RunFolder>,
}

/// What the gate makes of a result.
pub(super) struct Ruled {
    pub(super) waiving: Option<Waiving>,
    pub(super) decision: Decision,
    /// The result with `waived` where it is; absent if nothing is.
    shown: Option<RunResult>,
    stale_allowed: bool,
    /// Whether anything was asked for beyond what every run does.
    asked: bool,
}

impl Gating {
    /// Reads what a gate needs. `guideline` says whether there is one.
    pub(super) fn new(args: &GateArgs, guideline: bool) -> Result<Gating, Failed> {
        if args.gate == Which::Required && !guideline {
            let why = "--gate required asks for a guideline, and --guideline none says that there is none";
            return Err(Failed::usage(why));
        }
        let waivers = args.waivers.read()?;
        let expectations = args.expectations.as_deref();
        let expectations =
            expectations.map(|path| expected(path, args.update_expectations)).transpose()?;
        let against = args.against.as_deref().map(Earlier::read).transpose()?;
        Ok(Gating { args: args.clone(), waivers, expectations, against })
    }

    /// What waivers come to, before anything else is made of a result.
    pub(super) fn waiving(&self, result: &RunResult, decisive: &Decisive) -> Option<Waiving> {
        let today = self.args.waivers.today();
        self.waivers.as_ref().map(|waivers| Waiving::of(waivers, result, decisive, today))
    }

    /// What the gate makes of a result. Writes the file of expectations if that is asked for.
    pub(super) fn rule(
        &self,
        result: &RunResult,
        decisive: &Decisive,
        waiving: Option<Waiving>,
        guideline: Option<&GuidelineResult>,
        knowledge: &Knowledge,
    ) -> Result<Ruled, Failed> {
        let waived: BTreeMap<String, String> =
            waiving.as_ref().map(Waiving::reasons).unwrap_or_default();
        let looked = Looked { result, waived: &waived, decisive };
        let about = match (self.args.gate, guideline) {
            (Which::All, _) => About::All,
            (Which::None, _) => About::Nothing,
            (Which::Required, Some(guideline)) => About::required(guideline),
            (Which::Required, None) => {
                let why =
                    "--gate required: this run is about no guideline; name one with --guideline";
                return Err(Failed::usage(why));
            }
        };
        let earlier = self.against.as_ref().map(|earlier| earlier.judged(result, knowledge));
        let earlier = earlier.transpose()?;
        let updated = match &self.expectations {
            Some(expectations) if self.args.update_expectations => {
                Some(self.update(expectations, &about, &looked)?)
            }
            _ => None,
        };
        let by = match (&earlier, updated.as_ref().or(self.expectations.as_ref())) {
            (Some(earlier), _) => By::Against(earlier),
            (None, Some(expectations)) => By::Expectations(expectations),
            (None, None) => By::Verdicts,
        };
        let asked = waiving.is_some() || about != About::All || !matches!(by, By::Verdicts);
        let decision = Gate { about, by }.decide(&looked);
        let shown = waiving.as_ref().filter(|waiving| !waiving.cases.is_empty());
        let shown = shown.map(|waiving| waiving.applied_to(result));
        let stale_allowed = self.args.waivers.allow_stale;
        Ok(Ruled { waiving, decision, shown, stale_allowed, asked })
    }

    /// Writes the file of expectations as it is to be after this run.
    fn update(
        &self,
        expectations: &Expectations,
        about: &About,
        looked: &Looked<'_>,
    ) -> Result<Expectations, Failed> {
        let cases = expectations.after(about, looked, self.args.allow_new);
        let text = expectations.rewritten(&cases);
        let path = expectations.file.path.clone();
        if text != expectations.file.text {
            replace_file(&path, text.as_bytes()).map_err(|e| Failed::file(&path, e))?;
            let count = plural(cases.len(), "case");
            note!(
                "{}: {count} known not to pass, {} before",
                path.display(),
                expectations.cases.len()
            );
        }
        let mistakes = |found| wrong(&found, "the expectations as they were written");
        Expectations::parse(SourceFile { path, text }).map_err(mistakes)
    }
}

impl Ruled {
    /// The result as reports show it.
    pub(super) fn shown<'a>(&'a self, result: &'a RunResult) -> &'a RunResult {
        self.shown.as_ref().unwrap_or(result)
    }

    /// How the run ends.
    pub(super) fn exit(&self, result: &RunResult) -> Exit {
        let out_of_date = |waiving: &Waiving| {
            let stale = !self.stale_allowed && waiving.in_state(State::Stale).next().is_some();
            stale || waiving.in_state(State::Expired).next().is_some()
        };
        if !result.leaks.is_empty() {
            Exit::Leaked
        } else if self.decision.about == "none" {
            Exit::Ok
        } else if self.waiving.as_ref().is_some_and(out_of_date) {
            Exit::Incompatible
        } else {
            match self.decision.holds {
                Holds::Yes => Exit::Ok,
                Holds::No => Exit::Incompatible,
                Holds::CouldNotTell => Exit::CouldNotTell,
            }
        }
    }

    /// Shows what there is to say, and writes `gate.json`; one of an earlier judging is removed if there
    /// is nothing to write.
    pub(super) fn show(&self, folder: &RunFolder, result: &RunResult) -> Result<(), Failed> {
        if !self.asked {
            return folder.remove_gate();
        }
        if let Some(waiving) = &self.waiving {
            print(&report::waivers(waiving, self.stale_allowed));
        }
        print(&report::gate(&self.decision));
        folder.write_gate(&GateFile {
            format: "parallax-gate",
            version: 1,
            run: &result.run.id,
            exit: self.exit(result).code(),
            decision: &self.decision,
            waivers: self.waiving.as_ref(),
        })
    }
}

impl Earlier {
    fn read(path: &Path) -> Result<Earlier, Failed> {
        if path.is_dir() {
            let folder = RunFolder::new(path);
            let result = folder.read_result()?;
            let folder = Some(folder).filter(|folder| folder.stored_transcript().is_file());
            return Ok(Earlier { result, folder });
        }
        let text = std::fs::read_to_string(path).map_err(|e| {
            let meant = "the folder of an earlier run is meant, or its result.json";
            Failed::file(path, format!("{e}; {meant}"))
        })?;
        let result = read_result(&text)
            .map_err(|e| Failed::file(path, format!("this is no result: {e}")))?;
        Ok(Earlier { result, folder: None })
    }

    /// The earlier result by the rules of this one, if it was judged by others and its transcript is
    /// there: what changed is then the cloud, and not the judge.
    fn judged(&self, now: &RunResult, knowledge: &Knowledge) -> Result<RunResult, Failed> {
        match &self.folder {
            Some(folder) if self.result.judged_with != now.judged_with => {
                note!("{}: judged again, by today's rules", folder.root().display());
                Ok(judge(&folder.read_transcript()?, knowledge))
            }
            _ => Ok(self.result.clone()),
        }
    }
}

/// Reads a file of expectations; one that is not there is empty if it is to be written.
fn expected(path: &Path, update: bool) -> Result<Expectations, Failed> {
    match text_of(path)? {
        Some(file) => Expectations::parse(file).map_err(|found| wrong(&found, "the expectations")),
        None if update => {
            Ok(Expectations::none(SourceFile { path: path.to_owned(), text: String::new() }))
        }
        None => {
            let how =
                "there is no such file; --update-expectations --allow-new writes the first one";
            Err(Failed::file(path, how))
        }
    }
}

/// The text of a file; `None` if it is not there.
fn text_of(path: &Path) -> Result<Option<SourceFile>, Failed> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(SourceFile { path: path.to_owned(), text })),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failed::file(path, error)),
    }
}

fn wrong(found: &crate::syntax::Diagnostics, what: &str) -> Failed {
    show_mistakes(found);
    Failed::usage(format!("{} in {what}", plural(found.len(), "mistake")))
}
