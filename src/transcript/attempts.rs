//! Which events belong to which attempt at which case.

use std::collections::{BTreeSet, HashMap};

use super::{CaseStarted, Ending, Event, Exchange, Purpose, Transcript};
use crate::case::Case;

/// The first version of the format that has an event at the end of each attempt.
const VERSION_WITH_ENDS: u32 = 2;

/// One attempt at a case: its beginning, and what happened in it.
#[derive(Debug, Clone)]
pub struct Attempt<'t> {
    /// Its beginning.
    pub started: &'t CaseStarted,
    /// What happened, in order.
    pub events: Vec<&'t Event>,
    /// Whether it came to its end, undos and all. If not, the run was killed, or the transcript cut
    /// off, in the middle of it.
    pub ended: bool,
    /// Milliseconds from the run's beginning to the last that is known of it.
    pub last_ms: u64,
}

impl<'t> Attempt<'t> {
    fn new(started: &'t CaseStarted) -> Self {
        Attempt { started, events: Vec::new(), ended: false, last_ms: started.at_ms }
    }

    /// The case as it ran.
    pub fn case(&self) -> &'t Case {
        &self.started.case
    }

    /// The exchanges of a purpose.
    pub fn exchanges(&self, purpose: Purpose) -> impl Iterator<Item = &'t Exchange> {
        self.events.iter().filter_map(move |event| match event {
            Event::Exchange(exchange) if exchange.purpose == purpose => Some(exchange),
            _ => None,
        })
    }

    /// Whether the case had its turn: it came to its end, and nobody stopped it before. One that had
    /// not has to be run again before anything can be said.
    pub fn is_whole(&self) -> bool {
        let stopped = |event: &&Event| matches!(event, Event::Step(step) if matches!(step.ending, Ending::Interrupted { .. }));
        self.ended && !self.events.iter().any(stopped)
    }

    /// Whether each step was begun, or it is said why it was not; and the last of them was not still
    /// looking.
    fn is_covered(&self) -> bool {
        let known: BTreeSet<&str> = self
            .events
            .iter()
            .filter_map(|event| match event {
                Event::Exchange(exchange) if exchange.purpose == Purpose::Step => {
                    exchange.step.as_deref()
                }
                Event::Probe(probed) => Some(probed.step.as_str()),
                Event::Step(ended) => Some(ended.step.as_str()),
                _ => None,
            })
            .collect();
        let looking = matches!(self.events.last(), Some(Event::Exchange(last))
        if self.case().steps.last().is_some_and(|step| {
            step.poll.is_some() && last.step.as_deref() == Some(&step.id)
                && last.purpose == Purpose::Step
        }));
        self.case().steps.iter().all(|step| known.contains(step.id.as_str())) && !looking
    }

    fn add(&mut self, event: &'t Event) {
        self.ended |= matches!(event, Event::CaseEnded(_));
        self.last_ms = self.last_ms.max(event.written_ms());
        self.events.push(event);
    }
}

impl Transcript {
    /// All attempts at all cases, in the order in which they were begun.
    pub fn attempts(&self) -> Vec<Attempt<'_>> {
        let mut attempts: Vec<Attempt<'_>> = Vec::new();
        // The attempt that is running, of each case.
        let mut running: HashMap<&str, usize> = HashMap::new();
        for event in &self.events {
            if let Event::Case(started) = event {
                running.insert(&started.case.id, attempts.len());
                attempts.push(Attempt::new(started));
            } else if let Some(&at) = event.case().and_then(|case| running.get(case)) {
                attempts[at].add(event);
            }
        }
        if self.run.version < VERSION_WITH_ENDS {
            for attempt in &mut attempts {
                attempt.ended = self.end.is_some() || attempt.is_covered();
            }
        }
        attempts
    }
}

impl Event {
    /// The id of the case that it belongs to.
    pub(crate) fn case(&self) -> Option<&str> {
        match self {
            Event::Case(started) => Some(&started.case.id),
            Event::Exchange(exchange) => exchange.case.as_deref(),
            Event::Probe(probed) => Some(&probed.case),
            Event::Step(ended) => Some(&ended.case),
            Event::Undo(ended) => Some(&ended.case),
            Event::CaseEnded(ended) => Some(&ended.case),
            Event::Run(_) | Event::Plan(_) | Event::Resumed(_) | Event::End(_) => None,
        }
    }

    /// When it was written, in milliseconds since the run began: an exchange with its answer.
    pub(super) fn written_ms(&self) -> u64 {
        match self {
            Event::Run(_) | Event::Plan(_) => 0,
            Event::Resumed(resumed) => resumed.at_ms,
            Event::Case(started) => started.at_ms,
            Event::Exchange(exchange) => exchange.at_ms.saturating_add(exchange.took_ms),
            Event::Probe(probed) => probed.at_ms.saturating_add(probed.took_ms),
            Event::Step(ended) => ended.at_ms,
            Event::Undo(ended) => ended.at_ms,
            Event::CaseEnded(ended) => ended.at_ms,
            Event::End(ended) => ended.at_ms,
        }
    }
}
