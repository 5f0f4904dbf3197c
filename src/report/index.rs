//! The table of published results.

use std::fmt::Write as _;

use super::clean::as_markdown;
use crate::compare::{About, Kind};
use crate::judge::{RunFacts, Severity, Summary, Verdict};

/// A published result.
#[derive(Debug, Clone)]
pub struct Published {
    /// Its folder's name.
    pub folder: String,
    /// What it is of.
    pub about: About,
    /// The run.
    pub run: RunFacts,
    /// Counts over its cases.
    pub summary: Summary,
    /// Names of its files, to be linked.
    pub files: Vec<String>,
}

/// The table of published results, as Markdown: clouds before emulators, then by name, the latest
/// release and run first.
pub fn index(published: &[Published]) -> String {
    let mut sorted: Vec<&Published> = published.iter().collect();
    sorted.sort_by_key(|result| {
        let About { kind, name, release, .. } = &result.about;
        let latest = std::cmp::Reverse((release, &result.run.started));
        (*kind == Kind::Emulator, name, latest, &result.folder)
    });
    let mut out = String::new();
    let _ = writeln!(
        out,
        "| what was measured | run | cases | as on AWS | other verdicts | breaking | divergent | files |"
    );
    let _ = writeln!(out, "|---|---|---:|---:|---|---:|---:|---|");
    for result in &sorted {
        row(&mut out, result);
    }
    out.push('\n');
    for Published { about, .. } in &sorted {
        let kind = match about.kind {
            Kind::Cloud => "a cloud",
            Kind::Emulator => "an emulator, not a cloud",
        };
        let _ = writeln!(out, "**{}**, {kind}: {}\n", as_markdown(&about.title()), about.about);
    }
    out
}

fn row(out: &mut String, result: &Published) {
    let Published { folder, about, run, summary, files } = result;
    let count = |verdict: &Verdict| summary.verdicts.get(verdict).copied().unwrap_or(0);
    let passed = count(&Verdict::Pass);
    let percent = (u64::from(passed) * 100).checked_div(summary.cases.into()).unwrap_or(0);
    let others: Vec<String> = Verdict::ALL
        .iter()
        .filter(|verdict| **verdict != Verdict::Pass && count(verdict) > 0)
        .map(|verdict| format!("{} {verdict}", count(verdict)))
        .collect();
    let found = |severity| summary.findings.get(&severity).copied().unwrap_or(0);
    let links: Vec<String> =
        files.iter().map(|file| format!("[{}]({folder}/{file})", name(file))).collect();
    let emulator = if about.kind == Kind::Emulator { " (emulator)" } else { "" };
    let _ = writeln!(
        out,
        "| [{}]({folder}){emulator} | {} | {} | {passed} ({percent} %) | {} | {} | {} | {} |",
        as_markdown(&about.title()),
        run.started.get(..10).unwrap_or(&run.started),
        summary.cases,
        others.join(", "),
        found(Severity::Breaking),
        found(Severity::Divergent),
        links.join(", ")
    );
}

/// `transcript.jsonl.gz` as `transcript`.
fn name(file: &str) -> &str {
    file.split('.').next().unwrap_or(file)
}
