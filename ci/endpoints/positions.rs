//! A connection that ends at every byte of an exchange, on the way there and on the way back. What was
//! not answered in full is no answer, whatever byte it got to, and no request is sent twice behind
//! anybody's back.

use std::io::Write as _;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use parallax::judge::Verdict;
use parallax::transcript::Reply;
use parallax::wire::{Attempt, Client, ClientOptions, FailureKind};
use tokio::runtime::Runtime;

use crate::CASE;
use crate::support::ec2::FakeEc2;
use crate::support::inside::{ask, case, client, knowledge, run_case, runtime};
use crate::support::proxy::{End, Fault, Proxy, Seen, Way};
use crate::support::server::Server;

const BODY: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<DescribeAvailabilityZonesResponse \
    xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>5f7e</requestId>\
    <availabilityZoneInfo><item><zoneName>zürich-1a</zoneName></item></availabilityZoneInfo>\
    </DescribeAvailabilityZonesResponse>";

/// How an answer says where it ends.
const FORMS: [&str; 3] = ["length", "chunks", "end of the connection"];

fn answer(form: &str) -> Vec<u8> {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/xml;charset=UTF-8\r\nConnection: close\r\n";
    match form {
        "length" => format!("{head}Content-Length: {}\r\n\r\n{BODY}", BODY.len()).into_bytes(),
        "chunks" => {
            let mut out = format!("{head}Transfer-Encoding: chunked\r\n\r\n").into_bytes();
            for piece in BODY.as_bytes().chunks(100) {
                out.extend_from_slice(format!("{:x}\r\n", piece.len()).as_bytes());
                out.extend_from_slice(piece);
                out.extend_from_slice(b"\r\n");
            }
            out.extend_from_slice(b"0\r\n\r\n");
            out
        }
        _ => format!("{head}\r\n{BODY}").into_bytes(),
    }
}

fn server(form: &str) -> Server {
    let answer = answer(form);
    Server::http(move |_, stream| stream.write_all(&answer))
}

/// A client, and a proxy before its server that does to each connection what it was told last.
struct Line {
    client: Client,
    proxy: Proxy,
    fault: Arc<Mutex<Fault>>,
    runtime: Runtime,
}

impl Line {
    fn to(server: &Server, options: ClientOptions) -> Line {
        let fault = Arc::new(Mutex::new(Fault::Pass));
        let told = Arc::clone(&fault);
        let proxy = Proxy::before(server.port(), move |_| told.lock().expect("told").clone());
        Line { client: client(&proxy.url(), options), proxy, fault, runtime: runtime() }
    }

    /// One request, and the connections that were made for it.
    fn ask(&self, fault: Fault) -> (Attempt, Vec<Seen>) {
        *self.fault.lock().expect("told") = fault;
        let before = self.proxy.seen().len();
        let attempt = self.runtime.block_on(ask(&self.client));
        (attempt, self.proxy.seen().split_off(before))
    }

    /// How many bytes go each way if nothing happens.
    fn whole(&self) -> Seen {
        let (attempt, seen) = self.ask(Fault::Pass);
        assert_eq!(attempt.outcome.expect("answered").body, BODY.as_bytes());
        seen[0]
    }
}

#[track_caller]
fn fails(attempt: &Attempt, at: &str) -> FailureKind {
    match &attempt.outcome {
        Err(failure) => {
            assert!(!failure.message.is_empty(), "{at}: says why");
            failure.kind
        }
        Ok(response) => panic!("{at}: an answer of {} bytes", response.body.len()),
    }
}

#[test]
fn at_every_byte() {
    for form in FORMS {
        let server = server(form);
        let line = Line::to(&server, ClientOptions::default());
        let lengths = line.whole();
        for (way, length) in [(Way::Request, lengths.request), (Way::Answer, lengths.answer)] {
            // The request is the same each time.
            if way == Way::Request && form != FORMS[0] {
                continue;
            }
            for end in [End::Reset, End::Close] {
                for after in 0..length {
                    let at = format!("{form}, {way:?}, {end:?} after byte {after} of {length}");
                    let (attempt, seen) = line.ask(Fault::Cut { way, after, end });
                    let kind = fails(&attempt, &at);
                    // A reset may be there before the client knows that it is connected.
                    let early = after == 0 && end == End::Reset && kind == FailureKind::Connect;
                    assert!(early || kind == FailureKind::Broken, "{at}: {:?}", attempt.outcome);
                    assert_eq!(seen.len(), 1, "{at}: sent again behind our back");
                    assert!(attempt.took < Duration::from_secs(20), "{at}: {:?}", attempt.took);
                }
            }
        }
    }
}

/// Everything after some byte never comes.
#[test]
fn stalled() {
    let server = server(FORMS[0]);
    let timeout = Duration::from_millis(200);
    let lengths = Line::to(&server, ClientOptions::default()).whole();
    let line = Line::to(&server, ClientOptions { timeout, ..ClientOptions::default() });
    for (way, after) in [
        (Way::Request, 0),
        (Way::Request, lengths.request - 1),
        (Way::Answer, 0),
        (Way::Answer, 1),
        (Way::Answer, lengths.answer - BODY.len()),
        (Way::Answer, lengths.answer - 1),
    ] {
        let (attempt, _) = line.ask(Fault::Cut { way, after, end: End::Stall });
        let at = format!("{way:?} stalls after {after}");
        assert_eq!(fails(&attempt, &at), FailureKind::Timeout, "{at}");
    }
}

/// The same within a run: whatever happens to the call that the case is about, or to the one that
/// makes something, nothing is said against the cloud, and nothing is left on it.
#[test]
fn within_a_run() {
    const STEP: usize = 61;
    let run =
        |connection: usize, fault: Fault| {
            let cloud = FakeEc2::start();
            let proxy = Proxy::before(cloud.port(), move |n| {
                if n == connection { fault.clone() } else { Fault::Pass }
            });
            let ran = run_case(&proxy.url(), case(CASE), Duration::from_secs(20));
            assert_eq!(cloud.keys(), Vec::<String>::new(), "left behind");
            assert!(ran.result.leaks.is_empty() && ran.result.run.complete);
            (ran, proxy.seen())
        };
    let (whole, lengths) = run(0, Fault::Pass);
    // Two calls that make something, the undo, and a look for what the refused one may have made.
    assert_eq!((whole.case().verdict, lengths.len()), (Verdict::Pass, 4));
    for connection in [1, 2] {
        let Seen { request, answer } = lengths[connection - 1];
        for (way, length) in [(Way::Request, request), (Way::Answer, answer)] {
            for end in [End::Reset, End::Close] {
                for after in (1..length).step_by(STEP).chain([length - 1]) {
                    let (ran, _) = run(connection, Fault::Cut { way, after, end });
                    let at = format!("call {connection}, {way:?}, {end:?} after byte {after}");
                    let case = ran.case();
                    assert_eq!(case.verdict, Verdict::Inconclusive, "{at}: {}", case.reason);
                    assert!(case.reason.contains("step `"), "{at}: {}", case.reason);
                    assert!(ran.took < Duration::from_secs(30), "{at}: {:?}", ran.took);
                }
            }
        }
    }
}

/// No connection at all is the one failure after which nothing can have been made: it is tried
/// again, and the transcript shows it.
#[test]
fn refused_at_first() {
    let (case, _) = (case(CASE), knowledge());
    let cloud = FakeEc2::start();
    // Bound and let go again, and bound once more while the client waits for its second attempt.
    let address = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("free");
    let upstream = cloud.port();
    thread::spawn(move || {
        thread::sleep(Duration::from_millis(100));
        Proxy::on(TcpListener::bind(address).expect("still free"), upstream, |_| Fault::Pass)
    });
    let url = format!("http://{address}/");
    let ran = run_case(&url, case, Duration::from_secs(20));
    assert_eq!(ran.case().verdict, Verdict::Pass, "{}", ran.case().reason);
    let attempts: Vec<(u32, bool)> = ran
        .transcript
        .exchanges()
        .map(|e| (e.attempt, matches!(e.reply, Reply::Response(_))))
        .collect();
    assert_eq!(attempts[0], (1, false), "{attempts:?}");
    assert!(attempts[1].0 == 2, "{attempts:?}");
    assert_eq!(cloud.keys(), Vec::<String>::new());
}
