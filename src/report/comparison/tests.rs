//! Tests over a comparison of two small results.

use serde_json::json;

use super::{markdown, text};
use crate::compare::{Comparison, Side, compare};
use crate::judge::RunResult;

const HOSTILE: &str = "</script><script>|`*[x](http://e)\u{1b}[2J\u{202e}\nnext";

fn result(id: &str, verdict: &str, actual: &str) -> RunResult {
    let result = json!({
        "format": "parallax-result", "version": 2,
        "run": { "id": id, "started": "2026-01-01T00:00:00Z", "complete": true,
            "target": { "name": HOSTILE, "endpoint": "http://c/", "region": "r" } },
        "judged_with": { "parallax": "0", "client": "c", "model": "m", "shapes": "s", "baselines": "b" },
        "summary": { "cases": 1, "verdicts": { verdict: 1 }, "findings": { "breaking": 1 } },
        "capabilities": [],
        "cases": [{
            "id": "a", "name": format!("vpcs/{HOSTILE}"), "title": "t", "capability": "vpcs",
            "verdict": verdict, "reason": HOSTILE, "took_ms": 1, "expectations": 1, "steps": [],
            "findings": [{
                "layer": "baseline", "rule": HOSTILE, "severity": "breaking", "step": "ask",
                "path": "error.code", "message": HOSTILE, "expected": "A", "actual": actual,
                "evidence": [],
            }],
        }],
        "leaks": [],
    });
    serde_json::from_value(result).expect("a result")
}

fn compared() -> Comparison {
    let (one, two) = (result("1", "pass", "B"), result("2", "fail", "C"));
    let side = |label: &str, result| Side { label: label.to_owned(), about: None, result };
    compare(&[side(HOSTILE, &one), side("two", &two)])
}

#[test]
fn what_changed_is_told() {
    let text = anstream::adapter::strip_str(&text(&compared(), false)).to_string();
    assert!(text.contains("1 worse") && text.contains("pass → fail"), "{text}");
    assert!(text.contains("1 case: 1 with different verdicts"), "{text}");
    let row = text.lines().find(|line| line.starts_with("vpcs ")).expect("a row");
    assert_eq!(
        row.split_whitespace().collect::<Vec<_>>(),
        ["vpcs", "1", "of", "1", "0", "of", "1"]
    );
    let markdown = markdown(&compared());
    assert!(markdown.contains("**1 worse**") && markdown.contains(": pass → fail"), "{markdown}");
    assert!(markdown.contains("| vpcs | 1 of 1 | 0 of 1 | 1 |"), "{markdown}");
}

#[test]
fn nothing_from_outside_is_a_command_or_markup() {
    let text = anstream::adapter::strip_str(&text(&compared(), true)).to_string();
    assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text}");
    let markdown = markdown(&compared());
    assert!(!markdown.contains(['\u{1b}', '\u{202e}', '<']), "{markdown}");
    assert!(!markdown.contains("[x](") && !markdown.contains("http://e"), "{markdown}");
    for row in markdown.lines().filter(|line| line.starts_with("| ")) {
        let cells = row.replace("\\|", "").matches('|').count();
        assert!((4..=5).contains(&cells), "{row}");
    }
}
