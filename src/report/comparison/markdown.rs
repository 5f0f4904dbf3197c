//! A comparison as Markdown: for a wiki, a merge request, a summary of a CI job.

use std::fmt::Write as _;

use crate::compare::{Changed, Column, Comparison, Counts, Kind, Root};
use crate::judge::{Layer, Severity, Verdict};
use crate::report::clean::{as_markdown, clean};
use crate::report::terminal::shorten;

/// Characters that are shown of what was met.
const MET: usize = 120;
/// Roots of differences that are listed.
const ROOTS: usize = 100;
/// Cases of a kind of change that are listed.
const CHANGED: usize = 100;

/// The comparison as Markdown.
pub fn markdown(comparison: &Comparison) -> String {
    let mut out = String::new();
    let labels: Vec<String> = comparison.runs.iter().map(|run| cell(&run.label)).collect();
    let _ = writeln!(out, "# {}\n", labels.join(" · "));
    for caution in &comparison.cautions {
        let _ = writeln!(out, "> {}\n", cell(caution));
    }
    summary(&mut out, comparison, &labels);
    change(&mut out, comparison);
    let _ = writeln!(out, "## Capabilities\n");
    head(&mut out, "cases as on the reference", &labels, Some("verdicts differ"));
    for capability in &comparison.capabilities {
        let runs: Vec<String> = capability.runs.iter().map(passed).collect();
        let _ = writeln!(
            out,
            "| {} | {} | {} |",
            cell(&capability.name),
            runs.join(" | "),
            capability.differ
        );
    }
    roots(&mut out, comparison, &labels);
    out
}

/// Text from anywhere as the cell of a table, or a line: no markup, no HTML, one line.
fn cell(text: &str) -> String {
    as_markdown(&shorten(&clean(text), 300))
}

fn head(out: &mut String, first: &str, labels: &[String], last: Option<&str>) {
    let mut names = vec![first.to_owned()];
    names.extend_from_slice(labels);
    names.extend(last.map(str::to_owned));
    let _ = writeln!(out, "| {} |", names.join(" | "));
    let _ = writeln!(out, "|---|{}", "---:|".repeat(names.len() - 1));
}

fn summary(out: &mut String, comparison: &Comparison, labels: &[String]) {
    let runs = &comparison.runs;
    head(out, "", labels, None);
    let mut row = |name: &str, value: &dyn Fn(&Column) -> String| {
        let values: Vec<String> = runs.iter().map(|run| cell(&value(run))).collect();
        let _ = writeln!(out, "| {name} | {} |", values.join(" | "));
    };
    if runs.iter().any(|run| run.about.is_some()) {
        row("what", &|run| {
            run.about.as_ref().map_or("", |about| Kind::word(about.kind)).to_owned()
        });
    }
    row("started", &|run| run.run.started.clone());
    row("run", &|run| run.run.id.clone());
    row("cases", &|run| run.summary.cases.to_string());
    for verdict in Verdict::ALL {
        let count = |run: &Column| run.summary.verdicts.get(&verdict).copied().unwrap_or(0);
        if runs.iter().any(|run| count(run) > 0) {
            row(verdict.word(), &|run| count(run).to_string());
        }
    }
    row("not run", &|run| run.not_run.to_string());
    for severity in Severity::ALL {
        let count = |run: &Column| run.summary.findings.get(&severity).copied().unwrap_or(0);
        row(&format!("{} findings", severity.word()), &|run| count(run).to_string());
    }
    for layer in Layer::ALL {
        let count = |run: &Column| -> u32 {
            run.layers.get(&layer).map_or(0, |counts| counts.values().sum())
        };
        row(&format!("of the {} layer", layer.word()), &|run| count(run).to_string());
    }
    out.push('\n');
}

fn passed(counts: &Counts) -> String {
    match counts {
        Counts { asked: 0, .. } => "not run".to_owned(),
        Counts { asked, passed, .. } => format!("{passed} of {asked}"),
    }
}

fn change(out: &mut String, comparison: &Comparison) {
    let Some(change) = &comparison.change else { return };
    let _ = writeln!(out, "## What changed\n");
    for (word, cases) in change.lists() {
        if cases.is_empty() {
            continue;
        }
        let _ = writeln!(out, "**{} {word}**\n", cases.len());
        for case in cases.iter().take(CHANGED) {
            let _ = writeln!(out, "- {}", changed(case));
        }
        if cases.len() > CHANGED {
            let _ = writeln!(out, "- … and {} more", cases.len() - CHANGED);
        }
        out.push('\n');
    }
    let _ = writeln!(out, "{} unchanged\n", change.unchanged);
}

fn changed(case: &Changed) -> String {
    let word = |verdict: Option<Verdict>| verdict.map_or("not run", Verdict::word);
    let mut line = format!("{}: ", cell(&case.name));
    if case.before == case.after {
        line.push_str(word(case.after));
    } else {
        let _ = write!(line, "{} → {}", word(case.before), word(case.after));
    }
    if !(case.came.is_empty() && case.went.is_empty()) {
        let _ = write!(line, " ({} new, {} gone)", case.came.len(), case.went.len());
    }
    if !case.reason.is_empty() {
        let _ = write!(line, " — {}", cell(&case.reason));
    }
    line
}

fn roots(out: &mut String, comparison: &Comparison, labels: &[String]) {
    let listed: Vec<&Root> =
        comparison.roots.iter().filter(|root| root.severity != Severity::Cosmetic).collect();
    let _ = writeln!(out, "\n## What differs\n");
    let _ = writeln!(out, "Cases that meet it; breaking differences first.\n");
    head(out, "difference", labels, None);
    for root in listed.iter().take(ROOTS) {
        let counts: Vec<String> = root.cases.iter().map(u32::to_string).collect();
        let met = root.met(&comparison.differences).map(|met| shorten(&met.to_string(), MET));
        let _ = writeln!(
            out,
            "| **{}** {}{} ({}) | {} |",
            root.severity.word(),
            cell(&root.message),
            met.map(|met| format!(": {}", cell(&met))).unwrap_or_default(),
            cell(&root.rule),
            counts.join(" | ")
        );
    }
    if listed.len() > ROOTS {
        let _ = writeln!(out, "\n{} more are in the JSON.", listed.len() - ROOTS);
    }
}
