//! What the judge finds in answers that its profiles were not built from.

use std::path::Path;

use parallax::judge::Knowledge;
use parallax::judge::shape::{About, Known, Profiles, build, read};
use sha2::{Digest as _, Sha256};

use super::sample::{Sample, unit};

/// As many parts as in `false_alarms.rs`.
const FOLDS: u8 = 10;

/// Ten times what is known, each without the recordings of one tenth.
pub struct HeldOut(Vec<Knowledge>);

impl HeldOut {
    /// Builds the profiles anew, each time without a tenth.
    pub fn new(folder: &Path, knowledge: &Knowledge) -> Result<HeldOut, String> {
        let baselines = Path::new(env!("CARGO_MANIFEST_DIR")).join("baselines");
        let about = About::read(
            &baselines.join("excluded-recordings.json"),
            &baselines.join("recording-projects.json"),
        )?;
        let mut folders = vec![folder.to_owned()];
        folders.extend(Some(folder.join("wire")).filter(|wire| wire.is_dir()));
        let known = read(&folders, &about).map_err(|e| e.to_string())?;
        let without = |tenth: u8| {
            let rest =
                known.iter().filter(|one: &&Known| fold(&unit(&one.recording.source)) != tenth);
            let profiles = Profiles::of(build(rest, &about));
            Knowledge { profiles, ..knowledge.clone() }
        };
        Ok(HeldOut((0..FOLDS).map(without).collect()))
    }

    /// What is known without the tenth that this answer is in.
    pub fn for_sample(&self, sample: &Sample) -> &Knowledge {
        &self.0[usize::from(fold(&sample.unit))]
    }
}

/// What was recorded together stays together.
fn fold(unit: &str) -> u8 {
    Sha256::digest(unit.as_bytes())[0] % FOLDS
}
