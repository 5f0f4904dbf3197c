//! The parts of a run, one after the other, and how cases are divided among several runs.

use std::cmp::Reverse;

use super::Times;
use crate::case::Case;
use crate::transcript::Shard;

/// The parts of a run, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// Those that only look at what there is: what they find is not to depend on which case is making
    /// things just then.
    Readers,
    /// Those that make something.
    Makers,
    /// Those whose verdict others would decide: one by one.
    Alone,
}

impl Part {
    /// All, in their order.
    pub(super) const ALL: [Part; 3] = [Part::Readers, Part::Makers, Part::Alone];

    /// The part that a case belongs to.
    pub(super) fn of(case: &Case) -> Part {
        match case {
            case if case.alone => Part::Alone,
            case if case.only_reads() => Part::Readers,
            _ => Part::Makers,
        }
    }

    /// What it is called.
    pub(super) fn name(self) -> &'static str {
        match self {
            Part::Readers => "readers",
            Part::Makers => "makers",
            Part::Alone => "alone",
        }
    }

    /// Cases of this part that run at the same time, if so many may in all.
    pub(super) fn jobs(self, jobs: usize) -> usize {
        if self == Part::Alone { 1 } else { jobs.max(1) }
    }
}

/// The cases of one shard, in the order in which they were given.
///
/// A function of the cases, the times and the shard alone, whatever the order of the cases: each
/// case is in exactly one shard. Of each part of the run — readers, makers, those alone — every
/// shard gets about the same time: the longest case first, each to the shard that has least so far.
pub fn shard(cases: Vec<Case>, shard: Shard, times: &Times) -> Vec<Case> {
    let mut sorted: Vec<(Part, u64, &str)> =
        cases.iter().map(|case| (Part::of(case), times.estimate_ms(case), &*case.id)).collect();
    sorted.sort_unstable_by_key(|(part, ms, id)| (*part, Reverse(*ms), *id));
    let mut own: Vec<String> = Vec::new();
    // Of each shard what it has of this part and of all parts, and its number.
    let mut loads: Vec<(u64, u64, u32)> = (1..=shard.of()).map(|number| (0, 0, number)).collect();
    let mut last = None;
    for (part, ms, id) in sorted {
        if last.replace(part) != Some(part) {
            // The parts follow each other in every run: each has to be even by itself.
            loads.iter_mut().for_each(|load| load.0 = 0);
        }
        let Some((of_part, of_all, number)) = loads.iter_mut().min() else { break };
        *of_part += ms;
        *of_all += ms;
        if *number == shard.part() {
            own.push(id.to_owned());
        }
    }
    own.sort_unstable();
    cases.into_iter().filter(|case| own.binary_search(&case.id).is_ok()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::sample::case;
    use super::*;

    /// Many short ones, some long ones, and some alone; ids without any order.
    fn cases() -> (Vec<Case>, Times) {
        let mut cases = Vec::new();
        let mut ms = BTreeMap::new();
        for n in 0..400_u64 {
            let action = if n % 2 == 0 { "DescribeVpcs" } else { "CreateVpc" };
            let mut case = case(&format!("c/{n}"), &[], n % 40 == 1, action);
            case.id = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, &n.to_be_bytes()).to_string();
            // Of some nothing was learned.
            if n % 7 != 0 {
                ms.insert(case.id.clone(), if n % 50 == 3 { 60_000 } else { 100 + n });
            }
            cases.push(case);
        }
        let times = Times::learned(ms, &cases);
        (cases, times)
    }

    #[test]
    fn each_case_is_in_one_shard() {
        let (cases, times) = cases();
        for of in [1, 2, 3, 7, 64, 401] {
            let mut seen: Vec<String> = Vec::new();
            for part in 1..=of {
                let part = format!("{part}/{of}").parse().expect("a part");
                seen.extend(shard(cases.clone(), part, &times).into_iter().map(|case| case.id));
            }
            let mut all: Vec<String> = cases.iter().map(|case| case.id.clone()).collect();
            all.sort_unstable();
            seen.sort_unstable();
            assert_eq!(seen, all, "{of} parts");
        }
    }

    #[test]
    fn the_same_cases_give_the_same_shards() {
        let (mut cases, times) = cases();
        let part = "2/3".parse().expect("a part");
        let names = |cases: Vec<Case>| {
            let mut names: Vec<_> = cases.into_iter().map(|case| case.name).collect();
            names.sort_unstable();
            names
        };
        let first = names(shard(cases.clone(), part, &times));
        cases.reverse();
        assert_eq!(names(shard(cases, part, &times)), first, "whatever order they are given in");
    }

    #[test]
    fn shards_take_the_same_time_in_each_part_of_the_run() {
        let (cases, times) = cases();
        for of in [2, 4] {
            for part in Part::ALL {
                let load = |n: u32| {
                    let own = format!("{n}/{of}").parse().expect("a part");
                    let own = shard(cases.clone(), own, &times);
                    let own = own.iter().filter(|case| Part::of(case) == part);
                    own.map(|case| times.estimate_ms(case)).sum::<u64>()
                };
                let loads: Vec<u64> = (1..=of).map(load).collect();
                let (least, most) = (loads.iter().min(), loads.iter().max());
                let uneven = most.zip(least).map(|(most, least)| most - least);
                // Never by more than one case; here by less than any long one.
                assert!(uneven < Some(60_000) && uneven.is_some(), "{part:?}: {loads:?}");
            }
        }
    }
}
