//! Whether every byte of a bundle is as it was signed, and where not.
//!
//! Everything in the container follows from the manifest: which members there are, where each lies
//! and what its header says. So a bundle is not parsed but held against what it has to be, and what is
//! found has a place: a member, a part of it, a line.

use std::collections::BTreeMap;
use std::ops::Range;

use memchr::memmem;
use serde::Serialize;

use super::chain::{chain, changed};
use super::container::{MOST_CONTENT, inflate};
use super::digests::sha256;
use super::front::{Front, find_front, is_bundle};
use super::layout::{END_LENGTH, Entry, HEADER, HEADER_LENGTH, crc, end};
use super::manifest::{CHAIN, MANIFEST, Manifest, Member, SIGNATURE};
use super::signature::{SignatureError, Signed};

pub use super::front::NotABundle;

/// What is not as it was signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The member; absent if it is in none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// The part of it.
    pub part: Part,
    /// The first line of its content that is meant, from 1, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The byte of the bundle where it begins, from 0; of content that is compressed, where the member's
    /// content begins.
    pub byte: usize,
    /// What is wrong, in a sentence.
    pub what: String,
}

/// A part of the container.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// A member's content.
    Content,
    /// What stands in front of a member's content.
    Header,
    /// Where a member lies.
    Place,
    /// A member's record in the directory at the end.
    Directory,
    /// The archive's last bytes.
    End,
}

/// What the signature is worth by itself: whose it may be is another question.
#[derive(Debug, Clone)]
pub enum SignatureState {
    /// It is one of its key over the manifest.
    Holds(Box<Signed>),
    /// It can be read and is not one over this manifest.
    Fails(Box<Signed>),
    /// It cannot be read.
    Unreadable(SignatureError),
    /// It was not found.
    Missing,
}

/// The content of all members that are as they were signed, by name.
#[derive(Debug, Clone, Default)]
pub struct Contents(pub(super) BTreeMap<String, Vec<u8>>);

impl Contents {
    /// A member's content as text; `None` if it is not there, or no text.
    pub fn text(&self, name: &str) -> Option<&str> {
        std::str::from_utf8(self.0.get(name)?).ok()
    }
}

/// What was found in a bundle.
#[derive(Debug, Clone)]
pub struct Integrity {
    /// The manifest, if it can be read.
    pub manifest: Option<Manifest>,
    /// The signature.
    pub signature: SignatureState,
    /// Everything that is not as it was signed, in the order of places. None: nothing was changed
    /// since the key in the signature signed it.
    pub problems: Vec<Problem>,
    /// What is as it was signed.
    pub contents: Contents,
}

/// Looks at every byte.
///
/// # Errors
/// It is no bundle at all.
pub fn check(bytes: &[u8]) -> Result<Integrity, NotABundle> {
    is_bundle(bytes)?;
    let mut checker = Checker { bytes, problems: Vec::new() };
    let front = match find_front(bytes) {
        Ok(front) => front,
        Err((member, content)) => {
            let what = "its end is not found: the file is cut off, or bytes of it are missing";
            checker.report(Some(member), Part::Content, content, what);
            return Ok(checker.done(None, SignatureState::Missing, Contents::default()));
        }
    };
    let signature = checker.signature(&front);
    let holds = matches!(signature, SignatureState::Holds(_));
    let manifest = match Manifest::read(&bytes[front.manifest.clone()]) {
        Ok(manifest) if holds || front.manifest_fits(bytes) => manifest,
        Ok(manifest) => {
            // Changed, so it does not say what the rest has to be.
            return Ok(checker.done(Some(manifest), signature, Contents::default()));
        }
        Err(why) => {
            if holds || front.manifest_fits(bytes) {
                checker.report(Some(MANIFEST), Part::Content, front.manifest.start, why);
            }
            return Ok(checker.done(None, signature, Contents::default()));
        }
    };
    let contents = checker.members(&manifest, &front, holds);
    Ok(checker.done(Some(manifest), signature, contents))
}

struct Checker<'b> {
    bytes: &'b [u8],
    problems: Vec<Problem>,
}

/// A member whose compressed bytes are not the signed ones.
struct Broken<'m> {
    member: &'m Member,
    /// The bytes in its place.
    bytes: Range<usize>,
}

impl Checker<'_> {
    fn report(&mut self, member: Option<&str>, part: Part, byte: usize, what: impl Into<String>) {
        let member = member.map(str::to_owned);
        self.problems.push(Problem { member, part, line: None, byte, what: what.into() });
    }

    fn done(
        mut self,
        manifest: Option<Manifest>,
        signature: SignatureState,
        contents: Contents,
    ) -> Integrity {
        self.problems.sort_by_key(|problem| (problem.byte, problem.line));
        Integrity { manifest, signature, problems: self.problems, contents }
    }

    /// Reads the signature and holds it against the manifest. Where it fails, the archive's own
    /// checksums tell which of the two was changed, unless somebody took care that they do not.
    fn signature(&mut self, front: &Front) -> SignatureState {
        let (manifest, text) =
            (&self.bytes[front.manifest.clone()], &self.bytes[front.signature.clone()]);
        let state = match Signed::read(text) {
            Ok(signed) if signed.holds(manifest) => return SignatureState::Holds(Box::new(signed)),
            Ok(signed) => SignatureState::Fails(Box::new(signed)),
            Err(error) => SignatureState::Unreadable(error),
        };
        let (manifest_at, signature_at) = (front.manifest.start, front.signature.start);
        let fits = front.manifest_fits(self.bytes);
        if !fits {
            let what = "it is not the manifest that was signed: its checksum differs, too. What else \
                        is in the bundle cannot be held against it";
            self.report(Some(MANIFEST), Part::Content, manifest_at, what);
        }
        match &state {
            SignatureState::Unreadable(error) => {
                self.report(Some(SIGNATURE), Part::Content, signature_at, error.to_string());
            }
            _ if !front.signature_fits(self.bytes) => {
                let what = "it is not the signature that was made: its checksum differs, too";
                self.report(Some(SIGNATURE), Part::Content, signature_at, what);
            }
            _ if fits => {
                let what = "it is not what manifest.json.sig signs: one of the two was replaced";
                self.report(Some(MANIFEST), Part::Content, manifest_at, what);
            }
            _ => {}
        }
        state
    }

    /// Holds everything against the manifest.
    fn members(&mut self, manifest: &Manifest, front: &Front, holds: bool) -> Contents {
        let mut expected = vec![
            entry_of(MANIFEST, &self.bytes[front.manifest.clone()]),
            entry_of(SIGNATURE, &self.bytes[front.signature.clone()]),
        ];
        if holds {
            // Their content is what it was, so their headers can be held against it.
            self.header(&expected[0], 0);
            self.header(&expected[1], front.manifest.end);
        }
        expected.extend(manifest.members.iter().map(Entry::from));
        let mut contents = Contents::default();
        let mut broken: Vec<Broken<'_>> = Vec::new();
        let (mut at, mut moved) = (front.signature.end, false);
        for (member, entry) in manifest.members.iter().zip(&expected[2..]) {
            if at >= self.bytes.len() {
                let what = format!("the file ends before it, at byte {}", self.bytes.len());
                self.report(Some(&entry.name), Part::Place, self.bytes.len(), what);
                break;
            }
            let Some(place) = self.find(entry, at) else {
                self.report(Some(&entry.name), Part::Place, at, "it is not there");
                moved = true;
                continue;
            };
            if place != at {
                if !moved {
                    let what = format!("it lies at byte {place} and should at byte {at}");
                    self.report(Some(&entry.name), Part::Place, place, what);
                }
                if let Some(before) = broken.last_mut().filter(|before| before.bytes.end == at) {
                    before.bytes.end = place.max(before.bytes.start);
                }
            }
            self.header(entry, place);
            let start = (place + entry.header().len()).min(self.bytes.len());
            let stop = (place + entry.length()).min(self.bytes.len());
            let packed = &self.bytes[start..stop];
            moved = sha256(packed) != member.packed.sha256;
            if moved {
                broken.push(Broken { member, bytes: start..stop });
            } else {
                self.content(member, packed, start, &mut contents);
            }
            at = place + entry.length();
        }
        for broken in &broken {
            self.locate(broken, &contents);
        }
        self.chains(&contents, front.signature.end);
        let length: usize = expected.iter().map(Entry::length).sum();
        // Where something was moved or is missing, the directory cannot fit any more.
        if self.problems.is_empty() || (holds && at == length && at <= self.bytes.len()) {
            self.directory(&expected, at);
        }
        contents
    }

    /// Where a member's header is: where it should be, or wherever its name stands in one.
    fn find(&self, entry: &Entry, at: usize) -> Option<usize> {
        let header = entry.header();
        // The lengths of name and extra field, and the name: another name may begin with this one.
        let is_named = |here: &[u8]| here.get(26..header.len()) == Some(&header[26..]);
        if let Some(here) = self.bytes.get(at..at + header.len()) {
            let differ = here.iter().zip(&header).filter(|(a, b)| a != b).count();
            if is_named(here) || differ <= 2 {
                return Some(at);
            }
        }
        // As far as the file goes, this is where it was cut off.
        let rest = self.bytes.get(at..).unwrap_or_default();
        if !rest.is_empty() && header.starts_with(rest) {
            return Some(at);
        }
        memmem::find_iter(self.bytes, entry.name.as_bytes())
            .filter_map(|found| found.checked_sub(HEADER_LENGTH))
            .find(|place| {
                let here = &self.bytes[*place..];
                here.starts_with(HEADER) && is_named(here)
            })
    }

    fn header(&mut self, entry: &Entry, at: usize) {
        let header = entry.header();
        if let Some(byte) = first_difference(&self.bytes[at..], &header) {
            let what = if at + byte >= self.bytes.len() {
                format!("the file ends in it, at byte {}", self.bytes.len())
            } else {
                format!("the {} in it differs from what was signed", field(byte))
            };
            self.report(Some(&entry.name), Part::Header, at + byte, what);
        }
    }

    /// Unpacks what is as it was signed.
    fn content(&mut self, member: &Member, packed: &[u8], at: usize, contents: &mut Contents) {
        let unpacked = inflate(packed, u64::from(member.size));
        let content = unpacked.content;
        let fits = unpacked.whole
            && content.len() == member.size as usize
            && sha256(&content) == member.sha256
            && crc(&content) == member.packed.crc32;
        if fits {
            contents.0.insert(member.name.clone(), content);
        } else {
            let what = "what the signed manifest says of its size and digests contradicts itself: \
                        it was not made by `parallax sign`";
            self.report(Some(&member.name), Part::Content, at, what);
        }
    }

    /// Says which lines of a member are not those that were signed, if there is a chain of them.
    fn locate(&mut self, broken: &Broken<'_>, contents: &Contents) {
        let (name, at) = (broken.member.name.as_str(), broken.bytes.start);
        let cut = broken.bytes.end >= self.bytes.len();
        let found = contents.0.get(&format!("{name}{CHAIN}")).map(|chain| {
            // What was put into its place may be longer, within reason.
            let most = (2 * u64::from(broken.member.size) + 65_536).min(MOST_CONTENT);
            changed(&inflate(&self.bytes[broken.bytes.clone()], most).content, chain)
        });
        match found {
            Some(changed) if !changed.is_empty() => {
                for changed in changed.iter().take(MOST_PLACES) {
                    let line = Some(changed.now.start + 1);
                    let (member, part, what) =
                        (Some(name.to_owned()), Part::Content, changed.to_string());
                    self.problems.push(Problem { member, part, line, byte: at, what });
                }
                if let Some(more) = changed.len().checked_sub(MOST_PLACES).filter(|more| *more > 0)
                {
                    let what = format!("and {more} other places");
                    self.report(Some(name), Part::Content, at, what);
                }
            }
            Some(_) => {
                let what =
                    "its compressed bytes are not those that were signed, though its lines are";
                self.report(Some(name), Part::Content, at, what);
            }
            None if cut => {
                let what = format!("the file ends in it, at byte {}", self.bytes.len());
                self.report(Some(name), Part::Content, at, what);
            }
            None => {
                self.report(Some(name), Part::Content, at, "it is not what was signed");
            }
        }
    }

    /// Whether the chains are those of the texts: if not, no place could ever be found by them.
    fn chains(&mut self, contents: &Contents, at: usize) {
        for (name, values) in &contents.0 {
            let Some(text) = name.strip_suffix(CHAIN).and_then(|name| contents.0.get(name)) else {
                continue;
            };
            if chain(text).as_bytes() != values.as_slice() {
                let what =
                    "it is not the hash chain of the member: it was not made by `parallax sign`";
                self.report(Some(name), Part::Content, at, what);
            }
        }
    }

    fn directory(&mut self, expected: &[Entry], begins: usize) {
        let number = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        let (mut at, mut member_at) = (begins, 0);
        for entry in expected {
            let record = entry.record(number(member_at));
            let rest = self.bytes.get(at..).unwrap_or_default();
            if let Some(byte) = first_difference(rest, &record) {
                let ends = at + byte >= self.bytes.len();
                let what = if ends {
                    format!("the file ends here, at byte {}", self.bytes.len())
                } else {
                    "its record differs from what was signed".to_owned()
                };
                self.report(Some(&entry.name), Part::Directory, at + byte, what);
                if ends {
                    return;
                }
            }
            at += record.len();
            member_at += entry.length();
        }
        let count = u16::try_from(expected.len()).unwrap_or(u16::MAX);
        let end = end(count, number(at - begins), number(begins));
        let rest = self.bytes.get(at..).unwrap_or_default();
        if let Some(byte) = first_difference(rest, &end) {
            let what = if at + byte >= self.bytes.len() {
                "the file ends before the archive does"
            } else {
                "it differs from what has to stand there"
            };
            self.report(None, Part::End, at + byte, what);
        }
        let after = self.bytes.len().saturating_sub(at + END_LENGTH);
        if after > 0 {
            let what = format!("{after} bytes follow the end of the archive");
            self.report(None, Part::End, at + END_LENGTH, what);
        }
    }
}

/// Places in one member that are named one by one.
const MOST_PLACES: usize = 20;

/// The entry of a member that is not compressed.
fn entry_of(name: &str, content: &[u8]) -> Entry {
    let size = u32::try_from(content.len()).unwrap_or(u32::MAX);
    Entry { name: name.to_owned(), stored: true, crc: crc(content), packed: size, size }
}

impl From<&Member> for Entry {
    fn from(member: &Member) -> Entry {
        Entry {
            name: member.name.clone(),
            stored: false,
            crc: member.packed.crc32,
            packed: member.packed.size,
            size: member.size,
        }
    }
}

/// The first byte in which what is there differs from what should be, if it does.
fn first_difference(there: &[u8], expected: &[u8]) -> Option<usize> {
    let same = there.iter().zip(expected).take_while(|(a, b)| a == b).count();
    (same < expected.len()).then_some(same)
}

/// What stands at this byte of a header.
fn field(byte: usize) -> &'static str {
    match byte {
        0..4 => "mark",
        4..6 => "version",
        6..8 => "flags",
        8..10 => "method",
        10..14 => "time",
        14..18 => "checksum",
        18..22 => "compressed size",
        22..26 => "size",
        26..30 => "length of the name",
        _ => "name",
    }
}
