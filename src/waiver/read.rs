//! From the text of a file to [`Waivers`].

use jiff::civil::Date;

use super::document::{Waiver, Waivers, WaiversDoc};
use crate::judge::{RULES, rule};
use crate::model::suggest;
use crate::syntax::{
    Diagnostic, Diagnostics, MapReader, Node, NodeKind, Reader, SourceFile, Spanned, matches, parse,
};

impl Waivers {
    /// Reads a file of waivers.
    ///
    /// # Errors
    /// Every mistake with its place.
    pub fn parse(file: SourceFile) -> Result<Waivers, Diagnostics> {
        let mut reader = Reader::default();
        let list = match parse(&file.text) {
            Ok(root) => waivers(&root, &mut reader),
            Err(mistake) => {
                reader.report(pattern_hint(mistake));
                Vec::new()
            }
        };
        let found = reader.into_found();
        if found.is_empty() {
            return Ok(Waivers { file, list });
        }
        let mut mistakes = Diagnostics::default();
        mistakes.add(file, found);
        Err(mistakes)
    }
}

/// To YAML, a star at the beginning is an alias.
fn pattern_hint(mistake: Diagnostic) -> Diagnostic {
    if mistake.message().starts_with("aliases") {
        return mistake.help("a pattern that begins with a star stands in quotes: \"*/dry-run\"");
    }
    mistake
}

fn waivers(root: &Node, reader: &mut Reader) -> Vec<Waiver> {
    // A file in which nothing stands yet.
    if root.kind == NodeKind::Null {
        return Vec::new();
    }
    let Some(map) = reader.map_of::<WaiversDoc>(root, "a file of waivers") else {
        return Vec::new();
    };
    let Some(list) = map.required("waivers", "a file of waivers", reader) else {
        return Vec::new();
    };
    // The last one was removed, and the key was left.
    if list.kind == NodeKind::Null {
        return Vec::new();
    }
    let items = reader.list(list, "waivers");
    items.iter().filter_map(|node| waiver(node, reader)).collect()
}

fn waiver(node: &Node, reader: &mut Reader) -> Option<Waiver> {
    let map = reader.map_of::<Waiver>(node, "a waiver")?;
    let case = pattern(&map, "case", reader);
    let rule = pattern(&map, "rule", reader);
    if map.get("case").is_none() && map.get("rule").is_none() {
        let key = map.entries.first().map_or(node.span.clone(), |(key, _)| key.span.clone());
        reader.report(
            Diagnostic::error("a waiver says which case or which rule it is about")
                .at(key, "neither `case` nor `rule` is in this waiver")
                .help("`case: vpcs/one`, `rule: model.enum`, or both; `*` stands for anything"),
        );
    }
    if let Some(rule) = &rule {
        known_rule(rule, reader);
    }
    let target = pattern(&map, "target", reader);
    let path = pattern(&map, "path", reader);
    let reason = said(&map, "reason", reader);
    let owner = said(&map, "owner", reader);
    let expires = expiry(&map, reader);
    let plain = |text: Option<Spanned<String>>| text.map(|text| text.value);
    Some(Waiver {
        target: plain(target),
        case: plain(case),
        rule: plain(rule),
        path: plain(path),
        reason: reason?,
        owner: owner?,
        expires: expires?,
        span: node.span.clone(),
    })
}

fn pattern(map: &MapReader<'_>, key: &str, reader: &mut Reader) -> Option<Spanned<String>> {
    let text = reader.string(map.get(key)?)?;
    if text.value.trim().is_empty() {
        reader.report(
            Diagnostic::error(format!("`{key}` is empty"))
                .at(text.span.clone(), "nothing fits this")
                .help(format!("leave `{key}` out if it can be anything")),
        );
        return None;
    }
    Some(text)
}

fn known_rule(pattern: &Spanned<String>, reader: &mut Reader) {
    let known = match pattern.value.contains('*') {
        true => RULES.iter().any(|rule| matches(&pattern.value, &rule.id)),
        false => rule(&pattern.value).is_some(),
    };
    if known {
        return;
    }
    let close = suggest(&pattern.value, RULES.iter().map(|rule| rule.id.as_str()));
    let mistake = Diagnostic::error(format!("there is no rule `{}`", pattern.value))
        .at(pattern.span.clone(), "no finding has it");
    reader.report(match close {
        Some(_) => mistake.suggest(close),
        None => mistake.help("`parallax report DIR --verbose` shows the rule of each finding"),
    });
}

/// A text that has to say something.
fn said(map: &MapReader<'_>, key: &str, reader: &mut Reader) -> Option<String> {
    let text = map.required_text(key, "a waiver", reader)?;
    if text.value.trim().is_empty() {
        let mistake = Diagnostic::error(format!("`{key}` says nothing"));
        reader.report(mistake.at(text.span, "empty"));
        return None;
    }
    Some(text.value)
}

fn expiry(map: &MapReader<'_>, reader: &mut Reader) -> Option<Date> {
    let text = map.required_text("expires", "a waiver", reader)?;
    let date = date(&text.value);
    if date.is_none() {
        reader.report(
            Diagnostic::error(format!("{:?} is no date", text.value))
                .at(text.span, "not a day of any year")
                .help("`YYYY-MM-DD` is meant: the last day on which the waiver holds"),
        );
    }
    date
}

/// A date as `YYYY-MM-DD` and nothing else.
pub(super) fn date(text: &str) -> Option<Date> {
    text.parse().ok().filter(|_| text.len() == 10)
}
