//! What JMESPaths find in things.

use serde_json::Value;

use crate::case::Selector;

/// What a JMESPath finds in a thing; null if nothing.
pub(crate) fn find(path: &str, thing: &Value) -> Value {
    Selector::new(path).and_then(|selector| selector.find(thing)).unwrap_or(Value::Null)
}

/// The texts that a JMESPath finds in a thing: one, or a list of them.
pub(crate) fn texts(path: &str, thing: &Value) -> Vec<String> {
    match find(path, thing) {
        Value::String(text) => vec![text],
        Value::Array(items) => {
            items.into_iter().filter_map(|item| Some(item.as_str()?.to_owned())).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether what a JMESPath finds is true, in the sense of JMESPath.
pub(crate) fn holds(path: &str, thing: &Value) -> bool {
    match find(path, thing) {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(map) => !map.is_empty(),
        Value::Bool(true) | Value::Number(_) => true,
    }
}
