//! How long a run took, for a person.

use std::fmt::Write as _;

use super::clean::clean;
use crate::run::Timing;

/// How long a run took, beside the least that it could have taken.
pub fn timing(timing: &Timing) -> String {
    let mut out = String::new();
    let Timing { wall_ms, jobs, cases_ms, server_ms, bound } = timing;
    let _ = writeln!(out, "{}", line(timing));
    let mut row = |what: &str, ms: u64, note: &str| {
        let _ = writeln!(out, "  {what:<24} {:>12}  {note}", seconds(ms));
    };
    row("took", *wall_ms, &format!("with {jobs} cases at once"));
    row("cases, added up", *cases_ms, "each from its beginning to its last undo");
    row("of that, the target", *server_ms, "answers, and waiting for states");
    row("the least possible", bound.ms, "if nothing but the target had needed time:");
    for link in &bound.chain {
        let by = match link.by.as_str() {
            "jobs" => format!("as much as {jobs} at once can do"),
            by if by.contains('/') => format!("as long as {} takes", clean(by)),
            kind => format!("as much as the quota of {} allows", clean(kind)),
        };
        let by =
            if link.part == "alone" && link.by == "jobs" { "one by one".to_owned() } else { by };
        row(&format!("  {}", link.part), link.ms, &by);
    }
    out
}

/// The same in a line.
pub fn line(timing: &Timing) -> String {
    let took = seconds(timing.wall_ms);
    match timing.ratio() {
        Some(ratio) => {
            let least = seconds(timing.bound.ms);
            format!("took {took}, {ratio:.2} times the least that the target allows ({least})")
        }
        None => format!("took {took}"),
    }
}

fn seconds(ms: u64) -> String {
    let tenths = (ms + 50) / 100;
    match ms {
        0..100_000 => format!("{}.{} s", tenths / 10, tenths % 10),
        _ => format!("{} min {:02} s", (ms + 500) / 60_000, (ms + 500) % 60_000 / 1000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{Bound, Timing};

    #[test]
    fn one_line() {
        let bound = Bound { ms: 100_000, chain: Vec::new() };
        let timing =
            Timing { wall_ms: 108_300, jobs: 4, cases_ms: 400_000, server_ms: 380_000, bound };
        let expected = "took 1 min 48 s, 1.08 times the least that the target allows (1 min 40 s)";
        assert_eq!(line(&timing), expected);
        let nothing = Timing { wall_ms: 1_250, bound: Bound::default(), ..timing };
        assert_eq!(line(&nothing), "took 1.3 s");
    }
}
