//! The same work in Python: botocore's parser and deepdiff.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;

use serde::{Deserialize, Serialize};

/// One answer, as the script reads it.
#[derive(Serialize)]
pub struct Body<'b> {
    pub action: &'b str,
    pub status: u16,
    pub body: &'b str,
}

/// What the script measured.
#[derive(Deserialize)]
pub struct Measured {
    /// Seconds to parse all bodies once.
    pub parse: f64,
    /// Seconds to parse them once and compare them.
    pub parse_and_compare: f64,
    /// Bytes of memory at most, the interpreter and its packages included.
    pub peak_bytes: u64,
}

/// Runs the script.
///
/// # Errors
/// It could not be run; says why.
pub fn measure(bodies: &[Body<'_>], rounds: u32) -> Result<Measured, String> {
    let mut file = tempfile::NamedTempFile::new().map_err(|e| e.to_string())?;
    for body in bodies {
        let line = serde_json::to_string(body).map_err(|e| e.to_string())?;
        writeln!(file, "{line}").map_err(|e| e.to_string())?;
    }
    file.flush().map_err(|e| e.to_string())?;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/ci/bench/botocore_deepdiff.py");
    let ran = Command::new(python())
        .arg(script)
        .arg(file.path())
        .arg(rounds.to_string())
        .output()
        .map_err(|e| format!("{}: {e}", python().display()))?;
    if !ran.status.success() {
        let said = String::from_utf8_lossy(&ran.stderr);
        return Err(said.lines().last().unwrap_or("it said nothing").to_owned());
    }
    serde_json::from_slice(&ran.stdout).map_err(|e| e.to_string())
}

/// The interpreter that `PARALLAX_PYTHON` names, that of `.ci/run`, or the system's.
fn python() -> PathBuf {
    if let Some(named) = std::env::var_os("PARALLAX_PYTHON") {
        return named.into();
    }
    let installed = concat!(env!("CARGO_MANIFEST_DIR"), "/target/ci-venv/bin/python");
    if PathBuf::from(installed).exists() { installed.into() } else { "python3".into() }
}
