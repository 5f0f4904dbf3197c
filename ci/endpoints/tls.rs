//! TLS that fails: certificates, names, times, handshakes that are cut or never end.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use parallax::wire::{Attempt, ClientOptions, FailureKind};

use crate::refused;
use crate::support::command::Place;
use crate::support::inside::{ask, client, runtime};
use crate::support::proxy::{End, Fault, Proxy, Way};
use crate::support::server::{Server, response};
use crate::support::tls::{
    AUTHORITY, CERTIFICATE, DATED_AUTHORITY, EXPIRED, NOT_YET, SELF_SIGNED, SELF_SIGNED_FILE,
    server,
};

fn url(server: &Server) -> String {
    format!("https://127.0.0.1:{}/", server.port())
}

#[test]
fn an_authority_that_nobody_knows() {
    let url = url(&server(CERTIFICATE));
    refused(&url, &[], &["cannot be reached", "certificate", "--ca-bundle"]);
}

#[test]
fn an_authority_that_is_given() {
    let place = Place::new();
    let url = url(&server(CERTIFICATE));
    // It gets as far as to EC2's refusal.
    let words = ["does not accept the credentials"];
    crate::refused_from(&place, &url, &["--ca-bundle", AUTHORITY], &words);
    let place = place.with("AWS_CA_BUNDLE", AUTHORITY);
    crate::refused_from(&place, &url, &[], &words);
}

#[test]
fn a_certificate_signed_by_itself() {
    let url = url(&server(SELF_SIGNED));
    refused(&url, &[], &["cannot be reached", "certificate", "--ca-bundle"]);
    // Trusted as it is, it does.
    refused(&url, &["--ca-bundle", SELF_SIGNED_FILE], &["does not accept the credentials"]);
}

#[test]
fn certificates_out_of_their_time() {
    for (certificate, words) in [(EXPIRED, "expired"), (NOT_YET, "not valid yet")] {
        let words = ["cannot be reached", words, "out of its time", "clock"];
        let ran = refused(&url(&server(certificate)), &["--ca-bundle", DATED_AUTHORITY], &words);
        assert!(!ran.stderr.contains("--ca-bundle"), "it is known who signed it\n{ran}");
    }
}

/// An authority that is trusted says nothing about a host that it did not sign for.
#[test]
fn a_certificate_of_another_host() {
    let url = format!("https://127.0.0.2:{}/", any_interface_tls_port());
    let ran = refused(
        &url,
        &["--ca-bundle", AUTHORITY],
        &["cannot be reached", "certificate", "another host"],
    );
    assert!(ran.stderr.contains("127.0.0.2") && ran.stderr.contains("not valid for"), "{ran}");
}

/// The same server seen under another address of loopback.
fn any_interface_tls_port() -> u16 {
    let inner = server(CERTIFICATE).port();
    let listener = TcpListener::bind("127.0.0.2:0").expect("loopback is a whole network");
    let port = listener.local_addr().expect("bound").port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let Ok(onward) = TcpStream::connect(("127.0.0.1", inner)) else { return };
            let pipe = |mut from: TcpStream, mut to: TcpStream| {
                thread::spawn(move || {
                    let _ = io::copy(&mut from, &mut to);
                    let _ = to.shutdown(Shutdown::Write);
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
    // A certificate is not what is missing here.
    let ran = refused(&url(&server), &[], &["cannot be reached", "http://"]);
    assert!(!ran.stderr.contains("--ca-bundle"), "{ran}");
}

/// Some only hang up on what they do not understand.
#[test]
fn https_where_nobody_greets() {
    let server = Server::raw(|mut stream| {
        let _ = stream.read(&mut [0; 4096])?;
        stream.shutdown(Shutdown::Both)
    });
    refused(&url(&server), &[], &["cannot be reached", "check"]);
}

#[test]
fn http_where_https_is_spoken() {
    refused(&server(CERTIFICATE).url(), &[], &["cannot be reached", "https://"]);
}

/// What a server says that wants another version of TLS, a name it does not know, or nothing at all.
#[test]
fn alerts_and_what_is_no_tls() {
    for bytes in [
        &b"\x15\x03\x03\x00\x02\x02\x28"[..],
        b"\x15\x03\x03\x00\x02\x02\x46",
        b"\x15\x03\x03\x00\x02\x01\x00",
        b"\x16\x03\x03\xff\xff",
        b"\x16\x03\x03\x00\x04\x02\xff\xff\xff",
        b"\x16\x03\x00\x00\x00",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"220 mail.example ESMTP\r\n",
        b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
    ] {
        let server = Server::raw(move |mut stream| {
            let _ = stream.read(&mut [0; 4096])?;
            stream.write_all(bytes)?;
            stream.shutdown(Shutdown::Write)?;
            io::copy(&mut stream, &mut io::sink()).map(drop)
        });
        let attempt = attempt(server.port(), Duration::from_secs(20), Fault::Pass);
        let failure = attempt.outcome.expect_err("no TLS");
        assert!(!failure.message.is_empty(), "{bytes:?}: {failure:?}");
        let kinds = [FailureKind::Tls, FailureKind::Connect, FailureKind::Broken];
        assert!(kinds.contains(&failure.kind), "{bytes:?}: {failure:?}");
    }
}

/// One request over TLS, through a proxy that does this to its connection.
fn attempt(port: u16, connect_timeout: Duration, fault: Fault) -> Attempt {
    let proxy = Proxy::before(port, move |_| fault.clone());
    let ca_bundle = Some(PathBuf::from(AUTHORITY));
    let options = ClientOptions { connect_timeout, ca_bundle, ..ClientOptions::default() };
    let url = format!("https://127.0.0.1:{}/", proxy.port());
    runtime().block_on(ask(&client(&url, options)))
}

/// Wherever a handshake, or what is sent behind it, ends too early, there is no answer.
#[test]
fn cut_off() {
    /// A prime: over both ends and ways, all parts of a record are met.
    const STEP: usize = 43;
    let server = server(CERTIFICATE);
    for (way, first) in [(Way::Request, 0), (Way::Answer, 0), (Way::Answer, 17)] {
        for end in [End::Reset, End::Close] {
            let mut after = first;
            loop {
                let fault = match way {
                    Way::Request => Fault::CutTalk { after, end },
                    Way::Answer => Fault::Cut { way, after, end },
                };
                let attempt = attempt(server.port(), Duration::from_secs(20), fault);
                let at = format!("{way:?}, {end:?} after byte {after}");
                match attempt.outcome {
                    Err(failure) => {
                        assert_ne!(failure.kind, FailureKind::Timeout, "{at}: {failure:?}")
                    }
                    // The whole answer was there: beyond this nothing is left to cut.
                    Ok(response) => {
                        assert!(response.body.ends_with(b"</Response>"), "{at}");
                        assert!(after > 600, "{at}");
                        break;
                    }
                }
                after += STEP;
            }
        }
    }
}

/// A handshake that stops in the middle is given up when making a connection may take no longer.
#[test]
fn handshakes_that_never_end() {
    let server = server(CERTIFICATE);
    for (way, after) in
        [(Way::Request, 0), (Way::Request, 100), (Way::Answer, 0), (Way::Answer, 300)]
    {
        let fault = Fault::Cut { way, after, end: End::Stall };
        let attempt = attempt(server.port(), Duration::from_millis(300), fault);
        let failure = attempt.outcome.expect_err("no TLS");
        assert_eq!(failure.kind, FailureKind::Connect, "{failure:?}");
        assert!(failure.message.contains("no connection within 0.3 s"), "{failure:?}");
    }
}
