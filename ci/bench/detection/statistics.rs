//! What AWS always does, counted by the benchmark itself: whether a client can notice a change must
//! not be asked of the judge that is being measured.

use std::collections::{BTreeMap, BTreeSet};

use parallax::model::{Matcher, Model, ShapeId, ShapeKind, WaiterState};

use super::sample::Sample;
use super::sites::{Kind, Site, sites};

/// Independent recordings from which on "always" is said at all. A member that AWS leaves out in
/// half of its answers would be there five times running with a chance of 3 %.
pub const WEAK: usize = 5;
/// Independent recordings from which on a program may rely on it. Held out tenth by tenth, recordings
/// of AWS lack members that 20 others agree on, but none, trimming aside, that 40 agree on
/// (`false_alarms.rs` counts it).
pub const STRONG: usize = 40;

/// How sure it is that AWS always sends a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Presence {
    /// Absent at least once, or hardly recorded: that it is absent says nothing.
    Sometimes,
    /// There without exception, in some recordings.
    Usually,
    /// There without exception, in many recordings; or AWS itself says that a program needs it: its
    /// resource model identifies the thing by it, its waiters read it.
    Always,
}

/// What a value looks like.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Look {
    /// Prefix, dash, 8 or 17 hexadecimal digits in lower case.
    Id(String),
    /// An address, a network, an ARN and the like.
    Other(&'static str),
}

/// Counts over all answers.
#[derive(Default)]
pub struct Statistics {
    structures: BTreeMap<String, Places>,
    members: BTreeMap<String, u32>,
    values: BTreeMap<String, Values>,
    /// By an id's path: the ids of structures around it that could be the same.
    same: BTreeMap<String, BTreeMap<(usize, String), Same>>,
}

#[derive(Default)]
struct Same {
    places: Places,
    different: u32,
}

#[derive(Default)]
struct Places {
    count: u32,
    units: BTreeSet<String>,
}

#[derive(Default)]
struct Values {
    places: Places,
    empty: u32,
    looks: BTreeMap<Option<Look>, u32>,
}

impl Statistics {
    /// Counts.
    pub fn of(samples: &[Sample]) -> Statistics {
        let mut statistics = Statistics::default();
        for sample in samples.iter().filter(|sample| sample.is_success()) {
            statistics.add(sample);
        }
        statistics
    }

    fn add(&mut self, sample: &Sample) {
        let output = Model::ec2().action(&sample.action).and_then(|action| action.output);
        let key = |path: &str| format!("{}|{path}", sample.action);
        let mut structure = |path: &str| {
            let places = self.structures.entry(key(path)).or_default();
            places.count += 1;
            places.units.insert(sample.unit.clone());
        };
        structure("");
        let sites = sites(Model::ec2(), output, &sample.root);
        for site in &sites {
            if matches!(site.kind, Kind::Structure(_)) {
                structure(&site.path);
            }
        }
        for site in &sites {
            if site.member_of.is_some() {
                *self.members.entry(key(&site.path)).or_default() += 1;
            }
            if matches!(site.kind, Kind::Scalar(_)) {
                let text = sample.root.at(&site.place).text.as_str();
                let values = self.values.entry(key(&site.path)).or_default();
                values.places.count += 1;
                values.places.units.insert(sample.unit.clone());
                values.empty += u32::from(text.is_empty());
                *values.looks.entry(look(text)).or_default() += 1;
                for (around, id) in ids_around(sample, site, text) {
                    let same = self.same.entry(key(&site.path)).or_default();
                    let same = same.entry(around).or_default();
                    same.places.count += 1;
                    same.places.units.insert(sample.unit.clone());
                    same.different += u32::from(id != text);
                }
            }
        }
    }

    /// How sure it is that AWS always sends this member of this structure.
    pub fn presence(&self, action: &str, parent: &str, path: &str) -> Presence {
        if is_needed(action, path) {
            return Presence::Always;
        }
        let Some(parents) = self.structures.get(&format!("{action}|{parent}")) else {
            return Presence::Sometimes;
        };
        let present = self.members.get(&format!("{action}|{path}")).copied().unwrap_or_default();
        if present < parents.count {
            return Presence::Sometimes;
        }
        match parents.units.len() {
            STRONG.. => Presence::Always,
            WEAK.. => Presence::Usually,
            _ => Presence::Sometimes,
        }
    }

    /// The surest presence among the members of a structure.
    pub fn presence_below(&self, action: &str, structure: &str) -> Presence {
        let prefix = match structure {
            "" => format!("{action}|"),
            structure => format!("{action}|{structure}."),
        };
        let below = self.members.range(prefix.clone()..).map(|(key, _)| key);
        let members = below
            .take_while(|key| key.starts_with(&prefix))
            .filter(|key| !key[prefix.len()..].contains(['.', '[']))
            .map(|key| self.presence(action, structure, &key[action.len() + 1..]));
        members.max().unwrap_or(Presence::Sometimes)
    }

    /// The look that every value there has.
    pub fn look(&self, action: &str, path: &str) -> Option<&Look> {
        let values = self.telling(action, path)?;
        match values.looks.iter().next()? {
            (Some(look), _) if values.looks.len() == 1 => Some(look),
            _ => None,
        }
    }

    /// Whether the values there are never empty.
    pub fn is_never_empty(&self, action: &str, path: &str) -> bool {
        self.telling(action, path).is_some_and(|values| values.empty == 0)
    }

    /// Whether an id there is always that of a structure around it: an attachment's volume is the
    /// volume that it is shown with.
    pub fn is_of_what_is_around(&self, action: &str, path: &str) -> bool {
        let same = self.same.get(&format!("{action}|{path}"));
        same.is_some_and(|same| {
            same.values().any(|s| s.different == 0 && s.places.units.len() >= WEAK)
        })
    }

    fn telling(&self, action: &str, path: &str) -> Option<&Values> {
        let values = self.values.get(&format!("{action}|{path}"));
        values.filter(|values| values.places.units.len() >= WEAK)
    }
}

/// Whether AWS's own programs cannot do without the member: its resource model and the ids that
/// actions take name resources by it, or a waiter reads it.
pub fn is_needed(action: &str, path: &str) -> bool {
    let Some(action) = Model::ec2().action(action) else { return false };
    let waited = Model::ec2().waiters().filter(|waiter| waiter.operation == action.name).any(|w| {
        w.acceptors.iter().any(|acceptor| {
            matches!(&acceptor.matcher,
                Matcher::PathAll { argument, .. } | Matcher::PathAny { argument, .. }
                    if argument == path && acceptor.state == WaiterState::Success)
        })
    });
    waited || action.creates.as_deref() == Some(path) || identifies(action.output, path)
}

/// Whether a path ends at the identifier of the structure that it is in.
fn identifies(output: Option<ShapeId>, path: &str) -> bool {
    let Some(mut shape) = output else { return false };
    let names: Vec<&str> = path.split('.').collect();
    for (n, name) in names.iter().enumerate() {
        let ShapeKind::Structure(structure) = &Model::ec2().shape(shape).kind else { return false };
        let (name, levels) = (name.trim_end_matches("[]"), name.matches("[]").count());
        if n + 1 == names.len() {
            return Model::ec2().identifier(shape).is_some_and(|i| i.member == name);
        }
        let Some(member) = structure.member(name) else { return false };
        shape = member.shape;
        for _ in 0..levels {
            let ShapeKind::List(list) = &Model::ec2().shape(shape).kind else { return false };
            shape = list.item;
        }
    }
    false
}

/// Ids of the same kind that the structures around an id have, by how far out and by name.
fn ids_around<'s>(
    sample: &'s Sample,
    site: &Site<'_>,
    id: &str,
) -> Vec<((usize, String), &'s str)> {
    let Some(prefix) = id_prefix(id) else { return Vec::new() };
    let mut found = Vec::new();
    // The innermost is the id's own parent.
    for (out, (length, _)) in site.around.iter().enumerate().skip(1) {
        for member in &sample.root.at(&site.place[..*length]).children {
            if member.children.is_empty() && id_prefix(&member.text) == Some(prefix) {
                found.push(((out, member.name.clone()), member.text.as_str()));
            }
        }
    }
    found
}

/// What a text looks like, if it looks like anything.
pub fn look(text: &str) -> Option<Look> {
    if let Some(prefix) = id_prefix(text) {
        return Some(Look::Id(prefix.to_owned()));
    }
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let address = text.parse::<std::net::Ipv4Addr>().is_ok();
    let network = text
        .split_once('/')
        .is_some_and(|(address, bits)| address.parse::<std::net::IpAddr>().is_ok() && digits(bits));
    let pairs: Vec<&str> = text.split(':').collect();
    let mac = pairs.len() == 6
        && pairs.iter().all(|p| p.len() == 2 && p.bytes().all(|b| b.is_ascii_hexdigit()));
    let kind = if address {
        "ipv4"
    } else if network {
        "cidr"
    } else if mac {
        "mac"
    } else if text.starts_with("arn:") && pairs.len() >= 6 {
        "arn"
    } else if text.len() == 12 && digits(text) {
        "account"
    } else {
        return None;
    };
    Some(Look::Other(kind))
}

/// The prefix of a resource id of AWS's form.
pub fn id_prefix(text: &str) -> Option<&str> {
    let (prefix, digits) = text.rsplit_once('-')?;
    let hex = digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let word = prefix.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    (matches!(digits.len(), 8 | 17) && hex && word && !prefix.is_empty()).then_some(prefix)
}
