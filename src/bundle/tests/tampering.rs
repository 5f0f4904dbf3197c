//! Every change is found, and where it is.

use super::*;

/// Which member each byte belongs to; `None`: the archive's end. Read from the directory, as any tool does.
fn owners(bundle: &[u8]) -> Vec<Option<String>> {
    let short = |at: usize| usize::from(u16::from_le_bytes([bundle[at], bundle[at + 1]]));
    let long = |at: usize| short(at) | short(at + 2) << 16;
    let end = bundle.len() - 22;
    let (count, mut record) = (short(end + 10), long(end + 16));
    let mut owners = vec![None; bundle.len()];
    for _ in 0..count {
        let (packed, name) = (long(record + 20), short(record + 28));
        let at = long(record + 42);
        let owner =
            String::from_utf8(bundle[record + 46..record + 46 + name].to_vec()).expect("text");
        for byte in (at..at + 30 + name + packed).chain(record..record + 46 + name) {
            assert_eq!(owners[byte].replace(owner.clone()), None, "byte {byte} is of two");
        }
        record += 46 + name;
    }
    assert_eq!(record, end);
    assert_eq!(owners.iter().position(Option::is_none), Some(end), "only the end is nobody's");
    owners
}

/// A sequence of numbers that looks like chance and is always the same.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        // Knuth's MMIX.
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % most
    }
}

#[track_caller]
fn found(changed: &[u8], byte: usize, owner: Option<&String>) {
    let integrity = check(changed).expect("still a bundle");
    assert!(!integrity.problems.is_empty(), "byte {byte} of {owner:?} is not found");
    for problem in &integrity.problems {
        assert_eq!(problem.member.as_ref(), owner, "byte {byte}: {problem:?}");
    }
}

/// A thousand changes of one byte, anywhere.
#[test]
fn a_changed_byte_is_found_in_its_member() {
    let bundle = signed(&evidence());
    let owners = owners(&bundle);
    let mut chance = Chance(20_261_121);
    for _ in 0..1000 {
        let (byte, by) = (chance.below(bundle.len()), 1 + chance.below(255));
        let mut changed = bundle.clone();
        changed[byte] ^= u8::try_from(by).expect("a byte");
        found(&changed, byte, owners[byte].as_ref());
    }
}

/// Every byte that is not content: headers, names, directory, end.
#[test]
fn no_byte_between_the_contents_is_free() {
    let bundle = signed(&evidence());
    let owners = owners(&bundle);
    let manifest = check(&bundle).expect("a bundle").manifest.expect("there");
    let mut contents = vec![];
    let mut at = 0;
    for (name, size) in [(MANIFEST, manifest.to_text().len()), (SIGNATURE, 0)]
        .into_iter()
        .chain(manifest.members.iter().map(|m| (m.name.as_str(), m.packed.size as usize)))
    {
        let start = at + 30 + name.len();
        let size = if name == SIGNATURE {
            u32::from_le_bytes(bundle[at + 18..at + 22].try_into().expect("four")) as usize
        } else {
            size
        };
        contents.push(start..start + size);
        at = start + size;
    }
    let free = (0..bundle.len()).filter(|byte| !contents.iter().any(|range| range.contains(byte)));
    for byte in free {
        let mut changed = bundle.clone();
        changed[byte] ^= if byte % 2 == 0 { 1 } else { 0x80 };
        found(&changed, byte, owners[byte].as_ref());
    }
}

#[test]
fn a_cut_or_longer_file_is_found() {
    let bundle = signed(&evidence());
    let begins = MANIFEST.len() + 30 + 40;
    for length in (begins..bundle.len()).step_by(61).chain([bundle.len() - 1]) {
        let integrity = check(&bundle[..length]).expect("still a bundle");
        assert!(!integrity.problems.is_empty(), "cut at {length}");
        let ends = |problem: &Problem| problem.what.contains("end");
        assert!(integrity.problems.iter().any(ends), "{length}: {:?}", integrity.problems);
    }
    let longer = [bundle.as_slice(), b"\0"].concat();
    let problems = check(&longer).expect("still a bundle").problems;
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!((problems[0].part, problems[0].byte), (Part::End, bundle.len()));
    assert!(problems[0].what.starts_with("1 bytes follow"), "{problems:?}");
    // In front it is something else.
    assert!(check(&[b"#!", bundle.as_slice()].concat()).is_err());
}

/// Bytes put in or taken out anywhere: what follows moves, and is not blamed.
#[test]
fn a_byte_more_or_less_is_found_in_its_member() {
    let bundle = signed(&evidence());
    let owners = owners(&bundle);
    let mut chance = Chance(4711);
    for _ in 0..100 {
        let byte = chance.below(bundle.len() - 22);
        let (mut more, mut less) = (bundle.clone(), bundle.clone());
        more.insert(byte, 0x55);
        less.remove(byte);
        for changed in [more, less] {
            let problems = check(&changed).expect("still a bundle").problems;
            let first = problems.first().expect("it is found");
            // In front of a member's first byte is also behind the one before.
            let before = byte.checked_sub(1).and_then(|before| owners[before].as_ref());
            let owner = first.member.as_ref();
            assert!(owner == owners[byte].as_ref() || owner == before, "byte {byte}: {problems:?}");
        }
    }
}

/// Anything may stand anywhere: something is found, and nothing panics.
#[test]
fn damage_of_any_kind_is_found() {
    let bundle = signed(&evidence());
    let mut chance = Chance(42);
    for _ in 0..200 {
        let mut changed = bundle.clone();
        for _ in 0..=chance.below(3) {
            let from = chance.below(changed.len());
            let length = chance.below(changed.len() - from).min(1 + chance.below(5000));
            let other: Vec<u8> = match chance.below(4) {
                0 => vec![],
                1 => vec![0xff; length],
                2 => changed[chance.below(changed.len())..].iter().take(length).copied().collect(),
                _ => {
                    (0..length).map(|_| u8::try_from(chance.below(256)).expect("a byte")).collect()
                }
            };
            changed.splice(from..from + length, other);
        }
        if let (true, Ok(integrity)) = (changed != bundle, check(&changed)) {
            assert!(!integrity.problems.is_empty());
        }
    }
}

/// Somebody who knows the format changes a line, and mends lengths, checksums and directory.
#[test]
fn a_changed_line_is_found_in_its_place() {
    let bundle = signed(&evidence());
    let changed = |name: &str, change: &dyn Fn(&mut Vec<String>)| {
        let problems = check(&repacked(&bundle, name, change)).expect("still a bundle").problems;
        let content: Vec<_> =
            problems.iter().filter(|p| p.part == Part::Content).cloned().collect();
        assert!(content.iter().all(|p| p.member.as_deref() == Some(name)), "{problems:?}");
        content.into_iter().map(|p| (p.line, p.what)).collect::<Vec<_>>()
    };
    let lines = transcript().lines().count();
    let swapped = changed("transcript.jsonl", &|lines| {
        lines[4] = lines[4].replace("\"attempt\":2", "\"attempt\":1")
    });
    assert_eq!(swapped, [(Some(5), "line 5 is not the one that was signed".to_owned())]);
    let removed = changed("transcript.jsonl", &|lines| drop(lines.remove(2)));
    assert_eq!(removed, [(Some(3), "line 3 was taken out".to_owned())]);
    let added = changed("transcript.jsonl", &|lines| lines.push(lines[1].clone()));
    assert_eq!(added, [(Some(lines + 1), format!("line {} was added", lines + 1))]);
    let verdict = changed("result.json", &|lines| {
        for line in lines {
            *line = line.replace("\"verdict\":\"fail\"", "\"verdict\":\"pass\"");
        }
    });
    let result = evidence().result;
    let line = result.lines().position(|line| line.contains("\"verdict\":\"fail\"")).expect("one");
    assert_eq!(verdict.len(), 1, "{verdict:?}");
    assert_eq!(verdict[0].0, Some(line + 1));
    // A member without a chain is at least named.
    let baseline = "baselines/aws/key-pairs/dry-run.json";
    let other = changed(baseline, &|lines| lines.truncate(1));
    assert_eq!(other, [(None, "it is not what was signed".to_owned())]);
    // Packed in another way, the lines are what they were, and the bytes are not.
    let same = changed("transcript.jsonl", &|_| {});
    assert!(same.is_empty(), "the same bytes: {same:?}");
}

/// The bundle with other lines in one member, and everything around it mended; the manifest stays.
fn repacked(bundle: &[u8], name: &str, change: &dyn Fn(&mut Vec<String>)) -> Vec<u8> {
    let packed = members(bundle).into_iter().map(|(member, content)| {
        if member != name {
            return Packed::deflated(&member, &content);
        }
        let text = String::from_utf8(content).expect("text");
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        change(&mut lines);
        let text: String = lines.into_iter().map(|line| line + "\n").collect();
        Packed::deflated(&member, text.as_bytes())
    });
    let (manifest, signature) = front(bundle);
    sealed(&manifest, &signature, packed.collect())
}

/// The texts of manifest and signature.
fn front(bundle: &[u8]) -> (String, String) {
    let front = crate::bundle::front::find_front(bundle).expect("there");
    let text =
        |range: std::ops::Range<usize>| String::from_utf8(bundle[range].to_vec()).expect("text");
    (text(front.manifest), text(front.signature))
}

#[test]
fn moved_missing_and_foreign_members_are_found() {
    let bundle = signed(&evidence());
    let all = members(&bundle);
    let (manifest, signature) = front(&bundle);
    let with = |order: &[usize]| {
        let packed = order.iter().map(|n| Packed::deflated(&all[*n].0, &all[*n].1));
        check(&sealed(&manifest, &signature, packed.collect())).expect("still a bundle").problems
    };
    let everything: Vec<usize> = (0..all.len()).collect();
    assert_eq!(with(&everything), []);
    let named = |problems: &[Problem], n: usize| {
        problems.iter().any(|p| p.part == Part::Place && p.member.as_ref() == Some(&all[n].0))
    };
    let mut swapped = everything.clone();
    swapped.swap(1, 3);
    let problems = with(&swapped);
    assert!(named(&problems, 1) && named(&problems, 3), "{problems:?}");
    for n in &everything {
        let mut without = everything.clone();
        without.remove(*n);
        let problems = with(&without);
        assert!(named(&problems, *n), "{}: {problems:?}", all[*n].0);
        let mut twice = everything.clone();
        twice.insert(*n, *n);
        assert!(!with(&twice).is_empty());
    }
    // A member that the manifest does not list.
    let mut packed: Vec<Packed> =
        all.iter().map(|(name, content)| Packed::deflated(name, content)).collect();
    packed.push(Packed::deflated("../../etc/passwd", b"root::0:0\n"));
    let problems = check(&sealed(&manifest, &signature, packed)).expect("still a bundle").problems;
    assert!(!problems.is_empty());
}

/// Another manifest with the old signature, or another signature.
#[test]
fn manifest_and_signature_belong_together() {
    let bundle = signed(&evidence());
    let (manifest, signature) = front(&bundle);
    let packed = || -> Vec<Packed> {
        let all = members(&bundle);
        all.iter().map(|(name, content)| Packed::deflated(name, content)).collect()
    };
    let other = manifest.replace("\"pass\":2", "\"pass\":3");
    assert_ne!(other, manifest);
    let other_signature = key().sign(NAMESPACE, b"something else").expect("it signs").to_text();
    for (manifest, signature, words) in [
        (&other, &signature, "one of the two was replaced"),
        (&manifest, &other_signature, "one of the two was replaced"),
        (&manifest, &"-----BEGIN SSH SIGNATURE-----\n".to_owned(), "no SSH signature"),
        (&manifest, &signature.replace('\n', "\r\n"), "not written as OpenSSH"),
    ] {
        let integrity = check(&sealed(manifest, signature, packed())).expect("still a bundle");
        assert!(!matches!(integrity.signature, SignatureState::Holds(_)));
        let said = integrity.problems.iter().any(|p| p.what.contains(words));
        assert!(said, "lacks `{words}`: {:?}", integrity.problems);
    }
}

#[test]
fn what_is_no_bundle_is_said() {
    for (bytes, words) in [
        (&b""[..], "empty"),
        (b"hello", "no zip archive"),
        (b"\x1f\x8b\x08\x00", "compressed"),
        (b"PK\x03\x04\x14\0\0\0", "another zip archive"),
    ] {
        let why = check(bytes).expect_err("none").to_string();
        assert!(why.contains(words) && why.contains("parallax sign"), "{why}");
    }
}
