//! `parallax sweep`.

use std::io::{BufRead as _, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::args::{TargetArgs, no_target, plural};
use super::exit::{Done, Exit, Failed};
use super::files::{RunFolder, to_json};
use super::out::{note, print};
use super::signals::{ToSweep, watch_signals};
use crate::report::clean;
use crate::run::{
    Book, Ledger, LedgerError, LedgerStarted, Mark, Stop, Sweep, SweepOptions, Swept,
};
use crate::target::{Caller, Connection, Target, connect_only};

/// What `sweep --help` says at its end.
const HELP: &str = "\
A run removes what it made, also after Ctrl-C. What it could not remove, or what it left because it was
killed, is found in this order:

  by its ledger         DIR/ledger.jsonl: each creating call is announced there before it is made, and
                        what was there before the first case is noted and never touched
  by name and tag       parallax-<run>-…
  by what it lies in    everything in a VPC that the run made, volumes of its instances, …
  by what was asked     of a call whose answer nobody got: its client token; or, for what has no name,
                        things that are new, as the call asked for them, unused, and not more of them
                        than calls that could have made them

What may as well be somebody else's is listed and left alone, unless --unsure is given. Without DIR only
names and tags are known, and what lies in what they name:

    parallax sweep parallax-out/1a2b3c4d --dry-run
    parallax sweep --endpoint http://cloud.example:8788/ --region RegionOne --run 1a2b3c4d
    parallax sweep --target lab --all-runs

With DIR the endpoint, the region and the profile are those of the run, whatever the environment and the
configuration file say; --target NAME goes before them.

Exit codes: 0 nothing is left, 2 usage, 3 the endpoint cannot be used, or (without DIR) cannot list a kind,
4 something is left or was left alone (with --dry-run: there is something to remove), 130 stopped twice.";

/// Arguments of `sweep`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(super) struct SweepArgs {
    /// The run's folder
    #[arg(value_name = "DIR", conflicts_with_all = ["run", "all_runs"])]
    dir: Option<PathBuf>,
    #[command(flatten)]
    target: TargetArgs,
    /// Without DIR: the run whose names and tags are looked for
    #[arg(long, value_name = "ID", value_parser = run_id)]
    run: Option<String>,
    /// Without DIR: names and tags of all runs, also of those that go on elsewhere
    #[arg(long, conflicts_with = "run")]
    all_runs: bool,
    /// Only show what would be removed
    #[arg(long, short = 'n')]
    dry_run: bool,
    /// Do not ask before anything is removed
    #[arg(long, short)]
    yes: bool,
    /// Remove also what may be somebody else's; look at it first, with --dry-run
    #[arg(long)]
    unsure: bool,
    /// Minutes that it may take
    #[arg(long, value_name = "MINUTES", default_value_t = 15, value_parser = clap::value_parser!(u64).range(1..=600))]
    within: u64,
    /// Seconds after which a call that nobody got the answer of makes nothing any more
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(0..=3600))]
    settle: u64,
    /// How to say what came of it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For programs
    Json,
}

/// What `--format json` prints.
#[derive(Debug, Serialize)]
struct Summary<'a> {
    /// Always `parallax-sweep`.
    format: &'a str,
    /// Version of this format.
    version: u32,
    /// The run's id; absent if all runs were meant.
    run: Option<&'a str>,
    /// The endpoint.
    endpoint: &'a str,
    /// Whether nothing was removed: `removed` says what would have been.
    dry_run: bool,
    /// Whether nothing is left.
    clean: bool,
    #[serde(flatten)]
    swept: &'a Swept,
    /// How long it took, in milliseconds.
    took_ms: u128,
}

pub(super) fn run(args: &SweepArgs) -> Done {
    if args.dir.is_none() && args.run.is_none() && !args.all_runs {
        return Err(Failed::usage(
            "what is to be swept? The folder of a run; or, of an endpoint, --run ID or --all-runs",
        ));
    }
    let dry_run_or_agreed = args.dry_run || args.yes || std::io::stdin().is_terminal();
    if !dry_run_or_agreed {
        return Err(Failed::usage(
            "nobody can be asked here whether to remove what is found: say --yes, or --dry-run to \
             see it",
        ));
    }
    let path = args.dir.as_deref().map(ledger_of).transpose()?;
    let started = match path.as_deref().map(started) {
        // Nothing was announced, so nothing was made.
        Some(Ok(None)) => {
            note!("the run ended before it made anything: there is nothing to remove");
            return Ok(Exit::Ok);
        }
        Some(started) => started?,
        None => None,
    };
    let connection = args.connection(started.as_ref())?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| Failed::usage(format!("no runtime: {e}")))?;
    runtime.block_on(sweep(args, &connection, path.as_deref(), started.as_ref()))
}

async fn sweep(
    args: &SweepArgs,
    connection: &Connection,
    path: Option<&Path>,
    started: Option<&LedgerStarted>,
) -> Done {
    let began = Instant::now();
    let target = connect_only(connection).await.map_err(no_target)?;
    if let Some(started) = started {
        same_target(started, &target)?;
    }
    let ledger = path.map(|path| open(path, &target)).transpose()?;
    let run = started.map(|started| &started.run).or(args.run.as_ref());
    let mark = run.map_or(Mark::AnyRun, |run| Mark::Run(run.clone()));
    let endpoint = target.facts.endpoint.clone();
    let (silent, recorder) = target.into_silence();
    let caller = Caller::new(&silent, &recorder);
    let options = SweepOptions {
        within: Duration::from_secs(args.within * 60),
        settle: Duration::from_secs(args.settle),
        unsure: args.unsure,
    };
    let mut sweep = Sweep::new(&caller, ledger.as_ref(), mark, options);
    let stop = Stop::default();
    let mut swept = sweep.look().await.map_err(Failed::usage)?;
    // What was sent a moment ago may make something a moment from now.
    while swept.waits && !args.yes {
        tokio::time::sleep(Duration::from_secs(1)).await;
        swept = sweep.look().await.map_err(Failed::usage)?;
    }
    if !args.dry_run {
        let agreed = args.yes || swept.removed.is_empty() || {
            print(&plan(&swept));
            asked(&swept)
        };
        if !agreed {
            return Err(Failed::usage("nothing was removed"));
        }
        let to_sweep = ToSweep::default();
        if let Some(dir) = &args.dir {
            to_sweep.set(dir.clone());
        }
        watch_signals(stop.clone(), to_sweep);
        swept = sweep.remove(&stop).await;
    }
    if let Some(error) = ledger.as_ref().and_then(Ledger::failure) {
        note!("the ledger could not be written: {error}");
    }
    let summary = Summary {
        format: "parallax-sweep",
        version: 1,
        run: run.map(String::as_str),
        endpoint: &endpoint,
        dry_run: args.dry_run,
        clean: swept.is_clean() && (!args.dry_run || swept.removed.is_empty()),
        swept: &swept,
        took_ms: began.elapsed().as_millis(),
    };
    match args.format {
        Format::Json => print(&to_json(&summary)),
        Format::Text if args.dry_run => print(&plan(&swept)),
        Format::Text => print(&done(&swept)),
    }
    let leaves = swept.leaves_something() || (args.dry_run && !swept.removed.is_empty());
    Ok(match summary.clean {
        true => Exit::Ok,
        false if leaves => Exit::Leaked,
        // Of some kinds nothing can be seen, and nobody knows whether the run made any.
        false => Exit::CouldNotTell,
    })
}

impl SweepArgs {
    /// The endpoint and the credentials: those of the run, unless others are given. What variables or
    /// the configuration file say of another target is not meant.
    fn connection(&self, started: Option<&LedgerStarted>) -> Result<Connection, Failed> {
        let mut args = self.target.clone();
        if let Some(started) = started.filter(|_| args.target.is_none()) {
            let target = &started.target;
            let endpoint = args.endpoint.is_none().then(|| target.endpoint.clone());
            args.target = endpoint;
            args.region = args.region.or_else(|| Some(target.region.clone()));
            args.profile = args.profile.or_else(|| started.profile.clone());
            args.ca_bundle = args.ca_bundle.or_else(|| started.ca_bundle.clone());
        }
        let chosen = args.choose()?.ok_or_else(|| {
            Failed::usage("which endpoint? --endpoint URL, --target NAME, or the folder of a run")
        })?;
        Ok(Connection::from(&chosen))
    }
}

fn run_id(text: &str) -> Result<String, String> {
    let is_id =
        text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'a'..=b'f'));
    is_id.then(|| text.to_owned()).ok_or_else(|| {
        "a run's id is eight digits and letters from a to f, as in parallax-1a2b3c4d-…".to_owned()
    })
}

/// The ledger of a run's folder; the file itself may be given, too.
fn ledger_of(dir: &Path) -> Result<PathBuf, Failed> {
    let path = if dir.is_file() { dir.to_owned() } else { RunFolder::new(dir).ledger() };
    if path.is_file() {
        return Ok(path);
    }
    Err(Failed::usage(format!(
        "{}: there is no ledger; a run's folder is meant, as `parallax run --out DIR` makes it. What \
         runs before version 0.1 left is found by `parallax sweep --endpoint URL --run ID`",
        path.display()
    )))
}

/// The first line of a ledger; `None` if the run ended before that was written.
fn started(path: &Path) -> Result<Option<LedgerStarted>, Failed> {
    let bytes = std::fs::read(path).map_err(|e| Failed::file(path, e))?;
    match Book::parse(&String::from_utf8_lossy(&bytes)) {
        Ok(book) => Ok(book.started().cloned()),
        Err(LedgerError::NotBegun) => Ok(None),
        Err(error) => Err(Failed::file(path, error)),
    }
}

/// A ledger tells only what one endpoint has.
fn same_target(started: &LedgerStarted, target: &Target) -> Result<(), Failed> {
    let (then, now) = (&started.target, &target.facts);
    if (&then.endpoint, &then.region) == (&now.endpoint, &now.region) {
        return Ok(());
    }
    Err(Failed::usage(format!(
        "the run was made on {} in {}, not on {} in {}; leave out --endpoint, --region \
         and --target",
        then.endpoint, then.region, now.endpoint, now.region
    )))
}

fn open(path: &Path, target: &Target) -> Result<Ledger, Failed> {
    Ledger::reopen(path, target.redactor()).map_err(|error| match error.kind() {
        std::io::ErrorKind::WouldBlock => Failed::usage(format!(
            "{}: the run is not over, or is being swept already; stop it first, it removes what it made",
            path.display()
        )),
        _ => Failed::file(path, error),
    })
}

/// Begins the ledger of a run that is about to be made.
pub(super) fn begin_ledger(
    path: &Path,
    run: &str,
    started: &str,
    target: &Target,
    connection: &Connection,
) -> Result<Ledger, Failed> {
    let absolute = |path: PathBuf| std::path::absolute(&path).unwrap_or(path);
    let first = LedgerStarted::new(run, started, &target.facts)
        .with_access(connection.profile.clone(), connection.ca_bundle.clone().map(absolute));
    Ledger::create(path, first, target.redactor()).map_err(|e| Failed::file(path, e))
}

/// The command that sweeps what the run of a folder left, as it is typed.
pub(super) fn command(dir: &Path) -> String {
    let text = dir.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:@%".contains(c);
    if text.chars().all(plain) && !text.starts_with('-') {
        return format!("parallax sweep {text}");
    }
    format!("parallax sweep -- '{}'", text.replace('\'', r"'\''"))
}

/// What would be removed, and what would be left alone.
fn plan(swept: &Swept) -> String {
    let mut out = String::new();
    match swept.removed.len() {
        0 => out.push_str("nothing of it is there\n"),
        count => out.push_str(&format!("to be removed: {}\n", plural(count, "thing"))),
    }
    let rows = swept.removed.iter().map(|found| [&found.kind, &found.id, &found.why]);
    table(&mut out, rows);
    rest(&mut out, swept);
    out
}

/// What was removed, and what was not.
fn done(swept: &Swept) -> String {
    let mut out = String::new();
    let rows = swept.removed.iter().map(|found| [&found.kind, &found.id, &found.why]);
    table(&mut out, rows);
    rest(&mut out, swept);
    if swept.interrupted {
        out.push_str("stopped before the end\n");
    }
    let left = swept.left.len() + swept.unsure.iter().map(|unsure| unsure.ids.len()).sum::<usize>();
    let removed = plural(swept.removed.len(), "thing");
    out.push_str(&match left {
        0 if swept.removed.is_empty() && swept.unseen.is_empty() => {
            "clean: nothing of it is there\n".to_owned()
        }
        0 if !swept.unseen.is_empty() => format!("{removed} removed, nothing else is seen\n"),
        0 => format!("clean: {removed} removed, nothing is left\n"),
        left => format!("{removed} removed, {left} left\n"),
    });
    out
}

/// What is left, and why.
fn rest(out: &mut String, swept: &Swept) {
    if !swept.left.is_empty() {
        out.push_str("left:\n");
        table(out, swept.left.iter().map(|left| [&left.kind, &left.id, &left.why]));
    }
    if !swept.unseen.is_empty() {
        out.push_str("not known, for there is no ledger that says whether the run made any:\n");
        table(out, swept.unseen.iter().map(|unseen| [&unseen.kind, &unseen.id, &unseen.why]));
    }
    for unsure in &swept.unsure {
        let (ids, calls) = (unsure.ids.join(", "), unsure.calls.join("; "));
        let text = format!(
            "left alone, for it may be somebody else's (--unsure removes it, too):\n  {} {ids}\n  may come \
             from {calls}; {}",
            unsure.kind, unsure.why
        );
        out.extend(text.lines().map(clean::clean).flat_map(|line| [line, "\n".to_owned()]));
    }
}

fn table<'s>(out: &mut String, rows: impl Iterator<Item = [&'s String; 3]>) {
    let rows: Vec<[String; 3]> = rows.map(|row| row.map(|text| clean::clean(text))).collect();
    let width =
        |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let (first, second) = (width(0), width(1).min(48));
    for [kind, id, why] in &rows {
        out.push_str(&format!("  {kind:first$}  {id:second$}  {why}\n"));
    }
}

fn asked(swept: &Swept) -> bool {
    note!("Remove {}? [y/N] ", if swept.removed.len() == 1 { "it" } else { "them" });
    let mut answer = String::new();
    let _ = std::io::stdin().lock().read_line(&mut answer);
    matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_can_be_typed_as_it_is_shown() {
        for (dir, expected) in [
            ("parallax-out/1a2b3c4d", "parallax sweep parallax-out/1a2b3c4d"),
            ("my runs/it's", r"parallax sweep -- 'my runs/it'\''s'"),
            ("-odd", "parallax sweep -- '-odd'"),
        ] {
            assert_eq!(command(Path::new(dir)), expected);
        }
    }
}
