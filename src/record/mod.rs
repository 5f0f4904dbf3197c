//! Recordings of a reference on disk: where they lie, and what becomes of one that shows another
//! behaviour than the one before.

mod library;
mod moved;

pub use library::{Library, LibraryError, Written};
pub use moved::{Moved, Place, Who, moved};
