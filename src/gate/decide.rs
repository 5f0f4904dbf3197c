//! Whether a run may pass.

use std::collections::BTreeMap;

use super::about::About;
use super::against;
use super::decision::{Cause, Decision};
use super::expectations::Expectations;
use super::expected;
use crate::judge::{CaseResult, RunResult, Verdict};
use crate::waiver::Decisive;

/// What is asked of the cases that decide.
#[derive(Debug, Clone, Copy)]
pub enum By<'a> {
    /// That they do not fail; of required tests, that they pass.
    Verdicts,
    /// That they did not get worse than in this earlier result.
    Against(&'a RunResult),
    /// That they are as a file expects.
    Expectations(&'a Expectations),
}

/// A gate.
#[derive(Debug, Clone)]
pub struct Gate<'a> {
    /// Which cases decide.
    pub about: About,
    /// What is asked of them.
    pub by: By<'a>,
}

/// What a gate looks at.
#[derive(Debug, Clone, Copy)]
pub struct Looked<'a> {
    /// The result as judged.
    pub result: &'a RunResult,
    /// Failed cases that are waived, by id: nothing is asked of them.
    pub waived: &'a BTreeMap<String, String>,
    /// Which findings decide that a case failed.
    pub decisive: &'a Decisive,
}

impl Gate<'_> {
    /// Whether a run may pass.
    pub fn decide(&self, looked: &Looked<'_>) -> Decision {
        let about = &self.about;
        if *about == About::Nothing {
            return Decision::new(about.word(), "verdicts");
        }
        let mut decision = match self.by {
            By::Verdicts => verdicts(about, looked),
            By::Against(earlier) => against::decide(about, earlier, looked),
            By::Expectations(expectations) => expected::decide(about, expectations, looked),
        };
        let run = &looked.result.run;
        if let Some(why) = run.incomplete() {
            decision.notes.push(format!("Not every case had its turn: {why}."));
        }
        let not_aws = looked.result.judged_with.not_aws().filter(|_| *about != About::All);
        let partial = !run.complete || not_aws.is_some();
        decision.notes.extend(not_aws);
        decision.concluded(partial)
    }
}

/// How bad a verdict is where a case decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bad {
    /// The gate does not mind it.
    No,
    /// The run may not pass.
    Yes,
    /// Nothing can be said.
    Untold,
}

/// How bad a verdict is. A required test has to pass; of other cases, one that the target says
/// honestly that it does not do, or declares that it lacks what it takes, is none that failed.
pub(super) fn bad(about: &About, verdict: Verdict) -> Bad {
    match verdict {
        Verdict::Pass | Verdict::Waived => Bad::No,
        Verdict::Fail => Bad::Yes,
        Verdict::Unsupported | Verdict::Skipped => match about {
            About::Required(_) => Bad::Yes,
            About::All | About::Nothing => Bad::No,
        },
        Verdict::Flaky | Verdict::Blocked | Verdict::Inconclusive => Bad::Untold,
    }
}

impl<'a> Looked<'a> {
    /// The cases that decide, without those that are waived.
    pub(super) fn cases(&self, about: &About) -> impl Iterator<Item = &'a CaseResult> {
        let waived = self.waived;
        let cases = self.result.cases.iter();
        cases.filter(move |case| about.has(&case.id) && !waived.contains_key(&case.id))
    }

    /// Required tests that are not in the run.
    pub(super) fn not_run(&self, about: &About) -> Vec<Cause> {
        let About::Required(tests) = about else { return Vec::new() };
        let mut missing = tests.clone();
        self.result.cases.iter().for_each(|case| drop(missing.remove(&case.id)));
        let cause = |(id, name): (String, String)| Cause {
            id,
            name,
            before: None,
            now: "not-run",
            why: "a required test that is not in the run".to_owned(),
        };
        missing.into_iter().map(cause).collect()
    }
}

/// What is said of a case by its own verdict.
pub(super) fn cause(case: &CaseResult) -> Cause {
    Cause {
        id: case.id.clone(),
        name: case.name.clone(),
        before: None,
        now: case.verdict.word(),
        why: case.reason.clone(),
    }
}

fn verdicts(about: &About, looked: &Looked<'_>) -> Decision {
    let mut decision = Decision::new(about.word(), "verdicts");
    for case in looked.cases(about) {
        match bad(about, case.verdict) {
            Bad::No => {}
            Bad::Yes => decision.failing.push(cause(case)),
            Bad::Untold => decision.untold.push(cause(case)),
        }
    }
    decision.failing.extend(looked.not_run(about));
    decision
}
