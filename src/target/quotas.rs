//! How many things of a kind the account may still hold.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Caller, Question};
use crate::case::Selector;
use crate::wire::is_aws;

/// How many things of a kind the account may have, by the words of a case's `uses`: the attributes of
/// an account that say it, the first that it has of each list. Of VPCs and volumes EC2 has none.
const ATTRIBUTES: [(&str, &[&str]); 2] = [
    ("instances", &["max-instances"]),
    // EC2-Classic had a number of its own; where there is only that, it is meant.
    ("addresses", &["vpc-max-elastic-ips", "max-elastic-ips"]),
];

/// How many things of a kind may still be made, by the words of a case's `uses`: what the account may
/// have, less what it has. A kind of which that is not said, or that has no limit, is left out.
///
/// Nothing depends on it but how many cases run at the same time, so that a refusal is no error.
pub async fn room(caller: &Caller<'_>, endpoint: &str) -> BTreeMap<String, u32> {
    // What an account may have, and has, is nobody's concern who reads the transcript.
    let recorder = caller.recorder().silent();
    let caller = caller.with(&recorder);
    let Question::Answered(attributes) =
        caller.ask("DescribeAccountAttributes", &Value::Null).await
    else {
        return BTreeMap::new();
    };
    let mut room = limits(&attributes);
    if is_aws(endpoint) {
        // "The returned value does not reflect your actual vCPU limit" (its documentation).
        room.remove("instances");
    }
    for (kind, limit) in &mut room {
        let (action, input, path) = match kind.as_str() {
            "instances" => {
                let states = ["pending", "running", "stopping", "stopped", "shutting-down"];
                let filters = json!([{"Name": "instance-state-name", "Values": states}]);
                let path = "length(Reservations[].Instances[])";
                ("DescribeInstances", json!({"Filters": filters}), path)
            }
            _ => ("DescribeAddresses", Value::Null, "length(Addresses)"),
        };
        if let Question::Answered(output) = caller.ask(action, &input).await {
            *limit = limit.saturating_sub(count(&output, path));
        }
    }
    room
}

/// What the account may have, by the words of a case's `uses`.
fn limits(attributes: &Value) -> BTreeMap<String, u32> {
    let value = |name: &str| {
        let path = format!(
            "AccountAttributes[?AttributeName=='{name}'].AttributeValues[].AttributeValue | [0]"
        );
        let found = Selector::new(&path).and_then(|s| s.find(attributes)).ok()?;
        // OpenStack says -1 for no limit.
        found.as_str()?.trim().parse::<u32>().ok()
    };
    let limit = |(kind, names): (&str, &[&str])| {
        let limit = names.iter().find_map(|name| value(name))?;
        Some((kind.to_owned(), limit))
    };
    ATTRIBUTES.into_iter().filter_map(limit).collect()
}

fn count(output: &Value, path: &str) -> u32 {
    let found = Selector::new(path).and_then(|s| s.find(output)).ok();
    let count = found.and_then(|found| found.as_f64()).unwrap_or(0.0);
    count as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attributes(of: &[(&str, &str)]) -> Value {
        let attribute = |(name, value): &(&str, &str)| json!({"AttributeName": name, "AttributeValues": [{"AttributeValue": value}]});
        json!({"AccountAttributes": of.iter().map(attribute).collect::<Vec<_>>()})
    }

    #[test]
    fn limits_of_an_account() {
        let limits = |of: &[(&str, &str)]| {
            let found = limits(&attributes(of));
            found.into_iter().map(|(kind, n)| format!("{kind} {n}")).collect::<Vec<_>>().join(", ")
        };
        assert_eq!(limits(&[("default-vpc", "vpc-1"), ("max-instances", "20")]), "instances 20");
        assert_eq!(limits(&[("max-instances", "-1")]), "", "no limit");
        assert_eq!(limits(&[("max-instances", "many")]), "");
        let both = [("max-elastic-ips", "5"), ("vpc-max-elastic-ips", "7")];
        assert_eq!(limits(&both), "addresses 7");
        assert_eq!(limits(&both[..1]), "addresses 5");
        assert_eq!(limits(&[]), "");
    }

    #[test]
    fn what_there_is_is_counted() {
        let instances = json!({"Reservations": [{"Instances": [{}, {}]}, {"Instances": [{}]}, {}]});
        assert_eq!(count(&instances, "length(Reservations[].Instances[])"), 3);
        assert_eq!(count(&json!({}), "length(Addresses)"), 0, "none, and no list either");
        assert_eq!(count(&json!({"Addresses": [{}]}), "length(Addresses)"), 1);
    }
}
