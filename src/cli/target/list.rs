//! `parallax target list`.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::Format;
use crate::cli::args::{plural, variable, wrong_config};
use crate::cli::exit::{Done, Exit};
use crate::cli::files::to_json;
use crate::cli::out::{note, print, say};
use crate::report::clean::clean;
use crate::target::{Listed, find_config};

/// Arguments of `target list`.
#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// The configuration file [env: PARALLAX_CONFIG=] [default: ./parallax.yaml, then
    /// ~/.config/parallax/parallax.yaml]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// How to write it
    #[arg(long, short, default_value = "text")]
    format: Format,
}

/// What is written for programs.
#[derive(Debug, Serialize)]
struct Targets {
    /// The configuration file, if there is one.
    config: Option<PathBuf>,
    targets: Vec<Listed>,
}

pub(super) fn run(args: &ListArgs) -> Done {
    let named = args.config.clone();
    let named =
        named.or_else(|| variable("PARALLAX_CONFIG").filter(|v| !v.is_empty()).map(Into::into));
    let file = find_config(named.as_deref(), &variable).map_err(wrong_config)?;
    let targets = file.as_ref().map(|file| file.list()).unwrap_or_default();
    match args.format {
        Format::Json => {
            let config = file.map(|file| file.path);
            print(&to_json(&Targets { config, targets }));
        }
        Format::Text => match &file {
            None => note!("there is no configuration file; `parallax target --help` shows one"),
            Some(file) => {
                for target in &targets {
                    let mark = if target.default { "*" } else { " " };
                    let region = target.region.as_deref().unwrap_or("-");
                    let (kind, endpoint) = (target.kind, &target.endpoint);
                    let line =
                        format!("{mark} {:16} {kind:10} {region:14} {endpoint}", target.name);
                    say!("{}", clean(line.trim_end()));
                }
                let count = plural(targets.len(), "target");
                let mark = if targets.iter().any(|t| t.default) { "; *: the default" } else { "" };
                note!("{count} in {}{mark}", file.path.display());
            }
        },
    }
    Ok(Exit::Ok)
}
