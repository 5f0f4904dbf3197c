//! Runs that are killed, and what a sweep finds of them; against a cloud that has VPCs and key pairs.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::command::{ACCESS_KEY, Place, Ran, Running, SECRET_KEY, SESSION_TOKEN};
use crate::support::ec2::{Call, FakeEc2, Reply, output, refusal};
use crate::undos::{LAUNCH_TWO, is_second_terminated, two_instances};

const SOON: Duration = Duration::from_secs(30);

/// What the cloud has, and how it behaves.
#[derive(Default)]
struct State {
    /// Id and block.
    vpcs: Vec<(String, String)>,
    keys: Vec<String>,
    /// How often a VPC's removal is still refused.
    depends: usize,
    /// How often a key pair's removal is still refused.
    forbidden: usize,
    /// What CreateVpc answers instead of making one.
    existing: Option<&'static str>,
    /// Whether it has nothing to list instance connect endpoints with, as emulators do not.
    lacks: bool,
}

type Shared = Arc<Mutex<State>>;

fn lock(state: &Shared) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ids of the VPCs that are there.
fn vpcs(state: &Shared) -> Vec<String> {
    lock(state).vpcs.iter().map(|(id, _)| id.clone()).collect()
}

/// A cloud that had a VPC before. If `holds`, nobody ever gets the answer to CreateVpc; that one has
/// arrived, and has made something, can be waited for.
fn cloud(holds: bool) -> (FakeEc2, Shared, Receiver<()>) {
    let state: Shared = Arc::default();
    lock(&state).vpcs.push(("vpc-0".to_owned(), "10.7.0.0/16".to_owned()));
    let (arrived, arrivals) = channel();
    let shared = Arc::clone(&state);
    let cloud = FakeEc2::that(move |call| {
        let reply = answer(call, &mut lock(&shared));
        if holds && call.action == "CreateVpc" {
            let _ = arrived.send(());
            std::thread::sleep(Duration::from_secs(120));
        }
        reply
    });
    (cloud, state, arrivals)
}

fn answer(call: &Call, state: &mut State) -> Option<Reply> {
    let given = |name: &str| call.parameters.get(name).cloned().unwrap_or_default();
    let vpc = |(id, block): &(String, String)| {
        format!("<vpcId>{id}</vpcId><cidrBlock>{block}</cidrBlock><ownerId>123456789012</ownerId>")
    };
    Some(match call.action.as_str() {
        "CreateVpc" => {
            let made = match state.existing {
                Some(id) => (id.to_owned(), given("CidrBlock")),
                None => (format!("vpc-{}", call.nth), given("CidrBlock")),
            };
            if state.existing.is_none() {
                state.vpcs.push(made.clone());
            }
            output(call, &format!("<vpc>{}</vpc>", vpc(&made)))
        }
        "DescribeVpcs" => {
            let items = state.vpcs.iter().map(|v| format!("<item>{}</item>", vpc(v)));
            output(call, &format!("<vpcSet>{}</vpcSet>", items.collect::<String>()))
        }
        "DeleteVpc" if state.depends > 0 => {
            state.depends -= 1;
            refusal(400, "DependencyViolation", "something is in it")
        }
        "DeleteVpc" => {
            let id = given("VpcId");
            if !state.vpcs.iter().any(|(known, _)| *known == id) {
                return Some(refusal(400, "InvalidVpcID.NotFound", "there is none"));
            }
            state.vpcs.retain(|(known, _)| *known != id);
            output(call, "<return>true</return>")
        }
        "DescribeInstanceConnectEndpoints" if state.lacks => {
            (500, "<!doctype html><html><h1>Internal Server Error</h1></html>".to_owned())
        }
        "CreateKeyPair" => {
            state.keys.push(given("KeyName"));
            output(call, &format!("<keyName>{}</keyName>", given("KeyName")))
        }
        "DescribeKeyPairs" => {
            let item = |name: &String| format!("<item><keyName>{name}</keyName></item>");
            let items: String = state.keys.iter().map(item).collect();
            output(call, &format!("<keySet>{items}</keySet>"))
        }
        "DeleteKeyPair" if state.forbidden > 0 => {
            state.forbidden -= 1;
            refusal(403, "UnauthorizedOperation", "not now")
        }
        "DeleteKeyPair" => {
            state.keys.retain(|name| *name != given("KeyName"));
            output(call, "<return>true</return>")
        }
        _ => return None,
    })
}

const VPC: &str = "\
id: 93a8ca40-34db-4ded-b490-fe5310e28842
title: A VPC is made
capability: vpcs
steps:
  - id: make
    call: CreateVpc
    with: { CidrBlock: 10.7.0.0/16 }
    bind: { vpc: Vpc.VpcId }
    undo: { call: DeleteVpc, with: { VpcId: $vpc } }
";

const KEY: &str = "\
id: 93a8ca40-34db-4ded-b490-fe5310e28843
title: A key pair is made
capability: key-pairs
steps:
  - id: make
    call: CreateKeyPair
    with: { KeyName: $name }
    undo: { call: DeleteKeyPair, with: { KeyName: $name } }
";

/// A place with a suite of this case.
fn place(capability: &str, case: &str) -> Place {
    let place = Place::new();
    let folder = place.work().join("suite").join(capability);
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::create_dir_all(place.work().join("none")).expect("a folder");
    std::fs::write(folder.join("make.yaml"), case).expect("a case");
    place
}

fn run_of(url: &str) -> [&str; 11] {
    [
        "run",
        "--cases",
        "suite",
        "--baselines",
        "none",
        "--endpoint",
        url,
        "--region",
        "here-1",
        "--out",
        "out",
    ]
}

/// A run that is killed when its VPC is made, before it knows that.
fn killed(cloud: &FakeEc2, arrivals: &Receiver<()>) -> Place {
    let place = place("vpcs", VPC);
    let running: Running = place.start(&run_of(&cloud.url()));
    arrivals.recv_timeout(SOON).expect("it is made");
    running.kill();
    assert_eq!(running.finish().code, None, "killed");
    place
}

fn sweep(place: &Place, more: &[&str]) -> Ran {
    place.run(&[&["sweep", "out", "--settle", "0"], more].concat()).within(45)
}

#[test]
fn what_a_killed_run_made_is_found_and_removed() {
    let (cloud, state, arrivals) = cloud(true);
    let place = killed(&cloud, &arrivals);
    assert_eq!(vpcs(&state), ["vpc-0", "vpc-1"]);
    // It may lie in a VPC; the ledger says that the run made none.
    lock(&state).lacks = true;

    let ran = sweep(&place, &[]).exits(2);
    ran.complains(&["--yes", "--dry-run"]);
    let ran = sweep(&place, &["--dry-run"]).exits(4);
    assert!(ran.stdout.contains("vpc-1") && !ran.stdout.contains("vpc-0"), "{ran}");
    assert!(ran.stdout.contains("vpcs/make, step make"), "it says why\n{ran}");
    assert_eq!(vpcs(&state), ["vpc-0", "vpc-1"], "only looked");

    // Something is in its way for a while.
    lock(&state).depends = 2;
    let ran = sweep(&place, &["--yes"]).exits(0);
    assert!(ran.stdout.contains("clean: 1 thing removed"), "{ran}");
    assert_eq!(vpcs(&state), ["vpc-0"], "the same block, but it was there before");

    // Once more, and there is nothing to do, and nobody to ask.
    let ran = sweep(&place, &["--yes", "--format", "json"]).exits(0);
    let said: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!((&said["clean"], &said["removed"]), (&json!(true), &json!([])), "{ran}");
    let ledger = std::fs::read_to_string(place.path("out/ledger.jsonl")).expect("a ledger");
    for secret in [ACCESS_KEY, SECRET_KEY, SESSION_TOKEN] {
        assert!(!ledger.contains(secret));
    }
}

/// Two VPCs look like the one that the run may have made: one is somebody else's.
#[test]
fn what_may_be_somebody_elses_is_left_alone() {
    let (cloud, state, arrivals) = cloud(true);
    let place = killed(&cloud, &arrivals);
    lock(&state).vpcs.push(("vpc-9".to_owned(), "10.7.0.0/16".to_owned()));

    let ran = sweep(&place, &["--yes"]).exits(4);
    for words in ["vpc-1, vpc-9", "may be somebody else's", "--unsure", "at most 1"] {
        assert!(ran.stdout.contains(words), "lacks `{words}`\n{ran}");
    }
    let ran = sweep(&place, &["--yes", "--format", "json"]).exits(4);
    let said: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(said["unsure"][0]["ids"], json!(["vpc-1", "vpc-9"]));
    assert_eq!(vpcs(&state), ["vpc-0", "vpc-1", "vpc-9"]);

    sweep(&place, &["--yes", "--unsure"]).exits(0);
    assert_eq!(vpcs(&state), ["vpc-0"]);
}

#[test]
fn a_run_that_goes_on_is_not_swept() {
    let (cloud, state, arrivals) = cloud(true);
    let place = place("vpcs", VPC);
    let running = place.start(&run_of(&cloud.url()));
    arrivals.recv_timeout(SOON).expect("it is made");
    sweep(&place, &["--yes"]).exits(2).complains(&["the run is not over"]);
    assert_eq!(vpcs(&state), ["vpc-0", "vpc-1"]);
    running.kill();
    running.finish();
}

#[test]
fn a_ledger_is_of_one_endpoint() {
    let ((cloud, state, arrivals), other) = (cloud(true), FakeEc2::start());
    let place = killed(&cloud, &arrivals);
    let url = other.url();
    sweep(&place, &["--yes", "--endpoint", &url]).exits(2).complains(&[&cloud.url(), &url]);
    place.run(&["sweep", "nowhere", "--yes"]).exits(2).complains(&["there is no ledger"]);
    place.run(&["sweep", "--yes"]).exits(2).complains(&["--run ID", "--all-runs"]);
    assert_eq!(vpcs(&state).len(), 2);
    std::fs::write(place.path("out/ledger.jsonl"), "{\"entry\":").expect("a file");
    sweep(&place, &["--yes"]).exits(0).complains(&["before it made anything"]);
}

/// What variables and the configuration file say of another target is not meant, unless it is named.
#[test]
fn a_folder_is_swept_where_its_run_was() {
    let (cloud, state, arrivals) = cloud(true);
    let nobody = "http://127.0.0.1:9/";
    let place = killed(&cloud, &arrivals)
        .with("PARALLAX_ENDPOINT", nobody)
        .with("PARALLAX_TARGET", "other")
        .with("PARALLAX_REGION", "nowhere-1");
    let file = format!("targets:\n  other: {{ endpoint: \"{nobody}\", region: nowhere-1 }}\n");
    std::fs::write(place.path("parallax.yaml"), file).expect("written");
    sweep(&place, &["--yes", "--target", "other"]).exits(3).complains(&[nobody]);
    assert_eq!(vpcs(&state).len(), 2);
    sweep(&place, &["--yes"]).exits(0);
    assert_eq!(vpcs(&state), ["vpc-0"]);
}

/// Without a ledger names are all there is.
#[test]
fn by_name() {
    let (cloud, state, _) = cloud(false);
    let names = ["production", "parallax-1a2b3c4d-a-b", "parallax-ffffffff-a-b", "parallax-tests"];
    lock(&state).keys = names.map(str::to_owned).to_vec();
    let place = Place::new();
    let url = cloud.url();
    let sweep = |more: &[&str]| {
        let which = ["sweep", "--yes", "--endpoint", &url, "--region", "here-1"];
        place.run(&[&which, more].concat())
    };
    sweep(&["--run", "parallax-1"]).exits(2).complains(&["eight digits and letters"]);
    sweep(&["--run", "1a2b3c4d"]).exits(0);
    assert_eq!(lock(&state).keys, ["production", "parallax-ffffffff-a-b", "parallax-tests"]);
    sweep(&["--all-runs"]).exits(0);
    assert_eq!(lock(&state).keys, ["production", "parallax-tests"]);

    // What cannot be listed may be there.
    lock(&state).lacks = true;
    lock(&state).keys.push("parallax-1a2b3c4d-c".to_owned());
    let ran = sweep(&["--run", "1a2b3c4d"]).exits(3);
    for words in ["not known", "instance connect endpoint", "1 thing removed, nothing else is seen"]
    {
        assert!(ran.stdout.contains(words), "lacks `{words}`\n{ran}");
    }
    assert_eq!(lock(&state).keys, ["production", "parallax-tests"]);
}

/// What cannot be undone when a case ends may be when all cases have.
#[test]
fn undone_at_the_end_of_the_run() {
    let (cloud, state, _) = cloud(false);
    let place = place("key-pairs", KEY);
    // The first two tries are the case's own.
    lock(&state).forbidden = 2;
    let ran = place.run(&run_of(&cloud.url())).exits(0).within(30);
    ran.complains(&["NOT UNDONE YET", "trying again to undo"]);
    assert!(lock(&state).keys.is_empty());
}

#[test]
fn what_is_left_is_swept_later() {
    let (cloud, state, _) = cloud(false);
    let place = place("key-pairs", KEY);
    lock(&state).forbidden = 100;
    place.run(&run_of(&cloud.url())).exits(4).within(30).complains(&["parallax sweep out\n"]);
    let ran = sweep(&place, &["--yes"]).exits(4);
    assert!(ran.stdout.contains("UnauthorizedOperation"), "it says why\n{ran}");
    lock(&state).forbidden = 0;
    sweep(&place, &["--yes"]).exits(0);
    assert!(lock(&state).keys.is_empty());
}

/// Of two instances one has gone by itself, and neither is listed: the call that undoes both is refused as
/// a whole, and the other is to go all the same.
#[test]
fn one_of_several_is_gone() {
    let gone = Arc::new(AtomicBool::new(false));
    let now = Arc::clone(&gone);
    let cloud = FakeEc2::that(move |call| {
        let gone = now.load(Ordering::SeqCst);
        if call.action == "TerminateInstances" && !gone {
            return Some(refusal(403, "UnauthorizedOperation", "not now"));
        }
        two_instances(call, (400, "InvalidInstanceID.NotFound"))
    });
    let place = place("instances", LAUNCH_TWO);
    place.run(&run_of(&cloud.url())).exits(4).within(30);
    assert!(is_second_terminated(&cloud), "it was tried");

    gone.store(true, Ordering::SeqCst);
    let before = cloud.calls().len();
    // It cannot be seen whether that helped.
    let ran = sweep(&place, &["--yes"]).exits(4);
    assert!(ran.stdout.contains("cannot be listed"), "{ran}");
    let since = cloud.calls().split_off(before);
    let ids = since.iter().filter(|call| call.action == "TerminateInstances").map(|call| {
        let ids = call.parameters.iter().filter(|(name, _)| name.starts_with("InstanceId."));
        ids.map(|(_, id)| id.as_str()).collect::<Vec<_>>()
    });
    assert_eq!(ids.collect::<Vec<_>>(), [vec!["i-1", "i-2"], vec!["i-1"], vec!["i-2"]]);
}

/// A cloud may answer a call with what somebody else made long ago.
#[test]
fn what_was_there_before_is_not_undone() {
    let (cloud, state, _) = cloud(false);
    lock(&state).existing = Some("vpc-0");
    let place = place("vpcs", VPC);
    place.run(&run_of(&cloud.url())).exits(0).within(30);
    assert!(!cloud.actions().contains(&"DeleteVpc".to_owned()), "{:?}", cloud.actions());
    // What else is there is nobody's concern who reads the transcript.
    let transcript = std::fs::read_to_string(place.path("out/transcript.jsonl")).expect("a file");
    assert!(cloud.actions().contains(&"DescribeVpcs".to_owned()));
    assert!(!transcript.contains("DescribeVpcs"));
    sweep(&place, &["--yes"]).exits(0);
    assert_eq!(vpcs(&state), ["vpc-0"]);
}

/// No answer, no id, and yet it is found by the token of the call when the run ends.
#[test]
fn what_was_made_without_an_answer_is_found_at_the_end() {
    const LAUNCH: &str = "\
id: 93a8ca40-34db-4ded-b490-fe5310e28844
title: An instance is launched
capability: instances
steps:
  - id: run
    call: RunInstances
    with: { ImageId: ami-0123456789abcdef0, MinCount: 1, MaxCount: 1 }
    bind: { instance: \"Instances[0].InstanceId\" }
    undo: { call: TerminateInstances, with: { InstanceIds: [$instance] } }
";
    let token = Arc::new(Mutex::new(String::new()));
    let cloud = FakeEc2::that(move |call| {
        let mut token = token.lock().expect("nobody panics with it");
        Some(match call.action.as_str() {
            "RunInstances" => {
                token.clone_from(&call.parameters["ClientToken"]);
                // No answer that is HTTP's.
                (0, String::new())
            }
            "DescribeInstances" if token.is_empty() => output(call, "<reservationSet/>"),
            "DescribeInstances" => output(
                call,
                &format!(
                    "<reservationSet><item><instancesSet>\
                     <item><instanceId>i-1</instanceId><clientToken>{token}</clientToken></item>\
                     <item><instanceId>i-2</instanceId></item>\
                     </instancesSet></item></reservationSet>"
                ),
            ),
            "TerminateInstances" => output(call, ""),
            _ => return None,
        })
    });
    let place = place("instances", LAUNCH);
    place.run(&run_of(&cloud.url())).exits(3).within(30);
    let ended: Vec<Call> =
        cloud.calls().into_iter().filter(|call| call.action == "TerminateInstances").collect();
    assert_eq!(ended.len(), 1, "{:?}", cloud.actions());
    assert_eq!(ended[0].parameters["InstanceId.1"], "i-1");
}
