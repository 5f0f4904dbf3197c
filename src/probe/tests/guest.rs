//! A guest that one can log in to.

use std::sync::Arc;
use std::time::Duration;

use russh::keys::ssh_key::LineEnding;
use russh::keys::ssh_key::private::{Ed25519Keypair, KeypairData};
use russh::keys::{PrivateKey, PublicKey, decode_secret_key};
use russh::server::{Auth, ChannelOpenHandle, Config, Handler, Msg, Session, VerifiedPublicKey};
use russh::{Channel, ChannelId, ChannelOpenFailure, Error};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};

/// Who may log in.
pub(super) const USER: &str = "debian";
/// What lets him in, as `ssh-keygen` wrote it.
pub(super) const RSA: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/ci/fixtures/ssh/rsa"));
/// The fingerprint of the guest's own key, as `ssh-keygen -l` shows it.
pub(super) fn fingerprint() -> String {
    host_key().public_key().fingerprint(russh::keys::HashAlg::Sha256).to_string()
}

/// A key that nobody knows.
pub(super) fn stranger() -> String {
    let pair = Ed25519Keypair::from_seed(&[7; 32]);
    let key = PrivateKey::new(KeypairData::Ed25519(pair), "").expect("a key");
    key.to_openssh(LineEnding::LF).expect("text").to_string()
}

fn host_key() -> PrivateKey {
    let pair = Ed25519Keypair::from_seed(&[1; 32]);
    PrivateKey::new(KeypairData::Ed25519(pair), "").expect("a key")
}

/// Begins to listen; gives the port.
pub(super) async fn start() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("bound").port();
    let config = Arc::new(Config {
        auth_rejection_time: Duration::from_millis(1),
        keys: vec![host_key()],
        ..Config::default()
    });
    let known = decode_secret_key(RSA, None).expect("a key").public_key().clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let guest = Guest { known: known.clone() };
            let session = russh::server::run_stream(Arc::clone(&config), stream, guest);
            tokio::spawn(async move {
                if let Ok(session) = session.await {
                    let _ = session.await;
                }
            });
        }
    });
    port
}

struct Guest {
    known: PublicKey,
}

impl Handler for Guest {
    type Error = Error;

    async fn auth_publickey(
        &mut self,
        user: &str,
        key: VerifiedPublicKey<'_>,
    ) -> Result<Auth, Error> {
        let same = key.public_key.key_data() == self.known.key_data();
        Ok(if user == USER && same { Auth::Accept } else { Auth::reject() })
    }

    async fn channel_open_session(
        &mut self,
        _: Channel<Msg>,
        reply: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Error> {
        reply.accept().await;
        Ok(())
    }

    /// Knows a few commands.
    async fn exec_request(
        &mut self,
        channel: ChannelId,
        command: &[u8],
        session: &mut Session,
    ) -> Result<(), Error> {
        session.channel_success(channel)?;
        let status = match command {
            b"id -un" => {
                session.data(channel, format!("{USER}\n").into_bytes())?;
                0
            }
            b"hang" => return Ok(()),
            other => {
                let said = format!("{}: not found\n", String::from_utf8_lossy(other));
                session.extended_data(channel, 1, said.into_bytes())?;
                127
            }
        };
        session.exit_status_request(channel, status)?;
        session.eof(channel)?;
        session.close(channel)
    }

    async fn channel_open_direct_tcpip(
        &mut self,
        channel: Channel<Msg>,
        host: &str,
        port: u32,
        _: &str,
        _: u32,
        reply: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Error> {
        let port = u16::try_from(port).unwrap_or(0);
        match TcpStream::connect((host, port)).await {
            Ok(mut stream) => {
                reply.accept().await;
                tokio::spawn(async move {
                    let _ = copy_bidirectional(&mut channel.into_stream(), &mut stream).await;
                });
            }
            Err(_) => reply.reject(ChannelOpenFailure::ConnectFailed).await,
        }
        Ok(())
    }
}
