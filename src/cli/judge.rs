//! `parallax judge`.

use std::path::PathBuf;

use clap::Args;

use super::args::SuiteArgs;
use super::exit::{Done, Exit};
use super::files::RunFolder;
use super::guideline::GuidelineArg;
use super::out::{print, say};
use crate::judge::judge;
use crate::report;

/// Arguments of `judge`.
#[derive(Debug, Args)]
pub(super) struct JudgeArgs {
    /// Folder of a run, as `parallax run --out DIR` makes it
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    #[command(flatten)]
    suite: SuiteArgs,
    #[command(flatten)]
    guideline: GuidelineArg,
    /// Show every finding, not only the first of each case
    #[arg(long, short)]
    verbose: bool,
}

pub(super) fn run(args: &JudgeArgs) -> Done {
    let folder = RunFolder::new(&args.folder);
    let transcript = folder.read_transcript()?;
    let guideline = args.guideline.read()?;
    let result = judge(&transcript, &args.suite.knowledge()?);
    let held = args.guideline.held(guideline.as_ref(), &result);
    folder.write_results(&result, &transcript, held.as_ref(), None)?;
    print(&report::terminal(&result, args.verbose));
    held.iter().for_each(|held| print(&report::guideline_summary(held)));
    say!("\nThe report: {}", folder.html().display());
    Ok(Exit::of(&result))
}
