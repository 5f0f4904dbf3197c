//! All baselines of a folder, or those that were built in.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::{Baseline, check, doc};
use crate::assets::Assets;
use crate::case::{Suite, SuiteError};
use crate::judge::errors::{self, ErrorCodes};
use crate::syntax::{Diagnostics, Reader, parse};

/// Where baselines of AWS lie below the folder; shape profiles and error codes lie beside them.
const AWS: &str = "aws/";
const SHAPES: &str = "aws/shapes/";

/// Baselines by the id of their case's file.
#[derive(Debug, Clone, Default)]
pub struct Baselines {
    by_case: BTreeMap<String, Baseline>,
    digest: String,
}

impl Baselines {
    /// Reads every baseline. With a suite, also checks that each fits its case and expects only
    /// error codes that AWS has for the action.
    ///
    /// # Errors
    /// Returns every mistake in every file.
    pub fn load(
        assets: &Assets,
        suite: Option<(&Suite, &ErrorCodes)>,
    ) -> Result<Baselines, SuiteError> {
        let io_error = |name: &str| {
            let path = assets.root().join(name);
            move |error| SuiteError::Io { path, error }
        };
        let mut by_case = BTreeMap::new();
        let mut mistakes = Diagnostics::default();
        let mut digest = Sha256::new();
        for name in assets.list(".json").map_err(io_error(""))? {
            if !name.starts_with(AWS) || name.starts_with(SHAPES) || name == errors::FILE {
                continue;
            }
            let file = assets.source(&name).map_err(io_error(&name))?;
            digest.update(name.as_bytes());
            digest.update([0]);
            digest.update(file.text.as_bytes());
            let mut reader = Reader::default();
            match parse(&file.text) {
                Ok(root) => {
                    let baseline = doc::read(&root, &mut reader);
                    if let Some(baseline) = baseline {
                        if let Some((suite, errors)) = suite {
                            let stem = &name[AWS.len()..name.len() - ".json".len()];
                            check::check(&baseline, stem, suite, errors, &mut reader);
                        }
                        by_case.insert(baseline.case.value.clone(), baseline);
                    }
                }
                Err(mistake) => reader.report(mistake),
            }
            mistakes.add(file, reader.into_found());
        }
        if !mistakes.is_empty() {
            return Err(SuiteError::Mistakes(mistakes));
        }
        Ok(Baselines { by_case, digest: hex(&digest.finalize()) })
    }

    /// The baseline of a case, by the id of its file.
    pub fn get(&self, family: &str) -> Option<&Baseline> {
        self.by_case.get(family)
    }

    /// Number of baselines.
    pub fn len(&self) -> usize {
        self.by_case.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.by_case.is_empty()
    }

    /// SHA-256 over names and contents of all files.
    pub fn digest(&self) -> &str {
        &self.digest
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
