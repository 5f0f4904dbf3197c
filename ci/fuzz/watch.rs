//! Starts a worker for each target, notices when one dies or does not come on, and says what came of it
//! all.

use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use crate::arguments::{Arguments, folder};
use crate::corpus::Corpus;
use crate::targets::Target;
use crate::worker::{Report, keep, place_of};

/// How long each target has its turn.
const TURN: Duration = Duration::from_secs(600);
/// Time of the processor after which an input does not come to its end.
const HANGS: Duration = Duration::from_secs(60);
/// Memory of a worker beyond which it is ended before the machine suffers.
const TOO_LARGE: u64 = 4 << 30;
const LOOK: Duration = Duration::from_millis(100);
/// Inputs that a target may die of before it is left alone.
const MOST_DEATHS: usize = 20;

pub fn watch(arguments: &Arguments) -> ExitCode {
    std::fs::create_dir_all(folder()).expect("a folder below target/");
    println!("seed {}", arguments.seed);
    let mut turns: Vec<Turns> = arguments
        .targets
        .iter()
        .map(|&target| Turns { target, next: 0, report: Report::default(), deaths: 0 })
        .collect();
    let count = u32::try_from(turns.len()).expect("few");
    let mut left = arguments.time;
    while !left.is_zero() {
        let round = left.min(TURN * count);
        for target in &mut turns {
            target.turn(arguments.seed, round / count);
            // Whoever waits an hour wants to know that it goes on, and what it has come to.
            eprintln!(
                "{}: {} inputs, {} found",
                target.target.name,
                target.report.inputs,
                target.report.found.len()
            );
        }
        left -= round;
    }
    let mut clean = true;
    println!(
        "{:12} {:>9} {:>8} {:>7} {:>9} {:>8}  found",
        "target", "inputs", "MB", "kinds", "slowest", "largest"
    );
    for Turns { target, report, .. } in &turns {
        println!(
            "{:12} {:>9} {:>8.1} {:>7} {:>7.0}ms {:>6}MB  {}",
            target.name,
            report.inputs,
            report.bytes as f64 / 1e6,
            report.kinds.len(),
            report.slowest.as_secs_f64() * 1e3,
            report.largest >> 20,
            report.found.len()
        );
        clean &= report.found.is_empty();
    }
    for Turns { target, report, .. } in &turns {
        for (place, (what, count, file)) in &report.found {
            println!("\n{}: {what}\n  at {place}, {count} times\n  {file}", target.name);
        }
        if arguments.kinds {
            let mut kinds: Vec<_> = report.kinds.iter().collect();
            kinds.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
            println!("\n{}:", target.name);
            kinds.iter().for_each(|(kind, count)| println!("{count:>9}  {kind}"));
        }
    }
    if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A target and how far it is.
struct Turns {
    target: &'static Target,
    /// The number of the next input.
    next: u64,
    report: Report,
    deaths: usize,
}

impl Turns {
    fn turn(&mut self, seed: u64, time: Duration) {
        let deadline = Instant::now() + time;
        while self.deaths < MOST_DEATHS {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            let place = place_of(self.target);
            let _ = std::fs::remove_file(&place);
            let mut worker = Worker::start(self.target, seed, self.next, left);
            let how = worker.watch(|| at(&place));
            match (how, worker.report()) {
                (None, Some(report)) => {
                    self.next += report.inputs;
                    self.report.add(report);
                    return;
                }
                (how, _) => {
                    let how = how.unwrap_or_else(|| worker.died());
                    let Some(n) = at(&place) else {
                        self.deaths = MOST_DEATHS;
                        self.add(how, "before its first input".to_owned());
                        return;
                    };
                    // It took its report with it.
                    self.report.inputs += n - self.next + 1;
                    self.next = n + 1;
                    self.deaths += 1;
                    let input = Corpus::of(self.target).input(seed, n);
                    self.add(how, keep(self.target, &input, n));
                }
            }
        }
    }

    fn add(&mut self, how: String, file: String) {
        let place = format!("input {}", self.next.saturating_sub(1));
        self.report.found.insert(place, (how, 1, file));
    }
}

/// The number of the input that a worker is at.
fn at(place: &std::path::Path) -> Option<u64> {
    let bytes = std::fs::read(place).ok()?;
    Some(u64::from_le_bytes(bytes.try_into().ok()?))
}

struct Worker {
    child: Child,
    said: std::thread::JoinHandle<String>,
    complained: std::thread::JoinHandle<String>,
}

impl Worker {
    fn start(target: &Target, seed: u64, from: u64, time: Duration) -> Worker {
        // A second at least: what it begins with takes time.
        let seconds = time.as_secs().max(1).to_string();
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .args(["--worker", &from.to_string(), "--target", target.name])
            .args(["--seed", &seed.to_string(), "--seconds", &seconds])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        fn read(mut from: impl std::io::Read + Send + 'static) -> std::thread::JoinHandle<String> {
            std::thread::spawn(move || {
                let mut text = Vec::new();
                let _ = from.read_to_end(&mut text);
                String::from_utf8_lossy(&text).into_owned()
            })
        }
        let said = read(child.stdout.take().expect("piped"));
        let complained = read(child.stderr.take().expect("piped"));
        Worker { child, said, complained }
    }

    /// Waits for its end; what it was ended for, if it was.
    fn watch(&mut self, at: impl Fn() -> Option<u64>) -> Option<String> {
        let mut input = None;
        let mut since = Duration::ZERO;
        while let Ok(None) = self.child.try_wait() {
            std::thread::sleep(LOOK);
            let (cpu, memory) = self.use_of_machine();
            let now = at();
            if now != input {
                (input, since) = (now, cpu);
            }
            let ended = if now.is_some() && cpu.saturating_sub(since) > HANGS {
                Some(format!("no end after {} s", HANGS.as_secs()))
            } else if memory > TOO_LARGE {
                Some(format!("more than {} GiB of memory", TOO_LARGE >> 30))
            } else {
                None
            };
            if ended.is_some() {
                let _ = self.child.kill();
                let _ = self.child.wait();
                return ended;
            }
        }
        None
    }

    /// Time on a processor, and bytes of memory.
    fn use_of_machine(&self) -> (Duration, u64) {
        let read = |name: &str| {
            std::fs::read_to_string(format!("/proc/{}/{name}", self.child.id())).unwrap_or_default()
        };
        // Behind the name in brackets: the 12th and 13th are user and system time, in hundredths.
        let stat = read("stat");
        let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
        let ticks = |n: usize| fields.get(n).and_then(|t| t.parse::<u64>().ok()).unwrap_or(0);
        let status = read("status");
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = resident.and_then(|t| t.trim().trim_end_matches(" kB").parse::<u64>().ok());
        (Duration::from_millis((ticks(11) + ticks(12)) * 10), kilobytes.unwrap_or(0) << 10)
    }

    fn report(&mut self) -> Option<Report> {
        let said = std::mem::replace(&mut self.said, std::thread::spawn(String::new));
        serde_json::from_str(&said.join().ok()?).ok()
    }

    fn died(mut self) -> String {
        let how = self.child.wait().map_or_else(|e| e.to_string(), |status| status.to_string());
        let text = self.complained.join().unwrap_or_default();
        let last: Vec<&str> = text.lines().rev().take(3).collect();
        format!("it died: {how}: {}", last.into_iter().rev().collect::<Vec<_>>().join(" / "))
    }
}
