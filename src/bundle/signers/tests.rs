//! Allowed-signers files, and what each mistake in one is called.

use super::*;

const KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti";

fn read(text: &str) -> Result<AllowedSigners, Vec<Mistake>> {
    AllowedSigners::read(text, &TimeZone::UTC)
}

fn key() -> Vec<u8> {
    STANDARD.decode(KEY.split_once(' ').expect("two words").1).expect("Base64")
}

fn at(text: &str) -> Timestamp {
    time(text, &TimeZone::UTC).expect("a time")
}

#[test]
fn patterns() {
    for (text, patterns, fits) in [
        ("me@example.com", "me@example.com", true),
        ("me@example.com", "you@example.com,me@example.com", true),
        ("me@example.com", "*@example.com", true),
        ("me@example.com", "*@example.com,!me@*", false),
        ("me@example.com", "m?@example.c*m", true),
        ("me@example.com", "ME@example.com", false),
        ("me@example.com", "!you@example.com", false),
        ("", "*", true),
        ("", "?", false),
        ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "*a*a*a*a*a*a*a*a*a*a*a*a*c", false),
    ] {
        assert_eq!(matches_list(text, patterns), fits, "{text} {patterns}");
    }
}

#[test]
fn lines() {
    let text = format!(
        "# who may sign\n\n\"a b@example.com\" {KEY} a comment\n\
         c@example.com,d@example.com namespaces=\"file, parallax-*\",valid-after=\"20260101\",\
         valid-before=\"20270101120000Z\" {KEY}\n  e@example.com cert-authority {KEY}\r\n"
    );
    let signers = read(&text).expect("all is right");
    let AllowedSigner { line, principals, key: first, .. } = &signers.lines[0];
    assert_eq!((*line, principals.as_str(), first), (3, "a b@example.com", &key()));
    let second = &signers.lines[1];
    assert_eq!(second.namespaces.as_deref(), Some("file, parallax-*"));
    assert_eq!(second.valid_after.expect("there").to_string(), "2026-01-01T00:00:00Z");
    assert_eq!(second.valid_before.expect("there").to_string(), "2027-01-01T12:00:00Z");
    assert!(signers.lines[2].cert_authority && signers.len() == 3);
}

#[test]
fn times_are_of_the_zone_unless_they_say_otherwise() {
    let east = TimeZone::fixed(jiff::tz::offset(2));
    let time = |text| time(text, &east).map(|time| time.to_string());
    assert_eq!(time("20260301"), Ok("2026-02-28T22:00:00Z".to_owned()));
    assert_eq!(time("202603010830Z"), Ok("2026-03-01T08:30:00Z".to_owned()));
    for wrong in ["", "2026", "2026-03-01", "20261301", "20260230", "20260301 25", "Z"] {
        assert!(time(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn mistakes_have_a_place() {
    let blob = KEY.split_once(' ').expect("two words").1;
    for (line, words) in [
        (format!("me {}", &KEY[..20]), "a part of it may be missing"),
        (format!("me {}", &KEY[..21]), "no Base64"),
        (format!("me ssh-rsa {blob}"), "not one of type ssh-rsa"),
        (KEY.to_owned(), "neither a key's type nor an option"),
        (format!("me namespace=\"x\" {KEY}"), "neither a key's type nor an option"),
        (format!("me namespaces=x {KEY}"), "needs a value"),
        (format!("me valid-after=\"tomorrow\" {KEY}"), "no time"),
        (format!("me namespaces=\"a\",namespaces=\"b\" {KEY}"), "twice"),
        (format!("me valid-after=\"2027\\\",valid-before=\"x {KEY}"), "quotation mark"),
        (format!("me valid-after=\"20270101\",valid-before=\"20260101\" {KEY}"), "not later"),
        ("me".to_owned(), "a line is"),
        ("me ssh-ed25519".to_owned(), "a line is"),
    ] {
        let mistakes = read(&format!("{line}\nyou {KEY}\n")).expect_err(&line);
        assert_eq!(mistakes.len(), 1, "{mistakes:?}");
        let shown = mistakes[0].to_string();
        assert!(shown.starts_with("line 1: ") && shown.contains(words), "{line}: {shown}");
    }
}

#[test]
fn the_closest_line_says_why_not() {
    let signers = read(&format!(
        "ca@x cert-authority {KEY}\nold@x valid-before=\"20260101\" {KEY}\n\
         new@x valid-after=\"20270101\" {KEY}\nfile@x namespaces=\"file\" {KEY}\n"
    ))
    .expect("all is right");
    let find = |identity, time: &str| {
        signers.find(&key(), "parallax-bundle", identity, at(time)).map(|line| line.line)
    };
    assert_eq!(find(None, "20251231"), Ok(2));
    assert_eq!(find(None, "20260101"), Ok(2), "until then, and at that moment");
    assert_eq!(find(Some("new@x"), "20270101"), Ok(3));
    assert!(matches!(find(None, "20260601"), Err(Refusal::Expired { line: 2, .. })));
    assert!(matches!(find(Some("new@x"), "20260601"), Err(Refusal::NotYet { line: 3, .. })));
    let namespace = find(Some("file@x"), "20260601");
    assert!(matches!(namespace, Err(Refusal::Namespace { line: 4, .. })));
    let nobody = find(Some("nobody@x"), "20251231");
    assert!(matches!(nobody, Err(Refusal::Identity { line: 2, .. })), "{nobody:?}");
    let other = signers.find(b"another key", "parallax-bundle", None, at("20260601"));
    assert_eq!(other, Err(Refusal::Unknown));
    let only = read(&format!("ca@x cert-authority {KEY}\n")).expect("all is right");
    let authority = only.find(&key(), "parallax-bundle", None, at("20260601"));
    assert_eq!(authority, Err(Refusal::Authority { line: 1 }));
}
