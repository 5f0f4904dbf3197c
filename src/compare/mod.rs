//! Results beside each other: clouds, releases, or runs of one cloud.
//!
//! Nothing is judged here. What was found is counted, the same difference is recognised wherever it
//! was met, and of two runs it is said what changed between them. A case that one run has and another
//! has not is *not run* there, which is never the same as any verdict.

mod about;
mod caution;
mod change;
mod comparison;
mod difference;

#[cfg(test)]
mod tests;

pub use about::{About, Kind};
pub use change::{Change, Changed, Trend, change};
pub use comparison::{
    Agreement, CapabilityRow, CaseCell, CaseRow, Column, Comparison, Counts, FORMAT_VERSION,
    FindingAt, Side, compare,
};
pub use difference::{Difference, Differences, Root};
