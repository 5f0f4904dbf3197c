//! Allowed-signers files, as `ssh-keygen -Y verify -f` takes them (see ALLOWED SIGNERS in its manual).

#[cfg(test)]
mod tests;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Who may sign.
#[derive(Debug, Clone, Default)]
pub struct AllowedSigners {
    lines: Vec<AllowedSigner>,
}

/// One line: a key, whose it is, and when and for what it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedSigner {
    /// The line's number, from 1.
    pub line: usize,
    /// Patterns of the identities that the key is of, with commas between.
    pub principals: String,
    /// Patterns of the namespaces that it may sign for; all if there is none.
    pub namespaces: Option<String>,
    /// From when on it counts.
    pub valid_after: Option<Timestamp>,
    /// Until when it counts.
    pub valid_before: Option<Timestamp>,
    /// The key signs keys, not bundles.
    pub cert_authority: bool,
    /// The public key as it stands in signatures.
    pub key: Vec<u8>,
}

/// A mistake in a line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct Mistake {
    /// The line's number, from 1.
    pub line: usize,
    /// What is wrong, and what would be right.
    pub why: String,
}

/// Why a key may not sign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No line has the key.
    #[error("no line has this key")]
    Unknown,
    /// The key is there, of somebody else.
    #[error("line {line} has this key, of {principals}, which is not {identity}")]
    Identity {
        /// The line.
        line: usize,
        /// Whose it is.
        principals: String,
        /// Whose it should be.
        identity: String,
    },
    /// The key is there, for something else.
    #[error("line {line} has this key for the namespaces {namespaces} only, not for {namespace}")]
    Namespace {
        /// The line.
        line: usize,
        /// What it may sign for.
        namespaces: String,
        /// What it signed for.
        namespace: String,
    },
    /// The key does not count yet.
    #[error("line {line} has this key, which counts from {from} on; held against {at}")]
    NotYet {
        /// The line.
        line: usize,
        /// From when on it counts.
        from: Timestamp,
        /// When it should count.
        at: Timestamp,
    },
    /// The key does not count any more.
    #[error(
        "line {line} has this key, which counted until {until}; held against {at}. If you know that \
         the bundle existed at an earlier time, say so with --at"
    )]
    Expired {
        /// The line.
        line: usize,
        /// Until when it counted.
        until: Timestamp,
        /// When it should count.
        at: Timestamp,
    },
    /// The key signs keys.
    #[error(
        "line {line} has this key as a cert-authority: it vouches for certificates, which are not \
         supported here, and not for bundles; list the signing key itself"
    )]
    Authority {
        /// The line.
        line: usize,
    },
}

impl Refusal {
    /// Of several lines with the key, the one that comes closest says why.
    fn weight(&self) -> u8 {
        match self {
            Refusal::Unknown => 0,
            Refusal::Authority { .. } => 1,
            Refusal::Identity { .. } => 2,
            Refusal::Namespace { .. } => 3,
            Refusal::NotYet { .. } | Refusal::Expired { .. } => 4,
        }
    }
}

impl AllowedSigners {
    /// Reads the text of a file. Times without `Z` are of this time zone.
    ///
    /// # Errors
    /// Every mistake, with its line.
    pub fn read(text: &str, zone: &TimeZone) -> Result<AllowedSigners, Vec<Mistake>> {
        let (mut lines, mut mistakes) = (Vec::new(), Vec::new());
        for (n, line) in text.lines().enumerate() {
            let trimmed = line.trim();
            if trimmed.is_empty() || trimmed.starts_with('#') {
                continue;
            }
            match read_line(trimmed, n + 1, zone) {
                Ok(signer) => lines.push(signer),
                Err(why) => mistakes.push(Mistake { line: n + 1, why }),
            }
        }
        if mistakes.is_empty() { Ok(AllowedSigners { lines }) } else { Err(mistakes) }
    }

    /// Number of keys.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether nobody may sign.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The first line that allows this key to sign for a namespace at a time; if an identity is
    /// given, as this one.
    ///
    /// # Errors
    /// Says why there is none.
    pub fn find(
        &self,
        key: &[u8],
        namespace: &str,
        identity: Option<&str>,
        at: Timestamp,
    ) -> Result<&AllowedSigner, Refusal> {
        let mut closest = Refusal::Unknown;
        for line in self.lines.iter().filter(|line| line.key == key) {
            match line.allows(namespace, identity, at) {
                Ok(()) => return Ok(line),
                Err(refusal) if refusal.weight() > closest.weight() => closest = refusal,
                Err(_) => {}
            }
        }
        Err(closest)
    }
}

impl AllowedSigner {
    fn allows(
        &self,
        namespace: &str,
        identity: Option<&str>,
        at: Timestamp,
    ) -> Result<(), Refusal> {
        let line = self.line;
        if self.cert_authority {
            return Err(Refusal::Authority { line });
        }
        if let Some(identity) = identity
            && !matches_list(identity, &self.principals)
        {
            let principals = self.principals.clone();
            return Err(Refusal::Identity { line, principals, identity: identity.to_owned() });
        }
        if let Some(namespaces) = &self.namespaces
            && !matches_list(namespace, namespaces)
        {
            let (namespaces, namespace) = (namespaces.clone(), namespace.to_owned());
            return Err(Refusal::Namespace { line, namespaces, namespace });
        }
        match (self.valid_after, self.valid_before) {
            (Some(from), _) if at < from => Err(Refusal::NotYet { line, from, at }),
            (_, Some(until)) if at > until => Err(Refusal::Expired { line, until, at }),
            _ => Ok(()),
        }
    }
}

fn read_line(text: &str, line: usize, zone: &TimeZone) -> Result<AllowedSigner, String> {
    let (principals, rest) = word(text)?;
    let principals = unquoted(principals);
    if principals.is_empty() {
        return Err("it begins with whose the key is, and here nobody is named".to_owned());
    }
    let mut signer = AllowedSigner {
        line,
        principals: principals.to_owned(),
        namespaces: None,
        valid_after: None,
        valid_before: None,
        cert_authority: false,
        key: Vec::new(),
    };
    let (second, after) = word(rest)?;
    let (kind, rest) = if is_key_type(second) || second.is_empty() {
        (second, after)
    } else {
        options(second, &mut signer, zone)?;
        word(after)?
    };
    let (key, _comment) = word(rest).unwrap_or((rest, ""));
    if !is_key_type(kind) || key.is_empty() {
        let form = "PRINCIPALS [OPTIONS] KEY-TYPE KEY [COMMENT]";
        return Err(format!("a line is `{form}`, as a .pub file with whose it is in front"));
    }
    let bytes = STANDARD.decode(key).map_err(|e| format!("the key is no Base64: {e}"))?;
    if type_of(&bytes) != Some(kind.as_bytes()) {
        return Err(format!("the key is not one of type {kind}; a part of it may be missing"));
    }
    Ok(AllowedSigner { key: bytes, ..signer })
}

/// The type that a public key says that it has.
fn type_of(key: &[u8]) -> Option<&[u8]> {
    let length = u32::from_be_bytes(key.get(..4)?.try_into().ok()?);
    key.get(4..)?.get(..usize::try_from(length).ok()?)
}

fn is_key_type(word: &str) -> bool {
    ["ssh-", "ecdsa-", "sk-", "rsa-"].iter().any(|prefix| word.starts_with(prefix))
}

/// The word in front, up to a space outside quotation marks, and what follows.
fn word(text: &str) -> Result<(&str, &str), String> {
    let text = text.trim_start();
    let mut quoted = false;
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            ' ' | '\t' if !quoted => return Ok((&text[..at], text[at..].trim_start())),
            _ => {}
        }
    }
    if quoted { Err("a quotation mark has no end".to_owned()) } else { Ok((text, "")) }
}

fn unquoted(text: &str) -> &str {
    text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text)
}

fn options(text: &str, signer: &mut AllowedSigner, zone: &TimeZone) -> Result<(), String> {
    let mut quoted = false;
    let parts = text.split(|c| {
        quoted ^= c == '"';
        c == ',' && !quoted
    });
    for option in parts {
        let (name, value) = option.split_once('=').unwrap_or((option, ""));
        let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        let needed = || value.ok_or_else(|| format!("{name} needs a value: {name}=\"…\""));
        let once = |there: bool| if there { Err(format!("{name} is there twice")) } else { Ok(()) };
        match name.to_ascii_lowercase().as_str() {
            "cert-authority" if !option.contains('=') => signer.cert_authority = true,
            "namespaces" => {
                once(signer.namespaces.is_some())?;
                signer.namespaces = Some(needed()?.to_owned());
            }
            "valid-after" => {
                once(signer.valid_after.is_some())?;
                signer.valid_after = Some(time(needed()?, zone)?);
            }
            "valid-before" => {
                once(signer.valid_before.is_some())?;
                signer.valid_before = Some(time(needed()?, zone)?);
            }
            _ => {
                let known =
                    "cert-authority, namespaces=\"…\", valid-after=\"…\", valid-before=\"…\"";
                return Err(format!("`{option}` is neither a key's type nor an option ({known})"));
            }
        }
    }
    if let (Some(after), Some(before)) = (signer.valid_after, signer.valid_before)
        && before <= after
    {
        return Err("valid-before is not later than valid-after".to_owned());
    }
    Ok(())
}

/// A time as OpenSSH writes it, `YYYYMMDD[HHMM[SS]][Z]`.
///
/// # Errors
/// Says how it is written.
pub fn time(text: &str, zone: &TimeZone) -> Result<Timestamp, String> {
    let wrong = || {
        format!(
            "{text:?} is no time: write YYYYMMDD, YYYYMMDDHHMM or YYYYMMDDHHMMSS, and Z for UTC"
        )
    };
    let (digits, zone) = match text.strip_suffix(['Z', 'z']) {
        Some(digits) => (digits, &TimeZone::UTC),
        None => (text, zone),
    };
    if ![8, 12, 14].contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(wrong());
    }
    let number = |from: usize, to: usize| -> i8 {
        digits.get(from..to).and_then(|digits| digits.parse().ok()).unwrap_or(0)
    };
    let year = digits[..4].parse().map_err(|_| wrong())?;
    let (month, day) = (number(4, 6), number(6, 8));
    let time = DateTime::new(year, month, day, number(8, 10), number(10, 12), number(12, 14), 0);
    let time = time.map_err(|_| wrong())?.to_zoned(zone.clone()).map_err(|_| wrong())?;
    Ok(time.timestamp())
}

/// Whether a text fits a list of patterns as OpenSSH has them: `*` and `?`, and `!` in front of those
/// that must not fit.
fn matches_list(text: &str, patterns: &str) -> bool {
    let mut fits = false;
    for pattern in patterns.split(',').map(str::trim) {
        match pattern.strip_prefix('!') {
            Some(pattern) if matches(text.as_bytes(), pattern.as_bytes()) => return false,
            Some(_) => {}
            None => fits |= matches(text.as_bytes(), pattern.as_bytes()),
        }
    }
    fits
}

/// Without recursion, so that no pattern takes long.
fn matches(text: &[u8], pattern: &[u8]) -> bool {
    let (mut t, mut p) = (0, 0);
    // Where to go on if what follows the last star does not fit: one byte more is the star's.
    let mut again: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                again = Some((t, p));
                p += 1;
            }
            Some(c) if *c == b'?' || *c == text[t] => (t, p) = (t + 1, p + 1),
            _ => match again {
                Some((taken, star)) => {
                    again = Some((taken + 1, star));
                    (t, p) = (taken + 1, star + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == b'*')
}
