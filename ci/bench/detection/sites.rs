//! Places in an answer that AWS's model knows.

use parallax::model::{List, Model, ShapeId, ShapeKind, Structure};

use super::node::Node;

/// An element that AWS's model knows.
pub struct Site<'m> {
    /// Where it is in the document.
    pub place: Vec<usize>,
    /// SDK member names, `[]` for list items.
    pub path: String,
    /// Path of the structure that it is a member of; `None` for an item of a list.
    pub member_of: Option<(String, &'m Structure)>,
    /// The structures around it, innermost first, by the length of their place.
    pub around: Vec<(usize, &'m Structure)>,
    /// What it is.
    pub kind: Kind<'m>,
}

/// What an element is.
#[derive(Clone, Copy)]
pub enum Kind<'m> {
    /// Named members.
    Structure(&'m Structure),
    /// Items.
    List(&'m List),
    /// A plain value.
    Scalar(&'m ShapeKind),
}

/// Every place below an answer's root that the model knows, the root left out.
pub fn sites<'m>(model: &'m Model, output: Option<ShapeId>, root: &Node) -> Vec<Site<'m>> {
    let mut walk = Walk { model, found: Vec::new() };
    if let Some(ShapeKind::Structure(structure)) = output.map(|id| &model.shape(id).kind) {
        walk.structure(structure, root, &[], "", &[]);
    }
    walk.found
}

struct Walk<'m> {
    model: &'m Model,
    found: Vec<Site<'m>>,
}

impl<'m> Walk<'m> {
    fn structure(
        &mut self,
        structure: &'m Structure,
        node: &Node,
        place: &[usize],
        path: &str,
        around: &[(usize, &'m Structure)],
    ) {
        let mut around = around.to_vec();
        around.insert(0, (place.len(), structure));
        for (n, child) in node.children.iter().enumerate() {
            let Some(member) = structure.by_wire_name(&child.name) else { continue };
            let place = [place, &[n]].concat();
            let child_path = match path {
                "" => member.name.clone(),
                path => format!("{path}.{}", member.name),
            };
            let member_of = Some((path.to_owned(), structure));
            self.value(member.shape, child, place, child_path, member_of, &around);
        }
    }

    fn value(
        &mut self,
        shape: ShapeId,
        node: &Node,
        place: Vec<usize>,
        path: String,
        member_of: Option<(String, &'m Structure)>,
        around: &[(usize, &'m Structure)],
    ) {
        let kind = match &self.model.shape(shape).kind {
            ShapeKind::Structure(structure) => Kind::Structure(structure),
            ShapeKind::List(list) => Kind::List(list),
            other => Kind::Scalar(other),
        };
        let (site_place, site_path) = (place.clone(), path.clone());
        let around_site = around.to_vec();
        self.found.push(Site {
            place: site_place,
            path: site_path,
            member_of,
            around: around_site,
            kind,
        });
        match kind {
            Kind::Structure(structure) => self.structure(structure, node, &place, &path, around),
            Kind::List(list) => {
                let path = format!("{path}[]");
                for (n, child) in node.children.iter().enumerate() {
                    if child.name == list.item_name {
                        let place = [place.as_slice(), &[n]].concat();
                        self.value(list.item, child, place, path.clone(), None, around);
                    }
                }
            }
            Kind::Scalar(_) => {}
        }
    }
}
