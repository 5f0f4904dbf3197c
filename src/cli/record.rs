//! `parallax record`.

use std::collections::BTreeMap;
use std::io::{BufRead as _, IsTerminal as _};
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;

use super::args::{QuotaArgs, SelectArgs, SuiteArgs, TargetArgs, no_target, plural, say_found};
use super::exit::{Done, Exit, Failed};
use super::files::RunFolder;
use super::out::{note, say};
use super::signals::{ToSweep, watch_signals};
use super::sweep::{begin_ledger, command};
use super::times::bundled_times;
use crate::assets::Assets;
use crate::case::Case;
use crate::judge::Knowledge;
use crate::judge::baseline::AWS;
use crate::judge::recorded::{Distilled, Recordings, distil};
use crate::plan::{Context, Plan};
use crate::record::{Library, Written};
use crate::run::{Order, Progress, RunOptions, Stop, Times, look_around, run as run_cases};
use crate::target::{Caller, Connection, Target, connect};
use crate::transcript::Salt;
use crate::wire::is_aws;

/// What `record --help` says at its end.
const HELP: &str = "\
A recording is what a reference did, and the reference that counts is AWS:

    parallax policy vpcs --region eu-west-1       # the IAM policy that these cases need
    parallax record vpcs --endpoint aws --region eu-west-1

It goes to ./baselines, or to the folder that --baselines names: there are the recordings, and what
was distilled from them.

What varies between the samples becomes a kind (an id, a time, any text); what never varies stays
strict; what is the same thing in several steps stays the same thing. Of one sample nothing can be
learned: everything in it stays strict, apart from ids, accounts and times.

A recording of anything else is one of that stand-in, kept below its name, and never AWS evidence:

    parallax record --endpoint http://127.0.0.1:5555/ --name moto …
    parallax run --baselines baselines --reference moto --endpoint …

Account ids, public addresses, keys, user data and console output are replaced before anything is
written. A recording that shows another behaviour than the one before waits until somebody decides:
see `parallax review`.";

/// Arguments of `record`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(super) struct RecordArgs {
    #[command(flatten)]
    select: SelectArgs,
    #[command(flatten)]
    suite: SuiteArgs,
    #[command(flatten)]
    target: TargetArgs,
    /// How often each case is run in each region
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    samples: u32,
    /// Regions to record in, with commas; images as --image REGION=ID,…
    #[arg(long, value_name = "REGIONS", value_delimiter = ',')]
    regions: Vec<String>,
    #[command(flatten)]
    quota: QuotaArgs,
    /// Cases that run at the same time, if the target's quotas have room for them
    #[arg(long, short, default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: u16,
    /// Do not ask before anything is made
    #[arg(long, short)]
    yes: bool,
}

pub(super) fn run(args: &RecordArgs) -> Done {
    let Some(chosen) = args.target.choose()? else {
        return Err(Failed::usage(
            "what is to be recorded? --endpoint aws, the URL of a stand-in, or --target NAME",
        ));
    };
    let connection = Connection::from(&chosen);
    let cases = args.select.select(args.suite.suite()?)?;
    let root = args.suite.baselines.clone().unwrap_or_else(|| PathBuf::from("baselines"));
    let regions: Vec<Option<String>> = match args.regions.as_slice() {
        [] => vec![connection.region.clone()],
        regions => regions.iter().cloned().map(Some).collect(),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| Failed::usage(format!("no runtime: {e}")))?;
    let recorder = Recorder { args, connection, cases: &cases, root, salt: Salt::fresh() };
    let (library, made) = runtime.block_on(recorder.record(&regions))?;
    let distilled = recorder.distil(&library, &made.recordings)?;
    let ended = report(&library, &cases, &distilled)?;
    for ledger in &made.to_sweep {
        note!("what may be left is found and removed by\n  {}", command(ledger));
    }
    if made.panics > 0 {
        note!("{} broken off by a bug in parallax: please report it", plural(made.panics, "case"));
        return Ok(Exit::Bug);
    }
    if made.leaks > 0 {
        note!("{} may have been left behind", plural(made.leaks, "thing"));
        return Ok(Exit::Leaked);
    }
    Ok(if made.interrupted { Exit::CouldNotTell } else { ended })
}

struct Recorder<'a> {
    args: &'a RecordArgs,
    connection: Connection,
    cases: &'a [Case],
    root: PathBuf,
    /// One for all samples: what differs between them is to be seen.
    salt: Salt,
}

/// What was recorded.
#[derive(Default)]
struct Made {
    /// Names of the recordings.
    recordings: Vec<String>,
    leaks: usize,
    panics: usize,
    /// Folders of ledgers of which something was not undone.
    to_sweep: Vec<PathBuf>,
    interrupted: bool,
}

impl Recorder<'_> {
    async fn record(&self, regions: &[Option<String>]) -> Result<(Library, Made), Failed> {
        let mut library = None;
        let mut made = Made::default();
        let stop = Stop::default();
        let (mut watched, to_sweep) = (false, ToSweep::default());
        for region in regions {
            for sample in 1..=self.args.samples {
                let target = match (self.connect(region.as_deref()).await, &library) {
                    (Ok(target), _) => target,
                    // Samples cost money and time: one that cannot be made takes none with it.
                    (Err(failed), Some(library)) if !made.recordings.is_empty() => {
                        note!("{}", failed.message);
                        return Ok(kept(library, made));
                    }
                    (Err(failed), _) => return Err(failed),
                };
                if library.is_none() {
                    library = Some(Library::new(&self.root, &self.reference(&target)?));
                    say_found(&target);
                    self.agree(&target, regions.len())?;
                }
                let Some(library) = &library else { continue };
                if !std::mem::replace(&mut watched, true) {
                    watch_signals(stop.clone(), to_sweep.clone());
                }
                note!(
                    "sample {sample} of {} in {}: {}",
                    self.args.samples,
                    target.facts.region,
                    plural(self.cases.len(), "case")
                );
                self.sample(target, library, &stop, &to_sweep, &mut made).await?;
                if stop.requested() {
                    return Ok(kept(library, made));
                }
            }
        }
        let library = library.ok_or_else(|| Failed::usage("there is no region to record in"))?;
        Ok((library, made))
    }

    async fn connect(&self, region: Option<&str>) -> Result<Target, Failed> {
        let mut connection = self.connection.clone();
        connection.anonymous = Some(self.salt.clone());
        connection.region = region.map(str::to_owned).or(connection.region);
        connection.image = connection
            .image
            .as_deref()
            .map(|images| image_of(images, region.unwrap_or_default()))
            .transpose()?;
        let mut target = connect(&connection).await.map_err(no_target)?;
        self.args.quota.apply(&mut target.facts, self.cases);
        Ok(target)
    }

    /// Whose behaviour it will be.
    fn reference(&self, target: &Target) -> Result<String, Failed> {
        if is_aws(&target.facts.endpoint) {
            return match self.args.suite.reference.as_deref() {
                None | Some(AWS) => Ok(AWS.to_owned()),
                Some(other) => Err(Failed::usage(format!("this is AWS, not `{other}`"))),
            };
        }
        let name = self.args.suite.reference.as_deref().unwrap_or(&target.facts.name);
        let name = slug(name);
        if name.is_empty() || name == AWS {
            return Err(Failed::usage(format!(
                "{} is not AWS, and its recording is not called so; name it with --reference",
                target.facts.endpoint
            )));
        }
        Ok(name)
    }

    /// Shows what is going to be done, and asks.
    fn agree(&self, target: &Target, regions: usize) -> Result<(), Failed> {
        let context = Context {
            target: target.facts.clone(),
            request_timeout: self.connection.timeout,
            refused: self.args.suite.refused(self.cases),
        };
        let regions = u32::try_from(regions).unwrap_or(u32::MAX);
        let (samples, jobs) = (self.args.samples, self.args.jobs.into());
        note!("recording on {} ({})\n", target.facts.name, target.facts.endpoint);
        note!("{}", Plan::of(self.cases, samples, regions, jobs, &context));
        if self.args.yes {
            return Ok(());
        }
        if !std::io::stdin().is_terminal() {
            return Err(Failed::usage("nobody can be asked here; say --yes if this is wanted"));
        }
        note!("Go on? [y/N] ");
        let mut answer = String::new();
        let _ = std::io::stdin().lock().read_line(&mut answer);
        if matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes") {
            return Ok(());
        }
        Err(Failed::usage("nothing was recorded"))
    }

    async fn sample(
        &self,
        target: Target,
        library: &Library,
        stop: &Stop,
        to_sweep: &ToSweep,
        made: &mut Made,
    ) -> Result<(), Failed> {
        let began = jiff::Timestamp::now();
        let run = RunOptions::fresh_run_id();
        // Not beside the recording: that is to be published, and the ledger tells whose account it was.
        let folder = RunFolder::new(PathBuf::from("parallax-out").join(&run));
        folder.create()?;
        let started = format!("{began:.0}");
        let ledger = begin_ledger(&folder.ledger(), &run, &started, &target, &self.connection)?;
        let name =
            format!("{}-{}-{run}", began.strftime("%Y-%m-%dT%H-%M-%S"), slug(&target.facts.region));
        let options = RunOptions {
            run: run.clone(),
            jobs: self.args.jobs.into(),
            // Each sample in another order: what depends on it is not behaviour.
            order: if made.recordings.is_empty() {
                Order::LongestFirst
            } else {
                Order::Shuffled(made.recordings.len() as u64)
            },
            quotas: QuotaArgs::room(&target.facts),
            target: target.facts.clone(),
            prober: target.prober.clone(),
            ledger,
            times: Times::learned(bundled_times(), self.cases),
            ..RunOptions::default()
        };
        let transcript = library.transcript(&name).map_err(Failed::usage)?;
        let (endpoint, recorder) = target.into_recording(&run, &started);
        recorder.begin(&transcript).map_err(|e| Failed::file(&transcript, e))?;
        let caller = Caller::new(&endpoint, &recorder);
        let clock = Instant::now();
        look_around(&caller, self.cases, &options.ledger).await;
        to_sweep.set(folder.root().to_owned());
        let report = run_cases(&caller, self.cases, &options, stop, &Progress::automatic()).await;
        if let Some(error) = recorder.failure() {
            return Err(Failed::file(&transcript, error));
        }
        if let Some(error) = options.ledger.failure() {
            return Err(Failed::file(&folder.ledger(), error));
        }
        made.leaks += report.leaks;
        made.panics += report.panics;
        if report.leaks > 0 {
            made.to_sweep.push(folder.root().to_owned());
        } else {
            // Nothing to sweep. A folder that somebody else put something into stays.
            let _ = std::fs::remove_file(folder.ledger());
            let _ = std::fs::remove_dir(folder.root());
        }
        made.recordings.push(library.compress(&transcript).map_err(Failed::usage)?);
        note!("  done in {} s", clock.elapsed().as_secs());
        Ok(())
    }

    fn distil(&self, library: &Library, names: &[String]) -> Result<Distilled, Failed> {
        let mut recordings = Recordings::default();
        for name in names {
            let text = library.recording(name).map_err(Failed::usage)?;
            recordings.add(name, &text).map_err(|e| Failed::usage(format!("{name}: {e}")))?;
        }
        let knowledge = knowledge(&self.root, library.reference())?;
        Ok(distil(library.reference(), &recordings, &knowledge))
    }
}

/// What there is of a recording that did not come to its end.
fn kept(library: &Library, made: Made) -> (Library, Made) {
    note!("interrupted: what was recorded until now is kept and distilled");
    (library.clone(), Made { interrupted: true, ..made })
}

/// What recordings are judged with: what lies in the same folder, and nothing else, so that
/// anybody who has the folder gets the same.
pub(super) fn knowledge(root: &std::path::Path, reference: &str) -> Result<Knowledge, Failed> {
    let assets = Assets::Folder(root.to_owned());
    let there = crate::judge::baseline::references(&assets).map_err(Failed::usage)?;
    let reference = there.contains(reference).then_some(reference);
    match (reference, there.is_empty()) {
        (None, false) => Knowledge::of_no_reference(&assets).map_err(Failed::usage),
        _ => Knowledge::load(&assets, reference).map_err(Failed::usage),
    }
}

/// Stores what was distilled and says what became of it.
fn report(library: &Library, cases: &[Case], distilled: &Distilled) -> Done {
    let mut counts: BTreeMap<Written, usize> = BTreeMap::new();
    for (family, baseline) in &distilled.baselines {
        let Some(case) = cases.iter().find(|case| case.family == *family) else { continue };
        let name = case.name.split('[').next().unwrap_or(&case.name);
        let written = library.store(name, baseline).map_err(Failed::usage)?;
        *counts.entry(written).or_default() += 1;
    }
    let mut left_out: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for sample in &distilled.left_out {
        *left_out.entry((&sample.case, &sample.why)).or_default() += 1;
    }
    for ((case, why), count) in left_out {
        note!("{case}: {} left out: {why}", plural(count, "sample"));
    }
    let count = |written| counts.get(&written).copied().unwrap_or(0);
    say!(
        "{} of {}: {} new, {} confirmed, {} changed",
        plural(distilled.baselines.len(), "recorded baseline"),
        library.reference(),
        count(Written::New),
        count(Written::Confirmed),
        count(Written::Pending),
    );
    if count(Written::Pending) > 0 {
        say!("What changed waits for a decision: parallax review");
    }
    if library.reference() != AWS {
        say!(
            "This is a recording of {}, not of AWS; use it with --reference {0}.",
            library.reference()
        );
    }
    Ok(if distilled.left_out.is_empty() { Exit::Ok } else { Exit::CouldNotTell })
}

/// A name for a folder.
fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.chars() {
        if c.is_ascii_alphanumeric() || c == '.' {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_matches(['-', '.']).to_owned()
}

/// The image of a region: `ami-1`, or one of `eu-west-1=ami-1,us-east-1=ami-2`.
fn image_of(images: &str, region: &str) -> Result<String, Failed> {
    if !images.contains('=') {
        return Ok(images.to_owned());
    }
    images
        .split(',')
        .filter_map(|pair| pair.split_once('='))
        .find(|(of, _)| *of == region)
        .map(|(_, image)| image.to_owned())
        .ok_or_else(|| Failed::usage(format!("--image names no image of {region}: {images}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_folders() {
        for (name, folder) in [
            ("moto 5.2.5", "moto-5.2.5"),
            ("127.0.0.1:5555", "127.0.0.1-5555"),
            ("../../etc", "etc"),
            ("AWS", "aws"),
            ("..", ""),
        ] {
            assert_eq!(slug(name), folder);
        }
    }

    #[test]
    fn each_region_has_its_image() {
        assert_eq!(image_of("ami-1", "x").unwrap(), "ami-1");
        assert_eq!(image_of("a-1=ami-1,b-2=ami-2", "b-2").unwrap(), "ami-2");
        assert!(image_of("a-1=ami-1", "b-2").is_err());
    }
}
