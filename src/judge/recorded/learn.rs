//! From the samples of a step to what is expected of it.

use super::doc::{RecordedError, RecordedOutcome, RecordedStep, Spread};
use super::join::{Things, join};
use super::node::Node;
use super::observe::{Outcome, StepSample};
use super::timing;

/// What the samples of one step have in common; at least one sample.
pub(super) fn learn(samples: &[StepSample], things: &mut Things) -> RecordedStep {
    let mut outcomes: Vec<Outcome> = Vec::new();
    for sample in samples {
        match outcomes.iter_mut().find(|known| is_alike(known, &sample.outcome)) {
            Some(known) => merge(known, &sample.outcome),
            None => outcomes.push(sample.outcome.clone()),
        }
    }
    let mut states: Vec<Vec<String>> = Vec::new();
    for sample in samples.iter().filter(|s| !s.states.is_empty()) {
        let sequence: Vec<String> = sample.states.iter().map(|s| s.value.clone()).collect();
        if !states.contains(&sequence) {
            states.push(sequence);
        }
    }
    states.sort_by_key(|sequence| std::cmp::Reverse(sequence.len()));
    let took = samples.iter().map(|sample| sample.took_ms).collect();
    RecordedStep {
        outcomes: outcomes.into_iter().map(|outcome| write(outcome, things)).collect(),
        states,
        took_ms: Spread::of(took).unwrap_or(Spread { least: 0, median: 0, most: 0, samples: 0 }),
        reached_ms: timing::reached(samples.iter().map(|sample| &sample.states)),
    }
}

fn is_alike(a: &Outcome, b: &Outcome) -> bool {
    match (a, b) {
        (Outcome::Success { status: a, .. }, Outcome::Success { status: b, .. }) => a == b,
        (Outcome::Error { code: a, status: x, .. }, Outcome::Error { code: b, status: y, .. }) => {
            a == b && x == y
        }
        (Outcome::NotReached { seen: a }, Outcome::NotReached { seen: b })
        | (Outcome::NotEc2 { seen: a }, Outcome::NotEc2 { seen: b }) => a == b,
        _ => false,
    }
}

fn merge(known: &mut Outcome, sample: &Outcome) {
    let joined = |known: &mut Node, sample: &Node| {
        *known = join(std::mem::replace(known, Node::Null), sample.clone());
    };
    match (known, sample) {
        (Outcome::Success { output: a, .. }, Outcome::Success { output: b, .. }) => joined(a, b),
        (Outcome::Error { message: a, .. }, Outcome::Error { message: b, .. }) => joined(a, b),
        _ => {}
    }
}

fn write(outcome: Outcome, things: &mut Things) -> RecordedOutcome {
    match outcome {
        Outcome::Success { status, mut output } => {
            things.number(&mut output);
            RecordedOutcome::Success { status, output: output.write() }
        }
        Outcome::Error { code, status, mut message } => {
            things.number(&mut message);
            RecordedOutcome::Error(RecordedError { code, status, message: message.write() })
        }
        Outcome::NotReached { seen } => RecordedOutcome::NotReached { seen },
        Outcome::NotEc2 { seen } => RecordedOutcome::NotEc2 { seen },
    }
}
