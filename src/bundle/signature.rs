//! OpenSSH's signatures (`SSHSIG`, as `ssh-keygen -Y` makes and checks them).
//!
//! `ssh-key` reads and writes them; the cryptography is `ring`'s, which the program has anyway for TLS.

use ring::signature::{
    ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA512, RsaParameters,
    RsaPublicKeyComponents, UnparsedPublicKey,
};
use ssh_key::public::{KeyData, RsaPublicKey};
use ssh_key::{Algorithm, HashAlg, LineEnding, PublicKey, SshSig};

/// A signature longer than this is none: the largest RSA key gives some 4 KB.
const LONGEST: usize = 16 * 1024;

/// Why a text is no signature that can be checked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// It cannot be read.
    #[error("this is no SSH signature, as `ssh-keygen -Y sign` writes one: {0}")]
    Unreadable(String),
    /// It can be read and is not written as OpenSSH writes it.
    #[error("this signature is not written as OpenSSH writes it: {0}")]
    Unusual(String),
    /// The kind of key is not known here.
    #[error(
        "this is a signature by a key of {0}, which cannot be checked here; sign with an Ed25519 key, or \
         an RSA key of 2048 bits or more"
    )]
    KeyType(String),
}

/// A signature.
#[derive(Debug, Clone)]
pub struct Signed {
    signature: SshSig,
    key: Vec<u8>,
}

/// What a key has to sign so that the message is signed for a namespace.
pub fn to_be_signed(namespace: &str, message: &[u8]) -> Vec<u8> {
    SshSig::signed_data(namespace, HashAlg::Sha512, message)
        .unwrap_or_else(|e| unreachable!("the namespace is not empty: {e}"))
}

impl Signed {
    /// The signature of a key over [`to_be_signed`].
    ///
    /// # Errors
    /// The signature is not one of this kind of key.
    pub fn new(
        key: &KeyData,
        namespace: &str,
        signature: ssh_key::Signature,
    ) -> Result<Signed, SignatureError> {
        let unreadable = |e: ssh_key::Error| SignatureError::Unreadable(e.to_string());
        let signature = SshSig::new(key.clone(), namespace, HashAlg::Sha512, signature);
        Signed::of(signature.map_err(unreadable)?)
    }

    /// Reads the text of a signature in the one form that OpenSSH writes.
    ///
    /// # Errors
    /// It is none, is written in another way, or cannot be checked here.
    pub fn read(text: &[u8]) -> Result<Signed, SignatureError> {
        let signed = Signed::read_any(text)?;
        if signed.to_text().as_bytes() != text {
            let why = "line breaks, spaces or leftover bits differ";
            return Err(SignatureError::Unusual(why.to_owned()));
        }
        Ok(signed)
    }

    /// Reads the text of a signature, with line breaks as they come.
    ///
    /// # Errors
    /// It is none, or cannot be checked here.
    pub fn read_any(text: impl AsRef<[u8]>) -> Result<Signed, SignatureError> {
        let text = text.as_ref();
        if text.len() > LONGEST {
            return Err(SignatureError::Unreadable(format!("it has {} bytes", text.len())));
        }
        let signature = SshSig::from_pem(text).map_err(|error| match error {
            ssh_key::Error::AlgorithmUnknown | ssh_key::Error::AlgorithmUnsupported { .. } => {
                SignatureError::KeyType("a type that is not known".to_owned())
            }
            error => SignatureError::Unreadable(error.to_string()),
        })?;
        let unusual = |why: &str| Err(SignatureError::Unusual(why.to_owned()));
        // Two fields that the signature itself does not cover.
        if signature.version() != SshSig::VERSION {
            return unusual("its version is not 1");
        }
        if !signature.reserved().is_empty() {
            return unusual("it has something in its reserved field");
        }
        Signed::of(signature)
    }

    fn of(signature: SshSig) -> Result<Signed, SignatureError> {
        let key = signature.public_key();
        let known = matches!(key, KeyData::Ed25519(_) | KeyData::Rsa(_));
        if !known || (key.algorithm().as_str() != family(&signature.algorithm())) {
            return Err(SignatureError::KeyType(format!("type {}", key.algorithm().as_str())));
        }
        if let KeyData::Rsa(key) = key {
            let bits = bits(key);
            if !(2048..=8192).contains(&bits) {
                return Err(SignatureError::KeyType(format!("type ssh-rsa with {bits} bits")));
            }
        }
        let key = PublicKey::from(key.clone()).to_bytes();
        let key = key.map_err(|e| SignatureError::Unreadable(e.to_string()))?;
        Ok(Signed { signature, key })
    }

    /// The text, as OpenSSH writes it.
    pub fn to_text(&self) -> String {
        let mut text = self.signature.to_pem(LineEnding::LF).unwrap_or_default();
        if !text.ends_with('\n') {
            text.push('\n');
        }
        text
    }

    /// The namespace that it was made for.
    pub fn namespace(&self) -> &str {
        self.signature.namespace()
    }

    /// The public key, as it stands (in Base64) in an allowed-signers file.
    pub fn key(&self) -> &[u8] {
        &self.key
    }

    /// The public key in words: its type and its fingerprint.
    pub fn key_words(&self) -> String {
        let key = self.signature.public_key();
        let kind = match key {
            KeyData::Ed25519(_) => "ED25519",
            _ => "RSA",
        };
        format!("{kind} {}", key.fingerprint(HashAlg::Sha256))
    }

    /// The public key as a line of an allowed-signers file has it.
    pub fn key_line(&self) -> String {
        PublicKey::from(self.signature.public_key().clone()).to_openssh().unwrap_or_default()
    }

    /// Whether it is a signature of its key over this message. Says nothing about whose key that is.
    pub fn holds(&self, message: &[u8]) -> bool {
        let hash = self.signature.hash_alg();
        let Ok(data) = SshSig::signed_data(self.namespace(), hash, message) else { return false };
        let bytes = self.signature.signature_bytes();
        match (self.signature.public_key(), self.signature.algorithm()) {
            (KeyData::Ed25519(key), Algorithm::Ed25519) => {
                UnparsedPublicKey::new(&ED25519, key.0).verify(&data, bytes).is_ok()
            }
            (KeyData::Rsa(key), Algorithm::Rsa { hash: Some(hash) }) => {
                let how = match hash {
                    HashAlg::Sha256 => &RSA_PKCS1_2048_8192_SHA256,
                    _ => &RSA_PKCS1_2048_8192_SHA512,
                };
                rsa_holds(key, how, &data, bytes)
            }
            _ => false,
        }
    }
}

/// Whether these bytes are an RSA key's bare signature (PKCS#1 v1.5 with SHA-256) over a message.
pub fn rsa_sha256_holds(key: &KeyData, message: &[u8], signature: &[u8]) -> bool {
    let KeyData::Rsa(key) = key else { return false };
    rsa_holds(key, &RSA_PKCS1_2048_8192_SHA256, message, signature)
}

fn rsa_holds(key: &RsaPublicKey, how: &RsaParameters, message: &[u8], signature: &[u8]) -> bool {
    let (Some(n), Some(e)) = (key.n.as_positive_bytes(), key.e.as_positive_bytes()) else {
        return false;
    };
    RsaPublicKeyComponents { n, e }.verify(how, message, signature).is_ok()
}

/// How long an RSA key is.
pub(super) fn bits(key: &RsaPublicKey) -> usize {
    let n = key.n.as_positive_bytes().unwrap_or_default();
    8 * n.len() - n.first().map_or(0, |first| first.leading_zeros() as usize)
}

/// The type of key that makes signatures of this type.
fn family(signature: &Algorithm) -> &str {
    match signature {
        Algorithm::Rsa { .. } => "ssh-rsa",
        other => other.as_str(),
    }
}
