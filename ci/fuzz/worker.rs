//! Tries inputs of one target until its time is up. It may die of one; who watches it goes on behind.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::FileExt as _;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::arguments::{Arguments, folder};
use crate::corpus::Corpus;
use crate::targets::Target;
use crate::tried::{Found, keep_panics, try_out};

/// As large as the stack of the threads that cases run in.
const STACK: usize = 2 << 20;
/// Kinds of outcomes that are counted; what is beyond goes together.
const MOST_KINDS: usize = 20_000;
/// Places at which the same panic is looked into once.
const MOST_PLACES: usize = 50;

/// What a worker did.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Report {
    pub inputs: u64,
    pub bytes: u64,
    /// Kinds of outcomes, and how often each was met.
    pub kinds: BTreeMap<String, u64>,
    /// Places at which something was found: what, how often, and the file with the first input.
    pub found: BTreeMap<String, (String, u64, String)>,
    pub slowest: Duration,
    /// The most memory that one input took, in bytes.
    pub largest: u64,
}

impl Report {
    pub fn add(&mut self, other: Report) {
        self.inputs += other.inputs;
        self.bytes += other.bytes;
        for (kind, count) in other.kinds {
            *self.kinds.entry(kind).or_default() += count;
        }
        for (place, (what, count, file)) in other.found {
            self.found.entry(place).or_insert((what, 0, file)).1 += count;
        }
        self.slowest = self.slowest.max(other.slowest);
        self.largest = self.largest.max(other.largest);
    }
}

/// The file in which a worker says which input it is at.
pub fn place_of(target: &Target) -> std::path::PathBuf {
    folder().join(format!("{}.at", target.name))
}

pub fn work(arguments: &Arguments, from: u64) -> ExitCode {
    let (target, seed, time) = (arguments.targets[0], arguments.seed, arguments.time);
    let place = File::create(place_of(target)).expect("a file below target/");
    let tell = move |n: u64| place.write_all_at(&n.to_le_bytes(), 0).expect("writable");
    keep_panics();
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(move || {
        let corpus = Corpus::of(target);
        tell(from);
        // What is read once, by the first input, is nobody's doing.
        let _ = (target.run)(&corpus.input(seed, 0));
        let began = Instant::now();
        let mut report = Report::default();
        let mut n = from;
        while began.elapsed() < time {
            tell(n);
            one(target, &corpus, seed, n, &mut report);
            n += 1;
        }
        report
    });
    match thread.expect("a thread").join() {
        Ok(report) => {
            let text = serde_json::to_string(&report).expect("JSON");
            writeln!(std::io::stdout(), "{text}").expect("somebody reads");
            ExitCode::SUCCESS
        }
        Err(_) => ExitCode::from(3),
    }
}

fn one(target: &Target, corpus: &Corpus, seed: u64, n: u64, report: &mut Report) {
    let input = corpus.input(seed, n);
    let tried = try_out(target, &input);
    report.inputs += 1;
    report.bytes += input.len() as u64;
    report.slowest = report.slowest.max(tried.took);
    report.largest = report.largest.max(tried.memory as u64);
    match tried.outcome {
        Ok(kind) => {
            let full = report.kinds.len() >= MOST_KINDS && !report.kinds.contains_key(&kind);
            let kind = if full { "others".to_owned() } else { kind };
            *report.kinds.entry(kind).or_default() += 1;
        }
        Err(found) => {
            if let Some(known) = report.found.get_mut(&found.place) {
                known.1 += 1;
            } else if report.found.len() < MOST_PLACES {
                let file = keep(target, &smaller(target, input, &found), n);
                report.found.insert(found.place, (found.message, 1, file));
            }
        }
    }
}

/// Writes an input into a file; gives its name.
pub fn keep(target: &Target, input: &[u8], n: u64) -> String {
    let path = folder().join(format!("{}-{n}", target.name));
    std::fs::write(&path, input).expect("writable");
    path.display().to_string()
}

/// Takes pieces out of an input for as long as the same is found at the same place.
fn smaller(target: &Target, mut input: Vec<u8>, found: &Found) -> Vec<u8> {
    let deadline = Instant::now() + Duration::from_secs(20);
    let mut size = input.len() / 2;
    while size > 0 && Instant::now() < deadline {
        let mut at = 0;
        while at < input.len() && Instant::now() < deadline {
            let mut less = input.clone();
            less.drain(at..(at + size).min(input.len()));
            match try_out(target, &less).outcome {
                Err(other) if other.place == found.place => input = less,
                _ => at += size,
            }
        }
        size /= 2;
    }
    input
}
