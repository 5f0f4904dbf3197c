//! Exit codes: the one place where they are defined. They are stable.

use std::process::ExitCode;

use anstyle::{AnsiColor, Style};

/// What `--help` says about exit codes.
pub(super) const HELP: &str = "\
Exit codes:
  0    every case that was judged is as on AWS (or the bundled recording was shown)
  1    incompatible: at least one case failed, or the gate that was asked for does not hold, or a
       waiver has expired or is stale; of `verify`: the bundle does not hold; of `guideline result`:
       the platform that was named does not pass; of `upload`: the server refused it
  2    usage: wrong arguments, or mistakes in cases, baselines, guidelines, configuration or stored runs
  3    could not tell: the endpoint cannot be used, or cases are inconclusive, blocked or flaky; of
       `verify`: something could not be checked; of `upload`: no answer says whether the server has it
  4    leaked: something that was made may still be there (whatever the verdicts are); of `sweep`:
       something is still there, or what may be somebody else's was left alone
  101  a bug in parallax: a case was broken off by it (whatever the verdicts are; before 4)
  130  stopped a second time by Ctrl-C before everything was undone";

/// The style of `error:`.
pub(super) const ERROR: Style = AnsiColor::Red.on_default().bold();

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Nothing to complain about.
    Ok,
    /// At least one case failed.
    Incompatible,
    /// A bundle does not hold.
    Refuted,
    /// A server did not take what was sent to it.
    Refused,
    /// Wrong arguments, or mistakes in what was given.
    Usage,
    /// Nothing can be said.
    CouldNotTell,
    /// Something may have been left behind.
    Leaked,
    /// A bug of this program broke a case off, or the program itself.
    Bug,
    /// Stopped before everything was undone.
    Stopped,
}

impl Exit {
    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Exit::Ok => 0,
            Exit::Incompatible | Exit::Refuted | Exit::Refused => 1,
            Exit::Usage => 2,
            Exit::CouldNotTell => 3,
            Exit::Leaked => 4,
            // As Rust has it for a program that panics.
            Exit::Bug => 101,
            Exit::Stopped => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.code())
    }
}

/// Why a command could not do its work.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) exit: Exit,
    /// For a person; empty if everything has been said.
    pub(super) message: String,
}

impl Failed {
    /// Something that was given is wrong.
    pub(super) fn usage(message: impl std::fmt::Display) -> Failed {
        Failed { exit: Exit::Usage, message: message.to_string() }
    }

    /// The endpoint cannot be used.
    pub(super) fn could_not_tell(message: impl std::fmt::Display) -> Failed {
        Failed { exit: Exit::CouldNotTell, message: message.to_string() }
    }

    /// There is nothing to do, which has been said and is no mistake.
    pub(super) fn nothing_to_do() -> Failed {
        Failed { exit: Exit::Ok, message: String::new() }
    }

    /// A file cannot be read or written.
    pub(super) fn file(path: &std::path::Path, error: impl std::fmt::Display) -> Failed {
        Failed::usage(format!("{}: {error}", path.display()))
    }
}

/// How a command ends.
pub(super) type Done = Result<Exit, Failed>;
