//! Looking around before the first case: what was there before the run is nobody's to remove.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Listing;
use super::ours::with_children;
use crate::case::Case;
use crate::run::Ledger;
use crate::run::kinds::{KINDS, Kind};
use crate::target::Caller;

/// Lists what there is of the kinds that these cases can make, one call a kind, and notes it in the
/// ledger. Kinds that are made by name only are left out: their names tell whose they are. Not in the
/// transcript: that is shown to others, and what else an account holds is not their concern.
/// What a ledger knows already stays: when a run goes on, what it left is not what was there before it.
pub async fn look_around(caller: &Caller<'_>, cases: &[Case], ledger: &Ledger) {
    let kinds: Vec<&'static Kind> = {
        let book = ledger.book();
        let unknown = |kind: &&Kind| !kind.named && book.before(kind.name).is_none();
        made_by(cases).filter(unknown).collect()
    };
    let recorder = caller.recorder().silent();
    let listing = Listing::of(&caller.with(&recorder), &kinds).await;
    for kind in kinds.into_iter().filter(|kind| listing.has(kind)) {
        let of_kind = || listing.of_kind(kind);
        let ids: Vec<String> =
            of_kind().flat_map(|thing| thing.ids.iter().map(|(_, id)| id.clone())).collect();
        let owners: BTreeSet<String> =
            of_kind().filter_map(|thing| owner(&thing.value)).map(str::to_owned).collect();
        ledger.before(kind.name, &ids, &owners.into_iter().collect::<Vec<_>>());
    }
}

/// The actions that list what these cases can make: those that [`look_around`] calls, once each.
pub(crate) fn looks_at(cases: &[Case]) -> Vec<&'static str> {
    made_by(cases).filter(|kind| !kind.named).map(|kind| kind.list).collect()
}

/// The actions that a sweep lists with, of what these cases can have left.
pub(crate) fn sweeps_over(cases: &[Case]) -> Vec<&'static str> {
    with_children(made_by(cases).map(|kind| kind.name).collect())
        .iter()
        .map(|kind| kind.list)
        .collect()
}

/// Kinds of which these cases can make things.
fn made_by(cases: &[Case]) -> impl Iterator<Item = &'static Kind> {
    // Where a row names the action, every kind that its values name.
    let mut actions: BTreeSet<&str> = cases.iter().flat_map(Case::actions).collect();
    let rows = cases.iter().flat_map(|case| case.variables.values());
    actions.extend(rows.filter_map(Value::as_str));
    KINDS.iter().filter(move |kind| kind.makers.iter().any(|maker| actions.contains(maker)))
}

/// The account that a thing belongs to, if it says it.
pub(super) fn owner(thing: &Value) -> Option<&str> {
    thing.get("OwnerId")?.as_str().filter(|owner| !owner.is_empty())
}
