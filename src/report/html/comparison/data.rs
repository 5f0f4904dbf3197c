//! What the script shows on demand.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::compare::{Comparison, Difference, FindingAt};
use crate::judge::{CaseResult, RunResult, Severity, StepResult, Verdict};
use crate::report::html::data::{Known, Said};
use crate::report::html::escape::{clip, embedded, embedded_lines};
use crate::report::html::exchange::{Exchanges, Stored};

/// Findings of one case and run that are shown.
const FINDINGS: usize = 200;

/// What the script shows on demand, each escaped for its element.
pub(super) struct Data {
    pub(super) labels: String,
    pub(super) differences: String,
    pub(super) cases: String,
    pub(super) roots: String,
    /// Of each run, one a line.
    pub(super) exchanges: Vec<String>,
}

/// A case, when it is opened.
#[derive(Serialize)]
struct CaseData<'a> {
    id: &'a str,
    agreement: &'static str,
    runs: Vec<Option<CellData>>,
}

/// What one run says of it.
#[derive(Serialize)]
struct CellData {
    verdict: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    reason: String,
    steps: Vec<(String, String, String)>,
    findings: Vec<FindingView>,
    left_out: usize,
    exchanges: BTreeSet<u64>,
}

/// Where a difference was met.
#[derive(Serialize)]
struct FindingView {
    difference: usize,
    step: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    exchange: Option<u64>,
}

/// All of it, each part for an element of its own.
pub(super) fn data(
    comparison: &Comparison,
    results: &[&RunResult],
    stored: &[Stored<'_>],
) -> Result<Data, serde_json::Error> {
    let by_id: Vec<BTreeMap<&str, &CaseResult>> = results
        .iter()
        .map(|result| result.cases.iter().map(|case| (case.id.as_str(), case)).collect())
        .collect();
    let none = Stored::new();
    let all = (0..results.len()).map(|at| stored.get(at).unwrap_or(&none));
    let mut exchanges: Vec<Exchanges<'_>> =
        all.map(|stored| Exchanges::new(stored, usize::MAX)).collect();
    let mut cases = Vec::new();
    for row in &comparison.cases {
        let mut runs = Vec::new();
        for (at, cell) in row.runs.iter().enumerate() {
            let case = by_id.get(at).and_then(|cases| cases.get(&*row.id));
            runs.push(cell.as_ref().zip(case).map(|(cell, case)| {
                cell_data(&cell.findings, case, &comparison.differences, &mut exchanges[at])
            }));
        }
        cases.push(CaseData { id: &row.id, agreement: row.agreement.word(), runs });
    }
    let roots: Vec<&[usize]> = comparison.roots.iter().map(|root| &*root.differences).collect();
    let labels: Vec<String> = comparison.runs.iter().map(|run| clip(&run.label)).collect();
    let shown = exchanges.into_iter().map(|exchanges| embedded_lines(&exchanges.shown()));
    Ok(Data {
        labels: embedded(&labels)?,
        differences: embedded(&Known::of(comparison.differences.iter().map(Said::from)))?,
        cases: embedded(&cases)?,
        roots: embedded(&roots)?,
        exchanges: shown.collect::<Result<_, _>>()?,
    })
}

fn cell_data(
    findings: &[FindingAt],
    case: &CaseResult,
    differences: &[Difference],
    exchanges: &mut Exchanges<'_>,
) -> CellData {
    let step = |step: &StepResult| {
        let status = step.status.map(|status| format!("HTTP {status}")).unwrap_or_default();
        (clip(&format!("{} {}", step.id, step.action)), clip(&step.outcome), status)
    };
    CellData {
        verdict: case.verdict.word(),
        reason: clip(&case.reason),
        steps: case.steps.iter().map(step).collect(),
        findings: findings
            .iter()
            .take(FINDINGS)
            .map(|at| FindingView {
                difference: at.difference,
                step: clip(&at.step),
                exchange: at.exchange,
            })
            .collect(),
        left_out: findings.len().saturating_sub(FINDINGS),
        exchanges: worth_showing(findings, case, differences)
            .into_iter()
            .filter(|seq| exchanges.show(*seq))
            .collect(),
    }
}

/// What shows the breaking findings of a case that did not pass; if it has none, its gravest.
fn worth_showing(
    findings: &[FindingAt],
    case: &CaseResult,
    differences: &[Difference],
) -> BTreeSet<u64> {
    if case.verdict == Verdict::Pass {
        return BTreeSet::new();
    }
    let breaking = |at: &&FindingAt| differences[at.difference].severity == Severity::Breaking;
    let mut seqs: BTreeSet<u64> =
        findings.iter().filter(breaking).filter_map(|at| at.exchange).collect();
    if seqs.is_empty() {
        seqs.extend(findings.first().and_then(|at| at.exchange));
    }
    if seqs.is_empty() {
        seqs.extend(case.steps.iter().rev().find_map(|step| step.exchanges.last()));
    }
    seqs
}
