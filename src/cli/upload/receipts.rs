//! What was handed in already: `uploads.json` beside the run. A server that gives no id back, or that
//! takes the same run twice, leaves it to its users to remember.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::assets::replace_file;
use crate::cli::exit::Failed;
use crate::cli::files::to_json;

/// The file.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Receipts {
    format: String,
    version: u32,
    uploads: Vec<Upload>,
    #[serde(skip)]
    path: PathBuf,
}

/// Something that a server took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Upload {
    /// `refstack` or `scs`.
    pub(super) service: String,
    /// The server's address.
    pub(super) server: String,
    /// How the server calls it.
    pub(super) id: String,
    /// Where the server shows it, if it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) url: Option<String>,
    /// The public key that it was signed with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) signed_by: Option<String>,
    /// SHA-256 of the body, in hexadecimal.
    pub(super) sha256: String,
    /// When, RFC 3339, UTC.
    pub(super) sent: String,
}

impl Receipts {
    /// Reads what is in a run's folder.
    pub(super) fn read(folder: &Path) -> Result<Receipts, Failed> {
        let path = folder.join("uploads.json");
        let none = || Receipts {
            format: "parallax-uploads".to_owned(),
            version: 1,
            uploads: Vec::new(),
            path: path.clone(),
        };
        let text = match std::fs::read_to_string(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(none()),
            text => text.map_err(|e| Failed::file(&path, e))?,
        };
        let receipts: Receipts = serde_json::from_str(&text).map_err(|e| {
            let why = format!("this says nothing about uploads: {e}; move it away");
            Failed::file(&path, why)
        })?;
        Ok(Receipts { path: path.clone(), ..receipts })
    }

    /// The same body, signed by the same key, at the same server.
    pub(super) fn find(
        &self,
        server: &str,
        body: &str,
        signed_by: Option<&str>,
    ) -> Option<&Upload> {
        let sha256 = sha256(body);
        let is = |upload: &&Upload| {
            upload.server == server
                && upload.sha256 == sha256
                && upload.signed_by.as_deref() == signed_by
        };
        self.uploads.iter().find(is)
    }

    /// Remembers one more.
    pub(super) fn add(&mut self, upload: Upload) -> Result<(), Failed> {
        self.uploads.push(upload);
        replace_file(&self.path, to_json(self).as_bytes()).map_err(|e| {
            Failed::file(&self.path, format!("the server has it, and this cannot be written: {e}"))
        })
    }
}

/// A digest in hexadecimal.
pub(super) fn sha256(body: &str) -> String {
    use std::fmt::Write as _;
    Sha256::digest(body).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
