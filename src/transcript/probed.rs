//! What a transcript holds of a probe.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::redact::marker;
use super::{Redacted, RedactedValue, Redactor};
use crate::case::ProbeKind;

/// One look of a probe.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Probed {
    /// The case's id.
    pub case: String,
    /// The step's id within its case.
    pub step: String,
    /// What it looked at.
    pub kind: ProbeKind,
    /// Which look it is, from 1.
    pub look: u32,
    /// Milliseconds since the run began at which it began.
    pub at_ms: u64,
    /// Milliseconds that it took.
    pub took_ms: u64,
    /// What it was given, variables replaced, without keys.
    pub with: RedactedValue,
    /// What came of it.
    pub result: ProbeResult,
}

/// What came of one look of a probe.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProbeResult {
    /// Something that says what the target does: a map with `Outcome`, one word, and what belongs to it.
    Found(RedactedValue),
    /// Nothing that says anything about the target: the way to it failed, not it.
    Failed(Redacted),
}

/// What a probe looked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LookFor<'a> {
    pub case: &'a str,
    pub step: &'a str,
    pub kind: ProbeKind,
    /// Which look it is, from 1.
    pub look: u32,
    /// What it was given, variables replaced.
    pub with: &'a Value,
}

impl Redactor {
    /// What a probe is given: without keys, by which members hold them.
    pub fn probe(&self, kind: ProbeKind, with: &Value) -> RedactedValue {
        let mut with = with.clone();
        for (name, value) in with.as_object_mut().into_iter().flatten() {
            if kind.keeps_secret(name) {
                *value = Value::String(marker(value.as_str().map_or(0, str::len)));
            }
        }
        self.value(&with)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn no_key_is_written() {
        let redactor = Redactor::new(Vec::new());
        let with = json!({"Host": "10.0.0.1", "Key": "any text at all", "Command": "id"});
        let written = redactor.probe(ProbeKind::Ssh, &with);
        assert_eq!(
            *written.as_value(),
            json!({"Host": "10.0.0.1", "Key": "[redacted: 15 bytes]", "Command": "id"})
        );
        let key = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----";
        let found = redactor.value(&json!({"Outcome": "logged-in", "Stdout": key}));
        assert!(!found.as_value().to_string().contains("MIIE"));
    }
}
