//! An endpoint that is talked to: its client, the pace that it is asked at, and what its answers say
//! beside what was asked.

use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use url::Url;

use super::pace::{Pace, Rate};
use crate::wire::{Attempt, Client, RawResponse, is_aws};

/// An endpoint. One for everybody who calls it.
#[derive(Debug)]
pub struct Endpoint {
    pub(super) client: Client,
    pub(super) pace: Pace,
    /// Whether a request with a client token is known to take effect once, however often it is sent.
    pub(super) tokens_hold: bool,
    /// How far its clock was ahead of ours at its first answer.
    skew: OnceLock<Skew>,
}

/// How far one clock is ahead of another: seconds, negative if it is behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skew(pub i64);

/// How far the clocks may be apart before a signature is not accepted any more: "requests must
/// reach AWS within five minutes of the time stamp in the request" (IAM User Guide, "Signing AWS
/// API requests"). Some services take more.
pub(super) const CLOCKS_APART: Skew = Skew(5 * 60);

impl Skew {
    /// Whether a signature made by one clock may not be accepted by the other.
    pub(super) fn is_too_far(self) -> bool {
        self.0.unsigned_abs() > CLOCKS_APART.0.unsigned_abs()
    }
}

/// In words: `7 min ahead of`, `2 s behind`, `the same as`, all followed by whose.
impl std::fmt::Display for Skew {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let apart = self.0.unsigned_abs();
        let (amount, unit) = match apart {
            0 => return f.write_str("the same as"),
            1..=119 => (apart, "s"),
            120..=7199 => (apart / 60, "min"),
            _ => (apart / 3600, "h"),
        };
        let side = if self.0 > 0 { "ahead of" } else { "behind" };
        write!(f, "{amount} {unit} {side}")
    }
}

impl Endpoint {
    /// The endpoint of a client, asked at this rate.
    pub fn new(client: Client, rate: Rate) -> Endpoint {
        // By its URL: what a file calls AWS may be anything.
        let tokens_hold = is_aws(client.endpoint().as_str());
        Endpoint { client, pace: Pace::new(rate), tokens_hold, skew: OnceLock::new() }
    }

    /// Its URL, without user and password.
    pub fn url(&self) -> &Url {
        self.client.endpoint()
    }

    /// How far its clock is ahead of this machine's, if an answer has said so.
    pub fn skew(&self) -> Option<Skew> {
        self.skew.get().copied()
    }

    /// Takes note of an answer.
    pub(super) fn note(&self, attempt: &Attempt) {
        let Ok(response) = &attempt.outcome else { return };
        if self.skew.get().is_none()
            && let Some(skew) = skew(response, attempt.took, SystemTime::now())
        {
            let _ = self.skew.set(skew);
        }
    }
}

/// What `Date` says against our clock, which shows `now` after the answer came.
fn skew(response: &RawResponse, took: Duration, now: SystemTime) -> Option<Skew> {
    let theirs = http_date(header(response, "date")?)?;
    // It was written somewhere between.
    let ours = now.checked_sub(took / 2)?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    let apart = theirs.saturating_sub(i64::try_from(ours.as_secs()).ok()?);
    // `Date` has whole seconds.
    Some(Skew(if apart.abs() <= 1 { 0 } else { apart }))
}

/// How long the target wants to be left alone: `Retry-After` (RFC 9110, 10.2.3), in seconds or as a
/// date.
pub(super) fn retry_after(response: &RawResponse, now: SystemTime) -> Option<Duration> {
    let value = header(response, "retry-after")?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = u64::try_from(http_date(value)?).ok()?;
    let now = now.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Some(Duration::from_secs(until).saturating_sub(now))
}

fn header<'r>(response: &'r RawResponse, name: &str) -> Option<&'r str> {
    response.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// Seconds since 1970.
fn http_date(value: &str) -> Option<i64> {
    DateTime::from_str(value, Format::HttpDate).ok().map(|date| date.secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 1994-11-06 08:49:37 UTC, RFC 9110's example.
    const THEN: u64 = 784_111_777;

    fn with(name: &str, value: &str) -> RawResponse {
        let headers = vec![(name.to_owned(), value.to_owned())];
        RawResponse { status: 200, headers, body: Vec::new() }
    }

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn clocks_are_compared() {
        let date = with("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        let skewed = |now| skew(&date, Duration::from_secs(4), at(now));
        assert_eq!(skewed(THEN + 2), Some(Skew(0)));
        assert_eq!(skewed(THEN + 3), Some(Skew(0)), "whole seconds say no more");
        assert_eq!(skewed(THEN - 598), Some(Skew(600)));
        assert_eq!(skewed(THEN + 302), Some(Skew(-300)));
        for (value, shown) in [
            (0, "the same as"),
            (7, "7 s ahead of"),
            (-600, "10 min behind"),
            (90_000, "25 h ahead of"),
        ] {
            assert_eq!(Skew(value).to_string(), shown);
        }
        assert!(Skew(-301).is_too_far() && !Skew(300).is_too_far());
        for nonsense in ["", "now", "1994-11-06", "Sun, 06 Nov 1994 99:49:37 GMT"] {
            let at = skew(&with("date", nonsense), Duration::ZERO, at(THEN));
            assert_eq!(at, None, "{nonsense}");
        }
    }

    #[test]
    fn both_forms_of_retry_after() {
        let after = |value: &str| retry_after(&with("retry-after", value), at(THEN));
        assert_eq!(after("120"), Some(Duration::from_secs(120)));
        assert_eq!(after(" 0 "), Some(Duration::ZERO));
        assert_eq!(after("Sun, 06 Nov 1994 08:50:00 GMT"), Some(Duration::from_secs(23)));
        assert_eq!(after("Sun, 06 Nov 1994 08:00:00 GMT"), Some(Duration::ZERO), "that is over");
        for nonsense in ["", "-1", "soon", "1e3", "99999999999999999999"] {
            assert_eq!(after(nonsense), None, "{nonsense}");
        }
    }
}
