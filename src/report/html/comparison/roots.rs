//! What differs: each root once, with the cases of each run that meet it.

use crate::compare::{Comparison, Root};
use crate::judge::Severity;
use crate::report::html::escape::clip;
use crate::report::html::words;
use crate::report::terminal::shorten;

/// Characters that are shown of what was met.
const MET: usize = 120;
/// Roots that are listed; the others are found through their cases.
const ROOTS: usize = 300;

/// A root, as a row.
pub(super) struct RootView {
    pub(super) number: usize,
    pub(super) severity: &'static str,
    pub(super) layer: &'static str,
    pub(super) rule: String,
    pub(super) message: String,
    pub(super) path: String,
    /// What was met, where the message does not say it.
    pub(super) met: Option<String>,
    pub(super) counts: Vec<Option<String>>,
    /// `all`, `some`, or the number of the only run that meets it.
    pub(super) whose: String,
}

/// Roots that a program can notice, with their numbers.
pub(super) fn worth_listing(comparison: &Comparison) -> impl Iterator<Item = (usize, &Root)> {
    let noticed = |(_, root): &(usize, &Root)| root.severity != Severity::Cosmetic;
    comparison.roots.iter().enumerate().filter(noticed)
}

/// How many are not listed.
pub(super) fn left_out(comparison: &Comparison) -> usize {
    worth_listing(comparison).count().saturating_sub(ROOTS)
}

/// Those that are listed.
pub(super) fn roots(comparison: &Comparison) -> Vec<RootView> {
    let view = |(number, root): (usize, &Root)| {
        let first = root.differences.first().map(|at| &comparison.differences[*at]);
        let whose = match root.runs() {
            1 => root.cases.iter().position(|cases| *cases > 0).map(|at| at.to_string()),
            runs => Some(if runs == root.cases.len() { "all" } else { "some" }.to_owned()),
        };
        RootView {
            number,
            severity: root.severity.word(),
            layer: root.layer.word(),
            rule: clip(&root.rule),
            message: clip(&words::capital(&root.message)),
            met: root.met(&comparison.differences).map(|met| shorten(&met.to_string(), MET)),
            path: clip(first.map_or("", |difference| &difference.path)),
            counts: root
                .cases
                .iter()
                .map(|cases| (*cases > 0).then(|| words::number((*cases).into())))
                .collect(),
            whose: whose.unwrap_or_default(),
        }
    };
    worth_listing(comparison).take(ROOTS).map(view).collect()
}
