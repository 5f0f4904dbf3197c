//! Logs in by ssh, runs a command there, or goes on from there to somewhere else.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use russh::client::{self, AuthResult, Handle, Msg};
use russh::keys::{HashAlg, PrivateKey, PrivateKeyWithHashAlg, PublicKeyOrCertificate};
use russh::{ChannelId, ChannelMsg, ChannelOpenFailure, ChannelStream, Disconnect, Error};
use serde_json::{Map, Value, json};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, timeout, timeout_at};

use super::dial::{Dialled, SILENCE, Way};
use super::found::{Bounded, Found, Outcome};
use super::reach::Jump;

/// How long a login to a jump host may take: no part of what is asked about the guest behind it.
const ENTERING: Duration = Duration::from_secs(30);

/// Who logs in where.
pub(super) struct Login<'a> {
    pub(super) host: &'a str,
    pub(super) port: u16,
    pub(super) user: &'a str,
    /// Without one it is only asked how one may log in.
    pub(super) key: Option<Arc<PrivateKey>>,
    /// The fingerprint that the host's key has to have, `SHA256:…`.
    pub(super) host_key: Option<&'a str>,
}

/// What is run in a guest.
pub(super) struct Command<'a> {
    pub(super) line: &'a str,
    pub(super) input: &'a str,
}

/// Why nobody got in.
pub(super) enum Shut {
    /// What that says of the target.
    Out(Outcome),
    /// Nothing is known: the way there failed.
    Failed(String),
}

/// Inside a host.
pub(super) struct Inside {
    handle: Handle<Guest>,
    seen: Arc<Mutex<Seen>>,
}

/// What a host said that no answer of the library's holds.
#[derive(Debug, Default)]
struct Seen {
    /// The host's key: algorithm and fingerprint.
    key: Option<(String, String)>,
    /// Why the last channel was not opened, in its words.
    not_opened: Option<String>,
}

struct Guest {
    wanted: Option<String>,
    seen: Arc<Mutex<Seen>>,
}

impl client::Handler for Guest {
    type Error = Error;

    async fn check_server_key(&mut self, key: &PublicKeyOrCertificate) -> Result<bool, Error> {
        let (algorithm, fingerprint) = match key {
            PublicKeyOrCertificate::PublicKey { key, .. } => {
                (key.algorithm(), key.fingerprint(HashAlg::Sha256))
            }
            PublicKeyOrCertificate::Certificate(certificate) => {
                let key = certificate.public_key();
                (key.algorithm(), key.fingerprint(HashAlg::Sha256))
            }
        };
        let fingerprint = fingerprint.to_string();
        let is_wanted = self.wanted.as_ref().is_none_or(|wanted| *wanted == fingerprint);
        lock(&self.seen).key = Some((algorithm.to_string(), fingerprint));
        Ok(is_wanted)
    }

    async fn channel_open_failure(
        &mut self,
        _: ChannelId,
        _: ChannelOpenFailure,
        description: &str,
        _: &str,
        _: &mut client::Session,
    ) -> Result<(), Error> {
        lock(&self.seen).not_opened = Some(description.to_owned());
        Ok(())
    }
}

fn lock(seen: &Mutex<Seen>) -> std::sync::MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Logs in and runs a command, if there is one.
pub(super) async fn look(
    way: Way<'_>,
    login: &Login<'_>,
    command: Option<Command<'_>>,
    deadline: Instant,
) -> Found {
    let inside = match enter(way, login, deadline).await {
        Ok(inside) => inside,
        Err(Shut::Out(outcome)) => return Ok(outcome.value()),
        Err(Shut::Failed(why)) => return Err(why),
    };
    let host_key = inside.host_key();
    let outcome = match command {
        None => Outcome::new("logged-in"),
        Some(command) => inside.run(&command, deadline).await,
    };
    inside.leave().await;
    Ok(outcome.with("HostKey", host_key).value())
}

/// Logs in before `deadline`.
pub(super) async fn enter(
    way: Way<'_>,
    login: &Login<'_>,
    deadline: Instant,
) -> Result<Inside, Shut> {
    let stream = match way.dial(login.host, login.port, deadline).await {
        Dialled::Open(stream) => stream,
        Dialled::Closed(outcome) => return Err(Shut::Out(outcome)),
        Dialled::Failed(why) => return Err(Shut::Failed(why)),
    };
    // A way that took long is no silence of who is at its end.
    let deadline = match way {
        Way::Direct => deadline,
        Way::Through(_) => deadline.max(Instant::now() + SILENCE),
    };
    let seen = Arc::new(Mutex::new(Seen::default()));
    let guest = Guest { wanted: login.host_key.map(str::to_owned), seen: Arc::clone(&seen) };
    let config = client::Config {
        // A guest that is gone is not waited for.
        inactivity_timeout: Some(Duration::from_secs(60)),
        ..client::Config::default()
    };
    let connecting = client::connect_stream(Arc::new(config), stream, guest);
    let not_ssh = |why: String| Outcome::because("no-ssh", why).with("HostKey", host_key(&seen));
    let handle = match timeout_at(deadline, connecting).await {
        Ok(Ok(handle)) => handle,
        Ok(Err(Error::UnknownKey)) => {
            let outcome = Outcome::new("wrong-host-key").with("HostKey", host_key(&seen));
            return Err(Shut::Out(outcome));
        }
        Ok(Err(error)) => return Err(Shut::Out(not_ssh(error.to_string()))),
        Err(_) => return Err(Shut::Out(not_ssh("it took a connection and said nothing".into()))),
    };
    let mut inside = Inside { handle, seen };
    match timeout_at(deadline, inside.authenticate(login)).await {
        Ok(Ok(AuthResult::Success)) => Ok(inside),
        Ok(Ok(AuthResult::Failure { remaining_methods, .. })) => {
            let methods: Vec<&str> = remaining_methods.iter().map(Into::into).collect();
            let outcome = Outcome::new("denied").with("Methods", methods);
            let outcome = outcome.with("HostKey", inside.host_key());
            inside.leave().await;
            Err(Shut::Out(outcome))
        }
        Ok(Err(error)) => Err(Shut::Out(inside.broken_off(error.to_string()))),
        Err(_) => Err(Shut::Out(inside.broken_off("the login took too long".to_owned()))),
    }
}

impl Inside {
    async fn authenticate(&mut self, login: &Login<'_>) -> Result<AuthResult, Error> {
        let Some(key) = &login.key else {
            return self.handle.authenticate_none(login.user).await;
        };
        // Hosts that do not say which signatures of RSA they take are old: SHA-1 is what they know.
        let hashes = match self.handle.best_supported_rsa_hash().await? {
            _ if !key.algorithm().is_rsa() => vec![None],
            Some(best) => vec![best],
            None => vec![Some(HashAlg::Sha256), None],
        };
        let mut last = None;
        for hash in hashes {
            let key = PrivateKeyWithHashAlg::new(Arc::clone(key), hash);
            let result = self.handle.authenticate_publickey(login.user, key).await?;
            if result.success() {
                return Ok(result);
            }
            last = Some(result);
        }
        last.ok_or(Error::NoAuthMethod)
    }

    /// Runs a command to its end, or to the deadline.
    async fn run(&self, command: &Command<'_>, deadline: Instant) -> Outcome {
        match timeout_at(deadline, self.carry_out(command)).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(error)) => self.broken_off(error.to_string()),
            Err(_) => self.broken_off("the command did not end in time".to_owned()),
        }
    }

    async fn carry_out(&self, command: &Command<'_>) -> Result<Outcome, Error> {
        let mut channel = self.handle.channel_open_session().await?;
        channel.exec(true, command.line).await?;
        if !command.input.is_empty() {
            channel.data_bytes(command.input.as_bytes().to_vec()).await?;
        }
        channel.eof().await?;
        let (mut out, mut err) = (Bounded::default(), Bounded::default());
        let mut end = Map::new();
        while let Some(message) = channel.wait().await {
            let goes_on = match message {
                ChannelMsg::Data { data } => out.add(&data),
                ChannelMsg::ExtendedData { data, .. } => err.add(&data),
                ChannelMsg::ExitStatus { exit_status } => {
                    end.insert("ExitStatus".to_owned(), json!(exit_status));
                    true
                }
                ChannelMsg::ExitSignal { signal_name, .. } => {
                    end.insert("Signal".to_owned(), json!(format!("{signal_name:?}")));
                    true
                }
                ChannelMsg::Failure => {
                    return Ok(Outcome::because("broken-off", "it runs no commands"));
                }
                _ => true,
            };
            if !goes_on {
                return Ok(Outcome::because("broken-off", "what the command writes has no end"));
            }
        }
        if end.is_empty() {
            return Ok(self.broken_off("the command ended without a status".to_owned()));
        }
        let outcome = Outcome::new("logged-in").and(end);
        Ok(outcome
            .with("Stdout", without_newlines(&out.text()))
            .with("StdoutBytes", out.bytes())
            .with("StdoutSha256", out.sha256())
            .with("Stderr", without_newlines(&err.text()))
            .with("StderrBytes", err.bytes()))
    }

    /// A connection that this host makes to another. Whatever the way here took, the other is given
    /// time to answer: else a slow host would make silent ones of all behind it.
    pub(super) async fn connect(
        &self,
        host: &str,
        port: u16,
        deadline: Instant,
    ) -> Result<ChannelStream<Msg>, NotConnected> {
        let deadline = deadline.max(Instant::now() + SILENCE);
        let opening = self.handle.channel_open_direct_tcpip(host, u32::from(port), "127.0.0.1", 0);
        let error = match timeout_at(deadline, opening).await {
            Ok(Ok(channel)) => return Ok(channel.into_stream()),
            Ok(Err(error)) => error,
            Err(_) => return Err(NotConnected::Closed(Outcome::new("silent"))),
        };
        let said = lock(&self.seen).not_opened.take().unwrap_or_default();
        Err(match error {
            Error::ChannelOpenFailure(ChannelOpenFailure::ConnectFailed) => {
                NotConnected::Closed(not_connected(&said))
            }
            error => NotConnected::Never(format!("it forwards no connections: {error}: {said}")),
        })
    }

    pub(super) fn host_key(&self) -> Value {
        host_key(&self.seen)
    }

    fn broken_off(&self, why: String) -> Outcome {
        Outcome::because("broken-off", why).with("HostKey", self.host_key())
    }

    /// Says good-bye; who does not hear it, does not matter.
    pub(super) async fn leave(self) {
        let bye = self.handle.disconnect(Disconnect::ByApplication, "", "en");
        let _ = timeout(Duration::from_secs(1), bye).await;
    }
}

/// Why a host did not make a connection.
pub(super) enum NotConnected {
    /// What that says of whom it was to.
    Closed(Outcome),
    /// The host makes none for anybody.
    Never(String),
}

/// What a host says of a connection that it could not make. They all say it in the words of the C
/// library; there is nothing else to go by.
fn not_connected(said: &str) -> Outcome {
    let lower = said.to_ascii_lowercase();
    if lower.contains("refused") {
        Outcome::new("refused")
    } else if lower.contains("timed out") {
        Outcome::new("silent")
    } else if lower.contains("not known") || lower.contains("name resolution") {
        Outcome::because("unknown-host", said)
    } else {
        Outcome::because("unreachable", said)
    }
}

/// A connection through a jump host.
pub(super) async fn through(jump: &Jump, host: &str, port: u16, deadline: Instant) -> Dialled {
    let login = Login {
        host: &jump.host,
        port: jump.port,
        user: &jump.user,
        key: Some(Arc::clone(&jump.key)),
        host_key: None,
    };
    let entered = Instant::now() + ENTERING;
    // A jump host is not reached through itself.
    let inside = match Box::pin(enter(Way::Direct, &login, entered)).await {
        Ok(inside) => inside,
        Err(Shut::Out(outcome)) => {
            let what = outcome.value();
            return Dialled::Failed(format!("the jump host {} lets nobody in: {what}", jump.host));
        }
        Err(Shut::Failed(why)) => {
            return Dialled::Failed(format!("the jump host {}: {why}", jump.host));
        }
    };
    match inside.connect(host, port, deadline).await {
        Ok(stream) => Dialled::Open(Box::new(Tunnel { stream, _inside: inside })),
        Err(NotConnected::Closed(outcome)) => {
            inside.leave().await;
            Dialled::Closed(outcome)
        }
        Err(NotConnected::Never(why)) => {
            Dialled::Failed(format!("the jump host {}: {why}", jump.host))
        }
    }
}

/// A connection that another host makes for this one. It lasts as long as the session does.
struct Tunnel {
    stream: ChannelStream<Msg>,
    _inside: Inside,
}

impl AsyncRead for Tunnel {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Tunnel {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

fn host_key(seen: &Mutex<Seen>) -> Value {
    match &lock(seen).key {
        Some((algorithm, fingerprint)) => {
            json!({"Algorithm": algorithm, "Fingerprint": fingerprint})
        }
        None => Value::Null,
    }
}

/// As the shell's `$(…)` has it.
fn without_newlines(text: &str) -> &str {
    text.trim_end_matches(['\n', '\r'])
}
