//! The files of a run's folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::args::plural;
use super::exit::Failed;
use super::out::note;
use crate::assets::replace_file;
use crate::compare::About;
use crate::guideline::GuidelineResult;
use crate::judge::recorded::read_recording;
use crate::judge::{RunResult, read_result, write_result};
use crate::report;
use crate::run::{Timing, times_of, timing};
use crate::transcript::{TargetFacts, Transcript};

/// The files of a run's folder.
#[derive(Debug, Clone)]
pub(super) struct RunFolder {
    root: PathBuf,
}

/// The content of `run.json`: how a run was made. Nothing is judged from it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct RunFile {
    /// Always `parallax-run`.
    pub(super) format: String,
    /// Version of this format.
    pub(super) version: u32,
    /// Version of the program that ran the cases.
    pub(super) parallax: String,
    /// The run's id.
    pub(super) run: String,
    /// When it began, RFC 3339, UTC.
    pub(super) started: String,
    /// How long it took, in milliseconds.
    pub(super) took_ms: u64,
    /// The target.
    pub(super) target: TargetFacts,
    /// Names of the cases that were to run.
    pub(super) cases: Vec<String>,
    /// Cases that ran at the same time.
    pub(super) jobs: usize,
    /// Whether it was stopped.
    pub(super) interrupted: bool,
    /// How long it took beside the least that it could have taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) timing: Option<Timing>,
    /// How long each case took, in milliseconds, by its id: what a later run learns from.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) times: BTreeMap<String, u64>,
}

impl RunFile {
    /// What is known of a run from its transcript.
    pub(super) fn of(transcript: &Transcript) -> RunFile {
        let (run, plan) = (&transcript.run, transcript.plan());
        let mut cases: Vec<String> = match plan {
            Some(plan) => plan.cases.iter().map(|case| case.name.clone()).collect(),
            None => transcript.cases().map(|case| case.name.clone()).collect(),
        };
        cases.sort_unstable();
        cases.dedup();
        let jobs = plan.map_or(1, |plan| plan.jobs);
        RunFile {
            format: "parallax-run".to_owned(),
            version: 1,
            parallax: run.parallax.clone(),
            run: run.run.clone(),
            started: run.started.clone(),
            took_ms: transcript.last_ms(),
            target: run.target.clone(),
            cases,
            jobs,
            interrupted: transcript.end.as_ref().is_none_or(|end| end.interrupted),
            timing: Some(timing(transcript, jobs)),
            times: times_of(transcript),
        }
    }
}

impl RunFolder {
    pub(super) fn new(root: impl Into<PathBuf>) -> Self {
        RunFolder { root: root.into() }
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn transcript(&self) -> PathBuf {
        self.root.join("transcript.jsonl")
    }

    pub(super) fn run(&self) -> PathBuf {
        self.root.join("run.json")
    }

    pub(super) fn ledger(&self) -> PathBuf {
        self.root.join("ledger.jsonl")
    }

    /// The transcript that is there: as it was written, or compressed by gzip, as published ones may
    /// be.
    pub(super) fn stored_transcript(&self) -> PathBuf {
        let compressed = self.root.join("transcript.jsonl.gz");
        let plain = self.transcript();
        if !plain.exists() && compressed.exists() { compressed } else { plain }
    }

    /// What the result is of, if somebody who published it says so.
    pub(super) fn about(&self) -> Result<Option<About>, Failed> {
        let path = self.root.join("about.json");
        let text = match std::fs::read_to_string(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            text => text.map_err(|e| Failed::file(&path, e))?,
        };
        serde_json::from_str(&text).map(Some).map_err(|e| {
            Failed::file(&path, format!("{e}; `parallax index --help` shows what it holds"))
        })
    }

    pub(super) fn result(&self) -> PathBuf {
        self.root.join("result.json")
    }

    pub(super) fn html(&self) -> PathBuf {
        self.root.join("report.html")
    }

    /// A folder that holds a run already is left alone.
    pub(super) fn must_be_free(&self) -> Result<(), Failed> {
        if self.stored_transcript().exists() || self.ledger().exists() {
            return Err(Failed::usage(format!(
                "{} holds a run already; choose another folder with --out, or remove it",
                self.root.display()
            )));
        }
        Ok(())
    }

    pub(super) fn create(&self) -> Result<(), Failed> {
        std::fs::create_dir_all(&self.root).map_err(|e| Failed::file(&self.root, e))
    }

    /// Reads the transcript as far as it goes, and says so if it is cut off.
    pub(super) fn read_transcript(&self) -> Result<Transcript, Failed> {
        let path = self.stored_transcript();
        let compressed = path.extension().is_some_and(|ending| ending == "gz");
        let transcript = if compressed {
            let text = read_recording(&path).map_err(|e| Failed::file(&path, e))?;
            Transcript::parse(&text).map_err(|e| Failed::file(&path, e))?
        } else {
            let bytes = std::fs::read(&path).map_err(|e| no_run(&path, e))?;
            Transcript::read(&bytes).map_err(|e| Failed::file(&path, e))?
        };
        self.say_if_cut_off(&transcript);
        Ok(transcript)
    }

    pub(super) fn say_if_cut_off(&self, transcript: &Transcript) {
        if transcript.cut_off > 0 {
            note!(
                "{}: its last line was cut off ({}); what stands before it is read",
                self.transcript().display(),
                plural(transcript.cut_off, "byte")
            );
        }
    }

    /// Reads `run.json`.
    pub(super) fn read_run(&self) -> Result<RunFile, Failed> {
        let path = self.run();
        let text = std::fs::read_to_string(&path).map_err(|e| Failed::file(&path, e))?;
        serde_json::from_str(&text)
            .map_err(|e| Failed::file(&path, format!("this is no run.json: {e}")))
    }

    /// The result of a run that was judged.
    pub(super) fn read_result(&self) -> Result<RunResult, Failed> {
        let path = self.result();
        let text = std::fs::read_to_string(&path).map_err(|e| {
            Failed::usage(format!("{}: {e}; `parallax judge DIR` makes it", path.display()))
        })?;
        read_result(&text).map_err(|e| Failed::file(&path, format!("this is no result: {e}")))
    }

    /// Writes `run.json`.
    pub(super) fn write_run(&self, transcript: &Transcript) -> Result<(), Failed> {
        self.write("run.json", &to_json(&RunFile::of(transcript)))
    }

    /// Writes `result.json`, and of `shown`, which is the same with what is waived, `report.html` and
    /// `junit.xml`; and `guideline.json` if the run was held against a guideline.
    pub(super) fn write_results(
        &self,
        result: &RunResult,
        shown: &RunResult,
        transcript: &Transcript,
        guideline: Option<&GuidelineResult>,
        note: Option<&str>,
    ) -> Result<(), Failed> {
        self.write("result.json", &write_result(result))?;
        self.write("junit.xml", &report::junit(shown).map_err(Failed::usage)?)?;
        if let Some(guideline) = guideline {
            self.write("guideline.json", &to_json(guideline))?;
        }
        let html = report::html(shown, transcript, guideline, note).map_err(Failed::usage)?;
        self.write("report.html", &html)
    }

    /// Writes `gate.json`.
    pub(super) fn write_gate(&self, gate: &impl Serialize) -> Result<(), Failed> {
        self.write("gate.json", &to_json(gate))
    }

    /// Removes `gate.json`, if it is there.
    pub(super) fn remove_gate(&self) -> Result<(), Failed> {
        let path = self.root.join("gate.json");
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(Failed::file(&path, error))
            }
            _ => Ok(()),
        }
    }

    fn write(&self, name: &str, text: &str) -> Result<(), Failed> {
        let path = self.root.join(name);
        replace_file(&path, text.as_bytes()).map_err(|e| Failed::file(&path, e))
    }
}

/// Why a folder's transcript cannot be read.
pub(super) fn no_run(path: &Path, error: std::io::Error) -> Failed {
    let meant = "a run's folder is meant, as `parallax run --out DIR` makes it";
    Failed::usage(format!("{}: {error}; {meant}", path.display()))
}

/// JSON as all files have it: indented, with a line end.
pub(super) fn to_json(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(value)
        .unwrap_or_else(|e| unreachable!("our own types are JSON: {e}"));
    text.push('\n');
    text
}
