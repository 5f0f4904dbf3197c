//! What the server would refuse: found before anything is sent, as it answers most of it with
//! `Internal Server Error` and tells neither which name nor why. (Observed with RefStack 2.1.0. What
//! it refuses beside this — no JSON, other keys, other types — cannot be written by a [`Submission`].)

use std::collections::BTreeMap;

use super::Submission;
use crate::guideline::{LONGEST_NAME, comparable, storable};

/// Characters of a cloud's id at most.
const LONGEST_CPID: usize = 128;
/// Characters of a test's id at most: those of a UUID.
const LONGEST_UUID: usize = 36;

/// Why the server would refuse what is to be handed in, and what can be done about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Nothing passed.
    #[error(
        "no test passed, and RefStack takes only runs with one that did; `parallax report DIR` says why \
         none did"
    )]
    Empty,
    /// Two names that its database takes for one.
    #[error(
        "the tests {0:?} and {1:?} are one name to RefStack, which passes over case, accents and spaces \
         at the end, and it takes each once; {2}"
    )]
    SameName(String, String, &'static str),
    /// A name is too long.
    #[error(
        "the name of a test is longer than {LONGEST_NAME} characters, and RefStack has no place for it: \
         {0:?}…; shorten it in the guideline, or rename the case"
    )]
    LongName(String),
    /// A name has characters that its database does not have.
    #[error(
        "the name {0:?} has the character {1:?}, and RefStack's database knows Latin-1 only; rename the \
         test in the guideline, or the case"
    )]
    Letter(String, char),
    /// A name is empty.
    #[error("the test {0} has no name; name it in the guideline")]
    NoName(String),
    /// A test's id is none.
    #[error(
        "the test {0:?} has the id {1:?}, and RefStack takes UUIDs of {LONGEST_UUID} characters, without \
         `id-`; correct it in the case, and judge the run again"
    )]
    Uuid(String, String),
    /// The cloud's id is too long, or has characters that cannot be stored.
    #[error(
        "the cloud's id (--cpid) has to have 1 to {LONGEST_CPID} characters of Latin-1, and this one has \
         {0}"
    )]
    Cpid(String),
}

impl Submission {
    /// What the server would refuse of this; nothing if it takes it.
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        if self.results.is_empty() {
            found.push(Problem::Empty);
        }
        let length = self.cpid.chars().count();
        if length == 0 || length > LONGEST_CPID {
            found.push(Problem::Cpid(length.to_string()));
        } else if let Some(odd) = self.cpid.chars().find(|c| !storable(*c)) {
            found.push(Problem::Cpid(format!("{odd:?}")));
        }
        let mut seen: BTreeMap<Vec<u32>, &str> = BTreeMap::new();
        for passed in &self.results {
            let name = &passed.name;
            if name.is_empty() {
                found.push(Problem::NoName(passed.uuid.clone()));
            } else if name.chars().count() > LONGEST_NAME {
                found.push(Problem::LongName(name.chars().take(60).collect()));
            } else if let Some(odd) = name.chars().find(|c| !storable(*c)) {
                found.push(Problem::Letter(name.clone(), odd));
            }
            if passed.uuid.chars().count() > LONGEST_UUID || !passed.uuid.chars().all(storable) {
                found.push(Problem::Uuid(name.clone(), passed.uuid.clone()));
            }
            if let Some(other) = seen.insert(comparable(name), name) {
                let advice = match other == name {
                    true => "the run has two cases of this name: rename one",
                    false => "rename one of them, in the guideline or the suite",
                };
                found.push(Problem::SameName(other.to_owned(), name.clone(), advice));
            }
        }
        found
    }
}
