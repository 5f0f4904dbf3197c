//! The files of a run's folder.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::exit::Failed;
use crate::assets::replace_file;
use crate::compare::About;
use crate::guideline::GuidelineResult;
use crate::judge::recorded::read_recording;
use crate::judge::{RunResult, read_result, write_result};
use crate::report;
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
        if self.stored_transcript().exists() {
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

    pub(super) fn read_transcript(&self) -> Result<Transcript, Failed> {
        let path = self.stored_transcript();
        let compressed = path.extension().is_some_and(|ending| ending == "gz");
        let read = if compressed { read_recording(&path) } else { read_text(&path) };
        let text = read.map_err(|e| {
            Failed::usage(format!(
                "{}: {e}; a run's folder is meant, as `parallax run --out DIR` makes it",
                path.display()
            ))
        })?;
        Transcript::parse(&text).map_err(|e| Failed::file(&path, e))
    }

    /// The result of a run that was judged.
    pub(super) fn read_result(&self) -> Result<RunResult, Failed> {
        let path = self.result();
        let text = std::fs::read_to_string(&path).map_err(|e| {
            Failed::usage(format!("{}: {e}; `parallax judge DIR` makes it", path.display()))
        })?;
        read_result(&text).map_err(|e| Failed::file(&path, format!("this is no result: {e}")))
    }

    pub(super) fn write_run(&self, run: &RunFile) -> Result<(), Failed> {
        self.write("run.json", &to_json(run))
    }

    /// Writes `result.json`, `report.html`, `junit.xml`, and `guideline.json` if the run was held
    /// against a guideline.
    pub(super) fn write_results(
        &self,
        result: &RunResult,
        transcript: &Transcript,
        guideline: Option<&GuidelineResult>,
        note: Option<&str>,
    ) -> Result<(), Failed> {
        self.write("result.json", &write_result(result))?;
        self.write("junit.xml", &report::junit(result).map_err(Failed::usage)?)?;
        if let Some(guideline) = guideline {
            self.write("guideline.json", &to_json(guideline))?;
        }
        let html = report::html(result, transcript, guideline, note).map_err(Failed::usage)?;
        self.write("report.html", &html)
    }

    fn write(&self, name: &str, text: &str) -> Result<(), Failed> {
        let path = self.root.join(name);
        replace_file(&path, text.as_bytes()).map_err(|e| Failed::file(&path, e))
    }
}

/// A text of which the last line may be cut off, even within a character.
fn read_text(path: &Path) -> std::io::Result<String> {
    String::from_utf8(std::fs::read(path)?).or_else(|error| {
        let valid = error.utf8_error().valid_up_to();
        let bytes = error.into_bytes();
        if bytes[valid..].contains(&b'\n') {
            let (kind, what) = (std::io::ErrorKind::InvalidData, "this is not UTF-8 text");
            return Err(std::io::Error::new(kind, what));
        }
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    })
}

/// JSON as all files have it: indented, with a line end.
pub(super) fn to_json(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(value)
        .unwrap_or_else(|e| unreachable!("our own types are JSON: {e}"));
    text.push('\n');
    text
}
