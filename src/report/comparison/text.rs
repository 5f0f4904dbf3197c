//! A comparison for a terminal.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use crate::compare::{Agreement, Changed, Column, Comparison, Counts, Difference};
use crate::judge::{Severity, Verdict};
use crate::report::clean::clean;
use crate::report::terminal::{shorten, style};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
/// Cases of a kind of change that are listed unless all are asked for.
const MOST: usize = 20;
/// Differences that a case which changed is shown with.
const DIFFERENCES: usize = 3;
/// Characters of a name above a column.
const LABEL: usize = 24;

/// The comparison as text with ANSI styles; whoever prints it strips them where they do not belong.
pub fn text(comparison: &Comparison, all: bool) -> String {
    let mut out = String::new();
    let columns: Vec<String> =
        comparison.runs.iter().map(|run| shorten(&clean(&run.label), LABEL)).collect();
    let width = columns.iter().map(|label| label.chars().count()).max().unwrap_or(0).max(10);
    let names = comparison.capabilities.iter().map(|c| c.name.chars().count());
    let first = names.max().unwrap_or(0).clamp(14, 40);
    let mut row = |name: &str, bold: Style, cells: &mut dyn Iterator<Item = String>| {
        let _ = write!(out, "{bold}{:first$}{bold:#}", shorten(&clean(name), first));
        for cell in cells {
            let _ = write!(out, "  {bold}{cell:>width$}{bold:#}");
        }
        out.push('\n');
    };
    row("", BOLD, &mut columns.iter().cloned());
    summary(comparison, &mut row);
    row("capability", BOLD, &mut comparison.runs.iter().map(|_| "passed".to_owned()));
    for capability in &comparison.capabilities {
        row(&capability.name, Style::new(), &mut capability.runs.iter().map(passed));
    }
    out.push('\n');
    agreement(&mut out, comparison);
    change(&mut out, comparison, all);
    let warn = AnsiColor::Yellow.on_default();
    for caution in &comparison.cautions {
        let _ = writeln!(out, "{warn}{}{warn:#}", clean(caution));
    }
    out
}

fn summary(
    comparison: &Comparison,
    row: &mut dyn FnMut(&str, Style, &mut dyn Iterator<Item = String>),
) {
    let runs = &comparison.runs;
    let mut line = |name: &str, value: &dyn Fn(&Column) -> String| {
        row(name, Style::new(), &mut runs.iter().map(value));
    };
    line("started", &|run| clean(run.run.started.get(..10).unwrap_or(&run.run.started)));
    line("cases", &|run| run.summary.cases.to_string());
    for verdict in Verdict::ALL {
        let count = |run: &Column| run.summary.verdicts.get(&verdict).copied().unwrap_or(0);
        if runs.iter().any(|run| count(run) > 0) {
            line(verdict.word(), &|run| count(run).to_string());
        }
    }
    if runs.iter().any(|run| run.not_run > 0) {
        line("not run", &|run| run.not_run.to_string());
    }
    for severity in Severity::ALL {
        line(severity.word(), &|run| {
            run.summary.findings.get(&severity).copied().unwrap_or(0).to_string()
        });
    }
}

fn passed(counts: &Counts) -> String {
    match counts {
        Counts { asked: 0, .. } => "not run".to_owned(),
        Counts { asked, passed, .. } => format!("{passed} of {asked}"),
    }
}

fn agreement(out: &mut String, comparison: &Comparison) {
    let said: Vec<String> = Agreement::ALL
        .iter()
        .filter_map(|agreement| {
            let count = comparison.agreement.get(agreement)?;
            Some(match agreement {
                Agreement::Verdicts => format!("{count} with different verdicts"),
                Agreement::Findings => format!("{count} with different findings"),
                Agreement::NotRun => format!("{count} that agree where run"),
                Agreement::Same => format!("{count} the same"),
            })
        })
        .collect();
    let count = comparison.cases.len();
    let cases = if count == 1 { "case" } else { "cases" };
    let _ = writeln!(out, "{BOLD}{count} {cases}{BOLD:#}: {}", said.join(", "));
}

fn change(out: &mut String, comparison: &Comparison, all: bool) {
    let (Some(change), [before, after]) = (&comparison.change, comparison.runs.as_slice()) else {
        return;
    };
    let _ = writeln!(
        out,
        "\n{BOLD}What changed{BOLD:#} from {} to {}",
        clean(&before.label),
        clean(&after.label)
    );
    for (word, cases) in change.lists() {
        if cases.is_empty() {
            continue;
        }
        let _ = writeln!(out, "\n{BOLD}{} {word}{BOLD:#}", cases.len());
        let most = if all { cases.len() } else { MOST };
        for case in cases.iter().take(most) {
            changed(out, comparison, word, case);
        }
        if cases.len() > most {
            let rest = cases.len() - most;
            let _ = writeln!(out, "  {DIM}… and {rest} more; --verbose lists them{DIM:#}");
        }
    }
    let cosmetic = match change.cosmetic {
        0 => String::new(),
        count => format!(", of {count} only cosmetic findings changed"),
    };
    let _ = writeln!(out, "\n{} unchanged{cosmetic}", change.unchanged);
}

fn changed(out: &mut String, comparison: &Comparison, word: &str, case: &Changed) {
    let shown = |verdict: Option<Verdict>| {
        let (style, word) =
            verdict.map_or((DIM, "not run"), |verdict| (style(verdict), verdict.word()));
        format!("{style}{word}{style:#}")
    };
    let turn = if case.before == case.after {
        shown(case.after)
    } else {
        format!("{} → {}", shown(case.before), shown(case.after))
    };
    let edited = if case.other_steps { "  (the case itself was changed)" } else { "" };
    let _ = writeln!(out, "  {BOLD}{}{BOLD:#}  {turn}{DIM}{edited}{DIM:#}", clean(&case.name));
    // What is new says why it is worse, what is gone why it is better.
    let better = word == "better" || case.came.is_empty();
    let (sign, numbers) = if better { ("−", &case.went) } else { ("+", &case.came) };
    let mut shown: Vec<&Difference> =
        numbers.iter().map(|number| &comparison.differences[*number]).collect();
    shown.sort_by_key(|difference| difference.severity);
    shown.dedup_by(|a, b| (&a.rule, &a.message) == (&b.rule, &b.message));
    for difference in shown.iter().take(DIFFERENCES) {
        let _ = writeln!(
            out,
            "    {sign} {} {} {DIM}{}{DIM:#}",
            difference.severity.word(),
            shorten(&clean(&difference.message), 120),
            clean(&difference.rule)
        );
    }
    if shown.len() > DIFFERENCES {
        let _ = writeln!(out, "    {DIM}{sign} {} more{DIM:#}", shown.len() - DIFFERENCES);
    }
    if shown.is_empty() && !case.reason.is_empty() {
        let _ = writeln!(out, "    {}", shorten(&clean(&case.reason), 140));
    }
}
