//! Lines of stored answers, as `parallax shapes check` takes them, in both formats.

use parallax::judge::judge_recording;
use parallax::judge::shape::Recording;
use parallax::model::Model;
use serde_json::json;

use super::knowledge::{evidence, of_no_case};
use super::{Target, kind, seen};
use crate::mutate::Syntax;

pub const TARGET: Target = Target {
    name: "recordings",
    syntax: Syntax::Json,
    seeds,
    words: &[
        "http_status",
        "output",
        "body",
        "body_base64",
        "encoding",
        "base64",
        "recorded_at",
        "headers",
        "request",
    ],
    run,
};

const MOST: usize = 1500;
const LONGEST: usize = 32 << 10;

fn seeds() -> Vec<Vec<u8>> {
    let raw = seen::answers().map(|(action, status, body)| {
        json!({"source": "a/b:c.yml#1", "action": action, "http_status": status, "body": body,
               "request": [["Action", action], ["Version", "2016-11-15"]], "recorded_at": "2026-11-21T00:00:00Z",
               "headers": {"content-type": "text/xml;charset=UTF-8", "vary": ["a", "b"]}})
        .to_string()
    });
    let mut lines: Vec<String> = raw.step_by(20).collect();
    lines.extend(
        evidence()
            .into_iter()
            .map(|(action, line)| line.replacen('{', &format!("{{\"action\":\"{action}\","), 1)),
    );
    lines.retain(|line| line.len() < LONGEST);
    let step = lines.len().div_ceil(MOST);
    lines.into_iter().step_by(step).map(String::into_bytes).collect()
}

fn run(input: &[u8]) -> String {
    match Recording::parse(input) {
        Ok(recording) => {
            let _ = (recording.project(), recording.unit());
            let named = recording.action.as_deref().unwrap_or_default();
            let action =
                if Model::ec2().action(named).is_some() { named } else { "DescribeInstances" };
            kind(&seen::findings(&judge_recording(action, &recording, &of_no_case())))
        }
        Err(why) => {
            assert!(!why.is_empty(), "refused without a reason");
            kind(&why)
        }
    }
}
