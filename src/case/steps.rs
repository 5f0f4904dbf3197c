//! A case as it runs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::ProbeKind;
use crate::model::only_reads;
use crate::wire::Manner;

/// One case: a row of a matrix, or a whole file without one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// A UUID that never changes; the RefStack test id.
    pub id: String,
    /// `capability/name`, with `[row]` for a row of a matrix.
    pub name: String,
    /// The id of the file: the same for all rows of a matrix.
    pub family: String,
    /// What is true on AWS, in a sentence.
    pub title: String,
    /// Why a client cares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// The capability.
    pub capability: String,
    /// Names of the same check in other suites.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// What the case occupies while it runs: `instances`, `vpcs`, …
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub uses: BTreeMap<String, u32>,
    /// Whether it runs by itself, after all others.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub alone: bool,
    /// The row's variables.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub variables: Map<String, Value>,
    /// The steps, in the order they run.
    pub steps: Vec<Step>,
}

impl Case {
    /// The step with this id.
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|s| s.id == id)
    }

    /// Whether a step or the row's values name this variable.
    pub fn names(&self, variable: &str) -> bool {
        let text = serde_json::to_string(&(&self.steps, &self.variables)).unwrap_or_default();
        text.contains(&format!("\"${variable}\"")) || text.contains(&format!("${{{variable}}}"))
    }

    /// Whether the case only looks at what there is.
    pub fn only_reads(&self) -> bool {
        self.steps.iter().all(|step| step.reads() && step.undo.is_none())
    }

    /// Whether a step has to get to a guest over the network.
    pub fn reaches_guests(&self) -> bool {
        self.steps.iter().filter_map(|step| step.probe).any(ProbeKind::reaches_guests)
    }

    /// The actions that the case calls, each once, sorted; undos and waiters not counted.
    pub fn actions(&self) -> Vec<&str> {
        let called = self.steps.iter().filter(|step| step.calls());
        let mut actions: Vec<&str> = called.map(|step| step.action.as_str()).collect();
        actions.sort_unstable();
        actions.dedup();
        actions
    }
}

/// One step of a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Unique in its case.
    pub id: String,
    /// The action, by its AWS name; of a probe that is none of the API, nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub action: String,
    /// Present if the step is a probe: what it looks at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probe: Option<ProbeKind>,
    /// Input members by SDK name; of a probe, what it needs to know. Variables not yet replaced.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub with: Value,
    /// Query parameters as they go on the wire, in place of those of `with` or beside them; null
    /// leaves one out. Variables not yet replaced.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub parameters: Map<String, Value>,
    /// How the request differs from what an AWS SDK sends.
    #[serde(default, skip_serializing_if = "Manner::is_usual", rename = "request")]
    pub manner: Manner,
    /// Whether page after page is asked for, and the answer is all of them joined.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pages: bool,
    /// Variables taken from the answer: name and JMESPath.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub bind: Map<String, Value>,
    /// How to remove what the step made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<Undo>,
    /// The step whose undo this step's success makes unnecessary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completes: Option<String>,
    /// Members that SDKs fill in by themselves and this step leaves out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub omit: Vec<String>,
    /// Whether the step only prepares: its failure blocks the case instead of failing it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub setup: bool,
    /// Earlier steps that must have succeeded for this one to make sense.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
    /// Present if the step is a poll, or a probe that is repeated: this ends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poll: Option<Poll>,
}

impl Step {
    /// Whether the step's action changes nothing, by its name. What a command does in a guest
    /// concerns the guest, which is the case's.
    pub fn reads(&self) -> bool {
        self.probe.is_some() || only_reads(&self.action)
    }

    /// Whether the step calls the API.
    pub fn calls(&self) -> bool {
        !self.action.is_empty()
    }

    /// `call`, `poll` or `probe`.
    pub fn kind(&self) -> &'static str {
        match (&self.probe, &self.poll) {
            (Some(_), _) => "probe",
            (None, Some(_)) => "poll",
            (None, None) => "call",
        }
    }

    /// What it calls or probes, in a word.
    pub fn what(&self) -> &str {
        match self.probe {
            Some(kind) => kind.word(),
            None => &self.action,
        }
    }

    /// The step's `bind` entries as name and JMESPath.
    pub fn binds(&self) -> impl Iterator<Item = (&str, &str)> {
        self.bind.iter().filter_map(|(name, path)| Some((name.as_str(), path.as_str()?)))
    }
}

/// How to remove what a step made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Undo {
    /// The action that removes it.
    pub action: String,
    /// Its input; variables not yet replaced.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub with: Value,
    /// An AWS waiter to wait for afterwards, called with the same input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiter: Option<String>,
}

/// When a poll ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Poll {
    /// What ends it.
    pub goal: Goal,
    /// The longest it may take, in milliseconds.
    pub within_ms: u64,
}

/// What ends a poll.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Goal {
    /// A watched value.
    Watch {
        /// JMESPath to the value.
        watch: String,
        /// Values that end the poll well.
        until: Vec<Value>,
        /// Values that end it badly.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        unless: Vec<Value>,
        /// Error codes that end it well.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        until_error: Vec<String>,
    },
    /// An AWS waiter, by name.
    Waiter(String),
}
