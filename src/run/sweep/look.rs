//! One look at what there is of a run.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::ours::{kinds_of, may_be_left};
use super::under_way::{awaited, under_way};
use super::undone::{ToUndo, names_one_of};
use super::{Found, Left, Listing, Ours, Searched, Sweep, Thing, around, search};
use crate::run::kinds::{KINDS, Kind};
use crate::run::ledger::Book;

/// What one look showed.
#[derive(Debug)]
pub(super) struct Look {
    pub(super) book: Option<Book>,
    pub(super) searched: Searched,
    /// The run's things that are there.
    pub(super) alive: Vec<Thing>,
    /// What is to be undone otherwise than by removing a thing.
    pub(super) undos: Vec<ToUndo>,
    /// Calls of which nobody can say what they made.
    pub(super) lost: Vec<Left>,
    /// Whether a call was sent so short a while ago that it may still make something.
    pub(super) waits: bool,
    /// Ids of things that such a call names: they stay until it is settled.
    pub(super) awaited: BTreeSet<String>,
    /// Kinds that could not be listed and of which the run may have left something, and why.
    pub(super) failed: BTreeMap<&'static str, String>,
    /// Accounts that things belong to.
    owners: BTreeSet<String>,
}

/// The endpoint's things belong to other accounts than those of the run did.
#[derive(Debug, thiserror::Error)]
#[error(
    "the run was made with the account {run}, and these credentials are of {now}: what it left is only \
     seen with its own"
)]
pub struct OtherAccount {
    run: String,
    now: String,
}

impl Look {
    /// Whether the credentials are of the account that the run was made with, as far as that is seen.
    pub(super) fn same_account(&self) -> Result<(), OtherAccount> {
        let then = self.book.as_ref().map(Book::owners).unwrap_or_default();
        let now: BTreeSet<&str> = self.owners.iter().map(String::as_str).collect();
        if then.is_empty() || now.is_empty() || !then.is_disjoint(&now) {
            return Ok(());
        }
        let list = |owners: BTreeSet<&str>| owners.into_iter().collect::<Vec<_>>().join(", ");
        Err(OtherAccount { run: list(then), now: list(now) })
    }

    /// Whether every kind could be listed of which the run may have left something.
    pub(super) fn is_complete(&self) -> bool {
        self.failed.is_empty()
    }
}

impl Sweep<'_> {
    pub(super) async fn look_once(&mut self) -> Look {
        let book = self.ledger.map(|ledger| ledger.book());
        // After the listings were asked for, a call may yet make something.
        let now = Timestamp::now();
        let recorder = self.caller.recorder().silent();
        let mut kinds = kinds_of(book.as_ref());
        kinds.retain(|kind| !self.passed_over.contains(kind.name));
        let mut listing = Listing::of(&self.caller.with(&recorder), &kinds).await;
        self.pass_over(&mut listing, book.as_ref());
        let mut ours = book.as_ref().map(Ours::of).unwrap_or_default();
        for (id, (_, why)) in &self.discovered {
            ours.add(id, why);
        }
        ours.extend(&listing, &self.mark);
        let mut searched = match &book {
            Some(book) => search(book, &listing, &ours, &self.mark, &self.discovered, now),
            None => Searched::default(),
        };
        if self.options.unsure {
            for unsure in std::mem::take(&mut searched.unsure) {
                let n = unsure.deeds.first().copied().unwrap_or_default();
                let why = format!("may be the run's: {}", unsure.calls.join("; "));
                searched.found.extend(unsure.ids.into_iter().map(|id| (n, id, why.clone())));
            }
        }
        for (n, id, why) in &searched.found {
            if let Some(thing) = listing.get(id) {
                ours.take(thing, why);
            }
            self.discovered.insert(id.clone(), (*n, why.clone()));
        }
        ours.extend(&listing, &self.mark);
        let mut alive = Vec::new();
        for thing in &listing.things {
            if let Some(why) = ours.why(thing).filter(|_| !thing.is_gone() && !thing.belongs()) {
                let (kind, id) = (thing.kind.name.to_owned(), thing.id().to_owned());
                let found = Found { kind, id, why: why.to_owned() };
                // By each of its names: an undo may call it by another than a listing does.
                for (_, id) in &thing.ids {
                    self.seen.entry(id.clone()).or_insert_with(|| found.clone());
                }
                alive.push(thing.clone());
            }
        }
        let (mut undos, mut lost, mut calls) = (Vec::new(), Vec::new(), Vec::new());
        if let Some(book) = &book {
            undos = self.undone.due(book, &listing, &ours, &self.seen);
            lost = lost_calls(book, &ours);
            calls = under_way(book, &searched.missing, self.options.settle, now);
        }
        let (waits, awaited) = (!calls.is_empty(), awaited(&calls, &alive));
        lost.extend(listing.failed.iter().map(|(kind, why)| unlisted(kind, why)));
        let owners = listing.things.iter().filter_map(|thing| around::owner(&thing.value));
        let owners = owners.map(str::to_owned).collect();
        Look { book, searched, alive, undos, lost, waits, awaited, failed: listing.failed, owners }
    }

    /// Takes out of a listing's failures what need not be listed: a cloud may lack what the run did not
    /// make. Without a ledger nobody knows what it made, and that is said.
    fn pass_over(&mut self, listing: &mut Listing, book: Option<&Book>) {
        let matters = |name: &str| {
            let may_be = |book: &Book| KINDS.iter().any(|k| k.name == name && may_be_left(k, book));
            self.seen.values().any(|found| found.kind == name) || book.is_some_and(may_be)
        };
        let failed = std::mem::take(&mut listing.failed);
        let (failed, passed): (BTreeMap<_, _>, BTreeMap<_, _>) =
            failed.into_iter().partition(|(name, _)| matters(name));
        listing.failed = failed;
        if book.is_none() {
            self.unseen.extend(passed.iter().map(|(kind, why)| unlisted(kind, why)));
        }
        self.passed_over.extend(passed.into_keys());
    }
}

/// A kind of which nobody can say what there is.
fn unlisted(kind: &str, why: &str) -> Left {
    let why = format!("what there is of it cannot be listed: {why}");
    Left { kind: kind.to_owned(), id: "any".to_owned(), why }
}

/// Calls of which nobody can say what they made, for what they make is not listed. What they did to the
/// run's own things goes with these.
fn lost_calls(book: &Book, ours: &Ours) -> Vec<Left> {
    let unknown = book.deeds().filter(|deed| {
        deed.loose > 0
            && Kind::made_by(&deed.intent.action).is_none()
            && deed.undo().is_none()
            && !names_one_of(deed.intent.parameters.as_value(), ours)
    });
    let left = unknown.map(|deed| Left {
        kind: "call".to_owned(),
        id: deed.described(),
        why: "it may have made something, and nobody got its answer".to_owned(),
    });
    left.collect()
}
