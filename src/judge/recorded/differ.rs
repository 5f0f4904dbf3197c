//! One difference between a recorded value and a target's.

use serde_json::Value;

/// One difference.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Difference {
    pub kind: Kind,
    /// SDK member names, `[]` for list items.
    pub path: String,
    pub expected: Value,
    pub actual: Value,
    /// In how many places.
    pub times: u32,
}

/// What kind of difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Another value.
    Value,
    /// Another thing of the right kind, or a thing where another stood before.
    Identity,
    /// A member that every sample had.
    MissingMember,
    /// A member that no sample had.
    ExtraMember,
    /// An item that every sample had.
    MissingItem,
    /// An item that no sample had.
    ExtraItem,
    /// No list where every sample had an empty one: some SDKs know no such member then.
    MissingList,
    /// An empty list where no sample had one.
    EmptyList,
}

impl Kind {
    /// The rule's id.
    pub(super) fn rule(self) -> &'static str {
        match self {
            Kind::Value => "baseline.value",
            Kind::Identity => "baseline.identity",
            Kind::MissingMember => "baseline.missing-member",
            Kind::ExtraMember => "baseline.extra-member",
            Kind::MissingItem => "baseline.missing-item",
            Kind::ExtraItem => "baseline.extra-item",
            Kind::MissingList => "baseline.missing-list",
            Kind::EmptyList => "baseline.empty-list",
        }
    }

    /// What to tell a person.
    pub(super) fn message(self, path: &str, reference: &str) -> String {
        match self {
            Kind::Value => format!("{path} is not what it is on {reference}"),
            Kind::Identity => format!("{path} is another thing than on {reference}"),
            Kind::MissingMember => format!("{path} is missing; {reference} returns it here"),
            Kind::ExtraMember => format!("{path} is there; {reference} does not return it here"),
            Kind::MissingItem => format!("{path} lacks an item that is there on {reference}"),
            Kind::ExtraItem => format!("{path} has an item that is not there on {reference}"),
            Kind::MissingList => format!("{path} is missing; {reference} sends an empty list here"),
            Kind::EmptyList => format!("{path} is an empty list; {reference} sends none here"),
        }
    }
}
