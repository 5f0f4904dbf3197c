//! Judges a transcript.

use std::collections::{BTreeMap, BTreeSet};

use super::answer::of_answer;
use super::canonical::{Canonical, NameKind};
use super::observe::{CaseObservation, Observed, StepObservation, observe};
use super::unknown_action::UnknownActions;
use super::{
    CapabilityResult, CaseResult, FORMAT_VERSION, Finding, JudgedWith, Knowledge, Layer, Leak,
    RecordingUse, RunFacts, RunResult, StepResult, Summary, attempts, baseline, client, merge,
    recorded, weigh,
};
use serde_json::Value;

use crate::case::{OUTCOME, Scope};
use crate::model::Model;
use crate::transcript::{Ending, Transcript};
use crate::wire::Answer;

/// Judges a transcript: the same transcript and knowledge give the same result, byte for byte.
pub fn judge(transcript: &Transcript, knowledge: &Knowledge) -> RunResult {
    let mut attempts: BTreeMap<String, Vec<(u32, CaseResult)>> = BTreeMap::new();
    let mut leaks = Vec::new();
    let unknown = UnknownActions::of(transcript);
    for case in observe(transcript) {
        let result = judge_case(&case, knowledge, &unknown);
        attempts.entry(result.id.clone()).or_default().push((case.attempt, result));
        leaks.extend(leaks_of(&case));
    }
    let mut cases: Vec<CaseResult> =
        attempts.into_values().filter_map(attempts::of_attempts).collect();
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    leaks.sort_by(|a, b| a.case.cmp(&b.case));
    RunResult {
        format: "parallax-result".to_owned(),
        version: FORMAT_VERSION,
        run: facts(transcript),
        judged_with: JudgedWith {
            parallax: env!("CARGO_PKG_VERSION").to_owned(),
            client: client::sdk().filter(|_| !knowledge.without_client),
            model: Model::ec2().source().to_owned(),
            shapes: knowledge.profiles.digest().to_owned(),
            baselines: knowledge.baselines.digest().to_owned(),
            reference: knowledge.baselines.reference().to_owned(),
            errors: knowledge.errors.digest().to_owned(),
        },
        summary: summary(cases.iter()),
        capabilities: capabilities(&cases),
        cases,
        leaks,
    }
}

fn facts(transcript: &Transcript) -> RunFacts {
    let (run, end, plan) = (&transcript.run, transcript.end.as_ref(), transcript.plan());
    let begun: BTreeSet<&str> = transcript.cases().map(|case| case.id.as_str()).collect();
    let planned = plan.into_iter().flat_map(|plan| &plan.cases);
    let left = planned.filter(|case| !begun.contains(case.id.as_str()));
    let left: Vec<String> = left.map(|case| case.name.clone()).collect();
    // Of a run that was put together from parts, a whole part may be missing.
    let all = plan.is_none_or(|plan| plan.shard.is_some() || plan.cases.len() == plan.chosen);
    RunFacts {
        id: run.run.clone(),
        started: run.started.clone(),
        took_ms: end.map(|end| end.at_ms),
        complete: end.is_some_and(|end| !end.interrupted) && left.is_empty() && all,
        failed_fast: end.is_some_and(|end| end.failed_fast),
        left,
        shard: plan.and_then(|plan| plan.shard),
        parts: plan.map(|plan| plan.parts.clone()).unwrap_or_default(),
        target: run.target.clone(),
    }
}

/// Names of everything that the run gave a case and that the case made.
pub(super) fn canonical(case: &CaseObservation<'_>) -> Canonical {
    let asks_for_zone = case.case.names("zone");
    let given = case.given.iter().map(|(variable, value)| match *variable {
        "zone" if !asks_for_zone => (*variable, *value, NameKind::Chosen),
        variable => (variable, *value, NameKind::of(variable)),
    });
    Canonical::of(given, case.bound())
}

/// Judges one case. `unknown` are the actions that the endpoint does not seem to know.
pub(super) fn judge_case(
    case: &CaseObservation<'_>,
    knowledge: &Knowledge,
    unknown: &UnknownActions,
) -> CaseResult {
    let scope = &case.scope;
    let canonical = canonical(case);
    let baseline = knowledge.baselines.get(&case.case.family);
    let mut expectations = 0;
    let mut findings = Vec::new();
    for step in &case.steps {
        if let Some(baseline) = baseline {
            let held = baseline::hold(baseline, step, scope, &canonical);
            expectations += held.held;
            findings.extend(held.findings);
        }
        findings.extend(layers(step, knowledge));
    }
    let recording = knowledge.baselines.recorded(case.case);
    let recorded = recording.as_ref().and_then(|recording| recording.as_ref().ok());
    if let Some(recorded) = recorded {
        let held = recorded::hold(recorded, case, &canonical);
        expectations += held.held;
        merge::same_differences(&mut findings, held.findings);
    }
    findings.retain(|finding| !echoes_the_user(finding, scope));
    for finding in findings.iter_mut().filter(|finding| finding.layer == Layer::Baseline) {
        finding.message.push_str(hint(case, &finding.step, unknown));
    }
    for finding in &mut findings {
        finding.message = canonical.text(&finding.message);
        finding.expected = canonical.value(&finding.expected);
        finding.actual = canonical.value(&finding.actual);
    }
    if let Some(recorded) = recorded {
        findings.retain(|finding| !recorded.is_own(finding));
    }
    let mut findings = merge::of_steps(findings);
    // Gravest first; within one severity what AWS does in this sequence before what is general.
    findings.sort_by_key(|f| (f.severity, std::cmp::Reverse(f.layer)));
    let fails = |step: &str| recorded.is_some_and(|recorded| recorded.fails(step));
    let (verdict, reason) = weigh::weigh(case, &findings, fails, |step| hint(case, step, unknown));
    CaseResult {
        id: case.case.id.clone(),
        name: case.case.name.clone(),
        title: case.case.title.clone(),
        capability: case.case.capability.clone(),
        aliases: case.case.aliases.clone(),
        verdict,
        reason: canonical.text(&reason),
        took_ms: case.took_ms,
        expectations,
        recording: recording.as_ref().map(|recording| match recording {
            Ok(_) => RecordingUse::Held,
            Err(_) => RecordingUse::Stale,
        }),
        attempts: Vec::new(),
        steps: case
            .steps
            .iter()
            .map(|step| {
                let reference_ms = recorded.and_then(|recorded| recorded.took_ms(step.id()));
                StepResult { reference_ms, ..step_result(step) }
            })
            .collect(),
        findings,
    }
}

/// What the refusal of a step says besides, of a poll the last that was seen.
fn hint(case: &CaseObservation<'_>, step: &str, unknown: &UnknownActions) -> &'static str {
    let step = case.steps.iter().find(|of_case| of_case.id() == step);
    let last = step.and_then(|step| step.answers.last());
    match last.map(|last| (&last.answer, last.exchange.action.as_str())) {
        Some((Answer::Error { .. }, action)) => unknown.hint(action),
        _ => "",
    }
}

/// An instance type of the cloud's own is none of AWS's values; but the user named it, and that the
/// answer repeats it is as it should be.
fn echoes_the_user(finding: &Finding, scope: &Scope) -> bool {
    finding.rule == "model.enum" && scope.get("instance_type") == Some(&finding.actual)
}

/// The findings of the layers that look at each answer by itself.
fn layers(step: &StepObservation<'_>, knowledge: &Knowledge) -> Vec<Finding> {
    let mut of_step = Vec::new();
    for seen in &step.answers {
        of_step.extend(of_answer(step.id(), seen, knowledge));
    }
    merge::of_looks(of_step)
}

fn step_result(step: &StepObservation<'_>) -> StepResult {
    let outcome = match (&step.observed, step.ending) {
        (_, Some(Ending::Blocked { .. })) => "blocked".to_owned(),
        (_, Some(Ending::Skipped { .. })) => "skipped".to_owned(),
        (_, Some(Ending::Interrupted { .. })) => "interrupted".to_owned(),
        (_, Some(Ending::TimedOut { .. })) => "timed-out".to_owned(),
        (Observed::Success(found), _) if step.step.probe.is_some() => word(found),
        (Observed::Success(_), _) => "success".to_owned(),
        (Observed::Error { code, .. }, _) => code.clone(),
        (Observed::Foreign(_), _) => "not-ec2".to_owned(),
        (Observed::NotReached { seen }, _) => seen.clone(),
        (Observed::NoAnswer(_), _) => "no-answer".to_owned(),
        (Observed::NotRun, _) => "not-run".to_owned(),
    };
    StepResult {
        id: step.id().to_owned(),
        kind: step.step.kind().to_owned(),
        action: step.action().to_owned(),
        outcome,
        status: step.answers.last().map(|a| a.status),
        requests: u32::try_from(step.exchanges.len().max(step.looks.len())).unwrap_or(u32::MAX),
        took_ms: step.took_ms(),
        reference_ms: None,
        states: step.states.clone(),
        exchanges: step.exchanges.iter().map(|e| e.seq).collect(),
    }
}

/// The word for what came of a probe.
fn word(found: &Value) -> String {
    found[OUTCOME].as_str().unwrap_or("nothing").to_owned()
}

fn leaks_of<'c>(case: &'c CaseObservation<'_>) -> impl Iterator<Item = Leak> + 'c {
    case.leaks.iter().map(|undo| Leak {
        case: case.case.name.clone(),
        step: undo.step.clone(),
        action: undo.action.clone(),
        input: undo.input.as_value().clone(),
        why: undo.failure.as_ref().map(|f| f.as_str().to_owned()).unwrap_or_default(),
    })
}

fn summary<'c>(cases: impl Iterator<Item = &'c CaseResult>) -> Summary {
    let mut summary = Summary::default();
    for case in cases {
        summary.cases += 1;
        *summary.verdicts.entry(case.verdict).or_default() += 1;
        for finding in &case.findings {
            *summary.findings.entry(finding.severity).or_default() += 1;
        }
    }
    summary
}

fn capabilities(cases: &[CaseResult]) -> Vec<CapabilityResult> {
    let mut by_name: BTreeMap<&str, Vec<&CaseResult>> = BTreeMap::new();
    for case in cases {
        by_name.entry(&case.capability).or_default().push(case);
    }
    by_name
        .into_iter()
        .map(|(name, cases)| CapabilityResult {
            name: name.to_owned(),
            summary: summary(cases.into_iter()),
        })
        .collect()
}
