//! The actions that the client layer can read: one line each.

use aws_sdk_ec2::operation;

use super::sdk::{self, Decoder};

macro_rules! actions {
    ($($module:ident $operation:ident $error:ident;)*) => {
        /// The decoder of an action.
        pub(super) fn decoder(action: &str) -> Option<Decoder> {
            Some(match action {
                $(stringify!($operation) => |response| {
                    sdk::decode::<operation::$module::$error>(
                        &operation::$module::$operation::new(),
                        response,
                    )
                },)*
                _ => return None,
            })
        }
    };
}

actions! {
    allocate_address AllocateAddress AllocateAddressError;
    associate_route_table AssociateRouteTable AssociateRouteTableError;
    attach_internet_gateway AttachInternetGateway AttachInternetGatewayError;
    attach_volume AttachVolume AttachVolumeError;
    authorize_security_group_ingress AuthorizeSecurityGroupIngress AuthorizeSecurityGroupIngressError;
    create_internet_gateway CreateInternetGateway CreateInternetGatewayError;
    create_key_pair CreateKeyPair CreateKeyPairError;
    create_route CreateRoute CreateRouteError;
    create_route_table CreateRouteTable CreateRouteTableError;
    create_security_group CreateSecurityGroup CreateSecurityGroupError;
    create_snapshot CreateSnapshot CreateSnapshotError;
    create_subnet CreateSubnet CreateSubnetError;
    create_tags CreateTags CreateTagsError;
    create_volume CreateVolume CreateVolumeError;
    create_vpc CreateVpc CreateVpcError;
    delete_internet_gateway DeleteInternetGateway DeleteInternetGatewayError;
    delete_key_pair DeleteKeyPair DeleteKeyPairError;
    delete_route DeleteRoute DeleteRouteError;
    delete_route_table DeleteRouteTable DeleteRouteTableError;
    delete_security_group DeleteSecurityGroup DeleteSecurityGroupError;
    delete_snapshot DeleteSnapshot DeleteSnapshotError;
    delete_subnet DeleteSubnet DeleteSubnetError;
    delete_tags DeleteTags DeleteTagsError;
    delete_volume DeleteVolume DeleteVolumeError;
    delete_vpc DeleteVpc DeleteVpcError;
    describe_addresses DescribeAddresses DescribeAddressesError;
    describe_availability_zones DescribeAvailabilityZones DescribeAvailabilityZonesError;
    describe_image_attribute DescribeImageAttribute DescribeImageAttributeError;
    describe_images DescribeImages DescribeImagesError;
    describe_instance_attribute DescribeInstanceAttribute DescribeInstanceAttributeError;
    describe_instance_status DescribeInstanceStatus DescribeInstanceStatusError;
    describe_instance_type_offerings DescribeInstanceTypeOfferings DescribeInstanceTypeOfferingsError;
    describe_instance_types DescribeInstanceTypes DescribeInstanceTypesError;
    describe_instances DescribeInstances DescribeInstancesError;
    describe_internet_gateways DescribeInternetGateways DescribeInternetGatewaysError;
    describe_key_pairs DescribeKeyPairs DescribeKeyPairsError;
    describe_launch_templates DescribeLaunchTemplates DescribeLaunchTemplatesError;
    describe_nat_gateways DescribeNatGateways DescribeNatGatewaysError;
    describe_network_acls DescribeNetworkAcls DescribeNetworkAclsError;
    describe_network_interface_attribute DescribeNetworkInterfaceAttribute DescribeNetworkInterfaceAttributeError;
    describe_network_interfaces DescribeNetworkInterfaces DescribeNetworkInterfacesError;
    describe_regions DescribeRegions DescribeRegionsError;
    describe_route_tables DescribeRouteTables DescribeRouteTablesError;
    describe_security_group_rules DescribeSecurityGroupRules DescribeSecurityGroupRulesError;
    describe_security_groups DescribeSecurityGroups DescribeSecurityGroupsError;
    describe_snapshots DescribeSnapshots DescribeSnapshotsError;
    describe_subnets DescribeSubnets DescribeSubnetsError;
    describe_tags DescribeTags DescribeTagsError;
    describe_volumes DescribeVolumes DescribeVolumesError;
    describe_vpc_attribute DescribeVpcAttribute DescribeVpcAttributeError;
    describe_vpc_endpoints DescribeVpcEndpoints DescribeVpcEndpointsError;
    describe_vpcs DescribeVpcs DescribeVpcsError;
    detach_internet_gateway DetachInternetGateway DetachInternetGatewayError;
    detach_volume DetachVolume DetachVolumeError;
    disassociate_route_table DisassociateRouteTable DisassociateRouteTableError;
    get_console_output GetConsoleOutput GetConsoleOutputError;
    import_key_pair ImportKeyPair ImportKeyPairError;
    release_address ReleaseAddress ReleaseAddressError;
    revoke_security_group_ingress RevokeSecurityGroupIngress RevokeSecurityGroupIngressError;
    run_instances RunInstances RunInstancesError;
    start_instances StartInstances StartInstancesError;
    stop_instances StopInstances StopInstancesError;
    terminate_instances TerminateInstances TerminateInstancesError;
}
