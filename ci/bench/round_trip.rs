//! Round trip: an endpoint is recorded, and then held against its own recording many times, in
//! parallel and in an order by chance. Every finding is a false one.
//!
//! Needs an endpoint as `parallax run` does: PARALLAX_ENDPOINT, PARALLAX_REGION, PARALLAX_IMAGE,
//! PARALLAX_INSTANCE_TYPE and credentials; see ci/README.md.

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use serde_json::Value;

/// What one round came to.
struct Round {
    cases: usize,
    held: usize,
    findings: Vec<String>,
    others: Vec<String>,
}

fn main() -> ExitCode {
    if std::env::var_os("PARALLAX_ENDPOINT").is_none() {
        println!("round trip: not run; PARALLAX_ENDPOINT names no endpoint (see ci/README.md)");
        return ExitCode::SUCCESS;
    }
    let rounds = number("--rounds").unwrap_or(20);
    let samples = number("--samples").unwrap_or(3);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let began = Instant::now();
    println!("recording {samples} samples");
    let count = samples.to_string();
    let record = ["record", "--yes", "--reference", "stand-in", "--samples", &count];
    let chosen = chosen();
    let chosen: Vec<&str> = chosen.iter().map(String::as_str).collect();
    let made = parallax(folder.path(), &[&record, &chosen[..]].concat());
    println!("recorded in {} s (exit {made})", began.elapsed().as_secs());
    if parallax(folder.path(), &["check", "--baselines", "baselines"]) != 0 {
        println!("the recorded baselines are not what their recordings give");
        return ExitCode::FAILURE;
    }
    println!("\nround  seed  jobs  cases  held  findings  not passed     s");
    let mut failed = 0;
    for round in 1..=rounds {
        let jobs = [1, 4, 8][round % 3];
        let began = Instant::now();
        let seen = hold(folder.path(), round, jobs, &chosen);
        println!(
            "{round:5}  {round:4}  {jobs:4}  {:5}  {:4}  {:8}  {:10}  {:4}",
            seen.cases,
            seen.held,
            seen.findings.len(),
            seen.others.len(),
            began.elapsed().as_secs()
        );
        for line in seen.findings.iter().chain(&seen.others) {
            println!("       {line}");
        }
        failed += usize::from(!seen.findings.is_empty() || seen.cases == 0);
    }
    println!("\n{} of {rounds} rounds without a finding", rounds - failed);
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs the cases once and reads what was found.
fn hold(folder: &Path, round: usize, jobs: usize, chosen: &[&str]) -> Round {
    let out = format!("round-{round}");
    let (seed, jobs) = (round.to_string(), jobs.to_string());
    let arguments =
        ["run", "--baselines", "baselines", "--shuffle", "--shuffle-seed", &seed, "--jobs", &jobs];
    parallax(folder, &[&arguments[..], &["--out", &out], chosen].concat());
    let text = std::fs::read_to_string(folder.join(&out).join("result.json")).unwrap_or_default();
    let result: Value = serde_json::from_str(&text).unwrap_or_default();
    let cases: Vec<&Value> = result["cases"].as_array().into_iter().flatten().collect();
    let name = |case: &Value| case["name"].as_str().unwrap_or_default().to_owned();
    let findings = cases.iter().flat_map(|case| {
        case["findings"].as_array().into_iter().flatten().map(move |finding| {
            let (step, rule, path) = (&finding["step"], &finding["rule"], &finding["path"]);
            let (expected, actual) = (&finding["expected"], &finding["actual"]);
            format!("{} {step} {rule} {path}: {expected} / {actual}", name(case))
        })
    });
    let findings = findings.collect();
    let others = cases
        .iter()
        .filter(|case| case["verdict"] != "pass")
        .map(|case| format!("{} {}: {}", name(case), case["verdict"], case["reason"]))
        .collect();
    let held = cases.iter().filter(|case| case["recording"] == "held").count();
    Round { cases: cases.len(), held, findings, others }
}

/// Runs the program; gives its exit code.
fn parallax(folder: &Path, arguments: &[&str]) -> i32 {
    let ran = Command::new(env!("CARGO_BIN_EXE_parallax"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    ran.ok().and_then(|status| status.code()).unwrap_or(-1)
}

/// The cases to take, if not all: what stands behind `--cases`, as `parallax run` takes them.
fn chosen() -> Vec<String> {
    std::env::args().skip_while(|argument| argument != "--cases").skip(1).collect()
}

fn number(name: &str) -> Option<usize> {
    let arguments: Vec<String> = std::env::args().collect();
    let at = arguments.iter().position(|argument| argument == name)?;
    arguments.get(at + 1)?.parse().ok()
}
