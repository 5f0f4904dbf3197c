//! One stored answer, in either of the two formats, one JSON object a line:
//!
//! - in SDK member names: `source`, `http_status`, `output`;
//! - raw: `source`, `http_status`, `request` (Query parameters in order), `headers`, `body` (XML),
//!   `recorded_at`.
//!
//! Which action it answers stands in `action`, else in the `Action` of the request, else in the name
//! of the file.

use base64::Engine as _;
use jiff::civil::Date;
use serde_json::{Map, Value};

/// One stored answer.
#[derive(Debug, Clone)]
pub struct Recording {
    /// Where it was recorded: `owner/repository:path`, with `#n` behind a cassette's path; empty if
    /// the line does not say.
    pub source: String,
    /// The action, if the line names one.
    pub action: Option<String>,
    /// The HTTP status.
    pub status: u16,
    /// The day on which it was recorded, if that is known.
    pub date: Option<Date>,
    /// The answer in SDK member names.
    pub output: Option<Value>,
    /// The answer as received.
    pub raw: Option<RawAnswer>,
}

/// An answer as received, and what was asked.
#[derive(Debug, Clone)]
pub struct RawAnswer {
    /// Query parameters in order.
    pub request: Vec<(String, String)>,
    /// Header names and values in order.
    pub headers: Vec<(String, String)>,
    /// The body's bytes.
    pub body: Vec<u8>,
}

impl Recording {
    /// Reads a line.
    ///
    /// # Errors
    /// In a sentence: what is wrong with the line, and what it should be.
    pub fn parse(line: &[u8]) -> Result<Recording, String> {
        let text = std::str::from_utf8(line).map_err(|e| {
            format!("byte {} is not UTF-8; write JSON in UTF-8", e.valid_up_to() + 1)
        })?;
        let value: Value =
            serde_json::from_str(text).map_err(|e| format!("this is no JSON: {e}"))?;
        let Value::Object(map) = value else {
            return Err("this is no JSON object; a line is { source, http_status, output } or \
                        { source, http_status, request, headers, body }"
                .to_owned());
        };
        let status = map.get("http_status").ok_or("`http_status` is missing, such as 200")?;
        let status = status
            .as_u64()
            .and_then(|n| u16::try_from(n).ok())
            .filter(|n| (100..600).contains(n))
            .ok_or_else(|| {
                format!("`http_status` is {status}; it has to be a number from 100 to 599")
            })?;
        let raw = match map.get("body").or_else(|| map.get("body_base64")) {
            None | Some(Value::Null) => None,
            Some(body) => Some(RawAnswer {
                request: pairs("request", map.get("request"))?,
                headers: pairs("headers", map.get("headers"))?,
                body: bytes(&map, body)?,
            }),
        };
        // The first bytes of gzip; XML begins otherwise.
        if raw.as_ref().is_some_and(|raw: &RawAnswer| raw.body.starts_with(&[0x1f, 0x8b])) {
            return Err(
                "the body is compressed by gzip; store it as it is when unpacked".to_owned()
            );
        }
        let output = map.get("output").filter(|output| !output.is_null()).cloned();
        if raw.is_none() && output.is_none() {
            return Err("there is neither `output` nor `body`".to_owned());
        }
        let asked = raw.iter().flat_map(|raw| &raw.request).find(|(name, _)| name == "Action");
        Ok(Recording {
            source: text_of(&map, "source")?.unwrap_or_default(),
            action: text_of(&map, "action")?.or_else(|| asked.map(|(_, action)| action.clone())),
            status,
            date: text_of(&map, "recorded_at")?.as_deref().and_then(day),
            output,
            raw,
        })
    }

    /// The project that recorded it: `owner/repository`.
    pub fn project(&self) -> &str {
        self.source.split_once(':').map_or(&self.source, |(project, _)| project)
    }

    /// What it was recorded together with: the cassette, or the folder of a test. What one test
    /// recorded is one piece of evidence, however many answers it holds.
    pub fn unit(&self) -> &str {
        if let Some((cassette, _)) = self.source.rsplit_once('#') {
            return cassette;
        }
        match self.source.rsplit_once('/') {
            Some((folder, _)) if folder.contains(':') => folder,
            _ => &self.source,
        }
    }
}

fn text_of(map: &Map<String, Value>, name: &str) -> Result<Option<String>, String> {
    match map.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(other) => Err(format!("`{name}` has to be a text, not {}", kind(other))),
    }
}

/// Names and values: `[[name, value], …]`, or `{ name: value }` with one value or several.
fn pairs(what: &str, value: Option<&Value>) -> Result<Vec<(String, String)>, String> {
    let wrong = || format!("`{what}` has to be a list of [name, value], or an object");
    let text = |value: &Value| match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(_) | Value::Bool(_) => Ok(value.to_string()),
        Value::Null => Ok(String::new()),
        _ => Err(wrong()),
    };
    match value {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| match item.as_array().map(Vec::as_slice) {
                Some([Value::String(name), value]) => Ok((name.clone(), text(value)?)),
                _ => Err(wrong()),
            })
            .collect(),
        Some(Value::Object(map)) => {
            let mut pairs = Vec::new();
            for (name, value) in map {
                match value {
                    Value::Array(values) => {
                        for value in values {
                            pairs.push((name.clone(), text(value)?));
                        }
                    }
                    value => pairs.push((name.clone(), text(value)?)),
                }
            }
            Ok(pairs)
        }
        Some(_) => Err(wrong()),
    }
}

/// The body's bytes: text, or Base64 where it says so (`body_base64`, `"encoding": "base64"`, or an
/// object with `base64` or, as VCR has it, `base64_string`).
fn bytes(map: &Map<String, Value>, body: &Value) -> Result<Vec<u8>, String> {
    let decode = |text: &str| {
        let text: String = text.split_ascii_whitespace().collect();
        let engine = base64::engine::general_purpose::STANDARD;
        engine.decode(text).map_err(|e| format!("the body is no Base64: {e}"))
    };
    let encoded = !map.contains_key("body")
        || map
            .get("encoding")
            .and_then(Value::as_str)
            .is_some_and(|e| e.eq_ignore_ascii_case("base64"));
    match body {
        Value::String(text) if encoded => decode(text),
        Value::String(text) => Ok(text.clone().into_bytes()),
        Value::Object(inner) => {
            let text = |name: &str| inner.get(name).and_then(Value::as_str);
            if let Some(base64) = text("base64").or_else(|| text("base64_string")) {
                decode(base64)
            } else if let Some(plain) = text("text").or_else(|| text("string")) {
                Ok(plain.as_bytes().to_vec())
            } else {
                Err("`body` is an object with neither `text` nor `base64`".to_owned())
            }
        }
        other => Err(format!("`body` has to be a text, not {}", kind(other))),
    }
}

/// The day of a time as HTTP, RFC 3339 or LocalStack write it.
pub(super) fn day(text: &str) -> Option<Date> {
    if let Ok(zoned) = jiff::fmt::rfc2822::parse(text) {
        return Some(zoned.date());
    }
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return Some(time.to_zoned(jiff::tz::TimeZone::UTC).date());
    }
    text.parse::<Date>().ok()
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Recording, String> {
        Recording::parse(line.as_bytes())
    }

    #[test]
    fn both_formats() {
        let sdk = parse(
            r#"{"http_status":200,"output":{"Vpcs":[]},"source":"a/b:tests/one/ec2.DescribeVpcs_1.json"}"#,
        )
        .expect("SDK-shaped");
        assert_eq!((sdk.project(), sdk.unit()), ("a/b", "a/b:tests/one"));
        assert!(sdk.action.is_none() && sdk.raw.is_none() && sdk.output.is_some());
        let raw = parse(
            r#"{"source":"a/b:x.yml#3","recorded_at":"Fri, 17 Oct 2014 13:19:04 GMT",
                "request":[["Action","DescribeVpcs"],["Version","2014-06-15"]],"http_status":200,
                "headers":{"Vary":["a","b"],"Server":"AmazonEC2"},"body":"<a/>"}"#,
        )
        .expect("raw");
        assert_eq!((raw.project(), raw.unit()), ("a/b", "a/b:x.yml"));
        assert_eq!(raw.action.as_deref(), Some("DescribeVpcs"));
        assert_eq!(raw.date.expect("dated").to_string(), "2014-10-17");
        let answer = raw.raw.expect("raw");
        assert_eq!(answer.headers.len(), 3);
        assert_eq!(answer.body, b"<a/>");
        for body in [
            r#""body_base64":"PGEv\nPg==""#,
            r#""body":"PGEvPg==","encoding":"base64""#,
            r#""body":{"base64_string":"PGEvPg=="}"#,
            r#""body":{"encoding":"UTF-8","string":"<a/>"}"#,
        ] {
            let recording = parse(&format!(r#"{{"http_status":200,{body}}}"#)).expect(body);
            assert_eq!(recording.raw.expect("raw").body, b"<a/>", "{body}");
            assert_eq!(recording.source, "");
        }
    }

    #[test]
    fn what_is_no_recording_is_told() {
        for (line, words) in [
            ("", "no JSON"),
            ("{", "no JSON"),
            ("[]", "no JSON object"),
            ("{}", "`http_status` is missing"),
            (r#"{"http_status":"200"}"#, "has to be a number"),
            (r#"{"http_status":20000}"#, "has to be a number"),
            (r#"{"http_status":200}"#, "neither"),
            (r#"{"http_status":200,"output":null}"#, "neither"),
            (r#"{"http_status":200,"output":{},"source":1}"#, "`source` has to be a text"),
            (r#"{"http_status":200,"output":{},"action":{}}"#, "`action` has to be a text"),
            (r#"{"http_status":200,"body":5}"#, "`body` has to be a text"),
            (r#"{"http_status":200,"body":{}}"#, "neither `text` nor `base64`"),
            (r#"{"http_status":200,"body_base64":"%"}"#, "no Base64"),
            (r#"{"http_status":200,"body_base64":"H4sI"}"#, "compressed"),
            (r#"{"http_status":200,"body":"","request":5}"#, "`request` has to be"),
            (r#"{"http_status":200,"body":"","headers":[1]}"#, "`headers` has to be"),
        ] {
            let error = parse(line).expect_err(line);
            assert!(error.contains(words), "{line}: {error}");
        }
        let error = Recording::parse(b"{\"a\":\"\xff\"}").expect_err("not UTF-8");
        assert!(error.contains("byte 7 is not UTF-8"), "{error}");
    }
}
