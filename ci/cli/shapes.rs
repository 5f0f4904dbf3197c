//! `parallax shapes`: stored answers are judged whatever the file holds, and profiles are computed.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::support::command::{Place, Ran};

/// The answer about one VPC as AWS would give it, in SDK member names. Made up, not recorded.
fn vpcs() -> Value {
    json!({"source": "a/b:made-up/vpcs", "http_status": 200, "output": {"Vpcs": [{
        "VpcId": "vpc-0123456789abcdef0", "CidrBlock": "10.0.0.0/16", "State": "available",
        "DhcpOptionsId": "dopt-0123456789abcdef0", "InstanceTenancy": "default", "IsDefault": false,
        "Tags": []}]}})
}

/// The same on the wire.
fn raw_vpcs() -> Value {
    json!({"source": "a/b:made-up.yml#0", "recorded_at": "Fri, 17 Oct 2014 13:19:04 GMT",
        "request": [["Action", "DescribeVpcs"], ["Version", "2014-06-15"]], "http_status": 200,
        "headers": {"Content-Type": ["text/xml;charset=UTF-8"]},
        "body": "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<DescribeVpcsResponse \
            xmlns=\"http://ec2.amazonaws.com/doc/2014-06-15/\"><requestId>\
            4bd09d29-4b4b-4b32-b3b5-c3a92eda1fcc</requestId><vpcSet><item><vpcId>vpc-01234567</vpcId>\
            <state>available</state><cidrBlock>10.0.0.0/16</cidrBlock>\
            <dhcpOptionsId>dopt-01234567</dhcpOptionsId><tagSet/>\
            <instanceTenancy>default</instanceTenancy><isDefault>false</isDefault></item></vpcSet>\
            </DescribeVpcsResponse>"})
}

fn check(place: &Place, name: &str, text: impl AsRef<[u8]>, format: &str) -> Ran {
    std::fs::write(place.path(name), text).expect("written");
    place.run(&["shapes", "check", "--format", format, name])
}

fn parsed(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}\n{ran}"))
}

/// `severity rule path` of every finding about the only answer.
fn findings(place: &Place, line: &Value) -> (Option<i32>, Vec<String>) {
    let ran = check(place, "DescribeVpcs.jsonl", line.to_string(), "json");
    let all = parsed(&ran);
    assert_eq!(all["totals"]["answers"], 1, "{ran}");
    let found = all["answers"][0]["findings"].as_array().expect("a list");
    let text = |finding: &Value, key: &str| finding[key].as_str().expect("text").to_owned();
    let shown =
        found.iter().map(|f| ["severity", "rule", "path"].map(|key| text(f, key)).join(" "));
    (ran.code, shown.collect())
}

#[test]
fn as_on_aws() {
    let place = Place::new();
    for line in [vpcs(), raw_vpcs()] {
        assert_eq!(findings(&place, &line), (Some(0), vec![]), "{line}");
    }
    let mut empty = vpcs();
    empty["output"] = json!({"Vpcs": [], "ResponseMetadata": {"HTTPStatusCode": 200}});
    assert_eq!(findings(&place, &empty), (Some(0), vec![]));
    let mut refused = vpcs();
    refused["http_status"] = json!(400);
    refused["output"] = json!({"Error": {"Code": "InvalidVpcID.NotFound", "Message": "m"}});
    assert_eq!(findings(&place, &refused), (Some(0), vec![]));
}

#[test]
fn what_was_changed_is_found() {
    let place = Place::new();
    let vpc = "Vpcs[]";
    for (member, value, expected) in [
        ("VpcId", Value::Null, "breaking model.missing-identifier Vpcs[].VpcId"),
        ("State", Value::Null, "breaking model.missing-state Vpcs[].State"),
        ("CidrBlock", Value::Null, "divergent shape.missing-member Vpcs[].CidrBlock"),
        ("VpcId", json!("vpc-1"), "divergent shape.value-form Vpcs[].VpcId"),
        ("VpcId", json!("subnet-01234567"), "breaking shape.id-kind Vpcs[].VpcId"),
        ("CidrBlock", json!(["10.0.0.0/16"]), "breaking model.type Vpcs[].CidrBlock"),
        ("IsDefault", json!("False"), "breaking model.type Vpcs[].IsDefault"),
        ("IsDefault", json!("false"), "divergent model.json-type Vpcs[].IsDefault"),
        ("State", json!("ready"), "divergent model.enum Vpcs[].State"),
        ("CidrBlock", json!(""), "divergent shape.empty Vpcs[].CidrBlock"),
        ("Own", json!("x"), "cosmetic model.unknown-member Vpcs[].Own"),
    ] {
        let mut line = vpcs();
        line["output"]["Vpcs"][0][member] = value;
        let (code, found) = findings(&place, &line);
        assert_eq!(found, [expected], "{vpc}.{member}");
        assert_eq!(code, Some(i32::from(expected.starts_with("breaking"))), "{expected}");
    }
    for (path, value, expected) in [
        ("http_status", json!(500), "breaking model.foreign body"),
        ("http_status", json!(201), "divergent model.http-status http.status"),
        ("output", json!({"Vpc": []}), "divergent model.missing-results Vpcs"),
        ("output", json!([]), "breaking model.type output"),
        ("output", json!({"Error": {"Code": "X"}}), "breaking model.foreign body"),
    ] {
        let mut line = vpcs();
        line[path] = value;
        let found = findings(&place, &line).1;
        assert!(found.contains(&expected.to_owned()), "{expected}: {found:?}");
    }
}

#[test]
fn what_was_changed_on_the_wire_is_found() {
    let place = Place::new();
    for (from, to, expected) in [
        ("DescribeVpcsResponse", "VpcsResponse", "breaking model.root-element body"),
        ("2014-06-15/", "2016-11-15/", "divergent model.namespace body.xmlns"),
        ("vpcId>", "VpcId>", "breaking model.misnamed-member Vpcs[].VpcId"),
        ("vpcId>", "VpcId>", "breaking model.missing-identifier Vpcs[].VpcId"),
        ("cidrBlock>", "cidrBlocks>", "breaking model.misnamed-member Vpcs[].cidrBlocks"),
        ("tagSet/>", "tagSets/>", "divergent model.similar-member Vpcs[].tagSets"),
        ("false</", "False</", "breaking model.boolean-form Vpcs[].IsDefault"),
        ("item>", "member>", "breaking model.item-name Vpcs[]"),
        ("<vpcSet>", "<vpcSet><item>", "breaking model.foreign body"),
        ("requestId>", "requestID>", "divergent model.request-id body.requestId"),
    ] {
        let mut line = raw_vpcs();
        line["body"] = json!(line["body"].as_str().expect("text").replace(from, to));
        let found = findings(&place, &line).1;
        assert!(found.contains(&expected.to_owned()), "{expected}: {found:?}");
    }
    let mut nested = raw_vpcs();
    let body = nested["body"].as_str().expect("text");
    let body = body.replace("<item>", "<item><item>").replace("</item>", "</item></item>");
    nested["body"] = json!(body);
    let found = findings(&place, &nested).1;
    for expected in
        ["breaking model.loose-item Vpcs[].item", "breaking model.missing-identifier Vpcs[].VpcId"]
    {
        assert!(found.contains(&expected.to_owned()), "{expected}: {found:?}");
    }
    // The header came later than this recording, but not later than the next.
    nested = raw_vpcs();
    nested["recorded_at"] = json!("2023-05-04T00:00:00Z");
    let found = findings(&place, &nested).1;
    let added = "divergent shape.missing-member Vpcs[].CidrBlockAssociationSet".to_owned();
    assert!(found.contains(&added), "what AWS added since binds a younger answer: {found:?}");
    if cfg!(feature = "sdk") {
        assert!(
            found.contains(&"divergent client.request-id http.headers".to_owned()),
            "{found:?}"
        );
    }
}

#[test]
fn each_finding_shows_its_evidence() {
    let place = Place::new();
    let mut line = vpcs();
    line["output"]["Vpcs"][0]["CidrBlock"] = Value::Null;
    let ran = check(&place, "DescribeVpcs.jsonl", line.to_string(), "text").exits(0);
    for words in [
        "DescribeVpcs.jsonl:1: divergent shape.missing-member",
        "source    a/b:made-up/vpcs",
        "answers of AWS to DescribeVpcs: ",
        " recorded by puppetlabs/puppetlabs-aws, ",
        "<https://github.com/puppetlabs/puppetlabs-aws>: There in ",
        "1 answer: 0 breaking, 1 divergent and 0 cosmetic findings in 1 of them",
    ] {
        assert!(ran.stdout.contains(words), "lacks `{words}`\n{ran}");
    }
    let all = parsed(&check(&place, "DescribeVpcs.jsonl", line.to_string(), "json"));
    let evidence = all["answers"][0]["findings"][0]["evidence"].as_array().expect("a list");
    assert_eq!(evidence.len(), 1, "one count, over all projects");
    for one in evidence {
        for key in ["source", "url", "date", "states"] {
            assert!(one[key].as_str().is_some_and(|text| !text.is_empty()), "{key}: {one}");
        }
    }
}

#[test]
fn files_that_hold_anything() {
    let place = Place::new();
    let good = vpcs().to_string();
    let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
    let mut text = b"\xef\xbb\xbf".to_vec();
    text.extend(format!("{good}\r\n\r\n  \r\n").bytes());
    text.extend(b"no json\n\xff\xfe\n[]\nnull\n{\"http_status\":200}\n");
    text.extend(format!("{{\"http_status\":200,\"output\":{deep}}}\n").bytes());
    text.extend(b"{\"http_status\":200,\"output\":{},\"action\":\"DescribeVpc\"}\n");
    text.extend(b"{\"http_status\":\"200\",\"output\":{}}\n");
    text.extend(b"{\"http_status\":200,\"body\":\"%%%\",\"encoding\":\"base64\"}\n");
    text.extend(good.bytes());
    let ran = check(&place, "DescribeVpcs.jsonl", &text, "json").exits(2);
    let all = parsed(&ran);
    assert_eq!(all["totals"]["answers"], 2, "{ran}");
    let unreadable: Vec<(u64, &str)> = all["unreadable"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|u| (u["line"].as_u64().expect("a line"), u["why"].as_str().expect("a reason")))
        .collect();
    let expected = [
        (4, "no JSON"),
        (5, "not UTF-8"),
        (6, "no JSON object"),
        (7, "no JSON object"),
        (8, "neither `output` nor `body`"),
        (9, "recursion limit"),
        (10, "no action `DescribeVpc`; did you mean `DescribeVpcs`?"),
        (11, "`http_status` is \"200\""),
        (12, "no Base64"),
    ];
    assert_eq!(unreadable.len(), expected.len(), "{unreadable:?}");
    for ((line, why), (at, words)) in unreadable.iter().zip(expected) {
        assert!(*line == at && why.contains(words), "{line}: {why}; not {at}: {words}");
    }
    for line in ["DescribeVpcs.jsonl:4: ", "DescribeVpcs.jsonl:12: "] {
        assert!(ran.stderr.contains(line), "{ran}");
    }
    // A file's name is not the action, and the line does not say it.
    check(&place, "some.jsonl", &good, "text").exits(2).complains(&["which action it answers"]);
    place.run(&["shapes", "check", "gone.jsonl"]).exits(2).complains(&["gone.jsonl: "]);
    let empty = check(&place, "empty.jsonl", "", "json").exits(0);
    assert_eq!(parsed(&empty)["totals"]["answers"], 0);
}

#[test]
fn bodies_that_are_anything() {
    let place = Place::new();
    for (body, found) in [
        (json!(""), "model.foreign"),
        (json!("<html><body>no</body></html>"), "model.foreign"),
        (json!("{\"a\": 1}"), "model.foreign"),
        (json!({"base64": "//4="}), "model.foreign"),
        (json!("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>"), "model.foreign"),
        (json!("<a/>"), "model.root-element"),
    ] {
        let mut line = raw_vpcs();
        line["body"] = body.clone();
        let (code, all) = findings(&place, &line);
        assert_eq!(code, Some(1), "{body}: {all:?}");
        assert!(all.iter().any(|f| f.contains(found)), "{body}: {all:?}");
    }
    // Both forms of one answer: each is judged.
    let mut both = raw_vpcs();
    both["output"] = json!({"Vpcs": [{}]});
    let found = findings(&place, &both).1;
    assert!(
        found.contains(&"breaking model.missing-identifier Vpcs[].VpcId".to_owned()),
        "{found:?}"
    );
}

#[test]
fn standard_input_and_folders() {
    let place = Place::new();
    let mut line = vpcs();
    line["action"] = json!("DescribeVpcs");
    let mut child = Command::new(env!("CARGO_BIN_EXE_parallax"))
        .args(["shapes", "check", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut input = child.stdin.take().expect("piped");
    input.write_all(line.to_string().as_bytes()).expect("written");
    drop(input);
    let done = child.wait_with_output().expect("it ends");
    assert!(done.status.success());
    assert!(String::from_utf8_lossy(&done.stdout).contains("1 answer: 0 breaking"));

    std::fs::create_dir_all(place.path("all/wire")).expect("made");
    std::fs::write(place.path("all/DescribeVpcs.jsonl"), vpcs().to_string()).expect("written");
    std::fs::write(place.path("all/wire/x.jsonl"), raw_vpcs().to_string()).expect("written");
    std::fs::write(place.path("all/README.md"), "no recording").expect("written");
    let ran = place.run(&["shapes", "check", "--format", "json", "all"]).exits(0);
    assert_eq!(parsed(&ran)["totals"]["answers"], 2, "{ran}");
    std::fs::create_dir(place.path("none")).expect("made");
    place.run(&["shapes", "check", "none"]).exits(2).complains(&["no file in it"]);
    let args = ["shapes", "check", "--baselines", "none", "all"];
    place.run(&args).exits(2).complains(&["no shape profiles"]);
}

#[test]
fn profiles_are_computed() {
    let place = Place::new();
    let write = |name: &str, text: &str| std::fs::write(place.path(name), text).expect("written");
    std::fs::create_dir(place.path("in")).expect("made");
    let dated = vpcs().to_string().replace("\"Tags\":[]", "\"Tags\":[{\"Key\":\"T\"}]");
    write("in/DescribeVpcs.jsonl", &format!("{}\n{dated}\n{}\n", vpcs(), raw_vpcs()));
    write("excluded.json", "[]");
    write(
        "projects.json",
        r#"[{"project":"a/b","url":"https://a.example/","state":"2026-01-31","license":"X"}]"#,
    );
    let build = |out: &str| {
        let files = ["--exclude", "excluded.json", "--projects", "projects.json"];
        place.run(&[&["shapes", "build", "in", "--out", out][..], &files].concat())
    };
    build("one").exits(0);
    build("two").exits(0);
    let read = |out: &str| std::fs::read_to_string(place.path(out).join("DescribeVpcs.json"));
    let text = read("one").expect("written");
    assert_eq!(text, read("two").expect("written"), "the same bytes each time");
    let profile: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!((&profile["responses"], &profile["recordings"]), (&json!(3), &json!(2)));
    assert_eq!(profile["sources"]["a/b"]["url"], "https://a.example/");
    assert_eq!(profile["sources"]["a/b"]["from"], "2014-10-17");
    let of = |path: &str| &profile["paths"][path];
    assert_eq!(of("Vpcs[].VpcId")["forms"], json!({"id:vpc": 3}));
    assert_eq!(of("Vpcs[].State")["values"], json!({"available": 3}));
    assert_eq!(of("Vpcs[].IsDefault")["kinds"], json!({"boolean": 3}));
    assert_eq!(of("Vpcs[].Tags")["forms"], json!({"empty": 2}));
    assert_eq!(of("Vpcs[].Tags[].Value"), &Value::Null, "what was never there has no counts");

    write("excluded.json", r#"[{"source":"a/b:made-up/","reason":"for a test"}]"#);
    build("one").exits(0);
    let profile: Value = serde_json::from_str(&read("one").expect("written")).expect("JSON");
    assert_eq!(profile["responses"], 1);
    write("projects.json", "[]");
    build("one").exits(2).complains(&["DescribeVpcs.jsonl:1: ", "the project `a/b`"]);
    write("in/DescribeVpcs.jsonl", "nonsense");
    build("one").exits(2).complains(&["DescribeVpcs.jsonl:1: this is no JSON"]);
}
