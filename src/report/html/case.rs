//! One case: its steps, its findings, and the exchanges behind them.

use std::collections::BTreeSet;

use super::diff::{self, Diff};
use super::escape::{clip, link};
use super::exchange::{ExchangeView, Exchanges};
use super::{rule, words};
use crate::judge::{
    AttemptResult, CaseResult, Evidence, Finding, Severity, StateSeen, StepResult, Verdict,
};

/// Findings of one case that are shown.
const FINDINGS: usize = 200;
/// States of a poll that are shown from each end.
const STATES: usize = 12;

/// One case.
pub(super) struct CaseView {
    pub(super) anchor: String,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) title: String,
    pub(super) reason: String,
    pub(super) aliases: Vec<String>,
    pub(super) verdict: &'static str,
    pub(super) took: String,
    pub(super) expectations: String,
    /// Findings by severity, without severities that it has none of.
    pub(super) tally: Vec<(&'static str, usize)>,
    /// If there was more than one.
    pub(super) attempts: Vec<AttemptView>,
    pub(super) steps: Vec<StepView>,
    /// Breaking and divergent findings.
    pub(super) findings: Vec<FindingView>,
    /// Cosmetic findings.
    pub(super) minor: Vec<FindingView>,
    pub(super) minor_count: String,
    pub(super) left_out: usize,
    pub(super) exchanges: Vec<ExchangeView>,
}

/// One of several attempts.
pub(super) struct AttemptView {
    pub(super) number: String,
    pub(super) verdict: &'static str,
    pub(super) reason: String,
    pub(super) took: String,
    /// Whether steps and findings are its own.
    pub(super) shown: bool,
}

/// One step.
pub(super) struct StepView {
    pub(super) id: String,
    pub(super) action: String,
    pub(super) poll: bool,
    pub(super) outcome: String,
    /// `ok`, `error` or `none`.
    pub(super) ended: &'static str,
    pub(super) status: Option<u16>,
    pub(super) requests: String,
    pub(super) took: String,
    /// How long it took the reference.
    pub(super) usual: Option<String>,
    /// Where it lies within the case's time, in thousandths.
    pub(super) begins: u64,
    pub(super) lasts: u64,
    pub(super) states: Vec<StateView>,
    /// The gravest severity among its findings; empty if it has none.
    pub(super) gravest: &'static str,
}

/// A value that a poll saw, or a note that some were left out.
pub(super) struct StateView {
    pub(super) value: String,
    pub(super) after: String,
}

/// One finding.
pub(super) struct FindingView {
    pub(super) anchor: String,
    pub(super) severity: &'static str,
    pub(super) layer: &'static str,
    pub(super) rule: String,
    pub(super) rule_anchor: Option<String>,
    pub(super) step: String,
    pub(super) path: String,
    pub(super) message: String,
    pub(super) times: Option<String>,
    pub(super) diff: Option<Diff>,
    pub(super) evidence: Vec<EvidenceView>,
    pub(super) exchange: Option<u64>,
    pub(super) exchange_missing: bool,
    /// The number of its exchange, which the transcript has and the page leaves out.
    pub(super) elsewhere: Option<u64>,
}

/// What an expectation rests on.
pub(super) struct EvidenceView {
    pub(super) kind: &'static str,
    pub(super) source: String,
    pub(super) url: Option<String>,
    /// An address that is not made a link.
    pub(super) address: Option<String>,
    pub(super) states: String,
    pub(super) date: String,
}

/// The anchor of a case.
pub(super) fn anchor(case: &CaseResult) -> String {
    format!("case-{}", words::slug(&case.id))
}

/// The anchor of a finding, or of its case if the finding itself is not shown.
pub(super) fn finding_anchor(case: &CaseResult, index: usize) -> String {
    let cosmetic = case.findings.get(index).is_some_and(|f| f.severity == Severity::Cosmetic);
    if index < FINDINGS && !cosmetic {
        format!("f-{}-{}", words::slug(&case.id), index + 1)
    } else {
        anchor(case)
    }
}

/// A case for showing.
pub(super) fn view(case: &CaseResult, exchanges: &mut Exchanges<'_>) -> CaseView {
    // The gravest stand first.
    let worth = |f: &&Finding| !exchanges.of_many() || f.severity != Severity::Cosmetic;
    let shown = case.findings.iter().take(FINDINGS).take_while(worth).count();
    let shown = &case.findings[..shown];
    let wanted = worth_showing(case, shown, exchanges.of_many());
    let views = shown.iter().enumerate().map(|(at, f)| finding(case, at, f, &wanted, exchanges));
    let (minor, findings): (Vec<_>, Vec<_>) = views.partition(|f| f.severity == "cosmetic");
    CaseView {
        anchor: anchor(case),
        id: clip(&case.id),
        name: clip(&case.name),
        title: clip(&case.title),
        reason: clip(&case.reason),
        aliases: case.aliases.iter().map(|alias| clip(alias)).collect(),
        verdict: case.verdict.word(),
        took: words::duration(case.took_ms),
        expectations: words::count(case.expectations as usize, "expectation", "expectations"),
        tally: tally(&case.findings),
        attempts: case.attempts.iter().map(attempt).collect(),
        steps: steps(case, exchanges),
        minor_count: words::count(minor.len(), "cosmetic finding", "cosmetic findings"),
        findings,
        minor,
        left_out: case.findings.len() - shown.len(),
        exchanges: wanted.into_iter().filter_map(|seq| exchanges.take(seq)).collect(),
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
/// it shows what the case met. One that passed beside very many others shows none.
fn worth_showing(case: &CaseResult, findings: &[Finding], of_many: bool) -> BTreeSet<u64> {
    if of_many && case.verdict == Verdict::Pass {
        return BTreeSet::new();
    }
    let mut seqs: BTreeSet<u64> = findings.iter().filter_map(|f| f.exchange).collect();
    if !matches!(case.verdict, Verdict::Pass | Verdict::Skipped) {
        seqs.extend(case.steps.iter().filter_map(|step| step.exchanges.last()));
    }
    seqs
}

fn finding(
    case: &CaseResult,
    index: usize,
    finding: &Finding,
    wanted: &BTreeSet<u64>,
    exchanges: &Exchanges<'_>,
) -> FindingView {
    let known = finding.exchange.filter(|&seq| exchanges.has(seq));
    let exchange = known.filter(|seq| wanted.contains(seq));
    FindingView {
        anchor: finding_anchor(case, index),
        severity: finding.severity.word(),
        layer: finding.layer.word(),
        rule: clip(&finding.rule),
        rule_anchor: rule::anchor(&finding.rule),
        step: clip(&finding.step),
        path: clip(&finding.path),
        message: clip(&finding.message),
        times: (finding.times > 1).then(|| words::number(finding.times.into())),
        diff: diff::compare(&finding.expected, &finding.actual),
        evidence: finding.evidence.iter().map(evidence).collect(),
        exchange_missing: finding.exchange.is_some() && known.is_none(),
        elsewhere: known.filter(|seq| !wanted.contains(seq)),
        exchange,
    }
}

/// Evidence for showing.
pub(super) fn evidence(evidence: &Evidence) -> EvidenceView {
    let url = evidence.url.as_deref().and_then(link);
    EvidenceView {
        kind: words::evidence(evidence.kind),
        source: clip(&evidence.source),
        address: if url.is_some() { None } else { evidence.url.as_deref().map(clip) },
        url,
        states: clip(&evidence.states),
        date: clip(evidence.date.as_deref().unwrap_or_default()),
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
    StepView {
        id: clip(&step.id),
        action: clip(&step.action),
        poll: step.kind == "poll",
        outcome: clip(&step.outcome),
        ended: match step.outcome.as_str() {
            "success" => "ok",
            _ if step.requests == 0 => "none",
            _ => "error",
        },
        status: step.status,
        requests: words::count(step.requests as usize, "request", "requests"),
        took: if step.requests == 0 { String::new() } else { words::duration(step.took_ms) },
        usual: step.reference_ms.as_ref().map(words::spread),
        begins,
        lasts: (thousandth(span.1) - thousandth(span.0)).clamp(6, 1000 - begins),
        states: states(&step.states),
        gravest: own.map(|f| f.severity).min().map(Severity::word).unwrap_or_default(),
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
