//! The rules: what each kind of finding means for a client, and how to mend it.
//!
//! A rule is data: one YAML file in the folder of its layer, built into the program, with examples
//! that a test judges. What stands in such a file is described in this folder's README.md. The code
//! that finds a difference names the rule by its id.

mod read;
mod rule;
mod table;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod try_out;

pub use rule::{Example, ExampleAnswer, Rule};
pub(super) use table::finding;
pub use table::{RULES, rule};
