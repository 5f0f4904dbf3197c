//! How a run gets to guests.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use russh::keys::{PrivateKey, decode_secret_key};

/// A host through which guests are reached.
#[derive(Clone)]
pub struct Jump {
    pub(super) user: String,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) key: Arc<PrivateKey>,
}

/// Why a jump host cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JumpError {
    /// It is not written as it has to be.
    #[error("`{0}` is no jump host: write user@host, or user@host:port")]
    Form(String),
    /// Its key cannot be read.
    #[error("{}: {error}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// Its key is none.
    #[error("{}: this is no private key that can be used without a passphrase", path.display())]
    Key {
        /// The file.
        path: PathBuf,
    },
}

impl Jump {
    /// A jump host, `user@host` or `user@host:port`, and the file of the key to log in with.
    ///
    /// # Errors
    /// Says what of it cannot be used.
    pub fn new(place: &str, key: &Path) -> Result<Jump, JumpError> {
        let (user, host, port) = parts(place).ok_or_else(|| JumpError::Form(place.to_owned()))?;
        let text = std::fs::read_to_string(key)
            .map_err(|error| JumpError::Io { path: key.to_owned(), error })?;
        let key =
            decode_secret_key(&text, None).map_err(|_| JumpError::Key { path: key.to_owned() })?;
        Ok(Jump { user: user.to_owned(), host: host.to_owned(), port, key: Arc::new(key) })
    }

    /// Whether a text is written as a jump host has to be.
    pub(crate) fn is_place(text: &str) -> bool {
        parts(text).is_some()
    }
}

impl std::fmt::Debug for Jump {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Jump({}@{}:{})", self.user, self.host, self.port)
    }
}

/// User, host and port.
fn parts(place: &str) -> Option<(&str, &str, u16)> {
    let (user, rest) = place.split_once('@')?;
    let (host, port) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, "")) => (host, 22),
        Some((host, port)) => (host, port.strip_prefix(':')?.parse().ok()?),
        None => match rest.rsplit_once(':') {
            // More than one colon without brackets is an IPv6 address.
            Some((host, port)) if !host.contains(':') => (host, port.parse().ok()?),
            _ => (rest, 22),
        },
    };
    let plain = |text: &str| {
        !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || matches!(c, '[' | ']'))
    };
    (plain(user) && plain(host) && port != 0).then_some((user, host, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_as_ssh_does() {
        assert_eq!(parts("me@gate"), Some(("me", "gate", 22)));
        assert_eq!(parts("me@10.0.0.1:2222"), Some(("me", "10.0.0.1", 2222)));
        assert_eq!(parts("me@[fe80::1]:23"), Some(("me", "fe80::1", 23)));
        assert_eq!(parts("me@fe80::1"), Some(("me", "fe80::1", 22)));
        for wrong in
            ["gate", "@gate", "me@", "me@gate:", "me@gate:0", "me@gate:99999", "me@[x", "a b@c"]
        {
            assert_eq!(parts(wrong), None, "{wrong}");
        }
    }
}
