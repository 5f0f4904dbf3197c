//! `parallax run`.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::args::{QuotaArgs, SelectArgs, SuiteArgs, TargetArgs, no_target, plural, say_found};
use super::exit::{Done, Exit, Failed};
use super::files::RunFolder;
use super::gating::GateArgs;
use super::guideline::GuidelineArg;
use super::judging::Judging;
use super::out::{note, print, say};
use super::resume;
use super::signals::{ToSweep, watch_signals};
use super::sweep::{begin_ledger, command};
use super::times::{bundled_times, times_in};
use crate::assets::Assets;
use crate::case::{Case, Suite};
use crate::guideline::Waived;
use crate::judge::{Knowledge, Verdict, judge};
use crate::report;
use crate::run::{
    Assess, Assessment, Order, Progress, RunOptions, RunReport, Standing, Stop, Times, look_around,
    run as run_cases, shard,
};
use crate::target::{Caller, Connection, connect};
use crate::transcript::{Planned, PlannedCase, Shard, Transcript, digest};

/// The recording that is shown if no target is named.
pub(super) const BUNDLED: &str = "openstack-2023.2";

/// Cases that run at the same time if nobody says how many.
const JOBS: u16 = 4;

/// What `run --help` says at its end.
const HELP: &str = "\
Cases that only look run first, then those that make something, then, one by one, those that want to
be alone. As many run at once as --jobs says and the target's quotas have room for, the longest first.

A run that was interrupted or killed goes on with what is left:

    parallax run --resume DIR

One run on several machines, each part with an account (or project) of its own, and put together:

    parallax run --shard 1/3 --out part-1 --endpoint …        # and 2/3, 3/3
    parallax merge part-1 part-2 part-3 --out all

What did not pass last time, and what passes only sometimes:

    parallax run --rerun-failed DIR --endpoint …
    parallax run --retries 2 --endpoint …                     # `flaky`: passed, but not each time";

/// Arguments of `run`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(super) struct RunArgs {
    #[command(flatten)]
    select: SelectArgs,
    #[command(flatten)]
    pub(super) suite: SuiteArgs,
    #[command(flatten)]
    pub(super) target: TargetArgs,
    #[command(flatten)]
    pub(super) quota: QuotaArgs,
    /// Cases that run at the same time, if the target's quotas have room for them [default: 4]
    #[arg(long, short, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) jobs: Option<u16>,
    /// Run only this part of the chosen cases, for instance 1/4: the same suite and the same choice
    /// always give the same parts, and each takes about as long as the others
    #[arg(long, value_name = "PART/PARTS")]
    shard: Option<Shard>,
    /// Run a case that fails, is blocked or inconclusive again, up to so many times, after the others
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=20))]
    retries: u32,
    /// Begin no further case as soon as one has failed
    #[arg(long)]
    fail_fast: bool,
    /// Learn how long cases take from this earlier run: its folder, transcript.jsonl or run.json
    /// [default: from the bundled run]
    #[arg(long, value_name = "PATH")]
    pub(super) times: Option<PathBuf>,
    /// Begin cases by chance instead of those first that take longest
    #[arg(long)]
    shuffle: bool,
    /// Begin them in the order of this seed, which `--shuffle` shows
    #[arg(long, value_name = "SEED", requires = "shuffle")]
    shuffle_seed: Option<u64>,
    /// Go on with the interrupted run in this folder: on its target, with its cases and options
    #[arg(long, value_name = "DIR", conflicts_with_all = [
        "filters", "exact", "skip", "capability", "action", "rerun_failed", "shard", "retries",
        "fail_fast", "shuffle", "out",
    ])]
    resume: Option<PathBuf>,
    /// Folder for the run's files; must not hold a run yet [default: parallax-out/<run>]
    #[arg(long, short, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Show every finding, not only the first of each case
    #[arg(long, short)]
    pub(super) verbose: bool,
    #[command(flatten)]
    pub(super) guideline: GuidelineArg,
    #[command(flatten)]
    pub(super) gate: GateArgs,
}

pub(super) fn run(args: &RunArgs) -> Done {
    if let Some(folder) = &args.resume {
        return resume::run(args, folder);
    }
    match args.target.choose()? {
        None => bundled(args),
        Some(target) => live(args, &Connection::from(&target)),
    }
}

/// Judges the bundled recording: what a newcomer sees first.
fn bundled(args: &RunArgs) -> Done {
    let text = Assets::Reports
        .read(&format!("{BUNDLED}/transcript.jsonl"))
        .map_err(|e| Failed::usage(format!("the bundled recording cannot be read: {e}")))?;
    let mut transcript = Transcript::parse(&text).map_err(Failed::usage)?;
    let chosen = args.select.select(Suite { cases: transcript.cases().cloned().collect() })?;
    transcript.retain_cases(|case| chosen.iter().any(|other| other.id == case.id));
    let knowledge = args.suite.knowledge()?;
    let guideline = args.guideline.read()?;
    let result = judge(&transcript, &knowledge);
    let held = args.guideline.held(guideline.as_ref(), &result, &Waived::new());
    let folder = RunFolder::new(
        args.out.clone().unwrap_or_else(|| PathBuf::from("parallax-out").join(BUNDLED)),
    );
    std::fs::create_dir_all(folder.root()).map_err(|e| Failed::file(folder.root(), e))?;
    let note = format!(
        "This is a recording of a real cloud ({}, {}), judged now. To measure your own: \
         parallax run --endpoint URL --region REGION",
        result.run.target.name,
        result.run.started.split('T').next().unwrap_or_default()
    );
    folder.write_results(&result, &result, &transcript, held.as_ref(), Some(&note))?;
    print(&report::terminal(&result, args.verbose));
    held.iter().for_each(|held| print(&report::guideline_summary(held)));
    say!("\n{note}\nThe report: {}", folder.html().display());
    // A demonstration gates nothing.
    Ok(Exit::Ok)
}

fn live(args: &RunArgs, connection: &Connection) -> Done {
    let chosen = args.select.select(args.suite.suite()?)?;
    let times = args.times(&chosen)?;
    let (plan, cases) = args.plan(chosen);
    let judging = Judging::new(&args.suite, &args.guideline, &args.gate, args.verbose)?;
    let running = run_live(args, connection, plan, &cases, times, &judging.knowledge);
    let (folder, report) = runtime()?.block_on(running)?;
    conclude(&judging, &folder, &report)
}

/// Judges a run that has just ended, and says what there is to do after it.
pub(super) fn conclude(judging: &Judging<'_>, folder: &RunFolder, report: &RunReport) -> Done {
    let exit = judging.finish(folder)?;
    if report.leaks > 0 {
        note!("what may be left is found and removed by\n  {}", command(folder.root()));
    }
    if report.panics > 0 {
        let cases = plural(report.panics, "case");
        note!("{cases} broken off by a bug in parallax: please report it");
        return Ok(Exit::Bug);
    }
    Ok(exit)
}

pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Failed> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| Failed::usage(format!("no runtime: {e}")))
}

/// Runs cases and leaves their transcript in a folder.
async fn run_live(
    args: &RunArgs,
    connection: &Connection,
    plan: Planned,
    cases: &[Case],
    times: Times,
    knowledge: &Arc<Knowledge>,
) -> Result<(RunFolder, RunReport), Failed> {
    let run_id = RunOptions::fresh_run_id();
    let folder = RunFolder::new(
        args.out.clone().unwrap_or_else(|| PathBuf::from("parallax-out").join(&run_id)),
    );
    // Better known before the endpoint is asked anything.
    folder.must_be_free()?;
    let started = format!("{:.0}", jiff::Timestamp::now());
    let mut target = connect(connection).await.map_err(no_target)?;
    say_found(&target);
    args.quota.apply(&mut target.facts, cases);
    folder.create()?;
    let ledger = begin_ledger(&folder.ledger(), &run_id, &started, &target, connection)?;
    let options = RunOptions {
        run: run_id,
        quotas: QuotaArgs::room(&target.facts),
        target: target.facts.clone(),
        prober: target.prober.clone(),
        times,
        ledger,
        ..planned(&plan, knowledge)
    };
    let (endpoint, recorder) = target.into_recording(&options.run, &started);
    recorder.planned(plan);
    recorder.begin(&folder.transcript()).map_err(|e| Failed::file(&folder.transcript(), e))?;
    let part = args.shard.map(|shard| format!(", part {shard}")).unwrap_or_default();
    note!(
        "running {}{part} on {} ({})",
        plural(cases.len(), "case"),
        options.target.name,
        options.target.endpoint
    );
    let stop = Stop::default();
    let to_sweep = ToSweep::default();
    watch_signals(stop.clone(), to_sweep.clone());
    let caller = Caller::new(&endpoint, &recorder);
    let report = run_on(&caller, cases, &options, &folder, &stop, &to_sweep).await?;
    Ok((folder, report))
}

/// The options that a plan names.
pub(super) fn planned(plan: &Planned, knowledge: &Arc<Knowledge>) -> RunOptions {
    RunOptions {
        jobs: plan.jobs,
        order: plan.shuffle_seed.map_or(Order::LongestFirst, Order::Shuffled),
        retries: plan.retries,
        fail_fast: plan.fail_fast,
        assess: Some(assess(Arc::clone(knowledge))),
        ..RunOptions::default()
    }
}

/// Runs cases until all had their turn or somebody stops it.
pub(super) async fn run_on(
    caller: &Caller<'_>,
    cases: &[Case],
    options: &RunOptions,
    folder: &RunFolder,
    stop: &Stop,
    to_sweep: &ToSweep,
) -> Result<RunReport, Failed> {
    look_around(caller, cases, &options.ledger).await;
    to_sweep.set(folder.root().to_owned());
    let report = run_cases(caller, cases, options, stop, &Progress::automatic()).await;
    if report.failed_fast {
        note!("a case failed: no other was begun after it (--fail-fast)");
    }
    match (caller.recorder().failure(), options.ledger.failure()) {
        (Some(error), _) => Err(Failed::file(&folder.transcript(), error)),
        (None, Some(error)) => Err(Failed::file(&folder.ledger(), error)),
        (None, None) => Ok(report),
    }
}

/// Judges an attempt at a case by itself: what it will be in the report, if it stays the only one.
pub(super) fn assess(knowledge: Arc<Knowledge>) -> Assess {
    Assess::by(move |attempt| {
        let result = judge(attempt, &knowledge);
        let verdict = result.cases.first().map_or(Verdict::Inconclusive, |case| case.verdict);
        Assessment { word: verdict.word().to_owned(), standing: standing(verdict) }
    })
}

/// What a run makes of a verdict. A cloud that says honestly that it does not do something will say so
/// again.
pub(super) fn standing(verdict: Verdict) -> Standing {
    match verdict {
        Verdict::Pass | Verdict::Unsupported | Verdict::Skipped | Verdict::Waived => {
            Standing::Settled
        }
        Verdict::Blocked | Verdict::Inconclusive | Verdict::Flaky => Standing::Unclear,
        Verdict::Fail => Standing::Failed,
    }
}

impl RunArgs {
    /// What is to be run, and how; and the cases of this part.
    fn plan(&self, chosen: Vec<Case>) -> (Planned, Vec<Case>) {
        let plan = Planned {
            chosen: chosen.len(),
            suite: digest(&chosen),
            shard: self.shard,
            jobs: self.jobs.unwrap_or(JOBS).into(),
            retries: self.retries,
            fail_fast: self.fail_fast,
            shuffle_seed: self.seed(),
            ..Planned::default()
        };
        let cases = match self.shard {
            // Not by --times: all parts have to be made in the same way.
            Some(part) => shard(chosen, part, &Times::learned(bundled_times(), &[])),
            None => chosen,
        };
        (Planned { cases: cases.iter().map(PlannedCase::of).collect(), ..plan }, cases)
    }

    fn seed(&self) -> Option<u64> {
        if !self.shuffle {
            return None;
        }
        let seed = self.shuffle_seed.unwrap_or_else(|| uuid::Uuid::new_v4().as_u64_pair().0 >> 32);
        note!("in the order of --shuffle-seed {seed}");
        Some(seed)
    }

    /// How long cases take.
    pub(super) fn times(&self, cases: &[Case]) -> Result<Times, Failed> {
        let learned = match &self.times {
            Some(path) => times_in(path)?,
            None => bundled_times(),
        };
        Ok(Times::learned(learned, cases))
    }
}
