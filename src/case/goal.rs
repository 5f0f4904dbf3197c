//! When a poll is at its end: one look at one answer.

use serde_json::Value;

use super::{Goal, Scope, Selector};
use crate::model::{ErrorExpect, Matcher, Model, WaiterState};

/// What one look at an answer says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// What was seen: the watched value, or the error's code.
    pub seen: String,
    /// Whether and how this ends the poll.
    pub ends: Option<PollEnd>,
}

/// How an answer ends a poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PollEnd {
    /// What was waited for is there.
    Reached,
    /// It will not come.
    Missed,
}

/// An answer as a poll looks at it.
#[derive(Debug, Clone, Copy)]
pub enum Answered<'a> {
    /// Success, with the output's members.
    Output(&'a Value),
    /// A refusal with this code and HTTP status.
    Error(&'a str, u16),
}

/// What a poll has seen before a look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SoFar {
    /// Whether an earlier look was answered with success.
    pub seen: bool,
    /// Milliseconds since the poll's first request.
    pub waited_ms: u64,
}

/// How long "not found" may mean "not visible yet". AWS documents eventual consistency without a
/// bound, and advises to try again with growing pauses; twenty seconds are some eight looks.
const NOT_YET_VISIBLE_MS: u64 = 20_000;

impl Goal {
    /// The goal with the variables in its values replaced; one that is not bound stays as it is
    /// written, and is never seen.
    pub fn resolved(&self, scope: &Scope) -> Goal {
        let replace = |values: &[Value]| {
            values.iter().map(|v| scope.resolve(v).unwrap_or_else(|_| v.clone())).collect()
        };
        match self {
            Goal::Watch { watch, until, unless, until_error } => Goal::Watch {
                watch: watch.clone(),
                until: replace(until),
                unless: replace(unless),
                until_error: until_error.clone(),
            },
            Goal::Waiter(name) => Goal::Waiter(name.clone()),
        }
    }

    /// Looks at one answer.
    ///
    /// A refusal that the goal does not name ends the poll badly, as in AWS's waiters. Only
    /// `….NotFound` before anything was seen is waited out for a while: AWS documents that what was
    /// just made may not be visible at once.
    pub fn look(&self, answer: Answered<'_>, so_far: SoFar) -> Look {
        let look = match self {
            Goal::Watch { watch, until, unless, until_error } => match answer {
                Answered::Output(value) => {
                    let found =
                        Selector::new(watch).and_then(|s| s.find(value)).unwrap_or(Value::Null);
                    let ends = if until.iter().any(|v| same(v, &found)) {
                        Some(PollEnd::Reached)
                    } else if unless.iter().any(|v| same(v, &found)) {
                        Some(PollEnd::Missed)
                    } else {
                        None
                    };
                    Look { seen: plain(&found), ends }
                }
                Answered::Error(code, _) => Look {
                    seen: code.to_owned(),
                    ends: Some(if until_error.iter().any(|c| c == code) {
                        PollEnd::Reached
                    } else {
                        PollEnd::Missed
                    }),
                },
            },
            Goal::Waiter(name) => waiter(name, answer),
        };
        match answer {
            Answered::Error(code, _)
                if look.ends == Some(PollEnd::Missed)
                    && so_far.may_come()
                    && is_not_found(code) =>
            {
                Look { ends: None, ..look }
            }
            _ => look,
        }
    }
}

impl SoFar {
    fn may_come(self) -> bool {
        !self.seen && self.waited_ms < NOT_YET_VISIBLE_MS
    }
}

/// Whether a code says that a thing is not there: AWS's codes for that all end so
/// (`InvalidVpcID.NotFound`, `InvalidLaunchTemplateId.NotFoundException`), but for one.
pub(crate) fn is_not_found(code: &str) -> bool {
    ["NotFound", "NotFoundException", "InvalidPlacementGroup.Unknown"]
        .iter()
        .any(|end| code.ends_with(end))
}

/// Acceptors in order, the first that matches counts; an error that none names is a failure
/// (Smithy's waiters specification, section "Waiter workflow").
fn waiter(name: &str, answer: Answered<'_>) -> Look {
    let Some(waiter) = Model::ec2().waiter(name) else {
        return Look { seen: format!("no waiter {name}"), ends: Some(PollEnd::Missed) };
    };
    let mut seen = match answer {
        Answered::Output(_) => "success".to_owned(),
        Answered::Error(code, _) => code.to_owned(),
    };
    if let Answered::Output(value) = answer
        && let Some(argument) = waiter.acceptors.iter().find_map(|a| argument(&a.matcher))
    {
        let found = Selector::new(argument).and_then(|s| s.find(value)).unwrap_or(Value::Null);
        seen = summary(&found);
    }
    let matched = waiter.acceptors.iter().find(|a| matches(&a.matcher, answer));
    let ends = match (matched.map(|a| a.state), answer) {
        (Some(WaiterState::Success), _) => Some(PollEnd::Reached),
        (Some(WaiterState::Failure), _) => Some(PollEnd::Missed),
        (Some(WaiterState::Retry), _) | (None, Answered::Output(_)) => None,
        (None, Answered::Error(..)) => Some(PollEnd::Missed),
    };
    Look { seen, ends }
}

fn argument(matcher: &Matcher) -> Option<&str> {
    match matcher {
        Matcher::Path { argument, .. }
        | Matcher::PathAll { argument, .. }
        | Matcher::PathAny { argument, .. } => Some(argument),
        Matcher::Error { .. } | Matcher::Status(_) => None,
    }
}

fn matches(matcher: &Matcher, answer: Answered<'_>) -> bool {
    let find = |argument: &str| match answer {
        Answered::Output(value) => Selector::new(argument).and_then(|s| s.find(value)).ok(),
        Answered::Error(..) => None,
    };
    match (matcher, answer) {
        (Matcher::Path { argument, expected }, _) => {
            find(argument).is_some_and(|found| same(expected, &found))
        }
        (Matcher::PathAll { argument, expected }, _) => match find(argument) {
            Some(Value::Array(items)) => {
                !items.is_empty() && items.iter().all(|item| same(expected, item))
            }
            _ => false,
        },
        (Matcher::PathAny { argument, expected }, _) => match find(argument) {
            Some(Value::Array(items)) => items.iter().any(|item| same(expected, item)),
            _ => false,
        },
        (Matcher::Error { code: ErrorExpect::Any }, answer) => {
            matches!(answer, Answered::Error(..))
        }
        (Matcher::Error { code: ErrorExpect::None }, answer) => {
            matches!(answer, Answered::Output(_))
        }
        (Matcher::Error { code: ErrorExpect::Code(expected) }, Answered::Error(code, _)) => {
            expected == code
        }
        (Matcher::Status(expected), Answered::Error(_, status)) => *expected == status,
        (Matcher::Status(expected), Answered::Output(_)) => *expected == 200,
        (Matcher::Error { .. }, Answered::Output(_)) => false,
    }
}

/// Equality as JMESPath has it: `3` and `3.0` are one number.
fn same(a: &Value, b: &Value) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => a == b,
        _ => a == b,
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "nothing".to_owned(),
        other => other.to_string(),
    }
}

/// A list of equal values as the one value.
fn summary(found: &Value) -> String {
    match found {
        Value::Array(items) => match items.as_slice() {
            [] => "nothing".to_owned(),
            [first, rest @ ..] if rest.iter().all(|item| item == first) => plain(first),
            items => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        },
        other => plain(other),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn instances(states: &[&str]) -> Value {
        let items: Vec<Value> = states.iter().map(|s| json!({"State": {"Name": s}})).collect();
        json!({"Reservations": [{"Instances": items}]})
    }

    #[test]
    fn waiters_as_aws_defines_them() {
        let goal = Goal::Waiter("InstanceRunning".into());
        let seen = SoFar { seen: true, waited_ms: 0 };
        let look = |answer| goal.look(answer, seen);
        let pending = instances(&["pending", "running"]);
        assert_eq!(
            look(Answered::Output(&pending)),
            Look { seen: "pending, running".into(), ends: None }
        );
        let running = instances(&["running", "running"]);
        assert_eq!(look(Answered::Output(&running)).ends, Some(PollEnd::Reached));
        let dying = instances(&["running", "shutting-down"]);
        assert_eq!(look(Answered::Output(&dying)).ends, Some(PollEnd::Missed));
        let none = instances(&[]);
        assert_eq!(look(Answered::Output(&none)).ends, None, "pathAll of nothing");
        // The model's own retry acceptor.
        assert_eq!(look(Answered::Error("InvalidInstanceID.NotFound", 400)).ends, None);
        assert_eq!(look(Answered::Error("AuthFailure", 401)).ends, Some(PollEnd::Missed));
    }

    #[test]
    fn watched_values() {
        let goal = Goal::Watch {
            watch: "Reservations[0].Instances[0].State.Name".into(),
            until: vec![json!("terminated")],
            unless: vec![json!("running")],
            until_error: vec!["Gone".into()],
        };
        let seen = SoFar { seen: true, waited_ms: 0 };
        let ends = |state: &str| goal.look(Answered::Output(&instances(&[state])), seen).ends;
        assert_eq!(ends("terminated"), Some(PollEnd::Reached));
        assert_eq!(ends("running"), Some(PollEnd::Missed));
        assert_eq!(ends("shutting-down"), None);
        assert_eq!(goal.look(Answered::Error("Gone", 400), seen).ends, Some(PollEnd::Reached));
        let missing = |seen, waited_ms| {
            let answer = Answered::Error("InvalidInstanceID.NotFound", 400);
            goal.look(answer, SoFar { seen, waited_ms }).ends
        };
        assert_eq!(missing(true, 0), Some(PollEnd::Missed), "it was there and is not now");
        assert_eq!(missing(false, 5_000), None, "not visible yet");
        assert_eq!(missing(false, 25_000), Some(PollEnd::Missed), "never was there");
    }
}
