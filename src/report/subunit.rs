//! Subunit, version 2: a stream of packets, as OpenStack's tools and RefStack's client read it.
//!
//! Written from the published specification (the README of python-subunit). The crate `subunit` writes
//! the same packets; what it brings along (a second library for time, macros for sets of flags, and
//! for version 1 a whole runtime) is more than the sixty lines that it would save.

use flate2::Crc;
use jiff::{SignedDuration, Timestamp};

use super::junit::description;
use crate::guideline::test_name;
use crate::judge::{CaseResult, RunResult, Verdict};

const SIGNATURE: u8 = 0xb3;
const VERSION_2: u16 = 0x2000;
const HAS_ID: u16 = 0x0800;
const HAS_TIME: u16 = 0x0200;
const HAS_TAGS: u16 = 0x0080;
const HAS_FILE: u16 = 0x0040;
const HAS_MIME: u16 = 0x0020;
const END_OF_FILE: u16 = 0x0010;

const IN_PROGRESS: u16 = 2;
const SUCCESS: u16 = 3;
const SKIPPED: u16 = 5;
const FAILED: u16 = 6;

const MIME: &str = "text/plain;charset=utf8";
/// Bytes of a file in one packet. A packet has 4 MiB at most; a finding can be longer.
const CHUNK: usize = 1 << 20;

/// The result as a stream of subunit, version 2. Only what passed is a success. What the target does not
/// do or lacks is skipped, and so is what is waived: there are expected failures, but readers count them
/// as passed. Everything else failed, as the format has no word for what could not be told; the verdict
/// is a tag.
///
/// A result says how long a case took and not when it began: in the stream each begins with the run.
pub fn subunit(result: &RunResult) -> Vec<u8> {
    let mut out = Vec::new();
    for case in &result.cases {
        let id = test_id(case);
        let (began, ended) = times(result, case);
        Packet { time: began, ..Packet::of(IN_PROGRESS, &id) }.write(&mut out);
        if case.verdict != Verdict::Pass {
            file(&mut out, &id, "reason", &case.reason);
            file(&mut out, &id, "findings", &description(case));
        }
        let tags = [case.capability.as_str(), case.verdict.word()];
        Packet { time: ended, tags: &tags, ..Packet::of(status(case.verdict), &id) }
            .write(&mut out);
    }
    out
}

/// The name of a case as a test, with its id where tempest has it.
pub(super) fn test_id(case: &CaseResult) -> String {
    format!("{}[id-{}]", test_name(&case.name), case.id)
}

/// When a case began and ended, as far as a result knows it; nothing if it does not say when the run
/// began.
pub(super) fn times(
    result: &RunResult,
    case: &CaseResult,
) -> (Option<Timestamp>, Option<Timestamp>) {
    let began: Option<Timestamp> = result.run.started.parse().ok();
    let took = SignedDuration::from_millis(i64::try_from(case.took_ms).unwrap_or(i64::MAX));
    (began, began.and_then(|began| began.checked_add(took).ok()))
}

fn status(verdict: Verdict) -> u16 {
    match verdict {
        Verdict::Pass => SUCCESS,
        Verdict::Unsupported | Verdict::Skipped | Verdict::Waived => SKIPPED,
        Verdict::Fail | Verdict::Flaky | Verdict::Blocked | Verdict::Inconclusive => FAILED,
    }
}

fn file(out: &mut Vec<u8>, id: &str, name: &str, text: &str) {
    let mut chunks = text.as_bytes().chunks(CHUNK).peekable();
    while let Some(bytes) = chunks.next() {
        let last = chunks.peek().is_none();
        Packet { file: Some((name, bytes, last)), ..Packet::of(0, id) }.write(out);
    }
}

/// What a packet says of a test.
struct Packet<'p> {
    status: u16,
    id: &'p str,
    time: Option<Timestamp>,
    tags: &'p [&'p str],
    /// Name, a piece of its content, and whether it is the last.
    file: Option<(&'p str, &'p [u8], bool)>,
}

impl<'p> Packet<'p> {
    fn of(status: u16, id: &'p str) -> Self {
        Packet { status, id, time: None, tags: &[], file: None }
    }

    fn write(&self, out: &mut Vec<u8>) {
        let mut flags = VERSION_2 | HAS_ID | self.status;
        let mut body = Vec::new();
        if let Some(time) = self.time {
            flags |= HAS_TIME;
            let seconds = u32::try_from(time.as_second()).unwrap_or(0);
            body.extend(seconds.to_be_bytes());
            number(&mut body, time.subsec_nanosecond().try_into().unwrap_or(0));
        }
        bytes(&mut body, self.id.as_bytes());
        if !self.tags.is_empty() {
            flags |= HAS_TAGS;
            number(&mut body, self.tags.len());
            self.tags.iter().for_each(|tag| bytes(&mut body, tag.as_bytes()));
        }
        if let Some((name, content, last)) = self.file {
            flags |= HAS_MIME | HAS_FILE | if last { END_OF_FILE } else { 0 };
            bytes(&mut body, MIME.as_bytes());
            bytes(&mut body, name.as_bytes());
            bytes(&mut body, content);
        }
        let begin = out.len();
        out.push(SIGNATURE);
        out.extend(flags.to_be_bytes());
        // The length counts itself: signature, flags and checksum are seven bytes.
        let rest = body.len() + 7;
        let own = (1..=4).find(|own| rest + own < limit(*own)).unwrap_or(4);
        number(out, rest + own);
        out.extend(body);
        let mut crc = Crc::new();
        crc.update(&out[begin..]);
        out.extend(crc.sum().to_be_bytes());
    }
}

/// The first number that does not fit into so many bytes.
fn limit(bytes: usize) -> usize {
    1 << (8 * bytes - 2)
}

/// A number in one to four bytes; the first two bits say how many follow.
fn number(out: &mut Vec<u8>, value: usize) {
    let count = (1..=4).find(|count| value < limit(*count)).unwrap_or(4);
    let value = u32::try_from(value.min(limit(4) - 1)).unwrap_or(0);
    let mut bytes = value.to_be_bytes();
    bytes[4 - count] |= match count {
        1 => 0x00,
        2 => 0x40,
        3 => 0x80,
        _ => 0xc0,
    };
    out.extend(&bytes[4 - count..]);
}

/// Bytes, and before them how many.
fn bytes(out: &mut Vec<u8>, content: &[u8]) {
    number(out, content.len());
    out.extend(content);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_long_as_they_have_to_be() {
        for (value, written) in [
            (0, &[0x00][..]),
            (63, &[0x3f]),
            (64, &[0x40, 0x40]),
            (16_383, &[0x7f, 0xff]),
            (16_384, &[0x80, 0x40, 0x00]),
            (4_194_303, &[0xbf, 0xff, 0xff]),
            (4_194_304, &[0xc0, 0x40, 0x00, 0x00]),
            (1_073_741_823, &[0xff, 0xff, 0xff, 0xff]),
        ] {
            let mut out = Vec::new();
            number(&mut out, value);
            assert_eq!(out, written, "{value}");
        }
    }

    /// What python-subunit writes of a test `foo` of which it is only said that it exists.
    #[test]
    fn the_same_bytes_as_the_reference() {
        let mut out = Vec::new();
        Packet::of(1, "foo").write(&mut out);
        let hex: String = out.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "b328010c03666f6fae2254af");
    }

    /// Where the length of a packet comes to need another byte, it counts that one too.
    #[test]
    fn a_packet_is_as_long_as_it_says() {
        for length in [1, 50, 51, 52, 53, 54, 55, 16_368, 16_369, 16_370, 16_371, 16_372, 70_000] {
            let mut out = Vec::new();
            Packet::of(1, &"x".repeat(length)).write(&mut out);
            let count = usize::from(out[3] >> 6) + 1;
            let said = out[4..3 + count]
                .iter()
                .fold(usize::from(out[3] & 0x3f), |n, byte| n << 8 | usize::from(*byte));
            assert_eq!(said, out.len(), "{length}");
        }
    }
}
