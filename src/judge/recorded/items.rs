//! Which items of two lists are the same thing: by what identifies them, not by their position.

use super::node::Node;
use super::text::{Piece, Which};

/// Longer lists are not taken apart item by item: the effort grows with the square.
pub(super) const MOST_ITEMS: usize = 256;

/// Levels of lists within lists that likeness looks at. AWS has four; each multiplies the effort.
const DEEPEST: usize = 4;

/// Pairs of items of two lists (indices), those that are most alike first; each at most once.
pub(super) fn pairs(a: &[Node], b: &[Node]) -> Vec<(usize, usize)> {
    if a.len().saturating_mul(b.len()) > MOST_ITEMS * MOST_ITEMS {
        return Vec::new();
    }
    let mut all: Vec<(i32, usize, usize)> = Vec::new();
    for (i, one) in a.iter().enumerate() {
        for (j, other) in b.iter().enumerate() {
            let likeness = likeness(one, other, DEEPEST);
            if likeness > 0 {
                all.push((likeness, i, j));
            }
        }
    }
    // Of equally alike ones those in the same order.
    all.sort_by_key(|(likeness, i, j)| (std::cmp::Reverse(*likeness), i.abs_diff(*j), *i));
    let (mut of_a, mut of_b) = (vec![false; a.len()], vec![false; b.len()]);
    let mut pairs = Vec::new();
    for (_, i, j) in all {
        if !of_a[i] && !of_b[j] {
            (of_a[i], of_b[j]) = (true, true);
            pairs.push((i, j));
        }
    }
    pairs.sort_unstable();
    pairs
}

/// A value that the case made or chose tells things apart better than anything else.
const NAMED: i32 = 24;
/// Members by which AWS's things are known.
const KEY: i32 = 6;

/// How likely it is that two values stand for the same thing; not above zero if they do not.
fn likeness(a: &Node, b: &Node, levels: usize) -> i32 {
    match (a, b) {
        (Node::Anything, _) | (_, Node::Anything) => 1,
        (Node::Null, Node::Null) => 1,
        (Node::Bool(a), Node::Bool(b)) => equal(a.is_none() || b.is_none() || a == b),
        (Node::Number(a), Node::Number(b)) => equal(a.is_none() || b.is_none() || a == b),
        (Node::Text(a), Node::Text(b)) => texts(a, b),
        (Node::AnyText { .. }, Node::Text(_)) | (Node::Text(_), Node::AnyText { .. }) => 1,
        (Node::AnyText { .. }, Node::AnyText { .. }) => 1,
        (Node::List { items: a, .. }, Node::List { items: b, .. }) => lists(a, b, levels),
        (Node::Map(a), Node::Map(b)) => {
            let mut sum = 1;
            for (name, member) in a {
                let Some(other) = b.get(name) else { continue };
                let weight = if is_key(name) { KEY } else { 1 };
                sum += weight * likeness(&member.node, &other.node, levels);
            }
            sum
        }
        _ => -1,
    }
}

fn equal(equal: bool) -> i32 {
    if equal { 1 } else { -1 }
}

fn is_key(name: &str) -> bool {
    name == "Key"
        || name == "Value"
        || name.ends_with("Id")
        || name.ends_with("Name")
        || name.contains("Cidr")
}

fn lists(a: &[Node], b: &[Node], levels: usize) -> i32 {
    /// Enough to recognise by what they hold.
    const FIRST: usize = 4;
    let Some(levels) = levels.checked_sub(1) else { return 0 };
    let best = |one: &Node| b.iter().take(FIRST).map(|other| likeness(one, other, levels)).max();
    a.iter().take(FIRST).filter_map(best).sum()
}

fn texts(a: &[Piece], b: &[Piece]) -> i32 {
    if a.len() != b.len() {
        return -1;
    }
    let mut sum = 0;
    for (one, other) in a.iter().zip(b) {
        sum +=
            match (one, other) {
                (Piece::Name { placeholder: a, .. }, Piece::Name { placeholder: b, .. }) => {
                    if a == b { NAMED } else { -NAMED }
                }
                (Piece::Word { kind: a, which: x }, Piece::Word { kind: b, which: y })
                    if a == b =>
                {
                    match (x, y) {
                        // The same word in two samples: the account's own, or the image's.
                        (Which::Seen(x), Which::Seen(y)) if word(x) == word(y) => 2,
                        _ => 0,
                    }
                }
                (Piece::Text(a), Piece::Text(b)) if a == b => 2,
                _ => return -1,
            };
    }
    sum
}

fn word(seen: &[(usize, String)]) -> Option<&str> {
    seen.first().map(|(_, word)| word.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two items in each of many levels: looked through in all ways it would take years.
    #[test]
    fn lists_within_lists() {
        fn nested(levels: usize) -> Node {
            let items = match levels {
                0 => vec![Node::Null],
                _ => vec![nested(levels - 1), nested(levels - 1)],
            };
            Node::List { items, rest: None }
        }
        let list = [nested(14), nested(13)];
        assert_eq!(pairs(&list, &list), []);
        let list = [nested(2), nested(3)];
        assert_eq!(pairs(&list, &list).len(), 2);
    }
}
