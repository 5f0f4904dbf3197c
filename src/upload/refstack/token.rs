//! How the owner of a signed run shows who they are: a JSON web token (RFC 7519) made with the
//! registered key, RS256.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

/// What has to be signed so that somebody is believed to be the user with this OpenID until a moment,
/// in seconds since 1970.
pub fn token(openid: &str, until: i64) -> String {
    let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let head = part(json!({"alg": "RS256", "typ": "JWT"}));
    format!("{head}.{}", part(json!({"user_openid": openid, "exp": until})))
}

/// The token with its signature (PKCS#1 v1.5 with SHA-256).
pub fn sealed_token(token: &str, signature: &[u8]) -> String {
    format!("{token}.{}", URL_SAFE_NO_PAD.encode(signature))
}
