//! Runs cases on a target and writes down everything that happens.
//!
//! Nothing is judged here: a step that fails is an event like any other. What a run decides is
//! only whether a step can still be begun, and that what was made is undone: by the case, by the end of
//! the run, or, whatever became of the run, by a sweep of its ledger.

mod bounds;
mod counterpart;
mod engine;
mod given;
mod kinds;
mod ledger;
mod leftovers;
mod options;
mod panic;
mod part;
mod probing;
mod progress;
mod queue;
#[cfg(test)]
mod sample;
mod schedule;
mod skip;
mod stop;
mod sweep;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_of_probes;
mod times;
mod timing;
mod undo;

pub(crate) use bounds::{looks, undone};
pub(crate) use given::lacking;
pub use ledger::{Book, Ledger, LedgerError, LedgerStarted};
pub use options::{Assess, Assessment, Earlier, Order, RunOptions, Standing};
use panic::bug;
pub use part::shard;
pub use progress::{CaseEnd, Progress};
pub use schedule::{RunReport, run};
pub(crate) use skip::why_skipped;
pub use stop::Stop;
pub use sweep::{
    Found, Left, Mark, OtherAccount, Sweep, SweepOptions, Swept, Unsure, lists_of, look_around,
};
pub(crate) use sweep::{looks_at, sweeps_over};
pub use times::{Times, times_of};
pub use timing::{Bound, Timing, timing};
