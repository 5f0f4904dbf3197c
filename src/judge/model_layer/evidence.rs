//! What the findings of the model layer rest on.

use crate::judge::{Evidence, EvidenceKind};
use crate::model::Model;

pub(super) fn model_evidence(states: &str) -> Evidence {
    Evidence {
        kind: EvidenceKind::Model,
        source: Model::ec2().source().to_owned(),
        url: Some("https://pypi.org/project/botocore/".to_owned()),
        states: states.to_owned(),
        date: Some(Model::ec2().published().to_owned()),
    }
}

/// When the documentation that is cited in this file was read.
const READ: &str = "2026-11-21";

pub(super) fn documented(source: &str, states: &str) -> Evidence {
    Evidence {
        kind: EvidenceKind::Documented,
        source: source.to_owned(),
        url: None,
        states: states.to_owned(),
        date: Some(READ.to_owned()),
    }
}

pub(super) fn protocol(states: &str) -> Evidence {
    Evidence {
        url: Some("https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html".to_owned()),
        ..documented("AWS EC2 query protocol - Smithy 2.0", states)
    }
}

/// How the protocol writes times.
pub(super) fn time_format() -> Evidence {
    let states = "The AWS EC2 query protocol writes a timestamp as date-time: RFC 3339 with optional \
                  fractions of a second and no UTC offset, such as 1985-04-12T23:20:50.52Z.";
    Evidence {
        url: Some(
            "https://smithy.io/2.0/spec/protocol-traits.html#timestampformat-trait".to_owned(),
        ),
        ..documented("timestampFormat trait - Smithy 2.0", states)
    }
}

/// Tally in the raw exchanges that two projects recorded from AWS.
pub(super) fn recorded(states: &str) -> Evidence {
    Evidence {
        kind: EvidenceKind::Statistics,
        source: "raw exchanges with AWS recorded by ManageIQ/manageiq-providers-amazon and \
                 puppetlabs/puppetlabs-aws"
            .to_owned(),
        url: Some("https://github.com/ManageIQ/manageiq-providers-amazon".to_owned()),
        states: states.to_owned(),
        date: Some("2014 to 2023".to_owned()),
    }
}
