//! Whether cases are as a file expects.

use std::collections::BTreeMap;

use super::about::About;
use super::decide::{Bad, Looked, bad, cause};
use super::decision::{Cause, Decision};
use super::expectations::{Expectations, Expected};
use crate::judge::{CaseResult, Verdict};

/// What is said of a case that the file names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    /// No worse than expected.
    AsExpected,
    /// Not bad any more: its line has to go, or a later failure would not be noticed.
    Gone,
    /// Fails, which was not expected of it.
    Worse,
}

/// Fails on what is bad and not in the file, and on what is in the file and not bad any more.
pub(super) fn decide(about: &About, expectations: &Expectations, looked: &Looked<'_>) -> Decision {
    let mut decision = Decision::new(about.word(), "expectations");
    for case in looked.cases(about) {
        match expectations.of(&case.name, &case.id) {
            None => match bad(about, case.verdict) {
                Bad::No => {}
                Bad::Yes => decision.failing.push(cause(case)),
                Bad::Untold => decision.untold.push(cause(case)),
            },
            Some(expected) => match known(about, expected, case.verdict) {
                Known::AsExpected => {}
                Known::Gone => {
                    let gone = gone(expectations, expected, case, case.verdict);
                    decision.better.push(gone.clone());
                    decision.failing.push(gone);
                }
                Known::Worse => {
                    let before = Some(expected.verdict.value.word());
                    decision.failing.push(Cause { before, ..cause(case) });
                }
            },
        }
    }
    for case in looked.result.cases.iter().filter(|case| about.has(&case.id)) {
        if let (true, Some(expected)) =
            (looked.waived.contains_key(&case.id), expectations.of(&case.name, &case.id))
        {
            decision.failing.push(gone(expectations, expected, case, Verdict::Waived));
        }
    }
    let missing = looked.not_run(about).into_iter();
    let unexpected = missing.filter(|cause| expectations.of(&cause.name, &cause.id).is_none());
    decision.failing.extend(unexpected);
    let not_run = expectations.cases.iter().filter(|expected| {
        let is =
            |case: &&CaseResult| case.name == expected.name.value || case.id == expected.name.value;
        !looked.result.cases.iter().any(|case| is(&case))
    });
    match not_run.count() {
        0 => {}
        1 => decision.notes.push("1 case of the file is not in this run.".to_owned()),
        n => decision.notes.push(format!("{n} cases of the file are not in this run.")),
    }
    decision
}

fn known(about: &About, expected: &Expected, verdict: Verdict) -> Known {
    let expected = expected.verdict.value;
    match verdict {
        // Nothing is said of it.
        Verdict::Skipped => Known::AsExpected,
        Verdict::Pass if expected == Verdict::Flaky => Known::AsExpected,
        Verdict::Fail if !matches!(expected, Verdict::Fail | Verdict::Flaky) => Known::Worse,
        verdict if verdict == expected => Known::AsExpected,
        verdict if bad(about, verdict) == Bad::No => Known::Gone,
        _ => Known::AsExpected,
    }
}

fn gone(
    expectations: &Expectations,
    expected: &Expected,
    case: &CaseResult,
    now: Verdict,
) -> Cause {
    let line = expectations.line(expected.name.span.start);
    let path = expectations.file.path.display();
    let what = match now {
        Verdict::Pass => "passes now",
        Verdict::Waived => "is waived",
        _ => "does not fail any more",
    };
    let why = format!("{what}: remove line {line} of {path}, or let --update-expectations do it");
    Cause {
        id: case.id.clone(),
        name: case.name.clone(),
        before: Some(expected.verdict.value.word()),
        now: now.word(),
        why,
    }
}

impl Expectations {
    /// What the file is to say after this run: without what is not bad any more. What is bad and not in
    /// it yet comes in only if `allow_new`; so that the file shrinks by itself and grows only when
    /// somebody says so.
    pub fn after(
        &self,
        about: &About,
        looked: &Looked<'_>,
        allow_new: bool,
    ) -> BTreeMap<String, Verdict> {
        let kept =
            self.cases.iter().map(|expected| (expected.name.value.clone(), expected.verdict.value));
        let mut cases: BTreeMap<String, Verdict> = kept.collect();
        for case in looked.result.cases.iter().filter(|case| about.has(&case.id)) {
            let expected = self.of(&case.name, &case.id);
            let waived = looked.waived.contains_key(&case.id);
            match expected.map(|expected| (expected, known(about, expected, case.verdict))) {
                Some((expected, known)) if waived || known == Known::Gone => {
                    cases.remove(&expected.name.value);
                }
                Some((expected, Known::Worse)) if allow_new => {
                    cases.insert(expected.name.value.clone(), case.verdict);
                }
                None if allow_new && !waived && bad(about, case.verdict) != Bad::No => {
                    cases.insert(case.name.clone(), case.verdict);
                }
                _ => {}
            }
        }
        cases
    }
}
