//! From transcripts of a reference to its recorded baselines.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::doc::{
    CaseRecording, FORMAT_VERSION, OwnFinding, RecordedBaseline, RecordingFacts, case_digest,
};
use super::join::Things;
use super::learn::learn;
use super::observe::StepSample;
use super::store::Recordings;
use crate::judge::observe::{CaseObservation, observe};
use crate::judge::unknown_action::UnknownActions;
use crate::judge::{Finding, Knowledge, judging};

/// What came of distilling.
#[derive(Debug, Clone, Default)]
pub struct Distilled {
    /// The baselines, by the id of the case's file.
    pub baselines: BTreeMap<String, RecordedBaseline>,
    /// Samples that nothing could be learned from.
    pub left_out: Vec<Undistilled>,
}

/// A sample that nothing could be learned from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undistilled {
    /// The case's name.
    pub case: String,
    /// The recording.
    pub recording: String,
    /// The step, and why.
    pub why: String,
}

/// Distils the baselines of every case in these recordings. A pure function: the same recordings
/// and knowledge give the same baselines, so that anybody can check them.
///
/// `knowledge` is what the recordings themselves are judged with, to know what the reference itself
/// does otherwise than the other layers expect.
pub fn distil(reference: &str, recordings: &Recordings, knowledge: &Knowledge) -> Distilled {
    let knowledge = knowledge.without_recordings();
    let mut samples: BTreeMap<String, Vec<(&str, CaseObservation<'_>)>> = BTreeMap::new();
    for (name, recording) in recordings.iter() {
        for case in observe(&recording.transcript) {
            samples.entry(case.case.id.clone()).or_default().push((name, case));
        }
    }
    let mut distilled = Distilled::default();
    for cases in samples.values() {
        let Some((family, recorded)) = distil_case(cases, &knowledge, &mut distilled.left_out)
        else {
            continue;
        };
        let baseline =
            distilled.baselines.entry(family.to_owned()).or_insert_with(|| RecordedBaseline {
                format: "parallax-recorded-baseline".to_owned(),
                version: FORMAT_VERSION,
                provenance: "recorded".to_owned(),
                case: family.to_owned(),
                reference: reference.to_owned(),
                recordings: BTreeMap::new(),
                cases: BTreeMap::new(),
            });
        for name in &recorded.samples {
            if let Some(facts) = recordings.facts(name) {
                baseline.recordings.insert(name.clone(), facts);
            }
        }
        baseline.cases.insert(cases[0].1.case.id.clone(), recorded);
    }
    distilled
}

/// What the samples of one case have in common.
fn distil_case<'c>(
    cases: &'c [(&str, CaseObservation<'_>)],
    knowledge: &Knowledge,
    left_out: &mut Vec<Undistilled>,
) -> Option<(&'c str, CaseRecording)> {
    // The newest decides which case it is: what ran before a change says nothing about it.
    let (_, newest) = cases.last()?;
    let digest = case_digest(newest.case);
    let mut names = Vec::new();
    let mut by_step: BTreeMap<String, Vec<StepSample>> = BTreeMap::new();
    let mut findings: Vec<Vec<Finding>> = Vec::new();
    for (recording, case) in cases {
        let refused = |why: String| Undistilled {
            case: case.case.name.clone(),
            recording: (*recording).to_owned(),
            why,
        };
        if case_digest(case.case) != digest {
            left_out.push(refused("the case was changed since".to_owned()));
            continue;
        }
        let canonical = judging::canonical(case);
        let sample = names.len();
        let steps: Result<Vec<(String, StepSample)>, String> = case
            .steps
            .iter()
            .filter_map(|step| match StepSample::of(step, &canonical, sample) {
                Ok(sample) => Some(Ok((step.id().to_owned(), sample?))),
                Err(why) => Some(Err(format!("step `{}`: {why}", step.id()))),
            })
            .collect();
        match steps {
            Ok(steps) => {
                for (step, sample) in steps {
                    by_step.entry(step).or_default().push(sample);
                }
                names.push((*recording).to_owned());
                findings.push(
                    judging::judge_case(case, knowledge, &UnknownActions::default()).findings,
                );
            }
            Err(why) => left_out.push(refused(why)),
        }
    }
    if names.is_empty() {
        return None;
    }
    let mut things = Things::default();
    let steps = newest
        .case
        .steps
        .iter()
        .filter_map(|step| Some((step.id.clone(), learn(by_step.get(&step.id)?, &mut things))))
        .collect();
    let recording = CaseRecording {
        name: newest.case.name.clone(),
        case_sha256: digest,
        samples: names,
        steps,
        own_findings: own(&findings),
    };
    Some((&newest.case.family, recording))
}

/// The findings about the samples themselves, each once.
fn own(samples: &[Vec<Finding>]) -> Vec<OwnFinding> {
    let places: BTreeSet<(&str, &str)> =
        samples.iter().flatten().map(|f| (f.rule.as_str(), f.path.as_str())).collect();
    let mut all = Vec::new();
    for (rule, path) in places {
        let here = |findings: &'_ Vec<Finding>| -> Vec<Value> {
            let mut actuals: Vec<_> = findings
                .iter()
                .filter(|f| f.rule == rule && f.path == path)
                .map(|f| f.actual.clone())
                .collect();
            actuals.sort_by_key(ToString::to_string);
            actuals.dedup();
            actuals
        };
        let of_samples: Vec<_> = samples.iter().map(here).collect();
        let own = |actual, varies| {
            let (rule, path) = (rule.to_owned(), path.to_owned());
            OwnFinding { rule, path, actual, varies }
        };
        // What is there in every sample is met again; what varies is met in some way.
        if of_samples.iter().all(|actuals| *actuals == of_samples[0]) {
            all.extend(of_samples[0].iter().map(|actual| own(actual.clone(), false)));
        } else {
            all.push(own(Value::Null, true));
        }
    }
    all
}

impl Recordings {
    /// What is written of a recording into a baseline.
    pub(super) fn facts(&self, name: &str) -> Option<RecordingFacts> {
        let recording = self.get(name)?;
        let run = &recording.transcript.run;
        Some(RecordingFacts {
            sha256: recording.sha256.clone(),
            endpoint: run.target.endpoint.clone(),
            region: run.target.region.clone(),
            started: run.started.clone(),
        })
    }
}
