//! From events to observations: what came of each step.

use std::borrow::Cow;
use std::sync::Arc;

use base64::Engine as _;
use serde_json::Value;

use super::StateSeen;
use super::probed::probed;
use crate::case::{Answered, Case, PollEnd, Scope, Selector, SoFar, Step, pages};
use crate::model::Model;
use crate::transcript::{
    Attempt, Body, Ending, Event, Exchange, Probed, Purpose, Reply, Transcript, UndoEnded,
};
use crate::wire::Answer;

/// What happened in one attempt at a case.
pub(super) struct CaseObservation<'t> {
    pub case: &'t Case,
    /// Which attempt, from 1.
    pub attempt: u32,
    /// Whether it came to its end. If not, what its last step was about to do is not known.
    pub ended: bool,
    pub steps: Vec<StepObservation<'t>>,
    /// The values that the run gave it, in the order of their names.
    pub given: Vec<(&'t str, &'t Value)>,
    /// The variables that steps bound, in the order bound.
    pub bound: Vec<(String, Value)>,
    pub leaks: Vec<&'t UndoEnded>,
    pub took_ms: u64,
    /// All variables: the run's, the row's, and those that steps bound.
    pub scope: Scope,
}

/// What happened in one step.
pub(crate) struct StepObservation<'t> {
    pub step: &'t Step,
    /// The final attempt of each call, decoded.
    pub answers: Vec<AnswerSeen<'t>>,
    /// All exchanges, retries too.
    pub exchanges: Vec<&'t Exchange>,
    /// Of a probe, all its looks.
    pub looks: Vec<&'t Probed>,
    pub observed: Observed,
    pub states: Vec<StateSeen>,
    pub ending: Option<&'t Ending>,
}

/// The answer to one call after its last attempt.
pub(crate) struct AnswerSeen<'t> {
    pub exchange: &'t Exchange,
    pub status: u16,
    pub headers: Vec<(&'t str, &'t str)>,
    pub body: Cow<'t, [u8]>,
    pub answer: Answer,
}

/// What came of a step.
#[derive(Debug, Clone)]
pub(crate) enum Observed {
    /// It succeeded, with these members; of a poll that ended with an error code: null.
    Success(Arc<Value>),
    /// It was refused.
    Error { code: String, message: String, status: u16 },
    /// What came back is no EC2.
    Foreign(String),
    /// A poll did not get to its end.
    NotReached { seen: String },
    /// There is no answer that says anything about the target: throttled, timed out, unreachable,
    /// interrupted.
    NoAnswer(String),
    /// It was not begun.
    NotRun,
}

impl StepObservation<'_> {
    pub(crate) fn id(&self) -> &str {
        &self.step.id
    }

    /// What was called or probed, in a word.
    pub(crate) fn action(&self) -> &str {
        self.step.what()
    }

    pub(crate) fn last_seq(&self) -> Option<u64> {
        self.exchanges.last().map(|e| e.seq)
    }

    pub(crate) fn took_ms(&self) -> u64 {
        if let (Some(first), Some(last)) = (self.looks.first(), self.looks.last()) {
            return last.at_ms.saturating_add(last.took_ms).saturating_sub(first.at_ms);
        }
        match (self.exchanges.first(), self.exchanges.last()) {
            (Some(first), Some(last)) => {
                (last.at_ms.saturating_add(last.took_ms)).saturating_sub(first.at_ms)
            }
            _ => 0,
        }
    }
}

/// Observes every attempt at every case of a transcript, in the order in which they were begun; each
/// only when it is its turn, as what was decoded takes several times the memory of the answers.
pub(super) fn observe(transcript: &Transcript) -> impl Iterator<Item = CaseObservation<'_>> {
    transcript.attempts().into_iter().map(|attempt| observe_attempt(&attempt))
}

fn observe_attempt<'t>(attempt: &Attempt<'t>) -> CaseObservation<'t> {
    let started = attempt.started;
    let events = attempt.events.as_slice();
    let case = started.case.as_ref();
    let given: Vec<(&str, &Value)> = started
        .variables
        .as_value()
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.as_str(), value))
        .collect();
    let mut steps = Vec::new();
    let mut bound = Vec::new();
    let mut scope = Scope::default();
    for (name, value) in &given {
        scope.set(*name, (*value).clone());
    }
    for (name, value) in &case.variables {
        scope.set_row(name.clone(), value.clone());
    }
    let mut last_ms = started.at_ms;
    let cut_off = last_step(attempt).filter(|_| !attempt.ended);
    for step in &case.steps {
        let observed = observe_step(events, step, &scope, cut_off == Some(step.id.as_str()));
        if let Some(last) = observed.exchanges.last() {
            last_ms = last_ms.max(last.at_ms.saturating_add(last.took_ms));
        }
        if let Some(last) = observed.looks.last() {
            last_ms = last_ms.max(last.at_ms.saturating_add(last.took_ms));
        }
        if let Observed::Success(output) = &observed.observed {
            for (name, path) in step.binds() {
                match Selector::new(path).and_then(|s| s.find(output)) {
                    Ok(Value::Null) | Err(_) => {}
                    Ok(value) => {
                        scope.set(name, value.clone());
                        bound.push((name.to_owned(), value));
                    }
                }
            }
        }
        steps.push(observed);
    }
    let leaks = events
        .iter()
        .filter_map(|event| match event {
            Event::Undo(undo) if undo.failure.is_some() => Some(undo),
            _ => None,
        })
        .collect();
    CaseObservation {
        case,
        attempt: started.attempt,
        ended: attempt.ended,
        steps,
        given,
        bound,
        leaks,
        took_ms: last_ms.saturating_sub(started.at_ms),
        scope,
    }
}

impl CaseObservation<'_> {
    /// The variables that steps bound, in the order bound.
    pub(super) fn bound(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.bound.iter().map(|(name, value)| (name.as_str(), value))
    }
}

/// The step whose exchange is the last that happened, if the last was that.
fn last_step<'t>(attempt: &Attempt<'t>) -> Option<&'t str> {
    match attempt.events.last()? {
        Event::Exchange(exchange) if exchange.purpose == Purpose::Step => exchange.step.as_deref(),
        _ => None,
    }
}

/// Observes a step. `cut_off`: the transcript ends in it, and nobody knows whether it was to be asked
/// again.
fn observe_step<'t>(
    events: &[&'t Event],
    step: &'t Step,
    scope: &Scope,
    cut_off: bool,
) -> StepObservation<'t> {
    let exchanges: Vec<&Exchange> = events
        .iter()
        .filter_map(|event| match event {
            Event::Exchange(exchange) => Some(exchange),
            _ => None,
        })
        .filter(|e| e.purpose == Purpose::Step && e.step.as_deref() == Some(&step.id))
        .collect();
    let ending = events.iter().find_map(|event| match event {
        Event::Step(ended) if ended.step == step.id => Some(&ended.ending),
        _ => None,
    });
    let looks: Vec<&Probed> = events
        .iter()
        .filter_map(|event| match event {
            Event::Probe(probed) if probed.step == step.id && step.probe == Some(probed.kind) => {
                Some(probed)
            }
            _ => None,
        })
        .collect();
    let mut answers = Vec::new();
    let mut failure = None;
    for (n, exchange) in exchanges.iter().enumerate() {
        // An attempt that was followed by another is history, not the answer.
        if exchanges.get(n + 1).is_some_and(|next| next.attempt > exchange.attempt) {
            continue;
        }
        match &exchange.reply {
            Reply::Response(_) => answers.extend(read(exchange)),
            Reply::Failure(why) => failure = Some(why.message.as_str().to_owned()),
        }
    }
    let mut states = Vec::new();
    if cut_off {
        // A refusal may have been one to try again after.
        answers.pop();
        failure.get_or_insert_with(|| "the transcript ends here".to_owned());
    }
    let observed = match (failure, ending) {
        // What a probe asked of the API is evidence; what came of it is what its looks say.
        _ if !looks.is_empty() => {
            let goal = step.poll.as_ref().map(|poll| poll.goal.resolved(scope));
            probed(goal.as_ref(), &looks, ending, &mut states)
        }
        (Some(why), _) => Observed::NoAnswer(why),
        (None, Some(Ending::Interrupted { why })) => {
            let why = why.as_ref().map_or("interrupted", |why| why.as_str());
            Observed::NoAnswer(why.to_owned())
        }
        (None, _) if step.probe.is_some() => Observed::NotRun,
        (None, _) => match (&step.poll, answers.last()) {
            (_, None) => Observed::NotRun,
            (None, Some(last)) if step.pages => all_pages(&step.action, &answers, last),
            (None, Some(last)) => observed(last),
            (Some(poll), Some(last)) => {
                watch(&poll.goal.resolved(scope), &answers, last, &mut states)
            }
        },
    };
    StepObservation { step, answers, exchanges, looks, observed, states, ending }
}

/// The answer of an exchange, decoded; `None` if there is none.
pub(super) fn read(exchange: &Exchange) -> Option<AnswerSeen<'_>> {
    let Reply::Response(response) = &exchange.reply else { return None };
    let body = match &response.body {
        Body::Text(text) => Cow::Borrowed(text.as_str().as_bytes()),
        Body::Base64(text) => {
            let decoded = base64::engine::general_purpose::STANDARD.decode(text.as_str());
            Cow::Owned(decoded.unwrap_or_default())
        }
    };
    let model = Model::ec2();
    let answer = Answer::read(model, model.action(&exchange.action), response.status, &body);
    let headers = response.headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    Some(AnswerSeen { exchange, status: response.status, headers, body, answer })
}

fn observed(seen: &AnswerSeen<'_>) -> Observed {
    match &seen.answer {
        Answer::Output { decoded, .. } => Observed::Success(decoded.value.clone()),
        Answer::Error { error, .. } if crate::wire::is_throttling(&error.code) => {
            Observed::NoAnswer(format!("throttled: {}", error.code))
        }
        // Whatever the code: it was told to come back later, and did.
        Answer::Error { error, .. } if matches!(seen.status, 429 | 503) => {
            Observed::NoAnswer(format!("not served: HTTP {} {}", seen.status, error.code))
        }
        Answer::Error { error, .. } => Observed::Error {
            code: error.code.clone(),
            message: error.message.clone(),
            status: seen.status,
        },
        // What stands in front of the API answers so when it cannot reach it.
        Answer::Foreign(what) if matches!(seen.status, 429 | 502..=504) => {
            Observed::NoAnswer(what.clone())
        }
        Answer::Foreign(what) => Observed::Foreign(what.clone()),
    }
}

/// Puts the pages together that the run asked for.
fn all_pages(action: &str, answers: &[AnswerSeen<'_>], last: &AnswerSeen<'_>) -> Observed {
    let observed = observed(last);
    let (Some(paginator), Observed::Success(_)) = (pages::paginator(action), &observed) else {
        return observed;
    };
    let seen: Vec<&Value> = answers.iter().filter_map(|seen| seen.answer.output()).collect();
    let unending = |seen: String| Observed::NotReached { seen };
    match pages::next(paginator, &seen) {
        pages::Next::Again(_) => {
            unending(format!("page {} with a NextToken that an earlier page had", seen.len()))
        }
        pages::Next::TooMany => unending(format!("page {}, and still a NextToken", seen.len())),
        // With a token left, the run was interrupted or was not answered: that was seen above.
        pages::Next::End | pages::Next::Page(_) => {
            Observed::Success(Arc::new(pages::joined(paginator, &seen)))
        }
    }
}

/// Looks at a poll's answers as the run did, and keeps the states seen.
fn watch(
    goal: &crate::case::Goal,
    answers: &[AnswerSeen<'_>],
    last: &AnswerSeen<'_>,
    states: &mut Vec<StateSeen>,
) -> Observed {
    let began = answers.first().map_or(0, |a| a.exchange.at_ms);
    let mut before = false;
    let mut ends = None;
    for seen in answers {
        let answered = match &seen.answer {
            Answer::Output { decoded, .. } => Answered::Output(&decoded.value),
            Answer::Error { error, .. } => Answered::Error(&error.code, seen.status),
            Answer::Foreign(_) => break,
        };
        let look = {
            let waited_ms =
                (seen.exchange.at_ms.saturating_add(seen.exchange.took_ms)).saturating_sub(began);
            goal.look(answered, SoFar { seen: before, waited_ms })
        };
        before |= seen.answer.output().is_some();
        if states.last().is_none_or(|s: &StateSeen| s.value != look.seen) {
            states.push(StateSeen {
                value: look.seen,
                after_ms: seen.exchange.at_ms.saturating_sub(began),
            });
        }
        ends = look.ends;
    }
    match (ends, observed(last)) {
        (_, other @ (Observed::NoAnswer(_) | Observed::Foreign(_))) => other,
        (Some(PollEnd::Reached), Observed::Success(value)) => Observed::Success(value),
        (Some(PollEnd::Reached), _) => Observed::Success(Arc::new(Value::Null)),
        _ => Observed::NotReached {
            seen: states.last().map_or_else(|| "nothing".to_owned(), |s| s.value.clone()),
        },
    }
}
