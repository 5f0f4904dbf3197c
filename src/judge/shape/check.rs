//! Holds an answer against the profile of its action.

use serde_json::{Map, Value, json};

use super::{PathStats, Profile, SourceStats};
use crate::judge::observe::AnswerSeen;
use crate::judge::rules::finding;
use crate::judge::{Evidence, EvidenceKind, Finding, Form};
use crate::model::Model;
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
        for name in profile.always_in(path) {
            if !map.contains_key(name) {
                self.missing(&join(path, name));
            }
        }
        for (name, value) in map {
            self.value(&join(path, name), value);
        }
    }

    fn missing(&mut self, path: &str) {
        let Some(stats) = self.profile.paths.get(path) else { return };
        let expected = match stats.only_form() {
            Some(form) => json!({"present": true, "form": form}),
            None => json!({"present": true}),
        };
        let (always, but) = match stats.lacking {
            0 => ("always", String::new()),
            n => ("nearly always", format!("; missing in {n} of them")),
        };
        self.add(
            "shape.missing-member",
            path,
            format!("{path} is missing; AWS {always} returned it"),
            (expected, Value::Null),
            format!(
                "There in {} of {} places, in {} recordings{but}.",
                stats.present, stats.parents, stats.recordings
            ),
        );
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
        if text.is_empty() {
            if stats.is_never_empty() {
                self.add(
                    "shape.empty",
                    path,
                    format!("{path} is there, but empty"),
                    (json!("left out, or with a value"), json!("")),
                    format!(
                        "Never empty in {} values of {} recordings.",
                        stats.present, stats.recordings
                    ),
                );
            }
            return;
        }
        let Some(form) = stats.only_form().filter(|form| !form.fits(&json!(text))) else { return };
        let (rule, message) = if is_of_another_kind(stats, path, form, text) {
            ("shape.id-kind", format!("{path} is not the id of what AWS has there"))
        } else {
            ("shape.value-form", format!("{path} does not look as on AWS"))
        };
        let made_up = match stats.invented {
            0 => String::new(),
            n => format!("; {n} more were made up by the recordings' authors, with its beginning"),
        };
        let count = stats.forms.get(form).copied().unwrap_or_default();
        self.add(
            rule,
            path,
            message,
            (json!({"form": form}), json!(text)),
            format!(
                "Of this form in {count} values of {} recordings, without exception{made_up}.",
                stats.recordings
            ),
        );
    }

    fn add(
        &mut self,
        rule: &str,
        path: &str,
        message: String,
        (expected, actual): (Value, Value),
        states: String,
    ) {
        self.findings.push(Finding {
            message,
            expected,
            actual,
            evidence: evidence(self.profile, &states),
            exchange: Some(self.seq),
            ..finding(rule, self.step, path)
        });
    }
}

/// Whether a text has a form of its own where AWS has the id of a resource: the id of another kind
/// of resource, a UUID, an address. What authors of recordings make up has none (`vpc-1`), and AWS
/// itself has words in such places (`default`).
fn is_of_another_kind(stats: &PathStats, path: &str, form: &Form, text: &str) -> bool {
    let name = path.rsplit('.').next().unwrap_or(path);
    matches!(form, Form::Id(_))
        && stats.is_telling_of_ids()
        && Model::ec2().is_identifier(name)
        && Form::of(text).is_some()
}

/// What a profile rests on: a piece of evidence for each project.
pub(in crate::judge) fn evidence(profile: &Profile, states: &str) -> Vec<Evidence> {
    let of = |(project, source): (&String, &SourceStats)| Evidence {
        kind: EvidenceKind::Statistics,
        source: format!(
            "{} answers of AWS to {} recorded by {project}",
            source.responses, profile.action
        ),
        url: Some(source.url.clone()).filter(|url| !url.is_empty()),
        states: states.to_owned(),
        date: source.dates(),
    };
    profile.sources.iter().map(of).collect()
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}
