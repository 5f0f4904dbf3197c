//! From nodes to a `ConfigDoc`, and what is wrong with it.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;

use super::doc::{BucketDoc, ConfigDoc, SectionDoc};
use super::refused::without_refused;
use crate::model::{Model, suggest};
use crate::probe::Jump;
use crate::syntax::{Diagnostic, MapReader, Node, NodeKind, Reader, Spanned};
use crate::target::{Bucket, Kind, LACKABLE, Rate};
use crate::wire::parse_endpoint;

/// Seconds that a request may be given.
const TIMEOUTS: std::ops::RangeInclusive<i64> = 1..=3600;

/// Reads a configuration. Every mistake is in `reader`.
pub(super) fn config(root: &Node, reader: &mut Reader) -> ConfigDoc {
    let mut doc = ConfigDoc { default: None, targets: Vec::new() };
    // A file with nothing in it has no targets, and that is all.
    if root.kind == NodeKind::Null {
        return doc;
    }
    let root = without_refused(root, reader);
    let Some(map) = reader.map_of::<ConfigDoc>(&root, "the configuration") else { return doc };
    doc.default = map.get("default").and_then(|node| reader.string(node));
    let targets = map.get("targets").filter(|node| node.kind != NodeKind::Null);
    if let Some(map) = targets.and_then(|node| reader.map(node, "targets by name")) {
        for (name, node) in map.entries {
            target_name(name, reader);
            if let Some(section) = section(&name.value, node, reader) {
                doc.targets.push((name.clone(), section));
            }
        }
        let names: BTreeSet<&str> = map.entries.iter().map(|(name, _)| name.as_str()).collect();
        if let Some(default) = doc.default.as_ref().filter(|d| !names.contains(d.as_str())) {
            reader.report(
                Diagnostic::error(format!("there is no target `{}`", default.value))
                    .at(default.span.clone(), "not below `targets`")
                    .suggest(suggest(default, names.iter().copied())),
            );
        }
    }
    doc
}

fn target_name(name: &Spanned<String>, reader: &mut Reader) {
    let ok = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || !name.chars().all(ok) {
        reader.report(
            Diagnostic::error(format!("`{}` is not a name for a target", name.value))
                .at(name.span.clone(), "only letters, digits, dots, dashes and underscores"),
        );
    }
}

fn section(name: &str, node: &Node, reader: &mut Reader) -> Option<SectionDoc> {
    let node = without_refused(node, reader);
    let map = reader.map_of::<SectionDoc>(&node, "a target")?;
    let text = |key: &str, reader: &mut Reader| map.get(key).and_then(|n| filled(n, key, reader));
    let doc = SectionDoc {
        kind: map.get("kind").and_then(|n| word(n, "kind", &["aws", "openstack", "other"], reader)),
        endpoint: map.get("endpoint").and_then(|n| endpoint(n, reader)),
        region: text("region", reader),
        profile: text("profile", reader),
        name: text("name", reader),
        ca: text("ca", reader),
        image: text("image", reader),
        instance_type: text("instance_type", reader),
        zone: text("zone", reader),
        ssh_user: text("ssh_user", reader),
        reach: map.get("reach").and_then(|n| word(n, "reach", &["direct", "jump", "none"], reader)),
        jump: map.get("jump").and_then(|n| jump(n, reader)),
        jump_key: text("jump_key", reader),
        vpc: map
            .get("vpc")
            .and_then(|n| word(n, "vpc", &["default", "no-default", "none"], reader)),
        timeout: map.get("timeout").and_then(|n| timeout(n, reader)),
        rate: map.get("rate").and_then(|n| rate(n, reader)),
        lacks: map.get("lacks").map(|n| lacks(n, reader)).unwrap_or_default(),
        quotas: map.get("quotas").map(|n| quotas(n, reader)).unwrap_or_default(),
    };
    // A kind that is misspelt may have been meant to say it.
    let other = |kind: &Spanned<Kind>| kind.value != Kind::Aws;
    let needed = doc.kind.as_ref().map_or(map.get("kind").is_none(), other);
    if map.get("endpoint").is_none() && needed {
        missing_endpoint(name, &map, reader);
    }
    Some(doc)
}

fn missing_endpoint(name: &str, map: &MapReader<'_>, reader: &mut Reader) {
    reader.report(
        Diagnostic::error(format!("the target `{name}` needs `endpoint`"))
            .at(map.span.clone(), "where is it?")
            .help("the URL of the EC2 API (`openstack catalog show ec2`), or `kind: aws`"),
    );
}

/// Text that is not empty.
fn filled(node: &Node, key: &str, reader: &mut Reader) -> Option<Spanned<String>> {
    let text = reader.string(node)?;
    if text.trim().is_empty() {
        reader.report(
            Diagnostic::error(format!("`{key}` is empty"))
                .at(text.span.clone(), "nothing is here")
                .help("leave the key out if it is not known"),
        );
        return None;
    }
    Some(text)
}

fn endpoint(node: &Node, reader: &mut Reader) -> Option<Spanned<String>> {
    let text = filled(node, "endpoint", reader)?;
    if text.value == "aws" {
        return Some(text);
    }
    match parse_endpoint(&text) {
        Ok(_) => Some(text),
        Err(error) => {
            reader.report(Diagnostic::error(error.to_string()).at(text.span, "this one"));
            None
        }
    }
}

fn jump(node: &Node, reader: &mut Reader) -> Option<Spanned<String>> {
    let text = filled(node, "jump", reader)?;
    if Jump::is_place(&text) {
        return Some(text);
    }
    reader.report(
        Diagnostic::error(format!("`{}` is no jump host", text.value))
            .at(text.span.clone(), "where, and as whom?")
            .help("write `user@host`, or `user@host:port`"),
    );
    None
}

/// One of some words.
fn word<T: DeserializeOwned>(
    node: &Node,
    key: &str,
    words: &[&str],
    reader: &mut Reader,
) -> Option<Spanned<T>> {
    let text = reader.string(node)?;
    if let Ok(value) = serde_json::from_value(serde_json::Value::from(text.value.as_str())) {
        return Some(Spanned::new(value, text.span));
    }
    let close = suggest(&text, words.iter().copied());
    let mistake = Diagnostic::error(format!("`{}` is no `{key}`", text.value))
        .at(text.span.clone(), "not known here");
    reader.report(match close {
        Some(_) => mistake.suggest(close),
        None => mistake.help(format!("one of {}", words.join(", "))),
    });
    None
}

fn timeout(node: &Node, reader: &mut Reader) -> Option<Spanned<u64>> {
    match node.kind {
        NodeKind::Integer(seconds) if TIMEOUTS.contains(&seconds) => {
            Some(Spanned::new(seconds.unsigned_abs(), node.span.clone()))
        }
        _ => {
            let (least, most) = (TIMEOUTS.start(), TIMEOUTS.end());
            reader.expected(&format!("seconds, {least} to {most},"), node);
            None
        }
    }
}

fn rate(node: &Node, reader: &mut Reader) -> Option<Spanned<Rate>> {
    let (per_second, burst) = match &node.kind {
        NodeKind::String(word) if word == "none" => {
            return Some(Spanned::new(Rate::Unlimited, node.span.clone()));
        }
        NodeKind::Mapping(_) => {
            let map = reader.map_of::<BucketDoc>(node, "a rate")?;
            let per_second = map.required("per_second", "a rate", reader)?;
            let burst = map.get("burst").and_then(|node| reader.count(node));
            (number(per_second, reader)?, burst)
        }
        _ => (number(node, reader)?, None),
    };
    match Bucket::new(per_second, burst) {
        Ok(bucket) => Some(Spanned::new(Rate::Total(bucket), node.span.clone())),
        Err(why) => {
            reader.report(Diagnostic::error(why).at(node.span.clone(), "this is none"));
            None
        }
    }
}

#[allow(clippy::cast_precision_loss, reason = "a rate has no sixteen digits")]
fn number(node: &Node, reader: &mut Reader) -> Option<f64> {
    match node.kind {
        NodeKind::Integer(n) => Some(n as f64),
        NodeKind::Float(n) => Some(n),
        _ => {
            reader.expected("requests a second (20, or 0.5), or none,", node);
            None
        }
    }
}

fn lacks(node: &Node, reader: &mut Reader) -> Vec<Spanned<String>> {
    let mut all = Vec::new();
    for node in reader.one_or_list(node) {
        let Some(text) = reader.string(node) else { continue };
        if LACKABLE.contains(&text.as_str()) || Model::ec2().action(&text).is_some() {
            all.push(text);
            continue;
        }
        let actions = Model::ec2().actions().map(|action| action.name.as_str());
        let close = suggest(&text, LACKABLE.into_iter().chain(actions));
        let mistake = Diagnostic::error(format!("`{}` is nothing that a case needs", text.value))
            .at(text.span.clone(), "neither a thing that cases use nor an action of EC2");
        reader.report(match close {
            Some(_) => mistake.suggest(close),
            None => {
                mistake.help(format!("things: {}; actions: RunInstances, …", LACKABLE.join(", ")))
            }
        });
    }
    all
}

fn quotas(node: &Node, reader: &mut Reader) -> Vec<(Spanned<String>, u32)> {
    let Some(map) = reader.map(node, "things, and how many of each may be there at once") else {
        return Vec::new();
    };
    let mut all = Vec::new();
    for (thing, node) in map.entries {
        if !LACKABLE.contains(&thing.as_str()) {
            let close = suggest(thing, LACKABLE);
            let mistake = Diagnostic::error(format!("no case uses `{}`", thing.value))
                .at(thing.span.clone(), "not known here");
            reader.report(match close {
                Some(_) => mistake.suggest(close),
                None => mistake.help(format!("one of {}", LACKABLE.join(", "))),
            });
        } else if let Some(count) = reader.count(node) {
            all.push((thing.clone(), count));
        }
    }
    all
}
