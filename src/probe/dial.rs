//! Opens connections to guests, and says what becomes of those that do not open.

use std::io::{self, ErrorKind};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Instant, timeout_at};

use super::found::Outcome;
use super::reach::Jump;
use super::ssh;

/// A connection, whatever it goes through.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send + 'static> Stream for T {}

/// What became of a connection.
pub(super) enum Dialled {
    /// It is open.
    Open(Box<dyn Stream>),
    /// It is not, and what that says of the target.
    Closed(Outcome),
    /// Nothing is known: the way there failed.
    Failed(String),
}

/// Where probes go out from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Way<'a> {
    Direct,
    Through(&'a Jump),
}

/// How long a connection that nobody answers is waited for, at most: the third try of Linux to open it
/// is 3 s after the first.
pub(super) const SILENCE: Duration = Duration::from_secs(5);

impl Way<'_> {
    /// Opens a connection before `deadline`.
    pub(super) async fn dial(self, host: &str, port: u16, deadline: Instant) -> Dialled {
        match self {
            Way::Direct => direct(host, port, deadline).await,
            Way::Through(jump) => ssh::through(jump, host, port, deadline).await,
        }
    }
}

async fn direct(host: &str, port: u16, deadline: Instant) -> Dialled {
    let silent = deadline.min(Instant::now() + SILENCE);
    let addresses = match timeout_at(deadline, lookup_host((host, port))).await {
        Ok(Ok(addresses)) => addresses.collect::<Vec<_>>(),
        Ok(Err(error)) => return Dialled::Closed(unknown(error.to_string())),
        Err(_) => return Dialled::Closed(unknown("nobody answered what its address is")),
    };
    // As programs do: one address after the other, and the last one's fate is what they tell.
    let mut last = Dialled::Closed(unknown("the name has no address"));
    for address in addresses {
        match timeout_at(silent, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                // What is sent is small, and waited for.
                let _ = stream.set_nodelay(true);
                return Dialled::Open(Box::new(stream));
            }
            Ok(Err(error)) => last = closed(&error),
            Err(_) => last = Dialled::Closed(Outcome::new("silent")),
        }
    }
    last
}

fn unknown(why: impl Into<String>) -> Outcome {
    Outcome::because("unknown-host", why)
}

/// What an error of a connection that was to be opened says.
fn closed(error: &io::Error) -> Dialled {
    let outcome = match error.kind() {
        ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset => Outcome::new("refused"),
        ErrorKind::TimedOut => Outcome::new("silent"),
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => {
            Outcome::because("unreachable", error.to_string())
        }
        // Ours: no descriptor is left, or it is not allowed here.
        _ => return Dialled::Failed(format!("no connection could be made: {error}")),
    };
    Dialled::Closed(outcome)
}
