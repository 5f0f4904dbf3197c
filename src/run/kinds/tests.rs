//! The table of kinds, held against the model.

use serde_json::json;

use super::{KINDS, Kind};
use crate::model::{Model, Shape, ShapeId, ShapeKind};

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
        assert!(gone.iter().chain(kind.going).all(known), "{}", kind.name);
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
