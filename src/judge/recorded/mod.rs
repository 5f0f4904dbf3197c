//! Recorded baselines: what a reference (AWS) did in each step of a case, learned from several
//! recordings of it.
//!
//! An answer becomes a tree of [`Node`]s in which the run's own values have names. Joining the
//! trees of several samples gives what they have in common: what never varies stays as it is, what
//! varies becomes a kind, and which values are the same thing is kept across all steps. The same
//! tree is what another target's answer is compared with.

mod check;
mod compare;
mod differ;
mod distil;
mod doc;
mod hold;
mod items;
mod join;
mod learn;
mod node;
mod observe;
mod read;
mod store;
#[cfg(test)]
mod tests;
mod text;
mod timing;

pub(super) use check::check;
pub use check::{Unproven, prove};
pub use distil::{Distilled, Undistilled, distil};
pub use doc::{
    CaseRecording, FORMAT_VERSION, OwnFinding, RecordedBaseline, RecordedError, RecordedOutcome,
    RecordedStep, RecordingFacts, Spread, is_same_behaviour,
};
pub(super) use hold::hold;
pub use store::{RECORDED, RECORDINGS, Recording, Recordings, read_recording};
pub(super) use store::{Recorded, RecordedBaselines, Stale};
