//! How many requests a target is sent.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::model::only_reads;

/// How many requests a target is sent at most.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Rate {
    /// As many as come.
    #[default]
    Unlimited,
    /// So many of all kinds together.
    Total(Bucket),
    /// What AWS documents that it allows, for each action by itself.
    OfAws,
}

/// A bucket of tokens: every request takes one, and waits while there is none.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct Bucket {
    /// Tokens that come back in a second.
    pub per_second: f64,
    /// Tokens that it holds: so many requests may go at once.
    pub burst: u32,
}

/// The least and the greatest rate that can be asked for. A request an hour is no run, and no
/// endpoint takes more.
const RATES: std::ops::RangeInclusive<f64> = 0.01..=10_000.0;

impl Bucket {
    /// A bucket; without a burst it holds what comes in a second, one at least.
    ///
    /// # Errors
    /// The rate or the burst makes no sense; says what does.
    pub fn new(per_second: f64, burst: Option<u32>) -> Result<Bucket, String> {
        if !RATES.contains(&per_second) {
            let (least, most) = (RATES.start(), RATES.end());
            return Err(format!("a rate is between {least} and {most} requests a second"));
        }
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in RATES")]
        let burst = burst.unwrap_or_else(|| per_second.ceil() as u32);
        if burst == 0 {
            return Err("at least one request has to be let through at once".to_owned());
        }
        Ok(Bucket { per_second, burst })
    }
}

impl FromStr for Rate {
    type Err = String;

    /// `20`, `0.5`, `20:100` or `none`.
    fn from_str(text: &str) -> Result<Rate, String> {
        if text == "none" {
            return Ok(Rate::Unlimited);
        }
        let (rate, burst) = match text.split_once(':') {
            Some((rate, burst)) => (rate, Some(burst)),
            None => (text, None),
        };
        let wrong = || {
            "write requests a second as 20 or 0.5, with how many may go at once 20:100, or none"
                .to_owned()
        };
        let rate: f64 = rate.parse().map_err(|_| wrong())?;
        let burst = burst.map(str::parse).transpose().map_err(|_| wrong())?;
        Bucket::new(rate, burst).map(Rate::Total)
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rate::Unlimited => f.write_str("no limit of our own"),
            Rate::Total(bucket) => {
                write!(f, "{} requests a second, {} at once", bucket.per_second, bucket.burst)
            }
            Rate::OfAws => f.write_str("what AWS allows, for each action by itself"),
        }
    }
}

/// `rates.json`.
#[derive(Debug, Deserialize)]
struct Rates {
    reading: Bucket,
    changing: Bucket,
    unfiltered: Group,
    others: BTreeMap<String, Bucket>,
}

#[derive(Debug, Deserialize)]
struct Group {
    bucket: Bucket,
    actions: Vec<String>,
}

/// AWS's bucket for an action.
pub(super) fn of_aws(action: &str) -> Bucket {
    let rates = bundled();
    if let Some(bucket) = rates.others.get(action) {
        *bucket
    } else if rates.unfiltered.actions.iter().any(|a| a == action) {
        // With a filter or pages AWS allows twice as much; the smaller bucket holds for all.
        rates.unfiltered.bucket
    } else if only_reads(action) {
        rates.reading
    } else {
        rates.changing
    }
}

fn bundled() -> &'static Rates {
    static RATES: OnceLock<Rates> = OnceLock::new();
    RATES.get_or_init(|| {
        serde_json::from_str(include_str!("rates.json"))
            .unwrap_or_else(|e| unreachable!("rates.json is ours, and a test reads it: {e}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Model;

    #[test]
    fn as_written() {
        let total = |per_second, burst| Ok(Rate::Total(Bucket { per_second, burst }));
        assert_eq!("20".parse(), total(20.0, 20));
        assert_eq!("0.5".parse(), total(0.5, 1));
        assert_eq!("2.5:100".parse(), total(2.5, 100));
        assert_eq!("none".parse(), Ok(Rate::Unlimited));
        for text in ["", "fast", "0", "-1", "nan", "inf", "1e9", "5:", "5:0", "5:x", ":5", "5:-1"] {
            assert!(text.parse::<Rate>().is_err(), "{text}");
        }
    }

    #[test]
    fn awss_buckets() {
        let bucket = |action| {
            let Bucket { per_second, burst } = of_aws(action);
            (burst, per_second)
        };
        assert_eq!(bucket("DescribeRouteTables"), (100, 20.0));
        assert_eq!(bucket("DescribeInstances"), (50, 10.0));
        assert_eq!(bucket("CreateVpc"), (50, 5.0));
        assert_eq!(bucket("RunInstances"), (5, 2.0));
        assert_eq!(bucket("CreateVpcEndpoint"), (4, 0.3));
    }

    /// A name that AWS does not have would limit nothing.
    #[test]
    fn names_what_there_is() {
        let rates = bundled();
        for action in rates.others.keys().chain(&rates.unfiltered.actions) {
            assert!(Model::ec2().action(action).is_some(), "{action}");
        }
        for bucket in rates.others.values() {
            assert!(Bucket::new(bucket.per_second, Some(bucket.burst)).is_ok(), "{bucket:?}");
        }
    }
}
