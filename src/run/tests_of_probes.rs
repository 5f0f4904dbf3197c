//! Probes from a case's file to a verdict, and once more from the transcript alone.

use std::net::TcpListener;
use std::path::Path;
use std::time::Instant;

use aws_credential_types::Credentials;
use serde_json::{Value, json};
use socket2::{Domain, Socket, Type};

use super::{Order, Progress, RunOptions, Stop, run};
use crate::assets::Assets;
use crate::case::Suite;
use crate::judge::baseline::Baselines;
use crate::judge::{Knowledge, RunResult, Verdict, judge};
use crate::probe::Prober;
use crate::target::{Caller, Endpoint, Rate};
use crate::transcript::{FORMAT_VERSION, Recorder, Redactor, RunStarted, TargetFacts, Transcript};
use crate::wire::{Client, ClientOptions, Signer};

const ID: &str = "0b8f1d5a-7c3e-4f0e-9a53-6a1f0c2d4e01";

/// Runs a case of these steps, for which AWS is expected to do this, and judges it.
async fn judged(steps: &str, expect: Value, prober: Prober) -> (String, RunResult) {
    let folder = tempfile::tempdir().expect("a folder");
    let head = format!("id: {ID}\ntitle: T\ncapability: guests\nsteps:\n");
    write(&folder.path().join("cases/guests/a.yaml"), &format!("{head}{steps}"));
    let baseline = json!({
        "case": ID, "provenance": "documented", "expect": expect,
        "sources": {"s": {
            "title": "T", "url": "https://docs.aws.amazon.com/", "accessed": "2026-01-31",
            "states": "S.",
        }},
    });
    write(&folder.path().join("baselines/aws/guests/a.json"), &baseline.to_string());
    let assets = |name: &str| Assets::Folder(folder.path().join(name));
    let suite = Suite::load(&assets("cases")).expect("a case");
    let checked = (&suite, &Default::default());
    Baselines::load(&assets("baselines"), None, Some(checked)).expect("a baseline that fits");
    let knowledge = Knowledge::load(&assets("baselines"), None).expect("a baseline");

    let facts =
        TargetFacts { region: "r".into(), reach: Some(prober.reach()), ..TargetFacts::default() };
    // No step calls it: nothing listens there.
    let credentials = Credentials::new("AKIDEXAMPLE", "secret-secret", None, None, "test");
    let signer = Signer::new(credentials, "r");
    let client = Client::new("http://127.0.0.1:9/", signer, ClientOptions::default());
    let endpoint = Endpoint::new(client.expect("a client"), Rate::Unlimited);
    let recorder = Recorder::new(Redactor::default(), Instant::now());
    recorder.run_started(RunStarted {
        version: FORMAT_VERSION,
        parallax: String::new(),
        run: "1a2b3c4d".into(),
        started: String::new(),
        target: facts.clone(),
    });
    let options = RunOptions {
        run: "1a2b3c4d".into(),
        jobs: 1,
        order: Order::LongestFirst,
        target: facts,
        prober,
        ..RunOptions::default()
    };
    let caller = Caller::new(&endpoint, &recorder);
    run(&caller, &suite.cases, &options, &Stop::default(), &Progress::quiet()).await;
    let text = recorder.kept();
    let result = judge(&Transcript::parse(&text).expect("a transcript"), &knowledge);
    // From what was stored, to the byte.
    let stored = Transcript::parse(&Transcript::parse(&text).expect("a transcript").text());
    let again = judge(&stored.expect("a transcript"), &knowledge);
    let bytes = |result: &RunResult| serde_json::to_string_pretty(result).expect("JSON");
    assert_eq!(bytes(&result), bytes(&again));
    (text, result)
}

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    std::fs::write(path, text).expect("written");
}

/// A port that is open, and one that nobody listens at; for as long as what is given back is held.
fn ports() -> ((TcpListener, Socket), u16, u16) {
    let open = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let shut = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    let any = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    shut.bind(&any.into()).expect("a free port");
    let open_port = open.local_addr().expect("bound").port();
    let shut_port = shut.local_addr().expect("bound").as_socket().expect("an address").port();
    ((open, shut), open_port, shut_port)
}

#[tokio::test]
async fn as_on_aws_and_not() {
    let (_listening, open, shut) = ports();
    let steps = format!(
        "  - {{ id: first, probe: tcp, with: {{ Host: 127.0.0.1, Port: {open} }}, until: open }}
  - {{ id: second, probe: tcp, with: {{ Host: 127.0.0.1, Port: {shut} }} }}\n"
    );
    let expect = |second: &str| {
        json!([
            {"step": "first", "outcome": "open", "source": "s"},
            {"step": "first", "states": ["open"], "source": "s"},
            {"step": "second", "outcome": second, "source": "s"},
            {"step": "second", "value": "Outcome", "is": second, "source": "s"},
        ])
    };
    let (_, result) = judged(&steps, expect("refused"), Prober::direct()).await;
    let case = &result.cases[0];
    assert_eq!((case.verdict, case.expectations), (Verdict::Pass, 4), "{}", case.reason);
    let step = &case.steps[1];
    assert_eq!((&*step.kind, &*step.action, &*step.outcome), ("probe", "tcp", "refused"));
    assert_eq!(step.requests, 1);

    let (_, result) = judged(&steps, expect("silent"), Prober::direct()).await;
    let case = &result.cases[0];
    assert_eq!(case.verdict, Verdict::Fail);
    assert!(case.findings.iter().any(|f| f.rule == "baseline.probe"), "{:?}", case.findings);
    assert!(case.reason.contains("comes to silent; here to refused"), "{}", case.reason);
}

#[tokio::test]
async fn what_is_never_reached_fails_and_is_no_cascade() {
    let (_listening, open, shut) = ports();
    let steps = format!(
        "  - {{ id: first, probe: tcp, with: {{ Host: 127.0.0.1, Port: {shut} }}, until: open, within: 1s }}
  - {{ id: second, probe: tcp, with: {{ Host: 127.0.0.1, Port: {open} }} }}\n"
    );
    let expect = json!([
        {"step": "first", "outcome": "open", "source": "s"},
        {"step": "second", "outcome": "open", "source": "s"},
    ]);
    let (text, result) = judged(&steps, expect, Prober::direct()).await;
    let case = &result.cases[0];
    assert_eq!((case.verdict, case.findings.len()), (Verdict::Fail, 1), "{:?}", case.findings);
    assert_eq!(case.steps[0].outcome, "timed-out");
    assert_eq!(case.steps[1].outcome, "blocked");
    let looks = text.lines().filter(|line| line.contains("\"event\":\"probe\"")).count();
    assert!(looks > 1, "it looked again: {text}");
    assert_eq!(case.steps[0].requests as usize, looks);
}

#[tokio::test]
async fn guests_that_cannot_be_reached_are_skipped() {
    let steps = "  - { id: first, probe: tcp, with: { Host: 127.0.0.1, Port: 22 } }\n";
    let expect = json!([{"step": "first", "outcome": "open", "source": "s"}]);
    let (text, result) = judged(steps, expect, Prober::default()).await;
    let case = &result.cases[0];
    assert_eq!(case.verdict, Verdict::Skipped);
    assert!(case.reason.starts_with("the guests of this target cannot be reached"));
    assert!(!text.contains("\"event\":\"probe\""), "nobody went there: {text}");
}
