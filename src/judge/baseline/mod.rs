//! The baseline layer: what AWS does in each step of a case, expectation by expectation, each with
//! the source that states it.

mod check;
mod codes;
mod doc;
mod holds;
mod store;

pub use doc::{Baseline, Claim, Expectation, Provenance, Source, Test};
pub(in crate::judge) use doc::{SourceKeys, read_source};
pub(crate) use holds::hold;
pub use store::{AWS, Baselines, references};
