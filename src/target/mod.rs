//! The target: an endpoint, how to reach it, who is asking, and what is peculiar to it.

mod call;
mod connect;
mod credentials;
mod discover;
mod quotas;

pub(crate) use call::{Ahead, Call, Called, Form, MAX_ATTEMPTS, longest_call};
pub use call::{Caller, Question};
pub use connect::{ConnectError, Connection, Target, connect};
pub use credentials::{Access, AccessError, find_access};
pub(crate) use discover::CALLED_ON_AWS;
pub use discover::{Discovery, Problem, discover};
pub use quotas::room;
