//! `parallax show`.

use clap::Args;

use super::args::SuiteArgs;
use super::exit::{Done, Exit, Failed};
use super::out::say;
use crate::judge::baseline::{Baseline, Claim, Expectation, Test};
use crate::judge::recorded::{CaseRecording, RecordedOutcome, Spread};
use crate::model::suggest;

/// Arguments of `show`.
#[derive(Debug, Args)]
pub(super) struct ShowArgs {
    /// The case's name or id
    #[arg(value_name = "CASE")]
    case: String,
    #[command(flatten)]
    suite: SuiteArgs,
}

pub(super) fn run(args: &ShowArgs) -> Done {
    let suite = args.suite.suite()?;
    let Some(case) = suite.find(&args.case) else {
        let close = suggest(&args.case, suite.cases.iter().map(|c| c.name.as_str()));
        let hint = close.map(|c| format!("; did you mean `{c}`?")).unwrap_or_default();
        return Err(Failed::usage(format!("there is no case `{}`{hint}", args.case)));
    };
    let knowledge = args.suite.knowledge()?;
    let baseline = knowledge.baselines.get(&case.family);
    say!("{}\n{}\nid {}", case.name, case.title, case.id);
    if let Some(about) = &case.about {
        say!("\n{about}");
    }
    for step in &case.steps {
        let kind = step.kind();
        let setup = if step.setup { "  (prepares)" } else { "" };
        say!("\n{}: {kind} {}{setup}", step.id, step.what());
        if !step.with.is_null() {
            say!("    with {}", step.with);
        }
        let expected = baseline.iter().flat_map(|b| b.expect.iter().map(move |e| (b, e)));
        for (baseline, expectation) in expected.filter(|(_, e)| e.step.value == step.id) {
            say!("    AWS: {}", claim(expectation));
            say!("         {}", source(baseline, expectation));
        }
    }
    let recorded = knowledge.baselines.recording(case);
    if let Some(recording) = recorded {
        recording_of(recording, knowledge.baselines.reference());
    }
    if baseline.is_none() && recorded.is_none() {
        say!("\nThere is no baseline yet: the other layers judge it.");
    }
    Ok(Exit::Ok)
}

/// What was recorded, step by step.
fn recording_of(recording: &CaseRecording, reference: &str) {
    say!("\nRecorded of {reference}: {}", recording.samples.join(", "));
    for (id, step) in &recording.steps {
        let ends: Vec<String> = step.outcomes.iter().map(outcome).collect();
        let Spread { least, median, most, .. } = &step.took_ms;
        say!("    {id}: {}; {least} to {most} ms, mostly {median}", ends.join(" or "));
        for states in &step.states {
            say!("        {}", states.join(" → "));
        }
    }
}

fn outcome(outcome: &RecordedOutcome) -> String {
    match outcome {
        RecordedOutcome::Success { .. } => "succeeds".to_owned(),
        RecordedOutcome::Error(error) => format!("refused with {}", error.code),
        RecordedOutcome::NotReached { seen } => format!("ends at {seen}"),
        RecordedOutcome::NotEc2 { seen } => seen.clone(),
    }
}

fn claim(expectation: &Expectation) -> String {
    match &expectation.claim {
        Claim::Success => "succeeds".to_owned(),
        Claim::Outcome(words) => {
            let words: Vec<&str> = words.iter().map(|word| word.value.as_str()).collect();
            format!("comes to {}", words.join(" or "))
        }
        Claim::Error { codes, status } => {
            let codes: Vec<String> = codes.iter().map(|code| code.value.to_string()).collect();
            let status = status.as_ref().map(|s| format!(", HTTP {s}")).unwrap_or_default();
            format!("refuses it with {}{status}", codes.join(" or "))
        }
        Claim::Value { path, test } => format!("{} {}", path.value, wanted(test)),
        Claim::Header { name, test } => format!("header {} {}", name.value, wanted(test)),
        Claim::States(states) => format!("goes through {}", states.join(" → ")),
    }
}

fn wanted(test: &Test) -> String {
    match test {
        Test::Is(value) => format!("is {value}"),
        Test::In(values) => format!("is one of {}", serde_json::Value::from(values.clone())),
        Test::Set(values) => {
            format!("holds, in any order, {}", serde_json::Value::from(values.clone()))
        }
        Test::Form(form) => format!("has the form {form}"),
        Test::Present(true) => "is there".to_owned(),
        Test::Present(false) => "is not there".to_owned(),
    }
}

fn source(baseline: &Baseline, expectation: &Expectation) -> String {
    match baseline.sources.get(&expectation.source.value) {
        Some(source) => format!("{} <{}>", source.title, source.url),
        None => format!("source {}", expectation.source.value),
    }
}
