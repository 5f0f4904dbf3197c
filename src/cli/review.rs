//! `parallax review`.

use std::collections::BTreeSet;
use std::io::{BufRead as _, IsTerminal as _};
use std::path::PathBuf;

use clap::Args;
use serde_json::Value;

use super::args::plural;
use super::exit::{Done, Exit, Failed};
use super::files::RunFolder;
use super::out::{note, say};
use crate::judge::recorded::{CaseRecording, RecordedBaseline};
use crate::judge::{Finding, Knowledge, judge};
use crate::record::{Library, Moved, Who, moved};
use crate::transcript::Transcript;

/// Arguments of `review`.
#[derive(Debug, Args)]
pub(super) struct ReviewArgs {
    /// Only cases whose name contains one of these texts
    #[arg(value_name = "CASE")]
    filters: Vec<String>,
    /// Folder of baselines
    #[arg(long, value_name = "DIR", default_value = "baselines")]
    baselines: PathBuf,
    /// Whose baselines
    #[arg(long, value_name = "NAME", default_value = "aws")]
    reference: String,
    /// A run of a target, to see who moved: the reference or the target
    #[arg(long, value_name = "DIR")]
    run: Option<PathBuf>,
    /// Take over everything that waits, without asking
    #[arg(long, conflicts_with = "reject")]
    accept: bool,
    /// Drop everything that waits, without asking
    #[arg(long)]
    reject: bool,
}

pub(super) fn run(args: &ReviewArgs) -> Done {
    let library = Library::new(&args.baselines, &args.reference);
    let current = library.baselines().map_err(Failed::usage)?;
    let pending = library.pending().map_err(Failed::usage)?;
    let transcript =
        args.run.as_ref().map(|dir| RunFolder::new(dir).read_transcript()).transpose()?;
    let (mut decided, mut waiting) = (0, 0);
    for (name, new) in &pending {
        let Some(old) = current.get(name) else { continue };
        for (id, after) in &new.cases {
            let Some(before) = old.cases.get(id) else { continue };
            let wanted = args.filters.is_empty()
                || args.filters.iter().any(|filter| after.name.contains(filter.as_str()));
            if before == after || !wanted {
                continue;
            }
            let of_target =
                transcript.as_ref().map(|t| (findings(t, old, id), findings(t, new, id)));
            show(&args.reference, before, after, of_target.as_ref());
            let ids = BTreeSet::from([id.clone()]);
            match decide(args)? {
                Decision::Accept => library.accept(name, &ids).map_err(Failed::usage)?,
                Decision::Reject => library.reject(name, &ids).map_err(Failed::usage)?,
                Decision::Later => {
                    waiting += 1;
                    continue;
                }
            }
            decided += 1;
        }
    }
    say!("{} decided, {} waiting", plural(decided, "case"), plural(waiting, "case"));
    Ok(if waiting == 0 { Exit::Ok } else { Exit::CouldNotTell })
}

/// What a target's run shows, held against one recording of a case.
fn findings(transcript: &Transcript, baseline: &RecordedBaseline, id: &str) -> Vec<Finding> {
    let mut transcript = transcript.clone();
    transcript.retain_cases(|case| case.id == *id);
    let knowledge = Knowledge::of_recording(baseline);
    judge(&transcript, &knowledge).cases.into_iter().flat_map(|case| case.findings).collect()
}

fn show(
    reference: &str,
    before: &CaseRecording,
    after: &CaseRecording,
    of_target: Option<&(Vec<Finding>, Vec<Finding>)>,
) {
    say!("\n{}", after.name);
    say!("  {} → {}", before.samples.join(", "), after.samples.join(", "));
    let of_target = of_target.map(|(old, new)| (old.as_slice(), new.as_slice()));
    let places = moved(before, after, of_target);
    if places.is_empty() {
        say!("  the behaviour is the same; only times or findings about {reference} itself differ");
    }
    for Moved { place, old, new, target } in places {
        say!("  step `{}`, {}", place.step, place.path);
        say!("    {reference:>8} before  {}", short(&old));
        say!("    {reference:>8} now     {}", short(&new));
        match target {
            None => {}
            Some(Who::AsBefore) => {
                say!("    target          as {reference} before: {reference} moved away")
            }
            Some(Who::AsNow) => say!("    target          as {reference} now"),
            Some(Who::Neither(actual)) => say!("    target          {}", short(&actual)),
            Some(Who::Unknown) => say!("    target          not compared here"),
        }
    }
}

/// One line of a value.
fn short(value: &Value) -> String {
    const MOST: usize = 160;
    let text = crate::report::clean::clean(&value.to_string());
    match text.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

enum Decision {
    Accept,
    Reject,
    Later,
}

fn decide(args: &ReviewArgs) -> Result<Decision, Failed> {
    if args.accept {
        return Ok(Decision::Accept);
    }
    if args.reject {
        return Ok(Decision::Reject);
    }
    if !std::io::stdin().is_terminal() {
        return Ok(Decision::Later);
    }
    note!("  [a]ccept, [r]eject, or leave it for later [enter]? ");
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer).map_err(Failed::usage)?;
    Ok(match answer.trim() {
        "a" | "accept" => Decision::Accept,
        "r" | "reject" => Decision::Reject,
        _ => Decision::Later,
    })
}
