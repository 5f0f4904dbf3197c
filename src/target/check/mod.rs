//! Whether a target can be used, step by step, and what is there. Makes nothing.

mod actions;
mod credentials;
mod reach;
mod run;
mod step;
mod things;

pub use actions::{Asked as AskedAction, Offer};
pub use run::{Checked, check};
pub use step::{Outcome, Step};
