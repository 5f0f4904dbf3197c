//! Judging what a run left, and showing it: what `run`, `judge` and `merge` have in common.

use std::io::Write as _;
use std::sync::Arc;

use super::args::SuiteArgs;
use super::exit::{Done, Failed};
use super::files::RunFolder;
use super::gating::{GateArgs, Gating, Ruled};
use super::guideline::GuidelineArg;
use super::out::{print, say};
use crate::guideline::{Guideline, Waived};
use crate::judge::{Knowledge, RunResult, judge};
use crate::report;
use crate::transcript::Transcript;
use crate::waiver::{Decisive, Waiving};

/// With what a run is judged, and how it is shown.
pub(super) struct Judging<'a> {
    pub(super) knowledge: Arc<Knowledge>,
    asked: &'a GuidelineArg,
    guideline: Option<Guideline>,
    gating: Gating,
    verbose: bool,
}

impl<'a> Judging<'a> {
    /// Reads everything that it takes; better before anything takes long.
    pub(super) fn new(
        suite: &SuiteArgs,
        asked: &'a GuidelineArg,
        gate: &GateArgs,
        verbose: bool,
    ) -> Result<Self, Failed> {
        let knowledge = Arc::new(suite.knowledge()?);
        let guideline = asked.read()?;
        let gating = Gating::new(gate, guideline.is_some())?;
        Ok(Judging { knowledge, asked, guideline, gating, verbose })
    }

    /// Judges a transcript, writes the result and its reports into its folder, and shows what it came
    /// to. `line`: what else there is to say.
    pub(super) fn show(
        &self,
        folder: &RunFolder,
        transcript: &Transcript,
        line: Option<&str>,
    ) -> Done {
        let result = judge(transcript, &self.knowledge);
        let decisive = Decisive::of(transcript);
        let waiving = self.gating.waiving(&result, &decisive);
        let waived: Waived = waiving.as_ref().map(Waiving::reasons).unwrap_or_default();
        let held = self.asked.held(self.guideline.as_ref(), &result, &waived);
        let ruled =
            self.gating.rule(&result, &decisive, waiving, held.as_ref(), &self.knowledge)?;
        let shown = ruled.shown(&result);
        folder.write_results(&result, shown, transcript, held.as_ref(), None)?;
        print(&report::terminal(shown, self.verbose));
        held.iter().for_each(|held| print(&report::guideline_summary(held)));
        ruled.show(folder, &result)?;
        line.iter().for_each(|line| say!("{line}"));
        say!("\nThe report: {}", folder.html().display());
        job_summary(&result, &ruled)?;
        Ok(ruled.exit(&result))
    }

    /// The same for a run that has just ended, or was put together: `run.json` is written, too.
    pub(super) fn finish(&self, folder: &RunFolder) -> Done {
        let transcript = folder.read_transcript()?;
        folder.write_run(&transcript)?;
        let timing = report::timing_line(&crate::run::timing(&transcript, 1));
        self.show(folder, &transcript, Some(&timing))
    }
}

/// Adds to the summary of a job of GitHub Actions, if this is one.
fn job_summary(result: &RunResult, ruled: &Ruled) -> Result<(), Failed> {
    let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) else {
        return Ok(());
    };
    let (shown, waiving) = (ruled.shown(result), ruled.waiving.as_ref());
    let text = report::markdown(shown, waiving, Some(&ruled.decision));
    let file = std::fs::OpenOptions::new().append(true).create(true).open(&path);
    let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|e| Failed::file(std::path::Path::new(&path), e))
}
