//! What waivers come to over a result.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use super::decisive::Decisive;
use super::document::{Waiver, Waivers};
use crate::judge::{CaseResult, RunResult, Verdict};

/// What waivers come to over a result.
#[derive(Debug, Clone, Serialize)]
pub struct Waiving {
    /// The file, as it was named.
    pub file: String,
    /// The day for which this holds.
    pub today: String,
    /// Failed cases that are waived, in the order of the result.
    pub cases: Vec<Waived>,
    /// What became of each waiver, in the order of the file.
    pub waivers: Vec<Standing>,
    /// Cases by verdict, as judged.
    pub without: BTreeMap<Verdict, u32>,
    /// Cases by verdict, with those that are waived counted as such.
    pub with: BTreeMap<Verdict, u32>,
}

/// A case that failed and is waived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Waived {
    /// The case's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Who accepts it, until when, and why.
    pub why: String,
    /// Lines of the file in which the waivers begin that accept its findings.
    pub lines: Vec<usize>,
}

/// What became of a waiver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// The line of the file, from 1, in which it begins.
    pub line: usize,
    /// What it is about.
    pub scope: String,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// Its last day.
    pub expires: String,
    /// What became of it.
    pub state: State,
    /// Failed cases with a difference that it accepts.
    pub cases: u32,
}

/// What became of a waiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It accepts a difference that is there.
    Applied,
    /// Its last day is over: it accepts nothing any more.
    Expired,
    /// Its case could be told, and has no such difference: it accepts nothing.
    Stale,
    /// None of its cases ran, or nothing can be said of them.
    NotAsked,
    /// It is for another target.
    Elsewhere,
}

impl State {
    /// The word, as in JSON.
    pub fn word(self) -> &'static str {
        match self {
            State::Applied => "applied",
            State::Expired => "expired",
            State::Stale => "stale",
            State::NotAsked => "not-asked",
            State::Elsewhere => "elsewhere",
        }
    }
}

/// What was met while waivers were held against cases.
#[derive(Debug, Clone, Copy, Default)]
struct Met {
    /// Failed cases with a difference that it accepts.
    cases: u32,
    /// Whether a case has such a difference in some attempts.
    sometimes: bool,
    /// Whether something can be said of a case that it is about.
    told: bool,
}

impl Waiving {
    /// Holds waivers against a result as it was judged: a case that failed is waived if each finding that
    /// decides is accepted. A waiver is for what failed; it makes no pass of what could not be told.
    pub fn of(waivers: &Waivers, result: &RunResult, decisive: &Decisive, today: Date) -> Waiving {
        let target = &result.run.target.name;
        let holds = |waiver: &Waiver| waiver.is_for(target) && today <= waiver.expires;
        let mut met = vec![Met::default(); waivers.list.len()];
        let mut cases = Vec::new();
        for case in &result.cases {
            let about = waivers.list.iter().enumerate();
            let about: Vec<(usize, &Waiver)> =
                about.filter(|(_, waiver)| holds(waiver) && waiver.is_of(case)).collect();
            if let Some(by) = accepted(case, &about, decisive, &mut met) {
                cases.push(waived(case, waivers, &by));
            }
        }
        let standing = |(waiver, met): (&Waiver, &Met)| Standing {
            line: waivers.line(waiver),
            scope: waiver.scope(),
            reason: waiver.reason.clone(),
            owner: waiver.owner.clone(),
            expires: waiver.expires.to_string(),
            state: state(waiver, *met, target, today),
            cases: met.cases,
        };
        let without = result.summary.verdicts.clone();
        Waiving {
            file: waivers.file.path.display().to_string(),
            today: today.to_string(),
            waivers: waivers.list.iter().zip(&met).map(standing).collect(),
            with: moved(&without, cases.len()),
            without,
            cases,
        }
    }

    /// Why each waived case is accepted, by its id.
    pub fn reasons(&self) -> BTreeMap<String, String> {
        self.cases.iter().map(|case| (case.id.clone(), case.why.clone())).collect()
    }

    /// Waivers of this state.
    pub fn in_state(&self, state: State) -> impl Iterator<Item = &Standing> {
        self.waivers.iter().filter(move |waiver| waiver.state == state)
    }

    /// The result with `waived` where it is: for reports, and never for `result.json`.
    pub fn applied_to(&self, result: &RunResult) -> RunResult {
        let reasons = self.reasons();
        let mut shown = result.clone();
        let mut of_capability: BTreeMap<&str, usize> = BTreeMap::new();
        for (case, original) in shown.cases.iter_mut().zip(&result.cases) {
            if let Some(why) = reasons.get(&case.id) {
                case.verdict = Verdict::Waived;
                case.reason = format!("{why} (it failed: {})", original.reason);
                *of_capability.entry(&original.capability).or_default() += 1;
            }
        }
        shown.summary.verdicts = moved(&shown.summary.verdicts, self.cases.len());
        for capability in &mut shown.capabilities {
            let count = of_capability.get(capability.name.as_str()).copied().unwrap_or(0);
            capability.summary.verdicts = moved(&capability.summary.verdicts, count);
        }
        shown
    }
}

/// The waivers that accept what a failed case differs in, if they accept all of it.
fn accepted(
    case: &CaseResult,
    about: &[(usize, &Waiver)],
    decisive: &Decisive,
    met: &mut [Met],
) -> Option<Vec<usize>> {
    let told = match case.verdict {
        Verdict::Pass | Verdict::Fail | Verdict::Unsupported | Verdict::Flaky => true,
        // One that is waived in the result it was read from failed.
        Verdict::Waived => true,
        Verdict::Blocked | Verdict::Inconclusive | Verdict::Skipped => false,
    };
    about.iter().for_each(|(at, _)| met[*at].told |= told);
    if about.is_empty() || !matches!(case.verdict, Verdict::Fail | Verdict::Flaky) {
        return None;
    }
    let mut by: Vec<usize> = Vec::new();
    let mut all = true;
    for finding in decisive.findings(case) {
        let accepting = about.iter().filter(|(_, waiver)| waiver.accepts(finding));
        let before = by.len();
        by.extend(accepting.map(|(at, _)| *at));
        all &= by.len() > before;
    }
    by.sort_unstable();
    by.dedup();
    if case.verdict == Verdict::Flaky {
        by.iter().for_each(|at| met[*at].sometimes = true);
        return None;
    }
    by.iter().for_each(|at| met[*at].cases += 1);
    (all && !by.is_empty()).then_some(by)
}

fn waived(case: &CaseResult, waivers: &Waivers, by: &[usize]) -> Waived {
    let by = || by.iter().map(|at| &waivers.list[*at]);
    let mut reasons: Vec<String> = Vec::new();
    for waiver in by() {
        let why = format!("{} until {}: {}", waiver.owner, waiver.expires, waiver.reason);
        if !reasons.contains(&why) {
            reasons.push(why);
        }
    }
    Waived {
        id: case.id.clone(),
        name: case.name.clone(),
        why: format!("accepted by {}", reasons.join("; ")),
        lines: by().map(|waiver| waivers.line(waiver)).collect(),
    }
}

fn state(waiver: &Waiver, met: Met, target: &str, today: Date) -> State {
    if !waiver.is_for(target) {
        State::Elsewhere
    } else if today > waiver.expires {
        State::Expired
    } else if met.cases > 0 || met.sometimes {
        State::Applied
    } else if met.told {
        State::Stale
    } else {
        State::NotAsked
    }
}

/// Counts with so many that failed as waived.
fn moved(verdicts: &BTreeMap<Verdict, u32>, count: usize) -> BTreeMap<Verdict, u32> {
    let mut verdicts = verdicts.clone();
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    if count == 0 {
        return verdicts;
    }
    let failed = verdicts.get(&Verdict::Fail).copied().unwrap_or(0);
    verdicts.remove(&Verdict::Fail);
    if failed > count {
        verdicts.insert(Verdict::Fail, failed - count);
    }
    *verdicts.entry(Verdict::Waived).or_default() += count;
    verdicts
}
