//! Measures the suite.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::Incumbent;
use crate::case::{Case, Scope, Step};
use crate::judge::baseline::{Baselines, Claim};
use crate::judge::errors::ErrorCodes;
use crate::model::{Model, ShapeId, ShapeKind};

/// How deep structures are looked into: deeper than any case writes, and some hold themselves.
const DEEPEST: usize = 6;

/// What the suite exercises.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// Cases, rows of matrices counted one by one.
    pub cases: usize,
    /// Case files.
    pub files: usize,
    /// Actions that steps call, of those in AWS's model.
    pub actions: Share,
    /// Actions that steps call, of those that the service offers.
    pub service_actions: Share,
    /// Input members that steps send, of all of the actions that are exercised; a member of a member
    /// counts by its path.
    pub members: Share,
    /// Documented filters that steps ask with, of all of the actions that are exercised.
    pub filters: Share,
    /// Error codes that baselines expect, of those known of AWS.
    pub error_codes: Share,
    /// The incumbent suite's tests.
    pub incumbent: IncumbentCoverage,
    /// The same by capability.
    pub groups: Vec<Group>,
}

/// So many of so many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Share {
    /// How many the suite exercises.
    pub exercised: usize,
    /// How many there are.
    pub model: usize,
    /// Those that are not exercised, sorted.
    #[serde(skip)]
    pub missing: Vec<String>,
}

/// The incumbent's tests, and which cases check the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IncumbentCoverage {
    /// Name and version of the suite.
    pub suite: String,
    /// Name and version of the service that it tests.
    pub service: String,
    /// Tests that a case names in its aliases.
    pub covered: usize,
    /// All its tests.
    pub tests: usize,
    /// Tests of which a part runs only with `run_incompatible_tests`, and that a case names.
    pub hidden_covered: usize,
    /// All tests of which a part runs only so.
    pub hidden: usize,
    /// Tests that end inside a machine, of those covered: of them a case checks what the API shows.
    pub in_guest: usize,
    /// Actions that its code calls.
    pub actions: usize,
    /// Error codes that it asserts.
    pub error_codes: usize,
    /// Every test.
    pub by_test: Vec<TestCoverage>,
}

/// One test of the incumbent's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TestCoverage {
    /// Its dotted name.
    pub name: String,
    /// Its idempotent id.
    pub id: String,
    /// What it checks only with `run_incompatible_tests`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hidden: Vec<String>,
    /// Whether what it checks in the end is inside a machine.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub in_guest: bool,
    /// The cases that name it.
    pub cases: Vec<String>,
}

/// What the cases of one capability exercise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Group {
    /// The capability.
    pub capability: String,
    /// Its cases.
    pub cases: usize,
    /// Actions that they call.
    pub actions: usize,
    /// Input members that they send.
    pub members: usize,
    /// Documented filters that they ask with.
    pub filters: usize,
    /// Error codes that they expect.
    pub error_codes: usize,
    /// Tests of the incumbent that they name.
    pub incumbent: usize,
}

/// What some cases exercise.
#[derive(Debug, Default)]
struct Seen {
    cases: usize,
    families: BTreeSet<String>,
    actions: BTreeSet<String>,
    /// Action and path.
    members: BTreeSet<(String, String)>,
    /// Action and filter.
    filters: BTreeSet<(String, String)>,
    codes: BTreeSet<String>,
    /// The incumbent's tests, and the cases that name them.
    tests: BTreeMap<String, Vec<String>>,
}

impl Coverage {
    /// Measures these cases.
    pub fn of<'c>(
        cases: impl IntoIterator<Item = &'c Case>,
        baselines: &Baselines,
        errors: &ErrorCodes,
    ) -> Coverage {
        let (model, incumbent) = (Model::ec2(), Incumbent::facts());
        let mut all = Seen::default();
        let mut groups: BTreeMap<String, Seen> = BTreeMap::new();
        for case in cases {
            for seen in [&mut all, groups.entry(case.capability.clone()).or_default()] {
                seen.case(case, baselines);
            }
        }
        let actions = model.actions().map(|action| action.name.clone());
        let members = all.actions.iter().flat_map(|action| members_of(action));
        let filters = all.actions.iter().flat_map(|action| filters_of(action));
        let codes = errors.iter().map(|known| known.code.clone());
        Coverage {
            cases: all.cases,
            files: all.families.len(),
            actions: Share::of(&all.actions, actions),
            service_actions: Share::of(&all.actions, incumbent.offers.iter().cloned()),
            members: Share::of(&joined(&all.members), members),
            filters: Share::of(&joined(&all.filters), filters),
            error_codes: Share::of(&all.codes, codes),
            incumbent: IncumbentCoverage::of(incumbent, &all.tests),
            groups: groups.into_iter().map(|(name, seen)| seen.group(name)).collect(),
        }
    }
}

impl Share {
    fn of(exercised: &BTreeSet<String>, model: impl IntoIterator<Item = String>) -> Share {
        let model: BTreeSet<String> = model.into_iter().collect();
        Share {
            exercised: model.intersection(exercised).count(),
            model: model.len(),
            missing: model.difference(exercised).cloned().collect(),
        }
    }
}

impl IncumbentCoverage {
    fn of(facts: &Incumbent, cases: &BTreeMap<String, Vec<String>>) -> IncumbentCoverage {
        let by_test: Vec<TestCoverage> = facts
            .tests
            .iter()
            .map(|test| TestCoverage {
                name: test.name.clone(),
                id: test.id.clone(),
                hidden: test.hidden.clone(),
                in_guest: test.in_guest,
                cases: cases.get(&test.alias()).cloned().unwrap_or_default(),
            })
            .collect();
        let count = |wanted: &dyn Fn(&&TestCoverage) -> bool| by_test.iter().filter(wanted).count();
        IncumbentCoverage {
            suite: facts.suite.clone(),
            service: facts.service.clone(),
            covered: count(&|test| !test.cases.is_empty()),
            tests: by_test.len(),
            hidden_covered: count(&|test| !test.hidden.is_empty() && !test.cases.is_empty()),
            hidden: count(&|test| !test.hidden.is_empty()),
            in_guest: count(&|test| test.in_guest && !test.cases.is_empty()),
            actions: facts.calls.len(),
            error_codes: facts.error_codes.len(),
            by_test,
        }
    }
}

impl Seen {
    fn case(&mut self, case: &Case, baselines: &Baselines) {
        self.cases += 1;
        self.families.insert(case.family.clone());
        let mut scope = Scope::default();
        for (name, value) in &case.variables {
            scope.set_row(name.clone(), value.clone());
        }
        for step in &case.steps {
            self.step(step, &scope);
        }
        for alias in case.aliases.iter().filter(|a| Incumbent::facts().test(a).is_some()) {
            self.tests.entry(alias.clone()).or_default().push(case.name.clone());
        }
        let Some(baseline) = baselines.get(&case.family) else { return };
        for expectation in &baseline.expect {
            if let Claim::Error { codes, .. } = &expectation.claim {
                let codes = codes.iter().map(|code| resolved(&code.value, &scope));
                self.codes.extend(codes.filter_map(|code| code.as_str().map(str::to_owned)));
            }
        }
    }

    fn step(&mut self, step: &Step, scope: &Scope) {
        if !step.calls() {
            return;
        }
        self.actions.insert(step.action.clone());
        let Some(action) = Model::ec2().action(&step.action) else { return };
        let with = resolved(&step.with, scope);
        if let Some(input) = action.input {
            let mut sent = BTreeSet::new();
            sent_members(input, &with, "", &mut sent);
            self.members.extend(sent.into_iter().map(|path| (action.name.clone(), path)));
        }
        let asked = with["Filters"].as_array().map(Vec::as_slice).unwrap_or_default();
        for name in asked.iter().filter_map(|filter| filter["Name"].as_str()) {
            let name = if name.starts_with("tag:") { "tag:<key>" } else { name };
            if action.filters.iter().any(|known| known == name) {
                self.filters.insert((action.name.clone(), name.to_owned()));
            }
        }
    }

    fn group(self, capability: String) -> Group {
        Group {
            capability,
            cases: self.cases,
            actions: self.actions.len(),
            members: self.members.len(),
            filters: self.filters.len(),
            error_codes: self.codes.len(),
            incumbent: self.tests.len(),
        }
    }
}

/// The value with the row's variables replaced; others stay as they are written.
fn resolved(value: &Value, scope: &Scope) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| resolved(item, scope)).collect(),
        Value::Object(map) => {
            map.iter().map(|(key, value)| (key.clone(), resolved(value, scope))).collect()
        }
        scalar => scope.resolve(scalar).unwrap_or_else(|_| scalar.clone()),
    }
}

/// The members that a value gives, by their paths.
fn sent_members(shape: ShapeId, value: &Value, at: &str, sent: &mut BTreeSet<String>) {
    match (&Model::ec2().shape(shape).kind, value) {
        (ShapeKind::Structure(structure), Value::Object(map)) => {
            for member in structure.members.iter().filter(|member| map.contains_key(&member.name)) {
                let path = format!("{at}.{}", member.name);
                sent_members(member.shape, &map[&member.name], &path, sent);
                sent.insert(path);
            }
        }
        (ShapeKind::List(list), Value::Array(items)) => {
            items.iter().for_each(|item| sent_members(list.item, item, &format!("{at}[]"), sent));
        }
        _ => {}
    }
}

/// Every input member of an action, as `Action.Member[].Member`.
fn members_of(action: &str) -> Vec<String> {
    fn walk(shape: ShapeId, at: &str, depth: usize, found: &mut Vec<String>) {
        match &Model::ec2().shape(shape).kind {
            ShapeKind::Structure(structure) if depth < DEEPEST => {
                for member in &structure.members {
                    let path = format!("{at}.{}", member.name);
                    walk(member.shape, &path, depth + 1, found);
                    found.push(path);
                }
            }
            ShapeKind::List(list) => walk(list.item, &format!("{at}[]"), depth, found),
            _ => {}
        }
    }
    let mut found = Vec::new();
    if let Some(input) = Model::ec2().action(action).and_then(|action| action.input) {
        walk(input, action, 0, &mut found);
    }
    found
}

/// Every documented filter of an action, as `Action filter`.
fn filters_of(action: &str) -> Vec<String> {
    let filters = Model::ec2().action(action).map(|a| a.filters.as_slice()).unwrap_or_default();
    filters.iter().map(|filter| format!("{action} {filter}")).collect()
}

fn joined(pairs: &BTreeSet<(String, String)>) -> BTreeSet<String> {
    // A member's path begins with its dot.
    let join = |(action, what): &(String, String)| match what.strip_prefix('.') {
        Some(path) => format!("{action}.{path}"),
        None => format!("{action} {what}"),
    };
    pairs.iter().map(join).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn case(step: Value) -> Case {
        let case = json!({
            "id": "1", "name": "vpcs/x[a]", "family": "f", "title": "T", "capability": "vpcs",
            "aliases": [Incumbent::facts().tests[0].alias(), "somebody's test"],
            "variables": {"filter": "cidr"}, "steps": [step],
        });
        serde_json::from_value(case).expect("a case")
    }

    #[test]
    fn what_a_case_sends_is_counted_by_its_path() {
        let asks = json!({"Filters": [
            {"Name": "$filter", "Values": ["x"]}, {"Name": "tag:Name", "Values": ["$name"]},
            {"Name": "no-such-filter", "Values": []},
        ]});
        let one = case(json!({"id": "a", "action": "DescribeVpcs", "with": asks}));
        let (baselines, errors) = (Baselines::default(), ErrorCodes::default());
        let coverage = Coverage::of([&one, &one], &baselines, &errors);
        assert_eq!((coverage.cases, coverage.files), (2, 1));
        assert_eq!(coverage.actions.exercised, 1);
        assert_eq!(coverage.actions.model, Model::ec2().actions().count());
        assert_eq!(coverage.service_actions.model, 97);
        // Filters, Filters[].Name and Filters[].Values of it.
        assert_eq!(coverage.members.exercised, 3);
        assert!(coverage.members.missing.contains(&"DescribeVpcs.VpcIds".to_owned()));
        assert_eq!(coverage.filters.exercised, 2, "the row's and the tag's");
        assert!(coverage.filters.missing.contains(&"DescribeVpcs vpc-id".to_owned()));
        assert_eq!(coverage.incumbent.covered, 1);
        assert_eq!(coverage.incumbent.by_test[0].cases, ["vpcs/x[a]", "vpcs/x[a]"]);
    }
}
