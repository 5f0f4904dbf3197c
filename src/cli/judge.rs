//! `parallax judge`.

use std::path::PathBuf;

use clap::Args;

use super::args::SuiteArgs;
use super::exit::Done;
use super::files::RunFolder;
use super::gating::GateArgs;
use super::guideline::GuidelineArg;
use super::judging::Judging;

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
    #[command(flatten)]
    gate: GateArgs,
    /// Show every finding, not only the first of each case
    #[arg(long, short)]
    verbose: bool,
}

pub(super) fn run(args: &JudgeArgs) -> Done {
    let folder = RunFolder::new(&args.folder);
    let transcript = folder.read_transcript()?;
    let judging = Judging::new(&args.suite, &args.guideline, &args.gate, args.verbose)?;
    judging.show(&folder, &transcript, None)
}
