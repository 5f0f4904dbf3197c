//! Renderings of results. Nothing is decided here.

pub(crate) mod clean;
mod guideline;
mod html;
mod junit;
mod sheet;
mod terminal;
mod timing;

pub use guideline::{
    Markup, guideline, guideline_diff, guideline_result, guideline_summary, scores,
};
pub use junit::junit;
pub use terminal::terminal;
pub use timing::{line as timing_line, timing};

use std::collections::BTreeMap;

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
    let exchanges: BTreeMap<_, _> = transcript.exchanges().map(|e| (e.seq, e.clone())).collect();
    html::render(result, &exchanges, guideline, note).map_err(|e| e.to_string())
}
