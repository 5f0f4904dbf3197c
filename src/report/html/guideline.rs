//! What the run shows of a guideline.

use super::escape::clip;
use super::overview::{Bar, Segment};
use super::words;
use crate::guideline::{
    CapabilityResult, GuidelineResult, Outcome, PlatformResult, TestCounts, TestResult, Tier,
    percent,
};

/// Tests of a capability that are shown.
const TESTS: usize = 100;

/// The section about a guideline.
pub(super) struct GuidelineView {
    /// `Guideline 2026.11`.
    pub(super) title: String,
    pub(super) status: String,
    pub(super) platforms: Vec<PlatformView>,
    pub(super) tiers: Vec<TierView>,
    pub(super) others: Option<String>,
    /// Whether anything is waived: else nothing is said of waivers.
    pub(super) waivers: bool,
}

/// A platform.
pub(super) struct PlatformView {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) verdict: &'static str,
    pub(super) says: &'static str,
    /// `7 of 12 (58 %)`.
    pub(super) capabilities: String,
    pub(super) tests: String,
    pub(super) unflagged: String,
    pub(super) with_waivers: String,
    pub(super) bar: Bar,
    pub(super) elsewhere: Vec<String>,
}

/// A tier and its capabilities.
pub(super) struct TierView {
    pub(super) word: &'static str,
    pub(super) count: String,
    pub(super) capabilities: Vec<AskedView>,
}

/// A capability of the guideline.
pub(super) struct AskedView {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) verdict: &'static str,
    pub(super) says: &'static str,
    pub(super) passed: String,
    pub(super) bar: Bar,
    pub(super) not_passed: Vec<TestView>,
    pub(super) count: String,
    pub(super) left_out: usize,
}

/// A test that did not pass.
pub(super) struct TestView {
    /// Where its case is on the page; absent if it is not in the run.
    pub(super) anchor: Option<String>,
    pub(super) name: String,
    pub(super) outcome: &'static str,
    pub(super) flagged: Option<String>,
}

/// The section.
pub(super) fn view(result: &GuidelineResult) -> GuidelineView {
    let tier = |tier: Tier| {
        let found = result.capabilities.iter().filter(|c| c.tier == Some(tier));
        let found: Vec<&CapabilityResult> = found.collect();
        let passed = u32::try_from(found.iter().filter(|c| c.passes).count()).unwrap_or(u32::MAX);
        (!found.is_empty()).then(|| TierView {
            word: tier.word(),
            count: share(passed, u32::try_from(found.len()).unwrap_or(u32::MAX)),
            capabilities: found.into_iter().map(capability).collect(),
        })
    };
    let status = result.status.as_deref().map(clip).unwrap_or_default();
    GuidelineView {
        title: format!("Guideline {}", clip(&result.guideline)),
        status,
        platforms: result.platforms.iter().map(platform).collect(),
        tiers: Tier::ALL.into_iter().filter_map(tier).collect(),
        others: (result.other_cases > 0).then(|| {
            words::count(
                result.other_cases as usize,
                "case of this run is",
                "cases of this run are",
            )
        }),
        waivers: result.capabilities.iter().any(|c| c.counts.unflagged_waived > 0),
    }
}

fn platform(platform: &PlatformResult) -> PlatformView {
    let required = platform.tier(Tier::Required);
    let none = TestCounts::default();
    let tests = required.map_or(&none, |tier| &tier.tests);
    let capabilities = required.map_or(0, |tier| tier.capabilities.len());
    let capabilities = u32::try_from(capabilities).unwrap_or(u32::MAX);
    let passed = required.map_or(0, |tier| tier.passed);
    let (verdict, says) = match (platform.passes, platform.passes_with_waivers) {
        (true, _) => ("pass", "passes"),
        (false, true) => ("waived", "would pass with waivers"),
        (false, false) => ("fail", "does not pass"),
    };
    PlatformView {
        name: clip(&platform.name),
        description: platform.description.as_deref().map(clip).unwrap_or_default(),
        verdict,
        says,
        capabilities: share(passed, capabilities),
        tests: share(tests.passed, tests.total),
        unflagged: share(tests.unflagged_passed, tests.unflagged),
        with_waivers: share(tests.unflagged_passed + tests.unflagged_waived, tests.unflagged),
        bar: bar(tests),
        elsewhere: platform.elsewhere.iter().map(|name| clip(name)).collect(),
    }
}

fn capability(capability: &CapabilityResult) -> AskedView {
    let counts = &capability.counts;
    let (verdict, says) = match (capability.passes, capability.passes_with_waivers) {
        (true, _) => ("pass", "passes"),
        (false, true) => ("waived", "would pass with waivers"),
        (false, false) if counts.unflagged == 0 => ("skipped", "all tests flagged"),
        (false, false) => ("fail", "does not pass"),
    };
    let missing = || capability.tests.iter().filter(|test| test.outcome != Outcome::Pass);
    AskedView {
        name: clip(&capability.name),
        description: clip(&capability.description),
        verdict,
        says,
        passed: share(counts.passed, counts.total),
        bar: bar(counts),
        not_passed: missing().take(TESTS).map(test).collect(),
        count: words::count(missing().count(), "test did not pass", "tests did not pass"),
        left_out: missing().count().saturating_sub(TESTS),
    }
}

fn test(test: &TestResult) -> TestView {
    TestView {
        anchor: test.case.as_ref().map(|_| format!("case-{}", words::slug(&test.uuid))),
        name: clip(test.case.as_ref().unwrap_or(&test.name)),
        outcome: test.outcome.word(),
        flagged: test.flagged.as_ref().map(|flag| clip(&flag.reason)),
    }
}

fn bar(counts: &TestCounts) -> Bar {
    let total = u64::from(counts.total.max(1));
    let mut bar = Bar { segments: Vec::new(), width: 0, label: String::new() };
    let mut label = Vec::new();
    for (outcome, count) in &counts.outcomes {
        let width = (u64::from(*count) * 1000 / total).clamp(8, 1000) as u32;
        let (verdict, count) = (outcome.word(), words::number((*count).into()));
        label.push(format!("{count} {verdict}"));
        bar.segments.push(Segment { verdict, count, begins: bar.width, width });
        bar.width += width;
    }
    bar.label = label.join(", ");
    bar
}

fn share(part: u32, whole: u32) -> String {
    let (part_text, whole_text) = (words::number(part.into()), words::number(whole.into()));
    format!("{part_text} of {whole_text} ({} %)", percent(part, whole))
}
