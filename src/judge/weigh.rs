//! From what happened and what was found to a verdict.

use super::observe::{CaseObservation, Observed, StepObservation};
use super::{Finding, Layer, Verdict};
use crate::transcript::Ending;

/// Codes by which AWS says that it does not do something ("Client error codes").
const UNSUPPORTED: [&str; 3] = ["UnsupportedOperation", "Unsupported", "InvalidAction"];

/// The verdict of a case, and why in a sentence; empty for a pass.
///
/// `fails` says of a step whether the reference, too, was recorded not to succeed in it: what only
/// follows from that is as on the reference. `hint` says more about the refusal of a step.
pub(super) fn weigh(
    case: &CaseObservation<'_>,
    findings: &[Finding],
    fails: impl Fn(&str) -> bool,
    hint: impl Fn(&str) -> &'static str,
) -> (Verdict, String) {
    if let Some(why) = skipped(case) {
        return (Verdict::Skipped, why);
    }
    if !case.ended {
        // What was still to come may have blocked it, or shown it to be unsupported.
        let why =
            "the transcript ends in the middle of the case: the run was killed, or is not over";
        return (Verdict::Inconclusive, why.to_owned());
    }
    if let Some((step, why)) = obstacle(case).filter(|(step, _)| !fails(step)) {
        let more = hint(&step);
        let reason = format!("step `{step}` prepares the case and failed: {why}{more}");
        return (Verdict::Blocked, reason);
    }
    let decisive: Vec<&Finding> = findings.iter().filter(|f| decides(case, f)).collect();
    if let Some(code) = unsupported(case, &decisive) {
        return (Verdict::Unsupported, format!("the target says that it does not do this: {code}"));
    }
    // What the case was made to find comes before what its answers lack besides.
    let own = decisive.iter().find(|finding| finding.layer == Layer::Baseline);
    if let Some(first) = own.or(decisive.first()) {
        let more = match decisive.len() - 1 {
            0 => String::new(),
            n => format!("; {n} more"),
        };
        return (Verdict::Fail, format!("{}{more}", first.message));
    }
    for step in &case.steps {
        if let Observed::NoAnswer(why) = &step.observed {
            return (Verdict::Inconclusive, format!("step `{}`: {why}", step.id()));
        }
    }
    for step in &case.steps {
        match step.ending {
            Some(Ending::Blocked { .. }) if fails(step.id()) => {}
            Some(Ending::Blocked { by, why }) => {
                let reason =
                    format!("step `{}` was not reached: `{by}`: {}", step.id(), why.as_str());
                return (Verdict::Blocked, reason);
            }
            Some(Ending::Interrupted { .. }) => {
                return (Verdict::Inconclusive, format!("stopped before step `{}`", step.id()));
            }
            _ => {}
        }
    }
    let not_run = |step: &&StepObservation<'_>| {
        matches!(step.observed, Observed::NotRun) && !fails(step.id())
    };
    if let Some(step) = case.steps.iter().find(not_run) {
        // The transcript ends before the case does.
        return (Verdict::Inconclusive, format!("there is no answer to step `{}`", step.id()));
    }
    (Verdict::Pass, String::new())
}

fn skipped(case: &CaseObservation<'_>) -> Option<String> {
    case.steps.iter().find_map(|step| match step.ending {
        Some(Ending::Skipped { why }) => Some(why.as_str().to_owned()),
        _ => None,
    })
}

/// The step that only prepares and failed, and how.
fn obstacle(case: &CaseObservation<'_>) -> Option<(String, String)> {
    case.steps.iter().filter(|s| s.step.setup).find_map(|step| {
        let why = match &step.observed {
            Observed::Error { code, message, .. } => {
                format!("{} answers {code}: {message}", step.action())
            }
            Observed::Foreign(what) => format!("{} answers {what}", step.action()),
            Observed::NotReached { seen } => format!("the last that was seen is {seen}"),
            Observed::Success(_) | Observed::NoAnswer(_) | Observed::NotRun => return None,
        };
        Some((step.id().to_owned(), why))
    })
}

/// Whether a finding decides the verdict. What happens in steps that only prepare is for other cases to
/// say.
fn decides(case: &CaseObservation<'_>, finding: &Finding) -> bool {
    let setup = case.case.step(&finding.step).is_some_and(|step| step.setup);
    finding.is_grave() && !setup
}

/// The code, if everything that decides comes down to the target saying that it does not do this.
fn unsupported<'c>(case: &'c CaseObservation<'_>, decisive: &[&Finding]) -> Option<&'c str> {
    let said = |step: &str| {
        case.steps.iter().find(|s| s.id() == step).and_then(|s| match &s.observed {
            Observed::Error { code, .. } if UNSUPPORTED.contains(&code.as_str()) => {
                Some(code.as_str())
            }
            _ => None,
        })
    };
    let mut codes = decisive.iter().map(|finding| said(&finding.step));
    let first = codes.next()??;
    codes.all(|code| code.is_some()).then_some(first)
}
