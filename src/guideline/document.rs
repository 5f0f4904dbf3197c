//! What stands in a guideline: schema 2.0 of the OpenStack Interop working group, formerly DefCore.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A guideline. Fields are in the order in which they are written.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Guideline {
    /// What it is, and how capabilities were scored.
    pub metadata: Metadata,
    /// Products that can be shown to conform, by name.
    pub platforms: BTreeMap<String, Platform>,
    /// Additions to platforms, by name.
    #[serde(rename = "add-ons", skip_serializing_if = "BTreeMap::is_empty")]
    pub add_ons: BTreeMap<String, Platform>,
    /// Parts of platforms, by name.
    pub components: BTreeMap<String, Component>,
    /// Capabilities, by name.
    pub capabilities: BTreeMap<String, Capability>,
    /// Code that has to be in a product. Kept as it is: nothing here looks at code.
    pub designated_sections: Value,
    /// Where the tests are, by name.
    pub test_repositories: BTreeMap<String, TestRepository>,
}

/// What a guideline is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Metadata {
    /// `2026.11`; of an add-on `dns.2026.11`; `next` while it is being made.
    pub id: String,
    /// Version of the format: `2.0`.
    pub schema: String,
    /// Where the format is described.
    pub reference: String,
    /// Where the guideline is published.
    pub source: String,
    /// How capabilities were scored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scoring: Option<Scoring>,
    /// Its approval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub os_trademark_approval: Option<TrademarkApproval>,
    /// What the format has no place for. Others ignore it: the format allows further keys here, and
    /// nowhere else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parallax: Option<Extension>,
}

/// How capabilities are scored.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Scoring {
    /// The score from which a capability is worth requiring.
    pub cutoff_score: u32,
    /// Criteria, by their short names.
    pub criteria: BTreeMap<String, Criterion>,
}

/// A criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// Its name.
    pub name: String,
    /// What it asks.
    pub description: String,
    /// What it adds to the score of a capability that meets it.
    pub weight: u32,
}

/// The state of a guideline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TrademarkApproval {
    /// When it is to be approved, `YYYY.MM`.
    pub target_approval: String,
    /// The guideline that it replaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
    /// Releases that it is about.
    pub releases: Vec<String>,
    /// `draft`, `advisory`, `approved` or `superseded`.
    pub status: String,
}

/// What a guideline of this program says beside what the format has a place for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extension {
    /// Who decided what, in a sentence or two.
    pub about: String,
    /// Why a capability meets a criterion or not, by capability and criterion.
    pub reasons: BTreeMap<String, BTreeMap<String, Judgement>>,
    /// Why a capability is in another tier than its score suggests.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tiers: BTreeMap<String, String>,
    /// Cases of the suite that are in no capability, and why.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub left_out: BTreeMap<String, String>,
}

/// Whether a capability meets a criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judgement {
    /// Whether it does.
    pub met: bool,
    /// Whether that follows by rule from published facts; if not, it is somebody's judgement.
    pub counted: bool,
    /// Why, in a sentence.
    pub why: String,
}

/// A product that can be shown to conform; or an addition to one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Platform {
    /// What it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its parts.
    pub components: Vec<Reference>,
}

/// A component that is meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// The component's name.
    pub name: String,
    /// The guideline that defines it, if it is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// A part of platforms.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Component {
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its capabilities.
    pub capabilities: Tiers,
    /// Its designated sections.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub designated_sections: Option<Tiers>,
}

/// How binding a capability is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// Has to be there.
    Required,
    /// Considered for the next guideline.
    Advisory,
    /// May be there, and should not be relied on: it will be removed.
    Deprecated,
    /// Was required or deprecated in the guideline before.
    Removed,
}

impl Tier {
    /// All tiers, the most binding first.
    pub const ALL: [Tier; 4] = [Tier::Required, Tier::Advisory, Tier::Deprecated, Tier::Removed];

    /// The word, as in a guideline.
    pub fn word(self) -> &'static str {
        match self {
            Tier::Required => "required",
            Tier::Advisory => "advisory",
            Tier::Deprecated => "deprecated",
            Tier::Removed => "removed",
        }
    }
}

impl std::fmt::Display for Tier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.word())
    }
}

/// Names by tier.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Tiers {
    /// Those that are required.
    pub required: Vec<String>,
    /// Those that are advisory.
    pub advisory: Vec<String>,
    /// Those that are deprecated.
    pub deprecated: Vec<String>,
    /// Those that are removed.
    pub removed: Vec<String>,
}

impl Tiers {
    /// The names in a tier.
    pub fn of(&self, tier: Tier) -> &[String] {
        match tier {
            Tier::Required => &self.required,
            Tier::Advisory => &self.advisory,
            Tier::Deprecated => &self.deprecated,
            Tier::Removed => &self.removed,
        }
    }

    pub(super) fn of_mut(&mut self, tier: Tier) -> &mut Vec<String> {
        match tier {
            Tier::Required => &mut self.required,
            Tier::Advisory => &mut self.advisory,
            Tier::Deprecated => &mut self.deprecated,
            Tier::Removed => &mut self.removed,
        }
    }

    /// All names with their tiers, the most binding tier first.
    pub fn iter(&self) -> impl Iterator<Item = (Tier, &str)> {
        let names = |tier| self.of(tier).iter().map(move |name| (tier, name.as_str()));
        Tier::ALL.into_iter().flat_map(names)
    }
}

/// A capability.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Capability {
    /// The criteria that it meets, sorted.
    pub achievements: Vec<String>,
    /// Whether it needs an administrator's rights.
    pub admin: bool,
    /// What it is.
    pub description: String,
    /// The project that provides it.
    pub project: String,
    /// The guideline since which it is required.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required_since: Option<String>,
    /// Its tests, by name.
    pub tests: BTreeMap<String, Test>,
}

/// A test. Its id is what stays; names may change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Test {
    /// `id-` and a UUID.
    pub idempotent_id: String,
    /// Other names of the same test: those that it had before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Why it need not be passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flagged: Option<Flag>,
}

impl Test {
    /// The UUID: the id of a case.
    pub fn uuid(&self) -> &str {
        self.idempotent_id.strip_prefix("id-").unwrap_or(&self.idempotent_id)
    }
}

/// Why a test need not be passed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flag {
    /// Since when, `YYYY-MM-DD`.
    pub date: String,
    /// A code and a sentence: `[D404] Endpoints that are known to be good answer differently.`
    pub reason: String,
    /// What will be done about it.
    pub action: String,
}

/// Where tests are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestRepository {
    /// Its address.
    pub repository: String,
    /// The version that the guideline was made with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// What it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

impl Guideline {
    /// The capabilities of a platform or add-on with their tiers, sorted by tier and name. One that
    /// several components have counts once, by its most binding tier, as RefStack counts it.
    pub fn capabilities_of(&self, platform: &Platform) -> Vec<(Tier, &str)> {
        let mut tiers: BTreeMap<&str, Tier> = BTreeMap::new();
        let components = platform.components.iter().filter_map(|c| self.components.get(&c.name));
        for (tier, name) in components.flat_map(|component| component.capabilities.iter()) {
            let known = tiers.entry(name).or_insert(tier);
            *known = tier.min(*known);
        }
        let mut all: Vec<_> = tiers.into_iter().map(|(name, tier)| (tier, name)).collect();
        all.sort_unstable();
        all
    }

    /// The most binding tier in which any component has a capability.
    pub fn tier_of(&self, capability: &str) -> Option<Tier> {
        let all = self.components.values().flat_map(|component| component.capabilities.iter());
        all.filter(|(_, name)| *name == capability).map(|(tier, _)| tier).min()
    }

    /// Every test with its capability and name.
    pub fn tests(&self) -> impl Iterator<Item = (&str, &str, &Test)> {
        self.capabilities.iter().flat_map(|(capability, found)| {
            found.tests.iter().map(move |(name, test)| (capability.as_str(), name.as_str(), test))
        })
    }

    /// The text of the file: indented JSON with a line end.
    pub fn to_text(&self) -> String {
        let text = serde_json::to_string_pretty(self)
            .unwrap_or_else(|e| unreachable!("our own types are JSON: {e}"));
        text + "\n"
    }
}
