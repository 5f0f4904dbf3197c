//! `parallax explain`.

use std::fmt::Write as _;

use clap::{Args, ValueEnum};

use serde_json::Value;

use super::args::plural;
use super::exit::{Done, Exit, Failed};
use super::explain_code;
use super::files::to_json;
use super::out::print;
use crate::judge::{Example, ExampleAnswer, Layer, RULES, Rule};
use crate::model::suggest;

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// The rule's id, as reports show it, or a layer, or an error code of AWS; all rules are listed
    /// if none is given
    #[arg(value_name = "RULE|CODE")]
    rule: Option<String>,
    /// How to write it
    #[arg(long, short, default_value = "text")]
    format: Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// For a person
    Text,
    /// An array of rules, each with all that is in its file, examples too
    Json,
}

pub(super) fn run(args: &ExplainArgs) -> Done {
    let wanted = args.rule.as_deref().unwrap_or_default();
    let chosen: Vec<&Rule> = RULES.iter().filter(|rule| is_meant(rule, wanted)).collect();
    match (args.format, &chosen[..]) {
        (_, []) => {
            let Err(code) = explain_code::explain(wanted) else { return Ok(Exit::Ok) };
            let layers = Layer::ALL.map(Layer::word);
            let names = RULES.iter().map(|rule| rule.id.as_str()).chain(layers);
            let close = suggest(wanted, names).map(str::to_owned).or(code);
            let hint = close.map(|c| format!("; did you mean `{c}`?")).unwrap_or_default();
            let all = "`parallax explain` lists all rules";
            return Err(Failed::usage(format!(
                "there is no rule or error code `{wanted}`{hint} ({all})"
            )));
        }
        (Format::Json, rules) => print(&to_json(&rules)),
        (Format::Text, [rule]) if rule.id == wanted => print(&explained(rule)),
        (Format::Text, rules) => print(&listed(rules)),
    }
    Ok(Exit::Ok)
}

/// Whether a rule is the one, or of the layer, that was asked for.
fn is_meant(rule: &Rule, wanted: &str) -> bool {
    let rest = rule.id.strip_prefix(wanted.trim_end_matches('.'));
    wanted.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// A line for each rule, by layer.
fn listed(rules: &[&Rule]) -> String {
    let width = rules.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    let mut out = String::new();
    for of_layer in rules.chunk_by(|a, b| a.layer == b.layer) {
        let layer = of_layer[0].layer;
        let gap = if out.is_empty() { "" } else { "\n" };
        let _ = writeln!(out, "{gap}{}: {}", layer.word(), layer.asks());
        for Rule { id, severity, title, .. } in of_layer {
            let _ = writeln!(out, "  {id:width$}  {:9}  {title}", severity.word());
        }
    }
    out
}

/// All of one rule that a person wants to know, with the first example of each kind.
fn explained(rule: &Rule) -> String {
    let mut out = format!("{}: {}\n\n", rule.id, rule.title);
    let (layer, severity) = (rule.layer, rule.severity);
    let _ = writeln!(out, "Layer     {}: {}", layer.word(), layer.asks());
    let _ = writeln!(out, "Severity  {}: {}", severity.word(), severity.means());
    let _ = writeln!(out, "Impact    {}", rule.impact);
    let _ = writeln!(out, "Fix       {}", rule.fix);
    let _ = writeln!(out, "See       {}", rule.see);
    if let Some(about) = &rule.about {
        let _ = writeln!(out, "\n{}", about.trim_end());
    }
    if let Some(example) = rule.matches.first() {
        let _ = writeln!(out, "\nFound in this: {}\n", example.what);
        recorded(&mut out, example);
        answers(&mut out, example);
        let says = example.says.as_ref().map(|says| format!(": {says}")).unwrap_or_default();
        let _ = writeln!(out, "    → {}{says}", example.at.as_deref().unwrap_or_default());
    }
    if let Some(example) = rule.does_not_match.first() {
        let _ = writeln!(out, "\nNot in this: {}\n", example.what);
        recorded(&mut out, example);
        answers(&mut out, example);
    }
    let more = (rule.matches.len() + rule.does_not_match.len()).saturating_sub(2);
    if more > 0 {
        let examples = plural(more, "more example");
        let _ = writeln!(out, "\n{examples}: parallax explain {} --format json", rule.id);
    }
    out
}

/// What was recorded before.
fn recorded(out: &mut String, example: &Example) {
    if !example.recorded.is_empty() {
        let _ = writeln!(out, "    Recorded on AWS:\n");
        show(out, &example.recorded, example);
        let _ = writeln!(out, "\n    Answered here:\n");
    }
}

fn answers(out: &mut String, example: &Example) {
    show(out, &example.answers, example);
    let paths = example.profile.as_object();
    for (path, counts) in paths.into_iter().flatten() {
        let _ = writeln!(out, "    on AWS: {path} {counts}");
    }
    for expected in example.baseline["expect"].as_array().into_iter().flatten() {
        let parts: Vec<String> = expected.as_object().into_iter().flatten().map(part).collect();
        let _ = writeln!(out, "    on AWS: {}", parts.join(", "));
    }
}

fn show(out: &mut String, answers: &[ExampleAnswer], example: &Example) {
    for answer in answers {
        let _ = writeln!(out, "    {}", head(answer, example));
        for (name, value) in answer.headers.iter().flatten() {
            let _ = writeln!(out, "    {name}: {value}");
        }
        for line in answer.body.lines() {
            let _ = writeln!(out, "    {line}");
        }
    }
}

fn part((key, value): (&String, &Value)) -> String {
    value.as_str().map_or_else(|| format!("{key} {value}"), |text| format!("{key} {text}"))
}

/// What was called, and the HTTP status of the answer.
fn head(answer: &ExampleAnswer, example: &Example) -> String {
    let steps = example.case["steps"].as_array();
    let mut steps = steps.into_iter().flatten();
    let step = steps.find(|step| step["id"].as_str() == answer.step.as_deref());
    let of_step = step.and_then(|step| step["call"].as_str().or(step["poll"].as_str()));
    let action = answer.action.as_deref().or(of_step).unwrap_or_default();
    let parameters = answer.request.iter().map(|(name, value)| format!(" {name}={value}"));
    format!("{action}{} ─▶ HTTP {}", parameters.collect::<String>(), answer.status)
}
