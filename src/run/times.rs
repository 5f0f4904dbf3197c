//! How long cases take: learned from an earlier run, or guessed.

use std::collections::BTreeMap;

use crate::case::{Case, Step};
use crate::transcript::Transcript;

/// How long cases took in an earlier run, and what that says of others.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Times {
    /// Milliseconds by the case's id.
    by_case: BTreeMap<String, u64>,
    /// Milliseconds for each unit of [`weight`]; `None` if nothing was learned.
    per_weight: Option<f64>,
}

/// Milliseconds for each unit of weight if nothing was learned: a look takes some 30 ms.
const USUAL: f64 = 30.0;

impl Times {
    /// What an earlier run shows of these cases; of others in it nothing is learned.
    pub fn learned(by_case: BTreeMap<String, u64>, cases: &[Case]) -> Times {
        let known = cases.iter().filter_map(|case| Some((weight(case), *by_case.get(&case.id)?)));
        let (weights, sum) = known.fold((0, 0u64), |(weights, sum), (weight, ms)| {
            (weights + weight, sum.saturating_add(ms))
        });
        let per_weight = (weights > 0).then(|| sum as f64 / weights as f64);
        Times { by_case, per_weight }
    }

    /// How long a case will take, in milliseconds; at least 1.
    pub fn estimate_ms(&self, case: &Case) -> u64 {
        let known = self.by_case.get(&case.id).copied();
        let guess = || (weight(case) as f64 * self.per_weight.unwrap_or(USUAL)) as u64;
        known.unwrap_or_else(guess).max(1)
    }

    /// Whether anything was learned.
    pub fn is_learned(&self) -> bool {
        self.per_weight.is_some()
    }
}

/// How long each case of a run took, undoing included, by its id; without those that were cut off or
/// interrupted. Of one that was run again the last attempt.
pub fn times_of(transcript: &Transcript) -> BTreeMap<String, u64> {
    let attempts = transcript.attempts();
    let whole = attempts.iter().filter(|attempt| attempt.is_whole());
    whole
        .map(|attempt| {
            let took = attempt.last_ms.saturating_sub(attempt.started.at_ms);
            (attempt.case().id.clone(), took)
        })
        .collect()
}

/// A guess at how long a case takes, in arbitrary units: instances most, then waiting.
fn weight(case: &Case) -> usize {
    let waits = |step: &Step| {
        step.poll.is_some() || step.undo.as_ref().is_some_and(|undo| undo.waiter.is_some())
    };
    let steps: usize = case.steps.iter().map(|s| if waits(s) { 10 } else { 1 }).sum();
    steps + if case.uses.contains_key("instances") { 100 } else { 0 }
}
