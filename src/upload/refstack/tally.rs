//! What a server shows of a run against a guideline, counted as its page counts it, and held against
//! this program's own counts.

use std::collections::{BTreeMap, BTreeSet};

use crate::guideline::{GuidelineResult, Tier};
use crate::report::clean::clean;
use crate::upload::Answer;

/// Tests of a guideline as the server lists them: names by id, former names among them.
pub type Listing = BTreeMap<String, BTreeSet<String>>;

/// Passed tests, and all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many passed.
    pub passed: u32,
    /// How many there are.
    pub total: u32,
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&format!("{}/{}", self.passed, self.total))
    }
}

impl Tally {
    /// Counts tests of which one name is among those that the server has of the run.
    pub fn of(listing: &Listing, names: &BTreeSet<String>) -> Tally {
        let passed = listing.values().filter(|own| !own.is_disjoint(names));
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Tally { passed: count(passed.count()), total: count(listing.len()) }
    }
}

/// One line of the comparison: a tier of a platform, with flagged tests or without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The `target` by which RefStack shows the platform.
    pub target: String,
    /// The tier.
    pub tier: Tier,
    /// Whether flagged tests count.
    pub flagged: bool,
    /// What this program counts.
    pub ours: Tally,
}

impl Row {
    /// Where the server lists the tests of this line.
    pub fn path(&self, guideline: &str) -> String {
        let flag = if self.flagged { "" } else { "&flag=false" };
        format!(
            "/v1/guidelines/{guideline}.json/tests?target={}&type={}{flag}",
            self.target, self.tier
        )
    }
}

/// What can be compared: every tier of every platform that RefStack shows.
pub fn rows(result: &GuidelineResult) -> Vec<Row> {
    let mut rows = Vec::new();
    for platform in &result.platforms {
        let Some(target) = &platform.refstack_target else { continue };
        for tier in &platform.tiers {
            let tests = &tier.tests;
            let all = Tally { passed: tests.passed, total: tests.total };
            let unflagged = Tally { passed: tests.unflagged_passed, total: tests.unflagged };
            rows.extend([(true, all), (false, unflagged)].map(|(flagged, ours)| Row {
                target: target.clone(),
                tier: tier.tier,
                flagged,
                ours,
            }));
        }
    }
    rows
}

/// Reads a list of tests: lines such as `name[id-UUID]`, a former name as a line of its own. The
/// server says by these lines, and not by the status, that it has none.
///
/// # Errors
/// It is no such list; in the server's words.
pub fn listed(answer: &Answer) -> Result<Listing, String> {
    if answer.status != 200 {
        return Err(format!("HTTP {}, {}", answer.status, answer.excerpt()));
    }
    let mut listing = Listing::new();
    for line in answer.text().lines().filter(|line| !line.is_empty()) {
        let entry = line.strip_suffix(']').and_then(|line| line.rsplit_once('['));
        let Some((name, id)) = entry.filter(|(_, id)| id.starts_with("id-")) else {
            return Err(clean(&line.chars().take(200).collect::<String>()));
        };
        listing.entry(id.to_owned()).or_default().insert(name.to_owned());
    }
    Ok(listing)
}
