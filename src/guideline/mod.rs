//! Guidelines in the format of DefCore (OpenStack Interop, schema 2.0): which capabilities a cloud
//! has to have, by which tests, and why; and what a run shows of them.
//!
//! [`Guideline`] is what stands in a file. [`check`] is stricter than the published schema; [`score`]
//! weighs capabilities, [`diff`] compares two guidelines, [`evaluate`] holds a run against one.
//! [`make()`] writes the guideline of this suite from a [`Source`] that people keep, the suite, and
//! facts about who uses what ([`Usage`]). All of it is pure.

mod check;
mod criteria;
mod diff;
mod document;
mod evaluate;
mod make;
mod names;
mod outcome;
mod places;
mod read;
mod refstack;
mod score;
mod select;
mod source;
#[cfg(test)]
mod tests;
mod tests_of;
mod usage;

pub use check::{Against, check};
pub use diff::{Change, GuidelineDiff, TestChange, diff};
pub use document::{
    Capability, Component, Criterion, Extension, Flag, Guideline, Judgement, Metadata, Platform,
    Reference, Scoring, Test, TestRepository, Tier, Tiers, TrademarkApproval,
};
pub use evaluate::{CapabilityResult, GuidelineResult, PlatformResult, TierResult, evaluate};
pub use make::make;
pub use names::test_name;
pub(crate) use outcome::percent;
pub use outcome::{Outcome, TestCounts, TestResult, Waived};
pub use refstack::target as refstack_target;
pub(crate) use refstack::{LONGEST_NAME, comparable, storable};
pub use score::{Score, Scores, score};
pub use source::Source;
pub use usage::{Package, Usage};
