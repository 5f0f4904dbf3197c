//! What is fuzzed: everything that reads what somebody else wrote. One file each; a new one is a file here
//! and a line in the table.

mod answers;
mod baselines;
mod bundles;
mod cases;
mod configs;
mod errors;
mod guidelines;
mod headers;
mod knowledge;
mod ledgers;
mod profiles;
mod recorded;
mod recordings;
mod results;
pub mod seen;
mod selectors;
mod templates;
mod transcripts;

use crate::mutate::Syntax;

/// A secret of a run that may turn up anywhere in what an endpoint sends, and nowhere in what is written.
pub const SECRET: &str = "never-show-this-secret-4711-0815";

/// Something that reads.
pub struct Target {
    pub name: &'static str,
    pub syntax: Syntax,
    /// Real inputs.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Words beside those of the real inputs.
    pub words: &'static [&'static str],
    /// Reads an input, panics if what it gives is not as it should be, and says what kind of outcome
    /// this is.
    pub run: fn(&[u8]) -> String,
}

/// Everything that is fuzzed.
pub static TARGETS: [Target; 18] = [
    cases::TARGET,
    configs::TARGET,
    ledgers::TARGET,
    guidelines::TARGET,
    baselines::TARGET,
    recorded::TARGET,
    profiles::TARGET,
    errors::TARGET,
    transcripts::TARGET,
    results::TARGET,
    answers::TARGET,
    headers::TARGET,
    recordings::TARGET,
    selectors::TARGET,
    templates::TARGET,
    bundles::BYTES,
    bundles::BUNDLED,
    bundles::SIGNERS,
];

/// The kind of a message: without what is the input's own.
fn kind(message: &str) -> String {
    let mut kind = String::new();
    let mut quoted = false;
    for c in message.chars().take(300) {
        match c {
            '`' | '"' => quoted = !quoted,
            _ if quoted => {}
            c if c.is_ascii_digit() => {
                if !kind.ends_with('0') {
                    kind.push('0');
                }
            }
            '\n' => break,
            c => kind.push(c),
        }
    }
    kind.truncate(kind.floor_char_boundary(120));
    kind
}
