//! What a result is of, in the words of whoever published it.

use serde::{Deserialize, Serialize};

/// The content of `about.json`, which stands beside a published result: what no transcript can know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// What answered: a cloud, or something that stands in for one.
    pub kind: Kind,
    /// Its name, without the release: `OpenStack`.
    pub name: String,
    /// Which release: `2023.2`.
    pub release: String,
    /// How it was set up, and what that means for the result; one sentence or a few.
    pub about: String,
}

/// What answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A cloud: machines, networks and volumes are made.
    Cloud,
    /// A program that answers as a cloud would, for tests.
    Emulator,
}

impl Kind {
    /// The word, as in `about.json`.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Cloud => "cloud",
            Kind::Emulator => "emulator",
        }
    }
}

impl About {
    /// Name and release: `OpenStack 2023.2`.
    pub fn title(&self) -> String {
        format!("{} {}", self.name, self.release).trim().to_owned()
    }
}
