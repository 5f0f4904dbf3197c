//! Appends events to a file, one a line, flushed each, so that whatever happens next nothing
//! already seen is lost.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use super::Event;

/// Appends events. Until a file is given they are kept in memory: nothing is created for an
/// endpoint that turns out to be none.
#[derive(Debug, Default)]
pub struct Writer {
    file: Option<File>,
    waiting: Vec<u8>,
    silent: bool,
}

impl Writer {
    /// One that drops everything.
    pub(super) fn silent() -> Self {
        Writer { silent: true, ..Writer::default() }
    }

    pub(super) fn is_silent(&self) -> bool {
        self.silent
    }

    /// Begins a file with what was kept so far.
    ///
    /// # Errors
    /// The file exists already, or cannot be written.
    pub fn begin(&mut self, path: &Path) -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
        file.write_all(&self.waiting)?;
        self.waiting = Vec::new();
        self.file = Some(file);
        Ok(())
    }

    /// Takes over what another writer has kept in memory. Only before [`Writer::begin`].
    pub fn append(&mut self, earlier: Writer) {
        self.waiting.extend_from_slice(&earlier.waiting);
    }

    /// What is kept in memory.
    pub fn kept(&self) -> String {
        String::from_utf8_lossy(&self.waiting).into_owned()
    }

    /// Appends one event.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&mut self, event: &Event) -> io::Result<()> {
        let mut line = serde_json::to_vec(event)?;
        line.push(b'\n');
        match &mut self.file {
            // One write a line: a reader never sees half of one unless the machine stopped.
            Some(file) => file.write_all(&line),
            None => {
                self.waiting.extend_from_slice(&line);
                Ok(())
            }
        }
    }
}
