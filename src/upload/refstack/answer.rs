//! What RefStack answers to what it took.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::{RESULTS, Sent, refusal};
use crate::report::clean::clean;
use crate::upload::{Answer, Refusal};

/// What stands for a run that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The run's id at RefStack.
    pub test_id: Uuid,
    /// Where RefStack says that it shows the run, fit to be shown.
    pub url: Option<String>,
}

impl Receipt {
    /// Where the run is read, below the server's address.
    pub fn path(&self) -> String {
        format!("{RESULTS}{}", self.test_id)
    }
}

/// Reads the answer to what was handed in.
///
/// # Errors
/// It was refused, or it is not known what became of it; says why, and what to do.
pub fn read_receipt(answer: &Answer, sent: &Sent) -> Result<Receipt, Refusal> {
    let json = answer.json().filter(|_| answer.status == 201);
    let text = |key: &str| json.as_ref()?.get(key)?.as_str();
    let test_id = text("test_id").and_then(|id| Uuid::parse_str(id).ok());
    match test_id {
        Some(test_id) => Ok(Receipt { test_id, url: text("url").map(clean) }),
        None => Err(refusal(answer, sent)),
    }
}

/// A run as RefStack shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The names of its tests.
    pub names: BTreeSet<String>,
    /// Whether who asked is its owner.
    pub owned: bool,
    /// What its owner said of it: `guideline`, `target`, `shared`.
    pub meta: Vec<(String, String)>,
}

/// Reads a run as RefStack shows it.
///
/// # Errors
/// It does not show it, or shows something else.
pub fn read_stored(answer: &Answer) -> Result<Stored, String> {
    #[derive(Deserialize)]
    struct Run {
        results: BTreeSet<String>,
        #[serde(default)]
        user_role: String,
        #[serde(default)]
        meta: serde_json::Map<String, Value>,
    }
    if answer.status != 200 {
        return Err(format!("HTTP {}, {}", answer.status, answer.excerpt()));
    }
    let run: Run = serde_json::from_slice(&answer.body)
        .map_err(|e| format!("what it shows is no run: {}", clean(&e.to_string())))?;
    let said = |(key, value): (&String, &Value)| Some((clean(key), clean(value.as_str()?)));
    let meta = run.meta.iter().filter_map(said).collect();
    Ok(Stored { names: run.results, owned: run.user_role == "owner", meta })
}
