//! Permissions that a call needs beyond the one that is named like it.
//!
//! From the Service Authorization Reference, "Actions, resources, and condition keys for Amazon EC2",
//! column "Dependent actions" <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html>,
//! read as the PyPI package `parliament` 1.6.4 has it; which members make AWS ask for them follows from
//! what they are for.

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
    /// `ssm:GetParameters`, for an image that Systems Manager knows the id of.
    Parameters,
    /// `route53:AssociateVPCWithHostedZone`, for the private name of an interface endpoint.
    HostedZone,
    /// Use of a KMS key that the account manages: a matter of that key, so it is not in the policy.
    Key,
}

/// The extra permissions of a call with this input.
pub(super) fn extras(action: &str, input: &Value) -> Vec<Extra> {
    let has = |member: &str| input.get(member).is_some();
    let mut extras = Vec::new();
    // A launch template may hold tags, a role and a parameter, which the case does not show.
    let template = has("LaunchTemplate");
    if has("TagSpecifications") || has("TagSpecification") || template {
        extras.push(Extra::TagOnCreate);
    }
    if has("IamInstanceProfile") || template {
        extras.push(Extra::InstanceRole);
    }
    if has("DeliverLogsPermissionArn") {
        extras.push(Extra::FlowLogRole);
    }
    let image = input.get("ImageId").and_then(Value::as_str).unwrap_or_default();
    if image.starts_with("resolve:ssm:") || template {
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
