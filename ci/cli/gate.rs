//! Waivers and the gate, as a pipeline meets them.

use std::path::Path;

use serde_json::Value;

use crate::support::command::Place;

/// The bundled recording's transcript in a folder `run`, as if nothing had been left behind: what is left
/// behind decides over the exit code before any gate does.
fn recorded() -> Place {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("reports/openstack-2023.2");
    let place = Place::without_credentials();
    let folder = place.path("run");
    std::fs::create_dir(&folder).expect("a folder");
    let text = std::fs::read_to_string(from.join("transcript.jsonl")).expect("the transcript");
    let left =
        |line: &&str| line.starts_with(r#"{"event":"undo""#) && line.contains(r#""failure":"#);
    let lines: Vec<&str> = text.lines().filter(|line| !left(line)).collect();
    std::fs::write(folder.join("transcript.jsonl"), lines.join("\n") + "\n").expect("written");
    place
}

fn json(place: &Place, file: &str) -> Value {
    let text = std::fs::read_to_string(place.path(file)).expect("it is there");
    serde_json::from_str(&text).expect("JSON")
}

fn failing(gate: &Value) -> usize {
    gate["decision"]["failing"].as_array().expect("a list").len()
}

#[test]
fn expectations_ratchet() {
    let place = recorded();
    let judge = ["judge", "run", "--expectations", "known.yaml"];
    place.run(&judge).exits(2).complains(&["known.yaml", "--update-expectations --allow-new"]);
    let with = |more: &[&str]| place.run(&[&judge[..], more].concat());
    with(&["--update-expectations"]).exits(1);
    with(&["--update-expectations", "--allow-new"]).exits(0);
    let bytes = std::fs::read(place.path("run/result.json")).expect("the result");
    with(&[]).exits(0);
    let known = std::fs::read_to_string(place.path("known.yaml")).expect("written");

    let line = known.lines().find(|line| line.ends_with(": fail")).expect("some fail");
    std::fs::write(place.path("known.yaml"), known.replacen(&format!("{line}\n"), "", 1))
        .expect("written");
    let name = line.trim().trim_end_matches(": fail");
    with(&[]).exits(1).shows(&["does not hold", name]);
    assert_eq!(failing(&json(&place, "run/gate.json")), 1);
    std::fs::write(place.path("known.yaml"), format!("{known}  regions/nowhere: fail\n"))
        .expect("written");
    with(&[]).exits(0).shows(&["1 case of the file is not in this run"]);

    let result = json(&place, "run/result.json");
    let passed = result["cases"].as_array().expect("cases").iter();
    let passed = passed.clone().find(|case| case["verdict"] == "pass").expect("some pass");
    let passed = passed["name"].as_str().expect("a name");
    std::fs::write(place.path("known.yaml"), format!("{known}  \"{passed}\": fail\n"))
        .expect("written");
    with(&[]).exits(1).shows(&["passes now: remove line"]);
    with(&["--update-expectations"]).exits(0);
    assert_eq!(std::fs::read_to_string(place.path("known.yaml")).expect("there"), known);
    std::fs::write(place.path("known.yaml"), "cases:\n  a: fial\n").expect("written");
    with(&[]).exits(2).complains(&["known.yaml:2", "did you mean `fail`?"]);
    assert_eq!(std::fs::read(place.path("run/result.json")).expect("the result"), bytes);
}

#[test]
fn waivers_are_applied_after_judging() {
    let place = recorded();
    place.run(&["judge", "run"]).exits(1);
    assert!(!place.path("run/gate.json").exists(), "nothing was asked for");
    let bytes = std::fs::read(place.path("run/result.json")).expect("the result");
    let count = |word: &str| -> u64 {
        json(&place, "run/result.json")["summary"]["verdicts"][word].as_u64().unwrap_or(0)
    };
    let failed = count("fail");
    let who = ["--reason", "known", "--owner", "me", "--expires", "2027-01-31"];
    let waive = |more: &[&str]| place.run(&[&["waive", "run"][..], &who, more].concat());
    waive(&["--case", "key-pairs/*", "--into", "parallax.waivers.yaml"]).exits(0);
    waive(&["--case", "key-pairs/*", "--into", "parallax.waivers.yaml"])
        .exits(2)
        .complains(&["nothing to waive"]);

    let judge = ["judge", "run", "--today", "2027-01-31"];
    place.run(&judge).exits(1).shows(&["without waivers", "with waivers", "waived"]);
    let gate = json(&place, "run/gate.json");
    let waivers = &gate["waivers"];
    let waived = waivers["with"]["waived"].as_u64().expect("some");
    assert!(waived > 0);
    assert_eq!(waivers["without"]["fail"], failed);
    assert_eq!(waivers["with"]["fail"], failed - waived);
    assert_eq!(std::fs::read(place.path("run/result.json")).expect("the result"), bytes);
    let junit = std::fs::read_to_string(place.path("run/junit.xml")).expect("there");
    assert_eq!(
        junit.matches("waived: accepted by me until 2027-01-31: known").count() as u64,
        waived
    );

    // A day later, and with one whose difference is not there.
    let everything = ["waive", "run", "--rule", "*", "--wide", "--into", "all.yaml"];
    place.run(&[&everything[..], &who].concat()).exits(0);
    let all = ["judge", "run", "--waivers", "all.yaml", "--today"];
    let ran = place.run(&[&all[..], &["2027-01-31"]].concat()).exits(3);
    ran.shows(&["could not tell"]);
    let ran = place.run(&[&all[..], &["2027-02-01"]].concat()).exits(1);
    ran.shows(&["all.yaml:4", "expired", "agree on a new date"]);
    let text = std::fs::read_to_string(place.path("all.yaml")).expect("there");
    let stale = format!(
        "{text}  - {{ case: protocol/*, path: nowhere, reason: r, owner: o, expires: 2027-06-30 }}\n"
    );
    std::fs::write(place.path("all.yaml"), stale).expect("written");
    let ran = place.run(&[&all[..], &["2027-01-01"]].concat()).exits(1);
    ran.shows(&["stale", "remove it"]);
    place.run(&[&all[..], &["2027-01-01", "--allow-stale"]].concat()).exits(3);

    place.run(&["judge", "run", "--waivers", "none"]).exits(1);
    assert!(!place.path("run/gate.json").exists(), "what an earlier gate said is gone");
    place.run(&["judge", "run", "--waivers", "no.yaml"]).exits(2).complains(&["no such file"]);
    std::fs::write(place.path("bad.yaml"), "waivers:\n  - case: *\n").expect("written");
    place
        .run(&["judge", "run", "--waivers", "bad.yaml"])
        .exits(2)
        .complains(&["bad.yaml:2", "quotes"]);
}

#[test]
fn only_required_tests_or_what_got_worse() {
    let place = recorded();
    place.run(&["judge", "run", "--gate", "required"]).exits(1);
    let required = failing(&json(&place, "run/gate.json"));
    place.run(&["judge", "run", "--gate", "all", "--waivers", "none"]).exits(1);
    place.run(&["judge", "run", "--gate", "none"]).exits(0);
    let held = place.run(&["guideline", "result", "run", "--format", "json"]).exits(0);
    let held: Value = serde_json::from_str(&held.stdout).expect("JSON");
    let capabilities = held["capabilities"].as_array().expect("capabilities").iter();
    let tests = capabilities
        .filter(|capability| capability["tier"] == "required")
        .flat_map(|capability| capability["tests"].as_array().expect("tests"))
        .filter(|test| test["flagged"].is_null());
    let not_passed = |test: &&Value| {
        ["fail", "unsupported", "skipped", "not-run"].iter().any(|word| test["outcome"] == *word)
    };
    assert_eq!(required, tests.filter(not_passed).count());
    let none = ["judge", "run", "--gate", "required", "--guideline", "none"];
    place.run(&none).exits(2).complains(&["asks for a guideline"]);

    place.run(&["judge", "run", "--against", "run"]).exits(0);
    let mut before = json(&place, "run/result.json");
    let cases = before["cases"].as_array_mut().expect("cases");
    let case = cases.iter_mut().find(|case| case["verdict"] == "fail").expect("some fail");
    case["verdict"] = "pass".into();
    case["findings"] = Value::Array(Vec::new());
    let name = case["name"].as_str().expect("a name").to_owned();
    std::fs::write(place.path("before.json"), before.to_string()).expect("written");
    let ran = place.run(&["judge", "run", "--against", "before.json"]).exits(1);
    ran.shows(&["pass → fail", &name]);
    assert_eq!(failing(&json(&place, "run/gate.json")), 1);
    std::fs::copy(place.path("run/result.json"), place.path("now.json")).expect("copied");
    place.run(&["judge", "run", "--against", "nowhere"]).exits(2).complains(&["an earlier run"]);
}
