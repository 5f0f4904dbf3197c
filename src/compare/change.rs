//! What changed from one run to a later one.

use serde::Serialize;

use super::comparison::{CaseCell, CaseRow, FindingAt, Side, compare};
use super::difference::Difference;
use crate::judge::{RunResult, Severity, Verdict};

/// What changed from one run to a later one. Each case is in one list at most.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Change {
    /// The verdict is worse: what passed does not, what was honestly unsupported fails.
    pub worse: Vec<Changed>,
    /// The verdict is better.
    pub better: Vec<Changed>,
    /// The verdict says as much as before, but the breaking and divergent findings are not the same,
    /// or it says for another cause that nothing can be said.
    pub changed: Vec<Changed>,
    /// Said something before and nothing now: blocked, inconclusive or skipped.
    pub lost: Vec<Changed>,
    /// Said nothing before (blocked, inconclusive, skipped), and something now.
    pub told: Vec<Changed>,
    /// Not run before.
    pub added: Vec<Changed>,
    /// Not run now.
    pub removed: Vec<Changed>,
    /// Cases of which only cosmetic findings changed.
    pub cosmetic: u32,
    /// Cases that are as they were.
    pub unchanged: u32,
}

/// A case that changed.
#[derive(Debug, Clone, Serialize)]
pub struct Changed {
    /// The case's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The verdict before; null if it was not run.
    pub before: Option<Verdict>,
    /// The verdict now; null if it was not run.
    pub after: Option<Verdict>,
    /// Why, now; empty for a pass.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Whether the findings became more, fewer, or others.
    pub trend: Trend,
    /// Differences that are new: numbers in the comparison's list.
    pub came: Vec<usize>,
    /// Differences that are gone.
    pub went: Vec<usize>,
    /// Whether the case itself has other steps than before.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub other_steps: bool,
}

/// What became of the breaking and divergent findings of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trend {
    /// They are the same.
    Same,
    /// Some came, none went.
    More,
    /// Some went, none came.
    Fewer,
    /// Some came and some went.
    Other,
}

impl Change {
    /// Every list with its name, worst news first.
    pub fn lists(&self) -> [(&'static str, &[Changed]); 7] {
        [
            ("worse", &self.worse),
            ("lost", &self.lost),
            ("changed", &self.changed),
            ("better", &self.better),
            ("told", &self.told),
            ("added", &self.added),
            ("removed", &self.removed),
        ]
    }
}

/// What changed from one result to a later one. The numbers of differences are those of
/// [`compare`]'s list over the two.
pub fn change(before: &RunResult, after: &RunResult) -> Change {
    let side = |label: &str, result| Side { label: label.to_owned(), about: None, result };
    compare(&[side("before", before), side("after", after)]).change.unwrap_or_default()
}

/// The same, of results that stand side by side already.
pub(super) fn change_of(cases: &[CaseRow], differences: &[Difference]) -> Change {
    let mut change = Change::default();
    for case in cases {
        let [old, new] = case.runs.as_slice() else { continue };
        let changed = changed(case, old.as_ref(), new.as_ref(), differences);
        let (Some(old), Some(new)) = (old, new) else {
            let list = if old.is_none() { &mut change.added } else { &mut change.removed };
            list.push(changed);
            continue;
        };
        let list = match (rank(old.verdict), rank(new.verdict)) {
            (Some(before), Some(after)) if after > before => &mut change.worse,
            (Some(before), Some(after)) if after < before => &mut change.better,
            (Some(_), None) => &mut change.lost,
            (None, Some(_)) => &mut change.told,
            (None, None) if old.verdict != new.verdict => &mut change.changed,
            _ if changed.trend != Trend::Same => &mut change.changed,
            _ if numbers(&old.findings) != numbers(&new.findings) => {
                change.cosmetic += 1;
                continue;
            }
            _ => {
                change.unchanged += 1;
                continue;
            }
        };
        list.push(changed);
    }
    change
}

/// How good a verdict is, 0 the best; `None` if it says nothing about the target.
fn rank(verdict: Verdict) -> Option<u8> {
    match verdict {
        Verdict::Pass => Some(0),
        Verdict::Unsupported => Some(1),
        Verdict::Waived => Some(2),
        Verdict::Flaky => Some(3),
        Verdict::Fail => Some(4),
        Verdict::Blocked | Verdict::Inconclusive | Verdict::Skipped => None,
    }
}

fn changed(
    case: &CaseRow,
    before: Option<&CaseCell>,
    after: Option<&CaseCell>,
    differences: &[Difference],
) -> Changed {
    let noticed = |cell: Option<&CaseCell>| -> Vec<(String, usize)> {
        let mut findings = numbers(cell.map_or(&[], |cell| &cell.findings));
        findings.retain(|(_, number)| differences[*number].severity != Severity::Cosmetic);
        findings
    };
    let (old, new) = (noticed(before), noticed(after));
    let without = |these: &[(String, usize)], others: &[(String, usize)]| -> Vec<usize> {
        let gone = these.iter().filter(|finding| !others.contains(finding));
        let mut gone: Vec<usize> = gone.map(|(_, number)| *number).collect();
        gone.dedup();
        gone
    };
    let (came, went) = (without(&new, &old), without(&old, &new));
    Changed {
        id: case.id.clone(),
        name: case.name.clone(),
        before: before.map(|cell| cell.verdict),
        after: after.map(|cell| cell.verdict),
        reason: after.map(|cell| cell.reason.clone()).unwrap_or_default(),
        trend: match (came.is_empty(), went.is_empty()) {
            (true, true) => Trend::Same,
            (false, true) => Trend::More,
            (true, false) => Trend::Fewer,
            (false, false) => Trend::Other,
        },
        came,
        went,
        other_steps: case.other_steps,
    }
}

/// Where a case met which difference, in order, each once.
fn numbers(findings: &[FindingAt]) -> Vec<(String, usize)> {
    let mut out: Vec<(String, usize)> =
        findings.iter().map(|at| (at.step.clone(), at.difference)).collect();
    out.sort_unstable();
    out.dedup();
    out
}
