//! Everything that there is of some kinds.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt as _, stream};
use serde_json::Value;

use super::Thing;
use crate::case::pages::{self, Next};
use crate::run::kinds::{Kind, find};
use crate::target::{Caller, Question};

/// Listings that are asked for at the same time.
const AT_ONCE: usize = 8;

/// Everything that there is of some kinds, and which of them could not be listed.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    /// The things, kind after kind.
    pub(crate) things: Vec<Thing>,
    /// By the name of the kind: why it could not be listed.
    pub(crate) failed: BTreeMap<&'static str, String>,
    listed: BTreeSet<&'static str>,
}

/// Why there is no listing.
pub(super) enum Unlisted {
    /// The endpoint does not know the action: it has nothing of that kind.
    Unknown,
    /// Anything else.
    Failed(String),
}

/// What endpoints answer to an action that they do not know: AWS, and (`InvalidRequest`) OpenStack's
/// ec2-api. To a bare question for everything nothing else is wrong.
const UNKNOWN: [&str; 5] =
    ["InvalidAction", "UnsupportedOperation", "Unsupported", "NotImplemented", "InvalidRequest"];

impl Listing {
    /// Asks for everything of these kinds.
    pub(crate) async fn of(caller: &Caller<'_>, kinds: &[&'static Kind]) -> Listing {
        let asked = stream::iter(kinds.iter().copied())
            .map(|kind| async move { (kind, all(caller, kind.list, &kind.listing()).await) })
            .buffered(AT_ONCE);
        let answered: Vec<(&'static Kind, Result<Value, Unlisted>)> = asked.collect().await;
        let mut listing = Listing::default();
        for (kind, output) in answered {
            match output {
                Ok(output) => listing.add(kind, &output),
                Err(Unlisted::Unknown) => listing.add(kind, &Value::Null),
                Err(Unlisted::Failed(why)) => drop(listing.failed.insert(kind.name, why)),
            }
        }
        listing
    }

    /// Takes the things that an answer lists.
    pub(super) fn add(&mut self, kind: &'static Kind, output: &Value) {
        self.listed.insert(kind.name);
        if let Value::Array(items) = find(kind.items, output) {
            self.things.extend(items.into_iter().filter_map(|item| Thing::new(kind, item)));
        }
    }

    /// Whether things of this kind were listed.
    pub(crate) fn has(&self, kind: &Kind) -> bool {
        self.listed.contains(kind.name)
    }

    /// Things of a kind.
    pub(crate) fn of_kind(&self, kind: &'static Kind) -> impl Iterator<Item = &Thing> {
        self.things.iter().filter(move |thing| thing.kind == kind)
    }

    /// The thing with this id.
    pub(crate) fn get(&self, id: &str) -> Option<&Thing> {
        self.things.iter().find(|thing| thing.is(id))
    }
}

/// The answer to a listing action, all pages of it.
pub(super) async fn all(
    caller: &Caller<'_>,
    action: &str,
    input: &Value,
) -> Result<Value, Unlisted> {
    let mut seen: Vec<Value> = Vec::new();
    let mut asked = input.clone();
    loop {
        match caller.ask(action, &asked).await {
            Question::Answered(output) => seen.push(output),
            Question::Refused { code, .. } if UNKNOWN.contains(&code.as_str()) => {
                return Err(Unlisted::Unknown);
            }
            Question::Refused { what, .. }
            | Question::Foreign(what)
            | Question::Failed { what, .. } => return Err(Unlisted::Failed(what)),
        }
        let pages: Vec<&Value> = seen.iter().collect();
        let Some(paginator) = pages::paginator(action) else {
            return Ok(seen.swap_remove(0));
        };
        match pages::next(paginator, &pages) {
            Next::Page(token) => asked = pages::input(paginator, input, &token),
            Next::End => return Ok(pages::joined(paginator, &pages)),
            Next::Again(_) | Next::TooMany => {
                return Err(Unlisted::Failed(format!("{action} has more pages than can be read")));
            }
        }
    }
}
