//! The codes, and the ways to look something up in them.

use std::collections::{BTreeMap, BTreeSet};

use super::doc::{Applies, ErrorCode, Fault, File, Source};
use crate::model::{Model, ShapeId, ShapeKind, suggest};

/// AWS's error codes.
#[derive(Debug, Clone, Default)]
pub struct ErrorCodes {
    codes: BTreeMap<String, ErrorCode>,
    families: BTreeMap<String, Vec<String>>,
    sources: BTreeMap<String, Source>,
    stands_for: BTreeMap<String, String>,
    takes_any_resource: Vec<String>,
    digest: String,
}

/// Whether AWS would send a code for an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Possible {
    /// Nothing speaks against it.
    Yes,
    /// AWS has the code, but for other actions.
    OtherAction,
    /// AWS has this code, in upper and lower case as given here.
    CaseOnly(String),
    /// The code is not known; perhaps this one is meant.
    Unknown(Option<String>),
}

/// Codes longer than this are not compared with AWS's, of which none is half as long.
const LONGEST: usize = 128;

impl ErrorCodes {
    pub(super) fn new(file: File, digest: String) -> ErrorCodes {
        ErrorCodes {
            codes: file.codes.into_iter().map(|code| (code.code.clone(), code)).collect(),
            families: file.families,
            sources: file.sources,
            stands_for: file.stands_for,
            takes_any_resource: file.takes_any_resource,
            digest,
        }
    }

    /// What is known of a code, spelt exactly so.
    pub fn known(&self, code: &str) -> Option<&ErrorCode> {
        self.codes.get(code)
    }

    /// Every code, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = &ErrorCode> {
        self.codes.values()
    }

    /// Number of codes.
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Whether there is none: then nothing can be said about any code.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// A source by its key.
    pub fn source(&self, key: &str) -> Option<&Source> {
        self.sources.get(key)
    }

    /// SHA-256 of the file; empty if there was none.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The exact HTTP statuses that sources state or show for a code, sorted. Where there is none,
    /// only the class is known, by [`ErrorCode::kind`].
    pub fn statuses(&self, code: &str) -> Vec<u16> {
        let Some(code) = self.codes.get(code) else { return Vec::new() };
        let stated = code.statuses.iter().map(|s| s.status);
        let all: BTreeSet<u16> =
            stated.chain(code.answers.iter().filter_map(|a| a.status)).collect();
        all.into_iter().collect()
    }

    /// Whether it is one of the codes by which AWS says with HTTP 5xx that it lacks something just
    /// now, such as capacity: nothing is wrong then, neither with the request nor with the server.
    pub fn is_for_want(&self, code: &str) -> bool {
        self.is_of_the_server(code) && !code.contains("Internal")
    }

    /// Whether it is one of AWS's codes for faults of the server.
    pub fn is_of_the_server(&self, code: &str) -> bool {
        self.known(code).is_some_and(|known| known.kind == Fault::Server)
    }

    /// Whether AWS would send this code for this action.
    pub fn possible(&self, action: &str, code: &str) -> Possible {
        if let Some(known) = self.codes.get(code) {
            return match self.applies(known, action) {
                true => Possible::Yes,
                false => Possible::OtherAction,
            };
        }
        let same = |known: &&String| known.eq_ignore_ascii_case(code);
        match self.codes.keys().find(same) {
            Some(known) if acronyms(known) != acronyms(code) => Possible::CaseOnly(known.clone()),
            Some(known) => Possible::Unknown(Some(known.clone())),
            None => Possible::Unknown(self.close_to(code)),
        }
    }

    fn applies(&self, code: &ErrorCode, action: &str) -> bool {
        // What AWS's model does not have, nothing is known about.
        let Some(names) = names(action) else { return true };
        let of = |action: &str, names: &BTreeSet<&str>| {
            code.applies.iter().any(|applies| match applies {
                Applies::Any => true,
                Applies::Changes => !action.starts_with("Describe"),
                Applies::Action(name) => name == action,
                Applies::Family(family) => self.is_about(family, action, names),
            })
        };
        let known = code.answers.iter().any(|answer| answer.action.as_deref() == Some(action));
        let twin = self.stands_for.get(action);
        known
            || of(action, &names)
            || twin.is_some_and(|twin| of(twin, &self::names(twin).unwrap_or_default()))
    }

    /// Whether an action deals with a kind of resource, by the words in its name and in the names of
    /// its input's members, at any depth.
    fn is_about(&self, family: &str, action: &str, names: &BTreeSet<&str>) -> bool {
        let Some(words) = self.families.get(family) else { return true };
        let has_word = |name: &str| words.iter().any(|word| name.contains(word.as_str()));
        has_word(action)
            || names.iter().any(|name| has_word(name))
            || self.takes_any_resource.iter().any(|member| names.contains(member.as_str()))
    }

    /// The words by which an action is known to deal with a kind of resource; empty if there is no
    /// such kind.
    pub fn family(&self, name: &str) -> &[String] {
        self.families.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// A code that may be meant by one that is not known.
    pub fn meant_by(&self, code: &str) -> Option<String> {
        match self.possible("", code) {
            Possible::CaseOnly(known) => Some(known),
            Possible::Unknown(close) => close,
            Possible::Yes | Possible::OtherAction => None,
        }
    }

    /// The words by which an action is known to deal with what a code is about; empty if the code
    /// is not about a kind of resource.
    pub(super) fn words(&self, code: &ErrorCode) -> Vec<&str> {
        let families = code.applies.iter().filter_map(|applies| match applies {
            Applies::Family(family) => self.families.get(family),
            _ => None,
        });
        families.flatten().map(String::as_str).collect()
    }

    /// A code that may be meant by one that is not known.
    fn close_to(&self, code: &str) -> Option<String> {
        // How alike two texts are takes long for long ones, and an endpoint chooses the code.
        if code.len() > LONGEST {
            return None;
        }
        let bare = code.strip_prefix("Client.").or_else(|| code.strip_prefix("Server."));
        if let Some(known) = bare.and_then(|bare| self.codes.get(bare)) {
            return Some(known.code.clone());
        }
        if let Some(close) = suggest(code, self.codes.keys().map(String::as_str)) {
            return Some(close.to_owned());
        }
        // As OpenStack's services name their faults: `VpcNotFound`, `VolumeNotFoundException`.
        let thing = code.trim_end_matches("Exception").strip_suffix("NotFound")?;
        let is_it = |known: &&String| {
            let rest = known.strip_prefix("Invalid").and_then(|k| k.strip_suffix(".NotFound"));
            rest.is_some_and(|rest| matches!(rest.strip_prefix(thing), Some("" | "ID" | "Id")))
        };
        self.codes.keys().find(is_it).cloned()
    }
}

#[cfg(test)]
impl ErrorCodes {
    pub(super) fn forget_answers(&mut self) {
        self.codes.values_mut().for_each(|code| code.answers.clear());
    }

    pub(super) fn is_named(&self, action: &str, word: &str) -> bool {
        action.contains(word)
            || names(action).is_some_and(|names| names.iter().any(|name| name.contains(word)))
    }
}

/// The code with words in one form that AWS itself writes now so, now so: `InvalidSubnetID.NotFound`
/// and `InvalidSubnetId.NotFound`, `VPCIdNotSpecified` and `VpcLimitExceeded`,
/// `InvalidIPAddress.InUse` and `PrivateIpAddressLimitExceeded`. Another spelling of one of these
/// may be AWS's, though it is not documented.
fn acronyms(code: &str) -> String {
    code.replace("ID", "Id").replace("VPC", "Vpc").replace("IP", "Ip")
}

/// The names of all members of an action's input, at any depth; `None` if AWS has no such action.
fn names(action: &str) -> Option<BTreeSet<&'static str>> {
    let action = Model::ec2().action(action)?;
    let (mut names, mut seen) = (BTreeSet::new(), BTreeSet::new());
    if let Some(input) = action.input {
        collect(input, &mut names, &mut seen);
    }
    Some(names)
}

fn collect(shape: ShapeId, names: &mut BTreeSet<&'static str>, seen: &mut BTreeSet<ShapeId>) {
    if !seen.insert(shape) {
        return;
    }
    match &Model::ec2().shape(shape).kind {
        ShapeKind::Structure(structure) => {
            for member in &structure.members {
                names.insert(member.name.as_str());
                collect(member.shape, names, seen);
            }
        }
        ShapeKind::List(list) => collect(list.item, names, seen),
        _ => {}
    }
}
