//! Operators on the elements inside an answer.

use parallax::model::ShapeKind;
use uuid::Uuid;

use super::change::Change;
use super::node::Node;
use super::operator::{BREAKING, COSMETIC, DIVERGENT, Expect, GRAVE, NOTICED};
use super::sites::{Kind, Site};
use super::statistics::{Look, Presence, Statistics, is_needed};

/// Tells of a change: the operator, the change, and what has to be found.
pub type Tell<'a> = &'a mut dyn FnMut(&'static str, Change, Expect);

/// Every change to one element.
pub fn changes(action: &str, site: &Site<'_>, node: &Node, known: &Statistics, tell: Tell<'_>) {
    if site.member_of.is_some() {
        names(action, site, node, known, tell);
    }
    match site.kind {
        Kind::Structure(_) => structure(action, site, node, known, tell),
        Kind::List(list) => items(node, &list.item_name, tell),
        Kind::Scalar(kind) => {
            if site.member_of.is_some() {
                tell("duplicate", Change::Duplicate, DIVERGENT);
            }
            tell("type-structure", Change::Nest, BREAKING);
            if !node.text.is_empty() {
                value(action, site, kind, &node.text, known, tell);
            }
        }
    }
}

/// What is to be found if a member is gone.
fn gone(presence: Presence) -> Expect {
    match presence {
        Presence::Always => BREAKING,
        Presence::Usually => GRAVE,
        Presence::Sometimes => Expect::Unnoticeable,
    }
}

fn names(action: &str, site: &Site<'_>, node: &Node, known: &Statistics, tell: Tell<'_>) {
    let Some((parent, structure)) = &site.member_of else { return };
    let presence = known.presence(action, parent, &site.path);
    tell("drop", Change::Drop, gone(presence));
    // What is left under another name is one more that AWS does not have, and shows that the member
    // would have been there.
    let expect = match gone(presence) {
        Expect::Unnoticeable => NOTICED,
        expect => expect,
    };
    tell("rename", Change::Rename(format!("{}X", node.name)), expect);
    let other_case = other_case(&node.name);
    if structure.by_wire_name(&other_case).is_none() {
        tell("rename-case", Change::Rename(other_case), expect);
    }
    // Innermost is its own parent.
    if let Some((length, around)) = site.around.get(1)
        && around.by_wire_name(&node.name).is_none()
    {
        tell("move", Change::Move(*length), expect);
    }
}

/// The name with its first letter in the other case.
fn other_case(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|c| match c.is_ascii_uppercase() {
        true => c.to_ascii_lowercase(),
        false => c.to_ascii_uppercase(),
    });
    first.into_iter().chain(letters).collect()
}

fn structure(action: &str, site: &Site<'_>, node: &Node, known: &Statistics, tell: Tell<'_>) {
    if node.children.is_empty() {
        return;
    }
    tell("extra", Change::Extra("cloudName".to_owned()), COSMETIC);
    let members = gone(known.presence_below(action, &site.path));
    tell("empty-structure", Change::Text(String::new()), members);
    // Text where no structure of AWS's has any is there to be noticed in any case.
    let expect = match members {
        Expect::Unnoticeable => GRAVE,
        expect => expect,
    };
    tell("type-text", Change::Text("text".to_owned()), expect);
}

fn items(node: &Node, item: &str, tell: Tell<'_>) {
    if node.children.is_empty() {
        return;
    }
    let other = if item == "member" { "item" } else { "member" };
    tell("items-renamed", Change::RenameItems(other.to_owned()), BREAKING);
    tell("items-wrapped", Change::WrapItems, BREAKING);
    tell("items-unwrapped", Change::UnwrapItems, BREAKING);
    tell("items-text", Change::Text("text".to_owned()), BREAKING);
    if node.children.len() > 1 {
        tell("list-repeated", Change::Repeat, BREAKING);
    }
}

fn value(
    action: &str,
    site: &Site<'_>,
    kind: &ShapeKind,
    text: &str,
    known: &Statistics,
    tell: Tell<'_>,
) {
    let mut to = |name, text: &str, expect| tell(name, Change::Text(text.to_owned()), expect);
    let padded = format!(" {text} ");
    match kind {
        ShapeKind::Integer(_) | ShapeKind::Long(_) => {
            to("number-word", "many", BREAKING);
            to("number-overflow", "99999999999999999999", BREAKING);
            to("number-fraction", "1.5", BREAKING);
            to("padded", &padded, BREAKING);
            to("empty", "", BREAKING);
        }
        ShapeKind::Double | ShapeKind::Float => {
            to("number-word", "many", BREAKING);
            to("empty", "", BREAKING);
        }
        ShapeKind::Boolean => {
            to("boolean-case", &other_case(text), BREAKING);
            to("boolean-case", &text.to_ascii_uppercase(), BREAKING);
            to("boolean-word", if text == "true" { "1" } else { "0" }, BREAKING);
            to("boolean-word", if text == "true" { "yes" } else { "no" }, BREAKING);
            to("padded", &padded, BREAKING);
            to("empty", "", BREAKING);
        }
        ShapeKind::Timestamp => {
            time(text, &mut to);
            to("padded", &padded, BREAKING);
            to("empty", "", BREAKING);
        }
        ShapeKind::String(string) if !string.enum_values.is_empty() => {
            to("enum-value", "unheard-of", DIVERGENT);
            let case = match text.to_ascii_uppercase() {
                upper if upper != text => upper,
                _ => text.to_ascii_lowercase(),
            };
            if case != text && !string.enum_values.contains(&case) {
                to("enum-case", &case, DIVERGENT);
            }
            to("empty", "", never_empty(action, site, known));
        }
        _ => {
            look(text, known.look(action, &site.path), &mut to);
            if known.is_of_what_is_around(action, &site.path) {
                to("id-around", &other_id(text), DIVERGENT);
            }
            to("empty", "", never_empty(action, site, known));
        }
    }
}

/// Another id of the same kind.
pub fn other_id(id: &str) -> String {
    let (start, last) = id.split_at(id.len() - 1);
    format!("{start}{}", if last == "0" { "1" } else { "0" })
}

fn never_empty(action: &str, site: &Site<'_>, known: &Statistics) -> Expect {
    match known.is_never_empty(action, &site.path) {
        // An id or a state that is no text at all.
        _ if is_needed(action, &site.path) => BREAKING,
        true => DIVERGENT,
        false => Expect::Unnoticeable,
    }
}

fn time(text: &str, to: &mut dyn FnMut(&'static str, &str, Expect)) {
    let Ok(time) = text.parse::<jiff::Timestamp>() else { return };
    let plain = text.trim_end_matches('Z');
    to("time-word", "yesterday", BREAKING);
    to("time-no-zone", plain, BREAKING);
    to("time-offset", &format!("{plain}+00:00"), DIVERGENT);
    to("time-space", &text.replace('T', " "), BREAKING);
    to("time-basic", &text.replace(['-', ':'], ""), BREAKING);
    to("time-lower", &text.to_ascii_lowercase(), DIVERGENT);
    to("time-minutes", &format!("{}Z", text.get(..16).unwrap_or_default()), BREAKING);
    to("time-epoch", &time.as_second().to_string(), BREAKING);
    to("time-date", text.get(..10).unwrap_or_default(), BREAKING);
}

fn look(text: &str, look: Option<&Look>, to: &mut dyn FnMut(&'static str, &str, Expect)) {
    match look {
        Some(Look::Id(prefix)) => {
            let digits = &text[prefix.len() + 1..];
            // A prefix that AWS has for nothing.
            // How grave it is depends on how many recordings show the kind.
            to("id-prefix", &format!("zz-{digits}"), GRAVE);
            let uuid = Uuid::new_v5(&Uuid::NAMESPACE_URL, text.as_bytes());
            to("id-uuid", &uuid.to_string(), DIVERGENT);
            to("id-case", &format!("{prefix}-A{}", digits[1..].to_uppercase()), DIVERGENT);
            to("id-length", &format!("{prefix}-0123456789ab"), DIVERGENT);
            to("id-no-dash", &format!("{}{digits}", prefix.replace('-', "")), DIVERGENT);
            to("padded", &format!(" {text} "), DIVERGENT);
        }
        Some(Look::Other(_)) => to("form", "unexpected", DIVERGENT),
        None => {}
    }
}
