//! Answers of real AWS to start from: raw ones as they are, SDK-shaped ones written as XML.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use parallax::model::Model;
use parallax::transcript::Exchange;
use parallax::wire::{Answer, Document};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::node::Node;
use super::render;

/// Why what `baselines/excluded-recordings.json` names is left out.
pub const TRIMMED: &str = "trimmed by hand";

/// One answer of AWS.
pub struct Sample {
    /// The action that was called.
    pub action: String,
    /// `repository:path` of the recording.
    pub source: String,
    /// The test or cassette that it comes from: what one of them holds is one piece of evidence.
    pub unit: String,
    /// The request's `Version`.
    pub version: String,
    /// What is changed.
    pub reply: Reply,
    /// The document's elements.
    pub root: Node,
    /// Whether AWS sent these bytes; otherwise they were written from an SDK-shaped recording.
    pub raw: bool,
}

/// An answer's bytes.
#[derive(Clone)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// Header names and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// What was read.
#[derive(Default)]
pub struct Samples {
    /// The answers, raw ones first.
    pub list: Vec<Sample>,
    /// Recordings that were left out, and why.
    pub left_out: Vec<String>,
}

#[derive(Deserialize)]
struct Line {
    source: String,
    http_status: u16,
    output: Option<Value>,
    body: Option<String>,
    #[serde(default)]
    headers: std::collections::BTreeMap<String, Vec<String>>,
    #[serde(default)]
    request: Vec<(String, String)>,
}

#[derive(Deserialize)]
struct Exclusion {
    source: String,
}

impl Samples {
    /// Reads a folder of recordings, `wire/` in it too.
    ///
    /// # Errors
    /// Names the file or line that cannot be read.
    pub fn read(folder: &Path) -> Result<Samples, String> {
        let excluded: Vec<Exclusion> =
            serde_json::from_str(include_str!("../../../baselines/excluded-recordings.json"))
                .map_err(|e| e.to_string())?;
        let mut samples = Samples::default();
        for folder in [folder.join("wire"), folder.to_owned()] {
            for file in files(&folder)? {
                let action = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                let text = std::fs::read_to_string(&file)
                    .map_err(|e| format!("{}: {e}", file.display()))?;
                for (n, line) in text.lines().enumerate() {
                    let at = |why: &str| format!("{}:{}: {why}", file.display(), n + 1);
                    let line: Line = serde_json::from_str(line).map_err(|e| at(&e.to_string()))?;
                    if excluded.iter().any(|e| line.source.starts_with(&e.source)) {
                        samples.left_out.push(at(TRIMMED));
                        continue;
                    }
                    match sample(&action, line) {
                        Ok(sample) => samples.list.push(sample),
                        Err(why) => samples.left_out.push(at(&why)),
                    }
                }
            }
        }
        Ok(samples)
    }
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = std::fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "jsonl"))
        .collect();
    files.sort();
    Ok(files)
}

fn sample(action: &str, line: Line) -> Result<Sample, String> {
    let unit = unit(&line.source);
    if let Some(body) = line.body {
        let document = Document::parse(body.as_bytes()).map_err(|e| e.to_string())?;
        let root = Node::from(&document.root);
        let version = line.request.iter().find(|(name, _)| name == "Version");
        let headers = line.headers.iter().flat_map(|(name, values)| {
            values.iter().map(move |value| (name.clone(), value.clone()))
        });
        return Ok(Sample {
            action: action.to_owned(),
            unit,
            version: version.map(|(_, value)| value.clone()).unwrap_or_default(),
            reply: Reply {
                status: line.http_status,
                headers: headers.collect(),
                body: body.into_bytes(),
            },
            root,
            source: line.source,
            raw: true,
        });
    }
    let output = line.output.ok_or("neither `output` nor `body`")?;
    let model = Model::ec2();
    let found = model.action(action).ok_or("no action of EC2")?;
    let id = Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("{}#{action}", line.source).as_bytes());
    let root = if (200..300).contains(&line.http_status) {
        render::success(model, found, &output, &id)?
    } else {
        let text = |name: &str| output["Error"][name].as_str().unwrap_or_default().to_owned();
        render::refusal(&text("Code"), &text("Message"), &id)
    };
    let body = root.document();
    if (200..300).contains(&line.http_status) {
        reads_back(model, action, &output, &body)?;
    }
    // The headers of the raw answers recorded from 2020 on.
    let headers = [
        ("X-Amzn-Requestid", id.to_string()),
        ("Content-Type", "text/xml;charset=UTF-8".to_owned()),
        ("Content-Length", body.len().to_string()),
        ("Date", "Wed, 12 Aug 2020 14:15:19 GMT".to_owned()),
        ("Server", "AmazonEC2".to_owned()),
    ];
    Ok(Sample {
        action: action.to_owned(),
        unit,
        version: model.api_version().to_owned(),
        reply: Reply {
            status: line.http_status,
            headers: headers.map(|(name, value)| (name.to_owned(), value)).to_vec(),
            body,
        },
        root,
        source: line.source,
        raw: false,
    })
}

/// What was written says the same when it is read again.
fn reads_back(model: &Model, action: &str, output: &Value, body: &[u8]) -> Result<(), String> {
    let found = model.action(action).ok_or("no action of EC2")?;
    let Answer::Output { decoded, .. } = Answer::read(model, Some(found), 200, body) else {
        return Err("what was written is no success".to_owned());
    };
    let written = render::canonical(model, found.output, output);
    let mut read = render::canonical(model, found.output, &decoded.value);
    if found.output.is_none() {
        read.as_object_mut().map(|map| map.shift_remove("return"));
    }
    if written != read {
        return Err(format!("written and read again it is another: {written} became {read}"));
    }
    Ok(())
}

pub fn unit(source: &str) -> String {
    match source.split_once('#') {
        Some((cassette, _)) => cassette.to_owned(),
        None => source.rsplit_once('/').map_or(source, |(folder, _)| folder).to_owned(),
    }
}

impl Sample {
    /// Whether it is a success.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.reply.status)
    }

    /// An exchange with this reply to the sample's request.
    pub fn exchange(&self, reply: &Reply) -> Exchange {
        exchange(&self.action, &self.version, reply)
    }
}

/// An exchange with this reply. Made from JSON: what is in a transcript has no constructor, so
/// that nothing gets there without having been redacted.
fn exchange(action: &str, version: &str, reply: &Reply) -> Exchange {
    let exchange = json!({
        "seq": 1, "purpose": "step", "step": "call", "action": action,
        "attempt": 1, "at_ms": 0, "took_ms": 1,
        "request": {
            "method": "POST", "url": "https://ec2.us-east-1.amazonaws.com/", "headers": [],
            "body": format!("Action={action}&Version={version}"),
        },
        "reply": reply.to_json(),
    });
    serde_json::from_value(exchange).expect("an exchange of a transcript")
}

impl Reply {
    /// The reply as a transcript has it.
    pub fn to_json(&self) -> Value {
        let body = match std::str::from_utf8(&self.body) {
            Ok(text) => json!({"text": text}),
            Err(_) => {
                json!({"base64": base64::engine::general_purpose::STANDARD.encode(&self.body)})
            }
        };
        json!({"response": {"status": self.status, "headers": self.headers, "body": body}})
    }
}
