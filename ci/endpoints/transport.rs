//! Endpoints that cannot be talked to: no connection, no HTTP, no end.

use std::io::{self, Write as _};
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use crate::support::command::Place;
use crate::support::server::{Server, endless_head, head};
use crate::{CASE, refused};

#[test]
fn a_closed_port() {
    // Bound and let go again: nobody listens there.
    let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("free").port();
    let url = format!("http://127.0.0.1:{port}/");
    refused(&url, &[], &["cannot be reached", &url, "refused", "check host and port"]);
}

#[test]
fn a_name_that_nobody_has() {
    refused("http://cloud.invalid:8788/", &[], &["cannot be reached", "check host and port"]);
}

#[test]
fn no_answer_at_all() {
    let server = Server::raw(|mut stream| {
        // Until the other side has had enough.
        io::copy(&mut stream, &mut io::sink()).map(drop)
    });
    let words = ["cannot be reached", "within 2 s", "--timeout"];
    let ran = refused(&server.url(), &["--timeout", "2"], &words);
    assert!(ran.took >= Duration::from_secs(2), "{ran}");
}

#[test]
fn an_answer_that_drips() {
    let server = Server::http(|_, stream| {
        stream.write_all(&endless_head())?;
        loop {
            stream.write_all(b" ")?;
            thread::sleep(Duration::from_millis(50));
        }
    });
    refused(&server.url(), &["--timeout", "2"], &["cannot be reached", "within 2 s", "--timeout"]);
}

/// The status line and headers come one byte at a time: no timeout between bytes would notice.
#[test]
fn headers_that_drip() {
    let server = Server::http(|_, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nX-Padding: ")?;
        loop {
            stream.write_all(b"x")?;
            thread::sleep(Duration::from_millis(50));
        }
    });
    refused(&server.url(), &["--timeout", "2"], &["cannot be reached", "within 2 s", "--timeout"]);
}

#[test]
fn a_connection_closed_at_once() {
    let server = Server::raw(|stream| stream.shutdown(std::net::Shutdown::Both));
    refused(&server.url(), &[], &["cannot be reached", "check the URL"]);
}

#[test]
fn something_that_is_not_http() {
    let server = Server::http(|_, stream| stream.write_all(b"SSH-2.0-OpenSSH_9.6\r\n\x00\x01\x02"));
    refused(&server.url(), &[], &["cannot be reached", "does not speak HTTP"]);
}

#[test]
fn a_body_that_is_cut_off() {
    let server = Server::http(|_, stream| {
        stream.write_all(&head("200 OK", "text/xml;charset=UTF-8", 5000))?;
        stream.write_all(b"<DescribeAvailabilityZonesResponse><availabilityZoneInfo>")
    });
    let ran = refused(&server.url(), &[], &["cannot be reached"]);
    assert!(ran.stderr.contains("end") || ran.stderr.contains("incomplete"), "says so\n{ran}");
}

/// A user who gives up while the endpoint hangs has nothing to undo.
#[test]
fn interrupted_while_it_asks() {
    let (arrived, waits) = std::sync::mpsc::channel();
    let server = Server::http(move |_, stream| {
        let _ = arrived.send(());
        io::copy(stream, &mut io::sink()).map(drop)
    });
    let place = Place::new();
    let url = server.url();
    let running = place.start(&["run", CASE, "--endpoint", &url, "--region", "r", "--out", "out"]);
    waits.recv_timeout(Duration::from_secs(30)).expect("it asks");
    running.interrupt();
    let ran = running.finish().within(30);
    assert_eq!(ran.code, None, "ended by the signal, as every program\n{ran}");
    assert!(place.left_behind().is_empty());
}
