//! Logins by ssh, commands, and ways through another host.

use std::path::PathBuf;

use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{guest, look};
use crate::case::ProbeKind;
use crate::probe::{Jump, Prober};

/// A login at this port, and what else is given.
fn at(port: u16, more: Value) -> Value {
    let mut with = json!({
        "Host": "127.0.0.1", "Port": port, "User": guest::USER, "Key": guest::RSA, "Seconds": 10,
    });
    for (name, value) in more.as_object().into_iter().flatten() {
        with[name] = value.clone();
    }
    with
}

#[tokio::test]
async fn a_command_and_what_it_says() {
    let port = guest::start().await;
    let found = look(ProbeKind::Ssh, at(port, json!({"Command": "id -un"}))).await;
    let host_key = json!({"Algorithm": "ssh-ed25519", "Fingerprint": guest::fingerprint()});
    assert_eq!(found["Outcome"], "logged-in", "{found}");
    assert_eq!((&found["ExitStatus"], &found["Stdout"]), (&json!(0), &json!(guest::USER)));
    assert_eq!(found["StdoutBytes"], guest::USER.len() + 1, "with its newline");
    assert_eq!(found["HostKey"], host_key);

    let found = look(ProbeKind::Ssh, at(port, json!({"Command": "rm -rf"}))).await;
    assert_eq!(found["Outcome"], "logged-in", "that a command fails is its own affair");
    assert_eq!((&found["ExitStatus"], &found["Stdout"]), (&json!(127), &json!("")));
    assert_eq!(found["Stderr"], "rm -rf: not found");

    let found = look(ProbeKind::Ssh, at(port, json!({"Command": "hang", "Seconds": 1}))).await;
    assert_eq!(found["Outcome"], "broken-off", "{found}");
    assert_eq!(found["Why"], "the command did not end in time");

    let found = look(ProbeKind::Ssh, at(port, json!({"HostKey": guest::fingerprint()}))).await;
    assert_eq!(found, json!({"Outcome": "logged-in", "HostKey": host_key}));
}

#[tokio::test]
async fn who_does_not_get_in() {
    let port = guest::start().await;
    let found = look(ProbeKind::Ssh, at(port, json!({"Key": guest::stranger()}))).await;
    assert_eq!(found["Outcome"], "denied", "{found}");
    let found = look(ProbeKind::Ssh, at(port, json!({"User": "root"}))).await;
    assert_eq!(found["Outcome"], "denied", "{found}");
    // Without a key it is only asked how one may log in.
    let found = look(ProbeKind::Ssh, at(port, json!({"Key": null}))).await;
    assert_eq!(found["Outcome"], "denied");
    let methods = found["Methods"].as_array().expect("a list");
    assert!(methods.contains(&json!("publickey")), "{found}");

    let found = look(ProbeKind::Ssh, at(port, json!({"HostKey": "SHA256:another"}))).await;
    assert_eq!(found["Outcome"], "wrong-host-key");
    assert_eq!(found["HostKey"]["Fingerprint"], guest::fingerprint());

    let key = "-----BEGIN RSA PRIVATE KEY-----\nbm8ga2V5\n-----END RSA PRIVATE KEY-----\n";
    let found = look(ProbeKind::Ssh, at(port, json!({"Key": key}))).await;
    assert_eq!(found, json!({"Outcome": "bad-key"}), "and nothing of it is repeated");
    // An answer that has the member and nothing in it gave no key; that is not to ask without one.
    assert_eq!(look(ProbeKind::Ssh, at(port, json!({"Key": ""}))).await["Outcome"], "bad-key");
}

#[tokio::test]
async fn what_is_no_ssh() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("bound").port();
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            held.push(stream);
        }
    });
    let found = look(ProbeKind::Ssh, at(port, json!({"Seconds": 1}))).await;
    assert_eq!(found["Outcome"], "no-ssh");
    assert_eq!(found["Why"], "it took a connection and said nothing");
}

#[tokio::test]
async fn through_another_host() {
    let (gate, port) = (guest::start().await, guest::start().await);
    let key = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/ci/fixtures/ssh/rsa"));
    let place = format!("{}@127.0.0.1:{gate}", guest::USER);
    let prober = Prober::through(Jump::new(&place, &key).expect("a jump host"));
    let with = at(port, json!({"Command": "id -un"}));
    let found = prober.look(ProbeKind::Ssh, &with).await.expect("a way");
    assert_eq!(found["Stdout"], guest::USER, "{found}");
    let with = json!({"Host": "127.0.0.1", "Port": port});
    let found = prober.look(ProbeKind::Tcp, &with).await.expect("a way");
    assert_eq!(found["Outcome"], "open");

    // A gate that lets nobody in says nothing about the target.
    let place = format!("nobody@127.0.0.1:{gate}");
    let prober = Prober::through(Jump::new(&place, &key).expect("a jump host"));
    let why = prober.look(ProbeKind::Tcp, &with).await.expect_err("no way");
    assert!(why.contains("lets nobody in") && why.contains("denied"), "{why}");
}
