//! Signs with a key from a file, or with an agent that has it.

use std::io::IsTerminal as _;
use std::path::Path;

use ssh_key::PublicKey;

use super::agent::Agent;
use crate::bundle::{KeyError, Signed, SigningKey, to_be_signed};
use crate::cli::exit::Failed;
use crate::cli::out::note;

/// Holds the passphrase where nobody can be asked.
const PASSPHRASE: &str = "PARALLAX_KEY_PASSPHRASE";
/// How often a person may try.
const TRIES: usize = 3;
/// A key's file is never longer: 64 KiB.
const LONGEST: u64 = 64 * 1024;

/// Signs with the private key in a file; with an agent, if it is a public key.
pub(super) fn sign(path: &Path, namespace: &str, message: &[u8]) -> Result<Signed, Failed> {
    let text = read(path)?;
    if text.trim_start().starts_with("-----BEGIN") {
        let key = private(path, &text)?;
        return key.sign(namespace, message).map_err(|e| Failed::file(path, e));
    }
    let public = PublicKey::from_openssh(text.trim()).map_err(|e| {
        Failed::file(path, format!("this is neither a private nor a public SSH key: {e}"))
    })?;
    with_agent(&public, namespace, message).map_err(|e| Failed::file(path, e))
}

fn read(path: &Path) -> Result<String, Failed> {
    let length = std::fs::metadata(path).map_err(|e| Failed::file(path, e))?.len();
    if length > LONGEST {
        return Err(Failed::file(path, format!("{length} bytes are too many for an SSH key")));
    }
    std::fs::read_to_string(path).map_err(|e| Failed::file(path, e))
}

fn private(path: &Path, text: &str) -> Result<SigningKey, Failed> {
    let failed = |error: KeyError| Failed::file(path, error);
    match SigningKey::read(text, None) {
        Err(KeyError::Locked) => {}
        other => return other.map_err(failed),
    }
    if let Ok(passphrase) = std::env::var(PASSPHRASE) {
        return SigningKey::read(text, Some(&passphrase))
            .map_err(|e| Failed::file(path, format!("{e} (from {PASSPHRASE})")));
    }
    if !std::io::stderr().is_terminal() {
        return Err(Failed::file(
            path,
            format!(
                "the key has a passphrase and there is no terminal to ask for it: set {PASSPHRASE}, or \
                 name the .pub file and let an agent sign"
            ),
        ));
    }
    for _ in 0..TRIES {
        let prompt = format!("Passphrase of {}: ", path.display());
        let passphrase = rpassword::prompt_password(prompt)
            .map_err(|e| Failed::file(path, format!("its passphrase cannot be asked for: {e}")))?;
        match SigningKey::read(text, Some(&passphrase)) {
            Err(error @ KeyError::WrongPassphrase) => note!("{error}"),
            other => return other.map_err(failed),
        }
    }
    Err(failed(KeyError::WrongPassphrase))
}

/// Has the agent sign that `SSH_AUTH_SOCK` names.
fn with_agent(public: &PublicKey, namespace: &str, message: &[u8]) -> Result<Signed, String> {
    let blob = public.to_bytes().map_err(|e| e.to_string())?;
    let socket = std::env::var_os("SSH_AUTH_SOCK").filter(|socket| !socket.is_empty());
    let socket = socket.ok_or(
        "this is a public key, so an agent has to sign, and SSH_AUTH_SOCK names none; start one \
         (`eval $(ssh-agent)`) and `ssh-add` the key, or name the private key's file",
    )?;
    let mut agent = Agent::connect(Path::new(&socket))?;
    if !agent.keys()?.contains(&blob) {
        return Err("the agent does not have this key; `ssh-add` it".to_owned());
    }
    let signature = agent.sign(&blob, &to_be_signed(namespace, message))?;
    Signed::new(public.key_data(), namespace, signature).map_err(|e| e.to_string())
}
