//! All recordings of a folder, each with its action, its date, and whether it counts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;
use serde::Deserialize;
use serde_json::Value;

use super::recording::Recording;
use super::snapshots;
use crate::model::Model;
use crate::wire::Answer;

/// Why recordings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A file or folder cannot be read.
    #[error("{}: {error}", path.display())]
    Io {
        /// What cannot be read.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// A line is no recording.
    #[error("{}:{line}: {why}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        why: String,
    },
}

/// A recording that is left out, and why.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exclusion {
    /// What its source begins with.
    pub source: String,
    /// Why it says nothing about AWS.
    pub reason: String,
}

/// A project that recorded answers of AWS.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Project {
    /// `owner/repository`.
    pub project: String,
    /// Where it is.
    pub url: String,
    /// The day of the state that was read: nothing in it was recorded later.
    pub state: Date,
    /// Its licence.
    pub license: String,
}

/// What has to be known about recordings that they do not say themselves.
#[derive(Debug, Clone, Default)]
pub struct About {
    /// Recordings to leave out.
    pub excluded: Vec<Exclusion>,
    /// The projects that they come from.
    pub projects: Vec<Project>,
}

/// One recording that can be counted.
#[derive(Debug, Clone)]
pub struct Known {
    /// Where it stands: file and line.
    pub place: String,
    /// The action.
    pub action: String,
    /// The stored answer.
    pub recording: Recording,
    /// The day of recording, or, of an answer in SDK member names, the newest time in what was
    /// recorded with it: it is not older than that.
    pub date: Option<Date>,
    /// Why it does not count, if it does not.
    pub left_out: Option<String>,
}

impl Known {
    /// The members of a success, through the same decoder as every other answer; `None` for a
    /// refusal.
    pub(super) fn members(&self) -> Option<Value> {
        let model = Model::ec2();
        let (action, status) = (model.action(&self.action), self.recording.status);
        let answer = match (&self.recording.raw, &self.recording.output) {
            (Some(raw), _) => Answer::read(model, action, status, &raw.body),
            (None, Some(output)) => Answer::of_members(model, action, status, output),
            (None, None) => return None,
        };
        match answer {
            Answer::Output { decoded, .. } => Some(Arc::unwrap_or_clone(decoded.value)),
            _ => None,
        }
    }

    /// Whether values in it are AWS's, and not tokens in their place.
    pub fn has_values(&self) -> bool {
        self.recording.project() != "localstack/localstack"
    }
}

/// Reads every recording of folders: files named `<Action>.jsonl`, and LocalStack's snapshots.
///
/// # Errors
/// Names the first file or line that cannot be read.
pub fn read(folders: &[PathBuf], about: &About) -> Result<Vec<Known>, BuildError> {
    let mut known = Vec::new();
    for path in files(folders)? {
        let bytes =
            std::fs::read(&path).map_err(|error| BuildError::Io { path: path.clone(), error })?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let wrong = |line, why| BuildError::Line { path: path.clone(), line, why };
        if name.ends_with(".json") {
            let text = String::from_utf8_lossy(&bytes);
            for recording in snapshots::read(&text, &name).map_err(|why| wrong(1, why))? {
                known.push(about.know(name.clone(), None, recording).map_err(|why| wrong(1, why))?);
            }
            continue;
        }
        let stem = path.file_stem().and_then(|s| s.to_str());
        for (n, line) in bytes.split(|b| *b == b'\n').enumerate() {
            if line.trim_ascii().is_empty() {
                continue;
            }
            let recording = Recording::parse(line)
                .and_then(|recording| about.know(format!("{name}:{}", n + 1), stem, recording));
            known.push(recording.map_err(|why| wrong(n + 1, why))?);
        }
    }
    date_by_unit(&mut known, about);
    Ok(known)
}

fn files(folders: &[PathBuf]) -> Result<Vec<PathBuf>, BuildError> {
    let mut found = Vec::new();
    for folder in folders {
        let io = |error| BuildError::Io { path: folder.clone(), error };
        for entry in std::fs::read_dir(folder).map_err(io)? {
            let path = entry.map_err(io)?.path();
            let ends = |ending: &str| path.to_str().is_some_and(|p| p.ends_with(ending));
            if ends(".jsonl") || ends("snapshots.json") {
                found.push(path);
            }
        }
    }
    // By name before folder: the order must not depend on what the folders are called.
    found.sort_by(|a, b| a.file_name().cmp(&b.file_name()).then_with(|| a.cmp(b)));
    Ok(found)
}

impl About {
    /// Reads both files that lie beside the profiles' folder.
    ///
    /// # Errors
    /// Says what cannot be read.
    pub fn read(excluded: &Path, projects: &Path) -> Result<About, String> {
        fn list<T: serde::de::DeserializeOwned>(path: &Path) -> Result<Vec<T>, String> {
            let wrong = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
            let text = std::fs::read_to_string(path).map_err(|e| wrong(&e))?;
            serde_json::from_str(&text).map_err(|e| wrong(&e))
        }
        Ok(About { excluded: list(excluded)?, projects: list(projects)? })
    }

    pub(super) fn project(&self, name: &str) -> Option<&Project> {
        self.projects.iter().find(|project| project.project == name)
    }

    fn know(
        &self,
        place: String,
        stem: Option<&str>,
        recording: Recording,
    ) -> Result<Known, String> {
        let action = recording.action.as_deref().or(stem).unwrap_or_default().to_owned();
        if Model::ec2().action(&action).is_none() {
            return Err(format!("`{action}` is no action of EC2; name the file after the action"));
        }
        if self.project(recording.project()).is_none() {
            return Err(format!(
                "nothing is known of the project `{}`; add it to recording-projects.json",
                recording.project()
            ));
        }
        let reason = self.excluded.iter().find(|e| recording.source.starts_with(&e.source));
        let left_out = reason.map(|exclusion| exclusion.reason.clone());
        Ok(Known { place, action, date: recording.date, recording, left_out })
    }
}

/// What one test recorded was recorded on one day: the newest time in any of it is not after that.
fn date_by_unit(known: &mut [Known], about: &About) {
    let mut newest: BTreeMap<String, Date> = BTreeMap::new();
    for one in known.iter().filter(|one| one.recording.date.is_none()) {
        let state = about.project(one.recording.project()).map(|project| project.state);
        let found = one.recording.output.as_ref().and_then(|output| newest_time(output, state));
        if let Some(date) = found {
            let of_unit = newest.entry(one.recording.unit().to_owned()).or_insert(date);
            *of_unit = (*of_unit).max(date);
        }
    }
    for one in known.iter_mut().filter(|one| one.recording.date.is_none()) {
        one.date = newest.get(one.recording.unit()).copied();
    }
}

/// The newest time in an output that tells of the past, and is not after `state`.
pub(in crate::judge) fn newest_time(value: &Value, state: Option<Date>) -> Option<Date> {
    match value {
        Value::Object(map) => map
            .iter()
            .filter_map(|(name, value)| match value {
                Value::String(text) if !is_ahead(name) => {
                    let date = super::recording::day(text).filter(|_| text.contains('T'))?;
                    state.is_none_or(|state| date <= state).then_some(date)
                }
                other => newest_time(other, state),
            })
            .max(),
        Value::Array(items) => items.iter().filter_map(|item| newest_time(item, state)).max(),
        _ => None,
    }
}

/// Whether a member tells of a time to come.
fn is_ahead(name: &str) -> bool {
    ["Until", "End", "Deprecation", "Expir", "Before", "After", "Deadline", "Next"]
        .iter()
        .any(|word| name.contains(word))
}
