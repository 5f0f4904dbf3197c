//! `parallax report`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::exit::{Done, Exit, Failed};
use super::files::RunFolder;
use super::guideline::GuidelineArg;
use super::out::print;
use crate::judge::write_result;
use crate::report;
use crate::run::timing;

/// Arguments of `report`.
#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    /// Folder of a run that was judged
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// What to write to standard output
    #[arg(long, short, default_value = "terminal")]
    format: Format,
    /// Show every finding, not only the first of each case
    #[arg(long, short)]
    verbose: bool,
    #[command(flatten)]
    guideline: GuidelineArg,
    /// Show how long the run took, beside the least that it could have taken
    #[arg(long, conflicts_with_all = ["format", "verbose", "guideline"])]
    timing: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// A summary for people
    Terminal,
    /// `result.json`
    Json,
    /// JUnit XML
    Junit,
    /// One self-contained HTML page
    Html,
}

pub(super) fn run(args: &ReportArgs) -> Done {
    let folder = RunFolder::new(&args.folder);
    if args.timing {
        let transcript = folder.read_transcript()?;
        // The transcript of an older run does not say how many cases could run at once.
        let jobs = folder.read_run().map_or(1, |run| run.jobs);
        print(&report::timing(&timing(&transcript, jobs)));
        return Ok(Exit::Ok);
    }
    let result = folder.read_result()?;
    let guideline = args.guideline.read()?;
    let held = args.guideline.held(guideline.as_ref(), &result);
    match args.format {
        Format::Terminal => {
            print(&report::terminal(&result, args.verbose));
            held.iter().for_each(|held| print(&report::guideline_summary(held)));
        }
        Format::Json => print(&write_result(&result)),
        Format::Junit => print(&report::junit(&result).map_err(Failed::usage)?),
        Format::Html => {
            let transcript = folder.read_transcript()?;
            let html = report::html(&result, &transcript, held.as_ref(), None);
            print(&html.map_err(Failed::usage)?);
        }
    }
    Ok(Exit::Ok)
}
