//! `parallax judge`.

use std::path::PathBuf;

use clap::Args;

use super::args::SuiteArgs;
use super::exit::{Done, Exit};
use super::files::RunFolder;
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
    /// Show every finding, not only the first of each case
    #[arg(long, short)]
    verbose: bool,
}

pub(super) fn run(args: &JudgeArgs) -> Done {
    let folder = RunFolder::new(&args.folder);
    let transcript = folder.read_transcript()?;
    let result = judge(&transcript, &args.suite.knowledge()?);
    folder.write_results(&result, &transcript, None)?;
    print(&report::terminal(&result, args.verbose));
    say!("\nThe report: {}", folder.html().display());
    Ok(Exit::of(&result))
}
