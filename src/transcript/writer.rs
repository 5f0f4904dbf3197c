//! Appends events to a file, one a line, flushed each, so that whatever happens next nothing
//! already seen is lost.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write};
use std::path::Path;

use super::{Event, Transcript, TranscriptError};

/// Appends events. Until a file is given they are kept in memory: nothing is created for an
/// endpoint that turns out to be none.
#[derive(Debug, Default)]
pub struct Writer {
    file: Option<File>,
    waiting: Vec<u8>,
    silent: bool,
}

/// The file of an interrupted run, which nobody else writes to as long as this is there.
#[derive(Debug)]
pub struct Continuation {
    file: File,
    /// Bytes up to the end of the last whole line.
    whole: u64,
    /// Whether that line lacks its line end.
    open: bool,
}

/// Why an interrupted run cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum ContinueError {
    /// The file cannot be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// Another process writes to it.
    #[error("the run is still going on: another process writes to its transcript")]
    Running,
    /// What is there is no transcript.
    #[error(transparent)]
    Transcript(#[from] TranscriptError),
}

impl Continuation {
    /// Opens the transcript of an interrupted run and reads it.
    ///
    /// # Errors
    /// It cannot be read or written, is no transcript, or somebody still writes to it.
    pub fn open(path: &Path) -> Result<(Transcript, Continuation), ContinueError> {
        let mut file = OpenOptions::new().read(true).write(true).open(path)?;
        lock(&file)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let transcript = Transcript::read(&bytes)?;
        let whole = bytes.len() - transcript.cut_off;
        let open = !bytes[..whole].ends_with(b"\n");
        Ok((transcript, Continuation { file, whole: whole as u64, open }))
    }
}

/// Keeps others from writing to the same file. Where a file system has no locks, nobody is kept.
fn lock(file: &File) -> Result<(), ContinueError> {
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Err(ContinueError::Running),
        Ok(()) | Err(TryLockError::Error(_)) => Ok(()),
    }
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
        // Nobody else knows of a file that was just created; the lock is for those who come later.
        let _ = lock(&file);
        file.write_all(&self.waiting)?;
        self.waiting = Vec::new();
        self.file = Some(file);
        Ok(())
    }

    /// Goes on at the end of an interrupted run's file, with what was kept so far. A last line that
    /// was cut off is removed: it says nothing, and what follows would not be readable behind it.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn go_on(&mut self, continuation: Continuation) -> io::Result<()> {
        let Continuation { mut file, whole, open } = continuation;
        file.set_len(whole)?;
        file.seek(SeekFrom::Start(whole))?;
        if open {
            file.write_all(b"\n")?;
        }
        file.write_all(&self.waiting)?;
        self.waiting = Vec::new();
        self.file = Some(file);
        Ok(())
    }

    /// What was kept in memory so far, which is then kept no more.
    pub(super) fn take_kept(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.waiting)
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
