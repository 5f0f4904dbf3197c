//! Which case begins next: the longest that the target's quotas have room for.

use std::collections::{BTreeMap, BTreeSet};

use crate::case::Case;

/// The cases of one part of a run that have not begun yet, and what those that run hold.
#[derive(Debug)]
pub(super) struct Queue<'c> {
    waiting: Vec<Waiting<'c>>,
    /// How many things of a kind may be held at once; other kinds have no limit.
    quotas: &'c BTreeMap<String, u32>,
    held: BTreeMap<&'c str, u32>,
    jobs: usize,
    running: usize,
}

/// What cases are sorted by, the least first: the round, and the place in it.
pub(super) type Key = (u32, u64);

/// A case that waits for its turn.
#[derive(Debug)]
struct Waiting<'c> {
    case: &'c Case,
    attempt: u32,
    key: Key,
    /// How many that want the same have begun before it although it was their turn later.
    overtaken: usize,
}

/// What a case needs more of than there is at all: its kind, the number, and the quota.
pub(super) fn beyond<'c>(
    case: &'c Case,
    quotas: &BTreeMap<String, u32>,
) -> Option<(&'c str, u32, u32)> {
    case.uses.iter().find_map(|(kind, needed)| {
        let quota = *quotas.get(kind)?;
        (*needed > quota).then_some((kind.as_str(), *needed, quota))
    })
}

impl<'c> Queue<'c> {
    pub(super) fn new(jobs: usize, quotas: &'c BTreeMap<String, u32>) -> Self {
        let held = BTreeMap::new();
        Queue { waiting: Vec::new(), quotas, held, jobs: jobs.max(1), running: 0 }
    }

    /// Adds a case. It begins before all that have a greater key, if there is room for it.
    pub(super) fn add(&mut self, case: &'c Case, attempt: u32, key: Key) {
        let at = self.waiting.partition_point(|other| other.key <= key);
        self.waiting.insert(at, Waiting { case, attempt, key, overtaken: 0 });
    }

    /// The cases that wait, in their order.
    pub(super) fn waiting(&self) -> impl Iterator<Item = &'c Case> {
        self.waiting.iter().map(|waiting| waiting.case)
    }

    /// The next case to begin, and which attempt at it; `None` if there is no room for any now.
    ///
    /// Where there is no room for a case, those behind it go first. But as many as may run at once
    /// only: then what it waits for is kept for it, and only those go first that do not want that.
    pub(super) fn next(&mut self) -> Option<(&'c Case, u32)> {
        if self.running >= self.jobs {
            return None;
        }
        let mut kept: BTreeSet<&str> = BTreeSet::new();
        let mut at = None;
        for (n, waiting) in self.waiting.iter().enumerate() {
            let lacking = self.lacking(waiting.case);
            let wants_kept = waiting.case.uses.keys().any(|kind| kept.contains(kind.as_str()));
            if lacking.is_empty() && !wants_kept {
                at = Some(n);
                break;
            }
            if waiting.overtaken >= self.jobs {
                kept.extend(lacking);
            }
        }
        let at = at?;
        let begins = self.waiting.remove(at);
        for n in 0..at {
            let lacking = self.lacking(self.waiting[n].case);
            let same = lacking.iter().any(|kind| begins.case.uses.contains_key(*kind));
            self.waiting[n].overtaken += usize::from(same);
        }
        self.running += 1;
        for (kind, count) in &begins.case.uses {
            *self.held.entry(kind).or_default() += count;
        }
        Some((begins.case, begins.attempt))
    }

    /// A case has ended.
    pub(super) fn ended(&mut self, case: &'c Case) {
        self.running = self.running.saturating_sub(1);
        for (kind, count) in &case.uses {
            if let Some(held) = self.held.get_mut(kind.as_str()) {
                *held = held.saturating_sub(*count);
            }
        }
    }

    /// The kinds that there is no room for now.
    fn lacking(&self, case: &'c Case) -> Vec<&'c str> {
        let lacks = |(kind, needed): (&'c String, &u32)| {
            let quota = *self.quotas.get(kind)?;
            let held = self.held.get(kind.as_str()).copied().unwrap_or(0);
            // A case that needs more than there is at all is not in the queue; were it, it would
            // still have its turn, alone.
            (held > 0 && held.saturating_add(*needed) > quota).then_some(kind.as_str())
        };
        case.uses.iter().filter_map(lacks).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn case(name: &str, uses: &[(&str, u32)]) -> Case {
        sample::case(name, uses, false, "CreateVpc")
    }

    fn quotas(of: &[(&str, u32)]) -> BTreeMap<String, u32> {
        of.iter().map(|(kind, count)| ((*kind).to_owned(), *count)).collect()
    }

    fn queue<'c>(jobs: usize, quotas: &'c BTreeMap<String, u32>, cases: &'c [Case]) -> Queue<'c> {
        let mut queue = Queue::new(jobs, quotas);
        for (key, case) in cases.iter().enumerate() {
            queue.add(case, 1, (0, key as u64));
        }
        queue
    }

    fn begin(queue: &mut Queue<'_>) -> String {
        let names = std::iter::from_fn(|| queue.next()).map(|(case, _)| case.name.clone());
        names.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn no_more_than_may_run_at_once() {
        let cases = [case("a", &[]), case("b", &[]), case("c", &[])];
        let quotas = quotas(&[]);
        let mut queue = queue(2, &quotas, &cases);
        assert_eq!(begin(&mut queue), "a b");
        assert_eq!(begin(&mut queue), "");
        queue.ended(&cases[1]);
        assert_eq!(begin(&mut queue), "c");
    }

    #[test]
    fn no_more_than_the_quotas_allow() {
        let two = [("vpcs", 2)];
        let cases = [case("a", &two), case("b", &two), case("c", &[("vpcs", 1)]), case("d", &[])];
        let quotas = quotas(&[("vpcs", 3)]);
        let mut queue = queue(9, &quotas, &cases);
        assert_eq!(begin(&mut queue), "a c d", "b waits, and keeps nobody from going first");
        queue.ended(&cases[2]);
        assert_eq!(begin(&mut queue), "");
        queue.ended(&cases[0]);
        assert_eq!(begin(&mut queue), "b");
    }

    #[test]
    fn each_kind_has_its_own_quota() {
        let cases = [
            case("a", &[("vpcs", 1), ("instances", 2)]),
            case("b", &[("instances", 1)]),
            case("c", &[("vpcs", 1), ("instances", 1)]),
            case("d", &[("vpcs", 1)]),
            case("e", &[("volumes", 9)]),
        ];
        let quotas = quotas(&[("vpcs", 2), ("instances", 2)]);
        assert_eq!(begin(&mut queue(9, &quotas, &cases)), "a d e");
    }

    /// Many small ones and a large one: the large one begins before they have all gone.
    #[test]
    fn a_large_one_does_not_starve() {
        let mut cases = vec![case("small-0", &[("vpcs", 1)]), case("large", &[("vpcs", 3)])];
        cases.extend((1..40).map(|n| case(&format!("small-{n}"), &[("vpcs", 1)])));
        let quotas = quotas(&[("vpcs", 3)]);
        let mut queue = queue(4, &quotas, &cases);
        let mut running: Vec<&Case> = Vec::new();
        let mut order = Vec::new();
        loop {
            while let Some((case, _)) = queue.next() {
                order.push(case.name.clone());
                running.push(case);
            }
            // The one that began first ends first, so that there is always some other running.
            if running.is_empty() {
                break;
            }
            queue.ended(running.remove(0));
        }
        assert_eq!(order.len(), cases.len(), "all have their turn");
        let large = order.iter().position(|name| name == "large").expect("it has its turn");
        assert!(large <= 6, "after one for each that may run at once, at most: {large}");
    }

    /// What is kept for a large one is kept from those only that want the same.
    #[test]
    fn others_go_on_while_a_large_one_waits() {
        let vpc = [("vpcs", 1)];
        let cases = [
            case("a", &vpc),
            case("large", &[("vpcs", 2)]),
            case("b", &vpc),
            case("c", &vpc),
            case("d", &vpc),
            case("other", &[("volumes", 1)]),
        ];
        let quotas = quotas(&[("vpcs", 2)]);
        let mut queue = queue(3, &quotas, &cases);
        assert_eq!(begin(&mut queue), "a b other");
        queue.ended(&cases[2]);
        assert_eq!(begin(&mut queue), "c");
        queue.ended(&cases[3]);
        assert_eq!(begin(&mut queue), "d", "the third to overtake it");
        queue.ended(&cases[4]);
        assert_eq!(begin(&mut queue), "", "now it is kept");
        queue.ended(&cases[0]);
        assert_eq!(begin(&mut queue), "large");
    }

    #[test]
    fn what_is_added_later_stands_where_its_key_says() {
        let cases = [case("a", &[]), case("b", &[]), case("c", &[])];
        let quotas = quotas(&[]);
        let mut queue = Queue::new(9, &quotas);
        queue.add(&cases[1], 2, (1, 0));
        queue.add(&cases[0], 1, (0, 5));
        queue.add(&cases[2], 1, (0, 5));
        let order: Vec<_> =
            std::iter::from_fn(|| queue.next()).map(|(c, n)| (&*c.name, n)).collect();
        assert_eq!(order, [("a", 1), ("c", 1), ("b", 2)], "of equal keys the first that was added");
    }

    #[test]
    fn more_than_there_is_at_all() {
        let quotas = quotas(&[("vpcs", 2), ("addresses", 0)]);
        let beyond = |uses: &[(&str, u32)]| beyond(&case("a", uses), &quotas).map(|b| (b.1, b.2));
        assert_eq!(beyond(&[("vpcs", 2), ("volumes", 99)]), None);
        assert_eq!(beyond(&[("vpcs", 3)]), Some((3, 2)));
        assert_eq!(beyond(&[("addresses", 1), ("vpcs", 1)]), Some((1, 0)));
    }
}
