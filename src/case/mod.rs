//! The case language: what a case is, how it is read from YAML, checked and expanded.
//!
//! `CaseDoc` is what stands in a file, with places; [`Case`] is what runs: one row of the matrix,
//! without places, as it is also written into transcripts.

mod check;
mod check_probe;
mod doc;
mod expand;
mod goal;
pub(crate) mod pages;
mod path;
mod prepare;
mod probe;
mod read;
mod steps;
mod suite;
mod variables;

pub(crate) use check::BUILT_IN;
pub(crate) use check_probe::unknown_outcome;
pub use doc::{preparation_schema, schema};
pub(crate) use goal::is_not_found;
pub use goal::{Answered, Look, PollEnd, SoFar};
pub use path::{Selector, SelectorError};
pub(crate) use probe::OUTCOME;
pub use probe::ProbeKind;
pub use steps::{Case, Goal, Poll, Step, Undo};
pub use suite::{Suite, SuiteError};
pub(crate) use variables::names_in_value as variable_names;
pub use variables::{Scope, Unbound};
