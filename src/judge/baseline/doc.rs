//! What stands in a baseline.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde_json::Value;

use crate::judge::Form;
use crate::syntax::{Diagnostic, MapReader, Node, NodeKind, Reader, Spanned};

/// What AWS does in the steps of one case.
#[derive(Debug, Clone)]
pub struct Baseline {
    /// The id of the case's file.
    pub case: Spanned<String>,
    /// Where it comes from.
    pub provenance: Provenance,
    /// What the expectations rest on, by the key they name.
    pub sources: BTreeMap<String, Source>,
    /// The expectations.
    pub expect: Vec<Expectation>,
}

/// Where a baseline comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provenance {
    /// Each expectation is stated by the source it cites.
    Documented,
}

/// What an expectation rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// What it is called.
    pub title: String,
    /// Where it is.
    pub url: String,
    /// When it was read: a date.
    pub accessed: String,
    /// What it states, in a sentence.
    pub states: String,
}

/// One expectation.
#[derive(Debug, Clone)]
pub struct Expectation {
    /// The step.
    pub step: Spanned<String>,
    /// The key of the source; may hold a row's variable.
    pub source: Spanned<String>,
    /// What is expected.
    pub claim: Claim,
}

/// What is expected of a step.
#[derive(Debug, Clone)]
pub enum Claim {
    /// It succeeds; of a poll: it gets to its end.
    Success,
    /// Of a probe: it comes to one of these words.
    Outcome(Vec<Spanned<String>>),
    /// It is refused.
    Error {
        /// With one of these codes; any if empty. Variables allowed.
        codes: Vec<Spanned<Value>>,
        /// With this HTTP status. Variables allowed.
        status: Option<Value>,
    },
    /// A value in its answer.
    Value {
        /// JMESPath.
        path: Spanned<String>,
        /// What the value has to be.
        test: Test,
    },
    /// A header of its last answer.
    Header {
        /// The header's name, in lower case.
        name: Spanned<String>,
        /// What its value has to be.
        test: Test,
    },
    /// Of a poll: the distinct values seen are a part of this sequence, in its order, and end as
    /// it ends.
    States(Vec<String>),
}

/// What a value has to be.
#[derive(Debug, Clone)]
pub enum Test {
    /// This value; variables allowed, so that identity can be asked for.
    Is(Value),
    /// One of these; variables allowed.
    In(Vec<Value>),
    /// A list of these, in any order and none twice; a variable may be a list of several.
    Set(Vec<Value>),
    /// Of this form.
    Form(Form),
    /// There (`true`), or null or absent (`false`).
    Present(bool),
}

/// The keys of the file, for unknown ones to be reported.
#[derive(JsonSchema)]
#[allow(dead_code, reason = "only its schema is used")]
struct BaselineKeys {
    case: String,
    provenance: String,
    sources: BTreeMap<String, SourceKeys>,
    expect: Vec<ExpectationKeys>,
}

#[derive(JsonSchema)]
#[allow(dead_code, reason = "only its schema is used")]
pub(in crate::judge) struct SourceKeys {
    title: String,
    url: String,
    accessed: String,
    states: String,
}

#[derive(JsonSchema)]
#[allow(dead_code, reason = "only its schema is used")]
struct ExpectationKeys {
    step: String,
    source: String,
    outcome: Option<Value>,
    code: Option<Value>,
    status: Option<Value>,
    value: Option<String>,
    header: Option<String>,
    is: Option<Value>,
    r#in: Option<Vec<Value>>,
    set: Option<Vec<Value>>,
    form: Option<String>,
    present: Option<bool>,
    states: Option<Vec<String>>,
}

/// Reads a baseline; mistakes are in `reader`.
pub(super) fn read(root: &Node, reader: &mut Reader) -> Option<Baseline> {
    let map = reader.map_of::<BaselineKeys>(root, "a baseline")?;
    let case = map.required_text("case", "a baseline", reader)?;
    let provenance = map.required_text("provenance", "a baseline", reader)?;
    if provenance.value != "documented" {
        reader.report(
            Diagnostic::error(format!("`{}` is no provenance", provenance.value))
                .at(provenance.span.clone(), "not known")
                .help("write `documented`: recordings are not read yet"),
        );
    }
    let mut sources = BTreeMap::new();
    if let Some(node) = map.required("sources", "a baseline", reader)
        && let Some(map) = reader.map(node, "sources by their keys")
    {
        for (key, node) in map.entries {
            if let Some(source) = read_source(node, reader) {
                sources.insert(key.value.clone(), source);
            }
        }
    }
    let expect = match map.required("expect", "a baseline", reader) {
        Some(node) => reader
            .list(node, "expectations")
            .iter()
            .filter_map(|node| expectation(node, reader))
            .collect(),
        None => Vec::new(),
    };
    Some(Baseline { case, provenance: Provenance::Documented, sources, expect })
}

/// Reads a source; mistakes are in `reader`.
pub(in crate::judge) fn read_source(node: &Node, reader: &mut Reader) -> Option<Source> {
    let map = reader.map_of::<SourceKeys>(node, "a source")?;
    let title = map.required_text("title", "a source", reader);
    let url = map.required_text("url", "a source", reader);
    let accessed = map.required_text("accessed", "a source", reader);
    let states = map.required_text("states", "a source", reader);
    let (url, accessed) = (url?, accessed?);
    if !url.starts_with("https://") {
        reader.report(
            Diagnostic::error("a source needs an address that anyone can look up")
                .at(url.span.clone(), "not an https:// address"),
        );
    }
    if accessed.parse::<jiff::civil::Date>().is_err() {
        reader.report(
            Diagnostic::error("the day a source was read is a date")
                .at(accessed.span.clone(), "write it as 2026-11-21"),
        );
    }
    Some(Source {
        title: title?.value,
        url: url.value,
        accessed: accessed.value,
        states: states?.value,
    })
}

fn expectation(node: &Node, reader: &mut Reader) -> Option<Expectation> {
    let map = reader.map_of::<ExpectationKeys>(node, "an expectation")?;
    let step = map.required_text("step", "an expectation", reader);
    let source = map.required_text("source", "an expectation", reader);
    let claim = claim(&map, reader);
    Some(Expectation { step: step?, source: source?, claim: claim? })
}

fn claim(map: &MapReader<'_>, reader: &mut Reader) -> Option<Claim> {
    let kinds: Vec<_> = ["outcome", "value", "header", "states"]
        .into_iter()
        .filter(|k| map.get(k).is_some())
        .collect();
    let [kind] = kinds[..] else {
        reader.report(
            Diagnostic::error(
                "an expectation has one of `outcome`, `value`, `header` and `states`",
            )
            .at(map.span.clone(), format!("this one has {}", kinds.len())),
        );
        return None;
    };
    let node = map.get(kind)?;
    match kind {
        "outcome" if matches!(node.kind, NodeKind::Sequence(_)) => {
            let words = reader.list(node, "outcomes of a probe");
            let words: Option<Vec<_>> = words.iter().map(|node| reader.string(node)).collect();
            Some(Claim::Outcome(words?))
        }
        "outcome" => match reader.string(node)?.value.as_str() {
            "success" => Some(Claim::Success),
            "error" => {
                let codes = map.get("code").map(|n| reader.one_or_list(n)).unwrap_or_default();
                Some(Claim::Error {
                    codes: codes
                        .into_iter()
                        .map(|node| Spanned::new(node.to_json(), node.span.clone()))
                        .collect(),
                    status: map.get("status").map(Node::to_json),
                })
            }
            // Which words there are is known with the step.
            word => Some(Claim::Outcome(vec![Spanned::new(word.to_owned(), node.span.clone())])),
        },
        "states" => {
            let items = reader.list(node, "states");
            Some(Claim::States(
                items.iter().filter_map(|n| Some(reader.string(n)?.value)).collect(),
            ))
        }
        "header" => {
            let name = reader.string(node)?;
            let name = Spanned::new(name.value.to_ascii_lowercase(), name.span);
            Some(Claim::Header { name, test: test(map, reader)? })
        }
        _ => {
            let path = reader.string(node)?;
            Some(Claim::Value { path, test: test(map, reader)? })
        }
    }
}

fn test(map: &MapReader<'_>, reader: &mut Reader) -> Option<Test> {
    if let Some(node) = map.get("is") {
        return Some(Test::Is(node.to_json()));
    }
    if let Some(node) = map.get("in") {
        return Some(Test::In(reader.list(node, "values").iter().map(Node::to_json).collect()));
    }
    if let Some(node) = map.get("set") {
        return Some(Test::Set(reader.list(node, "values").iter().map(Node::to_json).collect()));
    }
    if let Some(node) = map.get("present") {
        return Some(Test::Present(reader.boolean(node)?));
    }
    if let Some(node) = map.get("form") {
        let name = reader.string(node)?;
        let form = Form::parse(&name);
        if form.is_none() {
            let all: Vec<_> = Form::names().collect();
            reader.report(
                Diagnostic::error(format!("`{}` is no form", name.value))
                    .at(name.span.clone(), "not known")
                    .help(format!("known forms: {}", all.join(", "))),
            );
        }
        return form.map(Test::Form);
    }
    reader.report(
        Diagnostic::error("a `value` or `header` needs `is`, `in`, `set`, `form` or `present`")
            .at(map.span.clone(), "this one has none"),
    );
    None
}
