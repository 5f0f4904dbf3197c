//! Which cases run when, and which again: quotas, retries, and the first that fails.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use crate::runs::{file, result};
use crate::support::command::{Place, Ran};
use crate::support::ec2::{Call, FakeEc2, Reply, output, refusal};

/// A suite of cases that make a key pair each, and a baseline: the second with one name is refused.
pub struct Suite<'p> {
    place: &'p Place,
    cases: u32,
}

impl<'p> Suite<'p> {
    pub fn new(place: &'p Place) -> Suite<'p> {
        for folder in ["suite/key-pairs", "known/aws/key-pairs"] {
            std::fs::create_dir_all(place.work().join(folder)).expect("a folder");
        }
        Suite { place, cases: 0 }
    }

    /// One more, with these lines.
    pub fn case(mut self, name: &str, more: &str) -> Suite<'p> {
        self.cases += 1;
        let id = format!("2f9d6f0e-2c43-4d0a-9a3c-6c3f0a5f{:04}", self.cases);
        let text = format!(
            "id: {id}\ntitle: T\ncapability: key-pairs\n{more}steps:\n  - id: make\n    \
             call: CreateKeyPair\n    with: {{ KeyName: $name }}\n    \
             undo: {{ call: DeleteKeyPair, with: {{ KeyName: $name }} }}\n  - id: again\n    \
             call: CreateKeyPair\n    with: {{ KeyName: $name }}\n"
        );
        let expected = json!({
            "case": id, "provenance": "documented",
            "sources": { "errors": {
                "title": "Error codes", "url": "https://docs.aws.amazon.com/x", "accessed": "2026-11-21",
                "states": "InvalidKeyPair.Duplicate: the key pair name already exists.",
            } },
            "expect": [{
                "step": "again", "outcome": "error", "code": "InvalidKeyPair.Duplicate",
                "source": "errors",
            }],
        });
        let at = |folder: &str, ending: &str| self.place.path(&format!("{folder}/{name}.{ending}"));
        std::fs::write(at("suite/key-pairs", "yaml"), text).expect("a case");
        std::fs::write(at("known/aws/key-pairs", "json"), expected.to_string())
            .expect("a baseline");
        self
    }

    /// Several more that are named `PREFIX-1` and so on.
    pub fn cases(self, prefix: &str, count: u32, more: &str) -> Suite<'p> {
        (1..=count).fold(self, |suite, n| suite.case(&format!("{prefix}-{n}"), more))
    }
}

pub const OF_SUITE: [&str; 6] = ["--cases", "suite", "--baselines", "known", "--region", "here-1"];

/// Runs the suite.
pub fn run_suite(place: &Place, cloud: &FakeEc2, more: &[&str]) -> Ran {
    let url = cloud.url();
    place.run(&[&["run", "--endpoint", &url], &OF_SUITE[..], &["--out", "out"], more].concat())
}

fn verdicts(result: &Value) -> Vec<String> {
    let cases = result["cases"].as_array().expect("cases").iter();
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    cases.map(|case| format!("{} {}", text(&case["name"]), text(&case["verdict"]))).collect()
}

/// Notices how many key pairs are there at the same time, and gives others time to come, too.
fn counting() -> (impl Fn(&Call) -> Option<Reply>, Arc<Mutex<usize>>) {
    let most = Arc::new(Mutex::new(0));
    let shared = Arc::clone(&most);
    let there = Mutex::new(BTreeSet::new());
    let count = move |call: &Call| {
        let name = call.parameters.get("KeyName").cloned().unwrap_or_default();
        match call.action.as_str() {
            "CreateKeyPair" => {
                let mut there = there.lock().expect("nobody panics with it");
                there.insert(name);
                let mut most = shared.lock().expect("nobody panics with it");
                *most = there.len().max(*most);
            }
            "DeleteKeyPair" => {
                std::thread::sleep(Duration::from_millis(60));
                there.lock().expect("nobody panics with it").remove(&name);
            }
            _ => {}
        }
        None
    };
    (count, most)
}

const QUOTAS: &str = "\
<accountAttributeSet><item><attributeName>max-instances</attributeName><attributeValueSet><item>\
<attributeValue>4</attributeValue></item></attributeValueSet></item></accountAttributeSet>";
const ONE_INSTANCE: &str = "\
<reservationSet><item><instancesSet><item><instanceId>i-1</instanceId></item></instancesSet></item>\
</reservationSet>";

/// As many at once as there is room for: what the account may have, less what it has.
#[test]
fn no_more_at_once_than_the_account_has_room_for() {
    let place = Place::new();
    let needs = |n: u32| format!("uses: {{ instances: {n} }}\n");
    Suite::new(&place)
        .cases("one", 6, &needs(1))
        .case("three", &needs(3))
        .case("four", &needs(4))
        .cases("none", 3, "");
    let (count, most) = counting();
    let cloud = FakeEc2::that(move |call| match call.action.as_str() {
        "DescribeAccountAttributes" => Some(output(call, QUOTAS)),
        "DescribeInstances" => Some(output(call, ONE_INSTANCE)),
        _ => count(call),
    });
    let ran = run_suite(&place, &cloud, &["--jobs", "16"]).exits(0).within(45);
    // Three that need an instance, or the one that needs three; beside them those that need none.
    let most = *most.lock().expect("nobody panics with it");
    assert!((3..=6).contains(&most), "{most} at once\n{ran}");
    let result = result(&place);
    assert_eq!(result["run"]["target"]["quotas"], json!({"instances": 3}));
    let skipped = result["cases"].as_array().expect("cases").iter();
    let skipped: Vec<_> = skipped.filter(|case| case["verdict"] == "skipped").collect();
    assert_eq!(skipped.len(), 1, "{result:#}");
    assert_eq!(skipped[0]["name"], "key-pairs/four");
    let why = skipped[0]["reason"].as_str().expect("text");
    assert!(why.contains("needs 4 instances") && why.contains("room for 3"), "{why}");
    assert!(why.contains("--quota instances=4"), "{why}");
}

#[test]
fn quotas_that_are_given() {
    let place = Place::new();
    Suite::new(&place).cases("one", 4, "uses: { vpcs: 1 }\n");
    let (count, most) = counting();
    let cloud = FakeEc2::that(count);
    run_suite(&place, &cloud, &["--jobs", "16", "--quota", "vpcs=1"]).exits(0).within(45);
    assert_eq!(*most.lock().expect("nobody panics with it"), 1);
    for (wrong, words) in [("vpcs", "KIND=N"), ("vpcs=many", "no number"), ("=1", "KIND=N")] {
        run_suite(&place, &cloud, &["--quota", wrong]).exits(2).complains(&["--quota", words]);
    }
    let url = cloud.url();
    let other = [&["run", "--endpoint", &url], &OF_SUITE[..], &["--out", "other"]].concat();
    let ran = place.run(&[&other[..], &["--quota", "vpc=1"]].concat()).exits(0);
    ran.complains(&["none of these cases uses `vpc`", "did you mean `vpcs`?"]);
}

/// Names of the case that the cloud is unlike AWS in.
fn is_of(call: &Call, case: &str) -> bool {
    let name = call.parameters.get("KeyName").cloned().unwrap_or_default();
    call.action == "CreateKeyPair" && name.ends_with(case)
}

/// A cloud that refuses with another code whatever `when` says so of.
fn odd(when: impl Fn(&Call) -> bool + Send + Sync + 'static) -> FakeEc2 {
    let seen = Mutex::new(BTreeSet::new());
    FakeEc2::that(move |call| {
        let name = call.parameters.get("KeyName").cloned().unwrap_or_default();
        let is_second = call.action == "CreateKeyPair"
            && !seen.lock().expect("nobody panics with it").insert(name.clone());
        (is_second && when(call)).then(|| refusal(400, "InvalidParameterValue", "Odd."))
    })
}

/// Passed in the end, but not each time: that is a verdict of its own, everywhere.
#[test]
fn a_case_that_passes_only_sometimes() {
    let place = Place::new();
    Suite::new(&place).case("sometimes", "").case("always", "");
    // The name of the second attempt says so.
    let cloud = odd(|call| is_of(call, "sometimes") && !call.parameters["KeyName"].contains("-2-"));
    let ran = run_suite(&place, &cloud, &["--retries", "2", "--verbose"]).exits(3).within(45);
    ran.shows(&["1 flaky", "1 of 2 attempts passed", "attempt 1, shown here", "attempt 2: pass"]);
    let found = result(&place);
    assert_eq!(verdicts(&found), ["key-pairs/always pass", "key-pairs/sometimes flaky"]);
    let case = &found["cases"][1];
    let attempts: Vec<&Value> = case["attempts"].as_array().expect("attempts").iter().collect();
    assert_eq!(attempts.len(), 2, "no more than needed: {case:#}");
    assert_eq!(
        (&attempts[0]["verdict"], &attempts[1]["verdict"]),
        (&json!("fail"), &json!("pass"))
    );
    assert_eq!(found["cases"][0]["attempts"], Value::Null, "one attempt is none to speak of");
    let findings = case["findings"].as_array().expect("findings");
    assert!(findings.iter().any(|f| f["step"] == "again"), "those of the attempt that failed");
    let junit = file(&place, "junit.xml");
    assert!(junit.contains("<flakyFailure") && !junit.contains("<failure"), "{junit}");
    assert!(file(&place, "report.html").contains("Attempts"));
    // Whoever judges it again says the same.
    let before = file(&place, "result.json");
    place.run(&["judge", "out", "--baselines", "known"]).exits(3);
    assert_eq!(file(&place, "result.json"), before);
    assert_eq!(cloud.keys(), Vec::<String>::new());
}

#[test]
fn a_case_that_fails_each_time() {
    let place = Place::new();
    Suite::new(&place).case("never", "").cases("always", 2, "");
    let cloud = odd(|call| is_of(call, "never"));
    let ran = run_suite(&place, &cloud, &["--retries", "2", "--jobs", "1"]).exits(1).within(45);
    ran.shows(&["in each of 3 attempts"]);
    let found = result(&place);
    assert_eq!(found["cases"][2]["attempts"].as_array().map(Vec::len), Some(3), "{found:#}");
    assert_eq!(found["run"]["complete"], true);
    let junit = file(&place, "junit.xml");
    assert_eq!(junit.matches("<rerunFailure").count(), 2, "{junit}");
    // After all others had their turn.
    let named: Vec<String> =
        cloud.calls().iter().filter_map(|c| c.parameters.get("KeyName").cloned()).collect();
    let again = named.iter().position(|name| name.contains("-2-")).expect("it was run again");
    let others = named.iter().rposition(|name| name.contains("always")).expect("they were run");
    assert!(others < again, "{named:?}");
}

#[test]
fn the_first_that_fails_is_the_last_to_begin() {
    let place = Place::new();
    Suite::new(&place).cases("any", 4, "");
    let cloud = odd(|_| true);
    let ran = run_suite(&place, &cloud, &["--fail-fast", "--jobs", "1"]).exits(1).within(45);
    let ran = ran.complains(&["--fail-fast"]);
    ran.shows(&["not complete", "3 cases had no turn", "--fail-fast"]);
    let found = result(&place);
    assert_eq!(found["cases"].as_array().map(Vec::len), Some(1));
    assert_eq!(found["run"]["failed_fast"], true);
    assert_eq!(found["run"]["left"].as_array().map(Vec::len), Some(3));
    assert_eq!(found["run"]["complete"], false);
    // What is left can go on, and stops at the next one.
    place.run(&["run", "--resume", "out", "--cases", "suite", "--baselines", "known"]).exits(1);
    assert_eq!(result(&place)["run"]["left"].as_array().map(Vec::len), Some(2));
    // Nothing fails: nothing is stopped.
    let fine = Place::new();
    Suite::new(&fine).cases("any", 4, "");
    run_suite(&fine, &FakeEc2::start(), &["--fail-fast"]).exits(0);
}

/// What did not pass last time is chosen by its result, and so is what had no turn.
#[test]
fn what_failed_last_time() {
    let place = Place::new();
    Suite::new(&place).case("good", "").case("odd", "");
    let cloud = odd(|call| is_of(call, "odd"));
    run_suite(&place, &cloud, &[]).exits(1);
    let url = cloud.url();
    let again = |out: &'static str, more: &[&'static str]| {
        let run = ["run", "--endpoint", &url, "--out", out];
        place.run(&[&run[..], &OF_SUITE[..], more].concat())
    };
    again("again", &["--rerun-failed", "out"]).exits(1);
    let text = std::fs::read_to_string(place.path("again/result.json")).expect("a result");
    let found: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(verdicts(&found), ["key-pairs/odd fail"]);
    let none = again("third", &["--rerun-failed", "out", "good"]).exits(0);
    none.complains(&["passed in out", "nothing to do"]);
    assert!(!place.path("third").exists());
    again("third", &["--rerun-failed", "nowhere"]).exits(2).complains(&["nowhere/result.json"]);
}

#[test]
fn names_that_are_meant_exactly() {
    let place = Place::new();
    Suite::new(&place).case("make", "").case("make-more", "").case("other", "");
    let list = |more: &[&str]| {
        let ran = place.run(&[&["list", "--cases", "suite"], more].concat()).exits(0);
        let name = |line: &str| line.split_whitespace().next().map(str::to_owned);
        ran.stdout.lines().filter_map(name).collect::<Vec<_>>()
    };
    assert_eq!(list(&["make"]), ["key-pairs/make", "key-pairs/make-more"]);
    assert_eq!(list(&["key-pairs/make", "--exact"]), ["key-pairs/make"]);
    assert_eq!(list(&["--skip", "more", "--skip", "oth"]), ["key-pairs/make"]);
    place.run(&["list", "--cases", "suite", "make", "--exact"]).exits(2).complains(&["no case"]);
}
