//! Names, addresses, ports: whether there is a way to the endpoint.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use url::{Host, Url};

use super::Step;

/// How long a name may take to be looked up.
const LOOKUP: Duration = Duration::from_secs(5);
/// How long an address may take to answer.
const CONNECT: Duration = Duration::from_secs(3);
/// Addresses that are tried.
const ADDRESSES: usize = 4;

/// Looks the endpoint's name up, and connects to it. The second: whether it can be gone on.
pub(super) async fn reach(endpoint: &Url) -> (Vec<Step>, bool) {
    let proxy = proxy(endpoint.scheme());
    let (steps, reached) = directly(endpoint).await;
    match (reached, proxy) {
        (true, _) => (steps, true),
        (false, None) => (steps, false),
        // The proxy finds its own way; the request will tell.
        (false, Some(proxy)) => {
            let says = format!("not directly; {proxy} says to go through a proxy");
            (vec![Step::ok("tcp", says)], true)
        }
    }
}

async fn directly(endpoint: &Url) -> (Vec<Step>, bool) {
    let port = endpoint.port_or_known_default().unwrap_or(80);
    let mut steps = Vec::new();
    let addresses: Vec<SocketAddr> = match endpoint.host() {
        Some(Host::Ipv4(address)) => vec![(address, port).into()],
        Some(Host::Ipv6(address)) => vec![(address, port).into()],
        Some(Host::Domain(name)) => {
            let (step, addresses) = look_up(name, port).await;
            steps.push(step);
            addresses
        }
        None => Vec::new(),
    };
    if addresses.is_empty() {
        return (steps, false);
    }
    let (step, reached) = connect(&addresses).await;
    steps.push(step);
    (steps, reached)
}

async fn look_up(name: &str, port: u16) -> (Step, Vec<SocketAddr>) {
    let began = Instant::now();
    let found = timeout(LOOKUP, lookup_host((name, port))).await;
    let advice = "check the name in the endpoint's URL, and this machine's DNS (getent hosts NAME)";
    let failed = |why: &str| Step::failed("dns", format!("{name} is not found: {why}"), advice);
    let (step, addresses) = match found {
        Err(_) => (failed(&format!("no answer within {} s", LOOKUP.as_secs())), Vec::new()),
        Ok(Err(error)) => (failed(&error.to_string()), Vec::new()),
        Ok(Ok(found)) => {
            let mut addresses: Vec<SocketAddr> = found.collect();
            addresses.dedup();
            match addresses.as_slice() {
                [] => (failed("it has no address"), addresses),
                [first, rest @ ..] => {
                    let more = match rest.len() {
                        0 => String::new(),
                        more => format!(" and {more} more"),
                    };
                    (Step::ok("dns", format!("{name} is {}{more}", first.ip())), addresses)
                }
            }
        }
    };
    (step.took(began.elapsed()), addresses)
}

async fn connect(addresses: &[SocketAddr]) -> (Step, bool) {
    let mut last = None;
    for address in addresses.iter().take(ADDRESSES) {
        let began = Instant::now();
        let error = match timeout(CONNECT, TcpStream::connect(address)).await {
            Ok(Ok(_)) => {
                let step = Step::ok("tcp", format!("{address} answers"));
                return (step.took(began.elapsed()), true);
            }
            Ok(Err(error)) => error,
            Err(_) => io::Error::from(ErrorKind::TimedOut),
        };
        last = Some((address, error, began.elapsed()));
    }
    let Some((address, error, took)) = last else {
        return (Step::failed("tcp", "there is no address", "check the endpoint's URL"), false);
    };
    (refused(*address, &error).took(took), false)
}

fn refused(address: SocketAddr, error: &io::Error) -> Step {
    let (says, advice) = match error.kind() {
        ErrorKind::ConnectionRefused => (
            "nobody listens there".to_owned(),
            "check the port in the endpoint's URL, and that the service runs",
        ),
        ErrorKind::TimedOut => (
            format!("no answer within {} s", CONNECT.as_secs()),
            "check host and port; a firewall may drop this, or a VPN be needed",
        ),
        ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable => {
            ("there is no way there".to_owned(), "check the network: VPN, routes, IPv6")
        }
        _ => (error.to_string(), "check host and port, and that the service runs"),
    };
    Step::failed("tcp", format!("{address}: {says}"), advice)
}

/// The variable that names a proxy for this scheme, if there is one.
fn proxy(scheme: &str) -> Option<String> {
    let own = format!("{scheme}_proxy");
    [own.clone(), own.to_ascii_uppercase(), "all_proxy".to_owned(), "ALL_PROXY".to_owned()]
        .into_iter()
        .find(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}
