//! Several results side by side.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::change::{Change, change_of};
use super::difference::{Difference, Differences, Root, roots};
use super::{About, caution};
use crate::judge::{
    CaseResult, JudgedWith, Layer, RunFacts, RunResult, Severity, Summary, Verdict,
};

/// The version of the format of a comparison's JSON.
pub const FORMAT_VERSION: u32 = 1;

/// A result that is to be compared.
#[derive(Debug, Clone)]
pub struct Side<'a> {
    /// What it is called; no two are called the same.
    pub label: String,
    /// What it is of, if whoever published it says so.
    pub about: Option<About>,
    /// The result.
    pub result: &'a RunResult,
}

/// Several results side by side.
#[derive(Debug, Clone, Serialize)]
pub struct Comparison {
    /// Always `parallax-comparison`.
    pub format: String,
    /// [`FORMAT_VERSION`].
    pub version: u32,
    /// The results, in the order given; every list with an item for each run is in this order.
    pub runs: Vec<Column>,
    /// What makes them less comparable than they look, one sentence each.
    pub cautions: Vec<String>,
    /// Cases by how far the runs agree.
    pub agreement: BTreeMap<Agreement, u32>,
    /// Counts by capability, in the order of their names.
    pub capabilities: Vec<CapabilityRow>,
    /// What the differences come from: breaking ones first, then what most cases meet.
    pub roots: Vec<Root>,
    /// Of two runs: what changed from the first to the second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<Change>,
    /// Every case that any run has, in the order of their names.
    pub cases: Vec<CaseRow>,
    /// Every difference once; findings name it by its number in this list, from 0.
    pub differences: Vec<Difference>,
}

/// One of the results.
#[derive(Debug, Clone, Serialize)]
pub struct Column {
    /// What it is called.
    pub label: String,
    /// What it is of, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<About>,
    /// The run.
    pub run: RunFacts,
    /// What it was judged with.
    pub judged_with: JudgedWith,
    /// Counts over its cases.
    pub summary: Summary,
    /// Its findings by layer and severity.
    pub layers: BTreeMap<Layer, BTreeMap<Severity, u32>>,
    /// Cases that another run has and this has not.
    pub not_run: u32,
}

/// How far the runs agree on a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Agreement {
    /// The verdicts differ.
    Verdicts,
    /// The verdicts are the same, but not the breaking and divergent findings.
    Findings,
    /// Not every run has the case; those that have it agree.
    NotRun,
    /// Verdicts, breaking and divergent findings are the same.
    Same,
}

impl Agreement {
    /// All, in the order in which they are shown.
    pub const ALL: [Agreement; 4] =
        [Agreement::Verdicts, Agreement::Findings, Agreement::NotRun, Agreement::Same];

    /// The word, as in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Agreement::Verdicts => "verdicts",
            Agreement::Findings => "findings",
            Agreement::NotRun => "not-run",
            Agreement::Same => "same",
        }
    }
}

/// A capability.
#[derive(Debug, Clone, Serialize)]
pub struct CapabilityRow {
    /// Its name.
    pub name: String,
    /// Cases of it that any run has.
    pub cases: u32,
    /// Cases on which the verdicts differ.
    pub differ: u32,
    /// What each run says.
    pub runs: Vec<Counts>,
}

/// What one run says of a capability.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Cases of it that the run has.
    pub asked: u32,
    /// Those that passed.
    pub passed: u32,
    /// All of them by verdict.
    pub verdicts: BTreeMap<Verdict, u32>,
}

/// A case.
#[derive(Debug, Clone, Serialize)]
pub struct CaseRow {
    /// Its id.
    pub id: String,
    /// `capability/name`.
    pub name: String,
    /// What is true on AWS, in a sentence.
    pub title: String,
    /// The capability.
    pub capability: String,
    /// How far the runs agree.
    pub agreement: Agreement,
    /// Whether the case has other steps in one run than in another.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub other_steps: bool,
    /// What each run says; null where the run does not have the case.
    pub runs: Vec<Option<CaseCell>>,
}

/// What one run says of a case.
#[derive(Debug, Clone, Serialize)]
pub struct CaseCell {
    /// The verdict.
    pub verdict: Verdict,
    /// Why; empty for a pass.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// The findings, gravest first.
    pub findings: Vec<FindingAt>,
}

/// Where a difference was met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FindingAt {
    /// Its number in the list of differences.
    pub difference: usize,
    /// The step.
    pub step: String,
    /// The number of the exchange in the run's transcript that shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exchange: Option<u64>,
    /// In how many places of the answer.
    pub times: u32,
}

/// Puts results side by side. Pure: the same results give the same comparison.
pub fn compare(sides: &[Side<'_>]) -> Comparison {
    let mut numbers = Differences::default();
    let mut found: Vec<BTreeMap<&str, Row<'_>>> = Vec::new();
    for side in sides {
        let rows = side.result.cases.iter().map(|case| {
            let findings = case.findings.iter().map(|finding| FindingAt {
                difference: numbers.number(finding),
                step: finding.step.clone(),
                exchange: finding.exchange,
                times: finding.times,
            });
            (case.id.as_str(), Row { case, findings: findings.collect() })
        });
        found.push(rows.collect());
    }
    let mut differences: Vec<Difference> =
        numbers.findings().iter().map(|finding| Difference::of(finding, sides.len())).collect();
    let cases = rows(&found, &differences);
    let met = met(&cases, differences.len(), sides.len());
    for (difference, met) in differences.iter_mut().zip(&met) {
        for (count, cases) in difference.cases.iter_mut().zip(met) {
            *count = u32::try_from(cases.len()).unwrap_or(u32::MAX);
        }
    }
    let mut agreement: BTreeMap<Agreement, u32> = BTreeMap::new();
    for case in &cases {
        *agreement.entry(case.agreement).or_default() += 1;
    }
    let runs: Vec<Column> =
        sides.iter().enumerate().map(|(at, side)| column(side, at, &cases)).collect();
    Comparison {
        format: "parallax-comparison".to_owned(),
        version: FORMAT_VERSION,
        cautions: caution::cautions(&runs, &cases),
        agreement,
        capabilities: capabilities(&cases, sides.len()),
        roots: roots(&differences, &met),
        change: (sides.len() == 2).then(|| change_of(&cases, &differences)),
        runs,
        cases,
        differences,
    }
}

/// A case of one run, with its findings by their numbers.
struct Row<'a> {
    case: &'a CaseResult,
    findings: Vec<FindingAt>,
}

fn rows(found: &[BTreeMap<&str, Row<'_>>], differences: &[Difference]) -> Vec<CaseRow> {
    let ids: BTreeSet<&str> = found.iter().flat_map(|run| run.keys().copied()).collect();
    let mut rows: Vec<CaseRow> =
        ids.into_iter().filter_map(|id| row(id, found, differences)).collect();
    rows.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    rows
}

/// A case as the last run that has it calls it.
fn row(id: &str, found: &[BTreeMap<&str, Row<'_>>], differences: &[Difference]) -> Option<CaseRow> {
    let case = found.iter().rev().find_map(|run| run.get(id))?.case;
    let cell = |run: &BTreeMap<&str, Row<'_>>| {
        run.get(id).map(|row| CaseCell {
            verdict: row.case.verdict,
            reason: row.case.reason.clone(),
            findings: row.findings.clone(),
        })
    };
    let runs: Vec<Option<CaseCell>> = found.iter().map(cell).collect();
    let steps: BTreeSet<_> = found.iter().filter_map(|run| run.get(id)).map(steps).collect();
    Some(CaseRow {
        id: case.id.clone(),
        name: case.name.clone(),
        title: case.title.clone(),
        capability: case.capability.clone(),
        agreement: agreement(&runs, differences),
        other_steps: steps.len() > 1,
        runs,
    })
}

/// The steps of a case, without what became of them.
fn steps<'a>(row: &Row<'a>) -> Vec<(&'a str, &'a str, &'a str)> {
    row.case.steps.iter().map(|step| (&*step.id, &*step.kind, &*step.action)).collect()
}

fn agreement(runs: &[Option<CaseCell>], differences: &[Difference]) -> Agreement {
    let mut cells = runs.iter().flatten();
    let Some(first) = cells.next() else { return Agreement::NotRun };
    let noticed = |cell: &CaseCell| -> BTreeSet<(String, usize)> {
        let grave = |at: &&FindingAt| differences[at.difference].severity != Severity::Cosmetic;
        let findings = cell.findings.iter().filter(grave);
        findings.map(|at| (at.step.clone(), at.difference)).collect()
    };
    let expected = noticed(first);
    let others: Vec<&CaseCell> = cells.collect();
    if others.iter().any(|cell| cell.verdict != first.verdict) {
        Agreement::Verdicts
    } else if others.iter().any(|cell| noticed(cell) != expected) {
        Agreement::Findings
    } else if runs.iter().any(Option::is_none) {
        Agreement::NotRun
    } else {
        Agreement::Same
    }
}

/// For each difference the cases of each run that meet it.
fn met(cases: &[CaseRow], differences: usize, runs: usize) -> Vec<Vec<Vec<usize>>> {
    let mut met = vec![vec![Vec::new(); runs]; differences];
    for (at, case) in cases.iter().enumerate() {
        for (run, cell) in case.runs.iter().enumerate() {
            for finding in cell.iter().flat_map(|cell| &cell.findings) {
                let cases: &mut Vec<usize> = &mut met[finding.difference][run];
                if cases.last() != Some(&at) {
                    cases.push(at);
                }
            }
        }
    }
    met
}

fn column(side: &Side<'_>, at: usize, cases: &[CaseRow]) -> Column {
    let mut layers: BTreeMap<Layer, BTreeMap<Severity, u32>> = BTreeMap::new();
    for finding in side.result.cases.iter().flat_map(|case| &case.findings) {
        *layers.entry(finding.layer).or_default().entry(finding.severity).or_default() += 1;
    }
    let not_run = cases.iter().filter(|case| case.runs[at].is_none()).count();
    Column {
        label: side.label.clone(),
        about: side.about.clone(),
        run: side.result.run.clone(),
        judged_with: side.result.judged_with.clone(),
        summary: side.result.summary.clone(),
        layers,
        not_run: u32::try_from(not_run).unwrap_or(u32::MAX),
    }
}

fn capabilities(cases: &[CaseRow], runs: usize) -> Vec<CapabilityRow> {
    let mut rows: BTreeMap<&str, CapabilityRow> = BTreeMap::new();
    for case in cases {
        let row = rows.entry(&case.capability).or_insert_with(|| CapabilityRow {
            name: case.capability.clone(),
            cases: 0,
            differ: 0,
            runs: vec![Counts::default(); runs],
        });
        row.cases += 1;
        row.differ += u32::from(case.agreement == Agreement::Verdicts);
        for (counts, cell) in row.runs.iter_mut().zip(&case.runs) {
            if let Some(cell) = cell {
                counts.asked += 1;
                counts.passed += u32::from(cell.verdict == Verdict::Pass);
                *counts.verdicts.entry(cell.verdict).or_default() += 1;
            }
        }
    }
    rows.into_values().collect()
}
