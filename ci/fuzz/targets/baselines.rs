//! Documented baselines: read, checked against the suite, and held against what was seen of their case.

use parallax::assets::Assets;
use parallax::case::SuiteError;
use parallax::judge::Knowledge;
use parallax::judge::baseline::Baselines;
use parallax::transcript::Transcript;
use serde_json::Value;

use super::knowledge::{all, folder, suite};
use super::{Target, kind, seen};
use crate::mutate::Syntax;

pub const TARGET: Target = Target {
    name: "baselines",
    syntax: Syntax::Json,
    seeds,
    words: &[
        "expect",
        "outcome",
        "success",
        "error",
        "code",
        "status",
        "value",
        "is",
        "in",
        "set",
        "form",
        "present",
        "header",
        "states",
        "source",
        "sources",
        "id:vpc",
        "non-empty",
        "$name",
    ],
    run,
};

/// Those of cases that the bundled recording has.
fn seeds() -> Vec<Vec<u8>> {
    let names = Assets::Baselines.list(".json").expect("built in");
    let texts = names
        .iter()
        .filter(|n| !n.starts_with("aws/shapes/"))
        .map(|name| Assets::Baselines.read(name).expect("built in"));
    let of_seen = texts.filter(|text| {
        let baseline: Value = serde_json::from_str(text).unwrap_or_default();
        baseline["case"].as_str().is_some_and(|case| seen::by_family().contains_key(case))
    });
    of_seen.map(String::into_bytes).collect()
}

fn run(input: &[u8]) -> String {
    let folder = folder("aws/vpcs/fuzzed.json", input);
    let checked = Baselines::load(&folder, None, Some((suite(), &all().errors)));
    let baselines = match Baselines::load(&folder, None, None) {
        Ok(baselines) => baselines,
        Err(SuiteError::Mistakes(found)) => {
            assert!(checked.is_err(), "what cannot be read was checked");
            assert!(found.render(false).contains("fuzzed.json"), "a mistake without its file");
            return found.iter().next().map(|(_, _, d)| kind(d.message())).unwrap_or_default();
        }
        Err(other) => return kind(&other.to_string()),
    };
    let knowledge = Knowledge { baselines, without_client: true, ..Knowledge::default() };
    let text = String::from_utf8_lossy(input);
    let of_case = seen::by_family().iter().find(|(family, _)| text.contains(family.as_str()));
    let Some((_, transcripts)) = of_case else { return "of no case".to_owned() };
    let transcript = Transcript::parse(&transcripts[text.len() % transcripts.len()]).expect("one");
    kind(&seen::outcome(&seen::judged(&transcript, &knowledge)))
}
