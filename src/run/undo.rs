//! Removing what a step made, until it is gone or it is certain that it will not go.

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use serde_json::Value;

use super::{Ledger, bug};
use crate::case::{Answered, Goal, PollEnd, SoFar, is_not_found};
use crate::model::Model;
use crate::target::{Call, Called, Caller, Form};
use crate::transcript::Purpose;
use crate::wire::Answer;

/// How long one undo may take, with all its retries and waiting, while others are still to come: one
/// of those may be what it waits for.
pub(super) const FIRST_LIMIT: Duration = Duration::from_secs(45);
/// How long it may take when all others of its case have had their turn.
pub(super) const LAST_LIMIT: Duration = Duration::from_secs(120);
/// How long what failed until then is tried again when all cases are over: a cloud may need minutes to
/// notice that what was in the way has gone.
pub(super) const END_LIMIT: Duration = Duration::from_secs(300);
/// Wait before the second try; grows by half each time.
pub(super) const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// The longest wait between two tries.
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// An undo that is due when the case ends.
#[derive(Debug, Clone)]
pub(super) struct Pending {
    /// The number of the call in the ledger.
    pub(super) n: u64,
    /// The step that made it.
    pub(super) step: String,
    pub(super) action: String,
    /// Variables replaced when the step had run.
    pub(super) input: Value,
    pub(super) waiter: Option<String>,
}

/// An undo that did not work until its case was over.
#[derive(Debug)]
pub(super) struct Left {
    pub(super) case: String,
    pub(super) item: Pending,
    pub(super) why: String,
}

/// Why an undo did not work.
struct Failed {
    why: String,
    /// Whether another try may work.
    passing: bool,
}

/// Carries out undos, last in first out, and records how each ended. What could not be undone is
/// tried once more after all others; gives what was left all the same, which is not recorded yet.
pub(super) async fn undo_all(
    caller: &Caller<'_>,
    ledger: &Ledger,
    case: &str,
    mut pending: Vec<Pending>,
) -> Vec<Left> {
    pending.reverse();
    let mut again = Vec::new();
    for item in pending {
        match guarded(caller, case, &item, FIRST_LIMIT).await {
            Ok(()) => undone(caller, ledger, case, &item),
            Err(_) => again.push(item),
        }
    }
    let mut left = Vec::new();
    for item in again {
        match guarded(caller, case, &item, LAST_LIMIT).await {
            Ok(()) => undone(caller, ledger, case, &item),
            Err(Failed { why, .. }) => {
                ledger.not_undone(item.n, &why);
                left.push(Left { case: case.to_owned(), item, why });
            }
        }
    }
    left
}

/// Tries again what was left by cases, once all of them are over, and records how it ended. Gives how
/// many things may still be there.
pub(super) async fn undo_left(caller: &Caller<'_>, ledger: &Ledger, mut left: Vec<Left>) -> usize {
    let deadline = Instant::now() + END_LIMIT;
    let mut pause = FIRST_PAUSE;
    // What was made last goes first, whichever case made it.
    left.sort_by_key(|left| std::cmp::Reverse(left.item.n));
    while !left.is_empty() {
        let (count, mut may_go) = (left.len(), false);
        let mut still = Vec::new();
        for mut one in left {
            // One try each: the pause between two rounds is theirs, too.
            match guarded(caller, &one.case, &one.item, Duration::ZERO).await {
                Ok(()) => undone(caller, ledger, &one.case, &one.item),
                Err(Failed { why, passing }) => {
                    may_go |= passing;
                    one.why = why;
                    still.push(one);
                }
            }
        }
        left = still;
        // What one of them waited for may be what another has just removed.
        let worth_while = may_go || left.len() < count;
        if !worth_while || Instant::now() + pause > deadline {
            break;
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 3 / 2).min(LONGEST_PAUSE);
    }
    for Left { case, item, why } in &left {
        ledger.not_undone(item.n, why);
        record(caller, case, item, Some(why));
    }
    left.len()
}

fn undone(caller: &Caller<'_>, ledger: &Ledger, case: &str, item: &Pending) {
    ledger.undone(item.n);
    record(caller, case, item, None);
}

fn record(caller: &Caller<'_>, case: &str, item: &Pending, failure: Option<&str>) {
    caller.recorder().undo_ended(case, &item.step, &item.action, &item.input, failure);
}

/// An undo that panics is one that failed: those after it have their turn.
async fn guarded(
    caller: &Caller<'_>,
    case: &str,
    item: &Pending,
    limit: Duration,
) -> Result<(), Failed> {
    let undone = AssertUnwindSafe(undo(caller, case, item, limit)).catch_unwind().await;
    undone.unwrap_or_else(|panic| Err(Failed { why: bug(panic.as_ref()), passing: false }))
}

async fn undo(
    caller: &Caller<'_>,
    case: &str,
    item: &Pending,
    limit: Duration,
) -> Result<(), Failed> {
    let deadline = Instant::now() + limit;
    let each = one_by_one(item);
    match remove(caller, case, item, deadline).await {
        Ok(Gone::Well) => {}
        // Refused as a whole, be it for one of them only: each has its turn, whatever becomes of
        // the others.
        Ok(Gone::NotThere) | Err(_) if !each.is_empty() => {
            let mut failures = Vec::new();
            for one in &each {
                failures.extend(remove(caller, case, one, deadline).await.err());
            }
            together(failures)?;
        }
        Ok(Gone::NotThere) => {}
        Err(failed) => return Err(failed),
    }
    let Some(waiter) = &item.waiter else { return Ok(()) };
    if wait(caller, case, item, waiter, deadline).await? == Gone::NotThere {
        let mut failures = Vec::new();
        for one in &each {
            failures.extend(wait(caller, case, one, waiter, deadline).await.err());
        }
        together(failures)?;
    }
    Ok(())
}

/// Failures of several undos as one, if there are any.
fn together(failures: Vec<Failed>) -> Result<(), Failed> {
    let passing = failures.iter().any(|failed| failed.passing);
    let mut whys: Vec<String> = failures.into_iter().map(|failed| failed.why).collect();
    whys.dedup();
    if whys.is_empty() { Ok(()) } else { Err(Failed { why: whys.join("; "), passing }) }
}

/// How a cloud says that a thing, or all of several, is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gone {
    Well,
    /// It does not know it. Of several things it may not know one only: the call is refused as a
    /// whole then, and says nothing about the others.
    NotThere,
}

/// An undo of several things as undos of one each; empty if it is of one.
fn one_by_one(item: &Pending) -> Vec<Pending> {
    let inputs = each_of(&item.input).into_iter();
    inputs.map(|input| Pending { input, ..item.clone() }).collect()
}

/// An input that names several things as inputs that name one each; empty if it names one.
pub(super) fn each_of(input: &Value) -> Vec<Value> {
    let Some(input) = input.as_object() else { return Vec::new() };
    let several = input.iter().find_map(|(name, value)| match value {
        Value::Array(ids) if ids.len() > 1 && name.ends_with("Ids") => Some((name, ids)),
        _ => None,
    });
    let Some((name, ids)) = several else { return Vec::new() };
    let one = |id: &Value| {
        let mut input = input.clone();
        input.insert(name.clone(), Value::Array(vec![id.clone()]));
        Value::Object(input)
    };
    ids.iter().map(one).collect()
}

/// Calls the removing action until it is accepted or the thing is not there.
async fn remove(
    caller: &Caller<'_>,
    case: &str,
    pending: &Pending,
    deadline: Instant,
) -> Result<Gone, Failed> {
    let mut pause = FIRST_PAUSE;
    loop {
        let called = send(caller, case, pending, &pending.action).await;
        if called.output().is_some() {
            return Ok(Gone::Well);
        }
        if called.error_code().is_some_and(is_not_found) {
            return Ok(Gone::NotThere);
        }
        let passing = is_passing(&called);
        if !passing || Instant::now() + pause > deadline {
            return Err(Failed { why: called.describe(), passing });
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 3 / 2).min(LONGEST_PAUSE);
    }
}

/// Whether another try may have another answer.
pub(super) fn is_passing(called: &Called) -> bool {
    match called {
        Called::Failure(..) => true,
        called => called.error_code().is_some_and(says_not_yet),
    }
}

/// Codes that say "not yet": something else has to go first, or a state has to be reached.
fn says_not_yet(code: &str) -> bool {
    code == "DependencyViolation"
        || code == "IncorrectState"
        || code.starts_with("Incorrect")
        || code.ends_with(".InUse")
        || code.ends_with("InUse")
        || crate::wire::is_throttling(code)
        // A server's fault says nothing about the thing; it may go at the next try.
        || matches!(code, "InternalError" | "InternalFailure" | "ServiceUnavailable" | "Unavailable")
}

async fn wait(
    caller: &Caller<'_>,
    case: &str,
    pending: &Pending,
    waiter: &str,
    deadline: Instant,
) -> Result<Gone, Failed> {
    let Some(operation) = Model::ec2().waiter(waiter).map(|w| w.operation.clone()) else {
        return Err(Failed { why: format!("AWS has no waiter {waiter}"), passing: false });
    };
    let goal = Goal::Waiter(waiter.to_owned());
    let seen = SoFar { seen: true, waited_ms: 0 };
    let mut pause = FIRST_PAUSE;
    loop {
        let called = send(caller, case, pending, &operation).await;
        // Gone altogether is what an undo is for, whatever the waiter waits for.
        if called.error_code().is_some_and(is_not_found) {
            return Ok(Gone::NotThere);
        }
        let look = match &called {
            Called::Answer(Answer::Output { decoded, .. }, _) => {
                Some(goal.look(Answered::Output(&decoded.value), seen))
            }
            Called::Answer(Answer::Error { error, .. }, status) => {
                Some(goal.look(Answered::Error(&error.code, *status), seen))
            }
            _ => None,
        };
        // What a waiter takes for a failure (an instance that is still `pending`) is here only "not
        // yet": a cloud may take a while to notice that the thing is to go.
        if look.as_ref().and_then(|l| l.ends) == Some(PollEnd::Reached) {
            return Ok(Gone::Well);
        }
        if Instant::now() + pause > deadline {
            let seen = look.map_or_else(|| called.describe(), |l| l.seen);
            let why = format!("still {seen} when its time was up");
            return Err(Failed { why, passing: true });
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 3 / 2).min(LONGEST_PAUSE);
    }
}

async fn send(caller: &Caller<'_>, case: &str, pending: &Pending, action: &str) -> Called {
    // A waiter asks about the same thing by those members of the input that its action knows.
    let known = |name: &String| {
        let input = Model::ec2().action(action).and_then(|a| a.input);
        matches!(
            input.map(|id| &Model::ec2().shape(id).kind),
            Some(crate::model::ShapeKind::Structure(s)) if s.member(name).is_some()
        )
    };
    let input = match &pending.input {
        Value::Object(map) if action != pending.action => plural(map, &known),
        other => other.clone(),
    };
    caller
        .call(Call {
            case: Some(case),
            step: Some(&pending.step),
            purpose: Purpose::Undo,
            action,
            input: &input,
            form: Form::default(),
            ahead: None,
        })
        .await
}

/// `DetachVolume` names `VolumeId`, `DescribeVolumes` wants `VolumeIds`.
fn plural(map: &serde_json::Map<String, Value>, known: &dyn Fn(&String) -> bool) -> Value {
    let mut out = serde_json::Map::new();
    for (name, value) in map {
        let many = format!("{name}s");
        if known(name) {
            out.insert(name.clone(), value.clone());
        } else if known(&many) {
            out.insert(many, Value::Array(vec![value.clone()]));
        }
    }
    Value::Object(out)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn several_things_are_undone_one_by_one_when_one_is_gone() {
        let pending = |input: Value| Pending {
            n: 1,
            step: "run".to_owned(),
            action: "TerminateInstances".to_owned(),
            input,
            waiter: None,
        };
        let each = one_by_one(&pending(json!({"InstanceIds": ["i-1", "i-2"]})));
        let inputs: Vec<Value> = each.into_iter().map(|one| one.input).collect();
        assert_eq!(inputs, [json!({"InstanceIds": ["i-1"]}), json!({"InstanceIds": ["i-2"]})]);
        for one in [json!({"InstanceIds": ["i-1"]}), json!({"VpcId": "vpc-1"})] {
            assert!(one_by_one(&pending(one.clone())).is_empty(), "{one}");
        }
    }
}
