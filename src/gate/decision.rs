//! What a gate says.

use serde::Serialize;

/// What a gate says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// Which cases decide: `all`, `required` or `none`.
    pub about: &'static str,
    /// What is asked of them: `verdicts`, `against` or `expectations`.
    pub by: &'static str,
    /// Whether the run may pass.
    pub holds: Holds,
    /// Cases for which it may not.
    pub failing: Vec<Cause>,
    /// Cases of which nothing can be said, and something has to be.
    pub untold: Vec<Cause>,
    /// Cases that got better.
    pub better: Vec<Cause>,
    /// What else there is to know, a sentence each.
    pub notes: Vec<String>,
}

/// Whether a run may pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Holds {
    /// It may.
    Yes,
    /// It may not.
    No,
    /// Too little is known.
    CouldNotTell,
}

/// A case, and what is said of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// The case's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What was said of it before, or is expected; absent if nothing is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<&'static str>,
    /// What is said now: a verdict, or `not-run`.
    pub now: &'static str,
    /// Why, or what to do about it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub why: String,
}

impl Decision {
    /// A gate that holds.
    pub(super) fn new(about: &'static str, by: &'static str) -> Decision {
        Decision {
            about,
            by,
            holds: Holds::Yes,
            failing: Vec::new(),
            untold: Vec::new(),
            better: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// With what follows from its lists; `partial` says that not every case had its turn.
    pub(super) fn concluded(mut self, partial: bool) -> Decision {
        self.holds = if !self.failing.is_empty() {
            Holds::No
        } else if !self.untold.is_empty() || partial {
            Holds::CouldNotTell
        } else {
            Holds::Yes
        };
        self
    }
}
