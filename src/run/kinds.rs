//! Kinds of things that cases make: what makes and removes them, how they are listed, and what tells
//! whose they are.
//!
//! Members and paths are those of AWS's model, and a test holds them against it.

use serde_json::{Map, Value, json};

use crate::case::Selector;
use crate::model::{Model, ShapeKind};

/// A kind of things.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    /// What a person calls one.
    pub(crate) name: &'static str,
    /// Actions that make one.
    pub(crate) makers: &'static [&'static str],
    /// The action that lists them.
    pub(crate) list: &'static str,
    /// The member of its input that asks for one's own only, where there are others.
    pub(crate) own: Option<&'static str>,
    /// JMESPath from its answer to them.
    pub(crate) items: &'static str,
    /// Members that name one; the first that is there is the one that removal takes.
    pub(crate) ids: &'static [&'static str],
    /// The action that removes one.
    pub(crate) remove: &'static str,
    /// What has a smaller one goes before.
    pub(crate) rank: u8,
    /// JMESPath to its state, and states (in lower case) in which it is gone, or as good as.
    pub(crate) gone: Option<(&'static str, &'static [&'static str])>,
    /// States in which it is going, and need not be removed again.
    pub(crate) going: &'static [&'static str],
    /// Members that hold a name which its maker chose.
    pub(crate) names: &'static [&'static str],
    /// Whether it cannot be made without such a name, and so is found by it.
    pub(crate) named: bool,
    /// The member that says when it was made.
    pub(crate) made_at: Option<&'static str>,
    /// JMESPaths to ids of what it lies in or was made of, with the kind of that.
    pub(crate) parents: &'static [(&'static str, &'static str)],
    /// The member with a text of the cloud's own that names what it was made of.
    pub(crate) told: Option<&'static str>,
    /// JMESPath: whether it comes and goes with its parent, and is removed by nothing else.
    pub(crate) belongs: Option<&'static str>,
    /// JMESPath: whether it is in use.
    pub(crate) used: Option<&'static str>,
    /// Parameters of makers whose values are found elsewhere than in the member of that name.
    pub(crate) same: &'static [(&'static str, &'static str)],
}

const fn kind(
    name: &'static str,
    makers: &'static [&'static str],
    (list, items): (&'static str, &'static str),
    ids: &'static [&'static str],
    (remove, rank): (&'static str, u8),
) -> Kind {
    Kind {
        name,
        makers,
        list,
        own: None,
        items,
        ids,
        remove,
        rank,
        gone: None,
        going: &[],
        names: &[],
        named: false,
        made_at: None,
        parents: &[],
        told: None,
        belongs: None,
        used: None,
        same: &[],
    }
}

const VPC: (&str, &str) = ("VpcId", "VPC");
const SUBNET: (&str, &str) = ("SubnetId", "subnet");

/// All of them.
pub(crate) static KINDS: [Kind; 28] = [
    Kind {
        gone: Some(("State.Name", &["terminated"])),
        going: &["shutting-down"],
        made_at: Some("LaunchTime"),
        parents: &[VPC, SUBNET],
        same: &[("Placement.AvailabilityZone", "Placement.AvailabilityZone")],
        ..kind(
            "instance",
            &["RunInstances"],
            ("DescribeInstances", "Reservations[].Instances[]"),
            &["InstanceId"],
            ("TerminateInstances", 0),
        )
    },
    Kind {
        gone: Some(("State", &["deleted"])),
        going: &["deleting"],
        made_at: Some("CreateTime"),
        parents: &[VPC, SUBNET],
        ..kind(
            "NAT gateway",
            &["CreateNatGateway"],
            ("DescribeNatGateways", "NatGateways[]"),
            &["NatGatewayId"],
            ("DeleteNatGateway", 0),
        )
    },
    Kind {
        gone: Some(("State", &["deleted"])),
        going: &["deleting"],
        made_at: Some("CreationTimestamp"),
        parents: &[VPC],
        ..kind(
            "VPC endpoint",
            &["CreateVpcEndpoint"],
            ("DescribeVpcEndpoints", "VpcEndpoints[]"),
            &["VpcEndpointId"],
            ("DeleteVpcEndpoints", 0),
        )
    },
    Kind {
        gone: Some(("State", &["delete-complete"])),
        going: &["delete-in-progress"],
        made_at: Some("CreatedAt"),
        parents: &[VPC, SUBNET],
        ..kind(
            "instance connect endpoint",
            &["CreateInstanceConnectEndpoint"],
            ("DescribeInstanceConnectEndpoints", "InstanceConnectEndpoints[]"),
            &["InstanceConnectEndpointId"],
            ("DeleteInstanceConnectEndpoint", 0),
        )
    },
    Kind {
        gone: Some(("State", &["deleted"])),
        going: &["deleting"],
        parents: &[
            ("VpnGatewayId", "virtual private gateway"),
            ("CustomerGatewayId", "customer gateway"),
        ],
        ..kind(
            "VPN connection",
            &["CreateVpnConnection"],
            ("DescribeVpnConnections", "VpnConnections[]"),
            &["VpnConnectionId"],
            ("DeleteVpnConnection", 0),
        )
    },
    Kind {
        made_at: Some("CreationTime"),
        parents: &[
            ("ResourceId", "VPC"),
            ("ResourceId", "subnet"),
            ("ResourceId", "network interface"),
        ],
        same: &[("ResourceId.1", "ResourceId")],
        ..kind(
            "flow log",
            &["CreateFlowLogs"],
            ("DescribeFlowLogs", "FlowLogs[]"),
            &["FlowLogId"],
            ("DeleteFlowLogs", 0),
        )
    },
    Kind {
        gone: Some(("State", &["deleted"])),
        going: &["deleting"],
        names: &["Name"],
        ..kind(
            "event window",
            &["CreateInstanceEventWindow"],
            ("DescribeInstanceEventWindows", "InstanceEventWindows[]"),
            &["InstanceEventWindowId"],
            ("DeleteInstanceEventWindow", 0),
        )
    },
    Kind {
        // A refused or failed one disappears by itself, and cannot be deleted.
        gone: Some(("Status.Code", &["deleted", "rejected", "failed", "expired"])),
        going: &["deleting"],
        parents: &[("RequesterVpcInfo.VpcId", "VPC"), ("AccepterVpcInfo.VpcId", "VPC")],
        ..kind(
            "peering connection",
            &["CreateVpcPeeringConnection"],
            ("DescribeVpcPeeringConnections", "VpcPeeringConnections[]"),
            &["VpcPeeringConnectionId"],
            ("DeleteVpcPeeringConnection", 1),
        )
    },
    Kind {
        used: Some("AssociationId || InstanceId || NetworkInterfaceId"),
        ..kind(
            "address",
            &["AllocateAddress"],
            ("DescribeAddresses", "Addresses[]"),
            &["AllocationId", "PublicIp"],
            ("ReleaseAddress", 1),
        )
    },
    Kind {
        own: Some("Owners"),
        gone: Some(("State", &["deregistered"])),
        names: &["Name"],
        made_at: Some("CreationDate"),
        parents: &[("BlockDeviceMappings[].Ebs.SnapshotId", "snapshot")],
        ..kind(
            "image",
            &["RegisterImage", "CreateImage", "CopyImage"],
            ("DescribeImages", "Images[]"),
            &["ImageId"],
            ("DeregisterImage", 1),
        )
    },
    Kind {
        own: Some("OwnerIds"),
        made_at: Some("StartTime"),
        parents: &[("VolumeId", "volume")],
        // `Created by CreateImage(i-…) for ami-… from vol-…`: an image's removal does not take it along.
        told: Some("Description"),
        ..kind(
            "snapshot",
            &["CreateSnapshot", "CreateSnapshots", "CopySnapshot"],
            ("DescribeSnapshots", "Snapshots[]"),
            &["SnapshotId"],
            ("DeleteSnapshot", 2),
        )
    },
    Kind {
        parents: &[VPC, SUBNET, ("Attachment.InstanceId", "instance")],
        // What AWS's services keep for themselves goes with what it serves.
        belongs: Some("RequesterManaged"),
        used: Some("Attachment.AttachmentId"),
        ..kind(
            "network interface",
            &["CreateNetworkInterface"],
            ("DescribeNetworkInterfaces", "NetworkInterfaces[]"),
            &["NetworkInterfaceId"],
            ("DeleteNetworkInterface", 2),
        )
    },
    Kind {
        gone: Some(("State", &["deleted"])),
        going: &["deleting"],
        made_at: Some("CreateTime"),
        parents: &[("Attachments[].InstanceId", "instance"), ("SnapshotId", "snapshot")],
        used: Some("Attachments[0]"),
        ..kind(
            "volume",
            &["CreateVolume"],
            ("DescribeVolumes", "Volumes[]"),
            &["VolumeId"],
            ("DeleteVolume", 3),
        )
    },
    Kind {
        parents: &[("Attachments[].VpcId", "VPC")],
        used: Some("Attachments[0]"),
        ..kind(
            "internet gateway",
            &["CreateInternetGateway"],
            ("DescribeInternetGateways", "InternetGateways[]"),
            &["InternetGatewayId"],
            ("DeleteInternetGateway", 3),
        )
    },
    Kind {
        parents: &[("Attachments[].VpcId", "VPC")],
        ..kind(
            "egress-only internet gateway",
            &["CreateEgressOnlyInternetGateway"],
            ("DescribeEgressOnlyInternetGateways", "EgressOnlyInternetGateways[]"),
            &["EgressOnlyInternetGatewayId"],
            ("DeleteEgressOnlyInternetGateway", 3),
        )
    },
    Kind {
        gone: Some(("State", &["deleted"])),
        going: &["deleting"],
        parents: &[("VpcAttachments[?State!='detached'].VpcId", "VPC")],
        used: Some("VpcAttachments[?State!='detached'] | [0]"),
        ..kind(
            "virtual private gateway",
            &["CreateVpnGateway"],
            ("DescribeVpnGateways", "VpnGateways[]"),
            &["VpnGatewayId"],
            ("DeleteVpnGateway", 3),
        )
    },
    Kind {
        gone: Some(("State", &["deleted"])),
        going: &["deleting"],
        names: &["DeviceName"],
        same: &[("PublicIp", "IpAddress")],
        ..kind(
            "customer gateway",
            &["CreateCustomerGateway"],
            ("DescribeCustomerGateways", "CustomerGateways[]"),
            &["CustomerGatewayId"],
            ("DeleteCustomerGateway", 3),
        )
    },
    Kind {
        parents: &[VPC],
        belongs: Some("IsDefault"),
        ..kind(
            "network ACL",
            &["CreateNetworkAcl"],
            ("DescribeNetworkAcls", "NetworkAcls[]"),
            &["NetworkAclId"],
            ("DeleteNetworkAcl", 3),
        )
    },
    Kind {
        names: &["GroupName"],
        named: true,
        parents: &[VPC],
        belongs: Some("GroupName == 'default'"),
        ..kind(
            "security group",
            &["CreateSecurityGroup"],
            ("DescribeSecurityGroups", "SecurityGroups[]"),
            &["GroupId"],
            ("DeleteSecurityGroup", 4),
        )
    },
    Kind {
        parents: &[VPC],
        ..kind(
            "subnet",
            &["CreateSubnet", "CreateDefaultSubnet"],
            ("DescribeSubnets", "Subnets[]"),
            &["SubnetId"],
            ("DeleteSubnet", 5),
        )
    },
    Kind {
        parents: &[VPC],
        belongs: Some("Associations[?Main] | [0]"),
        used: Some("Associations[0]"),
        ..kind(
            "route table",
            &["CreateRouteTable"],
            ("DescribeRouteTables", "RouteTables[]"),
            &["RouteTableId"],
            ("DeleteRouteTable", 6),
        )
    },
    kind(
        "VPC",
        &["CreateVpc", "CreateDefaultVpc"],
        ("DescribeVpcs", "Vpcs[]"),
        &["VpcId"],
        ("DeleteVpc", 7),
    ),
    kind(
        "DHCP option set",
        &["CreateDhcpOptions"],
        ("DescribeDhcpOptions", "DhcpOptions[]"),
        &["DhcpOptionsId"],
        ("DeleteDhcpOptions", 8),
    ),
    Kind {
        names: &["KeyName"],
        named: true,
        made_at: Some("CreateTime"),
        ..kind(
            "key pair",
            &["CreateKeyPair", "ImportKeyPair"],
            ("DescribeKeyPairs", "KeyPairs[]"),
            &["KeyPairId", "KeyName"],
            ("DeleteKeyPair", 8),
        )
    },
    Kind {
        names: &["LaunchTemplateName"],
        named: true,
        made_at: Some("CreateTime"),
        ..kind(
            "launch template",
            &["CreateLaunchTemplate"],
            ("DescribeLaunchTemplates", "LaunchTemplates[]"),
            &["LaunchTemplateId", "LaunchTemplateName"],
            ("DeleteLaunchTemplate", 8),
        )
    },
    Kind {
        gone: Some(("State", &["deleted"])),
        going: &["deleting"],
        names: &["GroupName"],
        named: true,
        ..kind(
            "placement group",
            &["CreatePlacementGroup"],
            ("DescribePlacementGroups", "PlacementGroups[]"),
            &["GroupName", "GroupId"],
            ("DeletePlacementGroup", 8),
        )
    },
    Kind {
        gone: Some(("State", &["delete-complete"])),
        going: &["delete-in-progress"],
        names: &["PrefixListName"],
        named: true,
        ..kind(
            "prefix list",
            &["CreateManagedPrefixList"],
            ("DescribeManagedPrefixLists", "PrefixLists[]"),
            &["PrefixListId"],
            ("DeleteManagedPrefixList", 8),
        )
    },
    Kind {
        parents: &[("NetworkInterfaceId", "network interface")],
        ..kind(
            "interface permission",
            &["CreateNetworkInterfacePermission"],
            ("DescribeNetworkInterfacePermissions", "NetworkInterfacePermissions[]"),
            &["NetworkInterfacePermissionId"],
            ("DeleteNetworkInterfacePermission", 1),
        )
    },
];

impl Kind {
    /// The kind of what an action makes.
    pub(crate) fn made_by(action: &str) -> Option<&'static Kind> {
        KINDS.iter().find(|kind| kind.makers.contains(&action))
    }

    /// The kind with this name.
    #[cfg(test)]
    pub(crate) fn named(name: &str) -> Option<&'static Kind> {
        KINDS.iter().find(|kind| kind.name == name)
    }

    /// Those whose things can lie in one of this kind, or be made of it.
    pub(crate) fn children(&self) -> impl Iterator<Item = &'static Kind> {
        let told = matches!(self.name, "image" | "instance");
        KINDS.iter().filter(move |kind| {
            let child = kind.parents.iter().any(|(_, parent)| *parent == self.name);
            child || (told && kind.told.is_some())
        })
    }

    /// The input that lists all of them that are one's own.
    pub(crate) fn listing(&self) -> Value {
        self.own.map_or_else(|| json!({}), |member| json!({member: ["self"]}))
    }

    /// The input of the action that removes the thing which has this in its member.
    pub(crate) fn removal(&self, member: &str, id: &str) -> Value {
        let input = Model::ec2().action(self.remove).and_then(|action| action.input);
        let many = format!("{member}s");
        let takes_many = input.is_some_and(|shape| match &Model::ec2().shape(shape).kind {
            ShapeKind::Structure(structure) => structure.member(&many).is_some(),
            _ => false,
        });
        let (member, id) = if takes_many { (many, json!([id])) } else { (member.into(), json!(id)) };
        Value::Object(Map::from_iter([(member, id)]))
    }
}

/// What a JMESPath finds in a thing; null if nothing.
pub(crate) fn find(path: &str, thing: &Value) -> Value {
    Selector::new(path).and_then(|selector| selector.find(thing)).unwrap_or(Value::Null)
}

/// The texts that a JMESPath finds in a thing: one, or a list of them.
pub(crate) fn texts(path: &str, thing: &Value) -> Vec<String> {
    match find(path, thing) {
        Value::String(text) => vec![text],
        Value::Array(items) => {
            items.into_iter().filter_map(|item| Some(item.as_str()?.to_owned())).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether what a JMESPath finds is true, in the sense of JMESPath.
pub(crate) fn holds(path: &str, thing: &Value) -> bool {
    match find(path, thing) {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(map) => !map.is_empty(),
        Value::Bool(true) | Value::Number(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Shape, ShapeId};

    /// The shape of the things that a kind's list holds: `Reservations[].Instances[]`.
    fn listed(kind: &Kind) -> ShapeId {
        let model = Model::ec2();
        let mut at = model.action(kind.list).expect(kind.list).output.expect(kind.list);
        for name in kind.items.split('.') {
            let name = name.trim_end_matches("[]");
            at = model.shape(at).member(name).unwrap_or_else(|| panic!("{} {name}", kind.name));
        }
        at
    }

    impl Shape {
        /// The shape of a member, lists entered.
        fn member(&self, name: &str) -> Option<ShapeId> {
            let ShapeKind::Structure(structure) = &self.kind else { return None };
            let mut at = structure.member(name)?.shape;
            while let ShapeKind::List(list) = &Model::ec2().shape(at).kind {
                at = list.item;
            }
            Some(at)
        }
    }

    /// The shape at the end of a path that may hold `[]`, `[0]` and filters.
    fn at(kind: &Kind, path: &str) -> ShapeId {
        let path = path.split(" | ").next().unwrap_or(path);
        let mut plain = String::new();
        let mut depth = 0;
        for c in path.chars() {
            depth += i32::from(c == '[');
            if depth == 0 {
                plain.push(c);
            }
            depth -= i32::from(c == ']');
        }
        plain.split('.').fold(listed(kind), |shape, name| {
            let found = Model::ec2().shape(shape).member(name);
            found.unwrap_or_else(|| panic!("{}: no {name} of {path}", kind.name))
        })
    }

    #[test]
    fn every_path_is_one_of_the_model() {
        for kind in &KINDS {
            for action in kind.makers.iter().chain([&kind.remove]) {
                assert!(Model::ec2().action(action).is_some(), "{action}");
            }
            let members = kind.ids.iter().chain(kind.names).chain(&kind.made_at).chain(&kind.told);
            let paths = members.chain(kind.gone.iter().map(|(path, _)| path));
            let parents = kind.parents.iter().map(|(path, _)| path);
            for path in paths.chain(parents).chain(kind.same.iter().map(|(_, path)| path)) {
                at(kind, path);
            }
            for (_, parent) in kind.parents {
                assert!(Kind::named(parent).is_some(), "{parent}");
            }
            for path in [kind.belongs, kind.used].into_iter().flatten() {
                let (path, _) = path.split_once(" == ").unwrap_or((path, ""));
                for path in path.split(" || ") {
                    at(kind, path);
                }
            }
            if let Some(member) = kind.own {
                let input = Model::ec2().action(kind.list).unwrap().input.unwrap();
                assert!(Model::ec2().shape(input).member(member).is_some(), "{member}");
            }
        }
    }

    #[test]
    fn states_are_those_of_the_model() {
        for kind in &KINDS {
            let Some((path, gone)) = kind.gone else {
                assert!(kind.going.is_empty(), "{}", kind.name);
                continue;
            };
            let ShapeKind::String(text) = &Model::ec2().shape(at(kind, path)).kind else {
                panic!("{path} is no text")
            };
            // Some states are free text in the model.
            let known = |state: &&str| {
                text.enum_values.is_empty()
                    || text.enum_values.iter().any(|value| value.eq_ignore_ascii_case(state))
            };
            assert!(gone.iter().chain(kind.going).all(|state| known(&state)), "{}", kind.name);
        }
    }

    #[test]
    fn each_is_removed_by_one_of_its_ids() {
        for kind in &KINDS {
            let input = Model::ec2().action(kind.remove).unwrap().input.unwrap();
            for member in kind.ids {
                let removal = kind.removal(member, "x");
                let (name, _) = removal.as_object().unwrap().iter().next().unwrap();
                let known = Model::ec2().shape(input).member(name).is_some();
                // A placement group's id is only seen.
                assert!(known || (kind.name, *member) == ("placement group", "GroupId"), "{name}");
            }
        }
        let of = |name| Kind::named(name).unwrap();
        assert_eq!(of("instance").removal("InstanceId", "i-1"), json!({"InstanceIds": ["i-1"]}));
        assert_eq!(of("VPC").removal("VpcId", "vpc-1"), json!({"VpcId": "vpc-1"}));
        assert_eq!(of("address").removal("PublicIp", "1.2.3.4"), json!({"PublicIp": "1.2.3.4"}));
    }

    #[test]
    fn what_lies_in_what() {
        let names = |name| Kind::named(name).unwrap().children().map(|k| k.name).collect::<Vec<_>>();
        assert_eq!(names("volume"), ["snapshot"]);
        assert_eq!(names("snapshot"), ["image", "volume"]);
        assert!(names("VPC").len() > 10 && names("VPC").contains(&"flow log"));
        assert!(names("key pair").is_empty());
    }
}
