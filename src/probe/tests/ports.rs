//! A port is open, refuses, or is silent: three different things.

use serde_json::json;
use socket2::{Domain, SockAddr, Socket, Type};
use tokio::net::TcpListener;

use super::look;
use crate::case::ProbeKind;
use crate::probe::Prober;

#[tokio::test]
async fn open() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("bound").port();
    let found = look(ProbeKind::Tcp, json!({"Host": "127.0.0.1", "Port": port})).await;
    assert_eq!(found, json!({"Outcome": "open"}));
    // As it comes out of an answer.
    let found = look(ProbeKind::Tcp, json!({"Host": "127.0.0.1", "Port": port.to_string()})).await;
    assert_eq!(found["Outcome"], "open");
}

#[tokio::test]
async fn refused() {
    // Bound, so that nobody else can have it, and not listening.
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    let port = bind(&socket);
    let found = look(ProbeKind::Tcp, json!({"Host": "127.0.0.1", "Port": port})).await;
    assert_eq!(found, json!({"Outcome": "refused"}));
}

#[tokio::test]
async fn silent() {
    // Who has no room for another connection says nothing to whoever asks for one, as a packet filter
    // does that drops.
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    let port = bind(&socket);
    socket.listen(0).expect("it listens");
    let full: Vec<Socket> = (0..4)
        .map(|_| {
            let asker = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
            asker.set_nonblocking(true).expect("it does not wait");
            let _ = asker.connect(&address(port));
            asker
        })
        .collect();
    let with = json!({"Host": "127.0.0.1", "Port": port, "Seconds": 1});
    assert_eq!(look(ProbeKind::Tcp, with).await, json!({"Outcome": "silent"}));
    drop(full);
}

#[tokio::test]
async fn what_says_nothing_about_the_target() {
    let with = json!({"Host": "127.0.0.1", "Port": "none"});
    let error = Prober::direct().look(ProbeKind::Tcp, &with).await.expect_err("no port");
    assert!(error.contains("was given no port"), "{error}");
    let with = json!({"Host": "127.0.0.1", "Port": 22});
    let error = Prober::default().look(ProbeKind::Tcp, &with).await.expect_err("unasked");
    assert_eq!(error, "the guests of this target cannot be reached");
}

fn address(port: u16) -> SockAddr {
    SockAddr::from(std::net::SocketAddr::from(([127, 0, 0, 1], port)))
}

fn bind(socket: &Socket) -> u16 {
    socket.bind(&address(0)).expect("a free port");
    socket.local_addr().expect("bound").as_socket().expect("an address").port()
}
