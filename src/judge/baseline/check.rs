//! Whether a baseline fits its case: steps, selectors, sources, variables.

use std::ops::Range;

use serde_json::Value;

use super::{Baseline, Claim, Test, codes};
use crate::case::{Case, Scope, Selector, Step, Suite, unknown_outcome, variable_names};
use crate::judge::errors::ErrorCodes;
use crate::model::{Model, suggest};
use crate::syntax::{Diagnostic, Reader, Spanned};

/// Reports everything that does not fit. `stem` is `capability/name`.
pub(super) fn check(
    baseline: &Baseline,
    stem: &str,
    suite: &Suite,
    errors: &ErrorCodes,
    reader: &mut Reader,
) {
    let cases: Vec<&Case> =
        suite.cases.iter().filter(|c| c.family == baseline.case.value).collect();
    let Some(first) = cases.first() else {
        let mistake = Diagnostic::error(format!("no case has the id {}", baseline.case.value))
            .at(baseline.case.span.clone(), "the id of the case's file is meant");
        let twin = suite.cases.iter().find(|c| base(&c.name) == stem);
        reader.report(match twin {
            Some(case) => mistake.help(format!("{stem} has the id {}", case.family)),
            None => mistake,
        });
        return;
    };
    if base(&first.name) != stem {
        reader.report(
            Diagnostic::error(format!("this is the baseline of {}", base(&first.name)))
                .at(baseline.case.span.clone(), "another case's id")
                .help(format!("move the file to {}.json", base(&first.name))),
        );
    }
    for (expectation, case) in
        baseline.expect.iter().flat_map(|e| cases.iter().map(move |c| (e, c)))
    {
        let Some(step) = case.step(&expectation.step) else {
            let names = case.steps.iter().map(|s| s.id.as_str());
            reader.report(
                Diagnostic::error(format!("the case has no step `{}`", expectation.step.value))
                    .at(expectation.step.span.clone(), format!("not in {}", base(&case.name)))
                    .suggest(suggest(&expectation.step, names)),
            );
            break;
        };
        let scope = row_scope(case);
        source(baseline, expectation, case, &scope, reader);
        match &expectation.claim {
            Claim::Outcome(words) => outcomes(words, step, reader),
            Claim::Value { path, test } if let Some(kind) = step.probe => {
                if let Err(error) = Selector::new(path).and_then(|s| s.check_probe(kind)) {
                    reader.report(
                        Diagnostic::error(error.message)
                            .at(path.span.clone(), "in this selector")
                            .suggest(error.suggestion.as_deref()),
                    );
                }
                variables(test, &path.span, case, reader);
            }
            Claim::Header { .. } | Claim::Error { .. } if step.probe.is_some() => reader.report(
                Diagnostic::error("this step is a probe")
                    .at(expectation.step.span.clone(), "only calls have headers and error codes")
                    .help("write `outcome` with one of the probe's words, or `value`"),
            ),
            Claim::Value { path, test } => {
                let output = Model::ec2().action(&step.action).and_then(|a| a.output);
                let checked = Selector::new(path).and_then(|s| s.check(Model::ec2(), output));
                if let Err(error) = checked {
                    reader.report(
                        Diagnostic::error(error.message)
                            .at(path.span.clone(), format!("in an answer to {}", step.action))
                            .suggest(error.suggestion.as_deref()),
                    );
                }
                variables(test, &path.span, case, reader);
            }
            Claim::Header { name, test } => variables(test, &name.span, case, reader),
            Claim::Error { codes, .. } => {
                codes::check(codes, &case.name, &step.action, &scope, errors, reader);
            }
            Claim::States(_) if step.poll.is_none() => reader.report(
                Diagnostic::error("only a poll sees states")
                    .at(expectation.step.span.clone(), "this step is a call"),
            ),
            _ => {}
        }
    }
}

/// The words for what comes of a step: only probes have others than `success` and `error`.
fn outcomes(words: &[Spanned<String>], step: &Step, reader: &mut Reader) {
    for word in words {
        match step.probe {
            Some(kind) if kind.outcomes().contains(&word.value.as_str()) => {}
            Some(kind) => {
                let mistake = unknown_outcome(word, kind);
                reader.report(mistake.at(word.span.clone(), "never seen"));
            }
            None => reader.report(
                Diagnostic::error(format!("`{}` is no outcome", word.value))
                    .at(word.span.clone(), "write `success` or `error`"),
            ),
        }
    }
}

/// What a value is held against has to be known to the case.
fn variables(test: &Test, at: &Range<usize>, case: &Case, reader: &mut Reader) {
    let values: Vec<&Value> = match test {
        Test::Is(value) => vec![value],
        Test::In(values) | Test::Set(values) => values.iter().collect(),
        Test::Form(_) | Test::Present(_) => Vec::new(),
    };
    for name in values.into_iter().flat_map(variable_names) {
        if !known(case, &name) {
            reader.report(
                Diagnostic::error(format!("`${name}` is bound nowhere in the case"))
                    .at(at.clone(), "what this value is held against"),
            );
        }
    }
}

fn source(
    baseline: &Baseline,
    expectation: &super::Expectation,
    case: &Case,
    scope: &Scope,
    reader: &mut Reader,
) {
    let key = scope.resolve(&Value::String(expectation.source.value.clone()));
    let found = key.as_ref().ok().and_then(Value::as_str).map(|k| baseline.sources.contains_key(k));
    if found != Some(true) {
        let keys = baseline.sources.keys().map(String::as_str);
        reader.report(
            Diagnostic::error(format!("there is no source `{}`", expectation.source.value))
                .at(expectation.source.span.clone(), format!("as used by {}", case.name))
                .suggest(suggest(&expectation.source, keys)),
        );
    }
}

fn known(case: &Case, name: &str) -> bool {
    crate::case::BUILT_IN.contains(&name)
        || case.variables.contains_key(name)
        || case.steps.iter().any(|s| s.bind.contains_key(name))
}

fn row_scope(case: &Case) -> Scope {
    let mut scope = Scope::default();
    for (name, value) in &case.variables {
        scope.set_row(name.clone(), value.clone());
    }
    scope
}

/// A case's name without its row.
fn base(name: &str) -> &str {
    name.split('[').next().unwrap_or(name)
}
