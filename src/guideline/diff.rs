//! What changed from one guideline to another.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::document::{Flag, Guideline, Test, Tier};
use super::score::total;

/// What changed from one guideline to another. Tests are the same if their UUIDs are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct GuidelineDiff {
    /// The earlier guideline's id.
    pub from: String,
    /// The later guideline's id.
    pub to: String,
    /// Platforms and add-ons that only the later one has.
    pub platforms_added: Vec<String>,
    /// Platforms and add-ons that only the earlier one has.
    pub platforms_removed: Vec<String>,
    /// Capabilities that only the later one has, with their tiers.
    pub capabilities_added: BTreeMap<String, Option<Tier>>,
    /// Capabilities that only the earlier one has, with their tiers.
    pub capabilities_removed: BTreeMap<String, Option<Tier>>,
    /// Capabilities whose tier is another one.
    pub tiers_moved: BTreeMap<String, Change<Option<Tier>>>,
    /// Capabilities whose score is another one.
    pub scores: BTreeMap<String, Change<u32>>,
    /// Tests that only the later one has.
    pub tests_added: Vec<TestChange>,
    /// Tests that only the earlier one has.
    pub tests_removed: Vec<TestChange>,
    /// Tests that are in another capability now.
    pub tests_moved: Vec<TestChange>,
    /// Tests that are called otherwise now.
    pub tests_renamed: Vec<TestChange>,
    /// Tests that need not be passed any more.
    pub flagged: Vec<TestChange>,
    /// Tests that have to be passed again.
    pub unflagged: Vec<TestChange>,
}

/// Before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Change<T> {
    /// In the earlier guideline.
    pub from: T,
    /// In the later guideline.
    pub to: T,
}

/// A test that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TestChange {
    /// Its UUID.
    pub uuid: String,
    /// Its name: of one that is gone the last.
    pub name: String,
    /// The name that it had, if that changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub was: Option<String>,
    /// Its capability: of one that is gone the last.
    pub capability: String,
    /// The capability that it was in, if that changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moved_from: Option<String>,
    /// The tier of its capability.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<Tier>,
    /// Why it need not be passed, if so; of one that has to be again, why it had not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flagged: Option<Flag>,
}

impl GuidelineDiff {
    /// Whether nothing changed that this looks at.
    pub fn is_empty(&self) -> bool {
        let same = GuidelineDiff {
            from: self.from.clone(),
            to: self.to.clone(),
            ..GuidelineDiff::default()
        };
        *self == same
    }
}

/// What changed from `from` to `to`.
pub fn diff(from: &Guideline, to: &Guideline) -> GuidelineDiff {
    let (before, after) = (tests(from), tests(to));
    let mut found = GuidelineDiff {
        from: from.metadata.id.clone(),
        to: to.metadata.id.clone(),
        platforms_added: only(&platforms(to), &platforms(from)),
        platforms_removed: only(&platforms(from), &platforms(to)),
        capabilities_added: capabilities_only(to, from),
        capabilities_removed: capabilities_only(from, to),
        ..GuidelineDiff::default()
    };
    for name in from.capabilities.keys().filter(|name| to.capabilities.contains_key(*name)) {
        let tiers = Change { from: from.tier_of(name), to: to.tier_of(name) };
        if tiers.from != tiers.to {
            found.tiers_moved.insert(name.clone(), tiers);
        }
        if let (Some(from), Some(to)) = (score(from, name), score(to, name))
            && from != to
        {
            found.scores.insert(name.clone(), Change { from, to });
        }
    }
    for (uuid, was) in &before {
        if !after.contains_key(uuid) {
            found.tests_removed.push(was.change(from, uuid));
        }
    }
    for (uuid, is) in &after {
        let Some(was) = before.get(uuid) else {
            found.tests_added.push(is.change(to, uuid));
            continue;
        };
        let change = is.change(to, uuid);
        if was.capability != is.capability {
            let moved_from = Some(was.capability.to_owned());
            found.tests_moved.push(TestChange { moved_from, ..change.clone() });
        }
        if was.name != is.name {
            let was = Some(was.name.to_owned());
            found.tests_renamed.push(TestChange { was, ..change.clone() });
        }
        match (&was.test.flagged, &is.test.flagged) {
            (None, Some(_)) => found.flagged.push(change),
            (Some(flag), None) => {
                found.unflagged.push(TestChange { flagged: Some(flag.clone()), ..change });
            }
            _ => {}
        }
    }
    found
}

struct Placed<'g> {
    capability: &'g str,
    name: &'g str,
    test: &'g Test,
}

impl Placed<'_> {
    fn change(&self, guideline: &Guideline, uuid: &str) -> TestChange {
        TestChange {
            uuid: uuid.to_owned(),
            name: self.name.to_owned(),
            was: None,
            capability: self.capability.to_owned(),
            moved_from: None,
            tier: guideline.tier_of(self.capability),
            flagged: self.test.flagged.clone(),
        }
    }
}

fn tests(guideline: &Guideline) -> BTreeMap<String, Placed<'_>> {
    guideline
        .tests()
        .map(|(capability, name, test)| {
            (test.uuid().to_ascii_lowercase(), Placed { capability, name, test })
        })
        .collect()
}

fn platforms(guideline: &Guideline) -> BTreeSet<String> {
    guideline.platforms.keys().chain(guideline.add_ons.keys()).cloned().collect()
}

fn only(these: &BTreeSet<String>, those: &BTreeSet<String>) -> Vec<String> {
    these.difference(those).cloned().collect()
}

fn capabilities_only(these: &Guideline, those: &Guideline) -> BTreeMap<String, Option<Tier>> {
    let names = these.capabilities.keys().filter(|name| !those.capabilities.contains_key(*name));
    names.map(|name| (name.clone(), these.tier_of(name))).collect()
}

fn score(guideline: &Guideline, capability: &str) -> Option<u32> {
    let scoring = guideline.metadata.scoring.as_ref()?;
    Some(total(scoring, &guideline.capabilities.get(capability)?.achievements))
}
