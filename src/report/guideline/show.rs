//! What a guideline asks for.

use super::words::count;
use crate::guideline::{Capability, Guideline, Platform, Tier, refstack_target, score};
use crate::report::sheet::{Piece, Sheet, Side, Tone, plain};

pub(super) fn sheet(guideline: &Guideline, tests: bool) -> Sheet {
    let mut sheet = Sheet::default();
    let metadata = &guideline.metadata;
    let status = metadata.os_trademark_approval.as_ref().map(|a| format!(" ({})", a.status));
    sheet.title(format!("Guideline {}{}", metadata.id, status.unwrap_or_default()));
    let all = guideline.tests().count();
    let flagged = guideline.tests().filter(|(_, _, test)| test.flagged.is_some()).count();
    sheet.line([plain(format!(
        "{}, {}, {flagged} flagged",
        match guideline.capabilities.len() {
            1 => "1 capability".to_owned(),
            many => format!("{many} capabilities"),
        },
        count(all, "test")
    ))]);
    sheet.line([(metadata.source.clone(), Tone::Soft)]);
    if let Some(said) = &metadata.parallax {
        sheet.line([plain(said.about.split_whitespace().collect::<Vec<_>>().join(" "))]);
    }
    for (name, platform) in guideline.platforms.iter().chain(&guideline.add_ons) {
        sheet.heading(name.clone());
        if let Some(description) = &platform.description {
            sheet.line([plain(description.clone())]);
        }
        if let Some(target) = refstack_target(name) {
            sheet.line([(format!("RefStack shows it: target={target}"), Tone::Soft)]);
        }
        sheet.table(
            &[
                ("tier", Side::Left),
                ("capabilities", Side::Right),
                ("tests", Side::Right),
                ("flagged", Side::Right),
            ],
            tiers(guideline, platform),
        );
    }
    sheet.heading("Capabilities");
    sheet.table(
        &[
            ("capability", Side::Left),
            ("tier", Side::Left),
            ("score", Side::Right),
            ("tests", Side::Right),
            ("flagged", Side::Right),
            ("", Side::Left),
        ],
        capabilities(guideline),
    );
    if tests {
        for (name, capability) in &guideline.capabilities {
            sheet.heading(name.clone());
            sheet.list(test_lines(capability));
        }
    }
    sheet
}

fn flags(capability: &Capability) -> usize {
    capability.tests.values().filter(|test| test.flagged.is_some()).count()
}

fn tiers(guideline: &Guideline, platform: &Platform) -> Vec<Vec<Piece>> {
    let all = guideline.capabilities_of(platform);
    let row = |tier: Tier| {
        let names = all.iter().filter(|(of, _)| *of == tier).map(|(_, name)| *name);
        let found: Vec<&Capability> =
            names.clone().filter_map(|name| guideline.capabilities.get(name)).collect();
        let tests: usize = found.iter().map(|capability| capability.tests.len()).sum();
        let flagged: usize = found.iter().map(|capability| flags(capability)).sum();
        let names = names.count();
        (names > 0).then(|| {
            vec![
                (tier.to_string(), tone(tier)),
                plain(names.to_string()),
                plain(tests.to_string()),
                plain(flagged.to_string()),
            ]
        })
    };
    Tier::ALL.into_iter().filter_map(row).collect()
}

fn tone(tier: Tier) -> Tone {
    match tier {
        Tier::Required => Tone::Strong,
        Tier::Advisory => Tone::Plain,
        Tier::Deprecated | Tier::Removed => Tone::Soft,
    }
}

fn capabilities(guideline: &Guideline) -> Vec<Vec<Piece>> {
    let scores = score(guideline);
    let score_of = |name: &str| {
        let scores = scores.as_ref()?;
        scores.capabilities.iter().find(|score| score.capability == name).map(|score| score.score)
    };
    let mut rows: Vec<(Option<Tier>, Vec<Piece>)> = Vec::new();
    for (name, capability) in &guideline.capabilities {
        let tier = guideline.tier_of(name);
        let flagged = flags(capability);
        rows.push((
            tier,
            vec![
                plain(name.clone()),
                (tier.map_or("-", Tier::word).to_owned(), tier.map_or(Tone::Doubt, tone)),
                plain(score_of(name).map(|score| score.to_string()).unwrap_or_default()),
                plain(capability.tests.len().to_string()),
                plain(if flagged == 0 { String::new() } else { flagged.to_string() }),
                (capability.description.clone(), Tone::Soft),
            ],
        ));
    }
    // By tier; those without one last.
    rows.sort_by_key(|(tier, _)| tier.map_or(usize::MAX, |tier| tier as usize));
    rows.into_iter().map(|(_, row)| row).collect()
}

fn test_lines(capability: &Capability) -> Vec<String> {
    let lines = capability.tests.iter().map(|(name, test)| {
        let flag =
            test.flagged.as_ref().map(|flag| format!(" flagged {}: {}", flag.date, flag.reason));
        let aliases = if test.aliases.is_empty() {
            String::new()
        } else {
            format!(" (also {})", test.aliases.join(", "))
        };
        format!("{name}[{}]{aliases}{}", test.idempotent_id, flag.unwrap_or_default())
    });
    lines.collect()
}
