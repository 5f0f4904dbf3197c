//! The bundled recording, case by case, and what must hold of everything that is made of a transcript.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use parallax::assets::Assets;
use parallax::judge::{Finding, Knowledge, RunResult, judge, read_result, write_result};
use parallax::report;
use parallax::transcript::Transcript;
use parallax::wire::Document;
use serde_json::{Value, json};

use super::SECRET;

/// Cases that are taken from the recording, evenly: all of them take longer to read than to try.
const CASES: usize = 500;

/// A transcript of each case by itself, by the id of its file.
pub fn by_family() -> &'static BTreeMap<String, Vec<String>> {
    static FAMILIES: OnceLock<BTreeMap<String, Vec<String>>> = OnceLock::new();
    FAMILIES.get_or_init(|| {
        let text = Assets::Reports.read("openstack-2023.2/transcript.jsonl").expect("built in");
        // Told by their text: to read them all as JSON would take most of a short run.
        let lines: Vec<&str> = text.lines().collect();
        let cases: Vec<&str> =
            lines.iter().filter(|line| line.starts_with("{\"event\":\"case\"")).copied().collect();
        let step = cases.len().div_ceil(CASES);
        let mut own: BTreeMap<&str, (&str, String)> = BTreeMap::new();
        for line in cases.iter().step_by(step) {
            let id = behind(line, "\"id\":\"").expect("an id");
            own.insert(id, (behind(line, "\"family\":\"").expect("a family"), format!("{line}\n")));
        }
        for line in &lines {
            if let Some((_, text)) = behind(line, "\"case\":\"").and_then(|id| own.get_mut(id)) {
                text.push_str(line);
                text.push('\n');
            }
        }
        // First and last line belong to all.
        let (first, last) = (lines[0], lines[lines.len() - 1]);
        let mut families: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (family, text) in own.into_values() {
            let whole = format!("{first}\n{text}{last}\n");
            families.entry(family.to_owned()).or_default().push(whole);
        }
        assert!(
            families.values().flatten().all(|text| text.lines().count() > 2),
            "cases without calls"
        );
        families
    })
}

/// The text behind this and before the next quotation mark.
fn behind<'l>(line: &'l str, words: &str) -> Option<&'l str> {
    let (_, rest) = line.split_once(words)?;
    rest.split_once('"').map(|(text, _)| text)
}

/// Bodies of answers, with action and status.
pub fn answers() -> impl Iterator<Item = (String, u64, String)> {
    let lines = by_family().values().flatten().flat_map(|text| text.lines());
    let exchanges = lines.filter(|line| line.starts_with("{\"event\":\"exchange\""));
    exchanges.filter_map(|line| {
        let event: Value = serde_json::from_str(line).expect("JSON");
        let response = event["reply"].get("response")?;
        Some((
            event["action"].as_str()?.to_owned(),
            response["status"].as_u64()?,
            response["body"]["text"].as_str()?.to_owned(),
        ))
    })
}

/// Judges and shows; what every result and every report promises has to hold.
pub fn judged(transcript: &Transcript, knowledge: &Knowledge) -> RunResult {
    let result = judge(transcript, knowledge);
    stored(&result);
    shown(&result, transcript);
    result
}

/// What is written is read back.
pub fn stored(result: &RunResult) {
    let written = write_result(result);
    let read = read_result(&written).unwrap_or_else(|why| panic!("cannot be read back: {why}"));
    assert_eq!(json!(read), json!(result), "read back it is another result");
    assert_eq!(write_result(&read), written, "written again it is another text");
}

/// Nothing of it is a command to a terminal, markup in a page, or no XML.
pub fn shown(result: &RunResult, transcript: &Transcript) {
    for verbose in [false, true] {
        let text = report::terminal(result, verbose);
        let mut rest = text.as_str();
        while let Some(at) = rest.find(|c: char| c.is_control() && c != '\n') {
            let style = rest[at..].strip_prefix("\u{1b}[").and_then(|s| s.split_once('m'));
            let is_style =
                |(style, _): &(&str, &str)| style.bytes().all(|b| b.is_ascii_digit() || b == b';');
            let Some((_, after)) = style.filter(is_style) else {
                panic!("{:?} reaches the terminal", &rest[at..rest.floor_char_boundary(at + 40)]);
            };
            rest = after;
        }
        let turns = |c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        assert!(!text.contains(turns), "what turns text around reaches the terminal");
    }
    let junit = report::junit(result).expect("it can be written");
    if let Err(why) = Document::parse(junit.as_bytes()) {
        // More cases, or deeper, than our own reader takes is no fault of the writer's.
        assert!(!why.to_string().contains("end"), "JUnit is no XML: {why}");
    }
    let allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    assert!(junit.chars().all(allowed), "JUnit holds what XML cannot");
    let page = report::html(result, transcript, None, None).expect("it can be written");
    for markup in ["<script>alert", "<img src=x", "href=\"javascript:"] {
        assert!(!page.contains(markup), "{markup} is in the page");
    }
    let invisible = |c: char| (c.is_control() && !matches!(c, '\n' | '\t')) || c == '\u{202e}';
    if let Some(at) = page.find(invisible) {
        panic!("{:?} is in the page", &page[at..page.floor_char_boundary(at + 40)]);
    }
}

/// What findings of one answer promise.
pub fn findings(found: &[Finding]) -> String {
    let mut rules: Vec<&str> = found.iter().map(|finding| finding.rule.as_str()).collect();
    for finding in found {
        assert!(!finding.message.is_empty() && !finding.evidence.is_empty(), "{finding:?}");
        assert!(!json!(finding).to_string().contains(SECRET), "{finding:?}");
    }
    rules.sort_unstable();
    rules.dedup();
    rules.join(" ")
}

/// What came of a result, in a few words.
pub fn outcome(result: &RunResult) -> String {
    let mut words = Vec::new();
    for case in &result.cases {
        let mut rules: Vec<&str> = case.findings.iter().map(|f| f.rule.as_str()).collect();
        rules.sort_unstable();
        rules.dedup();
        words.push(format!("{} {}", case.verdict, rules.join(" ")));
    }
    words.sort();
    words.dedup();
    words.join("; ")
}
