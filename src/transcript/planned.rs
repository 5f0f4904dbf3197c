//! What a run was going to do: with it an interrupted run can go on, and the parts of one run be put
//! together.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::case::Case;

/// What was to be run, and how.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// The cases that were to run, sorted by name.
    pub cases: Vec<PlannedCase>,
    /// Which part of all chosen cases these are; absent if they are all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// Number of all chosen cases.
    pub chosen: usize,
    /// [`digest`] of all chosen cases: parts of one run have the same.
    pub suite: String,
    /// Cases that run at the same time, at most.
    pub jobs: usize,
    /// How often a case that did not pass is run again, at most.
    #[serde(default)]
    pub retries: u32,
    /// Whether the run stops at the first case that fails.
    #[serde(default)]
    pub fail_fast: bool,
    /// What decides by chance in which order cases are begun; absent if nothing does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shuffle_seed: Option<u64>,
    /// The runs that were put together to this one, by their ids; empty if it is one by itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<String>,
}

/// A case that was to run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedCase {
    /// The case's id.
    pub id: String,
    /// Its name.
    pub name: String,
}

impl PlannedCase {
    /// This case.
    pub fn of(case: &Case) -> PlannedCase {
        PlannedCase { id: case.id.clone(), name: case.name.clone() }
    }
}

/// SHA-256 over cases, whatever their order: equal if all of them are the same in every word.
pub fn digest(cases: &[Case]) -> String {
    let mut lines: Vec<String> =
        cases.iter().map(|case| serde_json::to_string(case).unwrap_or_default()).collect();
    lines.sort_unstable();
    let mut hash = Sha256::new();
    for line in lines {
        hash.update(line);
        hash.update("\n");
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// One part of several: `2/4`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Shard {
    part: u32,
    of: u32,
}

/// The most parts that there can be.
const MOST_PARTS: u32 = 10_000;

impl Shard {
    /// Which part, from 1.
    pub fn part(self) -> u32 {
        self.part
    }

    /// Of how many.
    pub fn of(self) -> u32 {
        self.of
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Shard, String> {
        let numbers = text.split_once('/').and_then(|(part, of)| {
            // `+1` is a number for Rust, and a slip of the hand here.
            let number = |text: &str| {
                text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<u32>().ok())?
            };
            Some((number(part)?, number(of)?))
        });
        match numbers {
            Some((part, of)) if (1..=of).contains(&part) && of <= MOST_PARTS => {
                Ok(Shard { part, of })
            }
            Some((_, of)) if of > MOST_PARTS => Err(format!("{MOST_PARTS} parts are the most")),
            Some((part, of)) => Err(format!("there is no part {part} of {of}; they count from 1")),
            None => Err("PART/PARTS is meant, for instance 1/4".to_owned()),
        }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.part, self.of)
    }
}

impl TryFrom<String> for Shard {
    type Error = String;

    fn try_from(text: String) -> Result<Shard, String> {
        text.parse()
    }
}

impl From<Shard> for String {
    fn from(shard: Shard) -> String {
        shard.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_written_as_they_are_read() {
        for text in ["1/1", "2/4", "10000/10000"] {
            assert_eq!(text.parse::<Shard>().expect(text).to_string(), text);
        }
        for (text, words) in [
            ("0/4", "no part 0 of 4"),
            ("5/4", "no part 5 of 4"),
            ("1/0", "no part 1 of 0"),
            ("1/10001", "10000 parts"),
            ("2", "1/4"),
            ("1/2/3", "1/4"),
            ("+1/2", "1/4"),
            ("-1/2", "1/4"),
            ("a/b", "1/4"),
            ("/", "1/4"),
            ("1/99999999999", "1/4"),
        ] {
            let why = text.parse::<Shard>().expect_err(text);
            assert!(why.contains(words), "{text}: {why}");
        }
    }
}
