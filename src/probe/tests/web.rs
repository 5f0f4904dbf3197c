//! Web servers, and the metadata service as a guest sees it.

use std::sync::{Arc, Mutex};

use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

use super::{guest, look};
use crate::case::ProbeKind;
use crate::probe::dial::Way;
use crate::probe::imds;
use crate::probe::ssh::Login;

const USER_DATA: &str = "#!/bin/sh\necho secret\n";

/// Answers as a metadata service does, with tokens or without; keeps the first lines of requests.
async fn service(tokens: bool) -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("bound").port();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let shared = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mut reader = BufReader::new(stream);
            let (mut first, mut has_token) = (String::new(), false);
            reader.read_line(&mut first).await.expect("a line");
            let mut line = String::new();
            while reader.read_line(&mut line).await.is_ok_and(|read| read > 2) {
                has_token |= line.trim_end() == "x-aws-ec2-metadata-token: TOKEN-TOKEN";
                line.clear();
            }
            let (status, body) = match first.trim_end() {
                "PUT /latest/api/token HTTP/1.1" if tokens => ("200 OK", "TOKEN-TOKEN"),
                "GET /latest/user-data HTTP/1.1" if has_token == tokens => ("200 OK", USER_DATA),
                "GET /latest/meta-data/instance-id HTTP/1.1" if has_token == tokens => {
                    ("200 OK", "i-0123456789abcdef0")
                }
                _ if tokens && !has_token => ("401 Unauthorized", ""),
                _ => ("404 Not Found", "nothing"),
            };
            shared.lock().expect("nobody panics here").push(first.trim_end().to_owned());
            let answer = format!(
                "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
            let _ = reader.into_inner().write_all(answer.as_bytes()).await;
        }
    });
    (port, asked)
}

#[tokio::test]
async fn an_answer_with_all_that_belongs_to_it() {
    let (port, _) = service(false).await;
    let url = format!("http://127.0.0.1:{port}/latest/meta-data/instance-id");
    let found = look(ProbeKind::Http, json!({"Url": url})).await;
    assert_eq!(found["Outcome"], "answered", "{found}");
    assert_eq!((&found["Status"], &found["Body"]), (&json!(200), &json!("i-0123456789abcdef0")));
    assert_eq!(found["Headers"]["content-length"], "19");
    let url = format!("http://127.0.0.1:{port}");
    let found = look(ProbeKind::Http, json!({"Url": url, "Method": "PUT", "Body": "x"})).await;
    assert_eq!((&found["Status"], &found["BodyBytes"]), (&json!(404), &json!(7)));
}

#[tokio::test]
async fn what_is_no_web_server() {
    let port = guest::start().await;
    let url = format!("http://127.0.0.1:{port}/");
    let found = look(ProbeKind::Http, json!({"Url": url, "Seconds": 2})).await;
    assert_eq!(found["Outcome"], "no-http", "{found}");
}

/// What a guest is told, asked of a service in its place.
async fn told(tokens: bool, version: Option<u64>) -> (serde_json::Value, Vec<String>) {
    let (guest_port, (port, asked)) = (guest::start().await, service(tokens).await);
    let key = russh::keys::decode_secret_key(guest::RSA, None).expect("a key");
    let login = Login {
        host: "127.0.0.1",
        port: guest_port,
        user: guest::USER,
        key: Some(Arc::new(key)),
        host_key: None,
    };
    let wanted = imds::Asked {
        paths: vec![
            ("id", "/latest/meta-data/instance-id"),
            ("data", "/latest/user-data"),
            ("tags", "/latest/meta-data/tags/instance"),
        ],
        version,
        token_seconds: 60,
    };
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(10);
    let place = ("127.0.0.1", port);
    let found = imds::look(Way::Direct, &login, &wanted, place, deadline).await.expect("a way");
    let asked = asked.lock().expect("nobody panics there").clone();
    (found, asked)
}

#[tokio::test]
async fn with_a_token_and_without() {
    let (found, asked) = told(true, None).await;
    assert_eq!(found["Outcome"], "answered", "{found}");
    assert_eq!(found["TokenStatus"], 200);
    assert_eq!(found["Values"]["id"], "i-0123456789abcdef0");
    assert_eq!(found["Statuses"], json!({"id": 200, "data": 200, "tags": 404}));
    assert_eq!(found["Values"]["tags"], json!(null));
    assert_eq!(asked.len(), 4);
    // What it is, is not written; whether it is what was given, can be told all the same.
    assert_eq!(found["Values"]["data"], "[redacted: 22 bytes]");
    assert_eq!(found["Bytes"]["data"], USER_DATA.len());
    let text = found.to_string();
    assert!(!text.contains("echo") && !text.contains("TOKEN"), "{text}");

    let (found, _) = told(true, Some(1)).await;
    assert_eq!(found["Statuses"]["id"], 401, "a token is required: {found}");
    let (found, asked) = told(false, None).await;
    assert_eq!(found["Values"]["id"], "i-0123456789abcdef0", "as SDKs do without tokens");
    assert_eq!((&found["TokenStatus"], asked.len()), (&json!(404), 4));
    let (found, _) = told(false, Some(2)).await;
    assert_eq!(found, json!({"Outcome": "no-token", "TokenStatus": 404}));
}
