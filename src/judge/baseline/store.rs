//! All baselines of a folder, or those that were built in.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};

use super::{Baseline, check, doc};
use crate::assets::Assets;
use crate::case::{Case, Suite, SuiteError};
use crate::judge::errors::{self, ErrorCodes};
use crate::judge::recorded::{
    self, CaseRecording, RECORDED, Recorded, RecordedBaseline, RecordedBaselines, Stale,
};
use crate::judge::shape;
use crate::syntax::{Diagnostic, Diagnostics, Reader, parse};

/// The reference that everything is about. Others are stand-ins, and never called AWS.
pub const AWS: &str = "aws";
/// Files that are no baselines.
const OTHERS: [&str; 3] = ["aws/shapes/", errors::FILE, shape::VALUES];

/// Baselines of one reference.
#[derive(Debug, Clone)]
pub struct Baselines {
    reference: String,
    /// Documented ones, by the id of their case's file.
    by_case: BTreeMap<String, Baseline>,
    recorded: RecordedBaselines,
    digest: String,
}

impl Default for Baselines {
    fn default() -> Self {
        Baselines {
            reference: AWS.to_owned(),
            by_case: BTreeMap::new(),
            recorded: RecordedBaselines::default(),
            digest: String::new(),
        }
    }
}

impl Baselines {
    /// Reads every baseline of a reference: the one named; or AWS; or, where there are none of AWS,
    /// the only one there is. With a suite, also checks that each fits its
    /// case and expects only error codes that AWS has for the action.
    ///
    /// # Errors
    /// Returns every mistake in every file, or that it is not clear which reference is meant.
    pub fn load(
        assets: &Assets,
        reference: Option<&str>,
        suite: Option<(&Suite, &ErrorCodes)>,
    ) -> Result<Baselines, SuiteError> {
        let reference = choose(assets, reference)?;
        let prefix = format!("{reference}/");
        let mut baselines = Baselines { reference, ..Baselines::default() };
        let mut mistakes = Diagnostics::default();
        let mut digest = Sha256::new();
        for name in names(assets)? {
            let Some(place) = name.strip_prefix(&prefix) else { continue };
            if OTHERS.iter().any(|other| name.starts_with(other)) {
                continue;
            }
            let file = assets.source(&name).map_err(io_error(assets, &name))?;
            digest.update(name.as_bytes());
            digest.update([0]);
            digest.update(file.text.as_bytes());
            let mut reader = Reader::default();
            match place.strip_suffix(RECORDED) {
                Some(stem) => baselines.add_recorded(&file.text, stem, suite, &mut reader),
                None => {
                    let stem = place.trim_end_matches(".json");
                    baselines.add_documented(&file.text, stem, suite, &mut reader);
                }
            }
            mistakes.add(file, reader.into_found());
        }
        if !mistakes.is_empty() {
            return Err(SuiteError::Mistakes(mistakes));
        }
        baselines.digest = hex(&digest.finalize());
        Ok(baselines)
    }

    fn add_documented(
        &mut self,
        text: &str,
        stem: &str,
        suite: Option<(&Suite, &ErrorCodes)>,
        reader: &mut Reader,
    ) {
        match parse(text) {
            Ok(root) => {
                if let Some(baseline) = doc::read(&root, reader) {
                    if let Some((suite, errors)) = suite {
                        check::check(&baseline, stem, suite, errors, reader);
                    }
                    self.by_case.insert(baseline.case.value.clone(), baseline);
                }
            }
            Err(mistake) => reader.report(mistake),
        }
    }

    fn add_recorded(
        &mut self,
        text: &str,
        stem: &str,
        suite: Option<(&Suite, &ErrorCodes)>,
        reader: &mut Reader,
    ) {
        match self.recorded.add(text, &self.reference) {
            Ok(baseline) => {
                if let Some((suite, _)) = suite {
                    recorded::check(baseline, stem, suite, reader);
                }
            }
            Err(why) => reader.report(
                Diagnostic::error(format!("this is no recorded baseline: {why}"))
                    .help("it is written by `parallax record`, and not by hand"),
            ),
        }
    }

    /// Whose behaviour these are.
    pub fn reference(&self) -> &str {
        &self.reference
    }

    /// The documented baseline of a case, by the id of its file.
    pub fn get(&self, family: &str) -> Option<&Baseline> {
        self.by_case.get(family)
    }

    /// What is recorded of a case; `Err` if the case was changed since.
    pub(in crate::judge) fn recorded(&self, case: &Case) -> Option<Result<Recorded<'_>, Stale>> {
        self.recorded.get(case)
    }

    /// The recording of a case, if the case is still the one that was recorded.
    pub fn recording(&self, case: &Case) -> Option<&CaseRecording> {
        self.recorded.get(case)?.ok().map(|recorded| recorded.case)
    }

    /// All recorded baselines.
    pub fn recordings(&self) -> impl Iterator<Item = &RecordedBaseline> {
        self.recorded.files()
    }

    pub(in crate::judge) fn of_recording(baseline: &RecordedBaseline) -> Baselines {
        Baselines {
            reference: baseline.reference.clone(),
            recorded: RecordedBaselines::of(vec![baseline.clone()]),
            ..Baselines::default()
        }
    }

    pub(in crate::judge) fn with_recordings(&self, recordings: Vec<RecordedBaseline>) -> Baselines {
        Baselines { recorded: RecordedBaselines::of(recordings), ..self.clone() }
    }

    /// Number of baselines, documented and recorded.
    pub fn len(&self) -> usize {
        self.by_case.len() + self.recorded.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// SHA-256 over names and contents of all files.
    pub fn digest(&self) -> &str {
        &self.digest
    }
}

/// The references that baselines are there of.
///
/// # Errors
/// The folder cannot be read.
pub fn references(assets: &Assets) -> Result<BTreeSet<String>, SuiteError> {
    let names = names(assets)?;
    Ok(names.iter().filter_map(|name| Some(name.split_once('/')?.0.to_owned())).collect())
}

fn choose(assets: &Assets, wanted: Option<&str>) -> Result<String, SuiteError> {
    let there = references(assets)?;
    let all = there.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    match (wanted, there.len()) {
        (Some(wanted), _) if there.contains(wanted) => Ok(wanted.to_owned()),
        (Some(wanted), _) => Err(SuiteError::Reference(format!(
            "there are no baselines of `{wanted}` in {}, but of {all}",
            assets.root().display()
        ))),
        (None, 0) => Ok(AWS.to_owned()),
        (None, _) if there.contains(AWS) => Ok(AWS.to_owned()),
        (None, 1) => Ok(all),
        (None, _) => Err(SuiteError::Reference(format!(
            "{} holds baselines of {all}; say which is meant with --reference",
            assets.root().display()
        ))),
    }
}

fn names(assets: &Assets) -> Result<Vec<String>, SuiteError> {
    assets.list(".json").map_err(io_error(assets, ""))
}

fn io_error(assets: &Assets, name: &str) -> impl FnOnce(std::io::Error) -> SuiteError {
    let path = assets.root().join(name);
    move |error| SuiteError::Io { path, error }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
