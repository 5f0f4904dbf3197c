//! What a sweep came to.

use serde::Serialize;

/// Something that is removed, or was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Found {
    /// What it is.
    pub kind: String,
    /// Its id, or the input of the call that undoes it.
    pub id: String,
    /// What says that it is the run's.
    pub why: String,
}

/// Something that is still there, or may be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Left {
    /// What it is.
    pub kind: String,
    /// Its id, or the call that may have made it.
    pub id: String,
    /// Why it was not removed.
    pub why: String,
}

/// Things of which some may be the run's and some may not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unsure {
    /// What they are.
    pub kind: String,
    /// Their ids.
    pub ids: Vec<String>,
    /// The calls that may have made them.
    pub calls: Vec<String>,
    /// Why nobody can tell.
    pub why: String,
    /// Numbers of these calls.
    #[serde(skip)]
    pub(crate) deeds: Vec<u64>,
}

/// What a sweep came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Swept {
    /// What was removed; in a dry run, what would be.
    pub removed: Vec<Found>,
    /// What could not be removed.
    pub left: Vec<Left>,
    /// What was left alone, for it may be somebody else's.
    pub unsure: Vec<Unsure>,
    /// Kinds that could not be listed, where only names and tags are gone by: whether anything of them is
    /// left is not known.
    pub unseen: Vec<Left>,
    /// Whether it was stopped before it came to its end.
    pub interrupted: bool,
    /// Whether a call was sent so short a while ago that it may still make something.
    #[serde(skip)]
    pub waits: bool,
}

impl Swept {
    /// Whether nothing of the run is there any more.
    pub fn is_clean(&self) -> bool {
        !self.leaves_something() && self.unseen.is_empty()
    }

    /// Whether something of the run is there, or may be.
    pub fn leaves_something(&self) -> bool {
        !self.left.is_empty() || !self.unsure.is_empty() || self.interrupted
    }
}
