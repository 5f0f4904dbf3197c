//! Answers of a cloud that behaves, spoilt on their way: lengths, chunks, status lines, headers,
//! encodings. What HTTP itself tells to be broken says nothing about the cloud.

use std::io::Write as _;
use std::time::Duration;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use parallax::judge::Verdict;

use crate::CASE;
use crate::support::command::Place;
use crate::support::ec2::{FakeEc2, refusal};
use crate::support::inside::{Inside, case, run_case};
use crate::support::proxy::{Fault, Proxy};
use crate::undos::LAUNCH;

const SOON: Duration = Duration::from_secs(20);

/// Runs the case on a cloud of which the answer to the n-th call is spoilt. Nothing may be left there.
fn spoilt(connection: usize, timeout: Duration, fault: &Fault) -> Inside {
    let cloud = FakeEc2::start();
    let fault = fault.clone();
    let proxy =
        Proxy::before(
            cloud.port(),
            move |n| {
                if n == connection { fault.clone() } else { Fault::Pass }
            },
        );
    let ran = run_case(&proxy.url(), case(CASE), timeout);
    assert_eq!(cloud.keys(), Vec::<String>::new(), "left behind");
    assert!(ran.result.leaks.is_empty() && ran.result.run.complete);
    assert!(ran.took < timeout * 3 + SOON, "{:?}", ran.took);
    ran
}

/// Spoils the answer that makes something, and the one that the case is about.
#[track_caller]
fn each(name: &str, fault: &Fault, check: impl Fn(&Inside, &str)) {
    for connection in [1, 2] {
        check(&spoilt(connection, SOON, fault), &format!("{name}, call {connection}"));
    }
}

/// It is no answer: nothing can be said, and the reason names it.
#[track_caller]
fn no_answer(name: &str, words: &str, with: impl Fn(&[u8]) -> Vec<u8> + Send + Sync + 'static) {
    each(name, &Fault::rewrite(with), |ran, at| {
        let case = ran.case();
        assert_eq!(case.verdict, Verdict::Inconclusive, "{at}: {}", case.reason);
        assert!(case.reason.contains(words), "{at} lacks `{words}`: {}", case.reason);
    });
}

/// It is an answer all the same.
#[track_caller]
fn no_harm(name: &str, with: impl Fn(&[u8]) -> Vec<u8> + Send + Sync + 'static) {
    each(name, &Fault::rewrite(with), |ran, at| {
        assert_eq!(ran.case().verdict, Verdict::Pass, "{at}: {}", ran.case().reason);
    });
}

/// It is a whole answer, and a wrong one: where it prepares the case, the case is blocked by it.
#[track_caller]
fn wrong(name: &str, words: &str, with: impl Fn(&[u8]) -> Vec<u8> + Send + Sync + 'static) {
    each(name, &Fault::rewrite(with), |ran, at| {
        let case = ran.case();
        let verdict = if at.ends_with('1') { Verdict::Blocked } else { Verdict::Fail };
        assert_eq!(case.verdict, verdict, "{at}: {}", case.reason);
        let found = case.findings.iter().any(|finding| finding.message.contains(words));
        assert!(found, "{at} lacks `{words}`: {}", case.reason);
    });
}

/// Status line, header lines and body.
struct Parts {
    status: String,
    headers: Vec<String>,
    body: Vec<u8>,
}

impl Parts {
    fn of(answer: &[u8]) -> Parts {
        let end = answer.windows(4).position(|w| w == b"\r\n\r\n").expect("a head");
        let head = String::from_utf8_lossy(&answer[..end]).into_owned();
        let mut lines = head.split("\r\n").map(str::to_owned);
        let status = lines.next().expect("a status line");
        Parts { status, headers: lines.collect(), body: answer[end + 4..].to_vec() }
    }

    fn without(mut self, name: &str) -> Parts {
        self.headers.retain(|line| !line.to_lowercase().starts_with(&format!("{name}:")));
        self
    }

    fn with(mut self, line: impl Into<String>) -> Parts {
        self.headers.push(line.into());
        self
    }

    fn body(mut self, body: impl Into<Vec<u8>>) -> Parts {
        self.body = body.into();
        self
    }

    /// As it goes on the wire; the headers are as they are.
    fn bytes(self) -> Vec<u8> {
        let mut lines = vec![self.status];
        lines.extend(self.headers);
        let mut out = (lines.join("\r\n") + "\r\n\r\n").into_bytes();
        out.extend(self.body);
        out
    }

    /// The same with the length of its body.
    fn measured(self) -> Vec<u8> {
        let length = format!("Content-Length: {}", self.body.len());
        self.without("content-length").with(length).bytes()
    }

    fn length(self, length: impl std::fmt::Display) -> Vec<u8> {
        self.without("content-length").with(format!("Content-Length: {length}")).bytes()
    }

    /// With a body that says itself where it ends.
    fn chunked(self, body: impl Into<Vec<u8>>) -> Vec<u8> {
        self.without("content-length").with("Transfer-Encoding: chunked").body(body).bytes()
    }
}

/// A chunk.
fn chunk(piece: &[u8]) -> Vec<u8> {
    [format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n"].concat()
}

#[test]
fn lengths() {
    no_answer("longer than the body", "", |a| {
        let parts = Parts::of(a);
        let length = parts.body.len() + 7;
        parts.length(length)
    });
    no_answer("shorter than the body", "cut off", |a| {
        let parts = Parts::of(a);
        let length = parts.body.len() - 7;
        parts.length(length)
    });
    for length in ["-5", "abc", "0x10", "99999999999999999999999999", "", "1 2"] {
        no_answer("no length", "", move |a| Parts::of(a).length(length));
    }
    no_answer("two lengths", "", |a| {
        let parts = Parts::of(a);
        let length = parts.body.len();
        parts.with(format!("Content-Length: {}", length + 1)).bytes()
    });
    no_harm("the same length twice", |a| {
        let parts = Parts::of(a);
        let length = parts.body.len();
        parts.with(format!("Content-Length: {length}")).bytes()
    });
    no_harm("none", |a| Parts::of(a).without("content-length").bytes());
    no_answer("none, and cut off", "cut off", |a| {
        let mut parts = Parts::of(a).without("content-length");
        parts.body.truncate(parts.body.len() / 2);
        parts.bytes()
    });
    no_answer("none, and no body", "before the answer's body", |a| {
        Parts::of(a).without("content-length").body("").bytes()
    });
    no_harm("more behind the end", |a| [a, b"HTTP/1.1 200 OK\r\n\r\nmore".as_slice()].concat());
}

#[test]
fn chunks() {
    no_harm("one byte each", |a| {
        let parts = Parts::of(a);
        let body: Vec<u8> = parts.body.chunks(1).flat_map(chunk).chain(*b"0\r\n\r\n").collect();
        parts.chunked(body)
    });
    no_harm("with an extension and a trailer", |a| {
        let parts = Parts::of(a);
        let mut body = format!("{:x};a=b\r\n", parts.body.len()).into_bytes();
        body.extend_from_slice(&parts.body);
        body.extend_from_slice(b"\r\n0\r\nX-Checksum: 1\r\n\r\n");
        parts.chunked(body)
    });
    let whole = |a: &[u8]| chunk(&Parts::of(a).body);
    no_answer("no last one", "", move |a| Parts::of(a).chunked(whole(a)));
    no_answer("none", "", |a| Parts::of(a).chunked(""));
    for size in ["g", "-1", "fffffffffffffffff", "7fffffffffffffff", "", "0x10", "1 0"] {
        no_answer("a size that is none", "", move |a| {
            let body = [size.as_bytes(), b"\r\n", &Parts::of(a).body, b"\r\n0\r\n\r\n"].concat();
            Parts::of(a).chunked(body)
        });
    }
    no_answer("too short a size", "", |a| {
        let parts = Parts::of(a);
        let mut body = format!("{:x}\r\n", parts.body.len() - 3).into_bytes();
        body.extend_from_slice(&parts.body);
        body.extend_from_slice(b"\r\n0\r\n\r\n");
        parts.chunked(body)
    });
    no_answer("an extension of a megabyte", "", |a| {
        let parts = Parts::of(a);
        let body = [b"5;".as_slice(), &vec![b'x'; 1 << 20], b"\r\n<a/>\n\r\n0\r\n\r\n"].concat();
        parts.chunked(body)
    });
    no_answer("a megabyte of trailers", "", |a| {
        let parts = Parts::of(a);
        let trailers = "X-Padding: 0123456789\r\n".repeat(1 << 16);
        let body = [chunk(&parts.body).as_slice(), b"0\r\n", trailers.as_bytes(), b"\r\n"].concat();
        parts.chunked(body)
    });
    no_answer("a length beside them", "", |a| {
        // Which of the two holds is what smugglers of requests live on.
        Parts::of(a).with("Transfer-Encoding: chunked").bytes()
    });
}

#[test]
fn status_lines() {
    for line in [
        "HTTP/1.1 2000 OK",
        "HTTP/1.1 20 OK",
        "HTTP/1.1 abc OK",
        "HTTP/1.1",
        "HTTP/9.9 200 OK",
        "HTTP/2 200",
        "ICY 200 OK",
        "SSH-2.0-OpenSSH_9.6",
        "\0\0\0\0",
        "PRI * HTTP/2.0",
        "HTTP/1.1 099 Low",
    ] {
        no_answer(line, "", move |a| {
            let mut parts = Parts::of(a);
            line.clone_into(&mut parts.status);
            parts.bytes()
        });
    }
    no_harm("no phrase", |a| {
        let mut parts = Parts::of(a);
        let end = parts.status.rfind(' ').expect("a phrase");
        parts.status.truncate(end);
        parts.bytes()
    });
    no_harm("HTTP/1.0", |a| {
        let mut parts = Parts::of(a);
        parts.status = parts.status.replace("1.1", "1.0");
        parts.bytes()
    });
    no_harm("a phrase of another kind", |a| {
        let mut parts = Parts::of(a);
        parts.status.push_str(" \u{202e}<script>");
        parts.bytes()
    });
    wrong("no status of HTTP", "999", |a| {
        let mut parts = Parts::of(a);
        "HTTP/1.1 999 Far".clone_into(&mut parts.status);
        parts.bytes()
    });
    wrong("other protocols", "101", |a| {
        let mut parts = Parts::of(a);
        "HTTP/1.1 101 Switching Protocols".clone_into(&mut parts.status);
        parts.with("Upgrade: h2c").with("Connection: Upgrade").bytes()
    });
}

#[test]
fn informational() {
    for (status, count) in [("100 Continue", 1), ("103 Early Hints", 1), ("102 Processing", 500)] {
        no_harm(status, move |a| {
            [format!("HTTP/1.1 {status}\r\n\r\n").repeat(count).as_bytes(), a].concat()
        });
    }
    // One that never ends is given up when the request's time is.
    let flood = Fault::instead(|_, client| {
        let block = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n".repeat(1000);
        loop {
            client.write_all(block.as_bytes())?;
        }
    });
    let ran = spoilt(2, Duration::from_secs(1), &flood);
    assert_eq!(ran.case().verdict, Verdict::Inconclusive, "{}", ran.case().reason);
    assert!(ran.case().reason.contains("within 1 s"), "{}", ran.case().reason);
}

#[test]
fn headers() {
    for line in ["no colon", ": no name", "a b: c", "X-Nul: a\0b", "X-Escape: \u{1b}]0;owned\u{7}"]
    {
        no_answer(line, "", move |a| Parts::of(a).with(line).bytes());
    }
    no_answer("one of a megabyte", "", |a| {
        Parts::of(a).with(format!("X-Long: {}", "x".repeat(1 << 20))).bytes()
    });
    no_answer("a thousand", "", |a| {
        let mut parts = Parts::of(a);
        parts.headers.extend((0..1000).map(|n| format!("X-{n}: {n}")));
        parts.bytes()
    });
    no_harm("bytes that are no text", |a| {
        let mut answer = a.to_vec();
        let at = a.windows(2).position(|w| w == b"\r\n").expect("a line") + 2;
        answer.splice(at..at, *b"X-Latin: \xe9\xff\xfe\r\n");
        answer
    });
    no_harm("lines that end as on Unix", |a| {
        let parts = Parts::of(a);
        let head = [&[parts.status][..], &parts.headers].concat().join("\n") + "\n\n";
        [head.as_bytes(), &parts.body].concat()
    });
}

/// Nobody asked for an encoding, and AWS's SDKs do not undo one: it is not undone here, and cannot
/// grow.
#[test]
fn encodings() {
    let zeros = || vec![b' '; 64 << 20];
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(&zeros()).expect("in memory");
    let mut deflate = ZlibEncoder::new(Vec::new(), Compression::fast());
    deflate.write_all(&zeros()).expect("in memory");
    // An empty window of 16 MB, and nothing that any decoder of XML takes.
    let brotli = [&[0x8b, 0xff, 0xff, 0xff, 0x00][..], &[0xff; 64]].concat();
    let bombs = [
        ("gzip", gzip.finish().expect("in memory"), "compressed (gzip)"),
        ("deflate", deflate.finish().expect("in memory"), "compressed (deflate)"),
        ("br", brotli, "no XML"),
    ];
    for (encoding, bomb, words) in bombs {
        wrong(encoding, words, move |a| {
            let parts = Parts::of(a).with(format!("Content-Encoding: {encoding}"));
            parts.body(bomb.clone()).measured()
        });
        no_harm("said, and not done", move |a| {
            Parts::of(a).with(format!("Content-Encoding: {encoding}")).bytes()
        });
    }
    for (charset, body) in [
        ("UTF-16", utf16(u16::to_be_bytes, "\u{feff}")),
        ("UTF-16LE", utf16(u16::to_le_bytes, "")),
        ("UTF-32", b"\0\0\0<\0\0\0a\0\0\0/\0\0\0>".to_vec()),
        ("ISO-8859-1", b"<CreateKeyPairResponse>\xe9</CreateKeyPairResponse>".to_vec()),
    ] {
        wrong(charset, "no XML", move |a| {
            let parts = Parts::of(a).without("content-type");
            let parts = parts.with(format!("Content-Type: text/xml;charset={charset}"));
            parts.body(body.clone()).measured()
        });
    }
}

fn utf16(bytes: impl Fn(u16) -> [u8; 2], mark: &str) -> Vec<u8> {
    let text = format!("{mark}<?xml version=\"1.0\" encoding=\"UTF-16\"?><CreateKeyPairResponse/>");
    text.encode_utf16().flat_map(bytes).collect()
}

/// Byte after byte: within the time of a request it is an answer, and beyond it none.
#[test]
fn drips() {
    let ran = spoilt(2, SOON, &Fault::Drip(Duration::from_micros(200)));
    assert_eq!(ran.case().verdict, Verdict::Pass, "{}", ran.case().reason);
    let ran = spoilt(2, Duration::from_secs(1), &Fault::Drip(Duration::from_millis(20)));
    assert_eq!(ran.case().verdict, Verdict::Inconclusive, "{}", ran.case().reason);
    assert!(ran.case().reason.contains("no complete answer within 1 s"), "{}", ran.case().reason);
}

/// A success that is no answer of EC2: nobody knows whether the thing was made, so it is undone.
#[test]
fn what_was_made_behind_a_wrong_answer_is_undone() {
    for body in ["", "OK", "<html><body>Welcome", "{}", "<a></b>", "<CreateKeyPairResponse"] {
        // `spoilt` sees that no key is left.
        let fault = Fault::rewrite(move |a| Parts::of(a).body(body).measured());
        let ran = spoilt(1, SOON, &fault);
        assert_ne!(ran.case().verdict, Verdict::Pass, "{body}");
    }
}

/// Where its id is what would have to be known, somebody has to look.
#[test]
fn what_was_made_without_an_id_is_told() {
    let cloud = FakeEc2::that(|call| match call.action.as_str() {
        "RunInstances" => Some((200, "OK".to_owned())),
        // Nor can it be looked for.
        "DescribeInstances" => Some(refusal(403, "UnauthorizedOperation", "not you")),
        _ => None,
    });
    let place = Place::new();
    let folder = place.work().join("suite/instances");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("launch.yaml"), LAUNCH).expect("a case");
    let url = cloud.url();
    let arguments =
        ["run", "--cases", "suite", "--endpoint", &url, "--region", "here-1", "--out", "out"];
    let ran = place.run(&arguments).exits(4).within(45);
    for words in ["may still be there", "TerminateInstances", "it may have been made"] {
        assert!(ran.stdout.contains(words), "lacks `{words}`\n{ran}");
    }
}
