//! Takes values out of nodes and collects every mistake instead of stopping at the first.

use std::collections::BTreeSet;
use std::ops::Range;

use schemars::JsonSchema;

use super::{Diagnostic, Node, NodeKind, Spanned};
use crate::model::suggest;

/// Collects mistakes while values are taken out of a tree.
#[derive(Default)]
pub(crate) struct Reader {
    found: Vec<Diagnostic>,
}

impl Reader {
    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    pub(crate) fn into_found(self) -> Vec<Diagnostic> {
        self.found
    }

    pub(crate) fn expected(&mut self, what: &str, node: &Node) {
        self.report(
            Diagnostic::error(format!("{what} was expected, not {}", node.describe()))
                .at(node.span.clone(), format!("this is {}", node.describe())),
        );
    }

    /// A map whose keys are those of `T`'s schema: the type that is filled says what may be written.
    pub(crate) fn map_of<'n, T: JsonSchema>(
        &mut self,
        node: &'n Node,
        what: &str,
    ) -> Option<MapReader<'n>> {
        let schema = schemars::schema_for!(T);
        let known: BTreeSet<String> = schema
            .get("properties")
            .and_then(|p| p.as_object())
            .map(|p| p.keys().cloned().collect())
            .unwrap_or_default();
        let map = self.map(node, what)?;
        for (key, _) in map.entries {
            if !known.contains(&key.value) {
                let close = suggest(&key.value, known.iter().map(String::as_str));
                let all: Vec<_> = known.iter().map(|k| format!("`{k}`")).collect();
                let mistake = Diagnostic::error(format!("{what} has no `{}`", key.value))
                    .at(key.span.clone(), "not known here");
                self.report(match close {
                    Some(_) => mistake.suggest(close),
                    None => mistake.help(format!("known here: {}", all.join(", "))),
                });
            }
        }
        Some(map)
    }

    /// A map with any keys.
    pub(crate) fn map<'n>(&mut self, node: &'n Node, what: &str) -> Option<MapReader<'n>> {
        match &node.kind {
            NodeKind::Mapping(entries) => Some(MapReader { entries, span: node.span.clone() }),
            _ => {
                self.expected(&format!("a map ({what})"), node);
                None
            }
        }
    }

    pub(crate) fn list<'n>(&mut self, node: &'n Node, what: &str) -> &'n [Node] {
        match &node.kind {
            NodeKind::Sequence(items) => items,
            _ => {
                self.expected(&format!("a list ({what})"), node);
                &[]
            }
        }
    }

    /// A value, or a list of them: for keys where one is the usual case.
    pub(crate) fn one_or_list<'n>(&mut self, node: &'n Node) -> Vec<&'n Node> {
        match &node.kind {
            NodeKind::Sequence(items) => items.iter().collect(),
            _ => vec![node],
        }
    }

    pub(crate) fn string(&mut self, node: &Node) -> Option<Spanned<String>> {
        match &node.kind {
            NodeKind::String(s) => Some(Spanned::new(s.clone(), node.span.clone())),
            _ => {
                self.expected("text", node);
                None
            }
        }
    }

    pub(crate) fn boolean(&mut self, node: &Node) -> Option<bool> {
        match node.kind {
            NodeKind::Bool(b) => Some(b),
            _ => {
                self.expected("true or false", node);
                None
            }
        }
    }

    pub(crate) fn count(&mut self, node: &Node) -> Option<u32> {
        match node.kind {
            NodeKind::Integer(n) if u32::try_from(n).is_ok() => u32::try_from(n).ok(),
            _ => {
                self.expected("a whole number, 0 or more", node);
                None
            }
        }
    }
}

/// The entries of a map, looked up by key.
pub(crate) struct MapReader<'n> {
    pub(crate) entries: &'n [(Spanned<String>, Node)],
    pub(crate) span: Range<usize>,
}

impl<'n> MapReader<'n> {
    pub(crate) fn get(&self, key: &str) -> Option<&'n Node> {
        self.entries.iter().find(|(k, _)| k.value == key).map(|(_, v)| v)
    }

    /// The value of a key that has to be there.
    pub(crate) fn required(&self, key: &str, what: &str, reader: &mut Reader) -> Option<&'n Node> {
        let node = self.get(key);
        if node.is_none() {
            reader.report(
                Diagnostic::error(format!("{what} needs `{key}`"))
                    .at(self.span.clone(), format!("`{key}` is missing here")),
            );
        }
        node
    }

    /// The text of a key that has to be there.
    pub(crate) fn required_text(
        &self,
        key: &str,
        what: &str,
        reader: &mut Reader,
    ) -> Option<Spanned<String>> {
        let node = self.required(key, what, reader)?;
        reader.string(node)
    }
}
