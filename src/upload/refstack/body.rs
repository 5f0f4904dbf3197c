//! What is handed in.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use crate::judge::{RunResult, Verdict};
use crate::upload::Named;

/// The names of the tests that passed: all that RefStack takes of a run. What it shows follows from
/// them and from a guideline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Submission {
    /// The cloud; runs of one cloud have the same.
    pub cpid: String,
    /// How long the run took, in whole seconds.
    pub duration_seconds: u64,
    /// The tests that passed.
    pub results: Vec<Passed>,
}

/// A test that passed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Passed {
    /// Its name.
    pub name: String,
    /// Its UUID, without `id-`.
    pub uuid: String,
}

impl Submission {
    /// What is handed in of a run. A run that was held against a stand-in passes nothing.
    pub fn new(result: &RunResult, tests: &[Named<'_>], cpid: Option<&str>) -> Submission {
        let target = &result.run.target;
        let by_aws = result.judged_with.not_aws().is_none();
        let passed = tests.iter().filter(|test| by_aws && test.case.verdict == Verdict::Pass);
        let passed =
            passed.map(|test| Passed { name: test.name.clone(), uuid: test.case.id.clone() });
        Submission {
            cpid: cpid.map_or_else(|| cloud_id(&target.endpoint, &target.region), str::to_owned),
            duration_seconds: result.run.took_ms.unwrap_or(0).div_ceil(1000),
            results: passed.collect(),
        }
    }

    /// The text: these bytes are sent and signed. A line for each test.
    pub fn to_text(&self) -> String {
        let mut text = format!(
            "{{\"cpid\": {}, \"duration_seconds\": {}, \"results\": [",
            json!(self.cpid),
            self.duration_seconds
        );
        for (at, passed) in self.results.iter().enumerate() {
            let comma = if at == 0 { "" } else { "," };
            let _ = write!(text, "{comma}\n{}", json!(passed));
        }
        text + "\n]}\n"
    }
}

/// An id of a cloud that follows from its endpoint and region and does not tell them.
pub fn cloud_id(endpoint: &str, region: &str) -> String {
    let place = format!("{}#{region}", endpoint.trim_end_matches('/'));
    Uuid::new_v5(&Uuid::NAMESPACE_URL, place.as_bytes()).simple().to_string()
}
