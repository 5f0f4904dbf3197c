//! The plan of a run.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use super::calls::most_calls;
use super::lifetime::longest;
use super::prices::{Charge, Prices, as_f64};
use super::quotas::{self, Holds, Need};
use super::refused::Refused;
use super::show::money;
use super::things::{Thing, made};
use crate::case::{Case, Scope};
use crate::model::only_reads;
use crate::run::{lacking, looks_at};
use crate::target::{CALLED_ON_AWS, MAX_ATTEMPTS, lacked, longest_call};
use crate::transcript::TargetFacts;

/// What is known of the target, and how patient the run is with it.
#[derive(Debug, Clone)]
pub struct Context {
    /// The target: its image and instance type, and what it is declared to lack.
    pub target: TargetFacts,
    /// The time that one request may take, as `--timeout` says it.
    pub request_timeout: Duration,
    /// Calls that make nothing, for AWS refuses them.
    pub refused: Refused,
}

/// What a run is going to do at most.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Plan {
    /// Cases that run.
    pub cases: usize,
    /// Cases that do not, for the target lacks something.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<Skipped>,
    /// How often each case runs in each Region, one time after the other.
    pub samples: u32,
    /// Regions that it runs in.
    pub regions: u32,
    /// Cases that run at once in a Region.
    pub jobs: usize,
    /// The calls.
    pub calls: Calls,
    /// What is made, dearest first.
    pub resources: Vec<Resource>,
    /// What it costs.
    pub price: Price,
    /// What it needs at once, in each Region.
    pub quotas: Vec<Need>,
    /// What all this rests on.
    pub assumptions: Vec<String>,
}

/// A case that does not run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// Its name.
    pub case: String,
    /// What is lacking.
    pub why: String,
}

/// Calls at most, in all samples and Regions together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Calls {
    /// Those that only read; nearly all of them are looks of polls.
    pub reading: u64,
    /// All others, undos too.
    pub changing: u64,
    /// Requests that one call can become if AWS asks to try again.
    pub attempts: u32,
    /// Each action's calls.
    pub by_action: BTreeMap<String, u64>,
}

/// Things of one kind that are made.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Resource {
    /// What they are, with what decides their price.
    pub what: String,
    /// How many in all samples and Regions together.
    pub count: u64,
    /// How long one lives at most, in seconds; `None` if no case removes it.
    pub longest_seconds: Option<u64>,
    /// What they cost at most, in USD, all together; `None` if that is not known.
    pub usd: Option<f64>,
    /// Where the price was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// An upper bound of the price, in USD, without taxes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Price {
    /// By the list prices of `region`; `None` if a price or a lifetime is not known.
    pub at_most: Option<f64>,
    /// By those of any Region: the same times a factor that is assumed.
    pub at_most_anywhere: Option<f64>,
    /// What is known of it, bound or not.
    pub known: f64,
    /// What is not known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<String>,
    /// The Region of the list prices.
    pub region: String,
    /// When they were read.
    pub read: String,
}

impl Plan {
    /// The plan of running these cases `samples` times in each of so many Regions, `jobs` at once.
    pub fn of(cases: &[Case], samples: u32, regions: u32, jobs: usize, context: &Context) -> Plan {
        let prices = Prices::bundled();
        let times = u64::from(samples).saturating_mul(regions.into());
        let call = longest_call(context.request_timeout);
        let mut sum = Sum::default();
        for action in CALLED_ON_AWS.into_iter().chain(looks_at(cases)) {
            sum.call(action, 1);
        }
        for case in cases {
            let scope = known_variables(case, context);
            let lacked = lacked(case, &context.target);
            if let Some(why) = lacked.or_else(|| lacking(case, &scope)) {
                sum.skipped.push(Skipped { case: case.name.clone(), why });
            } else {
                sum.case(case, &scope, call, (&context.refused, prices));
            }
        }
        let resources = sum.resources(times, prices);
        Plan {
            cases: cases.len() - sum.skipped.len(),
            samples,
            regions,
            jobs,
            calls: sum.calls(times),
            price: price(&resources, prices),
            quotas: quotas::needs(&sum.holds, jobs),
            assumptions: assumptions(context, &sum, times, prices),
            skipped: sum.skipped,
            resources,
        }
    }

    /// Whether a fresh account's quotas are too small for it.
    pub fn exceeds_defaults(&self) -> bool {
        self.quotas.iter().any(Need::exceeds_default)
    }
}

/// What one sample in one Region comes to.
#[derive(Default)]
struct Sum {
    skipped: Vec<Skipped>,
    calls: BTreeMap<String, u64>,
    /// By their labels.
    things: BTreeMap<String, Things>,
    holds: Vec<Holds>,
    /// Calls that would make something, and are refused.
    refused: u64,
    /// What of the price is for processors that are used beyond their credits.
    surplus: f64,
}

struct Things {
    count: u64,
    charge: Charge,
    /// `None` if one of them is not removed.
    longest: Option<Duration>,
    /// `None` if one of them has no known price.
    usd: Option<f64>,
}

impl Sum {
    fn call(&mut self, action: &str, count: u64) {
        *self.calls.entry(action.to_owned()).or_insert(0) += count;
    }

    fn case(
        &mut self,
        case: &Case,
        scope: &Scope,
        call: Duration,
        (refused, prices): (&Refused, &Prices),
    ) {
        for (action, count) in most_calls(case) {
            self.call(action, count);
        }
        let mut holds = Holds::new();
        for (at, step) in case.steps.iter().enumerate().filter(|(_, step)| step.calls()) {
            let things = made(case, at, scope, prices);
            if refused.has(case, step) {
                self.refused += u64::from(!things.is_empty());
                continue;
            }
            for thing in things {
                let life = thing.owner.and_then(|owner| longest(case, owner, call));
                hold(&mut holds, &thing, prices);
                self.thing(thing, life, prices);
            }
        }
        self.holds.push(holds);
    }

    fn thing(&mut self, thing: Thing, life: Option<Duration>, prices: &Prices) {
        let one = match life {
            Some(life) => prices.at_most(&thing.charge, life),
            // What is free may stay; what is not has no bound.
            None => (thing.charge == Charge::Free).then_some(0.0),
        };
        let usd = one.map(|one| one * as_f64(thing.count));
        let surplus = life.map(|life| prices.surplus(&thing.charge, life));
        self.surplus += surplus.unwrap_or(0.0) * as_f64(thing.count);
        let things = self.things.entry(thing.label).or_insert(Things {
            count: 0,
            charge: thing.charge,
            longest: Some(Duration::ZERO),
            usd: Some(0.0),
        });
        things.count = things.count.saturating_add(thing.count);
        things.longest = things.longest.zip(life).map(|(a, b)| a.max(b));
        things.usd = things.usd.zip(usd).map(|(a, b)| a + b);
    }

    fn calls(&mut self, times: u64) -> Calls {
        let by_action: BTreeMap<String, u64> = std::mem::take(&mut self.calls)
            .into_iter()
            .map(|(action, count)| (action, count.saturating_mul(times)))
            .collect();
        let sum = |reads| {
            let counts = by_action.iter().filter(|(action, _)| only_reads(action) == reads);
            counts.fold(0, |sum: u64, (_, count)| sum.saturating_add(*count))
        };
        let (reading, changing) = (sum(true), sum(false));
        Calls { reading, changing, attempts: MAX_ATTEMPTS, by_action }
    }

    fn resources(&mut self, times: u64, prices: &Prices) -> Vec<Resource> {
        let mut resources: Vec<Resource> = std::mem::take(&mut self.things)
            .into_iter()
            .map(|(what, things)| Resource {
                what,
                count: things.count.saturating_mul(times),
                longest_seconds: things
                    .longest
                    .map(|l| l.as_millis().div_ceil(1000))
                    .and_then(|s| s.try_into().ok()),
                usd: things.usd.map(|usd| usd * as_f64(times)),
                source: prices.source(&things.charge).map(|s| s.url.clone()),
            })
            .collect();
        let dear = |r: &Resource| r.usd.unwrap_or(f64::INFINITY);
        resources.sort_by(|a, b| dear(b).total_cmp(&dear(a)));
        resources
    }
}

fn hold(holds: &mut Holds, thing: &Thing, prices: &Prices) {
    let Some(quota) = thing.quota else { return };
    let count = match &thing.charge {
        Charge::Instance(kind) => {
            let price = kind.as_deref().and_then(|kind| prices.instances.get(kind));
            price.map(|price| price.vcpus.saturating_mul(thing.count))
        }
        Charge::Volume { gib, .. } => gib.map(|gib| gib.saturating_mul(thing.count)),
        _ => Some(thing.count),
    };
    let held = holds.entry(quota).or_insert(Some(0));
    *held = held.zip(count).map(|(a, b)| a.saturating_add(b));
}

/// The variables whose values are known before a run, and stand-ins for those whose values do not
/// matter here but will be known.
fn known_variables(case: &Case, context: &Context) -> Scope {
    let mut scope = Scope::default();
    for name in ["name", "run", "token", "region", "zone"] {
        scope.set(name, Value::from(name));
    }
    for (name, value) in [
        ("image", &context.target.image),
        ("instance_type", &context.target.instance_type),
        ("ssh_user", &context.target.ssh_user),
    ] {
        if let Some(value) = value {
            scope.set(name, Value::from(value.as_str()));
        }
    }
    for (name, value) in &case.variables {
        scope.set_row(name.as_str(), value.clone());
    }
    scope
}

fn price(resources: &[Resource], prices: &Prices) -> Price {
    let unknown: Vec<String> = resources
        .iter()
        .filter(|r| r.usd.is_none())
        .map(|r| {
            let why = if r.longest_seconds.is_none() { "no undo removes it" } else { "no price" };
            format!("{} ({why})", r.what)
        })
        .collect();
    let known = resources.iter().filter_map(|r| r.usd).sum();
    let at_most = unknown.is_empty().then_some(known);
    Price {
        at_most,
        at_most_anywhere: at_most.map(|usd| usd * prices.elsewhere.factor),
        known,
        unknown,
        region: prices.region.clone(),
        read: prices.accessed.clone(),
    }
}

fn assumptions(context: &Context, sum: &Sum, times: u64, prices: &Prices) -> Vec<String> {
    let root = &prices.root_volume;
    let mut assumptions = vec![
        format!(
            "on-demand Linux instances, list prices of {} read on {}, without taxes",
            prices.region, prices.accessed
        ),
        format!("elsewhere: {}", prices.elsewhere.assumption),
        "everything is undone when its case ends; what resists until all cases have ended costs until \
         then, and what is left behind (exit code 4) until it is removed"
            .to_owned(),
        format!(
            "every call takes its longest, {} s: asked again for as long as that takes, and the last \
             attempt {} s; waiting for AWS's limits on requests is not counted",
            longest_call(context.request_timeout).as_secs(),
            context.request_timeout.as_secs()
        ),
        format!(
            "the image boots from one volume of at most {} GiB, no dearer than {}, and has no price \
             of its own",
            root.gib, root.kind
        ),
        format!(
            "instances of T types use their processors fully, beyond their credits: {} of the price; \
             each has a public address",
            money(sum.surplus * as_f64(times))
        ),
        "nothing is sent out of AWS, and no flow log delivers; API calls are free".to_owned(),
    ];
    let refused = sum.refused.saturating_mul(times);
    if refused > 0 {
        assumptions.push(format!(
            "{refused} calls that could make something are refused, as the baselines of AWS say; \
             what such a call makes all the same is undone, but not in the price"
        ));
    }
    assumptions
}
