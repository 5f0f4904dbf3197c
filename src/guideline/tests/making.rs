//! Making a guideline.

use std::path::Path;

use crate::assets::Assets;
use crate::case::Suite;
use crate::guideline::{Guideline, Source, Usage, check, make};
use crate::judge::baseline::{AWS, Baselines};
use crate::syntax::Diagnostic;

const SOURCE: &str = r#"
guideline:
  id: "2026.11"
  reference: https://example.org/schema
  source: https://example.org/2026.11.json
  about: Judged by nobody.
  status: draft
  target_approval: "2026.11"
  releases: [r]
  cutoff_score: 20
criteria:
  deployed: { name: Deployed, description: d, weight: 8 }
  clients: { name: Clients, description: d, weight: 10 }
  tools: { name: Tools, description: d, weight: 6 }
  stable: { name: Stable, description: d, weight: 9 }
  future: { name: Future, description: d, weight: 11 }
  complete: { name: Complete, description: d, weight: 8 }
  discover: { name: Discoverable, description: d, weight: 8 }
  doc: { name: Documented, description: d, weight: 8 }
  sticky: { name: Sticky, description: d, weight: 9 }
  foundation: { name: Foundation, description: d, weight: 9 }
  atomic: { name: Atomic, description: d, weight: 6 }
  proximity: { name: Proximity, description: d, weight: 8 }
test_repositories: { suite: { repository: https://example.org/suite } }
platforms:
  OpenStack Powered Compute: { components: [{ name: compute }] }
components: { compute: Machines. }
capabilities:
  keys:
    title: Key pairs
    component: compute
    tier: required
    actions: [CreateKeyPair, DescribeKeyPairs]
    cases: [key-pairs/one]
  keys-details:
    title: More of key pairs
    component: compute
    tier: advisory
    actions: [DescribeKeyPairs]
    cases: [key-pairs/*]
    near: keys
    unmet: { future: Nobody wants it., complete: Only one can., deployed: Nobody has it. }
    tier_reason: It is an example.
  vpcs:
    title: VPCs
    component: compute
    tier: required
    actions: [CreateVpc, DescribeVpcs]
flagged:
  key-pairs/one: { date: "2026-11-01", reason: "[D405] Not widely deployed.", action: Look again. }
former:
  key-pairs/first: key-pairs/one
left_out:
  key-pairs/four: It is about nothing.
"#;

/// A suite of four cases: two of a capability by pattern, one by its action, one in none.
fn suite() -> (tempfile::TempDir, Suite, Baselines) {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |path: &str, text: String| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, text).expect("written");
    };
    let all = [
        ("key-pairs/one", "1", "DescribeKeyPairs", "https://docs.aws.amazon.com/x"),
        ("key-pairs/two", "2", "DescribeKeyPairs", "https://docs.aws.amazon.com/x"),
        ("vpcs/three", "3", "DescribeVpcs", "https://docs.aws.amazon.com/x"),
        ("key-pairs/four", "4", "DescribeKeyPairs", "https://example.org/x"),
    ];
    for (name, number, action, url) in all {
        let id = format!("00000000-0000-4000-8000-00000000000{number}");
        let group = name.split('/').next().expect("a group");
        write(
            &format!("cases/{name}.yaml"),
            format!(
                "id: {id}\ntitle: A case for tests\ncapability: {group}\n\
                 steps:\n  - {{ id: a, call: {action} }}\n"
            ),
        );
        write(
            &format!("baselines/aws/{name}.json"),
            format!(
                r#"{{"case":"{id}","provenance":"documented","sources":{{"s":{{"title":"t","url":"{url}","accessed":"2026-11-01","states":"s"}}}},"expect":[{{"step":"a","outcome":"success","source":"s"}}]}}"#
            ),
        );
    }
    let load = |path: &Path| Assets::Folder(path.to_owned());
    let suite = Suite::load(&load(&folder.path().join("cases"))).expect("a suite");
    let baselines = Baselines::load(&load(&folder.path().join("baselines")), Some(AWS), None)
        .expect("baselines");
    (folder, suite, baselines)
}

fn made(source: &str) -> Result<Guideline, Vec<Diagnostic>> {
    let (_folder, suite, baselines) = suite();
    make(&Source::parse(source)?, &suite, &baselines, Usage::facts())
}

fn said(source: &str) -> String {
    let found = made(source).expect_err("a mistake");
    let lines = found.iter().map(|d| format!("{}: {}", d.line(source), d.message()));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn tests_come_from_the_suite_and_scores_from_facts() {
    let guideline = made(SOURCE).expect("a guideline");
    let text = guideline.to_text();
    let found = check(&text, None);
    // The only test of `keys` is flagged, and that is said.
    assert!(found.len() == 1 && found[0].is_warning(), "{found:?}");
    assert_eq!(made(SOURCE).expect("the same").to_text(), text);
    let names = |capability: &str| {
        guideline.capabilities[capability].tests.keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(names("keys"), ["parallax.key-pairs.one"]);
    assert_eq!(names("keys-details"), ["parallax.key-pairs.two"]);
    // No pattern names it: it is about an action of this capability.
    assert_eq!(names("vpcs"), ["parallax.vpcs.three"]);
    let test = &guideline.capabilities["keys"].tests["parallax.key-pairs.one"];
    assert_eq!(test.idempotent_id, "id-00000000-0000-4000-8000-000000000001");
    assert_eq!(test.aliases, ["parallax.key-pairs.first"]);
    assert!(test.flagged.as_ref().is_some_and(|flag| flag.reason.starts_with("[D405]")));
    let keys = &guideline.capabilities["keys"];
    for met in ["deployed", "clients", "tools", "stable", "discover", "doc", "atomic", "future"] {
        assert!(keys.achievements.iter().any(|criterion| criterion == met), "{met}");
    }
    for unmet in ["sticky", "foundation", "proximity"] {
        assert!(!keys.achievements.iter().any(|criterion| criterion == unmet), "{unmet}");
    }
    let said = guideline.metadata.parallax.as_ref().expect("reasons");
    let deployed = &said.reasons["keys"]["deployed"];
    assert!(deployed.counted && deployed.why.contains("ec2-api 17.0.0 offers all"), "{deployed:?}");
    let judged = &said.reasons["keys-details"]["deployed"];
    assert_eq!((judged.met, judged.counted, judged.why.as_str()), (false, false, "Nobody has it."));
    // What others are about as well is not atomic.
    assert!(!said.reasons["keys-details"]["atomic"].met);
    assert_eq!(said.left_out.len(), 1);
}

#[test]
fn each_mistake_in_a_source_is_said() {
    for (part, other, wanted) in [
        ("key-pairs/four: It", "key-pairs/five: It", "no case is called `key-pairs/five`"),
        ("cases: [key-pairs/one]", "cases: [key-pairs/on]", "no case is called `key-pairs/on`"),
        (
            "cases: [key-pairs/*]",
            "cases: [key-pairs/*, key-pairs/one]",
            "`key-pairs/one` is in two capabilities",
        ),
        ("[CreateVpc, DescribeVpcs]", "[CreateVpc]", "1 cases are in no capability: vpcs/three"),
        ("[CreateVpc, DescribeVpcs]", "[CreateVpx, DescribeVpcs]", "EC2 has no action `CreateVpx`"),
        ("near: keys", "near: kyes", "there is no capability `kyes`"),
        ("near: keys", "near: keys-details", "does not belong to itself"),
        ("future: Nobody", "futur: Nobody", "there is no criterion `futur`"),
        ("    tier_reason: It is an example.\n", "", "`keys-details` is advisory and scores"),
        ("component: compute", "component: network", "there is no component `network`"),
        ("tier: advisory", "tier: advised", "there is no tier `advised`"),
        ("title: VPCs", "titel: VPCs", "a capability has no `titel`"),
        (
            "key-pairs/one: { date",
            "key-pairs/uno: { date",
            "this flags no further case: `key-pairs/uno`",
        ),
        (
            "key-pairs/first: key-pairs/one",
            "key-pairs/two: key-pairs/one",
            "`key-pairs/two` is a case of today",
        ),
        ("cutoff_score: 20", "cutoff: 20", "unknown field `cutoff`"),
        ("sticky: {", "glossy: {", "nothing says whether `keys` meets `glossy`"),
        (
            "  key-pairs/four: It is about nothing.",
            "  vpcs/four: Nothing.",
            "no case is called `vpcs/four`",
        ),
    ] {
        assert!(SOURCE.contains(part), "{part}");
        let said = said(&SOURCE.replacen(part, other, 1));
        assert!(said.contains(wanted), "{wanted}:\n{said}");
    }
}

/// Nothing is required that AWS does not document.
#[test]
fn what_aws_does_not_document_goes_elsewhere() {
    let source =
        SOURCE.replacen("cases: [key-pairs/one]", "cases: [key-pairs/one, key-pairs/four]", 1);
    let source = source.replacen("left_out:\n  key-pairs/four: It is about nothing.\n", "", 1);
    let mistake = said(&source);
    assert!(mistake.contains("`key-pairs/four` is required and cites nothing"), "{mistake}");
    let source =
        source.replacen("    near: keys\n", "    near: keys\n    takes_undocumented: true\n", 1);
    let guideline = made(&source).expect("a guideline");
    assert_eq!(guideline.capabilities["keys"].tests.len(), 1);
    let details = &guideline.capabilities["keys-details"];
    assert!(details.tests.contains_key("parallax.key-pairs.four"));
    assert!(!details.achievements.iter().any(|criterion| criterion == "doc"));
}
