//! Kinds of things that cases make: what makes and removes them, how they are listed, and what tells
//! whose they are.

mod find;
mod kind;
mod table;
#[cfg(test)]
mod tests;

pub(crate) use find::{find, holds, texts};
pub(crate) use kind::Kind;
pub(crate) use table::KINDS;
