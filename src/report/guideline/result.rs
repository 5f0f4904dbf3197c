//! What a run shows of a guideline.

use super::words::{not_passed, share};
use crate::guideline::{
    CapabilityResult, GuidelineResult, Outcome, PlatformResult, TestResult, Tier, TierResult,
};
use crate::report::sheet::{Column, Piece, Sheet, Side, Tone, plain};

/// Tests of one capability that are listed.
const TESTS: usize = 40;

pub(super) fn sheet(result: &GuidelineResult, platform: Option<&str>, tests_of: &[Tier]) -> Sheet {
    let mut sheet = Sheet::default();
    let status = result.status.as_ref().map(|status| format!(" ({status})")).unwrap_or_default();
    let target = &result.run.target;
    sheet.title(format!("{} against guideline {}{status}", target.name, result.guideline));
    sheet.line([(
        format!(
            "{} · {} · run {}, {}",
            target.endpoint, target.region, result.run.id, result.run.started
        ),
        Tone::Soft,
    )]);
    if let Some(not_aws) = &result.not_aws {
        sheet.line([(not_aws.clone(), Tone::Doubt)]);
    }
    if !result.run.complete {
        let text = "The run did not come to its end: what had no turn is not-run, and not passed.";
        sheet.line([(text.to_owned(), Tone::Doubt)]);
    }
    let chosen = platform.and_then(|name| result.platform(name));
    let all: Vec<&PlatformResult> = match chosen {
        Some(platform) => vec![platform],
        None => result.platforms.iter().collect(),
    };
    all.iter().for_each(|platform| platform_lines(&mut sheet, platform));
    let wanted = |name: &str| {
        chosen.is_none_or(|p| p.tiers.iter().any(|t| t.capabilities.iter().any(|c| c == name)))
    };
    for tier in Tier::ALL {
        let of_tier =
            result.capabilities.iter().filter(|c| c.tier == Some(tier) && wanted(&c.name));
        let of_tier: Vec<&CapabilityResult> = of_tier.collect();
        if of_tier.is_empty() {
            continue;
        }
        sheet.heading(format!("Capabilities: {tier}"));
        let waivers = of_tier.iter().any(|capability| capability.counts.unflagged_waived > 0);
        sheet.table(&columns(waivers), of_tier.iter().map(|c| row(c, waivers)).collect());
        if tests_of.contains(&tier) {
            of_tier.iter().for_each(|capability| tests(&mut sheet, capability));
        }
    }
    if result.other_cases > 0 && platform.is_none() {
        let count = result.other_cases;
        let text = format!("{count} cases of the run are no tests of this guideline.");
        sheet.line([(text, Tone::Soft)]);
    }
    sheet
}

/// A line for each platform.
pub(super) fn summary(result: &GuidelineResult) -> Sheet {
    let mut sheet = Sheet::default();
    sheet.heading(format!("Guideline {}", result.guideline));
    let row = |platform: &PlatformResult| {
        let required = platform.tier(Tier::Required);
        let capabilities = required.map_or(0, |tier| tier.capabilities.len());
        let capabilities = u32::try_from(capabilities).unwrap_or(u32::MAX);
        let passed = required.map_or(0, |tier| tier.passed);
        vec![
            plain(platform.name.clone()),
            verdict(platform.passes, platform.passes_with_waivers),
            plain(format!("{} required capabilities", share(passed, capabilities))),
        ]
    };
    let columns = [("platform", Side::Left), ("", Side::Left), ("", Side::Left)];
    sheet.table(&columns, result.platforms.iter().map(row).collect());
    sheet
}

fn platform_lines(sheet: &mut Sheet, platform: &PlatformResult) {
    sheet.heading(platform.name.clone());
    sheet.line([verdict(platform.passes, platform.passes_with_waivers)]);
    for component in &platform.elsewhere {
        let text =
            format!("Another guideline defines `{component}`: what it requires was not looked at.");
        sheet.line([(text, Tone::Doubt)]);
    }
    if let Some(target) = &platform.refstack_target {
        sheet.line([(format!("RefStack shows it with target={target}"), Tone::Soft)]);
    }
    let waivers = platform.tiers.iter().any(|tier| tier.tests.unflagged_waived > 0);
    let mut columns = vec![
        ("tier", Side::Left),
        ("capabilities passed", Side::Right),
        ("tests passed", Side::Right),
        ("without flagged", Side::Right),
    ];
    columns.extend(waivers.then_some(("with waivers", Side::Right)));
    columns.push(("not passed", Side::Left));
    sheet.table(&columns, platform.tiers.iter().map(|tier| tier_row(tier, waivers)).collect());
}

/// Whether a platform passes, in words.
fn verdict(passes: bool, with_waivers: bool) -> Piece {
    match (passes, with_waivers) {
        (true, _) => ("passes".to_owned(), Tone::Good),
        (false, true) => ("does not pass; with waivers it would".to_owned(), Tone::Doubt),
        (false, false) => ("does not pass".to_owned(), Tone::Bad),
    }
}

fn tier_row(tier: &TierResult, waivers: bool) -> Vec<Piece> {
    let capabilities = u32::try_from(tier.capabilities.len()).unwrap_or(u32::MAX);
    let tests = &tier.tests;
    let mut row = vec![
        plain(tier.tier.word()),
        plain(share(tier.passed, capabilities)),
        plain(share(tests.passed, tests.total)),
        plain(share(tests.unflagged_passed, tests.unflagged)),
    ];
    row.extend(waivers.then(|| {
        let capabilities = format!("{} of {capabilities}", tier.passed_with_waivers);
        let passed = tests.unflagged_passed + tests.unflagged_waived;
        plain(format!("{capabilities}; {}", share(passed, tests.unflagged)))
    }));
    row.push((not_passed(tests), Tone::Soft));
    row
}

fn columns(waivers: bool) -> Vec<Column> {
    let mut columns = vec![
        ("", Side::Left),
        ("capability", Side::Left),
        ("passed", Side::Right),
        ("flagged", Side::Right),
    ];
    columns.extend(waivers.then_some(("with waivers", Side::Left)));
    columns.push(("not passed", Side::Left));
    columns
}

fn row(capability: &CapabilityResult, waivers: bool) -> Vec<Piece> {
    let counts = &capability.counts;
    let mark = match (capability.passes, counts.unflagged) {
        (true, _) => ("pass".to_owned(), Tone::Good),
        (false, 0) => ("none".to_owned(), Tone::Soft),
        (false, _) => ("-".to_owned(), Tone::Bad),
    };
    let flagged = counts.flagged();
    let mut row = vec![
        mark,
        plain(capability.name.clone()),
        plain(share(counts.passed, counts.total)),
        plain(if flagged == 0 { String::new() } else { flagged.to_string() }),
    ];
    row.extend(waivers.then(|| {
        let with = if capability.passes_with_waivers { "pass" } else { "-" };
        plain(with)
    }));
    row.push((not_passed(counts), Tone::Soft));
    row
}

fn tests(sheet: &mut Sheet, capability: &CapabilityResult) {
    let not_passed: Vec<&TestResult> =
        capability.tests.iter().filter(|test| test.outcome != Outcome::Pass).collect();
    if not_passed.is_empty() {
        return;
    }
    sheet.heading(capability.name.clone());
    let mut lines: Vec<String> = not_passed.iter().take(TESTS).map(|test| line(test)).collect();
    if not_passed.len() > TESTS {
        lines.push(format!("… and {} more", not_passed.len() - TESTS));
    }
    sheet.list(lines);
}

fn line(test: &TestResult) -> String {
    let flag = test.flagged.as_ref().map(|flag| format!(" (flagged {})", flag.reason));
    let reason = if test.reason.is_empty() { String::new() } else { format!(": {}", test.reason) };
    let text = format!("{} {}{}{reason}", test.outcome, test.name, flag.unwrap_or_default());
    match text.char_indices().nth(200) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text,
    }
}
