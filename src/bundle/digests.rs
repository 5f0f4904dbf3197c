//! Digests of what a run was made and judged with: its cases, the judge's rules, guidelines.

use std::collections::BTreeMap;
use std::io;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::assets::Assets;
use crate::case::Case;

/// SHA-256 digests, in hexadecimal, by what they are of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Digests {
    /// Of each case that the transcript holds, by its id: of all of it but title and text, which are for people.
    pub cases: BTreeMap<String, String>,
    /// Of each rule's file, by its path.
    pub rules: BTreeMap<String, String>,
    /// Of each guideline, by the name of its file; none if the suite has none.
    pub guidelines: BTreeMap<String, String>,
}

/// Where guidelines lie below the folder of cases.
const GUIDELINES: &str = "guidelines/";

impl Digests {
    /// Of these cases, of the rules of this program, and of the guidelines beside a suite.
    ///
    /// # Errors
    /// A guideline cannot be read.
    pub fn of<'c>(
        cases: impl IntoIterator<Item = &'c Case>,
        suite: &Assets,
    ) -> io::Result<Digests> {
        Ok(Digests {
            cases: cases.into_iter().map(|case| (case.id.clone(), of_case(case))).collect(),
            rules: of_files(&Assets::Rules, ".yaml", "")?,
            guidelines: of_files(suite, ".json", GUIDELINES)?,
        })
    }

    /// The text of the member: a line for each digest.
    pub(super) fn to_text(&self) -> String {
        super::manifest::to_text(self)
    }
}

/// The names in both, or in one, whose digests differ.
pub(super) fn differing(
    one: &BTreeMap<String, String>,
    other: &BTreeMap<String, String>,
) -> Vec<String> {
    let all: std::collections::BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    all.into_iter().filter(|name| one.get(*name) != other.get(*name)).cloned().collect()
}

/// What a case asks, and where it counts: all of it but its words for people. A case that only reads
/// better than before is the same one.
pub(super) fn of_case(case: &Case) -> String {
    let mut value = serde_json::json!(case);
    if let Value::Object(fields) = &mut value {
        for words in ["title", "about"] {
            fields.remove(words);
        }
    }
    sha256(value.to_string().as_bytes())
}

fn of_files(assets: &Assets, ending: &str, below: &str) -> io::Result<BTreeMap<String, String>> {
    let names = assets.list(ending)?.into_iter().filter(|name| name.starts_with(below));
    names.map(|name| Ok((name.clone(), sha256(assets.read(&name)?.as_bytes())))).collect()
}

/// SHA-256 in hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
