//! From a transcript to findings and verdicts: a pure function, with no network, clock or
//! environment, so that anyone can judge a run again and get the same bytes.
//!
//! An answer passes through four layers, each with evidence of its own: [`client`] (AWS's SDK),
//! `model` (AWS's published API model), [`shape`] (statistics over recordings of AWS) and
//! [`baseline`] (what AWS does in this step).

mod answer;
mod attempts;
pub mod baseline;
mod canonical;
pub mod client;
pub mod errors;
mod finding;
mod form;
mod judging;
mod knowledge;
mod merge;
mod model_layer;
mod observe;
mod probed;
pub mod recorded;
mod result;
mod rules;
pub mod shape;
mod stored;
mod unknown_action;
mod verdict;
mod weigh;

pub use answer::{judge_exchange, judge_recording};
pub use finding::{Evidence, EvidenceKind, Finding, Layer, Severity};
pub use form::Form;
pub use judging::judge;
pub use knowledge::Knowledge;
pub use result::{
    AttemptResult, CapabilityResult, CaseResult, FORMAT_VERSION, JudgedWith, Leak, RecordingUse,
    RunFacts, RunResult, StateSeen, StepResult, Summary,
};
pub use rules::{Example, ExampleAnswer, RULES, Rule, rule};
pub use stored::{read_result, write_result};
pub use verdict::Verdict;
