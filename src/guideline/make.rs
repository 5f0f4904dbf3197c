//! Makes a guideline from what people keep of it, the suite, and facts.

use std::collections::{BTreeMap, BTreeSet};

use super::criteria::{Criteria, check_near, is_documented};
use super::document::{
    Capability, Component, Extension, Flag, Guideline, Metadata, Scoring, Test, Tier,
    TrademarkApproval,
};
use super::names::test_name;
use super::select::{Selected, select};
use super::source::{CapabilitySource, Source};
use super::usage::Usage;
use crate::case::{Case, Suite};
use crate::judge::baseline::Baselines;
use crate::syntax::{Diagnostic, matches};

/// The project that tests are about: a key of `designated_sections`, of which there are none.
const PROJECT: &str = "ec2";

/// Makes a guideline. The same input gives the same bytes.
///
/// # Errors
/// Every mistake in the source with its place: a pattern that matches no case, a case in no
/// capability, a criterion that nobody judged, a tier that the score does not suggest without a
/// reason, …
pub fn make(
    source: &Source,
    suite: &Suite,
    baselines: &Baselines,
    usage: &Usage,
) -> Result<Guideline, Vec<Diagnostic>> {
    let mut found = Vec::new();
    check_near(source, &mut found);
    let mut selected = select(source, suite, &mut found);
    undocumented(source, baselines, &mut selected, &mut found);
    let aliases = aliases(source, suite, &mut found);
    let flags = flags(source, suite, &mut found);
    let criteria = Criteria::new(source, suite, baselines, usage);
    let scoring =
        Scoring { cutoff_score: source.head.cutoff_score, criteria: source.criteria.clone() };
    let mut said = Extension { about: source.head.about.trim().to_owned(), ..Extension::default() };
    let mut capabilities = BTreeMap::new();
    for capability in &source.capabilities {
        let name = &capability.name.value;
        let cases = selected.of(name);
        if cases.is_empty() {
            let mistake = Diagnostic::error(format!("`{name}` has no case"))
                .at(capability.name.span.clone(), "no pattern and no action of it gives one");
            found.push(mistake);
        }
        let judged = criteria.judge(capability, &cases, &mut found);
        let met = judged.iter().filter(|(_, judgement)| judgement.met);
        let achievements: Vec<String> = met.map(|(criterion, _)| criterion.clone()).collect();
        tier(capability, super::score::total(&scoring, &achievements), &scoring, &mut found);
        said.reasons.insert(name.clone(), judged);
        if let Some(reason) = &capability.tier_reason {
            said.tiers.insert(name.clone(), reason.clone());
        }
        let tests = cases.iter().map(|case| (test_name(&case.name), test(case, &aliases, &flags)));
        let required_since =
            (capability.tier.value == Tier::Required).then(|| source.head.id.clone());
        let made = Capability {
            achievements,
            admin: false,
            description: capability.title.clone(),
            project: PROJECT.to_owned(),
            required_since,
            tests: tests.collect(),
        };
        capabilities.insert(name.clone(), made);
    }
    said.left_out = selected.left_out(source);
    let components = components(source, &mut found);
    if !found.is_empty() {
        return Err(found);
    }
    let head = &source.head;
    Ok(Guideline {
        metadata: Metadata {
            id: head.id.clone(),
            schema: "2.0".to_owned(),
            reference: head.reference.clone(),
            source: head.source.clone(),
            scoring: Some(scoring),
            os_trademark_approval: Some(TrademarkApproval {
                target_approval: head.target_approval.clone(),
                replaces: head.replaces.clone(),
                releases: head.releases.clone(),
                status: head.status.clone(),
            }),
            parallax: Some(said),
        },
        platforms: source.platforms.clone(),
        add_ons: BTreeMap::new(),
        components,
        capabilities,
        designated_sections: serde_json::json!({}),
        test_repositories: source.test_repositories.clone(),
    })
}

fn test(case: &Case, aliases: &BTreeMap<&str, Vec<String>>, flags: &BTreeMap<&str, &Flag>) -> Test {
    Test {
        idempotent_id: format!("id-{}", case.id),
        aliases: aliases.get(case.name.as_str()).cloned().unwrap_or_default(),
        flagged: flags.get(case.name.as_str()).map(|flag| (*flag).clone()),
    }
}

/// Former names, by the case's name of today.
fn aliases<'s>(
    source: &'s Source,
    suite: &Suite,
    found: &mut Vec<Diagnostic>,
) -> BTreeMap<&'s str, Vec<String>> {
    let mut aliases: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (was, is) in &source.former {
        if !suite.cases.iter().any(|case| case.name == is.value) {
            let mistake = Diagnostic::error(format!("there is no case `{}`", is.value));
            found.push(mistake.at(is.span.clone(), "the name of today is meant"));
        }
        if let Some(case) = suite.cases.iter().find(|case| case.name == was.value) {
            let mistake = Diagnostic::error(format!("`{}` is a case of today", case.name));
            found.push(mistake.at(was.span.clone(), "a name that is no longer used is meant"));
        }
        aliases.entry(&is.value).or_default().push(test_name(&was.value));
    }
    aliases
}

/// Flags by the case's name, from patterns of names.
fn flags<'s>(
    source: &'s Source,
    suite: &'s Suite,
    found: &mut Vec<Diagnostic>,
) -> BTreeMap<&'s str, &'s Flag> {
    let mut flags = BTreeMap::new();
    for (pattern, flag) in &source.flagged {
        let named = suite.cases.iter().filter(|case| matches(&pattern.value, &case.name));
        let before = flags.len();
        flags.extend(named.map(|case| (case.name.as_str(), flag)));
        if flags.len() == before {
            let mistake =
                Diagnostic::error(format!("this flags no further case: `{}`", pattern.value));
            found.push(mistake.at(pattern.span.clone(), "no name, or only names flagged above"));
        }
    }
    flags
}

/// Reports a tier that the score does not suggest, and a reason that is not needed.
fn tier(capability: &CapabilitySource, score: u32, scoring: &Scoring, found: &mut Vec<Diagnostic>) {
    let tier = capability.tier.value;
    let reaches = score >= scoring.cutoff_score;
    let suggested = match tier {
        Tier::Required => reaches,
        Tier::Advisory => !reaches,
        // Whatever a capability scores, it goes for reasons of its own.
        Tier::Deprecated | Tier::Removed => false,
    };
    let name = &capability.name.value;
    let cutoff = scoring.cutoff_score;
    let mistake = match (suggested, &capability.tier_reason) {
        (false, None) => Diagnostic::error(format!(
            "`{name}` is {tier} and scores {score}, where the cut-off is {cutoff}"
        ))
        .help("put it into another tier, or say why in `tier_reason`"),
        (true, Some(_)) => Diagnostic::error(format!(
            "`{name}` scores {score}, where the cut-off is {cutoff}: that it is {tier} needs no reason"
        ))
        .help("leave out `tier_reason`"),
        _ => return,
    };
    found.push(mistake.at(capability.tier.span.clone(), "its tier"));
}

/// Nothing is required that AWS does not document: such cases go from required capabilities to the
/// one that takes them.
fn undocumented<'s>(
    source: &'s Source,
    baselines: &Baselines,
    selected: &mut Selected<'s>,
    found: &mut Vec<Diagnostic>,
) {
    let takes = source.capabilities.iter().find(|capability| capability.takes_undocumented);
    let required = source.capabilities.iter().filter(|c| c.tier.value == Tier::Required);
    for capability in required {
        let moved = selected.take(&capability.name.value, |case| !is_documented(case, baselines));
        match (takes, moved.first()) {
            (_, None) => {}
            (Some(takes), _) if takes.tier.value != Tier::Required => {
                selected.add(&takes.name.value, moved);
            }
            (_, Some(first)) => {
                let name = &capability.name;
                let mistake = Diagnostic::error(format!(
                    "`{}` is required and cites nothing that AWS documents",
                    first.name
                ))
                .at(name.span.clone(), "it is in this capability")
                .help("put it into another, or say `takes_undocumented: true` in one that is not required");
                found.push(mistake);
            }
        }
    }
}

fn components(source: &Source, found: &mut Vec<Diagnostic>) -> BTreeMap<String, Component> {
    let component = |(name, description): (&String, &String)| {
        let component = Component {
            description: Some(description.clone()),
            capabilities: super::Tiers::default(),
            designated_sections: None,
        };
        (name.clone(), component)
    };
    let mut components: BTreeMap<String, Component> =
        source.components.iter().map(component).collect();
    let mut names = BTreeSet::new();
    for capability in &source.capabilities {
        let name = &capability.name.value;
        names.insert(name);
        match components.get_mut(&capability.component.value) {
            Some(component) => {
                component.capabilities.of_mut(capability.tier.value).push(name.clone());
            }
            None => {
                let mistake = Diagnostic::error(format!(
                    "there is no component `{}`",
                    capability.component.value
                ));
                found.push(mistake.at(capability.component.span.clone(), "not in `components`"));
            }
        }
    }
    for component in components.values_mut() {
        Tier::ALL.into_iter().for_each(|tier| component.capabilities.of_mut(tier).sort());
    }
    components
}

impl Selected<'_> {
    /// Why cases are left out, by pattern.
    fn left_out(&self, source: &Source) -> BTreeMap<String, String> {
        let texts = source.left_out.iter();
        texts.map(|(pattern, why)| (pattern.value.clone(), why.value.clone())).collect()
    }
}
