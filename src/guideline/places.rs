//! Where in a text something stands.

use std::ops::Range;

use crate::syntax::{Node, NodeKind};

/// Finds places by the keys that lead to them.
pub(super) struct Places<'n> {
    root: &'n Node,
}

impl<'n> Places<'n> {
    pub(super) fn new(root: &'n Node) -> Self {
        Places { root }
    }

    /// The last key of a path; of what is not there, what stands nearest above it.
    pub(super) fn key(&self, path: &[&str]) -> Range<usize> {
        let mut at = self.root;
        let mut found = self.root.span.clone();
        for key in path {
            let NodeKind::Mapping(entries) = &at.kind else { break };
            let Some((name, value)) = entries.iter().find(|(name, _)| name.value == *key) else {
                break;
            };
            found = name.span.clone();
            at = value;
        }
        found
    }

    /// The value at the end of a path; of what is not there, the nearest key above it.
    pub(super) fn value(&self, path: &[&str]) -> Range<usize> {
        self.node(path).map_or_else(|| self.key(path), |node| node.span.clone())
    }

    /// The item of the list at the end of a path that is this text.
    pub(super) fn item(&self, path: &[&str], text: &str) -> Range<usize> {
        let items = match self.node(path).map(|node| &node.kind) {
            Some(NodeKind::Sequence(items)) => items.as_slice(),
            _ => &[],
        };
        let is = |node: &&Node| matches!(&node.kind, NodeKind::String(s) if s == text);
        items.iter().find(is).map_or_else(|| self.key(path), |node| node.span.clone())
    }

    pub(super) fn node(&self, path: &[&str]) -> Option<&'n Node> {
        path.iter().try_fold(self.root, |at, key| match &at.kind {
            NodeKind::Mapping(entries) => {
                entries.iter().find(|(name, _)| name.value == *key).map(|(_, value)| value)
            }
            _ => None,
        })
    }
}
