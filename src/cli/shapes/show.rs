//! How `parallax shapes check` prints.

use serde_json::{Value, json};

use super::check::{Judged, Totals, Unreadable};
use crate::cli::args::plural;
use crate::cli::out::{note, print, say};
use crate::judge::{Knowledge, Severity, client};
use crate::model::Model;
use crate::report::clean::clean;

/// The version of the JSON format.
const FORMAT_VERSION: u32 = 1;

/// The findings of one answer, for a person; nothing if there are none.
pub(super) fn answer(judged: &Judged) {
    for finding in &judged.findings {
        let times = match finding.times {
            1 => String::new(),
            times => format!(" ({times} times)"),
        };
        say!(
            "{}:{}: {} {} {}{times}",
            clean(&judged.file),
            judged.line,
            severity(finding.severity),
            finding.rule,
            clean(&finding.message)
        );
        say!("    {} {}", judged.action, clean(&finding.path));
        if !judged.source.is_empty() {
            say!("    source    {}", clean(&judged.source));
        }
        for (name, value) in [("expected", &finding.expected), ("actual", &finding.actual)] {
            if !value.is_null() {
                say!("    {name:9} {}", clean(&short(value)));
            }
        }
        for evidence in &finding.evidence {
            let date = evidence.date.as_deref().map(|date| format!(", {date}")).unwrap_or_default();
            let url = evidence.url.as_deref().map(|url| format!(" <{url}>")).unwrap_or_default();
            say!("    evidence  {}{date}{url}: {}", evidence.source, clean(&evidence.states));
        }
    }
}

/// Something that could not be read.
pub(super) fn unreadable(unreadable: &Unreadable) {
    let line = unreadable.line.map(|line| format!(":{line}")).unwrap_or_default();
    note!("{}{line}: {}", clean(&unreadable.file), clean(&unreadable.why));
}

/// The last lines.
pub(super) fn totals(totals: &Totals) {
    say!(
        "{}: {} breaking, {} divergent and {} cosmetic findings in {} of them",
        plural(totals.answers, "answer"),
        totals.breaking,
        totals.divergent,
        totals.cosmetic,
        totals.with_findings
    );
    if totals.without_profile > 0 {
        say!("{} to actions without a shape profile", plural(totals.without_profile, "answer"));
    }
    if totals.unreadable > 0 {
        say!("{} of lines or files that cannot be read", plural(totals.unreadable, "mistake"));
    }
}

/// Everything as one JSON object.
pub(super) fn json(
    knowledge: &Knowledge,
    totals: &Totals,
    judged: &[Judged],
    unreadable: &[Unreadable],
) {
    let mut answers = json!(judged);
    for answer in answers.as_array_mut().into_iter().flatten() {
        for finding in answer["findings"].as_array_mut().into_iter().flatten() {
            if let Some(finding) = finding.as_object_mut() {
                // There are no steps here.
                finding.shift_remove("step");
            }
        }
    }
    let all = json!({
        "format": "parallax-shapes-check",
        "version": FORMAT_VERSION,
        "judged_with": {
            "parallax": env!("CARGO_PKG_VERSION"),
            "client": client::sdk(),
            "model": Model::ec2().source(),
            "shapes": knowledge.profiles.digest(),
        },
        "totals": totals,
        "answers": answers,
        "unreadable": unreadable,
    });
    print(&format!("{all:#}\n"));
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Breaking => "breaking",
        Severity::Divergent => "divergent",
        Severity::Cosmetic => "cosmetic",
    }
}

/// A value on one line, cut where it gets too long for a person.
fn short(value: &Value) -> String {
    const SHOWN: usize = 300;
    let text = value.to_string();
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
