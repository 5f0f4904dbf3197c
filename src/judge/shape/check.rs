//! Holds an answer against the profile of its action.

use serde_json::{Map, Value, json};

use super::{PathStats, Profile};
use crate::judge::observe::AnswerSeen;
use crate::judge::rules::finding;
use crate::judge::{Evidence, EvidenceKind, Finding, Form};
use crate::wire::Answer;

/// The findings of this layer about one answer.
pub(in crate::judge) fn check(
    profile: &Profile,
    step: &str,
    seen: &AnswerSeen<'_>,
) -> Vec<Finding> {
    let Answer::Output { decoded, .. } = &seen.answer else { return Vec::new() };
    let mut layer = ShapeLayer { profile, step, seq: seen.exchange.seq, findings: Vec::new() };
    if let Value::Object(map) = &decoded.value {
        layer.structure("", map);
    }
    layer.findings
}

struct ShapeLayer<'a> {
    profile: &'a Profile,
    step: &'a str,
    seq: u64,
    findings: Vec<Finding>,
}

impl ShapeLayer<'_> {
    fn structure(&mut self, path: &str, map: &Map<String, Value>) {
        let profile = self.profile;
        for (child, stats) in children(profile, path) {
            let name = child.rsplit('.').next().unwrap_or(child);
            if stats.is_always_present() && !map.contains_key(name) {
                // Empty in every recording says nothing about what it should be here.
                let expected = match stats.only_form().filter(|form| **form != Form::Empty) {
                    Some(form) => json!({"present": true, "form": form}),
                    None => json!({"present": true}),
                };
                self.add(
                    "shape.missing-member",
                    child,
                    format!("{child} is missing; AWS always returned it"),
                    (expected, Value::Null),
                    format!(
                        "There in {} of {} places, in {} recordings.",
                        stats.present, stats.parents, stats.recordings
                    ),
                );
            }
        }
        for (name, value) in map {
            let child = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            self.value(&child, value);
        }
    }

    fn value(&mut self, path: &str, value: &Value) {
        match value {
            Value::Object(map) => self.structure(path, map),
            Value::Array(items) => {
                let item = format!("{path}[]");
                items.iter().for_each(|value| self.value(&item, value));
            }
            Value::String(text) => self.text(path, text),
            _ => {}
        }
    }

    fn text(&mut self, path: &str, text: &str) {
        let Some(stats) = self.profile.paths.get(path) else { return };
        let count = format!("in {} values of {} recordings", stats.present, stats.recordings);
        if text.is_empty() {
            if stats.is_telling() && stats.present > 0 && !stats.was_empty() {
                self.add(
                    "shape.empty",
                    path,
                    format!("{path} is there, but empty"),
                    (json!("left out, or with a value"), json!("")),
                    format!("Never empty {count}."),
                );
            }
            return;
        }
        if let Some(form) = stats.only_form().filter(|form| **form != Form::Empty)
            && !form.fits(&json!(text))
        {
            self.add(
                "shape.value-form",
                path,
                format!("{path} does not look as on AWS"),
                (json!({"form": form}), json!(text)),
                format!("Of this form {count}, without exception."),
            );
        }
    }

    fn add(
        &mut self,
        rule: &str,
        path: &str,
        message: String,
        (expected, actual): (Value, Value),
        states: String,
    ) {
        let profile = self.profile;
        let projects: Vec<&str> = profile.sources.keys().map(String::as_str).collect();
        self.findings.push(Finding {
            message,
            expected,
            actual,
            evidence: vec![Evidence {
                kind: EvidenceKind::Statistics,
                source: format!(
                    "{} answers of AWS to {} recorded by {}",
                    profile.responses,
                    profile.action,
                    projects.join(", ")
                ),
                url: projects.first().map(|project| format!("https://github.com/{project}")),
                states,
                date: None,
            }],
            exchange: Some(self.seq),
            ..finding(rule, self.step, path)
        });
    }
}

/// The paths one level below a structure.
fn children<'p>(
    profile: &'p Profile,
    path: &str,
) -> impl Iterator<Item = (&'p String, &'p PathStats)> {
    let prefix = if path.is_empty() { String::new() } else { format!("{path}.") };
    let from = prefix.clone();
    profile
        .paths
        .range(from..)
        .take_while({
            let prefix = prefix.clone();
            move |(child, _)| child.starts_with(&prefix)
        })
        .filter(move |(child, _)| {
            let rest = &child[prefix.len()..];
            !rest.contains('.') && !rest.ends_with("[]")
        })
}
