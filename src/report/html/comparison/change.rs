//! What changed from the first of two runs to the second.

use super::matrix::{Word, anchor};
use crate::compare::{Changed, Comparison, Trend};
use crate::report::html::escape::clip;
use crate::report::html::words;

/// Cases of a kind of change that are listed.
const CHANGED: usize = 200;

/// What changed, if two runs are compared.
pub(super) struct ChangeView {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) unchanged: String,
    pub(super) lists: Vec<ChangeList>,
}

/// One kind of change.
pub(super) struct ChangeList {
    pub(super) word: &'static str,
    pub(super) means: &'static str,
    pub(super) count: String,
    pub(super) cases: Vec<ChangedView>,
    pub(super) left_out: usize,
}

/// A case that changed.
pub(super) struct ChangedView {
    pub(super) anchor: String,
    pub(super) name: String,
    pub(super) before: Word,
    pub(super) after: Word,
    pub(super) note: String,
}

/// What changed; `None` unless two runs are compared.
pub(super) fn change(comparison: &Comparison) -> Option<ChangeView> {
    let change = comparison.change.as_ref()?;
    let [from, to] = comparison.runs.as_slice() else { return None };
    let shown = |(word, cases): &(&'static str, &[Changed])| ChangeList {
        word,
        means: words::change_means(word),
        count: words::number(cases.len() as u64),
        cases: cases.iter().take(CHANGED).map(changed).collect(),
        left_out: cases.len().saturating_sub(CHANGED),
    };
    Some(ChangeView {
        from: clip(&from.label),
        to: clip(&to.label),
        unchanged: words::count(change.unchanged as usize, "case is", "cases are"),
        lists: change.lists().iter().filter(|(_, cases)| !cases.is_empty()).map(shown).collect(),
    })
}

fn changed(changed: &Changed) -> ChangedView {
    let findings = match changed.trend {
        Trend::Same => String::new(),
        Trend::More => format!("{} new", changed.came.len()),
        Trend::Fewer => format!("{} gone", changed.went.len()),
        Trend::Other => format!("{} new, {} gone", changed.came.len(), changed.went.len()),
    };
    let mut notes = vec![clip(&changed.reason), findings];
    if changed.other_steps {
        notes.push("the case itself was changed".to_owned());
    }
    notes.retain(|note| !note.is_empty());
    ChangedView {
        anchor: anchor(&changed.id),
        name: clip(&changed.name),
        before: changed.before.into(),
        after: changed.after.into(),
        note: notes.join(" · "),
    }
}
