//! What a run says of one test, and counts of that.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::judge::{CaseResult, Verdict};

/// Failures that are accepted for a time: by the id of the case, why.
pub type Waived = BTreeMap<String, String>;

/// What a run says of one test. Only [`Outcome::Pass`] is passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Passed.
    Pass,
    /// Failed, and that is accepted for a time.
    Waived,
    /// Failed.
    Fail,
    /// The target says that it does not do this.
    Unsupported,
    /// Attempts differ.
    Flaky,
    /// Could not be reached.
    Blocked,
    /// Nothing can be said.
    Inconclusive,
    /// The target lacks what it needs.
    Skipped,
    /// Not in the run.
    NotRun,
}

impl Outcome {
    /// All outcomes, in the order in which they are shown.
    pub const ALL: [Outcome; 9] = [
        Outcome::Pass,
        Outcome::Waived,
        Outcome::Fail,
        Outcome::Unsupported,
        Outcome::Flaky,
        Outcome::Blocked,
        Outcome::Inconclusive,
        Outcome::Skipped,
        Outcome::NotRun,
    ];

    /// The word, as in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Pass => "pass",
            Outcome::Waived => "waived",
            Outcome::Fail => "fail",
            Outcome::Unsupported => "unsupported",
            Outcome::Flaky => "flaky",
            Outcome::Blocked => "blocked",
            Outcome::Inconclusive => "inconclusive",
            Outcome::Skipped => "skipped",
            Outcome::NotRun => "not-run",
        }
    }

    /// What the run says of a case; `None` if the case is not in it. A waiver is for what failed:
    /// it makes no pass of what could not be told.
    pub(super) fn of(case: Option<&CaseResult>, waived: &Waived) -> Outcome {
        match case.map(|case| (case.verdict, &case.id)) {
            None => Outcome::NotRun,
            Some((Verdict::Pass, _)) => Outcome::Pass,
            Some((Verdict::Waived, _)) => Outcome::Waived,
            Some((Verdict::Fail, id)) if waived.contains_key(id) => Outcome::Waived,
            Some((Verdict::Fail, _)) => Outcome::Fail,
            Some((Verdict::Unsupported, _)) => Outcome::Unsupported,
            Some((Verdict::Flaky, _)) => Outcome::Flaky,
            Some((Verdict::Blocked, _)) => Outcome::Blocked,
            Some((Verdict::Inconclusive, _)) => Outcome::Inconclusive,
            Some((Verdict::Skipped, _)) => Outcome::Skipped,
        }
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.word())
    }
}

/// What a run says of one test of a capability.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestResult {
    /// Its name in the guideline.
    pub name: String,
    /// Its UUID: the id of the case.
    pub uuid: String,
    /// The case's name in the run; absent if it is not in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// What the run says.
    pub outcome: Outcome,
    /// Why, in a sentence; empty for a pass.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Why it need not be passed, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flagged: Option<super::Flag>,
}

/// Counts of tests. Flagged ones are part of `total` and `passed`, as RefStack counts them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestCounts {
    /// Tests.
    pub total: u32,
    /// Tests that passed.
    pub passed: u32,
    /// Tests that are not flagged: all of them have to be passed.
    pub unflagged: u32,
    /// Tests that are not flagged and passed.
    pub unflagged_passed: u32,
    /// Tests that are not flagged and failed, which is accepted for a time.
    pub unflagged_waived: u32,
    /// Tests by what the run says of them, flagged ones too; what none has is left out.
    pub outcomes: BTreeMap<Outcome, u32>,
}

impl TestCounts {
    pub(super) fn of<'t>(tests: impl Iterator<Item = &'t TestResult>) -> TestCounts {
        let mut counts = TestCounts::default();
        for test in tests {
            let passed = u32::from(test.outcome == Outcome::Pass);
            counts.total += 1;
            counts.passed += passed;
            *counts.outcomes.entry(test.outcome).or_default() += 1;
            if test.flagged.is_none() {
                counts.unflagged += 1;
                counts.unflagged_passed += passed;
                counts.unflagged_waived += u32::from(test.outcome == Outcome::Waived);
            }
        }
        counts
    }

    /// Flagged tests.
    pub fn flagged(&self) -> u32 {
        self.total - self.unflagged
    }

    /// Whether every test that is not flagged passed.
    pub fn all_passed(&self) -> bool {
        self.unflagged_passed == self.unflagged
    }

    /// The same if what is waived were passed.
    pub fn all_passed_with_waivers(&self) -> bool {
        self.unflagged_passed + self.unflagged_waived == self.unflagged
    }
}

/// So many of so many, as a percentage: rounded down, so that 100 says all; none of none is 0.
pub(crate) fn percent(part: u32, whole: u32) -> u32 {
    u32::try_from(u64::from(part) * 100 / u64::from(whole.max(1))).unwrap_or(100)
}
