//! What is asked again, how often, and after how long.
//!
//! AWS's SDKs ask again after throttling, after faults of the server, and after every failure of the
//! connection, three times in all (`standard` retry mode). So do we, but for two things:
//!
//! - A suite is many clients at once, and a verdict that is lost because of them is a fault of ours:
//!   what is throttled is asked for as long as a minute, more and more slowly.
//! - After a failure of the connection nobody knows whether the request arrived. An SDK sends it
//!   again all the same; the thing that was made by the first one would be left behind here, and
//!   nobody would know its id. So only reads are repeated, and on AWS what carries a client token,
//!   which AWS takes once. On other clouds whether a token works is what is to be measured.

use std::time::Duration;

use crate::target::Called;
use crate::wire::{FailureKind, is_throttling};

/// Attempts at one call, at most.
pub(crate) const MAX_ATTEMPTS: u32 = 8;
/// Attempts at what is not throttled: as many as AWS's SDKs make.
const ATTEMPTS_OF_SDKS: u32 = 3;
/// No attempt begins later than this after the first began.
pub(in crate::target) const PATIENCE: Duration = Duration::from_secs(60);
/// The longest wait before the second attempt; doubled for each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// The longest wait before any attempt, if the target does not ask for a longer one.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// The longest that one call takes if a request may take this long: the last attempt begins when
/// patience ends, and takes its full time.
pub(crate) fn longest_call(request: Duration) -> Duration {
    PATIENCE + request
}

/// Why a call may be made again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::target) enum Trouble {
    /// The target says that it is asked too much.
    Throttled,
    /// It cannot serve anybody just now.
    Unavailable,
    /// It failed in itself.
    Fault,
    /// Nothing arrived, or nothing that would do harm twice.
    Connection,
}

impl Trouble {
    /// The trouble with what came of a call, if there is any. `harmless`: the request may arrive
    /// twice.
    pub(in crate::target) fn of(called: &Called, harmless: bool) -> Option<Trouble> {
        match called {
            Called::Answer(answer, status) => {
                match (answer.error_code().is_some_and(is_throttling), status) {
                    (true, _) | (_, 429) => Some(Trouble::Throttled),
                    (_, 503) => Some(Trouble::Unavailable),
                    (_, 500 | 502 | 504) => Some(Trouble::Fault),
                    _ => None,
                }
            }
            Called::Failure(FailureKind::Connect, _) => Some(Trouble::Connection),
            Called::Failure(FailureKind::Broken, _) if harmless => Some(Trouble::Connection),
            Called::Failure(..) | Called::Unsendable(_) | Called::Withheld(_) => None,
        }
    }

    /// Whether it concerns everybody who calls the target.
    pub(in crate::target) fn is_overload(self) -> bool {
        matches!(self, Trouble::Throttled | Trouble::Unavailable)
    }

    fn attempts(self) -> u32 {
        if self == Trouble::Throttled { MAX_ATTEMPTS } else { ATTEMPTS_OF_SDKS }
    }
}

/// How long to wait before the next attempt; `None` if there is none. `attempt` is the number of the
/// last one, `since` the time since the first began, `hold` what the target asked for, and `chance`
/// between 0 and 1.
pub(in crate::target) fn again(
    trouble: Trouble,
    attempt: u32,
    since: Duration,
    hold: Option<Duration>,
    chance: f64,
) -> Option<Duration> {
    // Full jitter, as AWS's architecture blog and SDKs have it: anything from nothing to the bound,
    // so that those who were refused together do not come back together. What is not there yet needs
    // its time, whoever else waits: at least half of it.
    let bound = FIRST_PAUSE.saturating_mul(2u32.saturating_pow(attempt - 1)).min(LONGEST_PAUSE);
    let least = if trouble == Trouble::Connection { 0.5 } else { 0.0 };
    let jitter = bound.mul_f64(least + (1.0 - least) * chance.clamp(0.0, 1.0));
    // The brake spreads those who wait for the same moment.
    let pause = hold.unwrap_or(jitter);
    (attempt < trouble.attempts() && since.saturating_add(pause) <= PATIENCE).then_some(pause)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Model;
    use crate::wire::Answer;

    fn answered(status: u16, code: &str) -> Called {
        let body = format!(
            "<Response><Errors><Error><Code>{code}</Code><Message>m</Message></Error></Errors>\
             <RequestID>r</RequestID></Response>"
        );
        Called::Answer(Answer::read(Model::ec2(), None, status, body.as_bytes()), status)
    }

    #[test]
    fn what_is_asked_again() {
        for (status, code, expected) in [
            (503, "RequestLimitExceeded", Some(Trouble::Throttled)),
            (400, "Throttling", Some(Trouble::Throttled)),
            (400, "ThrottlingException", Some(Trouble::Throttled)),
            (429, "AnythingElse", Some(Trouble::Throttled)),
            (503, "ServiceUnavailable", Some(Trouble::Unavailable)),
            (500, "InternalError", Some(Trouble::Fault)),
            (502, "BadGateway", Some(Trouble::Fault)),
            (501, "NotImplemented", None),
            (400, "InvalidVpcID.NotFound", None),
        ] {
            let trouble = Trouble::of(&answered(status, code), true);
            assert_eq!(trouble, expected, "{status} {code}");
        }
        // What stands in front of the API has no envelope of EC2.
        let page = Called::Answer(Answer::Foreign("a page".to_owned()), 429);
        assert_eq!(Trouble::of(&page, false), Some(Trouble::Throttled));
    }

    #[test]
    fn what_may_have_arrived_is_not_sent_twice() {
        let failed = |kind| Called::Failure(kind, String::new());
        let of = |kind, harmless| Trouble::of(&failed(kind), harmless);
        assert_eq!(of(FailureKind::Connect, false), Some(Trouble::Connection));
        assert_eq!(of(FailureKind::Broken, false), None);
        assert_eq!(of(FailureKind::Broken, true), Some(Trouble::Connection));
        // It has had its time; and what is too large would be again.
        for kind in [FailureKind::Timeout, FailureKind::TooLarge, FailureKind::Tls] {
            assert_eq!(of(kind, true), None, "{kind:?}");
        }
    }

    #[test]
    fn waits_grow_to_a_bound() {
        let longest = |attempt| again(Trouble::Throttled, attempt, Duration::ZERO, None, 1.0);
        let seconds: Vec<f64> =
            (1..8).filter_map(longest).map(|pause| pause.as_secs_f64()).collect();
        assert_eq!(seconds, [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 20.0]);
        assert_eq!(longest(8), None);
        assert_eq!(again(Trouble::Fault, 2, Duration::ZERO, None, 0.0), Some(Duration::ZERO));
        assert_eq!(again(Trouble::Fault, 3, Duration::ZERO, None, 0.0), None);
        let soonest = again(Trouble::Connection, 1, Duration::ZERO, None, 0.0);
        assert_eq!(soonest, Some(Duration::from_millis(250)), "somebody may be starting it");
    }

    #[test]
    fn patience_ends() {
        let s = Duration::from_secs;
        let again = |since, hold| again(Trouble::Throttled, 1, since, hold, 1.0);
        assert_eq!(again(s(0), Some(s(7))), Some(s(7)), "what the target asks for");
        assert_eq!(again(s(0), Some(s(3600))), None, "but not an hour");
        assert_eq!(again(s(61), None), None);
        assert_eq!(longest_call(s(10)), s(70));
    }
}
