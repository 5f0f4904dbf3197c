//! Transcripts, as whoever gets one judges it: read, judged, reported in every form, distilled.

use std::collections::BTreeMap;

use parallax::judge::recorded::{RecordedBaseline, Recordings, distil};
use parallax::transcript::Transcript;
use serde_json::Value;

use super::knowledge::{all, of_no_case};
use super::{Target, kind, seen};
use crate::mutate::Syntax;

pub const TARGET: Target = Target {
    name: "transcripts",
    syntax: Syntax::JsonLines,
    seeds,
    words: &[
        "timed-out",
        "blocked",
        "interrupted",
        "skipped",
        "base64",
        "failure",
        "connect",
        "too-large",
        "attempt",
        "purpose",
        "undo",
        "discover",
        "NextToken",
        "watch",
        "waiter",
        "InstanceRunning",
    ],
    run,
};

const MOST: usize = 600;
const LONGEST: usize = 96 << 10;

/// Of each action that a case is about some.
fn seeds() -> Vec<Vec<u8>> {
    let mut by_actions: BTreeMap<String, Vec<&String>> = BTreeMap::new();
    for text in seen::by_family().values().flatten().filter(|text| text.len() < LONGEST) {
        let mut actions: Vec<String> = text
            .lines()
            .filter_map(|line| {
                serde_json::from_str::<Value>(line).ok()?["action"].as_str().map(str::to_owned)
            })
            .collect();
        actions.sort();
        actions.dedup();
        by_actions.entry(actions.join(" ")).or_default().push(text);
    }
    let mut chosen = Vec::new();
    for n in 0.. {
        let layer: Vec<_> = by_actions.values().filter_map(|texts| texts.get(n)).collect();
        if layer.is_empty() || chosen.len() >= MOST {
            break;
        }
        chosen.extend(layer.into_iter().map(|text| text.as_bytes().to_vec()));
    }
    chosen
}

fn run(input: &[u8]) -> String {
    let Ok(text) = std::str::from_utf8(input) else { return "no text".to_owned() };
    let transcript = match Transcript::parse(text) {
        Ok(transcript) => transcript,
        Err(why) => return kind(&why.to_string()),
    };
    let result = seen::judged(&transcript, all());
    let mut recordings = Recordings::default();
    recordings.add("one", text).expect("it was read before");
    let distilled = distil("aws", &recordings, &of_no_case());
    for baseline in distilled.baselines.values() {
        let written = serde_json::to_string(baseline).expect("JSON");
        let read: RecordedBaseline = serde_json::from_str(&written)
            .unwrap_or_else(|why| panic!("a baseline cannot be read back: {why}"));
        assert_eq!(read, *baseline, "read back it is another baseline");
    }
    kind(&seen::outcome(&result))
}
