//! What stands in a case file.
//!
//! These types are the language's definition: the JSON Schema for editors is generated from them,
//! and the reader knows a key only if it is a field here.

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema};

use super::ProbeKind;
use crate::syntax::{Node, Spanned};
use crate::wire::{Encoding, Method, Signature};

/// A case of Parallax: what to call on a cloud, step by step. What AWS does there is in the
/// baseline of the same name.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(rename = "Case", deny_unknown_fields)]
pub(crate) struct CaseDoc {
    /// A UUID that never changes.
    pub id: Spanned<String>,
    /// What is true on AWS, in a sentence.
    pub title: Spanned<String>,
    /// The capability: the name of the folder that the file is in.
    pub capability: Spanned<String>,
    /// Names of the same check in other suites.
    #[schemars(default)]
    pub aliases: Vec<Spanned<String>>,
    /// What the case occupies while it runs, for example `{ instances: 1 }`.
    #[schemars(default)]
    pub uses: BTreeMap<String, u32>,
    /// The case runs by itself, after all others: what somebody else does at the same moment would
    /// decide its verdict.
    #[schemars(default)]
    pub alone: bool,
    /// Why a client cares.
    pub about: Option<Spanned<String>>,
    /// Rows: each is a case of its own; its keys are variables.
    #[schemars(default)]
    pub matrix: Vec<RowDoc>,
    /// Steps to begin with: the name of a preparation; or its name, and by its steps what to add to
    /// their input.
    #[allow(dead_code, reason = "its steps are put before the case's while it is read")]
    pub prepare: Option<PrepareDoc>,
    /// What to do, in this order.
    pub steps: Vec<StepDoc>,
}

/// How a case begins.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(rename = "Prepare", untagged)]
#[allow(dead_code, reason = "only its schema is used")]
pub(crate) enum PrepareDoc {
    /// With this preparation.
    Named(String),
    /// With this one, and these members more in the input of its steps; null takes one out.
    Adding(BTreeMap<String, BTreeMap<String, BTreeMap<String, serde_json::Value>>>),
}

/// A preparation of Parallax: steps that many cases begin with.
#[derive(JsonSchema)]
#[schemars(rename = "Preparation", deny_unknown_fields)]
#[allow(dead_code, reason = "only its schema is used")]
pub(crate) struct PreparationDoc {
    /// What there is when it is through, in a sentence.
    pub title: Spanned<String>,
    /// What it binds, and why it does things as it does.
    pub about: Option<Spanned<String>>,
    /// The preparation that it begins with itself.
    pub prepare: Option<PrepareDoc>,
    /// What it occupies: added to what the case occupies.
    #[schemars(default)]
    pub uses: BTreeMap<String, u32>,
    /// What to do, in this order; all of it is `setup`.
    pub steps: Vec<StepDoc>,
}

/// One row of a matrix. Every key beside `id`, `row` and `aliases` is a variable.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(rename = "Row")]
pub(crate) struct RowDoc {
    /// A UUID that never changes: the id of the row's case.
    pub id: Spanned<String>,
    /// The row's name, in brackets behind the case's.
    pub row: Spanned<String>,
    /// Names of the same check in other suites, beside the case's.
    #[schemars(default)]
    pub aliases: Vec<Spanned<String>>,
    /// The variables.
    #[schemars(skip)]
    pub variables: Vec<(Spanned<String>, Node)>,
}

/// One step: a `call`; a `poll`, which is a call repeated until something is seen; or a `probe`, which
/// looks beneath the API.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(rename = "Step", deny_unknown_fields)]
pub(crate) struct StepDoc {
    /// Unique in the case: lower case, digits, dashes.
    pub id: Spanned<String>,
    /// The action to call, by its AWS name.
    pub call: Option<Spanned<String>>,
    /// The action to call again and again, by its AWS name.
    pub poll: Option<Spanned<String>>,
    /// What to look at beneath the API: a port, a login, a web server, the metadata service.
    #[schemars(with = "Option<ProbeKind>")]
    pub probe: Option<Spanned<String>>,
    /// Input members by their SDK names; of a probe, what it needs to know.
    pub with: Option<Node>,
    /// Query parameters as they go on the wire, added to those of `with` or in their place; null
    /// leaves one out. For what AWS's model does not know.
    #[schemars(default, with = "BTreeMap<String, serde_json::Value>")]
    pub parameters: Vec<(Spanned<String>, Node)>,
    /// How the request differs from what an AWS SDK sends.
    pub request: Option<RequestDoc>,
    /// Ask for page after page, as AWS's paginators do; the answer is all of them joined.
    #[schemars(default)]
    pub pages: bool,
    /// Variables to take from the answer: name and JMESPath.
    #[schemars(default, with = "BTreeMap<String, String>")]
    pub bind: Vec<(Spanned<String>, Spanned<String>)>,
    /// How to remove what the step made.
    pub undo: Option<UndoDoc>,
    /// The earlier step whose undo this step's success makes unnecessary.
    pub completes: Option<Spanned<String>>,
    /// Members that today's SDKs fill in by themselves (`ClientToken`) and this step leaves out.
    #[schemars(default)]
    pub omit: Vec<Spanned<String>>,
    /// The step only prepares: if it fails, the case is blocked, not failed.
    #[schemars(default)]
    pub setup: bool,
    /// Earlier steps that must have succeeded for this one to make sense; one, or a list.
    #[schemars(default, with = "OneOrList<String>")]
    pub needs: Vec<Spanned<String>>,
    /// Of a poll: JMESPath to the value that is watched; of a probe, to what came of it, and its
    /// outcome if not given.
    pub watch: Option<Spanned<String>>,
    /// Of a poll: the value that ends it well; one, or a list. A probe that has it is repeated, too.
    #[schemars(default, with = "OneOrList<serde_json::Value>")]
    pub until: Vec<Node>,
    /// Of a poll or a probe: the value that ends it badly; one, or a list.
    #[schemars(default, with = "OneOrList<serde_json::Value>")]
    pub unless: Vec<Node>,
    /// Of a poll: error codes that end it well; one, or a list.
    #[schemars(default, with = "OneOrList<String>")]
    pub until_error: Vec<Spanned<String>>,
    /// Of a poll: an AWS waiter, instead of `watch` and `until`.
    pub waiter: Option<Spanned<String>>,
    /// Of a poll, and of a probe with `until`: the longest it may take, `90s` or `5m`; 2 minutes if
    /// not given.
    #[schemars(with = "Option<String>")]
    pub within: Option<Spanned<u64>>,
}

/// How a request differs from what an AWS SDK sends: for cases about the protocol itself.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(rename = "Request", deny_unknown_fields)]
pub(crate) struct RequestDoc {
    /// `POST` with the parameters in the body (as SDKs do), or `GET` with them in the URL.
    #[schemars(with = "Option<OrVariable<Method>>")]
    pub method: Option<Spanned<String>>,
    /// Headers by name, in place of those that would be sent; null leaves one out.
    #[schemars(default, with = "BTreeMap<String, Option<String>>")]
    pub headers: Vec<(Spanned<String>, Node)>,
    /// How parameters are escaped.
    #[schemars(with = "Option<OrVariable<Encoding>>")]
    pub encoding: Option<Spanned<String>>,
    /// How the request is signed.
    #[schemars(with = "Option<OrVariable<Signature>>")]
    pub signature: Option<Spanned<String>>,
}

/// How to remove what a step made.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(rename = "Undo", deny_unknown_fields)]
pub(crate) struct UndoDoc {
    /// The action that removes it.
    pub call: Spanned<String>,
    /// Its input members.
    pub with: Option<Node>,
    /// An AWS waiter to wait for afterwards, called with the same input.
    pub waiter: Option<Spanned<String>>,
}

/// One of some words, or a variable of the row that stands for one.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[allow(dead_code, reason = "only its schema is used")]
enum OrVariable<T> {
    Word(T),
    Variable(String),
}

/// One value, or a list of them.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[allow(dead_code, reason = "only its schema is used")]
enum OneOrList<T> {
    One(T),
    List(Vec<T>),
}

/// The JSON Schema of a case file, for editors.
pub fn schema() -> Schema {
    schemars::schema_for!(CaseDoc)
}

/// The JSON Schema of a preparation's file, for editors.
pub fn preparation_schema() -> Schema {
    schemars::schema_for!(PreparationDoc)
}
