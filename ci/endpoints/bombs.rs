//! Answers that are as large as they may be, and what the program needs for them: memory and time are
//! ours to bound, however the bytes are spent.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::runs::result;
use crate::support::command::Place;
use crate::support::ec2::{Call, FakeEc2, Reply, output, refusal};
use crate::support::proxy::{Fault, Proxy};

const MEGABYTE: usize = 1 << 20;
/// As much of an answer as is read.
const MOST: usize = 32 * MEGABYTE;
/// What the program may need for one such answer: stated in the README.
const MOST_MEMORY: usize = 2048 * MEGABYTE;

/// One read, and one thing made and removed, of which the second answer is looked at.
const CASE: &str = "\
id: 0c7c6a9e-6d0f-4f6a-9f0e-0a1b2c3d4e5f
title: A bomb is borne
capability: key-pairs
steps:
  - id: create
    call: CreateKeyPair
    with: { KeyName: $name }
    undo: { call: DeleteKeyPair, with: { KeyName: $name } }
  - id: look
    call: DescribeKeyPairs
";

/// Runs a case on a cloud that answers DescribeKeyPairs so.
fn borne(name: &str, answer: impl Fn(&Call) -> Reply + Send + Sync + 'static) -> Place {
    let cloud =
        FakeEc2::that(move |call| (call.action == "DescribeKeyPairs").then(|| answer(call)));
    let url = cloud.url();
    let place = ran(name, &url);
    assert_eq!(cloud.keys(), Vec::<String>::new(), "{name}: left behind");
    place
}

fn ran(name: &str, url: &str) -> Place {
    let place = Place::new();
    for (path, text) in [("suite/key-pairs", Some(CASE)), ("baselines", None)] {
        let folder = place.work().join(path);
        std::fs::create_dir_all(&folder).expect("a folder");
        text.into_iter()
            .for_each(|text| std::fs::write(folder.join("bomb.yaml"), text).expect("a case"));
    }
    let arguments = [
        "run",
        "--cases",
        "suite",
        "--baselines",
        "baselines",
        "--endpoint",
        url,
        "--region",
        "here-1",
        "--out",
        "out",
    ];
    let ran = place.run(&arguments).exits_with(&[0, 1]).within(120);
    println!("{name}: {} MB, {:.1} s", ran.memory / MEGABYTE, ran.took.as_secs_f32());
    assert!(ran.memory > 10 * MEGABYTE, "{name}: not measured");
    assert!(ran.memory < MOST_MEMORY, "{name}: {} MB", ran.memory / MEGABYTE);
    place
}

/// As often as there is room.
fn filled(piece: &str) -> String {
    piece.repeat((MOST - 1000) / piece.len())
}

#[test]
fn elements() {
    // A million of them; four million is the most that is read.
    let items = |piece: &str| {
        let each = piece.matches('<').count() - piece.matches("</").count();
        piece.repeat((1_000_000 / each).min((MOST - 1000) / piece.len()))
    };
    for (name, members) in [
        ("items", format!("<keySet>{}</keySet>", items("<item/>"))),
        ("unknown", items("<a/>")),
        ("unknown in items", format!("<keySet>{}</keySet>", items("<item><a/></item>"))),
        ("deep", items(&format!("{}{}", "<a>".repeat(90), "</a>".repeat(90)))),
    ] {
        borne(name, move |call| output(call, &members));
    }
}

#[test]
fn texts() {
    for (name, members) in [
        ("one text", format!("<keySet><item><keyName>{}</keyName></item></keySet>", filled("x"))),
        (
            "one text of markup",
            format!("<keySet><item><keyName>{}</keyName></item></keySet>", filled("&lt;")),
        ),
        (
            "ids",
            format!(
                "<keySet>{}</keySet>",
                filled("<item><keyPairId>i-0123456789abcdef0</keyPairId></item>")
            ),
        ),
        (
            "numbers",
            format!("<keySet>{}</keySet>", filled("<item><createTime>7</createTime></item>")),
        ),
    ] {
        borne(name, move |call| output(call, &members));
    }
    borne("a message", |_| refusal(400, "Odd", &filled("m")));
    borne("a code", |_| refusal(400, &filled("c"), "m"));
    borne("an attribute", |_| (200, format!("<a b=\"{}\"/>", filled("x"))));
    borne("control characters", |_| (200, filled("\u{1}")));
    borne("no document", |_| (200, filled("x")));
}

/// What is said of a body's encoding is not done: compressed it stays as small as it came.
#[test]
fn compressed() {
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let spaces = vec![b' '; 8 * MEGABYTE];
    (0..100).for_each(|_| bomb.write_all(&spaces).expect("in memory"));
    let bomb = bomb.finish().expect("in memory");
    assert!(bomb.len() < 8 * MEGABYTE);
    // The call after the one that makes something is the one that looks.
    let made = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&made);
    let cloud = FakeEc2::that(move |call| {
        told.store(call.action == "CreateKeyPair", Ordering::SeqCst);
        None
    });
    let proxy = Proxy::before(cloud.port(), move |_| match made.swap(false, Ordering::SeqCst) {
        true => {
            let bomb = bomb.clone();
            Fault::instead(move |_, client| {
                let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Type: text/xml;charset=UTF-8\r\n";
                write!(client, "{head}Content-Length: {}\r\n\r\n", bomb.len())?;
                client.write_all(&bomb)
            })
        }
        false => Fault::Pass,
    });
    let place = ran("800 MB in gzip", &proxy.url());
    let reason = result(&place)["cases"][0]["reason"].to_string();
    assert!(reason.contains("compressed (gzip)"), "{reason}");
}

/// A cloud that answers as much each time that it is asked: a poll asks often.
#[test]
fn again_and_again() {
    const POLL: &str = "\
id: 0c7c6a9e-6d0f-4f6a-9f0e-0a1b2c3d4e60
title: A bomb is borne often
capability: key-pairs
steps:
  - id: wait
    poll: DescribeKeyPairs
    watch: \"KeyPairs[0].KeyName\"
    until: never
    within: 5m
";
    let text = filled("x");
    let cloud = FakeEc2::that(move |call| {
        (call.action == "DescribeKeyPairs")
            .then(|| output(call, &format!("<keySet/><a>{}{text}</a>", call.nth)))
    });
    let place = Place::new();
    let folder = place.work().join("suite/key-pairs");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::create_dir_all(place.work().join("baselines")).expect("a folder");
    std::fs::write(folder.join("poll.yaml"), POLL).expect("a case");
    let url = cloud.url();
    let arguments = [
        "run",
        "--cases",
        "suite",
        "--baselines",
        "baselines",
        "--endpoint",
        &url,
        "--region",
        "here-1",
        "--out",
        "out",
    ];
    let ran = place.run(&arguments).exits_with(&[0, 1, 3]);
    println!("again and again: {} MB, {:.1} s", ran.memory / MEGABYTE, ran.took.as_secs_f32());
    assert!(ran.memory < MOST_MEMORY, "{} MB", ran.memory / MEGABYTE);
    let kept = std::fs::metadata(place.path("out/transcript.jsonl")).expect("a transcript").len();
    assert!(kept < 300 * MEGABYTE as u64, "{kept} bytes are kept");
    let reason = result(&place)["cases"][0]["reason"].to_string();
    assert!(reason.contains("those before it were 256 MiB"), "{reason}");
}
