//! Runs that are stopped, and go on.

use std::time::Duration;

use serde_json::Value;

use crate::runs::{file, gate, result};
use crate::schedule::{OF_SUITE, Suite, run_suite};
use crate::support::command::{Place, Ran};
use crate::support::ec2::{FakeEc2, refusal};

const SOON: Duration = Duration::from_secs(30);

fn go_on(place: &Place, more: &[&str]) -> Ran {
    let resume = ["run", "--resume", "out", "--cases", "suite", "--baselines", "known"];
    place.run(&[&resume[..], more].concat())
}

fn events(place: &Place) -> Vec<Value> {
    let text = file(place, "transcript.jsonl");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// One run in the end: one id, numbers and times that go on, each case once, or twice if it was cut off.
#[track_caller]
fn is_one_run(place: &Place, cut_off: usize, cases: usize) {
    let events = events(place);
    let of = |kind: &str| events.iter().filter(|e| e["event"] == kind).collect::<Vec<_>>();
    assert_eq!(of("run").len(), 1);
    assert_eq!(of("resumed").len(), 1);
    assert_eq!(of("case").len(), cases + cut_off);
    assert_eq!(of("case-ended").len(), cases);
    let again = of("case").iter().filter(|e| e["attempt"] == 2).count();
    assert_eq!(again, cut_off, "what was cut off has another name the second time");
    let seqs: Vec<u64> = of("exchange").iter().filter_map(|e| e["seq"].as_u64()).collect();
    assert_eq!(seqs, (1..=seqs.len() as u64).collect::<Vec<_>>());
    let resumed = of("resumed")[0]["at_ms"].as_u64().expect("a time");
    let at = events.iter().position(|e| e["event"] == "resumed").expect("it is there");
    for event in &events[at..] {
        assert!(event["at_ms"].as_u64().is_none_or(|at| at >= resumed), "{event}");
    }
    let about: Value = serde_json::from_str(&file(place, "run.json")).expect("JSON");
    assert_eq!(about["run"], events[0]["run"]);
    assert_eq!(about["interrupted"], false);
    assert_eq!(about["cases"].as_array().map(Vec::len), Some(cases));
    let result = result(place);
    assert_eq!(result["run"]["complete"], true, "{result:#}");
    assert_eq!(result["cases"].as_array().map(Vec::len), Some(cases));
    for case in result["cases"].as_array().into_iter().flatten() {
        assert_eq!(case["verdict"], "pass", "{case:#}");
    }
}

/// Killed in the middle of a case, before anything but the transcript was written.
#[test]
fn after_it_was_killed() {
    let place = Place::new();
    Suite::new(&place).cases("any", 4, "");
    let (hold, arrivals, release) = gate("DeleteKeyPair");
    // The first that is to be removed belongs to the first case: it holds the run there.
    let cloud = FakeEc2::that(hold);
    let url = cloud.url();
    let run = [&["run", "--endpoint", &url], &OF_SUITE[..], &["--out", "out", "--jobs", "1"]];
    let running = place.start(&run.concat());
    arrivals.recv_timeout(SOON).expect("it is begun");
    // Somebody is too early.
    go_on(&place, &[]).exits(2).complains(&["out", "still going on"]);
    running.kill();
    assert_eq!(running.finish().code, None, "killed");
    let _ = release.send(());
    assert!(!place.path("out/run.json").exists());
    // What there is can be judged, and the case in which it was killed is not held against anybody.
    place.run(&["judge", "out", "--baselines", "known"]).exits(3);
    let found = result(&place);
    assert_eq!(found["cases"][0]["verdict"], "inconclusive", "{found:#}");
    assert_eq!(found["run"]["left"].as_array().map(Vec::len), Some(3));
    let ran = go_on(&place, &[]).exits(0).within(45).complains(&["going on with 4 cases of 4"]);
    is_one_run(&place, 1, 4);
    let again = go_on(&place, &[]).exits(0).complains(&["nothing to go on with"]);
    assert!(ran.stdout.contains("4 of 4") && again.stdout.contains("4 of 4"), "{again}");
    is_one_run(&place, 1, 4);
}

/// Stopped by Ctrl-C, and its last line cut off in the middle of a letter for good measure.
#[test]
fn after_it_was_interrupted() {
    let place = Place::new();
    Suite::new(&place).cases("any", 4, "");
    let (hold, arrivals, release) = gate("CreateKeyPair");
    let cloud = FakeEc2::that(hold);
    let url = cloud.url();
    let run = [&["run", "--endpoint", &url], &OF_SUITE[..], &["--out", "out", "--jobs", "1"]];
    let running = place.start(&run.concat());
    arrivals.recv_timeout(SOON).expect("it is begun");
    running.interrupt();
    running.says("stopping");
    release.send(()).expect("somebody waits");
    running.finish().exits(3);
    let path = place.path("out/transcript.jsonl");
    let mut bytes = std::fs::read(&path).expect("there");
    bytes.extend_from_slice("{\"event\":\"case\",\"case\":{\"title\":\"ü".as_bytes());
    bytes.pop();
    std::fs::write(&path, bytes).expect("written");
    std::fs::remove_file(place.path("out/run.json")).expect("there");
    let judged = place.run(&["judge", "out", "--baselines", "known"]).exits(3);
    judged.complains(&["last line was cut off", "bytes"]);
    go_on(&place, &[]).exits(0).complains(&["last line was cut off", "going on with 4 cases"]);
    let ended = events(&place).iter().filter(|e| e["event"] == "case-ended").count();
    assert_eq!(ended, 5, "the one that was interrupted came to its end, too");
    let found = result(&place);
    assert_eq!(found["run"]["complete"], true);
    assert!(found["cases"].as_array().expect("cases").iter().all(|c| c["verdict"] == "pass"));
    assert_eq!(found["cases"][0]["attempts"][0]["verdict"], "inconclusive", "{found:#}");
}

/// Only with the same suite, on the same target; and only what is a run.
#[test]
fn what_it_does_not_go_on_with() {
    let place = Place::new();
    Suite::new(&place).cases("any", 3, "");
    let cloud = FakeEc2::that(|call| {
        (call.action == "CreateKeyPair" && call.nth == 1)
            .then(|| refusal(400, "InvalidParameterValue", "Odd."))
    });
    run_suite(&place, &cloud, &["--jobs", "1", "--fail-fast"]).exits(1);
    let before = file(&place, "transcript.jsonl");
    for (flag, value) in [
        ("--endpoint", "http://127.0.0.1:9/"),
        ("--region", "there-2"),
        ("--image", "ami-1"),
        ("--name", "other"),
    ] {
        go_on(&place, &[flag, value]).exits(2).complains(&[flag, "began with"]);
    }
    for arguments in [&["key-pairs/any-1"][..], &["--shard", "1/2"], &["--out", "x"]] {
        go_on(&place, arguments).exits(2).complains(&["cannot be used with"]);
    }
    // The case that was run is another now.
    let done = result(&place)["cases"][0]["name"].as_str().expect("a name").to_owned();
    let yaml = place.path(&format!("suite/{done}.yaml"));
    let text = std::fs::read_to_string(&yaml).expect("there");
    std::fs::write(&yaml, text.replace("title: T", "title: Another")).expect("written");
    go_on(&place, &[]).exits(2).complains(&[
        "not the one that the run began with",
        &done,
        "changed",
    ]);
    std::fs::remove_file(&yaml).expect("there");
    go_on(&place, &[]).exits(2).complains(&[&done, "not there any more"]);
    assert_eq!(file(&place, "transcript.jsonl"), before, "nothing was written");

    let resume = |folder: &str| place.run(&["run", "--resume", folder]);
    resume("nowhere").exits(2).complains(&["nowhere/transcript.jsonl", "parallax run --out"]);
    let published =
        concat!(env!("CARGO_MANIFEST_DIR"), "/reports/openstack-2023.2/transcript.jsonl");
    let text = std::fs::read_to_string(published).expect("published");
    let line = text.lines().next().expect("lines");
    std::fs::create_dir(place.path("old")).expect("made");
    std::fs::write(place.path("old/transcript.jsonl"), format!("{line}\n")).expect("written");
    resume("old").exits(2).complains(&["does not say which cases", "--rerun-failed"]);
}
