//! What cases could not undo until they were over: tried again when all cases are.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use super::kinds::{KINDS, Kind};
use super::ledger::{Book, Deed};
use super::sweep::{Listing, Ours, search};
use super::undo::{self, Left, Pending};
use super::{Ledger, Mark, Progress};
use crate::target::Caller;

/// What cases could not undo until they were over.
#[derive(Debug, Default)]
pub(super) struct Leftovers {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    left: Vec<Left>,
    /// Calls that may well have made something that nobody knows, by their number in the ledger.
    lost: BTreeMap<u64, String>,
}

impl Leftovers {
    /// Takes what a case could not undo.
    pub(super) fn add(&self, left: Vec<Left>) {
        self.lock().left.extend(left);
    }

    /// Takes a call that may well have made something that nobody knows, and why not.
    pub(super) fn lose(&self, n: u64, why: String) {
        self.lock().lost.insert(n, why);
    }

    /// Tries once more, now that all cases are over. Gives how many things may still be there.
    pub(super) async fn settle(
        &self,
        caller: &Caller<'_>,
        ledger: &Ledger,
        progress: &Progress,
    ) -> usize {
        let Inner { mut left, lost } = std::mem::take(&mut *self.lock());
        let book = ledger.book();
        let mut leaks = 0;
        if book.deeds().any(|deed| deed.loose > 0 || deed.refused) {
            let (found, unknown) = look_for(caller, ledger, &book, &lost).await;
            left.extend(found);
            leaks += unknown.len();
            for (deed, why) in unknown {
                let intent = &deed.intent;
                let (action, input) = intent.undo.as_ref().map_or_else(
                    || (&intent.action, &intent.parameters),
                    |undo| (&undo.action, &undo.input),
                );
                let (case, step) = (&intent.case, &intent.step);
                caller.recorder().undo_ended(case, step, action, input.as_value(), Some(&why));
            }
        }
        if !left.is_empty() {
            progress.undoing_again(left.len());
            leaks += undo::undo_left(caller, ledger, left).await;
        }
        leaks
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks for what calls made whose answers nobody got, or that were refused. Gives what was found for certain, as something
/// that is to be undone, and the calls of which it is still not known. A sweep may do more: it can wait,
/// and ask.
async fn look_for<'b>(
    caller: &Caller<'_>,
    ledger: &Ledger,
    book: &'b Book,
    lost: &BTreeMap<u64, String>,
) -> (Vec<Left>, Vec<(&'b Deed, String)>) {
    let doubtful = || book.deeds().filter(|deed| deed.loose > 0 || deed.refused);
    let kinds = doubtful().filter_map(|deed| Some(Kind::made_by(&deed.intent.action)?.name));
    let kinds: BTreeSet<&str> = kinds.collect();
    let kinds: Vec<&'static Kind> = KINDS.iter().filter(|kind| kinds.contains(kind.name)).collect();
    let recorder = caller.recorder().silent();
    let listing = Listing::of(&caller.with(&recorder), &kinds).await;
    let mut ours = Ours::of(book);
    let mark = Mark::Run(book.started().map(|started| started.run.clone()).unwrap_or_default());
    ours.extend(&listing, &mark);
    let searched = search(book, &listing, &ours, &mark, &BTreeMap::new(), Timestamp::now());
    let (mut found, mut unknown) = (Vec::new(), Vec::new());
    for deed in doubtful() {
        let n = deed.intent.n;
        let why = lost.get(&n).cloned();
        let of_it = searched.found.iter().filter(|(of, ..)| *of == n);
        let mut things = of_it.filter_map(|(_, id, _)| listing.get(id)).peekable();
        if things.peek().is_some() {
            found.extend(things.map(|thing| {
                let (member, id) = &thing.ids[0];
                let (action, input) =
                    (thing.kind.remove.to_owned(), thing.kind.removal(member, id));
                let (case, step) = (deed.intent.case.clone(), deed.intent.step.clone());
                let item = Pending { n, step, action, input, waiter: None };
                Left { case, item, why: why.clone().unwrap_or_default() }
            }));
            continue;
        }
        if deed.loose == 0 {
            continue;
        }
        let unsure = searched.unsure.iter().find(|unsure| unsure.deeds.contains(&n));
        let listed = Kind::made_by(&deed.intent.action).is_some_and(|kind| listing.has(kind));
        match (unsure, why) {
            (Some(unsure), why) => {
                let why = why.unwrap_or_else(|| "nobody got its answer".to_owned());
                unknown.push((deed, format!("{why}; it may be {}", unsure.ids.join(" or "))));
            }
            (None, _) if listed => ledger.not_made(n),
            (None, Some(why)) => unknown.push((deed, why)),
            (None, None) => {}
        }
    }
    (found, unknown)
}
