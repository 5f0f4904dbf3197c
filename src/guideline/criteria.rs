//! Which criteria a capability meets: by rule where published facts or the suite tell, else by the
//! judgement of those who keep the source.

use std::collections::{BTreeMap, BTreeSet};

use super::document::{Judgement, Tier};
use super::source::{CapabilitySource, Source};
use super::usage::{Package, Usage};
use crate::case::{Case, Suite};
use crate::judge::baseline::Baselines;
use crate::syntax::{Diagnostic, Spanned};

/// How many tools have to call an action.
const TOOLS: usize = 2;
/// In how many dated versions of the API an action has to be: in more than two, as DefCore asks.
const VERSIONS: usize = 3;
/// How many groups of cases have to prepare with an action.
const GROUPS: usize = 6;
/// Where AWS documents its behaviour.
const DOCUMENTATION: &str = "https://docs.aws.amazon.com/";

/// What the rules look at.
pub(super) struct Criteria<'s> {
    source: &'s Source,
    usage: &'s Usage,
    baselines: &'s Baselines,
    /// Groups of cases that prepare with an action.
    prepare: BTreeMap<&'s str, BTreeSet<&'s str>>,
    /// Capabilities that are about an action.
    about: BTreeMap<&'s str, Vec<&'s str>>,
}

impl<'s> Criteria<'s> {
    pub(super) fn new(
        source: &'s Source,
        suite: &'s Suite,
        baselines: &'s Baselines,
        usage: &'s Usage,
    ) -> Self {
        let mut prepare: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for case in &suite.cases {
            for step in case.steps.iter().filter(|step| step.setup && step.calls()) {
                prepare.entry(&step.action).or_default().insert(&case.capability);
            }
        }
        let mut about: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for capability in &source.capabilities {
            for action in &capability.actions {
                about.entry(&action.value).or_default().push(&capability.name.value);
            }
        }
        Criteria { source, usage, baselines, prepare, about }
    }

    /// Every criterion of the source, for one capability with these tests. Reports a criterion that
    /// no rule decides and nobody judged.
    pub(super) fn judge(
        &self,
        capability: &CapabilitySource,
        tests: &[&Case],
        found: &mut Vec<Diagnostic>,
    ) -> BTreeMap<String, Judgement> {
        self.unknown(capability, found);
        let mut judged = BTreeMap::new();
        for name in self.source.criteria.keys() {
            let said = |texts: &[(Spanned<String>, Spanned<String>)], met| {
                let said = texts.iter().find(|(key, _)| key.value == *name);
                said.map(|(_, why)| Judgement { met, counted: false, why: why.value.clone() })
            };
            let judgement = said(&capability.met, true)
                .or_else(|| said(&capability.unmet, false))
                .or_else(|| self.rule(name, capability, tests));
            match judgement {
                Some(judgement) => {
                    judged.insert(name.clone(), judgement);
                }
                None => {
                    let what = &capability.name;
                    let mistake = Diagnostic::error(format!(
                        "nothing says whether `{}` meets `{name}`",
                        what.value
                    ))
                    .at(what.span.clone(), "no rule decides it")
                    .help(format!("add `{name}` to its `met` or `unmet`, and why"));
                    found.push(mistake);
                }
            }
        }
        judged
    }

    fn unknown(&self, capability: &CapabilitySource, found: &mut Vec<Diagnostic>) {
        for (name, _) in capability.met.iter().chain(&capability.unmet) {
            if !self.source.criteria.contains_key(&name.value) {
                let mistake = Diagnostic::error(format!("there is no criterion `{}`", name.value));
                found.push(mistake.at(name.span.clone(), "not in `criteria`"));
            }
        }
        for (name, _) in &capability.met {
            if let Some((other, _)) = capability.unmet.iter().find(|(n, _)| n.value == name.value) {
                let mistake = Diagnostic::error(format!("`{}` is met and not met", name.value))
                    .at(other.span.clone(), "not met")
                    .also(name.span.clone(), "met");
                found.push(mistake);
            }
        }
    }

    fn rule(&self, name: &str, of: &CapabilitySource, tests: &[&Case]) -> Option<Judgement> {
        let actions: Vec<String> = of.actions.iter().map(|action| action.value.clone()).collect();
        let judged = |met, why: String| Some(Judgement { met, counted: true, why });
        let judgement =
            |met, why: &str| Some(Judgement { met, counted: false, why: why.to_owned() });
        match name {
            "future" => judgement(
                true,
                "In AWS's API model of today, and nothing says that AWS gives it up.",
            ),
            "complete" => {
                judgement(true, "Its tests ask for nothing that only one implementation can have.")
            }
            "sticky" if self.source.head.replaces.is_none() => {
                judged(false, "There was no guideline before this one.".to_owned())
            }
            "doc" => {
                let (met, why) = self.documented(tests);
                judged(met, why)
            }
            "proximity" => Some(self.near(of)),
            _ if actions.is_empty() => None,
            "deployed" => {
                let (met, why) = have(&self.usage.clouds, &actions, "offers");
                judged(met, why)
            }
            "clients" => {
                let (met, why) = have(&self.usage.clients, &actions, "has");
                judged(met, why)
            }
            "tools" => {
                let (met, why) = self.tools(&actions);
                judged(met, why)
            }
            "stable" => {
                let (met, why) = self.stable(&actions);
                judged(met, why)
            }
            "discover" => {
                let shows = actions.iter().find(|action| action.starts_with("Describe"));
                match shows {
                    Some(action) => judged(true, format!("{action} shows what there is.")),
                    None => judged(false, "None of its actions shows what there is.".to_owned()),
                }
            }
            "foundation" => {
                let (met, why) = self.foundation(of, &actions);
                judged(met, why)
            }
            "atomic" => {
                let (met, why) = self.atomic(of, &actions);
                judged(met, why)
            }
            _ => None,
        }
    }

    fn documented(&self, tests: &[&Case]) -> (bool, String) {
        let with = tests.iter().filter(|case| is_documented(case, self.baselines)).count();
        match (with, tests.len()) {
            (_, 0) => (false, "It has no tests.".to_owned()),
            (with, all) if with == all => {
                (true, format!("AWS's documentation states what is expected in all {all} tests."))
            }
            (with, all) => {
                (false, format!("AWS's documentation is cited in {with} of {all} tests only."))
            }
        }
    }

    fn near(&self, of: &CapabilitySource) -> Judgement {
        match &of.near {
            Some(near) => Judgement {
                met: true,
                counted: false,
                why: format!("Belongs to {}, which is required.", near.value),
            },
            None => Judgement {
                met: false,
                counted: false,
                why: "No required capability needs it beside itself.".to_owned(),
            },
        }
    }

    fn tools(&self, actions: &[String]) -> (bool, String) {
        let callers = |action: &String| {
            self.usage.tools.iter().filter(|tool| tool.actions.contains(action)).count()
        };
        let few: Vec<&str> =
            actions.iter().filter(|a| callers(a) < TOOLS).map(String::as_str).collect();
        let names: Vec<String> = self.usage.tools.iter().map(Package::name).collect();
        let names = names.join(", ");
        if few.is_empty() {
            (true, format!("Each of its actions is called by two or more of {names}."))
        } else {
            (false, format!("Fewer than two of {names} call {}.", few.join(", ")))
        }
    }

    fn stable(&self, actions: &[String]) -> (bool, String) {
        let count = |action: &String| self.usage.in_versions.get(action).copied().unwrap_or(0);
        let versions = &self.usage.api_versions;
        let newer: Vec<&str> =
            actions.iter().filter(|a| count(a) < VERSIONS).map(String::as_str).collect();
        let since = |action: &String| versions.len().saturating_sub(count(action));
        match actions.iter().map(since).max().and_then(|at| versions.get(at)) {
            Some(first) if newer.is_empty() => {
                (true, format!("In every version of the API since {first}."))
            }
            _ => {
                let known = format!("{} of {} dated versions", VERSIONS, versions.len());
                (false, format!("Not in {known} of the API: {}.", newer.join(", ")))
            }
        }
    }

    fn foundation(&self, of: &CapabilitySource, actions: &[String]) -> (bool, String) {
        let groups = |action: &&String| self.prepare.get(action.as_str()).map_or(0, BTreeSet::len);
        let changes = |action: &&String| !action.starts_with("Describe");
        let most =
            actions.iter().filter(|a| self.provides(of, a)).filter(changes).max_by_key(groups);
        match most.map(|action| (action, groups(&action))) {
            Some((action, count)) if count >= GROUPS => {
                (true, format!("{count} groups of cases prepare with {action}."))
            }
            Some((action, count)) => {
                (false, format!("{count} groups of cases prepare with {action}, not {GROUPS}."))
            }
            None => (
                false,
                "No action of its own changes anything: nothing is prepared with it.".to_owned(),
            ),
        }
    }

    fn atomic(&self, of: &CapabilitySource, actions: &[String]) -> (bool, String) {
        match actions.iter().find(|action| self.provides(of, action)) {
            Some(own) => (true, format!("It provides {own}; others only use it.")),
            None => {
                let first = |action: &String| self.about.get(action.as_str())?.first().copied();
                let names: BTreeSet<&str> = actions.iter().filter_map(first).collect();
                let names: Vec<&str> = names.into_iter().collect();
                (false, format!("Its actions are those of {}.", names.join(", ")))
            }
        }
    }

    /// Whether a capability is the first that is about an action: others only use it.
    fn provides(&self, of: &CapabilitySource, action: &str) -> bool {
        let first = self.about.get(action).and_then(|names| names.first());
        first.is_some_and(|name| *name == of.name.value)
    }
}

/// Whether a case expects something, and cites AWS's documentation for it.
pub(super) fn is_documented(case: &Case, baselines: &Baselines) -> bool {
    baselines.get(&case.family).is_some_and(|baseline| {
        let cited = &baseline.sources;
        let states = |key: &str| cited.get(key).is_some_and(|s| s.url.starts_with(DOCUMENTATION));
        // A key may hold a row's variable: then any of the sources is meant.
        let any = cited.values().any(|source| source.url.starts_with(DOCUMENTATION));
        let keys = baseline.expect.iter().map(|expectation| expectation.source.value.as_str());
        keys.into_iter().any(|key| if key.contains('$') { any } else { states(key) })
    })
}

/// Whether each of these packages has all actions.
fn have(packages: &[Package], actions: &[String], verb: &str) -> (bool, String) {
    let lacking = packages.iter().find(|package| !package.lacks(actions).is_empty());
    match lacking {
        Some(package) => {
            (false, format!("{} lacks {}.", package.name(), package.lacks(actions).join(", ")))
        }
        None => {
            let names: Vec<String> = packages.iter().map(Package::name).collect();
            let all = if actions.len() == 1 { "its action" } else { "all its actions" };
            (true, format!("{} {verb} {all}.", names.join(", ")))
        }
    }
}

/// Reports a capability that belongs to one that is not required.
pub(super) fn check_near(source: &Source, found: &mut Vec<Diagnostic>) {
    for capability in &source.capabilities {
        let Some(near) = &capability.near else { continue };
        let other = source.capabilities.iter().find(|other| other.name.value == near.value);
        let mistake = match other {
            None => Diagnostic::error(format!("there is no capability `{}`", near.value)),
            Some(other) if other.name.value == capability.name.value => {
                Diagnostic::error("a capability does not belong to itself")
            }
            Some(other) if other.tier.value != Tier::Required => {
                Diagnostic::error(format!("`{}` is {}", near.value, other.tier.value))
                    .help("what belongs to a required capability is worth requiring too")
            }
            Some(_) => continue,
        };
        found.push(mistake.at(near.span.clone(), "a required capability is meant"));
    }
}
