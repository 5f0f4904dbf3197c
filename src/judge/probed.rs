//! From the looks of a probe to what came of its step.

use std::sync::Arc;

use super::StateSeen;
use super::observe::Observed;
use crate::case::{Answered, Goal, PollEnd, SoFar};
use crate::transcript::{Ending, ProbeResult, Probed};

/// Looks at what a probe found as the run did, and keeps the outcomes seen. Without a goal it looked
/// once, and whatever it found is what came of it.
pub(super) fn probed(
    goal: Option<&Goal>,
    looks: &[&Probed],
    ending: Option<&Ending>,
    states: &mut Vec<StateSeen>,
) -> Observed {
    if let Some(Ending::Interrupted { why }) = ending {
        let why = why.as_ref().map_or("interrupted", |why| why.as_str());
        return Observed::NoAnswer(why.to_owned());
    }
    let began = looks.first().map_or(0, |look| look.at_ms);
    let mut observed = Observed::NotRun;
    for look in looks {
        let found = match &look.result {
            ProbeResult::Found(found) => found.as_value(),
            ProbeResult::Failed(why) => {
                observed = Observed::NoAnswer(why.as_str().to_owned());
                continue;
            }
        };
        let Some(goal) = goal else {
            observed = Observed::Success(Arc::new(found.clone()));
            continue;
        };
        let seen = goal.look(Answered::Output(found), SoFar::default());
        if states.last().is_none_or(|last| last.value != seen.seen) {
            let after_ms = look.at_ms.saturating_sub(began);
            states.push(StateSeen { value: seen.seen.clone(), after_ms });
        }
        observed = match seen.ends {
            Some(PollEnd::Reached) => Observed::Success(Arc::new(found.clone())),
            Some(PollEnd::Missed) | None => Observed::NotReached { seen: seen.seen },
        };
    }
    observed
}
