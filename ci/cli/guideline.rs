//! `parallax guideline`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::command::Place;

/// The published result of a real cloud, without its transcript: enough to hold it against something.
fn published(place: &Place) -> PathBuf {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("reports/openstack-2023.2/result.json");
    let folder = place.path("run");
    std::fs::create_dir(&folder).expect("a folder");
    std::fs::copy(from, folder.join("result.json")).expect("copied");
    folder
}

fn json(place: &Place, arguments: &[&str]) -> Value {
    let ran = place.run(arguments).exits(0);
    serde_json::from_str(&ran.stdout).expect("JSON")
}

/// What comes with the program is what its source, the suite and the facts give, without a mistake.
#[test]
fn the_guideline_is_current_and_has_no_mistake() {
    let place = Place::new();
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/cases/guidelines/2026.11.yaml");
    place.run(&["guideline", "make", source, "--check"]).exits(0);
    let ran = place.run(&["guideline", "check", "--suite", "strict", "--strict"]).exits(0);
    assert!(ran.stdout.contains("without a mistake"), "{ran}");

    // One that is not what would be made is found out, and left as it is.
    let text = std::fs::read_to_string(source).expect("the source");
    std::fs::write(place.path("g.yaml"), text).expect("written");
    std::fs::write(place.path("g.json"), "{}\n").expect("written");
    let ran = place.run(&["guideline", "make", "g.yaml", "--check"]).exits(2);
    ran.complains(&["g.json", "not what its source, the suite and the facts give"]);
    assert_eq!(std::fs::read_to_string(place.path("g.json")).expect("there"), "{}\n");
}

#[test]
fn what_a_guideline_asks_for() {
    let place = Place::new();
    let guideline = json(&place, &["guideline", "show", "--format", "json"]);
    let capabilities = guideline["capabilities"].as_object().expect("capabilities");
    assert!(capabilities.len() > 60);
    let text = place.run(&["guideline", "show", "--tests"]).exits(0).stdout;
    let markdown = place.run(&["guideline", "show", "--format", "markdown"]).exits(0).stdout;
    for name in capabilities.keys() {
        assert!(text.contains(&format!("  {name} ")), "{name}");
        assert!(markdown.contains(&format!("| {name} | ")), "{name}");
    }
    for platform in ["EC2 Powered Compute", "EC2 Powered Network", "EC2 Powered Storage"] {
        assert!(text.contains(platform) && markdown.contains(platform), "{platform}");
    }
    let id = "[id-93a8ca40-34db-4ded-b490-fe5310e28841]";
    assert!(text.contains(&format!("parallax.key-pairs.duplicate-name{id}")), "{text}");

    place.run(&["guideline", "show", "2026.12"]).exits(2).complains(&["2026.12", "2026.11"]);
    std::fs::write(place.path("bad.json"), "{ \"schema\": \"1.4\" }").expect("written");
    place
        .run(&["guideline", "show", "bad.json"])
        .exits(2)
        .complains(&["bad.json", "schema \"1.4\""]);
}

#[test]
fn scores_have_reasons() {
    let place = Place::new();
    let scores = json(&place, &["guideline", "score", "--format", "json"]);
    let cutoff = scores["cutoff_score"].as_u64().expect("a number");
    let weights = scores["criteria"].as_object().expect("criteria");
    let weigh = |name: &Value| weights[name.as_str().expect("a name")]["weight"].as_u64();
    assert_eq!(
        weights.values().filter_map(|criterion| criterion["weight"].as_u64()).sum::<u64>(),
        100
    );
    for score in scores["capabilities"].as_array().expect("capabilities") {
        let met = score["achievements"].as_array().expect("criteria");
        let sum: u64 = met.iter().filter_map(weigh).sum();
        assert_eq!(score["score"], sum, "{score}");
        assert_eq!(score["reaches"], sum >= cutoff, "{score}");
        let reasons = score["reasons"].as_object().expect("reasons");
        assert_eq!(reasons.len(), weights.len(), "{score}");
        for (criterion, reason) in reasons {
            assert_eq!(reason["met"], met.iter().any(|name| name == criterion), "{score}");
            assert!(reason["why"].as_str().is_some_and(|why| why.ends_with('.')), "{score}");
        }
        // What is required is worth it, or somebody says why it is all the same.
        let fits = match score["tier"].as_str() {
            Some("required") => sum >= cutoff,
            Some("advisory") => sum < cutoff,
            _ => false,
        };
        assert!(fits || score["tier_reason"].is_string(), "{score}");
    }
    let ran = place.run(&["guideline", "score", "--capability", "network-acls"]).exits(0);
    for words in ["does not reach the cut-off of 74", "ec2-api 17.0.0 lacks", "judgement", "rule"] {
        assert!(ran.stdout.contains(words), "{words}: {ran}");
    }
    let ran = place.run(&["guideline", "score", "--capability", "network-acl"]).exits(2);
    ran.complains(&["did you mean network-acls?"]);
}

#[test]
fn what_changed() {
    let place = Place::new();
    let shown = place.run(&["guideline", "show", "--format", "json"]).exits(0).stdout;
    std::fs::write(place.path("now.json"), &shown).expect("written");
    let ran = place.run(&["guideline", "diff", "2026.11", "now.json"]).exits(0);
    assert!(ran.stdout.contains("are the same"), "{ran}");
    let mut other: Value = serde_json::from_str(&shown).expect("JSON");
    other["metadata"]["id"] = "2027.05".into();
    let capabilities = other["capabilities"].as_object_mut().expect("capabilities");
    capabilities.remove("network-acls").expect("it was there");
    std::fs::write(place.path("then.json"), other.to_string()).expect("written");
    let text = place.run(&["guideline", "diff", "2026.11", "then.json"]).exits(0).stdout;
    assert!(text.contains("From guideline 2026.11 to 2027.05"), "{text}");
    assert!(text.contains("Capabilities removed: 1\n  network-acls (advisory)"), "{text}");
    assert!(text.contains("Tests removed: "), "{text}");
    let markdown = ["guideline", "diff", "2026.11", "then.json", "--format", "markdown"];
    assert!(place.run(&markdown).exits(0).stdout.contains("## Capabilities removed: 1"));
    let found = json(&place, &["guideline", "diff", "then.json", "2026.11", "--format", "json"]);
    assert_eq!(found["capabilities_added"]["network-acls"], "advisory");
}

/// Counted again, as RefStack does it: by the names of what passed.
#[test]
fn what_a_run_shows() {
    let place = Place::new();
    published(&place);
    let result: Value = serde_json::from_str(
        &std::fs::read_to_string(place.path("run/result.json")).expect("the result"),
    )
    .expect("JSON");
    let passed: BTreeSet<String> = result["cases"]
        .as_array()
        .expect("cases")
        .iter()
        .filter(|case| case["verdict"] == "pass")
        .map(|case| format!("id-{}", case["id"].as_str().expect("an id")))
        .collect();
    let guideline = json(&place, &["guideline", "show", "--format", "json"]);
    let held = json(&place, &["guideline", "result", "run", "--format", "json"]);
    assert_eq!(held["format"], "parallax-guideline-result");
    let mut seen = 0;
    for platform in held["platforms"].as_array().expect("platforms") {
        let name = platform["name"].as_str().expect("a name");
        for tier in platform["tiers"].as_array().expect("tiers") {
            let word = tier["tier"].as_str().expect("a tier");
            let components = guideline["platforms"][name]["components"].as_array().expect("them");
            let names: BTreeSet<&str> = components
                .iter()
                .filter_map(|component| component["name"].as_str())
                .flat_map(|name| {
                    let listed = &guideline["components"][name]["capabilities"][word];
                    listed.as_array().expect("a list").iter().filter_map(Value::as_str)
                })
                .collect();
            let tests = names.iter().flat_map(|name| {
                guideline["capabilities"][*name]["tests"].as_object().expect("tests").values()
            });
            let (mut all, mut good, mut unflagged, mut unflagged_good) = (0, 0, 0, 0);
            for test in tests {
                let pass = passed.contains(test["idempotent_id"].as_str().expect("an id"));
                let counts = test.get("flagged").is_none();
                all += 1;
                good += u64::from(pass);
                unflagged += u64::from(counts);
                unflagged_good += u64::from(pass && counts);
            }
            let counts = &tier["tests"];
            assert_eq!(counts["total"], all, "{name} {word}");
            assert_eq!(counts["passed"], good, "{name} {word}");
            assert_eq!(counts["unflagged"], unflagged, "{name} {word}");
            assert_eq!(counts["unflagged_passed"], unflagged_good, "{name} {word}");
            assert_eq!(tier["capabilities"].as_array().map(Vec::len), Some(names.len()));
            seen += all;
        }
    }
    assert!(seen > 1000, "{seen}");

    let text = place.run(&["guideline", "result", "run", "--tests", "required"]).exits(0).stdout;
    for words in ["EC2 Powered Compute", "does not pass", "without flagged", "target=compute"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let markdown =
        place.run(&["guideline", "result", "run", "--format", "markdown"]).exits(0).stdout;
    assert!(markdown.starts_with("# OpenStack against guideline 2026.11"), "{markdown}");
    let only = ["guideline", "result", "run", "--platform", "EC2 Powered Storage"];
    let ran = place.run(&only).exits(1);
    assert!(!ran.stdout.contains("EC2 Powered Compute"), "{ran}");
    let ran =
        place.run(&["guideline", "result", "run", "--platform", "EC2 Powered Storag"]).exits(2);
    ran.complains(&["did you mean \"EC2 Powered Storage\"?"]);
    place
        .run(&["guideline", "result", "nowhere"])
        .exits(2)
        .complains(&["nowhere", "parallax judge"]);
}

/// A mistake is shown with its place, and what to do about it.
#[test]
fn mistakes_have_places() {
    let place = Place::new();
    let shown = place.run(&["guideline", "show", "--format", "json"]).exits(0).stdout;
    let text = shown.replacen("\"admin\": false", "\"adminn\": false", 1);
    let line = text.lines().position(|line| line.contains("adminn")).expect("it is there") + 1;
    std::fs::write(place.path("bad.json"), text).expect("written");
    let ran = place.run(&["guideline", "check", "bad.json", "--suite", "ignore"]).exits(2);
    ran.complains(&[
        &format!("bad.json:{line}:"),
        "a capability has no `adminn`",
        "did you mean `admin`?",
    ]);
    let unknown =
        shown.replacen("\"id-", "\"id-00000000-0000-4000-8000-000000000000\", \"x\": \"id-", 1);
    std::fs::write(place.path("bad.json"), unknown).expect("written");
    place
        .run(&["guideline", "check", "bad.json", "--suite", "ignore"])
        .exits(2)
        .complains(&["no `x`"]);
}
