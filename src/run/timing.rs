//! How long a run took, beside the least that it could have taken.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::part::Part;
use crate::case::Case;
use crate::transcript::{Attempt, Ending, Event, Exchange, Probed, Purpose, Transcript};

/// How long a run took, beside the least that it could have taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timing {
    /// From the run's beginning to its end, in milliseconds.
    pub wall_ms: u64,
    /// Cases that could run at the same time.
    pub jobs: usize,
    /// How long all cases took, added up: each from its beginning to its last undo.
    pub cases_ms: u64,
    /// The part of that which the target needed: its answers, and what had to be waited for until
    /// it was in the state that was asked for.
    pub server_ms: u64,
    /// The least that the run could have taken, if nothing but the target had needed time.
    pub bound: Bound,
}

/// The least time that some work can take.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bound {
    /// Milliseconds.
    pub ms: u64,
    /// What it is made of: the parts of a run follow each other.
    pub chain: Vec<Link>,
}

/// One part of a run, and what keeps it from being shorter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Which part: `readers`, `makers` or `alone`.
    pub part: String,
    /// The least that it takes, in milliseconds.
    pub ms: u64,
    /// What decides that: `jobs`, the kind of a quota, or the name of a case that takes so long.
    pub by: String,
}

impl Timing {
    /// How much longer the run took than it had to: 1 is the least, 1.1 a tenth more. `None` if no
    /// case ran.
    pub fn ratio(&self) -> Option<f64> {
        (self.bound.ms > 0).then(|| self.wall_ms as f64 / self.bound.ms as f64)
    }
}

/// How long a run took, by its transcript. `jobs` is for transcripts that do not say how many cases
/// could run at the same time.
pub fn timing(transcript: &Transcript, jobs: usize) -> Timing {
    let jobs = transcript.plan().map_or(jobs, |plan| plan.jobs).max(1);
    let attempts = transcript.attempts();
    let took = |attempt: &Attempt<'_>| attempt.last_ms.saturating_sub(attempt.started.at_ms);
    // Attempts at one case follow each other.
    let mut by_case: BTreeMap<&str, (&Case, u64)> = BTreeMap::new();
    for attempt in &attempts {
        let case = attempt.case();
        by_case.entry(&case.id).or_insert((case, 0)).1 += server_ms(attempt);
    }
    let work: Vec<(&Case, u64)> = by_case.into_values().collect();
    let asked = transcript.exchanges().filter(|exchange| exchange.case.is_none());
    let asked: u64 = asked.map(|exchange| exchange.took_ms).sum();
    let mut bound = bound(&work, jobs, &transcript.run.target.quotas);
    bound.ms += asked;
    Timing {
        wall_ms: transcript.last_ms(),
        jobs,
        cases_ms: attempts.iter().map(took).sum(),
        server_ms: asked + work.iter().map(|(_, ms)| ms).sum::<u64>(),
        bound,
    }
}

/// The least time in which these cases can be run: of each part of a run the longest of its longest
/// case, of all its work divided by `jobs`, and of what is done with each kind of things, divided by
/// how many of them may be held at once.
fn bound(work: &[(&Case, u64)], jobs: usize, quotas: &BTreeMap<String, u32>) -> Bound {
    let mut bound = Bound::default();
    for part in Part::ALL {
        let own: Vec<(&Case, u64)> =
            work.iter().filter(|(case, _)| Part::of(case) == part).copied().collect();
        if let Some((ms, by)) = least(&own, part.jobs(jobs), quotas) {
            bound.ms += ms;
            bound.chain.push(Link { part: part.name().to_owned(), ms, by });
        }
    }
    bound
}

fn least(
    work: &[(&Case, u64)],
    jobs: usize,
    quotas: &BTreeMap<String, u32>,
) -> Option<(u64, String)> {
    let all: u64 = work.iter().map(|(_, ms)| ms).sum();
    let (longest, ms) = work.iter().max_by_key(|(_, ms)| ms)?;
    let mut limits =
        vec![(all.div_ceil(jobs as u64), "jobs".to_owned()), (*ms, longest.name.clone())];
    for (kind, quota) in quotas {
        let held = |(case, ms): &(&Case, u64)| {
            u64::from(case.uses.get(kind).copied().unwrap_or(0)).saturating_mul(*ms)
        };
        let held: u64 = work.iter().map(held).sum();
        // A case that needs more than there is was not run, and took no time.
        if let Some(least) = held.checked_div(u64::from(*quota)) {
            limits.push((least, kind.clone()));
        }
    }
    // The first of those that say the same.
    limits.into_iter().rev().max_by_key(|(ms, _)| *ms)
}

/// How long the target needed for an attempt at a case: for its answers, and for getting into the
/// states that steps and undos waited for. Between the last two looks nobody knows when it got there,
/// so that this is not counted; nor is what lies between one step and the next.
fn server_ms(attempt: &Attempt<'_>) -> u64 {
    let exchanges: Vec<&Exchange> = attempt
        .events
        .iter()
        .filter_map(|event| match event {
            Event::Exchange(exchange) => Some(exchange),
            _ => None,
        })
        .collect();
    let answers: u64 = exchanges.iter().map(|exchange| exchange.took_ms).sum();
    let same = |a: &&Exchange, b: &&Exchange| a.purpose == b.purpose && a.step == b.step;
    let waited = exchanges.chunk_by(same).map(|looks| waited(attempt, looks)).sum::<u64>();
    answers + waited + guests_ms(attempt)
}

/// The same of guests: from the first look at one until what was waited for could be seen.
fn guests_ms(attempt: &Attempt<'_>) -> u64 {
    let looks: Vec<&Probed> = attempt
        .events
        .iter()
        .filter_map(|event| match event {
            // What is asked of the API is counted there.
            Event::Probe(look) if look.kind.reaches_guests() => Some(look),
            _ => None,
        })
        .collect();
    let of_step = |looks: &[&Probed]| {
        let ends = |look: &Probed| look.at_ms.saturating_add(look.took_ms);
        let (first, last) = (looks[0], looks[looks.len() - 1]);
        let before = looks.len().checked_sub(2).map(|n| looks[n]);
        let in_vain = timed_out(attempt, &first.step);
        let unknown = before.map_or(0, |before| last.at_ms.saturating_sub(ends(before)));
        let whole = ends(last).saturating_sub(first.at_ms);
        if in_vain { whole } else { whole.saturating_sub(unknown) }
    };
    looks.chunk_by(|a, b| a.step == b.step).map(of_step).sum()
}

/// Whether a step waited for what never came.
fn timed_out(attempt: &Attempt<'_>, step: &str) -> bool {
    attempt.events.iter().any(|event| {
        matches!(event, Event::Step(ended)
            if ended.step == step && matches!(ended.ending, Ending::TimedOut { .. }))
    })
}

/// What lies between exchanges that follow each other in one step or one undo, if it is waited for.
fn waited(attempt: &Attempt<'_>, looks: &[&Exchange]) -> u64 {
    let Some(step) = looks[0].step.as_deref() else { return 0 };
    let polls = || attempt.case().step(step).is_some_and(|step| step.poll.is_some());
    if looks[0].purpose != Purpose::Undo && !polls() {
        return 0;
    }
    let pauses = looks
        .windows(2)
        .map(|pair| pair[1].at_ms.saturating_sub(pair[0].at_ms.saturating_add(pair[0].took_ms)));
    let in_vain = timed_out(attempt, step) && looks[0].purpose == Purpose::Step;
    let counted = if in_vain { pauses.len() } else { pauses.len().saturating_sub(1) };
    pauses.take(counted).sum()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::sample::case;
    use super::*;

    #[test]
    fn what_decides_over_the_least() {
        let look = case("look", &[], false, "DescribeVpcs");
        let long = case("long", &[], false, "CreateVpc");
        let one = case("one", &[("vpcs", 1)], false, "CreateVpc");
        let two = case("two", &[("vpcs", 2)], false, "CreateVpc");
        let last = case("last", &[], true, "CreateVpc");
        let quotas = BTreeMap::from([("vpcs".to_owned(), 2)]);
        let decided = |work: &[(&Case, u64)], jobs| {
            let bound = bound(work, jobs, &quotas);
            let by: Vec<_> = bound.chain.iter().map(|l| format!("{} {}", l.part, l.by)).collect();
            (bound.ms, by.join(", "))
        };
        let is = |ms, by: &str| (ms, by.to_owned());
        assert_eq!(decided(&[], 4), is(0, ""));
        assert_eq!(decided(&[(&look, 10)], 4), is(10, "readers look"));
        assert_eq!(decided(&[(&one, 30), (&long, 31)], 1), is(61, "makers jobs"));
        assert_eq!(decided(&[(&one, 30), (&long, 31)], 4), is(31, "makers long"));
        assert_eq!(decided(&[(&one, 30), (&two, 30)], 4), is(45, "makers vpcs"));
        assert_eq!(decided(&[(&one, 30), (&two, 30)], 1), is(60, "makers jobs"));
        let all = [(&look, 10), (&two, 20), (&last, 5), (&last, 6)];
        assert_eq!(decided(&all, 4), is(41, "readers look, makers two, alone jobs"));
    }

    /// Three looks in a poll and two in an undo; of each pause but the last the target is the reason.
    #[test]
    fn what_the_target_needed() {
        let run = json!({"event": "run", "version": 2, "parallax": "0", "run": "r",
            "started": "2026-01-31T12:00:00Z",
            "target": {"name": "n", "endpoint": "e", "region": "r"}});
        let case = case("c", &[], false, "CreateVpc");
        let exchange = |seq: u64, step: &str, purpose: &str, at_ms: u64, took_ms: u64| {
            json!({"event": "exchange", "seq": seq, "case": "c", "step": step, "purpose": purpose,
                "action": "CreateVpc", "attempt": 1, "at_ms": at_ms, "took_ms": took_ms,
                "request": {"method": "POST", "url": "u", "headers": [], "body": ""},
                "reply": {"failure": {"kind": "timeout", "message": ""}}})
        };
        let mut lines = vec![
            run,
            json!({"event": "case", "case": case, "variables": {}, "at_ms": 100}),
            exchange(1, "a", "step", 100, 10),
            // What lies between steps is the client's.
            exchange(2, "b", "step", 200, 10),
            exchange(3, "b", "step", 610, 20),
            exchange(4, "b", "step", 1_230, 30),
            exchange(5, "a", "undo", 2_000, 1),
            exchange(6, "a", "undo", 2_501, 2),
            json!({"event": "case-ended", "case": "c", "at_ms": 3_000}),
            json!({"event": "end", "interrupted": false, "at_ms": 3_100}),
        ];
        let of = |lines: &[serde_json::Value]| {
            let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
            timing(&Transcript::parse(&text).expect("a transcript"), 4)
        };
        let timed = of(&lines);
        assert_eq!(timed.server_ms, 10 + 10 + 20 + 30 + 400 + 1 + 2);
        assert_eq!((timed.wall_ms, timed.cases_ms, timed.bound.ms), (3_100, 2_900, 473));
        assert_eq!(timed.ratio().map(|ratio| (ratio * 100.0) as u32), Some(655));
        // In vain until its time was up: the target was waited for to the last.
        let timed_out = json!({"event": "step", "case": "c", "step": "b", "at_ms": 1_270,
            "ending": {"how": "timed-out", "within_ms": 1_000}});
        lines.insert(6, timed_out);
        assert_eq!(of(&lines).server_ms, 473 + 600);
    }

    #[test]
    fn guests_are_waited_for_as_states_are() {
        let case = json!({
            "id": "c", "name": "a/b", "family": "c", "title": "T", "capability": "a",
            "steps": [{"id": "up", "probe": "tcp"}],
        });
        let look = |look: u32, at_ms: u64, took_ms: u64| {
            json!({"event": "probe", "case": "c", "step": "up", "kind": "tcp", "look": look,
                "at_ms": at_ms, "took_ms": took_ms, "with": {}, "result": {"failed": "x"}})
        };
        let lines = [
            json!({"event": "run", "version": 3, "parallax": "0", "run": "r", "started": "",
                "target": {"name": "n", "endpoint": "e", "region": "r"}}),
            json!({"event": "case", "case": case, "variables": {}, "at_ms": 50}),
            look(1, 100, 10),
            look(2, 510, 20),
            look(3, 1_130, 30),
            json!({"event": "case-ended", "case": "c", "at_ms": 3_000}),
        ];
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let timed = timing(&Transcript::parse(&text).expect("a transcript"), 4);
        assert_eq!(timed.server_ms, 10 + 400 + 20 + 30);
    }
}
