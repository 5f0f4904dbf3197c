//! Holds an answer against the profile of its action.

use serde_json::{Map, Value, json};

use super::basis::evidence;
use super::{PathStats, Profile, Profiles};
use crate::judge::merge::Tally;
use crate::judge::observe::AnswerSeen;
use crate::judge::rules::finding;
use crate::judge::{Evidence, Finding, Form};
use crate::model::Model;
use crate::wire::Answer;

/// The year of an answer that a target just gave: AWS's answers of every year bind it.
pub(in crate::judge) const NOW: i16 = i16::MAX;

/// The findings of this layer about one answer; of an answer that was stored, only what held in the
/// year it is known to be of or older.
pub(in crate::judge) fn check(
    profiles: &Profiles,
    step: &str,
    seen: &AnswerSeen<'_>,
    year: i16,
) -> Vec<Finding> {
    let Answer::Output { decoded, .. } = &seen.answer else { return Vec::new() };
    let none = Profile::default();
    let profile = profiles.get(&seen.exchange.action).unwrap_or(&none);
    let (seq, findings) = (seen.exchange.seq, Tally::default());
    let mut layer = ShapeLayer { profiles, profile, step, seq, year, findings };
    if let Value::Object(map) = &*decoded.value {
        layer.structure("", map);
    }
    layer.findings.into_findings()
}

struct ShapeLayer<'a> {
    profiles: &'a Profiles,
    profile: &'a Profile,
    step: &'a str,
    seq: u64,
    year: i16,
    findings: Tally,
}

impl ShapeLayer<'_> {
    fn structure(&mut self, path: &str, map: &Map<String, Value>) {
        let profile = self.profile;
        for name in profile.always_in(path) {
            if !map.contains_key(name) {
                self.missing(&join(path, name));
            }
        }
        for name in profile.always_since(path, self.year) {
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
        let PathStats { present, parents, recordings, lacking, .. } = stats;
        let (always, states) = match (&stats.since, stats.is_always_present(), lacking) {
            (Some(since), false, _) => (
                format!("has always returned it since {}", since.year),
                format!(
                    "There in all {} places of {} recordings that are known to be of {} or later; \
                     missing in {lacking} older or undated ones.",
                    since.parents, since.recordings, since.year
                ),
            ),
            (_, _, 0) => (
                "always returned it".to_owned(),
                format!("There in {present} of {parents} places, in {recordings} recordings."),
            ),
            _ => (
                "nearly always returned it".to_owned(),
                format!(
                    "There in {present} of {parents} places, in {recordings} recordings; missing in \
                     {lacking} of them."
                ),
            ),
        };
        // Only a stored answer may have been trimmed by hand.
        let rule = match stats.is_reliable() && self.year == NOW {
            true => "shape.missing-reliable",
            false => "shape.missing-member",
        };
        self.add(
            rule,
            path,
            format!("{path} is missing; AWS {always}"),
            (expected, Value::Null),
            states,
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
        let Some(stats) = self.profile.paths.get(path) else { return self.id(path, text) };
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
        let Some(form) = stats.only_form() else { return self.id(path, text) };
        if form.fits(&json!(text)) {
            return;
        }
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

    /// An id about whose place there are too few recordings to say anything, but not about members
    /// of its name.
    fn id(&mut self, path: &str, text: &str) {
        let profiles = self.profiles;
        let name = path.rsplit('.').next().unwrap_or(path);
        let Some(kind) = profiles.id_kind(name) else { return };
        // Some places take several ids, or where to look the id up.
        if text.is_empty() || text.contains([',', ':', '/']) || kind.form.fits(&json!(text)) {
            return;
        }
        let (rule, message) = match Form::of(text) {
            Some(Form::Id(_)) => {
                ("shape.id-kind", format!("{path} is not the id of what AWS has there"))
            }
            _ => ("shape.value-form", format!("{path} does not look as on AWS")),
        };
        self.add_with(rule, path, message, (json!({"form": kind.form}), json!(text)), || {
            let actions: Vec<&str> = kind.actions.iter().map(String::as_str).collect();
            let states = format!(
                "{name} was of this form in all {} values of {} recordings: of {}.",
                kind.values,
                kind.recordings,
                actions.join(", ")
            );
            let of_actions: Vec<&Profile> =
                actions.iter().filter_map(|action| profiles.get(action)).collect();
            evidence(&of_actions, &states)
        });
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
        self.add_with(rule, path, message, (expected, actual), || evidence(&[profile], &states));
    }

    /// Adds a finding; its evidence is gathered only if there is no such finding yet.
    fn add_with(
        &mut self,
        rule: &str,
        path: &str,
        message: String,
        (expected, actual): (Value, Value),
        evidence: impl FnOnce() -> Evidence,
    ) {
        let finding = Finding {
            message,
            expected,
            actual,
            exchange: Some(self.seq),
            ..finding(rule, self.step, path)
        };
        self.findings.add(finding, || vec![evidence()]);
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
        && matches!(Form::of(text), Some(Form::Id(_)))
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}
