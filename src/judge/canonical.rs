//! Canonical form: ids become placeholders that keep identity, so that two runs of the same
//! behaviour look the same, and the wrong id looks wrong.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use serde_json::Value;

use super::form::Form;

/// Names the ids and other values of a case's run.
///
/// A value that a step bound is named by its variable (`<vpc>`), whatever order answers show it in
/// and whatever form the cloud's ids have. An id of AWS's form that no step bound is named by its
/// kind and `?`, as in `<sg:?1>`.
#[derive(Debug, Default)]
pub(crate) struct Canonical {
    names: Vec<Name>,
    /// Finds the names that stand for themselves also within other text; the longest wins.
    finder: Option<AhoCorasick>,
    /// Index of the name of a whole text.
    whole: HashMap<String, usize>,
    strangers: RefCell<HashMap<String, String>>,
    /// Strangers by kind: counting them for each would take the square of their number.
    strangers_of: RefCell<BTreeMap<String, u32>>,
}

/// A value of the run that has a name.
#[derive(Debug, PartialEq)]
pub(crate) struct Name {
    pub(crate) literal: String,
    /// `<vpc>`.
    pub(crate) placeholder: String,
    /// What kind of value it is.
    pub(crate) kind: NameKind,
}

/// Where a named value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NameKind {
    /// The case made it or chose it: a step bound it, or it is the run's own name or token.
    Own,
    /// The target's image.
    Image,
    /// Region, zone or instance type: words that AWS's answers are full of. They are shown as they
    /// are; only what is compared with a recording made elsewhere looks through them.
    Place,
    /// The target's zone in a case that does not ask for one: what stands in an answer the cloud
    /// chose, and it may choose another.
    Chosen,
}

impl NameKind {
    /// The kind of a variable.
    pub(crate) fn of(variable: &str) -> NameKind {
        match variable {
            "image" => NameKind::Image,
            "region" | "zone" | "instance_type" => NameKind::Place,
            _ => NameKind::Own,
        }
    }
}

/// A part of a text.
#[derive(Debug, PartialEq)]
pub(crate) enum Part<'a> {
    Text(&'a str),
    Name(&'a Name),
}

/// A shorter literal is likely to be part of an unrelated word; a whole text may be shorter.
const SHORTEST: usize = 6;
/// What the case made may be a shorter word, but a word of its own.
const SHORTEST_WORD: usize = 4;

impl Canonical {
    /// Names the values that the run gave and those that steps bound, in the order bound.
    pub(crate) fn of<'v>(
        given: impl IntoIterator<Item = (&'v str, &'v Value, NameKind)>,
        bound: impl IntoIterator<Item = (&'v str, &'v Value)>,
    ) -> Canonical {
        let mut canonical = Canonical::default();
        for (variable, value) in bound {
            match value {
                Value::Array(items) => {
                    for (n, item) in items.iter().enumerate() {
                        canonical.add(&format!("<{variable}:{}>", n + 1), item, NameKind::Own);
                    }
                }
                value => canonical.add(&format!("<{variable}>"), value, NameKind::Own),
            }
        }
        for (variable, value, kind) in given {
            canonical.add(&format!("<{variable}>"), value, kind);
        }
        let within = canonical.names.iter().map(|name| name.literal.as_str());
        canonical.finder = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            // Built for each case, for a few names: anything faster takes longer to build than it saves.
            .kind(Some(AhoCorasickKind::NoncontiguousNFA))
            .build(within)
            .ok()
            .filter(|_| !canonical.names.is_empty());
        canonical
    }

    fn add(&mut self, placeholder: &str, value: &Value, kind: NameKind) {
        let Some(text) = value.as_str().filter(|t| !t.is_empty()) else { return };
        if self.whole.contains_key(text) {
            return;
        }
        self.whole.insert(text.to_owned(), self.names.len());
        self.names.push(Name {
            literal: text.to_owned(),
            placeholder: placeholder.to_owned(),
            kind,
        });
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
        if let Some(form) = time_form(text) {
            return form;
        }
        let mut out = String::with_capacity(text.len());
        let mut plain = 0;
        self.each_name(text, |from, to, name| {
            if !matches!(name.kind, NameKind::Place | NameKind::Chosen) {
                self.name_strangers(&text[plain..from], &mut out);
                out.push_str(&name.placeholder);
                plain = to;
            }
        });
        self.name_strangers(&text[plain..], &mut out);
        out
    }

    /// The parts of a text, every name found.
    pub(crate) fn parts<'a>(&'a self, text: &'a str) -> Vec<Part<'a>> {
        let mut parts = Vec::new();
        let mut plain = 0;
        self.each_name(text, |from, to, name| {
            if plain < from {
                parts.push(Part::Text(&text[plain..from]));
            }
            parts.push(Part::Name(name));
            plain = to;
        });
        if plain < text.len() {
            parts.push(Part::Text(&text[plain..]));
        }
        parts
    }

    fn each_name<'a>(&'a self, text: &str, mut found: impl FnMut(usize, usize, &'a Name)) {
        if let Some(&index) = self.whole.get(text) {
            return found(0, text.len(), &self.names[index]);
        }
        let Some(finder) = &self.finder else { return };
        for hit in finder.find_iter(text) {
            let name = &self.names[hit.pattern().as_usize()];
            let word = || is_word(text, hit.start(), hit.end());
            let short = name.kind == NameKind::Own && name.literal.len() >= SHORTEST_WORD;
            if name.literal.len() >= SHORTEST || (short && word()) {
                found(hit.start(), hit.end(), name);
            }
        }
    }

    fn name_strangers(&self, text: &str, out: &mut String) {
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let mut rest = text;
        while !rest.is_empty() {
            let word = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            match Form::id_prefix(&rest[..word]) {
                Some(prefix) => out.push_str(&self.stranger(prefix, &rest[..word])),
                None => out.push_str(&rest[..word]),
            }
            let next = rest[word..].find(is_word).map_or(rest.len(), |at| word + at);
            out.push_str(&rest[word..next]);
            rest = &rest[next..];
        }
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

/// Whether letters and digits end where this part of a text does.
fn is_word(text: &str, start: usize, end: usize) -> bool {
    let ends = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    ends(text[..start].chars().next_back()) && ends(text[end..].chars().next())
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
            let (name, vpc) = (json!("parallax-1a2b3c4d-x"), json!(vpc));
            let canonical = Canonical::of([("name", &name, NameKind::Own)], [("vpc", &vpc)]);
            let arn = format!("arn:x/{}", vpc.as_str().unwrap());
            canonical
                .value(&json!({"VpcId": vpc, "Other": other, "Arn": arn, "Again": [other, vpc]}))
        };
        let time = Canonical::default().text("2026-11-21T06:48:50.480331");
        assert_eq!(time, "<time: YYYY-MM-DDThh:mm:ss.ssssss>");
        let one = run("vpc-0123456789abcdef0", "vpc-11111111");
        assert_eq!(
            one,
            json!({"VpcId": "<vpc>", "Other": "<vpc:?1>", "Arn": "arn:x/<vpc>", "Again": ["<vpc:?1>", "<vpc>"]})
        );
        assert_eq!(one, run("vpc-22222222", "vpc-33333333"));
        assert_eq!(one, run("a-cloud-with-other-ids", "vpc-33333333"), "ids without AWS's form");
        assert_ne!(one, run("vpc-22222222", "vpc-22222222"), "the same id in another's place");
    }

    #[test]
    fn the_longest_name_wins_and_places_are_words() {
        let (zone, region) = (json!("nova"), json!("us-east-1"));
        let (one, two) = (json!("name-1"), json!("name-11"));
        let place = NameKind::Place;
        let given = [("zone", &zone, place), ("region", &region, place)];
        let canonical = Canonical::of(given, [("one", &one), ("two", &two)]);
        let parts = |text: &'static str| -> Vec<&str> {
            let parts = canonical.parts(text);
            let shown = parts.into_iter().map(|part| match part {
                Part::Text(text) => text,
                Part::Name(name) => name.placeholder.as_str(),
            });
            shown.collect()
        };
        assert_eq!(canonical.text("name-11 name-1"), "<two> <one>");
        assert_eq!(canonical.text("us-east-1"), "us-east-1", "shown as it is");
        assert_eq!(parts("nova"), ["<zone>"]);
        assert_eq!(parts("novation"), ["novation"], "part of a word");
        assert_eq!(parts("us-east-1b"), ["<region>", "b"]);
    }
}
