//! What is expected of a value, and what a value is: one type, so that samples can be joined and
//! an answer compared without translation.

use std::collections::BTreeMap;

use serde_json::{Map, Number, Value, json};

use super::text::{self, Piece};
use crate::judge::canonical::Canonical;

/// A value, or what several have in common.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    /// Nothing can be said.
    Anything,
    /// Null.
    Null,
    /// A truth value; `None` if it varies.
    Bool(Option<bool>),
    /// A number; `None` if it varies.
    Number(Option<Number>),
    /// A text of these pieces.
    Text(Vec<Piece>),
    /// A text that varies; whether it may be empty.
    AnyText { empty: bool },
    /// A list without order.
    List {
        /// Items that are always there.
        items: Vec<Node>,
        /// What further items look like; `None` if there are none.
        rest: Option<Box<Node>>,
    },
    /// Members by name.
    Map(BTreeMap<String, Member>),
}

/// A member of a structure.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Member {
    /// What is expected of it.
    pub node: Node,
    /// Whether some samples do not have it.
    pub optional: bool,
}

impl Node {
    /// The tree of a value in a sample.
    pub(super) fn of(value: &Value, names: &Canonical, sample: usize) -> Node {
        match value {
            Value::Null => Node::Null,
            Value::Bool(value) => Node::Bool(Some(*value)),
            Value::Number(number) => Node::Number(Some(number.clone())),
            Value::String(text) => Node::Text(text::pieces(text, names, sample)),
            Value::Array(items) => Node::List {
                items: items.iter().map(|item| Node::of(item, names, sample)).collect(),
                rest: None,
            },
            Value::Object(map) => Node::Map(
                map.iter()
                    .map(|(name, value)| {
                        let node = Node::of(value, names, sample);
                        (name.clone(), Member { node, optional: false })
                    })
                    .collect(),
            ),
        }
    }

    /// Whether it holds something that the case made or chose.
    pub(super) fn has_own(&self) -> bool {
        match self {
            Node::Text(pieces) => {
                pieces.iter().any(|piece| matches!(piece, Piece::Name { own: true, .. }))
            }
            Node::List { items, .. } => items.iter().any(Node::has_own),
            Node::Map(members) => members.values().any(|member| member.node.has_own()),
            _ => false,
        }
    }

    /// As it stands in a baseline.
    pub(super) fn write(&self) -> Value {
        let any = |what: &str| json!({"$any": what});
        match self {
            Node::Anything => any("value"),
            Node::Null => Value::Null,
            Node::Bool(Some(value)) => json!(value),
            Node::Bool(None) => any("boolean"),
            Node::Number(Some(number)) => Value::Number(number.clone()),
            Node::Number(None) => any("number"),
            Node::Text(pieces) => json!(text::write(pieces)),
            Node::AnyText { empty: false } => any("text"),
            Node::AnyText { empty: true } => any("text or empty text"),
            Node::List { items, rest } => {
                let items: Vec<Value> = items.iter().map(Node::write).collect();
                match rest {
                    None => Value::Array(items),
                    Some(rest) => json!({"$items": items, "$further": rest.write()}),
                }
            }
            Node::Map(members) => Value::Object(
                members
                    .iter()
                    .map(|(name, member)| {
                        let mark = if member.optional { "?" } else { "" };
                        (format!("{name}{mark}"), member.node.write())
                    })
                    .collect(),
            ),
        }
    }

    /// Reads what [`Node::write`] wrote.
    ///
    /// # Errors
    /// Names what is not known.
    pub(super) fn read(value: &Value) -> Result<Node, String> {
        Ok(match value {
            Value::Null => Node::Null,
            Value::Bool(value) => Node::Bool(Some(*value)),
            Value::Number(number) => Node::Number(Some(number.clone())),
            Value::String(text) => Node::Text(text::read(text)),
            Value::Array(items) => Node::List { items: read_all(items)?, rest: None },
            Value::Object(map) if map.contains_key("$any") => any(map)?,
            Value::Object(map) if map.contains_key("$items") => {
                let items = map.get("$items").and_then(Value::as_array);
                let items = items.ok_or("`$items` is no list")?;
                let further = map.get("$further").ok_or("`$items` without `$further`")?;
                Node::List { items: read_all(items)?, rest: Some(Box::new(Node::read(further)?)) }
            }
            Value::Object(map) => {
                let mut members = BTreeMap::new();
                for (name, value) in map {
                    let (name, optional) = match name.strip_suffix('?') {
                        Some(name) => (name, true),
                        None => (name.as_str(), false),
                    };
                    members.insert(name.to_owned(), Member { node: Node::read(value)?, optional });
                }
                Node::Map(members)
            }
        })
    }
}

fn read_all(items: &[Value]) -> Result<Vec<Node>, String> {
    items.iter().map(Node::read).collect()
}

fn any(map: &Map<String, Value>) -> Result<Node, String> {
    Ok(match map.get("$any").and_then(Value::as_str) {
        Some("value") => Node::Anything,
        Some("boolean") => Node::Bool(None),
        Some("number") => Node::Number(None),
        Some("text") => Node::AnyText { empty: false },
        Some("text or empty text") => Node::AnyText { empty: true },
        _ => return Err(format!("`$any` is none of the known kinds: {}", json!(map))),
    })
}
