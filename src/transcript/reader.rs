//! Reads a transcript back, as far as it goes.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::{Event, Exchange, FORMAT_VERSION, Planned, RunEnded, RunStarted};
use crate::case::Case;

/// A transcript as read.
#[derive(Debug, Clone)]
pub struct Transcript {
    /// The first line.
    pub run: RunStarted,
    /// All lines between the first and the last, in order.
    pub events: Vec<Event>,
    /// The last line; `None` if the run did not come to its end.
    pub end: Option<RunEnded>,
    /// Bytes after the last whole line: what was being written when the run was stopped.
    pub cut_off: usize,
}

/// Why a transcript cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum TranscriptError {
    /// The file cannot be read.
    #[error("{}: {error}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// A line is no event.
    #[error(
        "line {line} of the transcript is no event: {why}; the lines before it can be judged \
         if this one and those after it are removed"
    )]
    Line {
        /// The line's number, from 1.
        line: usize,
        /// Why.
        why: String,
    },
    /// The first line is missing.
    #[error("this is no transcript: it does not begin with a `run` event")]
    NoRun,
    /// The first line is not whole.
    #[error(
        "the transcript was cut off within its first line: the run was stopped before it began, \
         and there is nothing to judge or to go on with"
    )]
    CutOff,
    /// It was written by a newer program.
    #[error(
        "the transcript has version {0}, this program reads up to {FORMAT_VERSION}; use a newer parallax"
    )]
    Version(u32),
}

impl Transcript {
    /// Reads a transcript that is text, as [`Transcript::read`] does.
    ///
    /// # Errors
    /// A line in the middle is no event, or the first is missing.
    pub fn parse(text: &str) -> Result<Transcript, TranscriptError> {
        Transcript::read(text.as_bytes())
    }

    /// Reads a transcript. A last line that was cut off, be it within a letter, is left out: the run
    /// was stopped while it was written.
    ///
    /// # Errors
    /// A line in the middle is no event, or the first is missing.
    pub fn read(bytes: &[u8]) -> Result<Transcript, TranscriptError> {
        let mut lines = bytes.split_inclusive(|byte| *byte == b'\n').enumerate();
        let first = lines.next().map(|(_, line)| line).unwrap_or_default();
        let run = match serde_json::from_slice::<Event>(first) {
            Ok(Event::Run(run)) if run.version > FORMAT_VERSION => {
                return Err(TranscriptError::Version(run.version));
            }
            Ok(Event::Run(run)) => run,
            Err(error) if error.is_eof() && begins_a_run(first) => {
                return Err(TranscriptError::CutOff);
            }
            Ok(_) | Err(_) => return Err(newer(first).unwrap_or(TranscriptError::NoRun)),
        };
        let mut transcript = Transcript { run, events: Vec::new(), end: None, cut_off: 0 };
        for (n, line) in lines {
            match serde_json::from_slice::<Event>(line) {
                Ok(Event::End(ended)) => transcript.end = Some(ended),
                Ok(event) => {
                    if let Event::Resumed(_) = event {
                        transcript.end = None;
                    }
                    transcript.events.push(event);
                }
                Err(_) if !line.ends_with(b"\n") => transcript.cut_off = line.len(),
                Err(error) => {
                    return Err(TranscriptError::Line { line: n + 1, why: error.to_string() });
                }
            }
        }
        Ok(transcript)
    }

    /// What was to be run; `None` in transcripts that are older than the question.
    pub fn plan(&self) -> Option<&Planned> {
        self.events.iter().find_map(|event| match event {
            Event::Plan(plan) => Some(plan),
            _ => None,
        })
    }

    /// All cases, in the order in which they were begun; one that was begun again, again.
    pub fn cases(&self) -> impl Iterator<Item = &Case> {
        self.events.iter().filter_map(|event| match event {
            Event::Case(started) => Some(started.case.as_ref()),
            _ => None,
        })
    }

    /// Leaves out everything that belongs to cases that are not to be kept.
    pub fn retain_cases(&mut self, keep: impl Fn(&Case) -> bool) {
        let kept: BTreeSet<String> =
            self.cases().filter(|case| keep(case)).map(|case| case.id.clone()).collect();
        self.events.retain(|event| event.case().is_none_or(|case| kept.contains(case)));
        for event in &mut self.events {
            if let Event::Plan(plan) = event {
                let all = plan.chosen == plan.cases.len();
                plan.cases.retain(|case| kept.contains(&case.id));
                if all {
                    plan.chosen = plan.cases.len();
                }
            }
        }
    }

    /// All exchanges, in order.
    pub fn exchanges(&self) -> impl Iterator<Item = &Exchange> {
        self.events.iter().filter_map(|event| match event {
            Event::Exchange(exchange) => Some(exchange),
            _ => None,
        })
    }

    /// Milliseconds from the run's beginning to the last that is known of it.
    pub fn last_ms(&self) -> u64 {
        let last = self.events.iter().map(Event::written_ms).max().unwrap_or(0);
        last.max(self.end.as_ref().map_or(0, |end| end.at_ms))
    }

    /// The highest number of an exchange; 0 if there is none.
    pub fn last_seq(&self) -> u64 {
        self.exchanges().map(|exchange| exchange.seq).max().unwrap_or(0)
    }

    /// The transcript's text.
    pub fn text(&self) -> String {
        let run = Event::Run(self.run.clone());
        let end = self.end.clone().map(Event::End);
        let events = std::iter::once(&run).chain(&self.events).chain(&end);
        let line = |event| {
            let text = serde_json::to_string(event);
            text.unwrap_or_else(|e| unreachable!("our own types are JSON: {e}")) + "\n"
        };
        events.map(line).collect()
    }
}

/// Whether these bytes are the beginning of a `run` event, as this program writes it.
fn begins_a_run(line: &[u8]) -> bool {
    let begin = br#"{"event":"run","#;
    !line.is_empty() && (line.starts_with(begin) || begin.starts_with(line))
}

/// A newer program may have changed even the first line; its version it will still have.
fn newer(line: &[u8]) -> Option<TranscriptError> {
    let value: serde_json::Value = serde_json::from_slice(line).ok()?;
    let version = u32::try_from(value.get("version")?.as_u64()?).ok()?;
    (value.get("event")? == "run" && version > FORMAT_VERSION)
        .then_some(TranscriptError::Version(version))
}
