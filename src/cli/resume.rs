//! `parallax run --resume`: goes on with a run that was interrupted or killed.

use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use super::args::{QuotaArgs, no_target, plural};
use super::exit::{Done, Failed};
use super::files::{RunFolder, no_run};
use super::judging::Judging;
use super::out::note;
use super::run::{RunArgs, conclude, planned, run_on, runtime, standing};
use super::signals::{ToSweep, watch_signals};
use super::sweep::{begin_ledger, command};
use crate::case::{Case, Suite};
use crate::judge::{Knowledge, judge};
use crate::run::{
    Earlier, Ledger, Mark, RunOptions, RunReport, Standing, Stop, Sweep, SweepOptions, Times,
};
use crate::target::{Caller, Connection, Target, connect};
use crate::transcript::{Continuation, ContinueError, Planned, TargetFacts, Transcript};

/// Names that are listed of cases that were changed.
const MOST: usize = 5;

pub(super) fn run(args: &RunArgs, folder: &Path) -> Done {
    let folder = RunFolder::new(folder);
    let path = folder.transcript();
    let (so_far, continuation) = Continuation::open(&path).map_err(|error| match error {
        ContinueError::Io(error) => no_run(&path, error),
        other => Failed::file(&path, other),
    })?;
    folder.say_if_cut_off(&so_far);
    let mut plan = so_far.plan().cloned().ok_or_else(|| no_plan(&path))?;
    if !plan.parts.is_empty() {
        return Err(Failed::file(&path, "it was put together from parts: go on with those"));
    }
    if let Some(jobs) = args.jobs {
        plan.jobs = jobs.into();
    }
    let suite = args.suite.suite()?;
    unchanged(&so_far, &suite)?;
    let judging = Judging::new(&args.suite, &args.guideline, &args.gate, args.verbose)?;
    let knowledge = &judging.knowledge;
    let earlier = earlier(&so_far);
    let left = left(&so_far, &plan, &suite, &earlier, knowledge)?;
    let ended = so_far.end.as_ref().is_some_and(|end| !end.interrupted);
    if left.is_empty() && ended {
        note!("the run came to its end: there is nothing to go on with");
        drop(continuation);
        return judging.finish(&folder);
    }
    let times = args.times(&left)?;
    let session = Session { args, so_far, plan, left, earlier, times };
    let connection = session.connection()?;
    let report =
        runtime()?.block_on(session.go_on(connection, continuation, &folder, knowledge))?;
    conclude(&judging, &folder, &report)
}

fn no_plan(path: &Path) -> Failed {
    Failed::file(
        path,
        "it does not say which cases were to run: the run was stopped before it began, or made by an \
         older parallax. What is left of it can be run by itself: `parallax judge DIR`, and then \
         `parallax run --rerun-failed DIR --endpoint …`",
    )
}

struct Session<'a> {
    args: &'a RunArgs,
    so_far: Transcript,
    plan: Planned,
    left: Vec<Case>,
    earlier: BTreeMap<String, Earlier>,
    times: Times,
}

impl Session<'_> {
    async fn go_on(
        self,
        connection: Connection,
        continuation: Continuation,
        folder: &RunFolder,
        knowledge: &Arc<Knowledge>,
    ) -> Result<RunReport, Failed> {
        let run = &self.so_far.run;
        let started = format!("{:.0}", jiff::Timestamp::now());
        let mut target = connect(&connection).await.map_err(no_target)?;
        // What cases are given must not change within a run; what there is room for may have.
        let quotas = std::mem::take(&mut target.facts.quotas);
        target.facts = TargetFacts { quotas, ..run.target.clone() };
        let (before, now) = (run.target.reach.unwrap_or_default(), target.prober.reach());
        if before != now && self.left.iter().any(Case::reaches_guests) {
            let (before, now) = (before.as_str(), now.as_str());
            return Err(Failed::usage(format!(
                "the run was begun with --reach {before}, and now it is {now}: what cases are given \
                 must not change within a run; say --reach {before} again"
            )));
        }
        self.args.quota.apply(&mut target.facts, &self.left);
        let ledger = self.ledger(&folder.ledger(), &started, &target, &connection)?;
        let options = RunOptions {
            run: run.run.clone(),
            quotas: QuotaArgs::room(&target.facts),
            target: target.facts.clone(),
            prober: target.prober.clone(),
            times: self.times,
            earlier: self.earlier,
            ledger,
            ..planned(&self.plan, knowledge)
        };
        let (endpoint, recorder) = target.into_resuming(&self.so_far, &started);
        recorder.go_on(continuation).map_err(|e| Failed::file(&folder.transcript(), e))?;
        note!(
            "going on with {} of {} on {} ({})",
            plural(self.left.len(), "case"),
            self.plan.cases.len(),
            options.target.name,
            options.target.endpoint
        );
        let stop = Stop::default();
        let to_sweep = ToSweep::default();
        to_sweep.set(folder.root().to_owned());
        watch_signals(stop.clone(), to_sweep.clone());
        let caller = Caller::new(&endpoint, &recorder);
        clear(&caller, &options, &stop, folder).await?;
        run_on(&caller, &self.left, &options, folder, &stop, &to_sweep).await
    }

    /// The run's ledger. One that a run without it goes on with begins here.
    fn ledger(
        &self,
        path: &Path,
        started: &str,
        target: &Target,
        connection: &Connection,
    ) -> Result<Ledger, Failed> {
        let again = Ledger::reopen(path, target.redactor());
        again.or_else(|error| match error.kind() {
            ErrorKind::NotFound => {
                begin_ledger(path, &self.so_far.run.run, started, target, connection)
            }
            ErrorKind::WouldBlock => Err(Failed::file(path, "the run is not over")),
            _ => Err(Failed::file(path, error)),
        })
    }

    /// The target is the run's, whatever is said; what is said and is another is a mistake.
    fn connection(&self) -> Result<Connection, Failed> {
        let facts = &self.so_far.run.target;
        let given = &self.args.target;
        let aws = given.endpoint.as_deref() == Some("aws");
        let compared = [
            ("--endpoint", given.endpoint.clone().filter(|_| !aws), Some(&facts.endpoint)),
            ("--region", given.region.clone(), Some(&facts.region)),
            ("--name", given.name.clone(), Some(&facts.name)),
            ("--image", given.image.clone(), facts.image.as_ref()),
            ("--instance-type", given.instance_type.clone(), facts.instance_type.as_ref()),
            ("--zone", given.zone.clone(), facts.zone.as_ref()),
        ];
        for (flag, given, had) in compared {
            let same = match (&given, had) {
                (None, _) => true,
                (Some(given), Some(had)) => {
                    given.trim_end_matches('/') == had.trim_end_matches('/')
                }
                (Some(_), None) => false,
            };
            if !same {
                let had = had.map_or("none", String::as_str);
                return Err(Failed::usage(format!(
                    "{flag} is not what the run began with, which is {had}; it goes on with that: \
                     leave {flag} out (or its variable), or begin another run"
                )));
            }
        }
        let mut args = given.clone();
        args.target = Some(facts.endpoint.clone());
        (args.endpoint, args.region) = (None, Some(facts.region.clone()));
        let chosen = args.choose()?.ok_or_else(|| Failed::usage("which endpoint?"))?;
        Ok(Connection {
            name: Some(facts.name.clone()),
            image: facts.image.clone(),
            instance_type: facts.instance_type.clone(),
            zone: facts.zone.clone(),
            vpc: facts.vpc,
            ..Connection::from(&chosen)
        })
    }
}

/// Removes what the interrupted run left, so that it is in nobody's way.
async fn clear(
    caller: &Caller<'_>,
    options: &RunOptions,
    stop: &Stop,
    folder: &RunFolder,
) -> Result<(), Failed> {
    let silent = caller.recorder().silent();
    let caller = caller.with(&silent);
    let mark = Mark::Run(options.run.clone());
    let mut sweep = Sweep::new(&caller, Some(&options.ledger), mark, SweepOptions::default());
    let looked = sweep.look().await.map_err(Failed::usage)?;
    if looked.removed.is_empty() && !looked.waits {
        return Ok(());
    }
    note!("removing what the interrupted run left ({})", plural(looked.removed.len(), "thing"));
    let swept = sweep.remove(stop).await;
    if !swept.is_clean() {
        note!(
            "not all of it is gone; when this run is over, {} tells more",
            command(folder.root())
        );
    }
    Ok(())
}

/// What was run is judged beside what is still to be run: it has to be the same suite.
fn unchanged(so_far: &Transcript, suite: &Suite) -> Result<(), Failed> {
    let now: BTreeMap<&str, &Case> =
        suite.cases.iter().map(|case| (case.id.as_str(), case)).collect();
    let changed: BTreeSet<String> = so_far
        .cases()
        .filter_map(|case| match now.get(case.id.as_str()) {
            None => Some(format!("{} is not there any more", case.name)),
            Some(same) if *same == case => None,
            Some(_) => Some(format!("{} was changed", case.name)),
        })
        .collect();
    if changed.is_empty() {
        return Ok(());
    }
    let count = changed.len();
    let mut shown: Vec<String> = changed.into_iter().take(MOST).collect();
    if count > MOST {
        shown.push(format!("and {} more", count - MOST));
    }
    Err(Failed::usage(format!(
        "the suite is not the one that the run began with: {}. Go on with the same suite (and the same \
         version of parallax), or begin another run",
        shown.join(", ")
    )))
}

/// How often each case was begun, and how often it came to its end.
fn earlier(so_far: &Transcript) -> BTreeMap<String, Earlier> {
    let mut earlier: BTreeMap<String, Earlier> = BTreeMap::new();
    for attempt in so_far.attempts() {
        let of_case = earlier.entry(attempt.case().id.clone()).or_default();
        of_case.begun = of_case.begun.max(attempt.started.attempt);
        of_case.whole += u32::from(attempt.is_whole());
    }
    earlier
}

/// The cases that had no turn, those that were interrupted in the middle, and those that are due to be
/// run again.
fn left(
    so_far: &Transcript,
    plan: &Planned,
    suite: &Suite,
    earlier: &BTreeMap<String, Earlier>,
    knowledge: &Knowledge,
) -> Result<Vec<Case>, Failed> {
    let again: BTreeSet<String> = if plan.retries == 0 {
        BTreeSet::new()
    } else {
        let judged = judge(so_far, knowledge).cases.into_iter();
        let unsettled = judged.filter(|case| standing(case.verdict) != Standing::Settled);
        unsettled
            .filter(|case| case.verdict != crate::judge::Verdict::Flaky)
            .map(|c| c.id)
            .collect()
    };
    let is_left = |id: &str| {
        let whole = earlier.get(id).map_or(0, |earlier| earlier.whole);
        whole == 0 || (again.contains(id) && whole <= plan.retries)
    };
    let mut left = Vec::new();
    for planned in plan.cases.iter().filter(|case| is_left(&case.id)) {
        let case = suite.cases.iter().find(|case| case.id == planned.id).ok_or_else(|| {
            Failed::usage(format!(
                "{} was to run, and the suite does not have it any more; go on with the same suite",
                planned.name
            ))
        })?;
        left.push(case.clone());
    }
    Ok(left)
}
