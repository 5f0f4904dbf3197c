//! Texts that mean harm, in every field that an endpoint can fill: whatever it sends is shown as text.

use parallax::judge::Verdict;
use std::time::Duration;

use crate::CASE;
use crate::runs::run;
use crate::support::command::Place;
use crate::support::ec2::FakeEc2;
use crate::support::inside::{case, run_case};
use crate::support::proxy::{Fault, Proxy};
use crate::targets::seen::{shown, stored};

/// What a terminal obeys, what is markup to a browser, what is a path, and what cannot be seen.
const EVIL: [&str; 12] = [
    "\u{1b}]0;owned\u{7}\u{1b}[2J",
    "\u{9b}31m\u{8}\u{7f}",
    "\u{202e}\u{2066}txt.exe\u{200f}",
    "\u{200b}\u{feff}\u{2028}\u{e0041}",
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "javascript:alert(1)//",
    "]]>--><!--",
    "../../../../etc/passwd",
    "a/b\\c:d\u{0}e",
    "\u{fffe}\u{ffff}\u{fdd0}",
    "line\r\nline\n\tX-Injected: 1",
];

/// As it stands between tags, or in an attribute.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The fields of the second answer, which is about the key pair that is there already.
fn fields(evil: &str) -> Vec<(&'static str, String)> {
    let success = |members: &str| {
        format!(
            "<CreateKeyPairResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>r</requestId>\
             {members}</CreateKeyPairResponse>"
        )
    };
    let refusal = |code: &str, message: &str, id: &str| {
        format!(
            "<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>\
             <RequestID>{id}</RequestID></Response>"
        )
    };
    let text = &escaped(evil);
    vec![
        ("code", refusal(text, "m", "r")),
        ("message", refusal("Odd", text, "r")),
        ("request id", refusal("Odd", "m", text)),
        ("refusal that is known", refusal("InvalidKeyPair.Duplicate", text, text)),
        ("name", success(&format!("<keyName>{text}</keyName>"))),
        ("id", success(&format!("<keyPairId>{text}</keyPairId>"))),
        (
            "id of AWS's form in it",
            success(&format!("<keyPairId>key-0123456789abcdef0{text}</keyPairId>")),
        ),
        ("unknown member", success(&format!("<odd>{text}</odd>"))),
        ("attribute", format!("<CreateKeyPairResponse xmlns=\"{text}\" b=\"{text}\"/>")),
        ("element", success(&format!("<a{evil}>x</a{evil}>"))),
        ("root", format!("<a{evil}>x</a{evil}>")),
        ("entity", success(&format!("<keyName>&{evil};</keyName>"))),
        ("comment", success(&format!("<!--{evil}--><keyName>k</keyName>"))),
        ("no XML at all", evil.to_owned()),
    ]
}

#[test]
fn in_every_field() {
    for evil in EVIL {
        for (field, body) in fields(evil) {
            let status = if body.starts_with("<Response>") { "400 Bad" } else { "200 OK" };
            let answer =
                crate::support::server::response(status, "text/xml;charset=UTF-8", body.as_bytes());
            harmless(&format!("{field} {evil:?}"), answer);
        }
    }
}

/// What HTTP lets into a header: what is visible, and bytes that are no text.
#[test]
fn in_headers() {
    for evil in [
        "<script>alert(1)</script>",
        "\u{202e}\u{200b}",
        "\u{9b}31m",
        "../../etc/passwd",
        "javascript:x",
    ] {
        for header in [
            "Content-Type",
            "x-amzn-RequestId",
            "Server",
            "Set-Cookie",
            "Location",
            "Content-Encoding",
        ] {
            for status in ["200 OK", "302 Found", "400 Bad"] {
                let answer = format!(
                    "HTTP/1.1 {status} {evil}\r\n{header}: {evil}\r\nContent-Length: 4\r\n\r\n<a/>"
                );
                harmless(&format!("{status} {header} {evil:?}"), answer.into_bytes());
            }
        }
    }
}

/// Sends this as the second answer, and looks at everything that is made of it.
fn harmless(at: &str, answer: Vec<u8>) {
    let cloud = FakeEc2::start();
    let proxy = Proxy::before(cloud.port(), move |n| match n {
        2 => {
            let answer = answer.clone();
            Fault::rewrite(move |_| answer.clone())
        }
        _ => Fault::Pass,
    });
    println!("{at}");
    let ran = run_case(&proxy.url(), case(CASE), Duration::from_secs(20));
    // A known refusal with another message is as on AWS.
    let verdicts = [Verdict::Fail, Verdict::Pass, Verdict::Inconclusive];
    assert!(verdicts.contains(&ran.case().verdict), "{:?}", ran.case().verdict);
    assert_eq!(cloud.keys(), Vec::<String>::new(), "left behind");
    stored(&ran.result);
    shown(&ran.result, &ran.transcript);
}

/// A transcript of somebody else's may say anything of its cases, too.
#[test]
fn in_a_transcript_of_somebody_elses() {
    let (place, cloud) = (Place::new(), FakeEc2::start());
    run(&place, &cloud).exits(0);
    let path = place.path("out/transcript.jsonl");
    let text = std::fs::read_to_string(&path).expect("a transcript");
    let evil = "\\u001b]0;owned\\u0007\\u001b[2J\\u202e<script>alert(1)</script>";
    for (known, other) in [
        ("\"name\":\"key-pairs/duplicate-name\"", format!("\"name\":\"{evil}\"")),
        ("\"capability\":\"key-pairs\"", format!("\"capability\":\"{evil}\"")),
        ("\"region\":\"here-1\"", format!("\"region\":\"{evil}\"")),
        ("\"title\":\"", format!("\"title\":\"{evil}")),
        ("\"id\":\"again\"", format!("\"id\":\"{evil}\"")),
        ("\"event\":\"end\"", format!("\"event\":\"{evil}\"")),
    ] {
        let changed = text.replace(known, &other);
        assert_ne!(changed, text, "{known}");
        std::fs::write(&path, changed).expect("writable");
        for colour in [false, true] {
            let elsewhere = Place::new();
            let elsewhere = if colour { elsewhere.with("CLICOLOR_FORCE", "1") } else { elsewhere };
            let folder = place.path("out");
            let ran = elsewhere.run(&["judge", "--verbose", folder.to_str().expect("text")]);
            assert!(matches!(ran.code, Some(0..=3)), "{known}: {ran}");
            for escape in ["\u{1b}]", "\u{1b}[2J", "\u{7}", "\u{202e}"] {
                assert!(
                    !ran.stdout.contains(escape) && !ran.stderr.contains(escape),
                    "{known} {escape:?}: {ran}"
                );
            }
        }
        if let Ok(page) = std::fs::read_to_string(place.path("out/report.html")) {
            assert!(!page.contains("<script>alert"), "{known}");
        }
    }
}
