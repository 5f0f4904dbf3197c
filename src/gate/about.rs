//! Which cases decide.

use std::collections::BTreeMap;

use crate::guideline::{GuidelineResult, Tier};

/// Which cases decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// Every case of the run.
    All,
    /// These tests, in the run or not: by the id of the case, what each is called.
    Required(BTreeMap<String, String>),
    /// None.
    Nothing,
}

impl About {
    /// The tests of a guideline that have to be passed: of required capabilities, and not flagged.
    pub fn required(guideline: &GuidelineResult) -> About {
        let required = guideline.capabilities.iter().filter(|c| c.tier == Some(Tier::Required));
        let tests = required.flat_map(|capability| &capability.tests);
        let unflagged = tests.filter(|test| test.flagged.is_none());
        let named = unflagged.map(|test| {
            (test.uuid.clone(), test.case.clone().unwrap_or_else(|| test.name.clone()))
        });
        About::Required(named.collect())
    }

    /// Whether a case decides.
    pub fn has(&self, id: &str) -> bool {
        match self {
            About::All => true,
            About::Required(tests) => tests.contains_key(id),
            About::Nothing => false,
        }
    }

    /// The word, as in JSON and in arguments.
    pub fn word(&self) -> &'static str {
        match self {
            About::All => "all",
            About::Required(_) => "required",
            About::Nothing => "none",
        }
    }
}
