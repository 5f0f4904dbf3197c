//! Forms of values: what a value looks like when its content does not matter.

use std::net::{Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a value looks like.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Form {
    /// A resource id: prefix, dash, 8 or 17 hexadecimal digits.
    Id(String),
    /// RFC 3339.
    Timestamp,
    /// An IPv4 address.
    Ipv4,
    /// An IPv6 address.
    Ipv6,
    /// An IPv4 or IPv6 network.
    Cidr,
    /// A hardware address, lower case with colons.
    Mac,
    /// `arn:partition:service:…`.
    Arn,
    /// A UUID.
    Uuid,
    /// An AWS account: twelve digits.
    Account,
    /// A whole number.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// A private key in PEM.
    PemPrivateKey,
    /// 16 pairs of hexadecimal digits with colons.
    Md5Fingerprint,
    /// 20 pairs of hexadecimal digits with colons.
    Sha1Fingerprint,
    /// Any text that is not empty.
    NonEmpty,
    /// The empty text.
    Empty,
}

impl Form {
    /// The form of a name, as in a baseline.
    pub fn parse(name: &str) -> Option<Form> {
        if let Some(prefix) = name.strip_prefix("id:") {
            return Some(Form::Id(prefix.to_owned()));
        }
        SIMPLE.iter().find(|(n, _)| *n == name).map(|(_, form)| form.clone())
    }

    /// All names, for messages.
    pub fn names() -> impl Iterator<Item = &'static str> {
        std::iter::once("id:<prefix>").chain(SIMPLE.iter().map(|(name, _)| *name))
    }

    /// Whether a value has this form.
    pub fn fits(&self, value: &Value) -> bool {
        match (self, value) {
            (Form::Integer, Value::Number(n)) => n.is_i64() || n.is_u64(),
            (Form::Boolean, Value::Bool(_)) => true,
            (Form::NonEmpty, Value::Array(items)) => !items.is_empty(),
            (Form::NonEmpty, Value::Object(map)) => !map.is_empty(),
            (Form::NonEmpty, Value::Number(_) | Value::Bool(_)) => true,
            (form, Value::String(text)) => form.fits_text(text),
            _ => false,
        }
    }

    fn fits_text(&self, text: &str) -> bool {
        match self {
            Form::Id(prefix) => Form::id_prefix(text).is_some_and(|p| p == prefix),
            Form::Timestamp => {
                text.as_bytes().get(10) == Some(&b'T') && text.parse::<jiff::Timestamp>().is_ok()
            }
            Form::Ipv4 => text.parse::<Ipv4Addr>().is_ok(),
            Form::Ipv6 => text.parse::<Ipv6Addr>().is_ok(),
            Form::Cidr => text.split_once('/').is_some_and(|(address, bits)| {
                let bits = bits.parse::<u8>();
                (address.parse::<Ipv4Addr>().is_ok() && bits.as_ref().is_ok_and(|b| *b <= 32))
                    || (address.parse::<Ipv6Addr>().is_ok() && bits.is_ok_and(|b| b <= 128))
            }),
            Form::Mac => pairs(text, 6, true),
            Form::Arn => text.starts_with("arn:") && text.split(':').count() >= 6,
            Form::Uuid => text.len() == 36 && uuid::Uuid::parse_str(text).is_ok(),
            Form::Account => text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()),
            Form::Integer => text.parse::<i64>().is_ok(),
            Form::Boolean => matches!(text, "true" | "false"),
            Form::PemPrivateKey => {
                // Private keys are taken out of transcripts; the marker says what was there.
                text.trim_start().starts_with("[redacted: PEM ") && text.contains("PRIVATE KEY")
            }
            Form::Md5Fingerprint => pairs(text, 16, false),
            Form::Sha1Fingerprint => pairs(text, 20, false),
            Form::NonEmpty => !text.is_empty(),
            Form::Empty => text.is_empty(),
        }
    }

    /// The most telling form of a text, if it has one: for statistics.
    pub fn of(text: &str) -> Option<Form> {
        if text.is_empty() {
            return Some(Form::Empty);
        }
        if let Some(prefix) = Form::id_prefix(text) {
            return Some(Form::Id(prefix.to_owned()));
        }
        [Form::Timestamp, Form::Ipv4, Form::Cidr, Form::Mac, Form::Arn, Form::Uuid, Form::Account]
            .into_iter()
            .find(|form| form.fits_text(text))
    }

    /// The prefix of a resource id of AWS's form: `i` of `i-0123456789abcdef0`.
    pub fn id_prefix(text: &str) -> Option<&str> {
        let (prefix, digits) = text.rsplit_once('-')?;
        let hex = digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        let letters = prefix.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        (matches!(digits.len(), 8 | 17)
            && hex
            && letters
            && !prefix.is_empty()
            && prefix.len() <= 24)
            .then_some(prefix)
    }
}

const SIMPLE: [(&str, Form); 15] = [
    ("timestamp", Form::Timestamp),
    ("ipv4", Form::Ipv4),
    ("ipv6", Form::Ipv6),
    ("cidr", Form::Cidr),
    ("mac", Form::Mac),
    ("arn", Form::Arn),
    ("uuid", Form::Uuid),
    ("account", Form::Account),
    ("integer", Form::Integer),
    ("boolean", Form::Boolean),
    ("pem-private-key", Form::PemPrivateKey),
    ("md5-fingerprint", Form::Md5Fingerprint),
    ("sha1-fingerprint", Form::Sha1Fingerprint),
    ("non-empty", Form::NonEmpty),
    ("empty", Form::Empty),
];

fn pairs(text: &str, count: usize, lower: bool) -> bool {
    let pair = |p: &str| {
        p.len() == 2
            && p.bytes().all(|b| b.is_ascii_hexdigit() && !(lower && b.is_ascii_uppercase()))
    };
    text.split(':').count() == count && text.split(':').all(pair)
}

impl std::fmt::Display for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Form::Id(prefix) => write!(f, "id:{prefix}"),
            form => f.write_str(
                SIMPLE.iter().find(|(_, known)| known == form).map_or("?", |(name, _)| name),
            ),
        }
    }
}

impl From<Form> for String {
    fn from(form: Form) -> String {
        form.to_string()
    }
}

impl TryFrom<String> for Form {
    type Error = String;

    fn try_from(name: String) -> Result<Form, String> {
        Form::parse(&name).ok_or_else(|| format!("`{name}` is no form"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn forms() {
        for (text, form) in [
            ("i-0123456789abcdef0", "id:i"),
            ("vpc-cidr-assoc-33669f5a", "id:vpc-cidr-assoc"),
            ("2016-04-12T20:45:32.000Z", "timestamp"),
            ("10.0.0.1", "ipv4"),
            ("::/0", "cidr"),
            ("0a:1b:2c:3d:4e:5f", "mac"),
            ("123456789012", "account"),
            ("arn:aws:ec2:us-east-1:123456789012:vpc/vpc-1", "arn"),
            ("", "empty"),
        ] {
            assert_eq!(Form::of(text).map(|f| f.to_string()).as_deref(), Some(form), "{text}");
        }
        for text in
            ["i-0123456789ABCDEF0", "ami-123", "r-ji0qycd9", "default", "i-0123456789abcdef"]
        {
            assert_eq!(Form::of(text), None, "{text}");
        }
        assert!(Form::parse("id:i").expect("known").fits(&json!("i-01234567")));
        assert!(!Form::parse("id:i").expect("known").fits(&json!("vpc-01234567")));
        assert!(Form::Integer.fits(&json!(5)) && !Form::Integer.fits(&json!(5.5)));
        for name in Form::names().filter(|n| !n.starts_with("id")) {
            assert_eq!(Form::parse(name).expect("listed").to_string(), name);
        }
    }
}
