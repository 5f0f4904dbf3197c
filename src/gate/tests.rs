use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::*;
use crate::judge::{RunResult, Verdict};
use crate::syntax::SourceFile;
use crate::waiver::Decisive;

fn finding(rule: &str, severity: &str) -> Value {
    json!({
        "layer": "baseline", "rule": rule, "severity": severity, "step": "ask", "path": "Vpcs[]",
        "message": rule, "expected": null, "actual": null, "evidence": [],
    })
}

fn case(name: &str, verdict: &str, findings: &[Value]) -> Value {
    json!({
        "id": format!("id-{name}"), "name": name, "title": "t", "capability": "c",
        "verdict": verdict, "reason": "a reason", "took_ms": 1, "expectations": 1, "steps": [],
        "findings": findings,
    })
}

fn result(cases: &[Value], complete: bool) -> RunResult {
    serde_json::from_value(json!({
        "format": "parallax-result", "version": 2,
        "run": { "id": "r", "started": "2026-01-01T10:00:00Z", "complete": complete,
            "target": { "name": "lab", "endpoint": "http://cloud/", "region": "r" } },
        "judged_with": { "parallax": "0", "model": "m", "shapes": "s", "baselines": "b" },
        "summary": { "cases": 0, "findings": {}, "verdicts": {} },
        "capabilities": [], "cases": cases, "leaks": [],
    }))
    .expect("a result")
}

fn plain(cases: &[(&str, &str)]) -> RunResult {
    let cases: Vec<Value> = cases.iter().map(|(name, verdict)| case(name, verdict, &[])).collect();
    result(&cases, true)
}

fn decide(about: About, by: By<'_>, result: &RunResult, waived: &[&str]) -> Decision {
    let waived: BTreeMap<String, String> =
        waived.iter().map(|name| (format!("id-{name}"), "why".to_owned())).collect();
    let looked = Looked { result, waived: &waived, decisive: &Decisive::default() };
    Gate { about, by }.decide(&looked)
}

fn names(causes: &[Cause]) -> Vec<&str> {
    causes.iter().map(|cause| cause.name.as_str()).collect()
}

fn required(names: &[&str]) -> About {
    About::Required(names.iter().map(|n| (format!("id-{n}"), (*n).to_owned())).collect())
}

#[test]
fn all_or_required_or_none() {
    let run = plain(&[("a", "pass"), ("b", "fail"), ("c", "unsupported"), ("d", "blocked")]);
    let all = decide(About::All, By::Verdicts, &run, &[]);
    assert_eq!((names(&all.failing), names(&all.untold)), (vec!["b"], vec!["d"]));
    assert_eq!(all.holds, Holds::No);
    assert_eq!(decide(About::All, By::Verdicts, &run, &["b"]).holds, Holds::CouldNotTell);
    assert_eq!(decide(About::Nothing, By::Verdicts, &run, &[]).holds, Holds::Yes);

    let by = |tests: &[&str], waived: &[&str]| decide(required(tests), By::Verdicts, &run, waived);
    assert_eq!(by(&["a"], &[]).holds, Holds::Yes, "what else fails is not asked");
    assert_eq!(names(&by(&["a", "c"], &[]).failing), ["c"], "what is not passed is not passed");
    assert_eq!(by(&["a", "d"], &[]).holds, Holds::CouldNotTell);
    let missing = by(&["a", "missing"], &[]);
    assert_eq!((missing.holds, names(&missing.failing)), (Holds::No, vec!["missing"]));
    assert_eq!(missing.failing[0].now, "not-run");
    assert_eq!(by(&["b"], &["b"]).holds, Holds::Yes);
}

#[test]
fn a_run_that_did_not_end_is_not_passed() {
    let stopped = result(&[case("a", "pass", &[])], false);
    let decision = decide(About::All, By::Verdicts, &stopped, &[]);
    assert_eq!(decision.holds, Holds::CouldNotTell);
    assert!(decision.notes[0].contains("stopped before its end"), "{:?}", decision.notes);
    let mut other = plain(&[("a", "pass")]);
    other.judged_with.reference = "moto".to_owned();
    assert_eq!(decide(required(&["a"]), By::Verdicts, &other, &[]).holds, Holds::CouldNotTell);
    assert_eq!(decide(About::All, By::Verdicts, &other, &[]).holds, Holds::Yes);
}

#[test]
fn only_what_got_worse() {
    let (x, y) = (finding("baseline.value", "divergent"), finding("baseline.outcome", "breaking"));
    let grave = finding("baseline.value", "breaking");
    let one = std::slice::from_ref(&x);
    let before = result(
        &[
            case("same", "fail", one),
            case("broke", "pass", &[]),
            case("more", "fail", one),
            case("graver", "fail", one),
            case("fewer", "fail", &[x.clone(), y.clone()]),
            case("mended", "fail", one),
            case("lost", "pass", &[]),
            case("told", "blocked", &[]),
            case("gone", "pass", &[]),
        ],
        true,
    );
    let now = result(
        &[
            case("same", "fail", one),
            case("broke", "fail", one),
            case("more", "fail", &[x.clone(), y]),
            case("graver", "fail", &[grave]),
            case("fewer", "fail", one),
            case("mended", "pass", &[]),
            case("lost", "inconclusive", &[]),
            case("told", "fail", one),
            case("new", "fail", one),
        ],
        true,
    );
    let decision = decide(About::All, By::Against(&before), &now, &[]);
    assert_eq!(names(&decision.failing), ["broke", "graver", "more"]);
    assert_eq!((decision.failing[0].before, decision.failing[0].now), (Some("pass"), "fail"));
    assert_eq!(names(&decision.untold), ["lost"]);
    assert_eq!(names(&decision.better), ["mended", "fewer"]);
    let notes = decision.notes.join("\n");
    for words in ["not in the earlier run and fails: new", "fails: told", "not in this one: gone"] {
        assert!(notes.contains(words), "lacks {words}\n{notes}");
    }
    let waived = decide(About::All, By::Against(&before), &now, &["broke", "graver", "more"]);
    assert_eq!(waived.holds, Holds::CouldNotTell);
    let tests = required(&["same", "mended"]);
    assert_eq!(decide(tests, By::Against(&before), &now, &[]).holds, Holds::Yes);
    assert_eq!(decide(About::All, By::Against(&now), &now, &[]).holds, Holds::Yes);
}

fn expectations(text: &str) -> Expectations {
    let file = SourceFile { path: "e.yaml".into(), text: text.to_owned() };
    Expectations::parse(file).unwrap_or_else(|found| panic!("{found}"))
}

const KNOWN: &str = "\
# Ours.
cases:
  a: fail          # bug 4711
  c/row[x]: blocked
  # about d
  d: flaky
  z: fail
";

#[test]
fn a_case_is_as_expected_or_the_gate_does_not_hold() {
    let known = expectations(KNOWN);
    let by =
        |cases: &[(&str, &str)]| decide(About::All, By::Expectations(&known), &plain(cases), &[]);
    let fine = by(&[("a", "fail"), ("b", "pass"), ("c/row[x]", "blocked"), ("d", "pass")]);
    assert_eq!(fine.holds, Holds::Yes, "{fine:?}");
    assert_eq!(fine.notes, ["1 case of the file is not in this run."]);
    let gone = by(&[("a", "pass")]);
    assert_eq!((gone.holds, names(&gone.better)), (Holds::No, vec!["a"]));
    assert!(gone.failing[0].why.contains("remove line 3 of e.yaml"), "{:?}", gone.failing);
    assert_eq!(names(&by(&[("b", "fail")]).failing), ["b"]);
    assert_eq!(names(&by(&[("c/row[x]", "fail")]).failing), ["c/row[x]"]);
    assert_eq!(by(&[("a", "blocked"), ("d", "fail")]).holds, Holds::Yes);
    assert_eq!(by(&[("b", "blocked")]).holds, Holds::CouldNotTell);
    assert_eq!(by(&[("a", "unsupported")]).holds, Holds::No, "it does not fail any more");
    let failed = plain(&[("a", "fail")]);
    let waived = decide(About::All, By::Expectations(&known), &failed, &["a"]);
    assert!(waived.failing[0].why.contains("is waived: remove line 3"), "{waived:?}");
}

#[test]
fn the_file_shrinks_and_grows_only_if_asked() {
    let known = expectations(KNOWN);
    let run = plain(&[("a", "pass"), ("b/new", "fail"), ("c/row[x]", "fail"), ("d", "pass")]);
    let waived = BTreeMap::new();
    let looked = Looked { result: &run, waived: &waived, decisive: &Decisive::default() };
    let text = |allow_new| known.rewritten(&known.after(&About::All, &looked, allow_new));
    let shrunk = "# Ours.\ncases:\n  c/row[x]: blocked\n  # about d\n  d: flaky\n  z: fail\n";
    assert_eq!(text(false), shrunk);
    let grown =
        "# Ours.\ncases:\n  b/new: fail\n  c/row[x]: fail\n  # about d\n  d: flaky\n  z: fail\n";
    assert_eq!(text(true), grown);
    let after = expectations(&text(true));
    assert_eq!(decide(About::All, By::Expectations(&after), &run, &[]).holds, Holds::Yes);

    // The first one, one in another form, and one of which nothing is left.
    let file = SourceFile { path: "e.yaml".into(), text: String::new() };
    let first = Expectations::none(file);
    let written = expectations(&first.rewritten(&first.after(&About::All, &looked, true)));
    assert_eq!(written.cases.len(), 2);
    let inline = expectations("cases: { a: fail, z: fail }\n");
    let rewritten = inline.rewritten(&inline.after(&About::All, &looked, false));
    assert!(rewritten.ends_with("cases:\n  z: fail\n"), "{rewritten}");
    let alone = expectations("cases:\n  a: fail");
    let nothing = alone.rewritten(&alone.after(&About::All, &looked, false));
    assert!(expectations(&nothing).cases.is_empty(), "{nothing}");
    let last = alone.rewritten(&alone.after(&About::All, &looked, true));
    assert_eq!(expectations(&last).cases.len(), 2, "{last}");
}

#[test]
fn mistakes_have_a_place_and_a_fix() {
    for (text, words) in [
        ("cases:\n  a: pass\n", ["expected to be `pass`", "remove the line"]),
        ("cases:\n  a: fial\n", ["e.yaml:2", "did you mean `fail`?"]),
        ("cases:\n  a: fail\n  a: fail\n", ["e.yaml:3", "given twice"]),
        ("case:\n  a: fail\n", ["has no `case`", "did you mean `cases`?"]),
        ("cases: [a]\n", ["a map", "e.yaml:1"]),
        ("cases:\n  a: 3\n", ["text was expected", "e.yaml:2"]),
    ] {
        let file = SourceFile { path: "e.yaml".into(), text: text.to_owned() };
        let found = Expectations::parse(file).expect_err(text).to_string();
        for word in words {
            assert!(found.contains(word), "lacks {word}\n{found}");
        }
    }
    assert_eq!(expectations(KNOWN).cases[1].verdict.value, Verdict::Blocked);
}
