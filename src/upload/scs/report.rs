//! The report that is handed in.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::lines::{Outcome, check_line};
use super::scope::scope_id;
use crate::guideline::Guideline;
use crate::judge::RunResult;
use crate::upload::Named;

/// What the results are results of: the monitor shows only those of tests that it finds there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// Its UUID.
    pub uuid: String,
    /// What it is called.
    pub name: String,
}

impl Scope {
    /// The scope that [`super::scope`] writes of a guideline.
    pub fn of(guideline: &Guideline) -> Scope {
        let id = &guideline.metadata.id;
        Scope { uuid: scope_id(id).to_string(), name: format!("EC2 compatibility {id}") }
    }
}

/// A report on a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// What the results are results of.
    pub scope: Scope,
    /// The cloud, as the monitor calls it.
    pub subject: String,
    /// When the run ended, UTC, without a zone: the monitor passes over zones.
    pub checked_at: String,
    /// The tests with what each gave.
    pub results: Vec<(String, Outcome)>,
    /// Whether the run was held against AWS.
    by_aws: bool,
}

/// Why a report cannot be handed in. The monitor hardly looks at one itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// There is nothing in it.
    #[error("no case was judged, so there is nothing to report")]
    Empty,
    /// It says nothing about AWS.
    #[error(
        "the run was held against a recording of a stand-in, which says nothing about AWS; `parallax judge \
         DIR --reference aws` holds it against AWS"
    )]
    NotAws,
    /// The subject is none.
    #[error(
        "the cloud's name at the monitor (--subject) must not be empty, or have control characters"
    )]
    Subject,
    /// The scope's id is none.
    #[error("{0:?} is no UUID of a scope (--spec)")]
    Scope(String),
    /// The moment is none.
    #[error("the run's beginning, {0:?}, is no time")]
    Time(String),
    /// A name that could not be read back.
    #[error(
        "the test {0:?} cannot be reported: names have no line breaks, and no colon, at which the lines of \
         check programs are split; rename it in the guideline"
    )]
    Name(String),
}

impl Report {
    /// The report on a run.
    ///
    /// # Errors
    /// The run has no time.
    pub fn new(
        result: &RunResult,
        tests: &[Named<'_>],
        scope: Scope,
        subject: &str,
    ) -> Result<Report, Problem> {
        let results = tests.iter().map(|test| (test.name.clone(), Outcome::of(test.case.verdict)));
        Ok(Report {
            scope,
            subject: subject.to_owned(),
            checked_at: ended(result).ok_or_else(|| Problem::Time(result.run.started.clone()))?,
            results: results.collect(),
            by_aws: result.judged_with.not_aws().is_none(),
        })
    }

    /// What stands in the way of handing it in; nothing if nothing does.
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        if self.results.is_empty() {
            found.push(Problem::Empty);
        }
        if !self.by_aws {
            found.push(Problem::NotAws);
        }
        if self.subject.trim().is_empty() || self.subject.chars().any(char::is_control) {
            found.push(Problem::Subject);
        }
        if Uuid::parse_str(&self.scope.uuid).is_err() {
            found.push(Problem::Scope(self.scope.uuid.clone()));
        }
        let odd =
            |name: &&String| name.is_empty() || name.contains(|c: char| c == ':' || c.is_control());
        let odd = self.results.iter().map(|(name, _)| name).filter(odd);
        found.extend(odd.map(|name| Problem::Name(name.clone())));
        found
    }

    /// How many tests have this outcome.
    pub fn count(&self, outcome: Outcome) -> usize {
        self.results.iter().filter(|(_, of)| *of == outcome).count()
    }

    /// The report's id follows from all that it says: the same report is refused the second time,
    /// and a run that was judged anew is another report.
    pub fn id(&self) -> Uuid {
        let facts = json!([self.scope.uuid, self.subject, self.checked_at, self.numbers()]);
        Uuid::new_v5(&scope_id("reports"), facts.to_string().as_bytes())
    }

    fn numbers(&self) -> Map<String, Value> {
        self.results.iter().map(|(name, outcome)| (name.clone(), outcome.number().into())).collect()
    }

    /// The text: these bytes are signed.
    pub fn to_text(&self) -> String {
        let lines = self.results.iter().map(|(name, outcome)| check_line(name, *outcome));
        let report = json!({
            "spec": {"uuid": self.scope.uuid, "name": self.scope.name},
            "checked_at": self.checked_at,
            "subject": self.subject,
            "run": {
                "uuid": self.id().to_string(),
                "invocations": {"parallax": {
                    "rc": 0,
                    "results": self.numbers(),
                    "stdout": lines.collect::<Vec<_>>(),
                    "stderr": [],
                }},
            },
        });
        let text = serde_json::to_string_pretty(&report)
            .unwrap_or_else(|e| unreachable!("our own types are JSON: {e}"));
        text + "\n"
    }
}

/// The body of the request: the signature, as `ssh-keygen -Y sign` writes it, an `&`, and the report.
pub fn signed_body(signature: &str, report: &str) -> String {
    format!("{signature}&{report}")
}

/// When a run ended: RFC 3339 without the zone, which is UTC.
fn ended(result: &RunResult) -> Option<String> {
    let started: jiff::Timestamp = result.run.started.parse().ok()?;
    let took = i64::try_from(result.run.took_ms.unwrap_or(0)).ok()?;
    let ended = started.checked_add(jiff::SignedDuration::from_millis(took)).ok()?;
    Some(ended.strftime("%Y-%m-%dT%H:%M:%S").to_string())
}
