//! What removes a thing whose maker names no undo: a call that AWS refuses, and that a target took.

use serde_json::{Map, Value, json};

use super::kinds::Kind;
use crate::model::{Model, ShapeId, ShapeKind};

/// The call that removes what this action's answer says it made: action and input. `None` if the
/// answer names nothing that the action's counterpart takes.
pub(super) fn of(action: &str, output: &Value) -> Option<(String, Value)> {
    if let Some(kind) = Kind::made_by(action) {
        let (member, ids) = kind.ids.iter().find_map(|member| {
            let ids = ids_named(member, output);
            (!ids.is_empty()).then_some((*member, ids))
        })?;
        return Some((kind.remove.to_owned(), input_of(kind.remove, member, ids)?));
    }
    let remove = removes(action)?;
    let ids = id_members(&remove);
    let (member, ids) = ids.into_iter().find_map(|member| {
        let ids = ids_named(&member, output);
        (!ids.is_empty()).then_some((member, ids))
    })?;
    let input = input_of(&remove, &member, ids)?;
    Some((remove, input))
}

/// The ids of what this action's answer says it made: every name that a thing of that kind goes by.
pub(super) fn made(action: &str, output: &Value) -> Vec<String> {
    let members: Vec<String> = match Kind::made_by(action) {
        Some(kind) => kind.ids.iter().map(|member| (*member).to_owned()).collect(),
        None => removes(action).map(|remove| id_members(&remove)).unwrap_or_default(),
    };
    members.iter().flat_map(|member| ids_named(member, output)).collect()
}

/// Whether an answer to this action can name something that is to be removed.
pub(super) fn can_make(action: &str) -> bool {
    if Kind::made_by(action).is_some() {
        return true;
    }
    let Some(members) = removes(action).map(|remove| id_members(&remove)) else { return false };
    let output = Model::ec2().action(action).and_then(|action| action.output);
    let named = |shape| members.iter().any(|name| has_id(shape, name));
    output.is_some_and(|output| {
        let ShapeKind::Structure(structure) = &Model::ec2().shape(output).kind else {
            return false;
        };
        named(output) || structure.members.iter().any(|member| named(entered(member.shape)))
    })
}

/// Whether a structure has this member, or the list of such.
fn has_id(shape: ShapeId, name: &str) -> bool {
    let ShapeKind::Structure(structure) = &Model::ec2().shape(shape).kind else { return false };
    structure.member(name).is_some() || structure.member(&format!("{name}s")).is_some()
}

fn entered(shape: ShapeId) -> ShapeId {
    match &Model::ec2().shape(shape).kind {
        ShapeKind::List(list) => list.item,
        _ => shape,
    }
}

fn removes(action: &str) -> Option<String> {
    let noun = action.strip_prefix("Create")?;
    let known = |name: &String| Model::ec2().action(name).is_some();
    [format!("Delete{noun}"), format!("Delete{noun}s")].into_iter().find(known)
}

/// The members of an action's input that take ids, in the singular.
fn id_members(action: &str) -> Vec<String> {
    let input = Model::ec2().action(action).and_then(|action| action.input);
    let Some(ShapeKind::Structure(input)) = input.map(|id| &Model::ec2().shape(id).kind) else {
        return Vec::new();
    };
    let singular = |name: &str| name.strip_suffix('s').unwrap_or(name).to_owned();
    let names = input.members.iter().map(|member| singular(&member.name));
    names.filter(|name| name.ends_with("Id")).collect()
}

/// The input of an action with ids in the member of this name, or in the list of such.
fn input_of(action: &str, member: &str, mut ids: Vec<String>) -> Option<Value> {
    let input = Model::ec2().action(action)?.input?;
    let ShapeKind::Structure(input) = &Model::ec2().shape(input).kind else { return None };
    let many = format!("{member}s");
    let (name, value) = match input.member(&many) {
        Some(_) => (many, json!(ids)),
        None => (member.to_owned(), json!(ids.remove(0))),
    };
    Some(Value::Object(Map::from_iter([(name, value)])))
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
        let group = json!({"PlacementGroup": {"GroupName": "g", "GroupId": "pg-1"}});
        let removal = ("DeletePlacementGroup".to_owned(), json!({"GroupName": "g"}));
        assert_eq!(of("CreatePlacementGroup", &group), Some(removal));
        assert_eq!(made("CreatePlacementGroup", &group), ["g", "pg-1"]);
        let reservation = json!({"CapacityReservation": {"CapacityReservationId": "cr-1"}});
        assert_eq!(of("CreateCapacityReservation", &reservation), None, "there is no Delete…");
        assert_eq!(of("CreateVpc", &json!({})), None, "nothing is named");
        assert_eq!(of("CreateTags", &json!({"Return": true})), None);
        assert_eq!(of("DescribeVpcs", &json!({"Vpcs": [{"VpcId": "vpc-1"}]})), None);
    }

    #[test]
    fn what_can_make_something() {
        for action in ["CreateVpc", "RunInstances", "CreateCarrierGateway", "CreateIpam"] {
            assert!(can_make(action), "{action}");
        }
        // They change what is there, and go with it.
        for action in ["CreateTags", "CreateRoute", "CreateNetworkAclEntry", "ModifyVpcAttribute"] {
            assert!(!can_make(action), "{action}");
        }
    }
}
