//! TAP, the Test Anything Protocol, version 14.

use std::fmt::Write as _;

use serde_json::Value;

use super::clean::clean;
use crate::judge::{CaseResult, Finding, RunResult, Verdict};

/// Findings of a case that are shown; the report has all of them.
const MOST: usize = 20;

/// The result as TAP. What the target does not do or lacks is skipped; what is waived is a `TODO`, which
/// fails nothing.
pub fn tap(result: &RunResult) -> String {
    let mut out = String::from("TAP version 14\n");
    let _ = writeln!(out, "1..{}", result.cases.len());
    for (at, case) in result.cases.iter().enumerate() {
        let (ok, directive) = match case.verdict {
            Verdict::Pass => ("ok", ""),
            Verdict::Unsupported | Verdict::Skipped => ("ok", "SKIP"),
            Verdict::Waived => ("not ok", "TODO"),
            Verdict::Fail | Verdict::Flaky | Verdict::Blocked | Verdict::Inconclusive => {
                ("not ok", "")
            }
        };
        let _ = write!(out, "{ok} {} - {}", at + 1, escaped(&case.name));
        if !directive.is_empty() {
            let reason = escaped(&format!("{}: {}", case.verdict, case.reason));
            let _ = write!(out, " # {directive} {reason}");
        }
        out.push('\n');
        if ok == "not ok" {
            details(&mut out, case);
        }
    }
    out
}

/// On one line, without what TAP would take for a directive.
fn escaped(text: &str) -> String {
    clean(text).replace('\\', "\\\\").replace('#', "\\#")
}

/// The YAML behind a test. Texts are written as JSON, which is YAML whatever stands in them.
fn details(out: &mut String, case: &CaseResult) {
    let text = |text: &str| Value::from(clean(text)).to_string();
    let _ = writeln!(out, "  ---");
    let _ = writeln!(out, "  verdict: {}", case.verdict);
    let _ = writeln!(out, "  message: {}", text(&case.reason));
    let _ = writeln!(out, "  id: {}", text(&case.id));
    let _ = writeln!(out, "  duration_ms: {}", case.took_ms);
    if !case.findings.is_empty() {
        let _ = writeln!(out, "  findings:");
    }
    for finding in case.findings.iter().take(MOST) {
        let Finding { severity, rule, step, path, message, .. } = finding;
        let _ = writeln!(out, "    - rule: {}", text(rule));
        let _ = writeln!(out, "      severity: {}", severity.word());
        let _ = writeln!(out, "      step: {}", text(step));
        let _ = writeln!(out, "      path: {}", text(path));
        let _ = writeln!(out, "      message: {}", text(message));
    }
    if case.findings.len() > MOST {
        let _ = writeln!(out, "  more_findings: {}", case.findings.len() - MOST);
    }
    let _ = writeln!(out, "  ...");
}
