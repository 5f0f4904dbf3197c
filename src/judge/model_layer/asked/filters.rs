//! Filters for ids: a list that is filtered by `vpc-id` has items of that VPC only.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::request::{Request, is_id, is_text};
use crate::judge::Finding;
use crate::judge::merge::Tally;
use crate::model::{Action, Member, Model, ShapeKind, Structure};

/// Items of a filtered list that have another id than the filter asks for.
pub(super) fn check(request: &Request<'_>, output: &Value) -> Vec<Finding> {
    let filters = filters(request);
    let Some((list, item)) = results(request.action).filter(|_| !filters.is_empty()) else {
        return Vec::new();
    };
    let items = output.get(&list.name).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let mut findings = Tally::default();
    for (filter, ids) in &filters {
        let Some(member) = filtered(item, filter) else { continue };
        let path = format!("{}[].{}", list.name, member.name);
        let states = format!(
            "{} takes the filter {filter}; what it lists has the member {}.",
            request.action.name, member.name
        );
        for other in items.iter().filter_map(|item| item[&member.name].as_str()) {
            if !other.is_empty() && !ids.iter().any(|id| id == other) {
                let expected = json!({"one of": ids});
                findings.extend([request.not_asked_for(&path, other, expected, &states)]);
            }
        }
    }
    findings.into_findings()
}

/// The filters of a request that AWS documents for the action and that ask for ids only: their names
/// and values. `*` and `?` stand for other text, and are in no id.
fn filters(request: &Request<'_>) -> Vec<(String, Vec<String>)> {
    let Some((list, name, values)) = request.members().find_map(of_filters) else {
        return Vec::new();
    };
    let mut filters: BTreeMap<&str, (Option<&str>, Vec<String>)> = BTreeMap::new();
    for (parameter, value) in request.parameters() {
        let Some((number, rest)) = parameter
            .strip_prefix(list.as_str())
            .and_then(|rest| rest.strip_prefix('.'))
            .and_then(|rest| rest.split_once('.'))
        else {
            continue;
        };
        let filter = filters.entry(number).or_default();
        if rest == name {
            filter.0 = Some(value);
        } else if rest.strip_prefix(values.as_str()).is_some_and(|rest| rest.starts_with('.')) {
            filter.1.push(value.to_owned());
        }
    }
    let known = |name: &str| request.action.filters.iter().any(|filter| filter == name);
    let asked = filters.into_values().filter_map(|(name, values)| Some((name?.to_owned(), values)));
    asked
        .filter(|(name, values)| {
            known(name) && !values.is_empty() && values.iter().all(|value| is_id(value))
        })
        .collect()
}

/// How filters are sent, if the member is a list of them: `Filter`, `Name` and `Value`.
fn of_filters(member: &Member) -> Option<(String, String, String)> {
    let ShapeKind::List(list) = &Model::ec2().shape(member.shape).kind else { return None };
    let shape = Model::ec2().shape(list.item);
    let ShapeKind::Structure(filter) = &shape.kind else { return None };
    if shape.name != "Filter" {
        return None;
    }
    let name = |member: &str| Some(filter.member(member)?.query_name().into_owned());
    Some((member.query_name().into_owned(), name("Name")?, name("Values")?))
}

/// The one list of structures that an action returns, and what is in it.
fn results(action: &Action) -> Option<(&'static Member, &'static Structure)> {
    let ShapeKind::Structure(output) = &Model::ec2().shape(action.output?).kind else {
        return None;
    };
    let lists = output.members.iter().filter_map(|member| {
        let ShapeKind::List(list) = &Model::ec2().shape(member.shape).kind else { return None };
        match &Model::ec2().shape(list.item).kind {
            ShapeKind::Structure(item) => Some((member, item)),
            _ => None,
        }
    });
    match lists.collect::<Vec<_>>()[..] {
        [one] => Some(one),
        _ => None,
    }
}

/// The member that a filter is about: `VpcId` for `vpc-id`. Filters for what is further inside
/// (`attachment.vpc-id`) ask for things that have some part of that id.
fn filtered<'s>(item: &'s Structure, filter: &str) -> Option<&'s Member> {
    let mut members = item.members.iter().filter(|m| m.name.ends_with("Id") && is_text(m.shape));
    members.find(|member| dashed(&member.name) == filter)
}

/// `VpcId` as filters write it: `vpc-id`.
fn dashed(name: &str) -> String {
    let mut dashed = String::with_capacity(name.len() + 4);
    for (n, letter) in name.char_indices() {
        if letter.is_ascii_uppercase() && n > 0 {
            dashed.push('-');
        }
        dashed.push(letter.to_ascii_lowercase());
    }
    dashed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_member_a_filter_is_about() {
        let member = |action: &str, filter: &str| {
            let (list, item) = results(Model::ec2().action(action)?)?;
            Some(format!("{}[].{}", list.name, filtered(item, filter)?.name))
        };
        let at = |path: &str| Some(path.to_owned());
        assert_eq!(member("DescribeSubnets", "vpc-id"), at("Subnets[].VpcId"));
        assert_eq!(member("DescribeTags", "resource-id"), at("Tags[].ResourceId"));
        assert_eq!(member("DescribeVpcs", "dhcp-options-id"), at("Vpcs[].DhcpOptionsId"));
        assert_eq!(
            member("DescribeInstances", "reservation-id"),
            at("Reservations[].ReservationId")
        );
        // A reservation has no VPC, and its groups are others than those of its instances.
        assert_eq!(member("DescribeInstances", "vpc-id"), None);
        assert_eq!(member("DescribeInstances", "group-id"), None);
        assert_eq!(member("DescribeVpnGateways", "attachment.vpc-id"), None);
        assert_eq!(member("DescribeVpcs", "state"), None, "no id");
    }
}
