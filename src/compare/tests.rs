//! Tests over small results.

use serde_json::{Value, json};

use super::*;
use crate::judge::{RunResult, Verdict};

fn finding(severity: &str, actual: &str) -> Value {
    json!({
        "layer": "baseline", "rule": "baseline.error-code", "severity": severity, "step": "ask",
        "path": "error.code", "message": "another code", "expected": "A", "actual": actual,
        "evidence": [{ "kind": "documented", "source": "s", "states": "t" }], "exchange": 1,
    })
}

fn case(id: &str, verdict: &str, findings: Vec<Value>) -> Value {
    json!({
        "id": id, "name": format!("vpcs/{id}"), "title": "t", "capability": "vpcs",
        "verdict": verdict, "reason": "because", "took_ms": 1, "expectations": 1,
        "steps": [{ "id": "ask", "kind": "call", "action": "DescribeVpcs", "outcome": "A",
            "requests": 1, "took_ms": 1 }],
        "findings": findings,
    })
}

fn result(id: &str, cases: Vec<Value>) -> RunResult {
    let result = json!({
        "format": "parallax-result", "version": 2,
        "run": { "id": id, "started": "2026-01-01T00:00:00Z", "complete": true,
            "target": { "name": "cloud", "endpoint": "http://c/", "region": "r" } },
        "judged_with": { "parallax": "0", "client": "c", "model": "m", "shapes": "s", "baselines": "b" },
        "summary": { "cases": cases.len(), "verdicts": {}, "findings": {} },
        "capabilities": [], "cases": cases, "leaks": [],
    });
    serde_json::from_value(result).expect("a result")
}

fn beside(results: &[&RunResult]) -> Comparison {
    let sides: Vec<Side<'_>> = results
        .iter()
        .enumerate()
        .map(|(at, result)| Side { label: format!("run {at}"), about: None, result })
        .collect();
    compare(&sides)
}

fn agreements(comparison: &Comparison) -> Vec<(&str, Agreement)> {
    comparison.cases.iter().map(|case| (&*case.id, case.agreement)).collect()
}

#[test]
fn what_is_not_run_is_never_a_pass() {
    let (one, two) = (
        result("1", vec![case("a", "pass", vec![])]),
        result("2", vec![case("b", "pass", vec![])]),
    );
    let both = beside(&[&one, &two]);
    assert_eq!(agreements(&both), [("a", Agreement::NotRun), ("b", Agreement::NotRun)]);
    assert!(both.cases[0].runs[0].is_some() && both.cases[0].runs[1].is_none());
    let counts =
        |at: usize| (both.capabilities[0].runs[at].asked, both.capabilities[0].runs[at].passed);
    assert_eq!((counts(0), counts(1), both.capabilities[0].cases), ((1, 1), (1, 1), 2));
    assert_eq!((both.runs[0].not_run, both.runs[1].not_run), (1, 1));
    let change = both.change.expect("of two");
    let ids = |list: &[Changed]| list.iter().map(|c| c.id.clone()).collect::<Vec<_>>();
    assert_eq!(
        (ids(&change.added), ids(&change.removed)),
        (vec!["b".to_owned()], vec!["a".to_owned()])
    );
    assert_eq!((change.added[0].before, change.removed[0].after), (None, None));
    assert!(both.cautions.iter().any(|said| said.contains("2 in all")), "{:?}", both.cautions);
    assert!(change.better.is_empty() && change.worse.is_empty() && change.unchanged == 0);
}

#[test]
fn the_same_difference_has_one_number() {
    let same = || vec![finding("breaking", "B")];
    let one = result("1", vec![case("a", "fail", same()), case("b", "fail", same())]);
    let two = result(
        "2",
        vec![case("a", "fail", same()), case("b", "fail", vec![finding("breaking", "C")])],
    );
    let three = result("3", vec![case("a", "fail", same()), case("b", "pass", vec![])]);
    let all = beside(&[&one, &two, &three]);
    assert_eq!(all.differences.len(), 2);
    assert_eq!(all.differences[0].cases, [2, 1, 1]);
    assert_eq!(all.differences[1].cases, [0, 1, 0]);
    assert_eq!(agreements(&all), [("a", Agreement::Same), ("b", Agreement::Verdicts)]);
    assert!(all.change.is_none(), "of three");
    let met: Vec<_> = all.roots.iter().map(|root| (root.cases.clone(), root.runs())).collect();
    assert_eq!(met, [(vec![2, 1, 1], 3), (vec![0, 1, 0], 1)]);
    let two = beside(&[&one, &two]);
    assert_eq!(agreements(&two)[1], ("b", Agreement::Findings));
}

/// Every pair of verdicts goes to one list, and to the right one.
#[test]
fn what_changed_has_a_direction() {
    let expected = |before: Verdict, after: Verdict| {
        let rank = |verdict: Verdict| match verdict {
            Verdict::Blocked | Verdict::Inconclusive | Verdict::Skipped => None,
            Verdict::Pass => Some(0),
            Verdict::Unsupported => Some(1),
            Verdict::Waived => Some(2),
            Verdict::Flaky => Some(3),
            Verdict::Fail => Some(4),
        };
        match (rank(before), rank(after)) {
            _ if before == after => "unchanged",
            (Some(b), Some(a)) if a < b => "better",
            (Some(_), Some(_)) => "worse",
            (Some(_), None) => "lost",
            (None, Some(_)) => "told",
            (None, None) => "changed",
        }
    };
    for before in Verdict::ALL {
        for after in Verdict::ALL {
            let one = result("1", vec![case("a", before.word(), vec![])]);
            let two = result("2", vec![case("a", after.word(), vec![])]);
            let change = change(&one, &two);
            let lists: Vec<_> =
                change.lists().iter().filter(|(_, list)| !list.is_empty()).map(|l| l.0).collect();
            let list = lists.first().copied().unwrap_or("unchanged");
            assert_eq!(list, expected(before, after), "{before} to {after}");
            assert_eq!(lists.len() + change.unchanged as usize, 1);
        }
    }
}

#[test]
fn findings_that_changed_are_named() {
    let of = |findings: Vec<Value>| result("1", vec![case("a", "fail", findings)]);
    let (b, c, d) = (finding("breaking", "B"), finding("divergent", "C"), finding("cosmetic", "D"));
    let trend = |before: Vec<Value>, after: Vec<Value>| {
        let change = change(&of(before), &of(after));
        change
            .changed
            .first()
            .map(|changed| (changed.trend, changed.came.clone(), changed.went.clone()))
    };
    assert_eq!(
        trend(vec![b.clone()], vec![b.clone(), c.clone()]),
        Some((Trend::More, vec![1], vec![]))
    );
    assert_eq!(
        trend(vec![b.clone(), c.clone()], vec![b.clone()]),
        Some((Trend::Fewer, vec![], vec![1]))
    );
    assert_eq!(trend(vec![b.clone()], vec![c]), Some((Trend::Other, vec![1], vec![0])));
    assert_eq!(trend(vec![b.clone()], vec![b.clone()]), None);
    // What only a person can tell is counted, and no more.
    let cosmetic = change(&of(vec![b.clone()]), &of(vec![b, d]));
    assert!(cosmetic.changed.is_empty() && cosmetic.unchanged == 0 && cosmetic.cosmetic == 1);
}

/// Messages that differ in the action only are one root, called as its rule is and told apart by what
/// was met.
#[test]
fn a_root_that_its_rule_names_says_what_was_met() {
    let said = |message: &str, actual: &str| {
        let mut finding = finding("breaking", actual);
        finding["message"] = json!(message);
        vec![finding]
    };
    let one = result(
        "1",
        vec![
            case("a", "fail", said("RunInstances says B", "B")),
            case("b", "fail", said("StopInstances says B", "B")),
            case("c", "fail", said("StopInstances says C", "C")),
        ],
    );
    let all = beside(&[&one]);
    let rule = crate::judge::rule("baseline.error-code").expect("a rule");
    let roots: Vec<_> =
        all.roots.iter().map(|root| (&*root.message, root.met(&all.differences))).collect();
    assert_eq!(roots, [(&*rule.title, Some(&json!("B"))), ("StopInstances says C", None)]);
}

#[test]
fn what_makes_them_less_comparable_is_said() {
    let one = result("1", vec![case("a", "pass", vec![])]);
    assert_eq!(beside(&[&one, &result("2", vec![case("a", "pass", vec![])])]).cautions, [""; 0]);
    let says = |change: fn(&mut RunResult), words: &str| {
        let mut two = result("2", vec![case("a", "pass", vec![])]);
        change(&mut two);
        let said = beside(&[&one, &two]).cautions;
        assert!(said.len() == 1 && said[0].contains(words), "{words}: {said:?}");
    };
    says(|r| r.judged_with.baselines = "other".to_owned(), "different baselines:");
    says(|r| r.judged_with.client = None, "different SDKs:");
    says(|r| r.run.complete = false, "did not come to its end");
    says(|r| r.run.id = "1".to_owned(), "the same run");
    says(|r| r.cases[0].steps[0].action = "DescribeSubnets".to_owned(), "1 case has other steps");
    says(|r| r.judged_with.reference = "moto".to_owned(), "nothing about AWS");
    let two = result("2", vec![case("a", "pass", vec![])]);
    let about = About {
        kind: Kind::Emulator,
        name: "moto".to_owned(),
        release: "5".to_owned(),
        about: String::new(),
    };
    let sides = [
        Side { label: "one".to_owned(), about: None, result: &one },
        Side { label: "moto 5".to_owned(), about: Some(about), result: &two },
    ];
    assert_eq!(compare(&sides).cautions, ["moto 5 is an emulator, not a cloud."]);
}
