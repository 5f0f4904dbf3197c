//! How cases are run.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::{Ledger, Times};
use crate::probe::Prober;
use crate::transcript::{TargetFacts, Transcript};

/// How cases are run.
#[derive(Debug, Clone, Default)]
pub struct RunOptions {
    /// The run's id: part of the names of everything that is made.
    pub run: String,
    /// Cases that run at the same time, if the target's quotas allow it.
    pub jobs: usize,
    /// In what order cases are begun.
    pub order: Order,
    /// The target, with image, type and zone as far as they are known.
    pub target: TargetFacts,
    /// How guests are looked at, if they can be reached.
    pub prober: Prober,
    /// Where everything that is made is announced.
    pub ledger: Ledger,
    /// How many things of a kind the cases that run may hold together, by the words of their `uses`.
    /// A case that needs more of what [`TargetFacts::quotas`] limits is skipped; one that needs more
    /// of anything else runs when nobody else holds any.
    pub quotas: BTreeMap<String, u32>,
    /// How long cases take, as far as it is known.
    pub times: Times,
    /// How often a case that did not pass is run again, at most. Without `assess` nobody knows.
    pub retries: u32,
    /// Whether no case is begun any more as soon as one failed. Without `assess` nobody knows.
    pub fail_fast: bool,
    /// Says how a case went as soon as it has ended.
    pub assess: Option<Assess>,
    /// What was made of cases before, by their ids, if the run goes on after an interruption.
    pub earlier: BTreeMap<String, Earlier>,
}

/// Attempts at a case that an interrupted run had made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Earlier {
    /// All of them.
    pub begun: u32,
    /// Those that came to their end.
    pub whole: u32,
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
    /// What cases are sorted by: of a case its id and how long it will take.
    pub(super) fn key(self, id: &str, estimate_ms: u64) -> u64 {
        match self {
            Order::LongestFirst => u64::MAX - estimate_ms,
            Order::Shuffled(seed) => {
                let digest = Sha256::digest(format!("{seed} {id}"));
                digest.iter().take(8).fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
            }
        }
    }
}

/// How one attempt at a case went, in the eyes of whoever may judge; the run itself knows nothing of
/// that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    /// The verdict's word.
    pub word: String,
    /// What the run makes of it.
    pub standing: Standing,
}

/// What a run makes of how a case went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// There is no reason to run it again.
    Settled,
    /// It is worth another attempt.
    Unclear,
    /// It is worth another attempt; if there is none, the case has failed.
    Failed,
}

/// Says how an attempt at a case went, from a transcript that holds nothing else.
#[derive(Clone)]
pub struct Assess(Arc<dyn Fn(&Transcript) -> Assessment + Send + Sync>);

impl Assess {
    /// By this function, which has to be pure: it is called on another thread.
    pub fn by(assess: impl Fn(&Transcript) -> Assessment + Send + Sync + 'static) -> Self {
        Assess(Arc::new(assess))
    }

    /// Asks it, where it keeps nobody from running.
    pub(super) async fn ask(&self, attempt: Transcript) -> Option<Assessment> {
        let assess = Arc::clone(&self.0);
        tokio::task::spawn_blocking(move || assess(&attempt)).await.ok()
    }
}

impl fmt::Debug for Assess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Assess")
    }
}

impl RunOptions {
    /// A fresh id for a run: eight letters and digits, safe in every kind of name.
    pub fn fresh_run_id() -> String {
        uuid::Uuid::new_v4().simple().to_string()[..8].to_owned()
    }
}
