//! Who offers and who calls what: facts for the criteria.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// Which actions clouds, clients and tools have, by their published packages, and since when EC2 has
/// them. Written by `ci/usage.py`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Usage {
    /// Clouds beside AWS.
    pub clouds: Vec<Package>,
    /// Clients that were written for EC2 by hand. (Those that are generated from AWS's model have
    /// every action, which says nothing.)
    pub clients: Vec<Package>,
    /// Tools that manage clouds.
    pub tools: Vec<Package>,
    /// Dated versions of EC2's API, the oldest first.
    pub api_versions: Vec<String>,
    /// In how many of these each action is.
    pub in_versions: BTreeMap<String, usize>,
}

/// A published package.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// Its name in its registry.
    pub package: String,
    /// Its version.
    pub version: String,
    /// What people call it.
    pub title: String,
    /// The actions that it offers, or that its code calls; sorted.
    pub actions: Vec<String>,
}

impl Usage {
    /// The facts.
    pub fn facts() -> &'static Usage {
        static FACTS: LazyLock<Usage> = LazyLock::new(|| {
            serde_json::from_str(include_str!("usage.json"))
                .unwrap_or_else(|e| unreachable!("usage.json was written by ci/usage.py: {e}"))
        });
        &FACTS
    }
}

impl Package {
    /// `Ansible 12.3.0`.
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.title, self.version)
    }

    /// Which of these actions it does not have.
    pub(super) fn lacks<'a>(&self, actions: &'a [String]) -> Vec<&'a str> {
        let has = |action: &&String| !self.actions.contains(action);
        actions.iter().filter(has).map(String::as_str).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coverage::Incumbent;
    use crate::model::Model;

    #[test]
    fn the_facts_are_about_ec2() {
        let facts = Usage::facts();
        let packages = || facts.clouds.iter().chain(&facts.clients).chain(&facts.tools);
        assert_eq!(packages().count(), 5);
        for action in packages().flat_map(|package| &package.actions) {
            assert!(Model::ec2().action(action).is_some(), "{action}");
        }
        assert_eq!(facts.in_versions.len(), Model::ec2().actions().count());
        assert_eq!(facts.clouds[0].actions, Incumbent::facts().offers);
    }
}
