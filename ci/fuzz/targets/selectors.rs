//! JMESPath: compiled, checked against the model, and looked up in answers.

use std::sync::OnceLock;

use parallax::case::Selector;
use parallax::model::{Matcher, Model};
use parallax::wire::Answer;
use serde_json::Value;

use super::knowledge::{files, suite};
use super::{Target, kind, seen};
use crate::mutate::Syntax;
use parallax::assets::Assets;

pub const TARGET: Target = Target {
    name: "selectors",
    syntax: Syntax::Text,
    seeds,
    words: &[
        "[*]",
        "[]",
        "[?",
        "[0]",
        "[-1]",
        "[::2]",
        "[::-1]",
        "[1:]",
        "&&",
        "||",
        "!",
        "==",
        "!=",
        "<",
        ">=",
        "@",
        "`1`",
        "`\"x\"`",
        "'x'",
        "| [0]",
        "length(@)",
        "sort_by(@, &a)",
        "map(&a, @)",
        "max_by",
        "to_string(@)",
        "join(',', @)",
        "keys(@)",
        "values(@)",
        "merge(@, @)",
        "not_null",
        "reverse",
        "to_number",
        "avg",
        "sum",
        "contains",
        "starts_with",
        "type(@)",
        "[@, @]",
        "{a: @, b: @}",
        "&",
        "*",
        "[9223372036854775807]",
        "[-9223372036854775808:]",
        "[::0]",
        "\"\\ud800\"",
    ],
    run,
};

fn seeds() -> Vec<Vec<u8>> {
    let mut paths: Vec<String> = Vec::new();
    for case in &suite().cases {
        paths.extend(case.steps.iter().flat_map(|s| s.binds().map(|(_, path)| path.to_owned())));
    }
    for text in files(&Assets::Baselines, "aws/", ".json") {
        let Ok(baseline) = serde_json::from_slice::<Value>(&text) else { continue };
        let expected = baseline["expect"].as_array().into_iter().flatten();
        paths.extend(expected.filter_map(|e| e["value"].as_str().map(str::to_owned)));
    }
    for waiter in Model::ec2().waiters() {
        for acceptor in &waiter.acceptors {
            match &acceptor.matcher {
                Matcher::Path { argument, .. }
                | Matcher::PathAll { argument, .. }
                | Matcher::PathAny { argument, .. } => paths.push(argument.clone()),
                _ => {}
            }
        }
    }
    paths.sort();
    paths.dedup();
    paths.into_iter().map(String::into_bytes).collect()
}

/// Answers of several actions, decoded.
fn answers() -> &'static [(String, Value)] {
    static ANSWERS: OnceLock<Vec<(String, Value)>> = OnceLock::new();
    ANSWERS.get_or_init(|| {
        let mut found: Vec<(String, Value)> = Vec::new();
        for (action, status, body) in seen::answers() {
            let known = found.iter().filter(|(other, _)| *other == action).count();
            let model = Model::ec2();
            let status = u16::try_from(status).expect("a status");
            let answer = Answer::read(model, model.action(&action), status, body.as_bytes());
            if let (Some(output), 0) = (answer.output(), known) {
                found.push((action, output.clone()));
            }
        }
        found
    })
}

fn run(input: &[u8]) -> String {
    let text = String::from_utf8_lossy(input);
    let selector = match Selector::new(&text) {
        Ok(selector) => selector,
        Err(error) => {
            assert!(!error.message.is_empty(), "refused without a reason");
            return kind(&error.message).chars().take(60).collect();
        }
    };
    let mut outcomes = Vec::new();
    for (action, output) in answers() {
        let shape = Model::ec2().action(action).and_then(|action| action.output);
        let checked = selector.check(Model::ec2(), shape);
        match selector.find(output) {
            Ok(found) => {
                assert!(found.to_string().len() < 64 << 20, "found is far more than there is");
                if checked.is_ok() && !found.is_null() {
                    outcomes.push("found".to_owned());
                }
            }
            Err(error) => outcomes.push(kind(&error.message)),
        }
    }
    outcomes.sort();
    outcomes.dedup();
    outcomes.truncate(3);
    format!("{} parts: {}", text.len().ilog2(), outcomes.join(", "))
}
