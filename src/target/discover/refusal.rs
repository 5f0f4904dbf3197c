//! What a refusal says about who asked.

use serde::Serialize;

/// Why a request is refused whoever sends it with these credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// Nobody has this access key.
    UnknownKey,
    /// The secret is not this key's, or the request was changed on its way.
    WrongSecret,
    /// The session is over.
    Expired,
    /// The clocks are too far apart.
    Clock,
    /// The account may not use the service.
    Account,
    /// The signature did not arrive whole.
    Unsigned,
    /// Any of these.
    Unclear,
}

impl Cause {
    /// What to do.
    pub(in crate::target) fn advice(self) -> &'static str {
        match self {
            Cause::UnknownKey => {
                "check AWS_ACCESS_KEY_ID or --profile: there is no such key at this endpoint"
            }
            Cause::WrongSecret => {
                "check AWS_SECRET_ACCESS_KEY or --profile: the secret is not the key's; or something in \
                 between changes requests"
            }
            Cause::Expired => {
                "get new temporary credentials (aws sso login, or whatever gave you these), or use a \
                 --profile that renews them"
            }
            Cause::Clock => {
                "set this machine's clock, or the endpoint's: signatures hold for minutes"
            }
            Cause::Account => {
                "the account itself is not allowed to: enable the region, or finish signing up"
            }
            Cause::Unsigned => {
                "check what is between here and the endpoint: it drops or changes the Authorization \
                 header"
            }
            Cause::Unclear => {
                "check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, --profile, --region and this \
                 machine's clock; `parallax target check` tells which"
            }
        }
    }
}

/// Whether a code says that there is no such action: AWS's own words for it, and those of OpenStack's
/// ec2-api and of emulators.
pub(in crate::target) fn is_not_offered(code: &str) -> bool {
    matches!(
        code,
        "InvalidAction"
            | "UnsupportedOperation"
            | "Unsupported"
            | "NotImplemented"
            | "UnknownAction"
    )
}

/// What this code says about who asked; `None`: nothing, it was refused for another reason.
///
/// The codes are those of EC2's list ("Error codes for the Amazon EC2 API", common client errors) and
/// of the list that AWS's services share ("Common Error Types"); `InvalidAccessKeyId` is S3's, and
/// other clouds send it here, too.
pub(in crate::target) fn cause(code: &str, message: &str) -> Option<Cause> {
    let message = message.to_ascii_lowercase();
    Some(match code {
        "InvalidClientTokenId" | "InvalidAccessKeyId" | "UnrecognizedClientException" => {
            Cause::UnknownKey
        }
        // AWS: "Signature expired: … is now earlier than …", "Signature not yet current: …".
        "SignatureDoesNotMatch" | "InvalidSignatureException"
            if message.contains("expired") || message.contains("not yet current") =>
        {
            Cause::Clock
        }
        "SignatureDoesNotMatch" | "InvalidSignatureException" => Cause::WrongSecret,
        "ExpiredToken" | "ExpiredTokenException" | "TokenRefreshRequired" => Cause::Expired,
        "RequestExpired" | "RequestTimeTooSkewed" => Cause::Clock,
        "OptInRequired" | "PendingVerification" | "Blocked" => Cause::Account,
        "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException"
        | "IncompleteSignature" => Cause::Unsigned,
        "AuthFailure" | "InvalidToken" => Cause::Unclear,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_their_cause() {
        for (code, message, expected) in [
            ("InvalidClientTokenId", "", Some(Cause::UnknownKey)),
            ("SignatureDoesNotMatch", "we calculated another", Some(Cause::WrongSecret)),
            ("SignatureDoesNotMatch", "Signature expired: 20261121 is", Some(Cause::Clock)),
            ("RequestExpired", "", Some(Cause::Clock)),
            ("ExpiredToken", "", Some(Cause::Expired)),
            ("AuthFailure", "not able to validate", Some(Cause::Unclear)),
            // It knows who asks, and does not let them.
            ("UnauthorizedOperation", "", None),
            ("InvalidAction", "", None),
        ] {
            assert_eq!(cause(code, message), expected, "{code} {message}");
        }
    }
}
