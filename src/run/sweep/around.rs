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
/// ledger. Kinds of which they make things by the run's names only are left out: these tell whose they
/// are. Not in the transcript: that is shown to others, and what else an account holds is not their
/// concern. What a ledger knows already stays: when a run goes on, what it left is not what was there
/// before it.
pub async fn look_around(caller: &Caller<'_>, cases: &[Case], ledger: &Ledger) {
    let book = ledger.book();
    let kinds: Vec<&'static Kind> =
        looked_at(cases).filter(|kind| book.before(kind.name).is_none()).collect();
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
    looked_at(cases).map(|kind| kind.list).collect()
}

/// Kinds that [`look_around`] lists.
fn looked_at(cases: &[Case]) -> impl Iterator<Item = &'static Kind> {
    let telling = |kind: &&Kind| kind.named && cases.iter().all(|case| names_all(case, kind));
    made_by(cases).filter(move |kind| !telling(kind))
}

/// Whether all that a case makes of a kind has a name with the run's id in it.
fn names_all(case: &Case, kind: &Kind) -> bool {
    let mut makers = case.steps.iter().filter(|step| kind.makers.contains(&step.action.as_str()));
    makers.all(|step| {
        kind.names.iter().any(|member| {
            let given = step.parameters.get(*member).or_else(|| step.with.get(*member));
            given.and_then(Value::as_str).is_some_and(|text| holds_run(case, text))
        })
    })
}

/// Whether a text of a case has the run's id in it, itself or in the value of the row that it names.
fn holds_run(case: &Case, text: &str) -> bool {
    let holds =
        |text: &str| ["$name", "${name}", "$run", "${run}"].iter().any(|v| text.contains(v));
    let of_row = |(name, value): (&String, &Value)| {
        (text == format!("${name}") || text == format!("${{{name}}}"))
            && value.as_str().is_some_and(holds)
    };
    holds(text) || case.variables.iter().any(of_row)
}

/// The actions that list what these cases can make.
pub fn lists_of(cases: &[Case]) -> Vec<&'static str> {
    made_by(cases).map(|kind| kind.list).collect()
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_has_no_name_of_the_run_is_looked_at() {
        let case = |name: Value, row: Value| -> Case {
            serde_json::from_value(json!({
                "id": "00000000-0000-4000-8000-000000000001", "name": "a/b", "family": "f",
                "title": "T", "capability": "a", "variables": row,
                "steps": [{"id": "make", "action": "CreateLaunchTemplate", "with": name}],
            }))
            .expect("a case")
        };
        let listed = |case: Case| !looks_at(&[case]).is_empty();
        for name in ["$name", "$name-2", "${name}x"] {
            assert!(!listed(case(json!({"LaunchTemplateName": name}), json!({}))), "{name}");
        }
        let row = json!({"LaunchTemplateName": "$wrong"});
        assert!(!listed(case(row.clone(), json!({"wrong": "$name("}))));
        assert!(listed(case(row, json!({"wrong": "parallax*template"}))));
        assert!(listed(case(json!({"LaunchTemplateName": "mine"}), json!({}))));
        assert!(listed(case(json!({}), json!({}))), "no name at all");
    }
}
