//! All kinds. Members and paths are those of AWS's model, and a test holds them against it.

use super::Kind;

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
