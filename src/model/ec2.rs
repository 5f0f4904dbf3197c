//! The model itself: the loaded table and the ways to look something up in it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use super::facts::{Action, Identifier, Shape, ShapeId, ShapeKind, Structure};
use super::waiter::Waiter;
use super::{load, sensitive};

/// The EC2 API as AWS's published model describes it.
pub struct Model {
    pub(super) source: String,
    pub(super) published: String,
    pub(super) resources: String,
    pub(super) api_version: String,
    pub(super) xml_namespace: String,
    /// Sorted by name, as are the waiters: both are found by binary search.
    pub(super) actions: Vec<Action>,
    pub(super) waiters: Vec<Waiter>,
    pub(super) shapes: Vec<Shape>,
    pub(super) identifiers: BTreeMap<ShapeId, Identifier>,
    pub(super) sensitive_names: BTreeSet<String>,
}

impl Model {
    /// The model of EC2's API version 2016-11-15, the only one today's SDKs speak. Read on first
    /// use.
    pub fn ec2() -> &'static Model {
        static EC2: OnceLock<Model> = OnceLock::new();
        EC2.get_or_init(|| load::model(include_str!("ec2-2016-11-15.json")))
    }

    /// An action by its name, such as `DescribeVpcs`.
    pub fn action(&self, name: &str) -> Option<&Action> {
        let at = self.actions.binary_search_by(|action| action.name.as_str().cmp(name));
        at.ok().map(|at| &self.actions[at])
    }

    /// Every action, sorted by name.
    pub fn actions(&self) -> impl Iterator<Item = &Action> {
        self.actions.iter()
    }

    /// The shape that a member, a list or an action refers to.
    pub fn shape(&self, id: ShapeId) -> &Shape {
        &self.shapes[id.0 as usize]
    }

    /// The member that identifies structures of a shape, if one does.
    pub fn identifier(&self, id: ShapeId) -> Option<&Identifier> {
        self.identifiers.get(&id)
    }

    /// Whether the member of this name identifies some resource.
    pub fn is_identifier(&self, member: &str) -> bool {
        self.identifiers.values().any(|identifier| identifier.member == member)
    }

    /// The structure that a path in an action's output ends in, and the shape of what is there. A path
    /// is one of SDK member names, with `[]` for the items of a list: `Vpcs[].DhcpOptionsId`.
    pub fn place(&self, action: &str, path: &str) -> Option<(ShapeId, ShapeId)> {
        let mut at = (self.action(action)?.output?, self.action(action)?.output?);
        for segment in path.split('.') {
            let name = segment.trim_end_matches("[]");
            let ShapeKind::Structure(structure) = &self.shape(at.1).kind else { return None };
            at = (at.1, structure.member(name)?.shape);
            for _ in 0..(segment.len() - name.len()) / 2 {
                let ShapeKind::List(list) = &self.shape(at.1).kind else { return None };
                at.1 = list.item;
            }
        }
        Some(at)
    }

    /// The structure of this name, such as `Vpc`.
    pub fn structure(&self, name: &str) -> Option<&Structure> {
        self.shapes.iter().find_map(|shape| match &shape.kind {
            ShapeKind::Structure(structure) if shape.name == name => Some(structure),
            _ => None,
        })
    }

    /// The values of the enum shape of this name; empty if there is none.
    pub fn enum_values(&self, shape: &str) -> &[String] {
        let found = self.shapes.iter().find(|s| s.name == shape);
        match found.map(|s| &s.kind) {
            Some(ShapeKind::String(text)) => &text.enum_values,
            _ => &[],
        }
    }

    /// A waiter by its name, such as `InstanceRunning`.
    pub fn waiter(&self, name: &str) -> Option<&Waiter> {
        let at = self.waiters.binary_search_by(|waiter| waiter.name.as_str().cmp(name));
        at.ok().map(|at| &self.waiters[at])
    }

    /// Every waiter, sorted by name.
    pub fn waiters(&self) -> impl Iterator<Item = &Waiter> {
        self.waiters.iter()
    }

    /// The value of a request's `Version` parameter: `2016-11-15`.
    pub fn api_version(&self) -> &str {
        &self.api_version
    }

    /// The `xmlns` of a response's root element for a request of this API version, with the trailing
    /// slash that AWS sends and that the model's own `xmlNamespace` lacks (see the example responses
    /// in the EC2 API reference). Without a version that of the model.
    pub fn namespace(&self, version: Option<&str>) -> String {
        let namespace = self.xml_namespace.trim_end_matches('/');
        match (version, namespace.strip_suffix(&self.api_version)) {
            (Some(version), Some(base)) => format!("{base}{version}/"),
            _ => format!("{namespace}/"),
        }
    }

    /// Where the facts come from: `botocore <version>, data/ec2/<api version>`.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// When that was published: a date.
    pub fn published(&self) -> &str {
        &self.published
    }

    /// Where AWS's resource model comes from: `boto3 <version>, data/ec2/<api version>`.
    pub fn resources_source(&self) -> &str {
        &self.resources
    }

    /// The names under which secrets travel, of response elements and of request parameters.
    ///
    /// A name stands for everything below it: `userData` hides `<userData><value>…`, and
    /// `UserData` hides the parameter `UserData.Value`. So compare it with every segment of a
    /// parameter's name and not only with the last.
    ///
    /// A name that is harmless in most of its places is not in here, or every tag's `value` and
    /// every `description` would go: `Value` and `Description`, each secret in the input of one
    /// action only, and `LaunchSpecification`, whose secret part `UserData` is in here by itself.
    /// [`Model::is_sensitive_parameter`] knows those places too.
    pub fn sensitive_wire_names(&self) -> &BTreeSet<String> {
        &self.sensitive_names
    }

    /// Whether a request parameter, such as `UserData` or `UserData.Value`, carries a secret: by
    /// its place in the action's input, or by the names in it
    /// ([`Model::sensitive_wire_names`]) wherever it stands.
    pub fn is_sensitive_parameter(&self, action: &str, parameter: &str) -> bool {
        sensitive::is_parameter(self, action, parameter)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Paginator;
    use super::*;

    #[test]
    fn says_what_it_is() {
        let model = Model::ec2();
        assert_eq!(model.api_version(), "2016-11-15");
        assert_eq!(model.namespace(None), "http://ec2.amazonaws.com/doc/2016-11-15/");
        assert!(model.source().starts_with("botocore 1."), "{}", model.source());
        assert!(model.source().ends_with("data/ec2/2016-11-15"), "{}", model.source());
    }

    #[test]
    fn knows_every_action_and_waiter() {
        let model = Model::ec2();
        assert!(model.actions().count() >= 830);
        assert!(model.waiters().count() >= 43);
        for action in model.actions() {
            assert!(std::ptr::eq(action, model.action(&action.name).unwrap()));
        }
        for waiter in model.waiters() {
            assert!(std::ptr::eq(waiter, model.waiter(&waiter.name).unwrap()));
            assert!(model.action(&waiter.operation).is_some(), "{}", waiter.name);
        }
        assert!(model.action("DescribeClouds").is_none());
    }

    #[test]
    fn every_input_and_output_is_a_structure() {
        let model = Model::ec2();
        for action in model.actions() {
            for id in action.input.iter().chain(&action.output) {
                assert!(
                    matches!(model.shape(*id).kind, ShapeKind::Structure(_)),
                    "{}",
                    action.name
                );
            }
        }
    }

    #[test]
    fn filters_are_the_documented_ones() {
        let filters = |action| &Model::ec2().action(action).unwrap().filters;
        assert_eq!(
            filters("DescribeVpcs"),
            &[
                "cidr",
                "cidr-block-association.cidr-block",
                "cidr-block-association.association-id",
                "cidr-block-association.state",
                "dhcp-options-id",
                "ipv6-cidr-block-association.ipv6-cidr-block",
                "ipv6-cidr-block-association.ipv6-pool",
                "ipv6-cidr-block-association.association-id",
                "ipv6-cidr-block-association.state",
                "is-default",
                "owner-id",
                "state",
                "tag:<key>",
                "tag-key",
                "vpc-id"
            ]
        );
        // The values of `tenancy` are a list inside the list of filters.
        assert!(!filters("DescribeCapacityReservations").iter().any(|name| name == "dedicated"));
        assert!(filters("DescribeInstances").len() > 100);
        assert!(filters("RunInstances").is_empty());
    }

    #[test]
    fn identifiers() {
        let model = Model::ec2();
        let of = |action: &str, path: &[&str]| {
            let mut id = model.action(action).unwrap().output.unwrap();
            for name in path {
                let ShapeKind::Structure(structure) = &model.shape(id).kind else { panic!() };
                id = structure.member(name).unwrap().shape;
                if let ShapeKind::List(list) = &model.shape(id).kind {
                    id = list.item;
                }
            }
            model.identifier(id).map(|identifier| identifier.member.as_str())
        };
        assert_eq!(of("DescribeVpcs", &["Vpcs"]), Some("VpcId"));
        assert_eq!(of("CreateVolume", &[]), Some("VolumeId"));
        assert_eq!(of("CreateNatGateway", &["NatGateway"]), Some("NatGatewayId"));
        // A route has an IPv6 destination or a prefix list instead, an address no allocation id in
        // EC2-Classic.
        assert_eq!(of("DescribeRouteTables", &["RouteTables", "Routes"]), None);
        assert_eq!(of("DescribeAddresses", &["Addresses"]), None);
        for (id, identifier) in &model.identifiers {
            let ShapeKind::Structure(structure) = &model.shape(*id).kind else { panic!() };
            assert!(structure.member(&identifier.member).is_some(), "{identifier:?}");
        }
        let created = |action| model.action(action).unwrap().creates.as_deref();
        assert_eq!(created("CreateVpc"), Some("Vpc.VpcId"));
        assert_eq!(created("DeleteVpc"), None);
    }

    #[test]
    fn places() {
        let names = |action: &str, path: &str| {
            let (structure, value) = Model::ec2().place(action, path)?;
            let name = |id| Model::ec2().shape(id).name.as_str();
            Some((name(structure), name(value)))
        };
        assert_eq!(names("DescribeVpcs", "Vpcs[].State"), Some(("Vpc", "VpcState")));
        assert_eq!(names("CreateVpc", "Vpc"), Some(("CreateVpcResult", "Vpc")));
        assert_eq!(names("DescribeVpcs", "Vpcs[]"), Some(("DescribeVpcsResult", "Vpc")));
        for (action, path) in [
            ("DescribeVpcs", "Vpcs.State"),
            ("DescribeVpcs", "Vpcs[][].State"),
            ("DescribeVpcs", "Vpcs[].Mood"),
            ("DescribeVpcs", ""),
            ("DescribeClouds", "Vpcs"),
            ("DeleteVpc", "Return"),
        ] {
            assert_eq!(names(action, path), None, "{action} {path}");
        }
    }

    #[test]
    fn paginators() {
        let paginator = |action| Model::ec2().action(action).unwrap().paginator.as_ref();
        let expected = Paginator {
            input_token: "NextToken".to_owned(),
            output_token: "NextToken".to_owned(),
            limit_key: Some("MaxResults".to_owned()),
            result_keys: vec!["Vpcs".to_owned()],
            more_results: None,
        };
        assert_eq!(paginator("DescribeVpcs"), Some(&expected));
        assert_eq!(paginator("DescribeVpcEndpointServices").unwrap().result_keys.len(), 2);
        assert_eq!(paginator("RunInstances"), None);
    }
}
