//! Names: a member's on the wire, and the right one for one that is misspelt.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::facts::Member;

impl Member {
    /// Its element in a response: `vpcSet` for `Vpcs`.
    pub fn wire_name(&self) -> &str {
        self.location_name.as_deref().unwrap_or(&self.name)
    }

    /// Its name in a request, by the rules of the EC2 Query protocol as botocore's `EC2Serializer`
    /// has them: `queryName`, else `locationName` with its first letter in upper case, else the
    /// name. An item of a list is numbered (`Filter.1`) and a structure's member follows a dot
    /// (`Filter.1.Name`).
    pub fn query_name(&self) -> Cow<'_, str> {
        match (&self.query_name, &self.location_name) {
            (Some(name), _) => name.into(),
            (None, Some(name)) if name.starts_with(char::is_lowercase) => {
                let mut letters = name.chars();
                letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
            }
            (None, Some(name)) => name.into(),
            (None, None) => self.name.as_str().into(),
        }
    }
}

/// Whether an action only reads. The Service Authorization Reference gives all of EC2's actions that
/// begin so the access level List or Read.
pub(crate) fn only_reads(action: &str) -> bool {
    ["Describe", "Get", "List", "Search"].iter().any(|verb| action.starts_with(verb))
}

/// The candidate that somebody meant who wrote `wrong`; `None` if nothing is close.
///
/// One that differs in case or separators only (`describe-vpcs`) wins. Else at most one letter in
/// four may be added, lost, changed or swapped; more would guess `StartInstances` for
/// `ListInstances`. Between equally distant ones, the more similar beginning decides.
pub fn suggest<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |name: &str| -> String {
        let letters = name.chars().filter(|letter| !matches!(letter, '-' | '_'));
        letters.flat_map(char::to_lowercase).collect()
    };
    let wrong = plain(wrong);
    let length = wrong.chars().count();
    let allowed = (length / 4).max(1);
    let close = |candidate: &'a str| {
        let plain = plain(candidate);
        // No distance is shorter than this, and it is all that most candidates cost.
        if plain.chars().count().abs_diff(length) > allowed {
            return None;
        }
        let distance = strsim::damerau_levenshtein(&wrong, &plain);
        // A name of one or two letters is within one letter of any other.
        let related = distance == 0 || (distance <= allowed && distance * 2 < length);
        related.then(|| (distance, strsim::jaro_winkler(&wrong, &plain), candidate))
    };
    let best = candidates
        .into_iter()
        .filter_map(close)
        .min_by(|a, b| a.0.cmp(&b.0).then(b.1.partial_cmp(&a.1).unwrap_or(Ordering::Equal)))?;
    Some(best.2)
}

#[cfg(test)]
mod tests {
    use super::super::{Model, ShapeKind, Structure};
    use super::*;

    fn structure(id: super::super::ShapeId) -> &'static Structure {
        match &Model::ec2().shape(id).kind {
            ShapeKind::Structure(structure) => structure,
            ShapeKind::List(list) => structure(list.item),
            other => panic!("{other:?}"),
        }
    }

    fn input(action: &str) -> &'static Structure {
        structure(Model::ec2().action(action).unwrap().input.unwrap())
    }

    #[test]
    fn request_names() {
        let run = input("RunInstances");
        for (member, name) in [
            ("SecurityGroupIds", "SecurityGroupId"),
            ("BlockDeviceMappings", "BlockDeviceMapping"),
            ("NetworkInterfaces", "NetworkInterface"),
            ("ImageId", "ImageId"),
            ("DryRun", "DryRun"),
            ("ClientToken", "ClientToken"),
        ] {
            assert_eq!(run.member(member).unwrap().query_name(), name);
        }
        // These two have a `queryName` beside their `locationName`.
        let interface = structure(run.member("NetworkInterfaces").unwrap().shape);
        let addresses = interface.member("PrivateIpAddresses").unwrap();
        assert_eq!(addresses.query_name(), "PrivateIpAddresses");
        assert_eq!(addresses.wire_name(), "privateIpAddressesSet");

        let filters = input("DescribeVpcs").member("Filters").unwrap();
        let filter = structure(filters.shape);
        let name = filter.member("Name").unwrap().query_name();
        assert_eq!(format!("{}.1.{name}", filters.query_name()), "Filter.1.Name");
        let values = filter.member("Values").unwrap().query_name();
        assert_eq!(format!("{}.1.{values}.1", filters.query_name()), "Filter.1.Value.1");
    }

    #[test]
    fn response_names() {
        let output = structure(Model::ec2().action("DescribeVpcs").unwrap().output.unwrap());
        let vpcs = output.member("Vpcs").unwrap();
        assert_eq!(vpcs.wire_name(), "vpcSet");
        let ShapeKind::List(list) = &Model::ec2().shape(vpcs.shape).kind else { panic!() };
        assert_eq!(list.item_name, "item");
        let vpc = structure(list.item);
        assert_eq!(vpc.member("CidrBlock").unwrap().wire_name(), "cidrBlock");
        assert_eq!(vpc.by_wire_name("cidrBlock").unwrap().name, "CidrBlock");
        assert!(vpc.by_wire_name("CidrBlock").is_none());
    }

    #[test]
    fn no_two_members_of_an_input_share_a_name() {
        for action in Model::ec2().actions() {
            let Some(id) = action.input else { continue };
            let mut names: Vec<_> = structure(id).members.iter().map(Member::query_name).collect();
            let count = names.len();
            names.sort();
            names.dedup();
            assert_eq!(names.len(), count, "{}", action.name);
        }
    }

    #[test]
    fn suggestions() {
        let members = || input("DescribeVpcs").members.iter().map(|member| member.name.as_str());
        assert_eq!(suggest("Filterz", members()), Some("Filters"));
        assert_eq!(suggest("vpcids", members()), Some("VpcIds"));
        assert_eq!(suggest("VpcId", members()), Some("VpcIds"));
        let actions = || Model::ec2().actions().map(|action| action.name.as_str());
        assert_eq!(suggest("DescribeVpc", actions()), Some("DescribeVpcs"));
        assert_eq!(suggest("RunInstance", actions()), Some("RunInstances"));
        assert_eq!(suggest("describe-vpcs", actions()), Some("DescribeVpcs"));
        assert_eq!(suggest("TerminateInstnaces", actions()), Some("TerminateInstances"));
        for nonsense in ["", "x", "Zebra", "ListBuckets", "Quetzalcoatl"] {
            assert_eq!(suggest(nonsense, actions()), None, "{nonsense}");
        }
        assert_eq!(suggest("Vp", ["Id", "Vpc"]), None);
    }

    #[test]
    fn case_alone_beats_a_closer_look() {
        assert_eq!(suggest("vpcId", ["vpcIds", "VpcId"]), Some("VpcId"));
        assert_eq!(suggest("VPCID", ["VpcIds", "VpcId"]), Some("VpcId"));
    }
}
