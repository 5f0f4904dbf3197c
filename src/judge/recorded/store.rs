//! Where recorded baselines and the recordings that they come from are kept.

use std::collections::BTreeMap;
use std::io::{self, Read as _};
use std::path::Path;

use super::doc::{CaseRecording, RecordedBaseline, Spread, case_digest, sha256};
use crate::case::Case;
use crate::judge::{Evidence, EvidenceKind};
use crate::transcript::{Transcript, TranscriptError};

/// How the file of a recorded baseline ends.
pub const RECORDED: &str = ".recorded.json";
/// The folder of recordings below a reference's.
pub const RECORDINGS: &str = "recordings";

/// A transcript more than this long, uncompressed, is refused: 1 GiB.
const MOST_BYTES: u64 = 1 << 30;

/// A recording.
#[derive(Debug, Clone)]
pub struct Recording {
    /// The transcript.
    pub transcript: Transcript,
    /// SHA-256 of its text.
    pub sha256: String,
}

/// Recordings by name.
#[derive(Debug, Clone, Default)]
pub struct Recordings {
    by_name: BTreeMap<String, Recording>,
}

impl Recordings {
    /// Adds a transcript under a name.
    ///
    /// # Errors
    /// The text is no transcript.
    pub fn add(&mut self, name: &str, text: &str) -> Result<(), TranscriptError> {
        let transcript = Transcript::parse(text)?;
        let recording = Recording { transcript, sha256: sha256(text.as_bytes()) };
        self.by_name.insert(name.to_owned(), recording);
        Ok(())
    }

    /// Leaves out everything that does not belong to this case.
    pub fn retain_case(&mut self, id: &str) {
        for recording in self.by_name.values_mut() {
            recording.transcript.retain_cases(|case| case.id == id);
        }
    }

    /// One recording.
    pub fn get(&self, name: &str) -> Option<&Recording> {
        self.by_name.get(name)
    }

    /// All, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Recording)> {
        self.by_name.iter().map(|(name, recording)| (name.as_str(), recording))
    }
}

/// The text of a recording's file, `….jsonl.gz`.
///
/// # Errors
/// It cannot be read, is not compressed by gzip, is no text, or is longer than 1 GiB.
pub fn read_recording(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    let file = flate2::read::GzDecoder::new(io::BufReader::new(std::fs::File::open(path)?));
    file.take(MOST_BYTES + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MOST_BYTES {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is longer than 1 GiB"));
    }
    Ok(text)
}

/// Recorded baselines of one reference, by the case's id.
#[derive(Debug, Clone, Default)]
pub(in crate::judge) struct RecordedBaselines {
    /// The id of the file's case, by that of the case.
    family_of: BTreeMap<String, String>,
    files: BTreeMap<String, RecordedBaseline>,
}

/// The case was changed since it was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::judge) struct Stale;

/// What is recorded of a case, and where it comes from.
#[derive(Debug, Clone, Copy)]
pub(in crate::judge) struct Recorded<'r> {
    pub(in crate::judge) case: &'r CaseRecording,
    pub(super) file: &'r RecordedBaseline,
}

impl RecordedBaselines {
    /// Adds the baseline of a file below this reference's folder; says what is wrong with it.
    pub(in crate::judge) fn add(
        &mut self,
        text: &str,
        reference: &str,
    ) -> Result<&RecordedBaseline, String> {
        let baseline = super::read::read(text)?;
        if baseline.reference != reference {
            return Err(format!(
                "it is one of {} and lies among those of {reference}",
                baseline.reference
            ));
        }
        Ok(self.insert(baseline))
    }

    /// What is recorded of a case; `Err` if it was changed since.
    pub(in crate::judge) fn get(&self, case: &Case) -> Option<Result<Recorded<'_>, Stale>> {
        let file = self.files.get(self.family_of.get(&case.id)?)?;
        let recorded = file.cases.get(&case.id)?;
        let fresh = recorded.case_sha256 == case_digest(case);
        Some(if fresh { Ok(Recorded { case: recorded, file }) } else { Err(Stale) })
    }

    /// These.
    pub(in crate::judge) fn of(baselines: Vec<RecordedBaseline>) -> RecordedBaselines {
        let mut all = RecordedBaselines::default();
        for baseline in baselines {
            all.insert(baseline);
        }
        all
    }

    fn insert(&mut self, baseline: RecordedBaseline) -> &RecordedBaseline {
        for id in baseline.cases.keys() {
            self.family_of.insert(id.clone(), baseline.case.clone());
        }
        let family = baseline.case.clone();
        self.files.entry(family).insert_entry(baseline).into_mut()
    }

    pub(in crate::judge) fn files(&self) -> impl Iterator<Item = &RecordedBaseline> {
        self.files.values()
    }

    pub(in crate::judge) fn len(&self) -> usize {
        self.files.len()
    }
}

impl Recorded<'_> {
    /// How long a step took.
    pub(in crate::judge) fn took_ms(&self, step: &str) -> Option<Spread> {
        self.case.steps.get(step).map(|step| step.took_ms.clone())
    }

    /// Whose behaviour it is, in words.
    pub(super) fn reference(&self) -> &str {
        if self.file.reference == "aws" { "AWS" } else { &self.file.reference }
    }

    /// What stands behind every expectation.
    pub(super) fn evidence(&self) -> Evidence {
        let facts: Vec<_> =
            self.case.samples.iter().filter_map(|name| self.file.recordings.get(name)).collect();
        let mut regions: Vec<&str> = facts.iter().map(|f| f.region.as_str()).collect();
        regions.sort_unstable();
        regions.dedup();
        let mut days: Vec<&str> =
            facts.iter().map(|f| f.started.split('T').next().unwrap_or_default()).collect();
        days.sort_unstable();
        let date = match (days.first(), days.last()) {
            (Some(first), Some(last)) if first != last => Some(format!("{first} to {last}")),
            (Some(first), _) => Some((*first).to_owned()),
            _ => None,
        };
        let samples = self.case.samples.len();
        Evidence {
            kind: EvidenceKind::Recorded,
            source: format!("recordings of {}: {}", self.reference(), self.case.samples.join(", ")),
            url: None,
            states: match samples {
                1 => format!("It was so in the one sample ({}).", regions.join(", ")),
                _ => format!("It was so in each of {samples} samples ({}).", regions.join(", ")),
            },
            date,
        }
    }
}
