//! What actions make, as `actions.json` says it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use serde::Deserialize;

/// `actions.json`.
#[derive(Debug, Deserialize)]
pub(super) struct Actions {
    /// By the action that makes it.
    makes: BTreeMap<String, Made>,
    /// Changing actions that make nothing which has a price.
    only_changes: BTreeSet<String>,
    /// Verbs of actions that only take away.
    taking_away: Vec<String>,
}

/// What one call of an action makes.
#[derive(Debug, Deserialize)]
pub(super) struct Made {
    /// What a person calls it.
    pub(super) what: String,
    /// Its price, by the name in `hourly` of `prices.json`; free without.
    pub(super) price: Option<String>,
    /// The quota that it takes from, as `quotas.json` names it.
    pub(super) quota: Option<String>,
    /// The input member that names what it goes with, where no undo of its own removes it.
    pub(super) parent: Option<String>,
}

impl Actions {
    /// Those that come with the program.
    pub(super) fn bundled() -> &'static Actions {
        static ACTIONS: OnceLock<Actions> = OnceLock::new();
        ACTIONS.get_or_init(|| {
            serde_json::from_str(include_str!("actions.json"))
                .unwrap_or_else(|e| unreachable!("actions.json is ours, and a test reads it: {e}"))
        })
    }

    /// What a call of this action makes, if the action alone says it.
    pub(super) fn made(&self, action: &str) -> Option<&Made> {
        self.makes.get(action)
    }

    /// Whether it is known that the action makes nothing which has a price.
    pub(super) fn makes_nothing(&self, action: &str) -> bool {
        self.only_changes.contains(action)
            || self.taking_away.iter().any(|verb| action.starts_with(verb))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Model, only_reads};
    use crate::plan::prices::{Charge, Prices};
    use crate::plan::quotas;

    #[test]
    fn names_what_there_is() {
        let actions = Actions::bundled();
        for action in actions.makes.keys().chain(&actions.only_changes) {
            assert!(Model::ec2().action(action).is_some() && !only_reads(action), "{action}");
        }
        for (action, made) in &actions.makes {
            assert!(!actions.makes_nothing(action), "{action} is in both lists");
            if let Some(price) = &made.price {
                let source = Prices::bundled().source(&Charge::Hourly(price));
                assert!(source.is_some(), "{price}");
            }
            assert!(made.quota.as_deref().is_none_or(quotas::is_known), "{action}");
        }
    }
}
