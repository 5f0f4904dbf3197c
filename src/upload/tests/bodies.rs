//! What is sent.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{bundled, guideline, published, small};
use crate::judge::{RunResult, Verdict};
use crate::upload::refstack::{Passed, Problem, Submission, cloud_id, sealed_token, token};
use crate::upload::scs::{self, Outcome, Report, Scope, Unknown, check_lines, signed_body};
use crate::upload::{Named, named};

fn passed(name: &str) -> Passed {
    Passed { name: name.to_owned(), uuid: "119238e4-2127-5741-b878-a7b58a819264".to_owned() }
}

fn submission(names: &[&str]) -> Submission {
    let results = names.iter().map(|name| passed(name)).collect();
    Submission { cpid: "c".repeat(32), duration_seconds: 7, results }
}

#[test]
fn only_passes_are_handed_in_by_the_names_of_the_guideline() {
    let (result, guideline) = (published(), bundled());
    let submission = Submission::new(result, &named(result, Some(guideline)), None);
    let passes = result.cases.iter().filter(|case| case.verdict == Verdict::Pass);
    let ids: BTreeSet<&str> = passes.map(|case| case.id.as_str()).collect();
    assert!(ids.len() > 100);
    assert_eq!(submission.results.iter().map(|p| p.uuid.as_str()).collect::<BTreeSet<_>>(), ids);
    assert_eq!(submission.problems(), []);
    let asked = guideline.tests().filter(|(_, _, test)| ids.contains(test.uuid()));
    let names: BTreeSet<&str> = submission.results.iter().map(|p| p.name.as_str()).collect();
    assert!(asked.map(|(_, name, _)| name).all(|name| names.contains(name)));
    assert_eq!(submission.duration_seconds, result.run.took_ms.expect("it ended").div_ceil(1000));
    // What the server reads of it.
    let text = submission.to_text();
    let json: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(json.as_object().expect("an object").len(), 3);
    assert_eq!(json["results"].as_array().map(Vec::len), Some(submission.results.len()));
    assert_eq!(
        json["results"][0],
        json!({"name": submission.results[0].name, "uuid": submission.results[0].uuid})
    );
    assert_eq!(text.lines().count(), submission.results.len() + 2);
}

#[test]
fn a_test_is_its_id_whatever_the_case_was_called() {
    let mut result = small();
    let id =
        result.cases.iter().find(|case| case.verdict == Verdict::Pass).expect("one").id.clone();
    let guideline = guideline(&[("now.called", &id.to_uppercase(), &["once.called"])]);
    for case in &mut result.cases {
        case.name = format!("renamed/{}", &case.id[..8]);
    }
    let tests = named(&result, Some(&guideline));
    let names: Vec<(&str, bool)> = tests.iter().map(|t| (t.name.as_str(), t.asked)).collect();
    assert_eq!(
        names.iter().filter(|(_, asked)| *asked).collect::<Vec<_>>(),
        [&("now.called", true)]
    );
    assert!(names.iter().all(|(name, asked)| *asked || name.starts_with("parallax.renamed.")));
    let own = named(&result, None);
    assert!(own.iter().all(|test| test.name.starts_with("parallax.renamed.") && !test.asked));
}

#[test]
fn a_run_held_against_a_stand_in_passes_nothing() {
    let mut result = small();
    result.judged_with.reference = "moto".to_owned();
    let submission = Submission::new(&result, &named(&result, None), None);
    assert_eq!(submission.problems(), [Problem::Empty]);
    let report = Report::new(&result, &named(&result, None), Scope::of(bundled()), "cloud");
    assert_eq!(report.expect("a report").problems(), [scs::Problem::NotAws]);
}
/// Each body that RefStack refuses without saying why, and one like it that it takes.
#[test]
fn what_refstack_would_refuse_is_named() {
    let long = "n".repeat(513);
    for (names, word) in [
        (vec![], "no test passed"),
        (vec!["a", "a"], "two cases of this name"),
        (vec!["a", "A"], "case, accents and spaces"),
        (vec!["e", "é"], "case, accents and spaces"),
        (vec!["a", "a "], "case, accents and spaces"),
        (vec![long.as_str()], "longer than 512"),
        (vec!["測"], "Latin-1"),
        (vec!["a\u{7}"], "Latin-1"),
        (vec![""], "has no name"),
    ] {
        let problems = submission(&names).problems();
        assert_eq!(problems.len(), 1, "{names:?}: {problems:?}");
        assert!(problems[0].to_string().contains(word), "{names:?}: {}", problems[0]);
    }
    for names in [vec!["a", "b"], vec!["é"], vec![&long[..512]], vec!["a", "ä"], vec!["a", " a"]]
    {
        assert_eq!(submission(&names).problems(), [], "{names:?}");
    }
    for (cpid, fine) in [("c".repeat(128), true), ("c".repeat(129), false), (String::new(), false)]
    {
        let problems = Submission { cpid, ..submission(&["a"]) }.problems();
        assert_eq!(problems.is_empty(), fine, "{problems:?}");
    }
    let mut with_prefix = submission(&["a"]);
    with_prefix.results[0].uuid.insert_str(0, "id-");
    assert!(matches!(with_prefix.problems()[..], [Problem::Uuid(..)]));
}

#[test]
fn the_cloud_is_the_same_each_time_and_not_told() {
    let id = cloud_id("https://cloud.example:8788/", "r");
    assert_eq!(id, cloud_id("https://cloud.example:8788", "r"));
    assert!(id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit()));
    for (endpoint, region) in
        [("https://cloud.example:8788/", "s"), ("https://other.example/", "r")]
    {
        assert_ne!(id, cloud_id(endpoint, region));
    }
    let submission = Submission::new(&small(), &[], Some("mine"));
    assert_eq!(submission.cpid, "mine");
}

#[test]
fn a_token_is_what_rfc_7519_says() {
    use base64::Engine as _;
    let token = token("https://openid.example/me", 1_800_000_000);
    let sealed = sealed_token(&token, &[0xff, 0xfe]);
    let parts: Vec<&str> = sealed.split('.').collect();
    let read = |part: &str| -> Value {
        let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).expect("Base64");
        serde_json::from_slice(&bytes).expect("JSON")
    };
    assert_eq!(read(parts[0]), json!({"alg": "RS256", "typ": "JWT"}));
    assert_eq!(
        read(parts[1]),
        json!({"user_openid": "https://openid.example/me", "exp": 1_800_000_000})
    );
    assert_eq!(parts[2], "__4");
}

/// Only a pass is a pass; and what the cloud does not do is no accident.
#[test]
fn outcomes() {
    for verdict in Verdict::ALL {
        let (word, number) = match verdict {
            Verdict::Pass => ("PASS", 1),
            Verdict::Fail | Verdict::Unsupported | Verdict::Waived => ("FAIL", -1),
            _ => ("ABORT", 0),
        };
        let outcome = Outcome::of(verdict);
        assert_eq!((outcome.word(), outcome.number()), (word, number), "{verdict}");
    }
}

#[test]
fn lines_of_a_check_program() {
    let result = small();
    let find = |name: &str| result.cases.iter().find(|case| case.name == name).expect(name);
    let (good, bad) = (find("key-pairs/delete-unknown"), find("key-pairs/dry-run"));
    let guideline = guideline(&[("now", &good.id, &["before"])]);
    let tests: Vec<Named<'_>> = named(&result, Some(&guideline));
    let (all, unknown) = check_lines(&tests, Some(&guideline), &[]);
    assert_eq!((all.len(), unknown.len()), (3, 0));
    assert!(all.contains(&"now: PASS".to_owned()), "{all:?}");
    let asked = ["before", "now", "key-pairs/dry-run", "nobody.knows"].map(str::to_owned);
    let (lines, unknown) = check_lines(&tests, Some(&guideline), &asked);
    let failed = Outcome::of(bad.verdict).word();
    assert_eq!(lines, ["before: PASS", "now: PASS", &format!("key-pairs/dry-run: {failed}")]);
    assert_eq!(unknown, [Unknown("nobody.knows".to_owned())]);
}

#[test]
fn a_report_says_what_each_test_gave() {
    let (result, guideline) = (published(), bundled());
    let tests = named(result, Some(guideline));
    let report = Report::new(result, &tests, Scope::of(guideline), "cloud1").expect("a report");
    assert_eq!(report.problems(), []);
    let json: Value = serde_json::from_str(&report.to_text()).expect("JSON");
    let results = json["run"]["invocations"]["parallax"]["results"].as_object().expect("results");
    assert_eq!(results.len(), result.cases.len());
    for test in &tests {
        assert_eq!(
            results[&test.name],
            json!(Outcome::of(test.case.verdict).number()),
            "{}",
            test.name
        );
    }
    let passed = results.values().filter(|value| **value == json!(1)).count();
    assert_eq!(
        Some(&u32::try_from(passed).expect("few")),
        result.summary.verdicts.get(&Verdict::Pass)
    );
    assert_eq!(json["subject"], "cloud1");
    // The published run began at 13:58:33Z and took 28 min 53 s; the monitor wants no zone.
    let at = json["checked_at"].as_str().expect("a time");
    assert!(at.len() == 19 && !at.ends_with('Z') && at > &result.run.started[..19], "{at}");
    let lines = json["run"]["invocations"]["parallax"]["stdout"].as_array().expect("lines");
    assert_eq!(lines.len(), results.len());
    assert_eq!(
        signed_body("-----END SSH SIGNATURE-----\n", "{}"),
        "-----END SSH SIGNATURE-----\n&{}"
    );
}

#[test]
fn the_same_report_has_the_same_id_and_no_other() {
    let result = small();
    let report = |result: &RunResult, subject: &str| {
        Report::new(result, &named(result, None), Scope::of(bundled()), subject).expect("a report")
    };
    let id = report(&result, "a").id();
    assert_eq!(id, report(&result, "a").id());
    assert_ne!(id, report(&result, "b").id());
    let mut judged_anew = result.clone();
    judged_anew.cases[0].verdict = match judged_anew.cases[0].verdict {
        Verdict::Pass => Verdict::Fail,
        _ => Verdict::Pass,
    };
    assert_ne!(id, report(&judged_anew, "a").id());
}

#[test]
fn reports_that_cannot_be_read_are_not_sent() {
    let good = || {
        let result = small();
        Report::new(&result, &named(&result, None), Scope::of(bundled()), "cloud")
            .expect("a report")
    };
    assert_eq!(good().problems(), []);
    let mut report = good();
    report.results[0].0 = "a: b".to_owned();
    report.subject = " ".to_owned();
    report.scope.uuid = "none".to_owned();
    let words: Vec<String> = report.problems().iter().map(ToString::to_string).collect();
    assert_eq!(words.len(), 3, "{words:?}");
    for (word, said) in ["--subject", "--spec", "no colon"].iter().zip(&words) {
        assert!(said.contains(word), "{word}: {said}");
    }
    let mut timeless = small();
    timeless.run.started = "yesterday".to_owned();
    let error = Report::new(&timeless, &[], Scope::of(bundled()), "cloud").expect_err("no time");
    assert!(error.to_string().contains("yesterday"));
}

/// The scope asks for what the guideline asks for, under the names that reports have.
#[test]
fn a_scope_is_the_guideline() {
    let scope: Value = serde_json::from_str(&scs::scope(bundled())).expect("JSON, and so YAML");
    let ids: BTreeSet<&str> = scope["scripts"][0]["testcases"]
        .as_array()
        .expect("cases")
        .iter()
        .map(|case| case["id"].as_str().expect("an id"))
        .collect();
    let modules = scope["modules"].as_array().expect("modules");
    let listed = modules.iter().flat_map(|module| module["targets"].as_object().expect("targets"));
    let listed: BTreeSet<&str> = listed
        .flat_map(|(_, ids)| ids.as_array().expect("ids"))
        .filter_map(Value::as_str)
        .collect();
    assert_eq!(ids, listed);
    let asked: BTreeSet<&str> = bundled()
        .tests()
        .filter(|(_, _, test)| test.flagged.is_none())
        .map(|(_, name, _)| name)
        .collect();
    assert!(ids.len() > 500 && ids.is_subset(&asked));
    assert_eq!(scope["versions"][0]["include"].as_array().map(Vec::len), Some(modules.len()));
    assert_eq!(scope["timeline"][0]["date"], "2026-11-01");
    assert_eq!(scope["uuid"], Scope::of(bundled()).uuid);
}
