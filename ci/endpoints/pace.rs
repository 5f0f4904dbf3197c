//! How fast an endpoint is asked, what is asked again, and over how many connections.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use super::runs::{file, result};
use crate::support::command::{Place, Ran};
use crate::support::ec2::{Call, FakeEc2, Lasting, refusal};

/// Runs the case, which is all there is: reading everything would take longer than the test.
fn run(place: &Place, cloud: &FakeEc2) -> Ran {
    for (name, text) in [
        ("suite/key-pairs/duplicate-name.yaml", CASE_FILE),
        ("base/aws/key-pairs/duplicate-name.json", BASELINE),
    ] {
        let path = place.path(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, text).expect("written");
    }
    ask(place, cloud, &["--baselines", "base"])
}

const CASE_FILE: &str = include_str!("../../cases/key-pairs/duplicate-name.yaml");
const BASELINE: &str = include_str!("../../baselines/aws/key-pairs/duplicate-name.json");

/// The exchanges of this action in the run's transcript: attempt, HTTP status (0: no answer), purpose.
fn exchanges(place: &Place, action: &str) -> Vec<(u64, u64, String)> {
    let transcript = file(place, "transcript.jsonl");
    let events = transcript.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let of_action =
        events.filter(|event| event["action"] == action && event["event"] == "exchange");
    of_action
        .map(|event| {
            let status = event["reply"]["response"]["status"].as_u64().unwrap_or(0);
            let purpose = event["purpose"].as_str().expect("text").to_owned();
            (event["attempt"].as_u64().expect("a number"), status, purpose)
        })
        .collect()
}

/// The attempts of the steps: number and HTTP status.
fn attempts(place: &Place, action: &str) -> Vec<(u64, u64)> {
    let all = exchanges(place, action).into_iter().filter(|(_, _, purpose)| purpose == "step");
    all.map(|(attempt, status, _)| (attempt, status)).collect()
}

/// The verdict and the reason of the only case.
fn verdict(place: &Place) -> (String, String) {
    let result = result(place);
    let text = |key: &str| result["cases"][0][key].as_str().unwrap_or_default().to_owned();
    (text("verdict"), text("reason"))
}

/// Says this to the first so many calls of an action.
fn at_first(
    action: &'static str,
    times: usize,
    status: u16,
    code: &'static str,
) -> impl Fn(&Call) -> Lasting {
    move |call| match call.action == action && call.nth <= times {
        true => Lasting::Say(refusal(status, code, "slower, please")),
        false => Lasting::Behave,
    }
}

#[test]
fn what_is_throttled_is_asked_again() {
    for (status, code) in [
        (503, "RequestLimitExceeded"),
        (400, "Throttling"),
        (400, "ThrottlingException"),
        (429, "TooManyRequests"),
        (503, "ServiceUnavailable"),
    ] {
        let cloud = FakeEc2::lasting(at_first("CreateKeyPair", 2, status, code));
        let place = Place::new();
        run(&place, &cloud).exits(0);
        let status = u64::from(status);
        let expected = [(1, status), (2, status), (3, 200), (1, 400)];
        assert_eq!(attempts(&place, "CreateKeyPair"), expected, "{code}: each attempt is recorded");
        assert_eq!(verdict(&place).0, "pass", "{code}");
    }
}

/// There is an end to it, and nothing is said of the cloud then.
#[test]
fn what_is_always_throttled_is_inconclusive() {
    let place = Place::new();
    let cloud = FakeEc2::lasting(at_first("CreateKeyPair", 1000, 503, "RequestLimitExceeded"));
    run(&place, &cloud).exits(3);
    let seen: Vec<(u64, u64)> = (1..=8).map(|attempt| (attempt, 503)).collect();
    assert_eq!(attempts(&place, "CreateKeyPair"), seen);
    let (verdict, reason) = verdict(&place);
    assert!(verdict == "inconclusive" || verdict == "blocked", "{verdict}: {reason}");
    assert!(reason.contains("RequestLimitExceeded"), "{reason}");
}

/// What is in front of the API has no envelope of EC2, and says nothing about EC2.
#[test]
fn a_gateway_that_throttles_is_no_difference_to_aws() {
    let place = Place::new();
    let cloud = FakeEc2::lasting(|call| match call.action.as_str() {
        "CreateKeyPair" if call.nth > 1 => Lasting::Say((429, "<html>slower</html>".to_owned())),
        _ => Lasting::Behave,
    });
    run(&place, &cloud).exits(3);
    let (verdict, reason) = verdict(&place);
    assert_eq!(verdict, "inconclusive", "{reason}");
    assert!(reason.contains("429"), "{reason}");
}

/// The server closes a connection on which it was silent just when the next request comes. A read may
/// come twice; a call that makes something may have done its work.
#[test]
fn a_connection_that_ends_under_a_request() {
    let hang_up_on = |action: &'static str| {
        FakeEc2::lasting(move |call| match call.action == action && call.nth == 1 {
            true => Lasting::HangUp,
            false => Lasting::Behave,
        })
    };
    let (place, cloud) = (Place::new(), hang_up_on("DescribeAvailabilityZones"));
    run(&place, &cloud).exits(0);
    let seen = exchanges(&place, "DescribeAvailabilityZones");
    let discover = "discover".to_owned();
    assert_eq!(seen, [(1, 0, discover.clone()), (2, 200, discover)]);

    let (place, cloud) = (Place::new(), hang_up_on("CreateKeyPair"));
    run(&place, &cloud).exits(3);
    let made = cloud.actions().iter().filter(|action| *action == "CreateKeyPair").count();
    assert_eq!(made, 1, "not sent twice");
    assert_eq!(attempts(&place, "CreateKeyPair"), [(1, 0)]);
    assert!(cloud.actions().contains(&"DeleteKeyPair".to_owned()), "it may be there");
}

/// A family of cases that ask one thing each: `count` of them.
fn questions(place: &Place, count: usize) {
    let rows: Vec<String> = (0..count)
        .map(|n| format!("  - {{ id: 0b8f1d5a-7c3e-4f0e-9a53-6a1f0c2d{n:04x}, row: r{n} }}\n"))
        .collect();
    let case = format!(
        "id: 0b8f1d5a-7c3e-4f0e-9a53-6a1f0c2dffff\ntitle: Key pairs are told\ncapability: key-pairs\n\
         matrix:\n{}steps:\n  - id: ask\n    call: DescribeKeyPairs\n  - id: again\n    call: DescribeVolumes\n",
        rows.concat()
    );
    let folder = place.work().join("suite/key-pairs");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("questions.yaml"), case).expect("a case");
    std::fs::create_dir_all(place.path("none/aws/shapes")).expect("a folder");
}

fn ask(place: &Place, cloud: &FakeEc2, more: &[&str]) -> Ran {
    let url = cloud.url();
    let arguments =
        ["run", "--cases", "suite", "--endpoint", &url, "--region", "here-1", "--out", "out"];
    place.run(&[&arguments, more].concat()).within(45)
}

/// So many cases at once, so many connections, however many calls: also when some are refused, and
/// when the server is at fault.
#[test]
fn connections_are_used_again() {
    const JOBS: usize = 4;
    let cloud = FakeEc2::lasting(|call| match (call.action.as_str(), call.nth % 3) {
        ("DescribeKeyPairs", 0) => Lasting::Say(refusal(500, "InternalError", "once")),
        _ => Lasting::Behave,
    });
    let place = Place::new();
    questions(&place, 60);
    ask(&place, &cloud, &["--jobs", "4", "--baselines", "none"]);
    let calls = cloud.calls().len();
    assert!(calls >= 120, "{calls}");
    // A call that finds none free begins one, and may be given another before it is there.
    let connections = cloud.connections();
    assert!(connections <= 2 * JOBS, "{connections} connections for {calls} calls");
}

/// The rate holds for all cases together.
#[test]
fn not_faster_than_it_is_asked_for() {
    let (place, cloud) = (Place::new(), FakeEc2::lasting(|_| Lasting::Behave));
    questions(&place, 8);
    let ran = ask(&place, &cloud, &["--jobs", "8", "--rate", "10:2", "--baselines", "none"]);
    let calls = cloud.calls().len();
    // Two go at once, and each of the others waits for its tenth of a second.
    let least = Duration::from_millis(100) * u32::try_from(calls - 3).expect("few");
    assert!(calls >= 16 && ran.took >= least, "{calls} calls in {:?}", ran.took);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let calls = cloud.calls();
    calls.iter().for_each(|call| *counts.entry(&call.action).or_default() += 1);
    assert_eq!(counts["DescribeKeyPairs"], 8, "{counts:?}");
}
