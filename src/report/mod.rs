//! Renderings of results. Nothing is decided here.

pub(crate) mod clean;
pub mod comparison;
mod html;
mod index;
mod junit;
mod terminal;

pub use index::{Published, index};
pub use junit::junit;
pub use terminal::terminal;

use crate::compare::Comparison;
use crate::judge::RunResult;
use crate::transcript::Transcript;

/// The result as one self-contained HTML page, with the exchanges behind the findings. `note` is
/// shown on top.
///
/// # Errors
/// The page cannot be written; says why.
pub fn html(
    result: &RunResult,
    transcript: &Transcript,
    note: Option<&str>,
) -> Result<String, String> {
    html::render(result, &html::stored(transcript), note).map_err(|e| e.to_string())
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
