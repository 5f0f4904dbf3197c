//! Signature Version 4, through AWS's own signing crate.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign,
};
use aws_sigv4::sign::v4;

use super::Signature;

/// How far from now a request is signed that is to be refused for its time. AWS takes fifteen
/// minutes, either way.
const OUT_OF_TIME: Duration = Duration::from_secs(60 * 60);
/// How long a presigned request is valid.
const PRESIGNED_FOR: Duration = Duration::from_secs(60);

/// AWS's access key ids have 16 characters at least (IAM API Reference, `AccessKeyId`).
const SHORTEST_KEY_ID: usize = 16;

/// What has to be added to a request for it to be signed.
#[derive(Debug, Clone, Default)]
pub struct Signed {
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// Parameters of the URL, not escaped.
    pub query: Vec<(String, String)>,
}

/// Signs requests for one region with one set of credentials.
#[derive(Clone)]
pub struct Signer {
    credentials: Credentials,
    region: String,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signer").field("region", &self.region).finish_non_exhaustive()
    }
}

impl Signer {
    /// A signer for the service `ec2` of a region.
    pub fn new(credentials: Credentials, region: impl Into<String>) -> Self {
        Signer { credentials, region: region.into() }
    }

    /// The region that requests are signed for.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// What must never be written anywhere: secret key, session token and access key id.
    pub fn secrets(&self) -> Vec<String> {
        let mut secrets = vec![self.credentials.secret_access_key().to_owned()];
        let id = self.credentials.access_key_id();
        // A shorter one is none of AWS's or OpenStack's but a word, as emulators take; it might be
        // part of every answer.
        if id.len() >= SHORTEST_KEY_ID {
            secrets.push(id.to_owned());
        }
        secrets.extend(self.credentials.session_token().map(str::to_owned));
        secrets
    }

    /// What signs a request, to be added to it; as the manner says, which may be wrong on purpose.
    ///
    /// # Errors
    /// The URL or a header cannot be signed; says why.
    pub fn sign(
        &self,
        method: &str,
        url: &str,
        headers: &[(String, String)],
        body: &[u8],
        at: SystemTime,
        signature: Signature,
    ) -> Result<Signed, String> {
        if signature == Signature::None {
            return Ok(Signed::default());
        }
        let identity = self.credentials_for(signature).into();
        let mut settings = SigningSettings::default();
        if signature.is_presigned() {
            settings.signature_location = SignatureLocation::QueryParams;
            settings.expires_in = Some(PRESIGNED_FOR);
        }
        let region = match signature {
            Signature::WrongRegion => "no-such-region-1",
            _ => &self.region,
        };
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(region)
            .name(if signature == Signature::WrongService { "s3" } else { "ec2" })
            .time(match signature {
                Signature::Expired | Signature::PresignedExpired => at - OUT_OF_TIME,
                Signature::Future => at + OUT_OF_TIME,
                _ => at,
            })
            .settings(settings)
            .build()
            .map_err(|e| e.to_string())?
            .into();
        let signable = SignableRequest::new(
            method,
            url,
            headers.iter().map(|(n, v)| (n.as_str(), v.as_str())),
            SignableBody::Bytes(body),
        )
        .map_err(|e| e.to_string())?;
        let (instructions, _) = sign(signable, &params).map_err(|e| e.to_string())?.into_parts();
        Ok(Signed {
            headers: instructions.headers().map(|(n, v)| (n.to_owned(), v.to_owned())).collect(),
            query: instructions
                .params()
                .iter()
                .map(|(n, v)| ((*n).to_owned(), v.clone().into_owned()))
                .collect(),
        })
    }

    fn credentials_for(&self, signature: Signature) -> Credentials {
        let ours = &self.credentials;
        match signature {
            Signature::UnknownKey => Credentials::new(
                "AKIAIOSFODNN7EXAMPLE",
                "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                None,
                None,
                "a key that nobody has",
            ),
            Signature::WrongSecret => Credentials::new(
                ours.access_key_id(),
                ours.secret_access_key().chars().rev().collect::<String>() + "x",
                ours.session_token().map(str::to_owned),
                None,
                "a secret that is not the key's",
            ),
            _ => ours.clone(),
        }
    }
}
