//! What is wrong with a guideline: stricter than the published schema, which lets most of this pass.

use std::collections::BTreeMap;

use super::document::{Component, Guideline, Platform, Tier, Tiers};
use super::places::Places;
use super::read::read;
use super::refstack;
use super::score::total;
use super::tests_of;
use crate::case;
use crate::model::suggest;
use crate::syntax::Diagnostic;

/// The suite that the tests of a guideline should be in.
#[derive(Debug, Clone, Copy)]
pub struct Against<'s> {
    /// The suite.
    pub suite: &'s case::Suite,
    /// Whether a test that is not in it is a mistake; else it is a warning.
    pub strict: bool,
}

/// Every mistake in the text of a guideline, and warnings of what is allowed and probably not meant.
pub fn check(text: &str, against: Option<Against<'_>>) -> Vec<Diagnostic> {
    let read = read(text);
    let mut found = read.broken;
    found.extend(read.unknown);
    if let (Some(root), Some(guideline)) = (&read.root, &read.guideline) {
        let mut check = Check { guideline, places: Places::new(root), found };
        check.metadata();
        check.platforms();
        check.components();
        check.capabilities();
        found = check.found;
        found.extend(tests_of::check(guideline, &Places::new(root), against));
    }
    let place = |diagnostic: &Diagnostic| diagnostic.line(text);
    found.sort_by_key(|diagnostic| (diagnostic.is_warning(), place(diagnostic)));
    found
}

struct Check<'g> {
    guideline: &'g Guideline,
    places: Places<'g>,
    found: Vec<Diagnostic>,
}

const STATUS: [&str; 4] = ["draft", "advisory", "approved", "superseded"];

impl Check<'_> {
    fn at(&mut self, diagnostic: Diagnostic, path: &[&str], label: &str) {
        self.found.push(diagnostic.at(self.places.key(path), label));
    }

    fn value_at(&mut self, diagnostic: Diagnostic, path: &[&str], label: &str) {
        self.found.push(diagnostic.at(self.places.value(path), label));
    }

    fn metadata(&mut self) {
        let metadata = &self.guideline.metadata;
        if !is_id(&metadata.id) {
            let mistake = Diagnostic::error(format!("{:?} is no id of a guideline", metadata.id));
            let mistake = mistake
                .help("`2026.11`, `next`, or with the add-on's name before it: `dns.2026.11`");
            self.value_at(mistake, &["metadata", "id"], "a year and a month are meant");
        }
        for (key, url) in [("reference", &metadata.reference), ("source", &metadata.source)] {
            if url::Url::parse(url).is_err() {
                let mistake = Diagnostic::error(format!("`{key}` is no URL"));
                let mistake = mistake.help("where it can be read, with https:// before it");
                self.value_at(mistake, &["metadata", key], "this is no address");
            }
        }
        self.approval();
        let Some(scoring) = &metadata.scoring else { return };
        let path = ["metadata", "scoring", "cutoff_score"];
        let highest = super::score::sum(scoring.criteria.values());
        if scoring.cutoff_score > highest {
            let mistake = Diagnostic::error(format!(
                "no capability can reach the cut-off: all criteria together weigh {highest}"
            ));
            self.value_at(mistake, &path, "higher than that");
        }
        for (name, criterion) in &scoring.criteria {
            if criterion.weight == 0 {
                let mistake = Diagnostic::error(format!("criterion `{name}` weighs nothing"));
                let mistake = mistake.help("give it a weight, or leave it out");
                self.at(mistake, &["metadata", "scoring", "criteria", name, "weight"], "0");
            }
        }
    }

    fn approval(&mut self) {
        let Some(approval) = &self.guideline.metadata.os_trademark_approval else { return };
        let path = |key| ["metadata", "os_trademark_approval", key];
        if !STATUS.contains(&approval.status.as_str()) {
            let mistake = Diagnostic::error(format!("there is no status {:?}", approval.status));
            let mistake = match suggest(&approval.status, STATUS) {
                Some(close) => mistake.suggest(Some(close)),
                None => mistake.help(format!("one of {}", STATUS.join(", "))),
            };
            self.value_at(mistake, &path("status"), "not known");
        }
        if !is_month(&approval.target_approval) {
            let mistake = Diagnostic::error(format!("{:?} is no month", approval.target_approval));
            self.value_at(mistake, &path("target_approval"), "`YYYY.MM` is meant");
        }
        if let Some(replaces) = approval.replaces.as_ref().filter(|id| !is_id(id)) {
            let mistake = Diagnostic::error(format!("{replaces:?} is no id of a guideline"));
            self.value_at(mistake, &path("replaces"), "`YYYY.MM` is meant");
        }
        if approval.releases.is_empty() {
            let mistake = Diagnostic::error("a guideline is about one release at least");
            self.value_at(mistake, &path("releases"), "empty");
        }
    }

    fn platforms(&mut self) {
        let guideline = self.guideline;
        if guideline.platforms.is_empty() && guideline.add_ons.is_empty() {
            let mistake = Diagnostic::error("there is no platform: nobody can conform to this");
            self.at(mistake.help("add `platforms`, or `add-ons`"), &[], "");
        }
        for (name, platform) in &guideline.platforms {
            self.platform("platforms", name, platform);
        }
        for (name, add_on) in &guideline.add_ons {
            self.platform("add-ons", name, add_on);
        }
        let shown = |name: &&String| refstack::target(name).is_some();
        if !guideline.platforms.is_empty() && !guideline.platforms.keys().any(|n| shown(&n)) {
            let names = refstack::TARGETS.map(|(name, _)| format!("\"{name}\"")).join(", ");
            let warning = Diagnostic::warning("RefStack shows none of these platforms");
            let warning = warning.help(format!("it knows {names}, and no others"));
            self.at(warning, &["platforms"], "no name that it knows");
        }
    }

    fn platform(&mut self, kind: &str, name: &str, platform: &Platform) {
        let guideline = self.guideline;
        let path = [kind, name, "components"];
        for component in &platform.components {
            let known = guideline.components.contains_key(&component.name);
            if !known && component.source.is_none() {
                let all = guideline.components.keys().map(String::as_str);
                let mistake =
                    Diagnostic::error(format!("there is no component `{}`", component.name));
                let mistake = match suggest(&component.name, all) {
                    Some(close) => mistake.suggest(Some(close)),
                    None => mistake.help("one of another guideline has that one's URL as `source`"),
                };
                self.value_at(mistake, &path, "it is named here");
            }
        }
        let elsewhere = platform.components.iter().any(|component| component.source.is_some());
        if !elsewhere && guideline.capabilities_of(platform).is_empty() {
            let mistake = Diagnostic::error(format!("`{name}` has no capabilities"));
            self.at(mistake, &[kind, name], "everything conforms to this");
        } else if !elsewhere
            && guideline.capabilities_of(platform).iter().all(|(tier, _)| *tier != Tier::Required)
        {
            let warning = Diagnostic::warning(format!("`{name}` requires nothing"));
            self.at(warning, &[kind, name], "no required capability");
        }
    }

    fn components(&mut self) {
        let guideline = self.guideline;
        for (name, component) in &guideline.components {
            self.tiers(name, &component.capabilities);
            self.sections(name, component);
            let platforms = guideline.platforms.values().chain(guideline.add_ons.values());
            let mut references = platforms.flat_map(|platform| &platform.components);
            if !references.any(|reference| reference.name == *name) {
                let warning = Diagnostic::warning(format!("no platform has component `{name}`"));
                self.at(warning, &["components", name], "not used");
            }
        }
    }

    fn tiers(&mut self, component: &str, tiers: &Tiers) {
        let mut seen: BTreeMap<&str, Tier> = BTreeMap::new();
        for (tier, name) in tiers.iter() {
            let path = ["components", component, "capabilities", tier.word()];
            let place = self.places.item(&path, name);
            if let Some(first) = seen.insert(name, tier) {
                let other = ["components", component, "capabilities", first.word()];
                let mistake = Diagnostic::error(format!("`{name}` stands twice in a component"))
                    .at(place.clone(), tier.word())
                    .also(self.places.item(&other, name), first.word());
                self.found.push(mistake.help("a capability is in one tier"));
            }
            if !self.guideline.capabilities.contains_key(name) {
                let all = self.guideline.capabilities.keys().map(String::as_str);
                let mistake = Diagnostic::error(format!("there is no capability `{name}`"))
                    .at(place, "it is named here");
                self.found.push(match suggest(name, all) {
                    Some(close) => mistake.suggest(Some(close)),
                    None => mistake.help("describe it in `capabilities`, or leave it out here"),
                });
            }
        }
    }

    fn sections(&mut self, component: &str, found: &Component) {
        let Some(sections) = &found.designated_sections else { return };
        let known = self.guideline.designated_sections.as_object();
        for (tier, name) in sections.iter() {
            if !known.is_some_and(|known| known.contains_key(name)) {
                let path = ["components", component, "designated_sections", tier.word()];
                let mistake = Diagnostic::error(format!("there is no designated section `{name}`"))
                    .at(self.places.item(&path, name), "it is named here");
                self.found.push(mistake.help("describe it in the top `designated_sections`"));
            }
        }
    }

    fn capabilities(&mut self) {
        let guideline = self.guideline;
        let scoring = guideline.metadata.scoring.as_ref();
        for (name, capability) in &guideline.capabilities {
            let path = ["capabilities", name.as_str()];
            let tier = guideline.tier_of(name);
            if tier.is_none() {
                let warning = Diagnostic::warning(format!("no component has `{name}`"));
                self.at(warning, &path, "in no tier");
            }
            let within = ["capabilities", name, "achievements"];
            for (at, criterion) in capability.achievements.iter().enumerate() {
                let place = self.places.item(&within, criterion);
                if capability.achievements[..at].contains(criterion) {
                    let mistake = Diagnostic::error(format!("`{criterion}` stands twice"));
                    self.found.push(mistake.at(place, "counted once"));
                    continue;
                }
                let Some(scoring) = scoring else { continue };
                if !scoring.criteria.contains_key(criterion) {
                    let all = scoring.criteria.keys().map(String::as_str);
                    let mistake = Diagnostic::error(format!("there is no criterion `{criterion}`"))
                        .at(place, "not in `metadata.scoring.criteria`");
                    self.found.push(mistake.suggest(suggest(criterion, all)));
                }
            }
            if let Some(since) = capability.required_since.as_ref().filter(|id| !is_id(id)) {
                let mistake = Diagnostic::error(format!("{since:?} is no id of a guideline"));
                let path = ["capabilities", name, "required_since"];
                self.value_at(mistake, &path, "`YYYY.MM` is meant");
            }
            if tier != Some(Tier::Required) {
                continue;
            }
            if capability.admin {
                let warning = Diagnostic::warning(format!(
                    "`{name}` is required and needs an administrator's rights"
                ));
                let warning = warning.help("DefCore requires nothing that only administrators can");
                self.at(warning, &["capabilities", name, "admin"], "true");
            }
            let said = guideline.metadata.parallax.as_ref().map(|said| &said.tiers);
            let explained = said.is_some_and(|tiers| tiers.contains_key(name));
            if let Some(scoring) = scoring.filter(|_| !explained) {
                let score = total(scoring, &capability.achievements);
                if score < scoring.cutoff_score {
                    let warning = Diagnostic::warning(format!(
                        "`{name}` is required and scores {score}, below the cut-off of {}",
                        scoring.cutoff_score
                    ));
                    self.at(warning, &path, "not worth requiring by its score");
                }
            }
            if capability.tests.is_empty() {
                let mistake = Diagnostic::error(format!("`{name}` is required and has no tests"));
                self.at(mistake, &path, "nobody can show it");
            } else if capability.tests.values().all(|test| test.flagged.is_some()) {
                let warning = Diagnostic::warning(format!("all tests of `{name}` are flagged"));
                self.at(warning, &path, "required, and nothing has to be passed");
            }
        }
    }
}

/// `2026.11`, `next`, or either with an add-on's name before it.
pub(super) fn is_id(id: &str) -> bool {
    let version = match id.split_once('.') {
        Some((name, rest))
            if !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') =>
        {
            rest
        }
        _ => id,
    };
    version == "next" || is_month(version)
}

/// `YYYY.MM`.
fn is_month(text: &str) -> bool {
    let parts = text.split_once('.');
    parts.is_some_and(|(year, month)| {
        year.len() == 4
            && year.bytes().all(|b| b.is_ascii_digit())
            && month.len() == 2
            && month.parse::<u8>().is_ok_and(|month| (1..=12).contains(&month))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids() {
        for good in ["2026.11", "next", "dns.2026.11", "shared_file_system.next"] {
            assert!(is_id(good), "{good}");
        }
        for bad in ["", "2026", "2026.13", "26.11", "2026.11.json", "DNS.2026.11", "2026-11"] {
            assert!(!is_id(bad), "{bad}");
        }
    }
}
