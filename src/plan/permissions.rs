//! Permissions that a call needs beyond the one that is named like it.
//!
//! From the Service Authorization Reference, "Actions, resources, and condition keys for Amazon EC2",
//! column "Dependent actions" <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html>,
//! read as the PyPI package `parliament` 1.6.4 has it; which members make AWS ask for them follows from
//! what they are for. Log deliveries from "Publish flow logs to Amazon S3", "Permissions for IAM
//! principals", Amazon VPC User Guide <https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-iam.html>.

use serde_json::Value;

/// What a call needs beside its own permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Extra {
    /// `ec2:CreateTags`, for tags that are given as the thing is made.
    TagOnCreate,
    /// `iam:PassRole`, for the role of an instance.
    InstanceRole,
    /// `iam:PassRole`, for the role that delivers a flow log.
    FlowLogRole,
    /// `logs:CreateLogDelivery` and `logs:DeleteLogDelivery`, for a flow log that goes to a bucket or
    /// a stream.
    LogDelivery,
    /// `ssm:GetParameters`, for an image that Systems Manager knows the id of.
    Parameters,
    /// `route53:AssociateVPCWithHostedZone`, for the private name of an interface endpoint.
    HostedZone,
    /// Use of a KMS key that the account manages: a matter of that key, so it is not in the policy.
    Key,
}

/// The extra permissions of a call with this input; of a launch, with what its launch template says
/// where the case makes that. What is refused leaves nothing open.
pub(super) fn extras(
    action: &str,
    input: &Value,
    template: Option<&Value>,
    refused: bool,
) -> Vec<Extra> {
    let has = |member: &str| {
        input.get(member).is_some() || template.is_some_and(|data| data.get(member).is_some())
    };
    let mut extras = Vec::new();
    // A launch template that is there already may hold tags, a role and a parameter.
    let unseen = input.get("LaunchTemplate").is_some() && template.is_none() && !refused;
    if has("TagSpecifications") || has("TagSpecification") || unseen {
        extras.push(Extra::TagOnCreate);
    }
    if has("IamInstanceProfile") || unseen {
        extras.push(Extra::InstanceRole);
    }
    if has("DeliverLogsPermissionArn") {
        extras.push(Extra::FlowLogRole);
    }
    let destination = input.get("LogDestinationType").and_then(Value::as_str);
    if action == "CreateFlowLogs" && destination.is_some_and(|to| to != "cloud-watch-logs") {
        extras.push(Extra::LogDelivery);
    }
    let image = input.get("ImageId").or_else(|| template?.get("ImageId"));
    let image = image.and_then(Value::as_str).unwrap_or_default();
    if image.starts_with("resolve:ssm:") || unseen {
        extras.push(Extra::Parameters);
    }
    if action == "CreateVpcEndpoint" && input.get("VpcEndpointType") == Some(&"Interface".into()) {
        extras.push(Extra::HostedZone);
    }
    if names_key(input) {
        extras.push(Extra::Key);
    }
    extras
}

/// Whether a KMS key is named anywhere in it, in a block device mapping too.
fn names_key(input: &Value) -> bool {
    match input {
        Value::Object(map) => map.contains_key("KmsKeyId") || map.values().any(names_key),
        Value::Array(items) => items.iter().any(names_key),
        _ => false,
    }
}
