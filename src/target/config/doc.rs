//! What stands in the configuration file.
//!
//! These types are its definition: the reader knows a key only if it is a field here, and the JSON
//! Schema for editors is made from them.

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};

use crate::syntax::Spanned;
use crate::target::Rate;
use crate::transcript::{Reach, VpcSupport};
use crate::wire::is_aws;

/// Targets of Parallax, by name. Credentials are never here: they are found as AWS's own tools find
/// them, in a profile or in the environment.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(rename = "Configuration", deny_unknown_fields)]
pub(super) struct ConfigDoc {
    /// The target that is meant where neither a target nor an endpoint is named.
    pub default: Option<Spanned<String>>,
    /// The targets: a name of letters, digits, dots and dashes, and what is known of it.
    #[schemars(with = "BTreeMap<String, SectionDoc>")]
    pub targets: Vec<(Spanned<String>, SectionDoc)>,
}

/// One target. What is left out is found out, as far as that can be.
#[derive(Debug, Clone, Default, JsonSchema)]
#[schemars(rename = "Target", deny_unknown_fields)]
pub(in crate::target) struct SectionDoc {
    /// What kind of cloud it is: `aws`, `openstack`, or `other`.
    #[schemars(with = "Option<Kind>")]
    pub kind: Option<Spanned<Kind>>,
    /// URL of the EC2 API; `aws` (or left out, with `kind: aws`) is AWS's own of the region.
    pub endpoint: Option<Spanned<String>>,
    /// The region to sign for.
    pub region: Option<Spanned<String>>,
    /// Profile of AWS's configuration files; the credentials are there.
    pub profile: Option<Spanned<String>>,
    /// What to call it in reports; its name here if not given.
    pub name: Option<Spanned<String>>,
    /// PEM file of certificate authorities to trust beside the system's, beside this file.
    pub ca: Option<Spanned<String>>,
    /// An image that boots.
    pub image: Option<Spanned<String>>,
    /// A small instance type that the image boots on.
    pub instance_type: Option<Spanned<String>>,
    /// An availability zone.
    pub zone: Option<Spanned<String>>,
    /// Who logs in to machines of the image.
    pub ssh_user: Option<Spanned<String>>,
    /// How its guests are reached: `direct`, `jump` (through another host), or `none`. Probes of guests
    /// are skipped without it.
    #[schemars(with = "Option<Reach>")]
    pub reach: Option<Spanned<Reach>>,
    /// The host through which guests are reached: `user@host`, or `user@host:port`.
    pub jump: Option<Spanned<String>>,
    /// The file of the key to log in there with, beside this file.
    pub jump_key: Option<Spanned<String>>,
    /// Whether there are VPCs: `default`, `no-default`, or `none`.
    #[schemars(with = "Option<VpcSupport>")]
    pub vpc: Option<Spanned<VpcSupport>>,
    /// Seconds that one request may take.
    #[schemars(with = "Option<u64>")]
    pub timeout: Option<Spanned<u64>>,
    /// Requests a second, or `{ per_second, burst }`, or `none`.
    #[schemars(with = "Option<RateDoc>")]
    pub rate: Option<Spanned<Rate>>,
    /// What it does not have: things that cases use (`instances`, `vpcs`), or actions. Cases that need
    /// it are skipped, and say so.
    #[schemars(default)]
    pub lacks: Vec<Spanned<String>>,
    /// How many of a thing may be there at once: `{ instances: 4, vpcs: 5 }`.
    #[schemars(default, with = "BTreeMap<String, u32>")]
    pub quotas: Vec<(Spanned<String>, u32)>,
}

/// What kind of cloud a target is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Amazon's own.
    Aws,
    /// OpenStack with ec2-api.
    Openstack,
    /// Anything else.
    #[default]
    Other,
}

impl Kind {
    /// By its URL, or the word for AWS's own.
    pub(in crate::target) fn of(endpoint: &str) -> Kind {
        if endpoint == "aws" || is_aws(endpoint) { Kind::Aws } else { Kind::Other }
    }

    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Aws => "aws",
            Kind::Openstack => "openstack",
            Kind::Other => "other",
        }
    }
}

/// How many requests it is sent: only what may be written, for the schema.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[allow(dead_code, reason = "only its schema is used")]
pub(super) enum RateDoc {
    /// Requests a second.
    Number(f64),
    /// `none`.
    Word(String),
    /// Requests a second, and how many may go at once.
    Bucket(BucketDoc),
}

/// Requests a second, and how many may go at once.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[allow(dead_code, reason = "only its schema is used")]
pub(super) struct BucketDoc {
    /// Requests a second.
    per_second: f64,
    /// How many may go at once; what comes in a second if not given.
    #[schemars(default)]
    burst: Option<u32>,
}

/// The JSON Schema of the configuration file, for editors.
pub fn schema() -> Schema {
    schemars::schema_for!(ConfigDoc)
}
