//! Reads a transcript back.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::{Event, Exchange, FORMAT_VERSION, RunEnded, RunStarted};
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
    /// It was written by a newer program.
    #[error(
        "the transcript has version {0}, this program reads up to {FORMAT_VERSION}; use a newer parallax"
    )]
    Version(u32),
}

impl Transcript {
    /// Reads a transcript. A last line that was cut off is left out: the run was stopped while it
    /// was written.
    ///
    /// # Errors
    /// A line in the middle is no event, or the first is missing.
    pub fn parse(text: &str) -> Result<Transcript, TranscriptError> {
        let cut_off = !text.ends_with('\n');
        let lines: Vec<&str> = text.lines().collect();
        let mut run = None;
        let mut events = Vec::new();
        let mut end = None;
        for (n, line) in lines.iter().enumerate() {
            match serde_json::from_str::<Event>(line) {
                Ok(Event::Run(started)) if n == 0 => {
                    if started.version > FORMAT_VERSION {
                        return Err(TranscriptError::Version(started.version));
                    }
                    run = Some(started);
                }
                Ok(_) if n == 0 => return Err(TranscriptError::NoRun),
                Ok(Event::End(ended)) => end = Some(ended),
                Ok(event) => events.push(event),
                Err(_) if cut_off && n + 1 == lines.len() && n > 0 => {}
                Err(_) if n == 0 => return Err(TranscriptError::NoRun),
                Err(error) => {
                    return Err(TranscriptError::Line { line: n + 1, why: error.to_string() });
                }
            }
        }
        Ok(Transcript { run: run.ok_or(TranscriptError::NoRun)?, events, end })
    }

    /// All cases, in the order in which they were begun.
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
        self.events.retain(|event| match event {
            Event::Case(started) => kept.contains(&started.case.id),
            Event::Exchange(exchange) => exchange.case.as_ref().is_none_or(|id| kept.contains(id)),
            Event::Step(ended) => kept.contains(&ended.case),
            Event::Undo(ended) => kept.contains(&ended.case),
            Event::Run(_) | Event::End(_) => true,
        });
    }

    /// All exchanges, in order.
    pub fn exchanges(&self) -> impl Iterator<Item = &Exchange> {
        self.events.iter().filter_map(|event| match event {
            Event::Exchange(exchange) => Some(exchange),
            _ => None,
        })
    }
}
