//! Error knowledge: AWS's error codes, the HTTP status that each comes with, how its message reads
//! and which actions it belongs to, each with its sources (`baselines/aws/errors.json`).
//!
//! Answers "is this a code that AWS would ever send for this action?". AWS documents its codes in
//! one list, but hardly ever which action sends which; and not every code that it sends is in the
//! list. So what is said here of a code that is not known is that it is not known, and no more.

mod check;
mod codes;
mod doc;
mod load;
#[cfg(test)]
mod tests;

pub(super) use check::check_code;
pub use codes::{ErrorCodes, Possible};
pub use doc::{Answer, Applies, Basis, ErrorCode, Fault, Source, SourceKind, Status};
pub(super) use load::FILE;
