//! Where secrets travel: the members whose shape AWS marks as sensitive.

use std::collections::{BTreeMap, BTreeSet};

use super::ec2::Model;
use super::facts::{ShapeId, ShapeKind};

/// The names that are secret in at least half of their places; see
/// [`Model::sensitive_wire_names`]. Not in all of them: AWS marks most of the members `UserData`,
/// yet not the one of `DescribeInstanceAttribute`.
pub(super) fn names(model: &Model) -> BTreeSet<String> {
    let mut places: BTreeMap<String, (u32, u32)> = BTreeMap::new();
    for shape in &model.shapes {
        let ShapeKind::Structure(structure) = &shape.kind else {
            continue;
        };
        for member in &structure.members {
            let sensitive = is_sensitive(model, member.shape);
            // One member is one place, even if both of its names are the same.
            let names = BTreeSet::from([member.wire_name().into(), member.query_name()]);
            for name in names {
                let (secret, harmless) = places.entry(name.into_owned()).or_default();
                *(if sensitive { secret } else { harmless }) += 1;
            }
        }
    }
    places.retain(|_, (secret, harmless)| *secret > 0 && secret >= harmless);
    places.into_keys().collect()
}

fn is_sensitive(model: &Model, id: ShapeId) -> bool {
    let shape = model.shape(id);
    shape.sensitive
        || matches!(&shape.kind, ShapeKind::List(list) if is_sensitive(model, list.item))
}

/// See [`Model::is_sensitive_parameter`].
pub(super) fn is_parameter(model: &Model, action: &str, parameter: &str) -> bool {
    let mut place = model.action(action).and_then(|action| action.input);
    for segment in parameter.split('.') {
        place = place.and_then(|id| match &model.shape(id).kind {
            ShapeKind::Structure(structure) => structure
                .members
                .iter()
                .find(|member| member.query_name() == segment)
                .map(|member| member.shape),
            ShapeKind::List(list) => segment.parse::<u32>().is_ok().then_some(list.item),
            _ => None,
        });
        if model.sensitive_names.contains(segment)
            || place.is_some_and(|id| is_sensitive(model, id))
        {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::super::Model;

    #[test]
    fn names_of_secrets() {
        let names = Model::ec2().sensitive_wire_names();
        for name in [
            "UserData",
            "userData",
            "keyMaterial",
            "passwordData",
            "UploadPolicySignature",
            "uploadPolicySignature",
            "preSharedKey",
            "PreSharedKey",
            "customerGatewayConfiguration",
        ] {
            assert!(names.contains(name), "{name}");
        }
        for name in ["Value", "value", "Description", "description", "KeyName", "item", "Key"] {
            assert!(!names.contains(name), "{name}");
        }
    }

    #[test]
    fn parameters_by_place_and_by_name() {
        let model = Model::ec2();
        for (action, parameter) in [
            ("RunInstances", "UserData"),
            ("ModifyInstanceAttribute", "UserData.Value"),
            ("ModifyInstanceAttribute", "Value"),
            ("ReportInstanceStatus", "Description"),
            ("RunScheduledInstances", "LaunchSpecification.ImageId"),
            ("ModifyVpnTunnelOptions", "TunnelOptions.PreSharedKey"),
            ("CreateVpnConnection", "Options.TunnelOptions.1.PreSharedKey"),
            ("NoSuchAction", "UserData"),
            ("CreateVpc", "Stray.userData"),
        ] {
            assert!(model.is_sensitive_parameter(action, parameter), "{action} {parameter}");
        }
        for (action, parameter) in [
            ("RunInstances", "ImageId"),
            ("RunInstances", "TagSpecification.1.Tag.1.Value"),
            ("CreateTags", "Tag.1.Value"),
            ("CreateSecurityGroup", "GroupDescription"),
            ("CreateVolume", "Description"),
            ("NoSuchAction", "Value"),
            ("CreateTags", ""),
        ] {
            assert!(!model.is_sensitive_parameter(action, parameter), "{action} {parameter}");
        }
    }
}
