//! From a file to the cases that run: one for each row of the matrix.

use serde_json::{Map, Value};

use super::doc::{CaseDoc, RequestDoc, RowDoc, StepDoc};
use super::steps::{Case, Goal, Poll, Step, Undo};
use super::variables::{Scope, Unbound};
use super::{OUTCOME, ProbeKind};
use crate::syntax::{Node, Spanned};
use crate::wire::Manner;

/// How long a poll may take if the case does not say.
const DEFAULT_WITHIN_MS: u64 = 120_000;

/// The cases of a checked document; `stem` is the file's name without folder and ending.
///
/// # Errors
/// A row leaves out a variable that an action or a member's name needs.
pub(super) fn expand(doc: &CaseDoc, stem: &str) -> Result<Vec<Case>, Unbound> {
    if doc.matrix.is_empty() {
        return Ok(vec![one(doc, stem, None)?]);
    }
    doc.matrix.iter().map(|row| one(doc, stem, Some(row))).collect()
}

fn one(doc: &CaseDoc, stem: &str, row: Option<&RowDoc>) -> Result<Case, Unbound> {
    let base = format!("{}/{stem}", doc.capability.value);
    let scope = row_scope(row);
    Ok(Case {
        id: row.map_or(&doc.id, |row| &row.id).value.clone(),
        name: row.map_or_else(|| base.clone(), |row| format!("{base}[{}]", row.row.value)),
        family: doc.id.value.clone(),
        title: doc.title.value.clone(),
        about: doc.about.as_ref().map(|about| about.value.trim().to_owned()),
        capability: doc.capability.value.clone(),
        aliases: doc
            .aliases
            .iter()
            .chain(row.iter().flat_map(|row| &row.aliases))
            .map(|a| a.value.clone())
            .collect(),
        uses: doc.uses.clone(),
        alone: doc.alone,
        variables: row
            .map(|row| row.variables.iter().map(|(k, v)| (k.value.clone(), v.to_json())).collect())
            .unwrap_or_default(),
        steps: doc.steps.iter().map(|s| step(s, &scope)).collect::<Result<_, _>>()?,
    })
}

/// The variables of a row.
pub(super) fn row_scope(row: Option<&RowDoc>) -> Scope {
    let mut scope = Scope::default();
    for (key, value) in row.iter().flat_map(|row| &row.variables) {
        scope.set_row(key.value.clone(), value.to_json());
    }
    scope
}

/// An action's name with the row's variables replaced.
pub(super) fn action(name: &str, scope: &Scope) -> Result<String, Unbound> {
    match scope.resolve(&Value::String(name.to_owned()))? {
        Value::String(name) => Ok(name),
        other => Ok(other.to_string()),
    }
}

fn step(doc: &StepDoc, scope: &Scope) -> Result<Step, Unbound> {
    let probe = doc.probe.as_ref().and_then(|word| ProbeKind::of(&word.value));
    let name = match probe {
        Some(kind) => kind.action().unwrap_or_default(),
        None => doc.call.as_ref().or(doc.poll.as_ref()).map_or("", |n| n.value.as_str()),
    };
    Ok(Step {
        id: doc.id.value.clone(),
        action: action(name, scope)?,
        probe,
        with: match probe {
            Some(kind) => logging_in(kind, with(doc.with.as_ref(), scope)?),
            None => with(doc.with.as_ref(), scope)?,
        },
        parameters: doc
            .parameters
            .iter()
            .map(|(name, value)| (name.value.clone(), value.to_json()))
            .collect(),
        manner: manner(doc.request.as_ref(), scope)?,
        pages: doc.pages,
        bind: doc
            .bind
            .iter()
            .map(|(name, path)| (name.value.clone(), Value::String(path.value.clone())))
            .collect(),
        undo: match &doc.undo {
            Some(undo) => Some(Undo {
                action: action(&undo.call.value, scope)?,
                with: with(undo.with.as_ref(), scope)?,
                waiter: undo.waiter.as_ref().map(|w| w.value.clone()),
            }),
            None => None,
        },
        completes: doc.completes.as_ref().map(|c| c.value.clone()),
        omit: doc.omit.iter().map(|o| o.value.clone()).collect(),
        setup: doc.setup,
        needs: doc.needs.iter().map(|n| n.value.clone()).collect(),
        poll: match probe {
            Some(_) if doc.until.is_empty() => None,
            Some(_) => Some(poll(doc)),
            None => doc.poll.as_ref().map(|_| poll(doc)),
        },
    })
}

/// A probe that logs in does so as the target's user, unless the case names another.
fn logging_in(kind: ProbeKind, mut with: Value) -> Value {
    if let Value::Object(members) = &mut with
        && kind.logs_in()
        && !members.contains_key("User")
    {
        members.insert("User".to_owned(), Value::from("$ssh_user"));
    }
    with
}

/// How the step's request is sent. What is not known was reported by `check`.
fn manner(doc: Option<&RequestDoc>, scope: &Scope) -> Result<Manner, Unbound> {
    let Some(doc) = doc else { return Ok(Manner::default()) };
    let word = |text: &Option<Spanned<String>>| match text {
        Some(text) => action(text, scope).map(Value::String),
        None => Ok(Value::Null),
    };
    let headers = doc.headers.iter().map(|(name, value)| {
        let value = match value.to_json() {
            Value::Null => None,
            value => Some(action(value.as_str().unwrap_or(&value.to_string()), scope)?),
        };
        Ok((name.value.to_ascii_lowercase(), value))
    });
    Ok(Manner {
        method: known(word(&doc.method)?),
        encoding: known(word(&doc.encoding)?),
        signature: known(word(&doc.signature)?),
        headers: headers.collect::<Result<_, Unbound>>()?,
    })
}

fn known<T: serde::de::DeserializeOwned + Default>(word: Value) -> T {
    serde_json::from_value(word).unwrap_or_default()
}

/// The input with the names of members replaced; values keep their variables until they run.
fn with(node: Option<&Node>, scope: &Scope) -> Result<Value, Unbound> {
    let Some(node) = node else { return Ok(Value::Null) };
    match node.to_json() {
        Value::Object(map) => Ok(Value::Object(
            map.into_iter()
                .map(|(key, value)| Ok((action(&key, scope)?, value)))
                .collect::<Result<Map<_, _>, Unbound>>()?,
        )),
        other => Ok(other),
    }
}

fn poll(doc: &StepDoc) -> Poll {
    let values = |nodes: &[Node]| nodes.iter().map(Node::to_json).collect();
    let goal = match (&doc.waiter, &doc.watch) {
        (Some(waiter), _) => Goal::Waiter(waiter.value.clone()),
        (None, watch) => Goal::Watch {
            // A poll that only waits for an error watches nothing in the answer.
            watch: match (watch, &doc.probe) {
                (Some(watch), _) => watch.value.clone(),
                (None, Some(_)) => OUTCOME.to_owned(),
                (None, None) => "`null`".to_owned(),
            },
            until: values(&doc.until),
            unless: values(&doc.unless),
            until_error: doc.until_error.iter().map(|c| c.value.clone()).collect(),
        },
    };
    Poll { goal, within_ms: doc.within.as_ref().map_or(DEFAULT_WITHIN_MS, |w| w.value) }
}
