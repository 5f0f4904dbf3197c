//! `parallax guideline show`.

use clap::Args;

use super::{Format, file};
use crate::cli::exit::{Done, Exit};
use crate::cli::out::print;
use crate::report::{self, Markup};

/// Arguments of `guideline show`.
#[derive(Debug, Args)]
pub(super) struct ShowArgs {
    /// A file, or the name of a guideline that comes with the program [default: the newest of these]
    #[arg(value_name = "GUIDELINE")]
    guideline: Option<String>,
    /// List the tests of each capability too
    #[arg(long)]
    tests: bool,
    /// How to write it; `json` is the guideline itself
    #[arg(long, short, default_value = "text")]
    format: Format,
}

pub(super) fn run(args: &ShowArgs) -> Done {
    let guideline = file::read(args.guideline.as_deref())?;
    print(&match args.format {
        Format::Text => report::guideline(&guideline, args.tests, Markup::Text),
        Format::Markdown => report::guideline(&guideline, args.tests, Markup::Markdown),
        Format::Json => guideline.to_text(),
    });
    Ok(Exit::Ok)
}
