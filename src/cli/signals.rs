//! Ctrl-C and SIGTERM: once to stop in good order, twice to stop at once.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::exit::Exit;
use super::out::note;
use super::sweep::command;
use crate::run::Stop;

/// What to sweep if the program is stopped at once: the path that `parallax sweep` takes.
#[derive(Debug, Clone, Default)]
pub(super) struct ToSweep(Arc<Mutex<Option<PathBuf>>>);

impl ToSweep {
    /// From now on things are made, and announced in a ledger there.
    pub(super) fn set(&self, path: PathBuf) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(path);
    }

    fn get(&self) -> Option<PathBuf> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// First Ctrl-C (or SIGTERM): no new steps, undo what was made. Second: stop at once.
pub(super) fn watch_signals(stop: Stop, to_sweep: ToSweep) {
    // Without a handler the default holds: the process ends, and the ledger remains.
    let Ok(mut signals) = Signals::new() else { return };
    tokio::spawn(async move {
        signals.next().await;
        note!("stopping: undoing what was made; press Ctrl-C again to stop at once");
        stop.request();
        signals.next().await;
        match to_sweep.get() {
            Some(path) => note!(
                "stopped: what was made may still be there; this finds and removes it:\n  {}",
                command(&path)
            ),
            None => note!("stopped before anything was made"),
        }
        std::process::exit(i32::from(Exit::Stopped.code()));
    });
}

/// Both signals that ask a program to stop. Listened to from the beginning to the end, so that a second
/// one is not lost that comes while the first is being answered.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Signals> {
        let interrupt = signal(SignalKind::interrupt())?;
        Ok(Signals { interrupt, terminate: signal(SignalKind::terminate())? })
    }

    /// Waits for either.
    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
