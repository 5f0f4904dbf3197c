//! One difference between what a target did and what AWS does.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Which of the oracle's four layers found it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    /// AWS's own SDK.
    Client,
    /// AWS's published API model.
    Model,
    /// Statistics over recordings of real AWS.
    Shape,
    /// What AWS does in this step of this sequence.
    Baseline,
}

impl Layer {
    /// All layers, in the order in which an answer passes through them.
    pub const ALL: [Layer; 4] = [Layer::Client, Layer::Model, Layer::Shape, Layer::Baseline];

    /// The word, as in `result.json`.
    pub fn word(self) -> &'static str {
        match self {
            Layer::Client => "client",
            Layer::Model => "model",
            Layer::Shape => "shape",
            Layer::Baseline => "baseline",
        }
    }

    /// The question that it asks.
    pub fn asks(self) -> &'static str {
        match self {
            Layer::Client => "Does AWS’s own SDK accept these bytes?",
            Layer::Model => "Is every element one that AWS’s published API model defines?",
            Layer::Shape => {
                "Is what AWS always returns there, in the form in which AWS returns it?"
            }
            Layer::Baseline => "Did this step of this sequence do what it does on AWS?",
        }
    }
}

/// What a difference means for a program written for AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The program fails.
    Breaking,
    /// The program can notice.
    Divergent,
    /// Only a person reading can tell.
    Cosmetic,
}

impl Severity {
    /// All severities, gravest first.
    pub const ALL: [Severity; 3] = [Severity::Breaking, Severity::Divergent, Severity::Cosmetic];

    /// The word, as in `result.json`.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Breaking => "breaking",
            Severity::Divergent => "divergent",
            Severity::Cosmetic => "cosmetic",
        }
    }

    /// What it means.
    pub fn means(self) -> &'static str {
        match self {
            Severity::Breaking => "A program written for AWS fails.",
            Severity::Divergent => "A program written for AWS can notice.",
            Severity::Cosmetic => "Only a person reading can tell.",
        }
    }
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The layer that found it.
    pub layer: Layer,
    /// The rule's id, as in `parallax explain RULE`.
    pub rule: String,
    /// What it means for a client.
    pub severity: Severity,
    /// The step's id.
    pub step: String,
    /// Where in the answer: SDK member names (`Vpcs[].State`), or what part of the exchange
    /// (`http.status`, `error.code`).
    pub path: String,
    /// One sentence for a person.
    pub message: String,
    /// What AWS does; null where there is nothing to show.
    pub expected: Value,
    /// What the target did; null where it did nothing.
    pub actual: Value,
    /// What the expectation rests on; never empty.
    pub evidence: Vec<Evidence>,
    /// [`Exchange::seq`](crate::transcript::Exchange::seq) of the exchange that shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange: Option<u64>,
    /// In how many places of this answer the same difference was found.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub times: u32,
}

impl Finding {
    /// Whether it can decide a verdict: breaking, or divergent from the baseline. Findings of the model
    /// and shape layers that are only divergent rest on statistics and stand beside a pass.
    pub fn is_grave(&self) -> bool {
        match self.severity {
            Severity::Breaking => true,
            Severity::Divergent => self.layer == Layer::Baseline,
            Severity::Cosmetic => false,
        }
    }
}

fn one() -> u32 {
    1
}

fn is_one(times: &u32) -> bool {
    *times == 1
}

/// What an expectation rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// What kind of evidence.
    pub kind: EvidenceKind,
    /// What the source is called.
    pub source: String,
    /// Where it is, if it has an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What it states, in one sentence.
    pub states: String,
    /// When it was read or recorded (a date, or a range of dates), where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
}

/// Kinds of evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EvidenceKind {
    /// AWS's own SDK says so.
    Sdk,
    /// AWS's published API model says so.
    Model,
    /// Counted in recordings of real AWS.
    Statistics,
    /// A document says so.
    Documented,
    /// A recording of this sequence on AWS says so.
    Recorded,
}
