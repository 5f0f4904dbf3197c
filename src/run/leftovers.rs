//! What cases could not undo until they were over: tried again when all cases are.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use super::kinds::{KINDS, Kind};
use super::sweep::{Listing, Ours, search};
use super::undo::{self, Left, Pending};
use super::{Ledger, Mark, Progress};
use crate::case::Step;
use crate::target::Caller;

/// What cases could not undo until they were over.
#[derive(Debug, Default)]
pub(super) struct Leftovers {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    left: Vec<Left>,
    lost: Vec<Lost>,
}

/// A call of which nobody knows what it made.
#[derive(Debug)]
pub(super) struct Lost {
    /// Its number in the ledger.
    pub(super) n: u64,
    /// The case's id.
    pub(super) case: String,
    pub(super) step: Step,
    pub(super) why: String,
    /// Whether it may well have made something.
    pub(super) certain: bool,
}

impl Leftovers {
    /// Takes what a case could not undo.
    pub(super) fn add(&self, left: Vec<Left>) {
        self.lock().left.extend(left);
    }

    /// Takes a call of which nobody knows what it made.
    pub(super) fn lose(&self, lost: Lost) {
        self.lock().lost.push(lost);
    }

    /// Tries once more, now that all cases are over. Gives how many things may still be there.
    pub(super) async fn settle(
        &self,
        caller: &Caller<'_>,
        ledger: &Ledger,
        progress: &Progress,
    ) -> usize {
        let Inner { mut left, lost } = std::mem::take(&mut *self.lock());
        let mut leaks = 0;
        if !lost.is_empty() {
            let (found, unknown) = look_for(caller, ledger, lost).await;
            left.extend(found);
            leaks += unknown.len();
            for Lost { case, step, why, .. } in &unknown {
                let (action, with) = step.undo.as_ref().map_or_else(
                    || (step.action.as_str(), &step.with),
                    |undo| (undo.action.as_str(), &undo.with),
                );
                caller.recorder().undo_ended(case, &step.id, action, with, Some(why));
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

/// Looks for what calls made of which nobody knows it. Gives what was found for certain, as something
/// that is to be undone, and the calls of which it is still not known. A sweep by hand may do more: it
/// can ask.
async fn look_for(
    caller: &Caller<'_>,
    ledger: &Ledger,
    lost: Vec<Lost>,
) -> (Vec<Left>, Vec<Lost>) {
    let book = ledger.book();
    let kinds: BTreeSet<&str> = lost
        .iter()
        .filter_map(|one| Some(Kind::made_by(&one.step.action)?.name))
        .collect();
    let kinds: Vec<&'static Kind> = KINDS.iter().filter(|kind| kinds.contains(kind.name)).collect();
    let recorder = caller.recorder().silent();
    let listing = Listing::of(&caller.with(&recorder), &kinds).await;
    let mut ours = Ours::of(&book);
    let mark = book.started().map_or(Mark::Run(String::new()), |s| Mark::Run(s.run.clone()));
    ours.extend(&listing, &mark);
    let searched = search(&book, &listing, &ours, &mark, &BTreeMap::new(), Timestamp::now());
    let (mut found, mut unknown) = (Vec::new(), Vec::new());
    for mut one in lost {
        let of_it = searched.found.iter().filter(|(n, ..)| *n == one.n);
        let things = of_it.filter_map(|(_, id, _)| listing.get(id));
        let count = found.len();
        found.extend(things.map(|thing| {
            let (member, id) = &thing.ids[0];
            let (action, input) = (thing.kind.remove.to_owned(), thing.kind.removal(member, id));
            let step = one.step.id.clone();
            let item = Pending { n: one.n, step, action, input, waiter: None };
            Left { case: one.case.clone(), item, why: one.why.clone() }
        }));
        if found.len() > count {
            continue;
        }
        let unsure = searched.unsure.iter().find(|unsure| unsure.deeds.contains(&one.n));
        let looked_for = Kind::made_by(&one.step.action).is_some_and(|kind| listing.has(kind));
        match unsure {
            Some(unsure) => {
                one.why = format!("{}; it may be {}", one.why, unsure.ids.join(" or "));
                unknown.push(one);
            }
            None if looked_for => ledger.not_made(one.n),
            None if one.certain => unknown.push(one),
            None => {}
        }
    }
    (found, unknown)
}
