//! What `parallax report` writes for programs.

use serde_json::{Value, json};

use crate::support::command::Place;

const HOSTILE: &str = "50 % # TODO\n::error::x\u{1b}[2J] | </b>";

fn case(name: &str, verdict: &str) -> Value {
    json!({
        "id": format!("00000000-0000-4000-8000-{:012}", name.len()), "name": format!("vpcs/{name}"),
        "title": "A title", "capability": "vpcs", "verdict": verdict, "reason": HOSTILE,
        "took_ms": 1500, "expectations": 1, "steps": [], "findings": [{
            "layer": "baseline", "rule": "baseline.value", "severity": "breaking", "step": "ask",
            "path": "Vpcs[]", "message": HOSTILE, "expected": null, "actual": HOSTILE, "evidence": [],
        }],
    })
}

/// A judged run with a case of each verdict, whose reasons mean harm.
fn run() -> Place {
    let place = Place::without_credentials();
    let verdicts =
        ["pass", "fail", "unsupported", "flaky", "blocked", "inconclusive", "skipped", "waived"];
    let cases: Vec<Value> = verdicts
        .iter()
        .enumerate()
        .map(|(at, verdict)| case(&"x".repeat(at + 1), verdict))
        .collect();
    let counts: Value = verdicts.iter().map(|word| ((*word).to_owned(), json!(1))).collect();
    let summary = json!({ "cases": 8, "findings": {}, "verdicts": counts });
    let mut capability = summary.clone();
    capability["name"] = "vpcs".into();
    let result = json!({
        "format": "parallax-result", "version": 2,
        "run": { "id": "r", "started": "2026-01-01T10:00:00Z", "complete": true,
            "target": { "name": "lab", "endpoint": "http://cloud/", "region": "r" } },
        "judged_with": { "parallax": "0", "model": "m", "shapes": "s", "baselines": "b" },
        "summary": summary, "capabilities": [capability], "cases": cases, "leaks": [],
    });
    std::fs::create_dir(place.path("run")).expect("a folder");
    std::fs::write(place.path("run/result.json"), result.to_string()).expect("written");
    place
}

fn report(place: &Place, format: &str) -> String {
    let arguments = ["report", "run", "--guideline", "none", "--format", format];
    place.run(&arguments).exits(0).stdout
}

#[test]
fn tap() {
    let text = report(&run(), "tap");
    assert!(text.starts_with("TAP version 14\n1..8\nok 1 - vpcs/x\nnot ok 2 - vpcs/xx\n  ---\n"));
    let tests: Vec<&str> =
        text.lines().filter(|line| line.starts_with("ok") || line.starts_with("not ok")).collect();
    assert_eq!(tests.len(), 8, "{text}");
    let directives: Vec<bool> = tests.iter().map(|line| line.contains(" # ")).collect();
    assert_eq!(directives, [false, false, true, false, false, false, true, true]);
    assert!(tests[2].contains("# SKIP unsupported: 50 % \\# TODO ::error"), "{}", tests[2]);
    assert!(tests[7].starts_with("not ok 8 - vpcs/xxxxxxxx # TODO waived: "), "{}", tests[7]);
    assert_eq!(text.matches("\n  ---\n").count(), text.matches("\n  ...\n").count());
}

#[test]
fn annotations() {
    let place = run();
    let text = report(&place, "github");
    let expected = "::error title=vpcs/xx::A title: 50 %25 # TODO ::error::x␦[2J] | </b>\n";
    assert_eq!(text, expected);
    std::fs::create_dir_all(place.path("suite/vpcs")).expect("a folder");
    let id = "00000000-0000-4000-8000-000000000002";
    std::fs::write(place.path("suite/vpcs/a,b.yaml"), format!("# A case.\nid: {id}\n"))
        .expect("written");
    let with = ["report", "run", "--format", "github", "--cases", "suite"];
    let text = place.run(&with).exits(0).stdout;
    assert!(
        text.starts_with("::error file=suite/vpcs/a%2Cb.yaml,line=2,title=vpcs/xx::"),
        "{text}"
    );
}

#[test]
fn markdown() {
    let text = report(&run(), "markdown");
    assert!(text.starts_with("# lab: 1 of 8 cases as on AWS\n"), "{text}");
    assert!(
        text.contains("| fail | vpcs/xx | 50 % \\# TODO ::error::x␦\\[2J\\] \\| &lt;/b&gt; |"),
        "{text}"
    );
    let place = run().with("GITHUB_STEP_SUMMARY", "summary.md");
    let run = place.run(&["run", "key-pairs/"]).exits(0);
    assert!(!place.path("summary.md").exists(), "a demonstration is no job\n{run}");
}

#[test]
fn subunit_v1() {
    let text = report(&run(), "subunit-v1");
    for (word, name) in [
        ("success", "x"),
        ("failure", "xx"),
        ("skip", "xxx"),
        ("error", "xxxx"),
        ("skip", "xxxxxxxx"),
    ] {
        let line = format!("\n{word}: parallax.vpcs.{name}[id-");
        assert!(text.contains(&line), "lacks {line}\n{text}");
    }
    assert!(text.starts_with(
        "time: 2026-01-01 10:00:00.000000Z\ntest: parallax.vpcs.x[id-00000000-0000-4000-8000-000000000001]\n\
         tags: vpcs pass\ntime: 2026-01-01 10:00:01.500000Z\nsuccess: "
    ), "{text}");
    assert_eq!(text.lines().filter(|line| *line == "]").count(), 7);
}
