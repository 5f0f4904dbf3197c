//! Renderings of results. Nothing is decided here.

pub(crate) mod clean;
pub mod comparison;
mod gate;
mod github;
mod guideline;
mod html;
mod index;
mod junit;
mod markdown;
mod sheet;
mod subunit;
mod subunit_v1;
mod tap;
mod terminal;
mod timing;

pub use gate::{gate, waivers};
pub use github::github;
pub use guideline::{
    Markup, guideline, guideline_diff, guideline_result, guideline_summary, scores,
};
pub use index::{Published, index};
pub use junit::junit;
pub use markdown::markdown;
pub use subunit::subunit;
pub use subunit_v1::subunit_v1;
pub use tap::tap;
pub use terminal::terminal;
pub use timing::{line as timing_line, timing};

use crate::compare::Comparison;
use crate::guideline::GuidelineResult;
use crate::judge::RunResult;
use crate::transcript::Transcript;

/// The result as one self-contained HTML page, with the exchanges behind the findings, and with what
/// the run shows of a guideline, if one is given. `note` is shown on top.
///
/// # Errors
/// The page cannot be written; says why.
pub fn html(
    result: &RunResult,
    transcript: &Transcript,
    guideline: Option<&GuidelineResult>,
    note: Option<&str>,
) -> Result<String, String> {
    html::render(result, &html::stored(transcript), guideline, note).map_err(|e| e.to_string())
}

/// A comparison as one self-contained HTML page. `results` are what was compared, in that order, each
/// with its transcript where there is one at hand.
///
/// # Errors
/// The page cannot be written; says why.
pub fn html_comparison(
    comparison: &Comparison,
    results: &[(&RunResult, Option<&Transcript>)],
) -> Result<String, String> {
    let exchanges: Vec<html::Stored<'_>> = results
        .iter()
        .map(|(_, transcript)| transcript.map(html::stored).unwrap_or_default())
        .collect();
    let results: Vec<&RunResult> = results.iter().map(|(result, _)| *result).collect();
    html::render_comparison(comparison, &results, &exchanges).map_err(|e| e.to_string())
}
