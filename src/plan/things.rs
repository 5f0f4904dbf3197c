//! What a call makes, as far as the case says it.

use serde_json::Value;

use super::prices::{Charge, Prices};
use crate::case::{Case, Scope, Step};

/// Things of one kind that one call makes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Thing {
    /// What a person calls it, with what decides its price.
    pub(super) label: String,
    pub(super) count: u64,
    pub(super) charge: Charge,
    /// The quota that it takes from, as `quotas.json` names it.
    pub(super) quota: Option<&'static str>,
}

/// Actions that make things which cost nothing (`prices.json`, source `endpoint`; key pairs,
/// interfaces, templates and the like have no price of their own): name of the thing, and quota.
const FREE: [(&str, &str, Option<&str>); 18] = [
    ("CreateVpc", "VPC", Some("vpcs")),
    ("CreateDefaultVpc", "VPC", Some("vpcs")),
    ("CreateSubnet", "subnet", None),
    ("CreateDefaultSubnet", "subnet", None),
    ("CreateSecurityGroup", "security group", None),
    ("CreateInternetGateway", "internet gateway", Some("internet_gateways")),
    (
        "CreateEgressOnlyInternetGateway",
        "egress-only internet gateway",
        Some("egress_only_internet_gateways"),
    ),
    ("CreateRouteTable", "route table", None),
    ("CreateNetworkAcl", "network ACL", None),
    ("CreateDhcpOptions", "DHCP option set", None),
    ("CreateNetworkInterface", "network interface", None),
    ("CreateKeyPair", "key pair", None),
    ("ImportKeyPair", "key pair", None),
    ("CreateLaunchTemplate", "launch template", None),
    ("CreateLaunchTemplateVersion", "launch template version", None),
    ("CreatePlacementGroup", "placement group", None),
    ("CreateManagedPrefixList", "prefix list", None),
    ("CreateVpcPeeringConnection", "VPC peering connection", None),
];

/// Changing actions that make nothing which has a price. What is neither here nor above has an
/// unknown price: better no bound than a wrong one.
const MAKES_NOTHING: [&str; 17] = [
    "AttachInternetGateway",
    "AttachNetworkInterface",
    "AttachVolume",
    "AssociateAddress",
    "AssociateDhcpOptions",
    "AssociateRouteTable",
    "AuthorizeSecurityGroupEgress",
    "AuthorizeSecurityGroupIngress",
    "CreateNetworkAclEntry",
    "CreateRoute",
    "CreateTags",
    "ModifySubnetAttribute",
    "ModifyVpcAttribute",
    "RebootInstances",
    "ReplaceRoute",
    "StartInstances",
    "StopInstances",
];

/// Verbs of actions that only take away.
const REMOVING: [&str; 7] =
    ["Delete", "Detach", "Disassociate", "Release", "Revoke", "Terminate", "Unassign"];

/// What the call of a step makes; nothing for a poll, which only reads.
pub(super) fn made(case: &Case, step: &Step, scope: &Scope, prices: &Prices) -> Vec<Thing> {
    let input = Input { step, scope };
    let action = step.action.as_str();
    if super::calls::only_reads(action) || input.is_true("DryRun") {
        return Vec::new();
    }
    match action {
        "RunInstances" => instances(case, &input, prices),
        "CreateVolume" => {
            let kind = input.text("VolumeType").unwrap_or_else(|| "gp2".to_owned());
            vec![volume("volume", kind, input.number("Size"), input.has_speed(), 1)]
        }
        "CreateSnapshot" => vec![snapshot(snapshot_size(case, step, scope))],
        "AllocateAddress" => {
            vec![one("Elastic IP address", Charge::PublicIpv4, Some("addresses"))]
        }
        "CreateNatGateway" => vec![one("NAT gateway", Charge::NatGateway, Some("nat_gateways"))],
        "CreateVpcEndpoint" => vec![endpoint(&input)],
        _ => {
            if let Some((_, label, quota)) = FREE.iter().find(|(name, ..)| *name == action) {
                return vec![one(label, Charge::Free, *quota)];
            }
            let harmless = MAKES_NOTHING.contains(&action)
                || REMOVING.iter().any(|verb| action.starts_with(verb));
            let unknown = || one(&format!("what {action} makes"), Charge::Unknown, None);
            if harmless { Vec::new() } else { vec![unknown()] }
        }
    }
}

fn one(label: &str, charge: Charge, quota: Option<&'static str>) -> Thing {
    Thing { label: label.to_owned(), count: 1, charge, quota }
}

/// Instances, the volumes that they boot from, and a public address each: a default subnet gives one,
/// and another at each start.
fn instances(case: &Case, input: &Input<'_>, prices: &Prices) -> Vec<Thing> {
    let count = input.number("MaxCount").unwrap_or(1);
    let kind = input.text("InstanceType");
    let label = format!("instance {}", kind.as_deref().unwrap_or("of unknown type"));
    let starts = case.steps.iter().filter(|s| s.action == "StartInstances").count();
    let root = &prices.root_volume;
    let mut things = vec![
        Thing { label, count, charge: Charge::Instance(kind), quota: Some("vcpus") },
        volume("root volume", root.kind.clone(), Some(root.gib), false, count),
        Thing {
            label: "public IPv4 address of an instance".to_owned(),
            count: count.saturating_mul(1 + starts as u64),
            charge: Charge::PublicIpv4,
            quota: None,
        },
    ];
    let mappings = input.get("BlockDeviceMappings");
    for ebs in mappings.iter().filter_map(Value::as_array).flatten().filter_map(|m| m.get("Ebs")) {
        let kind = ebs.get("VolumeType").and_then(Value::as_str).unwrap_or("gp2").to_owned();
        let fast = ebs.get("Iops").is_some() || ebs.get("Throughput").is_some();
        let size = ebs.get("VolumeSize").and_then(number);
        things.push(volume("mapped volume", kind, size, fast, count));
    }
    // Markets, hosts and detailed monitoring have prices of their own.
    let terms = [
        ("InstanceMarketOptions", "MarketType"),
        ("Placement", "Tenancy"),
        ("Placement", "HostId"),
        ("Placement", "HostResourceGroupArn"),
        ("Monitoring", "Enabled"),
    ];
    let dearer = |(member, inner)| input.get(member).is_some_and(|v| v.get(inner).is_some());
    if terms.into_iter().any(dearer) {
        things.push(one("special terms of RunInstances", Charge::Unknown, None));
    }
    things
}

fn volume(what: &str, kind: String, gib: Option<u64>, fast: bool, count: u64) -> Thing {
    let size = gib.map_or_else(|| "of unknown size".to_owned(), |gib| format!("{gib} GiB"));
    let label = format!("{what} {kind}, {size}");
    // Speed beyond what is included is charged apart.
    let charge = if fast { Charge::Unknown } else { Charge::Volume { kind, gib } };
    Thing { label, count, charge, quota: None }
}

fn snapshot(gib: Option<u64>) -> Thing {
    let size = gib.map_or_else(|| "of unknown size".to_owned(), |gib| format!("{gib} GiB"));
    one(&format!("snapshot, {size}"), Charge::Snapshot { gib }, None)
}

/// A snapshot is as large as its volume at most; the size is where the case makes that volume.
fn snapshot_size(case: &Case, step: &Step, scope: &Scope) -> Option<u64> {
    let name = step.with.get("VolumeId")?.as_str()?.strip_prefix('$')?;
    let maker = case.steps.iter().find(|s| s.bind.contains_key(name))?;
    let input = Input { step: maker, scope };
    (maker.action == "CreateVolume").then(|| input.number("Size"))?
}

/// A gateway endpoint, which is the default, has no price; an interface endpoint has one in each
/// Availability Zone.
fn endpoint(input: &Input<'_>) -> Thing {
    match input.text("VpcEndpointType").as_deref() {
        None | Some("Gateway") => one("gateway endpoint", Charge::Free, None),
        Some("Interface") => {
            let subnets = input.get("SubnetIds").and_then(|v| v.as_array().map(Vec::len));
            let count = subnets.unwrap_or(1).max(1) as u64;
            Thing { count, ..one("interface endpoint in a zone", Charge::InterfaceEndpoint, None) }
        }
        Some(other) => one(&format!("{other} endpoint"), Charge::Unknown, None),
    }
}

/// A step's input, with the variables replaced that are known beforehand.
struct Input<'s> {
    step: &'s Step,
    scope: &'s Scope,
}

impl Input<'_> {
    fn get(&self, member: &str) -> Option<Value> {
        let value = self.step.with.get(member)?;
        Some(self.scope.resolve(value).unwrap_or_else(|_| value.clone()))
    }

    fn text(&self, member: &str) -> Option<String> {
        // What is still a variable is not known.
        let known = |text: &&str| !text.contains('$');
        self.get(member)?.as_str().filter(known).map(str::to_owned)
    }

    fn number(&self, member: &str) -> Option<u64> {
        number(&self.get(member)?)
    }

    fn is_true(&self, member: &str) -> bool {
        self.get(member).is_some_and(|value| value == true || value == "true")
    }

    fn has_speed(&self) -> bool {
        ["Iops", "Throughput"].iter().any(|member| self.get(member).is_some())
    }
}

fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}
