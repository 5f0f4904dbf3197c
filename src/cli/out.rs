//! Standard output and error: styled on a terminal, plain elsewhere, nothing that a terminal would obey
//! but styles, and no panic when the reader goes away (`parallax list | head`).

use std::fmt::Arguments;
use std::io::Write as _;

use crate::report::clean::harmless;

/// A line to standard output.
macro_rules! say {
    ($($arg:tt)*) => { $crate::cli::out::line(format_args!($($arg)*)) };
}

/// A line to standard error.
macro_rules! note {
    ($($arg:tt)*) => { $crate::cli::out::note_line(format_args!($($arg)*)) };
}

pub(super) use {note, say};

pub(super) fn line(text: Arguments<'_>) {
    // Whoever read it has seen enough.
    let _ = writeln!(anstream::stdout().lock(), "{}", harmless(&text.to_string()));
}

pub(super) fn note_line(text: Arguments<'_>) {
    let _ = writeln!(anstream::stderr().lock(), "{}", harmless(&text.to_string()));
}

/// Text that ends its own lines, to standard output.
pub(super) fn print(text: &str) {
    let mut out = anstream::stdout().lock();
    let _ = out.write_all(harmless(text).as_bytes()).and_then(|()| out.flush());
}

/// Bytes for a program, to standard output: they are not for people, and nothing is done to them.
pub(super) fn print_bytes(bytes: &[u8]) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(bytes).and_then(|()| out.flush());
}

/// Text that ends its own lines, to standard error.
pub(super) fn note_print(text: &str) {
    let _ = anstream::stderr().lock().write_all(harmless(text).as_bytes());
}
