//! What of a listing is the run's, told by ledgers that are written out here.

mod refused;

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::loosen::loosen;
use super::ours::kinds_of;
use super::under_way::{awaited, under_way};
use super::{Listing, Mark, Ours, Searched, Thing, search};
use crate::run::kinds::{KINDS, Kind};
use crate::run::ledger::Book;

const RUN: &str = "1a2b3c4d";

fn mark() -> Mark {
    Mark::Run(RUN.to_owned())
}

/// A ledger of these lines.
fn book(lines: &[Value]) -> Book {
    let first = json!({"entry": "run", "version": 1, "parallax": "", "run": RUN, "started": "",
        "target": {"name": "", "endpoint": "", "region": ""}});
    let lines: String = [&first].into_iter().chain(lines).map(|line| format!("{line}\n")).collect();
    Book::parse(&lines).expect("a ledger")
}

fn before(kind: &str, ids: &[&str]) -> Value {
    json!({"entry": "before", "kind": kind, "ids": ids})
}

/// A call that was sent at noon.
fn intent(n: u64, action: &str, parameters: Value) -> Value {
    json!({"entry": "intent", "n": n, "at": "2026-11-21T12:00:00Z", "case": "id", "name": "a/b",
        "step": "make", "action": action, "parameters": parameters})
}

fn made(n: u64, ids: &[&str]) -> Value {
    json!({"entry": "made", "n": n, "ids": ids})
}

/// What `Describe…` answers, by kind.
fn listing(kinds: &[(&str, Value)]) -> Listing {
    let mut listing = Listing::default();
    for (name, output) in kinds {
        listing.add(Kind::named(name).expect(name), output);
    }
    listing
}

fn vpcs(vpcs: &[Value]) -> (&'static str, Value) {
    ("VPC", json!({ "Vpcs": vpcs }))
}

fn vpc(id: &str, block: &str) -> Value {
    json!({"VpcId": id, "CidrBlock": block, "IsDefault": false})
}

/// A minute past noon.
fn soon() -> Timestamp {
    "2026-11-21T12:01:00Z".parse().expect("a time")
}

fn searched(book: &Book, listing: &Listing, now: Timestamp) -> Searched {
    let mut ours = Ours::of(book);
    ours.extend(listing, &mark());
    search(book, listing, &ours, &mark(), &BTreeMap::new(), now)
}

/// What was found, and what may be somebody else's.
fn ids(searched: &Searched) -> (Vec<&str>, Vec<&str>) {
    let found = searched.found.iter().map(|(_, id, _)| id.as_str()).collect();
    (found, searched.unsure.iter().flat_map(|unsure| &unsure.ids).map(String::as_str).collect())
}

fn of_run(book: &Book, listing: &Listing) -> Vec<String> {
    let mut ours = Ours::of(book);
    ours.extend(listing, &mark());
    let things = listing.things.iter().filter(|thing| ours.why(thing).is_some());
    things.map(|thing| thing.id().to_owned()).collect()
}

#[test]
fn what_a_call_under_way_names_is_awaited() {
    let book = book(&[
        before("VPC", &[]),
        before("subnet", &[]),
        intent(1, "CreateVpc", json!({})),
        made(1, &["vpc-1"]),
        intent(2, "CreateVpc", json!({})),
        made(2, &["vpc-2"]),
        intent(3, "CreateSubnet", json!({"VpcId": "vpc-1", "CidrBlock": "10.1.0.0/24"})),
    ]);
    let mut there = vec![vpcs(&[vpc("vpc-1", "10.1.0.0/16"), vpc("vpc-2", "10.2.0.0/16")])];
    there.push(("subnet", json!({"Subnets": []})));
    let awaited_at = |there: &Listing, now: &str| {
        let now = now.parse().expect("a time");
        let missing = searched(&book, there, now).missing;
        let calls = under_way(&book, &missing, Duration::from_secs(30), now);
        awaited(&calls, &there.things).into_iter().collect::<Vec<_>>()
    };
    let listed = listing(&there);
    assert_eq!(awaited_at(&listed, "2026-11-21T12:00:29Z"), ["vpc-1"]);
    assert_eq!(awaited_at(&listed, "2026-11-21T12:00:31Z"), [""; 0], "it has settled");
    let subnet = json!({"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.1.0.0/24"});
    there[1].1 = json!({ "Subnets": [subnet] });
    assert_eq!(awaited_at(&listing(&there), "2026-11-21T12:00:29Z"), [""; 0], "it has come");
}

#[test]
fn what_lies_in_the_runs_things_is_the_runs() {
    let book = book(&[
        before("VPC", &["vpc-0"]),
        intent(1, "CreateVpc", json!({})),
        made(1, &["vpc-1"]),
        intent(2, "RunInstances", json!({})),
        made(2, &["i-1"]),
    ]);
    let there = listing(&[
        vpcs(&[
            vpc("vpc-0", "10.0.0.0/16"),
            vpc("vpc-1", "10.1.0.0/16"),
            vpc("vpc-2", "10.1.0.0/16"),
        ]),
        (
            "subnet",
            json!({"Subnets": [
                {"SubnetId": "subnet-0", "VpcId": "vpc-0"},
                {"SubnetId": "subnet-1", "VpcId": "vpc-1"},
            ]}),
        ),
        (
            "network interface",
            json!({"NetworkInterfaces": [
                {"NetworkInterfaceId": "eni-0", "SubnetId": "subnet-0"},
                {"NetworkInterfaceId": "eni-1", "SubnetId": "subnet-1"},
            ]}),
        ),
        (
            "volume",
            json!({"Volumes": [
                {"VolumeId": "vol-0", "Attachments": [{"InstanceId": "i-0"}]},
                {"VolumeId": "vol-1", "Attachments": [{"InstanceId": "i-1"}]},
            ]}),
        ),
        (
            "snapshot",
            json!({"Snapshots": [
                {"SnapshotId": "snap-0", "VolumeId": "vol-9", "Description": "for ami-1"},
                {"SnapshotId": "snap-1", "VolumeId": "vol-1"},
                {"SnapshotId": "snap-2", "VolumeId": "vol-9",
                 "Description": "Created by CreateImage(i-1) for ami-2"},
            ]}),
        ),
    ]);
    let expected = ["vpc-1", "subnet-1", "eni-1", "vol-1", "snap-1", "snap-2"];
    assert_eq!(of_run(&book, &there), expected);
}

/// A cloud may answer a call that makes something with what somebody else made before.
#[test]
fn what_was_there_before_is_never_the_runs() {
    let book = book(&[
        before("VPC", &["vpc-0"]),
        intent(1, "CreateVpc", json!({})),
        made(1, &["vpc-0"]),
        intent(2, "CreateVpc", json!({"CidrBlock": "10.0.0.0/16"})),
    ]);
    let tagged = json!({"VpcId": "vpc-0", "CidrBlock": "10.0.0.0/16",
        "Tags": [{"Key": "parallax-1a2b3c4d-x", "Value": ""}]});
    let there = listing(&[
        vpcs(&[tagged]),
        ("subnet", json!({"Subnets": [{"SubnetId": "subnet-0", "VpcId": "vpc-0"}]})),
    ]);
    assert_eq!(of_run(&book, &there), Vec::<String>::new());
    assert_eq!(ids(&searched(&book, &there, soon())), (vec![], vec![]));
}

#[test]
fn by_the_token_of_the_call() {
    let asked = json!({"ImageId": "ami-1", "ClientToken": "t-1", "MaxCount": "1"});
    let book = book(&[before("instance", &[]), intent(1, "RunInstances", asked)]);
    let instance = |id: &str, token: &str| {
        json!({"InstanceId": id, "ImageId": "ami-1", "ClientToken": token,
            "State": {"Name": "running"}, "LaunchTime": "2026-11-21T12:00:01Z"})
    };
    let there = |instances: &[Value]| {
        listing(&[("instance", json!({"Reservations": [{"Instances": instances}]}))])
    };
    let both = there(&[instance("i-1", "t-1"), instance("i-2", "t-2")]);
    assert_eq!(ids(&searched(&book, &both, soon())), (vec!["i-1"], vec![]));
    // With another token it is another call's, however alike it is.
    let other = there(&[instance("i-2", "t-2")]);
    let searched = searched(&book, &other, soon());
    assert_eq!(ids(&searched), (vec![], vec![]));
    assert!(searched.missing.contains(&1), "it may still come");
}

/// Where the endpoint shows no token, by what was asked; what comes with an instance is no use of it.
#[test]
fn an_instance_without_its_token() {
    let asked = json!({"ImageId": "ami-1", "ClientToken": "t-1", "MaxCount": "2"});
    let book = book(&[before("instance", &["i-0"]), intent(1, "RunInstances", asked)]);
    let instance = |id: &str| json!({"InstanceId": id, "ImageId": "ami-1"});
    let there = |instances: &[Value]| {
        listing(&[
            ("instance", json!({"Reservations": [{"Instances": instances}]})),
            (
                "volume",
                json!({"Volumes": [
                {"VolumeId": "vol-1", "Attachments": [{"InstanceId": "i-1"}]}]}),
            ),
        ])
    };
    let both = there(&[instance("i-0"), instance("i-1"), instance("i-2")]);
    assert_eq!(
        ids(&searched(&book, &both, soon())),
        (vec!["i-1", "i-2"], vec![]),
        "two were asked for"
    );
    let three = there(&[instance("i-1"), instance("i-2"), instance("i-3")]);
    assert_eq!(ids(&searched(&book, &three, soon())), (vec![], vec!["i-1", "i-2", "i-3"]));
}

#[test]
fn without_a_name_by_what_was_asked() {
    let asked = |n| intent(n, "CreateVpc", json!({"CidrBlock": "10.7.1.1/16"}));
    let one = book(&[before("VPC", &["vpc-0"]), asked(1)]);
    let two = book(&[before("VPC", &["vpc-0"]), asked(1), asked(2)]);
    // EC2 writes the block by its first address.
    let fits = |id: &str| vpc(id, "10.7.0.0/16");
    let old = fits("vpc-0");
    let other = vpc("vpc-9", "10.8.0.0/16");
    let there = |vpcs_there: &[Value]| {
        listing(&[
            vpcs(&[&[old.clone(), other.clone()], vpcs_there].concat()),
            ("subnet", json!({})),
        ])
    };
    let look = |book: &Book, there: &Listing| {
        let searched = searched(book, there, soon());
        let (found, unsure) = ids(&searched);
        format!("{found:?} {unsure:?} {:?}", searched.missing)
    };
    assert_eq!(look(&one, &there(&[])), "[] [] {1}");
    assert_eq!(look(&one, &there(&[fits("vpc-1")])), r#"["vpc-1"] [] {}"#);
    // Two, of which the run can have made one: nobody can tell which.
    let both = there(&[fits("vpc-1"), fits("vpc-2")]);
    assert_eq!(look(&one, &both), r#"[] ["vpc-1", "vpc-2"] {}"#);
    assert_eq!(look(&two, &both), r#"["vpc-1", "vpc-2"] [] {}"#);
    assert_eq!(look(&two, &there(&[fits("vpc-1")])), r#"["vpc-1"] [] {1, 2}"#);
    // Somebody works with it: it is not one that nobody knows of.
    let mut named = fits("vpc-1");
    named["Tags"] = json!([{"Key": "Name", "Value": "production"}]);
    assert_eq!(look(&one, &there(&[named])), "[] [] {1}");
    let in_use = listing(&[
        vpcs(&[fits("vpc-1")]),
        ("subnet", json!({"Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1"}]})),
    ]);
    assert_eq!(look(&one, &in_use), "[] [] {1}");
    // What every VPC has from the beginning is no use of it.
    let fresh = listing(&[
        vpcs(&[fits("vpc-1")]),
        (
            "security group",
            json!({"SecurityGroups": [
            {"GroupId": "sg-1", "GroupName": "default", "VpcId": "vpc-1"}]}),
        ),
        (
            "route table",
            json!({"RouteTables": [
            {"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Associations": [{"Main": true}]}]}),
        ),
        (
            "network ACL",
            json!({"NetworkAcls": [
            {"NetworkAclId": "acl-1", "VpcId": "vpc-1", "IsDefault": true}]}),
        ),
    ]);
    assert_eq!(look(&one, &fresh), r#"["vpc-1"] [] {}"#);
}

#[test]
fn what_cannot_be_told_is_left_alone() {
    let asked = intent(1, "CreateVpc", json!({"CidrBlock": "10.7.0.0/16"}));
    let there = listing(&[vpcs(&[vpc("vpc-1", "10.7.0.0/16")])]);
    // Nobody looked what was there before the run.
    let blind = book(std::slice::from_ref(&asked));
    assert_eq!(ids(&searched(&blind, &there, soon())), (vec![], vec!["vpc-1"]));
    // Hours later anybody may have made it.
    let book = book(&[before("VPC", &[]), asked]);
    let late: Timestamp = "2026-11-21T14:00:00Z".parse().expect("a time");
    assert_eq!(ids(&searched(&book, &there, late)), (vec![], vec!["vpc-1"]));
    // Not listed at all: it can neither be found nor be said not to be there.
    let nothing = Listing::default();
    assert_eq!(searched(&book, &nothing, soon()).blind.len(), 1);
}

#[test]
fn a_thing_that_says_when_it_was_made_is_believed() {
    let asked = json!({"Size": "1", "AvailabilityZone": "a"});
    let book = book(&[before("volume", &[]), intent(1, "CreateVolume", asked)]);
    let volume = |made: &str| {
        listing(&[(
            "volume",
            json!({"Volumes": [
            {"VolumeId": "vol-1", "Size": 1, "AvailabilityZone": "a", "CreateTime": made,
             "State": "available"}]}),
        )])
    };
    let late: Timestamp = "2026-11-21T20:00:00Z".parse().expect("a time");
    let at_noon = volume("2026-11-21T12:00:02.000Z");
    assert_eq!(ids(&searched(&book, &at_noon, late)), (vec!["vol-1"], vec![]));
    let after = volume("2026-11-21T13:00:00.000Z");
    assert_eq!(ids(&searched(&book, &after, late)), (vec![], vec![]));
}

#[test]
fn in_what_is_the_runs_nobody_else_makes_things() {
    let subnet = json!({"VpcId": "vpc-1", "CidrBlock": "10.0.1.0/24"});
    let book = book(&[
        intent(1, "CreateVpc", json!({})),
        made(1, &["vpc-1"]),
        intent(2, "CreateSubnet", subnet),
    ]);
    let there = listing(&[
        vpcs(&[vpc("vpc-1", "10.0.0.0/16")]),
        (
            "subnet",
            json!({"Subnets": [
                {"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.1.0/24"},
                {"SubnetId": "subnet-2", "VpcId": "vpc-2", "CidrBlock": "10.0.1.0/24"},
            ]}),
        ),
    ]);
    assert_eq!(ids(&searched(&book, &there, soon())), (vec!["subnet-1"], vec![]));
}

/// What a case asked for is seen under other names, or deeper.
#[test]
fn parameters_that_are_seen_elsewhere() {
    let options = |values: &[&str]| {
        let values: Vec<Value> = values.iter().map(|value| json!({"Value": value})).collect();
        json!({"DhcpOptionsId": "dopt-1",
            "DhcpConfigurations": [{"Key": "ntp-servers", "Values": values}]})
    };
    for (kind, action, asked, seen, fits) in [
        (
            "customer gateway",
            "CreateCustomerGateway",
            json!({"PublicIp": "198.51.100.1", "BgpAsn": "65000", "Type": "ipsec.1"}),
            json!({"CustomerGatewayId": "cgw-1", "IpAddress": "198.51.100.1", "BgpAsn": "65000"}),
            true,
        ),
        (
            "customer gateway",
            "CreateCustomerGateway",
            json!({"PublicIp": "198.51.100.1"}),
            json!({"CustomerGatewayId": "cgw-1", "IpAddress": "198.51.100.2"}),
            false,
        ),
        (
            "DHCP option set",
            "CreateDhcpOptions",
            json!({"DhcpConfiguration.1.Key": "ntp-servers", "DhcpConfiguration.1.Value.1": "10.0.0.1",
                "DhcpConfiguration.1.Value.2": "10.0.0.2"}),
            options(&["10.0.0.2", "10.0.0.1"]),
            true,
        ),
        (
            "DHCP option set",
            "CreateDhcpOptions",
            json!({"DhcpConfiguration.1.Key": "ntp-servers", "DhcpConfiguration.1.Value.1": "10.0.0.1"}),
            options(&["10.0.0.1", "10.0.0.2"]),
            false,
        ),
        (
            "volume",
            "CreateVolume",
            json!({"Size": "1", "Encrypted": "true", "TagSpecification.1.Tag.1.Key": "k",
                "TagSpecification.1.Tag.1.Value": "v"}),
            json!({"VolumeId": "vol-1", "Size": 1, "Encrypted": true,
                "Tags": [{"Key": "k", "Value": "v"}]}),
            true,
        ),
        (
            "volume",
            "CreateVolume",
            json!({"Size": "1", "TagSpecification.1.Tag.1.Key": "k"}),
            json!({"VolumeId": "vol-1", "Size": 1}),
            false,
        ),
    ] {
        let known = Kind::named(kind).expect(kind);
        let items = known.items.trim_end_matches("[]");
        let book = book(&[before(kind, &[]), intent(1, action, asked.clone())]);
        let there = listing(&[(kind, json!({ items: [seen] }))]);
        let searched = searched(&book, &there, soon());
        assert_eq!(searched.found.len(), usize::from(fits), "{asked}");
        assert!(searched.unsure.is_empty(), "{asked}");
    }
}

/// What was found for a call is not found again for it when it is gone.
#[test]
fn a_call_makes_no_more_than_it_asked_for() {
    let asked = intent(1, "CreateVpc", json!({"CidrBlock": "10.7.0.0/16"}));
    let book = book(&[before("VPC", &[]), asked]);
    let there = listing(&[vpcs(&[vpc("vpc-2", "10.7.0.0/16")])]);
    let discovered = BTreeMap::from([("vpc-1".to_owned(), (1, String::new()))]);
    let ours = Ours::of(&book);
    let searched = search(&book, &there, &ours, &mark(), &discovered, soon());
    assert_eq!(ids(&searched), (vec![], vec![]), "vpc-1 was its VPC");
    assert!(searched.missing.is_empty());
}

#[test]
fn names_and_tags() {
    let thing = |kind: &str, value: Value| Thing::new(Kind::named(kind).expect(kind), value);
    let key =
        thing("key pair", json!({"KeyName": "parallax-1a2b3c4d-key-pairs-x"})).expect("named");
    let longest = thing("key pair", json!({"KeyName": "1a2b3c4d-nnnn"})).expect("named");
    let other = thing("key pair", json!({"KeyName": "parallax-ffffffff-x"})).expect("named");
    let own = thing("key pair", json!({"KeyName": "parallax-keyboard"})).expect("named");
    let tagged = json!({"VpcId": "vpc-1", "Tags": [{"Key": "k", "Value": "parallax-1a2b3c4d-x"}]});
    let tagged = thing("VPC", tagged).expect("named");
    let image = json!({"ImageId": "ami-1", "Name": "debian",
        "Tags": [{"Key": "parallax-1a2b3c4d-x", "Value": ""}]});
    let image = thing("image", image).expect("named");
    for (thing, of_run, of_any) in [
        (&key, true, true),
        (&longest, true, false),
        (&other, false, true),
        (&own, false, false),
        (&tagged, true, true),
        (&image, false, false),
    ] {
        assert_eq!(mark().on(thing).is_some(), of_run, "{}", thing.id());
        assert_eq!(Mark::AnyRun.on(thing).is_some(), of_any, "{}", thing.id());
    }
    assert!(thing("VPC", json!({"CidrBlock": "10.0.0.0/16"})).is_none(), "nothing names it");
}

/// What lies in something goes before it.
#[test]
fn the_order_of_removal() {
    for kind in &KINDS {
        for (_, parent) in kind.parents {
            let parent = Kind::named(parent).expect(parent);
            // What is attached to an instance is let go of by its end; volumes and snapshots are made
            // of each other.
            let after = ["instance", "snapshot"].contains(&parent.name);
            assert!(after || kind.rank < parent.rank, "{} in {}", kind.name, parent.name);
        }
    }
}

#[test]
fn only_what_can_be_there_is_listed() {
    let names = |lines: &[Value]| {
        kinds_of(Some(&book(lines))).into_iter().map(|kind| kind.name).collect::<Vec<_>>()
    };
    assert_eq!(names(&[]), Vec::<&str>::new());
    assert_eq!(names(&[intent(1, "CreateKeyPair", json!({}))]), ["key pair"]);
    let volumes = names(&[intent(1, "CreateVolume", json!({}))]);
    assert_eq!(volumes, ["image", "snapshot", "volume"]);
    assert!(names(&[intent(1, "CreateVpc", json!({}))]).len() > 15);
    assert_eq!(kinds_of(None).len(), KINDS.len());
}

#[test]
fn what_is_let_go_of_first() {
    let calls = |kind: &str, value: Value, tries| {
        let thing = Thing::new(Kind::named(kind).expect(kind), value).expect("named");
        json!(loosen(&thing, tries))
    };
    let gateway = json!({"InternetGatewayId": "igw-1", "Attachments": [{"VpcId": "vpc-1"}]});
    assert_eq!(
        calls("internet gateway", gateway, 0),
        json!([["DetachInternetGateway", {"InternetGatewayId": "igw-1", "VpcId": "vpc-1"}]])
    );
    let interface = |index: u32| {
        json!({"NetworkInterfaceId": "eni-1",
            "Attachment": {"AttachmentId": "eni-attach-1", "DeviceIndex": index}})
    };
    assert_eq!(calls("network interface", interface(0), 0), json!([]), "it goes with its instance");
    assert_eq!(
        calls("network interface", interface(1), 0),
        json!([["DetachNetworkInterface", {"AttachmentId": "eni-attach-1", "Force": true}]])
    );
    let address = json!({"AllocationId": "eipalloc-1", "AssociationId": "eipassoc-1"});
    assert_eq!(
        calls("address", address, 0),
        json!([["DisassociateAddress", {"AssociationId": "eipassoc-1"}]])
    );
    let rule = |group: &str| {
        json!({"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [],
            "UserIdGroupPairs": [{"GroupId": group, "UserId": "1"}]})
    };
    let group = json!({"GroupId": "sg-1", "GroupName": "g", "IpPermissions": [rule("sg-2")],
        "IpPermissionsEgress": [{"IpProtocol": "-1", "UserIdGroupPairs": []}]});
    assert_eq!(calls("security group", group.clone(), 0), json!([]));
    assert_eq!(
        calls("security group", group, 1),
        json!([["RevokeSecurityGroupIngress", {"GroupId": "sg-1", "IpPermissions": [
            {"UserIdGroupPairs": [{"GroupId": "sg-2"}], "IpProtocol": "tcp", "FromPort": 22,
             "ToPort": 22}]}]])
    );
    let protected = json!({"InstanceId": "i-1"});
    assert_eq!(calls("instance", protected.clone(), 0), json!([]));
    let off = json!({"InstanceId": "i-1", "DisableApiTermination": {"Value": false}});
    assert_eq!(calls("instance", protected, 1), json!([["ModifyInstanceAttribute", off]]));
}
