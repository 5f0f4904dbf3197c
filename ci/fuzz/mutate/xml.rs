//! Changes the elements of an XML document, well-formed or not.

use std::ops::Range;

use super::{Pool, special, words};
use crate::chance::Chance;

/// Copies of an element.
const MOST_COPIES: usize = 3000;
/// Levels that are followed; what is deeper is text.
const DEEPEST: usize = 500;
/// What XML can have between elements.
const BETWEEN: [&str; 10] = [
    "<!-- c -->",
    "<![CDATA[x]]>",
    "<?pi x?>",
    "&amp;",
    "&#65;",
    "&none;",
    "<!DOCTYPE a>",
    "<a/>",
    "</a>",
    "\u{feff}",
];

pub fn change(chance: &mut Chance, input: &[u8], pool: &Pool<'_>) -> Vec<u8> {
    let elements = elements(input);
    if elements.is_empty() {
        return words::change(chance, input, pool);
    }
    let Element { whole, inner, name } = chance.pick(&elements).clone();
    let (before, after) = (&input[..whole.start], &input[whole.end..]);
    let element = &input[whole.clone()];
    let middle = match chance.below(12) {
        0 => Vec::new(),
        1 => {
            let most = MOST_COPIES.min((1 << 18) / element.len().max(1)).max(1);
            element.repeat(1 + chance.magnitude(most))
        }
        2 => {
            // Another element of this document, or of another.
            let other = if chance.once_in(2) { input } else { pool.other(chance) };
            let elements = self::elements(other);
            match elements.is_empty() {
                true => element.to_vec(),
                false => other[chance.pick(&elements).whole.clone()].to_vec(),
            }
        }
        3 | 4 => {
            let new = if chance.once_in(3) {
                pool.word(chance)
            } else {
                let other = chance.pick(&elements).name.clone();
                input[other].to_vec()
            };
            let old = &input[name];
            rename(element, old, &new)
        }
        5 => {
            let depth = chance.magnitude(300);
            let tag = &input[name];
            let open = [b"<", tag, b">"].concat().repeat(depth);
            let close = [b"</", tag, b">"].concat().repeat(depth);
            [&open, element, &close].concat()
        }
        6 => input[inner].to_vec(),
        7 => {
            let attribute = format!(" {}=\"{}\"", pool.text(chance), pool.text(chance));
            let at = name.end - whole.start;
            [&element[..at], attribute.as_bytes(), &element[at..]].concat()
        }
        8 => {
            let at = inner.start - whole.start;
            let between = chance.one(&BETWEEN).as_bytes();
            [&element[..at], between, &element[at..]].concat()
        }
        _ => {
            // Another text in it.
            let text = match chance.below(4) {
                0 => pool.word(chance),
                1 => special::number(chance).as_bytes().to_vec(),
                2 => Vec::new(),
                _ => special::text(chance).into_bytes(),
            };
            let (start, end) = (inner.start - whole.start, inner.end - whole.start);
            [&element[..start], &text, &element[end..]].concat()
        }
    };
    [before, &middle, after].concat()
}

fn rename(element: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    let mut out = [b"<", new].concat();
    let rest = element.get(1 + old.len()..).unwrap_or_default();
    let ending = [b"</", old, b">"].concat();
    match rest.strip_suffix(&ending[..]) {
        Some(inside) => out.extend_from_slice(&[inside, b"</", new, b">"].concat()),
        None => out.extend_from_slice(rest),
    }
    out
}

#[derive(Debug, Clone)]
struct Element {
    whole: Range<usize>,
    inner: Range<usize>,
    name: Range<usize>,
}

/// The elements of a text, as good as they can be told.
fn elements(input: &[u8]) -> Vec<Element> {
    let mut found = Vec::new();
    let mut open: Vec<(Range<usize>, usize, usize)> = Vec::new();
    let mut at = 0;
    while let Some(start) = find(input, b'<', at) {
        let Some(end) = find(input, b'>', start) else { break };
        let is_end = input.get(start + 1) == Some(&b'/');
        let from = start + 1 + usize::from(is_end);
        let length = input[from..end].iter().take_while(|b| !b" \t\r\n/".contains(b)).count();
        let name = from..from + length;
        at = end + 1;
        if is_end {
            let same =
                |(n, ..): &(Range<usize>, usize, usize)| input[n.clone()] == input[name.clone()];
            let Some(place) = open.iter().rposition(same) else { continue };
            let (name, whole, inner) = open.swap_remove(place);
            open.truncate(place);
            found.push(Element { whole: whole..end + 1, inner: inner..start, name });
        } else if input[end - 1] == b'/' {
            found.push(Element { whole: start..end + 1, inner: end + 1..end + 1, name });
        } else if length > 0 && !b"?!".contains(&input[from]) && open.len() < DEEPEST {
            open.push((name, start, end + 1));
        }
    }
    found
}

fn find(input: &[u8], byte: u8, from: usize) -> Option<usize> {
    input.get(from..)?.iter().position(|&b| b == byte).map(|at| from + at)
}
