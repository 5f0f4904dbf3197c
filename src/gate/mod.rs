//! The gate of a pipeline: whether a run may pass, and what to do if not.
//!
//! Two questions that are independent of each other. [`About`]: which cases decide — all, those of a
//! guideline's required tests, or none. [`By`]: what is asked of them — that they do not fail, that they
//! did not get worse than in an earlier run, or that they are as a file expects. All of it is pure: a
//! gate decides over results, and changes nothing in them.

mod about;
mod against;
mod decide;
mod decision;
mod expectations;
mod expected;
mod rewrite;
#[cfg(test)]
mod tests;

pub use about::About;
pub use decide::{By, Gate, Looked};
pub use decision::{Cause, Decision, Holds};
pub use expectations::{Expectations, Expected};
