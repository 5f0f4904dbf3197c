//! Whether a thing can be what a call made.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::time::Duration;

use serde_json::Value;

use super::{Mark, Ours, Thing};
use crate::model::{Model, ShapeKind};
use crate::run::kinds::{find, texts};
use crate::run::ledger::Deed;

/// How far the clocks of the endpoint and of the run may be apart; with more, EC2 refuses signatures.
const SKEW: Duration = Duration::from_secs(15 * 60);

/// Whether a thing can be what a call made: of its kind, with all that the call gave and that can be
/// seen of it, made about when it was sent.
pub(super) fn fits(deed: &Deed, thing: &Thing) -> bool {
    if !thing.kind.makers.contains(&deed.intent.action.as_str()) {
        return false;
    }
    let in_time = thing.made_at().is_none_or(|made| {
        let after = deed.intent.at.checked_sub(SKEW).is_ok_and(|earliest| made >= earliest);
        let before = deed.last.checked_add(SKEW).is_ok_and(|latest| made <= latest);
        after && before
    });
    let seen = |name: &str| expected_at(&deed.intent.action, name, thing);
    let given = deed.intent.parameters.as_value().as_object();
    in_time
        && given.into_iter().flatten().all(|(name, given)| match (seen(name), given.as_str()) {
            (Some(seen), Some(given)) => same(given, &seen),
            _ => true,
        })
        && tags_of(deed).iter().all(|tag| thing.tags.contains(tag))
        && same_options(deed, thing)
}

/// What shows without doubt that a thing which fits is what the call made.
pub(super) fn certain(deed: &Deed, thing: &Thing, ours: &Ours, mark: &Mark) -> Option<String> {
    if let Some(why) = named_after(deed, thing, mark) {
        return Some(why);
    }
    // Nobody else makes things in what is the run's.
    let parent = thing.parents.iter().find(|parent| ours.has(parent))?;
    Some(by(deed, &format!("lies in {parent}, and fits what was asked")))
}

/// Whether a thing bears what the call gave it to be known by: its token, or the run's name or tag.
pub(super) fn named_after(deed: &Deed, thing: &Thing, mark: &Mark) -> Option<String> {
    let token = deed.parameter("ClientToken").filter(|token| !token.is_empty());
    if token.is_some() && thing.value.get("ClientToken").and_then(Value::as_str) == token {
        return Some(by(deed, "has the client token"));
    }
    mark.on(thing).is_some().then(|| by(deed, "has the name or tag"))
}

fn by(deed: &Deed, what: &str) -> String {
    format!("{what} of {}, step {}", deed.intent.name, deed.intent.step)
}

/// Tags that the thing has beyond those that the call gave it.
pub(super) fn has_other_tags(deed: &Deed, thing: &Thing) -> bool {
    let given = tags_of(deed);
    thing.tags.iter().any(|tag| !given.contains(tag))
}

/// What is seen of a thing where a parameter of its maker would be seen; `None` if nothing is.
fn expected_at(action: &str, parameter: &str, thing: &Thing) -> Option<String> {
    if let Some((_, path)) = thing.kind.same.iter().find(|(name, _)| *name == parameter) {
        return texts(path, &thing.value).into_iter().next();
    }
    let input = Model::ec2().action(action)?.input?;
    let ShapeKind::Structure(input) = &Model::ec2().shape(input).kind else { return None };
    let member = input.members.iter().find(|member| member.query_name() == parameter)?;
    match thing.value.get(&member.name)? {
        Value::String(text) => Some(text.clone()),
        Value::Array(_) | Value::Object(_) | Value::Null => None,
        scalar => Some(scalar.to_string()),
    }
}

/// Whether a value is the one that was asked for. EC2 writes a block by its first address.
fn same(given: &str, seen: &str) -> bool {
    given == seen || matches!((block(given), block(seen)), (Some(a), Some(b)) if a == b)
}

fn block(text: &str) -> Option<(u32, u32)> {
    let (address, length) = text.split_once('/')?;
    let length: u32 = length.parse().ok().filter(|length| *length <= 32)?;
    let mask = u32::MAX.checked_shl(32 - length).unwrap_or(0);
    Some((u32::from(address.parse::<Ipv4Addr>().ok()?) & mask, length))
}

/// The tags that a call gives what it makes: `TagSpecification.1.Tag.1.Key` and `….Value`.
fn tags_of(deed: &Deed) -> Vec<(String, String)> {
    let given = deed.intent.parameters.as_value().as_object();
    let keys = given.into_iter().flatten().filter_map(|(name, key)| {
        let tag = name.strip_suffix(".Key").filter(|tag| tag.starts_with("TagSpecification."))?;
        Some((tag, key.as_str()?))
    });
    keys.map(|(tag, key)| {
        let value = deed.parameter(&format!("{tag}.Value")).unwrap_or_default();
        (key.to_owned(), value.to_owned())
    })
    .collect()
}

/// DHCP options are pairs of key and values, and nothing else tells one set from another.
fn same_options(deed: &Deed, thing: &Thing) -> bool {
    if thing.kind.name != "DHCP option set" {
        return true;
    }
    let given = deed.intent.parameters.as_value().as_object();
    let mut asked: BTreeMap<&str, (String, BTreeSet<String>)> = BTreeMap::new();
    for (name, value) in given.into_iter().flatten() {
        let Some((at, member)) =
            name.strip_prefix("DhcpConfiguration.").and_then(|rest| rest.split_once('.'))
        else {
            continue;
        };
        let (key, values) = asked.entry(at).or_default();
        let value = value.as_str().unwrap_or_default().to_owned();
        if member == "Key" {
            *key = value;
        } else {
            values.insert(value);
        }
    }
    let asked: BTreeSet<(String, BTreeSet<String>)> = asked.into_values().collect();
    let seen = find("DhcpConfigurations[]", &thing.value);
    let seen = seen.as_array().into_iter().flatten().map(|option| {
        let key = option.get("Key").and_then(Value::as_str).unwrap_or_default();
        (key.to_owned(), texts("Values[].Value", option).into_iter().collect())
    });
    asked == seen.collect()
}
