//! What a probe may ask, and the words for what comes of it: a look beneath the API, at the machines
//! themselves. No I/O is here; that is in the room `probe`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a probe looks at.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum ProbeKind {
    /// Whether a TCP port takes connections.
    Tcp,
    /// Whether one can log in by ssh, and what a command says there.
    Ssh,
    /// What a web server answers.
    Http,
    /// Whether a machine answers an ICMP echo request.
    Icmp,
    /// What the instance metadata service tells the guest, asked from inside it.
    Imds,
    /// Whether the console's output, asked of the API, contains a text.
    Console,
}

/// What may be given to a probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Member {
    /// Its name in `with`.
    pub(crate) name: &'static str,
    /// What it has to be.
    pub(crate) takes: Takes,
    /// Whether it has to be there.
    pub(crate) required: bool,
}

/// What a member of a probe takes. A variable may stand for anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    /// Text.
    Text,
    /// A private key, which is never written.
    Secret,
    /// A whole number within these bounds.
    Number(i64, i64),
    /// True or false.
    Truth,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A text, or a list of them.
    Texts,
    /// Texts by name.
    Map,
}

/// The member that says what came of a probe, in one word.
pub(crate) const OUTCOME: &str = "Outcome";

const HOST: Member = needed("Host", Takes::Text);
const PORT: Takes = Takes::Number(1, 65_535);
const SECONDS: Member = may("Seconds", Takes::Number(1, 600));
const USER: Member = may("User", Takes::Text);
const HOST_KEY: Member = may("HostKey", Takes::Text);

const fn needed(name: &'static str, takes: Takes) -> Member {
    Member { name, takes, required: true }
}

const fn may(name: &'static str, takes: Takes) -> Member {
    Member { name, takes, required: false }
}

impl ProbeKind {
    /// All kinds.
    pub const ALL: [ProbeKind; 6] = [
        ProbeKind::Tcp,
        ProbeKind::Ssh,
        ProbeKind::Http,
        ProbeKind::Icmp,
        ProbeKind::Imds,
        ProbeKind::Console,
    ];

    /// As it is written in a case.
    pub fn word(self) -> &'static str {
        match self {
            ProbeKind::Tcp => "tcp",
            ProbeKind::Ssh => "ssh",
            ProbeKind::Http => "http",
            ProbeKind::Icmp => "icmp",
            ProbeKind::Imds => "imds",
            ProbeKind::Console => "console",
        }
    }

    /// The kind of this word.
    pub fn of(word: &str) -> Option<ProbeKind> {
        ProbeKind::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// The action that the probe calls, if it goes through the API.
    pub fn action(self) -> Option<&'static str> {
        (self == ProbeKind::Console).then_some("GetConsoleOutput")
    }

    /// Whether the probe has to get to a guest over the network.
    pub fn reaches_guests(self) -> bool {
        self != ProbeKind::Console
    }

    /// Whether it logs in to a guest.
    pub(crate) fn logs_in(self) -> bool {
        matches!(self, ProbeKind::Ssh | ProbeKind::Imds)
    }

    /// What may be given to it.
    pub(crate) fn members(self) -> &'static [Member] {
        const TCP: &[Member] = &[HOST, needed("Port", PORT), SECONDS];
        const SSH: &[Member] = &[
            HOST,
            may("Port", PORT),
            USER,
            may("Key", Takes::Secret),
            HOST_KEY,
            may("Command", Takes::Text),
            may("Input", Takes::Text),
            SECONDS,
        ];
        const HTTP: &[Member] = &[
            needed("Url", Takes::Text),
            may("Method", Takes::Word(&["GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS"])),
            may("Headers", Takes::Map),
            may("Body", Takes::Text),
            SECONDS,
        ];
        const ICMP: &[Member] = &[HOST, SECONDS];
        const IMDS: &[Member] = &[
            HOST,
            may("Port", PORT),
            USER,
            needed("Key", Takes::Secret),
            HOST_KEY,
            needed("Paths", Takes::Map),
            may("Version", Takes::Number(1, 2)),
            may("TokenSeconds", Takes::Number(0, 100_000)),
            SECONDS,
        ];
        const CONSOLE: &[Member] = &[
            needed("InstanceId", Takes::Text),
            needed("Contains", Takes::Texts),
            may("Latest", Takes::Truth),
        ];
        match self {
            ProbeKind::Tcp => TCP,
            ProbeKind::Ssh => SSH,
            ProbeKind::Http => HTTP,
            ProbeKind::Icmp => ICMP,
            ProbeKind::Imds => IMDS,
            ProbeKind::Console => CONSOLE,
        }
    }

    /// Whether what is given to it by this name is never written.
    pub(crate) fn keeps_secret(self, name: &str) -> bool {
        self.members().iter().any(|member| member.name == name && member.takes == Takes::Secret)
    }

    /// The words for what may come of it; the first is that it got where it wanted.
    pub fn outcomes(self) -> &'static [&'static str] {
        match self {
            ProbeKind::Tcp => &["open", "refused", "silent", "unreachable", "unknown-host"],
            ProbeKind::Ssh => &[
                "logged-in",
                "denied",
                "wrong-host-key",
                "bad-key",
                "no-ssh",
                "broken-off",
                "refused",
                "silent",
                "unreachable",
                "unknown-host",
            ],
            ProbeKind::Http => {
                &["answered", "no-http", "refused", "silent", "unreachable", "unknown-host"]
            }
            ProbeKind::Icmp => &["answered", "silent", "unreachable", "unknown-host"],
            ProbeKind::Imds => &[
                "answered",
                "no-token",
                "no-http",
                "refused",
                "silent",
                "unreachable",
                "not-inside",
            ],
            ProbeKind::Console => &["contains", "lacks", "refused"],
        }
    }

    /// The members that what came of it may have.
    pub(crate) fn data(self) -> &'static [&'static str] {
        match self {
            ProbeKind::Tcp | ProbeKind::Icmp => &[OUTCOME, "Why"],
            ProbeKind::Ssh => &[
                OUTCOME,
                "Why",
                "HostKey",
                "Methods",
                "ExitStatus",
                "Signal",
                "Stdout",
                "StdoutBytes",
                "StdoutSha256",
                "Stderr",
                "StderrBytes",
            ],
            ProbeKind::Http => {
                &[OUTCOME, "Why", "Status", "Headers", "Body", "BodyBytes", "BodySha256"]
            }
            ProbeKind::Imds => {
                &[OUTCOME, "Why", "Ssh", "TokenStatus", "Values", "Statuses", "Bytes", "Sha256"]
            }
            ProbeKind::Console => &[OUTCOME, "Why", "Bytes", "Missing"],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_serde_and_of_the_schema() {
        for kind in ProbeKind::ALL {
            assert_eq!(serde_json::to_value(kind).expect("JSON"), kind.word());
            assert_eq!(ProbeKind::of(kind.word()), Some(kind));
            assert!(kind.data().contains(&OUTCOME), "{kind:?}");
            assert!(kind.members().iter().any(|member| member.required), "{kind:?}");
        }
        let schema = schemars::schema_for!(ProbeKind);
        let text = serde_json::to_string(&schema).expect("JSON");
        assert!(ProbeKind::ALL.iter().all(|kind| text.contains(&format!("\"{}\"", kind.word()))));
    }
}
