//! One run in parts, put together again.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::schedule::{OF_SUITE, Suite};
use crate::support::command::{Place, Ran};
use crate::support::ec2::{FakeEc2, refusal};

fn run(place: &Place, cloud: &FakeEc2, out: &str, more: &[&str]) -> Ran {
    let url = cloud.url();
    let run = ["run", "--endpoint", &url, "--out", out];
    place.run(&[&run[..], &OF_SUITE[..], more].concat())
}

fn merge(place: &Place, out: &str, more: &[&str]) -> Ran {
    place.run(&[&["merge", "--baselines", "known", "--out", out], more].concat())
}

fn json_of(place: &Place, name: &str) -> Value {
    let text = std::fs::read_to_string(place.path(name)).expect(name);
    serde_json::from_str(&text).expect("JSON")
}

fn cases(place: &Place, folder: &str) -> Vec<Value> {
    let result = json_of(place, &format!("{folder}/result.json"));
    result["cases"].as_array().expect("cases").clone()
}

/// What is said of a case, without where it stands in its transcript and how long it took.
fn said(case: &Value) -> Value {
    let found: Vec<Value> = case["findings"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|f| json!([f["rule"], f["step"], f["path"], f["message"], f["actual"]]))
        .collect();
    json!([case["name"], case["verdict"], case["reason"], found])
}

#[test]
fn parts_are_one_run() {
    let place = Place::new();
    Suite::new(&place).cases("any", 7, "").cases("alone", 2, "alone: true\n");
    // Some fail, whichever part they are in.
    let cloud = FakeEc2::that(|call| {
        let name = call.parameters.get("KeyName").cloned().unwrap_or_default();
        let odd =
            call.action == "CreateKeyPair" && (name.ends_with("any-3") || name.ends_with("any-5"));
        odd.then(|| refusal(400, "InvalidParameterValue", "Odd."))
    });
    let mut apart = Vec::new();
    for part in ["1/3", "2/3", "3/3"] {
        let out = format!("part-{}", &part[..1]);
        let ran = run(&place, &cloud, &out, &["--shard", part]);
        assert!(matches!(ran.code, Some(0 | 1)), "{ran}");
        assert!(ran.stderr.contains(&format!("part {part}")), "{ran}");
        let own = cases(&place, &out);
        assert_eq!(own.len(), 3, "parts are even");
        assert_eq!(json_of(&place, &format!("{out}/result.json"))["run"]["shard"], part);
        apart.extend(own);
    }
    let ids: BTreeSet<String> = apart.iter().map(|case| case["id"].to_string()).collect();
    assert_eq!(ids.len(), 9, "each case is in one part");

    let parts = ["part-2", "part-3", "part-1"];
    merge(&place, "all", &parts).exits(1).shows(&["7 of 9 cases", "2 fail"]);
    let whole = json_of(&place, "all/result.json");
    assert_eq!(whole["run"]["complete"], true, "{:#}", whole["run"]);
    assert_eq!(whole["run"]["shard"], Value::Null);
    let mut apart: Vec<Value> = apart.iter().map(said).collect();
    apart.sort_by_key(|case| case[0].to_string());
    let together: Vec<Value> = cases(&place, "all").iter().map(said).collect();
    assert_eq!(together, apart);
    let transcript = std::fs::read_to_string(place.path("all/transcript.jsonl")).expect("there");
    let events: Vec<Value> =
        transcript.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let seqs: Vec<u64> = events.iter().filter_map(|event| event["seq"].as_u64()).collect();
    assert_eq!(seqs, (1..=seqs.len() as u64).collect::<Vec<_>>(), "numbered anew");
    assert_eq!(events.iter().filter(|event| event["event"] == "run").count(), 1);
    assert_eq!(json_of(&place, "all/run.json")["cases"].as_array().map(Vec::len), Some(9));

    // In whatever order, and as often as one likes.
    merge(&place, "all-2", &["part-1", "part-2", "part-3"]).exits(1);
    for name in ["transcript.jsonl", "result.json", "run.json", "junit.xml"] {
        let read = |folder: &str| std::fs::read(place.path(folder).join(name)).expect("there");
        assert!(read("all") == read("all-2"), "{name}");
    }
    merge(&place, "all", &parts).exits(2).complains(&["holds a run already"]);

    // What is missing is missing.
    let two = ["part-3", "part-1"];
    merge(&place, "less", &two).exits(2).complains(&["missing: part 2/3", "--partial"]);
    assert!(!place.path("less").exists());
    let partial = merge(&place, "less", &["part-3", "part-1", "--partial"]);
    partial.exits_with(&[1, 3]).shows(&["not complete", "part is missing"]);
    assert_eq!(json_of(&place, "less/result.json")["run"]["complete"], false);
}

#[test]
fn parts_that_are_not_of_one_run() {
    let place = Place::new();
    Suite::new(&place).cases("any", 4, "");
    let cloud = FakeEc2::start();
    run(&place, &cloud, "one", &["--shard", "1/2"]).exits(0);
    run(&place, &cloud, "one-again", &["--shard", "1/2"]).exits(0);
    run(&place, &cloud, "whole", &[]).exits(0);
    run(&place, &cloud, "third", &["--shard", "2/3"]).exits(0);
    run(&place, &cloud, "fewer", &["--shard", "2/2", "any-1", "any-2", "any-3"]).exits(0);
    run(&place, &cloud, "named", &["--shard", "2/2", "--name", "another"]).exits(0);
    run(&place, &FakeEc2::start(), "elsewhere", &["--shard", "2/2"]).exits(0);
    run(&place, &cloud, "two", &["--shard", "2/2", "--jobs", "1"]).exits(0);
    // Another suite, although as many cases.
    let other = Place::new();
    Suite::new(&other).cases("any", 4, "").case("any-1", "about: Changed.\n");
    let changed = place.path("changed");
    run(&other, &cloud, changed.to_str().expect("text"), &["--shard", "2/2"]).exits(0);
    let refused = |parts: &[&str], words: &[&str]| {
        merge(&place, "all", parts).exits(2).complains(words);
        assert!(!place.path("all").exists());
    };
    refused(&["one", "whole"], &["whole is no part", "--shard 1/4"]);
    refused(&["one", "two", "one-again"], &["one and one-again are both part 1/2"]);
    refused(&["one", "one"], &["both part 1/2"]);
    refused(&["one", "third"], &["the number of parts is 2 in one, 3 in the other"]);
    refused(&["one", "fewer"], &["the number of chosen cases is 4 in one, 3 in the other"]);
    refused(&["one", "named"], &["the target's name", "another"]);
    refused(&["one", "elsewhere"], &["the target's", "127.0.0.1"]);
    refused(&["one", "nowhere"], &["nowhere/transcript.jsonl"]);
    refused(&["one"], &["missing: part 2/2"]);
    refused(&["one", "changed"], &["different suites"]);
    // A part that was stopped in the middle.
    let transcript = place.path("two/transcript.jsonl");
    let text = std::fs::read_to_string(&transcript).expect("there");
    let kept: Vec<&str> = text.lines().collect();
    std::fs::write(&transcript, kept[..kept.len() - 3].join("\n") + "\n").expect("written");
    refused(&["one", "two"], &["two is not complete", "1 case is left", "--resume two"]);
    merge(&place, "all", &["one", "two", "--partial"]).exits(3);
}

/// The same suite and the same choice give the same parts, also to another account in another order.
#[test]
fn shards_of_the_whole_suite() {
    let place = Place::new();
    let words = ["PART/PARTS", "no part 3 of 2", "no part 0 of 2"];
    for (shard, words) in ["half", "3/2", "0/2"].into_iter().zip(words) {
        let ran = place.run(&["run", "--endpoint", "http://127.0.0.1:9/", "--shard", shard]);
        ran.exits(2).complains(&["--shard", words]);
    }
}
