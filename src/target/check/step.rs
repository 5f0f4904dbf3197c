//! One thing that was looked at.

use std::time::Duration;

use serde::Serialize;

/// One thing that was looked at, and how it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// What it is: `dns`, `tcp`, `tls`, `ec2`, `clock`, `credentials`, `image`, …
    pub what: &'static str,
    /// How it is.
    pub outcome: Outcome,
    /// The same in words.
    pub says: String,
    /// What to do, if something is to be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
    /// How long it took to find out, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub took_ms: Option<u64>,
}

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// As it should be.
    Ok,
    /// Not as it should be, but cases can run.
    Warning,
    /// No case can run.
    Failed,
}

impl Step {
    pub(super) fn ok(what: &'static str, says: impl Into<String>) -> Step {
        let outcome = Outcome::Ok;
        Step { what, outcome, says: says.into(), advice: None, took_ms: None }
    }

    pub(super) fn warning(
        what: &'static str,
        says: impl Into<String>,
        advice: impl Into<String>,
    ) -> Step {
        let advice = Some(advice.into());
        Step { outcome: Outcome::Warning, advice, ..Step::ok(what, says) }
    }

    pub(super) fn failed(
        what: &'static str,
        says: impl Into<String>,
        advice: impl Into<String>,
    ) -> Step {
        Step { outcome: Outcome::Failed, ..Step::warning(what, says, advice) }
    }

    pub(super) fn took(self, took: Duration) -> Step {
        Step { took_ms: u64::try_from(took.as_millis()).ok(), ..self }
    }
}
