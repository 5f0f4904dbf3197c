//! What is said of a case in one word.

use serde::{Deserialize, Serialize};

/// What is said of a case. Causes are kept apart: only `Fail` says that the target differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Nothing breaking, and nothing divergent against the baseline.
    Pass,
    /// A breaking finding, or a divergent one of the baseline layer.
    Fail,
    /// The target says, with the code that AWS uses for it, that it does not do this.
    Unsupported,
    /// Of several attempts at the same case one passed and another did not.
    Flaky,
    /// A step that only prepares the case failed; the case itself was not reached.
    Blocked,
    /// Throttled, timed out, unreachable or interrupted: nothing can be said.
    Inconclusive,
    /// The target declares that it lacks what the case needs.
    Skipped,
    /// Failed, and a waiver says that this is known and accepted until a date.
    Waived,
}

impl Verdict {
    /// All verdicts, in the order in which they are shown.
    pub const ALL: [Verdict; 8] = [
        Verdict::Pass,
        Verdict::Fail,
        Verdict::Unsupported,
        Verdict::Flaky,
        Verdict::Blocked,
        Verdict::Inconclusive,
        Verdict::Skipped,
        Verdict::Waived,
    ];

    /// The word, as in `result.json`.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Pass => "pass",
            Verdict::Fail => "fail",
            Verdict::Unsupported => "unsupported",
            Verdict::Flaky => "flaky",
            Verdict::Blocked => "blocked",
            Verdict::Inconclusive => "inconclusive",
            Verdict::Skipped => "skipped",
            Verdict::Waived => "waived",
        }
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.word())
    }
}
