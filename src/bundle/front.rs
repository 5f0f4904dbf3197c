//! Finds manifest and signature at the front of a bundle, also where something around them is damaged.

use std::ops::Range;

use memchr::memmem;

use super::layout::{END, END_LENGTH, HEADER, HEADER_LENGTH, crc};
use super::manifest::{MANIFEST, RUN, SIGNATURE};

/// Something that is no bundle, not even a damaged one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this is no bundle, as `parallax sign` makes one: {0}")]
pub struct NotABundle(&'static str);

/// How the text of a manifest begins, and how it ends.
const BEGINS: &[u8] = b"{\n  \"format\": \"parallax-bundle\"";
const ENDS: &[u8] = b"\n}\n";
/// How the text of a signature ends.
const SIGNATURE_ENDS: &[u8] = b"-----END SSH SIGNATURE-----\n";

/// Where the two are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Front {
    pub(super) manifest: Range<usize>,
    pub(super) signature: Range<usize>,
}

/// Tells a bundle, damaged or not, from anything else.
///
/// # Errors
/// Says what it is instead.
pub fn is_bundle(bytes: &[u8]) -> Result<(), NotABundle> {
    let text = HEADER_LENGTH + MANIFEST.len();
    let named = bytes.get(HEADER_LENGTH..text) == Some(MANIFEST.as_bytes());
    if named || bytes.get(text..).is_some_and(|text| text.starts_with(BEGINS)) {
        return Ok(());
    }
    Err(NotABundle(match bytes {
        [] => "the file is empty",
        [0x1f, 0x8b, ..] | [0x28, 0xb5, 0x2f, 0xfd, ..] | [0xfd, b'7', b'z', ..] => {
            "it is compressed; unpack it to the file that was signed"
        }
        _ if bytes.starts_with(HEADER) => {
            "it is another zip archive. A bundle that was unpacked and packed again is none any more; \
             take the file as it was signed"
        }
        _ if bytes.len() >= END_LENGTH && bytes[bytes.len() - END_LENGTH..].starts_with(END) => {
            "it is a zip archive with something in front"
        }
        _ => "it is no zip archive",
    }))
}

/// Where manifest and signature are. Each end is known in three ways, so that no changed byte hides it.
///
/// # Errors
/// The member whose end is not found, and where its content begins.
pub(super) fn find_front(bytes: &[u8]) -> Result<Front, (&'static str, usize)> {
    let begins = |at: usize, name: &'static str| (name, at + HEADER_LENGTH + name.len());
    let manifest =
        find_end(bytes, 0, MANIFEST, ENDS, SIGNATURE).ok_or_else(|| begins(0, MANIFEST))?;
    let signature = find_end(bytes, manifest.end, SIGNATURE, SIGNATURE_ENDS, RUN)
        .ok_or_else(|| begins(manifest.end, SIGNATURE))?;
    Ok(Front { manifest, signature })
}

/// The content of the member whose header is at `at`: it ends where its header says, or where its text
/// does, and the next member's header follows.
fn find_end(bytes: &[u8], at: usize, name: &str, ends: &[u8], next: &str) -> Option<Range<usize>> {
    let start = at + HEADER_LENGTH + name.len();
    let text = bytes.get(start..)?;
    let stated = |from: usize| number(bytes, at + from).and_then(|n| start.checked_add(n as usize));
    let by_text = memmem::find(text, ends).map(|found| start + found + ends.len());
    let candidates = [stated(18), stated(22), by_text];
    let mut there = candidates.into_iter().flatten().filter(|end| *end <= bytes.len());
    let followed = there.clone().find(|end| {
        let header = &bytes[*end..];
        header.starts_with(HEADER)
            || header.get(HEADER_LENGTH..).is_some_and(|name| name.starts_with(next.as_bytes()))
    });
    // Nothing may follow any more: the file can be cut off right here.
    followed.or_else(|| there.find(|end| by_text == Some(*end))).map(|end| start..end)
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

impl Front {
    /// Whether the manifest has the checksum that its header states.
    pub(super) fn manifest_fits(&self, bytes: &[u8]) -> bool {
        fits(bytes, &self.manifest, MANIFEST)
    }

    /// Whether the signature has the checksum that its header states.
    pub(super) fn signature_fits(&self, bytes: &[u8]) -> bool {
        fits(bytes, &self.signature, SIGNATURE)
    }
}

fn fits(bytes: &[u8], content: &Range<usize>, name: &str) -> bool {
    let header = content.start - HEADER_LENGTH - name.len();
    number(bytes, header + 14) == Some(crc(&bytes[content.clone()]))
}
