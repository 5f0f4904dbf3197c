//! Plans and policies of cases that are small enough to be counted by hand.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Context, Plan, Policy, Refused};
use crate::assets::Assets;
use crate::case::{Case, Suite};
use crate::judge::baseline::{AWS, Baselines};
use crate::model::Model;
use crate::run::{looks_at, sweeps_over};
use crate::transcript::{Reach, TargetFacts};

fn case(steps: Value) -> Case {
    serde_json::from_value(json!({
        "id": "id", "name": "instances/test", "family": "id", "title": "A test",
        "capability": "instances", "steps": steps,
    }))
    .expect("a case")
}

fn poll(id: &str, needs: &[&str]) -> Value {
    json!({
        "id": id, "action": "DescribeInstances", "with": { "InstanceIds": ["$instance"] },
        "needs": needs, "poll": { "goal": { "waiter": "InstanceRunning" }, "within_ms": 300_000 },
    })
}

/// Runs an instance, waits, terminates it, waits.
fn instance() -> Case {
    case(json!([
        {
            "id": "run", "action": "RunInstances", "bind": { "instance": "Instances[0].InstanceId" },
            "with": {
                "ImageId": "$image", "InstanceType": "$instance_type", "MinCount": 1, "MaxCount": 1,
            },
            "undo": {
                "action": "TerminateInstances", "with": { "InstanceIds": ["$instance"] },
                "waiter": "InstanceTerminated",
            },
        },
        poll("running", &[]),
        {
            "id": "terminate", "action": "TerminateInstances", "completes": "run",
            "with": { "InstanceIds": ["$instance"] },
        },
        poll("terminated", &["terminate"]),
    ]))
}

fn with(instance_type: Option<&str>) -> Context {
    Context {
        target: TargetFacts {
            image: Some("ami-1".to_owned()),
            instance_type: instance_type.map(str::to_owned),
            ssh_user: Some("ec2-user".to_owned()),
            reach: Some(Reach::Direct),
            ..TargetFacts::default()
        },
        request_timeout: Duration::from_secs(60),
        refused: Refused::default(),
    }
}

/// With what the baselines of AWS say.
fn with_baselines(suite: &Suite) -> Context {
    let baselines = Baselines::load(&Assets::Baselines, Some(AWS), None).expect("baselines");
    Context { refused: Refused::of(&suite.cases, &baselines), ..with(Some("t3.nano")) }
}

fn plan(case: Case) -> Plan {
    Plan::of(&[case], 1, 1, 1, &with(Some("t3.nano")))
}

fn vpc(undo: bool) -> Case {
    let undo = undo.then(|| json!({ "action": "DeleteVpc", "with": { "VpcId": "$vpc" } }));
    let mut step = json!({
        "id": "vpc", "action": "CreateVpc", "with": { "CidrBlock": "10.0.0.0/16" },
        "bind": { "vpc": "Vpc.VpcId" },
    });
    if let Some(undo) = undo {
        step["undo"] = undo;
    }
    case(json!([step]))
}

#[test]
fn calls_counted_by_hand() {
    let plan = Plan::of(&[instance()], 3, 2, 4, &with(Some("t3.nano")));
    assert_eq!((plan.cases, plan.samples, plan.regions, plan.jobs), (1, 3, 2, 4));
    let calls = |action: &str| plan.calls.by_action[action];
    assert_eq!(calls("RunInstances"), 6);
    // Its own call, and 13 + 28 + 64 tries of the undo.
    assert_eq!(calls("TerminateInstances"), (1 + 105) * 6);
    // What is there before the first case is noted.
    assert_eq!(looks_at(&[instance()]), ["DescribeInstances"]);
    // Two polls of 65 looks, 105 of the undo's waiter, and one before.
    assert_eq!(calls("DescribeInstances"), (65 + 65 + 105 + 1) * 6);
    assert_eq!(calls("DescribeAvailabilityZones"), 6, "discovery");
    assert_eq!(calls("DescribeVpcs"), 6, "discovery");
    assert_eq!(calls("DescribeAccountAttributes"), 6, "what there is room for");
    assert_eq!(calls("DescribeAddresses"), 6, "what there is room for");
    assert_eq!(plan.calls.by_action.len(), 7);
    assert_eq!(plan.calls.reading, (236 + 4) * 6);
    assert_eq!(plan.calls.changing, (1 + 106) * 6);
}

#[test]
fn lifetime_and_price_computed_by_hand() {
    // A call takes 60 + 60 = 120 s at most. Until the failing termination: three calls and 300 s of
    // looking; what needs the termination is left out. The undo: 45, 120 and 300 s, and two calls more
    // in each of its rounds. 3 * 120 + 300 + 465 + 6 * 120 = 1845 s.
    let plan = Plan::of(&[instance()], 3, 2, 4, &with(Some("t3.nano")));
    let of = |what: &str| plan.resources.iter().find(|r| r.what.starts_with(what)).expect(what);
    assert_eq!(of("instance t3.nano").longest_seconds, Some(1845));
    assert_eq!(of("instance t3.nano").count, 6);
    assert_eq!(of("root volume").count, 6);
    assert_eq!(of("public IPv4").count, 6);
    // Per instance: (0.0052 + 2 * 0.05) * 1845 / 3600, 30 * 0.10 / 672 * 1845 / 3600, 0.005.
    let expected = 6.0 * (0.053_915 + 0.002_287_946 + 0.005);
    let at_most = plan.price.at_most.expect("known");
    assert!((at_most - expected).abs() < 1e-6, "{at_most} {expected}");
    assert!((plan.price.at_most_anywhere.expect("known") - 2.0 * expected).abs() < 1e-6);
    let text = plan.to_string();
    assert!(text.contains("at most $0.37 by the list prices of us-east-1, $0.74"), "{text}");
    assert!(text.contains("31 min"), "{text}");
}

/// What does not need the case's own removal runs on when that has failed.
#[test]
fn a_thing_outlives_a_failed_removal() {
    let mut longer = instance();
    longer.steps[3].needs.clear();
    let plan = plan(longer);
    let instance = plan.resources.iter().find(|r| r.what.starts_with("instance")).expect("one");
    assert_eq!(instance.longest_seconds, Some(1845 + 300 + 120));
}

#[test]
fn no_bound_without_a_price() {
    let plan = Plan::of(&[instance()], 1, 1, 1, &with(Some("x99.huge")));
    assert_eq!(plan.price.at_most, None);
    assert_eq!(plan.price.at_most_anywhere, None);
    assert_eq!(plan.price.unknown, ["instance x99.huge (no price)"]);
    let text = plan.to_string();
    assert!(text.contains("no upper bound can be given. Not known: instance x99.huge"), "{text}");
    assert_eq!(plan.quotas[0].needed, None, "nor are its vCPUs known");
    let gateway = case(json!([{
        "id": "make", "action": "CreateTransitGateway",
        "undo": { "action": "DeleteTransitGateway", "with": {} },
    }]));
    let plan = super::Plan::of(&[gateway], 1, 1, 1, &with(None));
    assert_eq!(plan.price.unknown, ["what CreateTransitGateway makes (no price)"]);
}

#[test]
fn no_bound_for_what_stays() {
    let address = case(json!([{ "id": "make", "action": "AllocateAddress" }]));
    let made = plan(address);
    assert_eq!(made.price.at_most, None);
    assert_eq!(made.price.unknown, ["Elastic IP address (no undo removes it)"]);
    let free = plan(vpc(false));
    assert_eq!(free.price.at_most, Some(0.0), "what is free may stay");
    assert_eq!(free.resources[0].longest_seconds, None);
}

#[test]
fn sizes_come_from_the_case() {
    let mut snapshot = case(json!([
        {
            "id": "volume", "action": "CreateVolume", "bind": { "volume": "VolumeId" },
            "with": { "AvailabilityZone": "$zone", "Size": 4 },
            "undo": { "action": "DeleteVolume", "with": { "VolumeId": "$volume" } },
        },
        {
            "id": "snapshot", "action": "CreateSnapshot", "with": { "VolumeId": "$volume" },
            "undo": { "action": "DeleteSnapshot", "with": {} },
        },
        { "id": "dry", "action": "RunInstances", "with": { "DryRun": true } },
        {
            "id": "again", "action": "CreateSnapshot", "with": "$row",
            "undo": { "action": "DeleteSnapshot", "with": {} },
        },
    ]));
    snapshot.variables.insert("row".to_owned(), json!({ "VolumeId": "$volume" }));
    let plan = plan(snapshot);
    let whats: Vec<&str> = plan.resources.iter().map(|r| r.what.as_str()).collect();
    assert_eq!(whats, ["snapshot, 4 GiB", "volume gp2, 4 GiB"], "a dry run makes nothing");
    assert_eq!(plan.resources[0].count, 2, "one by a variable of the row");
    assert_eq!(plan.resources[0].usd, Some(2.0 * (0.05 * 4.0 / 28.0)));
}

#[test]
fn cases_that_would_be_skipped_cost_nothing() {
    let plan = Plan::of(&[instance(), vpc(true)], 1, 1, 1, &with(None));
    assert_eq!(plan.cases, 1);
    assert!(plan.skipped[0].why.contains("--instance-type"), "{:?}", plan.skipped);
    assert!(!plan.calls.by_action.contains_key("RunInstances"));
    assert_eq!(plan.price.at_most, Some(0.0));
}

#[test]
fn quotas_for_as_many_as_run_at_once() {
    let cases = [vpc(true), vpc(true), instance(), vpc(true)];
    let needed = |jobs| {
        let plan = Plan::of(&cases, 9, 1, jobs, &with(Some("t3.nano")));
        let of = |code: &str| plan.quotas.iter().find(|q| q.code == code).and_then(|q| q.needed);
        (of("L-1216C47A"), of("L-F678F1CE"))
    };
    assert_eq!(needed(1), (Some(2), Some(1)), "two vCPUs each, and samples run after each other");
    assert_eq!(needed(2), (Some(2), Some(2)));
    assert_eq!(needed(4), (Some(2), Some(3)));
    let many = vec![vpc(true); 6];
    // Five by default, and one of them is taken by the default VPC.
    assert!(Plan::of(&many, 1, 1, 5, &with(None)).exceeds_defaults());
    assert!(!Plan::of(&many, 1, 1, 4, &with(None)).exceeds_defaults());
}

/// Each price in the suite is known, so that whoever records it is told a bound.
#[test]
fn the_whole_suite_has_a_bound() {
    let suite = Suite::load(&Assets::Cases).expect("the suite");
    let plan = Plan::of(&suite.cases, 3, 2, 4, &with_baselines(&suite));
    assert_eq!(plan.price.unknown, <[&str; 0]>::default());
    assert_eq!(plan.skipped, []);
    let usd = plan.price.at_most.expect("known");
    // Six samples, each instance at its longest life and beyond its credits: under $50 a sample.
    assert!(usd > 0.1 && usd < 300.0, "{usd}");
    for needed in &plan.quotas {
        assert!(needed.needed.is_some(), "{}", needed.name);
    }
    for action in plan.calls.by_action.keys() {
        assert!(Model::ec2().action(action).is_some(), "{action}");
    }
    serde_json::to_string(&plan).expect("JSON");
}

/// What the image of an instance holds, what a change makes larger, and what is asked for twice.
#[test]
fn what_goes_with_other_things() {
    let mut steps = serde_json::to_value(instance().steps).expect("JSON");
    let steps = steps.as_array_mut().expect("a list");
    let mut add = |step: Value| steps.insert(1, step);
    let undo = |action: &str, with: Value| json!({ "action": action, "with": with });
    let mut image = json!({
        "id": "image", "action": "CreateImage", "with": { "InstanceId": "$instance" },
        "undo": undo("DeregisterImage", json!({ "DeleteAssociatedSnapshots": true })),
    });
    add(image.clone());
    add(
        json!({ "id": "watch", "action": "MonitorInstances", "with": { "InstanceIds": ["$instance"] } }),
    );
    let template = json!({ "LaunchTemplateName": "$name", "ClientToken": "$token" });
    add(json!({ "id": "again", "action": "CreateLaunchTemplate", "with": template }));
    add(json!({
        "id": "template", "action": "CreateLaunchTemplate", "with": template,
        "undo": undo("DeleteLaunchTemplate", json!({ "LaunchTemplateName": "$name" })),
    }));
    let made = plan(case(Value::Array(steps.clone())));
    assert_eq!(made.price.unknown, <[&str; 0]>::default());
    let of = |what: &str| made.resources.iter().find(|r| r.what.starts_with(what)).expect(what);
    assert_eq!(of("image's snapshots").what, "image's snapshots, 30 GiB", "of the root volume");
    assert_eq!(of("detailed monitoring").longest_seconds, of("instance").longest_seconds);
    assert_eq!(of("launch template").count, 1, "the same token");
    // Without the snapshots, they stay when the image goes.
    image["id"] = json!("other");
    image["undo"] = undo("DeregisterImage", json!({}));
    steps.insert(1, image);
    let left = plan(case(Value::Array(steps.clone())));
    assert_eq!(left.price.unknown, ["image's snapshots, 30 GiB (no undo removes it)"]);
}

#[test]
fn a_launch_takes_from_its_template() {
    let launch = case(json!([
        {
            "id": "template", "action": "CreateLaunchTemplate", "bind": { "template": "x" },
            "with": { "LaunchTemplateData": { "InstanceType": "$instance_type" } },
            "undo": { "action": "DeleteLaunchTemplate", "with": {} },
        },
        {
            "id": "run", "action": "RunInstances",
            "with": { "LaunchTemplate": { "LaunchTemplateId": "$template" }, "MaxCount": 1 },
            "undo": { "action": "TerminateInstances", "with": {} },
        },
    ]));
    assert_eq!(plan(launch.clone()).resources[0].what, "instance t3.nano");
    let json = policy(&[launch], &[], Some("t3.nano"));
    let types = &statement(&json, "Launch")["Condition"]["StringEqualsIfExists"];
    assert_eq!(types["ec2:InstanceType"], json!(["t3.nano"]));
    assert!(statement(&json, "PassInstanceRole").is_null(), "there is no role in it");
}

/// A call that AWS refuses makes nothing, and is allowed all the same: else it would be refused for
/// the lack of a permission.
#[test]
fn refused_calls_make_nothing() {
    let suite = Suite::load(&Assets::Cases).expect("the suite");
    let chosen = |name: &str| {
        let case = suite.cases.iter().find(|case| case.name == name).expect("a case");
        std::slice::from_ref(case)
    };
    let context = with_baselines(&suite);
    let of = |name: &str| Plan::of(chosen(name), 2, 1, 1, &context);
    let unknown = of("api/create-volume-of-unknown-type");
    assert_eq!(unknown.resources, []);
    assert_eq!(unknown.price.at_most, Some(0.0));
    assert!(unknown.assumptions.iter().any(|a| a.starts_with("2 calls that could make something")));
    let policy =
        Policy::of(chosen("api/create-volume-of-unknown-type"), &[], None, &context.refused);
    assert!(policy.actions().contains(&"ec2:CreateVolume"));
    // Two of its three steps are refused.
    let mixed = of("nat-gateways/chosen-address");
    assert!(mixed.resources.iter().any(|r| r.what == "NAT gateway" && r.count == 2));
}

fn statement<'p>(policy: &'p Value, sid: &str) -> &'p Value {
    let statements = policy["Statement"].as_array().expect("a list");
    statements.iter().find(|s| s["Sid"] == sid).unwrap_or(&Value::Null)
}

fn policy(cases: &[Case], regions: &[&str], instance_type: Option<&str>) -> Value {
    let regions: Vec<String> = regions.iter().map(|&r| r.to_owned()).collect();
    serde_json::to_value(Policy::of(cases, &regions, instance_type, &Refused::default()))
        .expect("JSON")
}

#[test]
fn a_policy_has_the_actions_of_steps_undos_waiters_discovery_and_sweeping() {
    let cases = [instance(), vpc(true)];
    let policy = policy(&cases, &["eu-central-1"], Some("t3.nano"));
    let mut reads = sweeps_over(&cases);
    reads.extend(["DescribeAvailabilityZones", "DescribeInstances", "DescribeVpcs"]);
    reads.extend(["DescribeAccountAttributes", "DescribeAddresses"]);
    reads.sort_unstable();
    reads.dedup();
    let reads: Vec<String> = reads.iter().map(|action| format!("ec2:{action}")).collect();
    assert_eq!(policy["Version"], "2012-10-17");
    let in_region = json!({ "StringEquals": { "aws:RequestedRegion": ["eu-central-1"] } });
    assert_eq!(
        policy["Statement"],
        json!([
            {
                "Sid": "Read", "Effect": "Allow", "Resource": "*", "Condition": in_region,
                "Action": reads,
            },
            {
                "Sid": "Change", "Effect": "Allow", "Resource": "*", "Condition": in_region,
                "Action": ["ec2:CreateVpc", "ec2:DeleteVpc", "ec2:TerminateInstances"],
            },
            {
                "Sid": "Launch", "Effect": "Allow", "Resource": "*",
                "Action": ["ec2:RunInstances"],
                "Condition": {
                    "StringEquals": { "aws:RequestedRegion": ["eu-central-1"] },
                    "StringEqualsIfExists": { "ec2:InstanceType": ["t3.nano"] },
                    "NumericLessThanEqualsIfExists": { "ec2:VolumeSize": ["30"] },
                },
            },
        ])
    );
}

#[test]
fn a_policy_without_a_type_says_so() {
    let policy = Policy::of(&[instance()], &[], None, &Refused::default());
    assert!(policy.notes.iter().any(|note| note.contains("--instance-type")), "{:?}", policy.notes);
    assert!(policy.notes.iter().any(|note| note.contains("--region")), "{:?}", policy.notes);
    let json = serde_json::to_value(&policy).expect("JSON");
    assert!(statement(&json, "Launch").is_null());
    assert!(json["Statement"][1]["Action"].to_string().contains("ec2:RunInstances"));
    assert!(json.get("notes").is_none() && json.get("Notes").is_none());
}

#[test]
fn tags_only_while_something_is_made() {
    let mut tagged = vpc(true);
    tagged.steps[0].with["TagSpecifications"] = json!([{ "ResourceType": "vpc", "Tags": [] }]);
    let of = |cases: &[Case]| policy(cases, &[], None);
    let json = of(&[tagged.clone()]);
    let tag = statement(&json, "TagOnCreate");
    assert_eq!(tag["Action"], json!(["ec2:CreateTags"]));
    assert_eq!(tag["Condition"], json!({ "StringEquals": { "ec2:CreateAction": ["CreateVpc"] } }));
    let tagging = case(json!([{ "id": "tag", "action": "CreateTags" }]));
    let json = of(&[tagged, tagging]);
    assert!(statement(&json, "TagOnCreate").is_null(), "the action itself is allowed");
    assert!(statement(&json, "Change")["Action"].to_string().contains("ec2:CreateTags"));
}

#[test]
fn volumes_no_larger_than_the_cases() {
    let volume = |size: Value| case(json!([{ "id": "v", "action": "CreateVolume", "with": size }]));
    let cases = [volume(json!({ "Size": 1 })), volume(json!({ "Size": 8 }))];
    let json = policy(&cases, &[], None);
    let condition = &statement(&json, "CreateVolume")["Condition"];
    assert_eq!(condition["NumericLessThanEqualsIfExists"]["ec2:VolumeSize"], json!(["8"]));
    let json = policy(&[volume(json!({ "SnapshotId": "snap-1" }))], &[], None);
    assert!(statement(&json, "CreateVolume").is_null(), "a size that nobody knows");
}

#[test]
fn what_other_services_have_to_allow() {
    let mut role = instance();
    role.steps[0].with["IamInstanceProfile"] = json!({ "Name": "x" });
    role.steps[0].with["ImageId"] = json!("resolve:ssm:/x");
    let json = policy(&[role], &[], None);
    let pass = statement(&json, "PassInstanceRole");
    assert_eq!(pass["Action"], json!(["iam:PassRole"]));
    let to = json!({ "StringEquals": { "iam:PassedToService": ["ec2.amazonaws.com"] } });
    assert_eq!(pass["Condition"], to);
    assert_eq!(statement(&json, "Parameters")["Action"], json!(["ssm:GetParameters"]));
    assert!(statement(&policy(&[instance()], &[], None), "PassInstanceRole").is_null());
}

#[test]
fn a_policy_that_is_too_long_says_so() {
    let all: Vec<Value> =
        Model::ec2().actions().map(|a| json!({ "id": a.name, "action": a.name })).collect();
    let policy = Policy::of(&[case(Value::Array(all))], &[], None, &Refused::default());
    assert!(policy.length() > super::MANAGED_POLICY_LIMIT);
    assert!(policy.notes.iter().any(|note| note.contains("--part 1")));
    let parts = policy.parts();
    assert!(parts.iter().all(|part| part.length() <= super::MANAGED_POLICY_LIMIT));
    assert!(parts.iter().all(|part| part.statement.iter().all(|s| !s.action.is_empty())));
    let mut actions: Vec<&str> = parts.iter().flat_map(Policy::actions).collect();
    actions.sort_unstable();
    assert_eq!(actions, policy.actions(), "each once");
    assert!(policy.actions().len() > 700, "none is lost");
}

/// Nobody writes such cases, and a plan of them is no reason to fall over.
#[test]
fn absurd_numbers() {
    let mut absurd = instance();
    absurd.steps[0].with["MaxCount"] = json!(u64::MAX);
    absurd.steps[1].poll.as_mut().expect("a poll").within_ms = u64::MAX;
    let plan =
        Plan::of(&[absurd.clone(), absurd], u32::MAX, u32::MAX, usize::MAX, &with(Some("t3.nano")));
    assert_eq!(plan.price.at_most, Some(f64::INFINITY));
    assert!(plan.to_string().contains("too few"));
}
