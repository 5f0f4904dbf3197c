//! `parallax guideline diff`.

use clap::Args;

use super::{Format, file};
use crate::cli::exit::{Done, Exit};
use crate::cli::files::to_json;
use crate::cli::out::print;
use crate::guideline::diff;
use crate::report::{self, Markup};

/// Arguments of `guideline diff`.
#[derive(Debug, Args)]
#[command(after_help = "\
Tests are told apart by their ids: one that was only renamed is neither added nor removed.")]
pub(super) struct DiffArgs {
    /// The earlier guideline: a file, or the name of one that comes with the program
    #[arg(value_name = "FROM")]
    from: String,
    /// The later guideline
    #[arg(value_name = "TO")]
    to: String,
    /// How to write it
    #[arg(long, short, default_value = "text")]
    format: Format,
}

pub(super) fn run(args: &DiffArgs) -> Done {
    let changed = diff(&file::read(Some(&args.from))?, &file::read(Some(&args.to))?);
    print(&match args.format {
        Format::Text => report::guideline_diff(&changed, Markup::Text),
        Format::Markdown => report::guideline_diff(&changed, Markup::Markdown),
        Format::Json => to_json(&changed),
    });
    Ok(Exit::Ok)
}
