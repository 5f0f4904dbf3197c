//! Cases for tests.

use serde_json::json;

use crate::case::Case;

/// A case with a call and a poll of an action.
pub(super) fn case(name: &str, uses: &[(&str, u32)], alone: bool, action: &str) -> Case {
    let uses: serde_json::Map<String, serde_json::Value> =
        uses.iter().map(|(kind, count)| ((*kind).to_owned(), json!(count))).collect();
    let poll = json!({"goal": {"waiter": "VpcAvailable"}, "within_ms": 60_000});
    let case = json!({
        "id": name, "name": name, "family": name, "title": "t", "capability": "c",
        "uses": uses, "alone": alone,
        "steps": [
            {"id": "a", "action": action},
            {"id": "b", "action": action, "poll": poll},
        ],
    });
    serde_json::from_value(case).expect("a case")
}
