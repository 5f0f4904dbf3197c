//! Stored runs: judged again they say the same, and what is broken in them is noticed.

use std::path::PathBuf;

use serde_json::Value;

use crate::runs::{file, result, run};
use crate::support::command::Place;
use crate::support::ec2::{FakeEc2, refusal};

fn stored() -> (Place, PathBuf) {
    let place = Place::new();
    run(&place, &FakeEc2::start()).exits(0);
    let transcript = place.path("out/transcript.jsonl");
    (place, transcript)
}

fn read(path: &PathBuf) -> Vec<u8> {
    std::fs::read(path).expect("readable")
}

fn write(path: &PathBuf, bytes: impl AsRef<[u8]>) {
    std::fs::write(path, bytes).expect("writable");
}

/// Judging is a function of the transcript: neither clock nor place nor environment has a part.
#[test]
fn judged_again_it_is_the_same() {
    let (place, _) = stored();
    let names = ["result.json", "junit.xml", "report.html"];
    let before = names.map(|name| file(&place, name));
    for name in names {
        std::fs::remove_file(place.path("out").join(name)).expect("there");
    }
    let elsewhere =
        Place::without_credentials().with("TZ", "Pacific/Kiritimati").with("LANG", "tr");
    let folder = place.path("out");
    elsewhere.run(&["judge", folder.to_str().expect("text")]).exits(0).within(30);
    assert_eq!(names.map(|name| file(&place, name)), before);
    assert!(elsewhere.left_behind().is_empty());
}

#[test]
fn one_letter_of_an_answer_matters() {
    let (place, transcript) = stored();
    let before = result(&place);
    let text = file(&place, "transcript.jsonl");
    let changed = text.replace("InvalidKeyPair.Duplicate", "InvalidKeyPair.Duplicats");
    assert_ne!(changed, text);
    write(&transcript, changed);
    let ran = place.run(&["judge", "out"]).exits(1);
    assert!(ran.stdout.contains("InvalidKeyPair.Duplicats"), "{ran}");
    let after = result(&place);
    assert_ne!(after["cases"][0]["findings"], before["cases"][0]["findings"]);
    assert_eq!(after["cases"][0]["verdict"], "fail");
    assert_eq!(after["run"], before["run"]);
}

/// A run that was killed: whatever byte it got to, what is there is judged and is not called whole.
#[test]
fn a_transcript_that_is_cut_off() {
    // With letters of several bytes, so that some cuts are within one.
    let message = "Schlüssel „x“ gibt es schon";
    let cloud = FakeEc2::that(move |call| {
        (call.action == "CreateKeyPair" && call.nth == 2)
            .then(|| refusal(400, "InvalidKeyPair.Duplicate", message))
    });
    let place = Place::new();
    run(&place, &cloud).exits(0);
    let transcript = place.path("out/transcript.jsonl");
    let whole = read(&transcript);
    let wide = whole.windows(2).position(|w| w == "ü".as_bytes()).expect("it is in there") + 1;
    let last_line = whole[..whole.len() - 1].iter().rposition(|&b| b == b'\n').expect("lines") + 1;
    for cut in [whole.len() - 1, whole.len() - 10, last_line + 1, last_line, wide] {
        write(&transcript, &whole[..cut]);
        let code = if cut == whole.len() - 1 { 0 } else { 3 };
        let ran = place.run(&["judge", "out"]).exits(code);
        assert_eq!(result(&place)["run"]["complete"], code == 0, "cut at {cut}\n{ran}");
        assert_eq!(result(&place)["cases"][0]["name"], crate::CASE);
    }
}

#[test]
fn a_line_that_is_broken() {
    let (place, transcript) = stored();
    let result = file(&place, "result.json");
    let text = file(&place, "transcript.jsonl");
    let lines: Vec<&str> = text.lines().collect();
    for (broken, line) in [(3, "{\"event\":"), (4, "{\"event\":\"party\"}"), (2, "")] {
        let mut lines = lines.clone();
        lines[broken - 1] = line;
        write(&transcript, lines.join("\n") + "\n");
        let words = ["transcript.jsonl", &format!("line {broken} ")];
        place.run(&["judge", "out"]).exits(2).complains(&words);
        assert_eq!(file(&place, "result.json"), result, "an earlier result is left alone");
    }
    // Not text at all, in the middle.
    let mut bytes = read(&transcript);
    let middle = bytes.len() / 2;
    bytes[middle] = 0xff;
    write(&transcript, bytes);
    place.run(&["judge", "out"]).exits(2).complains(&["transcript.jsonl"]);
}

#[test]
fn folders_that_hold_no_run() {
    let (place, transcript) = stored();
    place.run(&["judge", "nowhere"]).exits(2).complains(&["nowhere", "parallax run --out"]);
    for (text, words) in [
        ("", "no transcript"),
        ("\n", "no transcript"),
        ("{}\n", "no transcript"),
        ("PK\u{3}\u{4}", "no transcript"),
    ] {
        write(&transcript, text);
        place.run(&["judge", "out"]).exits(2).complains(&["transcript.jsonl", words]);
    }
    let newer = r#"{"event":"run","version":99,"parallax":"9","run":"r","started":"s","target":{"name":"n","endpoint":"e","region":"r"}}"#;
    write(&transcript, format!("{newer}\n"));
    place.run(&["judge", "out"]).exits(2).complains(&["version 99", "newer parallax"]);
}

/// `report` shows a stored result without judging; it needs no credentials either.
#[test]
fn shown_again() {
    let (place, _) = stored();
    let folder = place.path("out");
    let elsewhere = Place::without_credentials();
    let ran = elsewhere.run(&["report", folder.to_str().expect("text")]).exits(0);
    assert!(ran.stdout.contains("1 of 1 cases behave as on AWS"), "{ran}");
    let stored: Value = result(&place);
    assert_eq!(stored["summary"]["cases"], 1);
}
