//! Why no case can run on a target, and what to do.

use super::Cause;
use crate::target::endpoint::Skew;
use crate::wire::FailureKind;

/// Why no case can run there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// There is no answer.
    #[error("{endpoint} cannot be reached: {what}\n  {}", advice(*kind, what))]
    Unreachable {
        /// The endpoint.
        endpoint: String,
        /// What kind of failure.
        kind: FailureKind,
        /// What happened.
        what: String,
    },
    /// There is an answer, but not of an EC2 API.
    #[error("{endpoint} does not speak EC2: it answers {what}\n  {NOT_EC2}")]
    NotEc2 {
        /// The endpoint.
        endpoint: String,
        /// What it answers.
        what: String,
    },
    /// The credentials are not accepted.
    #[error("{endpoint} does not accept the credentials: {what}\n  {}", of_refusal(*cause, *skew))]
    Refused {
        /// The endpoint.
        endpoint: String,
        /// What it answers.
        what: String,
        /// What is wrong, as far as the answer says.
        cause: Cause,
        /// How far its clock is ahead of ours, if it said so.
        skew: Option<Skew>,
    },
}

/// What to do about an endpoint that answers, but not as EC2.
pub(in crate::target) const NOT_EC2: &str = "check the URL: it has to be the EC2 API's own \
     (`openstack catalog show ec2` tells OpenStack's)";

/// What to do about refused credentials.
pub(in crate::target) fn of_refusal(cause: Cause, skew: Option<Skew>) -> String {
    match skew.filter(|skew| skew.is_too_far()) {
        Some(skew) => format!(
            "its clock is {skew} this machine's, and signatures hold for five minutes: set the one \
             that is wrong"
        ),
        None => cause.advice().to_owned(),
    }
}

/// What to do about an endpoint that cannot be reached.
pub(in crate::target) fn advice(kind: FailureKind, what: &str) -> &'static str {
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
