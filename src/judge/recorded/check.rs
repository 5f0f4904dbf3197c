//! Whether a recorded baseline is what it says: of this suite, of this reference, and distilled from
//! the recordings that lie beside it.

use std::collections::BTreeMap;
use std::io;

use super::distil::distil;
use super::doc::{RecordedBaseline, case_digest};
use super::store::Recordings;
use crate::case::{Case, Suite};
use crate::judge::Knowledge;
use crate::judge::baseline::AWS;
use crate::syntax::{Diagnostic, Reader};
use crate::wire::is_aws;

/// Reports everything that does not fit the suite. `stem` is `capability/name`.
pub(in crate::judge) fn check(
    baseline: &RecordedBaseline,
    stem: &str,
    suite: &Suite,
    reader: &mut Reader,
) {
    let cases: Vec<&Case> = suite.cases.iter().filter(|c| c.family == baseline.case).collect();
    let base = cases.first().map(|case| case.name.split('[').next().unwrap_or_default());
    match base {
        None => {
            reader.report(Diagnostic::error(format!("no case has the id {}", baseline.case)));
            return;
        }
        Some(base) if base != stem => reader.report(
            Diagnostic::error(format!("this is the baseline of {base}"))
                .help(format!("move the file to {base}.recorded.json")),
        ),
        Some(_) => {}
    }
    for (id, recording) in &baseline.cases {
        let name = &recording.name;
        match cases.iter().find(|case| case.id == *id) {
            None => reader.report(
                Diagnostic::error(format!("{name} ({id}) is recorded, but not in the suite"))
                    .help("record the case again, or remove the file"),
            ),
            Some(case) if case_digest(case) != recording.case_sha256 => reader.report(
                Diagnostic::error(format!("{name} was changed since it was recorded"))
                    .help("nothing is held against the recording; record the case again"),
            ),
            Some(_) => {}
        }
    }
    for (name, facts) in &baseline.recordings {
        if baseline.reference == AWS && !is_aws(&facts.endpoint) {
            reader.report(
                Diagnostic::error(format!(
                    "the recording {name} was made at {}, which is not AWS",
                    facts.endpoint
                ))
                .help("what a stand-in did is kept in a folder of its own name"),
            );
        }
    }
}

/// A recorded baseline that is not what its recordings give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unproven {
    /// The case's name.
    pub case: String,
    /// What is wrong, and what to do.
    pub why: String,
}

/// Distils every recorded baseline again and compares. `open` gives the text of a recording.
pub fn prove(knowledge: &Knowledge, open: impl Fn(&str) -> io::Result<String>) -> Vec<Unproven> {
    let mut unproven = Vec::new();
    // Cases that were recorded together are distilled together.
    let mut together: BTreeMap<&[String], Vec<(&RecordedBaseline, &str)>> = BTreeMap::new();
    for baseline in knowledge.baselines.recordings() {
        for (id, case) in &baseline.cases {
            together.entry(&case.samples).or_default().push((baseline, id));
        }
    }
    for (samples, cases) in together {
        let mut recordings = Recordings::default();
        let missing = samples.iter().find_map(|name| {
            let text = open(name).map_err(|e| e.to_string());
            let added =
                text.and_then(|text| recordings.add(name, &text).map_err(|e| e.to_string()));
            added.err().map(|why| format!("its recording {name} cannot be read: {why}"))
        });
        let distilled = distil(knowledge.baselines.reference(), &recordings, knowledge).baselines;
        for (baseline, id) in cases {
            let why = missing.clone().or_else(|| compare(baseline, id, &distilled, &recordings));
            let case = baseline.cases[id].name.clone();
            unproven.extend(why.map(|why| Unproven { case, why }));
        }
    }
    unproven
}

fn compare(
    baseline: &RecordedBaseline,
    id: &str,
    distilled: &BTreeMap<String, RecordedBaseline>,
    recordings: &Recordings,
) -> Option<String> {
    for name in &baseline.cases[id].samples {
        let Some(facts) = baseline.recordings.get(name) else {
            return Some(format!("it does not say what its recording {name} is"));
        };
        if recordings.facts(name).as_ref() != Some(facts) {
            return Some(format!("the recording {name} is not the one it was distilled from"));
        }
    }
    let again = distilled.get(&baseline.case).and_then(|again| again.cases.get(id));
    if again == Some(&baseline.cases[id]) {
        return None;
    }
    Some(
        "distilling its recordings gives something else: it was edited by hand, or rules and \
         profiles have changed since; `parallax distil` writes it again"
            .to_owned(),
    )
}
