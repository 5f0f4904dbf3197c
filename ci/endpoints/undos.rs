//! What undoes what a run made: refused, late, of several things at once, or known by nothing but its
//! call.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::Value;

use crate::runs::{result, run};
use crate::support::command::Place;
use crate::support::ec2::{Call, FakeEc2, Reply, output, refusal};

/// What cannot be undone is named, and is worse than any verdict.
#[test]
fn an_undo_that_fails() {
    let cloud = FakeEc2::that(|call| {
        (call.action == "DeleteKeyPair").then(|| refusal(403, "UnauthorizedOperation", "not you"))
    });
    let place = Place::new();
    let ran = run(&place, &cloud).exits(4).within(30);
    for words in ["may still be there", "DeleteKeyPair", &cloud.keys()[0], "UnauthorizedOperation"]
    {
        assert!(ran.stdout.contains(words), "lacks `{words}`\n{ran}");
    }
    let result = result(&place);
    assert_eq!(result["leaks"][0]["action"], "DeleteKeyPair");
    assert_eq!(result["cases"][0]["verdict"], "pass", "an undo says nothing about the case");
}

/// Nobody knows whether a call without an answer did its work, so it is undone.
#[test]
fn a_call_without_an_answer_is_undone() {
    let cloud = FakeEc2::that(|call| {
        // An answer that is not HTTP's any more: the status line says 0.
        (call.action == "CreateKeyPair").then(|| (0, String::new()))
    });
    let place = Place::new();
    run(&place, &cloud).exits(3).within(30);
    assert!(cloud.actions().contains(&"DeleteKeyPair".to_owned()), "{:?}", cloud.actions());
    assert_eq!(result(&place)["cases"][0]["verdict"], "inconclusive");
}

/// A case that only launches an instance; that is undone at its end.
pub const LAUNCH: &str = "\
id: 93a8ca40-34db-4ded-b490-fe5310e28841
title: An instance is launched
capability: instances
steps:
  - id: run
    call: RunInstances
    with: { ImageId: ami-0123456789abcdef0, MinCount: 1, MaxCount: 1 }
    bind: { instance: \"Instances[0].InstanceId\" }
    undo: { call: TerminateInstances, with: { InstanceIds: [$instance] }, waiter: InstanceTerminated }
";

/// A case that launches two instances, and undoes both in one call.
pub const LAUNCH_TWO: &str = "\
id: 93a8ca40-34db-4ded-b490-fe5310e28845
title: Two instances are launched
capability: instances
steps:
  - id: run
    call: RunInstances
    with: { ImageId: ami-0123456789abcdef0, MinCount: 2, MaxCount: 2 }
    bind: { instances: \"Instances[].InstanceId\" }
    undo: { call: TerminateInstances, with: { InstanceIds: $instances } }
";

/// What a cloud answers that launches `i-1` and `i-2`, and says this of every termination that names
/// `i-1`.
pub fn two_instances(call: &Call, of_the_first: (u16, &str)) -> Option<Reply> {
    match call.action.as_str() {
        "RunInstances" => {
            let item = |id: &str| format!("<item><instanceId>{id}</instanceId></item>");
            let items = format!("<instancesSet>{}{}</instancesSet>", item("i-1"), item("i-2"));
            Some(output(call, &items))
        }
        "TerminateInstances" if call.parameters.values().any(|value| value == "i-1") => {
            Some(refusal(of_the_first.0, of_the_first.1, "all or nothing"))
        }
        "TerminateInstances" => Some(output(call, "")),
        // Nothing of it can be seen.
        "DescribeInstances" => Some(refusal(403, "UnauthorizedOperation", "not you")),
        _ => None,
    }
}

/// Whether the second was terminated, by a call of its own.
pub fn is_second_terminated(cloud: &FakeEc2) -> bool {
    let ids = |call: &Call| {
        let ids = call.parameters.iter().filter(|(name, _)| name.starts_with("InstanceId."));
        ids.map(|(_, id)| id.clone()).collect::<Vec<_>>()
    };
    let calls = cloud.calls();
    calls.iter().any(|call| call.action == "TerminateInstances" && ids(call) == ["i-2"])
}

/// EC2 refuses a call on several things as a whole when one of them is gone, or is to stay: the others
/// are to go all the same.
#[test]
fn one_of_several_things_is_in_the_way() {
    for (of_the_first, code) in
        [((400, "InvalidInstanceID.NotFound"), 0), ((400, "OperationNotPermitted"), 4)]
    {
        let cloud = FakeEc2::that(move |call| two_instances(call, of_the_first));
        let place = Place::new();
        let folder = place.work().join("suite/instances");
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join("launch.yaml"), LAUNCH_TWO).expect("a case");
        let url = cloud.url();
        let arguments = ["run", "--cases", "suite", "--baselines", "suite", "--endpoint", &url];
        let more = ["--region", "here-1", "--out", "out"];
        place.run(&[&arguments[..], &more].concat()).exits(code).within(30);
        assert!(is_second_terminated(&cloud), "{:?}", cloud.actions());
    }
}

/// AWS's waiter gives up on `pending`; a cloud that takes a moment to notice the termination has
/// left nothing behind all the same.
#[test]
fn an_undo_waits_out_what_its_waiter_takes_for_a_failure() {
    let id = "<instanceId>i-0123456789abcdef0</instanceId>";
    // How often it was asked for since it was launched; before there is none.
    let looks = AtomicUsize::new(0);
    let launched = AtomicBool::new(false);
    let cloud = FakeEc2::that(move |call| {
        let state = |name: &str| {
            format!("<item>{id}<instanceState><name>{name}</name></instanceState></item>")
        };
        Some(match call.action.as_str() {
            "RunInstances" => {
                launched.store(true, Ordering::SeqCst);
                output(call, &format!("<instancesSet>{}</instancesSet>", state("pending")))
            }
            "TerminateInstances" => {
                output(call, &format!("<instancesSet><item>{id}</item></instancesSet>"))
            }
            "DescribeInstances" if !launched.load(Ordering::SeqCst) => {
                output(call, "<reservationSet/>")
            }
            "DescribeInstances" => {
                let look = looks.fetch_add(1, Ordering::SeqCst);
                let now = state(if look < 2 { "pending" } else { "terminated" });
                output(
                    call,
                    &format!(
                        "<reservationSet><item><instancesSet>{now}</instancesSet></item></reservationSet>"
                    ),
                )
            }
            _ => return None,
        })
    });
    let place = Place::new();
    let folder = place.work().join("suite/instances");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("launch.yaml"), LAUNCH).expect("a case");
    let url = cloud.url();
    place
        .run(&["run", "--cases", "suite", "--endpoint", &url, "--region", "here-1", "--out", "out"])
        .exits(0)
        .within(45);
    assert_eq!(result(&place)["leaks"], Value::Array(Vec::new()));
    let terminated = cloud.actions().iter().filter(|a| *a == "TerminateInstances").count();
    assert_eq!(terminated, 1, "asked once, then waited");
}

/// Sent, never answered, and known by no id: nothing can undo it, and that has to be said.
#[test]
fn what_may_have_been_made_is_said() {
    let cloud = FakeEc2::that(|call| match call.action.as_str() {
        "RunInstances" => {
            std::thread::sleep(Duration::from_secs(3));
            Some(output(call, ""))
        }
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
    let ran = place.run(&[&arguments[..], &["--timeout", "1"]].concat()).exits(4).within(30);
    assert!(ran.stdout.contains("it may have been made"), "{ran}");
    let leaks = &result(&place)["leaks"];
    assert_eq!(leaks[0]["action"], "TerminateInstances", "{leaks}");
}

const REFUSED_ON_AWS: &str = "id: 2f9d6f0e-2c43-4d0a-9a3c-6c3f0a5f7e03
title: T
capability: key-pairs
steps:
  - id: make
    call: CreateKeyPair
    with: { KeyName: $name }
";

/// A call that AWS refuses names no undo; a target that takes it is cleaned up all the same.
#[test]
fn what_should_have_been_refused_is_removed() {
    let (place, cloud) = (Place::new(), FakeEc2::start());
    let folder = place.work().join("suite/key-pairs");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("make.yaml"), REFUSED_ON_AWS).expect("a case");
    let url = cloud.url();
    place.run(&[
        "run",
        "--cases",
        "suite",
        "--endpoint",
        &url,
        "--region",
        "here-1",
        "--out",
        "out",
    ]);
    let last = cloud.calls().pop().expect("a call");
    assert_eq!(last.action, "DeleteKeyPair");
    assert!(last.parameters["KeyPairId"].starts_with("key-"), "{last:?}");
}
