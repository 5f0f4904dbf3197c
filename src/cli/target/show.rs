//! `parallax target show`.

use clap::Args;
use serde::Serialize;

use super::Format;
use crate::cli::args::TargetArgs;
use crate::cli::exit::{Done, Exit, Failed};
use crate::cli::files::to_json;
use crate::cli::out::{print, say};
use crate::report::clean::clean;
use crate::target::{Chosen, Setting};

/// Arguments of `target show`.
#[derive(Debug, Args)]
pub(super) struct ShowArgs {
    /// The target's name, or a URL [default: the target that is meant without one]
    #[arg(value_name = "TARGET", conflicts_with = "target")]
    named: Option<String>,
    #[command(flatten)]
    target: TargetArgs,
    /// How to write it
    #[arg(long, short, default_value = "text")]
    format: Format,
}

/// What is written for programs.
#[derive(Debug, Serialize)]
struct Shown {
    /// Its name in the configuration file.
    target: Option<String>,
    settings: Vec<Setting>,
}

pub(super) fn run(args: &ShowArgs) -> Done {
    let chosen = chosen(&args.target, args.named.as_deref())?;
    let settings = chosen.settings();
    match args.format {
        Format::Json => print(&to_json(&Shown { target: chosen.target, settings })),
        Format::Text => settings.iter().for_each(|setting| say!("{}", line(setting))),
    }
    Ok(Exit::Ok)
}

/// The target that is meant; there has to be one.
pub(super) fn chosen(target: &TargetArgs, named: Option<&str>) -> Result<Chosen, Failed> {
    target.choose_as(named.or(target.target.as_deref()))?.ok_or_else(|| {
        Failed::usage(
            "which target? Name one of `parallax target list`, or give --endpoint URL; \
             `parallax target --help` shows a configuration file",
        )
    })
}

/// A setting as a person reads it.
pub(super) fn line(setting: &Setting) -> String {
    let Setting { what, value, from } = setting;
    let value = value.as_deref().unwrap_or("-");
    clean(&format!("{what:14} {value:44} {from}"))
}
