//! The same difference in several places is one finding that says how often.

use std::collections::HashMap;

use super::{Evidence, Finding, Layer};

/// Findings of one rule that are kept apart in a step; a cloud that is merely different has a tenth.
/// How many differences there are is for the endpoint to choose, and must not decide over how long
/// judging takes and how large the result is.
const MOST_ALIKE: u32 = 200;

/// The findings of a layer about one answer, counted as they are found: what there may be millions of
/// must never be there at once.
#[derive(Default)]
pub(in crate::judge) struct Tally {
    findings: Vec<Finding>,
    /// Where the finding of a key stands.
    places: HashMap<String, usize>,
    /// How many different findings a rule has, and where the last of them stands.
    rules: HashMap<String, (u32, usize)>,
}

impl Tally {
    /// Adds a finding. Its evidence is asked for only if there is no such finding yet.
    pub(in crate::judge) fn add(
        &mut self,
        finding: Finding,
        evidence: impl FnOnce() -> Vec<Evidence>,
    ) {
        let key = key(&finding, &finding.step);
        if let Some(&place) = self.places.get(&key) {
            let known = &mut self.findings[place];
            known.times = known.times.saturating_add(finding.times);
            return;
        }
        let (count, last) = self.rules.entry(finding.rule.clone()).or_default();
        if *count == MOST_ALIKE {
            let rest = &mut self.findings[*last];
            rest.times = rest.times.saturating_add(finding.times);
            return;
        }
        *count += 1;
        *last = self.findings.len();
        self.places.insert(key, self.findings.len());
        self.findings.push(Finding { evidence: evidence(), ..finding });
    }

    /// The paths of what was found so far.
    pub(in crate::judge) fn paths(&self) -> impl Iterator<Item = &str> {
        self.findings.iter().map(|finding| finding.path.as_str())
    }

    /// The findings, in the order in which they were first found; of each rule the last one kept
    /// stands for all others.
    pub(in crate::judge) fn into_findings(mut self) -> Vec<Finding> {
        for (count, last) in self.rules.into_values() {
            if count == MOST_ALIKE {
                rest_of(&mut self.findings[last]);
            }
        }
        self.findings
    }
}

impl Extend<Finding> for Tally {
    fn extend<T: IntoIterator<Item = Finding>>(&mut self, findings: T) {
        for mut finding in findings {
            let evidence = std::mem::take(&mut finding.evidence);
            self.add(finding, || evidence);
        }
    }
}

/// The findings about one answer.
pub(super) fn count(findings: Vec<Finding>) -> Vec<Finding> {
    merge(findings, |f| Some(key(f, &f.step)), |a, b| a.saturating_add(b))
}

/// The findings about the answers of one step, merged each. How often a poll looked is a matter of
/// time, and says nothing about what was seen.
pub(super) fn of_looks(findings: Vec<Finding>) -> Vec<Finding> {
    cap(merge(findings, |f| Some(key(f, &f.step)), u32::max))
}

/// The findings of a case. What is wrong with an envelope is wrong in every step, and said once.
pub(super) fn of_steps(findings: Vec<Finding>) -> Vec<Finding> {
    let envelope_key = |f: &Finding| {
        let places = ["http.", "body", "requestId", "error"];
        let envelope = places.iter().any(|place| f.path.starts_with(place));
        (envelope && f.layer != Layer::Baseline).then(|| key(f, ""))
    };
    merge(findings, envelope_key, |a, b| a.saturating_add(b))
}

/// Adds findings to others: where one says the same of the same place, its evidence joins the
/// other's.
pub(super) fn same_differences(findings: &mut Vec<Finding>, more: Vec<Finding>) {
    let place = |f: &Finding| (f.rule.clone(), f.step.clone(), f.path.clone());
    let known = findings.iter().enumerate().filter(|(_, f)| f.layer == Layer::Baseline);
    let known: HashMap<_, usize> = known.map(|(at, finding)| (place(finding), at)).collect();
    for finding in more {
        match known.get(&place(&finding)) {
            Some(&at) => {
                let evidence = &mut findings[at].evidence;
                for more in finding.evidence {
                    if !evidence.contains(&more) {
                        evidence.push(more);
                    }
                }
            }
            None => findings.push(finding),
        }
    }
}

/// Everything that two findings have to share to be one.
fn key(finding: &Finding, step: &str) -> String {
    let Finding { rule, path, message, expected, actual, .. } = finding;
    [rule, path, message, &expected.to_string(), &actual.to_string(), step].join("\n")
}

/// Findings of one key become one, where the first of them stands; those without one stay.
fn merge(
    findings: Vec<Finding>,
    key: impl Fn(&Finding) -> Option<String>,
    times: fn(u32, u32) -> u32,
) -> Vec<Finding> {
    let mut merged: Vec<Finding> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for finding in findings {
        let Some(key) = key(&finding) else {
            merged.push(finding);
            continue;
        };
        if let Some(&place) = places.get(&key) {
            merged[place].times = times(merged[place].times, finding.times);
            continue;
        }
        places.insert(key, merged.len());
        merged.push(finding);
    }
    merged
}

/// Keeps the first findings of each rule; the last one kept stands for all others.
fn cap(findings: Vec<Finding>) -> Vec<Finding> {
    let mut kept: Vec<Finding> = Vec::new();
    let mut counts: HashMap<String, (u32, usize)> = HashMap::new();
    for finding in findings {
        let (count, last) = counts.entry(finding.rule.clone()).or_default();
        *count += 1;
        if *count > MOST_ALIKE {
            kept[*last].times = kept[*last].times.saturating_add(finding.times);
            continue;
        }
        *last = kept.len();
        kept.push(finding);
        if *count == MOST_ALIKE {
            rest_of(&mut kept[*last]);
        }
    }
    kept
}

/// Says that a finding stands for others too, unless it already does.
fn rest_of(finding: &mut Finding) {
    let many = format!("{MOST_ALIKE} such differences or more");
    if !finding.message.starts_with(&many) {
        let first = &finding.message;
        finding.message = format!("{many}; the first that is not listed: {first}");
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use serde_json::json;

    use super::super::rules::finding;
    use super::*;

    #[test]
    fn what_there_are_very_many_of_is_counted_and_not_kept() {
        let mut tally = Tally::default();
        let asked = Cell::new(0);
        for n in 0..5000 {
            for actual in [json!("the same"), json!(n)] {
                let found = Finding { actual, ..finding("model.type", "s", "Vpcs[].State") };
                tally.add(found, || {
                    asked.set(asked.get() + 1);
                    Vec::new()
                });
            }
        }
        let findings = tally.into_findings();
        assert_eq!((findings.len(), asked.get()), (200, 200));
        assert_eq!(findings[0].times, 5000, "the same difference in many places");
        assert_eq!(findings.iter().map(|f| f.times).sum::<u32>(), 10_000, "none is lost");
        let last = &findings[199];
        assert!(last.message.starts_with("200 such differences or more"), "{}", last.message);
        let again = of_looks(findings.clone());
        assert_eq!(again, findings, "said once");
    }
}
