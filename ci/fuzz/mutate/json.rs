//! Changes the tree of a JSON value.

use serde_json::{Map, Value, json};

use super::{Pool, bytes, special, words, xml};
use crate::chance::Chance;

/// Values that a change may make of one.
const MOST_COPIES: usize = 3000;

pub fn change(chance: &mut Chance, input: &[u8], pool: &Pool<'_>) -> Option<Vec<u8>> {
    let tree = serde_json::from_slice(input).ok()?;
    let other = serde_json::from_slice(pool.other(chance)).ok()?;
    Some(change_tree(chance, tree, &other, pool).to_string().into_bytes())
}

/// Lines change places, go, come again; or one of them is changed.
pub fn change_lines(chance: &mut Chance, input: &[u8], pool: &Pool<'_>) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(input).ok()?;
    let mut lines: Vec<&str> = text.lines().collect();
    let at = chance.below(lines.len());
    let line = *lines.get(at)?;
    let other = std::str::from_utf8(pool.other(chance)).ok()?;
    let others: Vec<&str> = other.lines().collect();
    let foreign = *others.get(chance.below(others.len()))?;
    let changed;
    match chance.below(16) {
        0 => drop(lines.remove(at)),
        1 => lines.insert(at, line),
        2 => {
            let place = chance.below(lines.len());
            lines.swap(at, place);
        }
        3 => lines.insert(at, foreign),
        _ => {
            let tree = serde_json::from_str(line).ok()?;
            let other = serde_json::from_str(foreign).ok()?;
            changed = change_tree(chance, tree, &other, pool).to_string();
            lines[at] = &changed;
        }
    }
    Some((lines.join("\n") + "\n").into_bytes())
}

/// Changes one value in a tree; others may come from another tree.
pub fn change_tree(chance: &mut Chance, mut tree: Value, other: &Value, pool: &Pool<'_>) -> Value {
    let at = chance.below(count(&tree));
    let foreign = nth(other, chance.below(count(other))).cloned().unwrap_or_default();
    let mut left = at;
    visit(&mut tree, &mut left, &mut |value| change_value(chance, value, &foreign, pool));
    tree
}

fn change_value(chance: &mut Chance, value: &mut Value, foreign: &Value, pool: &Pool<'_>) {
    match chance.below(12) {
        0 => *value = foreign.clone(),
        1 => *value = simple(chance, pool),
        2 => {
            let mut inner = value.take();
            for _ in 0..chance.magnitude(200) {
                inner = if chance.once_in(2) { json!([inner]) } else { json!({"a": inner}) };
            }
            *value = inner;
        }
        3 => {
            let copies = MOST_COPIES / count(value).max(1);
            *value = Value::Array(vec![value.clone(); chance.magnitude(copies.max(1))]);
        }
        _ => within(chance, value, foreign, pool),
    }
}

fn within(chance: &mut Chance, value: &mut Value, foreign: &Value, pool: &Pool<'_>) {
    match value {
        Value::String(text) => *text = changed_text(chance, text, pool),
        Value::Array(items) => {
            let at = chance.below(items.len() + 1);
            match chance.below(4) {
                0 if at < items.len() => drop(items.remove(at)),
                1 if at < items.len() => {
                    let item = items[at].clone();
                    let copies = chance.magnitude((MOST_COPIES / count(&item).max(1)).max(1));
                    items.splice(at..at, vec![item; copies]);
                }
                2 => items.reverse(),
                _ => items.insert(at, foreign.clone()),
            }
        }
        Value::Object(map) => in_object(chance, map, foreign, pool),
        scalar => *scalar = simple(chance, pool),
    }
}

fn in_object(chance: &mut Chance, map: &mut Map<String, Value>, foreign: &Value, pool: &Pool<'_>) {
    let keys: Vec<String> = map.keys().cloned().collect();
    let Some(key) = keys.get(chance.below(keys.len())) else {
        map.insert(pool.text(chance), foreign.clone());
        return;
    };
    match chance.below(6) {
        0 => drop(map.remove(key)),
        1 => {
            let value = map.remove(key).unwrap_or_default();
            map.insert(pool.text(chance), value);
        }
        2 => drop(map.insert(pool.text(chance), foreign.clone())),
        3 => drop(map.insert(key.clone(), simple(chance, pool))),
        4 => {
            let (a, b) = (chance.pick(&keys).clone(), key.clone());
            let one = map.get(&a).cloned().unwrap_or_default();
            let two = map.insert(b, one).unwrap_or_default();
            map.insert(a, two);
        }
        _ => {
            let value = map[key].clone();
            for n in 0..chance.magnitude((MOST_COPIES / count(&value).max(1)).max(1)) {
                map.insert(format!("{key}{n}"), value.clone());
            }
        }
    }
}

fn changed_text(chance: &mut Chance, text: &str, pool: &Pool<'_>) -> String {
    let changed = match chance.below(8) {
        0 => return special::text(chance),
        1 => pool.word(chance),
        2 => bytes::change(chance, text.as_bytes().to_vec()),
        3..=6 if text.contains("</") => xml::change(chance, text.as_bytes(), pool),
        _ => words::change(chance, text.as_bytes(), pool),
    };
    String::from_utf8_lossy(&changed).into_owned()
}

fn simple(chance: &mut Chance, pool: &Pool<'_>) -> Value {
    match chance.below(8) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!([]),
        3 => json!({}),
        4 | 5 => serde_json::from_str(special::number(chance)).unwrap_or_default(),
        6 => json!(pool.text(chance)),
        _ => json!(special::text(chance)),
    }
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(map) => map.values().map(count).sum(),
        _ => 0,
    }
}

fn nth(value: &Value, mut n: usize) -> Option<&Value> {
    fn walk<'v>(value: &'v Value, n: &mut usize) -> Option<&'v Value> {
        if *n == 0 {
            return Some(value);
        }
        *n -= 1;
        match value {
            Value::Array(items) => items.iter().find_map(|item| walk(item, n)),
            Value::Object(map) => map.values().find_map(|item| walk(item, n)),
            _ => None,
        }
    }
    walk(value, &mut n)
}

/// Calls `change` with the value of this number, counted depth first.
fn visit(value: &mut Value, left: &mut usize, change: &mut impl FnMut(&mut Value)) -> bool {
    if *left == 0 {
        change(value);
        return true;
    }
    *left -= 1;
    match value {
        Value::Array(items) => items.iter_mut().any(|item| visit(item, left, change)),
        Value::Object(map) => map.values_mut().any(|item| visit(item, left, change)),
        _ => false,
    }
}
