//! One case: the row that stands for it, and what is shown when it is opened.

use std::collections::BTreeSet;

use serde::Serialize;

use super::escape::clip;
use super::exchange::Exchanges;
use super::words;
use crate::compare::Differences;
use crate::judge::{AttemptResult, CaseResult, Finding, Severity, StateSeen, StepResult, Verdict};

/// Findings of one case that are shown.
const FINDINGS: usize = 200;
/// Lines of one case that say what was found where scripts are off.
const PLAIN: usize = 60;
/// States of a poll that are shown from each end.
const STATES: usize = 12;

/// A case's row.
pub(super) struct CaseView {
    pub(super) anchor: String,
    /// Its number in the list of cases that the page's data has.
    pub(super) number: usize,
    pub(super) name: String,
    pub(super) title: String,
    pub(super) reason: String,
    pub(super) verdict: &'static str,
    pub(super) took: String,
    /// Findings by severity, without severities that it has none of.
    pub(super) tally: Vec<(&'static str, usize)>,
    /// What was found, for browsers that run no script.
    pub(super) plain: Vec<PlainView>,
    /// Findings that these lines do not say.
    pub(super) plain_left_out: usize,
}

/// What findings of a case say, in a line.
pub(super) struct PlainView {
    pub(super) severity: &'static str,
    pub(super) message: String,
    /// How many say it, if more than one.
    pub(super) times: Option<String>,
}

/// What is shown of a case that was opened.
#[derive(Serialize)]
pub(super) struct CaseData {
    /// What anchors of its findings begin with.
    slug: String,
    id: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    aliases: Vec<String>,
    expectations: String,
    /// If there was more than one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attempts: Vec<AttemptView>,
    steps: Vec<StepView>,
    findings: Vec<FindingView>,
    left_out: usize,
    /// Numbers of the exchanges that are shown with it.
    exchanges: BTreeSet<u64>,
}

/// One of several attempts.
#[derive(Serialize)]
struct AttemptView {
    number: String,
    verdict: &'static str,
    reason: String,
    took: String,
    /// Whether steps and findings are its own.
    shown: bool,
}

/// One step.
#[derive(Serialize)]
struct StepView {
    id: String,
    action: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    poll: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    probe: bool,
    outcome: String,
    /// `ok`, `error` or `none`.
    ended: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    requests: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    took: Option<String>,
    /// How long it took the reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    usual: Option<String>,
    /// Where it lies within the case's time, in thousandths.
    begins: u64,
    lasts: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    states: Vec<StateView>,
    /// The gravest severity among its findings.
    #[serde(skip_serializing_if = "Option::is_none")]
    gravest: Option<&'static str>,
}

/// A value that a poll saw, or a note that some were left out.
#[derive(Serialize)]
struct StateView {
    value: String,
    after: String,
}

/// One finding.
#[derive(Serialize)]
struct FindingView {
    /// The number of what it says.
    difference: usize,
    step: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    times: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exchange: Option<u64>,
    /// Whether the transcript at hand lacks the exchange.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    missing: bool,
}

/// The anchor of a case.
pub(super) fn anchor(case: &CaseResult) -> String {
    format!("case-{}", words::slug(&case.id))
}

/// The anchor of a finding, or of its case if the finding itself is not shown.
pub(super) fn finding_anchor(case: &CaseResult, index: usize) -> String {
    if index < FINDINGS {
        format!("f-{}-{}", words::slug(&case.id), index + 1)
    } else {
        anchor(case)
    }
}

/// The row of a case. `room` is how many bytes of plain lines the page has left.
pub(super) fn row(number: usize, case: &CaseResult, room: &mut usize) -> CaseView {
    let (plain, plain_left_out) = plain(case, room);
    CaseView {
        anchor: anchor(case),
        number,
        name: clip(&case.name),
        title: clip(&case.title),
        reason: clip(&case.reason),
        verdict: case.verdict.word(),
        took: words::duration(case.took_ms),
        tally: tally(&case.findings),
        plain,
        plain_left_out,
    }
}

/// What the findings of a case say, the same once; and how many findings had no room.
fn plain(case: &CaseResult, room: &mut usize) -> (Vec<PlainView>, usize) {
    let mut lines: Vec<((Severity, &str), usize)> = Vec::new();
    for finding in case.findings.iter().take(FINDINGS) {
        let said = (finding.severity, &*finding.message);
        match lines.iter_mut().find(|line| line.0 == said) {
            Some((_, times)) => *times += 1,
            None => lines.push((said, 1)),
        }
    }
    let (mut views, mut told) = (Vec::new(), 0);
    for ((severity, message), times) in lines.into_iter().take(PLAIN) {
        let message = clip(message);
        if message.len() > *room {
            break;
        }
        *room -= message.len();
        told += times;
        views.push(PlainView {
            severity: severity.word(),
            message,
            times: (times > 1).then(|| words::number(times as u64)),
        });
    }
    (views, case.findings.len() - told)
}

/// What is shown of a case that was opened.
pub(super) fn data<'a>(
    case: &'a CaseResult,
    differences: &mut Differences<'a>,
    exchanges: &mut Exchanges<'_>,
) -> CaseData {
    // The gravest stand first.
    let shown = &case.findings[..case.findings.len().min(FINDINGS)];
    let wanted = worth_showing(case, shown);
    CaseData {
        slug: words::slug(&case.id),
        id: clip(&case.id),
        aliases: case.aliases.iter().map(|alias| clip(alias)).collect(),
        expectations: words::count(case.expectations as usize, "expectation", "expectations"),
        attempts: case.attempts.iter().map(attempt).collect(),
        steps: steps(case, exchanges),
        exchanges: wanted.into_iter().filter(|seq| exchanges.show(*seq)).collect(),
        findings: shown.iter().map(|f| finding(f, differences.number(f), exchanges)).collect(),
        left_out: case.findings.len() - shown.len(),
    }
}

fn attempt(attempt: &AttemptResult) -> AttemptView {
    AttemptView {
        number: words::number(attempt.attempt.into()),
        verdict: attempt.verdict.word(),
        reason: clip(&attempt.reason),
        took: words::duration(attempt.took_ms),
        shown: attempt.shown,
    }
}

/// Findings by severity, without severities that there are none of.
pub(super) fn tally(findings: &[Finding]) -> Vec<(&'static str, usize)> {
    let count = |severity| findings.iter().filter(|f| f.severity == severity).count();
    let all = Severity::ALL.into_iter().map(|s| (s.word(), count(s)));
    all.filter(|(_, count)| *count > 0).collect()
}

/// What findings refer to; and of a case that did not pass also each step's last exchange, because
/// it shows what the case met.
fn worth_showing(case: &CaseResult, findings: &[Finding]) -> BTreeSet<u64> {
    let mut seqs: BTreeSet<u64> = findings.iter().filter_map(|f| f.exchange).collect();
    if !matches!(case.verdict, Verdict::Pass | Verdict::Skipped) {
        seqs.extend(case.steps.iter().filter_map(|step| step.exchanges.last()));
    }
    seqs
}

fn finding(finding: &Finding, difference: usize, exchanges: &Exchanges<'_>) -> FindingView {
    FindingView {
        difference,
        step: clip(&finding.step),
        times: (finding.times > 1).then(|| words::number(finding.times.into())),
        exchange: finding.exchange,
        missing: finding.exchange.is_some_and(|seq| !exchanges.has(seq)),
    }
}

fn steps(case: &CaseResult, exchanges: &Exchanges<'_>) -> Vec<StepView> {
    let sent = |step: &StepResult| exchanges.sent_at(*step.exchanges.first()?);
    let origin = case.steps.iter().filter_map(sent).min();
    let mut elapsed = 0;
    let mut spans = Vec::new();
    for step in &case.steps {
        let known = sent(step).zip(origin).map(|(at, origin)| at - origin);
        let begins = known.unwrap_or(elapsed);
        elapsed = begins.saturating_add(step.took_ms);
        spans.push((begins, elapsed));
    }
    let whole = spans.iter().map(|span| span.1).max().unwrap_or_default().max(1);
    let views = case.steps.iter().zip(spans);
    views.map(|(result, span)| step(case, result, span, whole)).collect()
}

fn step(case: &CaseResult, step: &StepResult, span: (u64, u64), whole: u64) -> StepView {
    let thousandth = |ms: u64| (ms as f64 * 1000.0 / whole as f64) as u64;
    let begins = thousandth(span.0).min(994);
    let own = case.findings.iter().filter(|f| f.step == step.id);
    let gravest = own.map(|f| f.severity).min().map(Severity::word);
    let probe = step.kind == "probe";
    let many = if probe { ("look", "looks") } else { ("request", "requests") };
    StepView {
        id: clip(&step.id),
        action: clip(&step.action),
        poll: step.kind == "poll",
        probe,
        outcome: clip(&step.outcome),
        ended: match step.outcome.as_str() {
            "success" => "ok",
            _ if step.requests == 0 => "none",
            // Any of a probe's outcomes may be the one that is wanted.
            "timed-out" | "no-answer" | "interrupted" => "error",
            _ if probe && gravest.is_none() => "ok",
            _ => "error",
        },
        status: step.status,
        requests: words::count(step.requests as usize, many.0, many.1),
        took: (step.requests > 0).then(|| words::duration(step.took_ms)),
        usual: step.reference_ms.as_ref().map(words::spread),
        begins,
        lasts: (thousandth(span.1) - thousandth(span.0)).clamp(6, 1000 - begins),
        states: states(&step.states),
        gravest,
    }
}

fn states(seen: &[StateSeen]) -> Vec<StateView> {
    let state = |seen: &StateSeen| StateView {
        value: if seen.value.is_empty() { "(nothing)".to_owned() } else { clip(&seen.value) },
        after: words::duration(seen.after_ms),
    };
    if seen.len() <= 2 * STATES + 1 {
        return seen.iter().map(state).collect();
    }
    let between = seen.len() - 2 * STATES;
    let mut out: Vec<_> = seen[..STATES].iter().map(state).collect();
    out.push(StateView { value: format!("… {between} more …"), after: String::new() });
    out.extend(seen[seen.len() - STATES..].iter().map(state));
    out
}
