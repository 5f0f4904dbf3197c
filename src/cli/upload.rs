//! `parallax upload`.

mod desk;
mod receipts;
mod refstack;
mod scs;

use clap::{Args, Subcommand};

use super::exit::{Done, Failed};
use super::guideline::read_guideline;
use crate::guideline::Guideline;

/// Arguments of `upload`.
#[derive(Debug, Args)]
#[command(after_help = "\
Nothing is sent before you have seen where to: --dry-run shows every byte and sends nothing, and before
something goes to another machine you are asked (or say --yes). What is sent is first written beside the
run and stays there, whatever the server answers. What the server would refuse is refused here, with the
name that is wrong; what it refuses all the same is explained. Redirects are not followed.

    parallax upload refstack DIR --url URL --dry-run
    parallax upload refstack DIR --url URL --key ~/.ssh/id_rsa
    parallax upload scs DIR --url URL --account NAME --key ~/.ssh/id_ed25519

Exit codes:
  0  the server has it (or it was shown)
  1  the server refused it; with --compare also: it counts otherwise
  2  usage: the server would refuse it, and nothing was sent
  3  no answer came, or none that says whether the server has it")]
pub(super) struct UploadArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Hand in what passed at a RefStack server
    Refstack(Box<refstack::RefstackArgs>),
    /// Hand in a report at a compliance monitor of Sovereign Cloud Stack, or print a check's lines
    Scs(Box<scs::ScsArgs>),
}

/// What tests are called.
#[derive(Debug, Args)]
struct NamesArg {
    /// Guideline by which tests are called, each by its id: a file, the name of one that comes with the
    /// program, or `none` [default: the newest that comes with it]
    #[arg(long, value_name = "GUIDELINE")]
    guideline: Option<String>,
}

impl NamesArg {
    fn read(&self) -> Result<Option<Guideline>, Failed> {
        match self.guideline.as_deref() {
            Some("none") => Ok(None),
            named => read_guideline(named).map(Some),
        }
    }
}

pub(super) fn run(args: &UploadArgs) -> Done {
    match &args.command {
        Command::Refstack(args) => refstack::run(args),
        Command::Scs(args) => scs::run(args),
    }
}
