//! What a ledger is made of: one entry a line.

use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::transcript::{Redacted, RedactedValue, TargetFacts};

/// The version of the ledger's format. Raised when a reader of the version before would misunderstand
/// a line; new optional fields do not raise it.
pub(crate) const LEDGER_VERSION: u32 = 1;

/// One line of a ledger.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "kebab-case")]
pub(crate) enum Entry {
    /// The first line: which run this is, and where.
    Run(LedgerStarted),
    /// What was there of one kind before the first case ran.
    Before(Before),
    /// A call is about to be made that may make something.
    Intent(Intent),
    /// It is about to be sent once more.
    Again(Again),
    /// It succeeded.
    Made(Made),
    /// It was refused, or never reached the endpoint: it made nothing.
    Refused(Said),
    /// Whether it made something is not known.
    Unclear(Said),
    /// What it made has been removed, what it changed put back.
    Undone(Done),
    /// That did not work.
    NotUndone(Said),
    /// A later search found nothing that it could have made.
    NotMade(Done),
}

/// The first line of a ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerStarted {
    /// The version of the format that the writer knows.
    pub version: u32,
    /// Version of the program that ran the cases.
    pub parallax: String,
    /// The run's id, as it appears in the names of what the run created.
    pub run: String,
    /// When the run began, RFC 3339, UTC.
    pub started: String,
    /// The target, without anything secret.
    pub target: TargetFacts,
    /// The profile that the credentials came from, if one was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// The file of certificate authorities, if one was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_bundle: Option<PathBuf>,
}

impl LedgerStarted {
    /// The first line of a run that begins; `started` is the time in RFC 3339.
    pub fn new(run: &str, started: &str, target: &TargetFacts) -> LedgerStarted {
        LedgerStarted {
            version: LEDGER_VERSION,
            parallax: env!("CARGO_PKG_VERSION").to_owned(),
            run: run.to_owned(),
            started: started.to_owned(),
            target: target.clone(),
            profile: None,
            ca_bundle: None,
        }
    }

    /// With what a sweep needs to reach the target again.
    pub fn with_access(self, profile: Option<String>, ca_bundle: Option<PathBuf>) -> LedgerStarted {
        LedgerStarted { profile, ca_bundle, ..self }
    }
}

/// What was there of one kind before the first case ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Before {
    /// The kind, as the sweep names it.
    pub kind: String,
    /// Their ids.
    pub ids: Vec<Redacted>,
    /// Accounts that they belong to, where the answer says it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub owners: Vec<Redacted>,
}

/// A call that may make something.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Intent {
    /// Its number in this ledger, from 1.
    pub n: u64,
    /// When it was about to be sent.
    pub at: Timestamp,
    /// The case's id.
    pub case: String,
    /// The case's name.
    pub name: String,
    /// The step's id within its case.
    pub step: String,
    /// The action.
    pub action: String,
    /// The Query parameters as they are sent, with token and tags, without what is secret.
    pub parameters: RedactedValue,
    /// How it is going to be undone, if the case says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<Planned>,
}

/// A call that undoes another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Planned {
    /// The action.
    pub action: String,
    /// Its input, by SDK member names.
    pub input: RedactedValue,
    /// An AWS waiter to wait for afterwards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiter: Option<String>,
    /// Whether variables still stand in the input, because only the answer gives them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unresolved: bool,
}

/// A call is about to be sent once more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Again {
    /// Number of the intent.
    pub n: u64,
    /// When.
    pub at: Timestamp,
}

/// A call succeeded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Made {
    /// Number of the intent.
    pub n: u64,
    /// Ids of what it made, as far as the answer names them.
    pub ids: Vec<Redacted>,
    /// How it is undone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<Planned>,
}

/// What came of an intent, in words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Said {
    /// Number of the intent.
    pub n: u64,
    /// For a person.
    pub why: Redacted,
}

/// An intent is settled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Done {
    /// Number of the intent.
    pub n: u64,
}
