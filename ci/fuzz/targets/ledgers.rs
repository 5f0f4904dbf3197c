//! Ledgers, as `sweep` reads them: of a run that was killed, so that anything may be cut off.

use parallax::run::{Book, LedgerError};

use super::{Target, kind};
use crate::mutate::Syntax;

pub const TARGET: Target = Target {
    name: "ledgers",
    syntax: Syntax::JsonLines,
    seeds: || vec![SEED.as_bytes().to_vec()],
    words: &["not-undone", "not-made", "undone", "refused", "unclear", "intent", "before", "again"],
    run,
};

/// Of a run on OpenStack: each kind of entry once or more.
const SEED: &str = include_str!("ledger.jsonl");

fn run(input: &[u8]) -> String {
    match Book::parse(&String::from_utf8_lossy(input)) {
        Ok(book) => {
            // A sweep goes by it.
            assert!(book.started().is_some(), "read without its first line");
            assert!(format!("{book:?}").len() < (64 << 20), "it is far more than there is");
            "a ledger".to_owned()
        }
        Err(LedgerError::NotBegun) => "not begun".to_owned(),
        Err(error) => kind(&error.to_string()),
    }
}
