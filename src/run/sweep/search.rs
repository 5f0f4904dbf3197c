//! What calls made whose answers nobody got.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;

use super::fit::{certain, fits, has_other_tags, named_after};
use super::{Listing, Mark, Ours, Thing, Unsure};
use crate::run::kinds::Kind;
use crate::run::ledger::{Book, Deed};

/// How long after a call a thing that does not say when it was made is taken for the call's: later it may
/// as well be somebody else's.
const SOON: Duration = Duration::from_secs(3600);

/// What was found of calls whose answers nobody got.
#[derive(Debug, Default)]
pub(crate) struct Searched {
    /// Numbers of calls with the id of what one made, and what says so.
    pub(crate) found: Vec<(u64, String, String)>,
    /// Things that a call may have made, and that may as well be somebody else's.
    pub(crate) unsure: Vec<Unsure>,
    /// Numbers of calls of which nothing, or not everything that they may have made, was found.
    pub(crate) missing: BTreeSet<u64>,
    /// Numbers of calls whose kind of things could not be listed, with the reason.
    pub(crate) blind: Vec<(u64, String)>,
}

/// A call, and what could be what it made.
struct Candidates<'a> {
    deed: &'a Deed,
    /// How many things it can have made that are not known.
    most: usize,
    things: Vec<&'a Thing>,
}

/// Looks for what the calls made whose answers nobody got, at the time `now`, beside what was discovered
/// before.
///
/// A thing is a call's if it has its token, its name, its tags, or lies in what the run made. A thing
/// without any of that is a call's if it was not there before the run, is as the call asked for it in
/// everything that can be seen, is untouched since, and there are no more of such things than calls that
/// could have made them: with more, some are somebody else's, and nobody can tell which. A refused call
/// has what it made only if that has its token or name.
pub(crate) fn search(
    book: &Book,
    listing: &Listing,
    ours: &Ours,
    mark: &Mark,
    discovered: &BTreeMap<String, (u64, String)>,
    now: Timestamp,
) -> Searched {
    let mut searched = Searched::default();
    // Whatever an answer named is not what an unanswered call made, and what one call made no other did.
    let known = book.deeds().flat_map(Deed::ids).chain(discovered.keys());
    let known: BTreeSet<&str> = known.map(String::as_str).collect();
    let already = |n: u64| discovered.values().filter(|(of, _)| *of == n).count();
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut open: Vec<Candidates<'_>> = Vec::new();
    for deed in book.deeds().filter(|deed| deed.loose > 0) {
        let Some(kind) = Kind::made_by(&deed.intent.action) else { continue };
        if !listing.has(kind) {
            let why = listing.failed.get(kind.name).cloned();
            let why = why.unwrap_or_else(|| format!("{}s were not listed", kind.name));
            searched.blind.push((deed.intent.n, why));
            continue;
        }
        let free = |thing: &&Thing| {
            !thing.is_gone()
                && !ours.was_there(thing)
                && !thing.ids.iter().any(|(_, id)| known.contains(id.as_str()))
                && fits(deed, thing)
        };
        let things: Vec<&Thing> = listing.of_kind(kind).filter(free).collect();
        let mut left = capacity(deed).saturating_sub(already(deed.intent.n));
        if left == 0 {
            continue;
        }
        let mut alike = Vec::new();
        for thing in things {
            match certain(deed, thing, ours, mark) {
                Some(_) if taken.contains(thing.id()) => {}
                Some(why) => {
                    taken.insert(thing.id().to_owned());
                    searched.found.push((deed.intent.n, thing.id().to_owned(), why));
                    left = left.saturating_sub(1);
                }
                None => alike.push(thing),
            }
        }
        if left > 0 {
            open.push(Candidates { deed, most: left, things: alike });
        }
    }
    // Of a refused call nothing is missed; what bears its token or the run's name was made all the same.
    for deed in book.deeds().filter(|deed| deed.refused && deed.loose == 0) {
        let Some(kind) = Kind::made_by(&deed.intent.action) else { continue };
        for thing in listing.of_kind(kind) {
            let unknown = !thing.ids.iter().any(|(_, id)| known.contains(id.as_str()));
            let free = unknown && !thing.is_gone() && !thing.belongs() && !ours.was_there(thing);
            if let Some(why) = named_after(deed, thing, mark).filter(|_| free)
                && taken.insert(thing.id().to_owned())
            {
                let why = format!("{why}, though that was refused");
                searched.found.push((deed.intent.n, thing.id().to_owned(), why));
            }
        }
    }
    for candidates in &mut open {
        candidates.things.retain(|thing| !taken.contains(thing.id()));
    }
    for group in grouped(open) {
        searched.decide(group, book, listing, now);
    }
    searched
}

/// How many things a call can have made.
fn capacity(deed: &Deed) -> usize {
    let each = deed.parameter("MaxCount").and_then(|count| count.parse().ok()).unwrap_or(1);
    (deed.loose as usize).saturating_mul(each)
}

/// Calls that could have made the same things, together.
fn grouped(open: Vec<Candidates<'_>>) -> Vec<Vec<Candidates<'_>>> {
    let mut groups: Vec<Vec<Candidates<'_>>> = Vec::new();
    for candidates in open {
        let shares = |group: &Vec<Candidates<'_>>| {
            let theirs = |id: &str| group.iter().flat_map(|c| &c.things).any(|t| t.id() == id);
            candidates.things.iter().any(|thing| theirs(thing.id()))
        };
        let (with, without): (Vec<_>, Vec<_>) = groups.into_iter().partition(shares);
        groups = without;
        groups.push(with.into_iter().flatten().chain([candidates]).collect());
    }
    groups
}

impl Searched {
    fn decide(
        &mut self,
        mut group: Vec<Candidates<'_>>,
        book: &Book,
        listing: &Listing,
        now: Timestamp,
    ) {
        // Somebody has made something of it since: it is not what nobody knows of.
        let untouched = |deed: &Deed, thing: &Thing| {
            !has_other_tags(deed, thing) && !thing.is_used() && !is_named_by_others(thing, listing)
        };
        for Candidates { deed, things, .. } in &mut group {
            things.retain(|thing| untouched(deed, thing));
        }
        let mut things: BTreeMap<&str, &Thing> = BTreeMap::new();
        things.extend(group.iter().flat_map(|c| &c.things).map(|thing| (thing.id(), *thing)));
        let most: usize = group.iter().map(|c| c.most).sum();
        let deeds: Vec<u64> = group.iter().map(|c| c.deed.intent.n).collect();
        if things.len() < most {
            self.missing.extend(&deeds);
        }
        let Some(first) = things.values().next().copied() else { return };
        let late = |thing: &Thing| {
            let last = group.iter().map(|c| c.deed.last).max();
            let until = last.and_then(|last| last.checked_add(SOON).ok());
            thing.made_at().is_none() && until.is_some_and(|until| now > until)
        };
        let why = if book.before(first.kind.name).is_none() {
            "what was there before the run is not known".to_owned()
        } else if things.len() > most {
            format!("the run made at most {most} of them")
        } else if things.values().any(|thing| late(thing)) {
            "the run was so long ago that it may be somebody else's".to_owned()
        } else {
            for id in things.into_keys() {
                let fits = |c: &&mut Candidates<'_>| c.things.iter().any(|thing| thing.id() == id);
                // There is room for all of them, if perhaps not in this order.
                let Some(of) = group.iter_mut().filter(|c| c.most > 0).find(fits) else { continue };
                of.most -= 1;
                let (name, step) = (&of.deed.intent.name, &of.deed.intent.step);
                let why = format!("new, and as {name}, step {step}, asked for it");
                self.found.push((of.deed.intent.n, id.to_owned(), why));
            }
            return;
        };
        let ids = things.into_keys().map(str::to_owned).collect();
        let calls = group.iter().map(|c| c.deed.described()).collect();
        self.unsure.push(Unsure { kind: first.kind.name.to_owned(), ids, calls, why, deeds });
    }
}

/// Whether something else that is listed names a thing: then it is in use. What every VPC and every
/// instance has from the beginning does not count.
fn is_named_by_others(thing: &Thing, listing: &Listing) -> bool {
    let comes_with = |other: &Thing| {
        other.belongs()
            || (thing.kind.name == "instance"
                && matches!(other.kind.name, "volume" | "network interface"))
    };
    let others =
        listing.things.iter().filter(|other| other.id() != thing.id() && !comes_with(other));
    others.filter(|other| !other.is_gone()).any(|other| other.mentions(thing.id()))
}

impl Deed {
    /// Who made the call, for a person.
    pub(crate) fn described(&self) -> String {
        format!("{} of {}, step {}", self.intent.action, self.intent.name, self.intent.step)
    }
}
