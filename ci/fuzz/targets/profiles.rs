//! Shape profiles: read, then held against an answer to their action.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use parallax::assets::Assets;
use parallax::judge::shape::{Profiles, RawAnswer, Recording};
use parallax::judge::{Knowledge, judge_recording};

use super::knowledge::{files, folder};
use super::{Target, kind, seen};
use crate::mutate::Syntax;

pub const TARGET: Target = Target {
    name: "profiles",
    syntax: Syntax::Json,
    seeds: || files(&Assets::Baselines, "aws/shapes/", ".json"),
    words: &[
        "paths",
        "parents",
        "present",
        "recordings",
        "lacking",
        "since",
        "years",
        "forms",
        "id:vpc",
        "values",
    ],
    run,
};

/// An answer to each action that the bundled recording has one of.
fn answers() -> &'static BTreeMap<String, Recording> {
    static ANSWERS: OnceLock<BTreeMap<String, Recording>> = OnceLock::new();
    ANSWERS.get_or_init(|| {
        let successes = seen::answers().filter(|(_, status, _)| *status == 200);
        successes.map(|(action, _, body)| (action, of(body))).collect()
    })
}

fn of(body: String) -> Recording {
    let raw = RawAnswer { request: Vec::new(), headers: Vec::new(), body: body.into_bytes() };
    Recording {
        source: String::new(),
        action: None,
        status: 200,
        date: None,
        output: None,
        raw: Some(raw),
    }
}

fn run(input: &[u8]) -> String {
    let profiles = match Profiles::load(&folder("aws/shapes/Fuzzed.json", input)) {
        Ok(profiles) => profiles,
        Err(why) => return kind(why.to_string().lines().next().unwrap_or_default()),
    };
    let knowledge = Knowledge { profiles, without_client: true, ..Knowledge::default() };
    let named = String::from_utf8_lossy(input);
    let action = answers().keys().find(|action| named.contains(&format!("\"{action}\"")));
    let action = action.map_or("DescribeVpcs", String::as_str);
    kind(&seen::findings(&judge_recording(action, &answers()[action], &knowledge)))
}
