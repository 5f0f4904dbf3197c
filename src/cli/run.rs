//! `parallax run`.

use std::path::PathBuf;
use std::time::Instant;

use clap::Args;

use super::args::{SelectArgs, SuiteArgs, TargetArgs, no_target, plural, say_found};
use super::exit::{Done, Exit, Failed};
use super::files::{RunFile, RunFolder};
use super::guideline::GuidelineArg;
use super::out::{note, print, say};
use super::signals::{ToSweep, watch_signals};
use super::sweep::{begin_ledger, command};
use crate::assets::Assets;
use crate::case::{Case, Suite};
use crate::judge::judge;
use crate::report;
use crate::run::{Order, Progress, RunOptions, RunReport, Stop, look_around, run as run_cases};
use crate::target::{Caller, Connection, connect};
use crate::transcript::Transcript;

/// The recording that is shown if no target is named.
const BUNDLED: &str = "openstack-2023.2";

/// Arguments of `run`.
#[derive(Debug, Args)]
pub(super) struct RunArgs {
    #[command(flatten)]
    select: SelectArgs,
    #[command(flatten)]
    suite: SuiteArgs,
    #[command(flatten)]
    target: TargetArgs,
    /// Cases that run at the same time
    #[arg(long, short, default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: u16,
    /// Begin cases by chance instead of those first that take longest
    #[arg(long)]
    shuffle: bool,
    /// Begin them in the order of this seed, which `--shuffle` shows
    #[arg(long, value_name = "SEED", requires = "shuffle")]
    shuffle_seed: Option<u64>,
    /// Folder for the run's files; must not hold a run yet [default: parallax-out/<run>]
    #[arg(long, short, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Show every finding, not only the first of each case
    #[arg(long, short)]
    verbose: bool,
    #[command(flatten)]
    guideline: GuidelineArg,
}

pub(super) fn run(args: &RunArgs) -> Done {
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
    let held = args.guideline.held(guideline.as_ref(), &result);
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
    folder.write_results(&result, &transcript, held.as_ref(), Some(&note))?;
    print(&report::terminal(&result, args.verbose));
    held.iter().for_each(|held| print(&report::guideline_summary(held)));
    say!("\n{note}\nThe report: {}", folder.html().display());
    // A demonstration gates nothing.
    Ok(Exit::Ok)
}

fn live(args: &RunArgs, connection: &Connection) -> Done {
    let suite = args.suite.suite()?;
    let cases = args.select.select(suite)?;
    let knowledge = args.suite.knowledge()?;
    let guideline = args.guideline.read()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| Failed::usage(format!("no runtime: {e}")))?;
    let (folder, report) = runtime.block_on(run_live(args, connection, &cases))?;
    let transcript = folder.read_transcript()?;
    let result = judge(&transcript, &knowledge);
    let held = args.guideline.held(guideline.as_ref(), &result);
    folder.write_results(&result, &transcript, held.as_ref(), None)?;
    print(&report::terminal(&result, args.verbose));
    held.iter().for_each(|held| print(&report::guideline_summary(held)));
    say!("\nThe report: {}", folder.html().display());
    if report.leaks > 0 {
        note!("what may be left is found and removed by\n  {}", command(folder.root()));
    }
    if report.panics > 0 {
        note!(
            "{} broken off by a bug in parallax: please report it",
            plural(report.panics, "case")
        );
        return Ok(Exit::Bug);
    }
    Ok(Exit::of(&result))
}

/// Runs cases and leaves their transcript in a folder.
async fn run_live(
    args: &RunArgs,
    connection: &Connection,
    cases: &[Case],
) -> Result<(RunFolder, RunReport), Failed> {
    let run_id = RunOptions::fresh_run_id();
    let folder = RunFolder::new(
        args.out.clone().unwrap_or_else(|| PathBuf::from("parallax-out").join(&run_id)),
    );
    // Better known before the endpoint is asked anything.
    folder.must_be_free()?;
    let started = format!("{:.0}", jiff::Timestamp::now());
    let began = Instant::now();
    let target = connect(connection).await.map_err(no_target)?;
    say_found(&target);
    let order = args.order();
    folder.create()?;
    let ledger = begin_ledger(&folder.ledger(), &run_id, &started, &target, connection)?;
    let (jobs, facts) = (args.jobs.into(), target.facts.clone());
    let options = RunOptions { run: run_id, jobs, order, target: facts, ledger };
    let (endpoint, recorder) = target.into_recording(&options.run, &started);
    recorder.begin(&folder.transcript()).map_err(|e| Failed::file(&folder.transcript(), e))?;

    let stop = Stop::default();
    let to_sweep = ToSweep::default();
    watch_signals(stop.clone(), to_sweep.clone());
    note!(
        "running {} on {} ({})",
        plural(cases.len(), "case"),
        options.target.name,
        options.target.endpoint
    );
    let caller = Caller::new(&endpoint, &recorder);
    look_around(&caller, cases, &options.ledger).await;
    to_sweep.set(folder.root().to_owned());
    let report = run_cases(&caller, cases, &options, &stop, &Progress::automatic()).await;
    folder.write_run(&RunFile {
        format: "parallax-run".to_owned(),
        version: 1,
        parallax: env!("CARGO_PKG_VERSION").to_owned(),
        run: options.run,
        started,
        took_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        target: options.target,
        cases: cases.iter().map(|c| c.name.clone()).collect(),
        jobs: options.jobs,
        interrupted: report.interrupted,
    })?;
    match (recorder.failure(), options.ledger.failure()) {
        (Some(error), _) => Err(Failed::file(&folder.transcript(), error)),
        (None, Some(error)) => Err(Failed::file(&folder.ledger(), error)),
        (None, None) => Ok((folder, report)),
    }
}

impl RunArgs {
    fn order(&self) -> Order {
        if !self.shuffle {
            return Order::LongestFirst;
        }
        let seed = self.shuffle_seed.unwrap_or_else(|| uuid::Uuid::new_v4().as_u64_pair().0 >> 32);
        note!("in the order of --shuffle-seed {seed}");
        Order::Shuffled(seed)
    }
}
