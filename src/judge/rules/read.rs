//! From a rule's file to a rule.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::rule::{AnswerKeys, Example, ExampleAnswer, Rule, RuleKeys, SequenceKeys, StepKeys};
use crate::model::Model;
use crate::syntax::{Diagnostic, MapReader, Node, NodeKind, Reader, Spanned};

/// The version that is asked for if an example names none.
const VERSION: &str = "2016-11-15";
/// Places where AWS documents its API.
const DOCUMENTATION: [&str; 2] = ["https://docs.aws.amazon.com/", "https://smithy.io/2.0/"];

/// Reads a rule; `stem` is its file's path without `.yaml`. Mistakes are in `reader`.
pub(super) fn read(root: &Node, stem: &str, reader: &mut Reader) -> Option<Rule> {
    const WHAT: &str = "a rule";
    let map = reader.map_of::<RuleKeys>(root, WHAT)?;
    let mut text = |key: &str| map.required_text(key, WHAT, reader);
    let (id, layer, severity) = (text("id"), text("layer"), text("severity"));
    let (title, impact, fix, see) = (text("title"), text("impact"), text("fix"), text("see"));
    let about = map.get("about").and_then(|node| reader.string(node));
    let matches = examples(&map, "matches", reader);
    let does_not_match = examples(&map, "does not match", reader);
    for example in matches.iter().filter(|example| example.value.at.is_none()) {
        reader.report(
            Diagnostic::error("an example that matches says where: `at`")
                .at(example.span.clone(), "`at` is missing here")
                .help("write the finding's path, such as `Vpcs[].State`"),
        );
    }
    let known_layer = layer.as_ref().and_then(|layer| word(layer, "layer", reader));
    let severity = severity.as_ref().and_then(|severity| word(severity, "severity", reader));
    if let (Some(id), Some(layer)) = (&id, &layer) {
        names(id, layer, stem, reader);
    }
    if let Some(see) = see.as_ref().filter(|see| !DOCUMENTATION.iter().any(|d| see.starts_with(d)))
    {
        reader.report(
            Diagnostic::error("`see` is an address in AWS's documentation")
                .at(see.span.clone(), "not AWS's")
                .help(format!("begin with {}", DOCUMENTATION.join(" or "))),
        );
    }
    Some(Rule {
        id: id?.value,
        layer: known_layer?,
        severity: severity?,
        title: title?.value,
        impact: impact?.value,
        fix: fix?.value,
        see: see?.value,
        about: about.map(|about| about.value),
        matches: matches.into_iter().map(|example| example.value).collect(),
        does_not_match: does_not_match.into_iter().map(|example| example.value).collect(),
    })
}

/// The id is the layer's word and a name, and so is the file's path.
fn names(id: &Spanned<String>, layer: &Spanned<String>, stem: &str, reader: &mut Reader) {
    if id.split_once('.').is_none_or(|(of, _)| of != layer.value) {
        reader.report(
            Diagnostic::error(format!("the id begins with the layer: `{}.…`", layer.value))
                .at(id.span.clone(), "another beginning")
                .also(layer.span.clone(), "the layer"),
        );
    } else if id.replacen('.', "/", 1) != stem {
        reader.report(
            Diagnostic::error("the file is named after the rule")
                .at(id.span.clone(), format!("in {stem}.yaml"))
                .help(format!("move it to {}.yaml", id.replacen('.', "/", 1))),
        );
    }
}

/// A word of `result.json`: a layer or a severity.
fn word<T: DeserializeOwned>(text: &Spanned<String>, what: &str, reader: &mut Reader) -> Option<T> {
    let known = serde_json::from_value(Value::String(text.value.clone()));
    if let Err(error) = &known {
        reader.report(
            Diagnostic::error(format!("`{}` is no {what}", text.value))
                .at(text.span.clone(), "not known")
                .help(error.to_string()),
        );
    }
    known.ok()
}

fn examples(map: &MapReader<'_>, key: &str, reader: &mut Reader) -> Vec<Spanned<Example>> {
    let Some(node) = map.required(key, "a rule", reader) else { return Vec::new() };
    let nodes = reader.list(node, "examples");
    if nodes.is_empty() {
        reader.report(
            Diagnostic::error(format!("a rule has at least one example that `{key}`"))
                .at(node.span.clone(), "none is here"),
        );
    }
    nodes
        .iter()
        .filter_map(|node| Some(Spanned::new(example(node, reader)?, node.span.clone())))
        .collect()
}

fn example(node: &Node, reader: &mut Reader) -> Option<Example> {
    const WHAT: &str = "an example";
    let sequence = reader.map(node, WHAT)?.get("case").is_some();
    let map = match sequence {
        true => reader.map_of::<SequenceKeys>(node, "an example with a case")?,
        false => reader.map_of::<AnswerKeys>(node, "an example of one answer")?,
    };
    let what = map.required_text("what", WHAT, reader);
    let recorded = map.get("recorded").map(|node| answers_of_steps(node, reader));
    let answers = if sequence {
        if recorded.is_none() {
            map.required("baseline", WHAT, reader);
        }
        let node = map.required("answers", WHAT, reader);
        node.map(|node| answers_of_steps(node, reader)).unwrap_or_default()
    } else {
        answer_by_itself(&map, reader).into_iter().collect()
    };
    let text = |key: &str, reader: &mut Reader| {
        map.get(key).and_then(|node| reader.string(node)).map(|text| text.value)
    };
    let value = |key: &str| map.get(key).map(Node::to_json).unwrap_or_default();
    Some(Example {
        what: what?.value,
        answers,
        profile: value("profile"),
        case: value("case"),
        given: value("given"),
        recorded: recorded.unwrap_or_default(),
        baseline: value("baseline"),
        at: text("at", reader),
        says: text("says", reader),
    })
}

fn answer_by_itself(map: &MapReader<'_>, reader: &mut Reader) -> Option<ExampleAnswer> {
    let action = map.required_text("action", "an example", reader);
    if let Some(action) = action.as_ref().filter(|name| Model::ec2().action(name).is_none()) {
        let all = Model::ec2().actions().map(|action| action.name.as_str());
        reader.report(
            Diagnostic::error(format!("EC2 has no action `{}`", action.value))
                .at(action.span.clone(), "not known")
                .suggest(crate::model::suggest(action, all)),
        );
    }
    let answer = answer(map, reader)?;
    Some(ExampleAnswer { action: Some(action?.value), ..answer })
}

fn answers_of_steps(node: &Node, reader: &mut Reader) -> Vec<ExampleAnswer> {
    let nodes = reader.list(node, "answers");
    nodes.iter().filter_map(|node| answer_of_step(node, reader)).collect()
}

fn answer_of_step(node: &Node, reader: &mut Reader) -> Option<ExampleAnswer> {
    let map = reader.map_of::<StepKeys>(node, "an answer")?;
    let step = map.required_text("step", "an answer", reader);
    let answer = answer(&map, reader)?;
    Some(ExampleAnswer { step: Some(step?.value), ..answer })
}

fn answer(map: &MapReader<'_>, reader: &mut Reader) -> Option<ExampleAnswer> {
    let version = map.get("version").and_then(|node| reader.string(node));
    let request = map.get("request").map(|node| pairs(node, "parameters", reader));
    let headers = map.get("headers").map(|node| pairs(node, "headers", reader));
    let status = map.get("status").and_then(|node| status(node, reader));
    let output = map.get("output").map(|node| format!("{:#}", node.to_json()));
    let in_members = output.is_some();
    let body = match output {
        Some(output) => Some(output),
        None => map.required_text("body", "an answer", reader).map(|text| text.value),
    };
    Some(ExampleAnswer {
        action: None,
        step: None,
        version: version.map_or_else(|| VERSION.to_owned(), |version| version.value),
        request: request.unwrap_or_default().into_iter().collect(),
        status: status.unwrap_or(200),
        headers,
        body: body?,
        in_members,
    })
}

fn status(node: &Node, reader: &mut Reader) -> Option<u16> {
    match node.kind {
        NodeKind::Integer(status @ 100..=599) => u16::try_from(status).ok(),
        _ => {
            reader.expected("an HTTP status", node);
            None
        }
    }
}

fn pairs(node: &Node, what: &str, reader: &mut Reader) -> Vec<(String, String)> {
    let Some(map) = reader.map(node, what) else { return Vec::new() };
    map.entries
        .iter()
        .filter_map(|(name, node)| Some((name.value.clone(), reader.string(node)?.value)))
        .collect()
}
