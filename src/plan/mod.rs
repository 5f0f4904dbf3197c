//! What a run is going to do, before it does it: calls, things made, the price and the quotas — each
//! an upper bound — and the IAM policy that lets a run do that and no more.
//!
//! Everything here is a pure function of cases and of data in this folder; the limits of polls and
//! undos come from `run`, which keeps to them.

mod calls;
mod lifetime;
mod permissions;
#[expect(clippy::module_inception, reason = "the room is named after its main thing")]
mod plan;
mod policy;
mod prices;
mod quotas;
mod show;
mod things;

pub use plan::{Calls, Context, Plan, Price, Resource, Skipped};
pub use policy::{Conditions, MANAGED_POLICY_LIMIT, Policy, Statement};
pub use quotas::Need;

#[cfg(test)]
mod tests;
