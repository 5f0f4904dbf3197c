//! Writes a ledger: each intent is on disk before the call that it announces is sent.

use std::fmt::Display;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde_json::Value;

use super::entry::{Again, Done, Made, Said};
use super::{Before, Book, Entry, Intent, LedgerStarted, Planned};
use crate::case::{Case, Step};
use crate::transcript::Redactor;

/// The ledger of a run. Clones write the same one. The default is kept in memory only: for a run of
/// which nobody is going to sweep what it left.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    inner: Arc<Mutex<Inner>>,
    redactor: Arc<Redactor>,
}

#[derive(Debug, Default)]
struct Inner {
    file: Option<Arc<File>>,
    book: Book,
    /// The first error in writing. Nothing is made from then on.
    failed: Option<String>,
}

/// A call that undoes another, as it is given to the ledger.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Undoing<'a> {
    pub(crate) action: &'a str,
    pub(crate) input: &'a Value,
    pub(crate) waiter: Option<&'a str>,
    /// Whether variables still stand in the input.
    pub(crate) unresolved: bool,
}

impl Ledger {
    /// Begins a ledger, and holds it locked as long as the run lives.
    ///
    /// # Errors
    /// The file exists already, or cannot be written.
    pub fn create(path: &Path, started: LedgerStarted, redactor: Redactor) -> io::Result<Ledger> {
        let file = OpenOptions::new().read(true).append(true).create_new(true).open(path)?;
        lock(&file)?;
        let ledger = Ledger::of(file, Book::default(), redactor);
        ledger.write(Entry::Run(started))?;
        if let Some(file) = ledger.file() {
            file.sync_all()?;
        }
        // The file's name is in its folder: that has to be on disk, too.
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
        Ok(ledger)
    }

    /// Goes on with a ledger; a last line that was cut off is taken out first.
    ///
    /// # Errors
    /// It cannot be read or written, is no ledger (`InvalidData`), or another program holds it locked,
    /// for its run is not over (`WouldBlock`).
    pub fn reopen(path: &Path, redactor: Redactor) -> io::Result<Ledger> {
        let mut file = OpenOptions::new().read(true).append(true).open(path)?;
        lock(&file)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let book = Book::parse(&String::from_utf8_lossy(&bytes))
            .map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e))?;
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        if whole < bytes.len() {
            file.set_len(u64::try_from(whole).unwrap_or(u64::MAX))?;
        }
        Ok(Ledger::of(file, book, redactor))
    }

    fn of(file: File, book: Book, redactor: Redactor) -> Ledger {
        let inner = Inner { file: Some(Arc::new(file)), book, failed: None };
        Ledger { inner: Arc::new(Mutex::new(inner)), redactor: Arc::new(redactor) }
    }

    /// What the ledger says by now.
    pub fn book(&self) -> Book {
        self.lock().book.clone()
    }

    /// Whether things of a kind with these ids, and all of them, were there before the first case ran.
    pub(crate) fn was_there(&self, kind: &str, ids: &[String]) -> bool {
        let inner = self.lock();
        let Some(before) = inner.book.before(kind) else { return false };
        !ids.is_empty() && ids.iter().all(|id| before.ids.iter().any(|b| b.as_str() == id))
    }

    /// The first error in writing, if there was one: nothing was made after it.
    pub fn failure(&self) -> Option<String> {
        self.lock().failed.clone()
    }

    /// What was there of a kind before the first case runs.
    pub(crate) fn before(&self, kind: &str, ids: &[String], owners: &[String]) {
        let redacted = |texts: &[String]| texts.iter().map(|t| self.redactor.text(t)).collect();
        let (ids, owners) = (redacted(ids), redacted(owners));
        self.note(Entry::Before(Before { kind: kind.to_owned(), ids, owners }));
    }

    /// Announces a call with these Query parameters; on disk when it returns. Gives its number.
    pub(super) async fn intend(
        &self,
        case: &Case,
        step: &Step,
        undo: Option<Undoing<'_>>,
        parameters: &[(String, String)],
    ) -> Result<u64, String> {
        let mut intent = Intent {
            n: 0,
            at: Timestamp::now(),
            case: case.id.clone(),
            name: case.name.clone(),
            step: step.id.clone(),
            action: step.action.clone(),
            parameters: self.redactor.parameters(&step.action, parameters),
            undo: undo.map(|undo| self.planned(undo)),
        };
        let n = {
            let mut inner = self.lock();
            intent.n = inner.book.next();
            let n = intent.n;
            inner.append(Entry::Intent(intent)).map_err(cannot)?;
            n
        };
        self.flush().await?;
        Ok(n)
    }

    /// Announces that a call is sent once more; on disk when it returns.
    pub(super) async fn again(&self, n: u64) -> Result<(), String> {
        self.write(Entry::Again(Again { n, at: Timestamp::now() })).map_err(cannot)?;
        self.flush().await
    }

    // What follows announces nothing, so it need not be on disk before anything else is done: without
    // it a sweep has to look what came of the intent, and can.

    /// A call succeeded: what its answer names, and how that is undone.
    pub(crate) fn made(&self, n: u64, ids: &[String], undo: Option<Undoing<'_>>) {
        let ids = ids.iter().map(|id| self.redactor.text(id)).collect();
        let undo = undo.map(|undo| self.planned(undo));
        self.note(Entry::Made(Made { n, ids, undo }));
    }

    /// A call was refused, or never reached the endpoint.
    pub(crate) fn refused(&self, n: u64, why: &str) {
        self.note(Entry::Refused(Said { n, why: self.redactor.text(why) }));
    }

    /// It is not known what came of a call.
    pub(crate) fn unclear(&self, n: u64, why: &str) {
        self.note(Entry::Unclear(Said { n, why: self.redactor.text(why) }));
    }

    /// What a call did has been undone.
    pub(crate) fn undone(&self, n: u64) {
        self.note(Entry::Undone(Done { n }));
    }

    /// What a call did could not be undone.
    pub(crate) fn not_undone(&self, n: u64, why: &str) {
        self.note(Entry::NotUndone(Said { n, why: self.redactor.text(why) }));
    }

    /// Nothing was found that a call could have made.
    pub(crate) fn not_made(&self, n: u64) {
        self.note(Entry::NotMade(Done { n }));
    }

    #[cfg(test)]
    pub(super) fn fail_from_now(&self, why: &str) {
        self.lock().failed = Some(why.to_owned());
    }

    fn planned(&self, undo: Undoing<'_>) -> Planned {
        Planned {
            action: undo.action.to_owned(),
            input: self.redactor.input(undo.action, undo.input),
            waiter: undo.waiter.map(str::to_owned),
            unresolved: undo.unresolved,
        }
    }

    fn note(&self, entry: Entry) {
        // An error is kept as the ledger's failure, and nothing is made from then on.
        let _ = self.write(entry);
    }

    fn write(&self, entry: Entry) -> io::Result<()> {
        self.lock().append(entry)
    }

    /// Waits until what was written is on disk; on a thread of its own, for a disk takes milliseconds,
    /// and other cases go on meanwhile.
    async fn flush(&self) -> Result<(), String> {
        let Some(file) = self.file() else { return Ok(()) };
        let synced = tokio::task::spawn_blocking(move || file.sync_data()).await;
        let failure = match synced {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(error)) => error.to_string(),
            Err(error) => error.to_string(),
        };
        self.lock().failed.get_or_insert_with(|| failure.clone());
        Err(cannot(failure))
    }

    fn file(&self) -> Option<Arc<File>> {
        self.lock().file.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A panic elsewhere must not lose what is still to be written.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn append(&mut self, entry: Entry) -> io::Result<()> {
        if let Some(failed) = &self.failed {
            return Err(io::Error::other(failed.clone()));
        }
        let mut line = serde_json::to_vec(&entry)?;
        line.push(b'\n');
        if let Some(file) = &self.file
            // One write a line: only a machine that stops leaves half of one.
            && let Err(error) = (&**file).write_all(&line)
        {
            self.failed = Some(error.to_string());
            return Err(error);
        }
        self.book.apply(&entry);
        Ok(())
    }
}

fn cannot(error: impl Display) -> String {
    format!("not sent, for the ledger cannot be written: {error}")
}

fn lock(file: &File) -> io::Result<()> {
    match file.try_lock() {
        // Not every file system has locks. Where it has none a sweep cannot tell a run that goes on from
        // one that was killed; that must not keep anybody from running.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(io::ErrorKind::WouldBlock.into()),
    }
}
