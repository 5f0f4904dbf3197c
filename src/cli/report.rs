//! `parallax report`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::exit::{Done, Exit, Failed};
use super::files::RunFolder;
use super::out::print;
use crate::judge::{read_result, write_result};
use crate::report;

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
    let path = folder.result();
    let text = std::fs::read_to_string(&path).map_err(|e| {
        Failed::usage(format!("{}: {e}; `parallax judge DIR` makes it", path.display()))
    })?;
    let result =
        read_result(&text).map_err(|e| Failed::file(&path, format!("this is no result: {e}")))?;
    match args.format {
        Format::Terminal => print(&report::terminal(&result, args.verbose)),
        Format::Json => print(&write_result(&result)),
        Format::Junit => print(&report::junit(&result).map_err(Failed::usage)?),
        Format::Html => {
            let transcript = folder.read_transcript()?;
            print(&report::html(&result, &transcript, None).map_err(Failed::usage)?);
        }
    }
    Ok(Exit::Ok)
}
