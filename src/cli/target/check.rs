//! `parallax target check`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use clap::Args;
use serde::Serialize;

use super::Format;
use super::show::chosen;
use crate::case::Case;
use crate::cli::args::{SuiteArgs, TargetArgs, no_target, plural};
use crate::cli::exit::{Done, Exit, Failed};
use crate::cli::files::to_json;
use crate::cli::out::print;
use crate::report::clean::clean;
use crate::run::why_skipped;
use crate::target::{Checked, Connection, Offer, Outcome, Setting, Step, check};
use crate::transcript::TargetFacts;

/// Time that one request may take if nobody says otherwise: an answer is wanted soon, and all
/// questions are small.
const TIMEOUT: Duration = Duration::from_secs(10);

/// What `target check --help` says at its end.
const HELP: &str = "\
Exit codes: 0 if cases can run there (what is missing for some of them is said), 3 if none can, 2 if
the arguments, the configuration, or credentials are not enough to ask.";

/// Arguments of `target check`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(super) struct CheckArgs {
    /// The target's name, or a URL [default: the target that is meant without one]
    #[arg(value_name = "TARGET", conflicts_with = "target")]
    named: Option<String>,
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    suite: SuiteArgs,
    /// How to write it
    #[arg(long, short, default_value = "text")]
    format: Format,
}

/// What is written for programs.
#[derive(Debug, Serialize)]
struct Report {
    /// Its name in the configuration file.
    target: Option<String>,
    settings: Vec<Setting>,
    /// Whether cases can run there.
    usable: bool,
    #[serde(flatten)]
    checked: Checked,
    /// What of the suite can run there; absent if nothing can.
    #[serde(skip_serializing_if = "Option::is_none")]
    suite: Option<Runnable>,
}

/// What of a suite can run on a target.
#[derive(Debug, Serialize)]
struct Runnable {
    cases: usize,
    run: usize,
    skipped: Vec<SkippedFor>,
}

/// Cases that are skipped for the same reason.
#[derive(Debug, Serialize)]
struct SkippedFor {
    why: String,
    cases: usize,
}

pub(super) fn run(args: &CheckArgs) -> Done {
    let chosen = chosen(&args.target, args.named.as_deref())?;
    let mut connection = Connection::from(&chosen);
    if chosen.said.timeout.is_none() {
        connection.timeout = TIMEOUT;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| Failed::usage(format!("no runtime: {e}")))?;
    let checked = runtime.block_on(check(&connection)).map_err(no_target)?;
    let usable = checked.is_usable();
    let suite = usable.then(|| args.suite.suite()).transpose()?;
    let suite = suite.map(|suite| runnable(&suite.cases, &checked.facts));
    let settings = chosen.settings();
    let report = Report { target: chosen.target, settings, usable, checked, suite };
    match args.format {
        Format::Json => print(&to_json(&report)),
        Format::Text => print(&text(&report)),
    }
    Ok(if usable { Exit::Ok } else { Exit::CouldNotTell })
}

fn runnable(cases: &[Case], facts: &TargetFacts) -> Runnable {
    let mut skipped: BTreeMap<String, usize> = BTreeMap::new();
    for why in cases.iter().filter_map(|case| why_skipped(case, facts)) {
        *skipped.entry(why).or_default() += 1;
    }
    let run = cases.len() - skipped.values().sum::<usize>();
    let mut skipped: Vec<SkippedFor> =
        skipped.into_iter().map(|(why, cases)| SkippedFor { why, cases }).collect();
    skipped.sort_by_key(|skipped| std::cmp::Reverse(skipped.cases));
    Runnable { cases: cases.len(), run, skipped }
}

fn text(report: &Report) -> String {
    let mut text = String::new();
    let facts = &report.checked.facts;
    let title = format!("{} ({}, {})", facts.name, facts.endpoint, facts.region);
    let _ = writeln!(text, "{}\n", clean(&title));
    for step in &report.checked.steps {
        write_step(&mut text, step);
    }
    if !report.checked.actions.is_empty() {
        write_actions(&mut text, &report.checked);
    }
    if let Some(suite) = &report.suite {
        let all = plural(suite.cases, "case");
        let _ = match suite.cases - suite.run {
            0 => writeln!(text, "\nAll {all} can run here."),
            skipped => {
                writeln!(text, "\nOf {all} {} can run here, {skipped} are skipped:", suite.run)
            }
        };
        for SkippedFor { why, cases } in &suite.skipped {
            let _ = writeln!(text, "  {cases:5}  {}", clean(why));
        }
    } else {
        let _ = writeln!(text, "\nNo case can run here.");
    }
    text
}

fn write_step(text: &mut String, step: &Step) {
    let (word, colour) = match step.outcome {
        Outcome::Ok => ("ok", AnsiColor::Green),
        Outcome::Warning => ("warning", AnsiColor::Yellow),
        Outcome::Failed => ("failed", AnsiColor::Red),
    };
    let style = Style::new().fg_color(Some(colour.into()));
    let took = step.took_ms.map(|ms| format!(" ({ms} ms)")).unwrap_or_default();
    let says = clean(&step.says);
    let _ = writeln!(text, "{style}{word:8}{style:#} {:14} {says}{took}", step.what);
    if let Some(advice) = &step.advice {
        let _ = writeln!(text, "{:23} → {}", "", clean(advice));
    }
}

fn write_actions(text: &mut String, checked: &Checked) {
    let count = |offer| checked.actions.iter().filter(|asked| asked.offer == offer).count();
    let all = checked.actions.len();
    let _ = writeln!(text, "\n{} of {all} actions that were tried are offered", count(Offer::Yes));
    for (offer, words) in [
        (Offer::No, "not offered"),
        (Offer::NotAllowed, "not allowed to you"),
        (Offer::Unclear, "without a proper answer"),
    ] {
        for asked in checked.actions.iter().filter(|asked| asked.offer == offer) {
            let says = asked.says.as_deref().unwrap_or_default();
            let _ = writeln!(text, "  {words}: {} ({})", asked.action, clean(says));
        }
    }
}
