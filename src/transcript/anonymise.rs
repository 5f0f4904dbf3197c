//! Takes out whose account was used: account ids and public addresses become others of the same
//! form, the same one each time, so that a recording can be published and still be judged.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use aho_corasick::{AhoCorasick, MatchKind};
use regex::bytes::Regex;
use sha2::{Digest as _, Sha256};

/// Makes pseudonyms that nobody can trace back. Recordings that share one show by equal and unequal
/// pseudonyms what was equal and unequal.
#[derive(Clone)]
pub struct Salt([u8; 16]);

impl Salt {
    /// A fresh one; it is kept nowhere.
    pub fn fresh() -> Salt {
        Salt(uuid::Uuid::new_v4().into_bytes())
    }

    fn digest(&self, literal: &str, attempt: u32) -> u64 {
        let mut hash = Sha256::new();
        hash.update(self.0);
        hash.update(attempt.to_be_bytes());
        hash.update(literal.as_bytes());
        hash.finalize().iter().take(8).fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
    }
}

impl std::fmt::Debug for Salt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Salt")
    }
}

/// What stands for accounts and addresses in a recording. Clones share it.
#[derive(Debug, Clone)]
pub(super) struct Pseudonyms {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug)]
struct Inner {
    salt: Salt,
    by_literal: BTreeMap<String, String>,
    taken: BTreeSet<String>,
    /// Finds all literals; built again when there is a new one.
    finder: Option<AhoCorasick>,
}

/// Elements that hold an account, and accounts in ARNs.
static ACCOUNTS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x-u) <(?i:[a-z]*owner|[a-z]*ownerId|[a-z]*accountId|userId|requesterId)>\s*(\d{12})\s*<
        | arn:[a-z0-9-]+:[a-z0-9-]*:[a-z0-9-]*:(\d{12}):",
    )
});

/// Elements that hold a public address. Networks are chosen by the case, and stay.
static ADDRESSES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x-u) <(?:publicIp|ipAddress|carrierIp|customerOwnedIp|publicIpAddress)>\s*
        (\d{1,3}(?:\.\d{1,3}){3})\s*<
        | <ipv6Address>\s*([0-9a-f:]+)\s*<",
    )
});

/// Elements of an answer that hold what a machine wrote, by action.
const WRITTEN_BY_MACHINES: [(&str, &str); 2] =
    [("GetConsoleOutput", "output"), ("GetConsoleScreenshot", "imageData")];

fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap_or_else(|e| unreachable!("our own pattern: {e}"))
}

/// The element of an action's answer that holds what a machine wrote.
pub(super) fn written_by_machine(action: &str) -> Option<&'static str> {
    WRITTEN_BY_MACHINES.iter().find(|(name, _)| *name == action).map(|(_, element)| *element)
}

impl Pseudonyms {
    pub(super) fn new(salt: Salt) -> Self {
        let (by_literal, taken) = (BTreeMap::new(), BTreeSet::new());
        let inner = Inner { salt, by_literal, taken, finder: None };
        Pseudonyms { inner: Arc::new(Mutex::new(inner)) }
    }

    /// Learns the accounts and addresses that an answer shows.
    pub(super) fn learn(&self, body: &[u8]) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let found = |regex: &Regex| -> Vec<String> {
            regex
                .captures_iter(body)
                .filter_map(|found| found.iter().skip(1).flatten().next())
                .map(|word| String::from_utf8_lossy(word.as_bytes()).into_owned())
                .collect()
        };
        for account in found(&ACCOUNTS) {
            inner.account(account);
        }
        for address in found(&ADDRESSES) {
            inner.address(address);
        }
    }

    /// Replaces everything that was learned, wherever it stands as a word of its own.
    pub(super) fn apply(&self, bytes: Vec<u8>) -> Vec<u8> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.by_literal.is_empty() {
            return bytes;
        }
        let Inner { finder, by_literal, .. } = &mut *inner;
        if finder.is_none() {
            *finder = AhoCorasick::builder()
                .match_kind(MatchKind::LeftmostLongest)
                .build(by_literal.keys())
                .ok();
        }
        let Some(finder) = finder else { return bytes };
        let with: Vec<&str> = by_literal.values().map(String::as_str).collect();
        let mut out = Vec::with_capacity(bytes.len());
        let mut at = 0;
        for hit in finder.find_iter(&bytes) {
            if is_within_a_word(&bytes, hit.start(), hit.end()) {
                continue;
            }
            out.extend_from_slice(&bytes[at..hit.start()]);
            out.extend_from_slice(with[hit.pattern().as_usize()].as_bytes());
            at = hit.end();
        }
        out.extend_from_slice(&bytes[at..]);
        out
    }
}

/// Whether what stands there is a part of something longer: `54.12.0.7` of `54.12.0.70`.
fn is_within_a_word(bytes: &[u8], start: usize, end: usize) -> bool {
    let at = |index: Option<usize>| index.and_then(|i| bytes.get(i)).copied().unwrap_or(b' ');
    let goes_on = |next: u8, one_further: u8| {
        next.is_ascii_alphanumeric() || (next == b'.' && one_further.is_ascii_digit())
    };
    goes_on(at(start.checked_sub(1)), at(start.checked_sub(2)))
        || goes_on(at(Some(end)), at(Some(end + 1)))
}

impl Inner {
    fn account(&mut self, account: String) {
        if !self.by_literal.contains_key(&account) {
            let with = self.fresh(&account, |digest| format!("00{:010}", digest % 10_000_000_000));
            self.add(account, with);
        }
    }

    fn address(&mut self, address: String) {
        if self.by_literal.contains_key(&address) {
            return;
        }
        if let Ok(ip) = address.parse::<std::net::Ipv4Addr>() {
            if ip.is_private() || ip.is_loopback() || ip.is_unspecified() {
                return;
            }
            // 198.18.0.0/15 is for tests (RFC 2544): nobody's.
            let with = self.fresh(&address, |digest| {
                let [.., high, middle, low] = digest.to_be_bytes();
                format!("198.{}.{middle}.{low}", 18 + (high & 1))
            });
            self.add(address.replace('.', "-"), with.replace('.', "-"));
            self.add(address, with);
        } else if address.parse::<std::net::Ipv6Addr>().is_ok() {
            // 2001:db8::/32 is for documentation (RFC 3849).
            let with = self.fresh(&address, |digest| format!("2001:db8::{:x}", digest >> 32));
            self.add(address, with);
        }
    }

    /// A pseudonym that stands for nothing else yet.
    fn fresh(&mut self, literal: &str, form: impl Fn(u64) -> String) -> String {
        for attempt in 0.. {
            let with = form(self.salt.digest(literal, attempt));
            if self.taken.insert(with.clone()) {
                return with;
            }
        }
        unreachable!("there are more pseudonyms than attempts")
    }

    fn add(&mut self, literal: String, with: String) {
        self.by_literal.insert(literal, with);
        self.finder = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_and_addresses_are_others_and_the_same_each_time() {
        let salt = Salt::fresh();
        let pseudonyms = Pseudonyms::new(salt.clone());
        let apply =
            |text: &str| String::from_utf8(pseudonyms.apply(text.as_bytes().to_vec())).unwrap();
        let answer = "<r><ownerId>210987654321</ownerId><publicIp>54.12.0.7</publicIp>\
            <dnsName>ec2-54-12-0-7.compute-1.amazonaws.com</dnsName>\
            <privateIpAddress>10.0.0.4</privateIpAddress><cidrIp>54.12.0.70/32</cidrIp>\
            <subnetArn>arn:aws:ec2:us-east-1:111122223333:subnet/subnet-1</subnetArn></r>";
        assert_eq!(apply(answer), answer, "nothing is known yet");
        pseudonyms.learn(answer.as_bytes());
        let (own, other) = (apply("210987654321"), apply("111122223333"));
        let address = apply("54.12.0.7");
        assert_ne!(own, other);
        assert!(own.len() == 12 && own.bytes().all(|b| b.is_ascii_digit()), "{own}");
        assert!(address.starts_with("198.1"), "{address}");
        let dashed = address.replace('.', "-");
        assert_eq!(
            apply(answer),
            format!(
                "<r><ownerId>{own}</ownerId><publicIp>{address}</publicIp>\
                <dnsName>ec2-{dashed}.compute-1.amazonaws.com</dnsName>\
                <privateIpAddress>10.0.0.4</privateIpAddress><cidrIp>54.12.0.70/32</cidrIp>\
                <subnetArn>arn:aws:ec2:us-east-1:{other}:subnet/subnet-1</subnetArn></r>"
            )
        );
        assert_eq!(
            apply("PublicIp=54.12.0.7&Owner.1=210987654321"),
            format!("PublicIp={address}&Owner.1={own}")
        );
        // Another recording of the same session shows what is the same.
        let again = Pseudonyms::new(salt);
        again.learn(b"<publicIp>54.12.0.8</publicIp><ownerId>210987654321</ownerId>");
        assert_eq!(again.apply(b"210987654321".to_vec()), own.as_bytes());
        assert_ne!(again.apply(b"54.12.0.8".to_vec()), address.as_bytes());
    }
}
