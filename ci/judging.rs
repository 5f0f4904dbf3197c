//! Breaks answers of the bundled recording one at a time, and looks whether the judge notices: at
//! the right layer, with the right severity, and nowhere else.

#[path = "judging/cut_off.rs"]
mod cut_off;

use parallax::assets::Assets;
use parallax::judge::{CaseResult, Finding, Knowledge, Layer, RunResult, Severity, Verdict, judge};
use parallax::transcript::Transcript;
use serde_json::Value;

const RECORDING: &str = "openstack-2023.2/transcript.jsonl";

fn recording() -> String {
    Assets::Reports.read(RECORDING).expect("the bundled recording")
}

fn knowledge() -> Knowledge {
    Knowledge::load(&Assets::Baselines, None).expect("the bundled baselines")
}

fn judged(text: &str) -> RunResult {
    judge(&Transcript::parse(text).expect("a transcript"), &knowledge())
}

/// The recording with the last answer to a step changed by `change`, which has to change it.
fn with_answer(case: &str, step: &str, change: impl Fn(&str) -> String) -> String {
    with_exchange(case, step, |exchange| {
        let body =
            exchange["reply"]["response"]["body"]["text"].as_str().expect("a text").to_owned();
        let changed = change(&body);
        assert_ne!(body, changed, "nothing was changed in {body}");
        exchange["reply"]["response"]["body"]["text"] = changed.into();
    })
}

fn with_exchange(case: &str, step: &str, change: impl Fn(&mut Value)) -> String {
    let text = recording();
    let mut lines: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let id = lines
        .iter()
        .find(|line| line["event"] == "case" && line["case"]["name"] == case)
        .unwrap_or_else(|| panic!("no case {case}"))["case"]["id"]
        .clone();
    let exchange = lines
        .iter_mut()
        .rev()
        .find(|l| {
            l["event"] == "exchange"
                && l["case"] == id
                && l["step"] == step
                && l["purpose"] == "step"
        })
        .unwrap_or_else(|| panic!("no exchange of {case} {step}"));
    change(exchange);
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn case<'r>(result: &'r RunResult, name: &str) -> &'r CaseResult {
    result.cases.iter().find(|c| c.name == name).unwrap_or_else(|| panic!("no case {name}"))
}

/// The findings that the change brought into the case; asserts that no other case is changed.
fn brought(name: &str, text: &str) -> (Verdict, Vec<Finding>) {
    let (before, after) = (judged(&recording()), judged(text));
    for (old, new) in before.cases.iter().zip(&after.cases).filter(|(c, _)| c.name != name) {
        assert_eq!(
            (&old.name, old.verdict, &old.findings),
            (&new.name, new.verdict, &new.findings)
        );
    }
    let known = &case(&before, name).findings;
    let now = case(&after, name);
    let new = now.findings.iter().filter(|f| !known.contains(f)).cloned().collect();
    (now.verdict, new)
}

fn find<'f>(found: &'f [Finding], rule: &str) -> &'f Finding {
    found
        .iter()
        .find(|f| f.rule == rule)
        .unwrap_or_else(|| panic!("{rule} was not found, only {found:#?}"))
}

#[test]
fn the_same_transcript_gives_the_same_bytes() {
    let bytes = || serde_json::to_string(&judged(&recording())).expect("JSON");
    assert_eq!(bytes(), bytes());
}

#[test]
fn every_finding_shows_what_it_rests_on() {
    for case in judged(&recording()).cases {
        for finding in &case.findings {
            assert!(!finding.evidence.is_empty(), "{}: {finding:#?}", case.name);
            assert!(!finding.message.is_empty(), "{}: {finding:#?}", case.name);
            assert!(finding.exchange.is_some(), "{}: {finding:#?}", case.name);
        }
    }
}

#[cfg(feature = "sdk")]
#[test]
fn the_client_layer_reads_every_action_of_the_suite() {
    use parallax::case::{Goal, Suite};
    use parallax::judge::client::{Reading, read};
    use parallax::model::Model;

    let suite = Suite::load(&Assets::Cases).expect("the bundled suite");
    let body = b"<Response><Errors><Error><Code>A.B</Code><Message>m</Message></Error></Errors>\
                 <RequestID>r</RequestID></Response>";
    let steps = suite.cases.iter().flat_map(|c| &c.steps);
    for step in steps.filter(|step| step.calls()) {
        let mut actions = vec![step.action.as_str()];
        actions.extend(step.undo.as_ref().map(|undo| undo.action.as_str()));
        if let Some(Goal::Waiter(name)) = step.poll.as_ref().map(|poll| &poll.goal) {
            actions.push(&Model::ec2().waiter(name).expect("checked").operation);
        }
        for action in actions {
            let reading = read(action, 400, &[("x-amzn-requestid", "r")], body);
            let refusal =
                Reading::Refusal { code: Some("A.B".into()), request_id: Some("r".into()) };
            assert_eq!(
                reading,
                Some(refusal),
                "{action}: the SDK has no decoder; see ci/actions.py"
            );
        }
    }
}

#[test]
fn every_layer_finds_something() {
    let result = judged(&recording());
    let layers = if cfg!(feature = "sdk") {
        vec![Layer::Client, Layer::Model, Layer::Shape, Layer::Baseline]
    } else {
        vec![Layer::Model, Layer::Shape, Layer::Baseline]
    };
    for layer in layers {
        assert!(
            result.cases.iter().any(|c| c.findings.iter().any(|f| f.layer == layer)),
            "{layer:?}"
        );
    }
}

#[test]
fn another_error_code() {
    let name = "api/unknown-id[vpc]";
    let text = with_answer(name, "describe", |b| {
        b.replace("InvalidVpcID.NotFound", "InvalidVpcID.NotFounb")
    });
    let (verdict, found) = brought(name, &text);
    assert_eq!(verdict, Verdict::Fail);
    let finding = find(&found, "baseline.error-code");
    assert_eq!((finding.severity, finding.layer), (Severity::Breaking, Layer::Baseline));
    assert_eq!(finding.actual["Code"], "InvalidVpcID.NotFounb");
    assert!(finding.evidence[0].url.as_deref().is_some_and(|u| u.starts_with("https://")));
}

/// What an endpoint answers to an action that there is not tells which others it does not know.
#[test]
fn an_action_that_the_endpoint_does_not_know() {
    const HINT: &str = "this is how this endpoint answers an action that it does not know";
    let result = judged(&recording());
    let mut hinted = 0;
    for case in &result.cases {
        for step in &case.steps {
            let found = case.findings.iter().filter(|found| found.step == step.id);
            for found in found.filter(|found| found.layer == Layer::Baseline) {
                let is_hinted = found.message.contains(HINT);
                let is_strange = step.outcome == "InvalidRequest";
                assert!(is_strange || !is_hinted, "{}: {}", case.name, found.message);
                // What there is not itself, and what is not offered.
                let is_known = step.action == "DescribeRegions";
                assert_eq!(is_hinted, is_strange && !is_known, "{}: {}", case.name, found.message);
                hinted += u32::from(is_hinted);
            }
        }
    }
    assert!(hinted > 500, "{hinted}");
    let mut blocked = result.cases.iter().filter(|case| case.verdict == Verdict::Blocked);
    assert!(blocked.any(|case| case.reason.contains(HINT)), "as the reason, too");
}

/// Whether AWS would ever send the code is said whatever a baseline expects.
#[test]
fn a_code_that_aws_would_not_send() {
    let name = "api/unknown-id[vpc]";
    let with = |code: &str, status: u16| {
        let text = with_exchange(name, "describe", |exchange| {
            let response = &mut exchange["reply"]["response"];
            response["status"] = status.into();
            let body = response["body"]["text"].as_str().expect("a text");
            response["body"]["text"] = body.replace("InvalidVpcID.NotFound", code).into();
        });
        let (_, found) = brought(name, &text);
        let of_codes = |f: &Finding| f.rule.starts_with("model.error-");
        found.into_iter().filter(of_codes).map(|f| (f.rule, f.severity)).collect::<Vec<_>>()
    };
    let one = |rule: &str, severity| vec![(rule.to_owned(), severity)];
    let unknown = one("model.error-code-unknown", Severity::Divergent);
    assert_eq!(with("VpcNotFound", 400), unknown);
    let case = one("model.error-code-case", Severity::Breaking);
    assert_eq!(with("invalidvpcid.notfound", 400), case);
    let action = one("model.error-code-action", Severity::Divergent);
    assert_eq!(with("InvalidKeyPair.NotFound", 400), action);
    let status = one("model.error-status", Severity::Divergent);
    assert_eq!(with("InternalError", 400), status);
    let number = one("model.error-status-number", Severity::Cosmetic);
    assert_eq!(with("InvalidVpcID.NotFound", 404), number);
    // With a fault of the server, the code is a part of what model.server-fault says.
    assert_eq!(with("VpcNotFound", 500), []);
    assert_eq!(with("InvalidVpcID.NotFound", 500), []);
}

#[test]
fn success_where_aws_refuses() {
    let name = "api/unknown-id[vpc]";
    let text = with_exchange(name, "describe", |exchange| {
        exchange["reply"]["response"]["status"] = 200.into();
        exchange["reply"]["response"]["body"]["text"] =
            "<DescribeVpcsResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\
             <requestId>6ee4a9c0-1d57-4a2b-8d2f-1f3a2b4c5d6e</requestId><vpcSet/></DescribeVpcsResponse>"
                .into();
    });
    let (verdict, found) = brought(name, &text);
    assert_eq!(verdict, Verdict::Fail);
    assert_eq!(find(&found, "baseline.outcome").severity, Severity::Breaking);
}

/// Nothing but values is expected of this step: they are of an answer, so there has to be one.
#[test]
fn refused_where_a_value_is_known() {
    let name = "key-pairs/same-key-twice";
    let text = with_exchange(name, "again", |exchange| {
        exchange["reply"]["response"]["status"] = 400.into();
        exchange["reply"]["response"]["body"]["text"] =
            "<Response><Errors><Error><Code>InvalidKeyPair.Duplicate</Code><Message>there</Message></Error>\
             </Errors><RequestID>6ee4a9c0-1d57-4a2b-8d2f-1f3a2b4c5d6e</RequestID></Response>"
                .into();
    });
    let (verdict, found) = brought(name, &text);
    assert_eq!(verdict, Verdict::Fail);
    let told: Vec<&Finding> = found.iter().filter(|f| f.layer == Layer::Baseline).collect();
    let [told] = told.as_slice() else { panic!("told once: {told:?}") };
    assert_eq!((told.rule.as_str(), told.severity), ("baseline.outcome", Severity::Breaking));
}

#[test]
fn the_target_says_that_it_does_not_do_this() {
    let name = "api/everyday-reads[instance-types]";
    let text = with_answer(name, "describe", |b| b.replace("InvalidRequest", "InvalidAction"));
    let result = judged(&text);
    assert_eq!(
        case(&result, name).verdict,
        Verdict::Unsupported,
        "AWS's own code for it is honest"
    );
    // Other cases no longer say that the endpoint always answers this action like one that there is not;
    // what they find besides is the same.
    let before = judged(&recording());
    for (old, new) in before.cases.iter().zip(&result.cases).filter(|(c, _)| c.name != name) {
        let rules = |case: &CaseResult| -> Vec<(String, String)> {
            case.findings.iter().map(|f| (f.rule.clone(), f.path.clone())).collect()
        };
        assert_eq!((old.verdict, rules(old)), (new.verdict, rules(new)), "{}", old.name);
    }
}

#[test]
fn throttled_is_inconclusive() {
    let name = "api/unknown-id[vpc]";
    let text = with_answer(name, "describe", |b| {
        b.replace("InvalidVpcID.NotFound", "RequestLimitExceeded")
    });
    assert_eq!(case(&judged(&text), name).verdict, Verdict::Inconclusive);
}

#[test]
fn a_set_up_that_fails_blocks() {
    let name = "subnets/outside-vpc";
    let text = with_exchange(name, "vpc", |exchange| {
        exchange["reply"]["response"]["status"] = 400.into();
        exchange["reply"]["response"]["body"]["text"] =
            "<Response><Errors><Error><Code>VpcLimitExceeded</Code><Message>full</Message></Error></Errors>\
             <RequestID>6ee4a9c0-1d57-4a2b-8d2f-1f3a2b4c5d6e</RequestID></Response>"
                .into();
    });
    let result = judged(&text);
    let case = case(&result, name);
    assert_eq!(case.verdict, Verdict::Blocked);
    assert!(
        case.reason.contains("`vpc`") && case.reason.contains("VpcLimitExceeded"),
        "{}",
        case.reason
    );
}

#[test]
fn the_wrong_id_in_the_right_place() {
    let name = "vpcs/create-describe-delete";
    let text = with_answer(name, "available", |body| {
        let at = body.find("<vpcId>vpc-").expect("an id") + "<vpcId>vpc-".len();
        let wrong = if body[at..].starts_with('0') { "1" } else { "0" };
        format!("{}{wrong}{}", &body[..at], &body[at + 1..])
    });
    let (verdict, found) = brought(name, &text);
    assert_eq!(verdict, Verdict::Fail);
    let finding = find(&found, "baseline.value");
    assert_eq!((&finding.expected, &finding.actual), (&"<vpc>".into(), &"<vpc:?1>".into()));
}

#[test]
fn forms_of_the_wire() {
    let name = "vpcs/create-describe-delete";
    let change = |from: &'static str, to: &'static str| {
        brought(name, &with_answer(name, "available", |b| b.replace(from, to))).1
    };
    let state = change("<state>available</state>", "<state>ready</state>");
    assert_eq!(find(&state, "model.enum").severity, Severity::Divergent);
    let boolean = change("<isDefault>false</isDefault>", "<isDefault>False</isDefault>");
    assert_eq!(find(&boolean, "model.boolean-form").path, "Vpcs[].IsDefault");
    let dropped = change("<isDefault>false</isDefault>", "");
    assert_eq!(find(&dropped, "shape.missing-member").path, "Vpcs[].IsDefault");
    let items = change("item>", "member>");
    assert_eq!(find(&items, "model.item-name").severity, Severity::Breaking);
    let unknown =
        change("<isDefault>false</isDefault>", "<isDefault>false</isDefault><extra>1</extra>");
    assert_eq!(find(&unknown, "model.unknown-member").severity, Severity::Cosmetic);
    let namespace = change("/doc/2016-11-15/", "/doc/2010-08-31/");
    assert_eq!(find(&namespace, "model.namespace").severity, Severity::Divergent);
    let root = change("DescribeVpcsResponse", "DescribeVpcResponse");
    assert_eq!(find(&root, "model.root-element").severity, Severity::Breaking);
    if cfg!(feature = "sdk") {
        assert_eq!(find(&root, "client.decode").layer, Layer::Client);
        assert_eq!(find(&boolean, "client.decode").severity, Severity::Breaking);
    }
}

#[test]
fn what_is_no_ec2() {
    let name = "vpcs/create-describe-delete";
    let text =
        with_answer(name, "create", |_| "<!doctype html><html><body>Sign in</body></html>".into());
    let (verdict, found) = brought(name, &text);
    assert_eq!(verdict, Verdict::Fail);
    assert!(find(&found, "model.foreign").message.contains("HTML"));
}

#[test]
fn no_answer_says_nothing_about_the_target() {
    let name = "api/unknown-id[vpc]";
    let text = with_exchange(name, "describe", |exchange| {
        exchange["reply"] = serde_json::json!({
            "failure": {"kind": "timeout", "message": "no complete answer within 60 s"}
        });
    });
    assert_eq!(case(&judged(&text), name).verdict, Verdict::Inconclusive);
}

#[test]
fn a_transcript_that_was_cut_off_is_read_up_to_there() {
    let text = recording();
    let lines = text.lines().count();
    for cut in [text.len() / 3, text.len() / 2, text.len() - 5] {
        let mut cut = cut;
        while !text.is_char_boundary(cut) {
            cut -= 1;
        }
        let result = judged(&text[..cut]);
        assert!(!result.run.complete);
        assert!(result.cases.len() <= lines);
    }
}

#[test]
fn names_of_the_run_do_not_show_in_findings() {
    // What differs in every run would make two results of the same behaviour differ.
    let result = judged(&recording());
    let text = serde_json::to_string(&result.cases.iter().map(|c| &c.findings).collect::<Vec<_>>())
        .expect("JSON");
    assert!(!text.contains(&format!("parallax-{}", result.run.id)), "the run's own name shows");
}
