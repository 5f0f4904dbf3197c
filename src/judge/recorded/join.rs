//! What samples have in common.

use std::collections::BTreeMap;

use super::items::pairs;
use super::node::{Member, Node};
use super::text::{Piece, Which, always_abstract};

/// What two values have in common.
pub(super) fn join(a: Node, b: Node) -> Node {
    match (a, b) {
        (Node::Null, Node::Null) => Node::Null,
        (Node::Bool(a), Node::Bool(b)) => Node::Bool(if a == b { a } else { None }),
        (Node::Number(a), Node::Number(b)) => Node::Number(if a == b { a } else { None }),
        (Node::Text(a), Node::Text(b)) => texts(a, b),
        (Node::Text(a), Node::AnyText { empty }) | (Node::AnyText { empty }, Node::Text(a)) => {
            Node::AnyText { empty: empty || a.is_empty() }
        }
        (Node::AnyText { empty: a }, Node::AnyText { empty: b }) => Node::AnyText { empty: a || b },
        (Node::List { items: a, rest: x }, Node::List { items: b, rest: y }) => lists(a, x, b, y),
        (Node::Map(a), Node::Map(b)) => maps(a, b),
        _ => Node::Anything,
    }
}

fn texts(a: Vec<Piece>, b: Vec<Piece>) -> Node {
    let varies = Node::AnyText { empty: a.is_empty() || b.is_empty() };
    if a.len() != b.len() {
        return varies;
    }
    let mut pieces = Vec::with_capacity(a.len());
    for pair in a.into_iter().zip(b) {
        pieces.push(match pair {
            (Piece::Word { kind, which: a }, Piece::Word { kind: other, which: b })
                if kind == other =>
            {
                Piece::Word { which: which(a, b), kind }
            }
            (a, b) if a == b => a,
            _ => return varies,
        });
    }
    Node::Text(pieces)
}

fn which(a: Which, b: Which) -> Which {
    match (a, b) {
        (Which::Seen(mut a), Which::Seen(b)) => {
            a.extend(b);
            Which::Seen(a)
        }
        _ => Which::Any,
    }
}

fn maps(mut a: BTreeMap<String, Member>, b: BTreeMap<String, Member>) -> Node {
    let mut joined = BTreeMap::new();
    for (name, other) in b {
        let member = match a.remove(&name) {
            Some(one) => Member {
                node: join(one.node, other.node),
                optional: one.optional || other.optional,
            },
            None => Member { optional: true, ..other },
        };
        joined.insert(name, member);
    }
    joined.extend(a.into_iter().map(|(name, member)| (name, Member { optional: true, ..member })));
    Node::Map(joined)
}

type Rest = Option<Box<Node>>;

fn lists(a: Vec<Node>, x: Rest, b: Vec<Node>, y: Rest) -> Node {
    let pairs = pairs(&a, &b);
    let mut a: Vec<Option<Node>> = a.into_iter().map(Some).collect();
    let mut b: Vec<Option<Node>> = b.into_iter().map(Some).collect();
    let mut items = Vec::with_capacity(pairs.len());
    for (i, j) in pairs {
        if let (Some(one), Some(other)) = (a[i].take(), b[j].take()) {
            items.push(join(one, other));
        }
    }
    let mut rest = match (x, y) {
        (Some(x), Some(y)) => Some(join(*x, *y)),
        (one, other) => one.or(other).map(|rest| *rest),
    };
    for further in a.into_iter().chain(b).flatten().map(anonymous) {
        rest = Some(match rest {
            Some(rest) => join(rest, further),
            None => further,
        });
    }
    Node::List { items, rest: rest.map(Box::new) }
}

/// An item that stands for many: which thing it is cannot be said.
pub(super) fn anonymous(node: Node) -> Node {
    match node {
        Node::Text(pieces) => Node::Text(
            pieces
                .into_iter()
                .map(|piece| match piece {
                    Piece::Word { kind, .. } => Piece::Word { kind, which: Which::Any },
                    other => other,
                })
                .collect(),
        ),
        Node::List { items, rest } => Node::List {
            items: items.into_iter().map(anonymous).collect(),
            rest: rest.map(|rest| Box::new(anonymous(*rest))),
        },
        Node::Map(members) => Node::Map(
            members
                .into_iter()
                .map(|(name, member)| {
                    (name, Member { node: anonymous(member.node), optional: member.optional })
                })
                .collect(),
        ),
        other => other,
    }
}

/// Gives numbers to the things that have no name: what was the same word in every sample is one
/// thing, wherever in the case it stands.
#[derive(Debug, Default)]
pub(super) struct Things {
    numbers: BTreeMap<(String, Vec<(usize, String)>), u32>,
    counts: BTreeMap<String, u32>,
}

impl Things {
    /// Numbers everything in a tree; in the order of steps and members.
    pub(super) fn number(&mut self, node: &mut Node) {
        match node {
            Node::Text(pieces) => pieces.iter_mut().for_each(|piece| self.piece(piece)),
            Node::List { items, rest } => {
                items.iter_mut().for_each(|item| self.number(item));
                if let Some(rest) = rest {
                    self.number(rest);
                }
            }
            Node::Map(members) => members.values_mut().for_each(|m| self.number(&mut m.node)),
            _ => {}
        }
    }

    fn piece(&mut self, piece: &mut Piece) {
        let Piece::Word { kind, which } = piece else { return };
        let Which::Seen(seen) = which else { return };
        if matches!(kind.as_str(), "time" | "zone" | "zone-id") {
            // When something happened is never the same; which times are equal says nothing. Of
            // zones that nobody asked for a cloud takes any; two may be equal by chance.
            *which = Which::Any;
            return;
        }
        let varies = seen.iter().any(|(_, word)| *word != seen[0].1);
        if !varies && !always_abstract(kind) {
            return;
        }
        let key = (kind.clone(), seen.clone());
        let counts = &mut self.counts;
        let number = *self.numbers.entry(key).or_insert_with(|| {
            let count = counts.entry(kind.clone()).or_default();
            *count += 1;
            *count
        });
        *which = Which::Thing(number);
    }
}
