//! Transcripts that end wherever a run was killed: what is there is read, and nothing is said of a case
//! that the whole transcript does not say.

use std::collections::{BTreeMap, BTreeSet};

use parallax::judge::{CaseResult, Verdict, judge};
use parallax::transcript::{Transcript, TranscriptError};
use serde_json::{Value, json};

use crate::{judged, knowledge, recording};

/// The events of these cases alone, in their order; as a run of today writes them, or as they were.
fn only(names: &[&str], ends: bool) -> String {
    let text = recording();
    let lines: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let chosen: BTreeSet<String> = lines
        .iter()
        .filter(|line| line["event"] == "case")
        .filter(|line| names.iter().any(|name| line["case"]["name"] == *name))
        .map(|line| line["case"]["id"].to_string())
        .collect();
    assert_eq!(chosen.len(), names.len(), "{chosen:?}");
    let of = |line: &Value| match &line["case"] {
        Value::Object(case) => case["id"].to_string(),
        id => id.to_string(),
    };
    let last: BTreeMap<String, usize> =
        lines.iter().enumerate().map(|(n, line)| (of(line), n)).collect();
    let mut out = Vec::new();
    for (n, line) in lines.iter().enumerate() {
        let id = of(line);
        let mut line = line.clone();
        match line["event"].as_str() {
            Some("run") if ends => line["version"] = json!(2),
            Some("run" | "end") => {}
            _ if chosen.contains(&id) => {}
            _ => continue,
        }
        out.push(line);
        if ends && chosen.contains(&id) && last[&id] == n {
            let id: Value = serde_json::from_str(&id).expect("JSON");
            out.push(json!({"event": "case-ended", "case": id, "at_ms": 2_000_000}));
        }
    }
    out.iter().map(|line| format!("{line}\n")).collect()
}

/// Cases of every verdict, with polls, pages, retries and things to undo, some at the same time.
const CASES: [&str; 7] = [
    "api/unknown-parent-either[create-vpn-connection]",
    "egress-only-gateways/route",
    "instances/stop-start",
    "key-pairs/duplicate-name",
    "network-interfaces/subnet-full",
    "pagination/instances",
    "volumes/attach-detach",
];

/// What is found in a case, as far as it does not depend on how often it was met.
fn found(case: &CaseResult) -> BTreeSet<String> {
    case.findings.iter().map(|f| format!("{} {} {}", f.rule, f.step, f.path)).collect()
}

#[test]
fn cut_off_after_any_line() {
    let text = only(&CASES, true);
    let whole = judged(&text);
    let verdicts: BTreeSet<Verdict> = whole.cases.iter().map(|case| case.verdict).collect();
    assert!(verdicts.len() > 2 && !verdicts.contains(&Verdict::Inconclusive), "{verdicts:?}");
    let whole: BTreeMap<&str, &CaseResult> =
        whole.cases.iter().map(|case| (case.name.as_str(), case)).collect();
    let knowledge = knowledge();
    let ends = text.match_indices('\n').map(|(at, _)| at + 1).collect::<Vec<_>>();
    let mut unclear = 0;
    for end in &ends[..ends.len() - 1] {
        let transcript = Transcript::parse(&text[..*end]).expect("readable");
        let ended: BTreeSet<String> = transcript
            .attempts()
            .iter()
            .filter(|attempt| attempt.ended)
            .map(|attempt| attempt.case().name.clone())
            .collect();
        let result = judge(&transcript, &knowledge);
        assert!(!result.run.complete, "cut at {end}");
        for case in &result.cases {
            let known = whole[case.name.as_str()];
            if ended.contains(&case.name) {
                assert_eq!(case.verdict, known.verdict, "{} cut at {end}", case.name);
                assert_eq!(case.findings, known.findings, "{} cut at {end}", case.name);
            } else {
                unclear += 1;
                assert_eq!(case.verdict, Verdict::Inconclusive, "{} cut at {end}", case.name);
                let new: Vec<_> = found(case).difference(&found(known)).cloned().collect();
                assert!(new.is_empty(), "{} cut at {end}: {new:?}", case.name);
            }
        }
    }
    assert!(unclear > 60, "{unclear}");
}

/// Transcripts of older programs do not say when a case ended. What is certain all the same: no case
/// that is not over fails because of what it was still waiting for.
#[test]
fn an_old_one_that_is_cut_off_after_any_line() {
    let text = only(&["instances/stop-start", "vpcs/create-describe-delete"], false);
    let whole = judged(&text);
    let knowledge = knowledge();
    for (at, _) in text.match_indices('\n') {
        let transcript = Transcript::parse(&text[..=at]).expect("readable");
        for case in judge(&transcript, &knowledge).cases {
            let known = whole.cases.iter().find(|known| known.name == case.name).expect("there");
            let same = case.verdict == known.verdict;
            assert!(same || case.verdict == Verdict::Inconclusive, "{} cut at {at}", case.name);
        }
    }
}

#[test]
fn cut_off_after_any_byte() {
    let text = only(&["key-pairs/duplicate-name"], true).replace("already exists", "gibt’s schön");
    assert!(!text.is_ascii(), "some cuts are to be within a letter");
    let bytes = text.as_bytes();
    let first = text.find('\n').expect("lines");
    for cut in 0..=bytes.len() {
        let read = Transcript::read(&bytes[..cut]);
        if cut < first {
            let expected = matches!(read, Err(TranscriptError::CutOff | TranscriptError::NoRun));
            assert!(expected, "cut at {cut}: {read:?}");
            continue;
        }
        let transcript = read.unwrap_or_else(|error| panic!("cut at {cut}: {error}"));
        let lines = &text.as_bytes()[..cut];
        let begun = lines.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        // A line is whole without its line end, too.
        let whole = bytes.get(cut) == Some(&b'\n') || begun == cut;
        assert_eq!(transcript.cut_off, if whole { 0 } else { cut - begun }, "cut at {cut}");
        let count = lines[..begun].iter().filter(|byte| **byte == b'\n').count();
        let read = 1 + transcript.events.len() + usize::from(transcript.end.is_some());
        assert_eq!(read, count + usize::from(whole && begun < cut), "cut at {cut}");
    }
}
