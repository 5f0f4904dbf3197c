//! How cases are run.

use crate::transcript::TargetFacts;

/// How cases are run.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// The run's id: part of the names of everything that is made.
    pub run: String,
    /// Cases that run at the same time.
    pub jobs: usize,
    /// The target, with image, type and zone as far as they are known.
    pub target: TargetFacts,
}

impl RunOptions {
    /// A fresh id for a run: eight letters and digits, safe in every kind of name.
    pub fn fresh_run_id() -> String {
        uuid::Uuid::new_v4().simple().to_string()[..8].to_owned()
    }
}
