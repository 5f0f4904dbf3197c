//! Runs cases on a target and writes down everything that happens.
//!
//! Nothing is judged here: a step that fails is an event like any other. What a run decides is
//! only whether a step can still be begun, and that what was made is undone.

mod bounds;
mod counterpart;
mod engine;
mod options;
mod part;
mod progress;
mod queue;
#[cfg(test)]
mod sample;
mod schedule;
mod stop;
mod times;
mod timing;
mod undo;

pub(crate) use bounds::{looks, undone};
pub(crate) use engine::lacking;
pub use options::{Assess, Assessment, Earlier, Order, RunOptions, Standing};
pub use part::shard;
pub use progress::{CaseEnd, Progress};
pub use schedule::{RunReport, run};
pub use stop::Stop;
pub use times::{Times, times_of};
pub use timing::{Bound, Timing, timing};
