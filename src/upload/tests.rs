//! Uploads of the published result of a real cloud, and what servers answer.

mod answers;
mod bodies;

use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::assets::Assets;
use crate::guideline::Guideline;
use crate::judge::{RunResult, read_result};
use crate::syntax::SourceFile;
use crate::upload::Answer;

/// The published result.
fn published() -> &'static RunResult {
    static RESULT: LazyLock<RunResult> = LazyLock::new(|| {
        let text = Assets::Reports.read("openstack-2023.2/result.json").expect("it is built in");
        read_result(&text).expect("a result")
    });
    &RESULT
}

/// The guideline that comes with the program.
fn bundled() -> &'static Guideline {
    static GUIDELINE: LazyLock<Guideline> = LazyLock::new(|| {
        let file = Assets::Guidelines.source("2026.11.json").expect("it is built in");
        Guideline::parse(&file).expect("a guideline")
    });
    &GUIDELINE
}

/// Three cases of the published result: two that passed and one that failed.
fn small() -> RunResult {
    let mut result = published().clone();
    let names = ["key-pairs/delete-unknown", "key-pairs/dry-run", "key-pairs/duplicate-name"];
    result.cases.retain(|case| names.contains(&case.name.as_str()));
    assert_eq!(result.cases.len(), names.len());
    result
}

/// A guideline of these tests, each with an id and former names.
fn guideline(tests: &[(&str, &str, &[&str])]) -> Guideline {
    let test = |(name, id, aliases): &(&str, &str, &[&str])| {
        ((*name).to_owned(), json!({"idempotent_id": format!("id-{id}"), "aliases": aliases}))
    };
    let tests: serde_json::Map<String, Value> = tests.iter().map(test).collect();
    let text = json!({
        "metadata": {"id": "2027.05", "schema": "2.0", "reference": "r", "source": "s"},
        "platforms": {},
        "components": {"c": {"capabilities":
            {"required": ["all"], "advisory": [], "deprecated": [], "removed": []}}},
        "capabilities": {"all":
            {"achievements": [], "admin": false, "description": "All.", "project": "p", "tests": tests}},
        "designated_sections": {},
        "test_repositories": {},
    });
    let file = SourceFile { path: "g.json".into(), text: text.to_string() };
    Guideline::parse(&file).unwrap_or_else(|found| panic!("{}", found.render(false)))
}

/// An answer in JSON.
fn answer(status: u16, body: &str) -> Answer {
    let content_type = "application/json".to_owned();
    Answer { status, content_type, location: None, body: body.as_bytes().to_vec() }
}
