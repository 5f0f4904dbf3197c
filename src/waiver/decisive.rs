//! Which findings decide that a case failed.

use std::collections::{BTreeMap, BTreeSet};

use crate::judge::{CaseResult, Finding};
use crate::transcript::Transcript;

/// Which findings decide that a case failed: the grave ones, without those of steps that only prepare
/// it. Which steps do is in the transcript and not in the result.
#[derive(Debug, Clone, Default)]
pub struct Decisive {
    /// Steps that only prepare, by the id of the case.
    preparing: BTreeMap<String, BTreeSet<String>>,
}

impl Decisive {
    /// What a transcript says of its cases.
    pub fn of(transcript: &Transcript) -> Decisive {
        let cases = transcript.cases().map(|case| {
            let preparing = case.steps.iter().filter(|step| step.setup);
            (case.id.clone(), preparing.map(|step| step.id.clone()).collect())
        });
        Decisive { preparing: cases.collect() }
    }

    /// The findings of a case that decide.
    pub fn findings<'c>(&'c self, case: &'c CaseResult) -> impl Iterator<Item = &'c Finding> {
        let preparing = self.preparing.get(&case.id);
        let prepares = move |step: &String| preparing.is_some_and(|steps| steps.contains(step));
        case.findings.iter().filter(move |finding| finding.is_grave() && !prepares(&finding.step))
    }
}

#[cfg(test)]
impl Decisive {
    /// With a step that only prepares.
    pub(super) fn with_preparing(case: &str, step: &str) -> Decisive {
        let steps = BTreeSet::from([step.to_owned()]);
        Decisive { preparing: BTreeMap::from([(case.to_owned(), steps)]) }
    }
}
