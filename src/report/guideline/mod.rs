//! Guidelines, and what runs show of them, as text for a terminal or as Markdown.

mod diff;
mod result;
mod score;
mod show;
mod words;

use crate::guideline::{Guideline, GuidelineDiff, GuidelineResult, Scores, Tier};

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Markup {
    /// For a terminal, with ANSI styles.
    Text,
    /// Markdown.
    Markdown,
}

/// What a guideline asks for: platforms, tiers, capabilities; with `tests` each of them too.
pub fn guideline(guideline: &Guideline, tests: bool, markup: Markup) -> String {
    write(&show::sheet(guideline, tests), markup)
}

/// Scores, and why; `reasons` of one capability, or none.
pub fn scores(scores: &Scores, reasons: Option<&str>, markup: Markup) -> String {
    write(&score::sheet(scores, reasons), markup)
}

/// What changed from one guideline to another.
pub fn guideline_diff(diff: &GuidelineDiff, markup: Markup) -> String {
    write(&diff::sheet(diff), markup)
}

/// What a run shows of a guideline: of one platform, or of all; each test that did not pass of the
/// tiers named.
pub fn guideline_result(
    result: &GuidelineResult,
    platform: Option<&str>,
    tests_of: &[Tier],
    markup: Markup,
) -> String {
    write(&result::sheet(result, platform, tests_of), markup)
}

/// A line for each platform, for the end of a run.
pub fn guideline_summary(result: &GuidelineResult) -> String {
    write(&result::summary(result), Markup::Text)
}

fn write(sheet: &super::sheet::Sheet, markup: Markup) -> String {
    match markup {
        Markup::Text => sheet.text(),
        Markup::Markdown => sheet.markdown(),
    }
}
