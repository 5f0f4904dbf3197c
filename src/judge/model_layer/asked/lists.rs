//! Lists of ids: whoever asks for resources by their ids gets these and no others.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::request::{Request, is_text};
use crate::judge::Finding;
use crate::judge::merge::Tally;
use crate::judge::model_layer::identity::join;
use crate::model::{Model, ShapeId, ShapeKind};

/// What is in a successful answer though the request asked for other ids.
pub(super) fn check(request: &Request<'_>, output: &Value) -> Vec<Finding> {
    let asked = asked(request);
    // Where ids of several kinds are given, AWS's documentation does not say how they go together.
    let ([(parameter, ids)], Some(shape)) = (&asked[..], request.action.output) else {
        return Vec::new();
    };
    let mut check = Check { request, parameter, ids, findings: Tally::default() };
    check.value(shape, output, "");
    check.findings.into_findings()
}

/// The lists of the request, by their parameter.
fn asked(request: &Request<'_>) -> Vec<(String, BTreeSet<String>)> {
    let lists = request.members().filter(|member| {
        let ShapeKind::List(list) = &Model::ec2().shape(member.shape).kind else { return false };
        member.name.strip_suffix('s').is_some_and(|name| Model::ec2().is_identifier(name))
            && is_text(list.item)
    });
    lists
        .filter_map(|member| {
            let values = request.list(&member.query_name());
            (!values.is_empty()).then(|| (member.name.clone(), values))
        })
        .collect()
}

struct Check<'a> {
    request: &'a Request<'a>,
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
        let states = format!(
            "{} takes {}; what it returns is identified by {}.",
            self.request.action.name,
            self.parameter,
            path.rsplit('.').next().unwrap_or(path)
        );
        let found = self.request.not_asked_for(path, id, json!({"one of": self.ids}), &states);
        self.findings.extend([found]);
    }
}
