//! Canonical form: ids become placeholders that keep identity, so that two runs of the same
//! behaviour look the same, and the wrong id looks wrong.

use std::cell::RefCell;
use std::collections::BTreeMap;

use serde_json::Value;

use super::form::Form;

/// Replaces ids and names of a case's run by placeholders.
///
/// A value that a step bound is named where it was bound (`<vpc:1>`), whatever order answers show
/// it in. An id of AWS's form that no step bound is named by its kind and `?`, as in `<sg:?1>`.
#[derive(Debug, Default)]
pub(crate) struct Canonical {
    /// Literal and placeholder, longest literal first.
    bound: Vec<(String, String)>,
    counts: BTreeMap<String, u32>,
    strangers: RefCell<BTreeMap<String, String>>,
    /// Strangers by kind: counting them for each would take the square of their number.
    strangers_of: RefCell<BTreeMap<String, u32>>,
}

/// A shorter literal is likely to be part of an unrelated word.
const SHORTEST: usize = 6;

impl Canonical {
    /// Names a value of the run itself: `<name>`, `<image>`.
    pub(crate) fn give(&mut self, name: &str, value: &Value) {
        // Zones, regions and types are short words that AWS's answers are full of.
        if matches!(name, "name" | "run" | "token" | "image") {
            self.add(value, format!("<{name}>"));
        }
    }

    /// Names a value that a step bound.
    pub(crate) fn bind(&mut self, variable: &str, value: &Value) {
        let Some(text) = value.as_str() else { return };
        if self.bound.iter().any(|(literal, _)| literal == text) {
            return;
        }
        let kind = Form::id_prefix(text).unwrap_or(variable).to_owned();
        let count = self.counts.entry(kind.clone()).or_default();
        *count += 1;
        let placeholder = format!("<{kind}:{count}>");
        self.add(value, placeholder);
    }

    fn add(&mut self, value: &Value, placeholder: String) {
        if let Some(text) = value.as_str().filter(|t| t.len() >= SHORTEST) {
            self.bound.push((text.to_owned(), placeholder));
            self.bound.sort_by_key(|(literal, _)| std::cmp::Reverse(literal.len()));
        }
    }

    /// A value in canonical form.
    pub(crate) fn value(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text)),
            Value::Array(items) => items.iter().map(|item| self.value(item)).collect(),
            Value::Object(map) => {
                Value::Object(map.iter().map(|(k, v)| (k.clone(), self.value(v))).collect())
            }
            other => other.clone(),
        }
    }

    /// A text in canonical form.
    pub(crate) fn text(&self, text: &str) -> String {
        if let Some((_, placeholder)) = self.bound.iter().find(|(literal, _)| literal == text) {
            return placeholder.clone();
        }
        if let Some(form) = time_form(text) {
            return form;
        }
        let mut out = text.to_owned();
        for (literal, placeholder) in &self.bound {
            if out.contains(literal.as_str()) {
                out = out.replace(literal.as_str(), placeholder);
            }
        }
        self.name_strangers(&out)
    }

    fn name_strangers(&self, text: &str) -> String {
        let mut out = String::new();
        let mut word = String::new();
        for c in text.chars().chain(['\0']) {
            if c.is_ascii_alphanumeric() || c == '-' {
                word.push(c);
                continue;
            }
            match Form::id_prefix(&word) {
                Some(prefix) => out.push_str(&self.stranger(prefix, &word)),
                None => out.push_str(&word),
            }
            word.clear();
            if c != '\0' {
                out.push(c);
            }
        }
        out
    }

    fn stranger(&self, prefix: &str, id: &str) -> String {
        let mut strangers = self.strangers.borrow_mut();
        if let Some(known) = strangers.get(id) {
            return known.clone();
        }
        let mut counts = self.strangers_of.borrow_mut();
        let number = counts.entry(prefix.to_owned()).or_default();
        *number += 1;
        let placeholder = format!("<{prefix}:?{number}>");
        strangers.insert(id.to_owned(), placeholder.clone());
        placeholder
    }
}

/// A time is when it happened; what two runs share is how it is written.
fn time_form(text: &str) -> Option<String> {
    let date_and_time = text.get(..19)?;
    let separators = [(4, '-'), (7, '-'), (10, 'T'), (13, ':'), (16, ':')];
    let is_time = date_and_time.char_indices().all(|(at, c)| {
        match separators.iter().find(|(place, _)| *place == at) {
            Some((_, separator)) => c == *separator,
            None => c.is_ascii_digit(),
        }
    });
    let rest = &text[19..];
    let zone = rest.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | 'Z' | '+' | '-' | ':'));
    (is_time && zone && rest.len() <= 20).then(|| {
        let digits: String =
            rest.chars().map(|c| if c.is_ascii_digit() { 's' } else { c }).collect();
        format!("<time: YYYY-MM-DDThh:mm:ss{digits}>")
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn identity_is_kept_and_values_are_not() {
        let run = |vpc: &str, other: &str| {
            let mut canonical = Canonical::default();
            canonical.give("name", &json!("parallax-1a2b3c4d-x"));
            canonical.bind("vpc", &json!(vpc));
            canonical.value(&json!({
                "VpcId": vpc, "Other": other, "Arn": format!("arn:x/{vpc}"), "Again": [other, vpc],
            }))
        };
        let time = Canonical::default().text("2026-11-21T06:48:50.480331");
        assert_eq!(time, "<time: YYYY-MM-DDThh:mm:ss.ssssss>");
        let one = run("vpc-0123456789abcdef0", "vpc-11111111");
        assert_eq!(
            one,
            json!({"VpcId": "<vpc:1>", "Other": "<vpc:?1>", "Arn": "arn:x/<vpc:1>", "Again": ["<vpc:?1>", "<vpc:1>"]})
        );
        assert_eq!(one, run("vpc-22222222", "vpc-33333333"));
        assert_ne!(one, run("vpc-22222222", "vpc-22222222"), "the same id in another's place");
    }
}
