//! Private keys, and signing with them.

use crypto_bigint::{BoxedUint, NonZero};
use ring::rsa::KeyPairComponents;
use ring::signature::{
    Ed25519KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA512, RsaEncoding, RsaKeyPair,
    RsaPublicKeyComponents,
};
use ssh_key::private::{KeypairData, RsaKeypair};
use ssh_key::public::KeyData;
use ssh_key::{Algorithm, Cipher, HashAlg, PrivateKey, Signature};

use super::signature::{SignatureError, Signed, bits, to_be_signed};

/// Why a private key cannot sign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// It is no private key in OpenSSH's format.
    #[error("this is no private key in OpenSSH's format: {0}")]
    NoKey(String),
    /// It is a private key in an older format.
    #[error(
        "this is a private key in an older format; `ssh-keygen -p -f FILE` rewrites it (give the \
         passphrase that it has, or none)"
    )]
    OldFormat,
    /// It has a passphrase, and none was given.
    #[error("the key has a passphrase")]
    Locked,
    /// The passphrase is not the key's.
    #[error("this is not the key's passphrase")]
    WrongPassphrase,
    /// The kind of key cannot sign here.
    #[error("a key of this type cannot sign here; use an Ed25519 key, or an RSA key")]
    KeyType,
    /// An RSA key that is too short for anybody.
    #[error("an RSA key of {0} bits is too short; use one of 2048 bits or more, or an Ed25519 key")]
    Short(usize),
    /// An RSA key that is too long to sign with here.
    #[error(
        "an RSA key of {0} bits cannot sign here, only of 2048 to 4096; have ssh-keygen sign, or an \
         agent: see `parallax sign --help`"
    )]
    Long(usize),
    /// The key is no RSA key, and one is needed.
    #[error("RSA keys sign here, and this is none; `ssh-keygen -t rsa -b 3072 -f FILE` makes one")]
    NotRsa,
    /// The key is broken.
    #[error("the key cannot sign: {0}")]
    Broken(String),
}

impl From<SignatureError> for KeyError {
    fn from(error: SignatureError) -> KeyError {
        KeyError::Broken(error.to_string())
    }
}

/// A private key that can sign.
pub struct SigningKey {
    public: KeyData,
    pair: Pair,
}

enum Pair {
    Ed25519(Ed25519KeyPair),
    Rsa(RsaKeyPair),
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({})", self.public.fingerprint(HashAlg::Sha256))
    }
}

impl SigningKey {
    /// Reads the text of a private key's file.
    ///
    /// # Errors
    /// It is none, it has another passphrase or lacks one, or it cannot sign here.
    pub fn read(text: &str, passphrase: Option<&str>) -> Result<SigningKey, KeyError> {
        if let Some((public, pair)) = super::pem::read(text)? {
            return Ok(SigningKey { public, pair: Pair::Rsa(pair) });
        }
        let key = PrivateKey::from_openssh(text).map_err(|error| match error {
            ssh_key::Error::AlgorithmUnknown => KeyError::KeyType,
            error => KeyError::NoKey(error.to_string()),
        })?;
        let key = match (key.is_encrypted(), passphrase) {
            (false, _) => key,
            (true, _) if key.cipher() == Cipher::TDesCbc => return Err(KeyError::OldFormat),
            (true, None) => return Err(KeyError::Locked),
            (true, Some(passphrase)) => {
                key.decrypt(passphrase).map_err(|_| KeyError::WrongPassphrase)?
            }
        };
        let pair = match key.key_data() {
            KeypairData::Ed25519(pair) => {
                let (seed, public) = (pair.private.as_ref(), &pair.public.0);
                let pair = Ed25519KeyPair::from_seed_and_public_key(seed, public);
                Pair::Ed25519(pair.map_err(|e| KeyError::Broken(e.to_string()))?)
            }
            KeypairData::Rsa(pair) => Pair::Rsa(rsa(pair)?),
            _ => return Err(KeyError::KeyType),
        };
        Ok(SigningKey { public: key.public_key().key_data().clone(), pair })
    }

    /// The public key.
    pub fn public(&self) -> &KeyData {
        &self.public
    }

    /// The bare signature of an RSA key over a message: PKCS#1 v1.5 with SHA-256, as `openssl dgst
    /// -sha256 -sign` makes it. For who wants no SSH signature.
    ///
    /// # Errors
    /// The key is no RSA key, or broken.
    pub fn sign_rsa_sha256(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        match &self.pair {
            Pair::Rsa(pair) => bare(pair, &RSA_PKCS1_SHA256, message),
            Pair::Ed25519(_) => Err(KeyError::NotRsa),
        }
    }

    /// Signs a message for a namespace. The same key, namespace and message give the same signature.
    ///
    /// # Errors
    /// The key is broken.
    pub fn sign(&self, namespace: &str, message: &[u8]) -> Result<Signed, KeyError> {
        let data = to_be_signed(namespace, message);
        let (algorithm, bytes) = match &self.pair {
            Pair::Ed25519(pair) => (Algorithm::Ed25519, pair.sign(&data).as_ref().to_vec()),
            Pair::Rsa(pair) => {
                let bytes = bare(pair, &RSA_PKCS1_SHA512, &data)?;
                (Algorithm::Rsa { hash: Some(HashAlg::Sha512) }, bytes)
            }
        };
        let signature = Signature::new(algorithm, bytes);
        let signature = signature.map_err(|e| KeyError::Broken(e.to_string()))?;
        Ok(Signed::new(&self.public, namespace, signature)?)
    }
}

/// An RSA signature without anything around it.
fn bare(
    pair: &RsaKeyPair,
    how: &'static dyn RsaEncoding,
    message: &[u8],
) -> Result<Vec<u8>, KeyError> {
    let mut bytes = vec![0; pair.public().modulus_len()];
    // The random numbers hide the key from who measures time; the signature has none.
    let random = ring::rand::SystemRandom::new();
    pair.sign(how, &random, message, &mut bytes)
        .map_err(|_| KeyError::Broken("its parts do not fit together".to_owned()))?;
    Ok(bytes)
}

/// OpenSSH stores an RSA key without two of the numbers that signing wants: d modulo p-1 and q-1.
fn rsa(pair: &RsaKeypair) -> Result<RsaKeyPair, KeyError> {
    let broken = || KeyError::Broken("it has a negative number".to_owned());
    let number =
        |number: &ssh_key::Mpint| number.as_positive_bytes().map(<[u8]>::to_vec).ok_or_else(broken);
    let (n, e) = (number(&pair.public.n)?, number(&pair.public.e)?);
    match bits(&pair.public) {
        2048..=4096 => {}
        bits @ ..2048 => return Err(KeyError::Short(bits)),
        bits => return Err(KeyError::Long(bits)),
    }
    let (d, p, q) = (number(&pair.private.d)?, number(&pair.private.p)?, number(&pair.private.q)?);
    let components = KeyPairComponents {
        public_key: RsaPublicKeyComponents { n, e },
        dP: modulo_less_one(&d, &p)?,
        dQ: modulo_less_one(&d, &q)?,
        qInv: number(&pair.private.iqmp)?,
        d,
        p,
        q,
    };
    RsaKeyPair::from_components(&components).map_err(|e| KeyError::Broken(e.to_string()))
}

/// d modulo p - 1, in as many bytes as p has.
fn modulo_less_one(d: &[u8], p: &[u8]) -> Result<Vec<u8>, KeyError> {
    let number = |bytes: &[u8]| BoxedUint::from_be_slice_vartime(bytes);
    let less_one = number(p).wrapping_sub(BoxedUint::one());
    let less_one = NonZero::new(less_one).into_option();
    let less_one = less_one.ok_or_else(|| KeyError::Broken("a factor is 1".to_owned()))?;
    let bytes = number(d).rem(&less_one).to_be_bytes();
    // ring refuses leading zeros.
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    Ok(bytes[zeros..].to_vec())
}
