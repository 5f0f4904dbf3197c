//! List prices, and what a thing costs at most.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Hours of the shortest month: a price of a month is divided by these, so that it is not too low.
const MONTH_HOURS: f64 = 28.0 * 24.0;
/// Instances and volumes are charged by the second, and for a minute at least (`prices.json`, sources
/// `ec2-billing` and `ebs-billing`).
const LEAST_SECONDS: u64 = 60;

/// `prices.json`: list prices in USD.
#[derive(Debug, Deserialize)]
pub(super) struct Prices {
    /// The Region whose prices they are.
    pub(super) region: String,
    /// When the sources were read.
    pub(super) accessed: String,
    pub(super) sources: BTreeMap<String, Source>,
    pub(super) elsewhere: Elsewhere,
    /// What an image's root volume is taken for.
    pub(super) root_volume: RootVolume,
    pub(super) instances: BTreeMap<String, InstancePrice>,
    volumes: BTreeMap<String, Storage>,
    snapshot: Storage,
    /// What costs by the hour, each one that was begun.
    hourly: BTreeMap<String, Hourly>,
}

/// Where a fact comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Source {
    pub(super) title: String,
    pub(super) url: String,
    pub(super) accessed: String,
}

/// What other Regions cost.
#[derive(Debug, Deserialize)]
pub(super) struct Elsewhere {
    pub(super) factor: f64,
    pub(super) assumption: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct RootVolume {
    pub(super) gib: u64,
    #[serde(rename = "type")]
    pub(super) kind: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct InstancePrice {
    pub(super) vcpus: u64,
    hour: f64,
    /// For each vCPU that runs beyond what its credits allow.
    #[serde(default)]
    surplus_vcpu_hour: f64,
    source: String,
}

#[derive(Debug, Deserialize)]
struct Storage {
    gib_month: f64,
    /// For each of the I/O operations a second that are asked for; none if those have no price that
    /// is known.
    iops_month: Option<f64>,
    source: String,
}

#[derive(Debug, Deserialize)]
struct Hourly {
    hour: f64,
    source: String,
}

/// How a thing is charged.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Charge {
    Free,
    /// The type, if it is known.
    Instance(Option<String>),
    Volume {
        kind: String,
        gib: Option<u64>,
        /// I/O operations a second that are asked for; 0 if none are.
        iops: u64,
    },
    Snapshot {
        gib: Option<u64>,
    },
    /// By the hour, by the name in `prices.json`.
    Hourly(&'static str),
    Unknown,
}

impl Prices {
    /// The prices that come with the program.
    pub(super) fn bundled() -> &'static Prices {
        static PRICES: OnceLock<Prices> = OnceLock::new();
        PRICES.get_or_init(|| {
            serde_json::from_str(include_str!("prices.json"))
                .unwrap_or_else(|e| unreachable!("prices.json is ours, and a test reads it: {e}"))
        })
    }

    /// What one thing costs at most that lives so long; `None` if its price is not known.
    pub(super) fn at_most(&self, charge: &Charge, life: Duration) -> Option<f64> {
        let hours = started_hours(life);
        match charge {
            Charge::Free => Some(0.0),
            Charge::Instance(kind) => {
                let price = self.instances.get(kind.as_deref()?)?;
                let hour = price.hour + price.surplus_vcpu_hour * as_f64(price.vcpus);
                Some(hour * charged_hours(life))
            }
            Charge::Volume { kind, gib, iops } => {
                let price = self.volumes.get(kind)?;
                let speed = if *iops == 0 { 0.0 } else { price.iops_month? * as_f64(*iops) };
                let month = price.gib_month * as_f64((*gib)?) + speed;
                Some(month / MONTH_HOURS * charged_hours(life))
            }
            // By the time that it is kept (source `snapshot-billing`), which does not say how a part
            // is rounded: up to whole days is more than any other EBS price is.
            Charge::Snapshot { gib } => {
                let days = (hours / 24.0).ceil();
                Some(self.snapshot.gib_month * as_f64((*gib)?) / MONTH_HOURS * 24.0 * days)
            }
            Charge::Hourly(name) => Some(self.hourly.get(*name)?.hour * hours),
            Charge::Unknown => None,
        }
    }

    /// What of that is for processors that are used beyond their credits.
    pub(super) fn surplus(&self, charge: &Charge, life: Duration) -> f64 {
        let Charge::Instance(Some(kind)) = charge else { return 0.0 };
        let hour = self.instances.get(kind).map(|p| p.surplus_vcpu_hour * as_f64(p.vcpus));
        hour.unwrap_or(0.0) * charged_hours(life)
    }

    /// The source of a charge's price.
    pub(super) fn source(&self, charge: &Charge) -> Option<&Source> {
        let key = match charge {
            Charge::Free | Charge::Unknown => return None,
            Charge::Instance(kind) => &self.instances.get(kind.as_deref()?)?.source,
            Charge::Volume { kind, .. } => &self.volumes.get(kind)?.source,
            Charge::Snapshot { .. } => &self.snapshot.source,
            Charge::Hourly(name) => &self.hourly.get(*name)?.source,
        };
        self.sources.get(key)
    }
}

/// Whole seconds, a minute at least, in hours.
fn charged_hours(life: Duration) -> f64 {
    let seconds = life.as_secs() + u64::from(life.subsec_nanos() > 0);
    as_f64(seconds.max(LEAST_SECONDS)) / 3600.0
}

/// Every hour that was begun, one at least.
fn started_hours(life: Duration) -> f64 {
    as_f64(life.as_millis().div_ceil(3_600_000).max(1).try_into().unwrap_or(u64::MAX))
}

/// More than can be told exactly costs more than can be told.
pub(super) fn as_f64(number: u64) -> f64 {
    u32::try_from(number).map_or(f64::INFINITY, f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_most(charge: &Charge, seconds: u64) -> f64 {
        Prices::bundled().at_most(charge, Duration::from_secs(seconds)).expect("known")
    }

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9
    }

    fn volume(kind: &str, gib: Option<u64>, iops: u64) -> Charge {
        Charge::Volume { kind: kind.to_owned(), gib, iops }
    }

    #[test]
    fn counted_by_hand() {
        let nano = Charge::Instance(Some("t3.nano".to_owned()));
        // 0.0052 and two vCPUs' surplus of 0.05 for half an hour.
        assert!(close(at_most(&nano, 1800), 0.0526));
        let surplus = Prices::bundled().surplus(&nano, Duration::from_secs(1800));
        assert!(close(surplus, 0.05), "of that");
        let large = Charge::Instance(Some("m5.large".to_owned()));
        assert!(close(at_most(&large, 3600), 0.096), "no credits, no surplus");
        let volume = volume("gp3", Some(84), 0);
        assert!(close(at_most(&volume, 3600), 0.01), "84 * 0.08 / 672");
        let fast = self::volume("io1", Some(4), 100);
        assert!(close(at_most(&fast, 3600), 7.0 / 672.0), "4 * 0.125 + 100 * 0.065 a month");
        let snapshot = Charge::Snapshot { gib: Some(28) };
        assert!(close(at_most(&snapshot, 1), 0.05), "a day of 28");
        assert!(close(at_most(&snapshot, 86_401), 0.1), "two days were begun");
        assert!(close(at_most(&Charge::Hourly("public_ipv4"), 3601), 0.01), "two hours were begun");
        assert!(close(at_most(&Charge::Hourly("nat_gateway"), 1), 0.045));
    }

    #[test]
    fn the_least_that_is_charged() {
        let large = Charge::Instance(Some("m5.large".to_owned()));
        assert!(close(at_most(&large, 1), 0.096 / 60.0));
        assert!(close(at_most(&large, 61), 0.096 * 61.0 / 3600.0));
    }

    #[test]
    fn what_is_not_known_has_no_price() {
        let prices = Prices::bundled();
        for charge in [
            Charge::Instance(None),
            Charge::Instance(Some("u-24tb1.metal".to_owned())),
            volume("io2", Some(4), 0),
            volume("gp2", None, 0),
            volume("gp3", Some(4), 4000),
            Charge::Hourly("transit_gateway"),
            Charge::Snapshot { gib: None },
            Charge::Unknown,
        ] {
            assert_eq!(prices.at_most(&charge, Duration::from_secs(60)), None, "{charge:?}");
        }
    }

    #[test]
    fn each_price_has_a_source() {
        let prices = Prices::bundled();
        let mut charges = vec![Charge::Snapshot { gib: Some(1) }];
        charges.extend(prices.hourly.keys().map(|name| Charge::Hourly(name)));
        charges.extend(prices.instances.keys().map(|kind| Charge::Instance(Some(kind.clone()))));
        charges.extend(prices.volumes.keys().map(|kind| volume(kind, Some(1), 0)));
        for charge in charges {
            let source = prices.source(&charge).expect("a source");
            assert!(source.url.starts_with("https://"), "{charge:?}");
            assert!(at_most(&charge, 3600) > 0.0, "{charge:?}");
        }
        assert!(prices.volumes.contains_key(&prices.root_volume.kind));
        assert!(prices.elsewhere.factor >= 1.0);
    }
}
