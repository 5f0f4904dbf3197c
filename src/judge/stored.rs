//! The text of `result.json`: a line for each case, and each piece of evidence once.
//!
//! Thousands of findings rest on a few hundred sources. Written out in each finding they would be
//! most of the file; so findings name them by their number in the list `evidence`.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::RunResult;

/// The text of `result.json`.
pub fn write_result(result: &RunResult) -> String {
    let Value::Object(mut fields) = json!(result) else { unreachable!("a struct is an object") };
    let mut evidence = Vec::new();
    let mut numbers = HashMap::new();
    if let Some(cases) = fields.get_mut("cases") {
        each_evidence(cases, &mut |shown| {
            let number = *numbers.entry(shown.to_string()).or_insert_with(|| {
                evidence.push(shown.clone());
                evidence.len() - 1
            });
            *shown = json!(number);
            Ok(())
        })
        .unwrap_or_else(|()| unreachable!("nothing is refused"));
    }
    fields.insert("evidence".to_owned(), Value::Array(evidence));
    text(&fields)
}

/// Reads the text of `result.json`; of the first version too, which had evidence in each finding.
///
/// # Errors
/// Says why it is no result.
pub fn read_result(text: &str) -> Result<RunResult, String> {
    let mut value: Value = serde_json::from_str(text).map_err(|e| e.to_string())?;
    let evidence = value.as_object_mut().and_then(|fields| fields.remove("evidence"));
    if let (Some(Value::Array(evidence)), Some(cases)) = (evidence, value.get_mut("cases")) {
        each_evidence(cases, &mut |number| {
            let index = number.as_u64().and_then(|n| usize::try_from(n).ok());
            let Some(shown) = index.and_then(|index| evidence.get(index)) else {
                return Err(format!("there is no evidence {number}"));
            };
            *number = shown.clone();
            Ok(())
        })?;
    }
    serde_json::from_value(value).map_err(|e| e.to_string())
}

/// Visits every item of every finding's evidence.
fn each_evidence<E>(
    cases: &mut Value,
    visit: &mut impl FnMut(&mut Value) -> Result<(), E>,
) -> Result<(), E> {
    // What is read may be anything.
    fn list<'v>(value: &'v mut Value, name: &str) -> impl Iterator<Item = &'v mut Value> {
        value.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten()
    }
    for case in cases.as_array_mut().into_iter().flatten() {
        for finding in list(case, "findings") {
            for item in list(finding, "evidence") {
                visit(item)?;
            }
        }
    }
    Ok(())
}

/// A line for each field, and for each item of a list.
fn text(fields: &Map<String, Value>) -> String {
    let lines = fields.iter().map(|(name, value)| {
        let shown = match value {
            Value::Array(items) if !items.is_empty() => {
                let items: Vec<String> = items.iter().map(|item| format!("    {item}")).collect();
                format!("[\n{}\n  ]", items.join(",\n"))
            }
            other => other.to_string(),
        };
        format!("  {}: {shown}", Value::String(name.clone()))
    });
    format!("{{\n{}\n}}\n", lines.collect::<Vec<_>>().join(",\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result() -> RunResult {
        let text = crate::assets::Assets::Reports.read("openstack-2023.2/result.json");
        read_result(&text.expect("published")).expect("a result")
    }

    #[test]
    fn what_is_written_is_read_back() {
        let result = result();
        let written = write_result(&result);
        let again = read_result(&written).expect("a result");
        assert_eq!(json!(again), json!(result));
        assert_eq!(write_result(&again), written);
        let findings = result.cases.iter().flat_map(|case| &case.findings);
        let all: usize = findings.map(|finding| finding.evidence.len()).sum();
        let value: Value = serde_json::from_str(&written).expect("JSON");
        let listed = value["evidence"].as_array().expect("a list").len();
        assert!(listed * 3 < all, "{listed} of {all}: each is there once");
        assert!(written.lines().any(|line| line.starts_with("    {\"id\":")), "a line a case");
    }

    #[test]
    fn evidence_that_is_not_there_is_said() {
        let written = write_result(&result());
        let broken = written.replacen("\"evidence\":[", "\"evidence\":[99999,", 1);
        assert_eq!(read_result(&broken).err().as_deref(), Some("there is no evidence 99999"));
        for nothing in [
            "[]",
            "{}",
            r#"{"evidence":[],"cases":[1]}"#,
            r#"{"evidence":[],"cases":[{"findings":[[]]}]}"#,
            r#"{"evidence":[],"cases":[{"findings":[{"evidence":[-1]}]}]}"#,
        ] {
            assert!(read_result(nothing).is_err(), "{nothing}");
        }
        // The first version had it in each finding.
        assert!(read_result(&serde_json::to_string(&result()).expect("JSON")).is_ok());
    }
}
