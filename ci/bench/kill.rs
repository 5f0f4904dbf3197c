//! Kills runs at random moments, sweeps what they left, and compares everything that there is with what
//! there was before.
//!
//! Needs an endpoint as `parallax run` does: PARALLAX_ENDPOINT, PARALLAX_REGION, PARALLAX_IMAGE,
//! PARALLAX_INSTANCE_TYPE and credentials; see ci/README.md. What is listed here, and how, is written
//! down in `kill/listing.rs`, apart from what the sweep itself lists.

#[path = "kill/listing.rs"]
mod listing;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use listing::{Difference, Inventory, Lister};
use parallax::assets::Assets;
use parallax::case::{Case, Suite};
use parallax::run::lists_of;
use serde_json::Value;

/// What is asked for on the command line.
struct Options {
    rounds: usize,
    /// Files of cases of each round, chosen by chance; 0: all.
    sample: usize,
    jobs: String,
    /// Seconds after the first creating call within which a run is killed.
    window: f64,
    settle: String,
    seed: u64,
    /// Whether runs are swept once, and nothing else is looked at.
    once: bool,
    cases: Vec<String>,
    /// Cases that are left out.
    skip: Vec<String>,
}

/// What one round came to.
struct Round {
    /// Seconds from the first creating call to the kill; `None` if the run had ended by itself.
    killed: Option<f64>,
    announced: usize,
    unanswered: usize,
    swept: Value,
    exit: Option<i32>,
    took: Duration,
    difference: Difference,
    /// All that there is now.
    after: Inventory,
    /// What a dry run before the sweep, or a second sweep after it, got wrong.
    wrong: Vec<String>,
}

/// What a sweep said, and how it ended.
struct Sweep {
    said: Value,
    exit: Option<i32>,
}

fn main() -> ExitCode {
    if std::env::var_os("PARALLAX_ENDPOINT").is_none() {
        println!("kill: not run; PARALLAX_ENDPOINT names no endpoint (see ci/README.md)");
        return ExitCode::SUCCESS;
    }
    let options = Options::from_arguments();
    let folder = tempfile::tempdir().expect("a temporary folder");
    // Kept for whoever wants to know why, if anything is left.
    let folder = folder.keep();
    let mut lister = match Lister::connect() {
        Ok(lister) => lister,
        Err(why) => {
            println!("{why}");
            return ExitCode::FAILURE;
        }
    };
    let mut before = lister.list();
    let (makers, left_out) = makers(&options, &lister);
    if left_out > 0 {
        println!("left out: {left_out} files of cases, which make what is not compared");
    }
    println!(
        "{} rounds, {} of {} files of cases each, {} at once, seed {}, in {}",
        options.rounds,
        if options.sample == 0 { makers.len() } else { options.sample.min(makers.len()) },
        makers.len(),
        options.jobs,
        options.seed,
        folder.display()
    );
    println!(
        "\nround  killed s  announced  unanswered  removed  left  unsure  exit  sweep s  difference"
    );
    let mut random = Random(options.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut failed = Vec::new();
    for round in 1..=options.rounds {
        let chosen = random.choose(&makers, options.sample);
        let moment = options.window * random.fraction();
        let out = folder.join(format!("round-{round}"));
        // A dry run waits until what was sent has settled, and takes from the sweep what is hard.
        let dry = !options.once && random.fraction() < 0.5;
        let seen = one(&out, &chosen, moment, dry, &options, &mut lister, &before);
        seen.print(round);
        let clean = seen.is_clean();
        before = seen.after;
        if !clean {
            failed.push(round);
            // Whether the endpoint keeps the same of a run that nobody killed.
            let out = folder.join(format!("round-{round}-whole"));
            let whole = one(&out, &chosen, f64::INFINITY, false, &options, &mut lister, &before);
            println!("       the same cases, run to their end: {}", whole.difference.short());
            whole.difference.print();
            before = whole.after;
        }
    }
    println!(
        "\n{} of {} rounds without a difference",
        options.rounds - failed.len(),
        options.rounds
    );
    if failed.is_empty() {
        let _ = std::fs::remove_dir_all(&folder);
        ExitCode::SUCCESS
    } else {
        println!("with one: {failed:?}; their files are in {}", folder.display());
        ExitCode::FAILURE
    }
}

/// Starts a run, kills it, sweeps, and compares; `dry`: looks what there is to sweep first.
fn one(
    out: &Path,
    cases: &[String],
    moment: f64,
    dry: bool,
    options: &Options,
    lister: &mut Lister,
    before: &Inventory,
) -> Round {
    let suite = write_suite(out, cases);
    let log = std::fs::File::create(out.join("run.log")).expect("a file");
    let mut run = Command::new(program())
        .args(["run", "--shuffle", "--jobs", &options.jobs, "--cases"])
        .arg(suite)
        // Nothing is going to be judged: without baselines the program starts sooner.
        .arg("--baselines")
        .arg(out)
        .arg("--out")
        .arg(out.join("run"))
        .stdin(Stdio::null())
        .stdout(log.try_clone().expect("a file"))
        .stderr(log)
        .spawn()
        .expect("the program starts");
    let ledger = out.join("run/ledger.jsonl");
    let killed = kill(&mut run, &ledger, moment);
    let text = std::fs::read_to_string(&ledger).unwrap_or_default();
    let entries = |kind: &str| text.matches(&format!("{{\"entry\":\"{kind}\"")).count();
    let announced = entries("intent");
    let unanswered = announced.saturating_sub(entries("made") + entries("refused"));
    let planned = dry.then(|| sweep(out, "dry", &["--dry-run"], options));
    let began = Instant::now();
    let swept = sweep(out, "sweep", &["--yes"], options);
    let took = began.elapsed();
    let after = lister.list();
    let difference = before.difference(&after);
    let mut wrong = Vec::new();
    if let Some(planned) = planned {
        wrong.extend(dishonest(&planned, &swept));
    }
    if !options.once && swept.exit == Some(0) {
        let again = sweep(out, "again", &["--yes"], options);
        if again.exit != Some(0) || !things(&again.said, "removed").is_empty() {
            wrong.push(format!("a second sweep ended with {:?}: {}", again.exit, again.said));
        }
    }
    Round {
        killed,
        announced,
        unanswered,
        swept: swept.said,
        exit: swept.exit,
        took,
        difference,
        after,
        wrong,
    }
}

/// Sweeps the run of a round.
fn sweep(out: &Path, name: &str, how: &[&str], options: &Options) -> Sweep {
    let swept = Command::new(program())
        .arg("sweep")
        .args(how)
        .args(["--format", "json", "--settle", &options.settle])
        .arg(out.join("run"))
        .stdin(Stdio::null())
        .output()
        .expect("the program starts");
    std::fs::write(out.join(format!("{name}.json")), &swept.stdout).expect("a file");
    std::fs::write(out.join(format!("{name}.log")), &swept.stderr).expect("a file");
    let said = serde_json::from_slice(&swept.stdout).unwrap_or_default();
    Sweep { said, exit: swept.status.code() }
}

/// What a dry run said otherwise than the sweep after it did. A thing may go by itself in between.
fn dishonest(planned: &Sweep, swept: &Sweep) -> Vec<String> {
    let mut wrong = Vec::new();
    let (planned_things, removed) =
        (things(&planned.said, "removed"), things(&swept.said, "removed"));
    for one in removed.difference(&planned_things) {
        wrong.push(format!("the dry run did not say that this would be removed: {one}"));
    }
    let mut kept = things(&swept.said, "removed");
    kept.extend(things(&swept.said, "left"));
    for one in planned_things.difference(&kept) {
        wrong.push(format!("the dry run said of this that it would be removed: {one}"));
    }
    let any = |list: &str| planned.said[list].as_array().is_some_and(|list| !list.is_empty());
    let expected = if ["removed", "left", "unsure"].into_iter().any(any) { 4 } else { 0 };
    if planned.exit != Some(expected) {
        wrong.push(format!("the dry run ended with {:?}: {}", planned.exit, planned.said));
    }
    wrong
}

/// Kinds and ids that a sweep names in this list.
fn things(said: &Value, list: &str) -> BTreeSet<String> {
    let things = said[list].as_array().into_iter().flatten();
    things.map(|thing| format!("{} {}", thing["kind"], thing["id"])).collect()
}

/// The program: the one that was built with this, or the one that PARALLAX_PROGRAM names.
fn program() -> std::ffi::OsString {
    let built = || env!("CARGO_BIN_EXE_parallax").into();
    std::env::var_os("PARALLAX_PROGRAM").unwrap_or_else(built)
}

/// Waits until the run has announced its first creating call, and kills it so many seconds later.
/// `None` if it ended before.
fn kill(run: &mut Child, ledger: &Path, moment: f64) -> Option<f64> {
    let ended = |run: &mut Child| run.try_wait().expect("it was started").is_some();
    let announced =
        || std::fs::read_to_string(ledger).is_ok_and(|text| text.contains("{\"entry\":\"intent\""));
    while !announced() {
        if ended(run) {
            return None;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let began = Instant::now();
    while began.elapsed().as_secs_f64() < moment {
        if ended(run) {
            return None;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    // SIGKILL: nothing of it runs any more.
    run.kill().expect("it runs");
    run.wait().expect("it was started");
    Some(began.elapsed().as_secs_f64())
}

impl Round {
    /// Nothing differs, and the sweep says so, and is right in all that it says.
    fn is_clean(&self) -> bool {
        self.difference.is_empty() && self.exit == Some(0) && self.wrong.is_empty()
    }

    fn print(&self, round: usize) {
        let count = |name: &str| self.swept[name].as_array().map_or(0, Vec::len);
        let killed = self.killed.map_or_else(|| "ended".to_owned(), |at| format!("{at:.2}"));
        println!(
            "{round:5}  {killed:>8}  {:9}  {:10}  {:7}  {:4}  {:6}  {:>4}  {:7.1}  {}",
            self.announced,
            self.unanswered,
            count("removed"),
            count("left"),
            count("unsure"),
            self.exit.map_or_else(|| "-".to_owned(), |code| code.to_string()),
            self.took.as_secs_f64(),
            self.difference.short(),
        );
        self.difference.print();
        for list in ["left", "unsure"] {
            for one in self.swept[list].as_array().into_iter().flatten() {
                println!("       {list}: {one}");
            }
        }
        for wrong in &self.wrong {
            println!("       {wrong}");
        }
    }
}

/// The files of cases that make something, of those whose names contain one of these texts; without
/// those that make what the endpoint cannot list, and how many these are.
fn makers(options: &Options, lister: &Lister) -> (Vec<String>, usize) {
    let suite = Suite::load(&Assets::Cases).expect("the suite");
    let one_of = |words: &[String], name: &str| words.iter().any(|w| name.contains(w.as_str()));
    let chosen = |name: &str| {
        (options.cases.is_empty() || one_of(&options.cases, name)) && !one_of(&options.skip, name)
    };
    // Where no guest is reached, what is asked of guests makes nothing.
    let makes = |case: &Case| !case.only_reads() && !case.reaches_guests();
    let makers = suite.cases.iter().filter(|case| makes(case) && chosen(&case.name));
    let files = makers.map(|case| case.name.split('[').next().unwrap_or_default());
    let mut files: Vec<String> = files.map(|name| format!("{name}.yaml")).collect();
    files.dedup();
    let all = files.len();
    let of_file = |file: &str| {
        let name = file.trim_end_matches(".yaml").to_owned();
        let is_of = move |case: &&Case| case.name.split('[').next() == Some(name.as_str());
        suite.cases.iter().filter(is_of).cloned().collect::<Vec<_>>()
    };
    files.retain(|file| lists_of(&of_file(file)).into_iter().all(|action| lister.answers(action)));
    assert!(!files.is_empty(), "no case makes anything that can be listed");
    let left_out = all - files.len();
    (files, left_out)
}

/// A suite of these files only, and of what they begin with.
fn write_suite(out: &Path, files: &[String]) -> std::path::PathBuf {
    let suite = out.join("suite");
    let all = Assets::Cases.list(".yaml").expect("the suite's files");
    let preparations = all.iter().filter(|file| file.starts_with("preparations/"));
    for file in files.iter().chain(preparations) {
        let path = suite.join(file);
        std::fs::create_dir_all(path.parent().expect("a capability")).expect("a folder");
        std::fs::write(path, Assets::Cases.read(file).expect("it was listed")).expect("a file");
    }
    suite
}

impl Options {
    fn from_arguments() -> Options {
        let arguments: Vec<String> = std::env::args().collect();
        let value = |name: &str| {
            let at = arguments.iter().position(|argument| argument == name)?;
            arguments.get(at + 1).cloned()
        };
        let number = |name: &str, usual: f64| {
            value(name)
                .map_or(usual, |text| text.parse().unwrap_or_else(|_| panic!("{name} {text}")))
        };
        let words = |name: &str| {
            let behind = arguments.iter().skip_while(|argument| *argument != name).skip(1);
            behind.take_while(|argument| !argument.starts_with("--")).cloned().collect()
        };
        Options {
            rounds: number("--rounds", 10.0) as usize,
            sample: number("--sample", 40.0) as usize,
            jobs: value("--jobs").unwrap_or_else(|| "8".to_owned()),
            window: number("--window", 15.0),
            settle: value("--settle").unwrap_or_else(|| "30".to_owned()),
            seed: number("--seed", 1.0) as u64,
            once: arguments.iter().any(|argument| argument == "--once"),
            cases: words("--cases"),
            skip: words("--skip"),
        }
    }
}

/// Numbers by chance, the same for the same seed (xorshift64*).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// From 0 to 1.
    fn fraction(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// So many of these; all if it is 0.
    fn choose(&mut self, from: &[String], count: usize) -> Vec<String> {
        let mut all = from.to_vec();
        if count == 0 || count >= all.len() {
            return all;
        }
        for at in 0..count {
            let left = (all.len() - at) as f64;
            let other = at + (self.fraction() * left) as usize;
            all.swap(at, other);
        }
        all.truncate(count);
        all
    }
}
