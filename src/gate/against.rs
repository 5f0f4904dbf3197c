//! Whether cases got worse than in an earlier run.

use std::collections::BTreeMap;

use super::about::About;
use super::decide::Looked;
use super::decision::{Cause, Decision};
use crate::compare::{Changed, change};
use crate::judge::{CaseResult, Finding, RunResult, Verdict};
use crate::waiver::Decisive;

/// Names that a note lists.
const NAMES: usize = 5;

/// Fails on what got worse: a worse verdict, or a case that failed before and fails in more, or more
/// gravely. What said something before and says nothing now cannot be told.
pub(super) fn decide(about: &About, earlier: &RunResult, looked: &Looked<'_>) -> Decision {
    let mut decision = Decision::new(about.word(), "against");
    let change = change(earlier, looked.result);
    let old: BTreeMap<&str, &CaseResult> = by_id(earlier);
    let new: BTreeMap<&str, &CaseResult> = by_id(looked.result);
    let in_question = |changed: &&Changed| about.has(&changed.id);
    let waived = |changed: &Changed| looked.waived.contains_key(&changed.id);

    let worse = change.worse.iter().filter(in_question).filter(|changed| !waived(changed));
    decision.failing.extend(worse.map(|changed| cause(changed, String::new())));
    let lost = change.lost.iter().filter(in_question);
    decision.untold.extend(lost.map(|changed| cause(changed, String::new())));
    let better = change.better.iter().filter(in_question);
    decision.better.extend(better.map(|changed| cause(changed, String::new())));

    for changed in change.changed.iter().filter(in_question) {
        let (Some(before), Some(now)) = (old.get(&*changed.id), new.get(&*changed.id)) else {
            continue;
        };
        if before.verdict != Verdict::Fail || now.verdict != Verdict::Fail {
            continue;
        }
        let (was, is) = (graves(before, looked.decisive), graves(now, looked.decisive));
        let came = is.iter().filter(|(at, finding)| graver(finding, was.get(*at)));
        let came: Vec<&Finding> = came.map(|(_, finding)| *finding).collect();
        let went = was.iter().filter(|(at, finding)| graver(finding, is.get(*at))).count();
        if let Some(first) = came.first() {
            if !waived(changed) {
                let why = format!("{} new or graver; first: {}", came.len(), first.message);
                decision.failing.push(cause(changed, why));
            }
        } else if went > 0 {
            let why = format!("{went} of what it failed in gone or milder");
            decision.better.push(cause(changed, why));
        }
    }

    let mut note = |what: &str, of: &[Changed], fits: &dyn Fn(&Changed) -> bool| {
        let names: Vec<&str> = of
            .iter()
            .filter(in_question)
            .filter(|changed| !waived(changed) && fits(changed))
            .map(|changed| changed.name.as_str())
            .collect();
        if !names.is_empty() {
            let first = names[..names.len().min(NAMES)].join(", ");
            let more = names.len().saturating_sub(NAMES);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            decision.notes.push(format!("{}{what}: {first}{more}.", count(names.len())));
        }
    };
    let fails = |changed: &Changed| changed.after == Some(Verdict::Fail);
    let any = |_: &Changed| true;
    note(" not in the earlier run and fails", &change.added, &fails);
    note(" could not be told before and fails", &change.told, &fails);
    note(" could not be told before and can be now", &change.told, &|changed| !fails(changed));
    note(" in the earlier run and not in this one", &change.removed, &any);
    let (before, now) = (&earlier.run.target.name, &looked.result.run.target.name);
    if before != now {
        decision.notes.push(format!("The earlier run is of another target: {before}, not {now}."));
    }
    if earlier.judged_with != looked.result.judged_with {
        decision.notes.push(
            "The earlier result was judged by other rules, and what changed may be those: \
             `parallax judge DIR` judges it again."
                .to_owned(),
        );
    }
    decision
}

fn count(cases: usize) -> String {
    if cases == 1 { "1 case".to_owned() } else { format!("{cases} cases") }
}

fn by_id(result: &RunResult) -> BTreeMap<&str, &CaseResult> {
    result.cases.iter().map(|case| (case.id.as_str(), case)).collect()
}

fn cause(changed: &Changed, why: String) -> Cause {
    Cause {
        id: changed.id.clone(),
        name: changed.name.clone(),
        before: changed.before.map(Verdict::word),
        now: changed.after.map_or("not-run", Verdict::word),
        why: if why.is_empty() { changed.reason.clone() } else { why },
    }
}

/// Where a finding is: values may be others without being worse.
type Place<'f> = (&'f str, &'f str, &'f str);

/// What a case fails in: of each place the gravest finding.
fn graves<'c>(case: &'c CaseResult, decisive: &'c Decisive) -> BTreeMap<Place<'c>, &'c Finding> {
    let mut graves: BTreeMap<Place<'c>, &'c Finding> = BTreeMap::new();
    for finding in decisive.findings(case) {
        let place = (finding.rule.as_str(), finding.step.as_str(), finding.path.as_str());
        let known = graves.entry(place).or_insert(finding);
        if finding.severity < known.severity {
            *known = finding;
        }
    }
    graves
}

/// Whether a finding is new, or graver than the other.
fn graver(finding: &Finding, other: Option<&&Finding>) -> bool {
    other.is_none_or(|other| finding.severity < other.severity)
}
