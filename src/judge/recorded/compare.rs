//! Compares what is expected with what a target answered.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use super::differ::{Difference, Kind};
use super::items::pairs;
use super::node::{Member, Node};
use super::text::{self, Piece, Which, always_abstract};

/// Compares the answers of one case, so that a thing that turns up in several steps is known again.
#[derive(Debug, Default)]
pub(super) struct Comparison {
    /// The target's word for each recorded thing without a name.
    words: HashMap<(String, u32), String>,
    /// The recorded thing that a word of the target stands for.
    things: HashMap<(String, String), u32>,
    differences: Vec<Difference>,
}

impl Comparison {
    /// Compares one value; the differences found so far are handed over by [`Comparison::take`].
    pub(super) fn compare(&mut self, path: &str, expected: &Node, actual: &Node) {
        match (expected, actual) {
            (Node::Anything, _) | (Node::Null, Node::Null) => {}
            (Node::Bool(None), Node::Bool(_)) | (Node::Number(None), Node::Number(_)) => {}
            (Node::Bool(Some(a)), Node::Bool(Some(b))) if a == b => {}
            (Node::Number(Some(a)), Node::Number(Some(b))) if a == b => {}
            (Node::AnyText { empty }, Node::Text(pieces)) if *empty || !pieces.is_empty() => {}
            (Node::Text(a), Node::Text(b)) => self.text(path, a, b),
            (Node::List { items, rest }, Node::List { items: found, .. }) => {
                self.list(path, items, rest.as_deref(), found);
            }
            (Node::Map(a), Node::Map(b)) => self.map(path, a, b),
            _ => self.add(Kind::Value, path, expected.write(), actual.write()),
        }
    }

    /// The differences found since the last time.
    pub(super) fn take(&mut self) -> Vec<Difference> {
        std::mem::take(&mut self.differences)
    }

    fn add(&mut self, kind: Kind, path: &str, expected: Value, actual: Value) {
        let path = path.to_owned();
        self.differences.push(Difference { kind, path, expected, actual, times: 1 });
    }

    fn map(
        &mut self,
        path: &str,
        expected: &BTreeMap<String, Member>,
        actual: &BTreeMap<String, Member>,
    ) {
        let below = |name: &str| {
            if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
        };
        for (name, member) in expected {
            match actual.get(name) {
                Some(found) => self.compare(&below(name), &member.node, &found.node),
                None if member.optional || matches!(member.node, Node::Anything) => {}
                None if is_empty_list(&member.node) => {
                    self.add(Kind::MissingList, &below(name), json!([]), Value::Null);
                }
                None => {
                    self.add(Kind::MissingMember, &below(name), member.node.write(), Value::Null);
                }
            }
        }
        for (name, member) in actual {
            if expected.contains_key(name) {
                continue;
            }
            let kind =
                if is_empty_list(&member.node) { Kind::EmptyList } else { Kind::ExtraMember };
            self.add(kind, &below(name), Value::Null, member.node.write());
        }
    }

    fn list(&mut self, path: &str, expected: &[Node], rest: Option<&Node>, actual: &[Node]) {
        let path = format!("{path}[]");
        let pairs = pairs(expected, actual);
        let mut missing: Vec<usize> = (0..expected.len()).collect();
        let mut extra: Vec<usize> = (0..actual.len()).collect();
        missing.retain(|i| pairs.iter().all(|(a, _)| a != i));
        let paired: std::collections::HashSet<usize> = pairs.iter().map(|(_, b)| *b).collect();
        extra.retain(|j| !paired.contains(j));
        for (i, j) in pairs {
            self.compare(&path, &expected[i], &actual[j]);
        }
        if matches!(rest, Some(Node::Anything)) {
            // Others' things: they are not what is missing.
            extra.clear();
        }
        // What is left over stands for what is missing, if anything does.
        let both = missing.len().min(extra.len());
        for (i, j) in missing.drain(..both).zip(extra.drain(..both)) {
            self.compare(&path, &expected[i], &actual[j]);
        }
        for i in missing {
            self.add(Kind::MissingItem, &path, expected[i].write(), Value::Null);
        }
        match rest {
            Some(rest) => extra.iter().for_each(|j| self.compare(&path, rest, &actual[*j])),
            None => {
                if let Some(first) = extra.first() {
                    self.add(Kind::ExtraItem, &path, Value::Null, actual[*first].write());
                    if let Some(added) = self.differences.last_mut() {
                        added.times = u32::try_from(extra.len()).unwrap_or(u32::MAX);
                    }
                }
            }
        }
    }

    fn text(&mut self, path: &str, expected: &[Piece], actual: &[Piece]) {
        let kind = match self.pieces(expected, actual) {
            Fit::Fits => return,
            Fit::OtherThing => Kind::Identity,
            Fit::Differs => Kind::Value,
        };
        let shown: Vec<Piece> = actual.iter().map(|piece| self.shown(piece)).collect();
        self.add(kind, path, json!(text::write(expected)), json!(text::write(&shown)));
    }

    /// A word by the recorded thing that it stands for; one that was not met before as it is.
    fn shown(&self, piece: &Piece) -> Piece {
        if let Piece::Word { kind, which: Which::Seen(seen) } = piece
            && let Some((_, word)) = seen.first()
            && let Some(number) = self.things.get(&(kind.clone(), word.clone()))
            && self.words.get(&(kind.clone(), *number)) == Some(word)
        {
            return Piece::Word { kind: kind.clone(), which: Which::Thing(*number) };
        }
        piece.clone()
    }

    fn pieces(&mut self, expected: &[Piece], actual: &[Piece]) -> Fit {
        if let [Piece::Name { own: true, .. }] = expected
            && expected != actual
        {
            return Fit::OtherThing;
        }
        if expected.len() != actual.len() {
            return Fit::Differs;
        }
        let mut fit = Fit::Fits;
        for pair in expected.iter().zip(actual) {
            fit = fit.max(match pair {
                (Piece::Text(a), Piece::Text(b)) if a == b => Fit::Fits,
                (Piece::Name { placeholder: a, .. }, Piece::Name { placeholder: b, .. }) => {
                    if a == b { Fit::Fits } else { Fit::OtherThing }
                }
                (Piece::Word { kind: a, which }, Piece::Word { kind: b, which: found })
                    if a == b =>
                {
                    self.word(a, which, found)
                }
                // Whatever stands where a thing of the case should, is not that thing.
                (Piece::Name { own: true, .. }, _) => Fit::OtherThing,
                (Piece::Word { kind, .. }, Piece::Name { own: true, .. })
                    if always_abstract(kind) =>
                {
                    Fit::OtherThing
                }
                _ => Fit::Differs,
            });
        }
        fit
    }

    /// Whether a word can stand for what was recorded.
    fn word(&mut self, kind: &str, expected: &Which, actual: &Which) -> Fit {
        let Which::Seen(seen) = actual else { return Fit::Fits };
        let Some((_, word)) = seen.first() else { return Fit::Fits };
        let number = match expected {
            Which::Any => return Fit::Fits,
            Which::Seen(recorded) => {
                let same = recorded.first().is_some_and(|(_, recorded)| recorded == word);
                return if same { Fit::Fits } else { Fit::Differs };
            }
            Which::Thing(number) => *number,
        };
        let of_thing = self.words.entry((kind.to_owned(), number)).or_insert_with(|| word.clone());
        if of_thing != word {
            return Fit::OtherThing;
        }
        // Two resources with one id are a fault; an account may well be two things at once.
        let of_word = self.things.entry((kind.to_owned(), word.clone())).or_insert(number);
        if *of_word == number || !kind.ends_with('-') { Fit::Fits } else { Fit::OtherThing }
    }
}

/// How well two texts fit, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Fits,
    OtherThing,
    Differs,
}

fn is_empty_list(node: &Node) -> bool {
    matches!(node, Node::List { items, rest } if items.is_empty()
        && rest.as_deref().is_none_or(|rest| matches!(rest, Node::Anything)))
}
