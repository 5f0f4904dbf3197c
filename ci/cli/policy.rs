//! `parallax policy`: what it prints can be given to IAM, and allows what the cases need, no more.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::command::{Place, Ran};

/// Makes a VPC with a tag and removes it; an undo with a waiter; a poll.
const CASE: &str = "id: 3a6b1f0e-52b1-4a6e-8f43-0d7c1e9a5b10
title: A case for tests
capability: vpcs
steps:
  - id: vpc
    call: CreateVpc
    with:
      CidrBlock: 10.0.0.0/16
      TagSpecifications: [{ ResourceType: vpc, Tags: [{ Key: a, Value: b }] }]
    bind: { vpc: Vpc.VpcId }
    undo: { call: DeleteVpc, with: { VpcId: $vpc } }
  - id: run
    call: RunInstances
    with: { ImageId: $image, InstanceType: $instance_type, MinCount: 1, MaxCount: 1 }
    bind: { instance: \"Instances[0].InstanceId\" }
    undo:
      call: TerminateInstances
      with: { InstanceIds: [$instance] }
      waiter: InstanceTerminated
  - id: there
    poll: DescribeVpcs
    with: { VpcIds: [$vpc] }
    waiter: VpcExists
";

/// Another one, which is not chosen.
const OTHER: &str = "id: 3a6b1f0e-52b1-4a6e-8f43-0d7c1e9a5b11
title: Another case
capability: vpcs
steps:
  - id: volumes
    call: DescribeVolumes
";

fn policy(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).expect("standard output is JSON and nothing else")
}

fn actions(policy: &Value) -> BTreeSet<&str> {
    let statements = policy["Statement"].as_array().expect("a list");
    let lists = statements.iter().map(|s| s["Action"].as_array().expect("a list"));
    lists.flatten().map(|action| action.as_str().expect("text")).collect()
}

#[test]
fn allows_what_the_chosen_cases_need_and_no_more() {
    let place = Place::new();
    std::fs::create_dir_all(place.path("own/vpcs")).expect("a folder");
    std::fs::write(place.path("own/vpcs/chosen.yaml"), CASE).expect("a file");
    std::fs::write(place.path("own/vpcs/other.yaml"), OTHER).expect("a file");
    let ran = place
        .run(&[
            "policy",
            "chosen",
            "--cases",
            "own",
            "--region",
            "eu-central-1",
            "--region",
            "eu-west-1",
            "--instance-type",
            "t3.nano",
        ])
        .exits(0)
        .complains(&["28 actions for 1 case", "6144", "t3.nano only"]);
    let policy = policy(&ran);
    assert_eq!(policy["Version"], "2012-10-17");
    let expected = [
        "ec2:CreateTags",                // the tag specification
        "ec2:CreateVpc",                 // a step
        "ec2:DeleteVpc",                 // its undo
        "ec2:DescribeAccountAttributes", // discovery of quotas, and what they have room for
        "ec2:DescribeAddresses",
        "ec2:DescribeAvailabilityZones", // discovery, as is DescribeVpcs
        "ec2:DescribeInstances",         // the undo's waiter
        "ec2:DescribeVpcs",              // the poll
        "ec2:RunInstances",
        "ec2:TerminateInstances",
    ];
    // What `sweep` lists of what these can have left, and of what may lie in a VPC.
    let swept = [
        "ec2:DescribeEgressOnlyInternetGateways",
        "ec2:DescribeFlowLogs",
        "ec2:DescribeImages",
        "ec2:DescribeInstanceConnectEndpoints",
        "ec2:DescribeInternetGateways",
        "ec2:DescribeNatGateways",
        "ec2:DescribeNetworkAcls",
        "ec2:DescribeNetworkInterfacePermissions",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeRouteTables",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSnapshots",
        "ec2:DescribeSubnets",
        "ec2:DescribeVolumes",
        "ec2:DescribeVpcEndpoints",
        "ec2:DescribeVpcPeeringConnections",
        "ec2:DescribeVpnConnections",
        "ec2:DescribeVpnGateways",
    ];
    assert_eq!(actions(&policy), expected.into_iter().chain(swept).collect());
    for statement in policy["Statement"].as_array().expect("a list") {
        let keys: Vec<&String> = statement.as_object().expect("an object").keys().collect();
        assert_eq!(keys, ["Sid", "Effect", "Action", "Resource", "Condition"]);
        assert_eq!(statement["Effect"], "Allow");
        let condition = &statement["Condition"];
        assert_eq!(
            condition["StringEquals"]["aws:RequestedRegion"],
            json!(["eu-central-1", "eu-west-1"]),
            "{statement}"
        );
        let launches = statement["Action"].to_string().contains("ec2:RunInstances");
        assert_eq!(condition.to_string().contains("t3.nano"), launches, "{statement}");
    }
}

/// All that the suite calls, by the list of its cases, is in the policy; nothing in it is a wildcard.
/// It is too long for one managed policy, so it comes in parts.
#[test]
fn of_the_whole_suite() {
    let place = Place::without_credentials();
    let ran = place.run(&["policy"]).exits(0).complains(&["--region", "--instance-type"]);
    let policy = policy(&ran);
    let allowed = actions(&policy);
    let listed = place.run(&["list", "--format", "json"]).exits(0);
    let cases: Vec<Value> = serde_json::from_str(&listed.stdout).expect("JSON");
    let called = cases.iter().flat_map(|case| case["actions"].as_array().expect("a list"));
    for action in called {
        let action = format!("ec2:{}", action.as_str().expect("text"));
        assert!(allowed.contains(action.as_str()), "{action}");
    }
    assert!(allowed.iter().all(|action| !action.contains('*')), "{allowed:?}");
    assert!(allowed.contains("ec2:DescribeAvailabilityZones"), "discovery");
    ran.complains(&["--part 1"]);
    let mut parts = BTreeSet::new();
    for part in ["1", "2"] {
        let ran = place.run(&["policy", "--part", part]).exits(0);
        let characters = ran.stdout.chars().filter(|c| !c.is_whitespace()).count();
        assert!(characters <= 6144, "{characters} are too many for a managed policy");
        let ran =
            ran.complains(&[&format!("part {part} of 2"), &format!("{characters} of the 6144")]);
        let policy = self::policy(&ran);
        parts.extend(actions(&policy).into_iter().map(str::to_owned));
    }
    assert!(parts.iter().map(String::as_str).eq(allowed), "together they allow the same");
    place.run(&["policy", "--part", "3"]).exits(2).complains(&["the policy has 2 parts"]);
}

#[test]
fn cases_are_chosen_as_elsewhere() {
    let place = Place::new();
    place.run(&["policy", "no-such-case"]).exits(2).complains(&["no case matches"]);
    place.run(&["policy", "--capability", "vpsc"]).exits(2).complains(&["did you mean `vpcs`?"]);
    let reads = place.run(&["policy", "--action", "DescribeImages", "api/"]).exits(0);
    assert!(!reads.stdout.contains("\"Change\""), "{reads}");
}

/// A wildcard would open what the condition is to close.
#[test]
fn names_are_names() {
    let place = Place::new();
    for (flag, value) in
        [("--region", "eu-*"), ("--region", ""), ("--instance-type", "${aws:username}")]
    {
        place.run(&["policy", flag, value]).exits(2).complains(&["t3.nano are meant", flag]);
    }
}
