//! How guests of a target are looked at, by what is said of it.

use super::Connection;
use crate::probe::{Jump, JumpError, Prober};
use crate::transcript::Reach;

/// Why it is not known how guests are reached.
#[derive(Debug, thiserror::Error)]
pub enum GuestsError {
    /// A jump host is meant, and it is not said which.
    #[error(
        "guests are to be reached through a jump host, and none is named: give --jump user@host"
    )]
    NoJump,
    /// The jump host's key is missing.
    #[error(
        "the jump host {0} needs a key to log in with: give --jump-key FILE, one without passphrase"
    )]
    NoKey(String),
    /// The jump host cannot be used.
    #[error("the jump host cannot be used: {0}")]
    Jump(#[from] JumpError),
}

/// What looks at guests. A jump host that is named is meant to be used; without any word about it no
/// guest is gone to.
pub(super) fn prober(connection: &Connection) -> Result<Prober, GuestsError> {
    let jump = connection.jump.as_deref();
    let usual = if jump.is_some() { Reach::Jump } else { Reach::None };
    match connection.reach.unwrap_or(usual) {
        Reach::None => Ok(Prober::default()),
        Reach::Direct => Ok(Prober::direct()),
        Reach::Jump => {
            let place = jump.ok_or(GuestsError::NoJump)?;
            let key = connection.jump_key.as_deref();
            let key = key.ok_or_else(|| GuestsError::NoKey(place.to_owned()))?;
            Ok(Prober::through(Jump::new(place, key)?))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_gone_to_unasked() {
        let said = |reach, jump: Option<&str>| Connection {
            reach,
            jump: jump.map(str::to_owned),
            ..Connection::to("http://cloud.example/")
        };
        let reach = |reach, jump| prober(&said(reach, jump)).map(|prober| prober.reach());
        assert_eq!(reach(None, None).expect("known"), Reach::None);
        assert_eq!(reach(Some(Reach::Direct), None).expect("known"), Reach::Direct);
        assert_eq!(reach(Some(Reach::Direct), Some("me@gate")).expect("known"), Reach::Direct);
        assert!(matches!(reach(Some(Reach::Jump), None), Err(GuestsError::NoJump)));
        assert!(matches!(reach(None, Some("me@gate")), Err(GuestsError::NoKey(_))));
    }
}
