//! What is done to an answer, and what a client notices of it.

use parallax::judge::Severity;

/// One way of breaking an answer.
pub struct Operator {
    /// Its name in the table.
    pub name: &'static str,
    /// What a client notices.
    pub notices: &'static str,
}

/// What has to be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// The gravest new finding has to be within these.
    Noticed {
        /// The gravest that it may be.
        gravest: Severity,
        /// The mildest that it may be.
        mildest: Severity,
    },
    /// A client cannot tell, so that nothing has to be found.
    Unnoticeable,
}

/// A program fails.
pub const BREAKING: Expect = exactly(Severity::Breaking);
/// A program can notice.
pub const DIVERGENT: Expect = exactly(Severity::Divergent);
/// A person can tell.
pub const COSMETIC: Expect = exactly(Severity::Cosmetic);
/// A program fails or notices, which is a matter of how sure the evidence is.
pub const GRAVE: Expect =
    Expect::Noticed { gravest: Severity::Breaking, mildest: Severity::Divergent };
/// A program may notice, a person can tell.
pub const MILD: Expect =
    Expect::Noticed { gravest: Severity::Divergent, mildest: Severity::Cosmetic };
/// Something has to be found; how grave it is depends on what the name gives away.
pub const NOTICED: Expect =
    Expect::Noticed { gravest: Severity::Breaking, mildest: Severity::Cosmetic };

const fn exactly(severity: Severity) -> Expect {
    Expect::Noticed { gravest: severity, mildest: severity }
}

impl Expect {
    /// Whether the gravest new finding is as it should be.
    pub fn holds(self, gravest_found: Option<Severity>) -> bool {
        match (self, gravest_found) {
            (Expect::Unnoticeable, _) => true,
            (Expect::Noticed { .. }, None) => false,
            (Expect::Noticed { gravest, mildest }, Some(found)) => {
                (gravest..=mildest).contains(&found)
            }
        }
    }
}

impl std::fmt::Display for Expect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Expect::Unnoticeable => f.write_str("nothing"),
            Expect::Noticed { gravest, mildest } if gravest == mildest => {
                f.write_str(word(*gravest))
            }
            Expect::Noticed { gravest, mildest } => {
                write!(f, "{} or {}", word(*gravest), word(*mildest))
            }
        }
    }
}

/// A severity in a word.
pub fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Breaking => "breaking",
        Severity::Divergent => "divergent",
        Severity::Cosmetic => "cosmetic",
    }
}

macro_rules! operators {
    ($($name:literal $notices:literal;)*) => {
        /// Every operator, in the table's order.
        pub const OPERATORS: &[Operator] =
            &[$(Operator { name: $name, notices: $notices }),*];
    };
}

operators! {
    "drop" "the member is gone: breaking where AWS always sends it, else nothing that one answer shows";
    "rename" "the member is gone, and there is one that AWS does not have";
    "rename-case" "the same: names are compared letter by letter";
    "move" "the same: decoders look for a member in its place only";
    "duplicate" "clients differ: AWS's SDK for Rust takes the last, botocore makes a list of them";
    "extra" "nothing: clients skip what they do not know; a person sees it";
    "type-structure" "the SDK finds an element where it reads text, and fails";
    "type-text" "the SDK skips text where it looks for elements: the structure has no members";
    "number-word" "the SDK cannot parse it, and fails";
    "number-overflow" "the SDK cannot parse it, and fails";
    "number-fraction" "the SDK cannot parse it as a whole number, and fails";
    "boolean-case" "the SDK knows true and false only, and fails; botocore takes it for false";
    "boolean-word" "the SDK knows true and false only, and fails";
    "padded" "the SDK does not trim, and fails";
    "time-word" "the SDK cannot parse it, and fails";
    "time-no-zone" "the SDK cannot parse it, and fails";
    "time-offset" "the SDK reads it; clients that know only Z, or compare texts, do not";
    "time-space" "the SDK wants the T, and fails";
    "time-basic" "the SDK wants dashes and colons, and fails";
    "time-lower" "the SDK reads it; clients that know only T and Z, or compare texts, do not";
    "time-minutes" "the SDK wants seconds, and fails";
    "time-epoch" "the SDK cannot parse it, and fails";
    "time-date" "the SDK cannot parse it, and fails";
    "enum-value" "a program that handles every value AWS has meets another";
    "enum-case" "the same: values are compared letter by letter";
    "id-prefix" "programs tell kinds of ids by their prefix";
    "id-uuid" "programs check ids with a pattern: prefix, dash, 8 or 17 digits";
    "id-case" "the same";
    "id-length" "the same";
    "id-no-dash" "the same";
    "id-around" "what is shown within a thing says that it belongs to another: never on AWS";
    "form" "a program that takes the address, network or ARN apart cannot";
    "empty" "numbers, booleans and times: the SDK fails; text: empty where it never is";
    "empty-structure" "all its members are gone";
    "items-renamed" "SDKs skip items of another name: the list looks empty";
    "items-wrapped" "SDKs see one item for each, with nothing in it, or fail";
    "items-unwrapped" "SDKs skip what is no item: the list looks empty";
    "items-text" "SDKs skip text where they look for items: the list looks empty";
    "list-repeated" "SDKs keep the last of the elements: the other items are lost";

    "root-other" "SDKs that check it, as the one for Rust, fail";
    "root-case" "the same";
    "root-wrapped" "the same";
    "namespace-none" "clients that use namespaces find nothing";
    "namespace-version" "the same";
    "namespace-host" "the same";
    "namespace-prefix" "the same; SDKs that compare local names read on";
    "request-id-none" "what a program logs has no request id";
    "request-id-form" "a person sees another form";
    "request-id-header" "AWS's SDK for Rust takes the request id from the header";
    "content-type-json" "hardly any client looks";
    "content-type-html" "hardly any client looks";
    "content-type-none" "hardly any client looks";
    "body-half" "no parser reads it";
    "body-unclosed" "no parser reads it";
    "body-empty" "no parser reads it";
    "body-json" "no XML parser reads it";
    "body-html" "no client reads it as an answer of EC2";
    "body-bytes" "bytes that are no UTF-8: no parser reads it";
    "status-202" "SDKs take every 2xx for success; a program may see the number";
    "status-301" "SDKs follow it or fail";
    "status-400" "SDKs take it for a refusal without a code";
    "status-500" "SDKs repeat the call and then fail";

    "error-no-errors" "SDKs look for Response/Errors/Error and find no code";
    "error-query" "the envelope of AWS's other services: SDKs for EC2 find no code";
    "error-json" "no XML parser reads it";
    "error-html" "no client reads it as an answer of EC2";
    "error-no-code" "programs decide by the code, and there is none";
    "error-empty-code" "the same";
    "error-no-message" "what is shown to the user is empty";
    "error-request-id" "clients that read strictly find no request id";
    "error-no-request-id" "the same";
    "error-status-200" "SDKs take it for a success that they cannot decode";
    "error-status-500" "SDKs repeat what can never succeed, and then fail";
    "error-status-404" "every recorded refusal of AWS has 400; programs rarely look";
    "error-code-unknown" "a code that AWS does not have: no program handles it";
    "error-code-case" "the same: codes are compared letter by letter";
    "error-code-other" "another code of AWS's: one answer by itself does not show it";

    "step-refused" "the call fails where it succeeds on AWS";
    "step-accepted" "the call succeeds where AWS refuses it";
    "step-code-other" "programs decide by the code, and this is another of AWS's";
    "step-code-case" "codes are compared letter by letter";
    "step-code-cut" "the same: the part behind the dot is missing";
    "step-status" "programs may look at the status";
    "value-other" "the value is not what it is on AWS in this sequence";
    "value-gone" "the value is missing";
    "item-gone" "one is missing from the list";
    "item-twice" "one is in the list twice";
    "identity-fresh" "the answer speaks of something that the program has never heard of";
    "identity-other" "the answer speaks of another thing that the program knows";
    "states-never" "the program waits until its patience ends";
    "states-order" "the last state comes first, then those before it";
    "states-extra" "a state that AWS does not go through";
}

/// The number of an operator.
pub fn number(name: &str) -> usize {
    let found = OPERATORS.iter().position(|operator| operator.name == name);
    found.unwrap_or_else(|| unreachable!("no operator {name}"))
}
