//! Which kind of id a member has wherever it is: `VpcId` is `vpc-…` in every action's answers.
//!
//! So the id of a stopped instance can be judged though few recordings stop one.

use std::collections::{BTreeMap, BTreeSet};

use super::Profile;
use crate::judge::Form;
use crate::model::Model;

/// Fewer actions than this say nothing about the others.
const MIN_ACTIONS: usize = 3;
/// Fewer recordings than this say nothing.
const MIN_RECORDINGS: u32 = 20;
/// Also the id of placement groups (`pg-…`), of which there are no recordings.
const AMBIGUOUS: [&str; 1] = ["GroupId"];

/// The form of the ids in all members of one name.
#[derive(Debug, Clone)]
pub(super) struct IdKind {
    /// The form: `id:vpc`.
    pub form: Form,
    /// Values counted.
    pub values: u32,
    /// Recordings counted, action by action.
    pub recordings: u32,
    /// The actions.
    pub actions: BTreeSet<String>,
}

/// The kinds of ids by the name of the member, of those members that identify something and had ids
/// of one kind in all answers to several actions.
pub(super) fn kinds<'p>(profiles: impl Iterator<Item = &'p Profile>) -> BTreeMap<String, IdKind> {
    let mut kinds: BTreeMap<String, Option<IdKind>> = BTreeMap::new();
    for profile in profiles {
        for (path, stats) in &profile.paths {
            let name = path.rsplit('.').next().unwrap_or(path);
            if !Model::ec2().is_identifier(name) || AMBIGUOUS.contains(&name) {
                continue;
            }
            let mut forms = stats.forms.iter().filter(|(form, _)| **form != Form::Empty);
            let (form, values) = match (forms.next(), forms.next(), stats.plain) {
                (None, None, 0) => continue,
                (Some((form @ Form::Id(_), values)), None, 0) => (form, *values),
                _ => {
                    kinds.insert(name.to_owned(), None);
                    continue;
                }
            };
            let kind = kinds.entry(name.to_owned()).or_insert_with(|| {
                let actions = BTreeSet::new();
                Some(IdKind { form: form.clone(), values: 0, recordings: 0, actions })
            });
            match kind {
                Some(known) if known.form == *form => {
                    known.values += values;
                    if known.actions.insert(profile.action.clone()) {
                        known.recordings += stats.recordings;
                    }
                }
                other => *other = None,
            }
        }
    }
    kinds
        .into_iter()
        .filter_map(|(name, kind)| Some((name, kind?)))
        .filter(|(_, kind)| kind.actions.len() >= MIN_ACTIONS && kind.recordings >= MIN_RECORDINGS)
        .collect()
}
