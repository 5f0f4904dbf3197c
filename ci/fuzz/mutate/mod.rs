//! Changes inputs: bytes, words, and the structure that they have.

mod bytes;
mod json;
mod special;
mod words;
mod xml;

use crate::chance::Chance;

/// An input is cut to this length.
const MOST: usize = 1 << 20;

/// What an input is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// Words.
    Text,
    /// One JSON value.
    Json,
    /// A JSON value in each line; texts in it may be XML.
    JsonLines,
    /// YAML, which JSON is too.
    Yaml,
    /// XML behind a line that says what it answers.
    Xml,
}

/// Where pieces of other inputs come from.
pub struct Pool<'c> {
    pub seeds: &'c [Vec<u8>],
    pub words: &'c [Vec<u8>],
}

impl Pool<'_> {
    fn other(&self, chance: &mut Chance) -> &[u8] {
        chance.pick::<Vec<u8>>(self.seeds)
    }

    /// A word of another input, or a special one.
    fn word(&self, chance: &mut Chance) -> Vec<u8> {
        if self.words.is_empty() || chance.once_in(3) {
            special::text(chance).into_bytes()
        } else {
            chance.pick(self.words).clone()
        }
    }

    fn text(&self, chance: &mut Chance) -> String {
        String::from_utf8_lossy(&self.word(chance)).into_owned()
    }
}

/// Changes an input, mostly once or twice.
pub fn mutate(chance: &mut Chance, syntax: Syntax, mut input: Vec<u8>, pool: &Pool<'_>) -> Vec<u8> {
    for _ in 0..chance.magnitude(8) {
        input = match chance.below(10) {
            0 => bytes::change(chance, input),
            1 | 2 => words::change(chance, &input, pool),
            _ => structure(chance, syntax, &input, pool)
                .unwrap_or_else(|| words::change(chance, &input, pool)),
        };
        input.truncate(MOST);
    }
    input
}

fn structure(
    chance: &mut Chance,
    syntax: Syntax,
    input: &[u8],
    pool: &Pool<'_>,
) -> Option<Vec<u8>> {
    match syntax {
        Syntax::Text => None,
        Syntax::Xml => Some(xml::change(chance, input, pool)),
        Syntax::Json => json::change(chance, input, pool),
        Syntax::JsonLines => json::change_lines(chance, input, pool),
        Syntax::Yaml => {
            let text = std::str::from_utf8(input).ok()?;
            let tree = parallax::syntax::parse(text).ok()?.to_json();
            let other = std::str::from_utf8(pool.other(chance)).ok()?;
            let other = parallax::syntax::parse(other).ok()?.to_json();
            Some(json::change_tree(chance, tree, &other, pool).to_string().into_bytes())
        }
    }
}
