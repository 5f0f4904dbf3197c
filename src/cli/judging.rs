//! Judging what a run left, and showing it: what `run`, `judge` and `merge` have in common.

use std::sync::Arc;

use super::args::SuiteArgs;
use super::exit::{Done, Exit, Failed};
use super::files::RunFolder;
use super::guideline::GuidelineArg;
use super::out::{print, say};
use crate::guideline::Guideline;
use crate::judge::{Knowledge, judge};
use crate::report;
use crate::transcript::Transcript;

/// With what a run is judged, and how it is shown.
pub(super) struct Judging<'a> {
    pub(super) knowledge: Arc<Knowledge>,
    asked: &'a GuidelineArg,
    guideline: Option<Guideline>,
    verbose: bool,
}

impl<'a> Judging<'a> {
    /// Reads everything that it takes; better before anything takes long.
    pub(super) fn new(
        suite: &SuiteArgs,
        asked: &'a GuidelineArg,
        verbose: bool,
    ) -> Result<Self, Failed> {
        let knowledge = Arc::new(suite.knowledge()?);
        Ok(Judging { knowledge, asked, guideline: asked.read()?, verbose })
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
        let held = self.asked.held(self.guideline.as_ref(), &result);
        folder.write_results(&result, transcript, held.as_ref(), None)?;
        print(&report::terminal(&result, self.verbose));
        held.iter().for_each(|held| print(&report::guideline_summary(held)));
        line.iter().for_each(|line| say!("{line}"));
        say!("\nThe report: {}", folder.html().display());
        Ok(Exit::of(&result))
    }

    /// The same for a run that has just ended, or was put together: `run.json` is written, too.
    pub(super) fn finish(&self, folder: &RunFolder) -> Done {
        let transcript = folder.read_transcript()?;
        folder.write_run(&transcript)?;
        let timing = report::timing_line(&crate::run::timing(&transcript, 1));
        self.show(folder, &transcript, Some(&timing))
    }
}
