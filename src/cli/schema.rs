//! `parallax schema`.

use clap::{Args, ValueEnum};

use super::exit::{Done, Exit};
use super::files::to_json;
use super::out::print;

/// Arguments of `schema`.
#[derive(Debug, Args)]
pub(super) struct SchemaArgs {
    /// Of which files
    #[arg(default_value = "case")]
    of: Of,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Of {
    /// Case files
    Case,
    /// Preparations: what cases begin with
    Preparation,
    /// The configuration file: targets
    Config,
}

pub(super) fn run(args: &SchemaArgs) -> Done {
    print(&to_json(&match args.of {
        Of::Case => crate::case::schema(),
        Of::Preparation => crate::case::preparation_schema(),
        Of::Config => crate::target::config_schema(),
    }));
    Ok(Exit::Ok)
}
