//! Ctrl-C and SIGTERM: once to stop in good order, twice to stop at once.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

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
    tokio::spawn(async move {
        signal().await;
        note!("stopping: undoing what was made; press Ctrl-C again to stop at once");
        stop.request();
        signal().await;
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

/// Waits for Ctrl-C or SIGTERM.
pub(super) async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = match signal(SignalKind::terminate()) {
        Ok(signal) => signal,
        // Without a handler the default holds: the process ends.
        Err(_) => return std::future::pending().await,
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
