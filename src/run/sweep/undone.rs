//! Calls of the ledger that undo something other than a listed thing: what a case changed of what was
//! there before, and things of kinds that are not listed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::thing::mentions;
use super::{Found, Left, Listing, Ours};
use crate::case::is_not_found;
use crate::run::kinds::Kind;
use crate::run::ledger::{Book, Planned};
use crate::run::undo::{each_of, is_passing};
use crate::target::{Call, Called, Caller, Form};
use crate::transcript::Purpose;

/// What became of these calls so far.
#[derive(Debug, Default)]
pub(super) struct Undone {
    /// Numbers of deeds that are undone.
    done: BTreeSet<u64>,
    /// Those that were tried without success, and why.
    failed: BTreeMap<u64, String>,
}

/// A deed whose undo is to be called.
#[derive(Debug, Clone)]
pub(super) struct ToUndo {
    n: u64,
    described: String,
    undo: Planned,
    /// Whether things of what it made are listed, and none of these was: then a refusal says nothing.
    unlisted: bool,
}

impl ToUndo {
    /// Whether it undoes the deed with this number.
    pub(super) fn is(&self, n: u64) -> bool {
        self.n == n
    }

    /// As something to be removed; `None` if nothing of it is there, as far as that is seen, and it is
    /// called for safety's sake only.
    pub(super) fn found(&self) -> Option<Found> {
        let found =
            || Found { kind: "change".to_owned(), id: self.call(), why: self.described.clone() };
        (!self.unlisted).then(found)
    }

    fn call(&self) -> String {
        format!("{} {}", self.undo.action, self.undo.input.as_value())
    }
}

impl Undone {
    /// Whether the deed with this number is undone.
    pub(super) fn has(&self, n: u64) -> bool {
        self.done.contains(&n)
    }

    /// Whether this one is undone.
    pub(super) fn is_done(&self, one: &ToUndo) -> bool {
        self.has(one.n)
    }

    /// As something that is left.
    pub(super) fn left(&self, one: &ToUndo) -> Left {
        let why = self.failed.get(&one.n).cloned();
        let (kind, id) = ("change".to_owned(), one.call());
        Left { kind, id, why: why.unwrap_or_else(|| "it was not tried".to_owned()) }
    }

    /// The deeds whose undo is to be called, last in first out.
    pub(super) fn due(
        &self,
        book: &Book,
        listing: &Listing,
        ours: &Ours,
        seen: &BTreeMap<String, Found>,
    ) -> Vec<ToUndo> {
        let due = book.deeds().rev().filter(|deed| !self.done.contains(&deed.intent.n));
        due.filter_map(|deed| {
            let undo = deed.undo()?;
            let input = undo.input.as_value();
            let kind = Kind::made_by(&deed.intent.action);
            let of_kind = kind.filter(|kind| kind.remove == undo.action);
            let listed = of_kind.is_some_and(|kind| listing.has(kind));
            // Things that are listed are removed as such. The removal of others is called, and what
            // was done to things of the run goes with these.
            let moot = if listed {
                seen.keys().any(|id| mentions(input, id))
            } else {
                let removes = deed.ids().iter().any(|id| mentions(input, id));
                of_kind.is_none() && !removes && names_one_of(input, ours)
            };
            (!moot).then(|| ToUndo {
                n: deed.intent.n,
                described: deed.described(),
                undo: undo.clone(),
                unlisted: listed,
            })
        })
        .collect()
    }

    /// Calls one of them. Gives whether another try may go better.
    pub(super) async fn call(&mut self, caller: &Caller<'_>, one: &ToUndo) -> bool {
        let input = one.undo.input.as_value();
        if holds_redacted(input) {
            let why = "what would undo it holds a secret, which is not in the ledger".to_owned();
            self.failed.insert(one.n, why);
            return false;
        }
        let called = send(caller, one, input).await;
        let mut refusal = refusal(caller, one, &called);
        let each = each_of(input);
        // Refused as a whole, be it for one of them only that is gone.
        if called.output().is_none() && !each.is_empty() {
            refusal = None;
            for input in &each {
                let called = send(caller, one, input).await;
                refusal = self::refusal(caller, one, &called).or(refusal);
            }
        }
        match refusal {
            None => {
                self.failed.remove(&one.n);
                self.done.insert(one.n);
                false
            }
            Some((why, passing)) => {
                self.failed.insert(one.n, why);
                passing
            }
        }
    }
}

async fn send(caller: &Caller<'_>, one: &ToUndo, input: &Value) -> Called {
    let (case, step, ahead) = (None, None, None);
    let (purpose, form, action) = (Purpose::Undo, Form::default(), one.undo.action.as_str());
    caller.call(Call { case, step, purpose, action, input, form, ahead }).await
}

/// Why what was called for is not undone, and whether another try may go better; `None` if it is undone.
fn refusal(caller: &Caller<'_>, one: &ToUndo, called: &Called) -> Option<(String, bool)> {
    let gone = called.output().is_some() || called.error_code().is_some_and(is_not_found);
    let passing = is_passing(called);
    if gone || (one.unlisted && !passing) {
        return None;
    }
    Some((caller.recorder().redacted(&called.describe()).as_str().to_owned(), passing))
}

/// Whether any text in a value is the id of one of the run's things.
pub(super) fn names_one_of(value: &Value, ours: &Ours) -> bool {
    match value {
        Value::String(text) => ours.has(text),
        Value::Array(items) => items.iter().any(|item| names_one_of(item, ours)),
        Value::Object(map) => map.values().any(|value| names_one_of(value, ours)),
        _ => false,
    }
}

fn holds_redacted(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains("[redacted"),
        Value::Array(items) => items.iter().any(holds_redacted),
        Value::Object(map) => map.values().any(holds_redacted),
        _ => false,
    }
}
