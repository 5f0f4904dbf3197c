//! Results beside each other, on one page.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use serde::Serialize;

use super::data::{Known, Said};
use super::escape::{clip, embedded, embedded_lines};
use super::exchange::{Exchanges, Stored};
use super::overview::{self, Bar};
use super::page::{STYLE, policy};
use super::words;
use crate::compare::{
    About, Agreement, CaseCell, CaseRow, Changed, Column, Comparison, Counts, Difference,
    FindingAt, Kind, Root, Trend,
};
use crate::judge::{CaseResult, Layer, RunResult, Severity, StepResult, Summary, Verdict};

const SCRIPT: &str = concat!(include_str!("details.js"), include_str!("compare.js"));
/// Roots of differences that are listed; the others are found through their cases.
const ROOTS: usize = 300;
/// Cases of a kind of change that are listed.
const CHANGED: usize = 200;
/// Findings of one case and run that are shown.
const FINDINGS: usize = 200;

#[derive(Template)]
#[template(path = "compare.html", config = "src/report/html/askama.toml")]
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

/// What the script shows on demand, each escaped for its element.
struct Data {
    labels: String,
    differences: String,
    cases: String,
    roots: String,
    /// Of each run, one a line.
    exchanges: Vec<String>,
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

struct CapabilityView {
    anchor: String,
    name: String,
    cells: Vec<CapabilityCell>,
    differ: u32,
    cases: Vec<CaseView>,
}

struct CapabilityCell {
    passed: String,
    /// For sorting: passed, in thousandths.
    share: u32,
    bar: Option<Bar>,
}

struct CaseView {
    anchor: String,
    number: usize,
    title: String,
    name: String,
    agreement: &'static str,
    verdicts: Vec<Word>,
}

/// A verdict, or that there is none, with what the style calls it.
#[derive(Clone, Copy)]
struct Word {
    word: &'static str,
    class: &'static str,
}

impl From<Option<Verdict>> for Word {
    fn from(verdict: Option<Verdict>) -> Word {
        match verdict.map(Verdict::word) {
            Some(word) => Word { word, class: word },
            None => Word { word: "not run", class: "not-run" },
        }
    }
}

/// A button that chooses cases.
struct Chip {
    value: &'static str,
    label: &'static str,
    count: String,
}

struct RootView {
    number: usize,
    severity: &'static str,
    layer: &'static str,
    rule: String,
    message: String,
    path: String,
    counts: Vec<Option<String>>,
    /// `all`, `some`, or the number of the only run that meets it.
    whose: String,
}

struct ChangeView {
    from: String,
    to: String,
    unchanged: String,
    lists: Vec<ChangeList>,
}

struct ChangeList {
    word: &'static str,
    means: &'static str,
    count: String,
    cases: Vec<ChangedView>,
    left_out: usize,
}

struct ChangedView {
    anchor: String,
    name: String,
    before: Word,
    after: Word,
    note: String,
}

/// A case, when it is opened.
#[derive(Serialize)]
struct CaseData<'a> {
    id: &'a str,
    agreement: &'static str,
    runs: Vec<Option<CellData>>,
}

#[derive(Serialize)]
struct CellData {
    verdict: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    reason: String,
    steps: Vec<(String, String, String)>,
    findings: Vec<FindingView>,
    left_out: usize,
    exchanges: BTreeSet<u64>,
}

#[derive(Serialize)]
struct FindingView {
    difference: usize,
    step: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    exchange: Option<u64>,
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
        data: data(comparison, results, exchanges)?,
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
        capabilities: capabilities(comparison),
        agreements: agreements(comparison),
        chips: chips(runs),
        roots: roots(comparison),
        roots_left_out: worth_listing(comparison).count().saturating_sub(ROOTS),
        shared: worth_listing(comparison).filter(|(_, root)| root.runs() == runs.len()).count(),
        change: change(comparison),
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

fn answer(comparison: &Comparison, reference: &str) -> (String, String) {
    let passes = |case: &&CaseRow, all: bool| {
        let passed = |cell: &Option<CaseCell>| {
            cell.as_ref().is_some_and(|cell| cell.verdict == Verdict::Pass)
        };
        if all { case.runs.iter().all(passed) } else { !case.runs.iter().any(passed) }
    };
    let number = |all| {
        let count = comparison.cases.iter().filter(|case| passes(case, all)).count();
        words::number(count as u64)
    };
    let agreement = |agreement| comparison.agreement.get(&agreement).copied().unwrap_or_default();
    let cases = words::count(comparison.cases.len(), "case", "cases");
    let everywhere = match comparison.runs.len() {
        2 => "both".to_owned(),
        3 => "all three".to_owned(),
        runs => format!("all {runs}"),
    };
    let answer = format!(
        "{} of {cases} behave as on {} on {everywhere}, {} on none.",
        number(true),
        clip(reference),
        number(false)
    );
    let say = |count: u32, text: &str| {
        (count > 0).then(|| format!("{} {text}", words::number(count.into())))
    };
    let others = [
        say(agreement(Agreement::Verdicts), "have different verdicts"),
        say(agreement(Agreement::Findings), "the same verdict for different findings"),
        say(agreement(Agreement::NotRun), "did not run everywhere"),
    ];
    let others: Vec<String> = others.into_iter().flatten().collect();
    (answer, if others.is_empty() { String::new() } else { others.join(", ") + "." })
}

fn column(at: usize, run: &Column, comparison: &Comparison) -> ColumnView {
    let passed = run.summary.verdicts.get(&Verdict::Pass).copied().unwrap_or_default();
    let only = worth_listing(comparison)
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

fn capabilities(comparison: &Comparison) -> Vec<CapabilityView> {
    let mut cases: BTreeMap<&str, Vec<CaseView>> = BTreeMap::new();
    for (number, case) in comparison.cases.iter().enumerate() {
        let verdict = |cell: &Option<CaseCell>| Word::from(cell.as_ref().map(|cell| cell.verdict));
        cases.entry(&case.capability).or_default().push(CaseView {
            anchor: anchor(&case.id),
            number,
            title: clip(&case.title),
            name: clip(&case.name),
            agreement: case.agreement.word(),
            verdicts: case.runs.iter().map(verdict).collect(),
        });
    }
    let views = comparison.capabilities.iter().map(|row| CapabilityView {
        anchor: format!("cap-{}", words::slug(&row.name)),
        name: clip(&row.name),
        cells: row.runs.iter().map(cell).collect(),
        differ: row.differ,
        cases: cases.remove(&*row.name).unwrap_or_default(),
    });
    views.collect()
}

fn cell(counts: &Counts) -> CapabilityCell {
    let Counts { asked, passed, verdicts } = counts;
    let summary = Summary { cases: *asked, verdicts: verdicts.clone(), findings: BTreeMap::new() };
    CapabilityCell {
        passed: if *asked == 0 { "not run".to_owned() } else { format!("{passed} of {asked}") },
        share: (passed * 1000).checked_div(*asked).unwrap_or_default(),
        bar: (*asked > 0).then(|| overview::bar(&summary)),
    }
}

fn anchor(id: &str) -> String {
    format!("case-{}", words::slug(id))
}

fn agreements(comparison: &Comparison) -> Vec<Chip> {
    let chip = |agreement: Agreement| {
        let count = comparison.agreement.get(&agreement).copied().unwrap_or_default();
        let label = match agreement {
            Agreement::Verdicts => "verdicts differ",
            Agreement::Findings => "findings differ",
            Agreement::NotRun => "not run everywhere",
            Agreement::Same => "same",
        };
        (count > 0).then(|| Chip {
            value: agreement.word(),
            label,
            count: words::number(count.into()),
        })
    };
    Agreement::ALL.into_iter().filter_map(chip).collect()
}

/// Verdicts that any run has.
fn chips(runs: &[Column]) -> Vec<Chip> {
    let chip = |verdict: Verdict| {
        let count = |run: &Column| run.summary.verdicts.get(&verdict).copied().unwrap_or_default();
        let most = runs.iter().map(count).sum::<u32>();
        (most > 0).then(|| Chip {
            value: verdict.word(),
            label: verdict.word(),
            count: String::new(),
        })
    };
    Verdict::ALL.into_iter().filter_map(chip).collect()
}

/// Roots that a program can notice, with their numbers.
fn worth_listing(comparison: &Comparison) -> impl Iterator<Item = (usize, &Root)> {
    let noticed = |(_, root): &(usize, &Root)| root.severity != Severity::Cosmetic;
    comparison.roots.iter().enumerate().filter(noticed)
}

fn roots(comparison: &Comparison) -> Vec<RootView> {
    let view = |(number, root): (usize, &Root)| {
        let first = root.differences.first().map(|at| &comparison.differences[*at]);
        let whose = match root.runs() {
            1 => root.cases.iter().position(|cases| *cases > 0).map(|at| at.to_string()),
            runs => Some(if runs == root.cases.len() { "all" } else { "some" }.to_owned()),
        };
        RootView {
            number,
            severity: root.severity.word(),
            layer: root.layer.word(),
            rule: clip(&root.rule),
            message: clip(&words::capital(&root.message)),
            path: clip(first.map_or("", |difference| &difference.path)),
            counts: root
                .cases
                .iter()
                .map(|cases| (*cases > 0).then(|| words::number((*cases).into())))
                .collect(),
            whose: whose.unwrap_or_default(),
        }
    };
    worth_listing(comparison).take(ROOTS).map(view).collect()
}

fn change(comparison: &Comparison) -> Option<ChangeView> {
    let change = comparison.change.as_ref()?;
    let [from, to] = comparison.runs.as_slice() else { return None };
    let shown = |(word, cases): &(&'static str, &[Changed])| ChangeList {
        word,
        means: words::change_means(word),
        count: words::number(cases.len() as u64),
        cases: cases.iter().take(CHANGED).map(changed).collect(),
        left_out: cases.len().saturating_sub(CHANGED),
    };
    Some(ChangeView {
        from: clip(&from.label),
        to: clip(&to.label),
        unchanged: words::count(change.unchanged as usize, "case is", "cases are"),
        lists: change.lists().iter().filter(|(_, cases)| !cases.is_empty()).map(shown).collect(),
    })
}

fn changed(changed: &Changed) -> ChangedView {
    let findings = match changed.trend {
        Trend::Same => String::new(),
        Trend::More => format!("{} new", changed.came.len()),
        Trend::Fewer => format!("{} gone", changed.went.len()),
        Trend::Other => format!("{} new, {} gone", changed.came.len(), changed.went.len()),
    };
    let mut notes = vec![clip(&changed.reason), findings];
    if changed.other_steps {
        notes.push("the case itself was changed".to_owned());
    }
    notes.retain(|note| !note.is_empty());
    ChangedView {
        anchor: anchor(&changed.id),
        name: clip(&changed.name),
        before: changed.before.into(),
        after: changed.after.into(),
        note: notes.join(" · "),
    }
}

fn data(
    comparison: &Comparison,
    results: &[&RunResult],
    stored: &[Stored<'_>],
) -> Result<Data, serde_json::Error> {
    let by_id: Vec<BTreeMap<&str, &CaseResult>> = results
        .iter()
        .map(|result| result.cases.iter().map(|case| (case.id.as_str(), case)).collect())
        .collect();
    let none = Stored::new();
    let all = (0..results.len()).map(|at| stored.get(at).unwrap_or(&none));
    let mut exchanges: Vec<Exchanges<'_>> =
        all.map(|stored| Exchanges::new(stored, usize::MAX)).collect();
    let mut cases = Vec::new();
    for row in &comparison.cases {
        let mut runs = Vec::new();
        for (at, cell) in row.runs.iter().enumerate() {
            let case = by_id.get(at).and_then(|cases| cases.get(&*row.id));
            runs.push(cell.as_ref().zip(case).map(|(cell, case)| {
                cell_data(&cell.findings, case, &comparison.differences, &mut exchanges[at])
            }));
        }
        cases.push(CaseData { id: &row.id, agreement: row.agreement.word(), runs });
    }
    let roots: Vec<&[usize]> = comparison.roots.iter().map(|root| &*root.differences).collect();
    let labels: Vec<String> = comparison.runs.iter().map(|run| clip(&run.label)).collect();
    let shown = exchanges.into_iter().map(|exchanges| embedded_lines(&exchanges.shown()));
    Ok(Data {
        labels: embedded(&labels)?,
        differences: embedded(&Known::of(comparison.differences.iter().map(Said::from)))?,
        cases: embedded(&cases)?,
        roots: embedded(&roots)?,
        exchanges: shown.collect::<Result<_, _>>()?,
    })
}

fn cell_data(
    findings: &[FindingAt],
    case: &CaseResult,
    differences: &[Difference],
    exchanges: &mut Exchanges<'_>,
) -> CellData {
    let step = |step: &StepResult| {
        let status = step.status.map(|status| format!("HTTP {status}")).unwrap_or_default();
        (clip(&format!("{} {}", step.id, step.action)), clip(&step.outcome), status)
    };
    CellData {
        verdict: case.verdict.word(),
        reason: clip(&case.reason),
        steps: case.steps.iter().map(step).collect(),
        findings: findings
            .iter()
            .take(FINDINGS)
            .map(|at| FindingView {
                difference: at.difference,
                step: clip(&at.step),
                exchange: at.exchange,
            })
            .collect(),
        left_out: findings.len().saturating_sub(FINDINGS),
        exchanges: worth_showing(findings, case, differences)
            .into_iter()
            .filter(|seq| exchanges.show(*seq))
            .collect(),
    }
}

/// What shows the breaking findings of a case that did not pass; if it has none, its gravest.
fn worth_showing(
    findings: &[FindingAt],
    case: &CaseResult,
    differences: &[Difference],
) -> BTreeSet<u64> {
    if case.verdict == Verdict::Pass {
        return BTreeSet::new();
    }
    let breaking = |at: &&FindingAt| differences[at.difference].severity == Severity::Breaking;
    let mut seqs: BTreeSet<u64> =
        findings.iter().filter(breaking).filter_map(|at| at.exchange).collect();
    if seqs.is_empty() {
        seqs.extend(findings.first().and_then(|at| at.exchange));
    }
    if seqs.is_empty() {
        seqs.extend(case.steps.iter().rev().find_map(|step| step.exchanges.last()));
    }
    seqs
}
