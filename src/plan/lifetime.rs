//! How long a thing that a case makes lives at most.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::case::{Case, Step};
use crate::probe::longest_look;
use crate::run::undone;

/// The longest time from the call that makes a thing until it is removed, if one call takes at most
/// `call`; `None` if nothing removes it.
///
/// The worst is that the case's own removal fails: all other steps run to their last look, and then
/// every undo of the case takes its full time, in each of its rounds.
pub(super) fn longest(case: &Case, maker: usize, call: Duration) -> Option<Duration> {
    let step = case.steps.get(maker)?;
    step.undo.as_ref()?;
    let later = &case.steps[maker..];
    let blocked = blocked_without(case, step, later);
    let steps = later.iter().filter(|s| !blocked.contains(s.id.as_str())).map(|s| lasts(s, call));
    let undos = case.steps.iter().filter_map(|s| s.undo.as_ref());
    let undos = undos.map(|undo| undone(undo.waiter.is_some(), call).lasts);
    Some(steps.chain(undos).sum())
}

fn lasts(step: &Step, call: Duration) -> Duration {
    // A poll's last look may begin just before its time is up.
    let look = step.probe.map_or(call, |kind| longest_look(kind, &step.with).max(call));
    step.poll.as_ref().map_or(Duration::ZERO, |poll| Duration::from_millis(poll.within_ms)) + look
}

/// Steps that do not run if the case's own removal of what `maker` made fails.
fn blocked_without<'c>(case: &'c Case, maker: &Step, later: &'c [Step]) -> BTreeSet<&'c str> {
    let removes = |s: &&Step| s.completes.as_deref() == Some(maker.id.as_str());
    let mut removers = case.steps.iter().filter(removes);
    // With two of them one may succeed where the other fails: then nothing is left out.
    let (Some(remover), None) = (removers.next(), removers.next()) else { return BTreeSet::new() };
    let mut failed = BTreeSet::from([remover.id.as_str()]);
    let mut blocked = BTreeSet::new();
    for step in later.iter().skip_while(|s| s.id != remover.id).skip(1) {
        if remover.setup || step.needs.iter().any(|n| failed.contains(n.as_str())) {
            failed.insert(&step.id);
            blocked.insert(step.id.as_str());
        }
    }
    blocked
}
