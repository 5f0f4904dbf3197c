//! What names and tags say of who made a thing.

use super::Thing;

/// Whose names and tags are looked for. Everything that a run makes and can name is named
/// `parallax-<run>-<case>`, and so are its tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mark {
    /// Those of this run.
    Run(String),
    /// Those of every run.
    AnyRun,
}

/// What all names begin with.
const PREFIX: &str = "parallax-";
/// Letters and digits of a run's id.
const RUN: usize = 8;

impl Mark {
    /// The id of the run that a text names, if it is one of those that are looked for.
    pub(crate) fn run_of<'t>(&self, text: &'t str) -> Option<&'t str> {
        let named = text.strip_prefix(PREFIX).and_then(run_at_start);
        match self {
            Mark::AnyRun => named,
            // A name of the greatest length has no room for more than the id.
            Mark::Run(run) => named.or_else(|| run_at_start(text)).filter(|found| found == run),
        }
    }

    /// The name or tag that says which run made a thing.
    pub(crate) fn on<'t>(&self, thing: &'t Thing) -> Option<&'t str> {
        let named = thing.names().find(|name| self.run_of(name).is_some());
        // Images of others are tagged by a case: a tag does not make one ours.
        let tagged = thing.kind.name != "image";
        let texts = thing.tags.iter().flat_map(|(key, value)| [key.as_str(), value.as_str()]);
        named.or_else(|| texts.filter(|_| tagged).find(|text| self.run_of(text).is_some()))
    }
}

/// A run's id at the start of a text, with nothing or a dash behind it.
fn run_at_start(text: &str) -> Option<&str> {
    let run = text.get(..RUN)?;
    let ends = matches!(text.as_bytes().get(RUN), None | Some(b'-'));
    (ends && is_run(run)).then_some(run)
}

/// Whether a text has the form of a run's id.
pub(crate) fn is_run(text: &str) -> bool {
    text.len() == RUN && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}
