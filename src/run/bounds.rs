//! The most that a run can do: how many calls a poll or an undo makes, and how long they last.
//!
//! Kept beside the code that polls and undoes, whose limits these are.

use std::time::Duration;

use super::{engine, undo};

/// The most looks that a poll takes, if every answer comes at once.
pub(crate) fn looks(within: Duration) -> u64 {
    calls(within, engine::FIRST_PAUSE, engine::LONGEST_PAUSE)
}

/// The most that the undo of one thing takes, all rounds of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Undone {
    /// Calls of the removing action.
    pub(crate) removals: u64,
    /// Calls of the waiter's action.
    pub(crate) looks: u64,
    /// How long it lasts.
    pub(crate) lasts: Duration,
}

/// The most that an undo takes if one call takes at most `call`; `waits`: it has a waiter.
pub(crate) fn undone(waits: bool, call: Duration) -> Undone {
    let rounds = [undo::FIRST_LIMIT, undo::LAST_LIMIT, undo::END_LIMIT];
    let tries = |limit| calls(limit, undo::FIRST_PAUSE, undo::LONGEST_PAUSE);
    let removals = rounds.into_iter().map(tries).sum();
    // The last removal may begin just before its time is up, and the waiter looks once at least.
    let late = call * if waits { 2 } else { 1 };
    Undone {
        removals,
        looks: if waits { removals } else { 0 },
        lasts: rounds.into_iter().map(|limit| limit + late).sum(),
    }
}

/// Calls until the next one would begin after `limit`; each pause is half again as long as the one
/// before, up to the longest.
fn calls(limit: Duration, first: Duration, longest: Duration) -> u64 {
    let (mut count, mut left, mut pause) = (1, limit, first);
    while pause < longest {
        let Some(rest) = left.checked_sub(pause) else { return count };
        left = rest;
        count += 1;
        pause = (pause * 3 / 2).min(longest);
    }
    count
        + left
            .as_millis()
            .checked_div(longest.as_millis())
            .and_then(|n| n.try_into().ok())
            .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_counted_by_hand() {
        let looks = |ms| looks(Duration::from_millis(ms));
        // Pauses of 0.4, 0.6, 0.9, 1.35, 2.025, 3.0375, 4.55625 and then 5 s.
        assert_eq!(looks(399), 1);
        assert_eq!(looks(400), 2);
        assert_eq!(looks(1_900), 4);
        // 12.86875 s after seven pauses; (300 - 12.86875) / 5 = 57.4 more.
        assert_eq!(looks(300_000), 1 + 7 + 57);
    }

    #[test]
    fn undos_counted_by_hand() {
        // Pauses of 0.5, 0.75, 1.125, 1.6875, 2.53125, 3.796875 (10.390625 s together), then 5 s:
        // 1 + 6 + 6 calls in 45 s, 1 + 6 + 21 in 120 s, 1 + 6 + 57 in 300 s.
        let without = undone(false, Duration::from_secs(10));
        assert_eq!(
            without,
            Undone { removals: 13 + 28 + 64, looks: 0, lasts: Duration::from_secs(495) }
        );
        let with = undone(true, Duration::from_secs(10));
        assert_eq!(with, Undone { removals: 105, looks: 105, lasts: Duration::from_secs(525) });
    }
}
