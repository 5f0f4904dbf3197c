//! Finding what a run left, and removing it: by the run's ledger, by names and tags, and by what lies in
//! what the run made.
//!
//! No filter of the endpoint is relied on: a cloud that ignores one would give what belongs to others.
//! Everything is listed, and chosen here. What was there before the run is never touched.

mod around;
mod carry_out;
mod fit;
mod listing;
mod look;
mod loosen;
mod mark;
mod ours;
mod outcome;
mod search;
#[cfg(test)]
mod tests;
mod thing;
mod under_way;
mod undone;

pub use around::lists_of;
pub use around::look_around;
pub(crate) use around::{looks_at, sweeps_over};
pub use carry_out::{Sweep, SweepOptions};
pub(crate) use listing::Listing;
pub use look::OtherAccount;
pub use mark::Mark;
pub(crate) use ours::Ours;
pub use outcome::{Found, Left, Swept, Unsure};
use search::Searched;
pub(crate) use search::search;
pub(crate) use thing::Thing;
