//! Operators on an answer as a whole: root, namespace, headers, status, and the form of refusals.

use super::node::Node;
use super::operator::{BREAKING, COSMETIC, DIVERGENT, Expect, GRAVE, MILD};
use super::sample::{Reply, Sample};

const REQUEST_ID: &str = "x-amzn-requestid";

/// Tells of a changed reply: the operator, and what has to be found.
pub type Tell<'a> = &'a mut dyn FnMut(&'static str, Reply, Expect);

/// Every change to an answer as a whole.
pub fn changes(sample: &Sample, tell: Tell<'_>) {
    if sample.is_success() {
        root(sample, tell);
        namespace(sample, tell);
        let statuses = [
            ("status-202", 202, MILD),
            ("status-301", 301, BREAKING),
            ("status-400", 400, BREAKING),
            ("status-500", 500, BREAKING),
        ];
        for (name, status, expect) in statuses {
            tell(name, Reply { status, ..sample.reply.clone() }, expect);
        }
    } else {
        refusal(sample, tell);
    }
    headers(sample, tell);
    bodies(sample, tell);
}

fn with_root(sample: &Sample, change: impl FnOnce(&mut Node)) -> Reply {
    let mut root = sample.root.clone();
    change(&mut root);
    Reply { body: root.document(), ..sample.reply.clone() }
}

fn root(sample: &Sample, tell: Tell<'_>) {
    let other = format!("{}Result", sample.action);
    tell("root-other", with_root(sample, |root| root.name = other), BREAKING);
    let case = format!("{}response", sample.action);
    tell("root-case", with_root(sample, |root| root.name = case), BREAKING);
    let wrapped = with_root(sample, |root| {
        let inner = std::mem::take(root);
        *root = Node::with("Response", vec![inner]);
    });
    tell("root-wrapped", wrapped, BREAKING);
    if sample.root.child("requestId").is_some() {
        let none = with_root(sample, |root| root.children.retain(|c| c.name != "requestId"));
        tell("request-id-none", none, DIVERGENT);
        let form = with_root(sample, |root| {
            for child in root.children.iter_mut().filter(|c| c.name == "requestId") {
                child.text = format!("req-{}", child.text);
            }
        });
        tell("request-id-form", form, COSMETIC);
    }
}

fn namespace(sample: &Sample, tell: Tell<'_>) {
    let Some(namespace) = sample.root.namespace.clone() else { return };
    let to = |namespace: Option<String>| with_root(sample, |root| root.namespace = namespace);
    tell("namespace-none", to(None), DIVERGENT);
    tell(
        "namespace-version",
        to(Some(namespace.replace(&sample.version, "2008-02-01"))),
        DIVERGENT,
    );
    tell("namespace-host", to(Some(namespace.replace("amazonaws", "example"))), DIVERGENT);
    let prefixed = with_root(sample, |root| {
        prefix(root);
        root.namespace = Some(format!("xmlns:ec2=\"{namespace}\""));
    });
    tell("namespace-prefix", prefixed, DIVERGENT);
}

fn prefix(node: &mut Node) {
    node.name = format!("ec2:{}", node.name);
    node.children.iter_mut().for_each(prefix);
}

fn headers(sample: &Sample, tell: Tell<'_>) {
    let without = |name: &str| {
        let mut reply = sample.reply.clone();
        reply.headers.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
        reply
    };
    // Before 2020 AWS did not send it.
    if sample.reply.headers.iter().any(|(n, _)| n.eq_ignore_ascii_case(REQUEST_ID)) {
        tell("request-id-header", without(REQUEST_ID), DIVERGENT);
    }
    tell("content-type-none", without("content-type"), COSMETIC);
    let types = [
        ("content-type-json", "application/json"),
        ("content-type-html", "text/html; charset=utf-8"),
    ];
    for (name, value) in types {
        let mut reply = without("content-type");
        reply.headers.push(("Content-Type".to_owned(), value.to_owned()));
        tell(name, reply, COSMETIC);
    }
}

fn bodies(sample: &Sample, tell: Tell<'_>) {
    let mut to = |name, body: Vec<u8>| {
        tell(name, Reply { body, ..sample.reply.clone() }, BREAKING);
    };
    let body = sample.root.document();
    to("body-half", body[..body.len() / 2].to_vec());
    to("body-unclosed", body[..body.len() - 1].to_vec());
    to("body-empty", Vec::new());
    let mut bytes = body;
    let end = bytes.iter().rposition(|b| *b == b'<').unwrap_or_default();
    bytes.insert(end, 0xff);
    to("body-bytes", bytes);
    if sample.is_success() {
        to("body-json", b"{\"requestId\": \"none\"}".to_vec());
        to("body-html", b"<html><body><p>Please sign in</p></body></html>".to_vec());
    } else {
        to("error-json", b"{\"error\": {\"code\": 400, \"message\": \"refused\"}}".to_vec());
        to("error-html", b"<html><body><h1>400 Bad Request</h1></body></html>".to_vec());
    }
}

fn refusal(sample: &Sample, tell: Tell<'_>) {
    let field = |name: &str| {
        let error = sample.root.child("Errors").and_then(|errors| errors.child("Error"));
        error.and_then(|error| error.child(name)).map(|n| n.text.clone()).unwrap_or_default()
    };
    let (code, message) = (field("Code"), field("Message"));
    let id = sample.root.child("RequestID").cloned().unwrap_or_default();
    let error = |code: &str, message: &str| {
        Node::with("Error", vec![Node::text("Code", code), Node::text("Message", message)])
    };
    let response =
        |error: Node| Node::with("Response", vec![Node::with("Errors", vec![error]), id.clone()]);
    let mut to = |name, node: Node, status, expect| {
        tell(name, Reply { status, body: node.document(), ..sample.reply.clone() }, expect);
    };
    let status = sample.reply.status;
    let whole = error(&code, &message);
    let bare = Node::with("Response", vec![whole.clone(), id.clone()]);
    to("error-no-errors", bare, status, BREAKING);
    let query = Node::with(
        "ErrorResponse",
        vec![whole.clone(), Node { name: "RequestId".to_owned(), ..id.clone() }],
    );
    to("error-query", query, status, BREAKING);
    let no_code = Node::with("Error", vec![Node::text("Message", &message)]);
    to("error-no-code", response(no_code), status, BREAKING);
    to("error-empty-code", response(error("", &message)), status, BREAKING);
    let no_message = Node::with("Error", vec![Node::text("Code", &code)]);
    to("error-no-message", response(no_message), status, DIVERGENT);
    let errors = Node::with("Errors", vec![whole.clone()]);
    let renamed = Node { name: "RequestId".to_owned(), ..id.clone() };
    to(
        "error-request-id",
        Node::with("Response", vec![errors.clone(), renamed]),
        status,
        DIVERGENT,
    );
    to("error-no-request-id", Node::with("Response", vec![errors]), status, DIVERGENT);
    to("error-status-200", response(whole.clone()), 200, BREAKING);
    to("error-status-500", response(whole.clone()), 500, BREAKING);
    to("error-status-404", response(whole), 404, MILD);
    to("error-code-unknown", response(error(&format!("{code}Unheard"), &message)), status, GRAVE);
    to("error-code-case", response(error(&code.to_lowercase(), &message)), status, GRAVE);
    let other = "InvalidParameterValue";
    to("error-code-other", response(error(other, &message)), status, Expect::Unnoticeable);
}
