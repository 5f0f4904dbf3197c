//! Guidelines, in DefCore's JSON and in the YAML that ours is made from: read, checked, compared, and held
//! against runs.

use std::path::PathBuf;

use parallax::assets::Assets;
use parallax::guideline::{Against, Guideline, Source, Waived, check, diff, evaluate};
use parallax::syntax::{Diagnostics, SourceFile};

use super::knowledge::{all, files, suite};
use super::{Target, kind, seen};
use crate::mutate::Syntax;

pub const TARGET: Target = Target {
    name: "guidelines",
    syntax: Syntax::Yaml,
    seeds,
    words: &[
        "required",
        "advisory",
        "deprecated",
        "removed",
        "flagged",
        "idempotent_id",
        "achievements",
        "criteria",
    ],
    run,
};

/// Parts of a guideline of which a few are kept: a change of the whole touches hardly any.
const SOME: usize = 6;

fn seeds() -> Vec<Vec<u8>> {
    let whole = files(&Assets::Guidelines, "", ".json").into_iter().chain(files(
        &Assets::Guidelines,
        "",
        ".yaml",
    ));
    let mut seeds = Vec::new();
    for text in whole {
        if let Ok(tree) = serde_json::from_slice::<serde_json::Value>(&text) {
            for from in (0..60).step_by(SOME) {
                let mut part = tree.clone();
                fewer(&mut part, from);
                seeds.push(part.to_string().into_bytes());
            }
        }
        seeds.push(text);
    }
    seeds
}

/// Keeps a few entries of every large part.
fn fewer(value: &mut serde_json::Value, from: usize) {
    match value {
        serde_json::Value::Object(map) => {
            if map.len() > 3 * SOME {
                let kept: Vec<String> = map.keys().skip(from).take(SOME).cloned().collect();
                map.retain(|key, _| kept.contains(key));
            }
            map.values_mut().for_each(|value| fewer(value, from));
        }
        serde_json::Value::Array(items) if items.len() > 3 * SOME => {
            *items = items.iter().skip(from).take(SOME).cloned().collect();
        }
        _ => {}
    }
}

fn run(input: &[u8]) -> String {
    let text = String::from_utf8_lossy(input).into_owned();
    let mut kinds: Vec<String> = Vec::new();
    let against = Some(Against { suite: suite(), strict: input.len().is_multiple_of(2) });
    let found = check(&text, against);
    kinds.extend(found.iter().take(3).map(|diagnostic| kind(diagnostic.message())));
    let file = SourceFile { path: PathBuf::from("fuzzed.json"), text: text.clone() };
    let mut all_found = Diagnostics::default();
    all_found.add(file.clone(), found);
    let shown = all_found.render(true);
    assert!(all_found.is_empty() || shown.contains("fuzzed.json"), "a mistake without its file");
    match Guideline::parse(&file) {
        Ok(guideline) => {
            let written = guideline.to_text();
            let again = Guideline::parse(&SourceFile { path: file.path, text: written.clone() });
            let again = again.unwrap_or_else(|why| panic!("what is written cannot be read: {why}"));
            assert_eq!(again.to_text(), written, "written again it is another text");
            assert!(diff(&guideline, &again).is_empty(), "it differs from itself");
            let result = evaluate(&guideline, a_result(), &Waived::default());
            kinds.push(format!("read, {} tiers", result.platforms.len().min(3)));
        }
        Err(mistakes) => assert!(!mistakes.is_empty(), "refused without a mistake"),
    }
    if let Err(mistakes) = Source::parse(&text) {
        assert!(!mistakes.is_empty(), "refused without a mistake");
        kinds.extend(mistakes.iter().take(1).map(|diagnostic| kind(diagnostic.message())));
    }
    kinds.sort();
    kinds.dedup();
    kinds.join(" + ")
}

fn a_result() -> &'static parallax::judge::RunResult {
    static RESULT: std::sync::OnceLock<parallax::judge::RunResult> = std::sync::OnceLock::new();
    RESULT.get_or_init(|| {
        let text = &seen::by_family().values().next().expect("one")[0];
        let transcript = parallax::transcript::Transcript::parse(text).expect("a transcript");
        parallax::judge::judge(&transcript, all())
    })
}
