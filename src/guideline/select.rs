//! Which cases belong to which capability.

use std::collections::{BTreeMap, BTreeSet};

use super::document::Tier;
use super::source::{OnlyActions, Source};
use crate::case::{Case, Suite};
use crate::model::Model;
use crate::syntax::{Diagnostic, Spanned, matches};

/// The cases of each capability.
pub(super) struct Selected<'s> {
    by_capability: BTreeMap<&'s str, Vec<&'s Case>>,
}

impl<'s> Selected<'s> {
    /// The cases of a capability, sorted by name.
    pub(super) fn of(&self, capability: &str) -> Vec<&'s Case> {
        self.by_capability.get(capability).cloned().unwrap_or_default()
    }

    /// Takes cases out of a capability.
    pub(super) fn take(
        &mut self,
        capability: &str,
        which: impl Fn(&Case) -> bool,
    ) -> Vec<&'s Case> {
        let Some(cases) = self.by_capability.get_mut(capability) else { return Vec::new() };
        let (taken, kept) = cases.iter().partition(|case| which(case));
        *cases = kept;
        taken
    }

    /// Adds cases to a capability.
    pub(super) fn add(&mut self, capability: &'s str, more: Vec<&'s Case>) {
        let cases = self.by_capability.entry(capability).or_default();
        cases.extend(more);
        cases.sort_by(|a, b| a.name.cmp(&b.name));
    }
}

/// A pattern, and whose it is: a capability's, or that of what is left out.
struct Pattern<'s> {
    text: &'s Spanned<String>,
    capability: Option<&'s str>,
    /// The actions that a case has to be about; any if absent.
    only: Option<BTreeSet<&'s str>>,
}

/// Puts each case into one capability: into the one whose longest pattern matches its name; if none
/// does, into the one that is about its action. Reports patterns that match nothing, or as well as
/// another one, and cases that are in none.
pub(super) fn select<'s>(
    source: &'s Source,
    suite: &'s Suite,
    found: &mut Vec<Diagnostic>,
) -> Selected<'s> {
    let owners = owners(source, found);
    let patterns = patterns(source);
    let mut used: BTreeSet<usize> = BTreeSet::new();
    let mut selected = Selected { by_capability: BTreeMap::new() };
    let mut tied: BTreeSet<(usize, usize)> = BTreeSet::new();
    let mut homeless: Vec<&str> = Vec::new();
    for case in &suite.cases {
        let actions = main_actions(case);
        let fits = |pattern: &Pattern<'_>| {
            pattern.only.as_ref().is_none_or(|only| actions.iter().all(|a| only.contains(a)))
        };
        let matching = patterns
            .iter()
            .enumerate()
            .filter(|(_, pattern)| matches(&pattern.text.value, &case.name) && fits(pattern));
        let matching: Vec<(usize, &Pattern<'_>)> = matching.collect();
        used.extend(matching.iter().map(|(at, _)| at));
        let longest = matching.iter().map(|(_, pattern)| length(pattern)).max();
        let best: Vec<&(usize, &Pattern<'_>)> =
            matching.iter().filter(|(_, pattern)| Some(length(pattern)) == longest).collect();
        let other = best.iter().find(|(_, other)| other.capability != best[0].1.capability);
        match (best.first(), other) {
            (Some((first, one)), Some((second, other))) => {
                if !tied.insert((*first, *second)) {
                    continue;
                }
                let mistake = Diagnostic::error(format!("`{}` is in two capabilities", case.name))
                    .at(other.text.span.clone(), "it matches this")
                    .also(one.text.span.clone(), "and this, which is as long");
                found.push(mistake.help("name the case itself, or a longer pattern, in one"));
            }
            (Some((_, one)), None) => {
                if let Some(capability) = one.capability {
                    selected.by_capability.entry(capability).or_default().push(case);
                }
            }
            _ => match actions.iter().rev().find_map(|action| owners.get(action)) {
                Some(capability) => {
                    selected.by_capability.entry(capability).or_default().push(case);
                }
                None => homeless.push(&case.name),
            },
        }
    }
    for (at, pattern) in patterns.iter().enumerate() {
        if !used.contains(&at) {
            let mistake = Diagnostic::error(format!("no case is called `{}`", pattern.text.value))
                .at(pattern.text.span.clone(), "matches nothing");
            found.push(mistake.help("`parallax list` shows the names; `*` stands for anything"));
        }
    }
    if !homeless.is_empty() {
        let shown: Vec<&str> = homeless.iter().take(20).copied().collect();
        let more = match homeless.len() - shown.len() {
            0 => String::new(),
            rest => format!(" and {rest} more"),
        };
        let mistake = Diagnostic::error(format!(
            "{} cases are in no capability: {}{more}",
            homeless.len(),
            shown.join(", ")
        ));
        found.push(mistake.help("put them into one, or into `left_out`, and say why"));
    }
    selected
}

/// The capability that is about an action: the first that names it. Reports what is no action.
fn owners<'s>(source: &'s Source, found: &mut Vec<Diagnostic>) -> BTreeMap<&'s str, &'s str> {
    let mut owners = BTreeMap::new();
    for capability in &source.capabilities {
        for action in &capability.actions {
            if Model::ec2().action(&action.value).is_none() {
                let all = Model::ec2().actions().map(|a| a.name.as_str());
                let close = crate::model::suggest(&action.value, all);
                let mistake = Diagnostic::error(format!("EC2 has no action `{}`", action.value))
                    .at(action.span.clone(), "not known");
                found.push(mistake.suggest(close));
            }
            owners.entry(action.value.as_str()).or_insert(capability.name.value.as_str());
        }
    }
    owners
}

/// Actions that required capabilities are about, of one component or of all. Those that take only
/// cases about such actions do not count themselves.
fn required_actions<'s>(source: &'s Source, component: Option<&str>) -> BTreeSet<&'s str> {
    let capabilities = source.capabilities.iter();
    let required =
        capabilities.filter(|c| c.tier.value == Tier::Required && c.only_actions.is_none());
    let here = required.filter(|c| component.is_none_or(|name| c.component.value == name));
    here.flat_map(|c| &c.actions).map(|action| action.value.as_str()).collect()
}

fn patterns(source: &Source) -> Vec<Pattern<'_>> {
    let mut patterns = Vec::new();
    for capability in &source.capabilities {
        let only = capability.only_actions.map(|only| match only {
            OnlyActions::Required => required_actions(source, None),
            OnlyActions::RequiredHere => {
                required_actions(source, Some(&capability.component.value))
            }
        });
        patterns.extend(capability.cases.iter().map(|text| Pattern {
            text,
            capability: Some(&capability.name.value),
            only: only.clone(),
        }));
    }
    let left_out = source.left_out.iter();
    patterns.extend(left_out.map(|(text, _)| Pattern { text, capability: None, only: None }));
    patterns
}

/// The actions that a case is about, in the order called: those of steps that do not only prepare.
fn main_actions(case: &Case) -> Vec<&str> {
    let main = case.steps.iter().filter(|step| !step.setup && step.calls());
    main.map(|step| step.action.as_str()).collect()
}

/// How much of a name a pattern says.
fn length(pattern: &Pattern<'_>) -> usize {
    pattern.text.value.bytes().filter(|b| *b != b'*').count()
}
