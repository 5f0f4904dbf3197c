//! Judging again, of honest bundles and others.

use super::*;
use crate::bundle::chain::chain;

/// A bundle that a signer made of this, without any of the checks of `parallax sign`.
fn claimed(transcript: &str, result: &RunResult, baselines: &BTreeMap<String, String>) -> Vec<u8> {
    let cases = Transcript::parse(transcript).expect("a transcript");
    let none = Assets::held("suite", BTreeMap::new());
    let digests = Digests::of(cases.cases(), &none).expect("nothing is read").to_text();
    let text = write_result(result);
    let run = format!("{{\"run\": \"{}\"}}\n", cases.run.run);
    let contents = [
        run,
        transcript.to_owned(),
        chain(transcript.as_bytes()),
        text.clone(),
        chain(text.as_bytes()),
        digests,
    ];
    let mut packed: Vec<Packed> = manifest::FIRST
        .iter()
        .zip(&contents)
        .map(|(name, content)| Packed::deflated(name, content.as_bytes()))
        .collect();
    packed.extend(
        baselines
            .iter()
            .map(|(name, text)| Packed::deflated(&format!("baselines/{name}"), text.as_bytes())),
    );
    forged_of(packed, |manifest| {
        manifest.run = result.run.clone();
        manifest.judged_with = result.judged_with.clone();
        manifest.summary = result.summary.clone();
    })
}

fn judge_of_honest() -> Judge {
    Judge::new(&transcript(), &baselines())
}

#[test]
fn an_honest_result_holds() {
    let judged = judge_of_honest().judge(&signed(&evidence()));
    assert_eq!(judged.standing, Standing::Holds, "{judged:?}");
    assert!(judged.own.as_ref().expect("judged").is_identical() && judged.by_bundle.is_none());
    assert_eq!((judged.cases.same, judged.cases.not_run.len()), (3, 0));
    // The same, made without the checks: the tests below change one thing of this.
    let (transcript, baselines) = (transcript(), baselines());
    let same = claimed(&transcript, &result(&transcript, &baselines), &baselines);
    assert_eq!(same, signed(&evidence()));
}

#[test]
fn a_result_that_does_not_follow_is_refuted() {
    let (transcript, baselines) = (transcript(), baselines());
    let judge = judge_of_honest();
    let honest = result(&transcript, &baselines);
    let refuted = |change: &dyn Fn(&mut RunResult)| {
        let mut other = honest.clone();
        change(&mut other);
        let judged = judge.judge(&claimed(&transcript, &other, &baselines));
        assert_eq!(judged.standing, Standing::Refuted, "{judged:?}");
        judged.wrong.join("\n")
    };
    let failed =
        honest.cases.iter().position(|c| c.verdict == crate::judge::Verdict::Fail).expect("one");
    for (why, words) in [
        (refuted(&|r| r.cases[failed].verdict = crate::judge::Verdict::Pass), "1 other verdict"),
        (refuted(&|r| drop(r.cases[failed].findings.remove(0))), "1 finding more"),
        (
            refuted(&|r| r.cases[failed].findings[0].message = "harmless".into()),
            "1 case with other details",
        ),
        (refuted(&|r| drop(r.cases.remove(failed))), "1 other verdict"),
        (refuted(&|r| r.cases.push(r.cases[0].clone())), "there twice"),
        (refuted(&|r| r.summary.cases += 1), "other totals"),
        (refuted(&|r| r.run.target.name = "Another cloud".into()), "facts of the run"),
    ] {
        assert!(why.contains(words), "lacks `{words}`: {why}");
    }
}

/// Parts that are not of the same run, or say other things of each other.
#[test]
fn parts_that_do_not_belong_together_are_refuted() {
    let honest = members(&signed(&evidence()));
    let other_cases = r#"{"cases": {}, "rules": {}, "guidelines": {}}"#;
    for (name, content, words) in [
        ("run.json", "{\"run\": \"0\"}", "run.json is of another run"),
        ("digests.json", other_cases, "digests.json is of other cases"),
        ("digests.json", "[]", "digests.json: "),
    ] {
        let changed: Vec<(&str, &[u8])> = honest
            .iter()
            .map(|(member, old)| {
                (member.as_str(), if member == name { content.as_bytes() } else { old.as_slice() })
            })
            .collect();
        let judged = judge_of_honest().judge(&forged(&changed));
        assert_eq!(judged.standing, Standing::Refuted);
        assert!(judged.wrong[0].contains(words), "lacks `{words}`: {:?}", judged.wrong);
    }
}

/// A signer has baselines of his own. The result follows from them, and not from what AWS does.
#[test]
fn other_baselines_do_not_hold() {
    let transcript = transcript();
    let mut own = baselines();
    let name = "aws/key-pairs/duplicate-name.json";
    let other = own[name].replace("InvalidKeyPair.Duplicate", "InvalidParameterValue");
    assert_ne!(other, own[name]);
    own.insert(name.to_owned(), other);
    let result = result(&transcript, &own);
    let judged = judge_of_honest().judge(&claimed(&transcript, &result, &own));
    assert_eq!(judged.standing, Standing::Open, "{judged:?}");
    assert!(judged.by_bundle.as_ref().expect("judged").is_identical());
    let own = judged.own.expect("judged");
    assert!(!own.is_same() && own.knowledge == ["baselines"], "{own:?}");
    assert!(
        judged.not_checked[0].contains("which are not this program's"),
        "{:?}",
        judged.not_checked
    );
}

/// Baselines that only say the same in other words change nothing, and are named.
#[test]
fn other_words_in_baselines_are_noted() {
    let transcript = transcript();
    let mut own = baselines();
    for text in own.values_mut() {
        *text = text.replace("2026-11-21", "2026-11-20");
    }
    let result = result(&transcript, &own);
    let judged = judge_of_honest().judge(&claimed(&transcript, &result, &own));
    assert_eq!(judged.standing, Standing::Holds, "{judged:?}");
    assert_eq!(judged.notes.len(), 1, "{judged:?}");
}

/// A signer makes the case easier: the transcript carries the case as it ran.
#[test]
fn other_cases_do_not_hold() {
    let (transcript, baselines) = (transcript(), baselines());
    let family = "\"capability\":\"key-pairs\"";
    assert!(transcript.contains(family));
    let easier = transcript.replacen(family, "\"capability\":\"key-things\"", 1);
    let made = claimed(&easier, &result(&easier, &baselines), &baselines);
    let judged = judge_of_honest().judge(&made);
    assert_eq!(judged.standing, Standing::Open);
    assert_eq!((judged.cases.same, judged.cases.changed.len()), (2, 1));
    // Words for people are no difference.
    let line = transcript.lines().find(|line| line.contains("\"title\":\"")).expect("one");
    let title = line.split("\"title\":\"").nth(1).and_then(|t| t.split('"').next()).expect("one");
    let reworded = transcript.replacen(title, "The same in other words", 1);
    let judged =
        judge_of_honest().judge(&claimed(&reworded, &result(&reworded, &baselines), &baselines));
    assert_eq!(judged.cases.changed, Vec::<String>::new());
    // A case that nobody here has, and one that did not run.
    let mut judge = judge_of_honest();
    let id = judge.suite.cases[0].id.clone();
    judge.digests.cases.remove(&id);
    judge.suite.cases[0].id = "another".to_owned();
    let judged = judge.judge(&signed(&evidence()));
    assert_eq!((judged.cases.unknown.len(), judged.cases.not_run.len()), (1, 1));
    assert_eq!(judged.standing, Standing::Open);
}

/// Made by another version: what differs can come from that.
#[test]
fn another_version_is_named() {
    let (transcript, baselines) = (transcript(), baselines());
    let mut other = result(&transcript, &baselines);
    other.judged_with.parallax = "9.9.9".to_owned();
    let judged = judge_of_honest().judge(&claimed(&transcript, &other, &baselines));
    assert_eq!(judged.standing, Standing::Holds, "the same verdicts and findings: {judged:?}");
    assert!(judged.notes[0].contains("9.9.9"), "{:?}", judged.notes);
    other.cases[0].findings.clear();
    other.summary = crate::judge::Summary {
        findings: other.cases.iter().flat_map(|c| &c.findings).fold(
            BTreeMap::new(),
            |mut counts, f| {
                *counts.entry(f.severity).or_default() += 1;
                counts
            },
        ),
        ..other.summary
    };
    let judged = judge_of_honest().judge(&claimed(&transcript, &other, &baselines));
    assert_eq!(judged.standing, Standing::Open, "{judged:?}");
    assert!(judged.not_checked[0].contains("9.9.9"), "{:?}", judged.not_checked);
}

/// What was judged without AWS's SDK is judged without it again.
#[test]
fn the_client_layer_is_left_out_if_it_was() {
    let (transcript, baselines) = (transcript(), baselines());
    let assets = Assets::held("baselines", baselines.clone());
    let mut without = crate::judge::Knowledge::load(&assets, Some("aws")).expect("loaded");
    without.without_client = true;
    let result = judge(&Transcript::parse(&transcript).expect("one"), &without);
    let judged = judge_of_honest().judge(&claimed(&transcript, &result, &baselines));
    assert_eq!(judged.standing, Standing::Holds, "{judged:?}");
}

/// No baselines of the reference here: a stand-in's.
#[test]
fn without_baselines_of_ones_own_nothing_is_confirmed() {
    let judge = judge_of_honest();
    let integrity = check(&signed(&evidence())).expect("a bundle");
    let own =
        Own { knowledge: Err("there are none"), suite: &judge.suite, digests: &judge.digests };
    let judged = rejudge(&integrity.manifest.expect("there"), &integrity.contents, &own);
    assert_eq!(judged.standing, Standing::Open);
    assert!(judged.own.is_none() && judged.by_bundle.expect("judged").is_identical());
    assert!(judged.not_checked.iter().any(|why| why.contains("there are none")));
}
