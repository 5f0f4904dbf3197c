//! Two values side by side: which lines differ, and where within a line.

use serde::Serialize;
use serde_json::Value;
use similar::{ChangeTag, DiffTag, TextDiff};

use super::escape::cut;
use super::words;

/// Equal lines shown around a change.
const CONTEXT: usize = 3;
/// Lines of a value that are compared; more are not for reading.
const LINES: usize = 1000;
/// Rows that are shown.
const ROWS: usize = 160;
/// Bytes of a line that are shown.
const LINE: usize = 1200;
/// Bytes of a side that are shown.
const SIDE: usize = 24 * 1024;
/// Pieces of a line that are compared with those of its counterpart.
const PIECES: usize = 600;

/// How much of two lines' words must be the same, in percent, for marks within them to help.
const LIKENESS: usize = 30;

/// Two values side by side. Both sides have the same number of lines.
#[derive(Debug, Default, PartialEq, Serialize)]
pub(super) struct Diff {
    /// What AWS does.
    pub(super) expected: Vec<Line>,
    /// What the target did.
    pub(super) actual: Vec<Line>,
    /// Whether something was left out to keep the page readable.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) cut: bool,
}

/// One line of one side.
#[derive(Debug, PartialEq)]
pub(super) struct Line {
    /// `same`, `gone` (only expected), `came` (only actual), `gap` (only on the other side),
    /// `skip` (equal lines left out) or `none` (there is no value).
    pub(super) kind: &'static str,
    /// The line's text.
    pub(super) pieces: Vec<Piece>,
}

/// A part of a line.
#[derive(Debug, PartialEq)]
pub(super) struct Piece {
    /// Whether this is what differs within the line.
    pub(super) strong: bool,
    /// The text.
    pub(super) text: String,
}

/// Compares two values for the eye; `None` if there is nothing on either side.
pub(super) fn compare(expected: &Value, actual: &Value) -> Option<Diff> {
    match (expected, actual) {
        (Value::Null, Value::Null) => None,
        (Value::Null, only) => Some(one_sided(only, false)),
        (only, Value::Null) => Some(one_sided(only, true)),
        _ => Some(two_sided(&shown(expected), &shown(actual))),
    }
}

/// A value as text: JSON, and text of several lines as it is. Commas at the ends of JSON's lines are
/// left out: else what follows a line would make it differ.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) if text.contains('\n') => text.clone(),
        Value::Array(_) | Value::Object(_) => format!("{value:#}").replace(",\n", "\n"),
        _ => value.to_string(),
    }
}

fn one_sided(value: &Value, expected: bool) -> Diff {
    let text = shown(value);
    let mut diff = Diff::default();
    let kind = if expected { "gone" } else { "came" };
    let mut size = 0;
    for (at, line) in text.split('\n').enumerate() {
        size += line.len().min(LINE);
        if at == ROWS || size > SIDE {
            diff.cut = true;
            break;
        }
        let line = plain(kind, line, &mut diff.cut);
        let other = if at == 0 { none() } else { gap() };
        let (left, right) = if expected { (line, other) } else { (other, line) };
        diff.push(left, right);
    }
    diff
}

fn two_sided(expected: &str, actual: &str) -> Diff {
    let (expected, actual, skipped) = without_long_prefix(expected, actual);
    let old: Vec<&str> = expected.split('\n').take(LINES).collect();
    let new: Vec<&str> = actual.split('\n').take(LINES).collect();
    let mut diff =
        Diff { cut: skipped || old.len() == LINES || new.len() == LINES, ..Diff::default() };
    let lines = TextDiff::from_slices(&old, &new);
    for op in lines.ops() {
        let (old_lines, new_lines) = (&old[op.old_range()], &new[op.new_range()]);
        if op.tag() == DiffTag::Equal {
            let first = op.old_range().start == 0;
            let last = op.old_range().end == old.len();
            diff.equal(old_lines, first, last);
        } else {
            diff.replaced(old_lines, new_lines);
        }
    }
    diff.trim();
    diff
}

/// Two texts that begin with the same very long stretch, from shortly before they part.
fn without_long_prefix<'a>(expected: &'a str, actual: &'a str) -> (&'a str, &'a str, bool) {
    let same = expected.bytes().zip(actual.bytes()).take_while(|(a, b)| a == b).count();
    if same < LINE {
        return (expected, actual, false);
    }
    let start = expected.floor_char_boundary(same - 200);
    (&expected[start..], &actual[start..], true)
}

impl Diff {
    /// Values that are not shown at all.
    pub(super) fn left_out() -> Diff {
        Diff { cut: true, ..Diff::default() }
    }

    /// How much text there is on both sides.
    pub(super) fn bytes(&self) -> usize {
        let pieces = self.expected.iter().chain(&self.actual).flat_map(|line| &line.pieces);
        pieces.map(|piece| piece.text.len()).sum()
    }

    fn push(&mut self, expected: Line, actual: Line) {
        self.expected.push(expected);
        self.actual.push(actual);
    }

    fn equal(&mut self, lines: &[&str], first: bool, last: bool) {
        let before = if first { 0 } else { CONTEXT };
        let after = if last { 0 } else { CONTEXT };
        let whole = lines.len() <= before + after + 2;
        for (at, line) in lines.iter().enumerate() {
            if whole || at < before || at + after >= lines.len() {
                let left = plain("same", line, &mut self.cut);
                let right = plain("same", line, &mut self.cut);
                self.push(left, right);
            } else if at == before {
                let left_out = lines.len() - before - after;
                let note = words::count(left_out, "equal line", "equal lines");
                self.push(of("skip", &note), of("skip", &note));
            }
        }
    }

    /// Lines that stand for others: those about the same member beside each other.
    fn replaced(&mut self, old: &[&str], new: &[&str]) {
        let (old_heads, new_heads) = (heads(old), heads(new));
        for op in TextDiff::from_slices(&old_heads, &new_heads).ops() {
            self.side_by_side(&old[op.old_range()], &new[op.new_range()]);
        }
    }

    fn side_by_side(&mut self, old: &[&str], new: &[&str]) {
        for at in 0..old.len().max(new.len()) {
            let (left, right) = match (old.get(at), new.get(at)) {
                (Some(old), Some(new)) => within_line(old, new, &mut self.cut),
                (Some(old), None) => (plain("gone", old, &mut self.cut), gap()),
                (None, Some(new)) => (gap(), plain("came", new, &mut self.cut)),
                (None, None) => return,
            };
            self.push(left, right);
        }
    }

    /// Leaves as many rows as can be read.
    fn trim(&mut self) {
        let rows = fitting(&self.expected).min(fitting(&self.actual));
        self.cut |= rows < self.expected.len();
        self.expected.truncate(rows);
        self.actual.truncate(rows);
    }
}

/// The lines up to their first colon, which in JSON is the member's name.
fn heads<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    let head = |line: &&'a str| line.split_once(':').map_or(*line, |(head, _)| head);
    lines.iter().map(head).collect()
}

/// How many lines from the first fit into what is shown of a side.
fn fitting(lines: &[Line]) -> usize {
    let mut size = 0;
    let too_much = |line: &Line| {
        size += line.pieces.iter().map(|piece| piece.text.len()).sum::<usize>();
        size > SIDE
    };
    lines.iter().position(too_much).unwrap_or(lines.len()).min(ROWS)
}

/// Two lines that stand for each other, with what differs within them marked.
fn within_line(old: &str, new: &str, was_cut: &mut bool) -> (Line, Line) {
    let (old, old_rest) = cut(old, LINE);
    let (new, new_rest) = cut(new, LINE);
    *was_cut |= old_rest + new_rest > 0;
    let (olds, news) = (pieces(old), pieces(new));
    if olds.len().max(news.len()) > PIECES {
        return (of("gone", old), of("came", new));
    }
    let diff = TextDiff::from_slices(&olds, &news);
    let all = word_bytes(olds.iter().copied()) + word_bytes(news.iter().copied());
    let equal = diff.iter_all_changes().filter(|change| change.tag() == ChangeTag::Equal);
    let same = word_bytes(equal.map(|change| change.value()));
    if 2 * same * 100 < LIKENESS * all {
        return (of("gone", old), of("came", new));
    }
    let mut left = Line { kind: "gone", pieces: Vec::new() };
    let mut right = Line { kind: "came", pieces: Vec::new() };
    for change in diff.iter_all_changes() {
        match change.tag() {
            ChangeTag::Equal => {
                left.add(false, change.value());
                right.add(false, change.value());
            }
            ChangeTag::Delete => left.add(true, change.value()),
            ChangeTag::Insert => right.add(true, change.value()),
        }
    }
    (left, right)
}

impl Line {
    fn add(&mut self, strong: bool, text: &str) {
        match self.pieces.last_mut() {
            Some(last) if last.strong == strong => last.text.push_str(text),
            _ => self.pieces.push(Piece { strong, text: text.to_owned() }),
        }
    }
}

/// How many bytes of these pieces are words.
fn word_bytes<'a>(pieces: impl Iterator<Item = &'a str>) -> usize {
    let is_word = |piece: &&str| piece.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    pieces.filter(is_word).map(str::len).sum()
}

/// Words, runs of blanks, and everything else one character at a time.
fn pieces(line: &str) -> Vec<&str> {
    let class = |c: char| match c {
        c if c.is_alphanumeric() || c == '_' => 1,
        c if c.is_whitespace() => 2,
        _ => 0,
    };
    let mut out = Vec::new();
    let mut start = 0;
    let mut before = 0;
    for (at, character) in line.char_indices() {
        let now = class(character);
        if at > start && (now == 0 || now != before) {
            out.push(&line[start..at]);
            start = at;
        }
        before = now;
    }
    if start < line.len() {
        out.push(&line[start..]);
    }
    out
}

fn plain(kind: &'static str, line: &str, was_cut: &mut bool) -> Line {
    let (line, rest) = cut(line, LINE);
    *was_cut |= rest > 0;
    of(kind, line)
}

fn of(kind: &'static str, text: &str) -> Line {
    Line { kind, pieces: vec![Piece { strong: false, text: text.to_owned() }] }
}

fn gap() -> Line {
    Line { kind: "gap", pieces: Vec::new() }
}

fn none() -> Line {
    of("none", "nothing")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn kinds(lines: &[Line]) -> Vec<&'static str> {
        lines.iter().map(|line| line.kind).collect()
    }

    fn strong(line: &Line) -> Vec<&str> {
        line.pieces.iter().filter(|p| p.strong).map(|p| p.text.as_str()).collect()
    }

    fn text(line: &Line) -> String {
        line.pieces.iter().map(|piece| piece.text.as_str()).collect()
    }

    #[test]
    fn marks_what_differs_within_a_line() {
        let diff =
            compare(&json!("vpc-1 is available now"), &json!("vpc-1 is pending now")).unwrap();
        assert_eq!(kinds(&diff.expected), ["gone"]);
        assert_eq!(strong(&diff.expected[0]), ["available"]);
        assert_eq!(strong(&diff.actual[0]), ["pending"]);
    }

    #[test]
    fn unlike_lines_are_not_sprinkled_with_marks() {
        let diff = compare(&json!("running"), &json!(["a", "b"])).unwrap();
        assert!(diff.expected.iter().chain(&diff.actual).all(|line| strong(line).is_empty()));
        let diff = compare(&json!("3a1c-84"), &json!("req-7a0c-ba")).unwrap();
        assert!(strong(&diff.expected[0]).is_empty());
    }

    #[test]
    fn keeps_both_sides_in_step() {
        let expected = json!({"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6, "g": 7, "h": 8});
        let mut actual = expected.clone();
        actual.as_object_mut().unwrap().shift_remove("h");
        let diff = compare(&expected, &actual).unwrap();
        assert_eq!(diff.expected.len(), diff.actual.len());
        assert_eq!(kinds(&diff.expected)[0], "skip");
        assert!(kinds(&diff.actual).contains(&"gap"));
        assert!(!diff.cut);
    }

    #[test]
    fn members_stand_beside_their_namesakes() {
        let diff = compare(&json!({"a": 1, "b": 2, "c": 3}), &json!({"c": 4, "d": 5})).unwrap();
        let row = diff.expected.iter().position(|line| text(line).contains("\"c\"")).unwrap();
        assert_eq!(text(&diff.actual[row]), "  \"c\": 4");
    }

    #[test]
    fn the_type_of_a_value_is_visible() {
        let diff = compare(&json!("5"), &json!(5)).unwrap();
        assert_eq!(text(&diff.expected[0]), "\"5\"");
        assert_eq!(text(&diff.actual[0]), "5");
    }

    #[test]
    fn what_follows_a_line_does_not_make_it_differ() {
        let diff = compare(&json!(["a", "b"]), &json!(["a"])).unwrap();
        assert_eq!(kinds(&diff.expected), ["same", "same", "gone", "same"]);
        assert_eq!(kinds(&diff.actual), ["same", "same", "gap", "same"]);
    }

    #[test]
    fn absence_is_said() {
        assert_eq!(compare(&Value::Null, &Value::Null), None);
        let diff = compare(&json!({"a": 1}), &Value::Null).unwrap();
        assert_eq!(kinds(&diff.actual), ["none", "gap", "gap"]);
    }

    #[test]
    fn a_huge_value_is_cut_but_its_difference_shown() {
        let long = "x ".repeat(2_500_000);
        let diff = compare(&json!(format!("{long}a")), &json!(format!("{long}b"))).unwrap();
        assert!(diff.cut);
        assert_eq!(strong(&diff.expected[0]), ["a"]);
        let lines: Vec<u32> = (0..500_000).collect();
        let diff = compare(&json!(lines), &json!([])).unwrap();
        assert!(diff.cut && diff.expected.len() <= ROWS);
    }
}
