//! What a panic says.

use std::any::Any;

/// What a case that panicked says of it. The panic itself has been shown where it happened.
pub(super) fn bug(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    format!("a bug in Parallax: {}", text.as_deref().unwrap_or("it panicked"))
}
