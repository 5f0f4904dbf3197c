//! What a probe found, as the transcript has it.

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::case::OUTCOME;

/// What a probe found; or why it can say nothing about the target.
pub(crate) type Found = Result<Value, String>;

/// Bytes of a text that are kept; its length and digest are those of all of it, as far as it was read.
pub(super) const KEPT: usize = 64 << 10;
/// Bytes of a text that are read.
pub(super) const READ: usize = 8 << 20;

/// What a probe found: one word, and what belongs to it.
#[derive(Debug)]
pub(super) struct Outcome(Map<String, Value>);

impl Outcome {
    /// It came to this word.
    pub(super) fn new(word: &str) -> Outcome {
        Outcome(Map::from_iter([(OUTCOME.to_owned(), Value::from(word))]))
    }

    /// The same, and why, for a person.
    pub(super) fn because(word: &str, why: impl Into<String>) -> Outcome {
        Outcome::new(word).with("Why", why.into())
    }

    /// The same with a member.
    pub(super) fn with(mut self, name: &str, value: impl Into<Value>) -> Outcome {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    /// The same with members.
    pub(super) fn and(mut self, members: Map<String, Value>) -> Outcome {
        self.0.extend(members);
        self
    }

    /// As the transcript has it.
    pub(super) fn value(self) -> Value {
        Value::Object(self.0)
    }
}

/// What was read of something that may have no end.
#[derive(Debug, Default)]
pub(super) struct Bounded {
    kept: Vec<u8>,
    all: usize,
    digest: Sha256,
}

impl Bounded {
    /// Takes more; `false` if no more is to be read.
    pub(super) fn add(&mut self, bytes: &[u8]) -> bool {
        let room = KEPT.saturating_sub(self.kept.len());
        self.kept.extend_from_slice(&bytes[..bytes.len().min(room)]);
        self.all += bytes.len();
        self.digest.update(bytes);
        self.all <= READ
    }

    /// The text that was kept.
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.kept).into_owned()
    }

    /// How many bytes there were.
    pub(super) fn bytes(&self) -> usize {
        self.all
    }

    /// SHA-256 of all that was read, in hexadecimal digits.
    pub(super) fn sha256(&self) -> String {
        self.digest.clone().finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_end_is_cut_and_counted() {
        let mut bounded = Bounded::default();
        assert!(bounded.add(b"abc"));
        assert_eq!((bounded.text().as_str(), bounded.bytes()), ("abc", 3));
        // The digest of `abc`, as FIPS 180-2 has it.
        assert!(bounded.sha256().starts_with("ba7816bf8f01cfea414140de5dae2223"));
        let mut more = true;
        for _ in 0..READ / 4096 + 1 {
            more = bounded.add(&[b'x'; 4096]);
        }
        assert!(!more, "somebody has to stop reading");
        assert_eq!(bounded.text().len(), KEPT);
    }
}
