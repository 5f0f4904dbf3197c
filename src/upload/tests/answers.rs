//! What servers answer, as it was observed of them, and what is made of it.

use std::collections::BTreeSet;

use super::{answer, bundled, published};
use crate::guideline::{Tier, Waived, evaluate};
use crate::upload::refstack::{
    self, Registration, Sent, Tally, listed, read_receipt, read_stored, rows,
};
use crate::upload::{Answer, Refusal, scs};

const TEST_ID: &str = "33eb51d0-e404-4185-b097-bf748d97fd3c";

fn signed() -> Sent {
    let (key, self_signature) = ("ssh-rsa AAAAB3".to_owned(), "c0ffee".to_owned());
    Sent { registration: Some(Registration { key, self_signature }) }
}

#[test]
fn a_receipt() {
    let body =
        format!("{{\"test_id\": \"{TEST_ID}\", \"url\": \"http://h/#/results/\\u001b[2J\"}}");
    let receipt = read_receipt(&answer(201, &body), &Sent::default()).expect("a receipt");
    assert_eq!(receipt.path(), format!("/v1/results/{TEST_ID}"));
    assert_eq!(receipt.url.as_deref(), Some("http://h/#/results/␦[2J"));
    // An id goes into a URL, so it has to be one.
    for odd in ["{\"test_id\": \"../../x\"}", "{\"test_id\": 7}", "[]", "null", ""] {
        let refusal = read_receipt(&answer(201, odd), &Sent::default()).expect_err("no receipt");
        assert!(!refusal.nothing_stored, "{odd}");
    }
    let refused = read_receipt(&answer(200, &body), &Sent::default()).expect_err("not created");
    assert!(refused.why.contains("no receipt"), "{refused:?}");
}

/// Everything in the tables of answers, with words of the explanation.
#[test]
fn refusals_of_refstack() {
    let title = |title: &str, code: u16| format!("{{\"title\": \"{title}\", \"code\": {code}}}");
    let unknown = "{\"code\": 401, \"title\": \"Unauthorized\", \"detail\": \"User with specified key not \
                   found. Please log into the RefStack server to upload your key.\"}";
    for (status, body, why, advice) in [
        (400, title("Malformed request", 400), "cut off on its way", "send it again"),
        (
            400,
            title("Uploaded results must contain at least one passing test.", 400),
            "No test was in what arrived",
            "--dry-run",
        ),
        (
            400,
            title("Request doesnt correspond to schema", 400),
            "other keys or types",
            "/v1/results/schema",
        ),
        (400, title("Signature verification failed", 400), "one space is enough", "proxy"),
        (400, title("Malformed signature", 400), "X-Signature", "send it again"),
        (400, title("Malformed public key", 400), "X-Public-Key", "headers"),
        (401, unknown.to_owned(), "does not know whose key", "c0ffee"),
        (
            403,
            "{\"code\": 403, \"title\": \"Forbidden\", \"detail\": \"\"}".to_owned(),
            "not let you",
            "who runs it",
        ),
        (500, title("Internal Server Error", 500), "stored nothing", "log"),
    ] {
        let Refusal { what, why: said, advice: to_do, nothing_stored } =
            refstack::refusal(&answer(status, &body), &signed());
        assert!(what.contains(&format!("HTTP {status}")), "{what}");
        assert!(said.contains(why), "{body}: {said}");
        assert!(to_do.contains(advice), "{body}: {to_do}");
        assert!(nothing_stored, "{body}");
    }
    let anonymous = refstack::refusal(&answer(401, unknown), &Sent::default());
    assert!(anonymous.advice.contains("--key"), "{anonymous:?}");
}

#[test]
fn answers_of_others() {
    let page = |status, body: &str| Answer {
        content_type: "text/html; charset=utf-8".to_owned(),
        ..answer(status, body)
    };
    let moved =
        Answer { location: Some("https://evil.example/\u{1b}[2J".into()), ..answer(302, "") };
    for (answer, why, stored_nothing) in [
        (moved, "https://evil.example/␦[2J", true),
        (page(200, "<html>"), "A page for people", true),
        (page(404, "<html>"), "RefStack is not at this address", true),
        (page(405, "<html>"), "RefStack is not at this address", true),
        (page(413, "<html>"), "takes no body of this size", true),
        (page(429, ""), "too much to do", true),
        (page(502, "<html>"), "cannot reach it", true),
        (page(504, "<html>"), "may have stored it", false),
        (answer(500, "oops"), "not known whether", false),
        // What gunicorn says when a worker took too long.
        (page(500, "<html><h1><p>Internal Server Error</p></h1>"), "not known whether", false),
        (answer(418, "teapot"), "reason of its own", true),
    ] {
        let refusal = refstack::refusal(&answer, &signed());
        assert!(refusal.why.contains(why), "{answer:?}: {refusal:?}");
        assert_eq!(refusal.nothing_stored, stored_nothing, "{answer:?}");
    }
}

/// What a server says is shown, and does nothing to the terminal.
#[test]
fn nothing_of_an_answer_is_shown_as_it_came() {
    let evil = "\u{1b}]0;owned\u{7}\u{202e}\n";
    let bodies = [
        serde_json::json!({"title": evil, "detail": evil}).to_string(),
        serde_json::json!({"detail": evil}).to_string(),
        format!("<{evil}>"),
    ];
    for (status, body) in
        [201, 302, 400, 401, 404, 500].iter().flat_map(|s| bodies.iter().map(move |b| (*s, b)))
    {
        let answer = Answer { location: Some(evil.to_owned()), ..answer(status, body) };
        let of_scs = scs::refusal(&answer, &scs::Sent::default()).expect("no receipt");
        for refusal in [refstack::refusal(&answer, &Sent::default()), of_scs] {
            let Refusal { what, why, advice, .. } = refusal;
            for text in [what, why, advice] {
                assert!(!text.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{text:?}");
            }
        }
    }
}

#[test]
fn a_run_read_back() {
    let body = "{\"id\": \"x\", \"meta\": {\"shared\": \"true\"}, \"results\": [\"b\", \"a\"], \"user_role\": \"owner\"}";
    let stored = read_stored(&answer(200, body)).expect("a run");
    assert_eq!(stored.names, BTreeSet::from(["a".to_owned(), "b".to_owned()]));
    assert!(stored.owned);
    assert_eq!(stored.meta, [("shared".to_owned(), "true".to_owned())]);
    assert!(read_stored(&answer(401, "{}")).expect_err("refused").contains("401"));
    assert!(read_stored(&answer(200, "[]")).expect_err("none").contains("no run"));
}

#[test]
fn tests_as_a_server_lists_them() {
    let text = "new[id-1]\nold[id-1]\nother[id-2]\nthird[id-3]";
    let listing = listed(&answer(200, text)).expect("a list");
    let tally =
        |names: &[&str]| Tally::of(&listing, &names.iter().map(|n| (*n).to_owned()).collect());
    // One test, whichever of its names was uploaded, or both.
    for names in [&["new"][..], &["old"], &["new", "old"], &["old", "unknown"]] {
        assert_eq!(tally(names), Tally { passed: 1, total: 3 }, "{names:?}");
    }
    assert_eq!(tally(&["new", "other", "third"]), Tally { passed: 3, total: 3 });
    assert_eq!(tally(&[]), Tally { passed: 0, total: 3 });
    assert_eq!(listed(&answer(200, "")).expect("none"), refstack::Listing::new());
    // Errors come with status 200.
    for error in ["Invalid target: ec2", "Error getting JSON content for version: 1999.01"] {
        assert_eq!(listed(&answer(200, error)).expect_err("an error"), error);
    }
    assert!(listed(&answer(500, "oops")).expect_err("an error").contains("HTTP 500"));
}

/// What is asked of the server is what our own report has.
#[test]
fn every_tier_that_refstack_shows_is_compared() {
    let result = evaluate(bundled(), published(), &Waived::new());
    let rows = rows(&result);
    let targets: BTreeSet<&str> = rows.iter().map(|row| row.target.as_str()).collect();
    assert_eq!(targets, BTreeSet::from(["compute", "object", "platform"]));
    let row = rows.iter().find(|row| row.target == "compute" && !row.flagged).expect("a row");
    assert_eq!(row.tier, Tier::Required);
    assert_eq!(
        row.path("2026.11"),
        "/v1/guidelines/2026.11.json/tests?target=compute&type=required&flag=false"
    );
    let platform =
        result.platforms.iter().find(|p| p.refstack_target.as_deref() == Some("compute"));
    let tests = &platform.expect("there").tier(Tier::Required).expect("there").tests;
    assert_eq!(row.ours, Tally { passed: tests.unflagged_passed, total: tests.unflagged });
    assert!(row.ours.total > 100 && row.ours.passed > 0);
}

#[test]
fn refusals_of_the_monitor() {
    let sent = scs::Sent {
        account: "acme".into(),
        subject: "acme-2".into(),
        key: "ssh-ed25519 AAAA".into(),
        report: "1a2a".into(),
    };
    assert_eq!(scs::refusal(&answer(200, "null"), &sent), None);
    let detail = |detail: &str| format!("{{\"detail\":\"{detail}\"}}");
    for (status, body, why, advice) in [
        (200, detail("empty reports"), "cut off", "send it again"),
        (401, detail("Not authenticated"), "did not arrive", "Authorization"),
        (401, detail("Incorrect username or password"), "no account \"acme\"", "--account"),
        (401, detail("missing signature"), "line ends were changed", "another way"),
        (401, detail("verification failed"), "not registered", "ssh-ed25519 AAAA"),
        (401, detail("Permission denied"), "may not report on \"acme-2\"", "--subject acme"),
        (401, detail("delegation problem?"), "delegates", "delegate of \"acme-2\""),
        (409, detail("Conflict: report already present"), "already: 1a2a", "nothing is to be done"),
        (415, detail("Unsupported Media Type"), "media type", "version"),
        (500, "Internal Server Error".to_owned(), "stores nothing", "log"),
        (200, "{}".to_owned(), "not known", "address"),
        (500, "<html>".to_owned(), "not known", "whether the report arrived"),
        (422, detail("odd"), "reason of its own", "ask who runs it"),
        (404, detail("Not Found"), "monitor is not at", "https://compliance.example"),
    ] {
        let refusal = scs::refusal(&answer(status, &body), &sent).expect("no receipt");
        assert!(refusal.why.contains(why), "{body}: {refusal:?}");
        assert!(refusal.advice.contains(advice), "{body}: {refusal:?}");
    }
}
