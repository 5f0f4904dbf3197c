//! Changes to one element of an answer.

use super::node::Node;

/// A change to one element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The element is taken out.
    Drop,
    /// It gets another name.
    Rename(String),
    /// It is put at the end of the element at this length of its place.
    Move(usize),
    /// It is there twice.
    Duplicate,
    /// An element of this name is put at its end.
    Extra(String),
    /// There is this text in it and nothing else.
    Text(String),
    /// Its text is put into an element of its own.
    Nest,
    /// Its children get another name.
    RenameItems(String),
    /// Each of its children is put into another of the same name.
    WrapItems,
    /// What is in its children is put in their place.
    UnwrapItems,
    /// It is repeated for each of its children.
    Repeat,
}

impl Change {
    /// The document with the element at a place changed.
    pub fn apply(&self, root: &Node, place: &[usize]) -> Node {
        let mut root = root.clone();
        let (&last, parent) = place.split_last().expect("the root is no site");
        match self {
            Change::Drop => {
                root.at_mut(parent).children.remove(last);
            }
            Change::Rename(name) => root.at_mut(place).name.clone_from(name),
            Change::Move(length) => {
                let moved = root.at_mut(parent).children.remove(last);
                root.at_mut(&place[..*length]).children.push(moved);
            }
            Change::Duplicate => {
                let twin = root.at(place).clone();
                root.at_mut(parent).children.insert(last, twin);
            }
            Change::Extra(name) => root.at_mut(place).children.push(Node::text(name, "value")),
            Change::Text(text) => {
                let node = root.at_mut(place);
                node.children.clear();
                node.text.clone_from(text);
            }
            Change::Nest => {
                let node = root.at_mut(place);
                let text = std::mem::take(&mut node.text);
                node.children = vec![Node::text("value", &text)];
            }
            Change::RenameItems(name) => {
                root.at_mut(place).children.iter_mut().for_each(|c| c.name.clone_from(name));
            }
            Change::WrapItems => {
                for child in &mut root.at_mut(place).children {
                    let name = child.name.clone();
                    let inner = std::mem::take(child);
                    *child = Node::with(&name, vec![inner]);
                }
            }
            Change::UnwrapItems => {
                let node = root.at_mut(place);
                for child in std::mem::take(&mut node.children) {
                    node.text.push_str(&child.text);
                    node.children.extend(child.children);
                }
            }
            Change::Repeat => {
                let list = root.at_mut(parent).children.remove(last);
                for (n, child) in list.children.into_iter().enumerate() {
                    let one = Node::with(&list.name, vec![child]);
                    root.at_mut(parent).children.insert(last + n, one);
                }
            }
        }
        root
    }
}
