//! What a transcript is made of: one event a line.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Planned, Probed, Redacted, RedactedValue};
use crate::case::Case;
use crate::wire::FailureKind;

/// The version of the transcript's format. Raised when a reader of the version before would
/// misunderstand a line; new optional fields do not raise it.
///
/// 2: a case may be begun more than once, each time with an event at its end; 1 had each once, and
/// nothing at its end. 3: a step may be a probe, which has events of its own.
pub const FORMAT_VERSION: u32 = 3;

/// One line of a transcript.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// The first line: which run this is.
    Run(RunStarted),
    /// What was to be run, and how.
    Plan(Planned),
    /// A run that was interrupted goes on from here.
    Resumed(RunResumed),
    /// A case was begun. Carries the case as it ran, so that a transcript can be judged without
    /// the suite it came from.
    Case(CaseStarted),
    /// One attempt at one call: what was sent and what came back.
    Exchange(Exchange),
    /// A probe looked once, and what it found.
    Probe(Probed),
    /// A step was ended by something other than an answer, or never begun.
    Step(StepEnded),
    /// An undo was carried out, or failed.
    Undo(UndoEnded),
    /// An attempt at a case came to its end: its steps and its undos.
    CaseEnded(CaseEnded),
    /// The last line: the run came to its end.
    End(RunEnded),
}

/// The first line of a transcript.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunStarted {
    /// [`FORMAT_VERSION`] of the writer.
    pub version: u32,
    /// Version of the program that ran the cases.
    pub parallax: String,
    /// The run's id, as it appears in the names of what the run created.
    pub run: String,
    /// When the run began, RFC 3339, UTC.
    pub started: String,
    /// The target, without anything secret.
    pub target: TargetFacts,
}

/// What is known of a target and may be shown to everybody.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetFacts {
    /// What people call it: `OpenStack 2023.2 with ec2-api`, or the endpoint's host.
    pub name: String,
    /// The endpoint's URL, without user and password.
    pub endpoint: String,
    /// The region that requests were signed for.
    pub region: String,
    /// The image used for instances, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// The instance type used for instances, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance_type: Option<String>,
    /// The availability zone used where one has to be named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// How many things of a kind the run may hold at once, by the words of a case's `uses`; a kind
    /// that is not here has no limit that is known.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub quotas: BTreeMap<String, u32>,
    /// Who logs in to machines of the image, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ssh_user: Option<String>,
    /// How the run could get to guests, if somebody said so; not at all otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reach: Option<Reach>,
    /// Whether there are VPCs, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpc: Option<VpcSupport>,
    /// What the target is declared not to have: things that cases use, or actions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lacks: Vec<String>,
}

/// A run that was interrupted goes on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunResumed {
    /// Version of the program that goes on.
    pub parallax: String,
    /// When, RFC 3339, UTC.
    pub started: String,
    /// Milliseconds that the run had lasted. What comes after goes on counting from there: the time
    /// in between is not the run's.
    pub at_ms: u64,
}

/// Whether a target has VPCs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum VpcSupport {
    /// It has, and one of them is there by default.
    Default,
    /// It has, and each has to be made.
    NoDefault,
    /// It has none.
    None,
}

impl VpcSupport {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            VpcSupport::Default => "default",
            VpcSupport::NoDefault => "no-default",
            VpcSupport::None => "none",
        }
    }
}

/// How a run gets to the guests of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Reach {
    /// Not at all: what is asked of guests is skipped.
    #[default]
    None,
    /// From where the run is.
    Direct,
    /// Through a host that it logs in to.
    Jump,
}

impl std::str::FromStr for Reach {
    type Err = String;

    fn from_str(text: &str) -> Result<Reach, String> {
        [Reach::None, Reach::Direct, Reach::Jump]
            .into_iter()
            .find(|reach| reach.as_str() == text)
            .ok_or_else(|| "write direct, jump, or none".to_owned())
    }
}

impl Reach {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Reach::None => "none",
            Reach::Direct => "direct",
            Reach::Jump => "jump",
        }
    }
}

/// A case was begun.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CaseStarted {
    /// The case as it ran: matrix expanded, variables not yet replaced.
    pub case: Box<Case>,
    /// The variables that the run gave it, beside those of its row: names, image, zone, ….
    pub variables: RedactedValue,
    /// Which attempt at the case this is, from 1. What follows of the case, up to the next event of
    /// this kind, belongs to it.
    #[serde(default = "first", skip_serializing_if = "is_first")]
    pub attempt: u32,
    /// Milliseconds since the run began.
    pub at_ms: u64,
}

fn first() -> u32 {
    1
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_first(attempt: &u32) -> bool {
    *attempt == 1
}

/// An attempt at a case came to its end.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CaseEnded {
    /// The case's id.
    pub case: String,
    /// Milliseconds since the run began.
    pub at_ms: u64,
}

/// Why a call was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// To learn about the target before any case ran.
    Discover,
    /// A step of a case.
    Step,
    /// To remove what a step made.
    Undo,
}

/// One attempt at one call.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Exchange {
    /// Number of this exchange in the transcript, from 1; findings refer to it.
    pub seq: u64,
    /// The case's id; absent in discovery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// The step's id within its case; for an undo the step that is undone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// Why the call was made.
    pub purpose: Purpose,
    /// The action that was called.
    pub action: String,
    /// Attempt at this call, from 1. A poll's every look is a call of its own.
    pub attempt: u32,
    /// Milliseconds since the run began at which the request was sent.
    pub at_ms: u64,
    /// Milliseconds from sending to the answer's last byte, or to the failure.
    pub took_ms: u64,
    /// The request as it was sent, redacted.
    pub request: Request,
    /// The answer, or why there is none.
    pub reply: Reply,
}

/// A request as sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Request {
    /// HTTP method.
    pub method: String,
    /// URL; with `GET` it holds the parameters.
    pub url: Redacted,
    /// Header names and values in the order sent.
    pub headers: Vec<(String, Redacted)>,
    /// The body: form-encoded Query parameters.
    pub body: Redacted,
}

impl Request {
    /// The form-encoded Query parameters, wherever they were sent.
    pub fn form(&self) -> &str {
        match self.url.as_str().split_once('?') {
            Some((_, query)) if self.body.as_str().is_empty() => query,
            _ => self.body.as_str(),
        }
    }
}

/// An answer, or the failure to get one.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reply {
    /// The endpoint answered.
    Response(Response),
    /// It did not, or not in a way that HTTP allows.
    Failure(Failure),
}

/// An answer as received.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Response {
    /// HTTP status code.
    pub status: u16,
    /// Header names (as HTTP clients normalise them, in lower case) and values, in order.
    pub headers: Vec<(String, Redacted)>,
    /// The body's bytes, redacted.
    pub body: Body,
}

/// Bytes as received: text where they are UTF-8, Base64 where they are not, so that the transcript
/// stays readable and loses nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Body {
    /// The bytes are this text in UTF-8.
    Text(Redacted),
    /// The bytes in Base64.
    Base64(Redacted),
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What kind of failure.
    pub kind: FailureKind,
    /// What happened, for a person.
    pub message: Redacted,
}

/// How a step ended where no answer says it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StepEnded {
    /// The case's id.
    pub case: String,
    /// The step's id.
    pub step: String,
    /// How it ended.
    pub ending: Ending,
    /// Milliseconds since the run began.
    pub at_ms: u64,
}

/// How a step ended where no answer says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "kebab-case")]
pub enum Ending {
    /// A poll used up its time without reaching any of its ends.
    TimedOut {
        /// The longest it was allowed to take, in milliseconds.
        within_ms: u64,
    },
    /// Not begun, because an earlier step did not give what it needs.
    Blocked {
        /// The id of that earlier step.
        by: String,
        /// What was missing, for a person.
        why: Redacted,
    },
    /// Not begun or not ended, because the run was interrupted.
    Interrupted {
        /// Why, if it was not somebody who wanted it so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<Redacted>,
    },
    /// Not begun, because the target does not have what the case needs.
    Skipped {
        /// What it lacks, for a person.
        why: Redacted,
    },
}

/// What became of an undo.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UndoEnded {
    /// The case's id.
    pub case: String,
    /// The step whose effect was to be undone.
    pub step: String,
    /// The action that undoes it.
    pub action: String,
    /// The input of that action.
    pub input: RedactedValue,
    /// `None` if it was undone (or had gone by itself); otherwise why it was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Redacted>,
    /// Milliseconds since the run began.
    pub at_ms: u64,
}

/// The last line of a transcript.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunEnded {
    /// Whether the run was interrupted before all its cases had run.
    pub interrupted: bool,
    /// Whether that was because a case failed, and the run was to stop at the first that does.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub failed_fast: bool,
    /// Milliseconds since the run began.
    pub at_ms: u64,
}
