//! `parallax coverage`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::args::{SelectArgs, SuiteArgs};
use super::exit::{Done, Exit};
use super::files::to_json;
use super::marks::renew;
use super::out::print;
use crate::coverage::Coverage;

/// Arguments of `coverage`.
#[derive(Debug, Args)]
#[command(after_help = "\
Only what steps call and send is counted; what an undo calls is not.

    parallax coverage                    # tables, by capability and in all
    parallax coverage --missing          # what no case exercises yet
    parallax coverage --format json      # the same for programs, and every test of the incumbent
    parallax coverage --into cases/README.md     # renews the table there")]
pub(super) struct CoverageArgs {
    #[command(flatten)]
    select: SelectArgs,
    #[command(flatten)]
    suite: SuiteArgs,
    /// How to write it
    #[arg(long, short, default_value = "text")]
    format: Format,
    /// List what no case exercises, instead of counting
    #[arg(long, conflicts_with = "format")]
    missing: bool,
    /// Put the Markdown table into this file, between its lines <!-- coverage --> and <!-- /coverage -->
    #[arg(long, value_name = "FILE", conflicts_with_all = ["format", "missing"])]
    into: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// Tables
    Text,
    /// An object with cases, actions, members, filters, error_codes, incumbent and groups
    Json,
    /// The table of `cases/README.md`: which case covers which test of the incumbent
    Markdown,
}

pub(super) fn run(args: &CoverageArgs) -> Done {
    let cases = args.select.select(args.suite.suite()?)?;
    let knowledge = args.suite.knowledge()?;
    let coverage = Coverage::of(&cases, &knowledge.baselines, &knowledge.errors);
    if let Some(file) = &args.into {
        return renew(file, "coverage", &coverage.markdown());
    }
    print(&match (args.missing, args.format) {
        (true, _) => coverage.missing(),
        (false, Format::Text) => coverage.text(),
        (false, Format::Markdown) => coverage.markdown(),
        (false, Format::Json) => to_json(&coverage),
    });
    Ok(Exit::Ok)
}
