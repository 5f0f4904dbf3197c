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
    public_ipv4: Hourly,
    nat_gateway: Hourly,
    interface_endpoint: Hourly,
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
    },
    Snapshot {
        gib: Option<u64>,
    },
    PublicIpv4,
    NatGateway,
    InterfaceEndpoint,
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
            Charge::Volume { kind, gib } => {
                let month = self.volumes.get(kind)?.gib_month * as_f64((*gib)?);
                Some(month / MONTH_HOURS * charged_hours(life))
            }
            // A whole month: no source that was read says how a part of one is rounded.
            Charge::Snapshot { gib } => Some(self.snapshot.gib_month * as_f64((*gib)?)),
            Charge::PublicIpv4 => Some(self.public_ipv4.hour * hours),
            Charge::NatGateway => Some(self.nat_gateway.hour * hours),
            Charge::InterfaceEndpoint => Some(self.interface_endpoint.hour * hours),
            Charge::Unknown => None,
        }
    }

    /// The source of a charge's price.
    pub(super) fn source(&self, charge: &Charge) -> Option<&Source> {
        let key = match charge {
            Charge::Free | Charge::Unknown => return None,
            Charge::Instance(kind) => &self.instances.get(kind.as_deref()?)?.source,
            Charge::Volume { kind, .. } => &self.volumes.get(kind)?.source,
            Charge::Snapshot { .. } => &self.snapshot.source,
            Charge::PublicIpv4 => &self.public_ipv4.source,
            Charge::NatGateway => &self.nat_gateway.source,
            Charge::InterfaceEndpoint => &self.interface_endpoint.source,
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

    #[test]
    fn counted_by_hand() {
        let nano = Charge::Instance(Some("t3.nano".to_owned()));
        // 0.0052 and two vCPUs' surplus of 0.05 for half an hour.
        assert!(close(at_most(&nano, 1800), 0.0526));
        let large = Charge::Instance(Some("m5.large".to_owned()));
        assert!(close(at_most(&large, 3600), 0.096), "no credits, no surplus");
        let volume = Charge::Volume { kind: "gp3".to_owned(), gib: Some(84) };
        assert!(close(at_most(&volume, 3600), 0.01), "84 * 0.08 / 672");
        assert!(close(at_most(&Charge::Snapshot { gib: Some(2) }, 1), 0.1));
        assert!(close(at_most(&Charge::PublicIpv4, 3601), 0.01), "two hours were begun");
        assert!(close(at_most(&Charge::NatGateway, 1), 0.045));
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
            Charge::Volume { kind: "io2".to_owned(), gib: Some(4) },
            Charge::Volume { kind: "gp2".to_owned(), gib: None },
            Charge::Snapshot { gib: None },
            Charge::Unknown,
        ] {
            assert_eq!(prices.at_most(&charge, Duration::from_secs(60)), None, "{charge:?}");
        }
    }

    #[test]
    fn each_price_has_a_source() {
        let prices = Prices::bundled();
        let mut charges = vec![
            Charge::Snapshot { gib: Some(1) },
            Charge::PublicIpv4,
            Charge::NatGateway,
            Charge::InterfaceEndpoint,
        ];
        charges.extend(prices.instances.keys().map(|kind| Charge::Instance(Some(kind.clone()))));
        charges.extend(
            prices.volumes.keys().map(|kind| Charge::Volume { kind: kind.clone(), gib: Some(1) }),
        );
        for charge in charges {
            let source = prices.source(&charge).expect("a source");
            assert!(source.url.starts_with("https://"), "{charge:?}");
            assert!(at_most(&charge, 3600) > 0.0, "{charge:?}");
        }
        assert!(prices.volumes.contains_key(&prices.root_volume.kind));
        assert!(prices.elsewhere.factor >= 1.0);
    }
}
