//! What the monitor is told of a test, and the lines of a check program.

use std::collections::BTreeMap;

use crate::guideline::Guideline;
use crate::judge::Verdict;
use crate::upload::Named;

/// What the monitor is told of a test. A test without an outcome is missing there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Failed: here also what the cloud says it does not do, and failures that are waived.
    Fail = -1,
    /// Nothing can be said.
    Abort = 0,
    /// Passed.
    Pass = 1,
}

impl Outcome {
    /// What the monitor is told of a verdict. Only a pass is one. That the cloud does not do
    /// something is no accident of the run, but a requirement that is not met.
    pub fn of(verdict: Verdict) -> Outcome {
        match verdict {
            Verdict::Pass => Outcome::Pass,
            Verdict::Fail | Verdict::Waived | Verdict::Unsupported => Outcome::Fail,
            Verdict::Flaky | Verdict::Blocked | Verdict::Inconclusive | Verdict::Skipped => {
                Outcome::Abort
            }
        }
    }

    /// The number in a report.
    pub fn number(self) -> i8 {
        self as i8
    }

    /// The word in a check program's line.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Fail => "FAIL",
            Outcome::Abort => "ABORT",
            Outcome::Pass => "PASS",
        }
    }
}

/// The line of a check program: the runner splits it at its last colon.
pub fn check_line(id: &str, outcome: Outcome) -> String {
    format!("{id}: {}", outcome.word())
}

/// A test that was asked for and is not in the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown(pub String);

/// The lines for the tests that were asked for, in that order and under the names they were asked for
/// by: a test's name or former name, or a case's name or id. For all of the run if none is. What is
/// not in the run has no line, and so is missing to the monitor, not failed.
pub fn check_lines(
    tests: &[Named<'_>],
    guideline: Option<&Guideline>,
    asked: &[String],
) -> (Vec<String>, Vec<Unknown>) {
    if asked.is_empty() {
        let line = |test: &Named<'_>| check_line(&test.name, Outcome::of(test.case.verdict));
        return (tests.iter().map(line).collect(), Vec::new());
    }
    let mut by_id: BTreeMap<&str, Outcome> = BTreeMap::new();
    let mut known: BTreeMap<&str, Outcome> = BTreeMap::new();
    for test in tests {
        let outcome = Outcome::of(test.case.verdict);
        by_id.insert(&test.case.id, outcome);
        for name in [test.name.as_str(), &test.case.name, &test.case.id] {
            known.insert(name, outcome);
        }
    }
    for (_, name, test) in guideline.into_iter().flat_map(Guideline::tests) {
        let Some(outcome) = by_id.get(test.uuid().to_ascii_lowercase().as_str()).copied() else {
            continue;
        };
        for former in &test.aliases {
            known.entry(former).or_insert(outcome);
        }
        known.insert(name, outcome);
    }
    let (mut lines, mut unknown) = (Vec::new(), Vec::new());
    for id in asked {
        match known.get(id.as_str()) {
            Some(outcome) => lines.push(check_line(id, *outcome)),
            None => unknown.push(Unknown(id.clone())),
        }
    }
    (lines, unknown)
}
