//! What changed from one guideline to another.

use std::collections::BTreeMap;

use crate::guideline::{GuidelineDiff, TestChange, Tier};
use crate::report::sheet::{Sheet, plain};

pub(super) fn sheet(diff: &GuidelineDiff) -> Sheet {
    let mut sheet = Sheet::default();
    sheet.title(format!("From guideline {} to {}", diff.from, diff.to));
    if diff.is_empty() {
        sheet
            .line([plain("Platforms, capabilities, tiers, scores, tests and flags are the same.")]);
        return sheet;
    }
    let mut part = |heading: &str, items: Vec<String>| {
        if !items.is_empty() {
            sheet.heading(format!("{heading}: {}", items.len()));
            sheet.list(items);
        }
    };
    let word = |tier: Option<Tier>| tier.map_or("no tier", Tier::word);
    let tiered = |found: &BTreeMap<String, Option<Tier>>| {
        found.iter().map(|(name, tier)| format!("{name} ({})", word(*tier))).collect()
    };
    part("Platforms added", diff.platforms_added.clone());
    part("Platforms removed", diff.platforms_removed.clone());
    part("Capabilities added", tiered(&diff.capabilities_added));
    part("Capabilities removed", tiered(&diff.capabilities_removed));
    let moved = diff.tiers_moved.iter();
    let moved = moved.map(|(name, c)| format!("{name}: {} → {}", word(c.from), word(c.to)));
    part("Tiers moved", moved.collect());
    let scores = diff.scores.iter();
    part("Scores changed", scores.map(|(n, c)| format!("{n}: {} → {}", c.from, c.to)).collect());
    part("Tests added", tests(&diff.tests_added));
    part("Tests removed", tests(&diff.tests_removed));
    part("Tests moved", tests(&diff.tests_moved));
    part("Tests renamed", tests(&diff.tests_renamed));
    part("Tests flagged", tests(&diff.flagged));
    part("Tests no longer flagged", tests(&diff.unflagged));
    sheet
}

fn tests(changes: &[TestChange]) -> Vec<String> {
    let line = |change: &TestChange| {
        let tier = change.tier.map(|tier| format!(", {tier}")).unwrap_or_default();
        let was = change.was.as_ref().map(|was| format!(", was {was}")).unwrap_or_default();
        let from = change.moved_from.as_ref().map(|from| format!(", was in {from}"));
        let flag = change.flagged.as_ref().map(|flag| format!(": {} ({})", flag.reason, flag.date));
        format!(
            "{} ({}{tier}{}{was}){}",
            change.name,
            change.capability,
            from.unwrap_or_default(),
            flag.unwrap_or_default()
        )
    };
    changes.iter().map(line).collect()
}
