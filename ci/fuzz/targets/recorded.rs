//! Recorded baselines: read, and held against what was seen of their case.

use parallax::case::SuiteError;
use parallax::judge::Knowledge;
use parallax::judge::baseline::Baselines;
use parallax::judge::recorded::{Recordings, distil};
use parallax::transcript::Transcript;

use super::knowledge::{folder, of_no_case};
use super::{Target, kind, seen};
use crate::mutate::Syntax;

pub const TARGET: Target = Target {
    name: "recorded",
    syntax: Syntax::Json,
    seeds,
    words: &[
        "$any",
        "$items",
        "$further",
        "text",
        "<vpc>",
        "<vpc:?1>",
        "<time:?>",
        "Member?",
        "outcomes",
        "states",
        "own_findings",
        "samples",
        "took_ms",
        "success",
        "not-reached",
    ],
    run,
};

const MOST: usize = 300;

/// Distilled from the bundled recording, as if it were AWS's.
fn seeds() -> Vec<Vec<u8>> {
    let families = seen::by_family();
    let step = families.len().div_ceil(MOST);
    let chosen = families.values().step_by(step);
    chosen.filter_map(|transcripts| of(&transcripts[0])).collect()
}

fn of(text: &str) -> Option<Vec<u8>> {
    let mut recordings = Recordings::default();
    recordings.add("one", text).ok()?;
    let distilled = distil("aws", &recordings, &of_no_case());
    let baseline = distilled.baselines.into_values().next()?;
    serde_json::to_vec(&baseline).ok()
}

fn run(input: &[u8]) -> String {
    let folder = folder("aws/vpcs/fuzzed.recorded.json", input);
    let baselines = match Baselines::load(&folder, None, None) {
        Ok(baselines) => baselines,
        Err(SuiteError::Mistakes(found)) => {
            return found.iter().next().map(|(_, _, d)| kind(d.message())).unwrap_or_default();
        }
        Err(other) => return kind(&other.to_string()),
    };
    let knowledge = Knowledge { baselines, without_client: true, ..Knowledge::default() };
    let text = String::from_utf8_lossy(input);
    let of_case = seen::by_family().iter().find(|(family, _)| text.contains(family.as_str()));
    let Some((_, transcripts)) = of_case else { return "of no case".to_owned() };
    let transcript = Transcript::parse(&transcripts[0]).expect("one");
    kind(&seen::outcome(&seen::judged(&transcript, &knowledge)))
}
