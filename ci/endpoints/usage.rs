//! Mistakes of the user: exit code 2, said before anything is sent.

use crate::CASE;
use crate::support::command::{Place, Ran};
use crate::support::server::Server;

/// Nobody listens there, and nobody gets so far as to notice.
const NOBODY: &str = "http://127.0.0.1:9/";

#[track_caller]
fn mistaken(place: &Place, arguments: &[&str], words: &[&str]) -> Ran {
    let before = place.left_behind();
    let ran = place.run(arguments).exits(2).within(30).complains(words);
    assert_eq!(place.left_behind(), before, "{ran}");
    ran
}

#[test]
fn urls_that_are_none() {
    let place = Place::new();
    for url in [
        "cloud",
        "cloud.example:8788",
        "ftp://cloud.example/",
        "http://",
        "/srv",
        "",
        "http://[::1",
    ] {
        let arguments = ["run", CASE, "--endpoint", url, "--region", "r"];
        mistaken(&place, &arguments, &["is not an endpoint", "http://cloud.example:8788/"]);
    }
    let query = ["run", CASE, "--endpoint", "http://cloud.example/?Action=x", "--region", "r"];
    mistaken(&place, &query, &["is not an endpoint", "query"]);
}

/// A password in a URL must not come out again, whatever else is wrong with the URL.
#[test]
fn urls_with_a_password() {
    let place = Place::new();
    for url in [
        "http://admin:hunter2@cloud.example:8788/",
        "http://admin:hunter2@cloud.example:99999/",
        "http://admin:hunter2@[::1/",
        "http:/admin:hunter2@cloud.example/",
        "http:admin:hunter2@cloud.example/",
        "HTTP:\\\\admin:hunter2@cloud.example/?x=1",
        "ftp://admin:hunter2@cloud.example/",
        "admin:hunter2@cloud.example",
        "//admin:hunter2@cloud.example",
        "http://admin:hunter2@secret@cloud.example/",
    ] {
        let arguments = ["run", CASE, "--endpoint", url, "--region", "r"];
        // Where the host is not even readable, it is enough to be told.
        let host = if url.contains("[::1") { "[::1" } else { "cloud.example" };
        let ran = mistaken(&place, &arguments, &["is not an endpoint", host]);
        assert!(!ran.stderr.contains("hunter2") && !ran.stderr.contains("secret@"), "{ran}");
        let help = place.run(&["run", "--help"]).exits(0);
        assert!(!help.stdout.contains("hunter2"), "{help}");
    }
    // Also not from the environment, which `--help` would show by itself.
    let place = Place::new().with("PARALLAX_ENDPOINT", "http://admin:hunter2@cloud.example/");
    for arguments in [["run", "--help"], ["run", CASE]] {
        let ran = place.run(&arguments).within(30);
        assert!(!ran.stdout.contains("hunter2") && !ran.stderr.contains("hunter2"), "{ran}");
    }
}

#[test]
fn no_credentials() {
    let arguments = ["run", CASE, "--endpoint", NOBODY, "--region", "r"];
    let words = ["no credentials", "AWS_ACCESS_KEY_ID", "--profile"];
    mistaken(&Place::without_credentials(), &arguments, &words);
    let half = Place::without_credentials().with("AWS_ACCESS_KEY_ID", "AKIDONLYHALF");
    mistaken(&half, &arguments, &words);
    let unknown = [&arguments[..], &["--profile", "nobody"]].concat();
    mistaken(&Place::new(), &unknown, &["nobody"]);
}

#[test]
fn no_region() {
    let arguments = ["run", CASE, "--endpoint", NOBODY];
    mistaken(&Place::new(), &arguments, &["no region", "--region", "AWS_REGION"]);
    // Any of the places where AWS's tools look for it will do; here nobody listens.
    let known = Place::new().with("AWS_REGION", "here-1");
    known.run(&arguments).exits(3).complains(&["cannot be reached"]);
}

#[test]
fn what_to_run_that_is_not_there() {
    let place = Place::new();
    let run =
        |more: &[&'static str]| [&["run", "--endpoint", NOBODY, "--region", "r"], more].concat();
    let words = ["no capability `key-pair`", "did you mean `key-pairs`?"];
    mistaken(&place, &run(&["--capability", "key-pair"]), &words);
    mistaken(&place, &run(&["no-such-case"]), &["no case matches", "parallax list"]);
    mistaken(&place, &run(&["--action", "CreateKeypair"]), &["CreateKeypair", "CreateKeyPair"]);
    mistaken(&place, &run(&["--timeout", "0"]), &["--timeout"]);
    mistaken(&place, &run(&["--jobs", "many"]), &["--jobs"]);
    mistaken(&place, &run(&["--endpint", "x"]), &["--endpint", "--endpoint"]);
    mistaken(&place, &run(&["--cases", "nowhere"]), &["nowhere", "No such file"]);
    mistaken(&place, &run(&["--baselines", "nowhere"]), &["nowhere", "No such file"]);
}

#[test]
fn authorities_that_are_none() {
    let place = Place::new();
    std::fs::write(place.path("empty.pem"), "").expect("written");
    std::fs::write(place.path("odd.pem"), "-----BEGIN CERTIFICATE-----\n!\n").expect("written");
    for file in ["missing.pem", "empty.pem", "odd.pem"] {
        let arguments = ["run", CASE, "--endpoint", NOBODY, "--region", "r", "--ca-bundle", file];
        mistaken(&place, &arguments, &[file, "PEM file of certificates"]);
    }
}

/// Evidence is never overwritten, and nobody is asked before that is clear.
#[test]
fn a_folder_that_holds_a_run() {
    let place = Place::new();
    std::fs::create_dir(place.path("old")).expect("made");
    std::fs::write(place.path("old/transcript.jsonl"), "precious").expect("written");
    let server = Server::fixed("200 OK", "text/plain", "");
    let arguments = ["run", CASE, "--endpoint", &server.url(), "--region", "r", "--out", "old"];
    mistaken(&place, &arguments, &["old holds a run already", "--out"]);
    assert_eq!(
        std::fs::read_to_string(place.path("old/transcript.jsonl")).expect("there"),
        "precious"
    );
    assert_eq!(server.connections(), 0);
}

/// A file where the folder should be is noticed before cases run.
#[test]
fn a_folder_that_is_a_file() {
    let place = Place::new();
    std::fs::write(place.path("file"), "").expect("written");
    let cloud = crate::support::ec2::FakeEc2::start();
    let arguments = ["run", CASE, "--endpoint", &cloud.url(), "--region", "r", "--out", "file"];
    mistaken(&place, &arguments, &["file"]);
    assert!(!cloud.actions().contains(&"CreateKeyPair".to_owned()));
}
