//! Computes profiles from recordings of real AWS.
//!
//! Two formats are read, one JSON object a line: SDK-shaped (`source`, `http_status`, `output`)
//! and raw (`source`, `http_status`, `request`, `headers`, `body`), the latter through the same
//! decoder as every other answer.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{PathStats, Profile};
use crate::judge::Form;
use crate::model::{Model, ShapeId, ShapeKind};
use crate::wire::Answer;

/// Why profiles could not be built.
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

/// One line of a file of recordings.
#[derive(Deserialize)]
struct Recording {
    /// `owner/repository:path`, with `#n` behind a cassette's path.
    source: String,
    http_status: u16,
    output: Option<Value>,
    body: Option<String>,
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

/// Builds a profile for each action that the files named `<Action>.jsonl` of these folders hold.
///
/// # Errors
/// Names the first file or line that cannot be read.
pub fn build(folders: &[PathBuf], excluded: &[Exclusion]) -> Result<Vec<Profile>, BuildError> {
    let mut builders: BTreeMap<String, Builder> = BTreeMap::new();
    for path in files(folders)? {
        let Some(action) = path.file_stem().and_then(|s| s.to_str()).map(str::to_owned) else {
            continue;
        };
        if Model::ec2().action(&action).is_none() {
            let why = format!("the file's name is no action of EC2: {action}");
            return Err(BuildError::Line { path, line: 1, why });
        }
        let text = std::fs::read_to_string(&path)
            .map_err(|error| BuildError::Io { path: path.clone(), error })?;
        let builder = builders.entry(action.clone()).or_default();
        for (n, line) in text.lines().enumerate() {
            builder.add(&action, line, excluded).map_err(|why| BuildError::Line {
                path: path.clone(),
                line: n + 1,
                why,
            })?;
        }
    }
    Ok(builders
        .into_iter()
        .filter(|(_, builder)| builder.responses > 0)
        .map(|(action, builder)| builder.finish(action))
        .collect())
}

fn files(folders: &[PathBuf]) -> Result<Vec<PathBuf>, BuildError> {
    let mut found = Vec::new();
    for folder in folders {
        let io = |error| BuildError::Io { path: folder.clone(), error };
        for entry in std::fs::read_dir(folder).map_err(io)? {
            let path = entry.map_err(io)?.path();
            if path.extension().is_some_and(|e| e == "jsonl") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

#[derive(Default)]
struct Builder {
    responses: u32,
    recordings: BTreeSet<String>,
    sources: BTreeMap<String, u32>,
    paths: BTreeMap<String, Counted>,
}

#[derive(Default)]
struct Counted {
    stats: PathStats,
    recordings: BTreeSet<String>,
}

impl Builder {
    fn add(&mut self, action: &str, line: &str, excluded: &[Exclusion]) -> Result<(), String> {
        let recording: Recording = serde_json::from_str(line).map_err(|e| e.to_string())?;
        let left_out = excluded.iter().any(|e| recording.source.starts_with(&e.source));
        if left_out || !(200..300).contains(&recording.http_status) {
            return Ok(());
        }
        let model = Model::ec2();
        let found = model.action(action);
        let output = match (recording.output, recording.body) {
            (Some(output), _) => output,
            (None, Some(body)) => {
                match Answer::read(model, found, recording.http_status, body.as_bytes()) {
                    Answer::Output { decoded, .. } => decoded.value,
                    other => return Err(format!("the body is no success: {other:?}")),
                }
            }
            (None, None) => return Err("neither `output` nor `body` is there".to_owned()),
        };
        let (project, path) = recording.source.split_once(':').unwrap_or((&recording.source, ""));
        *self.sources.entry(project.to_owned()).or_default() += 1;
        // What one test recorded is one piece of evidence, however many answers it holds.
        let unit = match path.split_once('#') {
            Some((cassette, _)) => format!("{project}:{cassette}"),
            None => {
                format!("{project}:{}", Path::new(path).parent().unwrap_or(Path::new("")).display())
            }
        };
        self.responses += 1;
        self.recordings.insert(unit.clone());
        if let (Some(shape), Value::Object(map)) = (found.and_then(|a| a.output), &output) {
            self.structure(shape, "", map, &unit);
        }
        Ok(())
    }

    fn structure(&mut self, shape: ShapeId, path: &str, map: &Map<String, Value>, unit: &str) {
        let ShapeKind::Structure(structure) = &Model::ec2().shape(shape).kind else { return };
        for member in &structure.members {
            let child = if path.is_empty() {
                member.name.clone()
            } else {
                format!("{path}.{}", member.name)
            };
            let value = map.get(&member.name).filter(|v| !v.is_null());
            let counted = self.paths.entry(child.clone()).or_default();
            counted.stats.parents += 1;
            counted.recordings.insert(unit.to_owned());
            if let Some(value) = value {
                counted.stats.present += 1;
                self.value(member.shape, &child, value, unit);
            }
        }
    }

    fn value(&mut self, shape: ShapeId, path: &str, value: &Value, unit: &str) {
        let kind = &Model::ec2().shape(shape).kind;
        match (kind, value) {
            (ShapeKind::Structure(_), Value::Object(map)) => {
                self.structure(shape, path, map, unit);
            }
            (ShapeKind::List(list), Value::Array(items)) => {
                let path = format!("{path}[]");
                for item in items {
                    let counted = self.paths.entry(path.clone()).or_default();
                    counted.stats.parents += 1;
                    counted.stats.present += 1;
                    counted.recordings.insert(unit.to_owned());
                    self.value(list.item, &path, item, unit);
                }
            }
            (_, Value::String(text)) => {
                let stats = &mut self.paths.entry(path.to_owned()).or_default().stats;
                if let Some(form) = Form::of(text) {
                    *stats.forms.entry(form).or_default() += 1;
                }
                if let ShapeKind::String(string) = kind
                    && !string.enum_values.is_empty()
                    && !text.is_empty()
                    && !string.enum_values.contains(text)
                {
                    *stats.unlisted.entry(text.clone()).or_default() += 1;
                }
            }
            _ => {}
        }
    }

    fn finish(self, action: String) -> Profile {
        let paths = self
            .paths
            .into_iter()
            .filter(|(_, counted)| counted.stats.present > 0)
            .map(|(path, counted)| {
                let recordings = u32::try_from(counted.recordings.len()).unwrap_or(u32::MAX);
                (path, PathStats { recordings, ..counted.stats })
            })
            .collect();
        Profile {
            action,
            responses: self.responses,
            recordings: u32::try_from(self.recordings.len()).unwrap_or(u32::MAX),
            sources: self.sources,
            paths,
        }
    }
}
