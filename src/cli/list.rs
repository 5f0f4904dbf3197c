//! `parallax list`.

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::args::{SelectArgs, SuiteArgs, plural};
use super::exit::{Done, Exit};
use super::files::to_json;
use super::out::{note, print, say};

/// Arguments of `list`.
#[derive(Debug, Args)]
pub(super) struct ListArgs {
    #[command(flatten)]
    select: SelectArgs,
    #[command(flatten)]
    suite: SuiteArgs,
    /// How to write it
    #[arg(long, short, default_value = "text")]
    format: Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// A line for each case
    Text,
    /// An array of objects with id, name, title, capability, actions and aliases
    Json,
}

#[derive(Serialize)]
struct Listed<'c> {
    id: &'c str,
    name: &'c str,
    title: &'c str,
    capability: &'c str,
    actions: Vec<&'c str>,
    aliases: &'c [String],
}

pub(super) fn run(args: &ListArgs) -> Done {
    let cases = args.select.select(args.suite.suite()?)?;
    match args.format {
        Format::Text => {
            for case in &cases {
                say!("{:48} {}", case.name, case.title);
            }
            note!("{}", plural(cases.len(), "case"));
        }
        Format::Json => {
            let listed: Vec<Listed<'_>> = cases
                .iter()
                .map(|case| Listed {
                    id: &case.id,
                    name: &case.name,
                    title: &case.title,
                    capability: &case.capability,
                    actions: case.actions(),
                    aliases: &case.aliases,
                })
                .collect();
            print(&to_json(&listed));
        }
    }
    Ok(Exit::Ok)
}
