//! Texts as pieces: names of the run, words of known kinds that are never the same twice, and the
//! rest, which has to be equal.

use std::sync::LazyLock;

use regex::Regex;

use crate::judge::canonical::{Canonical, NameKind, Part};

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// Has to be equal.
    Text(String),
    /// A value of the run by its name, as in `<vpc>`.
    Name {
        /// With the angle brackets.
        placeholder: String,
        /// Whether the case made it or chose it.
        own: bool,
    },
    /// A word of a known kind.
    Word {
        /// The kind: an id's prefix with its dash (`vpc-`), or one of [`KINDS`].
        kind: String,
        /// Which one.
        which: Which,
    },
}

/// Which word of its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Which {
    /// Seen in these samples (numbers of samples, and the word).
    Seen(Vec<(usize, String)>),
    /// The thing of this number, wherever it turns up in the case.
    Thing(u32),
    /// Any.
    Any,
}

/// Kinds of words beside ids. Those that are `true` are never the same on another cloud or in
/// another run; the others are abstracted only if the samples differ in them.
const KINDS: [(&str, bool); 12] = [
    // Of something secret only its length is known.
    ("redacted", true),
    ("time", true),
    ("uuid", true),
    ("hex32", true),
    ("account", true),
    ("fingerprint", true),
    // A zone that the case did not ask for: the cloud chose it.
    ("zone", true),
    ("zone-id", true),
    ("mac", false),
    ("cidr", false),
    ("ip", false),
    ("dashed-ip", false),
];

static WORDS: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?x-u)
        (?P<redacted>\[redacted:\x20[A-Z0-9,\x20]*\x20?bytes\])
      | (?P<time>\b\d{4}-\d\d-\d\d[T\x20]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)
      | (?P<uuid>\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b)
      | (?P<id>\b[a-z](?:[a-z0-9]*-)+(?:[0-9a-f]{17}|[0-9a-f]{8})\b)
      | (?P<zoneid>\b[a-z]{2,4}\d-az\d{1,2}\b)
      | (?P<hex32>\b[0-9a-f]{32}\b)
      | (?P<account>\b\d{12}\b)
      | (?P<fingerprint>\b(?:[0-9a-f]{2}:){15}(?:[0-9a-f]{2}:){0,4}[0-9a-f]{2}\b)
      | (?P<mac>\b(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}\b)
      | (?P<cidr>\b\d{1,3}(?:\.\d{1,3}){3}/\d{1,2}\b)
      | (?P<ip>\b\d{1,3}(?:\.\d{1,3}){3}\b)
      | (?P<dashed>\b\d{1,3}(?:-\d{1,3}){3}\b)";
    Regex::new(pattern).unwrap_or_else(|e| unreachable!("our own pattern: {e}"))
});

/// Whether words of this kind are never the same on another cloud or in another run.
pub(super) fn always_abstract(kind: &str) -> bool {
    kind.ends_with('-') || KINDS.iter().any(|(name, always)| *name == kind && *always)
}

/// The pieces of a text of this sample.
pub(super) fn pieces(text: &str, names: &Canonical, sample: usize) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for part in names.parts(text) {
        match part {
            Part::Name(name) if name.kind == NameKind::Chosen => {
                pieces.push(zone(&name.literal, sample));
            }
            Part::Name(name) => pieces.push(Piece::Name {
                placeholder: name.placeholder.clone(),
                own: name.kind == NameKind::Own,
            }),
            Part::Text(text) => match (pieces.last(), zone_letter(text)) {
                (Some(Piece::Name { placeholder, .. }), Some(letter))
                    if placeholder == "<region>" =>
                {
                    pieces.pop();
                    pieces.push(zone(letter, sample));
                    words(&text[letter.len()..], sample, &mut pieces);
                }
                _ => words(text, sample, &mut pieces),
            },
        }
    }
    pieces
}

/// A zone that the case did not ask for.
fn zone(word: &str, sample: usize) -> Piece {
    Piece::Word { kind: "zone".to_owned(), which: Which::Seen(vec![(sample, word.to_owned())]) }
}

/// What makes a zone's name of the region's before it: `us-east-1` and `d`.
fn zone_letter(text: &str) -> Option<&str> {
    let mut characters = text.chars();
    let is_letter = characters.next().is_some_and(|c| c.is_ascii_lowercase());
    let ends = characters.next().is_none_or(|c| !c.is_alphanumeric());
    (is_letter && ends).then(|| &text[..1])
}

/// Splits plain text into words of known kinds and what is between them.
fn words(text: &str, sample: usize, pieces: &mut Vec<Piece>) {
    let mut plain = 0;
    for found in WORDS.captures_iter(text) {
        let Some((kind, word)) = kind(&found) else { continue };
        if plain < word.start() {
            pieces.push(Piece::Text(text[plain..word.start()].to_owned()));
        }
        let which = Which::Seen(vec![(sample, word.as_str().to_owned())]);
        pieces.push(Piece::Word { kind, which });
        plain = word.end();
    }
    if plain < text.len() {
        pieces.push(Piece::Text(text[plain..].to_owned()));
    }
}

fn kind<'t>(found: &regex::Captures<'t>) -> Option<(String, regex::Match<'t>)> {
    if let Some(id) = found.name("id") {
        let (prefix, _) = id.as_str().rsplit_once('-')?;
        return Some((format!("{prefix}-"), id));
    }
    let name = |kind: &'static str| match kind {
        "dashed-ip" => "dashed",
        "zone-id" => "zoneid",
        kind => kind,
    };
    // `zone` is no word of its own: it is known by the region before it.
    KINDS
        .iter()
        .filter(|(kind, _)| *kind != "zone")
        .find_map(|(kind, _)| Some(((*kind).to_owned(), found.name(name(kind))?)))
}

/// The pieces as they are written into a baseline: `<vpc>` for a name, `<sg:?1>` for a thing
/// without one, `<time>`; an angle bracket of the text itself is doubled.
pub(super) fn write(pieces: &[Piece]) -> String {
    let mut out = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => out.push_str(&text.replace('<', "<<")),
            Piece::Name { placeholder, .. } => out.push_str(placeholder),
            Piece::Word { kind, which } => match which {
                Which::Any => out.push_str(&format!("<{}:?>", word_of(kind))),
                Which::Thing(number) => out.push_str(&format!("<{}:?{number}>", word_of(kind))),
                Which::Seen(seen) => out.push_str(seen.first().map_or("", |(_, word)| word)),
            },
        }
    }
    out
}

/// The kind as it is written: ids by their prefix.
fn word_of(kind: &str) -> &str {
    kind.strip_suffix('-').unwrap_or(kind)
}

/// The kind that is written so.
fn kind_of(word: &str) -> String {
    if KINDS.iter().any(|(kind, _)| *kind == word) { word.to_owned() } else { format!("{word}-") }
}

/// Reads what [`write`] wrote.
pub(super) fn read(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        plain.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('<') {
            plain.push('<');
            rest = after;
            continue;
        }
        let Some((inside, after)) = rest.split_once('>') else {
            plain.push('<');
            continue;
        };
        words(&std::mem::take(&mut plain), 0, &mut pieces);
        pieces.push(placeholder(inside));
        rest = after;
    }
    plain.push_str(rest);
    words(&plain, 0, &mut pieces);
    pieces
}

fn placeholder(inside: &str) -> Piece {
    match inside.split_once(":?") {
        Some((word, number)) => Piece::Word {
            kind: kind_of(word),
            which: number.parse().map_or(Which::Any, Which::Thing),
        },
        None => Piece::Name {
            placeholder: format!("<{inside}>"),
            own: NameKind::of(inside) == NameKind::Own,
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(text: &str) -> String {
        let (vpc, region) = (json!("vpc-0123456789abcdef0"), json!("eu-west-1"));
        let names = Canonical::of([("region", &region, NameKind::Place)], [("vpc", &vpc)]);
        let pieces = pieces(text, &names, 0);
        let joined: Vec<String> = pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => text.clone(),
                Piece::Name { placeholder, .. } => placeholder.clone(),
                Piece::Word { kind, .. } => format!("<{kind}>"),
            })
            .collect();
        joined.concat()
    }

    #[test]
    fn words_of_known_kinds_are_found_in_texts() {
        for (text, expected) in [
            ("vpc-0123456789abcdef0", "<vpc>"),
            (
                "arn:aws:ec2:eu-west-1:123456789012:subnet/subnet-0a1b2c3d",
                "arn:aws:ec2:<region>:<account>:subnet/<subnet->",
            ),
            ("2026-11-21T06:48:50.480Z", "<time>"),
            ("2026-11-21T06:48:50+00:00", "<time>"),
            ("ip-10-0-0-5.eu-west-1.compute.internal", "ip-<dashed-ip>.<region>.compute.internal"),
            ("10.0.0.5", "<ip>"),
            ("[redacted: PEM RSA PRIVATE KEY, 1675 bytes]", "<redacted>"),
            ("[redacted: 12 bytes]", "<redacted>"),
            ("10.0.0.0/16", "<cidr>"),
            ("06:4a:1f:00:00:01", "<mac>"),
            ("1f:51:ae:28:bf:89:e9:d8:1f:25:5d:37:2d:7d:b8:ca:9f:f5:f1:6f", "<fingerprint>"),
            ("0123456789abcdef0123456789abcdef", "<hex32>"),
            ("tgw-attach-0a1b2c3d", "<tgw-attach->"),
            ("eu-west-1b", "<zone>"),
            ("eu-west-1b.example", "<zone>.example"),
            ("eu-west-1bc", "<region>bc"),
            ("euw1-az2", "<zone-id>"),
            ("a word, 12 of them", "a word, 12 of them"),
            ("Größe ☃ 日本", "Größe ☃ 日本"),
        ] {
            assert_eq!(shown(text), expected);
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        for text in
            ["", "plain", "<vpc>", "<sg:?2> in <vpc>", "a << b", "<time:?>", "10.0.0.5", "<", "a<b"]
        {
            let written = write(&read(text));
            assert_eq!(write(&read(&written)), written, "{text}");
            if !text.ends_with('<') && text != "a<b" {
                assert_eq!(written, text);
            }
        }
    }
}
