//! Servers that mean harm, met before any case runs.

use std::io::{self, Write as _};
use std::net::TcpStream;

use crate::refused_from;
use crate::support::command::Place;
use crate::support::ec2::refusal;
use crate::support::server::{Request, Server, endless_head, response};
use crate::{CASE, refused};

const MEGABYTE: usize = 1 << 20;

fn xml(body: impl Into<Vec<u8>>) -> Server {
    Server::fixed("200 OK", "text/xml;charset=UTF-8", body)
}

/// Sends a piece again and again, as often as the other side takes it.
fn repeat(
    piece: &'static [u8],
    bytes: usize,
) -> impl Fn(&Request, &mut TcpStream) -> io::Result<()> + Send + Sync + 'static {
    move |_, stream| {
        stream.write_all(&endless_head())?;
        let block = piece.repeat(64 * 1024 / piece.len());
        let mut sent = 0;
        while sent < bytes {
            stream.write_all(&block)?;
            sent += block.len();
        }
        Ok(())
    }
}

#[test]
fn fifty_megabytes_of_nesting() {
    let server = Server::http(repeat(b"<a>", 50 * MEGABYTE));
    refused(&server.url(), &[], &["cannot be reached", "larger than 32 MiB", "check the URL"]);
}

#[test]
fn a_body_without_end() {
    let server = Server::http(repeat(b"<item>endless</item>", usize::MAX));
    refused(&server.url(), &[], &["cannot be reached", "larger than 32 MiB", "check the URL"]);
}

/// A length that lies must not be believed: nothing may be set aside for it.
#[test]
fn a_length_that_lies() {
    let server = Server::http(|_, stream| {
        stream.write_all(&crate::support::server::head("200 OK", "text/xml", usize::MAX >> 2))?;
        stream.write_all(b"<a/>")
    });
    refused(&server.url(), &[], &["cannot be reached"]);
}

#[test]
fn headers_without_end() {
    let server = Server::http(|_, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\n")?;
        loop {
            stream.write_all(b"X-Padding: 0123456789012345678901234567890123456789\r\n")?;
        }
    });
    refused(&server.url(), &[], &["cannot be reached", "check the URL"]);
}

#[test]
fn nesting_within_the_limit_of_size() {
    let server = xml("<a>".repeat(MEGABYTE));
    refused(&server.url(), &[], &["does not speak EC2", "nested", "levels deep"]);
}

#[test]
fn a_million_siblings() {
    let server = xml(format!("<a>{}</a>", "<b/>".repeat(1_000_000)));
    refused(&server.url(), &[], &["does not speak EC2", "<a>"]);
}

/// The right root element, and in it a list beyond all reason.
#[test]
fn a_million_zones() {
    let zones = "<item/>".repeat(1_000_000);
    let body = format!(
        "<DescribeAvailabilityZonesResponse><availabilityZoneInfo>{zones}</availabilityZoneInfo>\
         </DescribeAvailabilityZonesResponse>"
    );
    let server = Server::http(move |request, stream| {
        let (status, body) = if request.body.contains("DescribeAvailabilityZones") {
            ("200 OK", body.clone())
        } else {
            ("401 No", refusal(401, "AuthFailure", "no").1)
        };
        stream.write_all(&response(status, "text/xml", body.as_bytes()))
    });
    let place = Place::new();
    let url = server.url();
    // It is an answer, so the case runs; it just must not take for ever.
    place
        .run(&["run", CASE, "--endpoint", &url, "--region", "r", "--out", "out"])
        .exits(3)
        .within(45);
}

/// Each attribute must not be compared with all before it.
#[test]
fn a_million_attributes() {
    let attributes: String = (0..1_000_000).map(|n| format!(" a{n}=''")).collect();
    refused(&xml(format!("<a{attributes}/>")).url(), &[], &["does not speak EC2"]);
}

/// Looks for secrets in an answer must not look through the rest of it for each start of a name.
#[test]
fn a_million_beginnings_of_a_secret() {
    for start in ["<keyMaterialX", "<keyMaterial ", "<userData><userData/", "-----BEGIN "] {
        let body = start.repeat(2 * MEGABYTE / start.len());
        for end in [">", "/>"] {
            refused(&xml(format!("{body}{end}")).url(), &[], &["does not speak EC2"]);
        }
    }
}

#[test]
fn entities() {
    let mut bomb = "<!DOCTYPE r [<!ENTITY e0 \"ha\">".to_owned();
    for n in 1..64 {
        bomb += &format!("<!ENTITY e{n} \"&e{};&e{};\">", n - 1, n - 1);
    }
    bomb += "]><r>&e63;</r>";
    refused(&xml(bomb).url(), &[], &["does not speak EC2", "document type"]);

    let file = "<!DOCTYPE r [<!ENTITY f SYSTEM \"file:///etc/passwd\">]><r>&f;</r>";
    let ran = refused(&xml(file).url(), &[], &["does not speak EC2", "document type"]);
    assert!(!ran.stderr.contains("root:"), "{ran}");

    refused(&xml("<r>&undefined;</r>").url(), &[], &["does not speak EC2", "&undefined;"]);
}

#[test]
fn bytes_that_are_no_text() {
    refused(&xml(b"<r>\xff\xfe\x00\xc3\x28</r>").url(), &[], &["does not speak EC2", "not UTF-8"]);
    let start = b"\xf0\x9f\x92".repeat(1000);
    refused(&xml(start).url(), &[], &["does not speak EC2", "not UTF-8"]);
}

/// What an endpoint says is shown, and must not be obeyed by the terminal that shows it.
#[test]
fn terminal_escapes() {
    let title = "\u{1b}]0;owned\u{7}";
    let erase = "\u{1b}[2J\u{9b}31m\u{202e}";
    let evil = format!("{title}{erase}");
    let servers = [
        ("401 No", refusal(401, "AuthFailure", &format!("no{evil}")).1),
        ("403 No", refusal(403, &format!("Sig{evil}"), "no").1),
        ("400 No", format!("<r>&x{evil};</r>")),
        ("400 No", format!("<r></x{evil}>")),
        ("200 OK", format!("<a{evil}/>")),
        ("500 No", format!("<a{evil}>x</a{evil}>")),
    ];
    for (status, body) in servers {
        let server = Server::fixed(status, "text/xml", body);
        for colour in [false, true] {
            // As on a terminal that shows colours: then nothing is taken out on the way.
            let place =
                if colour { Place::new().with("CLICOLOR_FORCE", "1") } else { Place::new() };
            let arguments = ["run", CASE, "--endpoint", &server.url(), "--region", "r"];
            let ran = place.run(&arguments).within(30);
            for escape in ["\u{1b}]", "\u{1b}[2J", "\u{7}", "\u{9b}", "\u{202e}"] {
                let (out, err) = (ran.stdout.contains(escape), ran.stderr.contains(escape));
                assert!(!out && !err, "{escape:?} got through: {:?}", ran.stderr);
            }
            assert!(colour || !ran.stderr.contains('\u{1b}'), "{:?}", ran.stderr);
        }
    }
}

/// A proxy in the environment is honoured, and what it answers is not taken for EC2.
#[test]
fn a_proxy_that_answers_itself() {
    let proxy = Server::fixed("407 Proxy Authentication Required", "text/html", "<html>log in");
    let place = Place::new().with("http_proxy", &proxy.url());
    refused_from(&place, "http://cloud.invalid/", &[], &["HTTP 407", "an HTML page"]);
    assert!(proxy.connections() > 0);
}
