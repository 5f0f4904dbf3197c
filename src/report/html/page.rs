//! The whole page.

use std::collections::BTreeMap;

use askama::Template;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

use super::case::{self, CaseView};
use super::data::{Known, Said};
use super::escape::{clip, embedded, embedded_lines};
use super::exchange::{Exchanges, Stored};
use super::guideline::GuidelineView;
use super::overview::{self, Bar, Cell, Findings, Groups, More};
use super::rule::{self, RuleView};
use super::words;
use crate::compare::Differences;
use crate::guideline::GuidelineResult;
use crate::judge::{CaseResult, JudgedWith, Layer, RunResult, Severity, Summary, Verdict};

/// The style of all pages.
pub(super) const STYLE: &str = include_str!("style.css");
/// Bytes of what is said of findings for browsers that run no script.
const PLAIN: usize = 3 * 1024 * 1024;
const SCRIPT: &str = concat!(include_str!("details.js"), include_str!("report.js"));

#[derive(Template)]
#[template(path = "report.html", config = "src/report/html/askama.toml")]
struct Page {
    /// The page's own style and script, and its data: what the templates do not escape.
    style: &'static str,
    script: &'static str,
    data: Data,
    policy: String,
    target: String,
    run: String,
    note: Option<String>,
    reference: String,
    warnings: Vec<String>,
    leaks: Vec<LeakView>,
    leaks_count: String,
    answer: String,
    others: String,
    bar: Bar,
    facts: Vec<(&'static str, String)>,
    findings: Findings,
    guideline: Option<GuidelineView>,
    breaking: Groups,
    divergent: Groups,
    capabilities: Vec<CapabilityView>,
    verdicts: Vec<Word>,
    severities: Vec<Word>,
    layers: Vec<Word>,
    rules: Vec<RuleView>,
    judged_with: Vec<(&'static str, String)>,
}

/// What the script shows on demand, each escaped for its element.
struct Data {
    differences: String,
    cases: String,
    groups: String,
    /// One a line.
    exchanges: String,
}

/// A capability and its cases.
struct CapabilityView {
    anchor: String,
    name: String,
    bar: Bar,
    /// `7 of 12`.
    passed: String,
    severities: Vec<Cell>,
    /// Cases that did not pass.
    others: Vec<CaseView>,
    passes: Vec<CaseView>,
    passes_count: String,
}

/// An undo that failed.
struct LeakView {
    case: String,
    step: String,
    action: String,
    input: String,
    why: String,
}

/// A word that a page uses: what it means, and how often it is met.
struct Word {
    word: &'static str,
    means: &'static str,
    count: String,
    used: bool,
}

/// Renders one self-contained HTML page. Pure: same input, same bytes.
///
/// `exchanges` are those of the transcript by their number; findings refer to them. `guideline` is
/// what the run shows of one, if it is to be shown; `note` a sentence shown first.
pub(crate) fn render(
    result: &RunResult,
    exchanges: &Stored<'_>,
    guideline: Option<&GuidelineResult>,
    note: Option<&str>,
) -> Result<String, askama::Error> {
    page(result, exchanges, guideline, note).map_err(askama::Error::custom)?.render()
}

fn page(
    result: &RunResult,
    exchanges: &Stored<'_>,
    guideline: Option<&GuidelineResult>,
    note: Option<&str>,
) -> Result<Page, serde_json::Error> {
    let mut more = More::new();
    let breaking = overview::groups(result, Severity::Breaking, &mut more);
    let divergent = overview::groups(result, Severity::Divergent, &mut more);
    let data = data(result, exchanges, &more)?;
    let target = &result.run.target;
    let reference = clip(result.judged_with.reference_name());
    let (answer, others) = overview::answer(&result.summary, &reference);
    Ok(Page {
        style: STYLE,
        script: SCRIPT,
        data,
        policy: policy(SCRIPT),
        target: clip(if target.name.is_empty() { &target.endpoint } else { &target.name }),
        run: clip(&result.run.id),
        note: result.judged_with.not_aws().as_deref().or(note).map(clip),
        reference,
        warnings: warnings(result),
        leaks: leaks(result),
        leaks_count: words::count(result.leaks.len(), "undo", "undos"),
        answer,
        others,
        bar: overview::bar(&result.summary),
        facts: facts(result),
        findings: overview::findings(result),
        guideline: guideline.map(super::guideline::view),
        breaking,
        divergent,
        capabilities: capabilities(result),
        verdicts: verdicts(&result.summary),
        severities: severities(result),
        layers: layers(result),
        rules: rule::met(result),
        judged_with: judged_with(&result.judged_with),
    })
}

fn data(result: &RunResult, stored: &Stored<'_>, more: &More) -> Result<Data, serde_json::Error> {
    let mut differences = Differences::default();
    let mut exchanges = Exchanges::new(stored, result.cases.len());
    let cases: Vec<_> = result
        .cases
        .iter()
        .map(|case| case::data(case, &mut differences, &mut exchanges))
        .collect();
    Ok(Data {
        differences: embedded(&Known::of(differences.findings().iter().map(|f| Said::from(*f))))?,
        cases: embedded(&cases)?,
        groups: embedded(more)?,
        exchanges: embedded_lines(&exchanges.shown())?,
    })
}

/// What the browser is told to allow: this style and this script, by their hashes, and nothing that
/// a page could be made to contain, nor a script that makes markup of text. `unsafe-inline` is for
/// browsers that know no hashes; others ignore it.
pub(super) fn policy(script: &str) -> String {
    let hash = |text: &str| BASE64_STANDARD.encode(Sha256::digest(text));
    format!(
        "default-src 'none'; style-src 'unsafe-inline' 'sha256-{}'; \
         script-src 'unsafe-inline' 'sha256-{}'; img-src data:; base-uri 'none'; form-action 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'",
        hash(STYLE),
        hash(script)
    )
}

fn facts(result: &RunResult) -> Vec<(&'static str, String)> {
    let (run, target) = (&result.run, &result.run.target);
    let took = run.took_ms.map(words::duration);
    let all = [
        ("Endpoint", Some(clip(&target.endpoint))),
        ("Region", Some(clip(&target.region))),
        ("Started", Some(words::moment(&run.started))),
        ("Duration", Some(took.unwrap_or_else(|| "did not come to its end".to_owned()))),
        ("Image", target.image.as_deref().map(clip)),
        ("Instance type", target.instance_type.as_deref().map(clip)),
        ("Zone", target.zone.as_deref().map(clip)),
        ("Part", run.shard.map(|shard| shard.to_string())),
        ("Put together from", Some(clip(&run.parts.join(", ")))),
    ];
    let known = |(name, value): (_, Option<String>)| Some((name, value.filter(|v| !v.is_empty())?));
    all.into_iter().filter_map(known).collect()
}

fn warnings(result: &RunResult) -> Vec<String> {
    let mut warnings = Vec::new();
    if let Some(why) = result.run.incomplete() {
        warnings.push(format!("Not complete: {why}. Cases that are not listed had no turn."));
    }
    if result.judged_with.client.is_none() {
        warnings.push(
            "Judged without the client layer, which this build does not contain: whether AWS’s own \
             SDK accepts these answers was not looked at."
                .to_owned(),
        );
    }
    warnings
}

fn leaks(result: &RunResult) -> Vec<LeakView> {
    const MOST: usize = 200;
    let leak = |leak: &crate::judge::Leak| LeakView {
        case: clip(&leak.case),
        step: clip(&leak.step),
        action: clip(&leak.action),
        input: clip(&leak.input.to_string()),
        why: clip(&leak.why),
    };
    result.leaks.iter().take(MOST).map(leak).collect()
}

fn capabilities(result: &RunResult) -> Vec<CapabilityView> {
    let mut cases: BTreeMap<&str, Vec<(usize, &CaseResult)>> = BTreeMap::new();
    for (number, case) in result.cases.iter().enumerate() {
        cases.entry(&case.capability).or_default().push((number, case));
    }
    let (mut views, mut room) = (Vec::new(), PLAIN);
    for counted in &result.capabilities {
        let own = cases.remove(&*counted.name).unwrap_or_default();
        views.push(capability(&counted.name, &counted.summary, &own, &mut room));
    }
    for (name, own) in cases {
        views.push(capability(name, &Summary::default(), &own, &mut room));
    }
    views
}

fn capability(
    name: &str,
    summary: &Summary,
    cases: &[(usize, &CaseResult)],
    room: &mut usize,
) -> CapabilityView {
    let views = cases.iter().map(|(number, case)| case::row(*number, case, room));
    let (passes, others): (Vec<_>, Vec<_>) = views.partition(|case| case.verdict == "pass");
    let passed = summary.verdicts.get(&Verdict::Pass).copied().unwrap_or_default();
    CapabilityView {
        anchor: format!("cap-{}", words::slug(name)),
        name: clip(name),
        bar: overview::bar(summary),
        passed: format!("{passed} of {}", summary.cases),
        severities: overview::severities(summary),
        passes_count: passes_count(&passes),
        others,
        passes,
    }
}

fn passes_count(passes: &[CaseView]) -> String {
    let noted = passes.iter().filter(|case| !case.tally.is_empty()).count();
    let count = match passes.len() {
        1 => "1 passes".to_owned(),
        count => format!("{} pass", words::number(count as u64)),
    };
    match noted {
        0 => count,
        noted if noted == passes.len() => format!("{count}, with findings to note"),
        noted => format!("{count}, {} of them with findings to note", words::number(noted as u64)),
    }
}

fn verdicts(summary: &Summary) -> Vec<Word> {
    let word = |verdict: Verdict| {
        let count = summary.verdicts.get(&verdict).copied().unwrap_or_default() as usize;
        meant(verdict.word(), words::verdict_means(verdict), count)
    };
    Verdict::ALL.map(word).into()
}

fn severities(result: &RunResult) -> Vec<Word> {
    let findings = || result.cases.iter().flat_map(|case| &case.findings);
    let word = |severity| {
        let count = findings().filter(|f| f.severity == severity).count();
        meant(severity.word(), severity.means(), count)
    };
    Severity::ALL.map(word).into()
}

fn layers(result: &RunResult) -> Vec<Word> {
    let findings = || result.cases.iter().flat_map(|case| &case.findings);
    let word = |layer| {
        let count = findings().filter(|f| f.layer == layer).count();
        meant(layer.word(), layer.asks(), count)
    };
    Layer::ALL.map(word).into()
}

fn meant(word: &'static str, means: &'static str, count: usize) -> Word {
    Word { word, means, count: words::number(count as u64), used: count > 0 }
}

fn judged_with(with: &JudgedWith) -> Vec<(&'static str, String)> {
    let client = with.client.as_deref().unwrap_or("not in this build: the layer was not judged");
    let all = vec![
        ("Parallax", clip(&with.parallax)),
        ("Client layer", clip(client)),
        ("API model", clip(&with.model)),
        ("Shape profiles", clip(&with.shapes)),
        ("Baselines", clip(&with.baselines)),
        // A result may be older than the list.
        ("Error codes", clip(&with.errors)),
    ];
    all.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}
