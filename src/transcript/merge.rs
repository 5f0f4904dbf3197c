//! Puts the parts of one run together that were run apart.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::{Event, Planned, RunEnded, RunStarted, TargetFacts, Transcript};

/// A part of a run: what was run with `--shard`.
#[derive(Debug, Clone)]
pub struct Part {
    /// What a person calls it: its folder.
    pub name: String,
    /// What happened.
    pub transcript: Transcript,
}

/// Why parts cannot be put together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// There is nothing to put together.
    #[error("there is no part to put together")]
    Nothing,
    /// A run is no part of one.
    #[error(
        "{0} is no part of a run: parts are made with `parallax run --shard 1/4 …`, `--shard 2/4 …` and so on"
    )]
    NoPart(String),
    /// Two parts are not of the same run.
    #[error("{one} and {other} are not parts of the same run: {what}")]
    Different {
        /// One of them.
        one: String,
        /// The other.
        other: String,
        /// What is different, with both values.
        what: String,
    },
    /// A part is there twice.
    #[error("{one} and {other} are both part {part}; leave one of them out")]
    Twice {
        /// One of them.
        one: String,
        /// The other.
        other: String,
        /// Which part.
        part: String,
    },
    /// Two parts have a case in common.
    #[error(
        "{one} and {other} both hold the case {case}: one of them was changed since it was run"
    )]
    Overlap {
        /// One of them.
        one: String,
        /// The other.
        other: String,
        /// The case's name.
        case: String,
    },
    /// A part's beginning is no time.
    #[error("{name} began at `{started}`, which is no time")]
    Started {
        /// The part.
        name: String,
        /// When it began, as it says.
        started: String,
    },
    /// Parts are missing.
    #[error("missing: part {}; with --partial the others are put together all the same", .0.join(", "))]
    Missing(Vec<String>),
    /// A part did not come to its end.
    #[error(
        "{name} is not complete: {left} left to run. `parallax run --resume {name}` goes on with it; \
         with --partial what there is is put together all the same"
    )]
    Unfinished {
        /// The part.
        name: String,
        /// How many cases had no turn.
        left: String,
    },
}

/// Puts parts together, in whatever order they are given: the cases, numbers and times of the result
/// are as if they had been one run. `partial`: although parts are missing, or not complete.
///
/// # Errors
/// They are not all parts of one run, or not all there.
pub fn merge(mut parts: Vec<Part>, partial: bool) -> Result<Transcript, MergeError> {
    let plans = plans(&parts)?;
    let first = plans.first().ok_or(MergeError::Nothing)?.clone();
    same_run(&parts, &plans)?;
    let present: BTreeSet<u32> = plans.iter().filter_map(|plan| Some(plan.shard?.part())).collect();
    let of = first.shard.map_or(0, super::Shard::of);
    let missing: Vec<String> =
        (1..=of).filter(|n| !present.contains(n)).map(|n| format!("{n}/{of}")).collect();
    if !partial {
        if !missing.is_empty() {
            return Err(MergeError::Missing(missing));
        }
        for (part, plan) in parts.iter().zip(&plans) {
            unfinished(part, plan)?;
        }
    }
    let starts = starts(&parts)?;
    let earliest = starts.iter().min().copied().unwrap_or_default();
    for (part, start) in parts.iter_mut().zip(&starts) {
        let later = start.duration_since(earliest).as_millis();
        shift(&mut part.transcript, u64::try_from(later).unwrap_or(0));
    }
    let transcripts = || parts.iter().map(|part| &part.transcript);
    let ends = || transcripts().map(|transcript| transcript.end.as_ref());
    let end = RunEnded {
        interrupted: !missing.is_empty() || ends().any(|end| end.is_none_or(|e| e.interrupted)),
        failed_fast: ends().flatten().any(|end| end.failed_fast),
        at_ms: transcripts().map(Transcript::last_ms).max().unwrap_or(0),
    };
    let started = RunStarted {
        run: joined_id(transcripts().map(|transcript| transcript.run.run.as_str())),
        started: format!("{earliest:.0}"),
        target: joined_target(transcripts().map(|transcript| &transcript.run.target)),
        ..parts[0].transcript.run.clone()
    };
    let plan = joined_plan(&first, &plans, transcripts().map(|t| t.run.run.clone()).collect());
    let mut events = vec![Event::Plan(plan)];
    events.extend(joined_events(parts));
    Ok(Transcript { run: started, events, end: Some(end), cut_off: 0 })
}

fn plans(parts: &[Part]) -> Result<Vec<Planned>, MergeError> {
    let plan = |part: &Part| {
        let plan = part.transcript.plan().filter(|plan| plan.shard.is_some());
        plan.cloned().ok_or_else(|| MergeError::NoPart(part.name.clone()))
    };
    parts.iter().map(plan).collect()
}

/// Looks whether all are parts of the same run, and none is there twice.
fn same_run(parts: &[Part], plans: &[Planned]) -> Result<(), MergeError> {
    let mut shards: BTreeMap<_, &str> = BTreeMap::new();
    let mut cases: BTreeMap<&str, &str> = BTreeMap::new();
    let Some((head, plan)) = parts.first().zip(plans.first()) else { return Ok(()) };
    for (part, own) in parts.iter().zip(plans) {
        if let Some(what) = difference(head, plan, part, own) {
            let (one, other) = (head.name.clone(), part.name.clone());
            return Err(MergeError::Different { one, other, what });
        }
        if let Some(shard) = own.shard
            && let Some(one) = shards.insert(shard, &part.name)
        {
            let (one, other) = (one.to_owned(), part.name.clone());
            return Err(MergeError::Twice { one, other, part: shard.to_string() });
        }
        let begun = part.transcript.cases().map(|case| (case.id.as_str(), case.name.as_str()));
        let planned = own.cases.iter().map(|case| (case.id.as_str(), case.name.as_str()));
        for (id, name) in begun.chain(planned) {
            match cases.insert(id, &part.name) {
                Some(one) if one != part.name => {
                    let (one, other) = (one.to_owned(), part.name.clone());
                    return Err(MergeError::Overlap { one, other, case: name.to_owned() });
                }
                _ => {}
            }
        }
    }
    Ok(())
}

/// In what two runs differ that parts of one have in common.
fn difference(
    one: &Part,
    one_plan: &Planned,
    other: &Part,
    other_plan: &Planned,
) -> Option<String> {
    let (a, b) = (&one.transcript.run, &other.transcript.run);
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
    let parts = |plan: &Planned| plan.shard.map_or(0, super::Shard::of).to_string();
    let compared = [
        ("the target's name", a.target.name.clone(), b.target.name.clone()),
        ("the target's endpoint", a.target.endpoint.clone(), b.target.endpoint.clone()),
        ("the region", a.target.region.clone(), b.target.region.clone()),
        ("the instance type", text(&a.target.instance_type), text(&b.target.instance_type)),
        ("the version of parallax", a.parallax.clone(), b.parallax.clone()),
        ("the number of parts", parts(one_plan), parts(other_plan)),
        ("the number of chosen cases", one_plan.chosen.to_string(), other_plan.chosen.to_string()),
    ];
    let found = compared.into_iter().find(|(_, a, b)| a != b);
    let suite = || {
        (one_plan.suite != other_plan.suite).then(|| {
            "they were made from different suites, or of different cases: the words of at least one \
             case are not the same"
                .to_owned()
        })
    };
    found.map(|(what, a, b)| format!("{what} is {a} in one, {b} in the other")).or_else(suite)
}

fn unfinished(part: &Part, plan: &Planned) -> Result<(), MergeError> {
    let whole: BTreeSet<&str> = part
        .transcript
        .attempts()
        .iter()
        .filter(|attempt| attempt.is_whole())
        .map(|attempt| attempt.case().id.as_str())
        .collect();
    let left = plan.cases.iter().filter(|case| !whole.contains(case.id.as_str())).count();
    let ended = part.transcript.end.as_ref().is_some_and(|end| !end.interrupted);
    if ended && left == 0 {
        return Ok(());
    }
    let left = if left == 1 { "1 case is".to_owned() } else { format!("{left} cases are") };
    Err(MergeError::Unfinished { name: part.name.clone(), left })
}

fn starts(parts: &[Part]) -> Result<Vec<Timestamp>, MergeError> {
    let start = |part: &Part| {
        let started = &part.transcript.run.started;
        started
            .parse::<Timestamp>()
            .map_err(|_| MergeError::Started { name: part.name.clone(), started: started.clone() })
    };
    parts.iter().map(start).collect()
}

/// Moves all times of a transcript.
fn shift(transcript: &mut Transcript, by_ms: u64) {
    for event in &mut transcript.events {
        let at_ms = match event {
            Event::Case(started) => &mut started.at_ms,
            Event::Exchange(exchange) => &mut exchange.at_ms,
            Event::Probe(probed) => &mut probed.at_ms,
            Event::Step(ended) => &mut ended.at_ms,
            Event::Undo(ended) => &mut ended.at_ms,
            Event::CaseEnded(ended) => &mut ended.at_ms,
            Event::Resumed(resumed) => &mut resumed.at_ms,
            Event::Run(_) | Event::Plan(_) | Event::End(_) => continue,
        };
        *at_ms = at_ms.saturating_add(by_ms);
    }
    if let Some(end) = &mut transcript.end {
        end.at_ms = end.at_ms.saturating_add(by_ms);
    }
}

/// Eight hexadecimal digits that the same parts give in whatever order.
fn joined_id<'r>(runs: impl Iterator<Item = &'r str>) -> String {
    let mut runs: Vec<&str> = runs.collect();
    runs.sort_unstable();
    let digest = Sha256::digest(runs.join(" "));
    digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

/// What all parts say of their target. Each may have had an account of its own: quotas add up.
fn joined_target<'r>(targets: impl Iterator<Item = &'r TargetFacts>) -> TargetFacts {
    let targets: Vec<&TargetFacts> = targets.collect();
    let mut joined = targets.first().map(|first| (*first).clone()).unwrap_or_default();
    if targets.iter().any(|target| target.image != joined.image) {
        joined.image = None;
    }
    if targets.iter().any(|target| target.zone != joined.zone) {
        joined.zone = None;
    }
    let kinds = std::mem::take(&mut joined.quotas).into_keys();
    joined.quotas = kinds
        .filter_map(|kind| {
            let counts = targets.iter().map(|target| target.quotas.get(&kind).copied());
            let sum = counts.into_iter().sum::<Option<u32>>()?;
            Some((kind, sum))
        })
        .collect();
    joined
}

fn joined_plan(first: &Planned, plans: &[Planned], runs: Vec<String>) -> Planned {
    let mut cases: Vec<_> = plans.iter().flat_map(|plan| plan.cases.clone()).collect();
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    let mut parts: Vec<(_, String)> = plans.iter().map(|plan| plan.shard).zip(runs).collect();
    parts.sort();
    Planned {
        cases,
        shard: None,
        jobs: plans.iter().map(|plan| plan.jobs).sum(),
        retries: plans.iter().map(|plan| plan.retries).max().unwrap_or(0),
        fail_fast: plans.iter().any(|plan| plan.fail_fast),
        parts: parts.into_iter().map(|(_, run)| run).collect(),
        ..first.clone()
    }
}

/// The events of all parts in the order in which they were written, exchanges numbered anew.
fn joined_events(mut parts: Vec<Part>) -> Vec<Event> {
    parts.sort_by_key(|part| part.transcript.plan().and_then(|plan| plan.shard));
    let mut timed: Vec<(u64, Event)> = Vec::new();
    for part in parts {
        let mut written = 0;
        for event in part.transcript.events {
            if let Event::Plan(_) = event {
                continue;
            }
            // Never before what stands before it in its own part.
            written = event.written_ms().max(written);
            timed.push((written, event));
        }
    }
    timed.sort_by_key(|(at_ms, _)| *at_ms);
    let mut seq = 0;
    let number = |(_, mut event): (u64, Event)| {
        if let Event::Exchange(exchange) = &mut event {
            seq += 1;
            exchange.seq = seq;
        }
        event
    };
    timed.into_iter().map(number).collect()
}
