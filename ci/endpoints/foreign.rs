//! Servers that mean no harm and are not EC2: the wrong URL is the commonest mistake.

use std::io::Write as _;

use crate::refused;
use crate::support::ec2::refusal;
use crate::support::server::Server;

/// What everybody has to be told whose URL is not EC2's.
const ADVICE: [&str; 3] = ["does not speak EC2", "check the URL", "openstack catalog show ec2"];

#[track_caller]
fn not_ec2(status: &str, content_type: &str, body: &str, words: &[&str]) {
    let server = Server::fixed(status, content_type, body);
    let ran = refused(&server.url(), &[], &[&ADVICE, words].concat());
    assert!(ran.stderr.contains(&server.url()), "says which endpoint\n{ran}");
}

#[test]
fn a_file_server_without_the_page() {
    let page = "<!DOCTYPE HTML>\n<html lang=\"en\"><head><title>Error response</title></head>\
                <body><p>Nothing matches the given URI.<p>Sorry.</body></html>";
    not_ec2("404 Not Found", "text/html;charset=utf-8", page, &["HTTP 404", "an HTML page"]);
}

#[test]
fn a_web_site() {
    // Well-formed XML, as many pages are: it must not be taken for an answer.
    let page = "<html xmlns=\"http://www.w3.org/1999/xhtml\"><body><p>Welcome</p></body></html>";
    not_ec2("200 OK", "text/html", page, &["HTTP 200", "an HTML page"]);
    not_ec2("200 OK", "text/html", "<!doctype html><p>Hi", &["HTTP 200", "an HTML page"]);
}

#[test]
fn another_api() {
    let keystone = r#"{"versions": {"values": [{"id": "v3.14", "status": "stable"}]}}"#;
    not_ec2("300 Multiple Choices", "application/json", keystone, &["HTTP 300", "JSON"]);
    not_ec2("200 OK", "application/json", "[]", &["HTTP 200", "JSON"]);
    not_ec2("401 Unauthorized", "text/plain", "Authentication required", &["HTTP 401"]);
    not_ec2("200 OK", "text/xml", "<feed><title>news</title></feed>", &["HTTP 200", "<feed>"]);
    not_ec2("500 Internal Server Error", "text/plain", "", &["HTTP 500", "an empty body"]);
}

/// Object stores refuse what they do not know in a form that resembles EC2's.
#[test]
fn an_object_store() {
    let body = "<?xml version=\"1.0\"?><Error><Code>MethodNotAllowed</Code>\
                <Message>The specified method is not allowed.</Message></Error>";
    not_ec2("405 Method Not Allowed", "application/xml", body, &["HTTP 405"]);
}

/// A refusal whose code is missing says nothing that a client could act on.
#[test]
fn a_refusal_without_a_code() {
    for code in ["", "<Code/>", "<Code>  </Code>"] {
        let body = format!(
            "<Response><Errors><Error>{code}<Message>no</Message></Error></Errors></Response>"
        );
        not_ec2("400 Bad Request", "text/xml", &body, &["HTTP 400", "code"]);
    }
}

#[test]
fn credentials_that_are_not_accepted() {
    let (_, body) = refusal(401, "AuthFailure", "AWS was not able to validate the credentials");
    let server = Server::fixed("401 Unauthorized", "text/xml;charset=UTF-8", body);
    refused(
        &server.url(),
        &[],
        &[
            "does not accept the credentials",
            "AuthFailure",
            "HTTP 401",
            "AWS_SECRET_ACCESS_KEY",
            "clock",
        ],
    );
}

/// Some servers show the request in their error: what was sent must not come out on the screen.
#[test]
fn credentials_that_are_sent_back() {
    let server = Server::http(|request, stream| {
        let shown: Vec<String> =
            request.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        let (_, body) = refusal(403, "SignatureDoesNotMatch", &shown.join(", "));
        stream.write_all(&crate::support::server::response("403 No", "text/xml", body.as_bytes()))
    });
    let ran = refused(&server.url(), &[], &["SignatureDoesNotMatch"]);
    assert!(!shows_a_signature(&ran.stderr), "{ran}");
}

/// Whether there is a hexadecimal number of 64 digits, as signatures are, behind `Signature=`.
fn shows_a_signature(text: &str) -> bool {
    text.split("Signature=")
        .skip(1)
        .any(|rest| rest.chars().take_while(char::is_ascii_hexdigit).count() == 64)
}

/// A redirect is an answer; to follow it would hand signed requests to whom it names.
#[test]
fn a_redirect_is_not_followed() {
    let elsewhere = Server::fixed("200 OK", "text/plain", "caught");
    let target = elsewhere.url();
    for status in ["301 Moved Permanently", "302 Found", "307 Temporary Redirect"] {
        let location = target.clone();
        let server = Server::http(move |_, stream| {
            write!(
                stream,
                "HTTP/1.1 {status}\r\nLocation: {location}\r\nContent-Length: 0\r\n\
                 Connection: close\r\n\r\n"
            )
        });
        refused(&server.url(), &[], &["does not speak EC2", &status[..3], "check the URL"]);
    }
    assert_eq!(elsewhere.connections(), 0, "somebody followed");
}
