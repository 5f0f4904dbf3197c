//! Whether a TCP port takes connections.

use tokio::time::Instant;

use super::dial::{Dialled, Way};
use super::found::{Found, Outcome};

/// Opens a connection and closes it.
pub(super) async fn look(way: Way<'_>, host: &str, port: u16, deadline: Instant) -> Found {
    match way.dial(host, port, deadline).await {
        Dialled::Open(_) => Ok(Outcome::new("open").value()),
        Dialled::Closed(outcome) => Ok(outcome.value()),
        Dialled::Failed(why) => Err(why),
    }
}
