//! What a reader wants first: how much is as on AWS, where it is not, and what differs most.

use std::collections::BTreeMap;

use super::case;
use super::data::{self, EvidenceView};
use super::diff::{self, Diff};
use super::escape::clip;
use super::words;
use crate::judge::{CaseResult, Finding, Layer, RunResult, Severity, Summary, Verdict, rule};

/// Differences of one severity that are shown.
const GROUPS: usize = 60;
/// Cases of a difference that are shown at once; the others are after a click.
const CASES: usize = 8;

/// A bar of verdicts.
pub(super) struct Bar {
    pub(super) segments: Vec<Segment>,
    pub(super) width: u32,
    /// The same in words.
    pub(super) label: String,
}

/// A part of a bar.
pub(super) struct Segment {
    pub(super) verdict: &'static str,
    pub(super) count: String,
    pub(super) begins: u32,
    pub(super) width: u32,
}

/// Findings by layer and severity.
pub(super) struct Findings {
    pub(super) rows: Vec<(&'static str, Vec<Cell>)>,
    pub(super) totals: Vec<Cell>,
}

/// One number of a table.
pub(super) struct Cell {
    pub(super) severity: &'static str,
    pub(super) count: String,
    pub(super) some: bool,
}

/// A difference, and all cases that meet it.
pub(super) struct Group {
    pub(super) severity: &'static str,
    pub(super) layer: &'static str,
    pub(super) rule: String,
    pub(super) rule_anchor: Option<String>,
    pub(super) message: String,
    pub(super) paths: Vec<String>,
    pub(super) count: String,
    pub(super) cases: Vec<CaseLink>,
    /// How many cases are not among these.
    pub(super) more: usize,
    /// The number of its list of those cases.
    pub(super) number: usize,
    pub(super) diff: Option<Diff>,
    pub(super) evidence: Option<EvidenceView>,
}

/// Where a case meets a difference.
pub(super) struct CaseLink {
    pub(super) anchor: String,
    pub(super) name: String,
    pub(super) verdict: &'static str,
}

/// A finding: its case with its number, and which of the case's findings it is.
type Member<'a> = (usize, &'a CaseResult, usize);

/// Cases of each difference that its group does not show: the case's number, and which of its findings
/// it is, from 1.
pub(super) type More = Vec<Vec<(usize, usize)>>;

/// The differences of one severity, and how many there are beyond those shown.
pub(super) struct Groups {
    pub(super) shown: Vec<Group>,
    pub(super) left_out: usize,
    pub(super) count: String,
}

/// `31 of 58 cases behave as on AWS`, and what became of the others.
pub(super) fn answer(summary: &Summary, reference: &str) -> (String, String) {
    let count = |verdict: &Verdict| summary.verdicts.get(verdict).copied().unwrap_or_default();
    let all = words::count(summary.cases as usize, "case", "cases");
    let first = match (summary.cases, count(&Verdict::Pass)) {
        (0, _) => "No case was run.".to_owned(),
        (1, 1) => format!("The only case behaves as on {reference}."),
        (cases, pass) if cases == pass => format!("All {all} behave as on {reference}."),
        (_, 0) => format!("None of {all} behaves as on {reference}."),
        (_, 1) => format!("1 of {all} behaves as on {reference}."),
        (_, pass) => format!("{} of {all} behave as on {reference}.", words::number(pass.into())),
    };
    let others = Verdict::ALL.into_iter().filter(|v| *v != Verdict::Pass && count(v) > 0);
    let clauses: Vec<_> = others.map(|v| words::verdict_clause(v, count(&v))).collect();
    let others = if clauses.is_empty() { String::new() } else { clauses.join(", ") + "." };
    (first, others)
}

/// A bar of a summary's verdicts.
pub(super) fn bar(summary: &Summary) -> Bar {
    let total = u64::from(summary.cases.max(1));
    let mut bar = Bar { segments: Vec::new(), width: 0, label: String::new() };
    let mut words = Vec::new();
    for verdict in Verdict::ALL {
        let count = summary.verdicts.get(&verdict).copied().unwrap_or_default();
        if count > 0 {
            let width = (u64::from(count) * 1000 / total).clamp(8, 1000) as u32;
            let (verdict, count) = (verdict.word(), words::number(count.into()));
            words.push(format!("{count} {verdict}"));
            bar.segments.push(Segment { verdict, count, begins: bar.width, width });
            bar.width += width;
        }
    }
    bar.label = words.join(", ");
    bar
}

/// Findings by layer and severity. Layers without any are shown too: nothing is also an answer.
pub(super) fn findings(result: &RunResult) -> Findings {
    let mut counts: BTreeMap<(Layer, Severity), usize> = BTreeMap::new();
    for finding in result.cases.iter().flat_map(|case| &case.findings) {
        *counts.entry((finding.layer, finding.severity)).or_default() += 1;
    }
    let of = |layer, severity| counts.get(&(layer, severity)).copied().unwrap_or_default();
    let row = |layer| Severity::ALL.map(|s| cell(s, of(layer, s))).into();
    let total = |s| Layer::ALL.into_iter().map(|layer| of(layer, s)).sum();
    Findings {
        rows: Layer::ALL.map(|layer| (layer.word(), row(layer))).into(),
        totals: Severity::ALL.map(|s| cell(s, total(s))).into(),
    }
}

/// The counts of a summary's findings.
pub(super) fn severities(summary: &Summary) -> Vec<Cell> {
    let count = |s| summary.findings.get(&s).copied().unwrap_or_default() as usize;
    Severity::ALL.map(|s| cell(s, count(s))).into()
}

fn cell(severity: Severity, count: usize) -> Cell {
    let severity = severity.word();
    Cell { severity, count: words::number(count as u64), some: count > 0 }
}

/// The findings of a severity, those with the same rule and the same difference together: one root
/// cause is seen once. What most cases meet comes first. Cases that a group does not show are added to
/// `more`.
pub(super) fn groups(result: &RunResult, severity: Severity, more: &mut More) -> Groups {
    let mut groups: BTreeMap<_, Vec<Member<'_>>> = BTreeMap::new();
    for (number, case) in result.cases.iter().enumerate() {
        for (index, finding) in case.findings.iter().enumerate() {
            if finding.severity == severity {
                let key = (
                    &*finding.rule,
                    &*finding.path,
                    finding.expected.to_string(),
                    finding.actual.to_string(),
                );
                groups.entry(key).or_default().push((number, case, index));
            }
        }
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    groups.sort_by_key(|members| std::cmp::Reverse(distinct(members)));
    Groups {
        count: words::count(groups.len(), "difference", "differences"),
        left_out: groups.len().saturating_sub(GROUPS),
        shown: groups.iter().take(GROUPS).filter_map(|members| group(members, more)).collect(),
    }
}

/// How many cases a difference is met in. Members of one case follow each other.
fn distinct(members: &[Member<'_>]) -> usize {
    members.chunk_by(|a, b| a.0 == b.0).count()
}

fn group(members: &[Member<'_>], more: &mut More) -> Option<Group> {
    let first = finding(members.first()?)?;
    let cases = members.chunk_by(|a, b| a.0 == b.0).filter_map(<[_]>::first);
    let cases: Vec<&Member<'_>> = cases.collect();
    let (shown, rest) = cases.split_at(cases.len().min(CASES));
    let number = more.len();
    more.push(rest.iter().map(|(case, _, index)| (*case, index + 1)).collect());
    Some(Group {
        severity: first.severity.word(),
        layer: first.layer.word(),
        rule: clip(&first.rule),
        rule_anchor: super::rule::anchor(&first.rule),
        message: clip(&title(members, first)),
        paths: paths(members),
        count: words::count(cases.len(), "case", "cases"),
        cases: shown.iter().map(|member| case_link(member)).collect(),
        more: rest.len(),
        number,
        diff: diff::compare(&first.expected, &first.actual),
        evidence: first.evidence.first().map(data::evidence),
    })
}

/// What all findings of a group say; if they differ (in the action, mostly), what their rule says.
fn title(members: &[Member<'_>], first: &Finding) -> String {
    let alike = members.iter().filter_map(finding).all(|other| other.message == first.message);
    match rule(&first.rule).filter(|_| !alike) {
        Some(rule) => words::capital(&rule.title),
        None => first.message.clone(),
    }
}

fn finding<'a>((_, case, index): &Member<'a>) -> Option<&'a Finding> {
    case.findings.get(*index)
}

fn case_link((_, case, index): &Member<'_>) -> CaseLink {
    CaseLink {
        anchor: case::finding_anchor(case, *index),
        name: clip(&case.name),
        verdict: case.verdict.word(),
    }
}

/// The first few places in answers where a difference is met.
fn paths(members: &[Member<'_>]) -> Vec<String> {
    const MOST: usize = 4;
    let mut paths: Vec<String> = Vec::new();
    for path in members.iter().filter_map(finding).map(|finding| clip(&finding.path)) {
        if paths.len() < MOST && !path.is_empty() && !paths.contains(&path) {
            paths.push(path);
        }
    }
    paths
}
