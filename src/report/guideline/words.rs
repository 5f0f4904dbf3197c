//! Words that several of these texts need.

use crate::guideline::{Outcome, TestCounts};

/// `1 test`, `2 tests`.
pub(super) fn count(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

/// `7 of 12 (58 %)`.
pub(super) fn share(part: u32, whole: u32) -> String {
    format!("{part} of {whole} ({} %)", crate::guideline::percent(part, whole))
}

/// What did not pass: `3 fail, 1 not-run`.
pub(super) fn not_passed(counts: &TestCounts) -> String {
    let others = counts.outcomes.iter().filter(|(outcome, _)| **outcome != Outcome::Pass);
    others.map(|(outcome, count)| format!("{count} {outcome}")).collect::<Vec<_>>().join(", ")
}
