//! How often does Parallax complain about AWS itself? Recordings of real AWS are judged with shape
//! profiles that they were not counted in; whatever is found is a false alarm, or has to be explained.
//!
//!     PARALLAX_EVIDENCE=DIR cargo test --bench false-alarms
//!
//! `DIR` holds `<Action>.jsonl` files in SDK member names, and raw ones in `DIR/wire`. It ends with
//! an error if anything is breaking, or divergent without an explanation in `false_alarms.json`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use parallax::assets::Assets;
use parallax::judge::shape::{About, Known, Profiles, build, read};
use parallax::judge::{Finding, Knowledge, Severity, judge_recording};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

/// Tenths of the recordings, by hash of what was recorded together.
const FOLDS: u8 = 10;

/// Why a difference from AWS is none. Every field that is given has to match; `path` and `source`
/// match their beginnings.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Explanation {
    rule: Option<String>,
    action: Option<String>,
    path: Option<String>,
    source: Option<String>,
    why: String,
}

/// One held-out part and what was found in it, by format.
struct Row {
    name: String,
    counts: BTreeMap<&'static str, [usize; 4]>,
}

/// Rule, action and path of a finding.
type Kind = (String, String, String);

/// What was found, added up over the rows of one kind.
#[derive(Default)]
struct Alarms {
    /// By rule, action and path: findings, and the recordings they are in.
    divergent: BTreeMap<Kind, (usize, BTreeSet<String>, Option<String>)>,
    breaking: Vec<String>,
    /// Members called missing, by the number of recordings that said "always": recordings that lack it.
    missing: BTreeMap<u32, BTreeSet<String>>,
}

fn main() -> ExitCode {
    let Some(folder) = std::env::var_os("PARALLAX_EVIDENCE").map(PathBuf::from) else {
        println!(
            "false-alarms: nothing measured. Set PARALLAX_EVIDENCE to a folder of recordings of real \
             AWS: <Action>.jsonl in SDK member names, and raw ones in its subfolder wire."
        );
        return ExitCode::SUCCESS;
    };
    match measure(&folder) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("false-alarms: {error}");
            ExitCode::from(2)
        }
    }
}

fn measure(folder: &Path) -> Result<bool, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let baselines = root.join("baselines");
    let about = About::read(
        &baselines.join("excluded-recordings.json"),
        &baselines.join("recording-projects.json"),
    )?;
    let explanations = std::fs::read_to_string(root.join("ci/bench/false_alarms.json"))
        .map_err(|e| e.to_string())?;
    let explanations: Vec<Explanation> =
        serde_json::from_str(&explanations).map_err(|e| format!("false_alarms.json: {e}"))?;
    let mut folders = vec![folder.to_owned()];
    folders.extend(Some(folder.join("wire")).filter(|wire| wire.is_dir()));
    let known = read(&folders, &about).map_err(|e| e.to_string())?;
    let knowledge = Knowledge::of_no_reference(&Assets::Folder(baselines.clone()))
        .map_err(|e| e.to_string())?;
    let judge =
        Judge { known: &known, about: &about, explanations: &explanations, knowledge: &knowledge };

    let mut holds = reproduces(&known, &about, &baselines.join("aws/shapes"))?;
    let mut tenths = Alarms::default();
    let mut rows: Vec<Row> = (0..FOLDS)
        .map(|n| judge.hold_out(&format!("tenth {n}"), &mut tenths, |one| fold(one) == n))
        .collect();
    let mut projects = Alarms::default();
    let names: BTreeSet<&str> = known.iter().map(|one| one.recording.project()).collect();
    for name in names.into_iter().filter(|name| known.iter().any(|k| is_of(k, name))) {
        let row = judge.hold_out(name, &mut projects, |one| one.recording.project() == name);
        rows.push(row);
    }
    let mut by_hand = Alarms::default();
    let trimmed = judge.hold_out("left out: trimmed by hand", &mut by_hand, |_| false);
    rows.push(trimmed);

    table(&rows);
    sweep(&tenths);
    let parts =
        [("tenths", &tenths), ("one project each", &projects), ("trimmed by hand", &by_hand)];
    for (name, alarms) in parts {
        holds &= list(name, alarms);
    }
    Ok(holds)
}

/// Whether the stored profiles are what the recordings give, byte for byte.
fn reproduces(known: &[Known], about: &About, folder: &Path) -> Result<bool, String> {
    let fresh: BTreeMap<String, String> =
        build(known, about).iter().map(|p| (format!("{}.json", p.action), p.to_text())).collect();
    let mut differ: BTreeSet<String> = fresh.keys().cloned().collect();
    for entry in std::fs::read_dir(folder).map_err(|e| e.to_string())? {
        let path = entry.map_err(|e| e.to_string())?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let stored = std::fs::read_to_string(&path).map_err(|e| e.to_string())?;
        if fresh.get(&name) == Some(&stored) {
            differ.remove(&name);
        } else {
            differ.insert(name);
        }
    }
    let count = fresh.len();
    match differ.is_empty() {
        true => println!("The {count} stored profiles are what these recordings give.\n"),
        false => println!("NOT what these recordings give (parallax shapes build): {differ:?}\n"),
    }
    Ok(differ.is_empty())
}

fn is_of(known: &Known, project: &str) -> bool {
    known.recording.project() == project && known.has_values()
}

/// Which tenth a recording is in. What was recorded together stays together.
fn fold(known: &Known) -> u8 {
    Sha256::digest(known.recording.unit().as_bytes())[0] % FOLDS
}

struct Judge<'a> {
    known: &'a [Known],
    about: &'a About,
    explanations: &'a [Explanation],
    /// What is known apart from profiles: error codes.
    knowledge: &'a Knowledge,
}

impl Judge<'_> {
    /// Judges what is held out with profiles of everything else; what is never counted, if nothing
    /// is held out.
    fn hold_out(&self, name: &str, alarms: &mut Alarms, is_out: impl Fn(&Known) -> bool) -> Row {
        let (out, rest): (Vec<&Known>, Vec<&Known>) = self.known.iter().partition(|k| is_out(k));
        let profiles = Profiles::of(build(rest.iter().copied(), self.about));
        let knowledge = Knowledge { profiles, ..self.knowledge.clone() };
        let never_counted = || rest.iter().filter(|k| k.left_out.is_some());
        let judged: Vec<&Known> = match out.is_empty() {
            true => never_counted().copied().collect(),
            false => out.into_iter().filter(|k| k.left_out.is_none()).collect(),
        };
        let mut counts: BTreeMap<&'static str, [usize; 4]> = BTreeMap::new();
        // Tokens in place of values say nothing about how values are judged.
        for one in judged.into_iter().filter(|one| one.has_values()) {
            let format = if one.recording.raw.is_some() { "raw" } else { "SDK-shaped" };
            let count = counts.entry(format).or_default();
            count[0] += 1;
            for finding in judge_recording(&one.action, &one.recording, &knowledge) {
                count[match finding.severity {
                    Severity::Breaking => 1,
                    Severity::Divergent => 2,
                    Severity::Cosmetic => 3,
                }] += 1;
                let profile = knowledge.profiles.get(&one.action);
                let stats = profile.and_then(|p| p.paths.get(&finding.path));
                if let Some(stats) = stats.filter(|s| s.lacking == 0)
                    && finding.rule == "shape.missing-member"
                {
                    let unit = format!("{} {}", one.recording.unit(), finding.path);
                    alarms.missing.entry(stats.recordings).or_default().insert(unit);
                }
                self.note(one, &finding, alarms);
            }
        }
        Row { name: name.to_owned(), counts }
    }

    fn note(&self, one: &Known, finding: &Finding, alarms: &mut Alarms) {
        match finding.severity {
            Severity::Breaking => alarms.breaking.push(format!(
                "{} {} {} {} ({}): {}",
                finding.rule,
                one.action,
                finding.path,
                one.place,
                one.recording.source,
                finding.actual
            )),
            Severity::Divergent => {
                let why = self.explanations.iter().find(|e| e.explains(one, finding));
                let key = (finding.rule.clone(), one.action.clone(), finding.path.clone());
                // What one recording needs explained is not explained by another's reason.
                let entry = alarms
                    .divergent
                    .entry(key)
                    .or_insert_with(|| (0, BTreeSet::new(), Some(String::new())));
                entry.0 += 1;
                entry.1.insert(one.recording.unit().to_owned());
                entry.2 = match (entry.2.take(), why) {
                    (Some(known), Some(why)) if known.is_empty() => Some(why.why.clone()),
                    (Some(known), Some(_)) => Some(known),
                    _ => None,
                };
            }
            Severity::Cosmetic => {}
        }
    }
}

impl Explanation {
    fn explains(&self, one: &Known, finding: &Finding) -> bool {
        let is = |wanted: &Option<String>, text: &str| wanted.as_ref().is_none_or(|w| w == text);
        let begins = |wanted: &Option<String>, text: &str| {
            wanted.as_ref().is_none_or(|w| text.starts_with(w))
        };
        is(&self.rule, &finding.rule)
            && is(&self.action, &one.action)
            && begins(&self.path, &finding.path)
            && begins(&self.source, &one.recording.source)
    }
}

fn table(rows: &[Row]) {
    println!(
        "{:40} {:10} {:>8} {:>8} {:>9} {:>8}",
        "held out", "format", "answers", "breaking", "divergent", "cosmetic"
    );
    let mut sums: BTreeMap<(bool, &str), [usize; 4]> = BTreeMap::new();
    for row in rows {
        for (format, counts) in &row.counts {
            let [answers, breaking, divergent, cosmetic] = counts;
            println!(
                "{:40} {format:10} {answers:>8} {breaking:>8} {divergent:>9} {cosmetic:>8}",
                row.name
            );
            let sum = sums.entry((row.name.starts_with("tenth"), format)).or_default();
            sum.iter_mut().zip(counts).for_each(|(sum, n)| *sum += n);
        }
    }
    for ((_, format), [answers, breaking, divergent, cosmetic]) in
        sums.iter().filter(|((is_tenth, _), _)| *is_tenth)
    {
        println!(
            "{:40} {format:10} {answers:>8} {breaking:>8} {divergent:>9} {cosmetic:>8}",
            "all tenths"
        );
    }
}

/// What the number of recordings is worth that say "always".
fn sweep(tenths: &Alarms) {
    println!("\nIf a missing member were breaking from so many recordings on that always have it:");
    for least in [5, 10, 20, 40, 60, 80] {
        let alarms: usize = tenths.missing.range(least..).map(|(_, units)| units.len()).sum();
        println!("  {least:3} recordings: {alarms} false alarms");
    }
}

/// Prints what has to be explained; whether everything is.
fn list(name: &str, alarms: &Alarms) -> bool {
    println!("\nDivergent, {name}:");
    let mut unexplained = 0;
    for ((rule, action, path), (count, units, why)) in &alarms.divergent {
        let why = why.as_deref().unwrap_or_else(|| {
            unexplained += 1;
            "NOT EXPLAINED"
        });
        println!(
            "  {count:4} in {:3} recordings  {rule}  {action}  {path}\n         {why}",
            units.len()
        );
        if why == "NOT EXPLAINED" {
            println!("         {}", units.iter().take(3).cloned().collect::<Vec<_>>().join(" "));
        }
    }
    for alarm in &alarms.breaking {
        println!("  BREAKING: {alarm}");
    }
    println!("  {} breaking, {unexplained} not explained", alarms.breaking.len());
    alarms.breaking.is_empty() && unexplained == 0
}
