//! Which actions a case calls, and how often at most.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::case::Case;
use crate::model::Model;
use crate::run::{looks, undone};

/// Every action that a case can call, undos and their waiters too, with the most calls of each.
pub(super) fn most_calls(case: &Case) -> BTreeMap<&str, u64> {
    let mut calls = BTreeMap::new();
    let mut add = |action, count| *calls.entry(action).or_insert(0) += count;
    for step in case.steps.iter().filter(|step| step.calls()) {
        let poll = step.poll.as_ref();
        add(step.action.as_str(), poll.map_or(1, |p| looks(Duration::from_millis(p.within_ms))));
        if let Some(undo) = &step.undo {
            let most = undone(undo.waiter.is_some(), Duration::ZERO);
            add(undo.action.as_str(), most.removals);
            if let Some(waiter) = undo.waiter.as_deref().and_then(|name| Model::ec2().waiter(name))
            {
                add(waiter.operation.as_str(), most.looks);
            }
        }
    }
    calls
}
