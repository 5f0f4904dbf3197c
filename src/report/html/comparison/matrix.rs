//! The matrix: capabilities and their cases, a column for each run.

use std::collections::BTreeMap;

use crate::compare::{Agreement, CaseCell, Comparison, Counts};
use crate::judge::{Summary, Verdict};
use crate::report::html::escape::clip;
use crate::report::html::overview::{self, Bar};
use crate::report::html::words;

/// A capability and its cases.
pub(super) struct CapabilityView {
    pub(super) anchor: String,
    pub(super) name: String,
    pub(super) cells: Vec<CapabilityCell>,
    pub(super) differ: u32,
    pub(super) cases: Vec<CaseView>,
}

/// What one run says of a capability.
pub(super) struct CapabilityCell {
    pub(super) passed: String,
    /// For sorting: passed, in thousandths.
    pub(super) share: u32,
    pub(super) bar: Option<Bar>,
}

/// A case.
pub(super) struct CaseView {
    pub(super) anchor: String,
    pub(super) number: usize,
    pub(super) title: String,
    pub(super) name: String,
    pub(super) agreement: &'static str,
    pub(super) verdicts: Vec<Word>,
}

/// A verdict, or that there is none, with what the style calls it.
#[derive(Clone, Copy)]
pub(super) struct Word {
    pub(super) word: &'static str,
    pub(super) class: &'static str,
}

impl From<Option<Verdict>> for Word {
    fn from(verdict: Option<Verdict>) -> Word {
        match verdict.map(Verdict::word) {
            Some(word) => Word { word, class: word },
            None => Word { word: "not run", class: "not-run" },
        }
    }
}

/// A button that chooses cases.
pub(super) struct Chip {
    pub(super) value: &'static str,
    pub(super) label: &'static str,
    pub(super) count: String,
}

pub(super) fn capabilities(comparison: &Comparison) -> Vec<CapabilityView> {
    let mut cases: BTreeMap<&str, Vec<CaseView>> = BTreeMap::new();
    for (number, case) in comparison.cases.iter().enumerate() {
        let verdict = |cell: &Option<CaseCell>| Word::from(cell.as_ref().map(|cell| cell.verdict));
        cases.entry(&case.capability).or_default().push(CaseView {
            anchor: anchor(&case.id),
            number,
            title: clip(&case.title),
            name: clip(&case.name),
            agreement: case.agreement.word(),
            verdicts: case.runs.iter().map(verdict).collect(),
        });
    }
    let views = comparison.capabilities.iter().map(|row| CapabilityView {
        anchor: format!("cap-{}", words::slug(&row.name)),
        name: clip(&row.name),
        cells: row.runs.iter().map(cell).collect(),
        differ: row.differ,
        cases: cases.remove(&*row.name).unwrap_or_default(),
    });
    views.collect()
}

fn cell(counts: &Counts) -> CapabilityCell {
    let Counts { asked, passed, verdicts } = counts;
    let summary = Summary { cases: *asked, verdicts: verdicts.clone(), findings: BTreeMap::new() };
    CapabilityCell {
        passed: if *asked == 0 { "not run".to_owned() } else { format!("{passed} of {asked}") },
        share: (passed * 1000).checked_div(*asked).unwrap_or_default(),
        bar: (*asked > 0).then(|| overview::bar(&summary)),
    }
}

/// The anchor of a case.
pub(super) fn anchor(id: &str) -> String {
    format!("case-{}", words::slug(id))
}

/// How far the runs agree: buttons for what there is.
pub(super) fn agreements(comparison: &Comparison) -> Vec<Chip> {
    let chip = |agreement: Agreement| {
        let count = comparison.agreement.get(&agreement).copied().unwrap_or_default();
        let label = match agreement {
            Agreement::Verdicts => "verdicts differ",
            Agreement::Findings => "findings differ",
            Agreement::NotRun => "agree where run",
            Agreement::Same => "same",
        };
        (count > 0).then(|| Chip {
            value: agreement.word(),
            label,
            count: words::number(count.into()),
        })
    };
    Agreement::ALL.into_iter().filter_map(chip).collect()
}

/// Verdicts that any run has, with the number of cases that have it anywhere.
pub(super) fn chips(comparison: &Comparison) -> Vec<Chip> {
    let chip = |verdict: Verdict| {
        let has = |cell: &CaseCell| cell.verdict == verdict;
        let cases = comparison.cases.iter();
        let count = cases.filter(|case| case.runs.iter().flatten().any(has)).count();
        (count > 0).then(|| Chip {
            value: verdict.word(),
            label: verdict.word(),
            count: words::number(count as u64),
        })
    };
    Verdict::ALL.into_iter().filter_map(chip).collect()
}
