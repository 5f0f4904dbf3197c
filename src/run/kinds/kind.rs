//! A kind of things.

use serde_json::{Map, Value, json};

use super::KINDS;
use crate::model::{Model, ShapeKind};

/// A kind of things.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    /// What a person calls one.
    pub(crate) name: &'static str,
    /// Actions that make one.
    pub(crate) makers: &'static [&'static str],
    /// The action that lists them.
    pub(crate) list: &'static str,
    /// The member of its input that asks for one's own only, where there are others.
    pub(crate) own: Option<&'static str>,
    /// JMESPath from its answer to them.
    pub(crate) items: &'static str,
    /// Members that name one; the first that is there is the one that removal takes.
    pub(crate) ids: &'static [&'static str],
    /// The action that removes one.
    pub(crate) remove: &'static str,
    /// What has a smaller one goes before.
    pub(crate) rank: u8,
    /// JMESPath to its state, and states (in lower case) in which it is gone, or as good as.
    pub(crate) gone: Option<(&'static str, &'static [&'static str])>,
    /// States in which it is going, and need not be removed again.
    pub(crate) going: &'static [&'static str],
    /// Members that hold a name which its maker chose.
    pub(crate) names: &'static [&'static str],
    /// Whether it cannot be made without such a name, and so is found by it.
    pub(crate) named: bool,
    /// The member that says when it was made.
    pub(crate) made_at: Option<&'static str>,
    /// JMESPaths to ids of what it lies in or was made of, with the kind of that.
    pub(crate) parents: &'static [(&'static str, &'static str)],
    /// The member with a text of the cloud's own that names what it was made of.
    pub(crate) told: Option<&'static str>,
    /// JMESPath: whether it comes and goes with its parent, and is removed by nothing else.
    pub(crate) belongs: Option<&'static str>,
    /// JMESPath: whether it is in use.
    pub(crate) used: Option<&'static str>,
    /// Parameters of makers whose values are found elsewhere than in the member of that name.
    pub(crate) same: &'static [(&'static str, &'static str)],
}

impl Kind {
    /// The kind of what an action makes.
    pub(crate) fn made_by(action: &str) -> Option<&'static Kind> {
        KINDS.iter().find(|kind| kind.makers.contains(&action))
    }

    /// The kind with this name.
    #[cfg(test)]
    pub(crate) fn named(name: &str) -> Option<&'static Kind> {
        KINDS.iter().find(|kind| kind.name == name)
    }

    /// Those whose things can lie in one of this kind, or be made of it.
    pub(crate) fn children(&self) -> impl Iterator<Item = &'static Kind> {
        let told = matches!(self.name, "image" | "instance");
        KINDS.iter().filter(move |kind| {
            let child = kind.parents.iter().any(|(_, parent)| *parent == self.name);
            child || (told && kind.told.is_some())
        })
    }

    /// The input that lists all of them that are one's own.
    pub(crate) fn listing(&self) -> Value {
        self.own.map_or_else(|| json!({}), |member| json!({member: ["self"]}))
    }

    /// The input of the action that removes the thing which has this in its member.
    pub(crate) fn removal(&self, member: &str, id: &str) -> Value {
        let input = Model::ec2().action(self.remove).and_then(|action| action.input);
        let many = format!("{member}s");
        let takes_many = input.is_some_and(|shape| match &Model::ec2().shape(shape).kind {
            ShapeKind::Structure(structure) => structure.member(&many).is_some(),
            _ => false,
        });
        let (member, id) =
            if takes_many { (many, json!([id])) } else { (member.into(), json!(id)) };
        Value::Object(Map::from_iter([(member, id)]))
    }
}
