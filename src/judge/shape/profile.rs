//! Statistics of one action's answers on AWS.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::constant::{constants, never_varies};
use super::documented::Documented;
use super::ids::{IdKind, kinds};
use crate::assets::Assets;
use crate::case::SuiteError;
use crate::judge::Form;
use crate::model::ShapeId;
use crate::syntax::{Diagnostic, Diagnostics};

/// Where profiles lie below the folder of baselines.
const FOLDER: &str = "aws/shapes/";

/// Statistics of one action's successful answers on AWS.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The action.
    pub action: String,
    /// Number of answers counted.
    pub responses: u32,
    /// Number of recordings (tests, cassettes) that they come from.
    pub recordings: u32,
    /// By the project that recorded them.
    pub sources: BTreeMap<String, SourceStats>,
    /// Counts by path: SDK member names, `[]` for list items. A member that was never there has none.
    pub paths: BTreeMap<String, PathStats>,
    /// The members that AWS (nearly) always returned, by the path of their structure.
    #[serde(skip)]
    always: HashMap<String, Vec<String>>,
    /// The members that AWS has always returned since a year, by the path of their structure.
    #[serde(skip)]
    since: HashMap<String, Vec<(String, i16)>>,
}

/// What one project's recordings add to a profile, and when they were made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceStats {
    /// Answers.
    pub responses: u32,
    /// Recordings (tests, cassettes).
    pub recordings: u32,
    /// Recordings of which something is known about the date.
    pub dated: u32,
    /// The first date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The last date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Whether the dates were recorded. If not, a recording's date is the newest time in it, which it
    /// cannot be older than, and the last date is that of the repository's state that was read.
    pub exact: bool,
    /// Where the project is.
    pub url: String,
}

impl SourceStats {
    /// The range of dates; `None` if nothing is known.
    pub fn dates(&self) -> Option<String> {
        let to = self.to.as_deref();
        match (self.from.as_deref(), to, self.exact) {
            (Some(from), Some(to), _) if from == to => Some(from.to_owned()),
            (Some(from), Some(to), true) => Some(format!("{from} to {to}")),
            (Some(from), Some(to), false) => {
                Some(format!("{from} to {to} (by the newest time in each recording)"))
            }
            (None, Some(to), _) => Some(format!("until {to}")),
            (from, None, _) => from.map(str::to_owned),
        }
    }
}

/// Counts of one path.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PathStats {
    /// Structures in which it could have been.
    pub parents: u32,
    /// Those in which it was.
    pub present: u32,
    /// Recordings in which it could have been.
    pub recordings: u32,
    /// Recordings in which it was missing somewhere.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub lacking: u32,
    /// What holds of the younger recordings, where it does not of all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Since>,
    /// The years of the first and the last recording in which it could have been, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub years: Option<[i16; 2]>,
    /// Values by their kind: text, number, boolean, list, structure.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub kinds: BTreeMap<String, u32>,
    /// Texts by form, of those that have one; of lists only `empty`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub forms: BTreeMap<Form, u32>,
    /// Texts that somebody made up for the one form that the others have: `vpc-1`.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub invented: u32,
    /// Texts of no form.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub plain: u32,
    /// Values of an enum.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, u32>,
}

/// The younger recordings, in all of which a member is there: AWS added it over the years.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Since {
    /// The year after the last recording that is known to lack it.
    pub year: i16,
    /// Structures in the recordings that are known to be of that year or later.
    pub parents: u32,
    /// Those recordings.
    pub recordings: u32,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(n: &u32) -> bool {
    *n == 0
}

/// Fewer parents than this say nothing.
const MIN_PARENTS: u32 = 5;
/// Fewer recordings than this may all come from one habit of one author.
const MIN_RECORDINGS: u32 = 5;
/// From so many recordings on, one in which a member is missing was trimmed by hand.
const MANY_RECORDINGS: u32 = 20;
/// From so many recordings on a program may rely on what all of them have. Up to 31 recordings agreed
/// on members that AWS left out all the same in one more (names and root devices of images).
const RELIABLE_RECORDINGS: u32 = 40;
/// Fewer younger recordings than this say nothing about what was added.
const MIN_RECORDINGS_SINCE: u32 = 8;
/// Fewer recordings than this say nothing about which kind of id belongs somewhere: in nine, all
/// that `DescribeTags` listed may have been instances.
const MIN_RECORDINGS_OF_IDS: u32 = 15;

impl Profile {
    /// A profile of these counts.
    pub fn new(
        action: String,
        responses: u32,
        recordings: u32,
        sources: BTreeMap<String, SourceStats>,
        paths: BTreeMap<String, PathStats>,
    ) -> Profile {
        let mut profile =
            Profile { action, responses, recordings, sources, paths, ..Profile::default() };
        profile.index();
        profile
    }

    /// The names of the members that AWS (nearly) always returned in the structure at this path.
    pub fn always_in(&self, path: &str) -> Vec<&str> {
        self.always.get(path).into_iter().flatten().map(String::as_str).collect()
    }

    /// The names of the members that AWS has returned in the structure at this path without exception
    /// since that year or an earlier one.
    pub fn always_since(&self, path: &str, year: i16) -> impl Iterator<Item = &str> {
        let added = self.since.get(path).into_iter().flatten();
        added.filter(move |(_, since)| *since <= year).map(|(name, _)| name.as_str())
    }

    /// The profile as it is stored: a source and a path each on a line of its own, so that a diff
    /// shows what changed.
    pub fn to_text(&self) -> String {
        fn lines<T: Serialize>(map: &BTreeMap<String, T>) -> String {
            let line = |(key, value): (&String, &T)| {
                let value = serde_json::to_value(value).unwrap_or_default();
                format!("    {}: {value}", serde_json::Value::from(key.as_str()))
            };
            map.iter().map(line).collect::<Vec<_>>().join(",\n")
        }
        format!(
            "{{\n  \"action\": \"{}\",\n  \"responses\": {},\n  \"recordings\": {},\n  \
             \"sources\": {{\n{}\n  }},\n  \"paths\": {{\n{}\n  }}\n}}\n",
            self.action,
            self.responses,
            self.recordings,
            lines(&self.sources),
            lines(&self.paths)
        )
    }

    fn index(&mut self) {
        for (path, stats) in self.paths.iter().filter(|(path, _)| !path.ends_with("[]")) {
            let (parent, name) = path.rsplit_once('.').unwrap_or(("", path));
            if stats.is_always_present() {
                self.always.entry(parent.to_owned()).or_default().push(name.to_owned());
            } else if let Some(year) = stats.present_since() {
                let added = self.since.entry(parent.to_owned()).or_default();
                added.push((name.to_owned(), year));
            }
        }
    }
}

impl PathStats {
    /// Whether there is enough to say anything.
    pub fn is_telling(&self) -> bool {
        self.parents >= MIN_PARENTS && self.recordings >= MIN_RECORDINGS
    }

    /// Whether AWS always returned it. Recordings were trimmed by hand, so one of many that lacks it
    /// does not count; AWS added members over the years, so two do.
    pub fn is_always_present(&self) -> bool {
        let allowed = u32::from(self.recordings >= MANY_RECORDINGS);
        self.is_telling() && self.lacking <= allowed
    }

    /// Whether so many recordings have it, and none lacks it, that a program may rely on it being there.
    pub fn is_reliable(&self) -> bool {
        self.is_telling() && self.lacking == 0 && self.recordings >= RELIABLE_RECORDINGS
    }

    /// The year since which AWS has always returned it, where there is enough to say so.
    pub fn present_since(&self) -> Option<i16> {
        let since = self.since.as_ref()?;
        let enough = since.parents >= MIN_PARENTS && since.recordings >= MIN_RECORDINGS_SINCE;
        enough.then_some(since.year)
    }

    /// The one form that all values had, if there is one; that some are empty or made up does not
    /// count.
    pub fn only_form(&self) -> Option<&Form> {
        let mut forms = self.forms.iter().filter(|(form, _)| **form != Form::Empty);
        let (form, count) = forms.next()?;
        let enough = *count >= MIN_PARENTS && self.recordings >= MIN_RECORDINGS;
        (enough && forms.next().is_none() && self.plain == 0).then_some(form)
    }

    /// Whether there is enough to say which kind of id belongs here.
    pub fn is_telling_of_ids(&self) -> bool {
        self.recordings >= MIN_RECORDINGS_OF_IDS
    }

    /// Whether there is enough to say that it is never empty.
    pub fn is_never_empty(&self) -> bool {
        let enough = self.present >= MIN_PARENTS && self.recordings >= MIN_RECORDINGS;
        enough && !self.forms.contains_key(&Form::Empty)
    }
}

/// All profiles.
#[derive(Debug, Clone, Default)]
pub struct Profiles {
    by_action: BTreeMap<String, Profile>,
    ids: BTreeMap<String, IdKind>,
    constants: BTreeSet<ShapeId>,
    documented: Documented,
    digest: String,
}

impl Profiles {
    /// These profiles, without files.
    pub fn of(profiles: impl IntoIterator<Item = Profile>) -> Profiles {
        let by_action: BTreeMap<String, Profile> =
            profiles.into_iter().map(|p| (p.action.clone(), p)).collect();
        let mut profiles = Profiles { by_action, ..Profiles::default() };
        profiles.index();
        profiles
    }

    /// What all profiles say together.
    fn index(&mut self) {
        self.ids = kinds(self.by_action.values());
        self.constants = constants(self.by_action.values());
    }

    /// Reads every profile, and the values that AWS documents.
    ///
    /// # Errors
    /// A file cannot be read, is no profile, or has a mistake in it.
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
                Ok(mut profile) => {
                    profile.index();
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
        profiles.documented = Documented::load(assets, &mut digest)?;
        profiles.index();
        profiles.digest = digest.finalize().iter().map(|b| format!("{b:02x}")).collect();
        Ok(profiles)
    }

    /// The profile of an action.
    pub fn get(&self, action: &str) -> Option<&Profile> {
        self.by_action.get(action)
    }

    /// The kind of id that members of this name have wherever they are.
    pub(super) fn id_kind(&self, member: &str) -> Option<&IdKind> {
        self.ids.get(member)
    }

    /// Whether what is at a path of this profile never told a program anything.
    pub(super) fn never_varies(&self, profile: &Profile, path: &str, stats: &PathStats) -> bool {
        never_varies(&self.constants, &profile.action, path, stats)
    }

    /// Whether AWS documents this text for what is at a path of an action's output.
    pub(super) fn is_documented(&self, action: &str, path: &str, text: &str) -> bool {
        self.documented.has(action, path, text)
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
