//! The container: a zip archive that every tool opens, written in exactly one way.
//!
//! Members lie one after another, without gaps, comments, times or extra fields; then the directory,
//! then the end. The manifest and its signature are stored, everything else is deflated. What a
//! compressor did is not repeated when a bundle is checked: the manifest has digests of the compressed
//! bytes, so that none of them can change.

use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

use super::layout::{Entry, crc, end};

/// What may stand in all members together, unpacked: a bundle is read into memory. 512 MiB.
pub const MOST_CONTENT: u64 = 512 << 20;
/// Members of a container: as many as zip can count, less what would need its later extensions.
pub const MOST_MEMBERS: usize = 65_000;

/// A member ready to be written.
#[derive(Debug, Clone)]
pub(super) struct Packed {
    pub(super) entry: Entry,
    pub(super) bytes: Vec<u8>,
}

impl Packed {
    /// A member that is not compressed.
    pub(super) fn stored(name: &str, content: &[u8]) -> Packed {
        Packed::new(name, content, content.to_vec(), true)
    }

    /// A compressed member.
    pub(super) fn deflated(name: &str, content: &[u8]) -> Packed {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        let bytes = encoder.write_all(content).and_then(|()| encoder.finish());
        let bytes = bytes.unwrap_or_else(|e| unreachable!("memory takes everything: {e}"));
        Packed::new(name, content, bytes, false)
    }

    fn new(name: &str, content: &[u8], bytes: Vec<u8>, stored: bool) -> Packed {
        // What is packed is bounded far below 4 GiB: see `pack`.
        let number = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        let entry = Entry {
            name: name.to_owned(),
            stored,
            crc: crc(content),
            packed: number(bytes.len()),
            size: number(content.len()),
        };
        Packed { entry, bytes }
    }
}

/// The whole container.
pub(super) fn write(members: &[Packed]) -> Vec<u8> {
    let number = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    let mut bytes = Vec::new();
    let mut directory = Vec::new();
    for member in members {
        directory.extend(member.entry.record(number(bytes.len())));
        bytes.extend(member.entry.header());
        bytes.extend_from_slice(&member.bytes);
    }
    let at = number(bytes.len());
    let count = u16::try_from(members.len()).unwrap_or(u16::MAX);
    bytes.extend_from_slice(&directory);
    bytes.extend(end(count, number(directory.len()), at));
    bytes
}

/// What came out of compressed bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unpacked {
    /// At most as much as was asked for.
    pub(super) content: Vec<u8>,
    /// Whether that was all, and made of all of the compressed bytes.
    pub(super) whole: bool,
}

/// Unpacks, and never more than `most` bytes: a few compressed bytes can stand for gigabytes.
pub(super) fn inflate(packed: &[u8], most: u64) -> Unpacked {
    let mut decoder = DeflateDecoder::new(packed);
    let mut content = Vec::new();
    // A mistake ends it; what came before is kept, it may show where the mistake is.
    let ended = decoder.by_ref().take(most + 1).read_to_end(&mut content);
    let whole =
        ended.is_ok() && content.len() as u64 <= most && decoder.total_in() == packed.len() as u64;
    content.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    Unpacked { content, whole }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bytes are the format: changing them makes every bundle of before unreadable.
    #[test]
    fn the_form_is_fixed() {
        let bytes = write(&[Packed::stored("a.json", b"{}\n")]);
        let expected = b"PK\x03\x04\x14\0\0\0\0\0\0\0\x21\0\x06\xb0\xa1\xdd\x03\0\0\0\x03\0\0\0\x06\0\0\0a.json{}\n\
            PK\x01\x02\x14\x03\x14\0\0\0\0\0\0\0\x21\0\x06\xb0\xa1\xdd\x03\0\0\0\x03\0\0\0\x06\0\0\0\
            \0\0\0\0\0\0\0\0\xa4\x81\0\0\0\0a.json\
            PK\x05\x06\0\0\0\0\x01\0\x01\0\x34\0\0\0\x27\0\0\0\0\0";
        assert_eq!(bytes.escape_ascii().to_string(), expected.escape_ascii().to_string());
    }

    #[test]
    fn what_is_packed_comes_out_again() {
        let content = b"one line\n".repeat(1000);
        let packed = Packed::deflated("x", &content);
        assert!(packed.bytes.len() * 10 < content.len());
        let unpacked = inflate(&packed.bytes, content.len() as u64);
        assert_eq!(unpacked, Unpacked { content, whole: true });
    }

    #[test]
    fn bombs_and_leftovers_are_not_whole() {
        let zeros = vec![0; 10 << 20];
        let packed = Packed::deflated("x", &zeros).bytes;
        let bomb = inflate(&packed, 1000);
        assert_eq!((bomb.content.len(), bomb.whole), (1000, false));
        let longer = [packed.as_slice(), b"more"].concat();
        assert!(!inflate(&longer, 10 << 20).whole, "bytes that nobody sees");
        assert!(!inflate(&packed[..packed.len() - 1], 10 << 20).whole);
        assert!(!inflate(b"", 10).whole);
    }
}
