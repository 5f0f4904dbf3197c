//! All steps, in an order in which each needs the ones before.

use std::time::Instant;

use serde::Serialize;
use serde_json::Value;

use super::actions::{self, actions};
use super::credentials::{clock, credentials};
use super::reach::reach;
use super::things::things;
use super::{Outcome, Step};
use crate::target::connect::prepare;
use crate::target::discover::{NOT_EC2, advice, find_rest, first_zone};
use crate::target::{Caller, ConnectError, Connection, Question};
use crate::transcript::TargetFacts;
use crate::wire::FailureKind;

/// What was found out about a target.
#[derive(Debug, Serialize)]
pub struct Checked {
    /// What is known of it now.
    pub facts: TargetFacts,
    /// What was looked at, in order.
    pub steps: Vec<Step>,
    /// Some actions, and whether they are offered.
    pub actions: Vec<actions::Asked>,
}

impl Checked {
    /// Whether cases can run there.
    pub fn is_usable(&self) -> bool {
        self.steps.iter().all(|step| step.outcome != Outcome::Failed)
    }
}

/// Looks at a target.
///
/// # Errors
/// There is nothing to look with: no credentials, no region, no URL, no certificates.
pub async fn check(connection: &Connection) -> Result<Checked, ConnectError> {
    let prepared = prepare(connection).await?;
    let caller = Caller::new(&prepared.endpoint, &prepared.discovery);
    let mut facts = prepared.facts.clone();
    let kind = connection.kind();
    let (mut steps, reached) = reach(prepared.endpoint.url()).await;
    let mut offered = Vec::new();
    if reached {
        let began = Instant::now();
        let answer = caller.ask("DescribeAvailabilityZones", &Value::Null).await;
        steps.extend(spoken(&answer, prepared.endpoint.url().scheme(), began));
        let refused = matches!(answer, Question::Refused { .. });
        if let Some(step) = credentials(&caller, &answer, prepared.expires).await {
            steps.push(clock(prepared.endpoint.skew(), refused && step.outcome == Outcome::Failed));
            steps.push(step);
        }
        if steps.iter().all(|step| step.outcome != Outcome::Failed) {
            let zones = match answer {
                Question::Answered(output) => output,
                _ => Value::Null,
            };
            let mut found = find_rest(&caller, &facts, kind).await;
            found.zone = first_zone(&zones);
            steps.extend(things(&caller, &facts, &found, &zones, kind).await);
            found.complete(&mut facts);
            offered = actions(&caller, kind).await;
        }
    }
    Ok(Checked { facts, steps, actions: offered })
}

/// Whether TLS and EC2 are spoken.
fn spoken(answer: &Question, scheme: &str, began: Instant) -> Vec<Step> {
    let tls = || (scheme == "https").then(|| Step::ok("tls", "the certificate is right"));
    let ec2 = match answer {
        Question::Answered(_) => Step::ok("ec2", "it answers as EC2 does"),
        Question::Refused { .. } => Step::ok("ec2", "it refuses as EC2 does"),
        Question::Foreign(what) => {
            Step::failed("ec2", format!("it does not speak EC2: it answers {what}"), NOT_EC2)
        }
        Question::Failed { kind: FailureKind::Tls, what } => {
            return vec![Step::failed("tls", what, advice(FailureKind::Tls, what))];
        }
        Question::Failed { kind, what } => {
            let step = Step::failed("http", what, advice(*kind, what)).took(began.elapsed());
            return vec![step];
        }
    };
    tls().into_iter().chain([ec2.took(began.elapsed())]).collect()
}
