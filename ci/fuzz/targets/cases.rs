//! Files of cases: read, checked, expanded; then kept in a transcript, planned and encoded as they are
//! before they run.

use std::time::Duration;

use parallax::assets::Assets;
use parallax::case::{Case, Scope, Selector, Suite, SuiteError};
use parallax::judge::baseline::Baselines;
use parallax::model::Model;
use parallax::plan::{Context, Plan, Policy, Refused};
use parallax::transcript::TargetFacts;
use parallax::wire::{Encoding, encode, encode_form};
use serde_json::json;

use super::knowledge::{files, folder};
use super::{Target, kind};
use crate::mutate::Syntax;

pub const TARGET: Target = Target {
    name: "cases",
    syntax: Syntax::Yaml,
    seeds: || files(&Assets::Cases, "", ".yaml"),
    words: &[
        "RunInstances",
        "InstanceRunning",
        "until_error",
        "completes",
        "presigned",
        "&a",
        "*a",
        "!!str",
    ],
    run,
};

fn run(input: &[u8]) -> String {
    // In the folder that it names, so that most are not refused for lying in another.
    let text = String::from_utf8_lossy(input);
    let capability = text.split("capability").nth(1).and_then(|rest| {
        rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').find(|word| !word.is_empty())
    });
    let name = format!("{}/fuzzed.yaml", capability.unwrap_or("vpcs"));
    match Suite::load(&folder(&name, input)) {
        Ok(suite) => {
            suite.cases.iter().for_each(used);
            planned(&suite.cases);
            format!("{} cases", suite.cases.len().min(2))
        }
        Err(SuiteError::Mistakes(found)) => {
            assert!(!found.is_empty(), "refused without a mistake");
            let (plain, colour) = (found.render(false), found.render(true));
            assert!(plain.contains("fuzzed.yaml"), "a mistake without its file: {plain}");
            assert!(colour.len() >= plain.len());
            let mut kinds: Vec<String> = found.iter().map(|(_, _, d)| kind(d.message())).collect();
            kinds.sort();
            kinds.dedup();
            kinds.truncate(3);
            kinds.join(" + ")
        }
        Err(other) => kind(&other.to_string()),
    }
}

fn used(case: &Case) {
    let stored = json!(case).to_string();
    let read: Case = serde_json::from_str(&stored).expect("a case is read back");
    assert_eq!(read, *case, "read back it is another case");
    let mut scope = Scope::default();
    for name in ["name", "run", "token", "region", "zone", "image", "instance_type"] {
        scope.set(name, json!(format!("the-{name}")));
    }
    for (name, value) in &case.variables {
        scope.set_row(name.clone(), value.clone());
    }
    for step in &case.steps {
        for (name, path) in step.binds() {
            Selector::new(path).expect("it was checked");
            scope.set(name, json!("i-0123456789abcdef0"));
        }
        if !step.calls() {
            continue;
        }
        let action = Model::ec2().action(&step.action).expect("it was checked");
        if let Ok(with) = scope.resolve(&step.with)
            && let Ok(parameters) =
                encode(Model::ec2(), action, &with, &step.omit, || "t".to_owned())
        {
            encode_form(&parameters, Encoding::Usual);
        }
    }
}

fn planned(cases: &[Case]) {
    let refused = Refused::of(cases, &Baselines::default());
    let policy = Policy::of(cases, &["eu-west-1".to_owned()], Some("t3.nano"), &refused);
    assert!(policy.parts().iter().all(|part| part.length() <= policy.length().max(1)));
    let context = Context {
        target: TargetFacts {
            image: Some("ami-1".to_owned()),
            instance_type: Some("t3.nano".to_owned()),
            ..TargetFacts::default()
        },
        request_timeout: Duration::from_secs(60),
        refused,
    };
    assert!(!Plan::of(cases, 3, 2, 4, &context).to_string().is_empty());
}
