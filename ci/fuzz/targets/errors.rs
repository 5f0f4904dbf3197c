//! What is known of error codes: read, then held against refusals.

use parallax::assets::Assets;
use parallax::judge::errors::ErrorCodes;
use parallax::judge::shape::{RawAnswer, Recording};
use parallax::judge::{Knowledge, judge_recording};
use serde_json::{Value, json};

use super::knowledge::{files, folder};
use super::{Target, kind, seen};
use crate::mutate::Syntax;

pub const TARGET: Target = Target {
    name: "errors",
    syntax: Syntax::Json,
    seeds,
    words: &[
        "codes", "sources", "status", "message", "actions", "applies", "doubt", "client", "server",
    ],
    run,
};

/// The file, and smaller ones with some of its codes each: a change of the whole touches hardly any.
fn seeds() -> Vec<Vec<u8>> {
    let whole = files(&Assets::Baselines, "aws/errors.json", ".json").remove(0);
    let tree: Value = serde_json::from_slice(&whole).expect("JSON");
    let mut seeds = Vec::new();
    for (key, list) in tree.as_object().expect("an object") {
        if let Some(items) = list.as_array().filter(|items| items.len() > 20) {
            for some in items.chunks(8) {
                let mut part = tree.clone();
                part[key] = json!(some);
                seeds.push(part.to_string().into_bytes());
            }
        }
        if let Some(map) = list.as_object().filter(|map| map.len() > 20) {
            let entries: Vec<_> = map.iter().collect();
            for some in entries.chunks(8) {
                let mut part = tree.clone();
                part[key] = some.iter().map(|(k, v)| ((*k).clone(), (*v).clone())).collect();
                seeds.push(part.to_string().into_bytes());
            }
        }
    }
    seeds.push(whole);
    seeds
}

fn run(input: &[u8]) -> String {
    let errors = match ErrorCodes::load(&folder("aws/errors.json", input)) {
        Ok(errors) => errors,
        Err(why) => return kind(why.to_string().lines().next().unwrap_or_default()),
    };
    let knowledge = Knowledge { errors, without_client: true, ..Knowledge::default() };
    let mut kinds = Vec::new();
    for (action, status, code) in [
        ("DescribeVpcs", 400, "InvalidVpcID.NotFound"),
        ("RunInstances", 400, "InvalidParameterValue"),
        ("CreateVpc", 500, "InternalError"),
        ("DeleteVpc", 403, "NoSuchCode"),
    ] {
        let body = format!(
            "<Response><Errors><Error><Code>{code}</Code><Message>The vpc ID 'vpc-1' does not exist</Message>\
             </Error></Errors><RequestID>r</RequestID></Response>"
        );
        let raw = RawAnswer { request: Vec::new(), headers: Vec::new(), body: body.into_bytes() };
        let recording = Recording {
            source: String::new(),
            action: None,
            status,
            date: None,
            output: None,
            raw: Some(raw),
        };
        kinds.push(seen::findings(&judge_recording(action, &recording, &knowledge)));
    }
    kind(&kinds.join(", "))
}
