//! The rules behind the findings, each explained once.

use std::collections::BTreeMap;

use super::escape::link;
use super::words;
use crate::judge::{RULES, Rule, RunResult, rule};

/// One rule.
pub(super) struct RuleView {
    pub(super) anchor: String,
    pub(super) id: &'static str,
    pub(super) layer: &'static str,
    pub(super) severity: &'static str,
    pub(super) title: String,
    pub(super) impact: &'static str,
    pub(super) fix: &'static str,
    /// Paragraphs.
    pub(super) about: Vec<&'static str>,
    pub(super) see: Option<String>,
    /// `12 findings in 4 cases`.
    pub(super) met: String,
}

/// Where a rule is explained; `None` if this program does not know it, because another judged.
pub(super) fn anchor(id: &str) -> Option<String> {
    rule(id).map(|rule| format!("rule-{}", words::slug(&rule.id)))
}

/// The rules that findings name, in the order of their layers.
pub(super) fn met(result: &RunResult) -> Vec<RuleView> {
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for case in &result.cases {
        let mut of_case: BTreeMap<&str, usize> = BTreeMap::new();
        for finding in &case.findings {
            *of_case.entry(&finding.rule).or_default() += 1;
        }
        for (rule, findings) in of_case {
            let (all, cases) = counts.entry(rule).or_default();
            *all += findings;
            *cases += 1;
        }
    }
    let met = RULES.iter().filter_map(|rule| Some((rule, *counts.get(rule.id.as_str())?)));
    met.filter_map(|(rule, (findings, cases))| view(rule, findings, cases)).collect()
}

fn view(rule: &'static Rule, findings: usize, cases: usize) -> Option<RuleView> {
    let findings = words::count(findings, "finding", "findings");
    let cases = words::count(cases, "case", "cases");
    let about = rule.about.as_deref().unwrap_or_default().split("\n\n");
    Some(RuleView {
        anchor: anchor(&rule.id)?,
        id: &rule.id,
        layer: rule.layer.word(),
        severity: rule.severity.word(),
        title: words::capital(&rule.title),
        impact: &rule.impact,
        fix: &rule.fix,
        about: about.map(str::trim).filter(|text| !text.is_empty()).collect(),
        see: link(&rule.see),
        met: format!("{findings} in {cases}"),
    })
}
