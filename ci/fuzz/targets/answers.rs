//! Answers of endpoints, success or refusal, through decoding and every layer of the judge, AWS's SDK
//! among them. The first line says what is answered: `DescribeVpcs 200`.

use std::collections::BTreeMap;

use base64::Engine as _;
use parallax::judge::judge_recording;
use parallax::judge::shape::{RawAnswer, Recording};
use parallax::model::Model;
use parallax::transcript::{Body, Redactor};
use parallax::wire::{Answer, Document};
use serde_json::Value;

use super::knowledge::{evidence, of_no_case};
use super::seen::{self, findings};
use super::{SECRET, Target, kind};
use crate::mutate::Syntax;

pub const TARGET: Target = Target {
    name: "answers",
    syntax: Syntax::Xml,
    seeds,
    words: &[
        "item",
        "requestId",
        "RequestID",
        "Response",
        "Errors",
        "Error",
        "Code",
        "Message",
        "xmlns",
        "return",
    ],
    run,
};

/// Answers to one action that are begun with.
const MOST_OF_ONE: usize = 40;
const LONGEST: usize = 32 << 10;

fn seeds() -> Vec<Vec<u8>> {
    let mut by_action: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let of_aws = evidence().into_iter().filter_map(|(action, line)| {
        let line: Value = serde_json::from_str(&line).ok()?;
        Some((action, line["http_status"].as_u64()?, line["body"].as_str()?.to_owned()))
    });
    for (action, status, body) in of_aws.chain(seen::answers()) {
        let all = by_action.entry(format!("{action} {}", status / 100)).or_default();
        if all.len() < MOST_OF_ONE && body.len() < LONGEST {
            all.push(format!("{action} {status}\n{body}"));
        }
    }
    by_action.into_values().flatten().map(String::into_bytes).collect()
}

fn run(input: &[u8]) -> String {
    let end = input.iter().position(|b| *b == b'\n').unwrap_or(input.len());
    let (line, body) =
        (String::from_utf8_lossy(&input[..end]), input.get(end + 1..).unwrap_or_default());
    let mut words = line.split(' ');
    let named = words.next().unwrap_or_default();
    let action = if Model::ec2().action(named).is_some() { named } else { "DescribeInstances" };
    let status = words.next().and_then(|word| word.parse().ok()).unwrap_or(200);
    judged(
        action,
        status,
        vec![("content-type".to_owned(), "text/xml;charset=UTF-8".to_owned())],
        body,
    )
}

/// Through everything that looks at an answer.
pub fn judged(action: &str, status: u16, headers: Vec<(String, String)>, body: &[u8]) -> String {
    redacted(action, body);
    let model = Model::ec2();
    let whole = Document::parse(body).is_ok();
    let answer = Answer::read(model, model.action(action), status, body);
    assert!(whole || matches!(answer, Answer::Foreign(_)), "read from what is no document");
    let words = match &answer {
        Answer::Output { .. } => "success",
        Answer::Error { .. } => "refusal",
        Answer::Foreign(_) => "foreign",
    };
    let raw = RawAnswer {
        request: vec![
            ("Action".to_owned(), action.to_owned()),
            ("Version".to_owned(), "2016-11-15".to_owned()),
        ],
        headers,
        body: body.to_vec(),
    };
    let recording = Recording {
        source: String::new(),
        action: Some(action.to_owned()),
        status,
        date: None,
        output: None,
        raw: Some(raw),
    };
    let without_secret = Redactor::new(vec![SECRET.to_owned()]);
    let found = judge_recording(action, &recording, &of_no_case());
    let hidden: Vec<_> = found
        .into_iter()
        .map(|mut finding| {
            // What is judged is what was written: there it is taken out already.
            finding.message = without_secret.text(&finding.message).as_str().to_owned();
            finding.actual = without_secret.value(&finding.actual).as_value().clone();
            finding.path = without_secret.text(&finding.path).as_str().to_owned();
            finding
        })
        .collect();
    assert!(hidden.len() < 5000, "{} findings", hidden.len());
    kind(&format!("{words} {}", findings(&hidden)))
}

/// What is written of a body holds no secret, and else all of it.
fn redacted(action: &str, body: &[u8]) {
    let redactor = Redactor::new(vec![SECRET.to_owned()]);
    let written = match redactor.body(action, body) {
        Body::Text(text) => text.as_str().as_bytes().to_vec(),
        Body::Base64(text) => {
            let engine = base64::engine::general_purpose::STANDARD;
            engine.decode(text.as_str()).expect("Base64")
        }
    };
    let holds = |bytes: &[u8], word: &str| bytes.windows(word.len()).any(|w| w == word.as_bytes());
    assert!(!holds(&written, SECRET), "the secret is written");
    if !holds(body, "redacted") && !holds(&written, "redacted") {
        assert!(written == body, "something was lost");
    }
}
