//! How much does the judge notice? Answers as AWS gives them are broken systematically, one place
//! at a time, and judged; what a client of AWS would notice has to be found, as grave as it is.
//!
//!     PARALLAX_EVIDENCE=DIR cargo measure --bench detection
//!
//! `DIR` holds recordings of real AWS (see `ci/README.md`), which are not in this repository.
//!
//! Whether a client can notice a change is decided from the recordings and from how AWS's SDKs
//! decode, never by asking the judge. The exit code is 1 if less than 99 % of what can be noticed
//! is found at the right severity.

#[path = "detection/answers.rs"]
mod answers;
#[path = "detection/change.rs"]
mod change;
#[path = "detection/envelope.rs"]
mod envelope;
#[path = "detection/held_out.rs"]
mod held_out;
#[path = "detection/members.rs"]
mod members;
#[path = "detection/node.rs"]
mod node;
#[path = "detection/operator.rs"]
mod operator;
#[path = "detection/render.rs"]
mod render;
#[path = "detection/sample.rs"]
mod sample;
#[path = "detection/sequences.rs"]
mod sequences;
#[path = "detection/sites.rs"]
mod sites;
#[path = "detection/statistics.rs"]
mod statistics;
#[path = "detection/steps.rs"]
mod steps;
#[path = "detection/tally.rs"]
mod tally;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use parallax::assets::Assets;
use parallax::judge::baseline::Baselines;
use parallax::judge::recorded::{Recordings, distil};
use parallax::judge::{Knowledge, judge};
use parallax::transcript::Transcript;
use serde_json::Value;

use held_out::HeldOut;
use operator::OPERATORS;
use sample::Samples;
use sequences::{Asserts, Column};
use tally::{Tally, percent};

/// Percentage of changes to answers that has to be found at the right severity.
const ENOUGH: f64 = 99.0;
/// The same for sequences. Not found are above all changes in lists of which a case asks for everything,
/// so that nothing of them is the case's own; and changes that are found graver than said.
const ENOUGH_OF_SEQUENCES: f64 = 99.0;
/// The sequences that are broken, below `reports/`.
const RECORDING: &str = "openstack-2023.2/transcript.jsonl";
/// Kinds of misses that are shown.
const SHOWN: usize = 30;

/// Breaks answers of AWS and counts what the judge notices
#[derive(Parser)]
struct Arguments {
    /// Changes of one operator to one path of one action that are tried
    #[arg(long, value_name = "N", default_value_t = 5)]
    per_place: usize,
    /// Cases of the bundled recording that are broken; all of them take half an hour
    #[arg(long, value_name = "N", default_value_t = 100)]
    sequences: usize,
    /// Judge each answer by profiles that were built without it and those recorded with it
    #[arg(long)]
    held_out: bool,
    /// Show every kind of miss
    #[arg(long)]
    verbose: bool,
    /// Write every single miss to a file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// What cargo gives to benchmarks
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    match measure(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::from(2)
        }
    }
}

fn measure(arguments: &Arguments) -> Result<bool, String> {
    let knowledge = Knowledge::load(&Assets::Baselines, None).map_err(|e| e.to_string())?;
    let mut enough = true;
    let mut out = serde_json::Map::new();
    match std::env::var_os("PARALLAX_EVIDENCE") {
        Some(folder) => {
            let (tally, good) = answers(&PathBuf::from(folder), &knowledge, arguments)?;
            enough &= good && verdict("answers", &tally, arguments);
            out.insert("answers".to_owned(), tally.to_json(OPERATORS));
        }
        None => println!(
            "Single answers are not tried: set PARALLAX_EVIDENCE to a folder with recordings of AWS."
        ),
    }
    for (name, tally) in sequences(&knowledge, arguments.sequences)? {
        enough &= verdict(&format!("sequences, {name} baselines"), &tally, arguments);
        out.insert(format!("sequences, {name}"), tally.to_json(OPERATORS));
    }
    if let Some(file) = &arguments.json {
        let text = serde_json::to_string_pretty(&Value::Object(out)).map_err(|e| e.to_string())?;
        std::fs::write(file, text).map_err(|e| format!("{}: {e}", file.display()))?;
    }
    Ok(enough)
}

/// Breaks the cases of the bundled recording. Each column is one way of judging them: by what is
/// documented of AWS, and as if this recording were one of the reference.
fn sequences(knowledge: &Knowledge, most: usize) -> Result<Vec<(&'static str, Tally)>, String> {
    let text = Assets::Reports.read(RECORDING).map_err(|e| format!("{RECORDING}: {e}"))?;
    let transcript = Transcript::parse(&text).map_err(|e| format!("{RECORDING}: {e}"))?;
    let documented = Column {
        name: "documented",
        judge: &|transcript| judge(transcript, knowledge),
        asserts: Asserts::Stated(&knowledge.baselines),
    };
    let mut recordings = Recordings::default();
    recordings.add("bundled", &text).map_err(|e| format!("{RECORDING}: {e}"))?;
    let distilled = distil("aws", &recordings, knowledge);
    // What is documented of AWS does not hold for this reference.
    let undocumented = Knowledge { baselines: Baselines::default(), ..knowledge.clone() };
    let with_recordings = undocumented.with_recordings(distilled.baselines.into_values());
    let recorded = Column {
        name: "recorded",
        judge: &|transcript| judge(transcript, &with_recordings),
        asserts: Asserts::Everything,
    };
    let columns = [documented, recorded];
    Ok(columns.iter().map(|c| (c.name, sequences::run(&transcript, c, most))).collect())
}

/// Breaks single answers. Says also whether all that they start from is clean.
fn answers(
    folder: &std::path::Path,
    knowledge: &Knowledge,
    arguments: &Arguments,
) -> Result<(Tally, bool), String> {
    let samples = Samples::read(folder)?;
    let raw = samples.list.iter().filter(|s| s.raw).count();
    println!(
        "{} answers of AWS: {raw} raw, {} written from SDK-shaped recordings; {} left out",
        samples.list.len(),
        samples.list.len() - raw,
        samples.left_out.len()
    );
    let unwritten: Vec<&String> =
        samples.left_out.iter().filter(|why| !why.ends_with(sample::TRIMMED)).collect();
    unwritten.iter().for_each(|why| println!("  left out: {why}"));
    let wrong = answers::control(&samples.list, knowledge);
    println!("control: {} of them have a breaking finding as they are", wrong.len());
    wrong.iter().for_each(|why| println!("  {why}"));
    let clean = wrong.is_empty() && unwritten.len() * 100 <= samples.list.len();
    if !clean {
        println!("  What is not written as AWS writes it cannot be broken: mend this first.");
    }
    println!(
        "a member is always there on AWS if no recording lacks it, out of {} at least; breaking from {}\n",
        statistics::WEAK,
        statistics::STRONG
    );
    let tally = if arguments.held_out {
        println!("each answer is judged by profiles of the other nine tenths of the recordings\n");
        let held_out = HeldOut::new(folder, knowledge)?;
        answers::run(&samples.list, |sample| held_out.for_sample(sample), arguments.per_place)
    } else {
        answers::run(&samples.list, |_| knowledge, arguments.per_place)
    };
    Ok((tally, clean))
}

fn verdict(part: &str, tally: &Tally, arguments: &Arguments) -> bool {
    tally.print(OPERATORS);
    tally.print_misses(OPERATORS, if arguments.verbose { usize::MAX } else { SHOWN });
    let (right, noticeable) = tally.score();
    let found = percent(right, noticeable);
    println!(
        "\n{part}: {right} of {noticeable} noticeable changes found at the right severity: {found:.2} %\n"
    );
    found >= if part == "answers" { ENOUGH } else { ENOUGH_OF_SEQUENCES }
}
