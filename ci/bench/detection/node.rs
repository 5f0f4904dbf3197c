//! An answer's elements, as they are changed and written.

use std::fmt::Write as _;

use parallax::wire::Element;

/// An element with everything in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Node {
    /// The name, with a prefix if it has one.
    pub name: String,
    /// The value of `xmlns`, or a whole declaration such as `xmlns:ec2="…"`.
    pub namespace: Option<String>,
    /// The text in it, before its children.
    pub text: String,
    /// The elements in it.
    pub children: Vec<Node>,
}

impl Node {
    /// An element with text in it.
    pub fn text(name: &str, text: &str) -> Node {
        Node { name: name.to_owned(), text: text.to_owned(), ..Node::default() }
    }

    /// An element with elements in it.
    pub fn with(name: &str, children: Vec<Node>) -> Node {
        Node { name: name.to_owned(), children, ..Node::default() }
    }

    /// The element at a place: the numbers of children from here on.
    pub fn at(&self, place: &[usize]) -> &Node {
        place.iter().fold(self, |node, &n| &node.children[n])
    }

    /// The element at a place, to be changed.
    pub fn at_mut(&mut self, place: &[usize]) -> &mut Node {
        place.iter().fold(self, |node, &n| &mut node.children[n])
    }

    /// The first child of this name.
    pub fn child(&self, name: &str) -> Option<&Node> {
        self.children.iter().find(|child| child.name == name)
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.children.is_empty() && self.text.is_empty()
    }

    /// The document, with a declaration as AWS sends it.
    pub fn document(&self) -> Vec<u8> {
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        self.write(&mut out);
        out.into_bytes()
    }

    fn write(&self, out: &mut String) {
        let _ = write!(out, "<{}", self.name);
        match &self.namespace {
            Some(declaration) if declaration.starts_with("xmlns:") => {
                let _ = write!(out, " {declaration}");
            }
            Some(namespace) => {
                let _ = write!(out, " xmlns=\"{namespace}\"");
            }
            None => {}
        }
        if self.is_empty() {
            out.push_str("/>");
            return;
        }
        out.push('>');
        for c in self.text.chars() {
            match c {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '\r' => out.push_str("&#13;"),
                c => out.push(c),
            }
        }
        for child in &self.children {
            child.write(out);
        }
        let _ = write!(out, "</{}>", self.name);
    }
}

impl From<&Element<'_>> for Node {
    fn from(element: &Element<'_>) -> Node {
        Node {
            name: element.name.to_owned(),
            namespace: element.namespace.as_deref().map(str::to_owned),
            text: element.text.to_string(),
            children: element.children.iter().map(Node::from).collect(),
        }
    }
}
