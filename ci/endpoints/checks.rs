//! `parallax target check`, and runs on targets of a configuration file.

use serde_json::Value;

use crate::support::command::{Place, Ran};
use crate::support::ec2::{FakeEc2, Lasting, refusal};
use crate::support::server::{Request, Server, lasting_response};
use crate::support::tls;

/// One case, so that nothing big has to be read.
const SUITE: &str = "\
id: 93a8ca40-34db-4ded-b490-fe5310e28841
title: A case for tests
capability: key-pairs
uses: { volumes: 1 }
steps:
  - id: ask
    call: DescribeKeyPairs
";

const LAUNCH: &str = "\
id: 93a8ca40-34db-4ded-b490-fe5310e28842
title: Another
capability: key-pairs
steps:
  - id: run
    call: RunInstances
    with: { ImageId: $image, MinCount: 1, MaxCount: 1 }
    undo: { call: TerminateInstances, with: { InstanceIds: [$image] } }
";

fn place() -> Place {
    let place = Place::new();
    std::fs::create_dir_all(place.path("suite/key-pairs")).expect("a folder");
    std::fs::write(place.path("suite/key-pairs/ask.yaml"), SUITE).expect("a case");
    std::fs::write(place.path("suite/key-pairs/launch.yaml"), LAUNCH).expect("a case");
    place
}

fn check(place: &Place, url: &str, more: &[&str]) -> Ran {
    let arguments = ["target", "check", url, "--region", "here-1", "--cases", "suite"];
    place.run(&[&arguments, more].concat())
}

#[track_caller]
fn says(ran: &Ran, words: &[&str]) {
    for word in words {
        assert!(ran.stdout.contains(word), "lacks `{word}`\n{ran}");
    }
}

#[test]
fn a_target_that_can_be_used() {
    let (place, cloud) = (place(), FakeEc2::lasting(|_| Lasting::Behave));
    let ran = check(&place, &cloud.url(), &[]).exits(0);
    says(
        &ran,
        &[
            "here-1",
            "ok       tcp",
            "ok       ec2            it answers as EC2 does",
            "the endpoint does not look at signatures",
            "warning  image          no image is said, and none was found",
            "→ give --image",
            "ok       zone           here-1a, found there",
            "not offered: DescribeVolumes (InvalidAction (HTTP 400)",
            "Of 2 cases 1 can run here, 1 are skipped",
            "1  the case needs an image, and none is known; give --image",
        ],
    );
    // It only looks.
    let actions = cloud.actions();
    assert!(actions.iter().all(|action| action.starts_with("Describe")), "{actions:?}");
    assert!(place.left_behind().iter().all(|path| path.ends_with("suite")));
}

#[test]
fn the_same_for_programs() {
    let (place, cloud) = (place(), FakeEc2::lasting(|_| Lasting::Behave));
    let more = ["--format", "json", "--image", "ami-1", "--instance-type", "m1.tiny"];
    let ran = check(&place, &cloud.url(), &more).exits(0);
    let report: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(report["usable"], true);
    assert_eq!(report["facts"]["zone"], "here-1a");
    assert_eq!(report["suite"]["run"], 2, "{report:#}");
    let steps = report["steps"].as_array().expect("steps");
    let step = |what: &str| steps.iter().find(|step| step["what"] == what).expect("there");
    assert_eq!(step("tcp")["outcome"], "ok");
    // The cloud answers that there is none.
    assert_eq!(step("image")["outcome"], "warning");
    assert!(step("image")["advice"].as_str().expect("text").contains("--image"));
    let settings = report["settings"].as_array().expect("settings");
    let region = settings.iter().find(|s| s["what"] == "region").expect("there");
    assert_eq!((&region["value"], &region["from"]), (&"here-1".into(), &"--region".into()));
    let actions = report["actions"].as_array().expect("actions");
    assert!(actions.iter().any(|a| a["action"] == "DescribeImages" && a["offer"] == "yes"));
    assert!(actions.iter().any(|a| a["action"] == "DescribeVolumes" && a["offer"] == "no"));
}

#[test]
fn what_cannot_be_reached() {
    let place = place();
    let closed = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr());
    let closed = format!("http://127.0.0.1:{}/", closed.expect("free").port());
    let page = Server::lasting(|_| Some(lasting_response("200 OK", "", "<html>hello</html>")));
    let silent =
        Server::raw(|mut stream| std::io::copy(&mut stream, &mut std::io::sink()).map(drop));
    let untrusted = format!("https://127.0.0.1:{}/", tls::server(tls::CERTIFICATE).port());
    for (url, more, words) in [
        (
            "http://cloud.invalid:8788/",
            &[][..],
            &["failed   dns", "cloud.invalid is not found", "DNS"][..],
        ),
        (&closed, &[], &["failed   tcp", "nobody listens there", "that the service runs"]),
        (&untrusted, &[], &["failed   tls", "certificate", "--ca-bundle"]),
        (&page.url(), &[], &["failed   ec2", "an HTML page", "openstack catalog show ec2"]),
        (&silent.url(), &["--timeout", "1"], &["failed   http", "within 1 s", "--timeout"]),
    ] {
        let ran = check(&place, url, more).exits(3);
        says(&ran, words);
        says(&ran, &["No case can run here."]);
    }
}

/// Refuses as a cloud with this clock and these words for known and unknown keys.
fn refusing(date: &'static str, known: &'static str, unknown: &'static str) -> Server {
    Server::lasting(move |request: &Request| {
        let authorization = request.header("authorization")?;
        let is_known = !authorization.contains("AKIAIOSFODNN7EXAMPLE");
        let (code, message) = (if is_known { known } else { unknown }).split_once(": ")?;
        let (_, body) = refusal(401, code, message);
        Some(lasting_response("401 Unauthorized", &format!("Date: {date}\r\n"), &body))
    })
}

/// Which of key, secret, clock and session it is, and what to do about that.
#[test]
fn why_credentials_are_refused() {
    let place = place();
    let now = "Fri, 01 Jan 2100 00:00:00 GMT";
    let no_date = "none";
    for (date, known, unknown, words) in [
        (
            no_date,
            "AuthFailure: key AKIDEXAMPLEKEYID99 is not known",
            "AuthFailure: key AKIAIOSFODNN7EXAMPLE is not known",
            &["check AWS_ACCESS_KEY_ID first"][..],
        ),
        (
            no_date,
            "AuthFailure: the signature is wrong",
            "AuthFailure: key AKIAIOSFODNN7EXAMPLE is not known",
            &["check AWS_SECRET_ACCESS_KEY", "the secret is not the key's"],
        ),
        (no_date, "InvalidClientTokenId: no", "X: no", &["there is no such key at this endpoint"]),
        (no_date, "SignatureDoesNotMatch: no", "X: no", &["the secret is not the key's"]),
        (no_date, "ExpiredToken: no", "X: no", &["new temporary credentials"]),
        (now, "AuthFailure: no", "X: no", &["ahead of this machine's", "set the clock", "h ahead"]),
        (
            now,
            "RequestExpired: no",
            "X: no",
            &["failed   clock", "signatures hold for five minutes"],
        ),
    ] {
        let ran = check(&place, &refusing(date, known, unknown).url(), &[]).exits(3);
        says(&ran, &["failed   credentials    not accepted: "]);
        says(&ran, words);
    }
    // A run says as much of it as the first answer tells.
    for (date, known, words) in [
        (now, "AuthFailure: no", ["does not accept the credentials", "its clock is"]),
        (no_date, "ExpiredToken: no", ["does not accept the credentials", "aws sso login"]),
    ] {
        let url = refusing(date, known, "X: no").url();
        place
            .run(&["run", "--cases", "suite", "--endpoint", &url, "--region", "here-1"])
            .exits(3)
            .complains(&words);
    }
}

/// Known, and still not allowed to look: that is for whoever writes the policy.
#[test]
fn credentials_that_may_not_look() {
    let cloud = FakeEc2::lasting(|_| Lasting::Say(refusal(403, "UnauthorizedOperation", "no")));
    let ran = check(&place(), &cloud.url(), &[]).exits(0);
    says(&ran, &["warning  credentials", "known, but not allowed", "parallax policy"]);
    says(&ran, &["not allowed to you: DescribeVolumes"]);
}

/// Where to run, with what, and what is lacking there, all from a file.
#[test]
fn a_run_on_a_target_of_the_file() {
    let (place, cloud) = (place(), FakeEc2::lasting(|_| Lasting::Behave));
    let file = format!(
        "default: lab\ntargets:\n  lab:\n    endpoint: {}\n    region: here-1\n    name: The lab\n    \
         lacks: [volumes, RunInstances]\n  other: {{ endpoint: \"http://127.0.0.1:9/\" }}\n",
        cloud.url()
    );
    std::fs::write(place.path("parallax.yaml"), file).expect("written");
    let ran = place.run(&["run", "--cases", "suite", "--out", "out"]).exits(0);
    assert!(ran.stderr.contains("The lab"), "{ran}");
    let result: Value = serde_json::from_str(
        &std::fs::read_to_string(place.path("out/result.json")).expect("a result"),
    )
    .expect("JSON");
    assert_eq!(result["run"]["target"]["lacks"], serde_json::json!(["volumes", "RunInstances"]));
    for (case, why) in [
        ("ask", "lack volumes, which the case uses"),
        ("launch", "lack RunInstances, which the case calls"),
    ] {
        let cases = result["cases"].as_array().expect("cases");
        let name = format!("key-pairs/{case}");
        let judged = cases.iter().find(|judged| judged["name"] == name.as_str()).expect("judged");
        assert_eq!(judged["verdict"], "skipped");
        assert!(judged["reason"].as_str().expect("text").contains(why), "{judged}");
    }
    assert!(!cloud.actions().contains(&"RunInstances".to_owned()));

    let ran = place.run(&["target", "check", "--cases", "suite"]).exits(0);
    says(&ran, &["The lab", "1  the target is declared to lack volumes, which the case uses"]);
    // Another one is meant by its name, and nobody is there.
    place.run(&["target", "check", "other", "--region", "r", "--cases", "suite"]).exits(3);
}

/// AWS's own variables say where the cloud is, as they do to AWS's own tools.
#[test]
fn where_awss_variables_say() {
    let cloud = FakeEc2::lasting(|_| Lasting::Behave);
    let place = place()
        .with("AWS_ENDPOINT_URL", "http://127.0.0.1:9/")
        .with("AWS_ENDPOINT_URL_EC2", &cloud.url())
        .with("AWS_REGION", "here-1");
    place.run(&["target", "check", "--cases", "suite"]).exits(0);
    assert!(cloud.actions().contains(&"DescribeKeyPairs".to_owned()));
    let ignored = place.with("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true");
    let ran = ignored.run(&["target", "show"]);
    assert!(!ran.stdout.contains("127.0.0.1:9"), "{ran}");
}
