//! That every rule is whole, does what its examples say, and is one that the judge can find.

use std::collections::BTreeSet;
use std::path::Path;

use super::table::load;
use super::{Example, RULES, Rule, try_out};
use crate::judge::{Finding, Layer, client};
use crate::syntax::{Reader, parse};

#[test]
fn every_file_can_be_read() {
    let (rules, mistakes) = load();
    assert!(mistakes.is_empty(), "{mistakes}");
    assert!(rules.len() > 20, "{} rules", rules.len());
    for pair in rules.windows(2) {
        assert!(pair[0].id != pair[1].id, "two rules {}", pair[0].id);
    }
}

#[test]
fn every_example_is_judged_as_it_says() {
    let mut wrong = Vec::new();
    for rule in RULES.iter() {
        if rule.layer == Layer::Client && client::sdk().is_none() {
            continue;
        }
        for example in &rule.matches {
            wrong.extend(try_match(rule, example).err().map(|why| report(rule, example, &why)));
        }
        for example in &rule.does_not_match {
            wrong.extend(try_no_match(rule, example).err().map(|why| report(rule, example, &why)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn report(rule: &Rule, example: &Example, why: &str) -> String {
    format!("{}: `{}`: {why}", rule.id, example.what)
}

fn try_match(rule: &Rule, example: &Example) -> Result<(), String> {
    let found = try_out::findings(example)?;
    let says = example.says.as_deref().unwrap_or_default();
    let fits = |finding: &&Finding| {
        finding.rule == rule.id
            && Some(finding.path.as_str()) == example.at.as_deref()
            && finding.message.contains(says)
    };
    match found.iter().find(fits) {
        None => Err(format!("nothing such is found, but {}", all(&found))),
        Some(finding) if finding.severity != rule.severity => {
            Err(format!("found as {:?}, the rule says {:?}", finding.severity, rule.severity))
        }
        Some(finding) if finding.evidence.is_empty() => Err("found without evidence".to_owned()),
        Some(_) => Ok(()),
    }
}

fn try_no_match(rule: &Rule, example: &Example) -> Result<(), String> {
    let found = try_out::findings(example)?;
    match found.iter().any(|finding| finding.rule == rule.id) {
        true => Err(format!("the rule finds something all the same: {}", all(&found))),
        false => Ok(()),
    }
}

fn all(findings: &[Finding]) -> String {
    let each = findings.iter().map(|f| format!("{} at {} ({})", f.rule, f.path, f.message));
    let each: Vec<String> = each.collect();
    if each.is_empty() { "nothing".to_owned() } else { each.join("; ") }
}

/// The code names rules by literals; each of them is a rule, and each rule is named somewhere.
#[test]
fn the_code_and_the_files_name_the_same_rules() {
    let mut named = BTreeSet::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/judge"), &mut named);
    let rules: BTreeSet<String> = RULES.iter().map(|rule| rule.id.clone()).collect();
    let unknown: Vec<_> = named.difference(&rules).collect();
    assert!(unknown.is_empty(), "named in the code, but there is no such rule: {unknown:?}");
    let unused: Vec<_> = rules.difference(&named).collect();
    assert!(unused.is_empty(), "rules that nothing in the code can find: {unused:?}");
}

fn collect(folder: &Path, named: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() && !path.ends_with("rules") {
            collect(&path, named);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = std::fs::read_to_string(&path).expect("source text");
            named.extend(text.split('"').filter(|text| is_id(text)).map(str::to_owned));
        }
    }
}

fn is_id(text: &str) -> bool {
    let layers = ["client", "model", "shape", "baseline"];
    text.split_once('.').is_some_and(|(layer, name)| {
        layers.contains(&layer)
            && !name.is_empty()
            && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
    })
}

/// The mistakes in a rule's text, as a person reads them.
fn mistakes_in(text: &str) -> Vec<String> {
    let mut reader = Reader::default();
    let root = parse(text).expect("YAML");
    super::read::read(&root, "model/example", &mut reader);
    let found = reader.into_found();
    found.iter().map(|found| format!("{}: {}", found.line(text), found.message())).collect()
}

const WHOLE: &str = "\
id: model.example
layer: model
severity: divergent
title: an example
impact: None.
fix: Nothing.
see: https://docs.aws.amazon.com/AWSEC2/
matches:
  - { what: One., action: DescribeVpcs, body: <a/>, at: body }
does not match:
  - { what: Another., action: DescribeVpcs, body: <b/> }
";

#[test]
fn mistakes_have_a_place() {
    assert_eq!(mistakes_in(WHOLE), [""; 0]);
    for (from, to, mistake) in [
        ("model.example", "shape.example", "1: the id begins with the layer: `model.…`"),
        ("model.example", "model.other", "1: the file is named after the rule"),
        ("layer: model", "layer: modle", "2: `modle` is no layer"),
        ("divergent", "grave", "3: `grave` is no severity"),
        ("https://docs.aws.", "https://aws.", "7: `see` is an address in AWS's documentation"),
        ("fix:", "fixes:", "6: a rule has no `fixes`"),
        (", at: body", "", "9: an example that matches says where: `at`"),
        (
            "action: DescribeVpcs, body: <a/>",
            "action: DescribeVpcz, body: <a/>",
            "9: EC2 has no action `DescribeVpcz`",
        ),
        ("body: <b/>", "bdoy: <b/>", "11: an example of one answer has no `bdoy`"),
        (
            "body: <b/>",
            "body: <b/>, status: 99",
            "11: an HTTP status was expected, not a whole number",
        ),
        (
            "does not match:\n  - { what: Another., action: DescribeVpcs, body: <b/> }\n",
            "does not match: []\n",
            "10: a rule has at least one example that `does not match`",
        ),
    ] {
        let text = WHOLE.replacen(from, to, 1);
        assert_ne!(text, WHOLE, "{from}");
        let found = mistakes_in(&text);
        assert!(found.iter().any(|found| found == mistake), "{mistake}\n{found:#?}");
    }
}
