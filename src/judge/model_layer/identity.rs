//! Part of the model layer: what a program cannot do without. The member that identifies a resource,
//! and the one that AWS's waiters look at.
//!
//! Both come from AWS's own resource model and waiters, not from statistics, and hold where there are
//! few recordings or none. They are the absences that are called breaking: in the recordings at hand
//! (1,040 answers, also those that their authors trimmed by hand) none of 2,695 identifiers is
//! missing, and of 1,846 members that waiters look at five, all in structures of which an author kept
//! less than half; that is why such a skeleton is not counted here. `ci/bench/false_alarms.rs`
//! measures it again.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::evidence::model_evidence;
use crate::judge::merge::Tally;
use crate::judge::observe::AnswerSeen;
use crate::judge::rules::finding;
use crate::judge::shape::Profile;
use crate::judge::{Evidence, EvidenceKind, Finding};
use crate::model::{Action, Identifier, Matcher, Model, ShapeId, ShapeKind, WaiterState};

/// What is missing of it in a successful answer.
pub(super) fn check(
    step: &str,
    seen: &AnswerSeen<'_>,
    output: &Value,
    profile: Option<&Profile>,
) -> Vec<Finding> {
    let Some(action) = Model::ec2().action(&seen.exchange.action) else { return Vec::new() };
    let mut check = Check { step, seq: seen.exchange.seq, profile, findings: Tally::default() };
    if let Some(shape) = action.output {
        check.value(shape, output, "");
    }
    check.created(action, output);
    check.results(action, output);
    check.waited_for(action, output);
    check.findings.into_findings()
}

struct Check<'a> {
    step: &'a str,
    seq: u64,
    profile: Option<&'a Profile>,
    findings: Tally,
}

impl Check<'_> {
    fn value(&mut self, shape: ShapeId, value: &Value, path: &str) {
        match (&Model::ec2().shape(shape).kind, value) {
            (ShapeKind::Structure(structure), Value::Object(map)) => {
                if let Some(identifier) = Model::ec2().identifier(shape) {
                    self.identifier(identifier, map, path);
                }
                for (name, value) in map.iter().filter(|(_, v)| v.is_object() || v.is_array()) {
                    if let Some(member) = structure.member(name) {
                        self.value(member.shape, value, &join(path, name));
                    }
                }
            }
            (ShapeKind::List(list), Value::Array(items)) => {
                let path = format!("{path}[]");
                items.iter().for_each(|item| self.value(list.item, item, &path));
            }
            _ => {}
        }
    }

    fn identifier(&mut self, identifier: &Identifier, map: &Map<String, Value>, path: &str) {
        let Identifier { member, by } = identifier;
        if map.get(member).is_some_and(is_something) {
            return;
        }
        let evidence = || match by.split_once('.') {
            Some((action, parameter)) => model_evidence(&format!(
                "{action} takes {parameter}: the member {member} is what identifies each of them."
            )),
            None => resources(&format!("{member} identifies the {by}.")),
        };
        let path = join(path, member);
        self.missing("model.missing-identifier", &path, "it names the resource", || {
            vec![evidence()]
        });
    }

    /// Where the structure that would hold the identifier is missing altogether.
    fn created(&mut self, action: &Action, output: &Value) {
        let Some(place) = &action.creates else { return };
        let mut missing = Vec::new();
        walk(output, place, "", &mut |path, _| missing.push(path.to_owned()));
        for path in missing {
            if self.findings.paths().all(|known| known != path) {
                let states = format!("A program finds what {} made by {place}.", action.name);
                let why = "it names what was made";
                self.missing("model.missing-identifier", &path, why, || vec![resources(&states)]);
            }
        }
    }

    /// AWS sends the list of what was asked for also where it is empty.
    fn results(&mut self, action: &Action, output: &Value) {
        let Some(paginator) = &action.paginator else { return };
        // Of several lists, some are left out.
        let [list] = &paginator.result_keys[..] else { return };
        if output.get(list).is_some() {
            return;
        }
        let states = format!("AWS's SDKs page through {list} of {}.", action.name);
        let why = "it is the list of results";
        let recorded = Evidence {
            kind: EvidenceKind::Statistics,
            source: "answers of AWS recorded by cloud-custodian, ManageIQ and puppetlabs-aws"
                .into(),
            url: Some("https://github.com/cloud-custodian/cloud-custodian".into()),
            states: "The list is there in all 618 recorded answers of 34 actions that page their \
                     results, those left aside that were trimmed by hand."
                .into(),
            date: Some("2014 to 2026".into()),
        };
        self.missing("model.missing-results", list, why, || {
            vec![model_evidence(&states), recorded]
        });
    }

    fn waited_for(&mut self, action: &Action, output: &Value) {
        for waiter in Model::ec2().waiters().filter(|waiter| waiter.operation == action.name) {
            let successes = waiter.acceptors.iter().filter(|a| a.state == WaiterState::Success);
            for acceptor in successes {
                let (Matcher::PathAll { argument, .. } | Matcher::PathAny { argument, .. }) =
                    &acceptor.matcher
                else {
                    continue;
                };
                if !argument.bytes().all(|b| b.is_ascii_alphanumeric() || b"[].".contains(&b)) {
                    continue;
                }
                let mut missing = Vec::new();
                walk(output, argument, "", &mut |path, parent| {
                    if !is_skeleton(self.profile, path, parent) {
                        missing.push(path.to_owned());
                    }
                });
                // No result at all is a list that is empty, or missing.
                missing.retain(|path| path.contains("[]."));
                let known: BTreeSet<String> = self.findings.paths().map(str::to_owned).collect();
                missing.retain(|path| !known.contains(path));
                for path in missing {
                    let states = format!("AWS's waiter {} reads {argument}.", waiter.name);
                    let why = "waiters look at it";
                    self.missing("model.missing-state", &path, why, || {
                        vec![model_evidence(&states)]
                    });
                }
            }
        }
    }

    fn missing(
        &mut self,
        rule: &str,
        path: &str,
        why: &str,
        evidence: impl FnOnce() -> Vec<Evidence>,
    ) {
        let finding = Finding {
            message: format!("{path} is missing; {why}"),
            expected: json!({"present": true}),
            exchange: Some(self.seq),
            ..finding(rule, self.step, path)
        };
        self.findings.add(finding, evidence);
    }
}

/// Tells where a path of member names ends too early, and in which structure. An empty list on the
/// way ends it well.
fn walk(
    value: &Value,
    rest: &str,
    path: &str,
    missing: &mut impl FnMut(&str, &Map<String, Value>),
) {
    let Value::Object(map) = value else { return };
    let (segment, rest) = rest.split_once('.').unwrap_or((rest, ""));
    let name = segment.strip_suffix("[]").unwrap_or(segment);
    let here = join(path, name);
    match map.get(name) {
        None | Some(Value::Null) => missing(&here, map),
        Some(Value::String(text)) if text.is_empty() => missing(&here, map),
        Some(Value::Array(items)) if segment.ends_with("[]") => {
            let here = format!("{here}[]");
            items.iter().for_each(|item| walk(item, rest, &here, missing));
        }
        Some(value) if !rest.is_empty() => walk(value, rest, &here, missing),
        Some(_) => {}
    }
}

/// Whether a structure lacks most of what AWS always returned in it: somebody kept of a recording
/// what a test needs.
fn is_skeleton(profile: Option<&Profile>, path: &str, structure: &Map<String, Value>) -> bool {
    let parent = path.rsplit_once('.').map_or("", |(parent, _)| parent);
    let always = profile.map(|profile| profile.always_in(parent)).unwrap_or_default();
    let there = always.iter().filter(|name| structure.contains_key(**name)).count();
    there * 2 < always.len()
}

fn is_something(value: &Value) -> bool {
    !value.is_null() && value.as_str() != Some("")
}

pub(super) fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn resources(states: &str) -> Evidence {
    Evidence {
        source: Model::ec2().resources_source().to_owned(),
        url: Some("https://pypi.org/project/boto3/".to_owned()),
        ..model_evidence(states)
    }
}
