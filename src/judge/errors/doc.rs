//! What stands in `baselines/aws/errors.json`.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The file. `about` explains it to people and is not used.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[serde(rename = "about")]
    pub(super) _about: Vec<String>,
    /// Actions that may answer what another may.
    pub(super) stands_for: BTreeMap<String, String>,
    /// Names of input members that take the id of any kind of resource.
    pub(super) takes_any_resource: Vec<String>,
    /// Words by which an action is known to deal with a kind of resource.
    pub(super) families: BTreeMap<String, Vec<String>>,
    pub(super) sources: BTreeMap<String, Source>,
    pub(super) codes: Vec<ErrorCode>,
}

/// Where a statement comes from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// What kind of source it is.
    pub kind: SourceKind,
    /// What it is called.
    pub title: String,
    /// Where it is.
    pub url: String,
    /// When it was read or, of a recording, made or published: a date.
    pub date: String,
    /// What it states, in a sentence.
    pub states: String,
}

/// Kinds of sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// AWS's documentation, API model or SDK.
    Documented,
    /// An answer of AWS that somebody recorded or quoted.
    Recorded,
    /// A widely used client that compares with the code. No evidence of AWS, but reason enough not
    /// to call the code unknown.
    Client,
}

/// Whose fault an error is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fault {
    /// The request's; comes with HTTP 4xx.
    Client,
    /// The server's; comes with HTTP 5xx.
    Server,
}

/// An error code.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorCode {
    /// The code, spelt as AWS spells it.
    pub code: String,
    /// Whose fault it tells of.
    pub kind: Fault,
    /// The actions that may answer with it.
    pub applies: Vec<Applies>,
    /// Whether a source says which actions these are, or whether it was derived.
    pub applies_from: Basis,
    /// What it means, in a sentence.
    pub meaning: String,
    /// What is doubtful about it, or where sources differ.
    pub doubt: Option<String>,
    /// HTTP statuses that a source states exactly.
    #[serde(default)]
    pub statuses: Vec<Status>,
    /// Answers with this code that AWS sent or documents.
    #[serde(default)]
    pub answers: Vec<Answer>,
    /// Keys of the sources that list the code.
    pub sources: Vec<String>,
}

/// How it is known to which actions a code belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// The source says so.
    Documented,
    /// From the thing that the code names.
    Derived,
}

/// To which actions a code belongs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub enum Applies {
    /// All of them.
    Any,
    /// All that are not named `Describe…`.
    Changes,
    /// Those that deal with a kind of resource.
    Family(String),
    /// This one.
    Action(String),
}

impl From<String> for Applies {
    fn from(text: String) -> Self {
        match text.strip_prefix('@') {
            Some(family) => Applies::Family(family.to_owned()),
            None if text == "any" => Applies::Any,
            None if text == "changes" => Applies::Changes,
            None => Applies::Action(text),
        }
    }
}

/// An HTTP status that a source states.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Status {
    /// The status.
    pub status: u16,
    /// The source's key.
    pub source: String,
}

/// An answer with a code.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The action that was answered, where the source says.
    pub action: Option<String>,
    /// The HTTP status, where the source says.
    pub status: Option<u16>,
    /// The message; what differs from answer to answer stands in `<>`.
    pub message: String,
    /// The source's key.
    pub source: String,
    /// How often it was recorded there.
    #[serde(default = "one")]
    pub times: u32,
}

fn one() -> u32 {
    1
}
