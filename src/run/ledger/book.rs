//! What the entries of a ledger add up to.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::Timestamp;

use super::{Before, Entry, Intent, LEDGER_VERSION, LedgerStarted, Planned};

/// What the entries of a ledger add up to: who ran, what was there before, and each creating call with
/// what is known of it.
#[derive(Debug, Clone, Default)]
pub struct Book {
    started: Option<LedgerStarted>,
    before: BTreeMap<String, Before>,
    deeds: BTreeMap<u64, Deed>,
}

/// A creating call, and what is known of it.
#[derive(Debug, Clone)]
pub(crate) struct Deed {
    pub(crate) intent: Intent,
    /// When it was sent last, or was about to be.
    pub(crate) last: Timestamp,
    /// How often it was sent without that it is known what came of it.
    pub(crate) loose: u32,
    /// Whether it was refused. It should have made nothing then; some clouds refuse what they have made
    /// by then, and keep it.
    pub(crate) refused: bool,
    pub(crate) fate: Fate,
}

/// What is known of a creating call.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Fate {
    /// It was announced, and nothing else is known.
    Open,
    /// It succeeded.
    Made {
        /// Ids of what it made, as far as its answer names them.
        ids: Vec<String>,
        /// How that is undone.
        undo: Option<Planned>,
    },
    /// It made nothing, or what it made is gone: that had these ids.
    Settled {
        /// The ids.
        ids: Vec<String>,
    },
}

/// Why a ledger cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// A line is no entry.
    #[error("line {line} of the ledger is no entry: {why}")]
    Line {
        /// The line's number, from 1.
        line: usize,
        /// Why.
        why: String,
    },
    /// The first line is missing.
    #[error("this is no ledger: it does not begin with a `run` entry")]
    NoRun,
    /// The run ended before its ledger's first line was written, so before it made anything.
    #[error(
        "the ledger ends within its first line: the run was ended before it made anything, so there \
         is nothing to remove"
    )]
    NotBegun,
    /// It was written by a newer program.
    #[error(
        "the ledger has version {0}, this program reads up to {LEDGER_VERSION}; use a newer parallax"
    )]
    Version(u32),
}

impl Book {
    /// Reads a ledger. A last line that was cut off is left out: what it was going to announce had not
    /// happened yet.
    ///
    /// # Errors
    /// A line in the middle is no entry, or the first is missing.
    pub fn parse(text: &str) -> Result<Book, LedgerError> {
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        let (text, cut_off) = text.split_at(whole);
        if text.is_empty() {
            let begun = "{\"entry\":\"run\",";
            let is_ledger = cut_off.starts_with(begun) || begun.starts_with(cut_off);
            return Err(if is_ledger { LedgerError::NotBegun } else { LedgerError::NoRun });
        }
        let mut book = Book::default();
        for (n, line) in text.lines().enumerate() {
            let entry = serde_json::from_str::<Entry>(line);
            match (n, &entry) {
                (0, Ok(Entry::Run(started))) if started.version > LEDGER_VERSION => {
                    return Err(LedgerError::Version(started.version));
                }
                (0, Ok(Entry::Run(_))) => {}
                (0, _) => return Err(LedgerError::NoRun),
                _ => {}
            }
            let entry = entry.map_err(|e| LedgerError::Line { line: n + 1, why: e.to_string() })?;
            book.apply(&entry);
        }
        Ok(book)
    }

    /// Reads the ledger of a file.
    ///
    /// # Errors
    /// It is not there, cannot be read, or is no ledger; in words for a person.
    pub fn read(path: &Path) -> Result<Book, String> {
        let bytes = std::fs::read(path).map_err(|e| e.to_string())?;
        // A character cut in two stands in a line cut in two, which is left out.
        Book::parse(&String::from_utf8_lossy(&bytes)).map_err(|e| e.to_string())
    }

    /// Which run, and where; `None` if the ledger has no file.
    pub fn started(&self) -> Option<&LedgerStarted> {
        self.started.as_ref()
    }

    /// What was there of a kind before the first case ran; `None` if that is not known.
    pub(crate) fn before(&self, kind: &str) -> Option<&Before> {
        self.before.get(kind)
    }

    /// Accounts that things belonged to before the first case ran.
    pub(crate) fn owners(&self) -> BTreeSet<&str> {
        self.before.values().flat_map(|b| &b.owners).map(|owner| owner.as_str()).collect()
    }

    /// The creating calls, in the order in which they were announced.
    pub(crate) fn deeds(&self) -> impl DoubleEndedIterator<Item = &Deed> {
        self.deeds.values()
    }

    /// The number for the next intent.
    pub(super) fn next(&self) -> u64 {
        self.deeds.last_key_value().map_or(1, |(n, _)| n + 1)
    }

    pub(super) fn apply(&mut self, entry: &Entry) {
        match entry {
            Entry::Run(started) => self.started = Some(started.clone()),
            Entry::Before(before) => {
                self.before.insert(before.kind.clone(), before.clone());
            }
            Entry::Intent(intent) => {
                let intent = intent.clone();
                let (last, fate) = (intent.at, Fate::Open);
                self.deeds.insert(intent.n, Deed { intent, last, loose: 1, refused: false, fate });
            }
            Entry::Again(again) => self.of(again.n, |deed| {
                deed.loose += 1;
                deed.last = again.at;
            }),
            // What is known is what came of the last attempt. One before it that was answered with a
            // fault of the server may have made something all the same.
            Entry::Made(made) => self.of(made.n, |deed| {
                deed.loose = deed.loose.saturating_sub(1);
                let ids = made.ids.iter().map(|id| id.as_str().to_owned()).collect();
                deed.fate = Fate::Made { ids, undo: made.undo.clone() };
            }),
            Entry::Refused(said) => self.of(said.n, |deed| {
                deed.loose = deed.loose.saturating_sub(1);
                deed.refused = true;
                if deed.loose == 0 {
                    deed.settle();
                }
            }),
            Entry::Undone(done) => self.of(done.n, |deed| {
                if deed.fate == Fate::Open {
                    deed.loose = 0;
                }
                deed.settle();
            }),
            Entry::NotMade(done) => self.of(done.n, |deed| {
                deed.loose = 0;
                deed.refused = false;
                if deed.fate == Fate::Open {
                    deed.settle();
                }
            }),
            Entry::Unclear(_) | Entry::NotUndone(_) => {}
        }
    }

    fn of(&mut self, n: u64, change: impl FnOnce(&mut Deed)) {
        if let Some(deed) = self.deeds.get_mut(&n) {
            change(deed);
        }
    }
}

impl Deed {
    fn settle(&mut self) {
        self.fate = Fate::Settled { ids: self.ids().to_vec() };
    }

    /// Ids of what it made, as far as they are known; also if that is gone.
    pub(crate) fn ids(&self) -> &[String] {
        match &self.fate {
            Fate::Open => &[],
            Fate::Made { ids, .. } | Fate::Settled { ids } => ids,
        }
    }

    /// The call that undoes it, if it is to be undone and the call is known by now.
    pub(crate) fn undo(&self) -> Option<&Planned> {
        match &self.fate {
            Fate::Made { undo, .. } => undo.as_ref(),
            Fate::Open => self.intent.undo.as_ref().filter(|undo| !undo.unresolved),
            Fate::Settled { .. } => None,
        }
    }

    /// A parameter of the call, by its name on the wire.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.intent.parameters.as_value().get(name)?.as_str()
    }
}
