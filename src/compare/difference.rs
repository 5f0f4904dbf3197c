//! The same difference, wherever it was met.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::Value;

use crate::judge::{Evidence, Finding, Layer, Severity, rule};

/// A difference from what was expected: a finding without the case, step and answer it was met in.
#[derive(Debug, Clone, Serialize)]
pub struct Difference {
    /// The layer that found it.
    pub layer: Layer,
    /// The rule's id.
    pub rule: String,
    /// What it means for a client.
    pub severity: Severity,
    /// Where in the answer.
    pub path: String,
    /// One sentence for a person.
    pub message: String,
    /// What was expected; null where there is nothing to show.
    pub expected: Value,
    /// What was met; null where there was nothing.
    pub actual: Value,
    /// What the expectation rests on.
    pub evidence: Vec<Evidence>,
    /// In how many cases of each run it was met.
    pub cases: Vec<u32>,
}

/// Differences that come from one root: the same rule, in the same place, with the same values, of
/// whatever action.
#[derive(Debug, Clone, Serialize)]
pub struct Root {
    /// What it means for a client.
    pub severity: Severity,
    /// The layer that found them.
    pub layer: Layer,
    /// The rule's id.
    pub rule: String,
    /// What all of them say; if they differ (in the action, mostly), what their rule says.
    pub message: String,
    /// Their numbers in the list of differences.
    pub differences: Vec<usize>,
    /// In how many cases of each run any of them was met.
    pub cases: Vec<u32>,
}

impl Root {
    /// How many runs met it.
    pub fn runs(&self) -> usize {
        self.cases.iter().filter(|cases| **cases > 0).count()
    }

    /// What was met, where the message does not say it: that of a rule says no more than the rule.
    pub fn met<'a>(&self, all: &'a [Difference]) -> Option<&'a Value> {
        let first = all.get(*self.differences.first()?)?;
        (first.message != self.message && !first.actual.is_null()).then_some(&first.actual)
    }
}

/// Numbers for differences: findings that say the same have the same number.
#[derive(Debug, Default)]
pub struct Differences<'a> {
    /// A finding for each, in the order of their numbers.
    list: Vec<&'a Finding>,
    known: HashMap<Same<'a>, usize>,
}

/// What two findings have to share to be the same difference.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Same<'a> {
    what: (Layer, Severity, &'a str, &'a str, &'a str),
    values: (&'a Value, &'a Value),
    evidence: Vec<(&'a str, &'a str, Option<&'a str>, Option<&'a str>)>,
}

impl<'a> Differences<'a> {
    /// The number of what a finding says, from 0; the next one if nothing said it before.
    pub fn number(&mut self, finding: &'a Finding) -> usize {
        let evidence = finding.evidence.iter();
        let same = Same {
            what: (finding.layer, finding.severity, &finding.rule, &finding.path, &finding.message),
            values: (&finding.expected, &finding.actual),
            evidence: evidence
                .map(|e| (&*e.source, &*e.states, e.url.as_deref(), e.date.as_deref()))
                .collect(),
        };
        *self.known.entry(same).or_insert_with(|| {
            self.list.push(finding);
            self.list.len() - 1
        })
    }

    /// A finding that says it, for each number.
    pub fn findings(&self) -> &[&'a Finding] {
        &self.list
    }
}

impl Difference {
    /// What a finding says, met by none of so many runs yet.
    pub(super) fn of(finding: &Finding, runs: usize) -> Difference {
        Difference {
            layer: finding.layer,
            rule: finding.rule.clone(),
            severity: finding.severity,
            path: finding.path.clone(),
            message: finding.message.clone(),
            expected: finding.expected.clone(),
            actual: finding.actual.clone(),
            evidence: finding.evidence.clone(),
            cases: vec![0; runs],
        }
    }
}

/// The roots of differences: breaking ones first, then what most cases of any run meet. `met` has,
/// for each difference, the cases of each run that meet it.
pub(super) fn roots(differences: &[Difference], met: &[Vec<Vec<usize>>]) -> Vec<Root> {
    let mut numbers: HashMap<(Severity, &str, &str, &Value, &Value), usize> = HashMap::new();
    let mut members: Vec<Vec<usize>> = Vec::new();
    for (at, difference) in differences.iter().enumerate() {
        let Difference { severity, rule, path, expected, actual, .. } = difference;
        let next = members.len();
        let number = *numbers.entry((*severity, rule, path, expected, actual)).or_insert(next);
        if number == next {
            members.push(Vec::new());
        }
        members[number].push(at);
    }
    let mut roots: Vec<Root> =
        members.into_iter().filter_map(|members| root(differences, members, met)).collect();
    roots.sort_by_key(|root| {
        let most = root.cases.iter().max().copied().unwrap_or_default();
        (root.severity, std::cmp::Reverse(most))
    });
    roots
}

fn root(all: &[Difference], members: Vec<usize>, met: &[Vec<Vec<usize>>]) -> Option<Root> {
    let first = &all[*members.first()?];
    let alike = members.iter().all(|member| all[*member].message == first.message);
    let told = rule(&first.rule).filter(|_| !alike);
    let cases = |run: usize| {
        let mut cases: Vec<usize> =
            members.iter().flat_map(|member| met[*member][run].iter().copied()).collect();
        cases.sort_unstable();
        cases.dedup();
        u32::try_from(cases.len()).unwrap_or(u32::MAX)
    };
    Some(Root {
        severity: first.severity,
        layer: first.layer,
        rule: first.rule.clone(),
        message: told.map_or_else(|| first.message.clone(), |rule| rule.title.clone()),
        cases: (0..first.cases.len()).map(cases).collect(),
        differences: members,
    })
}
