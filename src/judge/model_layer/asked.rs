//! Part of the model layer: whoever asks for resources by their ids gets these and no others.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::evidence::model_evidence;
use super::identity::join;
use crate::judge::Finding;
use crate::judge::merge::Tally;
use crate::judge::observe::AnswerSeen;
use crate::judge::rules::finding;
use crate::model::{Action, Model, ShapeId, ShapeKind};

/// What is in a successful answer though the request asked for other ids.
pub(super) fn check(step: &str, seen: &AnswerSeen<'_>, output: &Value) -> Vec<Finding> {
    let Some(action) = Model::ec2().action(&seen.exchange.action) else { return Vec::new() };
    let asked = asked(action, seen.exchange.request.form());
    // Where ids of several kinds are given, AWS's documentation does not say how they go together.
    let ([(parameter, ids)], Some(shape)) = (&asked[..], action.output) else { return Vec::new() };
    let mut check = Check { step, seen, action, parameter, ids, findings: Tally::default() };
    check.value(shape, output, "");
    check.findings.into_findings()
}

/// The lists of the request, by their parameter.
fn asked(action: &Action, form: &str) -> Vec<(String, BTreeSet<String>)> {
    let Some(ShapeKind::Structure(input)) = action.input.map(|id| &Model::ec2().shape(id).kind)
    else {
        return Vec::new();
    };
    let pairs: Vec<(String, String)> =
        url::form_urlencoded::parse(form.as_bytes()).into_owned().collect();
    let lists = input.members.iter().filter(|member| {
        member.name.strip_suffix('s').is_some_and(|name| Model::ec2().is_identifier(name))
            && matches!(Model::ec2().shape(member.shape).kind, ShapeKind::List(_))
    });
    lists
        .filter_map(|member| {
            let prefix = format!("{}.", member.query_name());
            let is_item = |name: &str| {
                name.strip_prefix(&prefix)
                    .is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
            };
            let values = pairs.iter().filter(|(name, _)| is_item(name));
            let values: BTreeSet<String> = values.map(|(_, value)| value.clone()).collect();
            (!values.is_empty()).then(|| (member.name.clone(), values))
        })
        .collect()
}

struct Check<'a> {
    step: &'a str,
    seen: &'a AnswerSeen<'a>,
    action: &'a Action,
    parameter: &'a str,
    ids: &'a BTreeSet<String>,
    findings: Tally,
}

impl Check<'_> {
    /// Goes through lists, down to the things that were asked for; what belongs to those may well
    /// have ids of the same kind.
    fn value(&mut self, shape: ShapeId, value: &Value, path: &str) {
        match (&Model::ec2().shape(shape).kind, value) {
            (ShapeKind::Structure(structure), Value::Object(map)) => {
                let member = self.parameter.strip_suffix('s').unwrap_or(self.parameter);
                if !path.is_empty() && structure.member(member).is_some() {
                    let id = map.get(member).and_then(Value::as_str);
                    if let Some(id) = id.filter(|id| !self.ids.contains(*id)) {
                        self.add(&join(path, member), id);
                    }
                    return;
                }
                for (name, value) in map.iter().filter(|(_, value)| value.is_array()) {
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

    fn add(&mut self, path: &str, id: &str) {
        let (action, parameter) = (&self.action.name, self.parameter);
        let states = format!(
            "{action} takes {parameter}; what it returns is identified by {}.",
            path.rsplit('.').next().unwrap_or(path)
        );
        let found = Finding {
            message: format!("{path} is {id}, which was not asked for"),
            expected: json!({"one of": self.ids}),
            actual: json!(id),
            exchange: Some(self.seen.exchange.seq),
            ..finding("model.not-asked-for", self.step, path)
        };
        self.findings.add(found, || vec![model_evidence(&states)]);
    }
}
