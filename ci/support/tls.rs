//! Servers on loopback that speak TLS.

use std::io::{self, Read as _, Write as _};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::server::NoServerSessionStorage;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::ec2::refusal;
use super::server::{Server, response};

/// For 127.0.0.1 and `localhost`, signed by the authority of [`AUTHORITY`].
pub const CERTIFICATE: &[u8] = include_bytes!("../fixtures/tls/server.pem");
/// Its authority, which nobody knows by himself.
pub const AUTHORITY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/ci/fixtures/tls/ca.pem");
/// Valid until 2021, and from 2098 on.
pub const EXPIRED: &[u8] = include_bytes!("../fixtures/tls/expired.pem");
pub const NOT_YET: &[u8] = include_bytes!("../fixtures/tls/not-yet.pem");
/// The authority of both.
pub const DATED_AUTHORITY: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/ci/fixtures/tls/dated-ca.pem");
/// Signed by nobody but itself.
pub const SELF_SIGNED: &[u8] = include_bytes!("../fixtures/tls/self-signed.pem");
pub const SELF_SIGNED_FILE: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/ci/fixtures/tls/self-signed.pem");

/// Speaks TLS with this certificate. Behind it there is an EC2 that refuses the credentials, so that it
/// can be told whether a request got through. Every handshake is a whole one.
pub fn server(certificate: &[u8]) -> Server {
    let certificate = CertificateDer::from_pem_slice(certificate).expect("PEM");
    let key = PrivatePkcs8KeyDer::from(include_bytes!("../fixtures/tls/server.key.der").as_slice());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("known versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key.into())
        .expect("they belong together");
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    let config = Arc::new(config);
    Server::raw(move |stream| {
        let session = ServerConnection::new(Arc::clone(&config)).map_err(io::Error::other)?;
        let mut stream = StreamOwned::new(session, stream);
        let mut request = Vec::new();
        let mut piece = [0; 4096];
        while !request.windows(8).any(|w| w == b"Version=") {
            match stream.read(&mut piece)? {
                0 => return Ok(()),
                n => request.extend_from_slice(&piece[..n]),
            }
        }
        let (_, body) = refusal(401, "AuthFailure", "unknown");
        stream.write_all(&response("401 Unauthorized", "text/xml", body.as_bytes()))?;
        stream.conn.send_close_notify();
        stream.flush()
    })
}
