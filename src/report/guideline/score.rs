//! Scores, and why.

use crate::guideline::{Score, Scores, Tier};
use crate::report::sheet::{Column, Piece, Sheet, Side, Tone, plain};

pub(super) fn sheet(scores: &Scores, reasons: Option<&str>) -> Sheet {
    let mut sheet = Sheet::default();
    match reasons.and_then(|name| scores.capabilities.iter().find(|s| s.capability == name)) {
        Some(score) => one(&mut sheet, scores, score),
        None => all(&mut sheet, scores),
    }
    sheet
}

fn all(sheet: &mut Sheet, scores: &Scores) {
    sheet.title(format!("Scores of guideline {}", scores.guideline));
    sheet.line([plain(format!(
        "The cut-off is {}: a capability with that score or more is worth requiring. Meeting every criterion scores {}.",
        scores.cutoff_score, scores.highest
    ))]);
    sheet.heading("Criteria");
    sheet.table(
        &[("criterion", Side::Left), ("weight", Side::Right), ("", Side::Left)],
        scores
            .criteria
            .iter()
            .map(|(name, criterion)| {
                vec![
                    plain(name.clone()),
                    plain(criterion.weight.to_string()),
                    (format!("{}. {}", criterion.name, criterion.description), Tone::Soft),
                ]
            })
            .collect(),
    );
    sheet.heading("Capabilities");
    sheet.table(
        &[
            ("score", Side::Right),
            ("", Side::Left),
            ("capability", Side::Left),
            ("tier", Side::Left),
            ("does not meet", Side::Left),
        ],
        scores.capabilities.iter().map(|score| row(scores, score)).collect(),
    );
    sheet.line([(
        "≥ reaches the cut-off. --capability NAME shows why a capability meets a criterion or not."
            .to_owned(),
        Tone::Soft,
    )]);
}

fn row(scores: &Scores, score: &Score) -> Vec<Piece> {
    let missing = scores.criteria.keys().filter(|name| !score.achievements.contains(name));
    let missing: Vec<&str> = missing.map(String::as_str).collect();
    let tone = if score.reaches { Tone::Good } else { Tone::Plain };
    vec![
        (score.score.to_string(), tone),
        (if score.reaches { "≥" } else { " " }.to_owned(), tone),
        plain(score.capability.clone()),
        plain(score.tier.map_or("-", Tier::word)),
        (missing.join(" "), Tone::Soft),
    ]
}

const REASONS: [Column; 4] =
    [("criterion", Side::Left), ("weight", Side::Right), ("by", Side::Left), ("", Side::Left)];

fn one(sheet: &mut Sheet, scores: &Scores, score: &Score) {
    sheet.title(score.capability.clone());
    let verb = if score.reaches { "reaches" } else { "does not reach" };
    sheet.line([plain(format!(
        "{} of {}: {verb} the cut-off of {}. Tier: {}.",
        score.score,
        scores.highest,
        scores.cutoff_score,
        score.tier.map_or("none", Tier::word)
    ))]);
    if let Some(reason) = &score.tier_reason {
        sheet.line([plain(reason.clone())]);
    }
    let rows = |met: bool| {
        let criteria = scores.criteria.iter();
        let these = criteria.filter(|(name, _)| score.achievements.contains(name) == met);
        these.map(|(name, criterion)| reason(score, name, criterion.weight)).collect()
    };
    sheet.heading("Meets");
    sheet.table(&REASONS, rows(true));
    sheet.heading("Does not meet");
    sheet.table(&REASONS, rows(false));
}

fn reason(score: &Score, name: &str, weight: u32) -> Vec<Piece> {
    let said = score.reasons.get(name);
    let by = said.map_or("", |said| if said.counted { "rule" } else { "judgement" });
    vec![
        plain(name),
        plain(weight.to_string()),
        (by.to_owned(), Tone::Soft),
        plain(said.map_or("", |said| said.why.as_str())),
    ]
}
