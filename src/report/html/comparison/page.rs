//! The whole page, and the summary on top of it.

use askama::Template;

use super::change::{self, ChangeView};
use super::data::{self, Data};
use super::matrix::{self, CapabilityView, Chip};
use super::roots::{self, RootView};
use crate::compare::{About, Agreement, CaseCell, CaseRow, Column, Comparison, Kind};
use crate::judge::{Layer, RunResult, Severity, Verdict};
use crate::report::html::escape::clip;
use crate::report::html::exchange::Stored;
use crate::report::html::overview::{self, Bar};
use crate::report::html::page::{STYLE, policy};
use crate::report::html::words;

const SCRIPT: &str = concat!(include_str!("../details.js"), include_str!("page.js"));

#[derive(Template)]
#[template(path = "comparison/page.html", config = "src/report/html/askama.toml")]
struct Page {
    /// The page's own style and script, and its data: what the templates do not escape.
    style: &'static str,
    script: &'static str,
    data: Data,
    policy: String,
    title: String,
    reference: String,
    cautions: Vec<String>,
    answer: String,
    others: String,
    /// How many columns there are, at most as many as the style knows.
    many: usize,
    columns: Vec<ColumnView>,
    facts: Vec<(&'static str, Vec<String>)>,
    verdicts: Vec<Row>,
    severities: Vec<Row>,
    layers: Vec<Row>,
    capabilities: Vec<CapabilityView>,
    agreements: Vec<Chip>,
    chips: Vec<Chip>,
    roots: Vec<RootView>,
    roots_left_out: usize,
    shared: usize,
    change: Option<ChangeView>,
}

/// A run.
struct ColumnView {
    label: String,
    /// `emulator`, if it is one.
    tag: Option<&'static str>,
    about: Option<String>,
    passed: String,
    percent: String,
    bar: Bar,
    /// Roots that only this run meets.
    only: usize,
}

/// Counts with a name, one for each run.
struct Row {
    name: &'static str,
    /// What the style calls it; empty if it has no colour.
    class: String,
    counts: Vec<String>,
}

/// Renders a comparison as one self-contained page. Pure: same input, same bytes.
///
/// `results` are what was compared, in that order, and `exchanges` those of their transcripts, empty
/// where there is none at hand.
pub(crate) fn render(
    comparison: &Comparison,
    results: &[&RunResult],
    exchanges: &[Stored<'_>],
) -> Result<String, askama::Error> {
    page(comparison, results, exchanges).map_err(askama::Error::custom)?.render()
}

fn page(
    comparison: &Comparison,
    results: &[&RunResult],
    exchanges: &[Stored<'_>],
) -> Result<Page, serde_json::Error> {
    let runs = &comparison.runs;
    let reference = runs.first().map_or("AWS", |run| run.judged_with.reference_name());
    let (answer, others) = answer(comparison, reference);
    let labels: Vec<String> = runs.iter().map(|run| clip(&run.label)).collect();
    Ok(Page {
        style: STYLE,
        script: SCRIPT,
        policy: policy(SCRIPT),
        data: data::data(comparison, results, exchanges)?,
        title: list(&labels),
        reference: clip(reference),
        cautions: comparison.cautions.iter().map(|text| clip(text)).collect(),
        answer,
        others,
        many: runs.len().min(8),
        columns: runs.iter().enumerate().map(|(at, run)| column(at, run, comparison)).collect(),
        facts: facts(runs),
        verdicts: Verdict::ALL
            .into_iter()
            .map(|v| row("v", v.word(), runs, |run| run.summary.verdicts.get(&v).copied()))
            .filter(|row| row.counts.iter().any(|count| count != "0"))
            .chain(
                runs.iter()
                    .any(|run| run.not_run > 0)
                    .then(|| row("v", "not run", runs, |run| Some(run.not_run))),
            )
            .collect(),
        severities: Severity::ALL
            .map(|s| row("s", s.word(), runs, |run| run.summary.findings.get(&s).copied()))
            .into(),
        layers: Layer::ALL
            .map(|l| {
                row("", l.word(), runs, |run| {
                    run.layers.get(&l).map(|counts| counts.values().sum())
                })
            })
            .into(),
        capabilities: matrix::capabilities(comparison),
        agreements: matrix::agreements(comparison),
        chips: matrix::chips(comparison),
        roots: roots::roots(comparison),
        roots_left_out: roots::left_out(comparison),
        shared: roots::worth_listing(comparison)
            .filter(|(_, root)| root.runs() == runs.len())
            .count(),
        change: change::change(comparison),
    })
}

/// `A`, `A and B`, `A, B and C`.
fn list(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// How many cases pass everywhere and nowhere, of those that every run has: of another, nothing can
/// be said everywhere.
fn answer(comparison: &Comparison, reference: &str) -> (String, String) {
    let runs = comparison.runs.len();
    let passed = |case: &CaseRow| {
        let passed = |cell: &&CaseCell| cell.verdict == Verdict::Pass;
        case.runs.iter().flatten().filter(passed).count()
    };
    let shared: Vec<&CaseRow> =
        comparison.cases.iter().filter(|case| case.runs.iter().all(Option::is_some)).collect();
    let count = |wanted: usize| {
        let cases = shared.iter().filter(|case| passed(case) == wanted).count();
        words::number(cases as u64)
    };
    let (all, cases) = (comparison.cases.len(), words::count(shared.len(), "case", "cases"));
    let (everywhere, nowhere, reference) = (count(runs), count(0), clip(reference));
    let answer = match shared.len() {
        0 => "No case was run everywhere.".to_owned(),
        shared if shared == all => format!(
            "{everywhere} of {cases} behave as on {reference} everywhere, {nowhere} pass nowhere."
        ),
        _ => format!(
            "Of {cases} that every run has, {everywhere} behave as on {reference} everywhere, \
             {nowhere} pass nowhere."
        ),
    };
    let say = |count: usize, text: &str| {
        (count > 0).then(|| format!("{} {text}", words::number(count as u64)))
    };
    let agree = |agreement: Agreement| {
        comparison.agreement.get(&agreement).copied().unwrap_or_default() as usize
    };
    let others = [
        say(agree(Agreement::Verdicts), "with different verdicts"),
        say(agree(Agreement::Findings), "with the same verdict for different findings"),
        say(all - shared.len(), "not run everywhere"),
    ];
    let others: Vec<String> = others.into_iter().flatten().collect();
    (answer, if others.is_empty() { String::new() } else { others.join(", ") + "." })
}

fn column(at: usize, run: &Column, comparison: &Comparison) -> ColumnView {
    let passed = run.summary.verdicts.get(&Verdict::Pass).copied().unwrap_or_default();
    let only = roots::worth_listing(comparison)
        .filter(|(_, root)| root.runs() == 1 && root.cases[at] > 0)
        .count();
    let emulator = |about: &&About| about.kind == Kind::Emulator;
    ColumnView {
        label: clip(&run.label),
        tag: run.about.as_ref().filter(emulator).map(|about| about.kind.word()),
        about: run.about.as_ref().map(|about| clip(&about.about)),
        passed: format!(
            "{} of {}",
            words::number(passed.into()),
            words::number(run.summary.cases.into())
        ),
        percent: words::percent(passed, run.summary.cases),
        bar: overview::bar(&run.summary),
        only,
    }
}

fn facts(runs: &[Column]) -> Vec<(&'static str, Vec<String>)> {
    type Fact = (&'static str, fn(&Column) -> String);
    let all: [Fact; 12] = [
        ("Target", |c| c.run.target.name.clone()),
        ("Endpoint", |c| c.run.target.endpoint.clone()),
        ("Region", |c| c.run.target.region.clone()),
        ("Image", |c| c.run.target.image.clone().unwrap_or_default()),
        ("Instance type", |c| c.run.target.instance_type.clone().unwrap_or_default()),
        ("Started", |c| words::moment(&c.run.started)),
        ("Duration", |c| {
            c.run.took_ms.map_or_else(|| "did not come to its end".to_owned(), words::duration)
        }),
        ("Run", |c| c.run.id.clone()),
        ("Judged by", |c| format!("parallax {}", c.judged_with.parallax)),
        ("SDK", |c| c.judged_with.client.clone().unwrap_or_else(|| "none".to_owned())),
        ("Baselines", |c| start(&c.judged_with.baselines)),
        ("Shape profiles", |c| start(&c.judged_with.shapes)),
    ];
    let shown = |(name, of): (&'static str, fn(&Column) -> String)| {
        let values: Vec<String> = runs.iter().map(|run| clip(&of(run))).collect();
        values.iter().any(|value| !value.is_empty()).then_some((name, values))
    };
    all.into_iter().filter_map(shown).collect()
}

/// As much of a digest as tells it from others.
fn start(digest: &str) -> String {
    digest.chars().take(12).collect()
}

fn row(
    kind: &'static str,
    name: &'static str,
    runs: &[Column],
    count: impl Fn(&Column) -> Option<u32>,
) -> Row {
    let counts = runs.iter().map(|run| words::number(count(run).unwrap_or_default().into()));
    let class = match kind {
        "" => String::new(),
        kind => format!("{kind}-{}", name.replace(' ', "-")),
    };
    Row { name, class, counts: counts.collect() }
}
