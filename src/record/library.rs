//! The folder of a reference: its recorded baselines, those that wait for a decision, and the
//! recordings that both were distilled from.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::assets::replace_file;
use crate::judge::recorded::{
    RECORDED, RECORDINGS, RecordedBaseline, is_same_behaviour, read_recording,
};

/// How the file of a baseline ends that waits for a decision.
const PENDING: &str = ".recorded.json.new";

/// The folder of a reference.
#[derive(Debug, Clone)]
pub struct Library {
    root: PathBuf,
    reference: String,
}

/// Something is wrong with a file.
#[derive(Debug, thiserror::Error)]
#[error("{}: {why}", path.display())]
pub struct LibraryError {
    /// The file or folder.
    pub path: PathBuf,
    /// What is wrong, and what to do.
    pub why: String,
}

/// What became of a baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Written {
    /// There was none before.
    New,
    /// It says the same as before, from newer recordings.
    Confirmed,
    /// It says something else: it waits beside the old one until somebody decides.
    Pending,
}

impl Library {
    /// The folder of a reference below a folder of baselines.
    pub fn new(baselines: &Path, reference: &str) -> Self {
        Library { root: baselines.join(reference), reference: reference.to_owned() }
    }

    /// Whose behaviour it is.
    pub fn reference(&self) -> &str {
        &self.reference
    }

    /// Where a recording's transcript is written while it is made.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn transcript(&self, name: &str) -> Result<PathBuf, LibraryError> {
        let folder = self.root.join(RECORDINGS);
        std::fs::create_dir_all(&folder).map_err(|e| error(&folder, e))?;
        Ok(folder.join(format!("{name}.jsonl")))
    }

    /// Compresses a transcript that is complete; gives the recording's name.
    ///
    /// # Errors
    /// A file cannot be read or written. The transcript stays until its successor is in place.
    pub fn compress(&self, transcript: &Path) -> Result<String, LibraryError> {
        let text = std::fs::read(transcript).map_err(|e| error(transcript, e))?;
        let path = transcript.with_extension("jsonl.gz");
        let mut gz = GzEncoder::new(Vec::new(), Compression::best());
        let bytes = gz.write_all(&text).and_then(|()| gz.finish()).map_err(|e| error(&path, e))?;
        write(&path, &bytes)?;
        std::fs::remove_file(transcript).map_err(|e| error(transcript, e))?;
        Ok(path.file_name().unwrap_or_default().to_string_lossy().into_owned())
    }

    /// The text of a recording.
    ///
    /// # Errors
    /// It is not there, or cannot be read.
    pub fn recording(&self, name: &str) -> Result<String, LibraryError> {
        let path = self.root.join(RECORDINGS).join(name);
        read_recording(&path).map_err(|e| error(&path, e))
    }

    /// Stores what was distilled for a case (`capability/name`), beside what is there of other rows.
    ///
    /// # Errors
    /// What is there cannot be read, or the new one not be written.
    pub fn store(&self, name: &str, new: &RecordedBaseline) -> Result<Written, LibraryError> {
        let path = self.path(name, RECORDED);
        let Some(old) = read(&path)? else {
            self.write(name, RECORDED, new)?;
            return Ok(Written::New);
        };
        let merged = merge(&old, new, |_| true);
        let same = new.cases.iter().all(|(id, case)| {
            old.cases.get(id).is_none_or(|before| is_same_behaviour(before, case))
        });
        if same {
            self.write(name, RECORDED, &merged)?;
            // What waited was another change; it has gone.
            remove(&self.path(name, PENDING))?;
            Ok(Written::Confirmed)
        } else {
            self.write(name, PENDING, &merged)?;
            Ok(Written::Pending)
        }
    }

    /// The baselines by the name of their case.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn baselines(&self) -> Result<BTreeMap<String, RecordedBaseline>, LibraryError> {
        self.all(RECORDED)
    }

    /// The baselines that wait for a decision.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn pending(&self) -> Result<BTreeMap<String, RecordedBaseline>, LibraryError> {
        self.all(PENDING)
    }

    /// Takes over what waits for a case, of the rows with these ids.
    ///
    /// # Errors
    /// A file cannot be read or written.
    pub fn accept(&self, name: &str, ids: &BTreeSet<String>) -> Result<(), LibraryError> {
        self.decide(name, ids, true)
    }

    /// Drops what waits for a case, of the rows with these ids.
    ///
    /// # Errors
    /// A file cannot be read or written.
    pub fn reject(&self, name: &str, ids: &BTreeSet<String>) -> Result<(), LibraryError> {
        self.decide(name, ids, false)
    }

    fn decide(&self, name: &str, ids: &BTreeSet<String>, accept: bool) -> Result<(), LibraryError> {
        let (Some(old), Some(new)) =
            (read(&self.path(name, RECORDED))?, read(&self.path(name, PENDING))?)
        else {
            return Ok(());
        };
        let decided = |id: &str| ids.contains(id);
        let current = if accept { merge(&old, &new, decided) } else { old.clone() };
        let waiting = if accept { new } else { merge(&new, &old, decided) };
        self.write(name, RECORDED, &current)?;
        let still = waiting.cases.iter().any(|(id, case)| {
            current.cases.get(id).is_none_or(|known| !is_same_behaviour(known, case))
        });
        if still { self.write(name, PENDING, &waiting) } else { remove(&self.path(name, PENDING)) }
    }

    /// Writes a baseline as it is.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn replace(&self, name: &str, baseline: &RecordedBaseline) -> Result<(), LibraryError> {
        self.write(name, RECORDED, baseline)
    }

    fn path(&self, name: &str, ending: &str) -> PathBuf {
        self.root.join(format!("{name}{ending}"))
    }

    fn write(&self, name: &str, ending: &str, new: &RecordedBaseline) -> Result<(), LibraryError> {
        let path = self.path(name, ending);
        let mut text = serde_json::to_string_pretty(new).map_err(|e| error(&path, e))?;
        text.push('\n');
        write(&path, text.as_bytes())
    }

    fn all(&self, ending: &str) -> Result<BTreeMap<String, RecordedBaseline>, LibraryError> {
        let mut found = BTreeMap::new();
        let entries = |folder: &Path| -> Result<Vec<PathBuf>, LibraryError> {
            match std::fs::read_dir(folder) {
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
                Err(e) => Err(error(folder, e)),
                Ok(entries) => {
                    entries.map(|entry| Ok(entry.map_err(|e| error(folder, e))?.path())).collect()
                }
            }
        };
        for folder in entries(&self.root)?.into_iter().filter(|path| path.is_dir()) {
            for path in entries(&folder)? {
                let place = path.strip_prefix(&self.root).unwrap_or(&path).to_string_lossy();
                if let Some(name) = place.strip_suffix(ending)
                    && let Some(baseline) = read(&path)?
                {
                    found.insert(name.to_owned(), baseline);
                }
            }
        }
        Ok(found)
    }
}

/// What is there, with the rows of another that are wanted.
fn merge(
    old: &RecordedBaseline,
    new: &RecordedBaseline,
    wanted: impl Fn(&str) -> bool,
) -> RecordedBaseline {
    let mut merged = old.clone();
    for (id, case) in new.cases.iter().filter(|(id, _)| wanted(id)) {
        merged.cases.insert(id.clone(), case.clone());
    }
    merged.recordings.extend(new.recordings.clone());
    let used: BTreeSet<&String> = merged.cases.values().flat_map(|case| &case.samples).collect();
    merged.recordings = merged
        .recordings
        .iter()
        .filter(|(name, _)| used.contains(name))
        .map(|(name, facts)| (name.clone(), facts.clone()))
        .collect();
    merged
}

fn read(path: &Path) -> Result<Option<RecordedBaseline>, LibraryError> {
    match std::fs::read_to_string(path) {
        Ok(text) => serde_json::from_str(&text).map(Some).map_err(|e| error(path, e)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(error(path, e)),
    }
}

fn remove(path: &Path) -> Result<(), LibraryError> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(error(path, e)),
        _ => Ok(()),
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), LibraryError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(|e| error(folder, e))?;
    replace_file(path, bytes).map_err(|e| error(path, e))
}

fn error(path: &Path, why: impl std::fmt::Display) -> LibraryError {
    LibraryError { path: path.to_owned(), why: why.to_string() }
}
