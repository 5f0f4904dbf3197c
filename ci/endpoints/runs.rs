//! Runs from end to end, against a cloud that knows key pairs.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use serde_json::Value;

use crate::CASE;
use crate::support::command::{ACCESS_KEY, Place, Ran, Running, SECRET_KEY, SESSION_TOKEN};
use crate::support::ec2::{Call, FakeEc2, KEY_MATERIAL, Reply, output, refusal};

const FILES: [&str; 6] =
    ["run.json", "transcript.jsonl", "ledger.jsonl", "result.json", "report.html", "junit.xml"];

fn arguments(url: &str) -> [&str; 8] {
    ["run", CASE, "--endpoint", url, "--region", "here-1", "--out", "out"]
}

/// Runs the case on the cloud.
pub fn run(place: &Place, cloud: &FakeEc2) -> Ran {
    place.run(&arguments(&cloud.url()))
}

fn start(place: &Place, cloud: &FakeEc2) -> Running {
    place.start(&arguments(&cloud.url()))
}

/// A file of the run's folder.
#[track_caller]
pub fn file(place: &Place, name: &str) -> String {
    std::fs::read_to_string(place.path("out").join(name)).expect(name)
}

#[track_caller]
pub fn result(place: &Place) -> Value {
    serde_json::from_str(&file(place, "result.json")).expect("JSON")
}

/// No file of the run holds any of these.
#[track_caller]
fn nowhere(place: &Place, secrets: &[&str]) {
    for name in FILES {
        let text = file(place, name);
        for secret in secrets {
            assert!(!text.contains(secret), "{name} holds `{secret}`");
        }
    }
}

#[test]
fn a_run_leaves_its_files_and_nothing_on_the_cloud() {
    let (place, cloud) = (Place::new(), FakeEc2::start());
    let ran = run(&place, &cloud).exits(0).within(30);
    assert!(ran.stdout.contains("1 of 1 cases behave as on AWS"), "{ran}");
    assert!(ran.stdout.contains("report.html"), "{ran}");
    for name in FILES {
        assert!(!file(&place, name).is_empty(), "{name}");
    }
    let result = result(&place);
    assert_eq!(result["run"]["complete"], true);
    assert_eq!(result["cases"][0]["name"], CASE);
    assert_eq!(result["cases"][0]["verdict"], "pass", "{result:#}");
    assert_eq!(result["cases"][0]["expectations"], 2);
    assert_eq!(result["leaks"], serde_json::json!([]));
    let about: Value = serde_json::from_str(&file(&place, "run.json")).expect("JSON");
    assert_eq!(about["cases"], serde_json::json!([CASE]));
    assert_eq!(about["target"]["zone"], "here-1a");
    assert!(file(&place, "junit.xml").contains(CASE));
    assert!(file(&place, "report.html").contains(CASE));

    // What was refused may have been made all the same: that is looked for when all is undone.
    let actions = cloud.actions();
    assert_eq!(actions[actions.len() - 2..], ["DeleteKeyPair", "DescribeKeyPairs"]);
    assert_eq!(cloud.keys(), Vec::<String>::new());
}

/// A suite that sends other requests than programs do measures something else.
#[test]
fn requests_are_those_of_an_aws_sdk() {
    let (place, cloud) = (Place::new(), FakeEc2::start());
    run(&place, &cloud).exits(0);
    let calls = cloud.calls();
    let actions: Vec<&str> = calls.iter().map(|c| c.action.as_str()).collect();
    let (discovery, of_case) = actions.split_at(actions.len() - 4);
    // Some of it is asked at once.
    let asked = [
        "DescribeAccountAttributes",
        "DescribeAvailabilityZones",
        "DescribeImages",
        "DescribeInstanceTypes",
        "DescribeInstances",
        "DescribeVpcs",
    ];
    assert_eq!(BTreeSet::from_iter(discovery.iter().copied()), BTreeSet::from(asked));
    assert_eq!(discovery.len(), asked.len(), "nothing twice");
    // The last looks whether the refused call made something all the same.
    assert_eq!(of_case, ["CreateKeyPair", "CreateKeyPair", "DeleteKeyPair", "DescribeKeyPairs"]);
    for call in &calls {
        let header = |name: &str| call.request.header(name).unwrap_or_default().to_owned();
        assert_eq!(call.request.method, "POST");
        assert_eq!(call.parameters["Version"], "2016-11-15");
        assert_eq!(header("content-type"), "application/x-www-form-urlencoded; charset=utf-8");
        assert_eq!(header("host"), cloud.url().trim_start_matches("http://").trim_end_matches('/'));
        assert_eq!(header("x-amz-security-token"), SESSION_TOKEN);
        assert!(header("user-agent").starts_with("parallax/"));
        assert!(header("amz-sdk-request").starts_with("attempt=1; max="));

        let date = header("x-amz-date");
        let form: String = date.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
        assert_eq!(form, "00000000T000000Z");
        let authorization = header("authorization");
        let scope = format!("Credential={ACCESS_KEY}/{}/here-1/ec2/aws4_request,", &date[..8]);
        assert!(authorization.starts_with("AWS4-HMAC-SHA256 Credential="), "{authorization}");
        assert!(authorization.contains(&scope), "{authorization}");
        for signed in ["content-type", "host", "x-amz-date", "x-amz-security-token"] {
            let list = authorization.split("SignedHeaders=").nth(1).expect("a list");
            assert!(
                list.split(',').next().expect("it ends").split(';').any(|h| h == signed),
                "{signed}"
            );
        }
    }
    let name = &calls[6].parameters["KeyName"];
    assert!(name.starts_with("parallax-") && name.len() <= 80, "{name}");
    assert_eq!(calls[7].parameters["KeyName"], *name);
    assert_eq!(calls[8].parameters["KeyName"], *name);
}

#[test]
fn no_secret_is_written() {
    let (place, cloud) = (Place::new(), FakeEc2::start());
    let ran = run(&place, &cloud).exits(0);
    let calls = cloud.calls();
    let signatures: Vec<&str> = calls.iter().map(signature).collect();
    assert!(signatures.iter().all(|s| s.len() == 64));
    nowhere(&place, &[ACCESS_KEY, SECRET_KEY, SESSION_TOKEN, KEY_MATERIAL, "BEGIN RSA"]);
    nowhere(&place, &signatures);
    assert!(!ran.stdout.contains(KEY_MATERIAL) && !ran.stderr.contains(KEY_MATERIAL), "{ran}");
    // Taken out, not lost: what was there can still be told.
    let transcript = file(&place, "transcript.jsonl");
    assert!(transcript.contains("[redacted: PEM RSA PRIVATE KEY"), "{transcript}");
    assert!(transcript.contains("AWS4-HMAC-SHA256 Credential=[redacted]/"), "{transcript}");
}

fn signature(call: &Call) -> &str {
    let header = call.request.header("authorization").expect("signed");
    header.split("Signature=").nth(1).expect("a signature")
}

/// The request's headers as some servers show them in their errors.
fn shown(call: &Call) -> String {
    let lines = call.request.headers.iter().map(|(name, value)| format!("{name}: {value}"));
    lines.collect::<Vec<_>>().join(" | ")
}

/// What was sent comes back in an error, on each of the ways that an error's text can take: as the
/// answer to a step, as the reason why others are blocked, as the reason why an undo failed.
#[test]
fn secrets_that_are_sent_back_are_not_written() {
    let refuse = |action: &'static str, nth: usize| {
        FakeEc2::that(move |call| {
            // Undoing is tried again, and is refused each time.
            (call.action == action && (call.nth == nth || action == "DeleteKeyPair"))
                .then(|| refusal(403, "UnauthorizedOperation", &shown(call)))
        })
    };
    for (cloud, code) in [
        (refuse("CreateKeyPair", 1), 3),
        (refuse("CreateKeyPair", 2), 1),
        (refuse("DeleteKeyPair", 1), 4),
    ] {
        let place = Place::new();
        run(&place, &cloud).exits(code);
        nowhere(&place, &[ACCESS_KEY, SECRET_KEY, SESSION_TOKEN]);
        let calls = cloud.calls();
        nowhere(&place, &calls.iter().map(signature).collect::<Vec<_>>());
        assert!(file(&place, "transcript.jsonl").contains("UnauthorizedOperation"));
    }
}

/// Answers to this action wait until they are let go. Gives the way to know that a call has
/// arrived, and the way to let it go.
pub fn gate(
    action: &'static str,
) -> (impl Fn(&Call) -> Option<Reply>, std::sync::mpsc::Receiver<()>, Sender<()>) {
    let (arrived, arrivals) = channel();
    let (release, releases) = channel::<()>();
    let releases = Mutex::new(releases);
    let hold = move |call: &Call| {
        if call.action == action && call.nth == 1 {
            let _ = arrived.send(());
            let releases = releases.lock().expect("nobody panics with it");
            let _ = releases.recv_timeout(Duration::from_secs(30));
        }
        None
    };
    (hold, arrivals, release)
}

const SOON: Duration = Duration::from_secs(30);

/// As people stop a program, and as CI systems do.
const STOPPING: [fn(&Running); 2] = [Running::interrupt, Running::terminate];

/// Ctrl-C or SIGTERM while a step is waiting for its answer: the answer is awaited, because what it
/// made has to be undone, and no further step is begun.
#[test]
fn interrupted_once() {
    for stop in STOPPING {
        let (hold, arrivals, release) = gate("CreateKeyPair");
        let (place, cloud) = (Place::new(), FakeEc2::that(hold));
        let running = start(&place, &cloud);
        arrivals.recv_timeout(SOON).expect("the step is begun");
        stop(&running);
        running.says("stopping: undoing what was made");
        release.send(()).expect("somebody waits");
        let ran = running.finish().exits(3).within(45);
        assert!(ran.stdout.contains("not complete"), "{ran}");

        let made: Vec<String> =
            cloud.actions().into_iter().filter(|a| !a.starts_with("Describe")).collect();
        assert_eq!(made, ["CreateKeyPair", "DeleteKeyPair"]);
        assert_eq!(cloud.keys(), Vec::<String>::new());
        let result = result(&place);
        assert_eq!(result["run"]["complete"], false);
        assert_eq!(result["cases"][0]["verdict"], "inconclusive");
        let about: Value = serde_json::from_str(&file(&place, "run.json")).expect("JSON");
        assert_eq!(about["interrupted"], true);
    }
}

/// Who presses it again does not want to wait for the undoing; the ledger knows what is left.
#[test]
fn interrupted_twice() {
    for stop in STOPPING {
        let (hold, arrivals, release) = gate("DeleteKeyPair");
        let (place, cloud) = (Place::new(), FakeEc2::that(hold));
        let running = start(&place, &cloud);
        arrivals.recv_timeout(SOON).expect("the undo is begun");
        stop(&running);
        running.says("stopping");
        stop(&running);
        let ran = running
            .finish()
            .exits(130)
            .within(45)
            .complains(&["may still be there", "parallax sweep out\n"]);
        drop(release);
        let calls = cloud.calls();
        let made = calls.iter().find(|call| call.action == "CreateKeyPair").expect("made");
        let name = &made.parameters["KeyName"];
        assert!(file(&place, "transcript.jsonl").contains(name), "{ran}");
        // What there is can be judged, and says that it is not all.
        place.run(&["judge", "out"]).exits(3);
        assert_eq!(result(&place)["run"]["complete"], false);
    }
}

const LOOK: &str = "id: 2f9d6f0e-2c43-4d0a-9a3c-6c3f0a5f7e01
title: T
capability: key-pairs
steps:
  - id: look
    call: DescribeKeyPairs
";

const MAKE: &str = "id: 2f9d6f0e-2c43-4d0a-9a3c-6c3f0a5f7e02
title: T
capability: key-pairs
steps:
  - id: make
    call: CreateKeyPair
    with: { KeyName: $name }
    undo: { call: DeleteKeyPair, with: { KeyName: $name } }
";

const ALONE: &str = "id: 2f9d6f0e-2c43-4d0a-9a3c-6c3f0a5f7e04
title: T
capability: key-pairs
alone: true
steps:
  - id: delete
    call: DeleteKeyPair
    with: { KeyName: $name }
";

/// What a case finds must not depend on which other case is making things just then; what wants to
/// be alone waits until all others have ended.
#[test]
fn who_only_looks_looks_before_anything_is_made() {
    let cloud = FakeEc2::that(|call| {
        std::thread::sleep(Duration::from_millis(200));
        (call.action == "DescribeKeyPairs").then(|| output(call, "<keySet/>"))
    });
    let place = Place::new();
    let folder = place.work().join("suite/key-pairs");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("make.yaml"), MAKE).expect("a case");
    std::fs::write(folder.join("look.yaml"), LOOK).expect("a case");
    std::fs::write(folder.join("alone.yaml"), ALONE).expect("a case");
    let url = cloud.url();
    let run = ["run", "--cases", "suite", "--endpoint", &url, "--region", "here-1", "--out"];
    for (out, more) in [("out", &[][..]), ("out2", &["--shuffle"][..])] {
        place.run(&[&run[..], &[out, "--jobs", "4"], more].concat()).within(30);
    }
    let actions = cloud.actions();
    let made: Vec<&String> =
        actions.iter().filter(|a| a.ends_with("KeyPairs") || a.ends_with("KeyPair")).collect();
    let one = ["DescribeKeyPairs", "CreateKeyPair", "DeleteKeyPair", "DeleteKeyPair"];
    assert_eq!(made, [one, one].concat());
}
