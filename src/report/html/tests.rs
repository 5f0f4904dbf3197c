//! Tests of the whole page.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Stored, render};
use crate::guideline::GuidelineResult;
use crate::judge::RunResult;
use crate::transcript::Exchange;

/// What a hostile endpoint would put everywhere.
const HOSTILE: &str = "<script>alert('\"&')</script>\u{202e}\u{1b}[2J";

fn finding(severity: &str, actual: Value, exchange: Option<u64>) -> Value {
    json!({
        "layer": "baseline", "rule": "error-code", "severity": severity, "step": "run",
        "path": "error.code", "message": "The error code differs", "expected": "InvalidVpcID.NotFound",
        "actual": actual, "exchange": exchange,
        "evidence": [{
            "kind": "documented", "source": "Error codes", "url": "https://docs.aws.amazon.com/x",
            "states": "The VPC does not exist.", "date": "2024-05-11",
        }],
    })
}

fn case(id: &str, verdict: &str, findings: Value) -> Value {
    json!({
        "id": id, "name": format!("vpcs/{id}"), "title": "A VPC is described", "capability": "vpcs",
        "aliases": ["other.suite.test"], "verdict": verdict, "reason": "because", "took_ms": 1200,
        "expectations": 3, "findings": findings,
        "steps": [{
            "id": "run", "kind": "poll", "action": "DescribeVpcs", "outcome": "InvalidVpcId",
            "status": 400, "requests": 2, "took_ms": 900, "exchanges": [1, 2],
            "states": [{ "value": "pending", "after_ms": 10 }, { "value": "gone", "after_ms": 800 }],
        }],
    })
}

fn result(cases: Value) -> Value {
    json!({
        "format": "parallax-result", "version": 1,
        "run": {
            "id": "r1", "started": "2024-05-11T14:03:22Z", "took_ms": 65000, "complete": true,
            "target": { "name": "A cloud", "endpoint": "https://cloud.example/ec2", "region": "r" },
        },
        "judged_with": {
            "parallax": "0.1.0", "client": "aws-sdk-ec2 1", "model": "m", "shapes": "s", "baselines": "b",
        },
        "summary": {
            "cases": 3, "verdicts": { "pass": 1, "fail": 2 }, "findings": { "breaking": 2 },
        },
        "capabilities": [{
            "name": "vpcs", "cases": 3, "verdicts": { "pass": 1, "fail": 2 }, "findings": { "breaking": 2 },
        }],
        "cases": cases, "leaks": [],
    })
}

pub(super) fn usual() -> Value {
    result(json!([
        case("a", "fail", json!([finding("breaking", json!("InvalidVpcId"), Some(2))])),
        case(
            "b",
            "fail",
            json!([
                finding("breaking", json!("InvalidVpcId"), Some(2)),
                finding("cosmetic", json!("Other"), Some(2)),
                finding("cosmetic", json!("Other"), Some(9)),
            ])
        ),
        case("c", "pass", json!([])),
    ]))
}

pub(super) fn exchange(seq: u64) -> Value {
    json!({
        "seq": seq, "case": "a", "step": "run", "purpose": "step", "action": "DescribeVpcs",
        "attempt": 1, "at_ms": 100 * seq, "took_ms": 30,
        "request": {
            "method": "POST", "url": "https://cloud.example/ec2", "headers": [["content-type", "form"]],
            "body": "Action=DescribeVpcs&VpcId.1=vpc%2D1",
        },
        "reply": { "response": {
            "status": 400, "headers": [["content-type", "text/xml"]],
            "body": { "text": format!("<Response><Message>answer {seq}</Message></Response>") },
        } },
    })
}

fn rendered(result: Value, exchanges: Vec<Value>, note: Option<&str>) -> String {
    let result: RunResult = serde_json::from_value(result).unwrap();
    let exchanges = read(exchanges);
    render(&result, &stored(&exchanges), None, note).unwrap()
}

pub(super) fn read(exchanges: Vec<Value>) -> Vec<Exchange> {
    exchanges.into_iter().map(|exchange| serde_json::from_value(exchange).unwrap()).collect()
}

pub(super) fn stored(exchanges: &[Exchange]) -> Stored<'_> {
    exchanges.iter().map(|exchange| (exchange.seq, exchange)).collect()
}

/// What the page has for its script.
fn data(page: &str, name: &str) -> String {
    let begin = format!("<script type=\"application/json\" id=\"data-{name}\">");
    let (_, rest) = page.split_once(&begin).unwrap_or_else(|| panic!("no {name}"));
    rest.split_once("</script>").unwrap().0.to_owned()
}

pub(super) fn parsed(page: &str, name: &str) -> Value {
    serde_json::from_str(&data(page, name)).unwrap()
}

pub(super) fn exchanges_of(page: &str, name: &str) -> BTreeMap<u64, Value> {
    let line = |line: &str| -> (u64, Value) {
        let value: Value = serde_json::from_str(line).unwrap();
        let seq = value["seq"].as_u64().unwrap();
        // The script finds the number without parsing the line.
        assert!(line.starts_with(&format!("{{\"seq\":{seq},")), "{line}");
        (seq, value)
    };
    data(page, name).lines().map(line).collect()
}

/// Puts the hostile text into every string, and every name of a free-form object, but not into
/// words that are enums.
pub(super) fn poison(value: &mut Value) {
    const WORDS: [&str; 7] =
        ["layer", "severity", "verdict", "verdicts", "findings", "purpose", "format"];
    match value {
        Value::String(text) => text.push_str(HOSTILE),
        Value::Array(items) => items.iter_mut().for_each(poison),
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                let word = WORDS.contains(&&**name) && !member.is_array();
                let evidence = name == "kind"
                    && ["documented", "connect"].contains(&member.as_str().unwrap_or(""));
                if !word && !evidence {
                    poison(member);
                }
            }
        }
        _ => {}
    }
}

#[test]
fn nothing_from_outside_is_markup() {
    let mut result = usual();
    result["leaks"] =
        json!([{ "case": "c", "step": "s", "action": "a", "input": { "Id": "i" }, "why": "w" }]);
    result["cases"][0]["findings"][0]["expected"] = json!({ "a": ["b", "one\ntwo"] });
    result["run"]["target"]["image"] = json!("ami-1");
    result["run"]["target"]["zone"] = json!("nova");
    let mut failed = exchange(3);
    failed["reply"] = json!({ "failure": { "kind": "connect", "message": "refused" } });
    result["cases"][1]["findings"][0]["exchange"] = json!(3);
    let mut base64 = exchange(4);
    base64["reply"]["response"]["body"] = json!({ "base64": "AA==" });
    base64["request"]["body"] = json!("no form");
    result["cases"][1]["findings"][1]["exchange"] = json!(4);
    let mut exchanges = vec![exchange(1), exchange(2), failed, base64];
    poison(&mut result);
    exchanges.iter_mut().for_each(poison);
    let page = rendered(result, exchanges, Some(HOSTILE));
    no_markup_but_its_own(&page, 5);
    let in_html = "&lt;script&gt;alert(&#39;&#34;&amp;&#39;)&lt;/script&gt;\\u{202e}␛[2J";
    assert!(page.matches(in_html).count() > 15, "{}", page.matches(in_html).count());
    let in_data = "\\u003cscript>alert('\\\"&')\\u003c/script>\\\\u{202e}␛[2J";
    assert!(page.matches(in_data).count() > 40, "{}", page.matches(in_data).count());
    let differences = parsed(&page, "differences");
    let shown = "<script>alert('\"&')</script>\\u{202e}␛[2J";
    assert_eq!(differences["differences"][0]["message"], format!("The error code differs{shown}"));
}

/// So many elements `script`, one of them a script; no control character; no address but AWS's.
pub(super) fn no_markup_but_its_own(page: &str, scripts: usize) {
    assert_eq!(page.matches("<script>").count(), 1, "only the page's own script");
    assert_eq!(page.matches("<script").count(), scripts);
    assert_eq!(page.matches("</script>").count(), scripts);
    assert!(!page.contains(['\u{202e}', '\u{1b}']));
    for attribute in page.split("href=\"").skip(1) {
        let allowed = ["#", "https://docs.aws.amazon.com/", "data:image/svg+xml,"];
        assert!(allowed.iter().any(|start| attribute.starts_with(start)));
    }
}

/// Text becomes text: what would make markup of it is not there, and the browser is told to refuse it.
#[test]
fn scripts_make_no_markup() {
    let scripts = concat!(
        include_str!("details.js"),
        include_str!("report.js"),
        include_str!("comparison/page.js")
    );
    let refused = [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "Function(",
        "createContextualFragment",
        "DOMParser",
        "setHTML",
        "srcdoc",
        ".on",
        "fetch(",
        "import(",
        "XMLHttpRequest",
        "http:",
        "https:",
        ".style",
    ];
    for word in refused {
        // The namespace of SVG is a name, not an address.
        let found = scripts.replace("\"http://www.w3.org/2000/svg\"", "").contains(word);
        assert!(!found, "{word}");
    }
    let page = rendered(usual(), vec![], None);
    for word in ["default-src 'none'", "require-trusted-types-for 'script'", "form-action 'none'"] {
        assert!(page.contains(&word.replace('\'', "&#39;")), "{word}");
    }
}

#[test]
fn an_address_that_is_no_web_address_is_no_link() {
    let mut result = usual();
    result["cases"][0]["findings"][0]["evidence"][0]["url"] = json!("javascript:alert(1)");
    let page = rendered(result, vec![exchange(2)], None);
    assert!(!page.contains("href=\"javascript"));
    assert!(page.contains("(javascript:alert(1))"), "in the group");
    let evidence = &parsed(&page, "differences")["evidence"][0];
    assert_eq!(evidence["address"], "javascript:alert(1)");
    assert_eq!(evidence["url"], Value::Null);
}

/// Every finding leads to its rule, which is explained once; a rule that this program does not know,
/// because another one judged, is named only.
#[test]
fn a_rule_is_explained_once_and_linked() {
    let mut result = usual();
    for n in [0, 1] {
        result["cases"][n]["findings"][0]["rule"] = json!("baseline.error-code");
    }
    let page = rendered(result, vec![], None);
    assert_eq!(page.matches("id=\"rule-baseline.error-code\"").count(), 1);
    assert_eq!(page.matches("href=\"#rule-baseline.error-code\"").count(), 1, "of the group");
    let differences = &parsed(&page, "differences")["differences"];
    assert_eq!(differences[0]["rule_anchor"], "rule-baseline.error-code");
    assert_eq!(differences[1]["rule_anchor"], Value::Null, "it is not known");
    assert!(page.contains("2 findings in 2 cases"), "{page}");
    let known = crate::judge::rule("baseline.error-code").unwrap();
    assert!(page.contains(&known.fix) && page.contains(&format!("href=\"{}\"", known.see)));
    assert!(!page.contains("rule-model."), "no other rule is explained");
    assert_eq!(differences[1]["rule"], "error-code");
    assert!(!page.contains("=\"#rule-error-code"));

    let page = rendered(usual(), vec![], None);
    assert!(!page.contains("id=\"rules\""), "no rule that is known");
}

/// Each difference and each exchange is there once; findings and cases name them.
#[test]
fn what_many_cases_share_is_there_once() {
    let page = rendered(usual(), vec![exchange(1), exchange(2)], None);
    let exchanges = exchanges_of(&page, "exchanges");
    let seqs: Vec<u64> = exchanges.keys().copied().collect();
    assert_eq!(seqs, [2], "no finding refers to another, nor is it a step's last");
    assert_eq!(
        exchanges[&2]["response_body"]["text"],
        "<Response>\n  <Message>answer 2</Message>\n</Response>\n"
    );
    assert_eq!(
        exchanges[&2]["parameters"],
        json!([["Action", "DescribeVpcs"], ["VpcId.1", "vpc-1"]])
    );
    let cases = parsed(&page, "cases");
    let found = |case: usize, at: usize| &cases[case]["findings"][at];
    assert_eq!(*found(0, 0), json!({ "difference": 0, "step": "run", "exchange": 2 }));
    assert_eq!(found(0, 0), found(1, 0));
    assert_eq!(*found(1, 1), json!({ "difference": 1, "step": "run", "exchange": 2 }));
    let missing = json!({ "difference": 1, "step": "run", "exchange": 9, "missing": true });
    assert_eq!(*found(1, 2), missing);
    assert_eq!((&cases[0]["exchanges"], &cases[1]["exchanges"]), (&json!([2]), &json!([2])));
    assert_eq!(parsed(&page, "differences")["differences"].as_array().map(Vec::len), Some(2));
    assert_eq!(parsed(&page, "differences")["evidence"].as_array().map(Vec::len), Some(1));
    for n in 0..3 {
        assert_eq!(page.matches(&format!("data-case=\"{n}\"")).count(), 1, "a row for each");
    }
}

/// Browsers that run no script are told what was found, the same once.
#[test]
fn findings_are_told_without_a_script() {
    let mut result = usual();
    result["cases"][1]["findings"][1]["message"] = json!("Only <b>here</b>");
    let page = rendered(result, vec![], None);
    let plain: Vec<&str> = page.split("<noscript><ul class=\"plain\">").skip(1).collect();
    assert_eq!(plain.len(), 2, "case c has no findings");
    let of_b = plain[1].split_once("</noscript>").expect("its end").0;
    assert_eq!(of_b.matches("<li").count(), 3);
    for words in [
        "<li><b>breaking</b> The error code differs</li>",
        "<li><b>cosmetic</b> Only &lt;b&gt;here&lt;/b&gt;</li>",
    ] {
        assert!(of_b.contains(words), "{words}: {of_b}");
    }
    let mut twice = usual();
    twice["cases"][1]["findings"][1]["severity"] = json!("breaking");
    let page = rendered(twice, vec![], None);
    assert!(page.contains("<li><b>breaking</b> The error code differs (2 times)</li>"));

    // Beyond all bounds the lines end, and say so.
    let findings: Vec<_> = (0..61)
        .map(|n| {
            let mut finding = finding("breaking", json!("A"), None);
            finding["message"] = json!(format!("number {n}"));
            finding
        })
        .collect();
    let mut many = usual();
    many["cases"][0]["findings"] = json!(findings);
    let page = rendered(many, vec![], None);
    assert!(page.contains("number 59</li>"));
    assert!(page.contains("<li>1 more in <code>result.json</code></li>"));
}

#[test]
fn one_root_cause_is_shown_once() {
    let page = rendered(usual(), vec![], None);
    assert!(page.contains("1 difference would make"));
    assert!(page.contains("<b>2 cases</b>"));
    assert!(page.contains("href=\"#f-a-1\"") && page.contains("href=\"#f-b-1\""));
    assert!(page.contains("1 of 3 cases behaves as on AWS.</strong> 2 differ."));
}

#[test]
fn the_same_input_gives_the_same_page() {
    let page = || rendered(usual(), vec![exchange(1), exchange(2)], Some("A recording."));
    assert_eq!(page(), page());
}

#[test]
fn what_was_not_judged_is_said() {
    let mut result = usual();
    assert!(!rendered(result.clone(), vec![], None).contains("role=\"note\""));
    result["judged_with"]["client"] = Value::Null;
    result["run"]["complete"] = json!(false);
    result["leaks"] = json!([{ "case": "c", "step": "s", "action": "a", "input": {}, "why": "w" }]);
    let page = rendered(result, vec![], None);
    assert!(page.contains("Judged without the client layer"));
    assert!(page.contains("Not complete: the run was stopped before its end"));
    assert!(page.contains("1 undo failed"));
}

#[test]
fn a_huge_finding_and_many_cases_stay_readable() {
    let huge = json!("z".repeat(5_000_000));
    let mut cases: Vec<_> = (0..1000).map(|n| case(&format!("n{n}"), "pass", json!([]))).collect();
    cases.push(case("a", "fail", json!([finding("breaking", huge, None)])));
    let page = rendered(result(json!(cases)), vec![], None);
    assert!(page.len() < 2_000_000, "{}", page.len());
    assert!(page.contains("Cut for reading"));
    assert_eq!(parsed(&page, "differences")["differences"][0]["diff"]["cut"], true);
}

/// However much an endpoint says: a page has bounds, and says what it leaves out.
#[test]
fn very_many_huge_findings_stay_readable() {
    let findings: Vec<_> = (0..1000)
        .map(|n| {
            let lines: Vec<String> = (0..30).map(|at| format!("{n} {at} ").repeat(300)).collect();
            finding("breaking", json!(lines.join("\n")), None)
        })
        .collect();
    let cases: Vec<_> = findings
        .chunks(100)
        .enumerate()
        .map(|(n, findings)| case(&format!("n{n}"), "fail", json!(findings)))
        .collect();
    let page = rendered(result(json!(cases)), vec![], None);
    assert!(page.len() < 12_000_000, "{}", page.len());
    let differences = parsed(&page, "differences");
    assert_eq!(differences["differences"].as_array().map(Vec::len), Some(1000));
    assert_eq!(
        differences["differences"][999]["diff"],
        json!({ "expected": [], "actual": [], "cut": true })
    );
}

/// What a run shows of a guideline that somebody else wrote.
fn held(hostile: &str) -> GuidelineResult {
    let test = |uuid: &str, case: Option<&str>, outcome: &str| {
        json!({
            "name": format!("parallax.{uuid}{hostile}"), "uuid": uuid, "outcome": outcome,
            "case": case.map(|case| format!("vpcs/{case}{hostile}")),
            "flagged": { "date": "2026-11-01", "reason": format!("[D404] r{hostile}"), "action": "a" },
        })
    };
    let counts = json!({
        "total": 3, "passed": 1, "unflagged": 2, "unflagged_passed": 1, "unflagged_waived": 0,
        "outcomes": { "pass": 1, "fail": 1, "not-run": 1 },
    });
    let result = json!({
        "format": "parallax-guideline-result", "version": 1, "guideline": format!("g{hostile}"),
        "status": format!("draft{hostile}"), "digest": "d", "other_cases": 4,
        "run": usual()["run"],
        "platforms": [{
            "name": format!("P{hostile}"), "description": format!("d{hostile}"),
            "elsewhere": [format!("e{hostile}")], "passes": false, "passes_with_waivers": false,
            "tiers": [{
                "tier": "required", "capabilities": ["c"], "passed": 0, "passed_with_waivers": 0,
                "tests": counts,
            }],
        }],
        "capabilities": [{
            "name": format!("c{hostile}"), "description": format!("d{hostile}"), "tier": "required",
            "passes": false, "passes_with_waivers": false, "counts": counts,
            "tests": [test("a", Some("a"), "fail"), test("z", None, "not-run")],
        }],
    });
    serde_json::from_value(result).expect("a result")
}

fn with_guideline(hostile: &str) -> String {
    let result: RunResult = serde_json::from_value(usual()).expect("a result");
    render(&result, &Stored::new(), Some(&held(hostile)), None).expect("a page")
}

#[test]
fn a_guideline_is_shown_by_platform_and_capability() {
    let page = with_guideline("");
    for words in
        ["Guideline g", "0 of 1 (0 %)", "1 of 3 (33 %)", "1 of 2 (50 %)", "2 tests did not pass"]
    {
        assert!(page.contains(words), "{words}");
    }
    // A test that was run leads to its case, one that was not leads nowhere and is shown.
    assert!(page.contains("<a href=\"#case-a\"><i class=\"dot v-fail\"></i>vpcs/a"));
    assert!(page.contains("id=\"case-a\""));
    assert!(page.contains("parallax.z <span class=\"tag\">not-run</span>"));
    assert!(page.contains("4 cases of this run are no tests of this guideline."));
    assert!(!rendered(usual(), Vec::new(), None).contains("id=\"guideline\""));
}

#[test]
fn nothing_of_a_guideline_is_markup() {
    let page = with_guideline(HOSTILE);
    assert_eq!(page.matches("<script>").count(), 1, "only the page's own script");
    assert!(!page.contains(['\u{202e}', '\u{1b}']));
    assert!(page.matches("&lt;script&gt;alert(").count() >= 9);
}
