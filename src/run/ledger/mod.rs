//! The write-ahead ledger: what a run is about to make, on disk before it asks for it, so that
//! whatever ends the run, what it left can be found and removed.
//!
//! One JSON object a line, as in a transcript: the run, what was there before, and of each creating
//! call the intent, what came of it, and that it was undone. Nothing secret is in it.

mod announced;
mod book;
mod entry;
#[cfg(test)]
mod tests;
mod writer;

pub(crate) use announced::Announced;
pub use book::{Book, LedgerError};
pub(crate) use book::{Deed, Fate};
pub use entry::LedgerStarted;
pub(crate) use entry::{Before, Entry, Intent, LEDGER_VERSION, Planned};
pub use writer::Ledger;
pub(crate) use writer::Undoing;
