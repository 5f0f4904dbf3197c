//! A result as Markdown: for the summary of a CI job, or a merge request.

use super::gate::{gate_sheet, waivers_sheet};
use super::sheet::{Column, Piece, Sheet, Side, Tone, plain};
use super::terminal::shorten;
use crate::gate::Decision;
use crate::judge::{CaseResult, RunResult, Summary, Verdict};
use crate::waiver::Waiving;

/// Cases that are listed; the report has all of them.
const MOST: usize = 50;
/// Characters of a reason that are shown.
const REASON: usize = 200;

/// The result, with what waivers come to and what the gate says, where there are such.
pub fn markdown(
    result: &RunResult,
    waiving: Option<&Waiving>,
    decision: Option<&Decision>,
) -> String {
    let mut sheet = Sheet::default();
    let target = &result.run.target;
    let passed = count(&result.summary, Verdict::Pass);
    let reference = result.judged_with.reference_name();
    let cases = result.summary.cases;
    sheet.title(format!("{}: {passed} of {cases} cases as on {reference}", target.name));
    sheet.line([plain(format!(
        "{} · {} · run {}, {}",
        target.endpoint, target.region, result.run.id, result.run.started
    ))]);
    let doubts = [result.judged_with.not_aws(), result.run.incomplete()];
    doubts.into_iter().flatten().for_each(|doubt| sheet.line([(doubt, Tone::Doubt)]));
    if !result.leaks.is_empty() {
        let text = format!("{} things may still be there: see the report.", result.leaks.len());
        sheet.line([(text, Tone::Bad)]);
    }
    let mut out = sheet.markdown();
    out.push_str(
        &waiving.map(|waiving| waivers_sheet(waiving, false).markdown()).unwrap_or_default(),
    );
    out.push_str(&decision.map(|decision| gate_sheet(decision).markdown()).unwrap_or_default());
    out.push_str(&capabilities(result).markdown());
    out.push_str(&not_passed(result).markdown());
    out
}

fn count(summary: &Summary, verdict: Verdict) -> u32 {
    summary.verdicts.get(&verdict).copied().unwrap_or(0)
}

fn capabilities(result: &RunResult) -> Sheet {
    let verdicts: Vec<Verdict> =
        Verdict::ALL.into_iter().filter(|verdict| count(&result.summary, *verdict) > 0).collect();
    let mut columns: Vec<Column> = vec![("capability", Side::Left), ("cases", Side::Right)];
    columns.extend(verdicts.iter().map(|verdict| (verdict.word(), Side::Right)));
    let row = |name: &str, summary: &Summary| -> Vec<Piece> {
        let mut row = vec![plain(name), plain(summary.cases.to_string())];
        row.extend(verdicts.iter().map(|verdict| match count(summary, *verdict) {
            0 => plain(""),
            n => plain(n.to_string()),
        }));
        row
    };
    let mut rows: Vec<Vec<Piece>> =
        result.capabilities.iter().map(|of| row(&of.name, &of.summary)).collect();
    rows.push(row("all", &result.summary));
    let mut sheet = Sheet::default();
    sheet.heading("Capabilities");
    sheet.table(&columns, rows);
    sheet
}

fn not_passed(result: &RunResult) -> Sheet {
    let not_passed = |case: &&CaseResult| case.verdict != Verdict::Pass;
    let mut cases: Vec<&CaseResult> = result.cases.iter().filter(not_passed).collect();
    // What failed first: a pass is not the only thing that is no news.
    cases.sort_by_key(|case| (case.verdict != Verdict::Fail, case.verdict));
    let mut sheet = Sheet::default();
    if cases.is_empty() {
        return sheet;
    }
    sheet.heading(format!("Not as on {}: {}", result.judged_with.reference_name(), cases.len()));
    let columns = [("verdict", Side::Left), ("case", Side::Left), ("", Side::Left)];
    let row = |case: &&CaseResult| {
        let reason = shorten(&case.reason, REASON);
        vec![plain(case.verdict.word()), plain(case.name.as_str()), plain(reason)]
    };
    sheet.table(&columns, cases.iter().take(MOST).map(row).collect());
    if cases.len() > MOST {
        sheet.list(vec![format!("… and {} more, all in the report", cases.len() - MOST)]);
    }
    sheet
}
