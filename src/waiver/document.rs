//! What stands in a file of waivers.
//!
//! These types are its definition: the reader knows a key only if it is a field here.

use std::fmt::Write as _;
use std::ops::Range;

use jiff::civil::Date;
use schemars::JsonSchema;

use crate::judge::{CaseResult, Finding};
use crate::syntax::{SourceFile, matches};

/// A file of waivers that was read.
#[derive(Debug, Clone)]
pub struct Waivers {
    /// The file.
    pub file: SourceFile,
    /// Its waivers, in the order written.
    pub list: Vec<Waiver>,
}

/// Only what may be written, for the reader.
#[derive(JsonSchema)]
#[schemars(rename = "Waivers", deny_unknown_fields)]
#[allow(dead_code, reason = "only its schema is used")]
pub(super) struct WaiversDoc {
    /// The waivers.
    waivers: Vec<Waiver>,
}

/// A waiver: which differences are accepted, why, by whom, and until when. What it is about is said by
/// patterns, in which `*` stands for anything; what is left out can be anything.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Waiver {
    /// Name of the target.
    pub target: Option<String>,
    /// Name of the case, or its id.
    pub case: Option<String>,
    /// The rule that finds the difference.
    pub rule: Option<String>,
    /// Where in the answer: the path of the finding.
    pub path: Option<String>,
    /// Why it is accepted.
    pub reason: String,
    /// Who answers for that.
    pub owner: String,
    /// The last day on which it holds, `YYYY-MM-DD`.
    #[schemars(with = "String")]
    pub expires: Date,
    /// Where it stands in the file.
    #[schemars(skip)]
    pub(super) span: Range<usize>,
}

impl Waiver {
    /// Whether it is about this target.
    pub fn is_for(&self, target: &str) -> bool {
        fits(self.target.as_deref(), target)
    }

    /// Whether it is about this case.
    pub fn is_of(&self, case: &CaseResult) -> bool {
        let fits = |pattern: &str| matches(pattern, &case.name) || pattern == case.id;
        self.case.as_deref().is_none_or(fits)
    }

    /// Whether it is about such a finding.
    pub fn accepts(&self, finding: &Finding) -> bool {
        fits(self.rule.as_deref(), &finding.rule) && fits(self.path.as_deref(), &finding.path)
    }

    /// What it is about, in a line.
    pub fn scope(&self) -> String {
        let mut out = String::new();
        let keys = [
            ("target", &self.target),
            ("case", &self.case),
            ("rule", &self.rule),
            ("path", &self.path),
        ];
        for (key, value) in keys {
            if let Some(value) = value {
                let _ = write!(out, "{}{key} {value}", if out.is_empty() { "" } else { ", " });
            }
        }
        out
    }
}

fn fits(pattern: Option<&str>, text: &str) -> bool {
    pattern.is_none_or(|pattern| matches(pattern, text))
}

impl Waivers {
    /// The line of the file, from 1, in which a waiver begins.
    pub fn line(&self, waiver: &Waiver) -> usize {
        let before = self.file.text.as_bytes().iter().take(waiver.span.start);
        before.filter(|byte| **byte == b'\n').count() + 1
    }
}
