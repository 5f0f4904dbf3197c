//! Recording a reference, holding runs against it, and deciding about what has changed.

use std::io::Read as _;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::mpsc::channel;
use std::time::Duration;

use serde_json::Value;

use crate::CASE;
use crate::support::command::{Place, Ran, SECRET_KEY, SESSION_TOKEN};
use crate::support::ec2::{Call, FakeEc2, KEY_MATERIAL, Reply, output, refusal};

const BASELINE: &str = "baselines/fake/key-pairs/duplicate-name.recorded.json";

fn record(place: &Place, cloud: &FakeEc2, more: &[&str]) -> Ran {
    let url = cloud.url();
    let arguments = ["record", CASE, "--endpoint", &url, "--region", "here-1", "--name", "Fake"];
    place.run(&[&arguments, more].concat()).within(30)
}

fn hold(place: &Place, cloud: &FakeEc2, out: &str) -> (Ran, Value) {
    let url = cloud.url();
    let arguments = ["run", CASE, "--endpoint", &url, "--region", "here-1", "--out", out];
    let ran = place.run(&[&arguments[..], &["--baselines", "baselines"]].concat()).within(30);
    let result = std::fs::read_to_string(place.path(out).join("result.json")).expect("a result");
    (ran, serde_json::from_str(&result).expect("JSON"))
}

fn findings(result: &Value) -> Vec<&str> {
    let findings = result["cases"][0]["findings"].as_array().expect("findings");
    findings.iter().map(|f| f["rule"].as_str().expect("a rule")).collect()
}

/// Texts of all recordings, by their files.
fn recordings(place: &Place) -> Vec<(PathBuf, String)> {
    let folder = place.path("baselines/fake/recordings");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("a folder").map(|e| e.expect("a file").path()).collect();
    files.sort();
    let text = |path: &PathBuf| {
        let mut text = String::new();
        let file = std::fs::File::open(path).expect("a file");
        flate2::read::GzDecoder::new(file).read_to_string(&mut text).expect("gzip");
        text
    };
    files.into_iter().map(|path| (path.clone(), text(&path))).collect()
}

fn read(place: &Place, name: &str) -> String {
    std::fs::read_to_string(place.path(name)).expect("readable")
}

/// As the fake does, and two resources with an owner and a public address.
fn with_an_account(call: &Call) -> Option<Reply> {
    (call.action == "DescribeAvailabilityZones").then(|| {
        output(
            call,
            "<availabilityZoneInfo><item><zoneName>here-1a</zoneName><zoneState>available</zoneState>\
             <regionName>here-1</regionName></item></availabilityZoneInfo>\
             <ownerId>210987654321</ownerId><publicIp>54.12.0.7</publicIp>",
        )
    })
}

#[test]
fn what_is_recorded_is_met_again() {
    let place = Place::new();
    let cloud = FakeEc2::that(with_an_account);
    let ran = record(&place, &cloud, &["--samples", "2", "--yes"]).exits(0);
    assert!(ran.stdout.contains("1 recorded baseline of fake: 1 new"), "{ran}");
    assert!(ran.stdout.contains("not of AWS"), "{ran}");
    assert!(ran.stderr.contains("Price: at most"), "the plan is shown\n{ran}");
    assert_eq!(cloud.keys(), Vec::<String>::new(), "everything is undone");

    let recordings = recordings(&place);
    assert_eq!(recordings.len(), 2);
    for (path, text) in &recordings {
        for secret in [SECRET_KEY, SESSION_TOKEN, KEY_MATERIAL, "210987654321", "54.12.0.7"] {
            assert!(!text.contains(secret), "{} holds {secret}", path.display());
        }
        assert!(text.contains("<publicIp>198.1"), "an address of the same form");
    }
    let baseline: Value = serde_json::from_str(&read(&place, BASELINE)).expect("JSON");
    let case = baseline["cases"].as_object().and_then(|cases| cases.values().next()).expect("one");
    assert_eq!(case["samples"].as_array().map(Vec::len), Some(2));
    assert_eq!(case["steps"]["again"]["outcomes"][0]["error"]["code"], "InvalidKeyPair.Duplicate");
    let message = &case["steps"]["again"]["outcomes"][0]["error"]["message"];
    assert_eq!(message, "The keypair '<name>' already exists.");

    place.run(&["check", "--baselines", "baselines"]).exits(0);
    let (ran, result) = hold(&place, &cloud, "out");
    assert!(ran.stdout.contains("1 of 1 cases behave as on fake"), "{}", ran.exits(0));
    assert_eq!(findings(&result), Vec::<&str>::new(), "not even what the fake does unlike AWS");
    assert_eq!(result["cases"][0]["recording"], "held");
    assert_eq!(result["judged_with"]["reference"], "fake");
}

/// What an endpoint calls its things is no path.
#[test]
fn names_that_are_paths() {
    let evil = "../../../../evil/\u{fffd}a\\b";
    let cloud = FakeEc2::that(move |call| {
        let zone = format!("<zoneName>{evil}</zoneName><zoneState>available</zoneState>");
        match call.action.as_str() {
            "DescribeAvailabilityZones" => Some(output(
                call,
                &format!("<availabilityZoneInfo><item>{zone}</item></availabilityZoneInfo>"),
            )),
            "CreateKeyPair" if call.nth % 2 == 1 => Some(output(
                call,
                &format!(
                    "<keyName>{evil}</keyName><keyPairId>{evil}</keyPairId><keyFingerprint>/</keyFingerprint>"
                ),
            )),
            "CreateKeyPair" => Some(refusal(400, evil, evil)),
            _ => None,
        }
    });
    let place = Place::new();
    record(&place, &cloud, &["--samples", "2", "--yes"]).exits(0);
    let mut files: Vec<PathBuf> = vec![place.work()];
    let mut found = Vec::new();
    while let Some(path) = files.pop() {
        match std::fs::read_dir(&path) {
            Ok(entries) => files.extend(entries.map(|entry| entry.expect("readable").path())),
            Err(_) => found.push(path.strip_prefix(place.work()).expect("below").to_owned()),
        }
    }
    assert_eq!(found.len(), 3, "two recordings and a baseline: {found:?}");
    assert!(found.iter().all(|path| path.starts_with("baselines/fake")), "{found:?}");
    place.run(&["check", "--baselines", "baselines"]).exits(0);
}

/// Nothing is made before somebody agrees.
#[test]
fn nobody_is_there_to_agree() {
    let place = Place::new();
    let cloud = FakeEc2::start();
    record(&place, &cloud, &[]).exits(2).complains(&["--yes"]);
    assert!(!cloud.actions().contains(&"CreateKeyPair".to_owned()));
    assert_eq!(place.left_behind(), Vec::<PathBuf>::new());
}

/// A stand-in is never called AWS, whatever the user says and wherever the files are put.
#[test]
fn a_stand_in_is_not_aws() {
    let place = Place::new();
    let cloud = FakeEc2::start();
    record(&place, &cloud, &["--yes", "--reference", "aws"]).exits(2).complains(&["is not AWS"]);
    record(&place, &cloud, &["--yes", "--samples", "1"]).exits(0);
    std::fs::rename(place.path("baselines/fake"), place.path("baselines/aws")).expect("moved");
    let check = ["check", "--baselines", "baselines"];
    place.run(&check).exits(2).complains(&["lies among those of aws"]);
    let moved = BASELINE.replace("/fake/", "/aws/");
    let text = read(&place, &moved).replace("\"reference\": \"fake\"", "\"reference\": \"aws\"");
    std::fs::write(place.path(&moved), text).expect("written");
    place.run(&check).exits(2).complains(&["which is not AWS", "folder of its own name"]);
}

/// A recorded baseline is what its recordings give, and nothing else.
#[test]
fn what_was_edited_is_noticed() {
    let place = Place::new();
    record(&place, &FakeEc2::start(), &["--yes", "--samples", "1"]).exits(0);
    let check = ["check", "--baselines", "baselines"];
    place.run(&check).exits(0);
    let text = read(&place, BASELINE);
    let edited = text.replace("InvalidKeyPair.Duplicate", "InvalidKeyPair.Other");
    assert_ne!(edited, text);
    std::fs::write(place.path(BASELINE), edited).expect("written");
    place.run(&check).exits(2).complains(&["distilling its recordings gives something else"]);
    place.run(&["distil", "--baselines", "baselines"]).exits(0);
    assert_eq!(read(&place, BASELINE), text, "distilled again, it is as it was");

    let (path, recording) = recordings(&place).remove(0);
    let other = recording.replace("already exists", "was there before");
    assert_ne!(other, recording);
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gz, other.as_bytes()).expect("compressed");
    std::fs::write(&path, gz.finish().expect("compressed")).expect("written");
    place.run(&check).exits(2).complains(&["is not the one it was distilled from"]);
    std::fs::write(&path, "no gzip").expect("written");
    place.run(&check).exits(2).complains(&["cannot be read"]);
    std::fs::remove_file(&path).expect("removed");
    place.run(&check).exits(2).complains(&["cannot be read"]);
}

/// The reference has changed: the old recording stays until somebody decides, and who moved is shown.
#[test]
fn the_reference_moves() {
    let place = Place::new();
    let before = FakeEc2::start();
    record(&place, &before, &["--yes", "--samples", "1"]).exits(0);
    let old = read(&place, BASELINE);
    let ran = record(&place, &before, &["--yes", "--samples", "1"]).exits(0);
    assert!(ran.stdout.contains("1 confirmed"), "{ran}");
    let (ran, _) = hold(&place, &before, "target");
    ran.exits(0);

    let again = |call: &Call| call.action == "CreateKeyPair" && call.nth.is_multiple_of(2);
    let after = FakeEc2::that(move |call| {
        again(call).then(|| refusal(400, "InvalidKeyPair.Taken", "Somebody was faster."))
    });
    let (ran, result) = hold(&place, &after, "moved");
    ran.exits(1);
    assert_eq!(findings(&result)[0], "baseline.error-code");

    let ran = record(&place, &after, &["--yes", "--samples", "2"]).exits(0);
    assert!(ran.stdout.contains("1 changed") && ran.stdout.contains("parallax review"), "{ran}");
    assert_ne!(read(&place, BASELINE), old, "confirmed by a newer recording");
    let kept = read(&place, BASELINE);

    let review = ["review", "--reference", "fake", "--run", "target"];
    let ran = place.run(&review).exits(3);
    for words in
        ["InvalidKeyPair.Duplicate", "InvalidKeyPair.Taken", "moved away", "1 case waiting"]
    {
        assert!(ran.stdout.contains(words), "lacks `{words}`\n{ran}");
    }
    assert_eq!(read(&place, BASELINE), kept, "nothing was decided");
    place.run(&[&review[..], &["--reject"]].concat()).exits(0);
    assert_eq!(read(&place, BASELINE), kept);
    assert!(place.run(&review).exits(0).stdout.contains("0 cases waiting"));

    record(&place, &after, &["--yes", "--samples", "2"]).exits(0);
    place.run(&[&review[..], &["--accept"]].concat()).exits(0);
    assert!(read(&place, BASELINE).contains("InvalidKeyPair.Taken"));
    place.run(&["check", "--baselines", "baselines"]).exits(0);
    let (ran, _) = hold(&place, &after, "accepted");
    ran.exits(0);
}

/// Ctrl-C ends the recording; what was recorded until then is kept, and everything is undone.
#[test]
fn an_interrupted_recording_is_kept() {
    let place = Place::new();
    let (began, begun) = channel();
    let began = Mutex::new(began);
    let cloud = FakeEc2::that(move |call| {
        if call.action == "CreateKeyPair" {
            let _ = began.lock().expect("sound").send(());
            std::thread::sleep(Duration::from_millis(500));
        }
        None
    });
    let url = cloud.url();
    let arguments = ["record", CASE, "--endpoint", &url, "--region", "here-1", "--name", "fake"];
    let running = place.start(&[&arguments[..], &["--yes", "--samples", "5"]].concat());
    begun.recv_timeout(Duration::from_secs(30)).expect("it begins");
    running.interrupt();
    let ran = running.finish().exits(3).complains(&["what was recorded until now is kept"]);
    assert_eq!(cloud.keys(), Vec::<String>::new(), "{ran}");
    let recordings = recordings(&place);
    assert_eq!(recordings.len(), 1, "{ran}");
    assert!(recordings[0].1.contains("CreateKeyPair"));
}

/// An endpoint that is no longer there for the second sample takes the first with it to nobody.
#[test]
fn a_sample_that_cannot_be_made() {
    let place = Place::new();
    let cloud = FakeEc2::that(|call| {
        (call.action == "DescribeAvailabilityZones" && call.nth > 1)
            .then(|| refusal(401, "AuthFailure", "Not any more."))
    });
    let ran = record(&place, &cloud, &["--yes", "--samples", "3"]).exits(3);
    let ran = ran.complains(&["Not any more", "what was recorded until now is kept"]);
    assert!(ran.stdout.contains("1 recorded baseline of fake: 1 new"), "{ran}");
    assert_eq!(recordings(&place).len(), 1);
    place.run(&["check", "--baselines", "baselines"]).exits(0);
}
