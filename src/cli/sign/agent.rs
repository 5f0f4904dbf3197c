//! The two requests to an SSH agent that signing takes (draft-ietf-sshm-ssh-agent, which OpenSSH's
//! PROTOCOL.agent names). The crates that speak the protocol bring every kind of key with them.

use std::io::{self, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use ssh_key::Signature;

const REQUEST_IDENTITIES: u8 = 11;
const IDENTITIES_ANSWER: u8 = 12;
const SIGN_REQUEST: u8 = 13;
const SIGN_RESPONSE: u8 = 14;
/// RSA keys sign with SHA-256; others do not mind.
pub(super) const RSA_SHA2_256: u32 = 2;
/// The same with SHA-512.
pub(super) const RSA_SHA2_512: u32 = 4;
/// OpenSSH's own bound of a message.
const LONGEST: u32 = 256 * 1024;
/// An agent may ask its user, or wait for a touch.
const PATIENCE: Duration = Duration::from_secs(120);

/// A connection to an agent.
#[derive(Debug)]
pub(super) struct Agent {
    stream: UnixStream,
}

impl Agent {
    /// Connects to the agent at a socket.
    pub(super) fn connect(socket: &Path) -> Result<Agent, String> {
        let stream = UnixStream::connect(socket)
            .map_err(|e| format!("the agent at {} (SSH_AUTH_SOCK): {e}", socket.display()))?;
        let timed = stream.set_read_timeout(Some(PATIENCE));
        timed.map_err(|e| e.to_string())?;
        Ok(Agent { stream })
    }

    /// The public keys that it has.
    pub(super) fn keys(&mut self) -> Result<Vec<Vec<u8>>, String> {
        let answer = self.ask(&[REQUEST_IDENTITIES], IDENTITIES_ANSWER)?;
        let mut rest = Rest(&answer);
        let count = rest.number()?;
        (0..count)
            .map(|_| {
                let key = rest.bytes()?.to_vec();
                rest.bytes()?;
                Ok(key)
            })
            .collect()
    }

    /// Has a key sign; `flags` say how an RSA key does.
    pub(super) fn sign(
        &mut self,
        key: &[u8],
        data: &[u8],
        flags: u32,
    ) -> Result<Signature, String> {
        let mut request = vec![SIGN_REQUEST];
        for bytes in [key, data] {
            request.extend(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
            request.extend_from_slice(bytes);
        }
        request.extend(flags.to_be_bytes());
        let answer = self.ask(&request, SIGN_RESPONSE)?;
        let signature = Rest(&answer).bytes()?;
        Signature::try_from(signature).map_err(|e| format!("the agent's signature: {e}"))
    }

    /// Sends a request, and returns the answer behind its type.
    fn ask(&mut self, request: &[u8], wanted: u8) -> Result<Vec<u8>, String> {
        let (kind, answer) = self.exchange(request).map_err(|e| match e.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => {
                format!("the agent did not answer within {} s", PATIENCE.as_secs())
            }
            _ => format!("the agent: {e}"),
        })?;
        if kind == wanted {
            return Ok(answer);
        }
        Err(match wanted {
            SIGN_RESPONSE => "the agent refuses to sign; is it locked, or was it asked to confirm?",
            _ => "the agent refuses to say which keys it has; is it locked?",
        }
        .to_owned())
    }

    fn exchange(&mut self, request: &[u8]) -> io::Result<(u8, Vec<u8>)> {
        let length = u32::try_from(request.len()).unwrap_or(u32::MAX);
        self.stream.write_all(&[&length.to_be_bytes(), request].concat())?;
        let mut length = [0; 4];
        self.stream.read_exact(&mut length)?;
        let length = u32::from_be_bytes(length);
        if !(1..=LONGEST).contains(&length) {
            let why = format!("an answer of {length} bytes");
            return Err(io::Error::new(io::ErrorKind::InvalidData, why));
        }
        let mut answer = vec![0; length as usize];
        self.stream.read_exact(&mut answer)?;
        let kind = answer.remove(0);
        Ok((kind, answer))
    }
}

/// What has not been read yet of an answer.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn number(&mut self) -> Result<u32, String> {
        let (number, rest) = self.0.split_first_chunk().ok_or("the agent's answer ends early")?;
        self.0 = rest;
        Ok(u32::from_be_bytes(*number))
    }

    fn bytes(&mut self) -> Result<&'a [u8], String> {
        let length = self.number()? as usize;
        let (bytes, rest) =
            self.0.split_at_checked(length).ok_or("the agent's answer ends early")?;
        self.0 = rest;
        Ok(bytes)
    }
}
