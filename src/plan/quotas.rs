//! What a run needs at once of the account's quotas.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::prices::Source;

/// What a run needs of one quota, in each Region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Need {
    /// The quota's name in Service Quotas.
    pub name: String,
    /// The service that it belongs to in Service Quotas.
    pub service: String,
    /// Its code in Service Quotas.
    pub code: String,
    /// What the run needs at once, beside what the account has already; `None` if that is not known.
    pub needed: Option<u64>,
    /// What an account has if nobody asked for more.
    pub default: u64,
    /// What an account holds of it if nobody made or removed anything.
    pub taken: u64,
    /// What is counted, where it is not things.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// What else counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Where the default was read.
    pub source: String,
}

impl Need {
    /// Whether more is needed than a fresh account has left.
    pub fn exceeds_default(&self) -> bool {
        self.needed.is_none_or(|needed| needed.saturating_add(self.taken) > self.default)
    }
}

#[derive(Debug, Deserialize)]
struct Quotas {
    sources: BTreeMap<String, Source>,
    quotas: Vec<Quota>,
}

#[derive(Debug, Deserialize)]
struct Quota {
    of: String,
    name: String,
    service: String,
    code: String,
    default: u64,
    #[serde(default)]
    taken: u64,
    unit: Option<String>,
    note: Option<String>,
    source: String,
}

/// How many things of a kind an account of AWS has room for, by the words of a case's `uses`, if nobody
/// asked for more and nobody made any.
pub fn usual_room() -> BTreeMap<String, u32> {
    let things = bundled().quotas.iter().filter(|quota| quota.unit.is_none());
    things
        .map(|quota| {
            let room = quota.default.saturating_sub(quota.taken);
            (quota.of.clone(), u32::try_from(room).unwrap_or(u32::MAX))
        })
        .collect()
}

/// What a case holds of each quota at its peak, by the names of `quotas.json`; `None`: not known.
pub(super) type Holds = BTreeMap<&'static str, Option<u64>>;

/// What the cases need if any `jobs` of them run at once.
pub(super) fn needs(cases: &[Holds], jobs: usize) -> Vec<Need> {
    bundled().quotas.iter().filter_map(|quota| need(quota, cases, jobs)).collect()
}

fn need(quota: &Quota, cases: &[Holds], jobs: usize) -> Option<Need> {
    let mut held: Vec<Option<u64>> =
        cases.iter().filter_map(|holds| holds.get(quota.of.as_str()).copied()).collect();
    if held.is_empty() {
        return None;
    }
    held.sort_unstable_by_key(|count| std::cmp::Reverse(count.unwrap_or(u64::MAX)));
    let source = bundled().sources.get(&quota.source).map(|s| s.url.clone());
    let mut peak = held.into_iter().take(jobs.max(1));
    Some(Need {
        name: quota.name.clone(),
        service: quota.service.clone(),
        code: quota.code.clone(),
        needed: peak.try_fold(0u64, |sum, count| Some(sum.saturating_add(count?))),
        default: quota.default,
        taken: quota.taken,
        unit: quota.unit.clone(),
        note: quota.note.clone(),
        source: source.unwrap_or_default(),
    })
}

/// Whether there is a quota of this name.
#[cfg(test)]
pub(super) fn is_known(of: &str) -> bool {
    bundled().quotas.iter().any(|quota| quota.of == of)
}

fn bundled() -> &'static Quotas {
    static QUOTAS: OnceLock<Quotas> = OnceLock::new();
    QUOTAS.get_or_init(|| {
        serde_json::from_str(include_str!("quotas.json"))
            .unwrap_or_else(|e| unreachable!("quotas.json is ours, and a test reads it: {e}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vpcs(counts: &[u64]) -> Vec<Holds> {
        counts.iter().map(|n| Holds::from([("vpcs", Some(*n))])).collect()
    }

    #[test]
    fn the_largest_at_once() {
        let needed = |jobs| needs(&vpcs(&[1, 3, 2]), jobs)[0].needed;
        assert_eq!(needed(1), Some(3));
        assert_eq!(needed(2), Some(5));
        assert_eq!(needed(9), Some(6));
        assert_eq!(needed(0), Some(3), "one at least");
        let unknown = [Holds::from([("vcpus", Some(2))]), Holds::from([("vcpus", None)])];
        assert_eq!(needs(&unknown, 1)[0].needed, None, "the unknown one may be the largest");
        assert_eq!(needs(&[Holds::new()], 1), []);
    }

    #[test]
    fn room_of_a_fresh_account() {
        let room = usual_room();
        assert_eq!((room["vpcs"], room["addresses"]), (4, 5), "the default VPC is one");
        assert!(!room.contains_key("vcpus"), "how many an instance has is not known");
    }

    #[test]
    fn each_quota_has_a_source() {
        for quota in &bundled().quotas {
            assert!(bundled().sources[&quota.source].url.starts_with("https://"), "{}", quota.name);
        }
    }
}
