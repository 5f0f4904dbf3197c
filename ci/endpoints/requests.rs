//! Requests that are not those of an SDK, because a case says so, and pages.

use serde_json::{Value, json};

use crate::support::command::{ACCESS_KEY, Place, Ran, SECRET_KEY, SESSION_TOKEN};
use crate::support::ec2::{Call, FakeEc2, output, refusal};

/// Runs a case with this step on the cloud, and returns the calls after those of discovery.
fn run(cloud: &FakeEc2, step: &str, expect: &Value) -> (Place, Ran, Vec<Call>) {
    let place = Place::new();
    let (cases, baselines) = (place.path("suite/vpcs"), place.path("known/aws/vpcs"));
    std::fs::create_dir_all(&cases).expect("a folder");
    std::fs::create_dir_all(&baselines).expect("a folder");
    let id = "3f0b7c52-6f0c-4a52-9d63-0f9b0f5c1d11";
    let case = format!("id: {id}\ntitle: T\ncapability: vpcs\nsteps:\n  - id: a\n{step}");
    std::fs::write(cases.join("x.yaml"), case).expect("written");
    let source = json!({"title": "T", "url": "https://docs.example", "accessed": "2026-11-21", "states": "S"});
    let baseline = json!({
        "case": id, "provenance": "documented", "sources": {"s": source}, "expect": expect,
    });
    std::fs::write(baselines.join("x.json"), baseline.to_string()).expect("written");
    let ran = place.run(&[
        "run",
        "--cases",
        "suite",
        "--baselines",
        "known",
        "--endpoint",
        &cloud.url(),
        "--region",
        "here-1",
        "--out",
        "out",
    ]);
    // What there is room for is the last question of discovery.
    let calls = cloud.calls();
    let last = calls.iter().rposition(|call| call.action == "DescribeAccountAttributes");
    let calls = calls.into_iter().skip(last.map_or(0, |at| at + 1)).collect();
    (place, ran, calls)
}

fn one(step: &str) -> Call {
    let cloud =
        FakeEc2::that(|call| (call.action == "DescribeVpcs").then(|| output(call, "<vpcSet/>")));
    let (place, ran, calls) = run(&cloud, step, &json!([]));
    let ran = ran.exits(0);
    let transcript = std::fs::read_to_string(place.path("out/transcript.jsonl")).expect("written");
    for secret in [ACCESS_KEY, SECRET_KEY, SESSION_TOKEN] {
        assert!(!transcript.contains(secret), "`{secret}` in the transcript\n{ran}");
    }
    for (name, value) in url::form_urlencoded::parse(calls[0].request.query.as_bytes()) {
        let secret = name == "X-Amz-Signature" || name == "X-Amz-Security-Token";
        assert!(!(secret && transcript.contains(&*value)), "{name} in the transcript");
    }
    calls.into_iter().next().expect("a call")
}

const DESCRIBE: &str =
    "    call: DescribeVpcs\n    with: { Filters: [{ Name: tag:a b, Values: ['${ab*3}'] }] }\n";

fn described(request: &str) -> Call {
    one(&format!("{DESCRIBE}    request: {request}\n"))
}

#[test]
fn parameters_as_they_go_on_the_wire() {
    let call = one(&format!(
        "{DESCRIBE}    parameters: {{ Version: '2010-08-31', Foo.1: $name, Filter.1.Name: null }}\n"
    ));
    assert_eq!(call.parameters["Version"], "2010-08-31");
    assert!(call.parameters["Foo.1"].starts_with("parallax-"), "{call:?}");
    assert_eq!(call.parameters["Filter.1.Value.1"], "ababab");
    assert!(!call.parameters.contains_key("Filter.1.Name"), "{call:?}");
    assert!(call.request.body.starts_with("Action=DescribeVpcs&Version=2010-08-31&"), "{call:?}");
}

#[test]
fn the_parameters_in_the_url() {
    let call = described("{ method: GET }");
    assert_eq!((call.request.method.as_str(), call.request.body.as_str()), ("GET", ""));
    assert_eq!(call.parameters["Filter.1.Name"], "tag:a b");
    assert!(call.request.query.starts_with("Action=DescribeVpcs&Version=2016-11-15&"), "{call:?}");
    assert_eq!(call.request.header("content-type"), None);
    assert!(call.request.header("authorization").is_some_and(|value| value.contains("Signature=")));
}

#[test]
fn escaped_in_other_ways() {
    let body = described("{ encoding: plus }").request.body;
    assert!(body.contains("Filter.1.Name=tag%3Aa+b"), "{body}");
    let body = described("{ encoding: everything }").request.body;
    assert!(body.starts_with("%41%63%74%69%6F%6E="), "{body}");
}

#[test]
fn headers_of_the_cases_own() {
    let call =
        described("{ headers: { Content-Type: text/plain, X-Own: b, amz-sdk-request: null } }");
    assert_eq!(call.request.header("content-type"), Some("text/plain"));
    assert_eq!(call.request.header("x-own"), Some("b"));
    assert_eq!(call.request.header("amz-sdk-request"), None);
}

#[test]
fn signatures_that_are_wrong_on_purpose() {
    let scope = |call: &Call| {
        let value = call.request.header("authorization").expect("signed").to_owned();
        let credential = value.split("Credential=").nth(1).expect("a credential");
        credential.split(',').next().expect("it ends").to_owned()
    };
    assert_eq!(described("{ signature: none }").request.header("authorization"), None);
    assert!(scope(&described("{ signature: wrong-region }")).contains("/no-such-region-1/ec2/"));
    assert!(scope(&described("{ signature: wrong-service }")).contains("/here-1/s3/"));
    assert!(scope(&described("{ signature: unknown-key }")).starts_with("AKIAIOSFODNN7EXAMPLE/"));
    assert!(scope(&described("{ signature: wrong-secret }")).starts_with(ACCESS_KEY));
    assert!(described("{ signature: altered-body }").request.body.ends_with("&DryRun=false"));
    let hour = |call: &Call| {
        let value = call.request.header("x-amz-date").expect("a date").to_owned();
        jiff::fmt::strtime::parse("%Y%m%dT%H%M%SZ", &value)
            .and_then(|time| time.to_datetime())
            .and_then(|time| time.to_zoned(jiff::tz::TimeZone::UTC))
            .expect("a time")
            .timestamp()
            .duration_since(jiff::Timestamp::now())
            .as_secs()
    };
    assert!((-3700..-3500).contains(&hour(&described("{ signature: expired }"))));
    assert!((3500..3700).contains(&hour(&described("{ signature: future }"))));
}

#[test]
fn the_signature_in_the_url() {
    for method in ["GET", "POST"] {
        let call = described(&format!("{{ method: {method}, signature: presigned }}"));
        assert_eq!(call.request.header("authorization"), None);
        for name in ["X-Amz-Signature", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires"] {
            assert!(call.request.query.contains(&format!("{name}=")), "{method} {name} {call:?}");
        }
        assert_eq!(call.parameters["Action"], "DescribeVpcs");
        assert_eq!(call.parameters["X-Amz-Security-Token"], SESSION_TOKEN);
    }
}

/// Pages of one thing each; the token after the last is given by `end`.
fn pages(call: &Call, end: &str) -> (u16, String) {
    let page = call.parameters.get("NextToken").map_or("1", String::as_str);
    let token = match page {
        "1" => "<nextToken>2</nextToken>",
        "2" => "<nextToken>3</nextToken>",
        _ => end,
    };
    output(
        call,
        &format!(
            "<vpcSet><item><vpcId>vpc-0000000{page}</vpcId><state>available</state></item></vpcSet>{token}"
        ),
    )
}

const PAGES: &str = "    call: DescribeVpcs\n    with: { MaxResults: 5 }\n    pages: true\n";

#[test]
fn pages_until_the_last() {
    let cloud = FakeEc2::that(|call| (call.action == "DescribeVpcs").then(|| pages(call, "")));
    let ids = ["vpc-00000003", "vpc-00000001", "vpc-00000002"];
    let expect = json!([
        {"step": "a", "outcome": "success", "source": "s"},
        {"step": "a", "value": "Vpcs[].VpcId", "set": ids, "source": "s"},
        {"step": "a", "header": "Content-Type", "is": "text/xml;charset=UTF-8", "source": "s"},
    ]);
    let (_, ran, calls) = run(&cloud, PAGES, &expect);
    let ran = ran.exits(0);
    assert!(ran.stdout.contains("1 of 1 cases"), "{ran}");
    let tokens: Vec<Option<&String>> =
        calls.iter().map(|c| c.parameters.get("NextToken")).collect();
    assert_eq!(tokens, [None, Some(&"2".to_owned()), Some(&"3".to_owned())]);
    assert!(calls.iter().all(|call| call.parameters["MaxResults"] == "5"));
    // One thing missing, one too many, one twice, and another header.
    for wrong in [
        json!({"step": "a", "value": "Vpcs[].VpcId", "set": ids[..2], "source": "s"}),
        json!({"step": "a", "value": "Vpcs[].VpcId", "set": [ids[0], ids[1], ids[2], "vpc-4"], "source": "s"}),
        json!({"step": "a", "value": "Vpcs[].VpcId", "set": [ids[0], ids[1], ids[1]], "source": "s"}),
        json!({"step": "a", "header": "content-type", "is": "text/xml", "source": "s"}),
        json!({"step": "a", "header": "x-other", "present": true, "source": "s"}),
    ] {
        run(&cloud, PAGES, &json!([wrong])).1.exits(1);
    }
}

#[test]
fn pages_that_never_end() {
    let again = "<nextToken>2</nextToken>";
    let cloud =
        FakeEc2::that(move |call| (call.action == "DescribeVpcs").then(|| pages(call, again)));
    let expect = json!([{"step": "a", "outcome": "success", "source": "s"}]);
    let (_, ran, calls) = run(&cloud, PAGES, &expect);
    let ran = ran.exits(1);
    assert!(ran.stdout.contains("a NextToken that an earlier page had"), "{ran}");
    assert_eq!(calls.len(), 3);
}

#[test]
fn a_page_that_is_refused() {
    let cloud = FakeEc2::that(|call| match call.parameters.get("NextToken") {
        Some(_) => Some(refusal(400, "InvalidNextToken", "no")),
        None => (call.action == "DescribeVpcs").then(|| pages(call, "")),
    });
    let expect = json!([{"step": "a", "outcome": "success", "source": "s"}]);
    let ran = run(&cloud, PAGES, &expect).1.exits(1);
    assert!(ran.stdout.contains("InvalidNextToken"), "{ran}");
}
