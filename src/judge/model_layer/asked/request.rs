//! What a request asked for.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{echo, filters, lists};
use crate::judge::model_layer::evidence::model_evidence;
use crate::judge::observe::AnswerSeen;
use crate::judge::rules::finding;
use crate::judge::{Finding, Form};
use crate::model::{Action, Member, Model, ShapeId, ShapeKind};

/// What is in a successful answer though the request asked for something else.
pub(in crate::judge::model_layer) fn check(
    step: &str,
    seen: &AnswerSeen<'_>,
    output: &Value,
) -> Vec<Finding> {
    let Some(action) = Model::ec2().action(&seen.exchange.action) else { return Vec::new() };
    let form = seen.exchange.request.form().as_bytes();
    let parameters = url::form_urlencoded::parse(form).into_owned().collect();
    let request = Request { step, seq: seen.exchange.seq, action, parameters };
    let mut findings = lists::check(&request, output);
    findings.extend(echo::check(&request, output));
    findings.extend(filters::check(&request, output));
    findings
}

/// A request, by its action and its parameters in the order sent.
pub(super) struct Request<'a> {
    step: &'a str,
    seq: u64,
    pub(super) action: &'a Action,
    parameters: Vec<(String, String)>,
}

impl Request<'_> {
    /// The members of the action's input.
    pub(super) fn members(&self) -> impl Iterator<Item = &'static Member> {
        let input = self.action.input.map(|id| &Model::ec2().shape(id).kind);
        let members = match input {
            Some(ShapeKind::Structure(input)) => &input.members[..],
            _ => &[],
        };
        members.iter()
    }

    /// The value of the parameter of this name.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The items of the list of this name: `VpcId.1`, `VpcId.2`.
    pub(super) fn list(&self, name: &str) -> BTreeSet<String> {
        let is_item = |parameter: &str| {
            let number = parameter.strip_prefix(name).and_then(|rest| rest.strip_prefix('.'));
            number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
        };
        let items = self.parameters.iter().filter(|(parameter, _)| is_item(parameter));
        items.map(|(_, value)| value.clone()).collect()
    }

    /// The parameters, in order.
    pub(super) fn parameters(&self) -> impl Iterator<Item = (&str, &str)> {
        self.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// That an answer has an id that was not asked for.
    pub(super) fn not_asked_for(
        &self,
        path: &str,
        id: &str,
        expected: Value,
        states: &str,
    ) -> Finding {
        Finding {
            message: format!("{path} is {id}, which was not asked for"),
            expected,
            actual: Value::from(id),
            evidence: vec![model_evidence(states)],
            exchange: Some(self.seq),
            ..finding("model.not-asked-for", self.step, path)
        }
    }
}

/// Whether a shape is a text, and none of an enum.
pub(super) fn is_text(shape: ShapeId) -> bool {
    matches!(&Model::ec2().shape(shape).kind, ShapeKind::String(text) if text.enum_values.is_empty())
}

/// Whether a text is an id of AWS's form. What else stands where an id may stand, such as an alias or a
/// name, need not be repeated as it was written.
pub(super) fn is_id(text: &str) -> bool {
    Form::id_prefix(text).is_some()
}
