//! What the tests of a run are called.

use std::collections::{BTreeMap, BTreeSet};

use crate::guideline::{Guideline, test_name};
use crate::judge::{CaseResult, RunResult};

/// A case under the name of a test.
#[derive(Debug, Clone)]
pub struct Named<'r> {
    /// The test's name.
    pub name: String,
    /// Whether the guideline has a test with the case's id.
    pub asked: bool,
    /// The case.
    pub case: &'r CaseResult,
}

/// The cases of a run under the names of tests, sorted by these. What has the id of a test is called
/// as the guideline calls that test, whatever the case was called when it ran; anything else by its
/// own name. (A faulty guideline may have an id twice: then each name is there.)
pub fn named<'r>(result: &'r RunResult, guideline: Option<&Guideline>) -> Vec<Named<'r>> {
    let mut names: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for (_, name, test) in guideline.into_iter().flat_map(Guideline::tests) {
        names.entry(test.uuid().to_ascii_lowercase()).or_default().insert(name);
    }
    let mut all = Vec::new();
    for case in &result.cases {
        match names.get(&case.id.to_ascii_lowercase()) {
            Some(names) => all.extend(names.iter().map(|name| Named {
                name: (*name).to_owned(),
                asked: true,
                case,
            })),
            None => all.push(Named { name: test_name(&case.name), asked: false, case }),
        }
    }
    all.sort_by(|a, b| (&a.name, &a.case.id).cmp(&(&b.name, &b.case.id)));
    all
}
