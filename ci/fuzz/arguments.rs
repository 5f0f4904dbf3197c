//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use crate::targets::{TARGETS, Target};

const USAGE: &str = "\
usage: cargo test --bench fuzz -- [--seconds N] [--target NAME]… [--seed S] [--kinds]
  --seconds N    how long, all targets together [20]
  --target NAME  only this one; may be repeated [all]
  --seed S       the inputs to try: the same seed gives the same [from the clock]
  --kinds        lists the kinds of outcomes that were met, the commonest first";

pub struct Arguments {
    pub time: Duration,
    pub targets: Vec<&'static Target>,
    pub seed: u64,
    pub kinds: bool,
    /// In a worker: the number of its first input.
    pub worker: Option<u64>,
}

impl Arguments {
    pub fn parse(given: impl Iterator<Item = String>) -> Result<Arguments, String> {
        let mut arguments = Arguments {
            time: Duration::from_secs(20),
            targets: Vec::new(),
            seed: from_the_clock(),
            kinds: false,
            worker: None,
        };
        let mut given = given.peekable();
        while let Some(name) = given.next() {
            let mut value = || given.next().ok_or(format!("{name} lacks its value\n{USAGE}"));
            match name.as_str() {
                "--seconds" => arguments.time = Duration::from_secs(number(&value()?)?),
                "--seed" => arguments.seed = number(&value()?)?,
                "--worker" => arguments.worker = Some(number(&value()?)?),
                "--kinds" => arguments.kinds = true,
                "--target" => arguments.targets.push(target(&value()?)?),
                // What cargo adds.
                "--bench" => {}
                other => return Err(format!("{other} is not known\n{USAGE}")),
            }
        }
        if arguments.targets.is_empty() {
            arguments.targets.extend(&TARGETS);
        }
        Ok(arguments)
    }
}

fn number(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("`{text}` is no number\n{USAGE}"))
}

fn target(name: &str) -> Result<&'static Target, String> {
    TARGETS.iter().find(|target| target.name == name).ok_or_else(|| {
        let all: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
        format!("there is no target `{name}`, but {}", all.join(", "))
    })
}

fn from_the_clock() -> u64 {
    let now = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
    now.as_secs()
}

/// Where inputs are put that something was found with.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/fuzz")
}
