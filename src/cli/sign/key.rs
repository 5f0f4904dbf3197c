//! Signs with a key from a file, or with an agent that has it.

use std::io::IsTerminal as _;
use std::path::Path;

use ssh_key::public::KeyData;
use ssh_key::{PublicKey, Signature};

use super::agent::{Agent, RSA_SHA2_256, RSA_SHA2_512};
use crate::bundle::{KeyError, Signed, SigningKey, rsa_sha256_holds, to_be_signed};
use crate::cli::exit::Failed;
use crate::cli::out::note;

/// Holds the passphrase where nobody can be asked.
const PASSPHRASE: &str = "PARALLAX_KEY_PASSPHRASE";
/// How often a person may try.
const TRIES: usize = 3;
/// A key's file is never longer: 64 KiB.
const LONGEST: u64 = 64 * 1024;

/// A key that can sign: read from a file, or held by an agent. Its passphrase is asked for once.
pub(in crate::cli) struct Key<'p> {
    path: &'p Path,
    held: Held,
}

enum Held {
    Here(Box<SigningKey>),
    ByAgent(PublicKey),
}

impl Key<'_> {
    /// Opens the private key in a file; if the file has a public key, an agent has to hold the other.
    pub(in crate::cli) fn open(path: &Path) -> Result<Key<'_>, Failed> {
        let text = read(path)?;
        if text.trim_start().starts_with("-----BEGIN") {
            return Ok(Key { path, held: Held::Here(Box::new(private(path, &text)?)) });
        }
        let public = PublicKey::from_openssh(text.trim()).map_err(|e| {
            Failed::file(path, format!("this is neither a private nor a public SSH key: {e}"))
        })?;
        Ok(Key { path, held: Held::ByAgent(public) })
    }

    /// The public key.
    pub(in crate::cli) fn public(&self) -> &KeyData {
        match &self.held {
            Held::Here(key) => key.public(),
            Held::ByAgent(key) => key.key_data(),
        }
    }

    /// The public key's line, without a comment.
    pub(in crate::cli) fn line(&self) -> String {
        PublicKey::from(self.public().clone()).to_openssh().unwrap_or_default()
    }

    /// An SSH signature for a namespace.
    pub(in crate::cli) fn sign(&self, namespace: &str, message: &[u8]) -> Result<Signed, Failed> {
        match &self.held {
            Held::Here(key) => key.sign(namespace, message).map_err(|e| e.to_string()),
            Held::ByAgent(key) => {
                let signature = ask_agent(key, &to_be_signed(namespace, message), RSA_SHA2_512);
                signature.and_then(|signature| {
                    Signed::new(key.key_data(), namespace, signature).map_err(|e| e.to_string())
                })
            }
        }
        .map_err(|e| Failed::file(self.path, e))
    }

    /// The bare signature of an RSA key, PKCS#1 v1.5 with SHA-256; it holds.
    pub(in crate::cli) fn sign_rsa_sha256(&self, message: &[u8]) -> Result<Vec<u8>, Failed> {
        let signature = match &self.held {
            Held::Here(key) => key.sign_rsa_sha256(message).map_err(|e| e.to_string()),
            Held::ByAgent(key) if matches!(key.key_data(), KeyData::Rsa(_)) => {
                ask_agent(key, message, RSA_SHA2_256).map(|signature| signature.as_bytes().to_vec())
            }
            Held::ByAgent(_) => Err(KeyError::NotRsa.to_string()),
        };
        let signature = signature.map_err(|e| Failed::file(self.path, e))?;
        // An agent may sign in another way than it was asked to.
        if rsa_sha256_holds(self.public(), message, &signature) {
            return Ok(signature);
        }
        Err(Failed::file(
            self.path,
            "the signature that was made does not hold: RSA with SHA-256 is needed, and a key of 2048 bits \
             or more",
        ))
    }
}

/// Signs with the private key in a file; with an agent, if it is a public key.
pub(super) fn sign(path: &Path, namespace: &str, message: &[u8]) -> Result<Signed, Failed> {
    Key::open(path)?.sign(namespace, message)
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
fn ask_agent(public: &PublicKey, data: &[u8], flags: u32) -> Result<Signature, String> {
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
    agent.sign(&blob, data, flags)
}
