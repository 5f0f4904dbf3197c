//! What a gate says, and what waivers come to, for people.

use super::sheet::{Column, Piece, Sheet, Side, Tone, plain};
use super::terminal::shorten;
use crate::gate::{Cause, Decision, Holds};
use crate::judge::Verdict;
use crate::waiver::{Standing, State, Waiving};

/// Cases of a list that are shown; the file has all of them.
const MOST: usize = 30;
/// Characters of a reason that are shown.
const REASON: usize = 160;

/// Whether the gate holds, and if not, because of which cases.
pub fn gate(decision: &Decision) -> String {
    gate_sheet(decision).text()
}

/// What waivers come to: totals with and without them, and which are out of date.
pub fn waivers(waiving: &Waiving, stale_allowed: bool) -> String {
    waivers_sheet(waiving, stale_allowed).text()
}

pub(super) fn gate_sheet(decision: &Decision) -> Sheet {
    let mut sheet = Sheet::default();
    sheet.heading("Gate");
    sheet.line([verdict(decision)]);
    causes(&mut sheet, "What the run may not pass for", &decision.failing, Tone::Bad);
    causes(&mut sheet, "Nothing can be said of", &decision.untold, Tone::Doubt);
    causes(&mut sheet, "Better", &decision.better, Tone::Good);
    sheet.list(decision.notes.clone());
    sheet
}

fn verdict(decision: &Decision) -> Piece {
    let cases = match decision.about {
        "required" => "the required tests of the guideline",
        "none" => "no case",
        _ => "every case",
    };
    let by = match decision.by {
        "against" => "against the earlier run",
        "expectations" => "by the file of expectations",
        _ => "by its verdict",
    };
    match decision.holds {
        Holds::Yes => (format!("holds: {cases}, {by}"), Tone::Good),
        Holds::No => {
            (format!("does not hold: {cases}, {by}: {}", decision.failing.len()), Tone::Bad)
        }
        Holds::CouldNotTell => (format!("could not tell: {cases}, {by}"), Tone::Doubt),
    }
}

fn causes(sheet: &mut Sheet, title: &str, causes: &[Cause], tone: Tone) {
    if causes.is_empty() {
        return;
    }
    let columns: [Column; 3] = [("verdict", Side::Left), ("case", Side::Left), ("", Side::Left)];
    sheet.heading(format!("{title}: {}", causes.len()));
    let row = |cause: &Cause| {
        let verdict = match cause.before {
            Some(before) if before != cause.now => format!("{before} → {}", cause.now),
            _ => cause.now.to_owned(),
        };
        vec![(verdict, tone), plain(cause.name.as_str()), plain(shorten(&cause.why, REASON))]
    };
    sheet.table(&columns, causes.iter().take(MOST).map(row).collect());
    if causes.len() > MOST {
        sheet.list(vec![format!("… and {} more, all in gate.json", causes.len() - MOST)]);
    }
}

pub(super) fn waivers_sheet(waiving: &Waiving, stale_allowed: bool) -> Sheet {
    let mut sheet = Sheet::default();
    sheet.heading(format!("Waivers of {}, on {}", waiving.file, waiving.today));
    let columns: Vec<Column> = [("", Side::Left)]
        .into_iter()
        .chain(shown(waiving).map(|verdict| (verdict.word(), Side::Right)))
        .collect();
    let row = |name: &str, counts: &std::collections::BTreeMap<Verdict, u32>| {
        let counts = shown(waiving).map(|verdict| counts.get(&verdict).copied().unwrap_or(0));
        let mut row = vec![plain(name)];
        row.extend(counts.map(|count| plain(count.to_string())));
        row
    };
    let rows = vec![row("without waivers", &waiving.without), row("with waivers", &waiving.with)];
    sheet.table(&columns, rows);
    let applied = waiving.in_state(State::Applied).count();
    let not_asked = waiving.in_state(State::NotAsked).count();
    let elsewhere = waiving.in_state(State::Elsewhere).count();
    let mut line = format!("{applied} of {} applied", waiving.waivers.len());
    if not_asked > 0 {
        line.push_str(&format!("; of {not_asked} no case could be told"));
    }
    if elsewhere > 0 {
        line.push_str(&format!("; {elsewhere} for other targets"));
    }
    sheet.line([(line, Tone::Soft)]);
    for standing in &waiving.waivers {
        match standing.state {
            State::Expired => {
                let what = "agree on a new date, or remove it; it accepts nothing any more";
                problem(&mut sheet, waiving, standing, Tone::Bad, what);
            }
            State::Stale if stale_allowed => {
                problem(
                    &mut sheet,
                    waiving,
                    standing,
                    Tone::Soft,
                    "no such difference in this run",
                );
            }
            State::Stale => {
                let what = "no such difference any more: remove it (of a run of some cases only: \
                            --allow-stale)";
                problem(&mut sheet, waiving, standing, Tone::Bad, what);
            }
            State::Applied | State::NotAsked | State::Elsewhere => {}
        }
    }
    sheet
}

fn problem(sheet: &mut Sheet, waiving: &Waiving, standing: &Standing, tone: Tone, what: &str) {
    let Standing { line, scope, owner, expires, state, .. } = standing;
    let place = format!("{}:{line}: ", waiving.file);
    let text = format!("{} (of {owner}, until {expires}; {scope}): {what}", state.word());
    sheet.line([plain(place), (text, tone)]);
}

/// Verdicts that some case has, with waivers or without.
fn shown(waiving: &Waiving) -> impl Iterator<Item = Verdict> {
    let has = |verdict: &Verdict| {
        waiving.without.contains_key(verdict) || waiving.with.contains_key(verdict)
    };
    Verdict::ALL.into_iter().filter(has)
}
