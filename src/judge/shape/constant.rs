//! Enums of which AWS was only ever seen to send one value: every hypervisor is `xen`.
//!
//! A program that decides by such a value always decides the same way, and one that was written for
//! AWS has never met another: what it loses with the member is not worth a failure. Counted over the
//! answers of all actions, since what never varies in one may in another: the state of a network
//! interface is always `in-use` where an instance shows it.

use std::collections::{BTreeMap, BTreeSet};

use super::{PathStats, Profile};
use crate::judge::Form;
use crate::model::{Model, ShapeId};

/// The enums of which all recordings together show one value.
pub(super) fn constants<'p>(profiles: impl Iterator<Item = &'p Profile>) -> BTreeSet<ShapeId> {
    let mut seen: BTreeMap<ShapeId, BTreeSet<&str>> = BTreeMap::new();
    for profile in profiles {
        for (path, stats) in profile.paths.iter().filter(|(_, stats)| !stats.values.is_empty()) {
            if let Some((_, shape)) = Model::ec2().place(&profile.action, path) {
                let values = stats.values.keys().map(String::as_str);
                seen.entry(shape).or_default().extend(values);
            }
        }
    }
    seen.into_iter().filter(|(_, values)| values.len() == 1).map(|(shape, _)| shape).collect()
}

/// Whether what is at a path never told a program anything: it is of an enum that never varied, or a
/// text that was always empty. A list that was always empty is another matter: programs loop over
/// lists without looking what is in them first.
pub(super) fn never_varies(
    constants: &BTreeSet<ShapeId>,
    action: &str,
    path: &str,
    stats: &PathStats,
) -> bool {
    if stats.kinds.keys().any(|kind| kind != "text") {
        return false;
    }
    let is_empty = stats.forms.get(&Form::Empty) == Some(&stats.present);
    let of_enum =
        || Model::ec2().place(action, path).is_some_and(|(_, id)| constants.contains(&id));
    is_empty || (!stats.values.is_empty() && of_enum())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn profile(action: &str, paths: serde_json::Value) -> Profile {
        let paths: BTreeMap<String, PathStats> = serde_json::from_value(paths).expect("counts");
        Profile::new(action.to_owned(), 40, 40, BTreeMap::new(), paths)
    }

    #[test]
    fn what_varies_in_one_action_varies() {
        let text = |values: serde_json::Value| json!({"parents": 3, "present": 3, "recordings": 3, "kinds": {"text": 3}, "values": values});
        let network = "Reservations[].Instances[].NetworkInterfaces[].Status";
        let hypervisor = "Reservations[].Instances[].Hypervisor";
        let group = "Reservations[].Instances[].Placement.GroupName";
        let codes = "Reservations[].Instances[].ProductCodes";
        let empty = |kind: &str| json!({"parents": 3, "present": 3, "recordings": 3, "kinds": {kind: 3}, "forms": {"empty": 3}});
        let instances = profile(
            "DescribeInstances",
            json!({
                network: text(json!({"in-use": 3})),
                hypervisor: text(json!({"xen": 3})),
                group: empty("text"),
                codes: empty("list"),
                "Reservations[].OwnerId": {"parents": 3, "present": 3, "recordings": 3, "kinds": {"text": 3}},
            }),
        );
        let interfaces = profile(
            "DescribeNetworkInterfaces",
            json!({"NetworkInterfaces[].Status": text(json!({"available": 1, "in-use": 2}))}),
        );
        let never = |profiles: &[&Profile], path: &str| {
            let constants = constants(profiles.iter().copied());
            never_varies(&constants, "DescribeInstances", path, &instances.paths[path])
        };
        assert!(never(&[&instances], network), "as far as this action shows");
        assert!(!never(&[&instances, &interfaces], network));
        assert!(never(&[&instances, &interfaces], hypervisor));
        assert!(never(&[&instances], group), "always empty");
        assert!(!never(&[&instances], codes), "a list");
        assert!(!never(&[&instances], "Reservations[].OwnerId"), "values that were not counted");
    }
}
