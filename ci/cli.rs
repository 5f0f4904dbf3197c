//! What the program says about itself and about cases: help, lists, schema, mistakes. No network.

#[path = "cli/bundles.rs"]
mod bundles;
#[path = "cli/compare.rs"]
mod compare;
#[path = "cli/coverage.rs"]
mod coverage;
#[path = "cli/formats.rs"]
mod formats;
#[path = "cli/gate.rs"]
mod gate;
#[path = "cli/guideline.rs"]
mod guideline;
#[path = "cli/mistakes.rs"]
mod mistakes;
#[path = "cli/policy.rs"]
mod policy;
#[path = "cli/schema.rs"]
mod schema;
#[path = "cli/shapes.rs"]
mod shapes;
#[path = "cli/targets.rs"]
mod targets;
#[path = "cli/uploads.rs"]
mod uploads;

#[allow(dead_code, reason = "shared with the tests against endpoints, which use all of it")]
mod support;

use std::io::Read as _;
use std::process::{Command, Stdio};

use serde_json::Value;
use support::command::Place;

const COMMANDS: [&str; 24] = [
    "run",
    "waive",
    "sign",
    "verify",
    "judge",
    "report",
    "compare",
    "upload",
    "index",
    "list",
    "show",
    "check",
    "coverage",
    "explain",
    "guideline",
    "shapes",
    "policy",
    "target",
    "schema",
    "sweep",
    "merge",
    "record",
    "review",
    "distil",
];

#[test]
fn help() {
    let place = Place::new();
    let top = place.run(&["--help"]).exits(0);
    for words in ["Exit codes", "incompatible", "usage", "could not tell", "leaked", "130"] {
        assert!(top.stdout.contains(words), "lacks `{words}`\n{top}");
    }
    for command in COMMANDS {
        assert!(top.stdout.contains(&format!("  {command} ")), "lacks `{command}`\n{top}");
        let ran = place.run(&[command, "--help"]).exits(0);
        assert!(ran.stdout.contains("Usage: parallax"), "{ran}");
    }
    place.run(&["--version"]).exits(0);
    place.run(&[]).exits(2).complains(&["Usage"]);
    place.run(&["rnu"]).exits(2).complains(&["rnu", "--help"]);
}

#[test]
fn list() {
    let place = Place::new();
    let ran = place.run(&["list", "--format", "json"]).exits(0);
    let cases: Vec<Value> = serde_json::from_str(&ran.stdout).expect("JSON");
    assert!(cases.len() > 50, "{}", cases.len());
    for case in &cases {
        for key in ["id", "name", "title", "capability"] {
            assert!(case[key].as_str().is_some_and(|text| !text.is_empty()), "{key}: {case}");
        }
        assert!(case["actions"].as_array().is_some_and(|a| !a.is_empty()), "{case}");
        assert!(case["aliases"].is_array(), "{case}");
        let capability = case["capability"].as_str().expect("text");
        assert!(case["name"].as_str().expect("text").starts_with(&format!("{capability}/")));
    }
    let mut ids: Vec<&str> = cases.iter().filter_map(|case| case["id"].as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), cases.len(), "ids are unique");

    let text = place.run(&["list"]).exits(0);
    assert_eq!(text.stdout.lines().count(), cases.len());
    let few = place.run(&["list", "--capability", "key-pairs", "--format", "json"]).exits(0);
    let few: Vec<Value> = serde_json::from_str(&few.stdout).expect("JSON");
    assert!(!few.is_empty() && few.len() < cases.len());
    assert!(few.iter().all(|case| case["capability"] == "key-pairs"));
}

#[test]
fn show() {
    let place = Place::new();
    let ran = place.run(&["show", "key-pairs/duplicate-name"]).exits(0);
    for words in ["93a8ca40-34db-4ded-b490-fe5310e28841", "CreateKeyPair", "$name", "prepares"] {
        assert!(ran.stdout.contains(words), "lacks `{words}`\n{ran}");
    }
    // What AWS does, and who says so.
    assert!(ran.stdout.contains("InvalidKeyPair.Duplicate"), "{ran}");
    assert!(ran.stdout.contains("https://docs.aws.amazon.com/"), "{ran}");
    let by_id = place.run(&["show", "93a8ca40-34db-4ded-b490-fe5310e28841"]).exits(0);
    assert_eq!(by_id.stdout, ran.stdout);
    let words = ["no case `key-pairs/duplicate-nam`", "did you mean `key-pairs/duplicate-name`?"];
    place.run(&["show", "key-pairs/duplicate-nam"]).exits(2).complains(&words);
}

/// Each rule that a report can name says what it means and how to mend it, with an example of what
/// it finds and of what it does not.
#[test]
fn explain() {
    let place = Place::new();
    let all = place.run(&["explain"]).exits(0);
    let rules: Vec<&str> = all
        .stdout
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next())
        .collect();
    assert!(rules.len() > 20, "{all}");
    for rule in &rules {
        let ran = place.run(&["explain", rule]).exits(0);
        assert!(ran.stdout.starts_with(&format!("{rule}: ")), "{ran}");
        for key in ["Layer", "Severity", "Impact", "Fix", "See", "Found in this:", "Not in this:"] {
            let line = ran.stdout.lines().find(|line| line.starts_with(key));
            let text = line.map(|line| line[key.len()..].trim());
            assert!(text.is_some_and(|text| !text.is_empty()), "{key}\n{ran}");
        }
    }
    let close = format!("did you mean `{}`?", rules[0]);
    let misspelt = format!("{}x", rules[0]);
    place.run(&["explain", &misspelt]).exits(2).complains(&["there is no rule", &close]);
}

/// A layer's rules, and all that is known of them for programs.
#[test]
fn explain_a_layer() {
    let place = Place::new();
    let ran = place.run(&["explain", "shape"]).exits(0);
    assert!(ran.stdout.starts_with("shape: "), "{ran}");
    let own = |line: &&str| line.starts_with("  shape.");
    assert!(ran.stdout.lines().filter(own).count() > 1, "{ran}");
    assert!(!ran.stdout.contains("model."), "{ran}");
    place.run(&["explain", "shap"]).exits(2).complains(&["did you mean `shape`?"]);

    let ran = place.run(&["explain", "--format", "json"]).exits(0);
    let rules: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let rules = rules.as_array().expect("an array");
    assert!(rules.len() > 20, "{ran}");
    for rule in rules {
        for key in ["id", "layer", "severity", "title", "impact", "fix"] {
            assert!(rule[key].as_str().is_some_and(|text| !text.is_empty()), "{key}: {rule}");
        }
        assert!(rule["see"].as_str().is_some_and(|see| see.starts_with("https://")), "{rule}");
        assert!(rule["matches"][0]["at"].is_string(), "{rule}");
        assert!(rule["does not match"][0]["answers"][0]["body"].is_string(), "{rule}");
    }
}

/// A report names the rule of each finding and says, once, where rules are explained; what CI systems
/// show says how to mend it.
#[test]
fn reports_lead_to_rules() {
    let place = Place::without_credentials();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/reports/openstack-2023.2");
    let brief = place.run(&["report", folder]).exits(0);
    assert!(!brief.stdout.contains("parallax explain"), "{brief}");
    let long = place.run(&["report", folder, "--verbose"]).exits(0);
    assert_eq!(long.stdout.matches("parallax explain RULE").count(), 1);
    assert!(long.stdout.contains("    model.server-fault "));
    let junit = place.run(&["report", folder, "--format", "junit"]).exits(0);
    let rule = place.run(&["explain", "model.server-fault"]).exits(0);
    for key in ["Fix", "See"] {
        let line = rule.stdout.lines().find_map(|line| line.strip_prefix(key)).expect("a line");
        let shown = format!("{:9}{}", key.to_lowercase(), line.trim());
        assert!(junit.stdout.contains(&shown), "lacks `{shown}`");
    }
}

/// A code shows what is known of it, and who says so.
#[test]
fn explain_code() {
    let place = Place::new();
    let ran = place.run(&["explain", "RequestLimitExceeded"]).exits(0);
    assert!(ran.stdout.starts_with("RequestLimitExceeded: "), "{ran}");
    for words in ["server error", "503 recorded", "Doubt", "RunInstances, HTTP 503", "2026-11-21"] {
        assert!(ran.stdout.contains(words), "lacks `{words}`\n{ran}");
    }
    for (wrong, right) in [
        ("VpcNotFound", "InvalidVpcID.NotFound"),
        ("invalidvpcid.notfound", "InvalidVpcID.NotFound"),
        ("Client.InvalidVpcID.NotFound", "InvalidVpcID.NotFound"),
    ] {
        let close = format!("did you mean `{right}`?");
        place.run(&["explain", wrong]).exits(2).complains(&["no rule or error code", &close]);
    }
}

/// What a newcomer does first: it shows a report, and says that it is not of their cloud.
#[test]
fn run_without_a_target() {
    let place = Place::without_credentials();
    let ran = place.run(&["run"]).exits(0).within(60);
    for words in ["recording of a real cloud", "openstack-2023.2/report.html", "--endpoint URL"] {
        assert!(ran.stdout.contains(words), "lacks `{words}`\n{ran}");
    }
    let page = place.path("parallax-out/openstack-2023.2/report.html");
    let page = std::fs::read_to_string(page).expect("the report is there");
    assert!(page.contains("recording of a real cloud"), "the page says it, too");
}

/// Cases can be chosen from the recording as for a cloud.
#[test]
fn run_without_a_target_shows_what_was_asked_for() {
    let place = Place::without_credentials();
    let ran = place.run(&["run", "--capability", "key-pairs"]).exits(0).within(60);
    assert!(ran.stdout.contains("cases behave as on AWS"), "{ran}");
    let result = std::fs::read_to_string(place.path("parallax-out/openstack-2023.2/result.json"));
    let result: Value = serde_json::from_str(&result.expect("a result")).expect("JSON");
    let cases = result["cases"].as_array().expect("cases");
    assert!(cases.len() > 7 && cases.iter().all(|case| case["capability"] == "key-pairs"));
    assert!(!ran.stdout.contains("vpcs/"), "{ran}");
    place.run(&["run", "no-such-case"]).exits(2).complains(&["no case matches"]);
}

/// `parallax list | head -1`: who has seen enough is no reason to complain.
#[test]
fn a_reader_that_goes_away() {
    for arguments in [&["list"][..], &["list", "--format", "json"], &["schema"], &["--help"]] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_parallax"))
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        drop(child.stdout.take());
        let mut stderr = String::new();
        child.stderr.take().expect("piped").read_to_string(&mut stderr).expect("text");
        child.wait().expect("it was started");
        assert!(!stderr.contains("panicked"), "{arguments:?}: {stderr}");
    }
}
