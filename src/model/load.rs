//! Reads the table that `ci/model.py` writes. The table is compiled in and every test reads all of
//! it, so what is wrong with it is a bug of ours and panics.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{MapAccess, Visitor};
use serde_json::{Number, Value};

use super::ec2::Model;
use super::facts::{
    Action, Identifier, List, Member, Paginator, Range, Shape, ShapeId, ShapeKind, Structure, Text,
};
use super::sensitive;
use super::waiter::{Acceptor, ErrorExpect, Matcher, Waiter, WaiterState};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table<'a> {
    #[serde(borrow)]
    about: About<'a>,
    #[serde(borrow)]
    actions: Entries<'a, RawAction<'a>>,
    #[serde(borrow)]
    shapes: Entries<'a, RawShape<'a>>,
    #[serde(borrow)]
    waiters: Entries<'a, RawWaiter<'a>>,
    #[serde(borrow)]
    identifiers: Entries<'a, RawIdentifier<'a>>,
}

#[derive(Deserialize)]
struct About<'a> {
    source: &'a str,
    resources: &'a str,
    published: &'a str,
    api_version: &'a str,
    xml_namespace: &'a str,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAction<'a> {
    input: Option<&'a str>,
    output: Option<&'a str>,
    #[serde(default)]
    filters: Vec<String>,
    creates: Option<String>,
    paginator: Option<RawPaginator>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawIdentifier<'a> {
    member: &'a str,
    by: &'a str,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPaginator {
    input_token: String,
    output_token: String,
    limit_key: Option<String>,
    result_key: Vec<String>,
    more_results: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawShape<'a> {
    /// Absent from structures and lists, which are known by `members` and `member`.
    r#type: Option<&'a str>,
    #[serde(default)]
    sensitive: bool,
    #[serde(default, borrow)]
    required: Vec<&'a str>,
    min: Option<Number>,
    max: Option<Number>,
    pattern: Option<String>,
    #[serde(default)]
    r#enum: Vec<String>,
    #[serde(borrow)]
    members: Option<Entries<'a, RawMember<'a>>>,
    #[serde(borrow)]
    member: Option<RawMember<'a>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct RawMember<'a> {
    shape: &'a str,
    location_name: Option<String>,
    query_name: Option<String>,
    #[serde(default)]
    idempotency_token: bool,
    #[serde(default)]
    deprecated: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct RawWaiter<'a> {
    operation: &'a str,
    delay: u32,
    max_attempts: u32,
    #[serde(borrow)]
    acceptors: Vec<RawAcceptor<'a>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAcceptor<'a> {
    state: &'a str,
    matcher: &'a str,
    argument: Option<String>,
    expected: Value,
}

/// An object's entries in the order of the file, which is AWS's order of members.
struct Entries<'a, T>(Vec<(&'a str, T)>);

impl<'de: 'a, 'a, T: Deserialize<'de>> Deserialize<'de> for Entries<'a, T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder<'a, T>(PhantomData<(&'a str, T)>);

        impl<'de: 'a, 'a, T: Deserialize<'de>> Visitor<'de> for InOrder<'a, T> {
            type Value = Entries<'a, T>;

            fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }

        deserializer.deserialize_map(InOrder(PhantomData))
    }
}

/// Shape names to ids.
struct Ids<'a>(HashMap<&'a str, ShapeId>);

impl Ids<'_> {
    fn of(&self, name: &str) -> ShapeId {
        *self.0.get(name).unwrap_or_else(|| panic!("the model has no shape {name}"))
    }
}

/// The model in a table's text.
pub(super) fn model(text: &str) -> Model {
    let table: Table = serde_json::from_str(text).expect("the table is what ci/model.py wrote");
    let numbered = table.shapes.0.iter().zip(0..);
    let ids = Ids(numbered.map(|((name, _), id)| (*name, ShapeId(id))).collect());

    let mut actions: Vec<Action> =
        table.actions.0.into_iter().map(|(name, raw)| action(name, raw, &ids)).collect();
    let mut waiters: Vec<Waiter> =
        table.waiters.0.into_iter().map(|(name, raw)| waiter(name, raw)).collect();
    // The file is sorted already; the searches must not depend on who wrote it.
    actions.sort_by(|a, b| a.name.cmp(&b.name));
    waiters.sort_by(|a, b| a.name.cmp(&b.name));

    let identifiers = table.identifiers.0.into_iter().map(|(shape, raw)| {
        let identifier = Identifier { member: raw.member.to_owned(), by: raw.by.to_owned() };
        (ids.of(shape), identifier)
    });

    let mut model = Model {
        identifiers: identifiers.collect(),
        source: table.about.source.to_owned(),
        published: table.about.published.to_owned(),
        resources: table.about.resources.to_owned(),
        api_version: table.about.api_version.to_owned(),
        xml_namespace: table.about.xml_namespace.to_owned(),
        actions,
        waiters,
        shapes: table.shapes.0.into_iter().map(|(name, raw)| shape(name, raw, &ids)).collect(),
        sensitive_names: BTreeSet::new(),
    };
    model.sensitive_names = sensitive::names(&model);
    model
}

fn action(name: &str, raw: RawAction, ids: &Ids) -> Action {
    Action {
        name: name.to_owned(),
        input: raw.input.map(|shape| ids.of(shape)),
        output: raw.output.map(|shape| ids.of(shape)),
        filters: raw.filters,
        creates: raw.creates,
        paginator: raw.paginator.map(|paginator| Paginator {
            input_token: paginator.input_token,
            output_token: paginator.output_token,
            limit_key: paginator.limit_key,
            result_keys: paginator.result_key,
            more_results: paginator.more_results,
        }),
    }
}

fn shape(name: &str, raw: RawShape, ids: &Ids) -> Shape {
    let sensitive = raw.sensitive;
    let kind = match raw {
        RawShape { members: Some(members), required, .. } => {
            let member = |(name, raw)| member(name, raw, &required, ids);
            ShapeKind::Structure(Structure::new(members.0.into_iter().map(member).collect()))
        }
        RawShape { member: Some(item), min, max, .. } => ShapeKind::List(List {
            item: ids.of(item.shape),
            item_name: item.location_name.unwrap_or_else(|| "member".to_owned()),
            min: size(min),
            max: size(max),
        }),
        RawShape { r#type: Some(scalar), min, max, pattern, r#enum, .. } => match scalar {
            "string" => ShapeKind::String(Text {
                enum_values: r#enum,
                min: size(min),
                max: size(max),
                pattern,
            }),
            "integer" => ShapeKind::Integer(range(min, max)),
            "long" => ShapeKind::Long(range(min, max)),
            "double" => ShapeKind::Double,
            "float" => ShapeKind::Float,
            "boolean" => ShapeKind::Boolean,
            "timestamp" => ShapeKind::Timestamp,
            "blob" => ShapeKind::Blob,
            other => panic!("shape {name} is of an unknown type, {other}"),
        },
        _ => panic!("shape {name} has no type"),
    };
    Shape { name: name.to_owned(), kind, sensitive }
}

fn member(name: &str, raw: RawMember, required: &[&str], ids: &Ids) -> Member {
    Member {
        name: name.to_owned(),
        shape: ids.of(raw.shape),
        required: required.contains(&name),
        idempotency_token: raw.idempotency_token,
        deprecated: raw.deprecated,
        location_name: raw.location_name,
        query_name: raw.query_name,
    }
}

fn size(limit: Option<Number>) -> Option<u64> {
    limit.map(|limit| limit.as_u64().expect("a length is a whole number"))
}

fn range(min: Option<Number>, max: Option<Number>) -> Range {
    let whole = |limit: Number| limit.as_i64().expect("an integer's limit is a whole number");
    Range { min: min.map(whole), max: max.map(whole) }
}

fn waiter(name: &str, raw: RawWaiter) -> Waiter {
    Waiter {
        name: name.to_owned(),
        operation: raw.operation.to_owned(),
        delay_seconds: raw.delay,
        max_attempts: raw.max_attempts,
        acceptors: raw.acceptors.into_iter().map(|raw| acceptor(name, raw)).collect(),
    }
}

fn acceptor(waiter: &str, raw: RawAcceptor) -> Acceptor {
    let state = match raw.state {
        "success" => WaiterState::Success,
        "failure" => WaiterState::Failure,
        "retry" => WaiterState::Retry,
        other => panic!("waiter {waiter} has an unknown state, {other}"),
    };
    let matcher = match (raw.matcher, raw.argument, raw.expected) {
        ("path", Some(argument), expected) => Matcher::Path { argument, expected },
        ("pathAll", Some(argument), expected) => Matcher::PathAll { argument, expected },
        ("pathAny", Some(argument), expected) => Matcher::PathAny { argument, expected },
        ("error", None, expected) => Matcher::Error {
            code: match expected {
                Value::String(code) => ErrorExpect::Code(code),
                Value::Bool(true) => ErrorExpect::Any,
                Value::Bool(false) => ErrorExpect::None,
                other => panic!("waiter {waiter} expects no such error, {other}"),
            },
        },
        ("status", None, expected) => {
            let status = expected.as_u64().and_then(|status| u16::try_from(status).ok());
            Matcher::Status(status.expect("a waiter's status is an HTTP status"))
        }
        (matcher, ..) => panic!("waiter {waiter} has an unknown matcher, {matcher}"),
    };
    Acceptor { state, matcher }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = r#"{
        "about": {"source": "here", "resources": "there", "published": "2026-01-31", "api_version": "1", "xml_namespace": "urn:x", "notice": ""},
        "actions": {"B": {"input": "S"}, "A": {"output": "S"}},
        "shapes": {
            "S": {"required": ["Z"], "members": {"Z": {"shape": "L"}, "A": {"shape": "T"}}},
            "L": {"member": {"shape": "T", "locationName": "item"}, "max": 3},
            "M": {"member": {"shape": "T"}},
            "T": {"type": "string", "sensitive": true, "pattern": "\\d"}
        },
        "waiters": {"W": {"operation": "A", "delay": 1, "maxAttempts": 2, "acceptors": [
            {"state": "retry", "matcher": "error", "expected": false}]}},
        "identifiers": {"S": {"member": "Z", "by": "resource S"}}
    }"#;

    #[test]
    fn reads_a_table() {
        let model = model(SMALL);
        let names: Vec<_> = model.actions().map(|action| action.name.as_str()).collect();
        assert_eq!(names, ["A", "B"]);
        let structure = model.shape(model.action("B").unwrap().input.unwrap());
        let ShapeKind::Structure(structure) = &structure.kind else { panic!() };
        let names: Vec<_> = structure.members.iter().map(|member| member.name.as_str()).collect();
        assert_eq!(names, ["Z", "A"], "members keep AWS's order");
        assert!(structure.members[0].required && !structure.members[1].required);
        let ShapeKind::List(list) = &model.shape(structure.members[0].shape).kind else { panic!() };
        assert_eq!((list.item_name.as_str(), list.min, list.max), ("item", None, Some(3)));
        let ShapeKind::List(list) = &model.shape(ShapeId(2)).kind else { panic!() };
        assert_eq!(list.item_name, "member");
        let identifier = model.identifier(model.action("A").unwrap().output.unwrap()).unwrap();
        assert_eq!((identifier.member.as_str(), identifier.by.as_str()), ("Z", "resource S"));
        let acceptor = &model.waiter("W").unwrap().acceptors[0];
        assert_eq!(acceptor.matcher, Matcher::Error { code: ErrorExpect::None });
    }

    #[test]
    #[should_panic(expected = "unknown field `colour`")]
    fn an_unknown_trait_is_not_lost() {
        model(&SMALL.replace("\"sensitive\"", "\"colour\""));
    }
}
