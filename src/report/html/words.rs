//! Numbers, times and names as a person reads them, and what the words of a report mean.

use crate::judge::recorded::Spread;
use crate::judge::{EvidenceKind, Verdict};

/// What a kind of evidence is called.
pub(super) fn evidence(kind: EvidenceKind) -> &'static str {
    match kind {
        EvidenceKind::Sdk => "AWS SDK",
        EvidenceKind::Model => "AWS API model",
        EvidenceKind::Statistics => "statistics",
        EvidenceKind::Documented => "documented",
        EvidenceKind::Recorded => "recorded",
    }
}

/// What a verdict means.
pub(super) fn verdict_means(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "Nothing breaking, and nothing divergent against the baseline.",
        Verdict::Fail => "A breaking finding, or a divergent one of the baseline layer.",
        Verdict::Unsupported => {
            "The target says that it does not do this, with the code that AWS uses for it."
        }
        Verdict::Flaky => "Of several attempts at the case one passed and another did not.",
        Verdict::Blocked => "A step that only prepares the case failed; the case was not reached.",
        Verdict::Inconclusive => {
            "Throttled, timed out, unreachable or interrupted: nothing can be said."
        }
        Verdict::Skipped => "The target declares that it lacks what the case needs.",
        Verdict::Waived => "Failed, and a waiver accepts that until a date.",
    }
}

/// How a verdict continues the sentence `31 of 58 cases behave as on AWS; …`.
pub(super) fn verdict_clause(verdict: Verdict, count: u32) -> String {
    let one = count == 1;
    let rest = match verdict {
        Verdict::Pass if one => "behaves as on AWS",
        Verdict::Pass => "behave as on AWS",
        Verdict::Fail if one => "differs",
        Verdict::Fail => "differ",
        Verdict::Unsupported if one => "is honestly unsupported",
        Verdict::Unsupported => "are honestly unsupported",
        Verdict::Flaky if one => "is flaky",
        Verdict::Flaky => "are flaky",
        Verdict::Blocked if one => "was blocked",
        Verdict::Blocked => "were blocked",
        Verdict::Inconclusive if one => "was inconclusive",
        Verdict::Inconclusive => "were inconclusive",
        Verdict::Skipped if one => "was skipped",
        Verdict::Skipped => "were skipped",
        Verdict::Waived if one => "differs under a waiver",
        Verdict::Waived => "differ under waivers",
    };
    format!("{} {rest}", number(count.into()))
}

/// What a list of cases that changed holds.
pub(super) fn change_means(list: &str) -> &'static str {
    match list {
        "worse" => "The verdict is worse than before.",
        "lost" => "Said something before, and nothing can be said now.",
        "changed" => "The verdict says as much as before, the findings are others.",
        "better" => "The verdict is better than before.",
        "told" => "Nothing could be said before; now it can.",
        "added" => "Not run before.",
        "removed" => "Not run now.",
        _ => "",
    }
}

/// `38 %`, rounded down: only what is all of it is 100 %.
pub(super) fn percent(part: u32, all: u32) -> String {
    match (u64::from(part) * 100).checked_div(all.into()) {
        Some(percent) => format!("{percent} %"),
        None => String::new(),
    }
}

/// A text with a capital first letter.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// `1 case`, `2 cases`.
pub(super) fn count(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", number(count as u64), if count == 1 { one } else { many })
}

/// `12,345`.
pub(super) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `812 bytes`, `14.2 KiB`, `5.0 MiB`.
pub(super) fn bytes(bytes: usize) -> String {
    match bytes {
        1 => "1 byte".to_owned(),
        0..1024 => format!("{bytes} bytes"),
        1024..1_048_576 => format!("{:.1} KiB", bytes as f64 / 1024.0),
        _ => format!("{:.1} MiB", bytes as f64 / 1_048_576.0),
    }
}

/// `830 ms`, `4.2 s`, `2 min 05 s`, `1 h 04 min`.
pub(super) fn duration(ms: u64) -> String {
    let seconds = (ms + 500) / 1000;
    match ms {
        0..1000 => format!("{ms} ms"),
        1000..59_950 => format!("{:.1} s", ms as f64 / 1000.0),
        59_950..3_599_500 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        _ => format!("{} h {:02} min", seconds / 3600, seconds % 3600 / 60),
    }
}

/// `8.2 s to 15.0 s, mostly 11.3 s`.
pub(super) fn spread(spread: &Spread) -> String {
    let Spread { least, median, most, samples } = spread;
    match samples {
        0 | 1 => duration(*median),
        _ => format!("{} to {}, mostly {}", duration(*least), duration(*most), duration(*median)),
    }
}

/// `2024-05-11T14:03:22Z` as `2024-05-11 14:03 UTC`; anything else as it is.
pub(super) fn moment(moment: &str) -> String {
    let date = moment.get(..10);
    let time = moment.get(11..16);
    match (date, moment.get(10..11), time) {
        (Some(date), Some("T"), Some(time)) if moment.ends_with('Z') => {
            format!("{date} {time} UTC")
        }
        _ => super::escape::clip(moment),
    }
}

/// A text as a part of an anchor: the same text gives the same anchor, without spaces or quotes.
pub(super) fn slug(text: &str) -> String {
    let kept = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    text.chars().take(200).map(|c| if kept(c) { c } else { '-' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(number(0), "0");
        assert_eq!(number(999), "999");
        assert_eq!(number(1000), "1,000");
        assert_eq!(number(5_242_880), "5,242,880");
    }

    #[test]
    fn durations_have_two_units_at_most() {
        assert_eq!(duration(830), "830 ms");
        assert_eq!(duration(4_230), "4.2 s");
        assert_eq!(duration(59_960), "1 min 00 s");
        assert_eq!(duration(125_000), "2 min 05 s");
        assert_eq!(duration(3_840_000), "1 h 04 min");
    }

    #[test]
    fn moments_lose_their_seconds() {
        assert_eq!(moment("2024-05-11T14:03:22Z"), "2024-05-11 14:03 UTC");
        assert_eq!(moment("yesterday"), "yesterday");
        assert_eq!(moment("ééééééééééééééé"), "ééééééééééééééé");
    }

    #[test]
    fn anchors_have_no_special_characters() {
        assert_eq!(slug("a b\"<c>/d[e]"), "a-b--c--d-e-");
    }
}
