//! What stands in the file of a recorded baseline.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::case::Case;

/// The version of the file's format.
pub const FORMAT_VERSION: u32 = 1;

/// What a reference did in the steps of a case and its rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedBaseline {
    /// Always `parallax-recorded-baseline`.
    pub format: String,
    /// [`FORMAT_VERSION`] of the writer.
    pub version: u32,
    /// Always `recorded`.
    pub provenance: String,
    /// The id of the case's file.
    pub case: String,
    /// Whose behaviour it is: `aws`, or a stand-in's name.
    pub reference: String,
    /// The recordings that it was distilled from, by the name of their file.
    pub recordings: BTreeMap<String, RecordingFacts>,
    /// What was recorded, by the case's id (that of the row, in a matrix).
    pub cases: BTreeMap<String, CaseRecording>,
}

/// A recording that something was distilled from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordingFacts {
    /// SHA-256 of the transcript, not compressed.
    pub sha256: String,
    /// Where it was recorded.
    pub endpoint: String,
    /// In which region.
    pub region: String,
    /// When it was begun, RFC 3339, UTC.
    pub started: String,
}

/// What was recorded of one case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseRecording {
    /// The case's name, for readers.
    pub name: String,
    /// Digest of the case as it ran. A recording says nothing about a case that was changed since.
    pub case_sha256: String,
    /// Recordings in which the case came to its end.
    pub samples: Vec<String>,
    /// What happened, by step.
    pub steps: BTreeMap<String, RecordedStep>,
    /// What the other layers and documented expectations find in the recordings themselves. What
    /// the reference itself does is no difference from it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub own_findings: Vec<OwnFinding>,
}

/// What happened in one step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedStep {
    /// How it ended; more than one if the samples differ.
    pub outcomes: Vec<RecordedOutcome>,
    /// Of a poll: the sequences of values seen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub states: Vec<Vec<String>>,
    /// From the first request to the last answer, in milliseconds.
    pub took_ms: Spread,
    /// Of a poll: when each value was first seen, in milliseconds since its first request.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub reached_ms: BTreeMap<String, Spread>,
}

/// How a step ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum RecordedOutcome {
    /// It succeeded with this output: values as they were, `<vpc>` for what the case made,
    /// `<sg:?1>` for a thing of that kind, `{"$any": …}` for what varied, `Member?` for a member
    /// that some samples did not have.
    Success {
        /// HTTP status.
        status: u16,
        /// Null for a poll that ended with an error code.
        output: Value,
    },
    /// It was refused.
    Error(RecordedError),
    /// A poll did not get to its end.
    NotReached {
        /// The last value seen.
        seen: String,
    },
    /// What came back is no EC2: stand-ins do that.
    NotEc2 {
        /// What it is.
        seen: String,
    },
}

/// A refusal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedError {
    /// The code.
    pub code: String,
    /// HTTP status.
    pub status: u16,
    /// The message, with names for what varies.
    pub message: Value,
}

/// How a time is distributed over the samples, in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spread {
    /// The shortest.
    pub least: u64,
    /// The middle one; of an even number the lower of the two.
    pub median: u64,
    /// The longest.
    pub most: u64,
    /// Number of samples.
    pub samples: u32,
}

/// A finding about the recordings themselves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnFinding {
    /// The rule.
    pub rule: String,
    /// Where.
    pub path: String,
    /// What was met.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub actual: Value,
    /// Whether something else was met each time; then `actual` is null.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub varies: bool,
}

/// Whether two recordings of one case show the same behaviour; times and the recordings' names are
/// none. Of a case that was changed in between nothing can be said: then they do.
pub fn is_same_behaviour(a: &CaseRecording, b: &CaseRecording) -> bool {
    a.case_sha256 != b.case_sha256
        || a.steps.iter().zip(&b.steps).all(|((step, a), (other, b))| {
            step == other && a.outcomes == b.outcomes && a.states == b.states
        })
}

impl Spread {
    /// The distribution of these times; `None` of none.
    pub fn of(mut times: Vec<u64>) -> Option<Spread> {
        times.sort_unstable();
        Some(Spread {
            least: *times.first()?,
            median: times[(times.len() - 1) / 2],
            most: *times.last()?,
            samples: u32::try_from(times.len()).unwrap_or(u32::MAX),
        })
    }
}

/// Digest of a case as it runs: what it is called and why it is there may change.
pub(super) fn case_digest(case: &Case) -> String {
    let what_runs = serde_json::json!({"variables": case.variables, "steps": case.steps});
    sha256(what_runs.to_string().as_bytes())
}

pub(super) fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}
