//! The bytes of the container that are not content: all of them follow from names, sizes and
//! checksums, and nothing is left to choice.

/// What a record of the container says of one member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    /// Not compressed: what has to be readable when everything else is damaged.
    pub(super) stored: bool,
    /// CRC-32 of the content, as zip has it. What counts is SHA-256; this tells accidents apart.
    pub(super) crc: u32,
    /// Bytes in the container.
    pub(super) packed: u32,
    /// Bytes of content.
    pub(super) size: u32,
}

/// How a member's header begins.
pub(super) const HEADER: &[u8; 4] = b"PK\x03\x04";
/// How the directory's records begin.
const RECORD: &[u8; 4] = b"PK\x01\x02";
/// How the container's end begins.
pub(super) const END: &[u8; 4] = b"PK\x05\x06";
/// Bytes of a member's header before its name.
pub(super) const HEADER_LENGTH: usize = 30;
/// Bytes of the container's end.
pub(super) const END_LENGTH: usize = 22;

/// Version 2.0 of the format: deflate.
const NEEDS: u16 = 20;
/// The same, on Unix: so that the file mode counts.
const MADE_BY: u16 = (3 << 8) | NEEDS;
/// The first day that zip knows. When a member was made is nobody's business.
const DATE: u16 = (1 << 5) | 1;
/// An ordinary file that everybody may read.
const ATTRIBUTES: u32 = 0o100_644 << 16;

impl Entry {
    /// The header in front of the member's bytes.
    pub(super) fn header(&self) -> Vec<u8> {
        let mut bytes = HEADER.to_vec();
        self.common(&mut bytes);
        bytes.extend_from_slice(self.name.as_bytes());
        bytes
    }

    /// The record in the directory of a member whose header is at this byte.
    pub(super) fn record(&self, at: u32) -> Vec<u8> {
        let mut bytes = RECORD.to_vec();
        bytes.extend_from_slice(&MADE_BY.to_le_bytes());
        self.common(&mut bytes);
        // No comment, the first disk, no internal attributes.
        bytes.extend_from_slice(&[0; 6]);
        bytes.extend_from_slice(&ATTRIBUTES.to_le_bytes());
        bytes.extend_from_slice(&at.to_le_bytes());
        bytes.extend_from_slice(self.name.as_bytes());
        bytes
    }

    fn common(&self, bytes: &mut Vec<u8>) {
        let name = u16::try_from(self.name.len()).unwrap_or(u16::MAX);
        let method: u16 = if self.stored { 0 } else { 8 };
        for number in [NEEDS, 0, method, 0, DATE] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        for number in [self.crc, self.packed, self.size] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        // No extra field.
        for number in [name, 0] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
    }

    /// Bytes from the header to the next member's.
    pub(super) fn length(&self) -> usize {
        HEADER_LENGTH + self.name.len() + self.packed as usize
    }
}

/// The last bytes of the container.
pub(super) fn end(members: u16, directory_length: u32, directory_at: u32) -> Vec<u8> {
    let mut bytes = END.to_vec();
    for number in [0, 0, members, members] {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    bytes.extend_from_slice(&directory_length.to_le_bytes());
    bytes.extend_from_slice(&directory_at.to_le_bytes());
    bytes.extend_from_slice(&[0; 2]);
    bytes
}

/// CRC-32 as zip has it.
pub(super) fn crc(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}
