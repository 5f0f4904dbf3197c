//! What happened in a step, as a tree.

use super::node::{Member, Node};
use crate::case::Step;
use crate::judge::StateSeen;
use crate::judge::canonical::Canonical;
use crate::judge::observe::{Observed, StepObservation};
use crate::transcript::Ending;
use serde_json::Value;

/// What happened in a step of one sample, or on a target.
#[derive(Debug, Clone)]
pub(super) struct StepSample {
    pub outcome: Outcome,
    pub states: Vec<StateSeen>,
    pub took_ms: u64,
}

/// How it ended.
#[derive(Debug, Clone)]
pub(super) enum Outcome {
    Success { status: u16, output: Node },
    Error { code: String, status: u16, message: Node },
    NotReached { seen: String },
    NotEc2 { seen: String },
}

impl StepSample {
    /// `None` if it was not begun, because an earlier step of the case did not give what it needs;
    /// `Err` says why nothing can be learned from it.
    pub(super) fn of(
        step: &StepObservation<'_>,
        names: &Canonical,
        sample: usize,
    ) -> Result<Option<StepSample>, String> {
        let status = step.answers.last().map_or(0, |answer| answer.status);
        let outcome = match &step.observed {
            Observed::Success(value) => {
                let mut output = Node::of(value, names, sample);
                tokens(&mut output);
                if is_open(step.step) {
                    open(&mut output);
                }
                Outcome::Success { status, output }
            }
            Observed::Error { code, message, status } => Outcome::Error {
                code: code.clone(),
                status: *status,
                message: Node::of(&Value::String(message.clone()), names, sample),
            },
            Observed::NotReached { seen } => Outcome::NotReached { seen: seen.clone() },
            Observed::Foreign(what) => Outcome::NotEc2 { seen: what.clone() },
            Observed::NoAnswer(why) => return Err(why.clone()),
            Observed::NotRun if matches!(step.ending, Some(Ending::Blocked { .. })) => {
                return Ok(None);
            }
            Observed::NotRun => return Err("it did not run".to_owned()),
        };
        Ok(Some(StepSample { outcome, states: step.states.clone(), took_ms: step.took_ms() }))
    }
}

/// Whether a call asks for everything that there is: then what others made is in its answer, and
/// nothing of that belongs to the case.
fn is_open(step: &Step) -> bool {
    let asks = step.reads();
    let Some(with) = step.with.as_object() else { return asks };
    let names_something = with.iter().any(|(name, value)| {
        refers(value) || (name.ends_with("Ids") || name.ends_with("Names") || name.ends_with("Id"))
    });
    asks && !names_something
}

/// Whether a variable stands somewhere in it.
fn refers(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('$'),
        Value::Array(items) => items.iter().any(refers),
        Value::Object(map) => map.values().any(refers),
        _ => false,
    }
}

/// Lets the lists of an answer hold whatever is not the case's.
fn open(output: &mut Node) {
    let Node::Map(members) = output else { return };
    members.remove("NextToken");
    for member in members.values_mut() {
        if let Node::List { items, rest } = &mut member.node {
            items.retain(Node::has_own);
            *rest = Some(Box::new(Node::Anything));
        }
    }
    let further = Member { node: Node::Anything, optional: true };
    members.insert("NextToken".to_owned(), further);
}

/// A token for the next page means nothing to anybody.
fn tokens(output: &mut Node) {
    if let Node::Map(members) = output
        && let Some(token) = members.get_mut("NextToken")
        && let Node::Text(pieces) = &token.node
    {
        token.node = Node::AnyText { empty: pieces.is_empty() };
    }
}
