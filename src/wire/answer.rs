//! What an answer says: success with members, a refusal, or something that is not EC2 at all.

use serde_json::Value;

use super::{Decoded, Document, Element, ErrorAnswer, decode_members, decode_output, read_error};
use crate::model::{Action, Model, ShapeKind};

/// What an answer says.
#[derive(Debug, Clone)]
pub enum Answer {
    /// HTTP 2xx with a document: the output.
    Output {
        /// The members.
        decoded: Decoded,
        /// What is around them; `None` if the answer was stored in SDK member names.
        envelope: Option<Envelope>,
    },
    /// A refusal.
    Error {
        /// What the envelope says.
        error: ErrorAnswer,
        /// What is around it; `None` if the answer was stored in SDK member names.
        envelope: Option<Envelope>,
    },
    /// Not an answer of an EC2 API; says what it looks like instead.
    Foreign(String),
}

/// What is in an answer's outermost element but its members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// The name of the outermost element.
    pub root: String,
    /// The namespace that it declares.
    pub namespace: Option<String>,
    /// The text of its `requestId`.
    pub request_id: Option<String>,
}

impl Envelope {
    fn of(root: &Element<'_>) -> Envelope {
        Envelope {
            root: root.name.to_owned(),
            namespace: root.namespace.as_deref().map(str::to_owned),
            request_id: root.child("requestId").map(|id| id.text.trim().to_owned()),
        }
    }
}

impl Answer {
    /// Reads an answer as an SDK does: HTTP 2xx is success, everything else a refusal.
    pub fn read(model: &Model, action: Option<&Action>, status: u16, body: &[u8]) -> Answer {
        let document = match Document::parse(body) {
            Ok(document) => document,
            Err(error) => return Answer::Foreign(describe(status, body, &error.to_string())),
        };
        if (200..300).contains(&status) {
            if read_error(&document.root).is_some_and(|_| document.root.name == "Response") {
                return Answer::Foreign(format!("HTTP {status} with an error in its body"));
            }
            if document.root.name.eq_ignore_ascii_case("html") {
                return Answer::Foreign(format!("HTTP {status} with an HTML page"));
            }
            let output = action.and_then(|a| a.output);
            let decoded = decode_output(model, output, &document.root);
            return Answer::Output { decoded, envelope: Some(Envelope::of(&document.root)) };
        }
        match read_error(&document.root) {
            Some(error) => Answer::Error { error, envelope: Some(Envelope::of(&document.root)) },
            None => Answer::Foreign(format!(
                "HTTP {status} with <{}>, which is no error envelope of EC2",
                document.root.name
            )),
        }
    }

    /// Reads an answer that was stored in SDK member names: a success is its output, a refusal an
    /// object with `Error`, in which `Code` and `Message` are.
    pub fn of_members(
        model: &Model,
        action: Option<&Action>,
        status: u16,
        stored: &Value,
    ) -> Answer {
        let shape = action.and_then(|a| a.output);
        let is_member = shape.is_some_and(|id| match &model.shape(id).kind {
            ShapeKind::Structure(structure) => structure.member("Error").is_some(),
            _ => false,
        });
        let refusal = stored.get("Error").filter(|error| !is_member && error.is_object());
        match (refusal, (200..300).contains(&status)) {
            (None, true) => {
                Answer::Output { decoded: decode_members(model, shape, stored), envelope: None }
            }
            (Some(_), true) => Answer::Foreign(format!("HTTP {status} with an error in its body")),
            (None, false) => Answer::Foreign(format!("HTTP {status} without an error code")),
            (Some(error), false) => {
                let text = |name: &str| error.get(name).and_then(Value::as_str).map(str::to_owned);
                let code = text("Code").filter(|code| !code.is_empty());
                let Some(code) = code else {
                    return Answer::Foreign(format!("HTTP {status} without an error code"));
                };
                let message = text("Message").unwrap_or_default();
                let error = ErrorAnswer { code, message, request_id: None, deviation: None };
                Answer::Error { error, envelope: None }
            }
        }
    }

    /// The output's members, if it is a success.
    pub fn output(&self) -> Option<&Value> {
        match self {
            Answer::Output { decoded, .. } => Some(&decoded.value),
            _ => None,
        }
    }

    /// The error's code, if it is a refusal.
    pub fn error_code(&self) -> Option<&str> {
        match self {
            Answer::Error { error, .. } => Some(&error.code),
            _ => None,
        }
    }
}

/// What a body that is no XML looks like.
fn describe(status: u16, body: &[u8], error: &str) -> String {
    let start = String::from_utf8_lossy(&body[..body.len().min(512)]).trim_start().to_lowercase();
    let what = if body.is_empty() {
        "an empty body".to_owned()
    } else if start.starts_with("<!doctype html") || start.starts_with("<html") {
        "an HTML page".to_owned()
    } else if start.starts_with('{') || start.starts_with('[') {
        "what looks like JSON".to_owned()
    } else if let Some(encoding) = compression(body) {
        format!("{} compressed ({encoding}) bytes, which no SDK asks for", body.len())
    } else {
        format!("{} bytes that are no XML: {error}", body.len())
    };
    format!("HTTP {status} with {what}")
}

/// What a body is compressed with, by its first bytes (RFC 1952 and 1950). Brotli has none of its own.
fn compression(body: &[u8]) -> Option<&'static str> {
    match body {
        [0x1f, 0x8b, 8, ..] => Some("gzip"),
        [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..] => Some("deflate"),
        _ => None,
    }
}
