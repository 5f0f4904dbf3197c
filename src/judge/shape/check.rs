//! Holds an answer against the profile of its action.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::basis::evidence;
use super::{PathStats, Profile, Profiles};
use crate::judge::merge::Tally;
use crate::judge::observe::AnswerSeen;
use crate::judge::rules::finding;
use crate::judge::{Evidence, Finding, Form};
use crate::model::Model;
use crate::wire::{Answer, Note, NoteKind};

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
    let mut layer = ShapeLayer {
        profiles,
        action: &seen.exchange.action,
        profile,
        step,
        seq: seen.exchange.seq,
        year,
        misread: misread(&decoded.notes),
        findings: Tally::default(),
    };
    if let Value::Object(map) = &*decoded.value {
        layer.structure("", map);
    }
    layer.findings.into_findings()
}

struct ShapeLayer<'a> {
    profiles: &'a Profiles,
    action: &'a str,
    profile: &'a Profile,
    step: &'a str,
    seq: u64,
    year: i16,
    /// Structures in which there is something, though no member of theirs.
    misread: HashSet<&'a str>,
    findings: Tally,
}

impl ShapeLayer<'_> {
    fn structure(&mut self, path: &str, map: &Map<String, Value>) {
        let profile = self.profile;
        let always = profile.always_in(path).into_iter();
        let always: Vec<&str> = always.chain(profile.always_since(path, self.year)).collect();
        if map.is_empty() && !always.is_empty() && !path.is_empty() && !self.misread.contains(path)
        {
            return self.empty(path, &always);
        }
        for name in always {
            if !map.contains_key(name) {
                self.missing(&join(path, name));
            }
        }
        for (name, value) in map {
            self.value(&join(path, name), value);
        }
    }

    /// A structure with nothing in it, where AWS always had these members: one difference, and not
    /// one for each of them.
    fn empty(&mut self, path: &str, always: &[&str]) {
        let members: Vec<&PathStats> =
            always.iter().filter_map(|name| self.profile.paths.get(&join(path, name))).collect();
        let Some(first) = members.first() else { return };
        // An item of a list is there, or it is not; what else AWS leaves out, it may have left out here.
        let itself = self.profile.paths.get(path);
        let since =
            |stats: &PathStats| stats.present_since().is_some_and(|since| since <= self.year);
        let is_left_out = itself.is_some_and(|stats| !stats.is_always_present() && !since(stats));
        let is_relied_on = always.iter().any(|name| self.is_relied_on(&join(path, name)));
        let rule = match is_relied_on && !is_left_out {
            true => "shape.empty-reliable",
            false => "shape.empty-structure",
        };
        let names = always.join(", ");
        let (expected, aws) = match is_left_out {
            true => (format!("left out, or with {names}"), "leaves it out or fills it"),
            false => (format!("with {names}"), "always fills it"),
        };
        let nearly = if members.iter().any(|stats| stats.lacking > 0) { "nearly " } else { "" };
        let states = format!(
            "Where it was there, in {} places of {} recordings, it {nearly}always had: {names}.",
            first.parents, first.recordings
        );
        let message = format!("{path} is there with nothing in it; AWS {aws}");
        self.add(rule, path, message, (json!(expected), json!({})), states);
    }

    /// Whether a program fails without it: AWS has never left it out in many recordings, and its value
    /// says something. Only a stored answer may have been trimmed by hand.
    fn is_relied_on(&self, path: &str) -> bool {
        let stats = self.profile.paths.get(path);
        self.year == NOW
            && stats.is_some_and(|stats| {
                stats.is_reliable() && !self.profiles.never_varies(self.profile, path, stats)
            })
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
        let rule = match self.is_relied_on(path) {
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
            if stats.is_never_empty() && !is_for_callers_to_say(path) {
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
        if form.fits(&json!(text)) || self.is_documented(path, text) {
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

    fn is_documented(&self, path: &str, text: &str) -> bool {
        self.profiles.is_documented(self.action, path, text)
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
        if self.is_documented(path, text) {
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

/// The structures in which something stands that is none of their members: a member under another
/// name, or text. Nothing is read of it, but they are not empty.
fn misread(notes: &[Note]) -> HashSet<&str> {
    let found = notes.iter().filter_map(|note| match note.kind {
        NoteKind::Misnamed { .. } => note.path.rsplit_once('.').map(|(structure, _)| structure),
        NoteKind::StrayText(_) => Some(note.path.as_str()),
        _ => None,
    });
    found.collect()
}

/// Whether a value is what a caller made it, so that it is empty if the caller wanted it so. A tag's value
/// may be: "specify the parameter with no value, and we set the value to an empty string",
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTags.html>.
fn is_for_callers_to_say(path: &str) -> bool {
    path.ends_with("Tags[].Value")
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
