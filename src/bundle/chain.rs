//! A hash chain over the lines of a text: each value depends on its line and on all before it, so
//! that the place where a text was changed is a line.
//!
//! The value of a line is the first 32 hexadecimal digits of the SHA-256 of the value before it (as
//! text; none before the first line) and the line with its line end. The text as a whole is bound by
//! its full digest; the chain is there to find the place.

use std::fmt;
use std::ops::Range;

use sha2::{Digest as _, Sha256};

/// Digits of a value.
const DIGITS: usize = 32;

/// The values of all lines, one a line.
pub(super) fn chain(text: &[u8]) -> String {
    let mut values = String::new();
    let mut last = String::new();
    for line in lines(text) {
        last = value(&last, line);
        values.push_str(&last);
        values.push('\n');
    }
    values
}

/// What is not as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Changed {
    /// The lines, from 0, of the text as it is now; empty if some were taken out.
    pub(super) now: Range<usize>,
    /// The lines, from 0, that stood there; empty if some were added.
    pub(super) then: Range<usize>,
}

/// Which lines of a text are not those that this chain is of: none if all are, or if the chain is none.
pub(super) fn changed(text: &[u8], chain: &[u8]) -> Vec<Changed> {
    let values: Vec<&str> = std::str::from_utf8(chain).unwrap_or_default().lines().collect();
    if values.iter().any(|value| value.len() != DIGITS) {
        return Vec::new();
    }
    let lines: Vec<&[u8]> = lines(text).collect();
    // Whether this line is the one that stood there: the values around it say so by themselves.
    let fits = |line: usize, place: usize| {
        let before = place.checked_sub(1).map_or("", |before| values[before]);
        value(before, lines[line]) == values[place]
    };
    if lines.len() == values.len() {
        let misfits: Vec<usize> = (0..lines.len()).filter(|n| !fits(*n, *n)).collect();
        let together = misfits.chunk_by(|one, next| one + 1 == *next);
        let ranges = together.map(|lines| lines[0]..lines[lines.len() - 1] + 1);
        return ranges.map(|range| Changed { now: range.clone(), then: range }).collect();
    }
    let shorter = lines.len().min(values.len());
    let before = (0..shorter).take_while(|n| fits(*n, *n)).count();
    let after =
        (1..=shorter - before).take_while(|n| fits(lines.len() - n, values.len() - n)).count();
    vec![Changed { now: before..lines.len() - after, then: before..values.len() - after }]
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split_inclusive(|byte| *byte == b'\n')
}

fn value(before: &str, line: &[u8]) -> String {
    let mut digest = Sha256::new();
    digest.update(before.as_bytes());
    digest.update(line);
    let mut text = super::digests::hex(&digest.finalize());
    text.truncate(DIGITS);
    text
}

impl fmt::Display for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = |range: &Range<usize>| match range.len() {
            1 => format!("line {}", range.start + 1),
            _ => format!("lines {} to {}", range.start + 1, range.end),
        };
        let (now, then) = (lines(&self.now), lines(&self.then));
        match (self.now.len(), self.then.len()) {
            (0, 1) => write!(f, "{then} was taken out"),
            (0, _) => write!(f, "{then} were taken out"),
            (1, 0) => write!(f, "{now} was added"),
            (_, 0) => write!(f, "{now} were added"),
            (1, 1) if now == then => write!(f, "{now} is not the one that was signed"),
            _ if now == then => write!(f, "{now} are not those that were signed"),
            _ => write!(
                f,
                "from line {} on it is not what was signed: {now} in the place of {then}",
                self.now.start + 1
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &[u8] = b"one\ntwo\nthree\nfour\n";

    /// Anyone can repeat it: `printf 'one\n' | sha256sum`, and so on.
    #[test]
    fn the_values_are_sha256() {
        let values = chain(TEXT);
        let mut values = values.lines();
        assert_eq!(values.next(), Some("2c8b08da5ce60398e1f19af0e5dccc74"), "of `one\\n`");
        assert_eq!(values.count(), 3);
    }

    #[test]
    fn changes_have_a_place() {
        let values = chain(TEXT);
        let changed = |text: &[u8]| {
            let changed = changed(text, values.as_bytes()).into_iter();
            changed.map(|c| (c.now, c.then)).collect::<Vec<_>>()
        };
        assert_eq!(changed(TEXT), []);
        assert_eq!(changed(b"one\nTwo\nthree\nfour\n"), [(1..2, 1..2)]);
        assert_eq!(changed(b"one\ntwo\nthree\nfour"), [(3..4, 3..4)]);
        assert_eq!(changed(b"one\nthree\nfour\n"), [(1..1, 1..2)], "taken out");
        assert_eq!(changed(b"one\ntwo\ntwo\nthree\nfour\n"), [(2..3, 2..2)], "added");
        assert_eq!(changed(b"two\none\nthree\nfour\n"), [(0..2, 0..2)], "swapped");
        assert_eq!(changed(b"one\ntwo\nthree\nfour\nfive\n"), [(4..5, 4..4)]);
        let two = changed(b"One\ntwo\nthree\nFour\n");
        assert_eq!(two, [(0..1, 0..1), (3..4, 3..4)], "what lies between is as it was");
        assert_eq!(changed(b""), [(0..0, 0..4)]);
    }
}
