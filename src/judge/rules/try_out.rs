//! Judges an example as a transcript is judged: what a rule's file claims is put to the test.

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Example, ExampleAnswer};
use crate::assets::Assets;
use crate::case::{Case, Suite};
use crate::judge::baseline::Baselines;
use crate::judge::errors::ErrorCodes;
use crate::judge::recorded::{Recordings, distil};
use crate::judge::shape::Recording;
use crate::judge::{Finding, Knowledge, judge, judge_exchange, judge_recording};
use crate::transcript::Transcript;

/// The headers of an answer of AWS.
const HEADERS: [(&str, &str); 2] = [
    ("content-type", "text/xml;charset=UTF-8"),
    ("x-amzn-requestid", "7a62c49f-347e-4fc4-9331-6e8e0f5f5c11"),
];

/// What is found in the answers of an example.
///
/// # Errors
/// The example itself has a mistake.
pub(super) fn findings(example: &Example) -> Result<Vec<Finding>, String> {
    let folder = Folder::new()?;
    match &example.case {
        Value::Null => by_itself(example, &folder),
        case => in_case(example, case, &folder),
    }
}

fn by_itself(example: &Example, folder: &Folder) -> Result<Vec<Finding>, String> {
    let answer = example.answers.first().ok_or("there is no answer")?;
    let action = answer.action.as_deref().ok_or("there is no action")?;
    if !example.profile.is_null() {
        folder.write("baselines/aws/shapes/example.json", &profile(action, &example.profile))?;
    }
    if answer.in_members {
        let output: Value = serde_json::from_str(&answer.body).map_err(|e| e.to_string())?;
        let line = json!({ "http_status": answer.status, "output": output });
        let recording = Recording::parse(line.to_string().as_bytes())?;
        return Ok(judge_recording(action, &recording, &folder.knowledge(None)?));
    }
    let exchange = read(exchange(answer, action, "example", 1))?;
    Ok(judge_exchange(&exchange, &folder.knowledge(None)?))
}

fn in_case(example: &Example, case: &Value, folder: &Folder) -> Result<Vec<Finding>, String> {
    const ID: &str = "3c9d3f5e-8f3a-4a39-9f53-2f4f0d1f6a10";
    let case =
        with_defaults(case, json!({ "id": ID, "title": "An example", "capability": "example" }));
    folder.write("cases/example/example.yaml", &case)?;
    let suite = Suite::load(&folder.assets("cases")).map_err(|e| e.to_string())?;
    let [case] = &suite.cases[..] else { return Err("one case is expected".to_owned()) };
    if !example.baseline.is_null() {
        folder.write("baselines/aws/example/example.json", &baseline(&example.baseline, ID))?;
    }
    if !example.recorded.is_empty() {
        let recorded = recorded(&transcript(example, &example.recorded, case)?)?;
        folder.write("baselines/example/example/example.recorded.json", &recorded)?;
    }
    let knowledge = folder.knowledge(Some(&suite))?;
    let transcript = transcript(example, &example.answers, case)?;
    let transcript = Transcript::parse(&transcript).map_err(|e| e.to_string())?;
    let result = judge(&transcript, &knowledge);
    Ok(result.cases.into_iter().flat_map(|case| case.findings).collect())
}

/// The baseline that a recording of these answers gives.
fn recorded(transcript: &str) -> Result<Value, String> {
    let mut recordings = Recordings::default();
    recordings.add("example", transcript).map_err(|e| e.to_string())?;
    let distilled = distil("example", &recordings, &Knowledge::default());
    let baseline = distilled.baselines.into_values().next().ok_or("nothing can be learned")?;
    serde_json::to_value(baseline).map_err(|e| e.to_string())
}

/// The text of a transcript in which these answers came.
fn transcript(example: &Example, answers: &[ExampleAnswer], case: &Case) -> Result<String, String> {
    let run = json!({
        "event": "run", "version": 1, "parallax": "0", "run": "example",
        "started": "2026-01-31T12:00:00Z",
        "target": { "name": "example", "endpoint": "http://example.test/", "region": "us-east-1" },
    });
    let given = match &example.given {
        Value::Null => json!({}),
        given => given.clone(),
    };
    let started = json!({ "event": "case", "case": case, "variables": given, "at_ms": 0 });
    let mut lines = vec![run, started];
    for (answer, seq) in answers.iter().zip(1..) {
        let id = answer.step.as_deref().unwrap_or_default();
        let step = case.step(id).ok_or_else(|| format!("the case has no step `{id}`"))?;
        if let (Some(kind), true) = (step.probe, answer.in_members) {
            let found: Value = serde_json::from_str(&answer.body).map_err(|e| e.to_string())?;
            lines.push(json!({
                "event": "probe", "case": case.id, "step": id, "kind": kind, "look": seq,
                "at_ms": seq * 1000, "took_ms": 10, "with": {}, "result": { "found": found },
            }));
            continue;
        }
        if answer.in_members {
            return Err(format!(
                "`output` is what a probe found, and `{id}` is none: write `body`"
            ));
        }
        let mut exchange = exchange(answer, &step.action, id, seq);
        exchange["event"] = json!("exchange");
        exchange["case"] = json!(case.id);
        lines.push(exchange);
    }
    lines.push(json!({ "event": "end", "interrupted": false, "at_ms": 60_000 }));
    let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
    Ok(lines.join("\n") + "\n")
}

fn exchange(answer: &ExampleAnswer, action: &str, step: &str, seq: u64) -> Value {
    let parameters = answer.request.iter().map(|(name, value)| format!("&{name}={value}"));
    let request = format!("Action={action}&Version={}", answer.version);
    let own = answer.headers.as_ref().map(|headers| json!(headers));
    json!({
        "seq": seq, "step": step, "purpose": "step", "action": action, "attempt": 1,
        "at_ms": seq * 1000, "took_ms": 10,
        "request": {
            "method": "POST", "url": "http://example.test/", "headers": [],
            "body": request + &parameters.collect::<String>(),
        },
        "reply": { "response": {
            "status": answer.status,
            "headers": own.unwrap_or_else(|| json!(HEADERS)),
            "body": { "text": answer.body },
        } },
    })
}

/// A profile of these paths.
fn profile(action: &str, paths: &Value) -> Value {
    json!({
        "action": action, "responses": 40, "recordings": 20,
        "sources": { "example/recordings": {
            "responses": 40, "recordings": 20, "dated": 20, "exact": true,
            "from": "2016-01-31", "to": "2026-01-31", "url": "https://example.test/",
        } },
        "paths": paths,
    })
}

/// A baseline of which an example needs to write only what it is about.
fn baseline(baseline: &Value, case: &str) -> Value {
    let source = json!({
        "title": "An example", "url": "https://docs.aws.amazon.com/", "accessed": "2026-01-31",
        "states": "What the example says.",
    });
    let mut baseline = with_defaults(
        baseline,
        json!({ "case": case, "provenance": "documented", "sources": { "example": source } }),
    );
    for expectation in baseline["expect"].as_array_mut().into_iter().flatten() {
        *expectation = with_defaults(expectation, json!({ "source": "example" }));
    }
    baseline
}

/// The members of `value`, and those of `defaults` that it lacks.
fn with_defaults(value: &Value, defaults: Value) -> Value {
    let (Value::Object(own), Value::Object(mut all)) = (value, defaults) else {
        return value.clone();
    };
    all.extend(own.clone());
    Value::Object(all)
}

fn read<T: serde::de::DeserializeOwned>(value: Value) -> Result<T, String> {
    serde_json::from_value(value).map_err(|e| e.to_string())
}

/// Case, baseline and profile of an example lie in files, so that they are read and checked as all
/// others are.
struct Folder(TempDir);

impl Folder {
    fn new() -> Result<Folder, String> {
        let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
        for name in ["cases", "baselines"] {
            std::fs::create_dir(folder.path().join(name)).map_err(|e| e.to_string())?;
        }
        Ok(Folder(folder))
    }

    fn write(&self, name: &str, value: &Value) -> Result<(), String> {
        let path = self.0.path().join(name);
        let folder = path.parent().ok_or("a file lies in a folder")?;
        std::fs::create_dir_all(folder).map_err(|e| e.to_string())?;
        let text = serde_json::to_string_pretty(value).map_err(|e| e.to_string())?;
        std::fs::write(path, text).map_err(|e| e.to_string())
    }

    fn assets(&self, name: &str) -> Assets {
        Assets::Folder(self.0.path().join(name))
    }

    /// What is known, checked against the suite if there is one.
    fn knowledge(&self, suite: Option<&Suite>) -> Result<Knowledge, String> {
        let assets = self.assets("baselines");
        let errors = ErrorCodes::load(&assets).map_err(|e| e.to_string())?;
        let suite = suite.map(|suite| (suite, &errors));
        Baselines::load(&assets, None, suite).map_err(|e| e.to_string())?;
        Knowledge::load(&assets, None).map_err(|e| e.to_string())
    }
}
