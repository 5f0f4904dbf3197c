//! Text that people write — cases, baselines — read with places kept.
//!
//! YAML (and JSON, which is YAML) becomes a tree of [`Node`]s that know where they stand; a
//! [`Reader`] takes values out of it and collects every mistake as a [`Diagnostic`] that can be
//! shown with file, line, caret and a fix.

mod diagnostic;
mod node;
mod pattern;
mod reader;
mod written;
mod yaml;

pub use diagnostic::{Diagnostic, Diagnostics, SourceFile};
pub use node::{Node, NodeKind, Spanned};
pub(crate) use pattern::matches;
pub(crate) use reader::{MapReader, Reader};
pub(crate) use written::scalar;
pub use yaml::parse;
