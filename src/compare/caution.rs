//! What makes results less comparable than they look.

use std::collections::BTreeSet;

use super::Kind;
use super::comparison::{CaseRow, Column};
use crate::judge::JudgedWith;

/// One sentence for each.
pub(super) fn cautions(runs: &[Column], cases: &[CaseRow]) -> Vec<String> {
    let mut said = Vec::new();
    emulators(runs, &mut said);
    same_run(runs, &mut said);
    references(runs, &mut said);
    suites(runs, cases.len(), &mut said);
    changed_cases(cases, &mut said);
    judged(runs, &mut said);
    said
}

fn emulators(runs: &[Column], said: &mut Vec<String>) {
    for run in runs {
        if run.about.as_ref().is_some_and(|about| about.kind == Kind::Emulator) {
            said.push(format!("{} is an emulator, not a cloud.", run.label));
        }
        if !run.run.complete {
            said.push(format!(
                "The run on {} did not come to its end: cases that it lacks had no turn.",
                run.label
            ));
        }
    }
}

fn same_run(runs: &[Column], said: &mut Vec<String>) {
    for (at, run) in runs.iter().enumerate() {
        if let Some(twin) = runs[..at].iter().find(|other| other.run.id == run.run.id) {
            said.push(format!(
                "{} and {} are the same run, {}: only what it was judged with can differ.",
                twin.label, run.label, run.run.id
            ));
        }
    }
}

fn references(runs: &[Column], said: &mut Vec<String>) {
    for run in runs {
        if let Some(not_aws) = run.judged_with.not_aws() {
            said.push(format!("{}: {not_aws}", run.label));
        }
    }
}

fn suites(runs: &[Column], all: usize, said: &mut Vec<String>) {
    if runs.iter().all(|run| run.not_run == 0) {
        return;
    }
    let ran = |run: &Column| {
        let cases = all.saturating_sub(run.not_run as usize);
        format!("{} ran {cases} of them", run.label)
    };
    said.push(format!(
        "The runs have different cases, {all} in all: {}. What a run lacks is shown as not run.",
        runs.iter().map(ran).collect::<Vec<_>>().join(", ")
    ));
}

/// Cases that have other steps in one run than in another, though the same id.
fn changed_cases(cases: &[CaseRow], said: &mut Vec<String>) {
    let about = "other steps in one run than in another: their suites are of different versions.";
    match cases.iter().filter(|case| case.other_steps).count() {
        0 => {}
        1 => said.push(format!("1 case has {about}")),
        count => said.push(format!("{count} cases have {about}")),
    }
}

/// A name of what results were judged with, and how to find it out.
type Part = (&'static str, fn(&JudgedWith) -> String);

/// `a`, `a and b`, `a, b and c`.
fn list(names: &[&str]) -> String {
    match names {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        names => names.concat(),
    }
}

fn judged(runs: &[Column], said: &mut Vec<String>) {
    let parts: [Part; 6] = [
        ("programs", |with| with.parallax.clone()),
        ("SDKs", |with| with.client.clone().unwrap_or_else(|| "none".to_owned())),
        ("API models", |with| with.model.clone()),
        ("shape profiles", |with| with.shapes.clone()),
        ("baselines", |with| with.baselines.clone()),
        ("lists of error codes", |with| with.errors.clone()),
    ];
    let differs = |(_, of): &&Part| {
        runs.iter().map(|run| of(&run.judged_with)).collect::<BTreeSet<_>>().len() > 1
    };
    let different: Vec<&str> = parts.iter().filter(differs).map(|(name, _)| *name).collect();
    if different.is_empty() {
        return;
    }
    said.push(format!(
        "Judged with different {}: a difference between the runs may be one between the rules. \
         `parallax judge DIR` judges a run again; do so for each with the same program.",
        list(&different)
    ));
}
