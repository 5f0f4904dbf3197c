//! Bundles of a small run: three cases of the published one.

mod forged;
mod judging;
mod tampering;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::container::Packed;
use super::manifest::{Manifest, Member, PackedAs};
use super::pack::knowledge;
use super::*;
use crate::assets::Assets;
use crate::case::Suite;
use crate::judge::{RunResult, judge, write_result};
use crate::transcript::Transcript;

const KEY: &str = include_str!("../../ci/fixtures/ssh/ed25519");
const RSA: &str = include_str!("../../ci/fixtures/ssh/rsa");
const RSA_PEM: &str = include_str!("../../ci/fixtures/ssh/rsa.pem");
const RSA_PKCS8: &str = include_str!("../../ci/fixtures/ssh/rsa.pkcs8");
const LOCKED: &str = include_str!("../../ci/fixtures/ssh/ed25519-passphrase");

/// Two that pass and one that fails.
const CASES: [&str; 3] =
    ["key-pairs/delete-unknown", "key-pairs/dry-run", "key-pairs/duplicate-name"];

fn key() -> SigningKey {
    SigningKey::read(KEY, None).expect("a key")
}

/// The lines of the published run that belong to the cases.
fn transcript() -> String {
    static TEXT: LazyLock<String> = LazyLock::new(read_transcript);
    TEXT.clone()
}

fn read_transcript() -> String {
    let text = Assets::Reports.read("openstack-2023.2/transcript.jsonl").expect("it is built in");
    let named =
        |line: &&str| CASES.iter().any(|name| line.contains(&format!("\"name\":\"{name}\"")));
    let ids: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("{\"event\":\"case\""))
        .filter(named)
        .filter_map(|line| line.split('"').nth(9))
        .collect();
    assert_eq!(ids.len(), CASES.len(), "{ids:?}");
    let whole = |line: &&str| {
        line.starts_with("{\"event\":\"run\"") || line.starts_with("{\"event\":\"end\"")
    };
    let kept = text.lines().filter(|line| whole(line) || ids.iter().any(|id| line.contains(id)));
    kept.map(|line| format!("{line}\n")).collect()
}

fn baselines() -> BTreeMap<String, String> {
    let names = CASES.iter().map(|name| format!("aws/{name}.json"));
    let names = names.chain(["aws/shapes/DescribeKeyPairs.json".to_owned()]);
    names.map(|name| (name.clone(), Assets::Baselines.read(&name).expect("built in"))).collect()
}

/// What judging the transcript gives.
fn result(transcript: &str, baselines: &BTreeMap<String, String>) -> RunResult {
    let assets = Assets::held("baselines", baselines.clone());
    let knowledge = crate::judge::Knowledge::load(&assets, Some("aws")).expect("loaded");
    judge(&Transcript::parse(transcript).expect("a transcript"), &knowledge)
}

fn evidence() -> Evidence {
    evidence_of(transcript(), baselines())
}

fn evidence_of(transcript: String, baselines: BTreeMap<String, String>) -> Evidence {
    let result = write_result(&result(&transcript, &baselines));
    let run =
        format!("{{\"run\": \"{}\"}}\n", Transcript::parse(&transcript).expect("one").run.run);
    Evidence { run, transcript, result, baselines, suite: Assets::held("suite", BTreeMap::new()) }
}

fn signed(evidence: &Evidence) -> Vec<u8> {
    let unsigned = Unsigned::new(evidence).expect("it can be signed");
    let signature = key().sign(NAMESPACE, unsigned.manifest().as_bytes()).expect("it signs");
    unsigned.seal(&signature)
}

/// A bundle of any members, listed and signed as a vendor could who means no good.
fn forged(members: &[(&str, &[u8])]) -> Vec<u8> {
    let packed: Vec<Packed> =
        members.iter().map(|(name, content)| Packed::deflated(name, content)).collect();
    forged_of(packed, |_| {})
}

fn forged_of(packed: Vec<Packed>, change: impl FnOnce(&mut Manifest)) -> Vec<u8> {
    let honest = result(&transcript(), &baselines());
    let listed = packed.iter().map(|packed| Member {
        name: packed.entry.name.clone(),
        size: packed.entry.size,
        sha256: digests::sha256(&container::inflate(&packed.bytes, 1 << 24).content),
        packed: PackedAs {
            size: packed.entry.packed,
            sha256: digests::sha256(&packed.bytes),
            crc32: packed.entry.crc,
        },
    });
    let mut manifest =
        Manifest::new(honest.run, honest.judged_with, honest.summary, listed.collect());
    change(&mut manifest);
    let manifest = manifest.to_text();
    let signature = key().sign(NAMESPACE, manifest.as_bytes()).expect("it signs");
    sealed(&manifest, &signature.to_text(), packed)
}

fn sealed(manifest: &str, signature: &str, packed: Vec<Packed>) -> Vec<u8> {
    let mut members = vec![
        Packed::stored(MANIFEST, manifest.as_bytes()),
        Packed::stored(SIGNATURE, signature.as_bytes()),
    ];
    members.extend(packed);
    container::write(&members)
}

/// The content of every member of a bundle that is as it was signed, in order.
fn members(bundle: &[u8]) -> Vec<(String, Vec<u8>)> {
    let integrity = check(bundle).expect("a bundle");
    assert_eq!(integrity.problems, []);
    let manifest = integrity.manifest.expect("there");
    let content = |member: &Member| integrity.contents.0[&member.name].clone();
    manifest.members.iter().map(|member| (member.name.clone(), content(member))).collect()
}

fn holds(bundle: &[u8]) -> bool {
    let integrity = check(bundle).expect("a bundle");
    integrity.problems.is_empty() && matches!(integrity.signature, SignatureState::Holds(_))
}

#[test]
fn a_bundle_holds_and_is_always_the_same() {
    let evidence = evidence();
    let bundle = signed(&evidence);
    assert!(holds(&bundle));
    assert_eq!(signed(&evidence), bundle);
    let names: Vec<String> = members(&bundle).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names[..6], manifest::FIRST);
    assert_eq!(names.len(), 6 + 4);
    let texts: BTreeMap<_, _> = members(&bundle).into_iter().collect();
    assert_eq!(texts["transcript.jsonl"], evidence.transcript.as_bytes());
    assert_eq!(texts["result.json"], evidence.result.as_bytes());
    assert!(texts.contains_key("baselines/aws/key-pairs/dry-run.json"));
    let digests = String::from_utf8(texts["digests.json"].clone()).expect("text");
    assert!(digests.contains("93a8ca40-34db-4ded-b490-fe5310e28841") && digests.contains(".yaml"));
}

#[test]
fn what_does_not_follow_is_not_signed() {
    let honest = evidence();
    let refused = |change: &dyn Fn(&mut Evidence)| {
        let mut evidence = honest.clone();
        change(&mut evidence);
        Unsigned::new(&evidence).map(|_| ()).expect_err("it is refused").to_string()
    };
    for (why, words) in [
        (
            refused(&|e| {
                e.result = e.result.replace("\"verdict\":\"fail\"", "\"verdict\":\"pass\"")
            }),
            "1 other verdict, other totals",
        ),
        (refused(&|e| e.result = "{}".to_owned()), "is no result"),
        (refused(&|e| e.run = "{\"run\": \"0\"}".to_owned()), "do not belong together"),
        (refused(&|e| e.run = String::new()), "run.json says not"),
        (refused(&|e| e.transcript.truncate(e.transcript.len() - 1)), "cut off"),
        (refused(&|e| e.transcript.insert(0, '\n')), "does not begin with a `run` event"),
        (
            refused(&|e| drop(e.baselines.remove("aws/key-pairs/dry-run.json"))),
            "judged with other baselines",
        ),
        (
            refused(&|e| drop(e.baselines.insert("aws/a b.json".to_owned(), "{}".to_owned()))),
            "baselines",
        ),
    ] {
        assert!(why.contains(words), "lacks `{words}`: {why}");
    }
}

/// RSA, and keys with a passphrase. What OpenSSH says of the signatures is asked in `ci/cli/`.
#[test]
fn keys() {
    for (text, passphrase, words) in [
        (KEY, None, "ED25519 SHA256:"),
        (RSA, None, "RSA SHA256:"),
        (LOCKED, Some("correct horse"), "ED25519 "),
    ] {
        let key = SigningKey::read(text, passphrase).expect("a key");
        let signature = key.sign("file", b"message").expect("it signs");
        assert!(signature.holds(b"message") && !signature.holds(b"messagE"));
        assert!(signature.key_words().starts_with(words), "{}", signature.key_words());
        let again = Signed::read(signature.to_text().as_bytes()).expect("it is read back");
        assert!(again.holds(b"message") && again.namespace() == "file");
        assert_eq!(key.sign("file", b"message").expect("it signs").to_text(), signature.to_text());
    }
    let read =
        |text: &str, passphrase| SigningKey::read(text, passphrase).map(|_| ()).expect_err("none");
    assert_eq!(read(LOCKED, None), KeyError::Locked);
    assert_eq!(read(LOCKED, Some("wrong")), KeyError::WrongPassphrase);
    let begins = "-----BEGIN RSA PRIVATE KEY-----\n";
    let locked = format!("{begins}Proc-Type: 4,ENCRYPTED\n\nAAAA\n-----END RSA PRIVATE KEY-----\n");
    assert_eq!(read(&locked, None), KeyError::OldFormat);
    for broken in [begins.to_owned(), format!("{begins}AAAA\n"), format!("{begins}!\n")] {
        let error = read(&broken, None);
        assert!(matches!(error, KeyError::Broken(_) | KeyError::NoKey(_)), "{error:?}");
    }
    assert!(matches!(read("hello", None), KeyError::NoKey(_)));
    let cut = &KEY[..KEY.len() / 2];
    assert!(matches!(read(cut, None), KeyError::NoKey(_)));
}

/// One key in three formats; RefStack's users have the older ones.
#[test]
fn rsa_keys_of_openssl() {
    let ours = SigningKey::read(RSA, None).expect("a key");
    for (text, format) in [(RSA_PEM, "PKCS#1"), (RSA_PKCS8, "PKCS#8")] {
        let key = SigningKey::read(text, None).expect(format);
        assert_eq!(key.public(), ours.public(), "{format}");
        let signed = key.sign("file", b"message").expect("it signs");
        assert_eq!(signed.to_text(), ours.sign("file", b"message").expect("it signs").to_text());
    }
    let bare = ours.sign_rsa_sha256(b"message").expect("it signs");
    assert!(rsa_sha256_holds(ours.public(), b"message", &bare));
    assert!(!rsa_sha256_holds(ours.public(), b"messagE", &bare));
    // An SSH signature is over something else.
    assert!(!rsa_sha256_holds(ours.public(), &to_be_signed("file", b"message"), &bare));
    assert_eq!(key().sign_rsa_sha256(b"message"), Err(KeyError::NotRsa));
}

/// Every byte of a signature counts, also those that OpenSSH does not look at.
#[test]
fn signatures_have_one_form() {
    for key in [KEY, RSA] {
        let key = SigningKey::read(key, None).expect("a key");
        let text = key.sign(NAMESPACE, b"message").expect("it signs").to_text();
        for at in 0..text.len() {
            for other in [b'A', b'b', b'/', b'\n', b' ', text.as_bytes()[at] ^ 1] {
                let mut bytes = text.clone().into_bytes();
                if bytes[at] == other {
                    continue;
                }
                bytes[at] = other;
                let read = Signed::read(&bytes);
                assert!(read.is_err() || read.is_ok_and(|s| !s.holds(b"message")), "byte {at}");
            }
        }
        for other in [text.replace('\n', "\r\n"), format!("{text}\n"), format!(" {text}")] {
            assert!(Signed::read(other.as_bytes()).is_err(), "{other:?}");
        }
    }
}

/// What a judge of bundles has.
struct Judge {
    knowledge: crate::judge::Knowledge,
    suite: Suite,
    digests: Digests,
}

impl Judge {
    fn new(transcript: &str, baselines: &BTreeMap<String, String>) -> Judge {
        let honest = result(transcript, baselines);
        let transcript = Transcript::parse(transcript).expect("a transcript");
        let suite = Suite { cases: transcript.cases().cloned().collect() };
        let none = Assets::held("suite", BTreeMap::new());
        let digests = Digests::of(&suite.cases, &none).expect("nothing is read");
        Judge { knowledge: knowledge(baselines, &honest).expect("loaded"), suite, digests }
    }

    fn judge(&self, bundle: &[u8]) -> Judged {
        let integrity = check(bundle).expect("a bundle");
        assert_eq!(integrity.problems, []);
        let own =
            Own { knowledge: Ok(&self.knowledge), suite: &self.suite, digests: &self.digests };
        rejudge(&integrity.manifest.expect("there"), &integrity.contents, &own)
    }
}
