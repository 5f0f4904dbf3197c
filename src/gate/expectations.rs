//! The file of what is known not to pass.

use std::collections::BTreeMap;

use schemars::JsonSchema;

use crate::judge::Verdict;
use crate::model::suggest;
use crate::syntax::{Diagnostic, Diagnostics, Node, NodeKind, Reader, SourceFile, Spanned, parse};

/// Verdicts that a case can be expected to have.
const EXPECTED: [Verdict; 6] = [
    Verdict::Fail,
    Verdict::Unsupported,
    Verdict::Flaky,
    Verdict::Blocked,
    Verdict::Inconclusive,
    Verdict::Skipped,
];

/// A file of expectations that was read. What is not in it is expected to pass.
#[derive(Debug, Clone)]
pub struct Expectations {
    /// The file.
    pub file: SourceFile,
    /// Cases that are known not to pass, in the order written.
    pub cases: Vec<Expected>,
}

/// Only what may be written, for the reader.
#[derive(JsonSchema)]
#[schemars(rename = "Expectations", deny_unknown_fields)]
#[allow(dead_code, reason = "only its schema is used")]
struct ExpectationsDoc {
    /// Names of cases, each with its verdict.
    cases: BTreeMap<String, String>,
}

/// A case that is known not to pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// The case's name, or its id.
    pub name: Spanned<String>,
    /// Its verdict.
    pub verdict: Spanned<Verdict>,
}

impl Expectations {
    /// A file that is still to be written.
    pub fn none(file: SourceFile) -> Expectations {
        Expectations { file, cases: Vec::new() }
    }

    /// Reads a file of expectations.
    ///
    /// # Errors
    /// Every mistake with its place.
    pub fn parse(file: SourceFile) -> Result<Expectations, Diagnostics> {
        let mut reader = Reader::default();
        let cases = match parse(&file.text) {
            Ok(root) => cases(&root, &mut reader),
            Err(mistake) => {
                reader.report(mistake);
                Vec::new()
            }
        };
        let found = reader.into_found();
        if found.is_empty() {
            return Ok(Expectations { file, cases });
        }
        let mut mistakes = Diagnostics::default();
        mistakes.add(file, found);
        Err(mistakes)
    }

    /// What is expected of a case: of this name, or of this id.
    pub(super) fn of(&self, name: &str, id: &str) -> Option<&Expected> {
        self.cases.iter().find(|expected| expected.name.value == name || expected.name.value == id)
    }

    /// The line, from 1, in which something stands.
    pub(super) fn line(&self, at: usize) -> usize {
        self.file.text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count() + 1
    }
}

fn cases(root: &Node, reader: &mut Reader) -> Vec<Expected> {
    // A file in which nothing stands yet.
    if root.kind == NodeKind::Null {
        return Vec::new();
    }
    let what = "a file of expectations";
    let Some(map) = reader.map_of::<ExpectationsDoc>(root, what) else { return Vec::new() };
    let Some(cases) = map.required("cases", what, reader) else { return Vec::new() };
    // The last one was removed, and the key was left.
    if cases.kind == NodeKind::Null {
        return Vec::new();
    }
    let Some(cases) = reader.map(cases, "names of cases, each with its verdict") else {
        return Vec::new();
    };
    let expected = |(name, node): &(Spanned<String>, Node)| {
        let word = reader.string(node)?;
        let verdict = verdict(&word, reader)?;
        Some(Expected { name: name.clone(), verdict: Spanned::new(verdict, word.span) })
    };
    cases.entries.iter().filter_map(expected).collect()
}

fn verdict(word: &Spanned<String>, reader: &mut Reader) -> Option<Verdict> {
    let known = EXPECTED.into_iter().find(|verdict| verdict.word() == word.value);
    if known.is_some() {
        return known;
    }
    let mistake = Diagnostic::error(format!("a case cannot be expected to be `{}`", word.value))
        .at(word.span.clone(), "not expected");
    let words = EXPECTED.map(Verdict::word);
    reader.report(match word.value.as_str() {
        "pass" => mistake.help("remove the line: what is not in this file is expected to pass"),
        "waived" => mistake.help("remove the line: nothing is asked of a case that is waived"),
        other => match suggest(other, words) {
            Some(close) => mistake.suggest(Some(close)),
            None => mistake.help(format!("known here: {}", words.join(", "))),
        },
    });
    None
}
