//! What all uploads do: show, keep, ask, send.

use std::io::{BufRead as _, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use tokio::runtime::Runtime;

use crate::assets::replace_file;
use crate::cli::exit::{Exit, Failed};
use crate::cli::out::{note, print};
use crate::report::clean::clean;
use crate::upload::{Address, Answer, NoAnswer, Outgoing, Refusal, Sender};

/// Mistakes that are listed; a guideline can have thousands of one kind.
const LISTED: usize = 20;

/// How something is sent.
#[derive(Debug, Args)]
pub(super) struct SendArgs {
    /// Show exactly what would be sent and where, and send nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Do not ask before something is sent to another machine
    #[arg(long, short)]
    yes: bool,
    /// Where what is sent is kept [default: in DIR]
    #[arg(long, value_name = "FILE")]
    keep: Option<PathBuf>,
    /// PEM file of certificate authorities to trust beside the system's
    #[arg(long, value_name = "FILE")]
    ca_bundle: Option<PathBuf>,
    /// Seconds that a request may take
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: u64,
}

/// One upload: where it goes, and how.
pub(super) struct Desk<'a> {
    args: &'a SendArgs,
    to: Address,
    sender: Sender,
    runtime: Runtime,
    /// What is sent, on disk.
    kept: PathBuf,
}

impl<'a> Desk<'a> {
    /// Prepares an upload; `file` is how what is sent is called in the run's folder.
    pub(super) fn new(
        args: &'a SendArgs,
        to: Address,
        folder: &Path,
        file: &str,
    ) -> Result<Desk<'a>, Failed> {
        let timeout = Duration::from_secs(args.timeout);
        let sender = Sender::new(&to, timeout, args.ca_bundle.clone()).map_err(Failed::usage)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|e| Failed::usage(format!("no runtime: {e}")))?;
        let kept = args.keep.clone().unwrap_or_else(|| folder.join(file));
        Ok(Desk { args, to, sender, runtime, kept })
    }

    /// Where it goes.
    pub(super) fn to(&self) -> &Address {
        &self.to
    }

    /// Shows what would be sent, to the last byte.
    pub(super) fn preview(&self, request: &Outgoing) {
        print(&request.shown());
        note!("nothing was sent");
    }

    /// Keeps what is going to be sent, and asks whether it shall be.
    pub(super) fn keep_and_ask(&self, request: &Outgoing) -> Result<(), Failed> {
        replace_file(&self.kept, request.body.as_bytes()).map_err(|e| {
            let hint = "what is sent is kept first; choose another place with --keep";
            Failed::file(&self.kept, format!("{e}; {hint}"))
        })?;
        note!("kept      {}", self.kept.display());
        if self.args.yes || self.to.is_loopback() {
            return Ok(());
        }
        if !std::io::stdin().is_terminal() {
            return Err(Failed::usage(format!(
                "{} is another machine, and nobody can be asked here whether this is to go there: say --yes, \
                 or --dry-run to see it",
                self.to.host()
            )));
        }
        note!("Send this to {}? [y/N] ", clean(&self.to.host()));
        let mut answer = String::new();
        let _ = std::io::stdin().lock().read_line(&mut answer);
        if matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes") {
            return Ok(());
        }
        Err(Failed::usage(format!("nothing was sent; {} is kept", self.kept.display())))
    }

    /// Sends a request that hands something in.
    pub(super) fn hand_in(&self, request: &Outgoing, look: &str) -> Result<Answer, Failed> {
        self.ask(request).map_err(|error| {
            let kept = self.kept.display();
            Failed::could_not_tell(match error {
                NoAnswer::NotSent(_) => {
                    format!("not uploaded: {error}\nkept  {kept}: the same command sends it again")
                }
                NoAnswer::Unknown(_) => format!(
                    "{error}\nwhy   It is not known whether the server has it.\ndo    {look}\nkept  {kept}"
                ),
            })
        })
    }

    /// Sends a request.
    pub(super) fn ask(&self, request: &Outgoing) -> Result<Answer, NoAnswer> {
        self.runtime.block_on(self.sender.send(request))
    }

    /// How the program ends if the server refused.
    pub(super) fn refused(&self, refusal: &Refusal) -> Failed {
        let Refusal { what, why, advice, nothing_stored } = refusal;
        let (begins, exit) = match nothing_stored {
            true => ("the server refused it", Exit::Refused),
            false => ("the server's answer does not say whether it has it", Exit::CouldNotTell),
        };
        // What is to be copied stays on lines of its own.
        let advice = advice.replace('\n', "\n      ");
        let message =
            format!("{begins}: {what}\nwhy   {why}\ndo    {advice}\nkept  {}", self.kept.display());
        Failed { exit, message }
    }
}

/// What stands in the way of sending something, said before anything is sent.
pub(super) fn hindered<P: std::fmt::Display>(problems: &[P], server: &str) -> Result<(), Failed> {
    if problems.is_empty() {
        return Ok(());
    }
    for problem in problems.iter().take(LISTED) {
        note!("{}", clean(&problem.to_string()));
    }
    if problems.len() > LISTED {
        note!("and {} more", problems.len() - LISTED);
    }
    Err(Failed::usage(format!("{server} would refuse this, so nothing was sent")))
}
