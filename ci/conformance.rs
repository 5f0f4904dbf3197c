//! The suite as tests: every case is a trial named `capability/case`.
//!
//! Without further ado the trials are held against the bundled recording of a real OpenStack: a
//! trial passes if judging the recording again gives the verdict and findings that were published
//! with it. That needs no network, and tells whether a change of rules, baselines or decoders
//! changes what is said of a real cloud. Every other published result is one trial,
//! `published/FOLDER`.
//!
//! With `PARALLAX_ENDPOINT` or `PARALLAX_TARGET` in the environment (and whatever else `parallax run`
//! takes from there) each trial runs its case there, and passes if the case does.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};
use parallax::assets::Assets;
use parallax::case::{Case, Suite};
use parallax::judge::recorded::read_recording;
use parallax::judge::{
    CaseResult, Finding, Knowledge, Layer, RunResult, Verdict, client, judge, read_result,
};
use parallax::run::{Order, Progress, RunOptions, Stop, run};
use parallax::target::{Asked, Caller, Chosen, Connection, choose, connect};
use parallax::transcript::Transcript;

/// The recording that is built into the program.
const RECORDING: &str = "openstack-2023.2";
/// Where all published results are.
const PUBLISHED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/reports");

fn main() -> ExitCode {
    // cargo-nextest asks for ignored trials apart; libtest-mimic's arguments know that.
    let arguments = Arguments::from_args();
    let trials = target().and_then(|target| match target {
        Some(target) => live(&target),
        None => recorded(),
    });
    match trials {
        Ok(trials) => libtest_mimic::run(&arguments, trials).exit_code(),
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::from(2)
        }
    }
}

/// The target that the environment names, if it names one.
fn target() -> Result<Option<Chosen>, String> {
    let variable = |name: &str| std::env::var(name).ok();
    // A configuration file with a default, or AWS's own variables, are for those who measure a cloud;
    // `cargo test` does that only if it is told to.
    if variable("PARALLAX_ENDPOINT").or_else(|| variable("PARALLAX_TARGET")).is_none() {
        return Ok(None);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|e| e.to_string())?;
    runtime.block_on(choose(Asked::default(), &variable)).map_err(|e| e.to_string())
}

/// A trial for each case of the suite, held against the published result of the recording.
fn recorded() -> Result<Vec<Trial>, String> {
    let read = |name: &str| {
        Assets::Reports
            .read(&format!("{RECORDING}/{name}"))
            .map_err(|e| format!("reports/{RECORDING}/{name}: {e}"))
    };
    let published = read_result(&read("result.json")?)?;
    let transcript = Transcript::parse(&read("transcript.jsonl")?).map_err(|e| e.to_string())?;
    let knowledge = Arc::new(Knowledge::load(&Assets::Baselines, None).map_err(|e| e.to_string())?);
    let judged = by_id(judge(&transcript, &knowledge));
    let published = by_id(published);
    let suite = Suite::load(&Assets::Cases).map_err(|e| e.to_string())?;
    let others = others()?.into_iter().map(|folder| {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let knowledge = knowledge.clone();
        Trial::test(format!("published/{name}"), move || judged_again(&folder, &knowledge))
    });
    let others: Vec<Trial> = others.collect();
    Ok(suite
        .cases
        .into_iter()
        .map(|case| {
            let (now, then) = (judged.get(&case.id).cloned(), published.get(&case.id).cloned());
            // A case that is newer than the recording has nothing to be held against.
            let ignored = then.is_none();
            Trial::test(case.name, move || match (now, then) {
                (Some(now), Some(then)) => same(&now, &then),
                _ => Err(Failed::from("the recording does not hold this case")),
            })
            .with_ignored_flag(ignored)
        })
        .chain(others)
        .collect())
}

/// Folders of published results other than the recording's.
fn others() -> Result<Vec<PathBuf>, String> {
    let entries = std::fs::read_dir(PUBLISHED).map_err(|e| format!("{PUBLISHED}: {e}"))?;
    let folders: Result<Vec<PathBuf>, _> = entries.map(|entry| entry.map(|e| e.path())).collect();
    let mut folders = folders.map_err(|e| format!("{PUBLISHED}: {e}"))?;
    folders.retain(|folder| folder.is_dir() && !folder.ends_with(RECORDING));
    folders.sort();
    Ok(folders)
}

/// Whether a published result is what judging its transcript gives.
fn judged_again(folder: &Path, knowledge: &Knowledge) -> Result<(), Failed> {
    let failed =
        |name: &str, why: String| Failed::from(format!("{}: {why}", folder.join(name).display()));
    let text = std::fs::read_to_string(folder.join("result.json"))
        .map_err(|e| failed("result.json", e.to_string()))?;
    let published = by_id(read_result(&text).map_err(|e| failed("result.json", e))?);
    let (plain, compressed) = ("transcript.jsonl", "transcript.jsonl.gz");
    let text = match std::fs::read_to_string(folder.join(plain)) {
        Ok(text) => text,
        Err(_) => read_recording(&folder.join(compressed))
            .map_err(|e| failed(compressed, e.to_string()))?,
    };
    let transcript = Transcript::parse(&text).map_err(|e| failed(plain, e.to_string()))?;
    let judged = by_id(judge(&transcript, knowledge));
    if let Some(id) = judged.keys().find(|id| !published.contains_key(*id)) {
        return Err(failed("result.json", format!("it lacks the case {id}")));
    }
    let mut differ = Vec::new();
    for (id, then) in &published {
        let now = judged.get(id).ok_or_else(|| failed(plain, format!("it lacks the case {id}")))?;
        if let Err(why) = same(now, then) {
            differ.push(format!("{}: {}", then.name, why.message().unwrap_or_default()));
        }
    }
    match differ.len() {
        0 => Ok(()),
        count => Err(Failed::from(format!(
            "{count} cases are not judged as published; if that is right, `parallax judge {}` \
             publishes them anew. The first:\n{}",
            folder.display(),
            differ.iter().take(10).cloned().collect::<Vec<_>>().join("\n")
        ))),
    }
}

fn by_id(result: RunResult) -> BTreeMap<String, CaseResult> {
    result.cases.into_iter().map(|case| (case.id.clone(), case)).collect()
}

/// Whether a case is judged as it was published.
fn same(now: &CaseResult, then: &CaseResult) -> Result<(), Failed> {
    // A build without the SDK says nothing in that layer, and a verdict may rest on it.
    let all = client::sdk().is_some();
    let said = |case: &CaseResult| -> Vec<Finding> {
        case.findings.iter().filter(|f| all || f.layer != Layer::Client).cloned().collect()
    };
    let (found, expected) = (said(now), said(then));
    if all && now.verdict != then.verdict {
        return Err(Failed::from(format!(
            "published as {}, now {}: {}",
            then.verdict, now.verdict, now.reason
        )));
    }
    if let Some(finding) = found.iter().find(|f| !expected.contains(f)) {
        return Err(Failed::from(format!("a finding that was not published: {finding:#?}")));
    }
    if let Some(finding) = expected.iter().find(|f| !found.contains(f)) {
        return Err(Failed::from(format!("a published finding is gone: {finding:#?}")));
    }
    Ok(())
}

/// A trial for each case of the suite, run on the endpoint that the environment names.
fn live(target: &Chosen) -> Result<Vec<Trial>, String> {
    let connection = Arc::new(Connection::from(target));
    let knowledge = Arc::new(Knowledge::load(&Assets::Baselines, None).map_err(|e| e.to_string())?);
    let suite = Suite::load(&Assets::Cases).map_err(|e| e.to_string())?;
    Ok(suite
        .cases
        .into_iter()
        .map(|case| {
            let (connection, knowledge) = (connection.clone(), knowledge.clone());
            Trial::test(case.name.clone(), move || run_live(&case, &connection, &knowledge))
        })
        .collect())
}

/// Runs one case by itself and judges it.
fn run_live(case: &Case, connection: &Connection, knowledge: &Knowledge) -> Result<(), Failed> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Failed::from(e.to_string()))?;
    let text = runtime.block_on(async {
        let target = connect(connection).await.map_err(|e| Failed::from(e.to_string()))?;
        let options = RunOptions {
            run: RunOptions::fresh_run_id(),
            jobs: 1,
            order: Order::LongestFirst,
            target: target.facts.clone(),
            prober: target.prober.clone(),
            ..RunOptions::default()
        };
        let started = format!("{:.0}", jiff::Timestamp::now());
        let (endpoint, recorder) = target.into_recording(&options.run, &started);
        let caller = Caller::new(&endpoint, &recorder);
        let cases = std::slice::from_ref(case);
        run(&caller, cases, &options, &Stop::default(), &Progress::quiet()).await;
        Ok::<_, Failed>(recorder.kept())
    })?;
    let transcript = Transcript::parse(&text).map_err(|e| Failed::from(e.to_string()))?;
    let result = judge(&transcript, knowledge);
    if let Some(leak) = result.leaks.first() {
        return Err(Failed::from(format!("{} {} failed: {}", leak.action, leak.input, leak.why)));
    }
    match result.cases.first() {
        Some(judged) if judged.verdict == Verdict::Pass => Ok(()),
        // The target said that it lacks what the case needs: no difference was seen.
        Some(judged) if judged.verdict == Verdict::Skipped => {
            eprintln!("{}: skipped: {}", judged.name, judged.reason);
            Ok(())
        }
        Some(judged) => Err(Failed::from(format!("{}: {}", judged.verdict, judged.reason))),
        None => Err(Failed::from("the case was not run")),
    }
}
