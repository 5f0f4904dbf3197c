//! How fast stored answers are judged: MB/s on one core, beside the bare XML tokeniser on the same
//! bytes and beside a script in Python; and how much memory it takes beside the size of the answer.
//!
//! Everything in one table was measured in one run, in turns, so that what else the machine does hits
//! every row alike. That is also why this is no `criterion` or `divan`: they finish one row before
//! the next, and print no table across rows and programs.

#![allow(missing_docs, reason = "a program")]

#[path = "throughput/instances.rs"]
mod instances;
#[path = "throughput/memory.rs"]
mod memory;
#[path = "throughput/python.rs"]
mod python;

use std::hint::black_box;
use std::time::{Duration, Instant};

use parallax::assets::Assets;
use parallax::judge::{Knowledge, judge, judge_exchange};
use parallax::model::Model;
use parallax::transcript::{Body, Exchange, Reply, Transcript};
use parallax::wire::Answer;
use serde_json::Value;

/// A round takes at least this long; short work is repeated.
const ROUND: Duration = Duration::from_millis(100);
/// Rounds of which the median counts, for small answers and for large ones.
const ROUNDS: [u32; 2] = [9, 3];
/// Bytes from which answers are large.
const LARGE: usize = 10_000_000;
const MB: f64 = 1e6;

fn main() {
    // `cargo test --benches` runs benchmarks to see whether they run at all.
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let trial = !arguments.iter().any(|argument| argument == "--bench");
    let chosen = arguments.iter().find(|argument| !argument.starts_with('-'));
    let instances = if trial { 20 } else { 10_000 };
    let bundled = Assets::Reports.read("openstack-2023.2/transcript.jsonl").expect("bundled");
    let as_of_aws = || with_answer(&bundled, &instances::describe_instances(instances));
    // In each instance: another value of an enum, a member too many, one too few, and an id of
    // another form, which is another difference each time.
    let different = || {
        let answer = instances::describe_instances(instances)
            .replace("<hypervisor>xen<", "<hypervisor>kvm<")
            .replace("<ebsOptimized>", "<cloud>here</cloud><ebsOptimized>")
            .replace("<architecture>x86_64</architecture>", "")
            .replace("<volumeId>vol-0", "<volumeId>volume-0");
        with_answer(&bundled, &answer)
    };
    let inputs: [(String, &dyn Fn() -> String); 3] = [
        ("the bundled recording of an OpenStack".to_owned(), &|| bundled.clone()),
        (format!("one answer to DescribeInstances, {instances} instances as of AWS"), &as_of_aws),
        (format!("the same with four differences in each of the {instances}"), &different),
    ];
    for (title, text) in inputs.iter().filter(|i| chosen.is_none_or(|word| i.0.contains(word))) {
        let input = Input::new(title, text());
        let rounds = if input.bytes < LARGE { ROUNDS[0] } else { ROUNDS[1] };
        table(&input, if trial { 1 } else { rounds });
    }
}

/// A transcript, and the answers in it.
struct Input {
    title: String,
    text: String,
    transcript: Transcript,
    bytes: usize,
}

impl Input {
    fn new(title: &str, text: String) -> Input {
        let transcript = Transcript::parse(&text).expect("a transcript");
        let bytes = answers(&transcript).map(|(_, _, body)| body.len()).sum();
        Input { title: title.to_owned(), text, transcript, bytes }
    }
}

/// Every answer of a transcript: its exchange, HTTP status and body.
fn answers(transcript: &Transcript) -> impl Iterator<Item = (&Exchange, u16, &str)> {
    transcript.exchanges().filter_map(|exchange| match &exchange.reply {
        Reply::Response(response) => match &response.body {
            Body::Text(text) => Some((exchange, response.status, text.as_str())),
            Body::Base64(_) => None,
        },
        Reply::Failure(_) => None,
    })
}

/// A run of one case with one call that got this answer. The rest is taken from the recording.
fn with_answer(recording: &str, answer: &str) -> String {
    const CASE: &str = "api/everyday-reads[instance-status]";
    let events = recording.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let events: Vec<Value> = events.collect();
    let case = events.iter().find(|e| e["case"]["name"] == CASE).expect("it is in the recording");
    let id = &case["case"]["id"];
    let mut text = String::new();
    for mut event in events.iter().cloned() {
        match event["event"].as_str() {
            Some("run" | "end") => {}
            Some("case") if event["case"]["id"] == *id => {
                event["case"]["variables"]["action"] = "DescribeInstances".into();
                event["case"]["steps"][0]["action"] = "DescribeInstances".into();
            }
            Some("exchange") if event["case"] == *id => {
                event["action"] = "DescribeInstances".into();
                event["reply"] = serde_json::json!({"response": {
                    "status": 200,
                    "headers": [
                        ["content-type", "text/xml;charset=UTF-8"],
                        ["x-amzn-requestid", "8f7724cf-496f-496e-8fe3-5c9a9e1f0b7d"],
                    ],
                    "body": {"text": answer},
                }});
            }
            Some("step") if event["case"] == *id => {}
            _ => continue,
        }
        text.push_str(&event.to_string());
        text.push('\n');
    }
    text
}

type Work<'w> = (&'static str, Box<dyn Fn() + 'w>);

fn table(input: &Input, rounds: u32) {
    let knowledge = Knowledge::load(&Assets::Baselines, None).expect("the bundled baselines");
    let without_client = Knowledge { without_client: true, ..knowledge.clone() };
    let transcript = &input.transcript;
    let rows: Vec<Work<'_>> = vec![
        ("the bare XML tokeniser", Box::new(|| tokenise(transcript))),
        ("decoding along AWS's model", Box::new(|| decode(transcript))),
        ("all layers but the client's", Box::new(|| layers(transcript, &without_client))),
        ("all layers", Box::new(|| layers(transcript, &knowledge))),
        (
            "judging the transcript, read before",
            Box::new(|| drop(black_box(judge(transcript, &knowledge)))),
        ),
        (
            "reading and judging the transcript",
            Box::new(|| {
                let transcript = Transcript::parse(&input.text).expect("read before");
                drop(black_box(judge(&transcript, &knowledge)));
            }),
        ),
    ];
    let mut seconds = in_turns(&rows, rounds);
    let mut names: Vec<&str> = rows.iter().map(|(name, _)| *name).collect();
    let bodies: Vec<_> = answers(transcript)
        .map(|(exchange, status, body)| python::Body { action: &exchange.action, status, body })
        .collect();
    let python = python::measure(&bodies, if input.bytes < LARGE { rounds } else { 1 });
    if let Ok(measured) = &python {
        names.extend(["Python: botocore's parser", "Python: the same and deepdiff"]);
        seconds.extend([measured.parse, measured.parse_and_compare]);
    }

    let megabytes = input.bytes as f64 / MB;
    let count = bodies.len();
    println!("\n{}: {megabytes:.2} MB in {count} answer(s)", input.title);
    println!("{:<38} {:>9} {:>12} {:>11}", "", "MB/s", "s", "× tokeniser");
    for (name, taken) in names.iter().zip(&seconds) {
        let ratio = taken / seconds[0];
        println!("{name:<38} {:>9.2} {taken:>12.6} {ratio:>11.1}", megabytes / taken);
    }
    if let Err(why) = &python {
        println!("Python was not run (`pip install -r ci/requirements.txt`): {why}");
    }
    let memory = |name: &str, peak: Option<u64>| match peak {
        Some(peak) => {
            let ratio = peak as f64 / input.bytes as f64;
            println!("{name:<38} {:>9.1} MB {ratio:>19.1} × the answers", peak as f64 / MB);
        }
        None => println!("{name:<38} {:>9}", "unknown"),
    };
    memory("memory of `parallax judge`, at most", memory::of_judging(&input.text));
    memory("memory of the Python script, at most", python.ok().map(|measured| measured.peak_bytes));
}

/// Seconds that each takes: the median of rounds in which each has its turn.
fn in_turns(rows: &[Work<'_>], rounds: u32) -> Vec<f64> {
    let repeats: Vec<u32> = rows
        .iter()
        .map(|(_, work)| {
            let once = timed(work, 1).max(1e-9);
            (ROUND.as_secs_f64() / once).clamp(1.0, 1e6) as u32
        })
        .collect();
    let mut samples = vec![Vec::new(); rows.len()];
    for _ in 0..rounds {
        for ((sample, (_, work)), repeats) in samples.iter_mut().zip(rows).zip(&repeats) {
            sample.push(timed(work, *repeats));
        }
    }
    samples
        .into_iter()
        .map(|mut sample| {
            sample.sort_by(f64::total_cmp);
            sample[sample.len() / 2]
        })
        .collect()
}

fn timed(work: &dyn Fn(), repeats: u32) -> f64 {
    let start = Instant::now();
    for _ in 0..repeats {
        work();
    }
    start.elapsed().as_secs_f64() / f64::from(repeats)
}

fn tokenise(transcript: &Transcript) {
    for (_, _, body) in answers(transcript) {
        let mut reader = quick_xml::Reader::from_str(body);
        loop {
            match black_box(reader.read_event()) {
                Ok(quick_xml::events::Event::Eof) | Err(_) => break,
                Ok(_) => {}
            }
        }
    }
}

fn decode(transcript: &Transcript) {
    let model = Model::ec2();
    for (exchange, status, body) in answers(transcript) {
        let action = model.action(&exchange.action);
        drop(black_box(Answer::read(model, action, status, body.as_bytes())));
    }
}

fn layers(transcript: &Transcript, knowledge: &Knowledge) {
    for exchange in transcript.exchanges() {
        drop(black_box(judge_exchange(exchange, knowledge)));
    }
}
