//! What removes a thing whose maker names no undo: a call that AWS refuses, and that a target took.

use serde_json::{Map, Value, json};

use crate::model::{Model, ShapeKind};

/// Actions that make something and are not called `Create…`, with what removes it.
const OTHERS: [(&str, &str); 6] = [
    ("RunInstances", "TerminateInstances"),
    ("AllocateAddress", "ReleaseAddress"),
    ("RegisterImage", "DeregisterImage"),
    ("CopyImage", "DeregisterImage"),
    ("CopySnapshot", "DeleteSnapshot"),
    ("ImportKeyPair", "DeleteKeyPair"),
];

/// The call that removes what this action's answer says it made: action and input. `None` if the
/// answer names nothing that the action's counterpart takes.
pub(super) fn of(action: &str, output: &Value) -> Option<(String, Value)> {
    let remove = removes(action)?;
    let input = Model::ec2().action(&remove)?.input?;
    let ShapeKind::Structure(input) = &Model::ec2().shape(input).kind else { return None };
    let is_id = |name: &str| name.strip_suffix('s').unwrap_or(name).ends_with("Id");
    let ids = input.members.iter().filter(|member| is_id(&member.name));
    for member in ids {
        let name = member.name.strip_suffix('s').unwrap_or(&member.name);
        let mut found = ids_named(name, output);
        let many = matches!(Model::ec2().shape(member.shape).kind, ShapeKind::List(_));
        let value = match found.len() {
            0 => continue,
            _ if many => json!(found),
            _ => json!(found.remove(0)),
        };
        return Some((remove, Value::Object(Map::from_iter([(member.name.clone(), value)]))));
    }
    None
}

fn removes(action: &str) -> Option<String> {
    if let Some((_, remove)) = OTHERS.iter().find(|(makes, _)| *makes == action) {
        return Some((*remove).to_owned());
    }
    if action == "CreateImage" {
        return Some("DeregisterImage".to_owned());
    }
    let noun = action.strip_prefix("Create")?;
    let known = |name: &String| Model::ec2().action(name).is_some();
    [format!("Delete{noun}"), format!("Delete{noun}s")].into_iter().find(known)
}

/// The ids of this name in an answer: its own, or those of the things right below it.
fn ids_named(name: &str, output: &Value) -> Vec<String> {
    let below = output.as_object().into_iter().flatten().flat_map(|(_, value)| match value {
        Value::Array(items) => items.iter().collect(),
        one => vec![one],
    });
    let mut ids: Vec<String> = [output]
        .into_iter()
        .chain(below)
        .filter_map(|thing| Some(thing.get(name)?.as_str()?.to_owned()))
        .collect();
    // `FlowLogIds` of CreateFlowLogs.
    let many = output.get(format!("{name}s")).and_then(Value::as_array);
    ids.extend(many.into_iter().flatten().filter_map(|id| Some(id.as_str()?.to_owned())));
    ids.retain(|id| !id.is_empty());
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_removes_what_was_made() {
        for (action, output, expected) in [
            (
                "CreateVpc",
                json!({"Vpc": {"VpcId": "vpc-1"}}),
                json!(["DeleteVpc", {"VpcId": "vpc-1"}]),
            ),
            (
                "RunInstances",
                json!({"Instances": [{"InstanceId": "i-1"}, {"InstanceId": "i-2"}]}),
                json!(["TerminateInstances", {"InstanceIds": ["i-1", "i-2"]}]),
            ),
            (
                "CreateVpcEndpoint",
                json!({"VpcEndpoint": {"VpcEndpointId": "vpce-1", "VpcId": "vpc-1"}}),
                json!(["DeleteVpcEndpoints", {"VpcEndpointIds": ["vpce-1"]}]),
            ),
            (
                "CreateFlowLogs",
                json!({"FlowLogIds": ["fl-1"], "Unsuccessful": []}),
                json!(["DeleteFlowLogs", {"FlowLogIds": ["fl-1"]}]),
            ),
            (
                "AllocateAddress",
                json!({"AllocationId": "e-1"}),
                json!(["ReleaseAddress", {"AllocationId": "e-1"}]),
            ),
            (
                "CreateSnapshot",
                json!({"SnapshotId": "s", "VolumeId": "v"}),
                json!(["DeleteSnapshot", {"SnapshotId": "s"}]),
            ),
            (
                "CreateImage",
                json!({"ImageId": "ami-1"}),
                json!(["DeregisterImage", {"ImageId": "ami-1"}]),
            ),
        ] {
            let (remove, input) = of(action, &output).unwrap_or_else(|| panic!("{action}"));
            assert_eq!(json!([remove, input]), expected, "{action}");
        }
        assert_eq!(of("CreateVpc", &json!({})), None, "nothing is named");
        assert_eq!(of("CreateTags", &json!({"Return": true})), None);
        assert_eq!(of("DescribeVpcs", &json!({"Vpcs": [{"VpcId": "vpc-1"}]})), None);
    }
}
