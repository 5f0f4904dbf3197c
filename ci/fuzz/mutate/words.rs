//! Changes words and what stands between them, whatever they mean.

use std::ops::Range;

use super::{Pool, special};
use crate::chance::Chance;

/// What can be nested.
const OPENINGS: [&str; 12] =
    ["[", "{", "(", "!", "&", "<a>", "{\"a\":", "[[", "- ", "a.", "`", "*."];

pub fn change(chance: &mut Chance, input: &[u8], pool: &Pool<'_>) -> Vec<u8> {
    let words = words(input);
    let some = chance.range(words.len());
    let bytes = span(&words, &some, input.len());
    let (before, after) = (&input[..bytes.start], &input[bytes.end..]);
    let middle = match chance.below(8) {
        0 => Vec::new(),
        1 => {
            let most = (1 << 16) / bytes.len().max(1);
            input[bytes.clone()].repeat(1 + chance.magnitude(most.max(1)))
        }
        2 => {
            let other = pool.other(chance);
            let words = self::words(other);
            let some = chance.range(words.len());
            other[span(&words, &some, other.len())].to_vec()
        }
        3 => [pool.word(chance), input[bytes.clone()].to_vec()].concat(),
        4 => {
            let depth = chance.magnitude(20_000);
            chance.one(&OPENINGS).repeat(depth).into_bytes()
        }
        5 => {
            // Two neighbours change places.
            let mut pieces: Vec<&[u8]> = words[some].iter().map(|w| &input[w.clone()]).collect();
            if pieces.len() > 1 {
                let at = chance.below(pieces.len());
                let other = chance.below(pieces.len());
                pieces.swap(at, other);
            }
            pieces.concat()
        }
        6 => special::number(chance).as_bytes().to_vec(),
        _ => pool.word(chance),
    };
    [before, &middle, after].concat()
}

/// Where words, runs of white space and single other characters are.
fn words(input: &[u8]) -> Vec<Range<usize>> {
    let kind = |byte: u8| match byte {
        b if b.is_ascii_alphanumeric() || b == b'_' || b >= 0x80 => 0,
        b if b.is_ascii_whitespace() => 1,
        _ => 2,
    };
    let mut words: Vec<Range<usize>> = Vec::new();
    for (at, &byte) in input.iter().enumerate() {
        match words.last_mut() {
            Some(last) if kind(byte) < 2 && kind(input[last.start]) == kind(byte) => {
                last.end = at + 1
            }
            _ => words.push(at..at + 1),
        }
    }
    words
}

fn span(words: &[Range<usize>], some: &Range<usize>, end: usize) -> Range<usize> {
    let start = words.get(some.start).map_or(end, |word| word.start);
    let end =
        some.end.checked_sub(1).and_then(|last| words.get(last)).map_or(start, |word| word.end);
    start..end.max(start)
}
