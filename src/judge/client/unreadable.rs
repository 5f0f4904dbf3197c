//! Why an answer cannot be decoded, in words.

use crate::judge::canonical::Canonical;

/// What the SDK stops at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {why}")]
pub struct Unreadable {
    /// Where: SDK member names, `[]` for list items; `body` where it is not in a member.
    pub path: String,
    /// Why.
    pub why: Why,
}

/// Why the SDK stops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// A value that is not of its member's type.
    NotOfType {
        /// The type, in words.
        expected: &'static str,
        /// The value; of a long one the beginning.
        text: String,
    },
    /// Elements where a plain value is expected.
    Elements,
    /// The outermost element is another one.
    Root {
        /// The name that the SDK asks for.
        expected: String,
        /// The name that is there.
        found: String,
    },
    /// Something else: the bytes are no XML, or an entity is not one of XML's.
    Other(String),
}

/// The path of what is wrong with an answer as a whole.
pub(super) const BODY: &str = "body";

/// Characters of a value that are shown.
#[cfg(feature = "sdk")]
const SHOWN: usize = 80;

impl Unreadable {
    /// Something about the answer as a whole.
    #[cfg(feature = "sdk")]
    pub(super) fn body(why: Why) -> Unreadable {
        Unreadable { path: BODY.to_owned(), why }
    }

    /// In the form that two runs of the same behaviour share.
    pub(super) fn canonical(mut self) -> Unreadable {
        if let Why::NotOfType { text, .. } = &mut self.why {
            *text = Canonical::default().text(text);
        }
        self
    }
}

impl Why {
    /// A value that is not of its type.
    #[cfg(feature = "sdk")]
    pub(super) fn not_of_type(expected: &'static str, text: &str) -> Why {
        let text = match text.char_indices().nth(SHOWN) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text.to_owned(),
        };
        Why::NotOfType { expected, text }
    }

    /// What the SDK expects.
    pub(super) fn expected(&self) -> String {
        match self {
            Why::NotOfType { expected, .. } => (*expected).to_owned(),
            Why::Elements => "a plain value".to_owned(),
            Why::Root { expected, .. } => format!("<{expected}>"),
            Why::Other(_) => "an answer that decodes".to_owned(),
        }
    }

    /// What is there instead.
    pub(super) fn actual(&self) -> String {
        match self {
            Why::NotOfType { text, .. } => text.clone(),
            Why::Elements => "elements".to_owned(),
            Why::Root { found, .. } => format!("<{found}>"),
            Why::Other(what) => what.clone(),
        }
    }
}

impl std::fmt::Display for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            // CDATA is nothing to the SDK too.
            Why::NotOfType { expected, text } if text.is_empty() => {
                write!(f, "the SDK reads nothing where {expected} is expected")
            }
            Why::NotOfType { expected, text } => write!(f, "{text:?} is not {expected}"),
            Why::Elements => f.write_str("there are elements where a plain value is expected"),
            Why::Root { expected, found } => {
                write!(f, "the outermost element is <{found}>, not <{expected}>")
            }
            Why::Other(what) => f.write_str(what),
        }
    }
}
