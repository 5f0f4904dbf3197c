//! What a target is declared not to have, and which cases that concerns.

use crate::case::Case;
use crate::transcript::{Reach, TargetFacts, VpcSupport};

/// Things that cases use, by the names that `uses` has for them.
pub(crate) const LACKABLE: [&str; 8] = [
    "addresses",
    "dhcp_options",
    "images",
    "instances",
    "internet_gateways",
    "snapshots",
    "volumes",
    "vpcs",
];

/// Why a case cannot run on a target that is declared not to have what the case needs; `None` if it
/// can.
pub(crate) fn lacked(case: &Case, target: &TargetFacts) -> Option<String> {
    let uses = |thing: &str| case.uses.keys().any(|used| used.replace('-', "_") == thing);
    if target.vpc == Some(VpcSupport::None) && uses("vpcs") {
        return Some("the target has no VPCs, and the case uses one".to_owned());
    }
    if case.reaches_guests() && target.reach.unwrap_or_default() == Reach::None {
        return Some(
            "the guests of this target cannot be reached; if they can be from here, say \
             --reach direct"
                .to_owned(),
        );
    }
    let actions = case.actions();
    target.lacks.iter().find_map(|lack| {
        if uses(lack) {
            Some(format!("the target is declared to lack {lack}, which the case uses"))
        } else if actions.contains(&lack.as_str()) {
            Some(format!("the target is declared to lack {lack}, which the case calls"))
        } else {
            None
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Model;

    fn case(uses: &str, action: &str) -> Case {
        let text = serde_json::json!({
            "id": "0b8f1d5a-7c3e-4f0e-9a53-6a1f0c2d4e01", "family": "0b8f1d5a-7c3e-4f0e-9a53-6a1f0c2d4e01",
            "name": "a/b", "title": "t", "capability": "a", "uses": { uses: 1 },
            "steps": [{ "id": "s", "action": action }],
        });
        serde_json::from_value(text).expect("a case")
    }

    #[test]
    fn by_thing_and_by_action() {
        let lacks = |lacks: &[&str]| TargetFacts {
            lacks: lacks.iter().map(|&lack| lack.to_owned()).collect(),
            ..TargetFacts::default()
        };
        let volumes = case("volumes", "CreateVolume");
        assert_eq!(lacked(&volumes, &TargetFacts::default()), None);
        assert_eq!(lacked(&volumes, &lacks(&["instances", "RunInstances"])), None);
        let why = lacked(&volumes, &lacks(&["instances", "volumes"])).expect("lacked");
        assert!(why.contains("lack volumes, which the case uses"), "{why}");
        let why = lacked(&volumes, &lacks(&["CreateVolume"])).expect("lacked");
        assert!(why.contains("lack CreateVolume, which the case calls"), "{why}");
        let options = case("dhcp-options", "CreateDhcpOptions");
        assert!(lacked(&options, &lacks(&["dhcp_options"])).is_some(), "however it is written");
    }

    #[test]
    fn without_vpcs() {
        let none = TargetFacts { vpc: Some(VpcSupport::None), ..TargetFacts::default() };
        assert!(lacked(&case("vpcs", "CreateVpc"), &none).is_some());
        // Whether the refusal is AWS's can be seen without any.
        assert_eq!(lacked(&case("volumes", "CreateVpc"), &none), None);
        assert!(Model::ec2().action("CreateVpc").is_some());
    }
}
