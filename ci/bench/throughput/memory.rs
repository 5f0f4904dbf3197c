//! How much memory `parallax judge` takes.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Judges a transcript as a user does; returns the most bytes that were in memory at once. `None`
/// where the system does not tell.
pub fn of_judging(transcript: &str) -> Option<u64> {
    let folder = tempfile::tempdir().ok()?;
    std::fs::write(folder.path().join("transcript.jsonl"), transcript).ok()?;
    let mut judge = Command::new(env!("CARGO_BIN_EXE_parallax"))
        .arg("judge")
        .arg(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .spawn()
        .ok()?;
    let status = format!("/proc/{}/status", judge.id());
    let mut peak = None;
    // The high-water mark only rises: the last look before the end has it.
    while matches!(judge.try_wait(), Ok(None)) {
        peak = high_water_mark(Path::new(&status)).or(peak);
        std::thread::sleep(Duration::from_millis(2));
    }
    peak
}

fn high_water_mark(status: &Path) -> Option<u64> {
    let status = std::fs::read_to_string(status).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kilobytes * 1024)
}
