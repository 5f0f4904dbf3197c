//! Runs cases on a target and writes down everything that happens.
//!
//! Nothing is judged here: a step that fails is an event like any other. What a run decides is
//! only whether a step can still be begun, and that what was made is undone.

mod bounds;
mod counterpart;
mod engine;
mod options;
mod progress;
mod schedule;
mod skip;
mod stop;
mod undo;

pub(crate) use bounds::{looks, undone};
pub(crate) use engine::lacking;
pub use options::{Order, RunOptions};
pub use progress::{CaseEnd, Progress};
pub use schedule::{RunReport, run};
pub(crate) use skip::why_skipped;
pub use stop::Stop;
