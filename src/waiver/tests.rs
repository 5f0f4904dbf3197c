use serde_json::{Value, json};

use super::*;
use crate::judge::{RunResult, Verdict};
use crate::syntax::SourceFile;

fn finding(rule: &str, severity: &str, layer: &str, step: &str) -> Value {
    json!({
        "layer": layer, "rule": rule, "severity": severity, "step": step, "path": "Vpcs[].State",
        "message": format!("{rule} in {step}"), "expected": null, "actual": null, "evidence": [],
    })
}

fn case(id: &str, verdict: &str, findings: &[Value]) -> Value {
    json!({
        "id": id, "name": format!("vpcs/{id}"), "title": "t", "capability": "vpcs",
        "verdict": verdict, "reason": "a reason", "took_ms": 1, "expectations": 1, "steps": [],
        "findings": findings,
    })
}

fn result(cases: &[Value]) -> RunResult {
    let mut verdicts: std::collections::BTreeMap<String, u32> = Default::default();
    for case in cases {
        *verdicts.entry(case["verdict"].as_str().expect("a word").to_owned()).or_default() += 1;
    }
    let summary = json!({ "cases": cases.len(), "findings": {}, "verdicts": verdicts });
    let mut capability = summary.clone();
    capability["name"] = "vpcs".into();
    serde_json::from_value(json!({
        "format": "parallax-result", "version": 2,
        "run": { "id": "r", "started": "2026-01-01T10:00:00Z", "complete": true,
            "target": { "name": "lab", "endpoint": "http://cloud/", "region": "r" } },
        "judged_with": { "parallax": "0", "model": "m", "shapes": "s", "baselines": "b" },
        "summary": summary, "capabilities": [capability], "cases": cases, "leaks": [],
    }))
    .expect("a result")
}

/// `one` fails by two rules, one of them in two steps; `two` by one; the others do not fail.
fn some() -> RunResult {
    let state = finding("baseline.value", "divergent", "baseline", "ask");
    let model = finding("model.enum", "breaking", "model", "ask");
    let soft = finding("shape.value-form", "divergent", "shape", "ask");
    result(&[
        case("one", "fail", &[state.clone(), model.clone(), soft]),
        case("two", "fail", std::slice::from_ref(&model)),
        case("good", "pass", &[]),
        case("flaky", "flaky", std::slice::from_ref(&state)),
        case("stuck", "blocked", &[]),
    ])
}

fn read(text: &str) -> Waivers {
    let file = SourceFile { path: "w.yaml".into(), text: text.to_owned() };
    Waivers::parse(file).unwrap_or_else(|found| panic!("{found}"))
}

fn waivers(scopes: &[&str]) -> Waivers {
    let items: Vec<String> = scopes
        .iter()
        .map(|scope| format!("  - {{ {scope}, reason: why, owner: me, expires: 2026-06-30 }}\n"))
        .collect();
    read(&format!("waivers:\n{}", items.concat()))
}

fn over(scopes: &[&str], today: &str) -> Waiving {
    let today = today.parse().expect("a date");
    Waiving::of(&waivers(scopes), &some(), &Decisive::default(), today)
}

fn names(waiving: &Waiving) -> Vec<&str> {
    waiving.cases.iter().map(|case| case.name.as_str()).collect()
}

fn states(waiving: &Waiving) -> Vec<State> {
    waiving.waivers.iter().map(|waiver| waiver.state).collect()
}

#[test]
fn every_finding_that_decides_has_to_be_accepted() {
    let waiving = over(&["rule: model.enum"], "2026-06-01");
    assert_eq!(names(&waiving), ["vpcs/two"]);
    assert_eq!(states(&waiving), [State::Applied]);
    assert_eq!(waiving.waivers[0].cases, 2, "it is needed for the other case, too");
    let both = over(&["rule: model.enum", "case: vpcs/one, rule: baseline.*"], "2026-06-01");
    assert_eq!(names(&both), ["vpcs/one", "vpcs/two"]);
    assert_eq!(both.cases[0].lines, [2, 3]);
    assert_eq!(both.cases[0].why, "accepted by me until 2026-06-30: why");
    // What stands beside a pass need not be waived; a path narrows.
    assert_eq!(names(&over(&["case: one"], "2026-06-01")), ["vpcs/one"], "by its id");
    assert!(over(&["case: one, path: \"Vpcs[].VpcId\""], "2026-06-01").cases.is_empty());
    assert_eq!(names(&over(&["case: one, path: \"Vpcs[]*\""], "2026-06-01")), ["vpcs/one"]);
    assert_eq!(names(&over(&["target: lab, case: one"], "2026-06-01")), ["vpcs/one"]);
}

#[test]
fn totals_with_and_without() {
    let waiving = over(&["case: one"], "2026-06-01");
    let count = |counts: &std::collections::BTreeMap<Verdict, u32>, verdict| {
        counts.get(&verdict).copied().unwrap_or(0)
    };
    assert_eq!(count(&waiving.without, Verdict::Fail), 2);
    assert_eq!(count(&waiving.without, Verdict::Waived), 0);
    assert_eq!(count(&waiving.with, Verdict::Fail), 1);
    assert_eq!(count(&waiving.with, Verdict::Waived), 1);
    let judged = some();
    let shown = waiving.applied_to(&judged);
    assert_eq!(judged.cases[0].verdict, Verdict::Fail, "the result itself stays as it is");
    assert_eq!(shown.cases[0].verdict, Verdict::Waived);
    assert!(shown.cases[0].reason.contains("it failed: a reason"), "{}", shown.cases[0].reason);
    assert_eq!(shown.summary.verdicts, waiving.with);
    assert_eq!(shown.capabilities[0].summary.verdicts, waiving.with);
    assert_eq!(shown.cases[1].verdict, Verdict::Fail);
}

#[test]
fn the_last_day_is_the_last_one() {
    assert_eq!(states(&over(&["case: one"], "2026-06-30")), [State::Applied]);
    let after = over(&["case: one"], "2026-07-01");
    assert_eq!(states(&after), [State::Expired]);
    assert!(after.cases.is_empty());
}

#[test]
fn stale_is_what_could_be_told_and_is_not_there() {
    let waiving = over(
        &[
            "case: vpcs/good",
            "case: vpcs/stuck",
            "case: elsewhere/*",
            "case: flaky",
            "target: other, case: good",
            "rule: model.type",
        ],
        "2026-06-01",
    );
    let expected = [
        State::Stale,
        State::NotAsked,
        State::NotAsked,
        State::Applied,
        State::Elsewhere,
        State::Stale,
    ];
    assert_eq!(states(&waiving), expected);
    assert!(waiving.cases.is_empty(), "what is flaky is no failure that a waiver makes good");
}

#[test]
fn what_only_prepares_decides_nothing() {
    let elsewhere = finding("model.type", "breaking", "model", "prepare");
    let result = result(&[case(
        "one",
        "fail",
        &[finding("model.enum", "breaking", "model", "ask"), elsewhere],
    )]);
    let today = "2026-06-01".parse().expect("a date");
    let waivers = waivers(&["rule: model.enum"]);
    let decisive = Decisive::with_preparing("one", "prepare");
    assert_eq!(Waiving::of(&waivers, &result, &decisive, today).cases.len(), 1);
    assert_eq!(Waiving::of(&waivers, &result, &Decisive::default(), today).cases.len(), 0);
}

#[test]
fn mistakes_have_a_place_and_a_fix() {
    let whole = |scope: &str| {
        format!("waivers:\n  - {scope}\n    reason: why\n    owner: me\n    expires: 2026-06-30\n")
    };
    for (text, words) in [
        ("waivers:\n  - case: a\n".to_owned(), ["a waiver needs `expires`", "w.yaml:2"]),
        (whole("path: a"), ["neither `case` nor `rule`", "w.yaml:2"]),
        (whole("rule: model.enumm"), ["no rule `model.enumm`", "did you mean `model.enum`?"]),
        (whole("rule: modle.*"), ["no rule `modle.*`", "w.yaml:2"]),
        (whole("case: ''"), ["`case` is empty", "leave `case` out"]),
        (whole("case: *"), ["stands in quotes", "w.yaml:2"]),
        (whole("cases: a"), ["a waiver has no `cases`", "did you mean `case`?"]),
        (whole("case: a").replace("me", "' '"), ["`owner` says nothing", "w.yaml:4"]),
        (whole("case: a").replace("06-30", "02-30"), ["\"2026-02-30\" is no date", "w.yaml:5"]),
        (whole("case: a").replace("06-30", "06"), ["is no date", "YYYY-MM-DD"]),
        ("waiver: []\n".to_owned(), ["has no `waiver`", "did you mean `waivers`?"]),
        ("- case: a\n".to_owned(), ["a map", "w.yaml:1"]),
    ] {
        let file = SourceFile { path: "w.yaml".into(), text: text.clone() };
        let found = Waivers::parse(file).expect_err(&text).to_string();
        for word in words {
            assert!(found.contains(word), "lacks {word}\n{found}");
        }
    }
    for empty in ["", "# nothing yet\n", "waivers:\n", "waivers: []\n"] {
        assert!(read(empty).list.is_empty(), "{empty}");
    }
}

fn wanted(case: Option<&str>, rule: Option<&str>, wide: bool) -> Wanted {
    Wanted {
        case: case.map(str::to_owned),
        rule: rule.map(str::to_owned),
        wide,
        reason: "bug: 4711 # open".to_owned(),
        owner: "me".to_owned(),
        expires: "2026-06-30".parse().expect("a date"),
    }
}

#[test]
fn a_draft_waives_what_it_is_for() {
    let result = some();
    let decisive = Decisive::default();
    let today = "2026-06-01".parse().expect("a date");
    for (wanted, count, waived, not_all) in [
        (wanted(None, None, false), 3, vec!["vpcs/one", "vpcs/two"], vec![]),
        (wanted(Some("vpcs/one"), None, false), 2, vec!["vpcs/one"], vec![]),
        (wanted(None, Some("model.enum"), false), 2, vec!["vpcs/two"], vec!["vpcs/one"]),
        (wanted(Some("vpcs/*"), None, true), 1, vec!["vpcs/one", "vpcs/two"], vec![]),
    ] {
        let draft = draft(&result, &decisive, &wanted, None);
        let again = read(&draft.text());
        assert_eq!(again.list.len(), count, "{}", draft.text());
        let waiving = Waiving::of(&again, &result, &decisive, today);
        assert_eq!(names(&waiving), waived);
        assert!(states(&waiving).iter().all(|state| *state == State::Applied));
        assert_eq!(draft.not_all, not_all);
    }
    assert!(
        draft(&result, &decisive, &wanted(Some("vpcs/good"), None, true), None).list.is_empty()
    );
}

#[test]
fn more_is_added_without_touching_what_is_there() {
    let result = some();
    let decisive = Decisive::default();
    let all = wanted(None, None, false);
    let known = "# Ours.\nwaivers:\n- rule: model.enum   # kept\n  reason: r\n  owner: o\n  expires: 2026-06-30\n";
    let known = read(known);
    let drafted = draft(&result, &decisive, &all, Some(&known));
    assert_eq!(drafted.list.len(), 1, "what is waived already is left out");
    let text = append(&known, &drafted.list).expect("appended");
    assert!(text.starts_with(&known.file.text), "{text}");
    assert!(text.contains("\n- target: lab\n  case: vpcs/one\n  rule: baseline.value\n"), "{text}");
    for empty in ["", "# nothing yet", "waivers:\n", "waivers: []\n"] {
        let text = append(&read(empty), &drafted.list).expect("appended");
        assert_eq!(read(&text).list.len(), 1, "{text}");
    }
    let inline = "waivers: [{ case: a, reason: r, owner: o, expires: 2026-06-30 }]\n";
    let why = append(&read(inline), &drafted.list).expect_err("in brackets");
    assert!(why.contains("by hand"), "{why}");
}
