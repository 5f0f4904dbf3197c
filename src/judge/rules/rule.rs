//! What stands in a rule's file.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::judge::{Layer, Severity};

/// A kind of difference.
#[derive(Debug, Clone, Serialize)]
pub struct Rule {
    /// Its id; the layer comes first.
    pub id: String,
    /// The layer that finds it.
    pub layer: Layer,
    /// What it means for a program written for AWS.
    pub severity: Severity,
    /// What it is, in a few words.
    pub title: String,
    /// What a client notices.
    pub impact: String,
    /// What the cloud has to do.
    pub fix: String,
    /// Where AWS documents it.
    pub see: String,
    /// More, where a sentence is not enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// What the rule finds something in.
    pub matches: Vec<Example>,
    /// What comes close and is as on AWS.
    #[serde(rename = "does not match")]
    pub does_not_match: Vec<Example>,
}

/// Answers, and whether a rule finds something in them.
#[derive(Debug, Clone, Serialize)]
pub struct Example {
    /// What it shows, in a sentence.
    pub what: String,
    /// The answers, in the order in which they came; one, unless there is a `case`.
    pub answers: Vec<ExampleAnswer>,
    /// The paths of a shape profile, with their counts; null if there is no profile.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub profile: Value,
    /// The case that the answers belong to; null if one answer stands by itself.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub case: Value,
    /// The values that the run gave the case; null if none.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub given: Value,
    /// What the reference answered when it was recorded; empty if nothing was.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub recorded: Vec<ExampleAnswer>,
    /// What AWS does in the case's steps; null if there is no case, or a recording instead.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub baseline: Value,
    /// The finding's path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// The finding's message, or a part of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub says: Option<String>,
}

/// An answer of an endpoint.
#[derive(Debug, Clone, Serialize)]
pub struct ExampleAnswer {
    /// The action; of a case it is the step's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// The step, in a case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// The API version asked for.
    pub version: String,
    /// Parameters of the request.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub request: BTreeMap<String, String>,
    /// HTTP status.
    pub status: u16,
    /// Headers; `None` if they are AWS's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headers: Option<Vec<(String, String)>>,
    /// The body, or the answer in SDK member names.
    pub body: String,
    /// Whether `body` is the answer in SDK member names, as JSON.
    #[serde(skip_serializing_if = "is_false")]
    pub in_members: bool,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

/// The keys of a rule's file, for unknown ones to be reported.
#[derive(JsonSchema)]
#[allow(dead_code, reason = "only its schema is used")]
pub(super) struct RuleKeys {
    id: String,
    layer: String,
    severity: String,
    title: String,
    impact: String,
    fix: String,
    see: String,
    about: Option<String>,
    matches: Vec<Value>,
    #[schemars(rename = "does not match")]
    does_not_match: Vec<Value>,
}

/// The keys of an example of one answer.
#[derive(JsonSchema)]
#[allow(dead_code, reason = "only its schema is used")]
pub(super) struct AnswerKeys {
    what: String,
    action: String,
    version: Option<String>,
    request: Option<BTreeMap<String, String>>,
    status: Option<u16>,
    headers: Option<BTreeMap<String, String>>,
    body: Option<String>,
    output: Option<Value>,
    profile: Option<Value>,
    at: Option<String>,
    says: Option<String>,
}

/// The keys of an example of several answers.
#[derive(JsonSchema)]
#[allow(dead_code, reason = "only its schema is used")]
pub(super) struct SequenceKeys {
    what: String,
    case: Value,
    given: Option<Value>,
    baseline: Option<Value>,
    recorded: Option<Vec<Value>>,
    answers: Vec<Value>,
    at: Option<String>,
    says: Option<String>,
}

/// The keys of one answer of several.
#[derive(JsonSchema)]
#[allow(dead_code, reason = "only its schema is used")]
pub(super) struct StepKeys {
    step: String,
    version: Option<String>,
    request: Option<BTreeMap<String, String>>,
    status: Option<u16>,
    headers: Option<BTreeMap<String, String>>,
    body: Option<String>,
    /// Of a probe, what it found.
    output: Option<Value>,
}
