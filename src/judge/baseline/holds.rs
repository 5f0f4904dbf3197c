//! Holds what happened in a step against what is expected of it.

use serde_json::{Value, json};

use super::{Baseline, Claim, Expectation, Test};
use crate::case::{OUTCOME, Scope, Selector};
use crate::judge::canonical::Canonical;
use crate::judge::observe::{Observed, StepObservation};
use crate::judge::rules::finding;
use crate::judge::{Evidence, EvidenceKind, Finding};
use crate::syntax::Spanned;

/// What came of holding expectations against a step.
#[derive(Debug, Default)]
pub(crate) struct Held {
    /// Expectations that could be held against something.
    pub held: u32,
    /// Those that do not hold.
    pub findings: Vec<Finding>,
}

/// Holds every expectation of a step.
pub(crate) fn hold(
    baseline: &Baseline,
    step: &StepObservation<'_>,
    scope: &Scope,
    canonical: &Canonical,
) -> Held {
    let mut held = Held::default();
    let of_step = || baseline.expect.iter().filter(|e| e.step.value == step.id());
    let says_how_it_ends =
        |e: &Expectation| matches!(e.claim, Claim::Success | Claim::Error { .. });
    // Whoever knows a value of an answer knows that there is one: told once a step.
    let mut presumed = !of_step().any(says_how_it_ends);
    for expectation in of_step() {
        let holder = Holder { baseline, expectation, step, scope, canonical };
        let first = matches!(expectation.claim, Claim::Value { .. })
            && !matches!(step.observed, Observed::Success(_))
            && std::mem::take(&mut presumed);
        let outcome = if first { holder.success() } else { holder.hold() };
        match outcome {
            Outcome::NotAsked => {}
            Outcome::Holds => held.held += 1,
            Outcome::Differs(finding) => {
                held.held += 1;
                held.findings.push(*finding);
            }
        }
    }
    held
}

enum Outcome {
    /// There is nothing that it could be held against.
    NotAsked,
    Holds,
    Differs(Box<Finding>),
}

struct Holder<'a> {
    baseline: &'a Baseline,
    expectation: &'a Expectation,
    step: &'a StepObservation<'a>,
    scope: &'a Scope,
    canonical: &'a Canonical,
}

impl Holder<'_> {
    fn hold(&self) -> Outcome {
        match &self.expectation.claim {
            Claim::Success => self.success(),
            Claim::Outcome(words) => self.outcome(words),
            Claim::Error { codes, status } => self.error(codes, status.as_ref()),
            Claim::Value { path, test } => self.value(path, test),
            Claim::Header { name, test } => self.header(name, test),
            Claim::States(states) => self.states(states),
        }
    }

    fn differs(
        &self,
        rule: &str,
        path: &str,
        message: String,
        expected: Value,
        actual: Value,
    ) -> Outcome {
        Outcome::Differs(Box::new(Finding {
            message,
            expected: self.canonical.value(&expected),
            actual: self.canonical.value(&actual),
            evidence: self.evidence(),
            exchange: self.step.last_seq(),
            ..finding(rule, self.step.id(), path)
        }))
    }

    /// What the expectation cites. A case of an older transcript may name a source that the baseline
    /// calls something else by now: then every source is shown rather than none.
    fn evidence(&self) -> Vec<Evidence> {
        let key = self.scope.resolve(&Value::String(self.expectation.source.value.clone()));
        let cited = key
            .ok()
            .and_then(|key| self.baseline.sources.get(key.as_str()?))
            .or_else(|| self.baseline.sources.get(&self.expectation.source.value));
        let documented = |source: &super::Source| Evidence {
            kind: EvidenceKind::Documented,
            source: source.title.clone(),
            url: Some(source.url.clone()),
            states: source.states.clone(),
            date: Some(source.accessed.clone()),
        };
        match cited {
            Some(source) => vec![documented(source)],
            None => self.baseline.sources.values().map(documented).collect(),
        }
    }

    fn success(&self) -> Outcome {
        let action = self.step.action();
        match &self.step.observed {
            Observed::Success(_) => Outcome::Holds,
            Observed::Error { code, message, status } => self.differs(
                "baseline.outcome",
                "outcome",
                format!("{action} succeeds on AWS; here it is refused with {code}"),
                json!("success"),
                json!({"Code": code, "Message": message, "HTTP status": status}),
            ),
            Observed::Foreign(what) => self.differs(
                "baseline.outcome",
                "outcome",
                format!("{action} succeeds on AWS; here the answer is {what}"),
                json!("success"),
                json!(what),
            ),
            Observed::NotReached { seen } => self.differs(
                "baseline.not-reached",
                "outcome",
                format!("AWS gets there; here the last that was seen is {seen}"),
                json!("reached"),
                json!(seen),
            ),
            Observed::NoAnswer(_) | Observed::NotRun => Outcome::NotAsked,
        }
    }

    /// What came of a probe, in one word.
    fn outcome(&self, words: &[Spanned<String>]) -> Outcome {
        let (seen, why) = match &self.step.observed {
            Observed::Success(found) => {
                (found[OUTCOME].as_str().unwrap_or("nothing"), found["Why"].as_str())
            }
            Observed::NotReached { seen } => (seen.as_str(), None),
            Observed::Error { .. }
            | Observed::Foreign(_)
            | Observed::NoAnswer(_)
            | Observed::NotRun => return Outcome::NotAsked,
        };
        if words.iter().any(|word| word.value == seen) {
            return Outcome::Holds;
        }
        let wanted: Vec<&str> = words.iter().map(|word| word.value.as_str()).collect();
        let why = why.map(|why| format!(" ({why})")).unwrap_or_default();
        let message = format!(
            "on AWS the probe {} comes to {}; here to {seen}{why}",
            self.step.action(),
            wanted.join(" or "),
        );
        self.differs("baseline.probe", "outcome", message, json!(wanted), json!(seen))
    }

    fn error(&self, codes: &[Spanned<Value>], status: Option<&Value>) -> Outcome {
        let resolved = |value: &Value| self.scope.resolve(value).unwrap_or_else(|_| value.clone());
        // A row's variable may be a list of codes.
        let codes: Vec<Value> = codes
            .iter()
            .flat_map(|code| match resolved(&code.value) {
                Value::Array(several) => several,
                one => vec![one],
            })
            .collect();
        let shown = match codes.as_slice() {
            [] => json!("error"),
            [one] => json!({"Code": one}),
            many => json!({"Code": many}),
        };
        let action = self.step.action();
        let wanted = codes.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or ");
        match &self.step.observed {
            Observed::Error { code, message, status: actual } => {
                if !codes.is_empty() && !codes.iter().any(|c| c == code) {
                    return self.differs(
                        "baseline.error-code",
                        "error.code",
                        format!("AWS refuses this with {wanted}, here the code is {code}"),
                        shown,
                        json!({"Code": code, "Message": message, "HTTP status": actual}),
                    );
                }
                if codes.is_empty() && (*actual >= 500 || code == "InvalidAction") {
                    return self.differs(
                        "baseline.outcome",
                        "outcome",
                        format!(
                            "AWS refuses this for what is wrong with it; here the code is {code}"
                        ),
                        shown,
                        json!({"Code": code, "Message": message, "HTTP status": actual}),
                    );
                }
                let wanted = status.map(resolved).and_then(|s| s.as_u64());
                if let Some(wanted) = wanted
                    && wanted != u64::from(*actual)
                {
                    let what = match codes.is_empty() {
                        true => format!("AWS refuses this with HTTP {wanted}, here it is {actual}"),
                        false => format!("the code is AWS's, the HTTP status is {actual}"),
                    };
                    return self.differs(
                        "baseline.http-status",
                        "http.status",
                        what,
                        json!(wanted),
                        json!(actual),
                    );
                }
                Outcome::Holds
            }
            Observed::Success(_) => self.differs(
                "baseline.outcome",
                "outcome",
                format!("AWS refuses this{}; here {action} succeeds", with(&wanted)),
                shown,
                json!("success"),
            ),
            Observed::Foreign(what) => self.differs(
                "baseline.outcome",
                "outcome",
                format!("AWS refuses this{}; here the answer is {what}", with(&wanted)),
                shown,
                json!(what),
            ),
            Observed::NotReached { seen } => self.differs(
                "baseline.outcome",
                "outcome",
                format!("AWS refuses this{}; here the last that was seen is {seen}", with(&wanted)),
                shown,
                json!(seen),
            ),
            Observed::NoAnswer(_) | Observed::NotRun => Outcome::NotAsked,
        }
    }

    fn value(&self, path: &str, test: &Test) -> Outcome {
        let Observed::Success(output) = &self.step.observed else { return Outcome::NotAsked };
        // A function of JMESPath may refuse what it is given (`length(null)`): then nothing is there.
        let actual = Selector::new(path).and_then(|s| s.find(output)).unwrap_or(Value::Null);
        let Some((holds, expected)) = self.test(test, &actual) else { return Outcome::NotAsked };
        if holds {
            return Outcome::Holds;
        }
        let message = if actual.is_null() {
            format!("{path} is missing")
        } else {
            format!("{path} is not what it is on AWS")
        };
        self.differs("baseline.value", path, message, expected, actual)
    }

    fn header(&self, name: &str, test: &Test) -> Outcome {
        let Some(last) = self.step.answers.last() else { return Outcome::NotAsked };
        let found = last.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        let actual = found.map_or(Value::Null, |(_, value)| json!(value));
        match self.test(test, &actual) {
            None => Outcome::NotAsked,
            Some((true, _)) => Outcome::Holds,
            Some((false, expected)) => {
                let message = match found {
                    None => format!("there is no header {name}"),
                    Some(_) => format!("the header {name} is not what it is on AWS"),
                };
                self.differs("baseline.value", &format!("http.{name}"), message, expected, actual)
            }
        }
    }

    /// Whether a value is as expected, and what is; `None` if that names a variable that was never
    /// bound.
    fn test(&self, test: &Test, actual: &Value) -> Option<(bool, Value)> {
        Some(match test {
            Test::Is(value) => {
                let value = self.scope.resolve(value).ok()?;
                (same(&value, actual), value)
            }
            Test::In(values) => {
                let values: Vec<Value> =
                    values.iter().filter_map(|v| self.scope.resolve(v).ok()).collect();
                (values.iter().any(|v| same(v, actual)), json!({"one of": values}))
            }
            Test::Set(values) => {
                let mut wanted = Vec::new();
                for value in values {
                    match self.scope.resolve(value).ok()? {
                        Value::Array(several) => wanted.extend(several),
                        one => wanted.push(one),
                    }
                }
                let found = actual.as_array().map(Vec::as_slice).unwrap_or_default();
                let holds = sorted(&wanted) == sorted(found);
                (holds, Value::Array(wanted))
            }
            Test::Form(form) => (form.fits(actual), json!({"form": form})),
            Test::Present(true) => (!actual.is_null(), json!({"present": true})),
            Test::Present(false) => (actual.is_null(), Value::Null),
        })
    }

    fn states(&self, expected: &[String]) -> Outcome {
        let seen: Vec<&str> = self.step.states.iter().map(|s| s.value.as_str()).collect();
        if seen.is_empty() || matches!(self.step.observed, Observed::NoAnswer(_) | Observed::NotRun)
        {
            return Outcome::NotAsked;
        }
        let mut rest = expected.iter();
        let in_order = seen.iter().all(|state| rest.any(|known| known == state));
        let ended = seen.last().copied() == expected.last().map(String::as_str);
        if in_order && ended {
            return Outcome::Holds;
        }
        let message = format!("the states seen are {}", seen.join(" → "));
        self.differs("baseline.states", "states", message, json!(expected), json!(seen))
    }
}

fn with(code: &str) -> String {
    if code.is_empty() { String::new() } else { format!(" with {code}") }
}

/// Equality where `3` and `3.0` are one number.
fn same(a: &Value, b: &Value) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => a == b,
        _ => a == b,
    }
}

/// The values as texts, in an order of their own.
fn sorted(values: &[Value]) -> Vec<String> {
    let mut texts: Vec<String> = values.iter().map(Value::to_string).collect();
    texts.sort_unstable();
    texts
}
