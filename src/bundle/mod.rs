//! Bundles: a judged run in one file, signed, so that others can check it and judge it again.
//!
//! A bundle is a zip archive in one strict form (`container`): the manifest, its signature, and what
//! the manifest lists with digests — the run's files, hash chains of their lines, digests of cases,
//! rules and guidelines, and the baselines that the run was judged with. The signature is OpenSSH's
//! (`signature`, `ssh-keygen -Y`), over the manifest's bytes; whose it may be is said by an
//! allowed-signers file (`signers`).
//!
//! `integrity` finds every byte that is not as it was signed, and says where; `rejudge` judges the
//! transcript again and compares. A signature says who vouches for a run, not that it took place.
//!
//! Pure, as everything right of the transcript: keys, agents, files and the clock are the command
//! line's.

mod chain;
mod compare;
mod container;
mod digests;
mod front;
mod integrity;
mod key;
mod layout;
mod manifest;
mod pack;
mod pem;
mod rejudge;
mod signature;
mod signers;
#[cfg(test)]
mod tests;

pub use compare::{Comparison, VerdictChange};
pub use digests::Digests;
pub use front::is_bundle;
pub use integrity::{Contents, Integrity, NotABundle, Part, Problem, SignatureState, check};
pub use key::{KeyError, SigningKey};
pub use manifest::{MANIFEST, Manifest, Member, NAMESPACE, SIGNATURE};
pub use pack::{Evidence, Refused, Unsigned};
pub use rejudge::{CasesHeld, Judged, Own, Standing, rejudge};
pub use signature::{SignatureError, Signed, rsa_sha256_holds, to_be_signed};
pub use signers::time;
pub use signers::{AllowedSigner, AllowedSigners, Mistake, Refusal};
