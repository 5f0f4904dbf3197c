//! Whether a machine answers an ICMP echo request, by sockets that need no privileges.

use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket as StdSocket};
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::{UdpSocket, lookup_host};
use tokio::time::{Instant, timeout_at};

use super::found::{Found, Outcome};

/// Pause between two requests.
const PAUSE: Duration = Duration::from_secs(1);
/// Requests of one look: one packet may be lost.
const REQUESTS: u8 = 3;

/// Whether this machine lets anybody send echo requests.
pub(super) fn is_permitted() -> bool {
    socket(false).is_ok()
}

/// Asks until there is an answer, three times at most.
pub(super) async fn look(host: &str, deadline: Instant) -> Found {
    let address = match lookup_host((host, 0)).await.map(|mut all| all.next()) {
        Ok(Some(address)) => address,
        Ok(None) => return Ok(Outcome::because("unknown-host", "it has no address").value()),
        Err(error) => return Ok(Outcome::because("unknown-host", error.to_string()).value()),
    };
    let socket = socket(address.is_ipv6()).and_then(UdpSocket::from_std);
    let socket = socket.map_err(|error| format!("no echo request can be sent here: {error}"))?;
    for sequence in 1..=REQUESTS {
        if let Err(error) = socket.send_to(&request(address.ip(), sequence), address).await {
            return unreachable(&error);
        }
        let until = deadline.min(Instant::now() + PAUSE);
        match timeout_at(until, answer(&socket, address)).await {
            Ok(Ok(())) => return Ok(Outcome::new("answered").value()),
            Ok(Err(error)) => return unreachable(&error),
            Err(_) if Instant::now() >= deadline => break,
            Err(_) => {}
        }
    }
    Ok(Outcome::new("silent").value())
}

/// The kernel fills in identifier and checksum, and passes on nothing but answers to them.
fn socket(v6: bool) -> io::Result<StdSocket> {
    let (domain, protocol) = match v6 {
        true => (Domain::IPV6, Protocol::ICMPV6),
        false => (Domain::IPV4, Protocol::ICMPV4),
    };
    let socket = Socket::new(domain, Type::DGRAM, Some(protocol))?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

fn request(to: IpAddr, sequence: u8) -> [u8; 16] {
    let kind = if to.is_ipv6() { 128 } else { 8 };
    [kind, 0, 0, 0, 0, 0, 0, sequence, b'p', b'a', b'r', b'a', b'l', b'l', b'a', b'x']
}

/// Waits for an answer of this machine.
async fn answer(socket: &UdpSocket, from: SocketAddr) -> io::Result<()> {
    let mut buffer = [0; 64];
    loop {
        let (_, sender) = socket.recv_from(&mut buffer).await?;
        if sender.ip() == from.ip() && matches!(buffer[0], 0 | 129) {
            return Ok(());
        }
    }
}

fn unreachable(error: &io::Error) -> Found {
    match error.kind() {
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
            Ok(Outcome::because("unreachable", error.to_string()).value())
        }
        _ => Err(format!("no echo request could be sent: {error}")),
    }
}
