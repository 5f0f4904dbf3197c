//! How long cases took in earlier runs.

use std::collections::BTreeMap;
use std::path::Path;

use super::exit::Failed;
use super::files::{RunFile, no_run};
use super::run::BUNDLED;
use crate::assets::Assets;
use crate::run::times_of;
use crate::transcript::Transcript;

/// How long each case took in the bundled run, in milliseconds, by its id.
pub(super) fn bundled_times() -> BTreeMap<String, u64> {
    // Without it nothing is known; that is no reason not to run.
    let text = Assets::Reports.read(&format!("{BUNDLED}/run.json")).unwrap_or_default();
    serde_json::from_str(&text).map(|run: RunFile| run.times).unwrap_or_default()
}

/// How long each case took in a stored run: its folder, its transcript, or its `run.json`.
pub(super) fn times_in(path: &Path) -> Result<BTreeMap<String, u64>, Failed> {
    let run = if path.is_dir() { path.join("run.json") } else { path.to_owned() };
    let learned = match std::fs::read_to_string(&run) {
        Ok(text) => serde_json::from_str(&text).map(|run: RunFile| run.times).unwrap_or_default(),
        Err(_) => BTreeMap::new(),
    };
    if !learned.is_empty() {
        return Ok(learned);
    }
    // A run that was killed, or made by an older program.
    let path = if path.is_dir() { path.join("transcript.jsonl") } else { path.to_owned() };
    let bytes = std::fs::read(&path).map_err(|e| no_run(&path, e))?;
    let transcript = Transcript::read(&bytes).map_err(|e| Failed::file(&path, e))?;
    let learned = times_of(&transcript);
    if learned.is_empty() {
        return Err(Failed::file(&path, "no case came to its end there: nothing can be learned"));
    }
    Ok(learned)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is published beside the recording is what the recording shows.
    #[test]
    fn the_bundled_times_are_those_of_the_recording() {
        let text = Assets::Reports.read(&format!("{BUNDLED}/transcript.jsonl")).expect("published");
        let transcript = Transcript::parse(&text).expect("a transcript");
        assert_eq!(bundled_times(), times_of(&transcript));
    }
}
