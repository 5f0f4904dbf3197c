//! The IAM policy that lets a run do what its cases need, and no more.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::calls::most_calls;
use super::input::{sent, template};
use super::permissions::{Extra, extras};
use super::prices::Prices;
use super::refused::Refused;
use crate::case::{Case, Scope};
use crate::model::only_reads;
use crate::run::{looks_at, sweeps_over};
use crate::target::CALLED_ON_AWS;

/// Characters that a managed policy may have, white space not counted ("IAM and AWS STS quotas",
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>).
pub const MANAGED_POLICY_LIMIT: usize = 6_144;

/// Operators, each with condition keys and their values.
pub type Conditions = BTreeMap<&'static str, BTreeMap<&'static str, Vec<String>>>;

/// An IAM policy document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Policy {
    /// The version of the policy language.
    pub version: &'static str,
    /// What is allowed.
    pub statement: Vec<Statement>,
    /// What its reader should know and JSON cannot say.
    #[serde(skip)]
    pub notes: Vec<String>,
}

/// What is allowed, under one condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Statement {
    /// Its name.
    pub sid: &'static str,
    /// Always `Allow`.
    pub effect: &'static str,
    /// The actions, sorted.
    pub action: Vec<String>,
    /// Always `*`. Nearly all reading has no resource-level permissions, and what a run makes has ids
    /// that nobody knows beforehand.
    pub resource: &'static str,
    /// The conditions, all of which have to hold.
    #[serde(skip_serializing_if = "Conditions::is_empty")]
    pub condition: Conditions,
}

impl Policy {
    /// The policy for running these cases on AWS, in these Regions (none: in all of them), with
    /// instances of this type. Calls that are refused need their permissions too, for else they are
    /// refused for the lack of them; but what they leave open needs none.
    pub fn of(
        cases: &[Case],
        regions: &[String],
        instance_type: Option<&str>,
        refused: &Refused,
    ) -> Policy {
        let needs = Needs::of(cases, refused);
        let mut notes = Vec::new();
        let statement = needs.statements(regions, instance_type, &mut notes);
        let mut policy = Policy { version: "2012-10-17", statement, notes };
        policy.remark(regions);
        policy
    }

    /// Its length as IAM counts it, without white space.
    pub fn length(&self) -> usize {
        // No name or value of it has white space within.
        serde_json::to_string(self).map_or(0, |text| text.chars().count())
    }

    /// Every action that is allowed, sorted.
    pub fn actions(&self) -> Vec<&str> {
        let mut actions: Vec<&str> =
            self.statement.iter().flat_map(|s| s.action.iter().map(String::as_str)).collect();
        actions.sort_unstable();
        actions.dedup();
        actions
    }

    /// The same as policies that are each short enough for a managed one, to be attached together.
    pub fn parts(&self) -> Vec<Policy> {
        let mut parts = Vec::new();
        let mut part = Policy { statement: Vec::new(), ..self.clone() };
        for statement in &self.statement {
            let start = || Statement { action: Vec::new(), ..statement.clone() };
            part.statement.push(start());
            for action in &statement.action {
                part.add(action);
                if part.length() > MANAGED_POLICY_LIMIT {
                    part.take_last();
                    let next = Policy { statement: vec![start()], ..part.clone() };
                    parts.push(std::mem::replace(&mut part, next));
                    part.add(action);
                }
            }
        }
        parts.push(part);
        for part in &mut parts {
            part.statement.retain(|statement| !statement.action.is_empty());
        }
        parts
    }

    fn add(&mut self, action: &str) {
        if let Some(statement) = self.statement.last_mut() {
            statement.action.push(action.to_owned());
        }
    }

    fn take_last(&mut self) {
        if let Some(statement) = self.statement.last_mut() {
            statement.action.pop();
        }
    }

    fn remark(&mut self, regions: &[String]) {
        if regions.is_empty() {
            self.notes.push("it holds in every Region; name those you need with --region".into());
        }
        let changes = self.statement.iter().any(|s| s.sid != "Read");
        if changes {
            self.notes.push(
                "the cases' things cannot be told from others beforehand, so it may also change and \
                 remove what others made: use an account that holds nothing else"
                    .into(),
            );
        }
        let length = self.length();
        if length > MANAGED_POLICY_LIMIT {
            self.notes.push(format!(
                "the whole has {length} characters, and a managed policy may have {MANAGED_POLICY_LIMIT}: \
                 attach the {} that --part 1 and on print, or choose fewer cases",
                self.parts().len()
            ));
        }
    }
}

/// What the cases need.
#[derive(Default)]
struct Needs {
    actions: BTreeSet<String>,
    /// Actions that give tags as they make something.
    tagging: BTreeSet<String>,
    extras: BTreeSet<Extra>,
    /// Types of instances as the cases name them; `None` for one that is not named.
    types: BTreeSet<Option<String>>,
    /// The largest volume that is created, and whether there is one whose size the case leaves open.
    largest: Option<u64>,
    unsized_volume: bool,
    /// The largest volume that a launch maps.
    mapped: u64,
}

impl Needs {
    fn of(cases: &[Case], refused: &Refused) -> Needs {
        let mut needs = Needs::default();
        needs.actions.extend(CALLED_ON_AWS.map(str::to_owned));
        // A run looks at what there is before it makes anything, and a sweep at what may have been left.
        let listed = looks_at(cases).into_iter().chain(sweeps_over(cases));
        needs.actions.extend(listed.map(str::to_owned));
        for case in cases {
            let mut scope = Scope::default();
            for (name, value) in &case.variables {
                scope.set_row(name.as_str(), value.clone());
            }
            needs.actions.extend(most_calls(case).into_keys().map(str::to_owned));
            for step in case.steps.iter().filter(|step| step.calls()) {
                let input = Value::Object(sent(step, &scope));
                let from_template = template(case, &input)
                    .and_then(|maker| maker.with.get("LaunchTemplateData"))
                    .cloned();
                let refused = refused.has(case, step);
                needs.call(&step.action, &input, from_template.as_ref(), refused);
                if let Some(undo) = &step.undo {
                    needs.call(&undo.action, &undo.with, None, false);
                }
            }
        }
        needs
    }

    fn call(&mut self, action: &str, input: &Value, template: Option<&Value>, refused: bool) {
        for extra in extras(action, input, template, refused) {
            self.extras.insert(extra);
            if extra == Extra::TagOnCreate {
                self.tagging.insert(action.to_owned());
            }
        }
        let launched_with =
            |member: &str| input.get(member).or_else(|| template.and_then(|t| t.get(member)));
        match action {
            "RunInstances" => {
                let kind = launched_with("InstanceType").and_then(Value::as_str);
                if kind.is_some() || !refused {
                    self.types.insert(kind.map(str::to_owned));
                }
                let mappings = launched_with("BlockDeviceMappings").and_then(Value::as_array);
                let sizes = mappings.into_iter().flatten();
                let sizes = sizes.filter_map(|m| m.get("Ebs")?.get("VolumeSize")?.as_u64());
                self.mapped = sizes.fold(self.mapped, u64::max);
            }
            "CreateVolume" => match input.get("Size") {
                Some(size) => self.largest = self.largest.max(size.as_u64()),
                // As large as its snapshot, which is as large as a volume of the case.
                None if is_variable(input.get("SnapshotId")) => {}
                None => self.unsized_volume |= !refused,
            },
            _ => {}
        }
    }

    fn statements(
        &self,
        regions: &[String],
        instance_type: Option<&str>,
        notes: &mut Vec<String>,
    ) -> Vec<Statement> {
        let in_regions = Conditions::from_iter((!regions.is_empty()).then(|| {
            ("StringEquals", BTreeMap::from([("aws:RequestedRegion", regions.to_vec())]))
        }));
        let (reading, mut changing): (BTreeSet<&str>, BTreeSet<&str>) =
            self.actions.iter().map(String::as_str).partition(|action| only_reads(action));
        let kinds = self.type_cap(instance_type, notes);
        let launch =
            kinds.clone().map(|kinds| kinds.into_iter().chain(self.disk_cap(notes)).collect());
        let mut capped = Vec::new();
        for (sid, action, cap) in [
            ("Launch", "RunInstances", launch),
            ("Start", "StartInstances", kinds),
            (
                "CreateVolume",
                "CreateVolume",
                self.largest.filter(|_| !self.unsized_volume).map(at_most),
            ),
        ] {
            if let Some(cap) = cap.filter(|_| changing.remove(action)) {
                capped.push(allow(
                    sid,
                    [action],
                    in_regions.clone().into_iter().chain(cap).collect(),
                ));
            }
        }
        let mut statements = vec![
            allow("Read", reading, in_regions.clone()),
            allow("Change", changing.clone(), in_regions.clone()),
        ];
        statements.append(&mut capped);
        if !self.tagging.is_empty() && !changing.contains("CreateTags") {
            statements.push(tag_on_create(&self.tagging, in_regions));
        }
        statements.extend(self.other_services(notes));
        statements.retain(|statement| !statement.action.is_empty());
        statements
    }

    /// No instances of other types than the cases': whoever gets hold of the key cannot start anything
    /// large.
    ///
    /// Only the instance among the things that a launch touches has a type, and only the volume a
    /// size; what has none is let through (IAM User Guide, "Condition operators", "…IfExists", whose
    /// example is this one).
    fn type_cap(&self, given: Option<&str>, notes: &mut Vec<String>) -> Option<Conditions> {
        let resolved = |kind: &Option<String>| match kind.as_deref() {
            Some("$instance_type") => given.map(str::to_owned),
            Some(literal) if !literal.contains('$') => Some(literal.to_owned()),
            _ => None,
        };
        let types = self.types.iter().map(resolved).collect::<Option<BTreeSet<String>>>();
        let Some(types) = types else {
            notes.push(
                "it lets instances of every type be started; give the one you use with \
                 --instance-type"
                    .into(),
            );
            return None;
        };
        let types: Vec<String> = types.into_iter().collect();
        if types.is_empty() {
            return None;
        }
        notes.push(format!("instances may be of type {} only", types.join(" or ")));
        let values = BTreeMap::from([("ec2:InstanceType", types)]);
        Some(Conditions::from([("StringEqualsIfExists", values)]))
    }

    /// No disks at a launch that are larger than the plan counts with.
    fn disk_cap(&self, notes: &mut Vec<String>) -> Conditions {
        let gib = Prices::bundled().root_volume.gib.max(self.mapped);
        notes.push(format!("the image's volumes may have {gib} GiB at most"));
        at_most(gib)
    }

    fn other_services(&self, notes: &mut Vec<String>) -> Vec<Statement> {
        let mut statements = Vec::new();
        for extra in &self.extras {
            statements.extend(match extra {
                Extra::InstanceRole => Some(pass_role("PassInstanceRole", "ec2.amazonaws.com")),
                Extra::FlowLogRole => {
                    Some(pass_role("PassFlowLogRole", "vpc-flow-logs.amazonaws.com"))
                }
                Extra::Parameters => Some(other("Parameters", "ssm:GetParameters")),
                Extra::LogDelivery => Some(Statement {
                    action: ["logs:CreateLogDelivery", "logs:DeleteLogDelivery"]
                        .map(str::to_owned)
                        .into(),
                    ..allow("LogDelivery", [], Conditions::new())
                }),
                Extra::HostedZone => {
                    Some(other("HostedZone", "route53:AssociateVPCWithHostedZone"))
                }
                Extra::Key => {
                    notes.push(
                        "cases name a KMS key: permission to use it is not in here, grant it with \
                         the key's policy"
                            .into(),
                    );
                    None
                }
                Extra::TagOnCreate => None,
            });
        }
        statements
    }
}

fn is_variable(value: Option<&Value>) -> bool {
    value.and_then(Value::as_str).is_some_and(|text| text.starts_with('$'))
}

/// Volumes of at most so many GiB.
fn at_most(gib: u64) -> Conditions {
    let values = BTreeMap::from([("ec2:VolumeSize", vec![gib.to_string()])]);
    Conditions::from([("NumericLessThanEqualsIfExists", values)])
}

fn other(sid: &'static str, action: &str) -> Statement {
    Statement { action: vec![action.to_owned()], ..allow(sid, [], Conditions::new()) }
}

fn pass_role(sid: &'static str, to: &str) -> Statement {
    let service = BTreeMap::from([("iam:PassedToService", vec![to.to_owned()])]);
    let condition = Conditions::from([("StringEquals", service)]);
    Statement { condition, ..other(sid, "iam:PassRole") }
}

/// Tags may be given by these actions only, not to what is there already (Amazon EC2 User Guide,
/// "Grant permission to tag Amazon EC2 resources during creation").
fn tag_on_create(actions: &BTreeSet<String>, in_regions: Conditions) -> Statement {
    let mut condition = in_regions;
    condition
        .entry("StringEquals")
        .or_default()
        .insert("ec2:CreateAction", actions.iter().cloned().collect());
    allow("TagOnCreate", ["CreateTags"], condition)
}

fn allow<'a>(
    sid: &'static str,
    actions: impl IntoIterator<Item = &'a str>,
    condition: Conditions,
) -> Statement {
    let action = actions.into_iter().map(|action| format!("ec2:{action}")).collect();
    Statement { sid, effect: "Allow", action, resource: "*", condition }
}
