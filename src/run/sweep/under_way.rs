//! Calls that may still make something, and what is not to be removed meanwhile.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;

use super::Thing;
use super::thing::mentions;
use crate::run::ledger::{Book, Deed};

/// Of the calls of which something is missing, those that were sent less than `settle` ago.
pub(super) fn under_way<'a>(
    book: &'a Book,
    missing: &BTreeSet<u64>,
    settle: Duration,
    now: Timestamp,
) -> Vec<&'a Deed> {
    let recent = |deed: &&Deed| {
        let until = deed.last.checked_add(settle);
        missing.contains(&deed.intent.n) && until.is_ok_and(|until| now < until)
    };
    book.deeds().filter(recent).collect()
}

/// Ids of things that such calls name: what they make may lie in these, or hold on to them. A cloud
/// may not notice that one of them goes while it makes something in it, and keep for ever what it made.
pub(super) fn awaited(calls: &[&Deed], things: &[Thing]) -> BTreeSet<String> {
    let named =
        |id: &&String| calls.iter().any(|deed| mentions(deed.intent.parameters.as_value(), id));
    things
        .iter()
        .flat_map(|thing| thing.ids.iter().map(|(_, id)| id))
        .filter(named)
        .cloned()
        .collect()
}
