//! How cases are run.

use sha2::{Digest as _, Sha256};

use super::Ledger;
use crate::transcript::TargetFacts;

/// How cases are run.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// The run's id: part of the names of everything that is made.
    pub run: String,
    /// Cases that run at the same time.
    pub jobs: usize,
    /// In what order cases are begun.
    pub order: Order,
    /// The target, with image, type and zone as far as they are known.
    pub target: TargetFacts,
    /// Where everything that is made is announced.
    pub ledger: Ledger,
}

/// In what order cases are begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// Those that take longest first, so that they do not run alone at the end.
    #[default]
    LongestFirst,
    /// By chance; the same seed gives the same order.
    Shuffled(u64),
}

impl Order {
    /// What cases are sorted by: of a case its id and its weight.
    pub(super) fn key(self, id: &str, weight: usize) -> u64 {
        match self {
            Order::LongestFirst => u64::MAX - weight as u64,
            Order::Shuffled(seed) => {
                let digest = Sha256::digest(format!("{seed} {id}"));
                digest.iter().take(8).fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
            }
        }
    }
}

impl RunOptions {
    /// A fresh id for a run: eight letters and digits, safe in every kind of name.
    pub fn fresh_run_id() -> String {
        uuid::Uuid::new_v4().simple().to_string()[..8].to_owned()
    }
}
