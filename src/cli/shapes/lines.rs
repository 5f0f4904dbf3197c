//! Lines of files that may hold anything.

use std::io::{BufRead, ErrorKind, Result};
use std::path::{Path, PathBuf};

/// Bytes of a line that are read. The answer about 10,000 instances has some 50 million.
const LONGEST_LINE: usize = 512 << 20;
/// Levels of folders that are entered.
const MAX_DEPTH: usize = 8;

/// One line.
pub(super) enum Line {
    /// Its bytes, without the line's end.
    Bytes(Vec<u8>),
    /// It is longer than what is read.
    TooLong,
}

/// Reads the next line; `None` at the end.
pub(super) fn next(reader: &mut impl BufRead) -> Result<Option<Line>> {
    let mut line = Vec::new();
    let (mut is_too_long, mut began) = (false, false);
    loop {
        let chunk = match reader.fill_buf() {
            Ok(chunk) => chunk,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if chunk.is_empty() {
            break;
        }
        began = true;
        let end = chunk.iter().position(|b| *b == b'\n');
        let piece = &chunk[..end.unwrap_or(chunk.len())];
        if line.len() + piece.len() > LONGEST_LINE {
            is_too_long = true;
            line = Vec::new();
        }
        if !is_too_long {
            line.extend_from_slice(piece);
        }
        let used = piece.len() + usize::from(end.is_some());
        reader.consume(used);
        if end.is_some() {
            break;
        }
    }
    Ok(began.then_some(if is_too_long { Line::TooLong } else { Line::Bytes(line) }))
}

/// What an editor may put around a line: a byte order mark before the first, white space.
pub(super) fn trim(line: &[u8]) -> &[u8] {
    line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line).trim_ascii()
}

/// The files meant: a file itself; of a folder everything below it that ends in `.jsonl`.
pub(super) fn files(given: &Path) -> Result<Vec<PathBuf>> {
    if !given.is_dir() {
        return Ok(vec![given.to_owned()]);
    }
    let mut found = Vec::new();
    walk(given, 0, &mut found)?;
    found.sort();
    Ok(found)
}

fn walk(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            if depth < MAX_DEPTH {
                walk(&path, depth + 1, found)?;
            }
        } else if path.extension().is_some_and(|ending| ending == "jsonl") {
            found.push(path);
        }
    }
    Ok(())
}
