//! All rules, read once.

use std::sync::LazyLock;

use serde_json::Value;

use super::Rule;
use super::read::read;
use crate::assets::Assets;
use crate::judge::Finding;
use crate::syntax::{Diagnostics, Reader, parse};

/// All rules, by layer and id.
///
/// A file with a mistake in it is left out: that all of them can be read is what a test is for.
pub static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| load().0);

/// The rules by id, sorted: a huge answer has millions of findings, and each looks up its rule.
static BY_ID: LazyLock<Vec<(&'static str, &'static Rule)>> = LazyLock::new(|| {
    let mut by_id: Vec<_> = RULES.iter().map(|rule| (rule.id.as_str(), rule)).collect();
    by_id.sort_unstable_by_key(|(id, _)| *id);
    by_id
});

/// The rule of this id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    let place = BY_ID.binary_search_by_key(&id, |(id, _)| id).ok()?;
    Some(BY_ID[place].1)
}

/// A finding of a rule, still without message, values and evidence.
///
/// # Panics
/// There is no such rule: a slip of the pen in this crate, which a test looks for.
pub(in crate::judge) fn finding(id: &str, step: &str, path: &str) -> Finding {
    let rule = rule(id).unwrap_or_else(|| unreachable!("no rule {id}"));
    Finding {
        layer: rule.layer,
        rule: rule.id.clone(),
        severity: rule.severity,
        step: step.to_owned(),
        path: path.to_owned(),
        message: String::new(),
        expected: Value::Null,
        actual: Value::Null,
        evidence: Vec::new(),
        exchange: None,
        times: 1,
    }
}

/// The rules that can be read, and the mistakes in the others.
pub(super) fn load() -> (Vec<Rule>, Diagnostics) {
    let mut rules = Vec::new();
    let mut mistakes = Diagnostics::default();
    for name in Assets::Rules.list(".yaml").unwrap_or_default() {
        let Ok(file) = Assets::Rules.source(&name) else { continue };
        let mut reader = Reader::default();
        match parse(&file.text) {
            Ok(root) => {
                rules.extend(read(&root, name.trim_end_matches(".yaml"), &mut reader));
            }
            Err(mistake) => reader.report(mistake),
        }
        mistakes.add(file, reader.into_found());
    }
    rules.sort_by(|a: &Rule, b: &Rule| (a.layer, &a.id).cmp(&(b.layer, &b.id)));
    (rules, mistakes)
}
