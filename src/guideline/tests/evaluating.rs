//! What a run shows of a guideline.

use serde_json::{Value, json};

use super::{GOOD, guideline, with};
use crate::guideline::{GuidelineResult, Outcome, Tier, Waived, evaluate};
use crate::judge::{RunResult, Verdict};

fn id(number: u32) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

fn run(verdicts: &[(u32, &str)]) -> RunResult {
    let case = |(number, verdict): &(u32, &str)| -> Value {
        json!({
            "id": id(*number), "name": format!("g/{number}"), "title": "t", "capability": "g",
            "verdict": verdict, "reason": "why", "took_ms": 1, "expectations": 1,
            "steps": [], "findings": [],
        })
    };
    let cases: Vec<Value> = verdicts.iter().map(case).collect();
    let result = json!({
        "format": "parallax-result", "version": 2,
        "run": { "id": "r", "started": "2026-11-21T00:00:00Z", "complete": true,
            "target": { "name": "A cloud", "endpoint": "http://c/", "region": "r" } },
        "judged_with": { "parallax": "0", "model": "m", "shapes": "s", "baselines": "b" },
        "summary": { "cases": 0, "verdicts": {}, "findings": {} },
        "capabilities": [], "cases": cases, "leaks": [],
    });
    serde_json::from_value(result).expect("a result")
}

fn held(text: &str, verdicts: &[(u32, &str)], waived: &[u32]) -> GuidelineResult {
    let waived: Waived = waived.iter().map(|n| (id(*n), "accepted".to_owned())).collect();
    evaluate(&guideline(text), &run(verdicts), &waived)
}

#[test]
fn a_platform_passes_when_all_required_tests_did() {
    let result = held(GOOD, &[(1, "pass"), (2, "fail"), (3, "pass"), (9, "pass")], &[]);
    // Under the name that RefStack knows it is the same platform.
    assert_eq!(result.platforms.len(), 1);
    let platform = &result.platforms[0];
    assert_eq!((platform.name.as_str(), platform.also.len()), ("EC2 Powered Compute", 1));
    assert_eq!(platform.refstack_target.as_deref(), Some("compute"));
    assert_eq!(result.platform("OpenStack Powered Compute"), Some(platform));
    assert!(platform.passes && platform.passes_with_waivers);
    let required = platform.tier(Tier::Required).expect("a tier");
    assert_eq!((required.passed, required.capabilities.len()), (2, 2));
    let tests = &required.tests;
    // With the flagged one, and without.
    assert_eq!((tests.passed, tests.total), (2, 3));
    assert_eq!((tests.unflagged_passed, tests.unflagged, tests.flagged()), (2, 2, 1));
    // What is advisory does not count, and is not hidden.
    let advisory = platform.tier(Tier::Advisory).expect("a tier");
    assert_eq!((advisory.passed, advisory.tests.outcomes[&Outcome::NotRun]), (0, 1));
    assert_eq!(result.other_cases, 1);
    assert!(result.is_about());
    assert!(!held(GOOD, &[(2, "fail")], &[]).is_about());
}

#[test]
fn nothing_but_a_pass_is_passed() {
    let others = Verdict::ALL.iter().filter(|verdict| **verdict != Verdict::Pass);
    for verdict in others.map(|verdict| Some(*verdict)).chain([None]) {
        let mut verdicts = vec![(1, "pass")];
        verdicts.extend(verdict.map(|verdict| (3, verdict.word())));
        let result = held(GOOD, &verdicts, &[]);
        assert!(!result.platforms[0].passes, "{verdict:?}");
        let capability = result.capability("groups").expect("it is there");
        assert!(!capability.passes && capability.counts.passed == 0, "{verdict:?}");
        let shown = &capability.tests[0];
        let word = verdict.map_or("not-run", Verdict::word);
        assert_eq!((shown.outcome.word(), shown.reason.is_empty()), (word, verdict.is_none()));
        assert_eq!(capability.counts.outcomes[&shown.outcome], 1);
        let waived = verdict == Some(Verdict::Waived);
        assert_eq!(result.platforms[0].passes_with_waivers, waived, "{verdict:?}");
    }
}

#[test]
fn a_waiver_is_for_what_failed() {
    let failed = held(GOOD, &[(1, "pass"), (3, "fail")], &[3]);
    assert!(!failed.platforms[0].passes && failed.platforms[0].passes_with_waivers);
    let capability = failed.capability("groups").expect("it is there");
    assert!(!capability.passes && capability.passes_with_waivers);
    assert_eq!(capability.tests[0].reason, "accepted");
    assert_eq!((capability.counts.unflagged_passed, capability.counts.unflagged_waived), (0, 1));
    let required = failed.platforms[0].tier(Tier::Required).expect("a tier");
    assert_eq!((required.passed, required.passed_with_waivers), (1, 2));
    for verdict in ["inconclusive", "blocked", "skipped", "unsupported"] {
        let other = held(GOOD, &[(1, "pass"), (3, verdict)], &[3]);
        assert!(!other.platforms[0].passes_with_waivers, "{verdict}");
    }
}

#[test]
fn what_is_not_known_is_not_passed() {
    // A required capability that nobody describes, or that has no test that counts.
    for text in [
        with("[\"keys\", \"groups\"]", "[\"keys\", \"groups\", \"other\"]"),
        with(
            "{ \"name\": \"compute\" }",
            "{ \"name\": \"compute\" }, { \"name\": \"x\", \"source\": \"u\" }",
        ),
        with("\"required\": [\"keys\", \"groups\"]", "\"required\": []"),
    ] {
        let result = held(&text, &[(1, "pass"), (3, "pass"), (4, "pass")], &[]);
        let platform = result.platform("EC2 Powered Compute").expect("it is there");
        assert!(!platform.passes && !platform.passes_with_waivers, "{text}");
    }
    let flagged = with(
        "000000000003\" }",
        "000000000003\", \"flagged\": { \"date\": \"2026-11-01\", \"reason\": \"[D404] r\", \"action\": \"a\" } }",
    );
    let result = held(&flagged, &[(1, "pass"), (3, "pass")], &[]);
    assert!(!result.capability("groups").expect("it is there").passes, "no test counts");
    assert!(result.platforms[0].passes, "and it keeps nobody from passing");
}

/// What a stand-in does says nothing about AWS.
#[test]
fn a_run_that_was_not_held_against_aws_passes_nothing() {
    let mut other = run(&[(1, "pass"), (3, "pass")]);
    other.judged_with.reference = "moto".to_owned();
    let result = evaluate(&guideline(GOOD), &other, &Waived::new());
    assert!(result.not_aws.as_ref().is_some_and(|text| text.contains("moto")));
    assert!(!result.platforms[0].passes && !result.capabilities.iter().any(|c| c.passes));
    let text = serde_json::to_string(&result).expect("JSON");
    let again: GuidelineResult = serde_json::from_str(&text).expect("read back");
    assert_eq!(serde_json::to_string(&again).expect("JSON"), text);
}
