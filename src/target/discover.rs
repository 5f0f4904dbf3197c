//! The first question to an endpoint: does EC2 speak here, may we, and what is there?

use serde_json::{Value, json};

use super::{Caller, Question};
use crate::case::Selector;
use crate::transcript::TargetFacts;
use crate::wire::FailureKind;

/// What was found out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Discovery {
    /// An availability zone that is open.
    pub zone: Option<String>,
    /// A machine image that is available.
    pub image: Option<String>,
}

/// Why no case can run there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// There is no answer.
    #[error("{endpoint} cannot be reached: {what}\n  {advice}")]
    Unreachable {
        /// The endpoint.
        endpoint: String,
        /// What happened.
        what: String,
        /// What to do.
        advice: &'static str,
    },
    /// There is an answer, but not of an EC2 API.
    #[error(
        "{endpoint} does not speak EC2: it answers {what}\n  check the URL: it has to be the EC2 \
         API's own (`openstack catalog show ec2` tells OpenStack's)"
    )]
    NotEc2 {
        /// The endpoint.
        endpoint: String,
        /// What it answers.
        what: String,
    },
    /// The credentials are not accepted.
    #[error(
        "{endpoint} does not accept the credentials: {what}\n  check AWS_ACCESS_KEY_ID, \
         AWS_SECRET_ACCESS_KEY, --profile, --region and this machine's clock"
    )]
    Refused {
        /// The endpoint.
        endpoint: String,
        /// What it answers.
        what: String,
    },
}

/// Codes for requests whose sender is not accepted: EC2's (its list of error codes, "Common client error
/// codes"), and `InvalidAccessKeyId`, which is S3's and which other clouds send here, too.
const REFUSALS: [&str; 10] = [
    "AuthFailure",
    "InvalidClientTokenId",
    "SignatureDoesNotMatch",
    "MissingAuthenticationToken",
    "IncompleteSignature",
    "InvalidAccessKeyId",
    "OptInRequired",
    "PendingVerification",
    "RequestExpired",
    "Blocked",
];

/// What [`discover`] and [`room`](super::room) call on AWS. Whoever changes one of them has to change
/// this.
pub(crate) const CALLED_ON_AWS: [&str; 3] =
    ["DescribeAvailabilityZones", "DescribeAccountAttributes", "DescribeAddresses"];

/// Whether this is an endpoint of AWS's own.
pub(super) fn is_aws(endpoint: &str) -> bool {
    endpoint.contains(".amazonaws.com")
}

/// Asks for the zones, and for an image unless one is given.
///
/// # Errors
/// The endpoint cannot be reached, does not speak EC2, or refuses the credentials.
pub async fn discover(caller: &Caller<'_>, facts: &TargetFacts) -> Result<Discovery, Problem> {
    let endpoint = facts.endpoint.clone();
    let mut found = Discovery::default();
    match caller.ask("DescribeAvailabilityZones", &Value::Null).await {
        Question::Answered(output) => {
            found.zone = first(&output, "AvailabilityZones[?State=='available'].ZoneName | [0]");
        }
        Question::Refused { code, what } if REFUSALS.contains(&code.as_str()) => {
            return Err(Problem::Refused { endpoint, what });
        }
        // It speaks EC2, and that is all that was asked.
        Question::Refused { .. } => {}
        Question::Foreign(what) => return Err(Problem::NotEc2 { endpoint, what }),
        Question::Failed { kind, what } => {
            let advice = advice(kind, &what);
            return Err(Problem::Unreachable { endpoint, what, advice });
        }
    }
    // On AWS there are tens of thousands of images, and which one is cheap is not for us to guess.
    if facts.image.is_none() && !is_aws(&facts.endpoint) {
        let input = json!({"Filters": [{"Name": "image-type", "Values": ["machine"]}]});
        if let Question::Answered(output) = caller.ask("DescribeImages", &input).await {
            found.image = first(&output, "Images[?State=='available'].ImageId | [0]");
        }
    }
    Ok(found)
}

fn advice(kind: FailureKind, what: &str) -> &'static str {
    match kind {
        FailureKind::Connect => "check host and port, and that the service runs",
        FailureKind::Tls if !what.contains("certificate") => {
            "check the URL: if what answers there speaks plain HTTP, write http://"
        }
        FailureKind::Tls if what.contains("expired") || what.contains("not valid yet") => {
            "the certificate is out of its time; if it is not, this machine's clock is"
        }
        FailureKind::Tls if what.contains("not valid for") => {
            "the certificate is another host's: check the host in the URL"
        }
        FailureKind::Tls => {
            "if the certificate is signed by an authority of your own, give its PEM file with --ca-bundle"
        }
        FailureKind::Timeout => {
            "check that nothing in between holds the request, or raise --timeout"
        }
        FailureKind::TooLarge => "check the URL: EC2 answers this question in a few kilobytes",
        FailureKind::Broken => {
            "check the URL: what answers there does not speak HTTP as it should; if it speaks TLS, \
             write https://"
        }
    }
}

fn first(output: &Value, path: &str) -> Option<String> {
    let found = Selector::new(path).and_then(|s| s.find(output)).ok()?;
    found.as_str().map(str::to_owned)
}
