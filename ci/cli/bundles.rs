//! Bundles: signing a run and checking it, with this program and with OpenSSH's own tools.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::support::command::{Place, Ran};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
/// Two that pass and one that fails on the published cloud.
const CASES: [&str; 3] =
    ["key-pairs/delete-unknown", "key-pairs/dry-run", "key-pairs/duplicate-name"];
/// The small suite: loading the whole one takes seconds.
const SUITE: [&str; 4] = ["--cases", "cases", "--baselines", "baselines"];

fn copy(from: &str, to: &Path) {
    fs::create_dir_all(to.parent().expect("a folder")).expect("created");
    fs::copy(Path::new(ROOT).join(from), to).expect(from);
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// A folder with keys, who may sign, a small suite, and a run of it that is not judged yet.
fn place() -> Place {
    let place = Place::new();
    let transcript = text(&Path::new(ROOT).join("reports/openstack-2023.2/transcript.jsonl"));
    let begins =
        |line: &str| CASES.iter().any(|name| line.contains(&format!("\"name\":\"{name}\"")));
    let is = |line: &str, event: &str| line.starts_with(&format!("{{\"event\":\"{event}\""));
    let ids: Vec<&str> = transcript
        .lines()
        .filter(|line| is(line, "case") && begins(line))
        .filter_map(|line| line.split('"').nth(9))
        .collect();
    assert_eq!(ids.len(), CASES.len());
    let kept: String = transcript
        .lines()
        .filter(|line| is(line, "run") || is(line, "end") || ids.iter().any(|id| line.contains(id)))
        .map(|line| format!("{line}\n"))
        .collect();
    fs::create_dir(place.path("run")).expect("created");
    fs::write(place.path("run/transcript.jsonl"), kept).expect("written");
    copy("reports/openstack-2023.2/run.json", &place.path("run/run.json"));
    for case in CASES {
        copy(&format!("cases/{case}.yaml"), &place.path(&format!("cases/{case}.yaml")));
        let baseline = format!("baselines/aws/{case}.json");
        copy(&baseline, &place.path(&baseline));
    }
    for key in ["ed25519", "rsa", "ed25519-passphrase"] {
        for file in [key.to_owned(), format!("{key}.pub")] {
            let Ok(bytes) = fs::read(Path::new(ROOT).join("ci/fixtures/ssh").join(&file)) else {
                continue;
            };
            fs::write(place.path(&file), bytes).expect("written");
            // OpenSSH does not use a key that others can read.
            let mode = fs::Permissions::from_mode(0o600);
            fs::set_permissions(place.path(&file), mode).expect("changed");
        }
    }
    place
}

/// With the run judged, and everybody's key allowed.
fn judged() -> Place {
    let place = place();
    place.run(&[&["judge", "run"], &SUITE[2..]].concat()).exits(1);
    let allowed: String = ["ed25519", "rsa", "ed25519-passphrase"]
        .map(|key| format!("{key}@example.com {}", text(&place.path(&format!("{key}.pub")))))
        .concat();
    fs::write(place.path("allowed"), allowed).expect("written");
    place
}

fn sign(place: &Place, arguments: &[&str]) -> Ran {
    place.run(&[&["sign", "run", "--out", "b.zip"], arguments, &SUITE].concat())
}

fn verify(place: &Place, arguments: &[&str]) -> Ran {
    let fixed = ["verify", "b.zip", "--allowed-signers", "allowed"];
    place.run(&[&fixed, arguments, &SUITE].concat())
}

/// Runs one of OpenSSH's tools; `None` if it is not installed.
fn openssh(place: &Place, tool: &str, arguments: &[&str], input: Option<&str>) -> Option<bool> {
    let mut command = Command::new(tool);
    command.args(arguments).current_dir(place.work()).stdin(Stdio::null());
    command.env("SSH_AUTH_SOCK", place.path("agent")).env("TZ", "UTC");
    if let Some(input) = input {
        command.stdin(fs::File::open(place.path(input)).expect(input));
    }
    match command.output() {
        Ok(output) => Some(output.status.success()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            eprintln!("not asked: {tool} is not installed");
            None
        }
        Err(error) => panic!("{tool}: {error}"),
    }
}

/// Takes manifest and signature out of a bundle, as a person would with `unzip`.
fn unpack_front(place: &Place) {
    let bundle = fs::read(place.path("b.zip")).expect("there");
    let mut at = 0;
    for name in ["manifest.json", "manifest.json.sig"] {
        let long =
            |at: usize| u32::from_le_bytes(bundle[at..at + 4].try_into().expect("four")) as usize;
        let start = at + 30 + name.len();
        assert_eq!(&bundle[at + 30..start], name.as_bytes());
        at = start + long(at + 18);
        fs::write(place.path(name), &bundle[start..at]).expect("written");
    }
}

/// The program, the bundle, and who may sign: nothing else is needed, and no network.
#[test]
fn a_bundle_verifies_elsewhere() {
    let place = place();
    // With the suite that is built in, as everybody has it.
    place.run(&["judge", "run"]).exits(1);
    let ran = place.run(&["sign", "run", "--key", "ed25519", "--out", "b.zip"]).exits(0);
    for words in
        ["3 cases, 2 pass, 1 fail", "ED25519 SHA256:", "parallax verify b.zip", "namespaces="]
    {
        assert!(ran.stdout.contains(words), "lacks `{words}`\n{ran}");
    }
    let first = fs::read(place.path("b.zip")).expect("written");
    let line = ran.stdout.lines().find(|line| line.contains("namespaces=")).expect("it is shown");
    let elsewhere = Place::without_credentials();
    fs::write(elsewhere.path("b.zip"), &first).expect("written");
    fs::write(elsewhere.path("allowed"), line).expect("written");
    let arguments = ["verify", "b.zip", "--allowed-signers", "allowed", "-I", "you@example.com"];
    let ran = elsewhere.run(&arguments).exits(0);
    for words in [
        "every byte is as it was signed",
        "you@example.com (line 1",
        "3 of 3 cases as in this program's suite",
        "judged again, the same: 2 pass, 1 fail",
        "The bundle holds.",
    ] {
        assert!(ran.stdout.contains(words), "lacks `{words}`\n{ran}");
    }
}

#[test]
fn the_same_run_and_key_give_the_same_bytes() {
    let place = judged();
    let read = || fs::read(place.path("b.zip")).expect("written");
    for key in ["ed25519", "rsa"] {
        sign(&place, &["--key", key]).exits(0);
        let first = read();
        sign(&place, &["--key", key]).exits(0);
        assert!(read() == first, "{key}");
        let identity = format!("{key}@example.com");
        verify(&place, &["--identity", &identity]).exits(0);
    }
}

/// What is found is said to programs as well.
#[test]
fn tampering_is_located() {
    let place = judged();
    sign(&place, &["--key", "ed25519"]).exits(0);
    let ran = verify(&place, &["--format", "json"]).exits(0);
    let said: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(said["format"], "parallax-verification");
    assert_eq!((&said["holds"], &said["signer"]["state"]), (&"yes".into(), &"allowed".into()));
    assert_eq!(said["judged"]["standing"], "holds");
    assert_eq!(said["problems"], Value::Array(vec![]));

    let mut bundle = fs::read(place.path("b.zip")).expect("there");
    let name = b"transcript.jsonl";
    let at = bundle.windows(name.len()).position(|bytes| bytes == name).expect("it is named first");
    // The manifest names it before its own header does.
    let header =
        bundle.windows(4).skip(at).position(|bytes| bytes == b"PK\x03\x04").expect("follows") + at;
    let at = header + bundle[header..].windows(name.len()).position(|b| b == name).expect("there");
    bundle[at + name.len() + 2000] ^= 0x10;
    fs::write(place.path("b.zip"), bundle).expect("written");
    let ran = verify(&place, &[]).exits(1);
    for words in ["transcript.jsonl:", "line", "The bundle does not hold."] {
        assert!(ran.stdout.contains(words), "lacks `{words}`\n{ran}");
    }
    assert!(!ran.stdout.contains("judged again"), "{ran}");
    let ran = verify(&place, &["--format", "json"]).exits(1);
    let said: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!((&said["holds"], &said["judged"]), (&"no".into(), &Value::Null));
    assert_eq!(said["problems"][0]["member"], "transcript.jsonl");
    assert!(said["problems"][0]["line"].is_u64(), "{said}");
}

/// What we sign, OpenSSH accepts; what OpenSSH signs, we accept.
#[test]
fn signatures_are_those_of_openssh() {
    let place = judged();
    for key in ["ed25519", "rsa"] {
        let identity = format!("{key}@example.com");
        sign(&place, &["--key", key]).exits(0);
        unpack_front(&place);
        let ours = text(&place.path("manifest.json.sig"));
        let check =
            ["-Y", "verify", "-f", "allowed", "-I", &identity, "-n", "parallax-bundle", "-s"];
        let check = [&check[..], &["manifest.json.sig"]].concat();
        let Some(accepted) = openssh(&place, "ssh-keygen", &check, Some("manifest.json")) else {
            return;
        };
        assert!(accepted, "{key}: OpenSSH accepts it");
        fs::write(place.path("other.json"), "{}").expect("written");
        assert_eq!(openssh(&place, "ssh-keygen", &check, Some("other.json")), Some(false));

        fs::remove_file(place.path("manifest.json.sig")).expect("removed");
        fs::remove_file(place.path("manifest.json")).expect("removed");
        let ran =
            place.run(&[&["sign", "run", "--manifest", "manifest.json"], &SUITE[..]].concat());
        let ran = ran.exits(0);
        assert!(
            ran.stdout.contains("ssh-keygen -Y sign -f KEY -n parallax-bundle manifest.json"),
            "{ran}"
        );
        let by_openssh = ["-Y", "sign", "-f", key, "-n", "parallax-bundle", "manifest.json"];
        assert_eq!(openssh(&place, "ssh-keygen", &by_openssh, None), Some(true));
        let theirs = text(&place.path("manifest.json.sig"));
        assert_eq!(theirs, ours, "{key}: to the byte");
        fs::remove_file(place.path("b.zip")).expect("removed");
        sign(&place, &["--signature", "manifest.json.sig"]).exits(0);
        verify(&place, &["-I", &identity]).exits(0);
    }
}

/// A signature of something else, or for something else, is not put into a bundle.
#[test]
fn foreign_signatures_are_refused() {
    let place = judged();
    let attach = |words: &[&str]| {
        sign(&place, &["--signature", "manifest.json.sig"]).exits(2).complains(words);
        assert!(!place.path("b.zip").exists());
    };
    fs::write(place.path("manifest.json.sig"), "hello\n").expect("written");
    attach(&["manifest.json.sig", "no SSH signature"]);
    fs::write(place.path("manifest.json"), "{}\n").expect("written");
    for (namespace, words) in
        [("file", "namespace \"file\""), ("parallax-bundle", "no signature of the manifest")]
    {
        let _ = fs::remove_file(place.path("manifest.json.sig"));
        let arguments = ["-Y", "sign", "-f", "ed25519", "-n", namespace, "manifest.json"];
        if openssh(&place, "ssh-keygen", &arguments, None).is_none() {
            return;
        }
        attach(&[words]);
    }
}

/// Keys that OpenSSH makes and that do not do here: in a file, and in a signature of its own.
#[test]
fn other_keys_are_told() {
    let place = judged();
    let to_manifest = ["sign", "run", "--manifest", "manifest.json"];
    place.run(&[&to_manifest[..], &SUITE].concat()).exits(0);
    for (name, kind, in_a_file, in_a_signature) in [
        (
            "short",
            &["-t", "rsa", "-b", "1024"][..],
            Some("1024 bits is too short"),
            Some("with 1024 bits"),
        ),
        ("other", &["-t", "ecdsa"], Some("use an Ed25519 key, or an RSA key"), Some("Ed25519")),
        ("old", &["-t", "rsa", "-b", "2048", "-m", "PEM"], None, None),
    ] {
        let arguments = [&["-q", "-N", "", "-f", name], kind].concat();
        if openssh(&place, "ssh-keygen", &arguments, None).is_none() {
            return;
        }
        let signed = sign(&place, &["--key", name]);
        match in_a_file {
            Some(words) => drop(signed.exits(2).complains(&[name, words])),
            None => drop(signed.exits(0)),
        }
        let arguments = ["-Y", "sign", "-f", name, "-n", "parallax-bundle", "manifest.json"];
        assert_eq!(openssh(&place, "ssh-keygen", &arguments, None), Some(true));
        let attached = sign(&place, &["--signature", "manifest.json.sig"]);
        match in_a_signature {
            Some(words) => drop(attached.exits(2).complains(&[words])),
            None => drop(attached.exits(0)),
        }
        fs::remove_file(place.path("manifest.json.sig")).expect("removed");
    }
}

/// An agent of the test's own, ended with it.
struct Agent(Child);

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn an_agent_signs() {
    let place = judged();
    let socket = place.path("agent");
    let started = Command::new("ssh-agent")
        .args(["-D", "-a"])
        .arg(&socket)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(agent) = started else {
        eprintln!("not asked: ssh-agent is not installed");
        return;
    };
    let _agent = Agent(agent);
    for _ in 0..200 {
        if socket.exists() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let place = place.with("SSH_AUTH_SOCK", socket.to_str().expect("text"));
    sign(&place, &["--key", "ed25519.pub"])
        .exits(2)
        .complains(&["does not have this key", "ssh-add"]);
    for key in ["ed25519", "rsa"] {
        sign(&place, &["--key", key]).exits(0);
        let by_file = fs::read(place.path("b.zip")).expect("written");
        assert_eq!(openssh(&place, "ssh-add", &["-q", key], None), Some(true));
        let public = format!("{key}.pub");
        sign(&place, &["--key", &public]).exits(0);
        assert!(
            fs::read(place.path("b.zip")).expect("written") == by_file,
            "{key}: the same bytes"
        );
    }
    let place = place.with("SSH_AUTH_SOCK", "/nowhere");
    sign(&place, &["--key", "rsa.pub"]).exits(2).complains(&["/nowhere", "SSH_AUTH_SOCK"]);
    let place = place.with("SSH_AUTH_SOCK", "");
    sign(&place, &["--key", "rsa.pub"]).exits(2).complains(&["names none", "ssh-agent"]);
}

#[test]
fn passphrases() {
    let place = judged();
    let key = ["--key", "ed25519-passphrase"];
    sign(&place, &key).exits(2).complains(&["has a passphrase", "PARALLAX_KEY_PASSPHRASE"]);
    let place = place.with("PARALLAX_KEY_PASSPHRASE", "wrong horse");
    sign(&place, &key).exits(2).complains(&["not the key's passphrase"]);
    let place = place.with("PARALLAX_KEY_PASSPHRASE", "correct horse");
    let ran = sign(&place, &key).exits(0);
    assert!(!ran.stdout.contains("horse"), "{ran}");
    verify(&place, &["-I", "ed25519-passphrase@example.com"]).exits(0);
}

/// Who may sign: the same answers as OpenSSH gives, and a reason for each no.
#[test]
fn who_may_sign() {
    let place = judged().with("TZ", "UTC");
    sign(&place, &["--key", "ed25519"]).exits(0);
    unpack_front(&place);
    let (key, other) = (text(&place.path("ed25519.pub")), text(&place.path("rsa.pub")));
    for (line, words) in [
        (format!("me@example.com {key}"), None),
        (format!("*@example.com,!you@example.com {key}"), None),
        (format!("me@example.com namespaces=\"file,parallax-*\" {key}"), None),
        (format!("me@example.com valid-after=\"20200101\",valid-before=\"29990101Z\" {key}"), None),
        (format!("\"me@example.com\" {key}"), None),
        (format!("you@example.com {key}"), Some("which is not me@example.com")),
        (format!("*@example.com,!me@example.com {key}"), Some("which is not me@example.com")),
        (format!("me@example.com namespaces=\"file\" {key}"), Some("for the namespaces file only")),
        (
            format!("me@example.com valid-before=\"20200101\" {key}"),
            Some("counted until 2020-01-01"),
        ),
        (format!("me@example.com valid-after=\"29990101\" {key}"), Some("counts from 2999-01-01")),
        (format!("me@example.com cert-authority {key}"), Some("as a cert-authority")),
        (format!("me@example.com {other}"), Some("no line has this key")),
    ] {
        fs::write(place.path("allowed"), &line).expect("written");
        let ran = verify(&place, &["-I", "me@example.com"]);
        let accepted = match words {
            None => ran.exits(0).code == Some(0),
            Some(words) => {
                let ran = ran.exits(1);
                assert!(ran.stdout.contains(words), "lacks `{words}`\n{ran}");
                assert!(!ran.stdout.contains("judged again"), "{ran}");
                false
            }
        };
        let check =
            ["-Y", "verify", "-f", "allowed", "-I", "me@example.com", "-n", "parallax-bundle"];
        let check = [&check[..], &["-s", "manifest.json.sig"]].concat();
        if let Some(theirs) = openssh(&place, "ssh-keygen", &check, Some("manifest.json")) {
            assert_eq!(accepted, theirs, "OpenSSH says otherwise: {line}");
        }
    }
    // The key counted when it signed, and somebody knows when that was.
    fs::write(place.path("allowed"), format!("me valid-before=\"20200101\" {key}"))
        .expect("written");
    verify(&place, &["--at", "20191231"]).exits(0);
    verify(&place, &["--at", "yesterday"]).exits(2).complains(&["--at", "YYYYMMDD"]);
    // For something else.
    fs::write(place.path("allowed"), format!("me {key}")).expect("written");
    let ran = verify(&place, &["--namespace", "file"]).exits(1);
    assert!(ran.stdout.contains("signed for \"parallax-bundle\", not for \"file\""), "{ran}");
    sign(&place, &["--key", "ed25519", "--namespace", "acme"]).exits(0);
    verify(&place, &["--namespace", "acme"]).exits(0);
    verify(&place, &[]).exits(1);
}

/// Nobody signs what does not follow, or loses a file by a slip.
#[test]
fn mistakes_are_told_when_signing() {
    let place = place();
    let key = ["--key", "ed25519"];
    sign(&place, &key).exits(2).complains(&["result.json", "parallax judge"]);
    place.run(&[&["judge", "run"], &SUITE[2..]].concat()).exits(1);
    for (arguments, words) in [
        (&["--key", "nowhere"][..], "nowhere"),
        (&["--key", "cases/key-pairs/dry-run.yaml"], "neither a private nor a public SSH key"),
        (&["--key", "ed25519", "--manifest", "m"], "--manifest"),
        (&[], "--key"),
    ] {
        sign(&place, arguments).exits(2).complains(&[words]);
    }
    let over = ["sign", "run", "--key", "ed25519", "--out", "ed25519"];
    place.run(&[&over[..], &SUITE].concat()).exits(2).complains(&["no bundle"]);
    assert!(text(&place.path("ed25519")).starts_with("-----BEGIN"));
    place
        .run(&["sign", "nowhere", "--key", "ed25519", "--out", "b.zip"])
        .exits(2)
        .complains(&["nowhere"]);

    let result = text(&place.path("run/result.json"));
    let kinder = result.replace("\"verdict\":\"fail\"", "\"verdict\":\"pass\"");
    fs::write(place.path("run/result.json"), kinder).expect("written");
    sign(&place, &key).exits(2).complains(&["1 other verdict", "parallax judge"]);
    fs::write(place.path("run/result.json"), result).expect("written");
    fs::remove_file(place.path("run/run.json")).expect("removed");
    sign(&place, &key).exits(2).complains(&["run.json", "stopped half-way"]);
    assert!(!place.path("b.zip").exists());
}

#[test]
fn mistakes_are_told_when_verifying() {
    let place = judged();
    sign(&place, &["--key", "ed25519"]).exits(0);
    for (line, words) in [
        ("", "nobody may sign"),
        ("# nobody\n", "nobody may sign"),
        ("me ssh-ed25519\n", "line 1"),
        ("me@example.com\n", "line 1"),
    ] {
        fs::write(place.path("allowed"), line).expect("written");
        verify(&place, &[]).exits(2).complains(&["allowed", words]);
    }
    fs::remove_file(place.path("allowed")).expect("removed");
    verify(&place, &[]).exits(2).complains(&["allowed"]);
    fs::write(place.path("allowed"), format!("me {}", text(&place.path("rsa.pub"))))
        .expect("written");
    for (file, words) in [("run", "not a folder"), ("ed25519", "no bundle"), ("nowhere", "nowhere")]
    {
        place.run(&["verify", file, "--allowed-signers", "allowed"]).exits(2).complains(&[words]);
    }
}

/// A whole archive, for whoever has no Parallax.
#[test]
fn other_tools_open_it() {
    let place = judged();
    sign(&place, &["--key", "ed25519"]).exits(0);
    let script = "import zipfile; z = zipfile.ZipFile('b.zip'); assert z.testzip() is None; z.extractall('out')";
    let python = Command::new("python3").args(["-c", script]).current_dir(place.work()).output();
    let Ok(python) = python else {
        eprintln!("not asked: python3 is not installed");
        return;
    };
    assert!(python.status.success(), "{}", String::from_utf8_lossy(&python.stderr));
    let out: PathBuf = place.path("out");
    for file in ["run.json", "transcript.jsonl", "result.json"] {
        assert_eq!(text(&out.join(file)), text(&place.path("run").join(file)));
    }
    // What is unpacked is a run's folder, with the baselines to judge it with.
    let before = text(&out.join("result.json"));
    place.run(&["judge", "out", "--baselines", "out/baselines"]).exits(1);
    assert_eq!(text(&out.join("result.json")), before);
}
