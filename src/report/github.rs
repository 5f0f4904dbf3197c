//! Annotations of GitHub Actions: lines of a log that are shown beside the code.

use std::fmt::Write as _;

use super::clean::clean;
use super::terminal::shorten;
use crate::judge::{CaseResult, RunResult, Verdict};

/// Cases that are annotated. (GitHub shows ten of a step beside the code, and fifty of a job.)
const MOST: usize = 30;
/// Characters of a message.
const MESSAGE: usize = 1000;

/// An annotation for each case that failed, and one that says how many were left out. `place` says in
/// which file and line a case stands, if it stands in one.
pub fn github(
    result: &RunResult,
    place: &dyn Fn(&CaseResult) -> Option<(String, usize)>,
) -> String {
    let mut out = String::new();
    let failed: Vec<&CaseResult> =
        result.cases.iter().filter(|case| case.verdict == Verdict::Fail).collect();
    for case in failed.iter().take(MOST) {
        let at = place(case).map(|(file, line)| format!("file={},line={line},", property(&file)));
        let _ = writeln!(
            out,
            "::error {}title={}::{}",
            at.unwrap_or_default(),
            property(&case.name),
            data(&shorten(&format!("{}: {}", case.title, case.reason), MESSAGE))
        );
    }
    if let Some(more) = failed.len().checked_sub(MOST).filter(|more| *more > 0) {
        let all = failed.len();
        let _ = writeln!(
            out,
            "::error title=parallax::{all} cases failed; {more} of them are not shown here, and all are \
             in the report"
        );
    }
    out
}

/// A message. The log is read line by line, so that a line end would begin another command.
fn data(text: &str) -> String {
    clean(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, which ends at a comma or a colon.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_begins_another_command() {
        assert_eq!(data("50 %\n::error::x"), "50 %25 ::error::x");
        assert_eq!(property("a,b:c%\u{1b}"), "a%2Cb%3Ac%25␦");
    }
}
