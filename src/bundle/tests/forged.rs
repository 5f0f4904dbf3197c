//! Bundles with a good signature that `parallax sign` would not make: a signer can mean no good, too.

use super::*;

/// The members of an honest bundle, some of them replaced.
fn with(changes: &[(&str, &[u8])]) -> Vec<u8> {
    let honest = members(&signed(&evidence()));
    let mut all: BTreeMap<&str, &[u8]> =
        honest.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect();
    all.extend(changes.iter().copied());
    let (mut first, mut rest): (Vec<_>, Vec<_>) = (Vec::new(), Vec::new());
    for name in manifest::FIRST {
        first.push((name, all.remove(name).expect("there")));
    }
    rest.extend(all);
    first.append(&mut rest);
    forged(&first)
}

fn problem(bundle: &[u8]) -> String {
    let integrity = check(bundle).expect("a bundle");
    assert!(matches!(integrity.signature, SignatureState::Holds(_)));
    let problem = integrity.problems.first().expect("it is found");
    format!("{}: {}", problem.member.as_deref().unwrap_or_default(), problem.what)
}

#[test]
fn an_honest_one_holds() {
    assert!(holds(&with(&[])));
    assert_eq!(with(&[]), signed(&evidence()), "it is made as `parallax sign` makes it");
}

#[test]
fn names_that_lead_elsewhere_are_refused() {
    for name in
        ["../../home/me/.ssh/authorized_keys", "/etc/passwd", "baselines/../../x.json", "other.txt"]
    {
        let why = problem(&with(&[(name, b"x")]));
        assert!(why.contains("is no name of a baseline"), "{name}: {why}");
    }
}

#[test]
fn chains_that_are_of_something_else_are_refused() {
    let why = problem(&with(&[("result.json.chain", b"00000000000000000000000000000000\n")]));
    assert!(why.contains("result.json.chain: it is not the hash chain"), "{why}");
}

fn honest_packed() -> Vec<Packed> {
    members(&signed(&evidence())).iter().map(|(n, c)| Packed::deflated(n, c)).collect()
}

#[test]
fn lists_that_contradict_themselves_are_refused() {
    type Change = fn(&mut Manifest);
    let changes: [(Change, &str); 10] = [
        (|m| m.members.swap(0, 1), "does not begin with run.json"),
        (|m| m.members.truncate(3), "does not begin with run.json"),
        (|m| m.members.swap(6, 7), "not sorted"),
        (|m| m.members[7] = m.members[6].clone(), "listed twice"),
        (|m| m.version = 2, "use a newer parallax"),
        (|m| m.format = "other".to_owned(), "its format is"),
        (|m| m.members[1].size = u32::MAX, "bytes of content"),
        (|m| m.members[1].size += 1, "the size in it differs"),
        (|m| m.members[1].sha256 = "0".repeat(64), "contradicts itself"),
        (|m| m.members[1].packed.crc32 ^= 1, "checksum in it differs"),
    ];
    for (change, words) in changes {
        let why = problem(&forged_of(honest_packed(), change));
        assert!(why.contains(words), "lacks `{words}`: {why}");
    }
}

/// Ten megabytes out of a few thousand bytes: not more is unpacked than the manifest states, and what
/// it states is bounded.
#[test]
fn a_bomb_is_refused() {
    let mut packed = honest_packed();
    let bomb = Packed::deflated("transcript.jsonl", &vec![b'\n'; 10 << 20]);
    assert!(bomb.bytes.len() < 20_000, "{}", bomb.bytes.len());
    packed[1] = bomb;
    packed[1].entry.size = 1000;
    let why = problem(&forged_of(packed, |_| {}));
    assert!(why.starts_with("transcript.jsonl: ") && why.contains("contradicts itself"), "{why}");
}
