//! Who moved: the reference before, the reference now, and a target between them.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::judge::recorded::CaseRecording;
use crate::judge::{Finding, Layer};

/// One place where the reference now does something else than before.
#[derive(Debug, Clone, PartialEq)]
pub struct Moved {
    /// Where.
    pub place: Place,
    /// What was recorded before; null if there was nothing.
    pub old: Value,
    /// What is recorded now.
    pub new: Value,
    /// What a target does, if one was given.
    pub target: Option<Who>,
}

/// A place in a case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The step.
    pub step: String,
    /// The path in its answer, or `outcome`, `states`, `error.message`.
    pub path: String,
}

/// Where a target stands.
#[derive(Debug, Clone, PartialEq)]
pub enum Who {
    /// It does what the reference did before: the reference moved away from it.
    AsBefore,
    /// It does what the reference does now.
    AsNow,
    /// It did and does something else.
    Neither(Value),
    /// It did not get there.
    Unknown,
}

/// The places where two recordings of a case differ in behaviour; times are none.
///
/// `of_target` are the findings of the baseline layer about a target, held against the old and
/// against the new recording.
pub fn moved(
    old: &CaseRecording,
    new: &CaseRecording,
    of_target: Option<(&[Finding], &[Finding])>,
) -> Vec<Moved> {
    let mut moved = Vec::new();
    let steps: BTreeSet<&String> = old.steps.keys().chain(new.steps.keys()).collect();
    for step in steps {
        let shown = |recording: &CaseRecording| {
            recording
                .steps
                .get(step)
                .map_or(Value::Null, |s| json!({"outcomes": s.outcomes, "states": s.states}))
        };
        let mut differences = Vec::new();
        differ("", &shown(old), &shown(new), &mut differences);
        for (path, old, new) in differences {
            let place = Place { step: step.clone(), path: tidy(&path) };
            let target = of_target.map(|(before, now)| who(&place, before, now));
            moved.push(Moved { place, old, new, target });
        }
    }
    moved
}

fn who(place: &Place, before: &[Finding], now: &[Finding]) -> Who {
    let at = |findings: &[Finding]| {
        findings
            .iter()
            .find(|f| f.layer == Layer::Baseline && f.step == place.step && f.path == place.path)
            .map(|f| f.actual.clone())
    };
    match (at(before), at(now)) {
        (None, Some(_)) => Who::AsBefore,
        (Some(_), None) => Who::AsNow,
        (Some(_), Some(actual)) => Who::Neither(actual),
        (None, None) => Who::Unknown,
    }
}

/// The places below two values where they differ, as deep as can be said.
fn differ(path: &str, old: &Value, new: &Value, found: &mut Vec<(String, Value, Value)>) {
    match (old, new) {
        (a, b) if a == b => {}
        (Value::Object(a), Value::Object(b)) => {
            let names: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for name in names {
                let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                let get = |map: &serde_json::Map<String, Value>| map.get(name).cloned();
                let (a, b) = (get(a).unwrap_or_default(), get(b).unwrap_or_default());
                differ(&below, &a, &b, found);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (a, b) in a.iter().zip(b) {
                differ(&format!("{path}[]"), a, b, found);
            }
        }
        (a, b) => found.push((path.to_owned(), a.clone(), b.clone())),
    }
}

/// The path as findings have it.
fn tidy(path: &str) -> String {
    let path = path.strip_prefix("outcomes[].").unwrap_or(path);
    match path {
        "outcomes" => "outcome".to_owned(),
        "error.code" | "error.status" | "error.message" | "states" => path.to_owned(),
        other => other
            .strip_prefix("success.output.")
            .unwrap_or(other)
            .replace(".$items", "")
            .replace('?', "")
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recording(state: &str, code: Option<&str>) -> CaseRecording {
        let outcome = match code {
            Some(code) => json!({"error": {"code": code, "status": 400, "message": "m"}}),
            None => json!({"success": {"status": 200, "output": {"Vpcs": [{"State": state}]}}}),
        };
        let took = json!({"least": 1, "median": 1, "most": 1, "samples": 1});
        serde_json::from_value(json!({
            "name": "vpcs/x", "case_sha256": "", "samples": [],
            "steps": {"make": {"outcomes": [outcome], "took_ms": took}},
        }))
        .unwrap()
    }

    #[test]
    fn every_place_that_moved_is_named() {
        let old = recording("pending", None);
        assert!(moved(&old, &old.clone(), None).is_empty());
        let places = moved(&old, &recording("available", None), None);
        assert_eq!(places.len(), 1);
        assert_eq!(places[0].place.path, "Vpcs[].State");
        assert_eq!((&places[0].old, &places[0].new), (&json!("pending"), &json!("available")));
        let refused = recording("", Some("VpcLimitExceeded"));
        let other = moved(&refused, &recording("", Some("Client.VpcLimit")), None);
        assert_eq!(other[0].place.path, "error.code");
    }
}
