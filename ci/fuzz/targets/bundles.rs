//! Bundles. Of their bytes none may be changed without being noticed; and what a vendor makes of any
//! transcript, and signs, is judged by others as it was.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use parallax::assets::Assets;
use parallax::bundle::{
    AllowedSigners, Contents, Digests, Evidence, NAMESPACE, Own, Signed, SigningKey, Standing,
    Unsigned, check, rejudge,
};
use parallax::case::Suite;
use parallax::judge::{Knowledge, judge, write_result};
use parallax::transcript::Transcript;

use super::{Target, kind, seen};
use crate::mutate::Syntax;

pub const BYTES: Target = Target {
    name: "bundles",
    syntax: Syntax::Text,
    seeds: || whole().iter().map(|(bytes, _)| bytes.clone()).collect(),
    words: &[
        "PK\u{1}\u{2}",
        "PK\u{3}\u{4}",
        "PK\u{5}\u{6}",
        "manifest.json",
        "../x",
        "-----BEGIN SSH SIGNATURE-----",
    ],
    run: bytes,
};

pub const BUNDLED: Target = Target {
    name: "bundled",
    syntax: Syntax::JsonLines,
    seeds: || transcripts().iter().map(|text| text.clone().into_bytes()).collect(),
    words: &["timed-out", "base64", "failure", "complete", "run"],
    run: bundled,
};

pub const SIGNERS: Target = Target {
    name: "signers",
    syntax: Syntax::Text,
    seeds: signers,
    words: &[
        "namespaces=\"",
        "valid-after=\"",
        "valid-before=\"",
        "cert-authority",
        "ssh-ed25519",
        "ssh-rsa",
        "20260101",
        "20260101120000Z",
        "99999999",
        "*",
        "?",
        "!",
        "sk-ssh-ed25519@openssh.com",
        "AAAA",
        "#",
    ],
    run: read_signers,
};

const KEY: &str = include_str!("../../fixtures/ssh/ed25519");
const CASES: usize = 12;

fn transcripts() -> Vec<String> {
    let families = seen::by_family();
    let step = families.len().div_ceil(CASES);
    families.values().step_by(step).map(|texts| texts[0].clone()).collect()
}

fn baselines() -> &'static BTreeMap<String, String> {
    static SOME: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    SOME.get_or_init(|| {
        ["aws/shapes/DescribeVpcs.json", "aws/errors.json"]
            .map(|name| (name.to_owned(), Assets::Baselines.read(name).expect("built in")))
            .into()
    })
}

fn knowledge() -> &'static Knowledge {
    static SOME: OnceLock<Knowledge> = OnceLock::new();
    SOME.get_or_init(|| {
        Knowledge::load(&Assets::held("baselines", baselines().clone()), Some("aws"))
            .or_else(|_| Knowledge::load(&Assets::held("baselines", baselines().clone()), None))
            .expect("built in")
    })
}

/// A bundle of this transcript, if it can be signed at all.
fn sealed(text: &str) -> Option<Vec<u8>> {
    let transcript = Transcript::parse(text).ok()?;
    let evidence = Evidence {
        run: serde_json::json!({"run": transcript.run.run}).to_string() + "\n",
        result: write_result(&judge(&transcript, knowledge())),
        transcript: text.to_owned(),
        baselines: baselines().clone(),
        suite: Assets::held("suite", BTreeMap::new()),
    };
    let unsigned = Unsigned::new(&evidence).ok()?;
    let key = SigningKey::read(KEY, None).expect("a key");
    let signature = key.sign(NAMESPACE, unsigned.manifest().as_bytes()).expect("it signs");
    Some(unsigned.seal(&signature))
}

fn whole() -> &'static [(Vec<u8>, String)] {
    static WHOLE: OnceLock<Vec<(Vec<u8>, String)>> = OnceLock::new();
    WHOLE.get_or_init(|| {
        let all = transcripts().into_iter().take(3);
        all.filter_map(|text| Some((sealed(&text)?, text))).collect()
    })
}

fn own() -> (&'static Suite, &'static Digests) {
    static OWN: OnceLock<(Suite, Digests)> = OnceLock::new();
    let (suite, digests) = OWN.get_or_init(|| {
        let suite = Suite::default();
        let digests =
            Digests::of(suite.cases.iter(), &Assets::held("suite", BTreeMap::new())).expect("none");
        (suite, digests)
    });
    (suite, digests)
}

fn judged_again(manifest: &parallax::bundle::Manifest, contents: &Contents) -> Standing {
    let (suite, digests) = own();
    rejudge(manifest, contents, &Own { knowledge: Ok(knowledge()), suite, digests }).standing
}

fn bytes(input: &[u8]) -> String {
    let known = whole().iter().any(|(bytes, _)| bytes == input);
    match check(input) {
        Err(why) => {
            assert!(!known, "a whole bundle is called none");
            kind(&why.to_string())
        }
        Ok(found) => {
            assert_eq!(found.problems.is_empty(), known, "a change that nobody notices");
            if let Some(manifest) = &found.manifest {
                let standing = judged_again(manifest, &found.contents);
                assert!(known || standing != Standing::Refuted || !found.problems.is_empty());
            }
            found
                .problems
                .first()
                .map_or("whole".to_owned(), |p| kind(&format!("{:?} {}", p.part, p.what)))
        }
    }
}

fn bundled(input: &[u8]) -> String {
    let Ok(text) = std::str::from_utf8(input) else { return "no text".to_owned() };
    let Some(bundle) = sealed(text) else { return "not signed".to_owned() };
    let found = check(&bundle).expect("a bundle");
    assert!(found.problems.is_empty(), "{:?}", found.problems);
    let manifest = found.manifest.expect("it is whole");
    let standing = judged_again(&manifest, &found.contents);
    assert_ne!(standing, Standing::Refuted, "what was judged here before it was signed is refuted");
    format!("{standing:?}")
}

fn signers() -> Vec<Vec<u8>> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("ci/fixtures/ssh");
    let mut seeds: Vec<Vec<u8>> = std::fs::read_dir(root)
        .expect("a folder")
        .map(|entry| std::fs::read(entry.expect("readable").path()).expect("readable"))
        .collect();
    seeds.sort();
    let public = include_str!("../../fixtures/ssh/ed25519.pub");
    let mut words = public.split(' ');
    let (kind, key) = (words.next().expect("a kind"), words.next().expect("a key").trim());
    seeds.push(format!("a@example.org,*@b namespaces=\"parallax,x*\",valid-after=\"20260101\" {kind} {key} c\n# c\n\n").into_bytes());
    seeds.push(
        format!("\"a b\" cert-authority,valid-before=\"20260101120000Z\" {kind} {key}\r\n")
            .into_bytes(),
    );
    let signature =
        SigningKey::read(KEY, None).expect("a key").sign(NAMESPACE, b"message").expect("it signs");
    seeds.push(signature.to_text().into_bytes());
    seeds
}

fn read_signers(input: &[u8]) -> String {
    let text = String::from_utf8_lossy(input);
    let mut kinds = Vec::new();
    match Signed::read_any(input) {
        Ok(signed) => {
            let again =
                Signed::read(signed.to_text().as_bytes()).expect("what is written can be read");
            assert_eq!(again.key(), signed.key(), "read back it is another key");
            kinds.push(format!("signature {}", signed.holds(b"message")));
            let _ = (signed.key_words(), signed.key_line(), signed.namespace());
        }
        Err(why) => kinds.push(kind(&why.to_string())),
    }
    match AllowedSigners::read(&text, &jiff::tz::TimeZone::UTC) {
        Ok(signers) => kinds.push(format!("{} signers", signers.len().min(3))),
        Err(mistakes) => {
            assert!(!mistakes.is_empty(), "refused without a mistake");
            kinds.push(kind(&mistakes[0].to_string()));
        }
    }
    match SigningKey::read(&text, None) {
        Ok(_) => kinds.push("a key".to_owned()),
        Err(why) => kinds.push(kind(&why.to_string())),
    }
    kinds.join(" + ")
}
