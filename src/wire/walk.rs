//! What a decoder knows of its surroundings on its way through an answer.

use std::cell::OnceCell;
use std::collections::HashSet;
use std::fmt;

use super::Element;

/// The names in a structure, collected once somebody asks: how many there are is for the endpoint to
/// choose.
pub(super) struct Siblings<'e> {
    parent: &'e Element<'e>,
    names: OnceCell<HashSet<&'e str>>,
}

impl<'e> Siblings<'e> {
    pub(super) fn new(parent: &'e Element<'e>) -> Self {
        Self { parent, names: OnceCell::new() }
    }

    pub(super) fn have(&self, name: &str) -> bool {
        let collect = || self.parent.children.iter().map(|child| child.name).collect();
        self.names.get_or_init(collect).contains(name)
    }
}

/// Where something is. Put together only where it is needed: most of an answer fits.
pub(super) struct Path<'p> {
    parent: Option<&'p Path<'p>>,
    /// A member's name; of an item `[]`.
    name: &'p str,
}

impl<'p> Path<'p> {
    pub(super) const ROOT: Path<'static> = Path { parent: None, name: "" };

    pub(super) fn is_empty(&self) -> bool {
        self.parent.is_none()
    }

    pub(super) fn member(&'p self, name: &'p str) -> Path<'p> {
        Path { parent: Some(self), name }
    }

    pub(super) fn item(&'p self) -> Path<'p> {
        self.member("[]")
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(parent) = self.parent else { return Ok(()) };
        parent.fmt(f)?;
        let dot = if parent.is_empty() || self.name == "[]" { "" } else { "." };
        write!(f, "{dot}{}", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        let vpcs = Path::ROOT.member("Vpcs");
        let item = vpcs.item();
        assert_eq!(item.member("VpcId").to_string(), "Vpcs[].VpcId");
        assert_eq!(item.item().to_string(), "Vpcs[][]");
        assert_eq!((Path::ROOT.to_string().as_str(), Path::ROOT.is_empty()), ("", true));
    }
}
