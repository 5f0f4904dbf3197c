//! Private keys as OpenSSL writes them, and OpenSSH did before 2019: RSA keys in PKCS#1 or PKCS#8. The
//! keys that people made for RefStack are such.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rsa::PublicKeyComponents;
use ring::signature::RsaKeyPair;
use ssh_key::Mpint;
use ssh_key::public::{KeyData, RsaPublicKey};

use super::key::KeyError;

/// Reads such a key; nothing if the text is of another kind.
///
/// # Errors
/// It is one with a passphrase, or cannot be used.
pub(super) fn read(text: &str) -> Result<Option<(KeyData, RsaKeyPair)>, KeyError> {
    let Some((kind, rest)) =
        text.trim_start().strip_prefix("-----BEGIN ").and_then(|rest| rest.split_once("-----"))
    else {
        return Ok(None);
    };
    if !matches!(
        kind,
        "RSA PRIVATE KEY" | "PRIVATE KEY" | "ENCRYPTED PRIVATE KEY" | "EC PRIVATE KEY"
    ) {
        return Ok(None);
    }
    let body = rest.split("-----END").next().unwrap_or_default();
    // Those with a passphrase have headers, or another name: OpenSSH itself rewrites them.
    if kind.starts_with('E') || body.contains(':') {
        return Err(KeyError::OldFormat);
    }
    let body: String = body.split_whitespace().collect();
    let der = STANDARD.decode(body).map_err(|e| KeyError::NoKey(e.to_string()))?;
    let pair = match kind {
        "RSA PRIVATE KEY" => RsaKeyPair::from_der(&der),
        _ => RsaKeyPair::from_pkcs8(&der),
    };
    let pair = pair.map_err(|error| match error.to_string().as_str() {
        "TooSmall" | "TooLarge" => {
            KeyError::Broken("an RSA key of 2048 to 4096 bits is needed".to_owned())
        }
        "WrongAlgorithm" => KeyError::OldFormat,
        other => KeyError::Broken(other.to_owned()),
    })?;
    let PublicKeyComponents { n, e } = PublicKeyComponents::<Vec<u8>>::from(pair.public());
    let number = |bytes: &[u8]| {
        Mpint::from_positive_bytes(bytes).map_err(|e| KeyError::Broken(e.to_string()))
    };
    let public = KeyData::Rsa(RsaPublicKey { e: number(&e)?, n: number(&n)? });
    Ok(Some((public, pair)))
}
