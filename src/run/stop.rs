//! Stopping in good order: no new steps, but undoing goes on.

use tokio::sync::watch;

/// Whether the run is to stop. Clones share the answer.
#[derive(Debug, Clone)]
pub struct Stop {
    sender: watch::Sender<bool>,
}

impl Default for Stop {
    fn default() -> Self {
        Stop { sender: watch::channel(false).0 }
    }
}

impl Stop {
    /// Asks the run to stop.
    pub fn request(&self) {
        self.sender.send_replace(true);
    }

    /// Whether it was asked to.
    pub fn requested(&self) -> bool {
        *self.sender.borrow()
    }

    /// Waits until it is asked to.
    pub async fn wait(&self) {
        // The sender lives in `self`, so the channel cannot close while this waits.
        let _ = self.sender.subscribe().wait_for(|stop| *stop).await;
    }
}
