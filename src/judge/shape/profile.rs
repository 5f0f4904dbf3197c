//! Statistics of one action's answers on AWS.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::assets::Assets;
use crate::case::SuiteError;
use crate::judge::Form;
use crate::syntax::{Diagnostic, Diagnostics};

/// Where profiles lie below the folder of baselines.
const FOLDER: &str = "aws/shapes/";

/// Statistics of one action's successful answers on AWS.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The action.
    pub action: String,
    /// Number of answers counted.
    pub responses: u32,
    /// Number of recordings (fixtures, cassettes) that they come from.
    pub recordings: u32,
    /// Answers by the project that recorded them.
    pub sources: BTreeMap<String, u32>,
    /// Counts by path: SDK member names, `[]` for list items.
    pub paths: BTreeMap<String, PathStats>,
}

/// Counts of one path.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PathStats {
    /// Structures in which it could have been.
    pub parents: u32,
    /// Those in which it was.
    pub present: u32,
    /// Recordings in which it could have been.
    pub recordings: u32,
    /// Values by form, of those that have one; of lists and structures only `empty`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub forms: BTreeMap<Form, u32>,
    /// Values of an enum that the API model does not list, though AWS sent them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unlisted: BTreeMap<String, u32>,
}

/// Fewer parents than this say nothing.
const MIN_PARENTS: u32 = 8;
/// Fewer recordings than this may all come from one habit of one author.
const MIN_RECORDINGS: u32 = 5;

impl PathStats {
    /// Whether there is enough to say anything.
    pub fn is_telling(&self) -> bool {
        self.parents >= MIN_PARENTS && self.recordings >= MIN_RECORDINGS
    }

    /// Whether AWS always returned it. One absence is enough for "no": recordings were trimmed by
    /// hand and AWS added members over the years, so that absence proves little, but presence
    /// without exception a lot.
    pub fn is_always_present(&self) -> bool {
        self.is_telling() && self.present == self.parents
    }

    /// The one form that all values had, if there is one.
    pub fn only_form(&self) -> Option<&Form> {
        let (form, count) = self.forms.iter().next()?;
        (self.present >= MIN_PARENTS
            && self.recordings >= MIN_RECORDINGS
            && self.forms.len() == 1
            && *count == self.present)
            .then_some(form)
    }

    /// Whether it was ever empty.
    pub fn was_empty(&self) -> bool {
        self.forms.contains_key(&Form::Empty)
    }
}

/// All profiles.
#[derive(Debug, Clone, Default)]
pub struct Profiles {
    by_action: BTreeMap<String, Profile>,
    digest: String,
}

impl Profiles {
    /// Reads every profile.
    ///
    /// # Errors
    /// A file cannot be read, or is no profile.
    pub fn load(assets: &Assets) -> Result<Profiles, SuiteError> {
        let io_error = |name: &str| {
            let path = assets.root().join(name);
            move |error| SuiteError::Io { path, error }
        };
        let mut profiles = Profiles::default();
        let mut mistakes = Diagnostics::default();
        let mut digest = Sha256::new();
        for name in assets.list(".json").map_err(io_error(""))? {
            if !name.starts_with(FOLDER) {
                continue;
            }
            let file = assets.source(&name).map_err(io_error(&name))?;
            digest.update(name.as_bytes());
            digest.update([0]);
            digest.update(file.text.as_bytes());
            match serde_json::from_str::<Profile>(&file.text) {
                Ok(profile) => {
                    profiles.by_action.insert(profile.action.clone(), profile);
                }
                Err(error) => {
                    let mistake = Diagnostic::error(format!("this is no shape profile: {error}"))
                        .help("write it again with `parallax shapes build`");
                    mistakes.add(file, vec![mistake]);
                }
            }
        }
        if !mistakes.is_empty() {
            return Err(SuiteError::Mistakes(mistakes));
        }
        profiles.digest = digest.finalize().iter().map(|b| format!("{b:02x}")).collect();
        Ok(profiles)
    }

    /// The profile of an action.
    pub fn get(&self, action: &str) -> Option<&Profile> {
        self.by_action.get(action)
    }

    /// Number of profiles.
    pub fn len(&self) -> usize {
        self.by_action.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.by_action.is_empty()
    }

    /// SHA-256 over names and contents of all files.
    pub fn digest(&self) -> &str {
        &self.digest
    }
}
