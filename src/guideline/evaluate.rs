//! What a run shows of a guideline.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::document::{Guideline, Platform, Tier};
use super::outcome::{Outcome, TestCounts, TestResult, Waived};
use super::refstack;
use crate::judge::{CaseResult, RunFacts, RunResult};

/// The version of the format of `guideline.json`.
const FORMAT_VERSION: u32 = 1;

/// What a run shows of a guideline: the content of `guideline.json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GuidelineResult {
    /// Always `parallax-guideline-result`.
    pub format: String,
    /// Version of this format.
    pub version: u32,
    /// The guideline's id.
    pub guideline: String,
    /// `draft`, `approved`, …; absent if the guideline does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// SHA-256 over the guideline as this program writes it.
    pub digest: String,
    /// The run.
    pub run: RunFacts,
    /// Says that the run was not held against AWS, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_aws: Option<String>,
    /// Platforms and add-ons, by name.
    pub platforms: Vec<PlatformResult>,
    /// Capabilities, by name: each once, whatever has it.
    pub capabilities: Vec<CapabilityResult>,
    /// Cases of the run that the guideline does not ask for.
    pub other_cases: u32,
}

/// What a run shows of a platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlatformResult {
    /// Its name.
    pub name: String,
    /// Other names of the same platform: those by which RefStack shows it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// The `target` by which RefStack shows it; absent if it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refstack_target: Option<String>,
    /// What it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Components that another guideline defines: what they require is not known here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub elsewhere: Vec<String>,
    /// Whether every test of a required capability passed that is not flagged. Never true of a
    /// platform that requires nothing, or of which a part is defined elsewhere.
    pub passes: bool,
    /// The same if what is waived were passed.
    pub passes_with_waivers: bool,
    /// Its tiers, the most binding first; those without a capability are left out.
    pub tiers: Vec<TierResult>,
}

/// What a run shows of a tier of a platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TierResult {
    /// The tier.
    pub tier: Tier,
    /// Names of its capabilities.
    pub capabilities: Vec<String>,
    /// How many of them passed.
    pub passed: u32,
    /// How many would have if what is waived were passed.
    pub passed_with_waivers: u32,
    /// Counts over their tests.
    pub tests: TestCounts,
}

/// What a run shows of a capability.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CapabilityResult {
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: String,
    /// Its most binding tier; absent if no component has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<Tier>,
    /// Whether every test passed that is not flagged. Never true of one without any such test.
    pub passes: bool,
    /// The same if what is waived were passed.
    pub passes_with_waivers: bool,
    /// Counts over its tests.
    pub counts: TestCounts,
    /// Its tests, by name.
    pub tests: Vec<TestResult>,
}

/// Holds a run against a guideline. A test is the case with its UUID, whatever either is called;
/// one that is not in the run is not passed. A run that was not judged by what AWS does passes
/// nothing.
pub fn evaluate(guideline: &Guideline, run: &RunResult, waived: &Waived) -> GuidelineResult {
    let cases: BTreeMap<&str, &CaseResult> = run.cases.iter().map(|c| (c.id.as_str(), c)).collect();
    let mut asked: BTreeSet<&str> = BTreeSet::new();
    let not_aws = run.judged_with.not_aws();
    let mut capabilities = Vec::new();
    for (name, capability) in &guideline.capabilities {
        let test = |(name, test): (&String, &super::Test)| {
            let uuid = test.uuid().to_ascii_lowercase();
            let case = cases.get(uuid.as_str()).copied();
            let outcome = Outcome::of(case, waived);
            if let Some(case) = case {
                asked.insert(&case.id);
            }
            let reason = match waived.get(&uuid).filter(|_| outcome == Outcome::Waived) {
                Some(why) => why.clone(),
                None => case.map(|case| case.reason.clone()).unwrap_or_default(),
            };
            let case = case.map(|case| case.name.clone());
            let flagged = test.flagged.clone();
            TestResult { name: name.clone(), uuid, case, outcome, reason, flagged }
        };
        let tests: Vec<TestResult> = capability.tests.iter().map(test).collect();
        let counts = TestCounts::of(tests.iter());
        let decides = not_aws.is_none() && counts.unflagged > 0;
        capabilities.push(CapabilityResult {
            name: name.clone(),
            description: capability.description.clone(),
            tier: guideline.tier_of(name),
            passes: decides && counts.all_passed(),
            passes_with_waivers: decides && counts.all_passed_with_waivers(),
            counts,
            tests,
        });
    }
    let by_name = capabilities.iter().map(|found| (found.name.as_str(), found)).collect();
    let others = run.cases.iter().filter(|case| !asked.contains(case.id.as_str())).count();
    GuidelineResult {
        format: "parallax-guideline-result".to_owned(),
        version: FORMAT_VERSION,
        guideline: guideline.metadata.id.clone(),
        status: guideline.metadata.os_trademark_approval.as_ref().map(|a| a.status.clone()),
        digest: digest(guideline),
        run: run.run.clone(),
        platforms: platforms(guideline, &by_name, not_aws.is_none()),
        not_aws,
        other_cases: u32::try_from(others).unwrap_or(u32::MAX),
        capabilities,
    }
}

impl GuidelineResult {
    /// Whether the run was about this guideline: at least half of the tests that some platform
    /// requires are in it.
    pub fn is_about(&self) -> bool {
        let required = self.platforms.iter().filter_map(|platform| platform.tier(Tier::Required));
        required.into_iter().any(|tier| {
            let missing = tier.tests.outcomes.get(&Outcome::NotRun).copied().unwrap_or(0);
            tier.tests.total > 0 && missing <= tier.tests.total / 2
        })
    }

    /// The capability of this name.
    pub fn capability(&self, name: &str) -> Option<&CapabilityResult> {
        self.capabilities.iter().find(|capability| capability.name == name)
    }

    /// The platform of this name, or that RefStack shows by it.
    pub fn platform(&self, name: &str) -> Option<&PlatformResult> {
        let is = |p: &&PlatformResult| p.name == name || p.also.iter().any(|other| other == name);
        self.platforms.iter().find(is)
    }
}

impl PlatformResult {
    /// What the run shows of one of its tiers; absent if it has no capability there.
    pub fn tier(&self, tier: Tier) -> Option<&TierResult> {
        self.tiers.iter().find(|result| result.tier == tier)
    }
}

fn digest(guideline: &Guideline) -> String {
    let digest = Sha256::digest(guideline.to_text().as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// All platforms and add-ons. One that is there a second time under a name that RefStack knows is
/// the same platform.
fn platforms(
    guideline: &Guideline,
    capabilities: &BTreeMap<&str, &CapabilityResult>,
    by_aws: bool,
) -> Vec<PlatformResult> {
    let all = || guideline.platforms.iter().chain(&guideline.add_ons);
    let same = |name: &str, platform: &Platform| {
        let others = all().filter(move |(other, found)| {
            *other != name && found.components == platform.components
        });
        others.map(|(other, _)| other.clone()).collect::<Vec<_>>()
    };
    let mut results = Vec::new();
    for (name, platform) in all() {
        let others = same(name, platform);
        let plain = |name: &String| refstack::target(name).is_none();
        if !plain(name) && others.iter().any(plain) {
            continue;
        }
        let also: Vec<String> = others.into_iter().filter(|other| !plain(other)).collect();
        let target = std::iter::once(name).chain(&also).find_map(|name| refstack::target(name));
        let mut result = platform_result(guideline, name, platform, capabilities);
        result.refstack_target = target.map(str::to_owned);
        result.also = also;
        result.passes &= by_aws;
        result.passes_with_waivers &= by_aws;
        results.push(result);
    }
    results
}

fn platform_result(
    guideline: &Guideline,
    name: &str,
    platform: &Platform,
    capabilities: &BTreeMap<&str, &CapabilityResult>,
) -> PlatformResult {
    let all = guideline.capabilities_of(platform);
    let tier_result = |tier| {
        let named = all.iter().filter(|(of, _)| *of == tier).map(|(_, name)| *name);
        let found: Vec<&CapabilityResult> =
            named.clone().filter_map(|name| capabilities.get(name).copied()).collect();
        let count = |passes: fn(&CapabilityResult) -> bool| {
            u32::try_from(found.iter().filter(|c| passes(c)).count()).unwrap_or(u32::MAX)
        };
        let result = TierResult {
            tier,
            capabilities: named.map(str::to_owned).collect(),
            passed: count(|capability| capability.passes),
            passed_with_waivers: count(|capability| capability.passes_with_waivers),
            tests: TestCounts::of(found.iter().flat_map(|capability| &capability.tests)),
        };
        (!result.capabilities.is_empty()).then_some(result)
    };
    let tiers: Vec<TierResult> = Tier::ALL.into_iter().filter_map(tier_result).collect();
    let elsewhere: Vec<String> = platform
        .components
        .iter()
        .filter(|component| !guideline.components.contains_key(&component.name))
        .map(|component| component.name.clone())
        .collect();
    let required = tiers.iter().find(|result| result.tier == Tier::Required);
    // A capability that is required and not defined anywhere is none that anybody can show.
    let defined = |tier: &&TierResult| {
        elsewhere.is_empty()
            && tier.tests.unflagged > 0
            && tier.capabilities.iter().all(|name| capabilities.contains_key(name.as_str()))
    };
    let required = required.filter(defined).map(|tier| &tier.tests);
    PlatformResult {
        name: name.to_owned(),
        also: Vec::new(),
        refstack_target: None,
        description: platform.description.clone(),
        passes: required.is_some_and(TestCounts::all_passed),
        passes_with_waivers: required.is_some_and(TestCounts::all_passed_with_waivers),
        elsewhere,
        tiers,
    }
}
