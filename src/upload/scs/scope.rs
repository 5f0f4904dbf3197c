//! The specification by which a monitor knows the tests of a guideline. Whoever runs the monitor puts
//! it there, as `Tests/scs-….yaml`.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::guideline::{Guideline, Tier};

/// Ids of scopes and reports are made in this namespace, `uuid5(NAMESPACE_DNS, "parallax.scs")`.
fn namespace() -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_DNS, b"parallax.scs")
}

/// The id of the scope of a guideline: the same for everybody.
pub fn scope_id(guideline: &str) -> Uuid {
    Uuid::new_v5(&namespace(), guideline.as_bytes())
}

/// The specification, in JSON, which is YAML: a module for each capability that some platform requires
/// or advises, with the target `main` of those required, which decides, and `advisory` of the others.
/// Flagged tests are in neither. Results count for a quarter: a cloud is not measured every week.
pub fn scope(guideline: &Guideline) -> String {
    let id = &guideline.metadata.id;
    let mut cases = Vec::new();
    let mut modules = Vec::new();
    for (name, capability) in &guideline.capabilities {
        let target = match guideline.tier_of(name) {
            Some(Tier::Required) => "main",
            Some(Tier::Advisory) => "advisory",
            _ => continue,
        };
        let counted = capability.tests.iter().filter(|(_, test)| test.flagged.is_none());
        let ids: Vec<&String> = counted.map(|(name, _)| name).collect();
        cases.extend(ids.iter().map(|test| {
            json!({"id": test, "description": capability.description, "lifetime": "quarter"})
        }));
        if !ids.is_empty() {
            let name_of = &capability.description;
            let url = &guideline.metadata.source;
            modules
                .push(json!({"id": name, "name": name_of, "url": url, "targets": {target: ids}}));
        }
    }
    let ids: Vec<&Value> = modules.iter().map(|module| &module["id"]).collect();
    let date = id.rsplit_once('.').filter(|(year, _)| year.len() >= 4);
    let date = date.map_or_else(
        || "2026-11-01".to_owned(),
        |(year, month)| format!("{}-{month}-01", &year[year.len() - 4..]),
    );
    let approval = guideline.metadata.os_trademark_approval.as_ref();
    let state = match approval.map(|approval| approval.status.as_str()) {
        Some("approved") => "effective",
        Some("superseded") => "deprecated",
        _ => "draft",
    };
    let scope = json!({
        "uuid": scope_id(id).to_string(),
        "name": format!("EC2 compatibility {id}"),
        "url": guideline.metadata.source,
        "scripts": [{"testcases": cases}],
        "modules": modules,
        "versions": [{"version": id, "include": ids, "stabilized_at": date}],
        "timeline": [{"date": date, "versions": {id: state}}],
    });
    let text = serde_json::to_string_pretty(&scope)
        .unwrap_or_else(|e| unreachable!("our own types are JSON: {e}"));
    text + "\n"
}
