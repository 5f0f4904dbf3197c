//! What a call costs: processor time, user and system, beside a bare loop over the same HTTP client
//! and beside boto3. Each is a process of its own that asks a server on loopback, in another process,
//! the same question again and again; what a process takes that asks nothing is taken off.
//!
//! `--calls N` and `--rounds N` say how often. The rows are measured in turns, so read the ratios.

#![allow(missing_docs, reason = "a program")]

#[path = "calls/asking.rs"]
mod asking;
#[path = "calls/server.rs"]
mod server;

use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

/// The keys that everybody signs with.
const KEYS: [(&str, &str); 3] = [
    ("AWS_ACCESS_KEY_ID", "AKIAPARALLAXEXAMPLE0"),
    ("AWS_SECRET_ACCESS_KEY", "parallax-bench-secret"),
    ("AWS_EC2_METADATA_DISABLED", "true"),
];
const REGION: &str = "here-1";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["--serve"] => server::serve(),
        ["--caller", url, calls] => asking::through_parallax(url, parsed(calls)),
        ["--bare", url, calls] => asking::bare(url, parsed(calls)),
        _ => return compare(&arguments),
    }
    ExitCode::SUCCESS
}

fn parsed(number: &str) -> u32 {
    number.parse().expect("our own number")
}

/// One of the programs that are compared.
struct Row {
    title: &'static str,
    /// The program and its first arguments; URL and number of calls follow.
    command: Vec<PathBuf>,
    /// Seconds of processor time of each round: with no call, and with all.
    seconds: Vec<(f64, f64)>,
}

fn compare(arguments: &[String]) -> ExitCode {
    // `cargo test --benches` runs benchmarks to see whether they run at all.
    let trial = !arguments.iter().any(|argument| argument == "--bench");
    let number = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1)?.parse::<u32>().ok()
    };
    let calls = number("--calls").unwrap_or(if trial { 20 } else { 3000 });
    let rounds = number("--rounds").unwrap_or(if trial { 1 } else { 5 });
    let this = std::env::current_exe().expect("it runs");
    let server = server::start(&this);
    let row = |title, command: &[&PathBuf]| Row {
        title,
        command: command.iter().map(|part| (*part).clone()).collect(),
        seconds: Vec::new(),
    };
    let mut rows = vec![
        row("parallax: encode, sign, send, decode, redact, record", &[&this, &"--caller".into()]),
        row("the HTTP client alone (reqwest), unsigned", &[&this, &"--bare".into()]),
    ];
    let python = python();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/ci/bench/boto3_calls.py").into();
    let has_boto3 = cpu(&[python.clone(), script], &server.url, 0);
    match &has_boto3 {
        Some(_) => rows.push(row(
            "boto3: encode, sign, send, decode",
            &[&python, &concat!(env!("CARGO_MANIFEST_DIR"), "/ci/bench/boto3_calls.py").into()],
        )),
        None => println!(
            "boto3: not measured; PARALLAX_PYTHON names a Python that has it ({} has not)",
            python.display()
        ),
    }
    for _ in 0..rounds {
        for row in &mut rows {
            let time = |calls| cpu(&row.command, &server.url, calls).expect("it comes to its end");
            let pair = (time(0), time(calls));
            row.seconds.push(pair);
        }
    }
    table(&rows, calls, rounds);
    ExitCode::SUCCESS
}

fn table(rows: &[Row], calls: u32, rounds: u32) {
    let per_call = |row: &Row| {
        median(row.seconds.iter().map(|(idle, busy)| (busy - idle) / f64::from(calls)).collect())
    };
    println!("\nDescribeRegions, {calls} calls one after the other, median of {rounds} rounds\n");
    println!("  µs of CPU a call   ratio   ms to start");
    let first = rows.first().map(per_call).unwrap_or_default();
    for row in rows {
        let idle = median(row.seconds.iter().map(|(idle, _)| *idle).collect());
        println!(
            "  {:16.0}  {:6.2}  {:11.0}   {}",
            per_call(row) * 1e6,
            per_call(row) / first,
            idle * 1e3,
            row.title
        );
    }
}

/// Seconds of processor time, user and system, that a program takes from its start to its end; `None`
/// if it fails, or if the system does not tell.
fn cpu(command: &[PathBuf], url: &str, calls: u32) -> Option<f64> {
    let before = of_children()?;
    let (program, first) = command.split_first()?;
    let ran = Command::new(program)
        .args(first)
        .args([url, &calls.to_string()])
        .envs(KEYS)
        .env("AWS_REGION", REGION)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    ran.ok().filter(std::process::ExitStatus::success)?;
    Some((of_children()? - before).as_secs_f64())
}

/// What children that ended took, as `/proc/self/stat` has it: fields 16 and 17, in hundredths of a
/// second (proc_pid_stat(5)). The server does not end before the table is there.
fn of_children() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let (_, behind_name) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = behind_name.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<u64>().ok();
    // The first field behind the name is the third.
    Some(Duration::from_millis(10 * (ticks(16 - 3)? + ticks(17 - 3)?)))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// The interpreter that `PARALLAX_PYTHON` names, that of `.ci/run`, or the system's.
fn python() -> PathBuf {
    if let Some(named) = std::env::var_os("PARALLAX_PYTHON") {
        return named.into();
    }
    let installed = concat!(env!("CARGO_MANIFEST_DIR"), "/target/ci-venv/bin/python");
    if PathBuf::from(installed).exists() { installed.into() } else { "python3".into() }
}
