//! The client layer: does AWS's own SDK accept these bytes?
//!
//! The SDK's deserialisers are called directly, without its runtime: no connection, no clock, no
//! retries, and the same code that a program written for AWS runs.

#[cfg(feature = "sdk")]
mod actions;
#[cfg(feature = "sdk")]
mod decoder;
#[cfg(feature = "sdk")]
mod place;
#[cfg(feature = "sdk")]
mod sdk;
#[cfg(all(test, feature = "sdk"))]
mod tests;
mod unreadable;

#[cfg(feature = "sdk")]
use decoder::decoders;
use serde_json::json;
use unreadable::BODY;
pub use unreadable::{Unreadable, Why};

use super::observe::AnswerSeen;
use super::rules::finding;
use super::{Evidence, EvidenceKind, Finding};
use crate::wire::Answer;

/// What AWS's SDK makes of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// It decodes.
    Output {
        /// The request id that the SDK offers to its user.
        request_id: Option<String>,
    },
    /// It is understood as a refusal.
    Refusal {
        /// The code, if the SDK finds one.
        code: Option<String>,
        /// The request id that the SDK offers to its user.
        request_id: Option<String>,
    },
    /// It cannot be decoded; says where and why.
    Unreadable(Unreadable),
}

/// The SDK and its version; `None` if this build has none.
pub fn sdk() -> Option<String> {
    #[cfg(feature = "sdk")]
    return Some(format!("aws-sdk-ec2 {}", aws_sdk_ec2::meta::PKG_VERSION));
    #[cfg(not(feature = "sdk"))]
    None
}

/// Reads an answer as AWS's SDK does; `None` if this build has no SDK, or no decoder for the action.
pub fn read(action: &str, status: u16, headers: &[(&str, &str)], body: &[u8]) -> Option<Reading> {
    #[cfg(feature = "sdk")]
    return Some(sdk::read(action, decoder::of(action)?, status, headers, body));
    #[cfg(not(feature = "sdk"))]
    {
        let _ = (action, status, headers, body);
        None
    }
}

/// The findings of this layer about one answer.
pub(super) fn check(step: &str, seen: &AnswerSeen<'_>) -> Vec<Finding> {
    // What is no EC2 at all is the model layer's to say, once.
    if matches!(seen.answer, Answer::Foreign(_)) {
        return Vec::new();
    }
    let action = seen.exchange.action.as_str();
    let Some(reading) = read(action, seen.status, &seen.headers, &seen.body) else {
        return Vec::new();
    };
    let found = |rule, path: &str, message: String, states: &str| Finding {
        message,
        evidence: vec![Evidence {
            kind: EvidenceKind::Sdk,
            source: sdk().unwrap_or_default(),
            url: Some("https://crates.io/crates/aws-sdk-ec2".to_owned()),
            states: states.to_owned(),
            date: None,
        }],
        exchange: Some(seen.exchange.seq),
        ..finding(rule, step, path)
    };
    let mut findings = Vec::new();
    let request_id = match reading {
        Reading::Unreadable(unreadable) => {
            let Unreadable { path, why } = unreadable.canonical();
            let message = match path.as_str() {
                BODY => format!("the SDK fails: {why}"),
                _ => format!("the SDK fails at {path}: {why}"),
            };
            findings.push(Finding {
                expected: json!(why.expected()),
                actual: json!(why.actual()),
                ..found(
                    "client.decode",
                    &path,
                    message,
                    "The SDK's typed decoder for this action refuses the answer.",
                )
            });
            return findings;
        }
        Reading::Output { request_id } => request_id,
        Reading::Refusal { code, request_id } => {
            if code.as_deref().unwrap_or_default().is_empty() {
                findings.push(Finding {
                    expected: json!("an error code"),
                    ..found(
                        "client.error-code",
                        "error.code",
                        "the SDK sees no error code".into(),
                        "The SDK finds no code in the answer.",
                    )
                });
            }
            request_id
        }
    };
    if request_id.is_none() {
        let mut finding = Finding {
            expected: json!("x-amzn-RequestId: <uuid>"),
            ..found(
                "client.request-id",
                "http.headers",
                "the SDK sees no request id: it reads the header x-amzn-RequestId".into(),
                "The SDK takes the request id from the answer's headers only.",
            )
        };
        finding.evidence.push(Evidence {
            kind: EvidenceKind::Statistics,
            source: "raw exchanges with AWS recorded by ManageIQ/manageiq-providers-amazon".into(),
            url: Some("https://github.com/ManageIQ/manageiq-providers-amazon".into()),
            states: "57 of 57 answers recorded from 2020 on carry the header, with the same id as \
                     in the body; so does the refusal that is quoted in aws/aws-sdk#97."
                .into(),
            date: Some("2020 to 2023".into()),
        });
        findings.push(finding);
    }
    findings
}
