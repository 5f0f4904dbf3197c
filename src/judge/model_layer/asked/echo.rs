//! Ids that an answer repeats: what an attribute was asked of, what was detached, modified or deleted.

use serde_json::{Value, json};

use super::request::{Request, is_id, is_text};
use crate::judge::Finding;
use crate::model::{Action, Model, ShapeKind, Structure};

/// Actions that answer with something new: an association that is replaced gets another id.
const MAKE: [&str; 2] = ["Create", "Replace"];
/// Actions that may still show what was there before, apart from the thing's own id.
const CHANGE: &str = "Modify";

/// Ids of the answer that are not those of the request, though its members of the same name say what
/// it is about.
pub(super) fn check(request: &Request<'_>, output: &Value) -> Vec<Finding> {
    let action = request.action;
    if MAKE.iter().any(|verb| action.name.starts_with(verb)) {
        return Vec::new();
    }
    let ids = request.members().filter(|m| is_text(m.shape) && Model::ec2().is_identifier(&m.name));
    let mut findings = Vec::new();
    for member in ids {
        let name = member.name.as_str();
        let Some(asked) = request.value(&member.query_name()).filter(|id| is_id(id)) else {
            continue;
        };
        let Some(path) = repeats(action, name) else { continue };
        let pointer = format!("/{}", path.replace('.', "/"));
        let told = output.pointer(&pointer).and_then(Value::as_str);
        if let Some(other) = told.filter(|told| !told.is_empty() && *told != asked) {
            let states = format!("{} takes {name}; its answer tells it by {path}.", action.name);
            findings.push(request.not_asked_for(&path, other, json!(asked), &states));
        }
    }
    findings
}

/// Where an answer repeats the id that a member of the request gives: at its top, or in the one
/// structure that it returns, if that is identified by it or by nothing that the model knows.
fn repeats(action: &Action, name: &str) -> Option<String> {
    let ShapeKind::Structure(output) = &Model::ec2().shape(action.output?).kind else {
        return None;
    };
    let has_text =
        |structure: &Structure| structure.member(name).is_some_and(|member| is_text(member.shape));
    if has_text(output) {
        return Some(name.to_owned());
    }
    let structures =
        output.members.iter().filter_map(|member| match &Model::ec2().shape(member.shape).kind {
            ShapeKind::Structure(structure) => Some((member, structure)),
            _ => None,
        });
    let [(member, structure)] = structures.collect::<Vec<_>>()[..] else { return None };
    let is_certain = match Model::ec2().identifier(member.shape) {
        Some(identifier) => identifier.member == name,
        None => !action.name.starts_with(CHANGE),
    };
    (is_certain && has_text(structure)).then(|| format!("{}.{name}", member.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_ids_are_repeated() {
        let place = |action: &str, member: &str| {
            let action = Model::ec2().action(action).expect("known");
            repeats(action, member)
        };
        let at = |path: &str| Some(path.to_owned());
        assert_eq!(place("DescribeInstanceAttribute", "InstanceId"), at("InstanceId"));
        assert_eq!(place("DetachVolume", "VolumeId"), at("VolumeId"));
        assert_eq!(place("ModifyVolume", "VolumeId"), at("VolumeModification.VolumeId"));
        assert_eq!(place("AttachVpnGateway", "VpcId"), at("VpcAttachment.VpcId"));
        assert_eq!(
            place("ModifyVpnConnection", "VpnConnectionId"),
            at("VpnConnection.VpnConnectionId")
        );
        assert_eq!(place("ModifyVpnConnection", "VpnGatewayId"), None, "what it is changed to");
        assert_eq!(place("DisassociateVpcCidrBlock", "AssociationId"), None, "two structures");
        assert_eq!(place("AssociateRouteTable", "SubnetId"), None, "not repeated");
    }
}
