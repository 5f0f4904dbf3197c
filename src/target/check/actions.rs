//! Which of some actions are offered: one for each kind of thing that cases are about.

use futures_util::future::join_all;
use serde::Serialize;
use serde_json::{Value, json};

use super::credentials::not_allowed;
use crate::target::discover::{cause, is_not_offered, small_types};
use crate::target::{Caller, Kind, Question};

/// What is asked for. All of them only look.
const ACTIONS: [&str; 20] = [
    "DescribeAccountAttributes",
    "DescribeAddresses",
    "DescribeCustomerGateways",
    "DescribeDhcpOptions",
    "DescribeImages",
    "DescribeInstanceTypes",
    "DescribeInstances",
    "DescribeInternetGateways",
    "DescribeKeyPairs",
    "DescribeLaunchTemplates",
    "DescribeNatGateways",
    "DescribeNetworkAcls",
    "DescribeNetworkInterfaces",
    "DescribeRegions",
    "DescribeRouteTables",
    "DescribeSecurityGroups",
    "DescribeSnapshots",
    "DescribeSubnets",
    "DescribeTags",
    "DescribeVolumes",
];

/// An action, and whether it is offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Asked {
    /// Its name.
    pub action: &'static str,
    /// Whether it is offered.
    pub offer: Offer,
    /// What the endpoint answered, unless it was the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub says: Option<String>,
}

/// Whether an action is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Offer {
    /// It is, or is refused for a reason of its own.
    Yes,
    /// It is, but not to whoever asks.
    NotAllowed,
    /// It is not.
    No,
    /// It failed.
    Unclear,
}

/// Asks for all of them at once.
pub(super) async fn actions(caller: &Caller<'_>, kind: Kind) -> Vec<Asked> {
    join_all(ACTIONS.map(|action| async move {
        let answer = caller.ask(action, &input(action, kind)).await;
        let (offer, says) = offer(answer);
        Asked { action, offer, says }
    }))
    .await
}

/// As little as can be asked for.
fn input(action: &str, kind: Kind) -> Value {
    match action {
        // All that is public, otherwise.
        "DescribeImages" => json!({"Owners": ["self"]}),
        "DescribeSnapshots" => json!({"OwnerIds": ["self"]}),
        // Not every action has pages on AWS, and other clouds may not take the member.
        "DescribeInstanceTypes" => small_types(),
        "DescribeInstances"
        | "DescribeVolumes"
        | "DescribeTags"
        | "DescribeNetworkInterfaces"
        | "DescribeSecurityGroups"
            if kind == Kind::Aws =>
        {
            json!({"MaxResults": 5})
        }
        _ => Value::Null,
    }
}

fn offer(answer: Question) -> (Offer, Option<String>) {
    match answer {
        Question::Answered(_) => (Offer::Yes, None),
        Question::Refused { code, what } => {
            let offer = match code.as_str() {
                code if is_not_offered(code) => Offer::No,
                code if not_allowed(code) || cause(code, &what).is_some() => Offer::NotAllowed,
                "InternalError"
                | "InternalFailure"
                | "InternalServerError"
                | "ServiceUnavailable"
                | "Unavailable" => Offer::Unclear,
                _ => Offer::Yes,
            };
            (offer, Some(what))
        }
        Question::Foreign(what) | Question::Failed { what, .. } => (Offer::Unclear, Some(what)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Model, only_reads};

    #[test]
    fn they_only_look() {
        for action in ACTIONS {
            assert!(Model::ec2().action(action).is_some() && only_reads(action), "{action}");
        }
    }

    #[test]
    fn what_refusals_say() {
        for (code, expected) in [
            ("InvalidAction", Offer::No),
            ("UnauthorizedOperation", Offer::NotAllowed),
            ("AuthFailure", Offer::NotAllowed),
            ("InternalError", Offer::Unclear),
            ("InvalidParameterValue", Offer::Yes),
        ] {
            let refused = Question::Refused { code: code.to_owned(), what: String::new() };
            assert_eq!(offer(refused).0, expected, "{code}");
        }
    }
}
