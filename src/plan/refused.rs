//! Calls that make nothing, for AWS refuses them.

use std::collections::{BTreeMap, BTreeSet};

use crate::case::{Case, Step};
use crate::judge::baseline::{Baseline, Baselines, Claim};

/// Steps that AWS refuses, as far as its documented baselines say so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refused {
    /// By the id of the case's file.
    steps: BTreeMap<String, BTreeSet<String>>,
}

impl Refused {
    /// What these baselines say of these cases.
    pub fn of(cases: &[Case], baselines: &Baselines) -> Refused {
        let of = |case: &Case| {
            let steps = steps(baselines.get(&case.family)?);
            Some((case.family.clone(), steps))
        };
        Refused { steps: cases.iter().filter_map(of).collect() }
    }

    /// Whether this step of a case is refused.
    pub(super) fn has(&self, case: &Case, step: &Step) -> bool {
        self.steps.get(&case.family).is_some_and(|steps| steps.contains(&step.id))
    }
}

fn steps(baseline: &Baseline) -> BTreeSet<String> {
    let errors = baseline.expect.iter().filter(|e| matches!(e.claim, Claim::Error { .. }));
    errors.map(|expectation| expectation.step.value.clone()).collect()
}
