//! Takes out what must not be written: credentials, signatures, private keys, user data.
//!
//! Types do the watching: events hold [`Redacted`] text, and only a [`Redactor`] makes it.

use base64::Engine as _;
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Body;
use super::anonymise::{Pseudonyms, Salt, written_by_machine};
use crate::model::{Model, ShapeId, ShapeKind};

/// Text that has been through a [`Redactor`], or was read from a transcript and so has been.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Redacted(String);

impl Redacted {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A value of which every text has been through a [`Redactor`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RedactedValue(Value);

impl RedactedValue {
    /// The value.
    pub fn as_value(&self) -> &Value {
        &self.0
    }
}

/// Knows the secrets of a run and where EC2 carries others.
#[derive(Clone, Default)]
pub struct Redactor {
    /// Literal secrets, longest first, so that one that contains another goes as a whole.
    secrets: Vec<String>,
    /// What stands for accounts and addresses, if whose they are is not to be seen.
    pseudonyms: Option<Pseudonyms>,
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Redactor({} secrets)", self.secrets.len())
    }
}

/// A shorter literal is too likely to be an ordinary word (`test`, as emulators accept).
const SHORTEST_SECRET: usize = 8;

impl Redactor {
    /// A redactor that also takes out these literal values wherever they turn up.
    pub fn new(mut secrets: Vec<String>) -> Self {
        secrets.retain(|s| s.len() >= SHORTEST_SECRET);
        secrets.sort_by_key(|s| std::cmp::Reverse(s.len()));
        Redactor { secrets, pseudonyms: None }
    }

    /// The same, but accounts and addresses are seen: for what is not published.
    pub fn identified(&self) -> Self {
        Redactor { pseudonyms: None, ..self.clone() }
    }

    /// The same, and whose account was used is not to be seen: for what is published.
    pub fn anonymous(self, salt: Salt) -> Self {
        Redactor { pseudonyms: Some(Pseudonyms::new(salt)), ..self }
    }

    /// Any text.
    pub fn text(&self, text: &str) -> Redacted {
        Redacted(String::from_utf8_lossy(&self.bytes(text.as_bytes())).into_owned())
    }

    /// The input of an action, by SDK member names.
    pub fn input(&self, action: &str, input: &Value) -> RedactedValue {
        let shape = Model::ec2().action(action).and_then(|action| action.input);
        RedactedValue(self.walk_input(action, "", shape, input))
    }

    /// `path` is where the value goes on the wire.
    fn walk_input(&self, action: &str, path: &str, shape: Option<ShapeId>, value: &Value) -> Value {
        let model = Model::ec2();
        let below = |name: &str| match path {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        };
        match value {
            Value::Object(map) => map
                .iter()
                .map(|(name, value)| {
                    let member = shape.and_then(|id| match &model.shape(id).kind {
                        ShapeKind::Structure(structure) => structure.member(name),
                        _ => None,
                    });
                    let wire = member.map_or_else(|| name.into(), |member| member.query_name());
                    let (path, shape) = (below(&wire), member.map(|member| member.shape));
                    (name.clone(), self.walk_input(action, &path, shape, value))
                })
                .collect(),
            Value::Array(items) => {
                let item = shape.and_then(|id| match &model.shape(id).kind {
                    ShapeKind::List(list) => Some(list.item),
                    _ => None,
                });
                items
                    .iter()
                    .map(|value| self.walk_input(action, &below("1"), item, value))
                    .collect()
            }
            Value::String(text) if model.is_sensitive_parameter(action, path) => {
                Value::String(marker(text.len()))
            }
            other => self.walk(other),
        }
    }

    /// The Query parameters of a request: a map of their names on the wire.
    pub fn parameters(&self, action: &str, parameters: &[(String, String)]) -> RedactedValue {
        let redacted = |(name, value): &(String, String)| {
            let value = match is_secret(Model::ec2(), action, name) {
                true => marker(value.len()),
                false => self.text(value).0,
            };
            (self.text(name).0, Value::String(value))
        };
        RedactedValue(parameters.iter().map(redacted).collect())
    }

    /// Every text of a value.
    pub fn value(&self, value: &Value) -> RedactedValue {
        RedactedValue(self.walk(value))
    }

    fn walk(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text).0),
            Value::Array(items) => items.iter().map(|item| self.walk(item)).collect(),
            Value::Object(map) => {
                Value::Object(map.iter().map(|(k, v)| (k.clone(), self.walk(v))).collect())
            }
            other => other.clone(),
        }
    }

    /// The value of a header.
    pub fn header(&self, name: &str, value: &str) -> Redacted {
        match name.to_ascii_lowercase().as_str() {
            "authorization" => Redacted(authorization(value)),
            "x-amz-security-token" | "cookie" | "set-cookie" | "proxy-authorization" => {
                Redacted(marker(value.len()))
            }
            _ => self.text(value),
        }
    }

    /// The body of a request: a form of Query parameters.
    pub fn form(&self, action: &str, body: &str) -> Redacted {
        let model = Model::ec2();
        let pairs: Vec<String> = body
            .split('&')
            .map(|pair| match pair.split_once('=') {
                Some((name, value)) if is_secret(model, action, name) => {
                    format!("{name}={}", marker(value.len()))
                }
                _ => pair.to_owned(),
            })
            .collect();
        self.text(&pairs.join("&"))
    }

    /// The URL of a request; with `GET` the parameters and perhaps the signature stand in it.
    pub fn url(&self, action: &str, url: &str) -> Redacted {
        match url.split_once('?') {
            Some((place, form)) => {
                self.text(&format!("{place}?{}", self.form(action, form).as_str()))
            }
            None => self.text(url),
        }
    }

    /// The body of an answer to an action.
    pub fn body(&self, action: &str, bytes: &[u8]) -> Body {
        let names = Model::ec2().sensitive_wire_names();
        if let Some(pseudonyms) = &self.pseudonyms {
            pseudonyms.learn(bytes);
        }
        let mut out = self.bytes(bytes);
        if self.pseudonyms.is_some()
            && let Some(name) = written_by_machine(action)
        {
            out = blank_element(&out, name);
        }
        for name in names {
            out = blank_element(&out, name);
        }
        let base64 = |bytes: &[u8]| {
            Body::Base64(Redacted(base64::engine::general_purpose::STANDARD.encode(bytes)))
        };
        match String::from_utf8(out) {
            // JSON writes six bytes for each control character: they must not make an answer many times
            // as large as it came.
            Ok(text) if controls(&text) > text.len() / 15 => base64(text.as_bytes()),
            Ok(text) => Body::Text(Redacted(text)),
            Err(error) => base64(error.as_bytes()),
        }
    }

    /// Literal secrets, also as they look percent-encoded, and private keys in PEM.
    fn bytes(&self, bytes: &[u8]) -> Vec<u8> {
        let mut out = bytes.to_vec();
        for secret in &self.secrets {
            out = replace(&out, secret.as_bytes(), b"[redacted]");
            let encoded =
                percent_encoding::utf8_percent_encode(secret, percent_encoding::NON_ALPHANUMERIC)
                    .to_string();
            if encoded != *secret {
                out = replace(&out, encoded.as_bytes(), b"[redacted]");
            }
        }
        let out = blank_private_keys(&blank_signatures(&out));
        match &self.pseudonyms {
            Some(pseudonyms) => pseudonyms.apply(out),
            None => out,
        }
    }
}

/// Control characters, those left aside that text has.
fn controls(text: &str) -> usize {
    text.bytes().filter(|b| *b < b' ' && !matches!(b, b'\t' | b'\n' | b'\r')).count()
}

/// What stands for a secret: its length is not one, and it tells empty from cut off.
pub(super) fn marker(len: usize) -> String {
    format!("[redacted: {len} bytes]")
}

fn is_secret(model: &Model, action: &str, encoded_name: &str) -> bool {
    let name = percent_decode_str(encoded_name).decode_utf8_lossy();
    let signs = ["X-Amz-Credential", "X-Amz-Signature", "X-Amz-Security-Token"];
    signs.iter().any(|known| name.eq_ignore_ascii_case(known))
        || model.is_sensitive_parameter(action, &name)
}

/// Keeps what is signed and for where; takes out who signed and the signature.
fn authorization(value: &str) -> String {
    let Some((scheme, rest)) = value.split_once(' ') else { return marker(value.len()) };
    let parts: Vec<String> = rest
        .split(", ")
        .map(|part| match part.split_once('=') {
            Some(("Credential", value)) => match value.split_once('/') {
                Some((_, scope)) => format!("Credential=[redacted]/{scope}"),
                None => "Credential=[redacted]".to_owned(),
            },
            Some(("SignedHeaders", value)) => format!("SignedHeaders={value}"),
            Some((name, _)) => format!("{name}=[redacted]"),
            None => "[redacted]".to_owned(),
        })
        .collect();
    format!("{scheme} {}", parts.join(", "))
}

fn find(haystack: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    memchr::memmem::find(haystack.get(from..)?, needle).map(|at| from + at)
}

fn replace(bytes: &[u8], needle: &[u8], with: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(next) = find(bytes, needle, at) {
        out.extend_from_slice(&bytes[at..next]);
        out.extend_from_slice(with);
        at = next + needle.len();
    }
    out.extend_from_slice(&bytes[at..]);
    out
}

/// Replaces signatures of requests, as servers that show a request in their error send them back.
fn blank_signatures(bytes: &[u8]) -> Vec<u8> {
    const NAME: &[u8] = b"Signature=";
    const DIGITS: usize = 64;
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(name) = find(bytes, NAME, at) {
        let from = name + NAME.len();
        out.extend_from_slice(&bytes[at..from]);
        at = from;
        if bytes[from..].iter().take_while(|b| b.is_ascii_hexdigit()).take(DIGITS).count() == DIGITS
        {
            out.extend_from_slice(b"[redacted]");
            at += DIGITS;
        }
    }
    out.extend_from_slice(&bytes[at..]);
    out
}

/// Replaces `-----BEGIN X PRIVATE KEY----- … -----END …-----` wherever it stands; one that is cut
/// off, to the end of the text.
fn blank_private_keys(bytes: &[u8]) -> Vec<u8> {
    const BEGIN: &[u8] = b"-----BEGIN ";
    const DASHES: &[u8] = b"-----";
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(start) = find(bytes, BEGIN, at) {
        let label_from = start + BEGIN.len();
        let label_to = find(bytes, DASHES, label_from).unwrap_or(bytes.len());
        let label = String::from_utf8_lossy(&bytes[label_from..label_to]);
        if !label.ends_with("PRIVATE KEY") {
            out.extend_from_slice(&bytes[at..label_from]);
            at = label_from;
            continue;
        }
        let ending = [b"-----END ", label.as_bytes(), DASHES].concat();
        let end = find(bytes, &ending, label_to).map_or(bytes.len(), |e| e + ending.len());
        out.extend_from_slice(&bytes[at..start]);
        out.extend_from_slice(format!("[redacted: PEM {label}, {} bytes]", end - start).as_bytes());
        at = end;
    }
    out.extend_from_slice(&bytes[at..]);
    out
}

/// Replaces every text inside elements of this name; tags and white space stay, so that the
/// answer's form can still be judged. Works on bytes that are not well-formed XML, too.
fn blank_element(bytes: &[u8], name: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(content) = after_start_tag(bytes, name, at) {
        let closing = format!("</{name}>");
        let end = find(bytes, closing.as_bytes(), content).unwrap_or(bytes.len());
        out.extend_from_slice(&bytes[at..content]);
        blank_texts(&bytes[content..end], &mut out);
        at = end;
    }
    out.extend_from_slice(&bytes[at..]);
    out
}

/// Where the content of the next element of this name begins.
fn after_start_tag(bytes: &[u8], name: &str, from: usize) -> Option<usize> {
    let opening = format!("<{name}");
    let mut at = from;
    loop {
        let start = find(bytes, opening.as_bytes(), at)?;
        let behind = start + opening.len();
        // Looked at first: to look for the tag's end behind every name that only begins so would
        // take a time that grows with the square of the answer.
        let next = *bytes.get(behind)?;
        if next != b'>' && !next.is_ascii_whitespace() {
            at = behind;
            continue;
        }
        let tag_end = find(bytes, b">", behind)?;
        if bytes[tag_end - 1] != b'/' {
            return Some(tag_end + 1);
        }
        at = tag_end + 1;
    }
}

fn blank_texts(content: &[u8], out: &mut Vec<u8>) {
    let mut at = 0;
    while at < content.len() {
        let text_end = find(content, b"<", at).unwrap_or(content.len());
        let text = &content[at..text_end];
        // What was taken out as a private key already tells more than a length.
        let known = text.trim_ascii().starts_with(b"[redacted");
        if known || text.trim_ascii().is_empty() {
            out.extend_from_slice(text);
        } else {
            out.extend_from_slice(marker(text.trim_ascii().len()).as_bytes());
        }
        let tag_end = find(content, b">", text_end).map_or(content.len(), |e| e + 1);
        out.extend_from_slice(&content[text_end..tag_end]);
        at = tag_end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "-----BEGIN RSA PRIVATE KEY-----\nMIIEsecret\n-----END RSA PRIVATE KEY-----";

    fn text(body: Body) -> String {
        match body {
            Body::Text(text) | Body::Base64(text) => text.as_str().to_owned(),
        }
    }

    #[test]
    fn nothing_secret_is_left() {
        let redactor = Redactor::new(vec!["SECRETACCESS/KEY".into(), "AKIDAKIDAKID".into()]);
        let header = redactor.header(
            "Authorization",
            "AWS4-HMAC-SHA256 Credential=AKIDAKIDAKID/20260101/r/ec2/aws4_request, SignedHeaders=host;x-amz-date, Signature=0123abcd",
        );
        assert_eq!(
            header.as_str(),
            "AWS4-HMAC-SHA256 Credential=[redacted]/20260101/r/ec2/aws4_request, SignedHeaders=host;x-amz-date, Signature=[redacted]"
        );
        let form = redactor.form(
            "RunInstances",
            "Action=RunInstances&UserData=c2VjcmV0&ImageId=ami-1&X=SECRETACCESS%2FKEY",
        );
        assert_eq!(
            form.as_str(),
            "Action=RunInstances&UserData=[redacted: 8 bytes]&ImageId=ami-1&X=[redacted]"
        );
        let body = redactor.body(
            "CreateKeyPair",
            format!(
                "<a><keyName>k</keyName><keyMaterial>{KEY}</keyMaterial><m>AKIDAKIDAKID</m></a>"
            )
            .as_bytes(),
        );
        assert_eq!(
            text(body),
            "<a><keyName>k</keyName><keyMaterial>[redacted: PEM RSA PRIVATE KEY, 72 bytes]</keyMaterial><m>[redacted]</m></a>"
        );
    }

    #[test]
    fn secrets_in_broken_answers_go_too() {
        let redactor = Redactor::new(vec![]);
        for broken in [&KEY[..45], &format!("<keyMaterial>{}", &KEY[..45])] {
            let out = text(redactor.body("CreateKeyPair", broken.as_bytes()));
            assert!(!out.contains("MIIEs"), "{out}");
        }
        let mut bytes = b"\xff\xfe".to_vec();
        bytes.extend_from_slice(KEY.as_bytes());
        let Body::Base64(encoded) = redactor.body("CreateKeyPair", &bytes) else {
            panic!("not UTF-8")
        };
        let decoded =
            base64::engine::general_purpose::STANDARD.decode(encoded.as_str()).expect("base64");
        assert!(find(&decoded, b"MIIEsecret", 0).is_none());
    }

    #[test]
    fn control_characters_do_not_swell() {
        let redactor = Redactor::new(vec![]);
        let few = "<a>\u{1b}[2J\r\n\t and words and words and words</a>";
        assert!(matches!(redactor.body("RunInstances", few.as_bytes()), Body::Text(_)));
        let many = redactor.body("RunInstances", &[1; 3000]);
        assert!(matches!(many, Body::Base64(_)));
        assert!(serde_json::to_string(&many).expect("JSON").len() < 4100);
    }

    #[test]
    fn inputs_and_parameters_hold_no_secret() {
        let redactor = Redactor::new(vec!["SECRETACCESS".into()]);
        let input = serde_json::json!({
            "InstanceId": "i-1",
            "UserData": {"Value": "c2VjcmV0"},
            "Groups": ["sg-SECRETACCESS"],
        });
        assert_eq!(
            *redactor.input("ModifyInstanceAttribute", &input).as_value(),
            serde_json::json!({
                "InstanceId": "i-1",
                "UserData": {"Value": "[redacted: 8 bytes]"},
                "Groups": ["sg-[redacted]"],
            })
        );
        let options = serde_json::json!({"Options": {"TunnelOptions": [{"PreSharedKey": "abc"}]}});
        assert_eq!(
            *redactor.input("CreateVpnConnection", &options).as_value(),
            serde_json::json!({"Options": {"TunnelOptions": [{"PreSharedKey": "[redacted: 3 bytes]"}]}})
        );
        let sent = [("ImageId", "ami-1"), ("UserData", "c2VjcmV0"), ("X", "SECRETACCESS")];
        let sent = sent.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(
            *redactor.parameters("RunInstances", &sent).as_value(),
            serde_json::json!({"ImageId": "ami-1", "UserData": "[redacted: 8 bytes]", "X": "[redacted]"})
        );
    }

    #[test]
    fn user_data_keeps_its_elements() {
        let redactor = Redactor::new(vec![]);
        let out = text(redactor.body("RunInstances", b"<r><userData>\n <value>c2VjcmV0</value>\n</userData><tagSet><item><value>kept</value></item></tagSet></r>"));
        assert_eq!(
            out,
            "<r><userData>\n <value>[redacted: 8 bytes]</value>\n</userData><tagSet><item><value>kept</value></item></tagSet></r>"
        );
    }
}
