//! The manifest: what is signed.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::container::{MOST_CONTENT, MOST_MEMBERS};
use crate::judge::{JudgedWith, RunFacts, Summary};

/// The member that is signed, the first one.
pub const MANIFEST: &str = "manifest.json";
/// The signature, as `ssh-keygen -Y sign` writes it; the second member.
pub const SIGNATURE: &str = "manifest.json.sig";
/// The namespace that bundles are signed for, unless another is named.
pub const NAMESPACE: &str = "parallax-bundle";

/// How the run was made.
pub(super) const RUN: &str = "run.json";
/// What happened.
pub(super) const TRANSCRIPT: &str = "transcript.jsonl";
/// What judging it gave.
pub(super) const RESULT: &str = "result.json";
/// Digests of cases, rules and guidelines.
pub(super) const DIGESTS: &str = "digests.json";
/// How the hash chain of a member's lines is called: the member's name, and this.
pub(super) const CHAIN: &str = ".chain";
/// Where the baselines lie that the run was judged with.
pub(super) const BASELINES: &str = "baselines/";
/// The members that every bundle has, in their order; baselines follow, sorted.
pub(super) const FIRST: [&str; 6] =
    [RUN, TRANSCRIPT, "transcript.jsonl.chain", RESULT, "result.json.chain", DIGESTS];

/// The version of the format: of manifest and container.
pub const FORMAT_VERSION: u32 = 1;
/// What `format` says.
const FORMAT: &str = "parallax-bundle";

/// What a bundle holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Always `parallax-bundle`.
    pub format: String,
    /// [`FORMAT_VERSION`] of the writer.
    pub version: u32,
    /// Version of the program that made the bundle.
    pub parallax: String,
    /// The run, as in `result.json`.
    pub run: RunFacts,
    /// What it was judged with, as in `result.json`.
    pub judged_with: JudgedWith,
    /// Counts over all cases, as in `result.json`.
    pub summary: Summary,
    /// The members, in their order, without the manifest and its signature.
    pub members: Vec<Member>,
}

/// One member of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Its path in the archive.
    pub name: String,
    /// Bytes of content.
    pub size: u32,
    /// SHA-256 of the content, in hexadecimal.
    pub sha256: String,
    /// The content as it stands in the archive.
    pub packed: PackedAs,
}

/// Compressed bytes. How a compressor comes to them is open, so that they have a digest of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackedAs {
    /// Number of bytes.
    pub size: u32,
    /// SHA-256, in hexadecimal.
    pub sha256: String,
    /// CRC-32 of the content, which the archive asks for.
    pub crc32: u32,
}

impl Manifest {
    pub(super) fn new(
        run: RunFacts,
        judged_with: JudgedWith,
        summary: Summary,
        members: Vec<Member>,
    ) -> Manifest {
        Manifest {
            format: FORMAT.to_owned(),
            version: FORMAT_VERSION,
            parallax: env!("CARGO_PKG_VERSION").to_owned(),
            run,
            judged_with,
            summary,
            members,
        }
    }

    /// The text: what is signed. A line for each member.
    pub fn to_text(&self) -> String {
        to_text(self)
    }

    /// Reads a manifest, and whether what it lists can be a bundle.
    ///
    /// # Errors
    /// Says why it is none.
    pub(super) fn read(text: &[u8]) -> Result<Manifest, String> {
        #[derive(Deserialize)]
        struct Head {
            format: String,
            version: u32,
        }
        let head: Head = serde_json::from_slice(text).map_err(|e| e.to_string())?;
        if head.format != FORMAT {
            return Err(format!("its format is {:?}, not {FORMAT:?}", head.format));
        }
        if head.version > FORMAT_VERSION {
            return Err(format!(
                "it has version {}, this program reads up to {FORMAT_VERSION}; use a newer parallax",
                head.version
            ));
        }
        let manifest: Manifest = serde_json::from_slice(text).map_err(|e| e.to_string())?;
        manifest.check()?;
        Ok(manifest)
    }

    fn check(&self) -> Result<(), String> {
        if self.members.len() > MOST_MEMBERS {
            return Err(format!("it lists {} members", self.members.len()));
        }
        let names: Vec<&str> = self.members.iter().map(|member| member.name.as_str()).collect();
        if names.len() < FIRST.len() || names[..FIRST.len()] != FIRST {
            return Err(format!("it does not begin with {}", FIRST.join(", ")));
        }
        let rest = &names[FIRST.len()..];
        for name in rest {
            if !is_baseline(name) {
                return Err(format!("{name:?} is no name of a baseline"));
            }
        }
        if !rest.is_sorted() || rest.iter().collect::<BTreeSet<_>>().len() < rest.len() {
            return Err("the baselines are not sorted, or one is listed twice".to_owned());
        }
        let content: u64 = self.members.iter().map(|member| u64::from(member.size)).sum();
        if content > MOST_CONTENT {
            return Err(format!(
                "it lists {content} bytes of content, and {MOST_CONTENT} are read"
            ));
        }
        Ok(())
    }
}

/// Whether a member can have this name: a file below [`BASELINES`] that every system can create, and
/// that lies nowhere else when somebody unpacks the archive.
pub(super) fn is_baseline(name: &str) -> bool {
    let Some(path) = name.strip_prefix(BASELINES) else { return false };
    let usual = |b: u8| b.is_ascii_alphanumeric() || b"-_.+=@[]".contains(&b);
    name.len() <= 255
        && path.ends_with(".json")
        && path
            .split('/')
            .all(|part| part.bytes().all(usual) && !part.starts_with('.') && !part.is_empty())
}

/// JSON: a line for each field, and for each item of a list or entry of a map of those.
pub(super) fn to_text(value: &impl Serialize) -> String {
    let value = serde_json::json!(value);
    let fields = value.as_object().into_iter().flatten().map(|(name, value)| {
        let (open, items, close) = match value {
            serde_json::Value::Array(items) => {
                ("[", items.iter().map(ToString::to_string).collect::<Vec<_>>(), "]")
            }
            serde_json::Value::Object(entries)
                if entries.values().all(serde_json::Value::is_string) =>
            {
                let entry = |(key, value)| format!("{}: {value}", serde_json::json!(key));
                ("{", entries.iter().map(entry).collect(), "}")
            }
            other => return format!("  {}: {other}", serde_json::json!(name)),
        };
        if items.is_empty() {
            return format!("  {}: {open}{close}", serde_json::json!(name));
        }
        let items = items.join(",\n    ");
        format!("  {}: {open}\n    {items}\n  {close}", serde_json::json!(name))
    });
    format!("{{\n{}\n}}\n", fields.collect::<Vec<_>>().join(",\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_could_lie_elsewhere_are_refused() {
        for good in ["baselines/aws/vpcs/a.json", "baselines/aws/errors.json"] {
            assert!(is_baseline(good), "{good}");
        }
        for bad in [
            "run.json",
            "/baselines/x.json",
            "baselines/../x.json",
            "baselines/aws/.hidden.json",
            "baselines//x.json",
            "baselines/a\\b.json",
            "baselines/c:x.json",
            "baselines/x.yaml",
            "baselines/ö.json",
            "baselines/",
        ] {
            assert!(!is_baseline(bad), "{bad}");
        }
    }
}
