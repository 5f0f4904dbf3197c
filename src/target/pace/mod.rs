//! How fast a target is asked: as many requests as it allows, fewer when it says that these are too
//! many, and again what is worth asking again.
//!
//! One [`Pace`] is shared by everything that calls a target: when it throttles one case, all slow
//! down, as AWS asks of its clients and as its SDKs do in their adaptive retry mode.

mod brake;
mod rate;
mod retry;
mod shared;

pub use rate::{Bucket, Rate};
pub(crate) use retry::{MAX_ATTEMPTS, longest_call};
pub(super) use retry::{PATIENCE, Trouble, again};
pub(super) use shared::Pace;
