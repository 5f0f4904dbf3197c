//! The incumbent suite and the service it tests, as published.

use std::sync::LazyLock;

use serde::Deserialize;

/// Facts of ec2api-tempest-plugin and ec2-api, written by `ci/incumbent.py` from their packages.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Incumbent {
    /// Name and version of the suite.
    pub suite: String,
    /// Name and version of the service.
    pub service: String,
    /// Actions that the service offers.
    pub offers: Vec<String>,
    /// Actions that the suite calls.
    pub calls: Vec<String>,
    /// Error codes that the suite asserts.
    pub error_codes: Vec<String>,
    /// The suite's tests, sorted by name.
    pub tests: Vec<Test>,
}

/// A test of the incumbent suite.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Test {
    /// Its dotted name.
    pub name: String,
    /// Its idempotent id.
    pub id: String,
    /// What it checks only with `run_incompatible_tests`: where OpenStack is known to differ from
    /// AWS. The reason that its authors give, or the first thing checked.
    pub hidden: Vec<String>,
    /// Whether what it checks in the end is inside a machine, over ssh. A case that names it checks
    /// what the API shows of it.
    pub in_guest: bool,
}

impl Test {
    /// The test as tempest shows it, and as a case names it in its aliases.
    pub fn alias(&self) -> String {
        format!("{}[id-{}]", self.name, self.id)
    }
}

impl Incumbent {
    /// The facts.
    pub fn facts() -> &'static Incumbent {
        static FACTS: LazyLock<Incumbent> = LazyLock::new(|| {
            serde_json::from_str(include_str!("incumbent.json")).unwrap_or_else(|e| {
                unreachable!("incumbent.json was written by ci/incumbent.py: {e}")
            })
        });
        &FACTS
    }

    /// The test that an alias of a case names, if it is one of these.
    pub fn test(&self, alias: &str) -> Option<&Test> {
        self.tests.iter().find(|test| test.alias() == alias)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Model;

    #[test]
    fn the_facts_are_those_of_the_packages() {
        let facts = Incumbent::facts();
        assert_eq!((facts.tests.len(), facts.offers.len()), (181, 97));
        assert!(facts.offers.iter().chain(&facts.calls).all(|a| Model::ec2().action(a).is_some()));
        let hidden = facts.tests.iter().filter(|test| !test.hidden.is_empty()).count();
        assert_eq!(hidden, 27);
        assert_eq!(facts.tests.iter().filter(|test| test.in_guest).count(), 9);
    }
}
