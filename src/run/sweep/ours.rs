//! What is certainly the run's.

use std::collections::{BTreeMap, BTreeSet};

use super::{Listing, Mark, Thing};
use crate::run::kinds::{KINDS, Kind};
use crate::run::ledger::{Book, Deed, Fate};

/// Ids of what is certainly the run's, each with what says so.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ours {
    why: BTreeMap<String, String>,
    /// Ids of what was there before the run, as far as that is known.
    before: BTreeSet<String>,
}

impl Ours {
    /// What the ledger says that the run made, whether it is gone by now or not.
    pub(crate) fn of(book: &Book) -> Ours {
        let before = KINDS.iter().filter_map(|kind| book.before(kind.name));
        let before = before.flat_map(|b| &b.ids).map(|id| id.as_str().to_owned()).collect();
        let mut ours = Ours { why: BTreeMap::new(), before };
        for deed in book.deeds() {
            let why = format!("made by {}, step {}", deed.intent.name, deed.intent.step);
            for id in deed.ids() {
                ours.add(id, &why);
            }
        }
        ours
    }

    /// Takes one more, if it was not there before the run.
    pub(crate) fn add(&mut self, id: &str, why: &str) {
        if !self.before.contains(id) {
            self.why.entry(id.to_owned()).or_insert_with(|| why.to_owned());
        }
    }

    /// Takes what names and tags say, and what lies in what is the run's or was made of it, until
    /// there is nothing more.
    pub(crate) fn extend(&mut self, listing: &Listing, mark: &Mark) {
        for thing in &listing.things {
            if let Some(text) = mark.on(thing)
                && !thing.is_default()
            {
                self.take(thing, &format!("named or tagged {}", shortened(text)));
            }
        }
        loop {
            let count = self.why.len();
            for thing in &listing.things {
                let parent = thing.parents.iter().find(|parent| self.has(parent));
                if let Some(parent) = parent.cloned()
                    && !thing.is_default()
                {
                    self.take(thing, &format!("belongs to {parent}"));
                }
            }
            if self.why.len() == count {
                return;
            }
        }
    }

    /// Takes a thing, by all its names, unless one of them was there before.
    pub(crate) fn take(&mut self, thing: &Thing, why: &str) {
        if !self.was_there(thing) {
            thing.ids.iter().for_each(|(_, id)| self.add(id, why));
        }
    }

    /// Whether this id is one of the run's things.
    pub(crate) fn has(&self, id: &str) -> bool {
        self.why.contains_key(id)
    }

    /// Why a thing is the run's; `None` if it is not.
    pub(crate) fn why(&self, thing: &Thing) -> Option<&str> {
        if self.was_there(thing) {
            return None;
        }
        thing.ids.iter().find_map(|(_, id)| self.why.get(id)).map(String::as_str)
    }

    /// Whether a thing was there before the run.
    pub(crate) fn was_there(&self, thing: &Thing) -> bool {
        thing.ids.iter().any(|(_, id)| self.before.contains(id))
    }
}

/// The start of a text, for names as long as a cloud takes them.
fn shortened(text: &str) -> String {
    let mut start: String = text.chars().take(64).collect();
    if start.len() < text.len() {
        start.push('…');
    }
    start
}

/// Kinds whose things have to be listed to find all that these runs may have left: those that were made
/// and all that can lie in them.
pub(super) fn kinds_of(book: Option<&Book>) -> Vec<&'static Kind> {
    let Some(book) = book else { return KINDS.iter().collect() };
    let made = book.deeds().filter_map(|deed| Kind::made_by(&deed.intent.action));
    with_children(made.map(|kind| kind.name).collect())
}

/// What comes into being with other things: with instances, images, a default VPC.
const COMES_ALONG: [&str; 7] = [
    "volume",
    "network interface",
    "snapshot",
    "subnet",
    "internet gateway",
    "security group",
    "route table",
];

/// Whether these runs may have left something of a kind: what else lies in the things of a run is made
/// by calls of its own, and a ledger has all of these.
pub(super) fn may_be_left(kind: &Kind, book: &Book) -> bool {
    let made_by = |deed: &Deed| kind.makers.contains(&deed.intent.action.as_str());
    let open = |deed: &Deed| deed.loose > 0 || matches!(deed.fate, Fate::Made { .. });
    COMES_ALONG.contains(&kind.name) || book.deeds().any(|deed| made_by(deed) && open(deed))
}

/// The kinds of these names, and all that can lie in things of theirs.
pub(super) fn with_children(mut names: BTreeSet<&'static str>) -> Vec<&'static Kind> {
    // An option set is in use as long as a VPC names it.
    if names.contains("DHCP option set") {
        names.insert("VPC");
    }
    loop {
        let of_these = KINDS.iter().filter(|kind| names.contains(kind.name));
        let children: BTreeSet<&str> =
            of_these.flat_map(Kind::children).map(|kind| kind.name).collect();
        if children.is_subset(&names) {
            break;
        }
        names.extend(children);
    }
    KINDS.iter().filter(|kind| names.contains(kind.name)).collect()
}
