//! What real clouds do to lists, ids, times and names, and what of it is a difference.

use serde_json::{Value, json};

use super::compare::Comparison;
use super::differ::Kind;
use super::join::{Things, join};
use super::node::Node;
use crate::judge::canonical::{Canonical, NameKind};

/// An answer, and the id of the VPC that the case made.
struct Sample {
    vpc: &'static str,
    answer: Value,
}

fn sample(vpc: &'static str, answer: Value) -> Sample {
    Sample { vpc, answer }
}

fn node(sample: &Sample, number: usize) -> Node {
    let (vpc, name) = (json!(sample.vpc), json!("parallax-0a1b2c3d-größe"));
    let region = json!("us-east-1");
    let given = [("name", &name, NameKind::Own), ("region", &region, NameKind::Place)];
    let names = Canonical::of(given, [("vpc", &vpc)]);
    Node::of(&sample.answer, &names, number)
}

/// What the samples have in common, as it is written into a baseline.
fn learned(samples: &[Sample]) -> Value {
    let nodes = samples.iter().enumerate().map(|(number, sample)| node(sample, number));
    let mut joined = nodes.reduce(join).expect("a sample");
    Things::default().number(&mut joined);
    joined.write()
}

/// Paths and kinds of the differences of an answer from samples.
fn differences(samples: &[Sample], actual: &Sample) -> Vec<(String, Kind)> {
    let written = learned(samples);
    let expected = Node::read(&written).expect("what was written is read");
    let mut comparison = Comparison::default();
    comparison.compare("", &expected, &node(actual, 0));
    comparison.take().into_iter().map(|d| (d.path, d.kind)).collect()
}

const LONG: &str = "vpc-0123456789abcdef0";
const SHORT: &str = "vpc-1a2b3c4d";
const OTHER: &str = "2f6f0a53-9a6b-4f7c-8f0e-5d1f4b6c7d8e";

/// What is no difference: each pair is the same behaviour.
#[test]
fn what_is_the_same() {
    let same = |what: &str, one: Sample, other: Sample| {
        assert_eq!(differences(&[one], &other), [], "{what}");
    };
    let vpc = |id: &'static str| sample(id, json!({"VpcId": id, "Arn": format!("arn:x:vpc/{id}")}));
    same("ids of 17 and of 8 digits", vpc(LONG), vpc(SHORT));
    same("ids without AWS's form", vpc(LONG), vpc(OTHER));
    same("an id that is a number", vpc(LONG), vpc("4711"));
    let time = |text: &str| sample(LONG, json!({"At": text}));
    same(
        "times with and without fractions",
        time("2026-01-31T12:00:00.000Z"),
        time("2026-02-01T00:00:01Z"),
    );
    let list = |a: &str, b: &str| {
        let items =
            json!([{"Key": a, "Value": format!("of {a}")}, {"Key": b, "Value": format!("of {b}")}]);
        sample(LONG, json!({"Tags": items}))
    };
    same("lists in another order", list("ä", "日本"), list("日本", "ä"));
    same(
        "lists of words in another order",
        sample(LONG, json!({"Zones": ["a", "b"]})),
        sample(LONG, json!({"Zones": ["b", "a"]})),
    );
    let twice = |id: &'static str| {
        sample(id, json!({"Vpcs": [{"VpcId": id, "N": 1}, {"VpcId": id, "N": 2}]}))
    };
    same("the same id twice", twice(LONG), twice(SHORT));
    let named = json!({"Name": "parallax-0a1b2c3d-größe", "Text": "in parallax-0a1b2c3d-größe"});
    same("names beyond ASCII", sample(LONG, named.clone()), sample(SHORT, named));
    let mut deep = json!("end");
    for _ in 0..60 {
        deep = json!({"Deeper": [deep]});
    }
    same("deep nesting", sample(LONG, deep.clone()), sample(SHORT, deep));
    let zone = |name: &str| sample(LONG, json!({"Zone": name, "ZoneId": "use1-az4"}));
    same("zones that nobody asked for", zone("us-east-1a"), zone("us-east-1d"));
    let angled = json!({"Text": "<vpc> << a < b", "Empty": ""});
    same("angle brackets", sample(LONG, angled.clone()), sample(SHORT, angled));
}

/// What is a difference, where, and of which kind.
#[test]
fn what_differs() {
    let differ = |recorded: Value, actual: Value| {
        differences(&[sample(LONG, recorded)], &sample(SHORT, actual))
    };
    let one = |path: &str, kind| vec![(path.to_owned(), kind)];
    assert_eq!(
        differ(json!({"VpcId": LONG}), json!({"VpcId": LONG})),
        one("VpcId", Kind::Identity),
        "another's id"
    );
    assert_eq!(
        differ(json!({"VpcId": LONG}), json!({"VpcId": "<vpc>"})),
        one("VpcId", Kind::Identity),
        "a name spelt out"
    );
    assert_eq!(
        differ(
            json!({"A": "sg-11111111", "B": "sg-11111111"}),
            json!({"A": "sg-22222222", "B": "sg-33333333"})
        ),
        one("B", Kind::Identity),
        "one thing is two"
    );
    assert_eq!(
        differ(
            json!({"A": "sg-11111111", "B": "sg-22222222"}),
            json!({"A": "sg-33333333", "B": "sg-33333333"})
        ),
        one("B", Kind::Identity),
        "two things are one"
    );
    assert_eq!(
        differ(json!({"A": "sg-11111111"}), json!({"A": "eni-11111111"})),
        one("A", Kind::Value),
        "a thing of another kind"
    );
    assert_eq!(
        differ(json!({"A": 1}), json!({"A": "1"})),
        one("A", Kind::Value),
        "a number as text"
    );
    assert_eq!(
        differ(json!({"A": true}), json!({"A": "True"})),
        one("A", Kind::Value),
        "a boolean in another case"
    );
    assert_eq!(
        differ(json!({"A": "2026-01-31T12:00:00Z"}), json!({"A": "yesterday"})),
        one("A", Kind::Value),
        "no time"
    );
    assert_eq!(differ(json!({"A": 1}), json!({})), one("A", Kind::MissingMember));
    assert_eq!(differ(json!({}), json!({"unknown": "x"})), one("unknown", Kind::ExtraMember));
    assert_eq!(differ(json!({"L": []}), json!({})), one("L", Kind::MissingList));
    assert_eq!(
        differ(json!({"A": ""}), json!({})),
        one("A", Kind::MissingMember),
        "empty is not absent"
    );
    assert_eq!(
        differ(json!({"L": ["a", "b"]}), json!({"L": ["a"]})),
        one("L[]", Kind::MissingItem)
    );
    assert_eq!(differ(json!({"L": ["a"]}), json!({"L": ["a", "b"]})), one("L[]", Kind::ExtraItem));
    let rule = |port: u16| json!({"FromPort": port, "ToPort": port, "IpProtocol": "tcp"});
    assert_eq!(
        differ(json!({"L": [rule(22), rule(80)]}), json!({"L": [rule(80), rule(23)]})),
        [("L[].FromPort".to_owned(), Kind::Value), ("L[].ToPort".to_owned(), Kind::Value)]
    );
}

/// What varies between samples becomes a kind; what does not stays strict.
#[test]
fn what_is_learned() {
    let samples = [
        sample(
            LONG,
            json!({"VpcId": LONG, "Ip": "10.0.0.4", "Fixed": "10.0.0.1", "Size": 8, "On": true, "Note": "a", "Peer": "sg-11111111", "Sometimes": 1}),
        ),
        sample(
            SHORT,
            json!({"VpcId": SHORT, "Ip": "10.0.0.9", "Fixed": "10.0.0.1", "Size": 9, "On": true, "Note": "bc", "Peer": "sg-22222222"}),
        ),
    ];
    let written = learned(&samples);
    let expected = json!({
        "Fixed": "10.0.0.1", "Ip": "<ip:?1>", "Note": {"$any": "text"}, "On": true, "Peer": "<sg:?1>",
        "Size": {"$any": "number"}, "Sometimes?": 1, "VpcId": "<vpc>",
    });
    assert_eq!(written, expected);
    let mut other = json!({"VpcId": OTHER, "Ip": "10.0.0.77", "Fixed": "10.0.0.1", "Size": 1, "On": true, "Note": "x", "Peer": "sg-33333333"});
    assert_eq!(differences(&samples, &sample(OTHER, other.clone())), []);
    other["Fixed"] = json!("10.0.0.2");
    other["Note"] = json!("");
    let found = differences(&samples, &sample(OTHER, other));
    assert_eq!(found, [("Fixed".to_owned(), Kind::Value), ("Note".to_owned(), Kind::Value)]);
}

/// Items that only some samples have stand for those that may be there.
#[test]
fn further_items_are_like_those_seen() {
    let group = |name: &str, vpc: &str| json!({"GroupName": name, "VpcId": vpc});
    let samples = [
        sample(LONG, json!({"Groups": [group("default", LONG)]})),
        sample(SHORT, json!({"Groups": [group("extra", SHORT), group("default", SHORT)]})),
    ];
    let other = |items: Value| sample(OTHER, json!({"Groups": items}));
    assert_eq!(differences(&samples, &other(json!([group("default", OTHER)]))), []);
    let three = json!([group("default", OTHER), group("extra", OTHER), group("extra", OTHER)]);
    assert_eq!(differences(&samples, &other(three)), []);
    let foreign = json!([group("default", OTHER), group("extra", LONG)]);
    let found = differences(&samples, &other(foreign));
    assert_eq!(found, [("Groups[].VpcId".to_owned(), Kind::Identity)]);
}
