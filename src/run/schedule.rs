//! Runs many cases, several at once.

use std::time::Instant;

use futures_util::{StreamExt as _, stream};

use super::engine::{CaseRun, weight};
use super::leftovers::Leftovers;
use super::{CaseEnd, Progress, RunOptions, Stop};
use crate::case::Case;
use crate::target::Caller;

/// What a run came to, as far as the one who waits for it has to know at once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunReport {
    /// Things that may have been left behind.
    pub leaks: usize,
    /// Whether the run was asked to stop before all cases had run.
    pub interrupted: bool,
    /// Cases that were ended by a bug of this program.
    pub panics: usize,
}

/// Runs cases: first all those that only look at what there is, so that what they find does not
/// depend on which case is making things just then; then the others; in the end, one by one, those
/// that want to be alone. Within each part, in the order that the options say.
pub async fn run(
    caller: &Caller<'_>,
    cases: &[Case],
    options: &RunOptions,
    stop: &Stop,
    progress: &Progress,
) -> RunReport {
    let mut order: Vec<&Case> = cases.iter().collect();
    order.sort_by_key(|case| options.order.key(&case.id, weight(case)));
    progress.begin(order.len());
    let (alone, together): (Vec<&Case>, Vec<&Case>) =
        order.into_iter().partition(|case| case.alone);
    let (readers, makers): (Vec<&Case>, Vec<&Case>) =
        together.into_iter().partition(|case| case.only_reads());
    let jobs = options.jobs.max(1);
    let leftovers = &Leftovers::default();
    let mut ends = Vec::new();
    for (part, jobs) in [(readers, jobs), (makers, jobs), (alone, 1)] {
        let running = stream::iter(part).map(|case| async move {
            if stop.requested() {
                return CaseEnd { interrupted: true, ..CaseEnd::default() };
            }
            progress.case_began(&case.name);
            let began = Instant::now();
            let end =
                CaseRun::new(caller, stop, case, &options.ledger, leftovers).run(options).await;
            progress.case_ended(&case.name, &end, began.elapsed());
            end
        });
        ends.extend(running.buffer_unordered(jobs).collect::<Vec<_>>().await);
    }
    let leaks = leftovers.settle(caller, &options.ledger, progress).await;
    progress.finish();
    let report = RunReport {
        leaks,
        interrupted: ends.iter().any(|end| end.interrupted),
        panics: ends.iter().filter(|end| end.panicked).count(),
    };
    caller.recorder().run_ended(report.interrupted);
    report
}
