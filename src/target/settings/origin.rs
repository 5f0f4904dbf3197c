//! Who said something.

use std::fmt;
use std::path::PathBuf;

/// Who said something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A flag of the command line, as it is written there.
    Flag(&'static str),
    /// A variable of the environment.
    Variable(String),
    /// A line of the configuration file.
    File {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// AWS's own configuration: `AWS_…` variables or a profile.
    Aws(String),
    /// The target itself, when it was asked.
    Discovered,
    /// Nobody: what holds if nobody says anything.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Flag(flag) => f.write_str(flag),
            Origin::Variable(name) => f.write_str(name),
            Origin::File { path, line } => write!(f, "{}:{line}", path.display()),
            Origin::Aws(what) => f.write_str(what),
            Origin::Discovered => f.write_str("found out"),
            Origin::Default => f.write_str("default"),
        }
    }
}
