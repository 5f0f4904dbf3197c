//! Looking and removing, round after round, until nothing is left or nothing more can be done.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use futures_util::{StreamExt as _, stream};

use super::look::Look;
use super::loosen::loosen;
use super::undone::Undone;
use super::{Found, Left, Mark, OtherAccount, Swept, Thing, Unsure};
use crate::case::is_not_found;
use crate::run::Stop;
use crate::run::ledger::{Book, Deed, Fate, Ledger};
use crate::run::undo::{FIRST_PAUSE, LONGEST_PAUSE, is_passing};
use crate::target::{Call, Called, Caller, Form};
use crate::transcript::Purpose;

/// Removals at the same time.
const AT_ONCE: usize = 8;
/// How long a removal that was accepted is waited for before it is asked for again.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often a removal may be accepted without that the thing goes.
const ACCEPTED: u32 = 4;
/// Rounds without any hope until the sweep gives up.
const HOPELESS: u32 = 3;

/// How a sweep is done.
#[derive(Debug, Clone, Copy)]
pub struct SweepOptions {
    /// How long it may take.
    pub within: Duration,
    /// How long after it was sent a call may still make something.
    pub settle: Duration,
    /// Whether to remove also what may be somebody else's.
    pub unsure: bool,
}

impl Default for SweepOptions {
    /// A quarter of an hour; half a minute for calls under way; what may be somebody else's stays.
    fn default() -> Self {
        let (within, settle) = (Duration::from_secs(15 * 60), Duration::from_secs(30));
        SweepOptions { within, settle, unsure: false }
    }
}

/// A sweep of what a run, or any runs, left at an endpoint.
#[derive(Debug)]
pub struct Sweep<'a> {
    pub(super) caller: &'a Caller<'a>,
    pub(super) ledger: Option<&'a Ledger>,
    pub(super) mark: Mark,
    pub(super) options: SweepOptions,
    pub(super) undone: Undone,
    /// What no answer had named, by id: number of the call, and what says so.
    pub(super) discovered: BTreeMap<String, (u64, String)>,
    /// Everything of the run that was seen.
    pub(super) seen: BTreeMap<String, Found>,
    /// Kinds that could not be listed, without that it matters: they are not asked for again.
    pub(super) passed_over: BTreeSet<&'static str>,
    /// Kinds of which nobody knows whether anything of them is left.
    pub(super) unseen: Vec<Left>,
    tried: BTreeMap<String, Tried>,
}

/// What was tried to remove a thing.
#[derive(Debug, Clone, Default)]
struct Tried {
    accepted: u32,
    refused: u32,
    /// When it was accepted last.
    at: Option<Instant>,
    why: Option<String>,
    passing: bool,
}

impl<'a> Sweep<'a> {
    /// A sweep by a run's ledger, or, without one, by names and tags alone.
    pub fn new(
        caller: &'a Caller<'a>,
        ledger: Option<&'a Ledger>,
        mark: Mark,
        options: SweepOptions,
    ) -> Self {
        Sweep {
            caller,
            ledger,
            mark,
            options,
            undone: Undone::default(),
            discovered: BTreeMap::new(),
            seen: BTreeMap::new(),
            passed_over: BTreeSet::new(),
            unseen: Vec::new(),
            tried: BTreeMap::new(),
        }
    }

    /// What there is to remove, without removing anything.
    ///
    /// # Errors
    /// The ledger is of a run of another account.
    pub async fn look(&mut self) -> Result<Swept, OtherAccount> {
        let look = self.look_once().await;
        look.same_account()?;
        let things = look.alive.iter().filter_map(|thing| self.seen.get(thing.id()).cloned());
        Ok(Swept {
            removed: things.chain(look.undos.iter().filter_map(|one| one.found())).collect(),
            left: look.lost.clone(),
            unsure: look.searched.unsure.clone(),
            unseen: self.unseen.clone(),
            interrupted: false,
            waits: look.waits,
        })
    }

    /// Removes it, and looks again until nothing is left, nothing more can be done, the time is up or
    /// it is to stop.
    pub async fn remove(&mut self, stop: &Stop) -> Swept {
        let deadline = Instant::now() + self.options.within;
        let (mut pause, mut hopeless) = (FIRST_PAUSE, 0);
        let mut undid = Vec::new();
        loop {
            let look = self.look_once().await;
            let nothing_left = look.alive.is_empty() && look.undos.is_empty();
            let done = nothing_left && !look.waits && look.is_complete();
            let over = hopeless >= HOPELESS || Instant::now() > deadline;
            if done || over || stop.requested() {
                let interrupted = stop.requested() && !done;
                self.settle(&look, interrupted);
                return self.swept(&look, &undid, interrupted);
            }
            let mut hope = look.waits;
            for one in &look.undos {
                hope |= self.undone.call(self.caller, one).await;
                if self.undone.is_done(one) {
                    undid.extend(one.found());
                }
            }
            hope |= self.remove_things(&look).await;
            hopeless = if hope { 0 } else { hopeless + 1 };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = stop.wait() => {}
            }
            pause = (pause * 3 / 2).min(LONGEST_PAUSE);
        }
    }

    /// Asks for the removal of everything that is there: what others depend on last. Gives whether
    /// there is hope that anything of it goes.
    async fn remove_things(&mut self, look: &Look) -> bool {
        let mut hope = false;
        let mut ranks: Vec<u8> = look.alive.iter().map(|thing| thing.kind.rank).collect();
        ranks.sort_unstable();
        ranks.dedup();
        for rank in ranks {
            let of_rank: Vec<&Thing> =
                look.alive.iter().filter(|thing| thing.kind.rank == rank).collect();
            let due = of_rank.iter().copied().filter(|thing| {
                let tried = self.tried.get(thing.id());
                let waited =
                    tried.and_then(|tried| tried.at).is_none_or(|at| at.elapsed() > PATIENCE);
                let awaited = thing.ids.iter().any(|(_, id)| look.awaited.contains(id));
                !thing.is_going() && waited && !awaited
            });
            let due: Vec<(&Thing, Tried)> =
                due.map(|t| (t, self.tried.get(t.id()).cloned().unwrap_or_default())).collect();
            let (this, book) = (&*self, look.book.as_ref());
            let removed = stream::iter(due).map(|(thing, tried)| async move {
                (thing.id().to_owned(), this.remove_one(thing, tried, book).await)
            });
            let removed: Vec<(String, Tried)> = removed.buffer_unordered(AT_ONCE).collect().await;
            self.tried.extend(removed);
            hope |= of_rank.iter().any(|thing| {
                let tried = self.tried.get(thing.id());
                thing.is_going() || tried.is_some_and(Tried::has_hope)
            });
        }
        hope
    }

    async fn remove_one(&self, thing: &Thing, mut tried: Tried, book: Option<&Book>) -> Tried {
        for (action, input) in loosen(thing, tried.refused) {
            // Whether it worked is seen by the removal.
            self.call(action, &input).await;
        }
        let times = tried.accepted + tried.refused;
        // As the case would have done it, if it says how; else by each of its names in turn.
        let planned = book.and_then(|book| planned(book, thing)).filter(|_| times == 0);
        let (member, id) = &thing.ids[times as usize % thing.ids.len()];
        let input = planned.unwrap_or_else(|| thing.kind.removal(member, id));
        let called = self.call(thing.kind.remove, &input).await;
        tried.passing = is_passing(&called);
        if called.output().is_some() || called.error_code().is_some_and(is_not_found) {
            tried.accepted += 1;
            tried.at = Some(Instant::now());
            tried.why = None;
        } else {
            tried.refused += 1;
            tried.why =
                Some(self.caller.recorder().redacted(&called.describe()).as_str().to_owned());
        }
        tried
    }

    async fn call(&self, action: &str, input: &serde_json::Value) -> Called {
        let (case, step, ahead) = (None, None, None);
        let (purpose, form) = (Purpose::Undo, Form::default());
        self.caller.call(Call { case, step, purpose, action, input, form, ahead }).await
    }

    fn swept(&self, look: &Look, undid: &[Found], interrupted: bool) -> Swept {
        let alive = |id: &str| look.alive.iter().any(|thing| thing.id() == id);
        let unseen = |found: &&Found| look.failed.contains_key(found.kind.as_str());
        let seen = self.seen.iter().filter(|(id, found)| found.id == **id);
        let seen = seen.map(|(_, found)| found).filter(|found| !alive(&found.id));
        let (unseen, removed): (Vec<&Found>, Vec<&Found>) = seen.partition(unseen);
        let unseen = unseen.into_iter().map(|Found { kind, id, .. }| {
            let why = "whether it is gone cannot be seen".to_owned();
            Left { kind: kind.clone(), id: id.clone(), why }
        });
        let things = look.alive.iter().map(|thing| {
            let why = self.tried.get(thing.id()).and_then(|tried| tried.why.clone());
            let (kind, id) = (thing.kind.name.to_owned(), thing.id().to_owned());
            Left { kind, id, why: why.unwrap_or_else(|| "it is still there".to_owned()) }
        });
        let undos = look.undos.iter().map(|one| self.undone.left(one));
        Swept {
            removed: removed.into_iter().chain(undid).cloned().collect(),
            left: things.chain(unseen).chain(undos).chain(look.lost.iter().cloned()).collect(),
            unsure: look.searched.unsure.clone(),
            unseen: self.unseen.clone(),
            interrupted,
            waits: look.waits,
        }
    }

    /// Writes into the ledger what is over.
    fn settle(&self, look: &Look, interrupted: bool) {
        let (Some(ledger), Some(book)) = (self.ledger, &look.book) else { return };
        let doubtful = |n: &u64| {
            look.searched.unsure.iter().any(|Unsure { deeds, .. }| deeds.contains(n))
                || look.searched.blind.iter().any(|(blind, _)| blind == n)
                || (look.searched.missing.contains(n) && (interrupted || look.waits))
        };
        for deed in book.deeds() {
            let n = deed.intent.n;
            let found = self.discovered.iter().filter(|(_, (of, _))| *of == n);
            let ids = found.map(|(id, _)| id).chain(deed.ids());
            let there = ids.into_iter().any(|id| look.alive.iter().any(|thing| thing.is(id)));
            let undoing = look.undos.iter().any(|one| one.is(n));
            let made = matches!(deed.fate, Fate::Made { .. });
            if there || undoing {
                continue;
            }
            if self.undone.has(n) || (made && look.is_complete()) {
                ledger.undone(n);
            }
            if deed.loose > 0 && !doubtful(&n) && look.is_complete() {
                ledger.not_made(n);
            }
        }
    }
}

impl Tried {
    fn has_hope(&self) -> bool {
        match self.why {
            Some(_) => self.passing,
            None => self.accepted < ACCEPTED,
        }
    }
}

/// The input of the case's own undo, if it removes this thing and nothing else.
fn planned(book: &Book, thing: &Thing) -> Option<serde_json::Value> {
    let only = |deed: &&Deed| match deed.ids() {
        [] => false,
        ids => ids.iter().all(|id| thing.is(id)),
    };
    let undo = book.deeds().find(only)?.undo()?;
    (undo.action == thing.kind.remove).then(|| undo.input.as_value().clone())
}
