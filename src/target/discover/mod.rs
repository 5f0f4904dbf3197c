//! The first questions to an endpoint: does EC2 speak here, may we, and what is there? Each of them
//! only looks, and each is recorded.

mod choose;
mod find;
mod problem;
mod refusal;

pub(crate) use find::CALLED_ON_AWS;
pub use find::Found;
pub(super) use find::{find_rest, first_question, first_zone, small_types};
pub use problem::Problem;
pub(super) use problem::{NOT_EC2, advice, of_refusal};
pub use refusal::Cause;
pub(super) use refusal::{cause, is_not_offered};
