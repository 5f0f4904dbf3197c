//! Holds what happened on a target against what was recorded.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::compare::Comparison;
use super::doc::{RecordedError, RecordedOutcome, RecordedStep};
use super::node::Node;
use super::observe::{Outcome, StepSample};
use super::store::Recorded;
use crate::judge::canonical::Canonical;
use crate::judge::merge::Tally;
use crate::judge::observe::{CaseObservation, StepObservation};
use crate::judge::rules::finding;
use crate::judge::{Evidence, Finding};

/// What came of holding a case against its recording.
#[derive(Debug, Default)]
pub(in crate::judge) struct Held {
    /// Steps that could be held against something.
    pub held: u32,
    /// The differences.
    pub findings: Vec<Finding>,
}

/// Holds every step of a case.
pub(in crate::judge) fn hold(
    recorded: &Recorded<'_>,
    case: &CaseObservation<'_>,
    names: &Canonical,
) -> Held {
    let mut comparison = Comparison::default();
    let mut held = Held::default();
    let mut before = BTreeSet::new();
    for step in &case.steps {
        let Some(expected) = recorded.case.steps.get(step.id()) else { continue };
        let evidence = recorded.evidence();
        let earlier = before.clone();
        words_of(expected, &mut before);
        let mut holder = Holder {
            earlier,
            expected,
            step,
            evidence,
            reference: recorded.reference(),
            findings: Tally::default(),
        };
        match StepSample::of(step, names, 0) {
            Ok(Some(sample)) => holder.hold(&sample, &mut comparison),
            // Nothing is known of the target here; that is for the verdict to say.
            Ok(None) | Err(_) => continue,
        }
        held.held += 1;
        held.findings.extend(holder.findings.into_findings());
    }
    held
}

impl Recorded<'_> {
    /// Whether the reference did not succeed in this step, or did not get to it.
    pub(in crate::judge) fn fails(&self, step: &str) -> bool {
        let succeeds = |outcome: &_| matches!(outcome, RecordedOutcome::Success { .. });
        self.case.steps.get(step).is_none_or(|step| !step.outcomes.iter().any(succeeds))
    }

    /// Whether the recordings themselves show what was found: what the reference does is no
    /// difference from it.
    pub(in crate::judge) fn is_own(&self, finding: &Finding) -> bool {
        self.case.own_findings.iter().any(|own| {
            own.rule == finding.rule
                && own.path == finding.path
                && (own.varies || own.actual == finding.actual)
        })
    }
}

/// The words that a recorded step shows: states among them.
fn words_of(step: &RecordedStep, words: &mut BTreeSet<String>) {
    fn walk(value: &Value, words: &mut BTreeSet<String>) {
        match value {
            Value::String(text) => {
                words.insert(text.clone());
            }
            Value::Array(items) => items.iter().for_each(|item| walk(item, words)),
            Value::Object(map) => map.values().for_each(|value| walk(value, words)),
            _ => {}
        }
    }
    words.extend(step.states.iter().flatten().cloned());
    for outcome in &step.outcomes {
        if let RecordedOutcome::Success { output, .. } = outcome {
            walk(output, words);
        }
    }
}

struct Holder<'a> {
    /// Words that the reference showed in earlier steps.
    earlier: BTreeSet<String>,
    expected: &'a RecordedStep,
    step: &'a StepObservation<'a>,
    evidence: Evidence,
    reference: &'a str,
    findings: Tally,
}

impl Holder<'_> {
    fn add(&mut self, rule: &str, path: &str, message: String, expected: Value, actual: Value) {
        self.add_times(rule, path, message, (expected, actual), 1);
    }

    fn add_times(
        &mut self,
        rule: &str,
        path: &str,
        message: String,
        (expected, actual): (Value, Value),
        times: u32,
    ) {
        let found = Finding {
            message,
            expected,
            actual,
            exchange: self.step.last_seq(),
            times,
            ..finding(rule, self.step.id(), path)
        };
        self.findings.add(found, || vec![self.evidence.clone()]);
    }

    fn hold(&mut self, sample: &StepSample, comparison: &mut Comparison) {
        match &sample.outcome {
            Outcome::Success { status, output } => self.success(*status, output, comparison),
            Outcome::Error { code, status, message } => {
                self.error(code, *status, message, comparison);
            }
            Outcome::NotReached { seen } => self.not_reached(seen),
            Outcome::NotEc2 { seen } => self.not_ec2(seen),
        }
        self.states(sample);
    }

    fn success(&mut self, status: u16, output: &Node, comparison: &mut Comparison) {
        let recorded: Vec<(u16, &Value)> = self
            .expected
            .outcomes
            .iter()
            .filter_map(|outcome| match outcome {
                RecordedOutcome::Success { status, output } => Some((*status, output)),
                _ => None,
            })
            .collect();
        let Some((_, expected)) = recorded.first() else {
            let message = format!(
                "{} does not succeed on {}; here it does",
                self.step.action(),
                self.reference
            );
            return self.add(
                "baseline.outcome",
                "outcome",
                message,
                self.shown(),
                json!("success"),
            );
        };
        if recorded.iter().all(|(known, _)| *known != status) {
            let message = format!("the HTTP status of the success is {status}");
            self.add(
                "baseline.http-status",
                "http.status",
                message,
                json!(recorded[0].0),
                json!(status),
            );
        }
        // Checked when it was read.
        let Ok(expected) = Node::read(expected) else { return };
        comparison.compare("", &expected, output);
        for difference in comparison.take() {
            let (path, kind) = (&difference.path, difference.kind);
            let message = kind.message(path, self.reference);
            let sides = (difference.expected, difference.actual);
            self.add_times(kind.rule(), path, message, sides, difference.times);
        }
    }

    fn error(&mut self, code: &str, status: u16, message: &Node, comparison: &mut Comparison) {
        let errors: Vec<&RecordedError> = self
            .expected
            .outcomes
            .iter()
            .filter_map(|outcome| match outcome {
                RecordedOutcome::Error(error) => Some(error),
                _ => None,
            })
            .collect();
        let actual = json!({"Code": code, "Message": message.write(), "HTTP status": status});
        let (action, reference) = (self.step.action(), self.reference);
        if errors.is_empty() {
            let message =
                format!("{action} succeeds on {reference}; here it is refused with {code}");
            return self.add("baseline.outcome", "outcome", message, self.shown(), actual);
        }
        let of_code: Vec<&&RecordedError> = errors.iter().filter(|e| e.code == code).collect();
        if of_code.is_empty() {
            let wanted: Vec<&str> = errors.iter().map(|e| e.code.as_str()).collect();
            let message = format!(
                "{reference} refuses this with {}, here the code is {code}",
                wanted.join(" or ")
            );
            return self.add("baseline.error-code", "error.code", message, self.shown(), actual);
        }
        if of_code.iter().all(|e| e.status != status) {
            let message = format!("the code is that of {reference}, the HTTP status is {status}");
            self.add(
                "baseline.http-status",
                "http.status",
                message,
                json!(of_code[0].status),
                json!(status),
            );
        }
        let Ok(expected) = Node::read(&of_code[0].message) else { return };
        comparison.compare("error.message", &expected, message);
        if let Some(difference) = comparison.take().first() {
            let message = format!("the message is not that of {reference}");
            let (expected, actual) = (difference.expected.clone(), difference.actual.clone());
            self.add("baseline.message", "error.message", message, expected, actual);
        }
    }

    fn not_reached(&mut self, seen: &str) {
        let known = self.expected.outcomes.iter().any(
            |outcome| matches!(outcome, RecordedOutcome::NotReached { seen: known } if known == seen),
        );
        if !known {
            let message =
                format!("{} gets there; here the last that was seen is {seen}", self.reference);
            self.add("baseline.not-reached", "outcome", message, self.shown(), json!(seen));
        }
    }

    fn not_ec2(&mut self, seen: &str) {
        let known = self.expected.outcomes.iter().any(
            |outcome| matches!(outcome, RecordedOutcome::NotEc2 { seen: known } if known == seen),
        );
        if !known {
            let message = format!("{} is answered with {seen}", self.step.action());
            self.add("baseline.outcome", "outcome", message, self.shown(), json!(seen));
        }
    }

    /// A slow look sees fewer states than a quick one; but none that was not there, nor in another
    /// order, nor another at the end. A quick one may still see the state in which an earlier step
    /// showed the thing to be.
    fn states(&mut self, sample: &StepSample) {
        let seen: Vec<&str> = sample.states.iter().map(|s| s.value.as_str()).collect();
        if seen.is_empty() || self.expected.states.is_empty() {
            return;
        }
        let still = seen.iter().take_while(|state| self.earlier.contains(**state)).count();
        let fits = |seen: &[&str], recorded: &[String]| {
            let mut rest = recorded.iter();
            seen.iter().all(|state| rest.any(|known| known == state))
        };
        let fits = self.expected.states.iter().any(|recorded| {
            recorded.last().map(String::as_str) == seen.last().copied()
                && (0..=still).any(|from| fits(&seen[from..], recorded))
        });
        if !fits {
            let message = format!("the states seen are {}", seen.join(" → "));
            let expected = match self.expected.states.as_slice() {
                [one] => json!(one),
                many => json!({"one of": many}),
            };
            self.add("baseline.states", "states", message, expected, json!(seen));
        }
    }

    /// The recorded outcomes, for a finding.
    fn shown(&self) -> Value {
        let shown: Vec<Value> = self
            .expected
            .outcomes
            .iter()
            .map(|outcome| match outcome {
                RecordedOutcome::Success { .. } if self.step.step.poll.is_some() => {
                    json!("reached")
                }
                RecordedOutcome::Success { .. } => json!("success"),
                RecordedOutcome::Error(error) => json!({"Code": error.code}),
                RecordedOutcome::NotReached { seen } => json!({"not reached": seen}),
                RecordedOutcome::NotEc2 { seen } => json!({"not EC2": seen}),
            })
            .collect();
        match shown.as_slice() {
            [one] => one.clone(),
            _ => json!({"one of": shown}),
        }
    }
}
