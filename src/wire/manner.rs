//! How a request differs from what an AWS SDK sends: what cases about the protocol itself vary.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The manner of a request; by default that of AWS's SDKs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Manner {
    /// HTTP method.
    #[serde(skip_serializing_if = "is_default")]
    pub method: Method,
    /// Headers by their lower-case names, in place of those that would be sent; `None` leaves one
    /// out.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, Option<String>>,
    /// How parameters are escaped.
    #[serde(skip_serializing_if = "is_default")]
    pub encoding: Encoding,
    /// How the request is signed.
    #[serde(skip_serializing_if = "is_default")]
    pub signature: Signature,
}

impl Manner {
    /// Whether it is that of AWS's SDKs.
    pub fn is_usual(&self) -> bool {
        *self == Manner::default()
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// HTTP methods that EC2 takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Parameters in the body.
    #[default]
    Post,
    /// Parameters in the URL.
    Get,
}

/// How parameters are escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// As SDKs do it: everything but RFC 3986's unreserved characters.
    #[default]
    Usual,
    /// As HTML forms do it: a space is `+`.
    Plus,
    /// Letters and digits too: every byte is escaped.
    Everything,
}

/// How a request is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Signature {
    /// Signature Version 4 in headers, as SDKs do it.
    #[default]
    Valid,
    /// Not at all.
    None,
    /// With another secret than the key's.
    WrongSecret,
    /// With a key that nobody has: AWS's documented example.
    UnknownKey,
    /// An hour ago; AWS takes fifteen minutes.
    Expired,
    /// An hour from now.
    Future,
    /// The body was changed afterwards.
    AlteredBody,
    /// For another region.
    WrongRegion,
    /// For another service.
    WrongService,
    /// In the URL instead of in headers (presigned), valid for a minute.
    Presigned,
    /// Presigned, an hour ago, for a minute.
    PresignedExpired,
}

impl Signature {
    /// Whether the signature stands in the URL.
    pub(crate) fn is_presigned(self) -> bool {
        matches!(self, Signature::Presigned | Signature::PresignedExpired)
    }
}
