//! What people write into such files and what is not for this one: credentials, and the wish not to
//! look at certificates.

use std::ops::Range;

use crate::syntax::{Diagnostic, Node, NodeKind, Reader};

/// Parts of the names of keys whose values are secret, without dashes and underscores.
const SECRET: [&str; 7] =
    ["secret", "password", "passwd", "token", "accesskey", "credential", "apikey"];
/// Whole names of such keys, in the same form.
const SECRET_NAMES: [&str; 4] = ["key", "keys", "pass", "pwd"];
/// Names of keys that switch the check of certificates off, in the same form.
const INSECURE: [&str; 8] = [
    "insecure",
    "verify",
    "verifytls",
    "verifyssl",
    "sslverify",
    "tlsverify",
    "skipverify",
    "noverifyssl",
];

/// The map without the keys that are refused, each of which is reported with the reason.
pub(super) fn without_refused(node: &Node, reader: &mut Reader) -> Node {
    let NodeKind::Mapping(entries) = &node.kind else { return node.clone() };
    let mut kept = Vec::new();
    for (key, value) in entries {
        let refused = if is_secret(&key.value) {
            Diagnostic::error(format!("`{}` is a secret and does not belong here", key.value))
                .at(key.span.clone(), "this file is shown and passed on")
                .help(
                    "put the keys into a profile of ~/.aws/credentials and name it: \
                     `profile: NAME`; or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
                )
        } else if INSECURE.contains(&plain(&key.value).as_str()) {
            Diagnostic::error("certificates are always verified")
                .at(key.span.clone(), "without that, requests could be signed for anybody")
                .help("for an authority of your own, give its certificate: `ca: FILE`")
        } else {
            kept.push((key.clone(), value.clone()));
            continue;
        };
        reader.report(refused);
    }
    Node { span: node.span.clone(), kind: NodeKind::Mapping(kept) }
}

/// The text with everything secret painted over, byte for byte, so that mistakes can be shown in it.
/// `root`: the text as a tree, if it is one.
pub(super) fn painted(text: &str, root: Option<&Node>) -> String {
    let mut spans = Vec::new();
    if let Some(root) = root {
        secrets(root, &mut spans);
    }
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let mut name = 0;
        for (at, c) in line.char_indices() {
            match c {
                ':' | '=' if is_secret(end(&line[name..at])) => {
                    spans.push(start + at + 1..start + line.len());
                    break;
                }
                '{' | ',' | '[' | '#' => name = at + 1,
                _ => {}
            }
        }
        // A URL's user and password.
        if let (Some(scheme), Some(at)) = (line.find("//"), line.rfind('@')) {
            spans.push(start + (scheme + 2).min(at)..start + at);
        }
        start += line.len();
    }
    let mut bytes = text.as_bytes().to_vec();
    for span in spans {
        for byte in bytes.get_mut(span).into_iter().flatten() {
            if !matches!(byte, b'\n' | b'\r' | b' ') {
                *byte = b'*';
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The end of what may be a name: none is longer, and a line may be as long as a file.
fn end(name: &str) -> &str {
    &name[name.floor_char_boundary(name.len().saturating_sub(100))..]
}

/// The places of all values of secret keys.
fn secrets(node: &Node, spans: &mut Vec<Range<usize>>) {
    match &node.kind {
        NodeKind::Mapping(entries) => {
            for (key, value) in entries {
                if is_secret(&key.value) {
                    spans.push(value.span.clone());
                } else {
                    secrets(value, spans);
                }
            }
        }
        NodeKind::Sequence(items) => items.iter().for_each(|item| secrets(item, spans)),
        _ => {}
    }
}

fn is_secret(key: &str) -> bool {
    let plain = plain(key);
    SECRET.iter().any(|part| plain.contains(part)) || SECRET_NAMES.contains(&plain.as_str())
}

fn plain(key: &str) -> String {
    key.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::parse;

    #[test]
    fn secrets_are_painted_over() {
        for text in [
            "secret_access_key: s3cr3t",
            "a:\n  aws_secret_access_key: s3cr3t\n  b: kept",
            "a: { SessionToken: s3cr3t, b: c }",
            "a:\n  password: >\n    s3cr3t\n    s3cr3t\n",
            "# secret: s3cr3t",
            "a: { key: s3cr3t }",
            "a: [ { b: c, secret: s3cr3t",
            "not yaml: [\n  accessKeyId = s3cr3t",
            "endpoint: http://me:s3cr3t@cloud.example/",
            "password: Köln-s3cr3t-Köln",
        ] {
            let painted = painted(text, parse(text).ok().as_ref());
            assert!(!painted.contains("s3cr3t"), "{painted}");
            assert_eq!(painted.len(), text.len(), "{painted}");
            assert_eq!(painted.lines().count(), text.lines().count());
        }
        let plain = "targets:\n  lab: { endpoint: http://cloud.example/, ssh_user: me }\n";
        assert_eq!(painted(plain, parse(plain).ok().as_ref()), plain);
    }
}
