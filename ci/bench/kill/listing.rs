//! Everything that there is at an endpoint.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use futures_util::{StreamExt as _, stream};
use parallax::target::{Caller, Connection, Endpoint, Question, connect_only};
use parallax::transcript::{Recorder, Redactor};
use serde_json::{Value, json};

/// A kind of things: the action, its input, the path to them, the members that name one, and the path to
/// a state with values in which one is only remembered.
type Kind = (
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
    &'static str,
    &'static [&'static str],
);

const NONE: &[&str] = &[];

/// Listings that are asked for at the same time.
const AT_ONCE: usize = 8;

/// Clouds go on listing for a while, and emulators for ever, what has been terminated or deleted: such
/// things cost nothing, hold nothing, and nobody can remove them.
const KINDS: [Kind; 31] = [
    (
        "DescribeInstances",
        "{}",
        "Reservations Instances",
        &["InstanceId"],
        "State Name",
        &["terminated"],
    ),
    ("DescribeVolumes", "{}", "Volumes", &["VolumeId"], "State", &["deleted"]),
    ("DescribeSnapshots", r#"{"OwnerIds": ["self"]}"#, "Snapshots", &["SnapshotId"], "", NONE),
    (
        "DescribeImages",
        r#"{"Owners": ["self"]}"#,
        "Images",
        &["ImageId"],
        "State",
        &["deregistered"],
    ),
    ("DescribeKeyPairs", "{}", "KeyPairs", &["KeyName"], "", NONE),
    ("DescribeSecurityGroups", "{}", "SecurityGroups", &["GroupId"], "", NONE),
    ("DescribeVpcs", "{}", "Vpcs", &["VpcId"], "", NONE),
    ("DescribeSubnets", "{}", "Subnets", &["SubnetId"], "", NONE),
    ("DescribeRouteTables", "{}", "RouteTables", &["RouteTableId"], "", NONE),
    ("DescribeInternetGateways", "{}", "InternetGateways", &["InternetGatewayId"], "", NONE),
    (
        "DescribeEgressOnlyInternetGateways",
        "{}",
        "EgressOnlyInternetGateways",
        &["EgressOnlyInternetGatewayId"],
        "",
        NONE,
    ),
    ("DescribeAddresses", "{}", "Addresses", &["AllocationId", "PublicIp"], "", NONE),
    ("DescribeNetworkInterfaces", "{}", "NetworkInterfaces", &["NetworkInterfaceId"], "", NONE),
    (
        "DescribeNetworkInterfacePermissions",
        "{}",
        "NetworkInterfacePermissions",
        &["NetworkInterfacePermissionId"],
        "",
        NONE,
    ),
    ("DescribeDhcpOptions", "{}", "DhcpOptions", &["DhcpOptionsId"], "", NONE),
    ("DescribeVpnConnections", "{}", "VpnConnections", &["VpnConnectionId"], "State", &["deleted"]),
    ("DescribeVpnGateways", "{}", "VpnGateways", &["VpnGatewayId"], "State", &["deleted"]),
    (
        "DescribeCustomerGateways",
        "{}",
        "CustomerGateways",
        &["CustomerGatewayId"],
        "State",
        &["deleted"],
    ),
    ("DescribeLaunchTemplates", "{}", "LaunchTemplates", &["LaunchTemplateId"], "", NONE),
    ("DescribeNatGateways", "{}", "NatGateways", &["NatGatewayId"], "State", &["deleted"]),
    ("DescribeNetworkAcls", "{}", "NetworkAcls", &["NetworkAclId"], "", NONE),
    (
        "DescribeVpcPeeringConnections",
        "{}",
        "VpcPeeringConnections",
        &["VpcPeeringConnectionId"],
        "Status Code",
        &["deleted", "rejected", "failed", "expired"],
    ),
    ("DescribeVpcEndpoints", "{}", "VpcEndpoints", &["VpcEndpointId"], "State", &["deleted"]),
    ("DescribePlacementGroups", "{}", "PlacementGroups", &["GroupName"], "State", &["deleted"]),
    ("DescribeFlowLogs", "{}", "FlowLogs", &["FlowLogId"], "", NONE),
    (
        "DescribeManagedPrefixLists",
        "{}",
        "PrefixLists",
        &["PrefixListId"],
        "State",
        &["delete-complete"],
    ),
    (
        "DescribeInstanceEventWindows",
        "{}",
        "InstanceEventWindows",
        &["InstanceEventWindowId"],
        "",
        NONE,
    ),
    (
        "DescribeInstanceConnectEndpoints",
        "{}",
        "InstanceConnectEndpoints",
        &["InstanceConnectEndpointId"],
        "State",
        &["delete-complete"],
    ),
    ("DescribeSecurityGroupRules", "{}", "SecurityGroupRules", &["SecurityGroupRuleId"], "", NONE),
    (
        "DescribeSpotInstanceRequests",
        "{}",
        "SpotInstanceRequests",
        &["SpotInstanceRequestId"],
        "State",
        &["cancelled", "closed"],
    ),
    ("DescribeTags", "{}", "Tags", &["ResourceId", "Key"], "", NONE),
];

/// Asks an endpoint for everything.
pub struct Lister {
    runtime: tokio::runtime::Runtime,
    endpoint: Endpoint,
    /// Actions that the endpoint does not have.
    lacks: BTreeSet<&'static str>,
    listed: bool,
}

/// Everything that there is: members by kind and id.
#[derive(Default)]
pub struct Inventory {
    things: BTreeMap<(&'static str, String), Value>,
}

/// How two inventories differ.
#[derive(Default)]
pub struct Difference {
    lines: Vec<String>,
    more: usize,
    fewer: usize,
    changed: usize,
}

impl Lister {
    /// As `parallax run` connects.
    ///
    /// # Errors
    /// The endpoint cannot be used; says why.
    pub fn connect() -> Result<Lister, String> {
        let variable = |name: &str| std::env::var(name).ok();
        let connection = Connection {
            region: variable("PARALLAX_REGION"),
            profile: variable("AWS_PROFILE"),
            ca_bundle: variable("AWS_CA_BUNDLE").map(Into::into),
            timeout: Duration::from_secs(120),
            ..Connection::to(variable("PARALLAX_ENDPOINT").expect("it was looked at"))
        };
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        let runtime = runtime.map_err(|e| e.to_string())?;
        let target = runtime.block_on(connect_only(&connection)).map_err(|e| e.to_string())?;
        let (endpoint, _) = target.into_recording("listing", "");
        Ok(Lister { runtime, endpoint, lacks: BTreeSet::new(), listed: false })
    }

    /// Everything that there is now. An action that the endpoint does not have lists nothing, and is not
    /// asked for again.
    pub fn list(&mut self) -> Inventory {
        let mut inventory = Inventory::default();
        let asked: Vec<&Kind> = KINDS.iter().filter(|kind| !self.lacks.contains(kind.0)).collect();
        let pages = stream::iter(&asked).map(|kind| self.pages(kind)).buffered(AT_ONCE);
        let listed: Vec<Option<Vec<Value>>> = self.runtime.block_on(pages.collect());
        for (kind, pages) in asked.into_iter().zip(listed) {
            match pages {
                Some(pages) => pages.iter().for_each(|output| inventory.add(kind, output)),
                None => {
                    assert!(!self.listed, "the endpoint does not answer {} any more", kind.0);
                    println!("not compared: the endpoint does not answer {}", kind.0);
                    self.lacks.insert(kind.0);
                }
            }
        }
        self.listed = true;
        inventory.forget_tags_of_what_is_gone();
        inventory.forget_what_goes_with_a_vpc();
        inventory
    }

    /// Whether what this action lists is compared.
    pub fn answers(&self, action: &str) -> bool {
        KINDS.iter().any(|kind| kind.0 == action) && !self.lacks.contains(action)
    }

    /// All pages of a listing; `None` if the endpoint does not have it.
    async fn pages(&self, kind: &Kind) -> Option<Vec<Value>> {
        let recorder = Recorder::new(Redactor::default(), Instant::now());
        let caller = Caller::new(&self.endpoint, &recorder);
        let mut input: Value = serde_json::from_str(kind.1).expect("JSON");
        let mut pages = Vec::new();
        loop {
            let question = caller.ask(kind.0, &input).await;
            let Question::Answered(output) = question else {
                assert!(
                    matches!(question, Question::Refused { .. } | Question::Foreign(_)),
                    "{question:?}"
                );
                return None;
            };
            let next = output["NextToken"].as_str().filter(|token| !token.is_empty());
            let next = next.map(|token| input["NextToken"] = json!(token));
            pages.push(output);
            if next.is_none() {
                return Some(pages);
            }
        }
    }
}

impl Inventory {
    fn add(&mut self, kind: &Kind, output: &Value) {
        let (name, _, path, ids, state, gone) = *kind;
        let mut things = vec![output];
        for member in path.split(' ') {
            things = things
                .into_iter()
                .flat_map(|thing| thing[member].as_array().into_iter().flatten())
                .collect();
        }
        for thing in things {
            let at = state.split(' ').fold(thing, |value, member| &value[member]);
            let texts = ids.iter().filter_map(|member| thing[*member].as_str());
            let id = texts.collect::<Vec<_>>().join(" ");
            if at.as_str().is_none_or(|state| !gone.contains(&state)) {
                self.things.insert((name, id), thing.clone());
            }
        }
    }

    /// Emulators go on listing the tags of what they no longer have.
    fn forget_tags_of_what_is_gone(&mut self) {
        let there: Vec<String> = self
            .things
            .keys()
            .filter(|(kind, _)| *kind != "DescribeTags")
            .map(|(_, id)| id.clone())
            .collect();
        let is_there = |id: &str| there.iter().any(|known| known.split(' ').any(|part| part == id));
        // Somebody else's images, which are not listed, keep theirs.
        let foreign = |id: &str| id.starts_with("ami-");
        self.things.retain(|(kind, id), _| {
            let resource = id.split(' ').next().unwrap_or_default();
            *kind != "DescribeTags" || foreign(resource) || is_there(resource)
        });
    }

    /// The default network ACL comes with its VPC and nobody can remove it; moto keeps it when the VPC
    /// is deleted.
    fn forget_what_goes_with_a_vpc(&mut self) {
        let there: Vec<String> = self.things.keys().map(|(_, id)| id.clone()).collect();
        self.things.retain(|(kind, _), thing| {
            *kind != "DescribeNetworkAcls"
                || thing["IsDefault"] != true
                || there.iter().any(|id| thing["VpcId"] == *id)
        });
    }

    /// What is there later and was not, what was there and is not, and what is otherwise now.
    pub fn difference(&self, later: &Inventory) -> Difference {
        let mut difference = Difference::default();
        for ((kind, id), thing) in &later.things {
            match self.things.get(&(*kind, id.clone())) {
                None => {
                    difference.more += 1;
                    difference.lines.push(format!("more: {kind} {id} {thing}"));
                }
                Some(before) if before != thing => {
                    difference.changed += 1;
                    difference.lines.push(format!("changed: {kind} {id} {before} -> {thing}"));
                }
                Some(_) => {}
            }
        }
        for (kind, id) in self.things.keys() {
            if !later.things.contains_key(&(*kind, id.clone())) {
                difference.fewer += 1;
                difference.lines.push(format!("FEWER: {kind} {id}"));
            }
        }
        difference
    }
}

impl Difference {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// In a few words.
    pub fn short(&self) -> String {
        match (self.more, self.fewer, self.changed) {
            (0, 0, 0) => "none".to_owned(),
            (more, fewer, changed) => format!("{more} more, {fewer} fewer, {changed} changed"),
        }
    }

    /// Each thing in a line.
    pub fn print(&self) {
        for line in &self.lines {
            println!("       {}", line.chars().take(600).collect::<String>());
        }
    }
}
