//! A ledger as it is written, cut off anywhere, read, and gone on with.

use serde_json::{Value, json};

use super::*;
use crate::case::{Case, Step};
use crate::target::Ahead as _;
use crate::transcript::{Redactor, TargetFacts};

fn started() -> LedgerStarted {
    let target = TargetFacts {
        name: "n".into(),
        endpoint: "http://cloud/".into(),
        region: "r".into(),
        ..TargetFacts::default()
    };
    LedgerStarted::new("1a2b3c4d", "2026-11-21T10:00:00Z", &target)
}

fn case(action: &str) -> (Case, Step) {
    let step: Step =
        serde_json::from_value(json!({"id": "make", "action": action})).expect("a step");
    let case = json!({
        "id": "c0ffee00-0000-4000-8000-000000000001", "name": "things/make", "family": "f",
        "title": "T", "capability": "things", "steps": [step],
    });
    (serde_json::from_value(case).expect("a case"), step)
}

fn sent(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Announces one attempt of a call, and gives its number.
async fn announce(ledger: &Ledger, action: &str, parameters: &[(&str, &str)]) -> u64 {
    let (case, step) = case(action);
    let call = Announced::new(ledger, &case, &step, None);
    call.attempt(&sent(parameters)).await.expect("written");
    call.number().expect("announced")
}

#[tokio::test]
async fn what_is_written_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ledger.jsonl");
    let ledger = Ledger::create(&path, started(), Redactor::default()).expect("a new file");
    assert!(Ledger::create(&path, started(), Redactor::default()).is_err(), "it is there");
    ledger.before("VPC", &["vpc-0".into()], &["1".into()]);

    let vpc = announce(&ledger, "CreateVpc", &[("CidrBlock", "10.0.0.0/16")]).await;
    let undo = Undoing {
        action: "DeleteVpc",
        input: &json!({"VpcId": "vpc-1"}),
        waiter: None,
        unresolved: false,
    };
    // On disk before the call, not only when the run ends.
    let open = Book::read(&path).expect("readable while it is written");
    assert_eq!(open.deeds().map(|deed| deed.fate.clone()).collect::<Vec<_>>(), [Fate::Open]);
    ledger.made(vpc, &["vpc-1".into()], Some(undo));
    let refused = announce(&ledger, "CreateVpc", &[("CidrBlock", "10.0.0.0/33")]).await;
    ledger.refused(refused, "InvalidVpc.Range");
    let unclear = announce(&ledger, "CreateInternetGateway", &[]).await;
    ledger.unclear(unclear, "no answer");

    let book = Book::read(&path).expect("readable");
    assert_eq!(book.started(), Some(&started()));
    assert_eq!(book.owners().into_iter().collect::<Vec<_>>(), ["1"]);
    let fates: Vec<&Fate> = book.deeds().map(|deed| &deed.fate).collect();
    let Fate::Made { ids, undo: Some(undo) } = fates[0] else { panic!("{fates:?}") };
    assert_eq!((&ids[..], undo.action.as_str()), (&["vpc-1".to_owned()][..], "DeleteVpc"));
    assert_eq!(*undo.input.as_value(), json!({"VpcId": "vpc-1"}));
    assert_eq!(*fates[1], Fate::Settled { ids: vec![] });
    assert_eq!(*fates[2], Fate::Open);
    assert_eq!(book.deeds().map(|deed| deed.loose).collect::<Vec<_>>(), [0, 0, 1]);
    assert_eq!(book.deeds().next().expect("one").parameter("CidrBlock"), Some("10.0.0.0/16"));

    ledger.undone(vpc);
    ledger.not_made(unclear);
    let book = Book::read(&path).expect("readable");
    assert!(book.deeds().all(|deed| matches!(deed.fate, Fate::Settled { .. }) && deed.loose == 0));
    let all: Vec<&str> = book.deeds().flat_map(Deed::ids).map(String::as_str).collect();
    assert_eq!(all, ["vpc-1"], "what was made is still known when it is gone");
}

/// A machine may stop in the middle of a line, and of a character.
#[tokio::test]
async fn cut_off_anywhere() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ledger.jsonl");
    let ledger = Ledger::create(&path, started(), Redactor::default()).expect("a new file");
    for name in ["ä", "ö"] {
        let n = announce(&ledger, "CreateKeyPair", &[("KeyName", name)]).await;
        ledger.made(n, &[name.into()], None);
    }
    drop(ledger);
    let whole = std::fs::read(&path).expect("a file");
    let (mut most, mut none) = (0, 0);
    for end in 0..=whole.len() {
        std::fs::write(&path, &whole[..end]).expect("a file");
        match Book::parse(&String::from_utf8_lossy(&whole[..end])) {
            Ok(book) => {
                let count = book.deeds().count();
                assert!(count >= most, "what was announced is not forgotten");
                most = count;
                // What comes after goes on in a line of its own.
                let again = Ledger::reopen(&path, Redactor::default()).expect("writable");
                let n = announce(&again, "CreateVpc", &[]).await;
                assert_eq!(n, count as u64 + 1);
                drop(again);
                assert_eq!(Book::read(&path).expect("readable").deeds().count(), count + 1);
            }
            Err(LedgerError::NotBegun) => none += 1,
            Err(other) => panic!("{end}: {other}"),
        }
    }
    assert_eq!(most, 2);
    assert!(none > 100, "the first line was cut, too");
}

#[test]
fn what_is_no_ledger() {
    let first = serde_json::to_string(&Entry::Run(started())).expect("JSON");
    for (text, expected) in [
        ("{\"event\":\"run\"}\n".to_owned(), "it does not begin with a `run` entry"),
        ("nonsense".to_owned(), "it does not begin with a `run` entry"),
        (format!("{first}\nnonsense\n{first}\n"), "line 2 of the ledger is no entry"),
        (first.replace("\"version\":1", "\"version\":2") + "\n", "use a newer parallax"),
    ] {
        let error = Book::parse(&text).expect_err(&text).to_string();
        assert!(error.contains(expected), "{error}");
    }
}

/// A run that goes on is not to be swept under its feet.
#[tokio::test]
async fn held_while_the_run_lives() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ledger.jsonl");
    let ledger = Ledger::create(&path, started(), Redactor::default()).expect("a new file");
    let error = Ledger::reopen(&path, Redactor::default()).expect_err("the run lives");
    assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
    drop(ledger);
    assert!(Ledger::reopen(&path, Redactor::default()).is_ok());
}

#[tokio::test]
async fn nothing_secret_is_in_it() {
    const SECRET: &str = "never-show-this";
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ledger.jsonl");
    let redactor = Redactor::new(vec![SECRET.to_owned()]);
    let ledger = Ledger::create(&path, started(), redactor).expect("a new file");
    let (case, step) = case("RunInstances");
    let undo = json!({"InstanceId": SECRET, "UserData": {"Value": "cHJpdmF0ZQ=="}});
    let undo = Undoing {
        action: "ModifyInstanceAttribute",
        input: &undo,
        waiter: None,
        unresolved: false,
    };
    let call = Announced::new(&ledger, &case, &step, Some(undo));
    let parameters = [("UserData", "cHJpdmF0ZQ=="), ("ClientToken", "t"), (SECRET, SECRET)];
    call.attempt(&sent(&parameters)).await.expect("written");
    let n = call.number().expect("announced");
    ledger.made(n, &[SECRET.to_owned()], Some(undo));
    ledger.not_undone(n, SECRET);
    ledger.before("VPC", &[SECRET.to_owned()], &[]);
    let text = std::fs::read_to_string(&path).expect("a file");
    assert!(!text.contains(SECRET) && !text.contains("cHJpdmF0ZQ"), "{text}");
    let token = Book::read(&path).expect("readable");
    let token = token.deeds().next().expect("one").parameter("ClientToken").map(str::to_owned);
    assert_eq!(token.as_deref(), Some("t"), "what identifies the thing is there");
}

/// An attempt that was answered with a fault may have made something, whatever the next one did.
#[tokio::test]
async fn attempts_before_the_last_stay_open() {
    let ledger = Ledger::default();
    let (case, step) = case("CreateVpc");
    let mut numbers = Vec::new();
    for attempts in [1, 3] {
        let call = Announced::new(&ledger, &case, &step, None);
        for _ in 0..attempts {
            call.attempt(&[]).await.expect("kept in memory");
        }
        numbers.extend(call.number());
    }
    ledger.refused(numbers[0], "InvalidVpc.Range");
    ledger.refused(numbers[1], "InvalidVpc.Range");
    let loose = |ledger: &Ledger| ledger.book().deeds().map(|d| d.loose).collect::<Vec<_>>();
    assert_eq!(loose(&ledger), [0, 2]);
    ledger.made(numbers[1], &["vpc-1".into()], None);
    assert_eq!(loose(&ledger), [0, 1], "an answer settles the attempt it answers");
    ledger.undone(numbers[1]);
    assert_eq!(loose(&ledger), [0, 1], "what another attempt made is still unknown");
}

/// What cannot be announced is not made.
#[tokio::test]
async fn a_ledger_that_cannot_be_written_lets_nothing_pass() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ledger.jsonl");
    let ledger = Ledger::create(&path, started(), Redactor::default()).expect("a new file");
    ledger.fail_from_now("no space left");
    let (case, step) = case("CreateVpc");
    let call = Announced::new(&ledger, &case, &step, None);
    let error = call.attempt(&[]).await.expect_err("refused");
    assert!(error.contains("not sent") && error.contains("no space left"), "{error}");
    assert_eq!(call.number(), None);
    assert_eq!(ledger.failure().as_deref(), Some("no space left"));
}

#[test]
fn entries_are_as_they_are_read_by_others() {
    let line = |entry: &Entry| serde_json::to_value(entry).expect("JSON");
    let n = 7;
    let undone: Value = line(&Entry::Undone(super::entry::Done { n }));
    assert_eq!(undone, json!({"entry": "undone", "n": 7}));
    let said = super::entry::Said { n, why: Redactor::default().text("why") };
    assert_eq!(line(&Entry::NotUndone(said)), json!({"entry": "not-undone", "n": 7, "why": "why"}));
    assert_eq!(line(&Entry::Run(started()))["entry"], "run");
}
