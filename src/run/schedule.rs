//! Runs many cases, several at once.

use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;

use super::engine::CaseRun;
use super::leftovers::Leftovers;
use super::options::{Assessment, Standing};
use super::part::Part;
use super::queue::{Key, Queue, beyond};
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
    /// Whether that was because a case failed.
    pub failed_fast: bool,
    /// Cases that were ended by a bug of this program.
    pub panics: usize,
}

/// Runs cases: first all those that only look at what there is, so that what they find does not
/// depend on which case is making things just then; then the others; in the end, one by one, those
/// that want to be alone. Within each part, in the order that the options say, as many at once as
/// the target's quotas have room for. What is run again is so in its own part, after all others.
pub async fn run(
    caller: &Caller<'_>,
    cases: &[Case],
    options: &RunOptions,
    stop: &Stop,
    progress: &Progress,
) -> RunReport {
    if options.assess.is_some() {
        caller.recorder().keep_cases();
    }
    progress.begin(cases, options);
    let leftovers = &Leftovers::default();
    let report = RunReport::default();
    let mut schedule = Schedule { caller, options, stop, progress, leftovers, report };
    for part in Part::ALL {
        schedule.part(part, cases).await;
    }
    let leaks = leftovers.settle(caller, &options.ledger, progress).await;
    progress.finish();
    let report = RunReport { leaks, ..schedule.report };
    caller.recorder().run_ended(report.interrupted, report.failed_fast);
    report
}

struct Schedule<'r> {
    caller: &'r Caller<'r>,
    options: &'r RunOptions,
    stop: &'r Stop,
    progress: &'r Progress,
    leftovers: &'r Leftovers,
    report: RunReport,
}

/// What there is to do.
enum Task<'r> {
    /// Run a case: the case, and which attempt it is.
    Run(&'r Case, u32),
    /// Ask how that attempt went.
    Assess(&'r Case, u32, CaseEnd, Duration),
}

/// What was done.
enum Done<'r> {
    Ran(&'r Case, u32, CaseEnd, Duration),
    Assessed(&'r Case, u32, CaseEnd, Duration, Option<Assessment>),
}

impl<'r> Schedule<'r> {
    async fn part(&mut self, part: Part, cases: &'r [Case]) {
        let options = self.options;
        let quotas = &options.target.quotas;
        let mut queue = Queue::new(part.jobs(options.jobs), &options.quotas);
        let mut tasks = FuturesUnordered::new();
        let all = Work {
            caller: self.caller,
            options,
            stop: self.stop,
            progress: self.progress,
            leftovers: self.leftovers,
        };
        let begin = |task| all.carry_out(task);
        for case in cases.iter().filter(|case| Part::of(case) == part) {
            let attempt = options.earlier.get(&case.id).map_or(0, |e| e.begun) + 1;
            if beyond(case, quotas).is_some() && !self.stopping() {
                // It holds nothing: it is only said why it is not run.
                tasks.push(begin(Task::Run(case, attempt)));
            } else {
                queue.add(case, attempt, self.key(case, 0));
            }
        }
        loop {
            while !self.stopping()
                && let Some((case, attempt)) = queue.next()
            {
                tasks.push(begin(Task::Run(case, attempt)));
            }
            match tasks.next().await {
                None => break,
                Some(Done::Ran(case, attempt, end, took)) => {
                    if !options.fail_fast && beyond(case, quotas).is_none() {
                        queue.ended(case);
                    }
                    self.report.panics += usize::from(end.panicked);
                    self.report.interrupted |= end.interrupted;
                    tasks.push(begin(Task::Assess(case, attempt, end, took)));
                }
                Some(Done::Assessed(case, attempt, end, took, assessment)) => {
                    // Nothing begins in its place before it is known whether anything is to.
                    if options.fail_fast && beyond(case, quotas).is_none() {
                        queue.ended(case);
                    }
                    let again = self.again(case, attempt, &end, assessment.as_ref());
                    self.progress.case_ended(case, &end, took, assessment.as_ref(), again);
                    if again {
                        let round = if options.fail_fast { 0 } else { attempt };
                        queue.add(case, attempt + 1, self.key(case, round));
                    }
                }
            }
        }
        self.report.interrupted |= queue.waiting().next().is_some();
    }

    /// Whether no further case is to be begun.
    fn stopping(&self) -> bool {
        self.stop.requested() || self.report.failed_fast || self.caller.recorder().has_failed()
    }

    /// Whether a case is to be run again after this attempt; if not, and it failed, that may be the
    /// end of the run.
    fn again(
        &mut self,
        case: &Case,
        attempt: u32,
        end: &CaseEnd,
        assessment: Option<&Assessment>,
    ) -> bool {
        let Some(assessment) = assessment.filter(|_| !end.interrupted && !end.skipped) else {
            return false;
        };
        let earlier = self.options.earlier.get(&case.id).copied().unwrap_or_default();
        let whole = (attempt - earlier.begun) + earlier.whole;
        if assessment.standing == Standing::Settled {
            return false;
        }
        let again = whole <= self.options.retries;
        self.report.failed_fast |=
            !again && self.options.fail_fast && assessment.standing == Standing::Failed;
        again
    }

    fn key(&self, case: &Case, round: u32) -> Key {
        (round, self.options.order.key(&case.id, self.options.times.estimate_ms(case)))
    }
}

/// What every task needs.
#[derive(Clone, Copy)]
struct Work<'r> {
    caller: &'r Caller<'r>,
    options: &'r RunOptions,
    stop: &'r Stop,
    progress: &'r Progress,
    leftovers: &'r Leftovers,
}

impl<'r> Work<'r> {
    async fn carry_out(self, task: Task<'r>) -> Done<'r> {
        let Work { caller, options, stop, progress, leftovers } = self;
        let recorder = caller.recorder();
        match task {
            Task::Run(case, attempt) => {
                progress.case_began(case);
                let began = Instant::now();
                let running = CaseRun::new(caller, stop, case, attempt, &options.ledger, leftovers);
                let end = running.run(options).await;
                recorder.case_ended(&case.id);
                Done::Ran(case, attempt, end, began.elapsed())
            }
            Task::Assess(case, attempt, end, took) => {
                let assessment = match (&options.assess, recorder.case_so_far(&case.id)) {
                    (Some(assess), Some(so_far)) => assess.ask(so_far).await,
                    _ => None,
                };
                Done::Assessed(case, attempt, end, took, assessment)
            }
        }
    }
}
