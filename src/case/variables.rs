//! Variables: `$name` alone stands for a value, `${name}` is replaced within text.

use std::cell::Cell;
use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// Variables and their values.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    values: BTreeMap<String, Value>,
    /// Values of rows, which may name other variables: those are replaced where the value is used.
    /// What an answer gave is never looked into.
    rows: BTreeMap<String, Value>,
}

/// How deep values of rows may name each other; deeper, they name themselves.
const DEEPEST: usize = 4;
/// Bytes that replacing variables may give beyond those of what stood there, in one value: a few words
/// can name each other so often that no memory would hold the text.
const MOST: usize = 8 << 20;

/// A variable that has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unbound(
    /// Its name, without `$`.
    pub String,
);

impl Scope {
    /// Gives a variable its value.
    pub fn set(&mut self, name: impl Into<String>, value: Value) {
        self.values.insert(name.into(), value);
    }

    /// Gives a variable of the row its value, which may name other variables.
    pub fn set_row(&mut self, name: impl Into<String>, value: Value) {
        self.rows.insert(name.into(), value);
    }

    /// The value of a variable, as it was set.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.values.get(name).or_else(|| self.rows.get(name))
    }

    /// `value` with every variable replaced, in text, keys and list items alike.
    ///
    /// # Errors
    /// Returns the first variable that has no value.
    pub fn resolve(&self, value: &Value) -> Result<Value, Unbound> {
        Resolving { scope: self, left: Cell::new(MOST) }.value(value, 0)
    }
}

/// One value's variables being replaced.
struct Resolving<'s> {
    scope: &'s Scope,
    /// Bytes that may still be added.
    left: Cell<usize>,
}

impl Resolving<'_> {
    fn value(&self, value: &Value, depth: usize) -> Result<Value, Unbound> {
        Ok(match value {
            Value::String(text) => self.text(text, depth)?,
            Value::Array(items) => {
                items.iter().map(|item| self.value(item, depth)).collect::<Result<_, _>>()?
            }
            Value::Object(map) => Value::Object(
                map.iter()
                    .map(|(key, value)| {
                        let key = match self.text(key, depth)? {
                            Value::String(key) => key,
                            other => other.to_string(),
                        };
                        Ok((key, self.value(value, depth)?))
                    })
                    .collect::<Result<Map<_, _>, Unbound>>()?,
            ),
            other => other.clone(),
        })
    }

    fn value_of(&self, name: &str, depth: usize) -> Result<Value, Unbound> {
        let Scope { values, rows } = self.scope;
        match (values.get(name), rows.get(name)) {
            (Some(value), _) => {
                self.add(size(value), name)?;
                Ok(value.clone())
            }
            (None, Some(value)) if depth < DEEPEST => {
                self.add(size(value), name)?;
                self.value(value, depth + 1)
            }
            _ => Err(Unbound(name.to_owned())),
        }
    }

    fn text(&self, text: &str, depth: usize) -> Result<Value, Unbound> {
        let parts = parts(text);
        if let [Part::Variable(name)] = parts[..] {
            return self.value_of(name, depth);
        }
        let mut out = String::new();
        for part in parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Repeated(text, times) => {
                    self.add(text.len() * times, text)?;
                    out.push_str(&text.repeat(times));
                }
                Part::Variable(name) => match self.value_of(name, depth)? {
                    Value::String(value) => out.push_str(&value),
                    value => out.push_str(&value.to_string()),
                },
            }
        }
        Ok(Value::String(out))
    }

    /// Takes note of so many bytes more. What would be too long is not there.
    fn add(&self, bytes: usize, name: &str) -> Result<(), Unbound> {
        let Some(left) = self.left.get().checked_sub(bytes) else {
            return Err(Unbound(format!("{name} (too long)")));
        };
        self.left.set(left);
        Ok(())
    }
}

/// About how much memory a value takes.
fn size(value: &Value) -> usize {
    const ANY: usize = 16;
    ANY + match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(map) => map.iter().map(|(key, value)| key.len() + size(value)).sum(),
        _ => 0,
    }
}

/// Names of the variables in a text, in order.
pub(crate) fn names_in(text: &str) -> impl Iterator<Item = &str> {
    parts(text).into_iter().filter_map(|part| match part {
        Part::Variable(name) => Some(name),
        Part::Text(_) | Part::Repeated(..) => None,
    })
}

/// Names of the variables anywhere in a value.
pub(crate) fn names_in_value(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => names_in(text).map(str::to_owned).collect(),
        Value::Array(items) => items.iter().flat_map(names_in_value).collect(),
        Value::Object(map) => map
            .iter()
            .flat_map(|(key, value)| {
                names_in(key).map(str::to_owned).chain(names_in_value(value)).collect::<Vec<_>>()
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// Whether a text contains a variable at all.
pub(crate) fn has_variable(text: &str) -> bool {
    names_in(text).next().is_some()
}

/// The longest text that a case can ask for by repetition: more than EC2 takes anywhere.
const LONGEST: usize = 1 << 20;

enum Part<'t> {
    Text(&'t str),
    /// `${a*256}`: a text so many times, for what limits the length of names.
    Repeated(&'t str, usize),
    Variable(&'t str),
}

/// `$name` counts only if it is the whole text: `a$b` is text, `$$` is a dollar sign.
fn parts(text: &str) -> Vec<Part<'_>> {
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    if let Some(name) = text.strip_prefix('$').filter(|name| is_name(name)) {
        return vec![Part::Variable(name)];
    }
    let mut parts = Vec::new();
    let mut rest = text;
    // Bytes of `text` up to behind the next closing brace; looked for once, not from each dollar.
    let mut close = 0;
    while let Some(at) = rest.find('$') {
        let (before, after) = rest.split_at(at);
        parts.push(Part::Text(before));
        if let Some(tail) = after.strip_prefix("$$") {
            parts.push(Part::Text("$"));
            rest = tail;
            continue;
        }
        let dollar = text.len() - after.len();
        if close <= dollar {
            close = after.find('}').map_or(usize::MAX, |brace| dollar + brace + 1);
        }
        let braced = after.strip_prefix("${").filter(|_| close <= text.len());
        let inside = braced.map(|_| (&text[dollar + 2..close - 1], &text[close..]));
        match inside {
            Some((name, tail)) if is_name(name) => {
                parts.push(Part::Variable(name));
                rest = tail;
            }
            Some((inside, tail)) if let Some((text, times)) = repeated(inside) => {
                parts.push(Part::Repeated(text, times));
                rest = tail;
            }
            _ => {
                parts.push(Part::Text("$"));
                rest = &after[1..];
            }
        }
    }
    parts.push(Part::Text(rest));
    parts
}

/// `a*256`, between the braces.
fn repeated(inside: &str) -> Option<(&str, usize)> {
    // As many digits as the longest text has; a longer rest is not looked through.
    let digits = inside.bytes().rev().take(8).take_while(u8::is_ascii_digit).count();
    let (text, times) = inside.split_at(inside.len() - digits);
    let text = text.strip_suffix('*')?;
    let times: usize = times.parse().ok()?;
    (!text.is_empty() && text.len().saturating_mul(times) <= LONGEST).then_some((text, times))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn replaced_with_type_and_within_text() {
        let mut scope = Scope::default();
        scope.set("n", json!(3));
        scope.set("id", json!("vpc-1"));
        let value = json!({"a": "$n", "b": ["${id}-x${n}", "$$id", "a$id", "costs $5"], "$id": 1});
        assert_eq!(
            scope.resolve(&value),
            Ok(json!({"a": 3, "b": ["vpc-1-x3", "$id", "a$id", "costs $5"], "vpc-1": 1}))
        );
        assert_eq!(scope.resolve(&json!("${other}!")), Err(Unbound("other".into())));
        assert_eq!(scope.resolve(&json!("${ab*3}-${id}")), Ok(json!("ababab-vpc-1")));
        assert_eq!(scope.resolve(&json!("${é*2}")), Ok(json!("éé")));
        scope.set_row("row", json!({"Id": "$id", "Name": "${a*3}"}));
        assert_eq!(scope.resolve(&json!(["$row"])), Ok(json!([{"Id": "vpc-1", "Name": "aaa"}])));
        scope.set_row("later", json!("$not_yet"));
        assert_eq!(scope.resolve(&json!("$later")), Err(Unbound("not_yet".into())));
        scope.set_row("me", json!("x${me}"));
        assert_eq!(scope.resolve(&json!("$me")), Err(Unbound("me".into())), "names itself");
        scope.set("answer", json!("$id"));
        assert_eq!(scope.resolve(&json!("$answer")), Ok(json!("$id")), "what an answer gave");
        assert_eq!(scope.resolve(&json!("${a$b*2}}${id}")), Ok(json!("a$ba$b}vpc-1")));
        for text in ["${a*}", "${*3}", "${a*-1}", "${a*99999999999}", "${id", "${ ${", "}${"] {
            assert_eq!(scope.resolve(&json!(text)), Ok(json!(text)), "no repetition");
        }
    }

    #[test]
    fn a_few_words_do_not_become_more_than_memory_holds() {
        let mut scope = Scope::default();
        for (name, next) in [("a", "b"), ("b", "c"), ("c", "d")] {
            scope.set_row(name, json!(format!("${{{next}}}").repeat(1000)));
        }
        scope.set_row("d", json!("x".repeat(1000)));
        assert_eq!(scope.resolve(&json!("$c")), Ok(json!("x".repeat(1_000_000))));
        for text in [
            "$a".to_owned(),
            "${a*1000000}".repeat(1000),
            "$c".to_owned() + "${c}${c}".repeat(9).as_str(),
        ] {
            let unbound = scope.resolve(&json!(text)).expect_err("too long");
            assert!(unbound.0.ends_with("(too long)"), "{unbound:?}");
        }
        // Nor is a text looked through from each of its dollars.
        for text in ["${".repeat(1 << 17), "${".repeat(1 << 17) + "9}", "$".repeat(1 << 17)] {
            assert!(scope.resolve(&json!(text)).is_ok());
        }
    }
}
