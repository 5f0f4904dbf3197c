//! What the page's script shows when somebody asks for it: the data in the page.
//!
//! Thousands of findings say the same few hundred things. Each difference is there once, with its
//! values side by side and its evidence, and findings name it by its number.

use std::collections::HashMap;

use serde::Serialize;
use serde::ser::SerializeSeq;
use serde_json::Value;

use super::diff::{self, Diff, Line};
use super::escape::{clip, link};
use super::{rule, words};
use crate::compare::Difference;
use crate::judge::{Evidence, Finding, Layer, Severity};

/// Bytes of values side by side after which a difference is shown without its values: a page of
/// tens of megabytes is not looked at.
const VALUES: usize = 6 * 1024 * 1024;

/// The differences of a page, and their evidence.
#[derive(Serialize)]
pub(super) struct Known {
    /// Each piece of evidence once; differences name it by its number.
    evidence: Vec<EvidenceView>,
    differences: Vec<DifferenceView>,
}

/// One difference.
#[derive(Serialize)]
struct DifferenceView {
    severity: &'static str,
    layer: &'static str,
    rule: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_anchor: Option<String>,
    path: String,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    diff: Option<Diff>,
    evidence: Vec<usize>,
}

/// What an expectation rests on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub(super) struct EvidenceView {
    pub(super) kind: &'static str,
    pub(super) source: String,
    /// An address that becomes a link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) url: Option<String>,
    /// One that does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) address: Option<String>,
    pub(super) states: String,
    pub(super) date: String,
}

/// What a difference says, of a finding or of a comparison.
pub(super) struct Said<'a> {
    layer: Layer,
    severity: Severity,
    rule: &'a str,
    path: &'a str,
    message: &'a str,
    expected: &'a Value,
    actual: &'a Value,
    evidence: &'a [Evidence],
}

impl<'a> From<&'a Finding> for Said<'a> {
    fn from(finding: &'a Finding) -> Self {
        let Finding { layer, severity, rule, path, message, expected, actual, evidence, .. } =
            finding;
        let (layer, severity) = (*layer, *severity);
        Said { layer, severity, rule, path, message, expected, actual, evidence }
    }
}

impl<'a> From<&'a Difference> for Said<'a> {
    fn from(difference: &'a Difference) -> Self {
        let Difference { layer, severity, rule, path, message, expected, actual, evidence, .. } =
            difference;
        let (layer, severity) = (*layer, *severity);
        Said { layer, severity, rule, path, message, expected, actual, evidence }
    }
}

impl Known {
    /// These differences, in the order of their numbers.
    pub(super) fn of<'a>(differences: impl Iterator<Item = Said<'a>>) -> Known {
        let mut known = Known { evidence: Vec::new(), differences: Vec::new() };
        let mut numbers = HashMap::new();
        let mut bytes = 0;
        for said in differences {
            let evidence = said.evidence.iter().map(|shown| {
                let shown = evidence(shown);
                *numbers.entry(shown).or_insert_with_key(|shown| {
                    known.evidence.push(shown.clone());
                    known.evidence.len() - 1
                })
            });
            let evidence = evidence.collect();
            let mut diff = diff::compare(said.expected, said.actual);
            bytes += diff.as_ref().map_or(0, Diff::bytes);
            if bytes > VALUES {
                diff = diff.map(|_| Diff::left_out());
            }
            known.differences.push(DifferenceView {
                severity: said.severity.word(),
                layer: said.layer.word(),
                rule: clip(said.rule),
                rule_anchor: rule::anchor(said.rule),
                path: clip(said.path),
                message: clip(said.message),
                diff,
                evidence,
            });
        }
        known
    }
}

/// Evidence for showing.
pub(super) fn evidence(evidence: &Evidence) -> EvidenceView {
    let url = evidence.url.as_deref().and_then(link);
    EvidenceView {
        kind: words::evidence(evidence.kind),
        source: clip(&evidence.source),
        address: if url.is_some() { None } else { evidence.url.as_deref().map(clip) },
        url,
        states: clip(&evidence.states),
        date: clip(evidence.date.as_deref().unwrap_or_default()),
    }
}

/// A line as the script reads it: what kind of line, and its text in pieces of which every second
/// one is what differs within the line.
impl Serialize for Line {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(None)?;
        seq.serialize_element(self.kind)?;
        let mut strong = false;
        for piece in &self.pieces {
            if piece.strong != strong {
                seq.serialize_element("")?;
            }
            seq.serialize_element(&piece.text)?;
            strong = !piece.strong;
        }
        seq.end()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::diff::Piece;
    use super::*;

    #[test]
    fn every_second_piece_differs() {
        let line = |pieces: &[(bool, &str)]| {
            let piece =
                |(strong, text): &(bool, &str)| Piece { strong: *strong, text: (*text).to_owned() };
            json!(Line { kind: "gone", pieces: pieces.iter().map(piece).collect() })
        };
        assert_eq!(line(&[]), json!(["gone"]));
        assert_eq!(line(&[(false, "a")]), json!(["gone", "a"]));
        assert_eq!(line(&[(true, "a")]), json!(["gone", "", "a"]));
        assert_eq!(
            line(&[(false, "a"), (true, "b"), (false, "c")]),
            json!(["gone", "a", "b", "c"])
        );
        assert_eq!(line(&[(true, "a"), (true, "b")]), json!(["gone", "", "a", "", "b"]));
    }
}
