//! A run in which a case panics: what it made is undone, and the others go on.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use aws_credential_types::Credentials;
use serde_json::json;

use super::{Ledger, Order, Progress, RunOptions, Stop, run};
use crate::case::Case;
use crate::target::{Caller, Endpoint, Rate};
use crate::transcript::{Ending, Event, Recorder, Redactor, RunStarted, TargetFacts, Transcript};
use crate::wire::{Client, ClientOptions, Signer};

/// The step that panics.
pub(super) const PANICS: &str = "this-step-panics";

/// Answers every action with success; gives its URL and what it was asked.
fn cloud() -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}/", listener.local_addr().expect("bound"));
    let asked = Arc::new(Mutex::new(Vec::new()));
    let shared = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let _ = answer(&stream, &shared);
        }
    });
    (url, asked)
}

fn answer(mut stream: &TcpStream, asked: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let (mut line, mut length) = (String::new(), 0);
    while reader.read_line(&mut line)? > 2 {
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let body = String::from_utf8_lossy(&body).into_owned();
    let action = body.split(['=', '&']).nth(1).unwrap_or_default().to_owned();
    let answer = format!("<{action}Response><requestId>r</requestId></{action}Response>");
    asked.lock().expect("nobody panics here").push(action);
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{answer}",
        answer.len()
    )
}

fn case(n: u32, second: &str) -> Case {
    let name = format!("k-{n}");
    serde_json::from_value(json!({
        "id": format!("00000000-0000-4000-8000-00000000000{n}"), "name": format!("a/{n}"),
        "family": "f", "title": "T", "capability": "a",
        "steps": [
            {"id": "make", "action": "CreateKeyPair", "with": {"KeyName": name},
             "undo": {"action": "DeleteKeyPair", "with": {"KeyName": name}}},
            {"id": second, "action": "DescribeKeyPairs"},
            {"id": "last", "action": "DescribeRegions"},
        ],
    }))
    .expect("a case")
}

#[tokio::test]
async fn a_panic_loses_no_undo() {
    let (url, asked) = cloud();
    let facts = TargetFacts { region: "r".into(), ..TargetFacts::default() };
    let credentials = Credentials::new("AKIDEXAMPLE", "secret-secret", None, None, "test");
    let client = Client::new(&url, Signer::new(credentials, "r"), ClientOptions::default());
    let endpoint = Endpoint::new(client.expect("a client"), Rate::Unlimited);
    let recorder = Recorder::new(Redactor::default(), Instant::now());
    recorder.run_started(RunStarted {
        version: 1,
        parallax: String::new(),
        run: "1a2b3c4d".into(),
        started: String::new(),
        target: facts.clone(),
    });
    let ledger = Ledger::default();
    let options = RunOptions {
        run: "1a2b3c4d".into(),
        jobs: 2,
        order: Order::LongestFirst,
        target: facts,
        ledger: ledger.clone(),
        ..RunOptions::default()
    };
    let cases = [case(1, PANICS), case(2, "look")];
    let caller = Caller::new(&endpoint, &recorder);
    let report = run(&caller, &cases, &options, &Stop::default(), &Progress::quiet()).await;

    assert_eq!((report.panics, report.leaks, report.interrupted), (1, 0, false));
    let asked = asked.lock().expect("nobody panics there").clone();
    let count = |action: &str| asked.iter().filter(|a| *a == action).count();
    assert_eq!((count("CreateKeyPair"), count("DeleteKeyPair")), (2, 2), "{asked:?}");
    assert_eq!(count("DescribeRegions"), 1, "the other case went on: {asked:?}");
    assert!(ledger.book().deeds().all(|deed| deed.undo().is_none()), "all is undone");

    let transcript = Transcript::parse(&recorder.kept()).expect("a transcript");
    let ended = transcript.events.iter().find_map(|event| match event {
        Event::Step(ended) => Some(ended),
        _ => None,
    });
    let Some(Ending::Interrupted { why: Some(why) }) = ended.map(|e| &e.ending) else {
        panic!("{ended:?}")
    };
    assert!(why.as_str().contains("a bug in Parallax"), "{why:?}");
}
