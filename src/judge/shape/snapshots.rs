//! LocalStack's snapshots, recorded against AWS: `{ test: { recorded-date, recorded-content } }`.
//!
//! Ids, times and accounts in them are replaced by tokens, so they say which members are there and
//! nothing about what a value looks like. The entries have names of their authors' choice; what no
//! single action can have answered is passed over.

use jiff::civil::Date;
use serde_json::{Map, Value};

use super::recording::{Recording, day};
use crate::model::{Model, ShapeKind};

/// Added to every answer.
const METADATA: &str = "ResponseMetadata";
const PROJECT: &str = "localstack/localstack";

/// The answers in a file of snapshots.
pub(super) fn read(text: &str, name: &str) -> Result<Vec<Recording>, String> {
    let tests: Map<String, Value> = serde_json::from_str(text).map_err(|e| e.to_string())?;
    let mut found = Vec::new();
    for (test, snapshot) in &tests {
        let date = snapshot["recorded-date"].as_str().and_then(recorded);
        let Some(entries) = snapshot["recorded-content"].as_object() else { continue };
        for (n, (entry, content)) in entries.iter().enumerate() {
            let Value::Object(mut output) = content.clone() else { continue };
            let Some(metadata) = output.shift_remove(METADATA) else { continue };
            let status = metadata["HTTPStatusCode"].as_u64().and_then(|n| u16::try_from(n).ok());
            let (Some(status), Some(action)) = (status, action(entry, &output)) else { continue };
            found.push(Recording {
                source: format!("{PROJECT}:{name}/{test}#{n}"),
                action: Some(action.to_owned()),
                status,
                date,
                output: Some(Value::Object(output)),
                raw: None,
            });
        }
    }
    Ok(found)
}

/// `24-09-2024, 23:19:46`.
fn recorded(text: &str) -> Option<Date> {
    let mut parts = text.get(..10)?.splitn(3, '-');
    let (day_, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    day(&format!("{year}-{month}-{day_}"))
}

/// The one action whose answer has all these members; among several that which the entry is named
/// after (`create_vpc_response`).
fn action(entry: &str, output: &Map<String, Value>) -> Option<&'static str> {
    let fits = |shape| match &Model::ec2().shape(shape).kind {
        ShapeKind::Structure(structure) => {
            output.keys().all(|name| structure.member(name).is_some())
        }
        _ => false,
    };
    let possible: Vec<&'static str> = Model::ec2()
        .actions()
        .filter(|action| !output.is_empty() && action.output.is_some_and(fits))
        .map(|action| action.name.as_str())
        .collect();
    if let [only] = possible[..] {
        return Some(only);
    }
    let plain: String =
        entry.chars().filter(char::is_ascii_alphanumeric).flat_map(char::to_lowercase).collect();
    possible
        .into_iter()
        .filter(|name| plain.starts_with(&name.to_lowercase()))
        .max_by_key(|name| name.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_found_and_the_rest_is_passed_over() {
        let metadata = r#""ResponseMetadata":{"HTTPStatusCode":200}"#;
        let text = format!(
            r#"{{"t":{{"recorded-date":"24-09-2024, 23:19:46","recorded-content":{{
                "create_vpc_response":{{"Vpc":{{"VpcId":"<vpc:1>"}},{metadata}}},
                "zones":{{"AvailabilityZones":[],{metadata}}},
                "made":{{"Vpc":{{}},{metadata}}},
                "part":{{"VpcId":"<vpc:1>"}},
                "refused":{{"Error":{{"Code":"X"}},"ResponseMetadata":{{"HTTPStatusCode":400}}}},
                "id":"<vpc:1>"}}}}}}"#
        );
        let found = read(&text, "f.json").expect("snapshots");
        let found: Vec<_> = found
            .iter()
            .map(|r| (r.action.as_deref().expect("named"), r.unit(), r.date.expect("dated").year()))
            .collect();
        let unit = "localstack/localstack:f.json/t";
        assert_eq!(found, [("CreateVpc", unit, 2024), ("DescribeAvailabilityZones", unit, 2024)]);
        assert!(read("[]", "f.json").is_err());
    }
}
