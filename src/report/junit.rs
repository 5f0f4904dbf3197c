//! JUnit XML, as CI systems read it.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestRerun, TestSuite};

use crate::judge::{AttemptResult, CaseResult, Finding, RunResult, Verdict, rule};

/// The result as JUnit XML: a suite for each capability. What failed is a failure, what could not
/// be told an error, what the target does not have is skipped. Attempts that did not pass are
/// `flakyFailure` (or `flakyError`) of a case that passed in another, and `rerunFailure` of one that
/// did not.
///
/// # Errors
/// The XML cannot be written; says why.
pub fn junit(result: &RunResult) -> Result<String, String> {
    let mut report = Report::new(format!("parallax {}", result.run.target.name));
    for capability in &result.capabilities {
        let mut suite = TestSuite::new(capability.name.as_str());
        let cases = result.cases.iter().filter(|c| c.capability == capability.name);
        for case in cases {
            suite.add_test_case(test_case(case));
        }
        report.add_test_suite(suite);
    }
    report
        .to_string()
        .map(|xml| xml.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}"))
        .map_err(|e| e.to_string())
}

fn test_case(case: &CaseResult) -> TestCase {
    let status = match case.verdict {
        Verdict::Pass => TestCaseStatus::success(),
        Verdict::Flaky => {
            let mut status = TestCaseStatus::success();
            status.add_reruns(others(case, true));
            status
        }
        Verdict::Fail => non_success(case, NonSuccessKind::Failure),
        Verdict::Blocked | Verdict::Inconclusive => non_success(case, NonSuccessKind::Error),
        Verdict::Unsupported | Verdict::Skipped | Verdict::Waived => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(format!("{}: {}", case.verdict, case.reason));
            status
        }
    };
    let mut test = TestCase::new(case.name.as_str(), status);
    test.set_classname(case.capability.as_str());
    test.set_time(Duration::from_millis(case.took_ms));
    test
}

fn non_success(case: &CaseResult, kind: NonSuccessKind) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_message(case.reason.as_str());
    status.set_type(case.verdict.word());
    status.set_description(description(case));
    status.add_reruns(others(case, false));
    status
}

/// The case in a sentence, its id, and its findings.
pub(super) fn description(case: &CaseResult) -> String {
    let lines: Vec<String> = case.findings.iter().map(lines).collect();
    format!("{}\nid {}\n\n{}", case.title, case.id, lines.join("\n"))
}

/// Attempts that did not pass; with the one whose findings are the case's, or without.
fn others(case: &CaseResult, with_shown: bool) -> Vec<TestRerun> {
    let wanted = |attempt: &&AttemptResult| {
        attempt.verdict != Verdict::Pass && (with_shown || !attempt.shown)
    };
    let rerun = |attempt: &AttemptResult| {
        let kind = match attempt.verdict {
            Verdict::Blocked | Verdict::Inconclusive => NonSuccessKind::Error,
            _ => NonSuccessKind::Failure,
        };
        let mut rerun = TestRerun::new(kind);
        rerun.set_message(attempt.reason.as_str());
        rerun.set_type(attempt.verdict.word());
        rerun.set_time(Duration::from_millis(attempt.took_ms));
        if attempt.shown {
            rerun.set_description(description(case));
        }
        rerun
    };
    case.attempts.iter().filter(wanted).map(rerun).collect()
}

fn lines(finding: &Finding) -> String {
    let Finding { severity, step, path, message, expected, actual, .. } = finding;
    let (severity, id) = (severity.word(), &finding.rule);
    let found = format!("{id} {severity} step {step} {path}: {message}");
    let values = format!("expected {expected}\n  actual   {actual}");
    let fix = rule(id).map(|rule| format!("\n  fix      {}\n  see      {}", rule.fix, rule.see));
    format!("{found}\n  {values}{}", fix.unwrap_or_default())
}
