//! Reads `baselines/aws/errors.json` and reports what is wrong in it.

use std::collections::BTreeSet;
use std::io::ErrorKind;

use sha2::{Digest as _, Sha256};

use super::doc::{Applies, ErrorCode, Fault, File};
use super::{ErrorCodes, SourceKind};
use crate::assets::Assets;
use crate::case::SuiteError;
use crate::model::{Model, suggest};
use crate::syntax::{Diagnostic, Diagnostics};

/// Where the codes lie below the folder of baselines.
pub(in crate::judge) const FILE: &str = "aws/errors.json";

impl ErrorCodes {
    /// Reads the codes from a folder of baselines, or those that were built in if it has none: they
    /// are facts of the API, as its model is, and do not depend on whose baselines these are.
    ///
    /// # Errors
    /// The file cannot be read, or every mistake in it.
    pub fn load(assets: &Assets) -> Result<ErrorCodes, SuiteError> {
        let source = match assets.source(FILE) {
            Ok(source) => source,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return match assets {
                    Assets::Folder(_) => ErrorCodes::load(&Assets::Baselines),
                    _ => Ok(ErrorCodes::default()),
                };
            }
            Err(error) => {
                return Err(SuiteError::Io { path: assets.root().join(FILE), error });
            }
        };
        let found = match serde_json::from_str::<File>(&source.text) {
            Ok(file) => {
                let found = mistakes(&file, &source.text);
                if found.is_empty() {
                    let digest = Sha256::digest(source.text.as_bytes());
                    let digest = digest.iter().map(|b| format!("{b:02x}")).collect();
                    return Ok(ErrorCodes::new(file, digest));
                }
                found
            }
            Err(error) => {
                let at = offset(&source.text, error.line(), error.column());
                let mistake = Diagnostic::error(format!("these are no error codes: {error}"));
                vec![mistake.at(at..at + 1, "here")]
            }
        };
        let mut mistakes = Diagnostics::default();
        mistakes.add(source, found);
        Err(SuiteError::Mistakes(mistakes))
    }
}

/// The byte of a line and column, both from 1.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    (before + column.saturating_sub(1)).min(text.len())
}

fn mistakes(file: &File, text: &str) -> Vec<Diagnostic> {
    let mut finder = Finder { file, text, found: Vec::new() };
    finder.sources();
    finder.actions();
    let mut codes = BTreeSet::new();
    for code in &file.codes {
        if !codes.insert(code.code.as_str()) {
            finder.report(code, format!("{} is listed twice", code.code), "the other one is above");
        }
        finder.code(code);
    }
    finder.found
}

struct Finder<'f> {
    file: &'f File,
    text: &'f str,
    found: Vec<Diagnostic>,
}

impl Finder<'_> {
    /// A mistake in the entry of a code.
    fn report(&mut self, code: &ErrorCode, message: String, label: &str) {
        let key = format!("\"code\": \"{}\"", code.code);
        self.report_at(&key, message, label, None);
    }

    /// A mistake where this text stands last.
    fn report_at(&mut self, key: &str, message: String, label: &str, suggestion: Option<&str>) {
        let mistake = Diagnostic::error(message).suggest(suggestion);
        self.found.push(match self.text.rfind(key) {
            Some(at) => mistake.at(at..at + key.len(), label),
            None => mistake,
        });
    }

    fn sources(&mut self) {
        for (key, source) in &self.file.sources {
            let place = format!("\"{key}\": {{");
            if !source.url.starts_with("https://") {
                let message = format!("the source {key} needs an address that anyone can look up");
                self.report_at(&place, message, "its url is not an https:// address", None);
            }
            if source.date.parse::<jiff::civil::Date>().is_err() {
                let message = format!("the date of the source {key} is no date");
                self.report_at(&place, message, "write it as 2026-11-21", None);
            }
        }
    }

    fn actions(&mut self) {
        let pairs = self.file.stands_for.iter();
        let named: Vec<String> = pairs.flat_map(|(a, b)| [a.clone(), b.clone()]).collect();
        for action in named {
            self.action(&action, &format!("\"{action}\""));
        }
    }

    fn action(&mut self, action: &str, place: &str) {
        if Model::ec2().action(action).is_none() {
            let close = suggest(action, Model::ec2().actions().map(|a| a.name.as_str()));
            self.report_at(place, format!("there is no action {action}"), "not AWS's", close);
        }
    }

    fn code(&mut self, code: &ErrorCode) {
        let name = &code.code;
        if code.applies.is_empty() {
            self.report(code, format!("{name} applies to no action"), "`applies` is empty");
        }
        for applies in &code.applies {
            match applies {
                Applies::Family(family) if !self.file.families.contains_key(family) => {
                    let families = self.file.families.keys().map(String::as_str);
                    let close = suggest(family, families).map(|f| format!("@{f}"));
                    let message = format!("there is no family @{family}");
                    let place = format!("\"@{family}\"");
                    self.report_at(&place, message, "used here", close.as_deref());
                }
                Applies::Action(action) => self.action(action, &format!("\"{action}\"")),
                _ => {}
            }
        }
        let stated = code.statuses.iter().map(|s| (Some(s.status), None, &s.source));
        let sent = code.answers.iter().map(|a| (a.status, a.action.as_deref(), &a.source));
        for (status, action, _) in stated.clone().chain(sent.clone()) {
            if status.is_some_and(|status| !fits(code.kind, status)) {
                let message = format!("{name} is of another kind than its HTTP status");
                self.report(code, message, "client errors have 4xx, server errors 5xx");
            }
            if let Some(action) = action {
                self.action(action, &format!("\"action\": \"{action}\""));
            }
        }
        let listed = code.sources.iter().chain(stated.chain(sent).map(|(_, _, source)| source));
        for source in listed {
            if !self.file.sources.contains_key(source) {
                let close = suggest(source, self.file.sources.keys().map(String::as_str));
                let message = format!("there is no source `{source}`, as {name} has it");
                self.report_at(&format!("\"{source}\""), message, "used here", close);
            }
        }
        if code.sources.is_empty() {
            self.report(code, format!("{name} has no source"), "`sources` is empty");
        }
        for answer in &code.answers {
            let source = self.file.sources.get(&answer.source);
            if source.is_some_and(|s| s.kind == SourceKind::Client) {
                let message = format!("{}: a client's code is no answer of AWS", answer.source);
                self.report(code, message, "an answer needs a source that shows it");
            }
        }
    }
}

/// Whether errors of this kind come with this HTTP status.
pub(super) fn fits(kind: Fault, status: u16) -> bool {
    match kind {
        Fault::Client => (400..500).contains(&status),
        Fault::Server => (500..600).contains(&status),
    }
}
