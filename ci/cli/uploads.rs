//! `parallax upload`, to stand-ins on loopback that answer as the real servers were seen to.

use std::io::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::support::command::{Place, Ran};
use crate::support::server::{Request, Server, response};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const TEST_ID: &str = "33eb51d0-e404-4185-b097-bf748d97fd3c";
const SECRET: &str = "never-show-this-secret-of-an-account";
const RSA_LINE: &str = include_str!("../fixtures/ssh/rsa.pub");

/// A judged run of a real cloud, and keys.
fn place() -> Place {
    let place = Place::new().with("PARALLAX_SCS_SECRET", SECRET);
    std::fs::create_dir(place.path("run")).expect("created");
    let copy = |from: &str, to: &str| {
        std::fs::copy(Path::new(ROOT).join(from), place.path(to)).expect(from);
    };
    copy("reports/openstack-2023.2/result.json", "run/result.json");
    for key in ["rsa", "rsa.pem", "ed25519"] {
        copy(&format!("ci/fixtures/ssh/{key}"), key);
    }
    place
}

/// A server that answers everything in one way, and what it was sent.
fn stand_in(
    answer: impl Fn(&Request) -> (u16, String) + Send + Sync + 'static,
) -> (Server, Arc<Mutex<Vec<Request>>>) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let server = Server::http(move |request, stream| {
        log.lock().expect("no panic").push(request.clone());
        let (status, body) = answer(request);
        stream.write_all(&response(&format!("{status} Said"), "application/json", body.as_bytes()))
    });
    (server, seen)
}

/// A RefStack that keeps one run and gives it back.
fn refstack() -> (Server, Arc<Mutex<Vec<Request>>>) {
    let kept = Mutex::new(json!([]));
    stand_in(move |request| {
        let mut kept = kept.lock().expect("no panic");
        if request.method == "GET" {
            let names: Vec<&Value> =
                kept.as_array().expect("a list").iter().map(|item| &item["name"]).collect();
            return (200, json!({"results": names, "meta": {}, "user_role": "user"}).to_string());
        }
        let body: Value = serde_json::from_str(&request.body).expect("JSON");
        *kept = body["results"].clone();
        (
            201,
            json!({"test_id": TEST_ID, "url": format!("http://h/#/results/{TEST_ID}")}).to_string(),
        )
    })
}

fn upload(place: &Place, server: &Server, more: &[&str]) -> Ran {
    let url = server.url();
    place.run(&[&["upload", "refstack", "run", "--url", &url], more].concat())
}

fn kept(place: &Place, name: &str) -> String {
    std::fs::read_to_string(place.path("run").join(name)).expect("it is kept")
}

#[test]
fn what_is_shown_is_what_is_sent() {
    let place = place();
    let (server, seen) = refstack();
    let shown = upload(&place, &server, &["--key", "rsa", "--dry-run"]).exits(0);
    let shown = shown.complains(&["nothing was sent", "/v1/results/", "fail"]);
    assert_eq!(server.connections(), 0, "{shown}");
    let names = || {
        let mut names: Vec<_> = std::fs::read_dir(place.path("run")).expect("there").collect();
        names.retain(|entry| entry.as_ref().is_ok_and(|e| e.file_name() != "result.json"));
        names.len()
    };
    assert_eq!(names(), 0, "a dry run writes nothing");

    upload(&place, &server, &["--key", "rsa"]).exits(0).shows(&[TEST_ID, "uploaded"]);
    let sent = seen.lock().expect("no panic")[0].clone();
    let (head, body) = shown.stdout.split_once("\n\n").expect("head and body");
    assert_eq!(body, sent.body);
    assert_eq!(kept(&place, "refstack.json"), sent.body);
    assert!(head.starts_with("POST /v1/results/ HTTP/1.1\n"), "{head}");
    for name in ["X-Signature", "X-Public-Key", "Content-Type"] {
        let value = sent.header(&name.to_ascii_lowercase()).expect(name);
        assert!(head.contains(&format!("{name}: {value}\n")), "{name}: {value}\n{head}");
    }
    let line: Vec<&str> = RSA_LINE.split(' ').collect();
    assert_eq!(sent.header("x-public-key"), Some(format!("{} {}", line[0], line[1]).as_str()));
    let signature = sent.header("x-signature").expect("signed");
    assert!(signature.len() == 512 && signature.bytes().all(|b| b.is_ascii_hexdigit()));
}

/// What went wrong must not be a reason to send it twice; nor must what went well.
#[test]
fn the_same_run_goes_to_a_server_once() {
    let place = place();
    let (server, _) = refstack();
    upload(&place, &server, &[]).exits(0).shows(&["read back", "as they were sent"]);
    let receipts: Value = serde_json::from_str(&kept(&place, "uploads.json")).expect("JSON");
    assert_eq!(receipts["uploads"][0]["id"], TEST_ID);
    let before = server.connections();
    upload(&place, &server, &[]).exits(2).complains(&["has this run already", TEST_ID, "--again"]);
    assert_eq!(server.connections(), before);
    upload(&place, &server, &["--again"]).exits(0);
    // Another key is another owner, and so another run; the same key in another format is not.
    upload(&place, &server, &["--key", "rsa"]).exits(0).complains(&["--openid"]);
    upload(&place, &server, &["--key", "rsa.pem"]).exits(2).complains(&["has this run already"]);
}

#[test]
fn refusals_are_explained_and_the_body_is_kept() {
    let title = |title: &str, code: u16| json!({"title": title, "code": code}).to_string();
    let unknown = json!({"code": 401, "title": "Unauthorized",
        "detail": "User with specified key not found. Please log into the RefStack server to upload your key."});
    for (status, body, exit, words) in [
        (400, title("Malformed request", 400), 1, ["changed or cut off", "send it again"]),
        (
            400,
            title("Request doesnt correspond to schema", 400),
            1,
            ["other keys", "/v1/results/schema"],
        ),
        (400, title("Signature verification failed", 400), 1, ["one space is enough", "proxy"]),
        (400, title("Malformed signature", 400), 1, ["X-Signature", "send it again"]),
        (400, title("Malformed public key", 400), 1, ["X-Public-Key", "X-"]),
        (401, unknown.to_string(), 1, ["Import Public Key", "self signature"]),
        (500, title("Internal Server Error", 500), 1, ["stored nothing", "log"]),
        (404, "nope".to_owned(), 1, ["not at this address", "for instance https:"]),
        (201, "{}".to_owned(), 3, ["no receipt", "not known"]),
        (504, String::new(), 3, ["may have stored it", "before you send it again"]),
    ] {
        let place = place();
        let (server, seen) = stand_in(move |_| (status, body.clone()));
        let ran = upload(&place, &server, &["--key", "rsa"]).exits(exit);
        let ran =
            ran.complains(&words).complains(&[&format!("HTTP {status}"), "kept", "refstack.json"]);
        let seen = seen.lock().expect("no panic");
        assert_eq!(seen.len(), 1, "sent once\n{ran}");
        assert_eq!(kept(&place, "refstack.json"), seen[0].body, "{ran}");
        assert!(!place.path("run/uploads.json").exists(), "{ran}");
    }
}

#[test]
fn redirects_are_not_followed() {
    let place = place();
    let (elsewhere, _) = refstack();
    let to = format!("{}v1/results/", elsewhere.url());
    let server = Server::http(move |_, stream| {
        let head = format!("HTTP/1.1 307 Go\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n");
        stream.write_all(head.as_bytes())
    });
    let ran = upload(&place, &server, &["--key", "rsa"])
        .exits(1)
        .complains(&["Redirects are not followed"]);
    assert_eq!(elsewhere.connections(), 0, "{ran}");
}

#[test]
fn where_no_answer_comes() {
    let place = place();
    let nobody = ["upload", "refstack", "run", "--url", "http://127.0.0.1:9/"];
    place.run(&nobody).exits(3).complains(&[
        "not uploaded",
        "nobody could be reached",
        "refstack.json",
    ]);
    assert!(kept(&place, "refstack.json").contains("\"results\""));
    let mute = Server::http(|_, _| Ok(()));
    upload(&place, &mute, &[]).exits(3).complains(&["not known whether", "v1/results?cpid="]);
    let endless = Server::http(|_, stream| {
        stream.write_all(b"HTTP/1.1 201 Created\r\nConnection: close\r\n\r\n")?;
        loop {
            stream.write_all(&[b' '; 65536])?;
        }
    });
    let ran = upload(&place, &endless, &[]).exits(3).complains(&["longer than 8 MiB"]);
    assert!(ran.memory < 500_000_000, "{} bytes\n{ran}", ran.memory);
}

/// Another machine is asked for first, and where nobody can be asked, nothing goes there.
#[test]
fn other_machines() {
    let place = place();
    for url in ["https://results.invalid/api", "http://127.0.0.1.results.invalid/"] {
        let ran = place.run(&["upload", "refstack", "run", "--url", url]).exits(2).within(60);
        ran.complains(&["results.invalid is another machine", "--yes", "--dry-run"]);
    }
    let url = ["upload", "scs", "run", "--account", "acme", "--key", "ed25519", "--url"];
    let ran = place.run(&[&url[..], &["http://monitor.invalid/"]].concat()).exits(2);
    ran.complains(&["could read the account's secret", "https://"]);
    for bad in ["results", "ftp://results.example/", "https://me:hunter2@results.example/"] {
        let ran = place.run(&["upload", "refstack", "run", "--url", bad]).exits(2);
        let ran = ran.complains(&["--url", "no address of a server"]);
        assert!(!ran.stderr.contains("hunter2"), "{ran}");
    }
}

/// What RefStack answers with `Internal Server Error` is found before it is sent.
#[test]
fn what_refstack_would_refuse_is_not_sent() {
    let place = place();
    let (server, _) = refstack();
    let result: Value = serde_json::from_str(&kept(&place, "result.json")).expect("JSON");
    let cases = result["cases"].as_array().expect("cases");
    let passed: Vec<&str> = cases
        .iter()
        .filter(|case| case["verdict"] == "pass")
        .filter_map(|case| case["id"].as_str())
        .collect();
    let long = "n".repeat(513);
    for (first, second, word) in [
        ("a.b", "A.B", "one name to RefStack"),
        ("e", "é", "one name to RefStack"),
        ("a", "a ", "one name to RefStack"),
        (&long, "b", "longer than 512"),
        ("測", "b", "Latin-1"),
    ] {
        let guideline = json!({
            "metadata": {"id": "2027.05", "schema": "2.0", "reference": "r", "source": "s"},
            "platforms": {}, "components": {}, "designated_sections": {}, "test_repositories": {},
            "capabilities": {"c": {"achievements": [], "admin": false, "description": "d", "project": "p",
                "tests": {first: {"idempotent_id": format!("id-{}", passed[0])},
                          second: {"idempotent_id": format!("id-{}", passed[1])}}}},
        });
        std::fs::write(place.path("g.json"), guideline.to_string()).expect("written");
        let ran = upload(&place, &server, &["--guideline", "g.json"]).exits(2);
        ran.complains(&[word, "rename", "RefStack would refuse this, so nothing was sent"]);
    }
    upload(&place, &server, &["--key", "ed25519"])
        .exits(2)
        .complains(&["RSA", "ssh-keygen -t rsa"]);
    upload(&place, &server, &["--cpid", &"c".repeat(129)]).exits(2).complains(&["--cpid", "129"]);
    assert_eq!(server.connections(), 0);
}

fn monitor(place: &Place, server: &Server, more: &[&str]) -> Ran {
    let url = server.url();
    let fixed = ["upload", "scs", "run", "--url", &url, "--account", "acme", "--key", "ed25519"];
    let ran = place.run(&[&fixed[..], more].concat());
    assert!(!ran.stdout.contains(SECRET) && !ran.stderr.contains(SECRET), "{ran}");
    ran
}

#[test]
fn reports_for_the_monitor() {
    let place = place();
    let (server, seen) = stand_in(|_| (200, "null".to_owned()));
    let shown = monitor(&place, &server, &["--dry-run"]).exits(0).complains(&["PASS", "FAIL"]);
    assert_eq!(server.connections(), 0, "{shown}");
    let ran = monitor(&place, &server, &[]).exits(0);
    let sent = seen.lock().expect("no panic")[0].clone();
    let (head, body) = shown.stdout.split_once("\n\n").expect("head and body");
    assert_eq!((body, kept(&place, "scs-report.signed").as_str()), (sent.body.as_str(), body));
    assert!(head.contains("Authorization: Basic … (the account acme and its secret)"), "{head}");
    // "acme:never-show-this-secret-of-an-account"
    let basic = "Basic YWNtZTpuZXZlci1zaG93LXRoaXMtc2VjcmV0LW9mLWFuLWFjY291bnQ=";
    assert_eq!(sent.header("authorization"), Some(basic));
    assert_eq!(sent.header("content-type"), Some("application/x-signed-json"));
    let (signature, report) = sent.body.split_once('&').expect("a signature before it");
    assert!(signature.starts_with("-----BEGIN SSH SIGNATURE-----\n"), "{signature}");
    assert!(signature.ends_with("-----END SSH SIGNATURE-----\n"), "{signature}");
    let report: Value = serde_json::from_str(report).expect("JSON");
    assert_eq!(report["subject"], "acme");
    let id = report["run"]["uuid"].as_str().expect("an id");
    ran.shows(&[id, "uploaded"]);
}

#[test]
fn refusals_of_the_monitor_are_explained() {
    let detail = |detail: &str| json!({"detail": detail}).to_string();
    for (status, body, words) in [
        (401, detail("Incorrect username or password"), ["no account", "--account"]),
        (401, detail("missing signature"), ["line ends", "another way"]),
        (401, detail("verification failed"), ["not registered", "ssh-ed25519"]),
        (401, detail("Permission denied"), ["append_any", "--subject acme"]),
        (
            409,
            detail("Conflict: report already present"),
            ["has this report already", "/status?subject="],
        ),
        (415, detail("Unsupported Media Type"), ["media type", "charset"]),
        (500, "Internal Server Error".to_owned(), ["stores nothing", "log"]),
    ] {
        let place = place();
        let (server, seen) = stand_in(move |_| (status, body.clone()));
        let ran = monitor(&place, &server, &["--subject", "acme-2"]).exits(1).complains(&words);
        let seen = seen.lock().expect("no panic");
        assert_eq!(kept(&place, "scs-report.signed"), seen[0].body, "{ran}");
        assert!(!seen[0].body.contains(SECRET), "{ran}");
    }
}

#[test]
fn lines_and_scope() {
    let place = place();
    let all = place.run(&["upload", "scs", "run", "--lines"]).exits(0);
    let result: Value = serde_json::from_str(&kept(&place, "result.json")).expect("JSON");
    let count = |word: &str| all.stdout.lines().filter(|line| line.ends_with(word)).count();
    let verdicts = &result["summary"]["verdicts"];
    assert_eq!(verdicts["pass"], count(": PASS"));
    assert_eq!(all.stdout.lines().count(), result["cases"].as_array().expect("cases").len());
    let test = "parallax.key-pairs.duplicate-name";
    // As a runner hands them over: in one argument, too.
    let one = format!("{test} nobody.knows");
    let ran = place.run(&["upload", "scs", "run", "--lines", &one]).exits(0);
    assert!(
        ran.stdout.starts_with(&format!("{test}: ")) && ran.stdout.lines().count() == 1,
        "{ran}"
    );
    ran.complains(&["WARNING: nobody.knows is not in the run"]);
    let scope = place.run(&["upload", "scs", "--scope"]).exits(0);
    let scope: Value = serde_json::from_str(&scope.stdout).expect("JSON, which is YAML");
    assert_eq!(scope["versions"][0]["version"], "2026.11");
    place.run(&["upload", "scs", "run"]).exits(2).complains(&["--url", "--account", "--key"]);
}
