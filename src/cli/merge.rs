//! `parallax merge`.

use std::path::PathBuf;

use clap::Args;

use super::args::{SuiteArgs, plural};
use super::exit::{Done, Failed};
use super::files::RunFolder;
use super::gating::GateArgs;
use super::guideline::GuidelineArg;
use super::judging::Judging;
use super::out::note;
use crate::assets::replace_file;
use crate::transcript::{Part, merge};

/// What `merge --help` says at its end.
const HELP: &str = "\
Each part is the folder of a run with --shard, on the same target (by name, endpoint, region and
instance type), of the same suite and the same choice of cases. They may have run at the same time, if
each had an account of its own, or one after the other. In the result they are one run: one transcript
with its exchanges numbered anew, one result, one report.";

/// Arguments of `merge`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(super) struct MergeArgs {
    /// Folders of all parts of a run, in any order
    #[arg(value_name = "DIR", required = true)]
    parts: Vec<PathBuf>,
    /// Folder for the whole run's files; must not hold a run yet
    #[arg(long, short, value_name = "DIR")]
    out: PathBuf,
    /// Put together what there is, although parts are missing or were interrupted; the result is then
    /// not complete, and says so
    #[arg(long)]
    partial: bool,
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

pub(super) fn run(args: &MergeArgs) -> Done {
    let out = RunFolder::new(&args.out);
    out.must_be_free()?;
    let part = |folder: &PathBuf| {
        let transcript = RunFolder::new(folder).read_transcript()?;
        Ok(Part { name: folder.display().to_string(), transcript })
    };
    let parts = args.parts.iter().map(part).collect::<Result<Vec<_>, Failed>>()?;
    let count = parts.len();
    let whole = merge(parts, args.partial).map_err(Failed::usage)?;
    let judging = Judging::new(&args.suite, &args.guideline, &args.gate, args.verbose)?;
    out.create()?;
    let path = out.transcript();
    replace_file(&path, whole.text().as_bytes()).map_err(|e| Failed::file(&path, e))?;
    note!("put together: {}", plural(count, "part"));
    judging.finish(&out)
}
