//! The summary that a person sees at the end of a run.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use super::clean::clean;
use crate::judge::{AttemptResult, CaseResult, Finding, RunResult, Severity, Summary, Verdict};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
/// Cases that are listed: more scroll away what the run came to.
const MOST: usize = 100;

/// The summary as text with ANSI styles; whoever prints it strips them where they do not belong.
pub fn terminal(result: &RunResult, verbose: bool) -> String {
    let mut out = String::new();
    let width = result.cases.iter().map(|c| c.name.len()).max().unwrap_or(0).min(60);
    let shown: Vec<&CaseResult> =
        result.cases.iter().filter(|c| c.verdict != Verdict::Pass || verbose).collect();
    let most = if verbose || shown.len() <= MOST { shown.len() } else { MOST };
    for case in &shown[..most] {
        case_lines(&mut out, case, width, verbose);
    }
    if shown.len() > most {
        let rest = shown.len() - most;
        let _ =
            writeln!(out, "{DIM}… and {rest} more, all in the report; --verbose lists them{DIM:#}");
    }
    if !out.is_empty() {
        out.push('\n');
    }
    capabilities(&mut out, result);
    totals(&mut out, result);
    if verbose && result.cases.iter().any(|case| !case.findings.is_empty()) {
        let _ = writeln!(out, "{DIM}parallax explain RULE{DIM:#}: what a rule means for a client");
    }
    out
}

pub(super) fn style(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Pass => AnsiColor::Green.on_default(),
        Verdict::Fail => AnsiColor::Red.on_default().bold(),
        Verdict::Unsupported | Verdict::Waived | Verdict::Skipped => AnsiColor::Cyan.on_default(),
        Verdict::Flaky | Verdict::Blocked | Verdict::Inconclusive => AnsiColor::Yellow.on_default(),
    }
}

fn case_lines(out: &mut String, case: &CaseResult, width: usize, verbose: bool) {
    let style = style(case.verdict);
    let reason = clean(&case.reason);
    let _ = writeln!(
        out,
        "{style}{:12}{style:#} {BOLD}{:width$}{BOLD:#}  {}",
        case.verdict,
        clean(&case.name),
        shorten(&reason, 120)
    );
    if verbose {
        for attempt in &case.attempts {
            attempt_line(out, attempt);
        }
        for finding in &case.findings {
            finding_lines(out, finding);
        }
    }
}

fn attempt_line(out: &mut String, attempt: &AttemptResult) {
    let style = style(attempt.verdict);
    let shown = if attempt.shown && attempt.verdict != Verdict::Pass { ", shown here" } else { "" };
    let _ = writeln!(
        out,
        "    attempt {}{shown}: {style}{}{style:#} {DIM}{}{DIM:#}",
        attempt.attempt,
        attempt.verdict,
        shorten(&clean(&attempt.reason), 120)
    );
}

fn finding_lines(out: &mut String, finding: &Finding) {
    let colour = match finding.severity {
        Severity::Breaking => AnsiColor::Red.on_default(),
        Severity::Divergent => AnsiColor::Yellow.on_default(),
        Severity::Cosmetic => DIM,
    };
    let times = if finding.times > 1 { format!(" (×{})", finding.times) } else { String::new() };
    let _ = writeln!(
        out,
        "    {colour}{}{colour:#} {} {DIM}{}{DIM:#}{times}",
        clean(&finding.rule),
        clean(&finding.message),
        clean(&finding.step)
    );
}

fn capabilities(out: &mut String, result: &RunResult) {
    let width = result.capabilities.iter().map(|c| c.name.len()).max().unwrap_or(0).min(60);
    let reference = clean(result.judged_with.reference_name());
    for capability in &result.capabilities {
        let passed = capability.summary.verdicts.get(&Verdict::Pass).copied().unwrap_or(0);
        let cases = capability.summary.cases;
        let _ = writeln!(
            out,
            "{:width$}  {}  {passed:3} of {cases:3} as on {reference}   {DIM}{}{DIM:#}",
            clean(&capability.name),
            bar(passed, cases),
            others(&capability.summary)
        );
    }
}

/// Twenty characters, filled as far as cases passed.
fn bar(passed: u32, cases: u32) -> String {
    const WIDTH: u32 = 20;
    // Rounded down: only a capability without a single difference is full.
    let filled = (passed * WIDTH).checked_div(cases).unwrap_or(0);
    let (full, rest) = (AnsiColor::Green.on_default(), DIM);
    format!(
        "{full}{}{full:#}{rest}{}{rest:#}",
        "█".repeat(filled as usize),
        "░".repeat((WIDTH - filled) as usize)
    )
}

fn others(summary: &Summary) -> String {
    let parts: Vec<String> = Verdict::ALL
        .iter()
        .filter(|v| **v != Verdict::Pass)
        .filter_map(|v| summary.verdicts.get(v).map(|n| format!("{n} {v}")))
        .collect();
    parts.join(", ")
}

fn totals(out: &mut String, result: &RunResult) {
    let passed = result.summary.verdicts.get(&Verdict::Pass).copied().unwrap_or(0);
    let target = &result.run.target;
    let _ = writeln!(
        out,
        "\n{BOLD}{}{BOLD:#} {DIM}{} · {}{DIM:#}",
        clean(&target.name),
        clean(&target.endpoint),
        clean(&target.region)
    );
    let _ = writeln!(
        out,
        "{BOLD}{passed} of {} cases behave as on {}{BOLD:#}; {}",
        result.summary.cases,
        clean(result.judged_with.reference_name()),
        match others(&result.summary) {
            rest if rest.is_empty() => "no other".to_owned(),
            rest => rest,
        }
    );
    let count = |severity| result.summary.findings.get(&severity).copied().unwrap_or(0);
    let _ = writeln!(
        out,
        "findings: {} breaking, {} divergent, {} cosmetic",
        count(Severity::Breaking),
        count(Severity::Divergent),
        count(Severity::Cosmetic)
    );
    let warn = AnsiColor::Yellow.on_default().bold();
    if let Some(not_aws) = result.judged_with.not_aws() {
        let _ = writeln!(out, "{warn}{}{warn:#}", clean(&not_aws));
    }
    if result.judged_with.client.is_none() {
        let _ =
            writeln!(out, "{warn}not judged by AWS's SDK{warn:#}: this build was made without it");
    }
    if let Some(why) = result.run.incomplete() {
        let _ = writeln!(out, "{warn}not complete{warn:#}: {why}");
    }
    if !result.leaks.is_empty() {
        let bad = AnsiColor::Red.on_default().bold();
        let _ = writeln!(out, "{bad}may still be there:{bad:#}");
        for leak in &result.leaks {
            let _ = writeln!(
                out,
                "  {} {} ({}, step {}): {}",
                clean(&leak.action),
                clean(&leak.input.to_string()),
                clean(&leak.case),
                clean(&leak.step),
                shorten(&clean(&leak.why), 160)
            );
        }
    }
}

pub(super) fn shorten(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let cut: String = text.chars().take(most - 1).collect();
    format!("{cut}…")
}
