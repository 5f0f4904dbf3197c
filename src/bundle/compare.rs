//! Holds one result of a run against another: are verdicts and findings the same?

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde_json::json;

use crate::judge::{CaseResult, Finding, RunResult, Summary, Verdict, write_result};

/// How two results of the same run differ.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// Cases in both.
    pub cases: usize,
    /// Cases with another verdict, and those that only one of the two has.
    pub verdicts: Vec<VerdictChange>,
    /// Findings that only the stated result has.
    pub findings_only_stated: usize,
    /// Findings that only the judging gives.
    pub findings_only_judged: usize,
    /// Cases that differ in nothing but messages, values, evidence, or other details.
    pub details: usize,
    /// What else differs: facts of the run, totals.
    pub other: Vec<String>,
    /// How the two programs differ: version, SDK, API model.
    pub program: Vec<String>,
    /// How differs what they know: whose baselines, and which.
    pub knowledge: Vec<String>,
}

/// A case with another verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VerdictChange {
    /// The case's name.
    pub case: String,
    /// What the result states; absent if it does not have the case.
    pub stated: Option<Verdict>,
    /// What judging gives; absent if the transcript does not have the case.
    pub judged: Option<Verdict>,
}

/// Holds a result against what judging gave.
pub(super) fn compare(stated: &RunResult, judged: &RunResult) -> Comparison {
    let mut comparison = Comparison {
        program: program(stated, judged),
        knowledge: knowledge(stated, judged),
        ..Comparison::default()
    };
    if write_result(stated) == write_result(judged) {
        return Comparison { cases: judged.cases.len(), ..comparison };
    }
    let mut by_id: BTreeMap<&str, (Option<&CaseResult>, Option<&CaseResult>)> = BTreeMap::new();
    for case in &stated.cases {
        if by_id.entry(&case.id).or_default().0.replace(case).is_some() {
            comparison.other.push(format!("{} is there twice", case.name));
        }
    }
    for case in &judged.cases {
        by_id.entry(&case.id).or_default().1 = Some(case);
    }
    for (one, other) in by_id.into_values() {
        comparison.case(one, other);
    }
    let differs = |what: &str, one: serde_json::Value, other: serde_json::Value| {
        (one != other).then(|| what.to_owned())
    };
    comparison.other.extend(
        [
            differs("facts of the run", json!(stated.run), json!(judged.run)),
            differs("undos that failed", json!(stated.leaks), json!(judged.leaks)),
            differs("totals than those of its cases", json!(totals(stated)), json!(stated.summary)),
        ]
        .into_iter()
        .flatten(),
    );
    comparison
}

impl Comparison {
    /// Whether verdicts and findings are the same, and what they are added up to.
    pub fn is_same(&self) -> bool {
        self.verdicts.is_empty()
            && self.findings_only_stated == 0
            && self.findings_only_judged == 0
            && self.other.is_empty()
    }

    /// Whether everything is the same, down to the wording.
    pub fn is_identical(&self) -> bool {
        self.is_same() && self.details == 0
    }

    fn case(&mut self, stated: Option<&CaseResult>, judged: Option<&CaseResult>) {
        let verdict = |case: Option<&CaseResult>| case.map(|case| case.verdict);
        if verdict(stated) != verdict(judged) {
            let name = stated.or(judged).map(|case| case.name.clone()).unwrap_or_default();
            let (stated, judged) = (verdict(stated), verdict(judged));
            self.verdicts.push(VerdictChange { case: name, stated, judged });
        }
        let (Some(stated), Some(judged)) = (stated, judged) else { return };
        self.cases += 1;
        let mut counts: BTreeMap<String, i64> = BTreeMap::new();
        for finding in &stated.findings {
            *counts.entry(key(finding)).or_default() += 1;
        }
        for finding in &judged.findings {
            *counts.entry(key(finding)).or_default() -= 1;
        }
        let only = |sign: i64| -> usize {
            let counts = counts.values().map(|count| count * sign).filter(|count| *count > 0);
            usize::try_from(counts.sum::<i64>()).unwrap_or(usize::MAX)
        };
        let (more, less) = (only(1), only(-1));
        self.findings_only_stated += more;
        self.findings_only_judged += less;
        if more + less == 0 && stated.verdict == judged.verdict && json!(stated) != json!(judged) {
            self.details += 1;
        }
    }
}

/// What makes a finding the same one: not its wording, and not what it rests on.
fn key(finding: &Finding) -> String {
    let Finding { rule, severity, step, path, exchange, .. } = finding;
    json!([rule, severity, step, path, exchange]).to_string()
}

/// The totals of the cases that a result has.
fn totals(result: &RunResult) -> Summary {
    let mut summary = Summary::default();
    for case in &result.cases {
        summary.cases += 1;
        *summary.verdicts.entry(case.verdict).or_default() += 1;
        for finding in &case.findings {
            *summary.findings.entry(finding.severity).or_default() += 1;
        }
    }
    summary
}

fn program(stated: &RunResult, judged: &RunResult) -> Vec<String> {
    let (one, other) = (&stated.judged_with, &judged.judged_with);
    let sdk = |sdk: &Option<String>| sdk.clone().unwrap_or_else(|| "none".to_owned());
    let parts = [
        ("Parallax", one.parallax.clone(), other.parallax.clone()),
        ("AWS's SDK", sdk(&one.client), sdk(&other.client)),
        ("the API model", one.model.clone(), other.model.clone()),
    ];
    let differ = parts.into_iter().filter(|(_, one, other)| one != other);
    differ.map(|(what, one, other)| format!("{what} was {one}, here it is {other}")).collect()
}

fn knowledge(stated: &RunResult, judged: &RunResult) -> Vec<String> {
    let (one, other) = (&stated.judged_with, &judged.judged_with);
    let parts = [
        ("whose baselines they are", &one.reference, &other.reference),
        ("baselines", &one.baselines, &other.baselines),
        ("shape profiles", &one.shapes, &other.shapes),
        ("error codes", &one.errors, &other.errors),
    ];
    let differ = parts.into_iter().filter(|(_, one, other)| one != other);
    differ.map(|(what, ..)| what.to_owned()).collect()
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut said = Vec::new();
        let mut count = |count: usize, what: &str| {
            if count > 0 {
                said.push(format!("{count} {what}{}", if count == 1 { "" } else { "s" }));
            }
        };
        count(self.verdicts.len(), "other verdict");
        count(self.findings_only_judged, "finding more");
        count(self.findings_only_stated, "finding less");
        count(self.details, "case with other details");
        said.extend(self.other.iter().map(|what| format!("other {what}")));
        if !self.knowledge.is_empty() {
            said.push(format!("judged with other {}", self.knowledge.join(", ")));
        }
        said.extend(self.program.iter().cloned());
        f.write_str(&if said.is_empty() { "the same".to_owned() } else { said.join(", ") })
    }
}
