//! An endpoint that answers as EC2 until a case runs on it, and then means harm.

use crate::runs::{file, result, run};
use crate::support::command::Place;
use crate::support::ec2::{FakeEc2, Reply, output, refusal};

/// A cloud that gives this answer to the second CreateKeyPair, which is what the case is about.
fn answers(again: impl Fn(&crate::support::ec2::Call) -> Reply + Send + Sync + 'static) -> FakeEc2 {
    FakeEc2::that(move |call| {
        (call.action == "CreateKeyPair" && call.nth == 2).then(|| again(call))
    })
}

fn fails(cloud: &FakeEc2) -> Place {
    let place = Place::new();
    run(&place, cloud).exits(1).within(45);
    assert_eq!(result(&place)["cases"][0]["verdict"], "fail");
    assert_eq!(cloud.keys(), Vec::<String>::new(), "undone all the same");
    place
}

/// Each element that AWS does not know is a difference; their number must not be the endpoint's
/// to choose.
#[test]
fn a_hundred_thousand_differences() {
    let cloud = answers(|call| {
        let members: String =
            (0..100_000).map(|n| format!("<x{n}>i-0123456789{n:07x}</x{n}>")).collect();
        output(call, &members)
    });
    let place = fails(&cloud);
    let findings = result(&place)["cases"][0]["findings"].as_array().map_or(0, Vec::len);
    assert!((1..2000).contains(&findings), "{findings} findings");
    assert!(file(&place, "report.html").len() < 40 << 20);
}

/// The same difference a hundred thousand times is one.
#[test]
fn a_hundred_thousand_times_the_same() {
    fails(&answers(|call| output(call, &"<party>x</party>".repeat(100_000))));
}

#[test]
fn what_is_no_answer() {
    for body in ["<a>".repeat(1 << 20), "<!DOCTYPE r [<!ENTITY e \"x\">]><r>&e;</r>".to_owned()] {
        fails(&answers(move |_| (200, body.clone())));
    }
}

/// What an endpoint says is text in the report, never markup, and no command to a terminal.
#[test]
fn markup_and_escapes() {
    let cloud = answers(|_| {
        let evil = "&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(2)&gt;\
                    &quot;&apos;]]&gt;--&gt;{{7*7}}\u{202e}";
        refusal(400, &format!("Odd{evil}"), evil)
    });
    let place = fails(&cloud);
    let html = file(&place, "report.html");
    for markup in ["<script>alert", "<img src=x", "\u{202e}"] {
        assert!(!html.contains(markup), "{markup:?} is in the report");
    }
    let junit = file(&place, "junit.xml");
    assert!(!junit.contains("<script>"), "{junit}");
    parallax::wire::Document::parse(junit.as_bytes()).expect("well-formed");
}

/// Control characters in an answer are no reason for an XML report that nobody can read.
#[test]
fn control_characters() {
    for colour in [false, true] {
        let cloud =
            answers(|_| refusal(400, "Odd\u{1b}[2J\u{0}\u{8}", "x\u{1b}]0;owned\u{7}\u{ffff}"));
        let place = if colour { Place::new().with("CLICOLOR_FORCE", "1") } else { Place::new() };
        let ran = run(&place, &cloud).exits(1);
        for escape in ["\u{1b}[2J", "\u{1b}]0", "\u{7}", "\u{8}"] {
            assert!(!ran.stdout.contains(escape) && !ran.stderr.contains(escape), "{escape:?}");
        }
        let junit = file(&place, "junit.xml");
        let allowed = |c: char| !c.is_control() || matches!(c, '\n' | '\t' | '\r');
        assert!(junit.chars().all(|c| allowed(c) && c != '\u{ffff}'), "{junit:?}");
    }
}
