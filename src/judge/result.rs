//! What judging a transcript gives: the content of `result.json`.
//!
//! Holds nothing that depends on when or where the judging was done, so that judging the same
//! transcript twice gives the same bytes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::baseline::AWS;
use super::recorded::Spread;
use super::{Finding, Severity, Verdict};
use crate::transcript::{Shard, TargetFacts};

/// The version of the result's format.
///
/// 2: findings name their evidence by its number in a list; 1 had it in each of them.
pub const FORMAT_VERSION: u32 = 2;

/// What judging a transcript gives.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunResult {
    /// Always `parallax-result`.
    pub format: String,
    /// [`FORMAT_VERSION`] of the writer.
    pub version: u32,
    /// The run that was judged.
    pub run: RunFacts,
    /// What it was judged with.
    pub judged_with: JudgedWith,
    /// Counts over all cases.
    pub summary: Summary,
    /// Counts by capability, in the order of their names.
    pub capabilities: Vec<CapabilityResult>,
    /// Every case that was begun, in the order of their names.
    pub cases: Vec<CaseResult>,
    /// Undos that failed: what may have been left behind on the target.
    pub leaks: Vec<Leak>,
}

/// The run that was judged.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunFacts {
    /// The run's id.
    pub id: String,
    /// When it began, RFC 3339, UTC.
    pub started: String,
    /// How long it took, in milliseconds; absent if it did not come to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub took_ms: Option<u64>,
    /// Whether every case had its turn. False if it was interrupted or the transcript was cut off.
    pub complete: bool,
    /// Whether it was stopped because a case failed (`--fail-fast`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub failed_fast: bool,
    /// Names of the cases that were to run and had no turn.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<String>,
    /// Which part of all chosen cases it ran, as `2/4`; absent if it was all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// The runs that were put together to this one, by their ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<String>,
    /// The target.
    pub target: TargetFacts,
}

impl RunFacts {
    /// Why not every case had its turn, in a clause; `None` if all had.
    pub fn incomplete(&self) -> Option<String> {
        if self.complete {
            return None;
        }
        let why = if self.failed_fast {
            "the run was stopped when a case failed (--fail-fast)"
        } else if !self.parts.is_empty() {
            "a part is missing or was stopped before its end"
        } else {
            "the run was stopped before its end"
        };
        Some(match self.left.len() {
            0 => why.to_owned(),
            1 => format!("{why}; 1 case had no turn"),
            left => format!("{why}; {left} cases had no turn"),
        })
    }
}

/// What a transcript was judged with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JudgedWith {
    /// Version of this program.
    pub parallax: String,
    /// The SDK of the client layer; absent if this build has none, and then nothing was judged by
    /// that layer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// Where the API model comes from.
    pub model: String,
    /// SHA-256 over all shape profiles used.
    pub shapes: String,
    /// SHA-256 over all baselines used.
    pub baselines: String,
    /// Whose behaviour the baselines are: `aws`, or the name of a stand-in, which is not AWS.
    #[serde(default = "aws", skip_serializing_if = "is_aws")]
    pub reference: String,
    /// SHA-256 of the list of error codes used; empty if there was none, or in results that are
    /// older than it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub errors: String,
}

fn aws() -> String {
    AWS.to_owned()
}

fn is_aws(reference: &str) -> bool {
    reference == AWS
}

impl JudgedWith {
    /// Whose behaviour was expected, in words: `AWS`, or a stand-in's name.
    pub fn reference_name(&self) -> &str {
        if is_aws(&self.reference) { "AWS" } else { &self.reference }
    }

    /// Says that it was not AWS, if so.
    pub fn not_aws(&self) -> Option<String> {
        (!is_aws(&self.reference)).then(|| {
            format!(
                "Held against a recording of {}, a stand-in: this says nothing about AWS.",
                self.reference
            )
        })
    }
}

/// Counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Number of cases.
    pub cases: u32,
    /// Cases by verdict; verdicts that no case has are left out.
    pub verdicts: BTreeMap<Verdict, u32>,
    /// Findings by severity.
    pub findings: BTreeMap<Severity, u32>,
}

/// Counts of one capability.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CapabilityResult {
    /// The capability.
    pub name: String,
    /// Counts over its cases.
    #[serde(flatten)]
    pub summary: Summary,
}

/// What is said of one case.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CaseResult {
    /// The case's id, which never changes.
    pub id: String,
    /// `capability/name`, with `[row]` for a row of a matrix.
    pub name: String,
    /// What is true on AWS, in a sentence.
    pub title: String,
    /// The capability.
    pub capability: String,
    /// Names of the same check in other suites.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// The verdict.
    pub verdict: Verdict,
    /// Why, in a sentence; empty for a pass.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// From the case's beginning to the answer to its last step, in milliseconds.
    pub took_ms: u64,
    /// Expectations of the baseline that were held against what happened.
    pub expectations: u32,
    /// Whether there is a recording of the reference for this case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recording: Option<RecordingUse>,
    /// What is said of each attempt, if there was more than one; steps and findings are those of the
    /// attempt that is marked so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<AttemptResult>,
    /// What became of each step.
    pub steps: Vec<StepResult>,
    /// The differences, gravest first.
    pub findings: Vec<Finding>,
}

/// What is said of one of several attempts at a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttemptResult {
    /// Which attempt, from 1.
    pub attempt: u32,
    /// What would be said of the case if this had been the only one.
    pub verdict: Verdict,
    /// Why, in a sentence; empty for a pass.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// From its beginning to the answer to its last step, in milliseconds.
    pub took_ms: u64,
    /// Whether the steps and findings of the case are those of this attempt.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shown: bool,
    /// [`Exchange::seq`](crate::transcript::Exchange::seq) of the exchanges of its steps, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exchanges: Vec<u64>,
}

/// What was done with the recording of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecordingUse {
    /// What happened was held against it.
    Held,
    /// The case is not the one that was recorded: it was changed since. Nothing was held against it.
    Stale,
}

/// What became of one step.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StepResult {
    /// The step's id.
    pub id: String,
    /// `call` or `poll`.
    pub kind: String,
    /// The action.
    pub action: String,
    /// How it ended: `success`, an error code as the target sent it, or `blocked`, `timed-out`, …
    pub outcome: String,
    /// HTTP status of the last answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Number of requests sent for it.
    pub requests: u32,
    /// Time from its first request to its last answer, in milliseconds.
    pub took_ms: u64,
    /// How long it took the reference when it was recorded. Never a finding by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference_ms: Option<Spread>,
    /// Of a poll: each value seen, in order, without repeats, with the time since the step began.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub states: Vec<StateSeen>,
    /// [`Exchange::seq`](crate::transcript::Exchange::seq) of its exchanges, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exchanges: Vec<u64>,
}

/// A value that a poll saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateSeen {
    /// The watched value; an error's code if the look was refused.
    pub value: String,
    /// Milliseconds since the poll's first request was sent.
    pub after_ms: u64,
}

/// An undo that failed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Leak {
    /// The case's name.
    pub case: String,
    /// The step that made it.
    pub step: String,
    /// The action that should have removed it, with its input.
    pub action: String,
    /// The input of that action.
    pub input: serde_json::Value,
    /// Why it was not removed.
    pub why: String,
}
