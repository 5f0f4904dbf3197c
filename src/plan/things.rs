//! What a call makes, as far as the case says it.

use serde_json::Value;

use super::actions::Actions;
use super::input::{Input, known, number};
use super::prices::{Charge, Prices};
use crate::case::{Case, Scope};

/// Things of one kind that one call makes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Thing {
    /// What a person calls it, with what decides its price.
    pub(super) label: String,
    pub(super) count: u64,
    pub(super) charge: Charge,
    /// The quota that it takes from, as `quotas.json` names it.
    pub(super) quota: Option<&'static str>,
    /// The step whose undo removes it; `None` if it is known that none does.
    pub(super) owner: Option<usize>,
}

/// What the call of a step makes; nothing for a poll, which only reads.
pub(super) fn made(case: &Case, at: usize, scope: &Scope, prices: &Prices) -> Vec<Thing> {
    let input = Input::new(case, at, scope);
    let step = input.step();
    let action = step.action.as_str();
    let reads = crate::model::only_reads(action);
    if reads || input.is_true("DryRun") || (step.undo.is_none() && input.repeats()) {
        return Vec::new();
    }
    let mut things = match action {
        "RunInstances" => instances(case, &input, prices),
        "CreateVolume" => vec![volume("volume", &input, prices)],
        "ModifyVolume" => {
            vec![owned(volume("volume after a change", &input, prices), &input, "VolumeId")]
        }
        "CreateSnapshot" | "CopySnapshot" => vec![snapshot("snapshot", &input, prices)],
        "CreateSnapshots" => vec![snapshot("snapshots of an instance", &input, prices)],
        "CreateImage" | "CopyImage" => vec![image_snapshots(&input, prices)],
        "CreateVpcEndpoint" => vec![endpoint(&input)],
        // Only what it adds has a price.
        "ModifyVpcEndpoint" if input.get("AddSubnetIds").is_none() => Vec::new(),
        "ModifyInstanceAttribute" => other_type(&input),
        _ => by_action(action, &input),
    };
    for thing in &mut things {
        // Nothing that one undo removes is removed by another.
        thing.owner = thing.owner.filter(|owner| case.steps[*owner].undo.is_some());
    }
    things
}

fn by_action(action: &str, input: &Input<'_>) -> Vec<Thing> {
    let actions = Actions::bundled();
    let Some(made) = actions.made(action) else {
        let unknown = || one(&format!("what {action} makes"), Charge::Unknown, None, input);
        return if actions.makes_nothing(action) { Vec::new() } else { vec![unknown()] };
    };
    let charge = made.price.as_deref().map_or(Charge::Free, Charge::Hourly);
    let thing = one(&made.what, charge, made.quota.as_deref(), input);
    match made.parent.as_deref() {
        Some(parent) if input.step().undo.is_none() => vec![owned(thing, input, parent)],
        _ => vec![thing],
    }
}

fn one(label: &str, charge: Charge, quota: Option<&'static str>, input: &Input<'_>) -> Thing {
    Thing { label: label.to_owned(), count: 1, charge, quota, owner: Some(input.at) }
}

/// The same as a part of what a member names, and gone with that.
fn owned(thing: Thing, input: &Input<'_>, member: &str) -> Thing {
    Thing { owner: input.maker(member).map(|maker| maker.at), ..thing }
}

/// Instances, the volumes that they boot from, and a public address each: a default subnet gives one,
/// and another at each start.
fn instances(case: &Case, input: &Input<'_>, prices: &Prices) -> Vec<Thing> {
    let count = input.number("MaxCount").unwrap_or(1);
    let kind = input.launched_with("InstanceType").as_ref().and_then(known);
    let starts = case.steps.iter().filter(|s| s.action == "StartInstances").count();
    let root = &prices.root_volume;
    let mut things = vec![
        instance(kind, count, input),
        disk("root volume", root.kind.clone(), Some(root.gib), Some(0), input),
        Thing {
            count: 1 + starts as u64,
            ..one("public IPv4 address of an instance", Charge::Hourly("public_ipv4"), None, input)
        },
    ];
    for ebs in input.disks("BlockDeviceMappings") {
        // It takes the place of the root volume, or comes to it: counted as both.
        let kind = ebs.get("VolumeType").map_or_else(|| Some("gp2".to_owned()), known);
        let iops = ebs.get("Iops").map_or(Some(0), number);
        let iops = iops.filter(|_| !ebs.contains_key("Throughput"));
        let gib = input.disk_gib(&ebs, prices);
        things.push(disk("mapped volume", kind.unwrap_or_default(), gib, iops, input));
    }
    for thing in things.iter_mut().skip(1) {
        thing.count = thing.count.saturating_mul(count);
    }
    // Markets, hosts and detailed monitoring have prices of their own.
    let terms = [
        ("InstanceMarketOptions", "MarketType"),
        ("Placement", "Tenancy"),
        ("Placement", "HostId"),
        ("Placement", "HostResourceGroupArn"),
        ("Monitoring", "Enabled"),
    ];
    let dearer =
        |(member, inner)| input.launched_with(member).is_some_and(|v| v.get(inner).is_some());
    if terms.into_iter().any(dearer) {
        things.push(one("special terms of RunInstances", Charge::Unknown, None, input));
    }
    things
}

fn instance(kind: Option<String>, count: u64, input: &Input<'_>) -> Thing {
    let label = format!("instance {}", kind.as_deref().unwrap_or("of unknown type"));
    Thing { count, ..one(&label, Charge::Instance(kind), Some("vcpus"), input) }
}

/// An instance that becomes one of another type is counted as one of each.
fn other_type(input: &Input<'_>) -> Vec<Thing> {
    let by_name = input.text("Attribute").as_deref() == Some("instanceType");
    let kind = match input.get("InstanceType") {
        Some(kind) => kind.get("Value").and_then(known),
        None if by_name => input.text("Value"),
        None => return Vec::new(),
    };
    vec![owned(Thing { quota: None, ..instance(kind, 1, input) }, input, "InstanceId")]
}

fn volume(what: &str, input: &Input<'_>, prices: &Prices) -> Thing {
    let said = input.text("VolumeType");
    // A change leaves the type as it was.
    let kind = said.or_else(|| input.maker("VolumeId")?.text("VolumeType"));
    let iops = input.get("Iops").map_or(Some(0), |iops| number(&iops));
    let iops = iops.filter(|_| input.get("Throughput").is_none());
    disk(what, kind.unwrap_or_else(|| "gp2".to_owned()), input.gib(prices), iops, input)
}

/// A volume with so many I/O operations a second beyond what is included; `None` if what that costs is
/// not known.
fn disk(what: &str, kind: String, gib: Option<u64>, iops: Option<u64>, input: &Input<'_>) -> Thing {
    let label = format!("{what} {kind}, {}", size(gib));
    let quota = (kind == "gp2").then_some("gp2_gib");
    let charge = iops.map_or(Charge::Unknown, |iops| Charge::Volume { kind, gib, iops });
    one(&label, charge, quota, input)
}

fn size(gib: Option<u64>) -> String {
    gib.map_or_else(|| "of unknown size".to_owned(), |gib| format!("{gib} GiB"))
}

/// A snapshot is as large as its volume at most.
fn snapshot(what: &str, input: &Input<'_>, prices: &Prices) -> Thing {
    let gib = input.gib(prices);
    one(&format!("{what}, {}", size(gib)), Charge::Snapshot { gib }, Some("snapshots"), input)
}

/// The snapshots that an image is made of. They outlive it, if its removal does not take them too.
fn image_snapshots(input: &Input<'_>, prices: &Prices) -> Thing {
    let thing = snapshot("image's snapshots", input, prices);
    let all = |with: &Value| with.get("DeleteAssociatedSnapshots") == Some(&Value::Bool(true));
    let gone = input.step().undo.as_ref().is_some_and(|undo| all(&undo.with));
    Thing { owner: gone.then_some(input.at), ..thing }
}

/// A gateway endpoint, which is the default, has no price; an interface endpoint has one in each
/// Availability Zone.
fn endpoint(input: &Input<'_>) -> Thing {
    match input.text("VpcEndpointType").as_deref() {
        None | Some("Gateway") => {
            one("gateway endpoint", Charge::Free, Some("gateway_endpoints"), input)
        }
        Some("Interface") => {
            let subnets = input.get("SubnetIds").and_then(|v| v.as_array().map(Vec::len));
            let count = subnets.unwrap_or(1).max(1) as u64;
            let charge = Charge::Hourly("interface_endpoint");
            Thing { count, ..one("interface endpoint in a zone", charge, None, input) }
        }
        Some(other) => one(&format!("{other} endpoint"), Charge::Unknown, None, input),
    }
}
