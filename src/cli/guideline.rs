//! `parallax guideline`.

mod check;
mod diff;
mod file;
mod make;
mod result;
mod score;
mod show;

use clap::{Args, Subcommand, ValueEnum};

use super::exit::Done;
pub(super) use file::{GuidelineArg, read as read_guideline};

/// Arguments of `guideline`.
#[derive(Debug, Args)]
#[command(after_help = "\
A guideline says which capabilities a cloud has to have, and by which tests a run shows that it has them:
the format is that of DefCore (OpenStack Interop, schema 2.0), so that RefStack shows it too. Where a
GUIDELINE is asked for, it is a file, or the name of one that comes with the program, as 2026.11.

    parallax guideline show                              # what the newest one asks for
    parallax guideline score --capability network-acls   # why it does, or does not
    parallax guideline result DIR                        # what a run shows of it")]
pub(super) struct GuidelineArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show what a guideline asks for: platforms, tiers, capabilities, tests
    Show(show::ShowArgs),
    /// Check guidelines, more strictly than the published schema
    Check(check::CheckArgs),
    /// Show what capabilities score by the guideline's criteria, and why
    Score(score::ScoreArgs),
    /// Show what changed from one guideline to another
    Diff(diff::DiffArgs),
    /// Hold a run against a guideline
    Result(result::ResultArgs),
    /// Write the guideline of this suite from what people keep of it
    Make(make::MakeArgs),
}

/// How a command writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For programs
    Json,
    /// For pages
    Markdown,
}

pub(super) fn run(args: &GuidelineArgs) -> Done {
    match &args.command {
        Command::Show(args) => show::run(args),
        Command::Check(args) => check::run(args),
        Command::Score(args) => score::run(args),
        Command::Diff(args) => diff::run(args),
        Command::Result(args) => result::run(args),
        Command::Make(args) => make::run(args),
    }
}
