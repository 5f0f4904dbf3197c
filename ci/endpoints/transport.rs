//! Endpoints that cannot be talked to: no connection, no TLS, no HTTP, no end.

use std::io::{self, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::support::command::Place;
use crate::support::ec2::refusal;
use crate::support::server::{Server, endless_head, head, response};
use crate::{CASE, refused};

/// Speaks TLS with a certificate for 127.0.0.1 whose authority nobody knows. Behind it there is an
/// EC2 that refuses the credentials, so that it can be told whether a request got through.
fn tls_server() -> Server {
    let certificate = CertificateDer::from_pem_slice(include_bytes!("../fixtures/tls/server.pem"));
    let key = PrivatePkcs8KeyDer::from(include_bytes!("../fixtures/tls/server.key.der").as_slice());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("known versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.expect("PEM")], key.into())
        .expect("they belong together");
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
fn an_authority_that_nobody_knows() {
    let url = format!("https://127.0.0.1:{}/", tls_server().port());
    refused(&url, &[], &["cannot be reached", "certificate", "--ca-bundle"]);
}

#[test]
fn an_authority_that_is_given() {
    let place = Place::new();
    let bundle = concat!(env!("CARGO_MANIFEST_DIR"), "/ci/fixtures/tls/ca.pem");
    let url = format!("https://127.0.0.1:{}/", tls_server().port());
    // It gets as far as to EC2's refusal.
    crate::refused_from(
        &place,
        &url,
        &["--ca-bundle", bundle],
        &["does not accept the credentials"],
    );
    let place = place.with("AWS_CA_BUNDLE", bundle);
    crate::refused_from(&place, &url, &[], &["does not accept the credentials"]);
}

/// An authority that is trusted says nothing about a host that it did not sign for.
#[test]
fn a_certificate_of_another_host() {
    let bundle = concat!(env!("CARGO_MANIFEST_DIR"), "/ci/fixtures/tls/ca.pem");
    let url = format!("https://127.0.0.2:{}/", any_interface_tls_port());
    let ran = refused(&url, &["--ca-bundle", bundle], &["cannot be reached", "certificate"]);
    assert!(ran.stderr.contains("127.0.0.2") && ran.stderr.contains("not valid for"), "{ran}");
}

/// The same server seen under another address of loopback.
fn any_interface_tls_port() -> u16 {
    let inner = tls_server().port();
    let listener = TcpListener::bind("127.0.0.2:0").expect("loopback is a whole network");
    let port = listener.local_addr().expect("bound").port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let Ok(onward) = TcpStream::connect(("127.0.0.1", inner)) else { return };
            let pipe = |mut from: TcpStream, mut to: TcpStream| {
                thread::spawn(move || {
                    let _ = io::copy(&mut from, &mut to);
                    let _ = to.shutdown(std::net::Shutdown::Write);
                })
            };
            let (Ok(a), Ok(b)) = (stream.try_clone(), onward.try_clone()) else { return };
            pipe(stream, onward);
            pipe(b, a);
        }
    });
    port
}

#[test]
fn https_where_http_is_spoken() {
    let server = Server::raw(|mut stream| {
        let _ = stream.read(&mut [0; 4096])?;
        stream.write_all(&response("400 Bad Request", "text/plain", b"speak HTTP"))
    });
    let url = format!("https://127.0.0.1:{}/", server.port());
    // A certificate is not what is missing here.
    let ran = refused(&url, &[], &["cannot be reached", "http://"]);
    assert!(!ran.stderr.contains("--ca-bundle"), "{ran}");
}

/// Some only hang up on what they do not understand.
#[test]
fn https_where_nobody_greets() {
    let server = Server::raw(|mut stream| {
        let _ = stream.read(&mut [0; 4096])?;
        stream.shutdown(std::net::Shutdown::Both)
    });
    let url = format!("https://127.0.0.1:{}/", server.port());
    refused(&url, &[], &["cannot be reached", "check"]);
}

#[test]
fn http_where_https_is_spoken() {
    let url = tls_server().url();
    refused(&url, &[], &["cannot be reached", "https://"]);
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
