//! Scores: what the criteria that a capability meets weigh together.

use std::collections::BTreeMap;

use serde::Serialize;

use super::document::{Criterion, Guideline, Judgement, Scoring, Tier};

/// The scores of a guideline's capabilities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Scores {
    /// The guideline's id.
    pub guideline: String,
    /// From which score a capability is worth requiring.
    pub cutoff_score: u32,
    /// What a capability scores that meets every criterion.
    pub highest: u32,
    /// The criteria, by their short names.
    pub criteria: BTreeMap<String, Criterion>,
    /// The capabilities, highest score first.
    pub capabilities: Vec<Score>,
}

/// The score of a capability.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Score {
    /// The capability.
    pub capability: String,
    /// Its most binding tier; absent if no component has it.
    pub tier: Option<Tier>,
    /// Its score.
    pub score: u32,
    /// Whether that reaches the cut-off.
    pub reaches: bool,
    /// The criteria that it meets.
    pub achievements: Vec<String>,
    /// Why it meets a criterion or not, where the guideline says so.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub reasons: BTreeMap<String, Judgement>,
    /// Why its tier is another than the score suggests, where the guideline says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier_reason: Option<String>,
}

/// The scores of all capabilities; none if the guideline has no criteria.
pub fn score(guideline: &Guideline) -> Option<Scores> {
    let scoring = guideline.metadata.scoring.as_ref()?;
    let said = guideline.metadata.parallax.as_ref();
    let mut capabilities: Vec<Score> = guideline
        .capabilities
        .iter()
        .map(|(name, capability)| {
            let score = total(scoring, &capability.achievements);
            Score {
                capability: name.clone(),
                tier: guideline.tier_of(name),
                score,
                reaches: score >= scoring.cutoff_score,
                achievements: capability.achievements.clone(),
                reasons: said.and_then(|said| said.reasons.get(name)).cloned().unwrap_or_default(),
                tier_reason: said.and_then(|said| said.tiers.get(name)).cloned(),
            }
        })
        .collect();
    capabilities.sort_by_key(|score| std::cmp::Reverse(score.score));
    Some(Scores {
        guideline: guideline.metadata.id.clone(),
        cutoff_score: scoring.cutoff_score,
        highest: sum(scoring.criteria.values()),
        criteria: scoring.criteria.clone(),
        capabilities,
    })
}

/// What these criteria weigh together. One that stands twice counts once, one that is unknown not
/// at all.
pub(super) fn total(scoring: &Scoring, achievements: &[String]) -> u32 {
    let met = scoring.criteria.iter().filter(|(name, _)| achievements.contains(name));
    sum(met.map(|(_, criterion)| criterion))
}

/// What criteria weigh together.
pub(super) fn sum<'c>(criteria: impl Iterator<Item = &'c Criterion>) -> u32 {
    criteria.fold(0, |sum, criterion| sum.saturating_add(criterion.weight))
}
