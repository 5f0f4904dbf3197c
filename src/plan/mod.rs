//! What a run is going to do, before it does it: calls, things made, the price and the quotas — each
//! an upper bound — and the IAM policy that lets a run do that and no more.
//!
//! Everything here is a pure function of cases, baselines and data in this folder; the limits of polls and
//! undos come from `run`, which keeps to them.

mod actions;
mod calls;
mod input;
mod lifetime;
mod permissions;
mod policy;
mod prices;
mod quotas;
mod refused;
mod show;
mod things;
mod total;

pub use policy::{Conditions, MANAGED_POLICY_LIMIT, Policy, Statement};
pub use quotas::{Need, usual_room};
pub use refused::Refused;
pub use total::{Calls, Context, Plan, Price, Resource, Skipped};

#[cfg(test)]
mod tests;
