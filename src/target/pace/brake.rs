//! Slowing down when the target says that it is asked too much. No clock of its own.

use std::time::{Duration, Instant};

/// The time between two requests after the first complaint.
const FIRST_SPACING: Duration = Duration::from_millis(50);
/// The longest time between two requests: slower than that is no run any more, and what is still
/// throttled then ends with its own attempts.
const LONGEST_SPACING: Duration = Duration::from_millis(500);
/// Spacing that makes no difference.
const NO_SPACING: Duration = Duration::from_millis(5);

/// When the next request may go.
///
/// Requests are spaced: twice as far apart after each complaint, a tenth less far after each answer
/// that is none, as TCP does it. Whoever asks gets the next free moment, so nobody starves.
#[derive(Debug, Default)]
pub(super) struct Brake {
    spacing: Duration,
    next: Option<Instant>,
    /// When the last complaint was counted.
    pressed: Option<Instant>,
}

impl Brake {
    /// The moment at which one more request may go; it is taken by that.
    pub(super) fn turn(&mut self, now: Instant) -> Instant {
        let turn = self.next.map_or(now, |next| next.max(now));
        self.next = Some(turn + self.spacing);
        turn
    }

    /// A complaint about a request that was sent at `sent`. `hold`: the target said how long it
    /// wants to be left alone.
    pub(super) fn press(&mut self, sent: Instant, now: Instant, hold: Option<Duration>) {
        // What was sent before the last complaint came could not know of it.
        if self.pressed.is_none_or(|pressed| sent >= pressed) {
            self.spacing = (self.spacing * 2).clamp(FIRST_SPACING, LONGEST_SPACING);
            self.pressed = Some(now);
        }
        if let Some(hold) = hold {
            let until = now + hold;
            self.next = Some(self.next.map_or(until, |next| next.max(until)));
        }
    }

    /// An answer that is no complaint.
    pub(super) fn ease(&mut self) {
        self.spacing = self.spacing * 9 / 10;
        if self.spacing < NO_SPACING {
            self.spacing = Duration::ZERO;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn nothing_waits_until_there_is_a_complaint() {
        let (mut brake, now) = (Brake::default(), Instant::now());
        assert_eq!([brake.turn(now), brake.turn(now), brake.turn(now)], [now; 3]);
        brake.ease();
        assert_eq!(brake.turn(now), now);
    }

    #[test]
    fn everybody_waits_after_one() {
        let (mut brake, now) = (Brake::default(), Instant::now());
        brake.press(now, now, None);
        let turns: Vec<_> = (0..4).map(|_| brake.turn(now) - now).collect();
        assert_eq!(turns, [ms(0), ms(50), ms(100), ms(150)]);
    }

    /// Eight cases that were throttled by the same overload are one complaint, not eight.
    #[test]
    fn what_was_under_way_counts_once() {
        let (mut brake, now) = (Brake::default(), Instant::now());
        (0..8).for_each(|n| brake.press(now, now + ms(10 + n), None));
        assert_eq!(brake.spacing, ms(50));
        brake.press(now + ms(20), now + ms(30), None);
        assert_eq!(brake.spacing, ms(100));
    }

    #[test]
    fn it_has_a_bound_and_wears_off() {
        let (mut brake, now) = (Brake::default(), Instant::now());
        (0..20).for_each(|n| brake.press(now + ms(n), now + ms(n), None));
        assert_eq!(brake.spacing, LONGEST_SPACING);
        let answers = (1..100).find(|_| {
            brake.ease();
            brake.spacing.is_zero()
        });
        assert_eq!(answers, Some(44));
    }

    #[test]
    fn the_target_says_how_long() {
        let (mut brake, now) = (Brake::default(), Instant::now());
        brake.press(now, now, Some(ms(3000)));
        assert_eq!(brake.turn(now), now + ms(3000));
        brake.press(now, now + ms(10), Some(ms(100)));
        assert_eq!(brake.turn(now), now + ms(3050), "a shorter one does not end a longer one");
        assert_eq!(brake.turn(now + ms(9000)), now + ms(9000), "past is past");
    }
}
