//! What the steps of a case ask for, and which of them made what they name.

use serde_json::{Map, Value};

use super::prices::Prices;
use crate::case::{Case, Scope, Step};

/// The input of one step, with the variables replaced that are known beforehand.
#[derive(Clone, Copy)]
pub(super) struct Input<'c> {
    case: &'c Case,
    /// The step's place in its case.
    pub(super) at: usize,
    scope: &'c Scope,
}

impl<'c> Input<'c> {
    pub(super) fn new(case: &'c Case, at: usize, scope: &'c Scope) -> Self {
        Input { case, at, scope }
    }

    pub(super) fn step(&self) -> &'c Step {
        &self.case.steps[self.at]
    }

    /// A member as it is sent.
    pub(super) fn get(&self, member: &str) -> Option<Value> {
        sent(self.step(), self.scope).get(member).cloned()
    }

    /// The same of a launch, which takes from its launch template what it does not say itself.
    pub(super) fn launched_with(&self, member: &str) -> Option<Value> {
        let from_template = || {
            let data = template(self.case, &self.step().with)?.with.get("LaunchTemplateData")?;
            Some(resolved(data.get(member)?, self.scope))
        };
        self.get(member).or_else(from_template)
    }

    pub(super) fn text(&self, member: &str) -> Option<String> {
        known(&self.get(member)?)
    }

    pub(super) fn number(&self, member: &str) -> Option<u64> {
        number(&self.get(member)?)
    }

    pub(super) fn is_true(&self, member: &str) -> bool {
        self.get(member).is_some_and(|value| is_true(&value))
    }

    /// The earlier step that made what a member names by a variable, alone or first in a list.
    pub(super) fn maker(&self, member: &str) -> Option<Input<'c>> {
        let value = self.get(member)?;
        self.maker_of(value.as_array().map_or(Some(&value), |items| items.first())?)
    }

    fn maker_of(&self, value: &Value) -> Option<Input<'c>> {
        let name = value.as_str()?.strip_prefix('$')?;
        let earlier = &self.case.steps[..self.at];
        let at = earlier.iter().position(|step| step.bind.contains_key(name))?;
        Some(Input { at, ..*self })
    }

    /// The most GiB that the volume, the snapshot or the image of this step can have; of an instance:
    /// all its volumes.
    pub(super) fn gib(&self, prices: &Prices) -> Option<u64> {
        let of = |member: &str| self.maker(member)?.gib(prices);
        match self.step().action.as_str() {
            "CreateVolume" => self.number("Size").or_else(|| of("SnapshotId")),
            "ModifyVolume" => self.number("Size").or_else(|| of("VolumeId")),
            "CreateSnapshot" => of("VolumeId"),
            "CopySnapshot" => of("SourceSnapshotId"),
            "CreateImage" => of("InstanceId"),
            "CopyImage" => of("SourceImageId"),
            "CreateSnapshots" => {
                let what = self.get("InstanceSpecification")?;
                let all = self.maker_of(what.get("InstanceId")?)?.gib(prices)?;
                let without_root = what.get("ExcludeBootVolume").is_some_and(is_true);
                Some(if without_root { all.saturating_sub(prices.root_volume.gib) } else { all })
            }
            "RegisterImage" => {
                let disks = self.disks("BlockDeviceMappings");
                disks.iter().map(|disk| self.disk_gib(disk, prices)).sum()
            }
            "RunInstances" => {
                let disks = self.disks("BlockDeviceMappings");
                let mapped = disks.iter().map(|disk| self.disk_gib(disk, prices));
                // Any volume of the case may be attached to it.
                let others = (0..self.case.steps.len())
                    .map(|at| Input { at, ..*self })
                    .filter(|other| other.step().action == "CreateVolume")
                    .map(|other| other.gib(prices));
                mapped
                    .chain(others)
                    .try_fold(prices.root_volume.gib, |sum, gib| Some(sum.saturating_add(gib?)))
            }
            // Looked up: it can only be a volume of an instance of the case.
            _ => {
                let mut earlier = (0..self.at).map(|at| Input { at, ..*self });
                earlier.find(|other| other.step().action == "RunInstances")?.gib(prices)
            }
        }
    }

    /// The volumes of block device mappings.
    pub(super) fn disks(&self, member: &str) -> Vec<Map<String, Value>> {
        let mappings = self.launched_with(member);
        let mappings = mappings.as_ref().and_then(Value::as_array).into_iter().flatten();
        mappings.filter_map(|m| m.get("Ebs")?.as_object().cloned()).collect()
    }

    /// The size of a mapped volume: its own, or its snapshot's; one that has neither is the image's
    /// own, with another setting.
    pub(super) fn disk_gib(&self, disk: &Map<String, Value>, prices: &Prices) -> Option<u64> {
        match (disk.get("VolumeSize"), disk.get("SnapshotId")) {
            (Some(size), _) => number(size),
            (None, Some(snapshot)) => self.maker_of(snapshot)?.gib(prices),
            (None, None) => Some(prices.root_volume.gib),
        }
    }

    /// Whether an earlier step asked for the very same with the same token: that makes nothing more.
    pub(super) fn repeats(&self) -> bool {
        let step = self.step();
        step.with.get("ClientToken").is_some()
            && self.case.steps[..self.at]
                .iter()
                .any(|s| s.action == step.action && s.with == step.with && s.undo.is_some())
    }
}

/// The input of a step as it is sent, with the variables replaced that are known: what `parameters`
/// says of a member counts.
pub(super) fn sent(step: &Step, scope: &Scope) -> Map<String, Value> {
    let mut input = match resolved(&step.with, scope) {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    // Where one member has a variable that is not known, the others are known all the same.
    for value in input.values_mut() {
        *value = resolved(value, scope);
    }
    for (name, value) in &step.parameters {
        match value {
            Value::Null => drop(input.remove(name)),
            value => drop(input.insert(name.clone(), resolved(value, scope))),
        }
    }
    input
}

/// A variable of the row whose value names one that is not known stands for that value.
fn resolved(value: &Value, scope: &Scope) -> Value {
    scope.resolve(value).unwrap_or_else(|_| {
        let name = value.as_str().and_then(|text| text.strip_prefix('$'));
        name.and_then(|name| scope.get(name)).unwrap_or(value).clone()
    })
}

/// The step that makes the launch template that this input names, if the case does.
pub(super) fn template<'c>(case: &'c Case, input: &Value) -> Option<&'c Step> {
    let named = input.get("LaunchTemplate")?;
    let makers = case.steps.iter().filter(|step| step.action == "CreateLaunchTemplate");
    let by_id = named.get("LaunchTemplateId").and_then(Value::as_str);
    let name = named.get("LaunchTemplateName");
    let made = |step: &&Step| match by_id.and_then(|id| id.strip_prefix('$')) {
        Some(variable) => step.bind.contains_key(variable),
        None => name.is_some() && name == step.with.get("LaunchTemplateName"),
    };
    let mut makers = makers.filter(made);
    makers.next()
}

/// A text that is no variable: what one stands for is not known.
pub(super) fn known(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.contains('$')).map(str::to_owned)
}

pub(super) fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

fn is_true(value: &Value) -> bool {
    value == true || value == "true"
}
