//! Subunit, version 1: lines of text.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::clean::clean;
use super::junit::description;
use super::subunit::{test_id, times};
use crate::judge::{CaseResult, RunResult, Verdict};

/// The result as subunit, version 1. What could not be told is an error here; everything else is as in
/// version 2.
pub fn subunit_v1(result: &RunResult) -> String {
    let mut out = String::new();
    for case in &result.cases {
        let id = clean(&test_id(case));
        let (began, ended) = times(result, case);
        time(&mut out, began);
        let _ = writeln!(out, "test: {id}");
        let _ = writeln!(out, "tags: {} {}", case.capability, case.verdict);
        time(&mut out, ended);
        let word = word(case.verdict);
        if case.verdict == Verdict::Pass {
            let _ = writeln!(out, "{word}: {id}");
        } else {
            let _ = writeln!(out, "{word}: {id} [");
            details(&mut out, case);
            out.push_str("]\n");
        }
    }
    out
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "success",
        Verdict::Unsupported | Verdict::Skipped | Verdict::Waived => "skip",
        Verdict::Fail => "failure",
        Verdict::Flaky | Verdict::Blocked | Verdict::Inconclusive => "error",
    }
}

fn time(out: &mut String, time: Option<Timestamp>) {
    if let Some(time) = time {
        let time = time.to_zoned(TimeZone::UTC).datetime();
        let (date, clock) = (time.date(), time.time());
        let (h, m, s) = (clock.hour(), clock.minute(), clock.second());
        let micros = clock.subsec_nanosecond() / 1000;
        let _ = writeln!(out, "time: {date} {h:02}:{m:02}:{s:02}.{micros:06}Z");
    }
}

/// The lines between the brackets. One that begins with the closing bracket has a space before it, as the
/// specification says.
fn details(out: &mut String, case: &CaseResult) {
    let text = format!("{}: {}\n{}", case.verdict, case.reason, description(case));
    for line in text.lines() {
        let quoted = if line.starts_with(']') { " " } else { "" };
        let _ = writeln!(out, "{quoted}{}", clean(line));
    }
}
