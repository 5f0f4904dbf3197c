//! From the attempts at a case to what is said of the case.

use super::{AttemptResult, CaseResult, Verdict};

/// What is said of a case that was run more than once: attempts in their order, at least one.
///
/// An attempt that tells nothing — interrupted, throttled, cut off — is shown, and has no say if
/// another tells something. If those that have a say agree, that is the verdict. If one passed and
/// another did not, the case is flaky. Otherwise it was as on AWS in none of them: then the gravest
/// verdict holds, that it failed before that it was blocked, and that before that it is unsupported.
pub(super) fn of_attempts(attempts: Vec<(u32, CaseResult)>) -> Option<CaseResult> {
    if attempts.len() < 2 {
        return attempts.into_iter().next().map(|(_, result)| result);
    }
    let tells = |verdict: Verdict| verdict != Verdict::Inconclusive;
    let said: Vec<Verdict> =
        attempts.iter().map(|(_, result)| result.verdict).filter(|v| tells(*v)).collect();
    let passed = said.iter().filter(|verdict| **verdict == Verdict::Pass).count();
    let flaky = passed > 0 && passed < said.len();
    let verdict = match gravest(&said) {
        _ if flaky => Verdict::Flaky,
        Some(verdict) => verdict,
        None => Verdict::Inconclusive,
    };
    // What shows why: of a flaky case the last that did not pass, else the last that says the same.
    let shows = |of: &Verdict| match flaky {
        true => tells(*of) && *of != Verdict::Pass,
        false => *of == verdict,
    };
    let shown = attempts.iter().rposition(|(_, result)| shows(&result.verdict))?;
    let results: Vec<AttemptResult> = attempts
        .iter()
        .enumerate()
        .map(|(at, (attempt, result))| AttemptResult {
            attempt: *attempt,
            verdict: result.verdict,
            reason: result.reason.clone(),
            took_ms: result.took_ms,
            shown: at == shown,
            exchanges: result.steps.iter().flat_map(|step| step.exchanges.clone()).collect(),
        })
        .collect();
    let (number, result) = attempts.into_iter().nth(shown)?;
    let reason = match (flaky, result.reason) {
        (true, reason) => {
            format!("{passed} of {} attempts passed; attempt {number}: {reason}", said.len())
        }
        (false, reason) if said.len() > 1 && verdict != Verdict::Pass => {
            format!("in each of {} attempts; attempt {number}: {reason}", said.len())
        }
        (false, reason) => reason,
    };
    Some(CaseResult { verdict, reason, attempts: results, ..result })
}

/// The verdict of attempts none of which passed, or all of which did.
fn gravest(said: &[Verdict]) -> Option<Verdict> {
    let order = [Verdict::Fail, Verdict::Blocked, Verdict::Unsupported];
    order.into_iter().find(|verdict| said.contains(verdict)).or_else(|| said.last().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(verdict: Verdict, nth: usize) -> CaseResult {
        CaseResult {
            id: "id".to_owned(),
            name: "c/n".to_owned(),
            title: "t".to_owned(),
            capability: "c".to_owned(),
            aliases: Vec::new(),
            verdict,
            reason: if verdict == Verdict::Pass { String::new() } else { format!("why {nth}") },
            took_ms: nth as u64,
            expectations: 0,
            recording: None,
            attempts: Vec::new(),
            steps: Vec::new(),
            findings: Vec::new(),
        }
    }

    #[test]
    fn what_several_attempts_say() {
        use Verdict::{Blocked, Fail, Flaky, Inconclusive, Pass, Skipped, Unsupported};
        for (attempts, verdict, shown, reason) in [
            (&[Fail, Pass][..], Flaky, 1, "1 of 2 attempts passed; attempt 1: why 1"),
            (&[Fail, Fail, Pass], Flaky, 2, "1 of 3 attempts passed; attempt 2: why 2"),
            (&[Blocked, Pass], Flaky, 1, "1 of 2 attempts passed; attempt 1: why 1"),
            (&[Unsupported, Pass], Flaky, 1, "1 of 2 attempts passed; attempt 1: why 1"),
            (&[Pass, Fail], Flaky, 2, "1 of 2 attempts passed; attempt 2: why 2"),
            (&[Fail, Fail], Fail, 2, "in each of 2 attempts; attempt 2: why 2"),
            (&[Fail, Blocked], Fail, 1, "in each of 2 attempts; attempt 1: why 1"),
            (&[Blocked, Unsupported], Blocked, 1, "in each of 2 attempts; attempt 1: why 1"),
            (&[Inconclusive, Pass], Pass, 2, ""),
            (&[Inconclusive, Fail], Fail, 2, "why 2"),
            (&[Fail, Inconclusive], Fail, 1, "why 1"),
            (&[Fail, Inconclusive, Pass], Flaky, 1, "1 of 2 attempts passed; attempt 1: why 1"),
            (&[Inconclusive, Inconclusive], Inconclusive, 2, "why 2"),
            (&[Inconclusive, Skipped], Skipped, 2, "why 2"),
            (&[Pass, Pass], Pass, 2, ""),
        ] {
            let results = attempts.iter().zip(1..).map(|(v, nth)| (nth as u32, result(*v, nth)));
            let case = of_attempts(results.collect()).expect("there is one");
            assert_eq!((case.verdict, case.reason.as_str()), (verdict, reason), "{attempts:?}");
            let told: Vec<Verdict> = case.attempts.iter().map(|attempt| attempt.verdict).collect();
            assert_eq!(told, attempts, "all are shown");
            let marked: Vec<u32> =
                case.attempts.iter().filter(|a| a.shown).map(|a| a.attempt).collect();
            assert_eq!(marked, [shown], "{attempts:?}");
        }
    }

    #[test]
    fn one_attempt_is_the_case() {
        let case = of_attempts(vec![(1, result(Verdict::Fail, 1))]).expect("there is one");
        assert_eq!((case.verdict, case.reason.as_str()), (Verdict::Fail, "why 1"));
        assert_eq!(case.attempts, []);
    }
}
