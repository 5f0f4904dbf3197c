//! The program against servers on loopback: against those that are not EC2, or worse, and against
//! one that is. What a user sees is what is checked: exit code, what is said, what is left behind.

#[path = "endpoints/bombs.rs"]
mod bombs;
#[path = "endpoints/checks.rs"]
mod checks;
#[path = "endpoints/faults.rs"]
mod faults;
#[path = "endpoints/foreign.rs"]
mod foreign;
#[path = "endpoints/hostile.rs"]
mod hostile;
#[path = "endpoints/hostile_runs.rs"]
mod hostile_runs;
#[path = "endpoints/pace.rs"]
mod pace;
#[path = "endpoints/positions.rs"]
mod positions;
#[path = "endpoints/recordings.rs"]
mod recordings;
#[path = "endpoints/requests.rs"]
mod requests;
#[path = "endpoints/resume.rs"]
mod resume;
#[path = "endpoints/runs.rs"]
mod runs;
#[path = "endpoints/schedule.rs"]
mod schedule;
#[path = "endpoints/shards.rs"]
mod shards;
#[path = "endpoints/stored.rs"]
mod stored;
#[path = "endpoints/sweeps.rs"]
mod sweeps;
#[path = "endpoints/texts.rs"]
mod texts;
#[path = "endpoints/tls.rs"]
mod tls;
#[path = "endpoints/transport.rs"]
mod transport;
#[path = "endpoints/undos.rs"]
mod undos;
#[path = "endpoints/usage.rs"]
mod usage;

mod support;

#[allow(dead_code, reason = "most of it is for making inputs")]
#[path = "fuzz/chance.rs"]
mod chance;
#[allow(dead_code, reason = "most of it is for making inputs")]
#[path = "fuzz/mutate/mod.rs"]
mod mutate;
#[allow(dead_code, reason = "most of it is for making inputs")]
#[path = "fuzz/targets/mod.rs"]
mod targets;

use support::command::{Place, Ran};

/// A short case without any need for images or instances.
const CASE: &str = "key-pairs/duplicate-name";

/// Runs a case on an endpoint that no case can run on: it has to be said why, soon, with the exit
/// code for it, and nothing may be left behind.
#[track_caller]
fn refused(url: &str, more: &[&str], words: &[&str]) -> Ran {
    refused_from(&Place::new(), url, more, words)
}

#[track_caller]
fn refused_from(place: &Place, url: &str, more: &[&str], words: &[&str]) -> Ran {
    let arguments = ["run", CASE, "--endpoint", url, "--region", "here-1", "--out", "out"];
    let ran = place.run(&[&arguments, more].concat()).exits(3).within(30).complains(words);
    assert_eq!(ran.stdout, "", "only errors are said\n{ran}");
    // What the README promises, whatever the endpoint sends.
    assert!(ran.memory < 2_000_000_000, "{} bytes\n{ran}", ran.memory);
    assert!(!ran.stderr.contains("running"), "no case may run\n{ran}");
    assert_eq!(place.left_behind(), Vec::<std::path::PathBuf>::new(), "{ran}");
    ran
}
