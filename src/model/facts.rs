//! The types of the facts. They follow botocore's model files (`service-2.json`,
//! `paginators-1.json`), whose words they use.

/// Refers to a shape of the model; see [`Model::shape`](super::Model::shape).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ShapeId(pub(super) u32);

/// An action of the API.
#[derive(Clone, Debug)]
pub struct Action {
    /// Its name, and the value of a request's `Action` parameter.
    pub name: String,
    /// The structure of its parameters.
    pub input: Option<ShapeId>,
    /// The structure of its response; some actions answer with nothing but a request id.
    pub output: Option<ShapeId>,
    /// Names of the filters that AWS documents, in its order; `tag:<key>` stands for any tag key.
    /// Empty where AWS lists none, which does not mean that there are none.
    pub filters: Vec<String>,
    /// Where its answer identifies what it made, as AWS's resource model has it: a path of member
    /// names, such as `Vpc.VpcId` or `Instances[].InstanceId`.
    pub creates: Option<String>,
    /// How to page through the results.
    pub paginator: Option<Paginator>,
}

/// How an action pages its results, as AWS's SDKs do it (`paginators-1.json`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Paginator {
    /// The input member that takes the token of the next page.
    pub input_token: String,
    /// The output member that gives it.
    pub output_token: String,
    /// The input member for the size of a page.
    pub limit_key: Option<String>,
    /// The output members that hold the results.
    pub result_keys: Vec<String>,
    /// The output member that says whether there is a next page, where it is not the token's
    /// presence that says it.
    pub more_results: Option<String>,
}

/// A type of the model.
#[derive(Clone, Debug)]
pub struct Shape {
    /// AWS's name for it.
    pub name: String,
    /// What it is.
    pub kind: ShapeKind,
    /// Whether AWS marks its values as secret.
    pub sensitive: bool,
}

/// What a shape is.
#[derive(Clone, Debug)]
pub enum ShapeKind {
    /// Named members.
    Structure(Structure),
    /// Any number of items of one shape.
    List(List),
    /// Text.
    String(Text),
    /// A 32-bit integer.
    Integer(Range),
    /// A 64-bit integer.
    Long(Range),
    /// A 64-bit floating point number.
    Double,
    /// A 32-bit floating point number.
    Float,
    /// `true` or `false`.
    Boolean,
    /// An instant, as ISO 8601 text.
    Timestamp,
    /// Bytes, as Base64 text.
    Blob,
}

/// A structure's members.
#[derive(Clone, Debug)]
pub struct Structure {
    /// In AWS's order.
    pub members: Vec<Member>,
    /// Places in `members`, sorted by the members' names, and by their names in a response.
    by_name: Vec<usize>,
    by_wire_name: Vec<usize>,
}

impl Structure {
    pub(super) fn new(members: Vec<Member>) -> Self {
        let mut by_name: Vec<usize> = (0..members.len()).collect();
        let mut by_wire_name = by_name.clone();
        by_name.sort_by(|&a, &b| members[a].name.cmp(&members[b].name));
        by_wire_name.sort_by(|&a, &b| members[a].wire_name().cmp(members[b].wire_name()));
        Self { members, by_name, by_wire_name }
    }

    /// A member by the name that SDKs give it, such as `CidrBlock`.
    pub fn member(&self, sdk_name: &str) -> Option<&Member> {
        let name = |&place: &usize| self.members[place].name.as_str().cmp(sdk_name);
        let at = self.by_name.binary_search_by(name).ok()?;
        Some(&self.members[self.by_name[at]])
    }

    /// A member by its element in a response, such as `cidrBlock`.
    pub fn by_wire_name(&self, element: &str) -> Option<&Member> {
        let name = |&place: &usize| self.members[place].wire_name().cmp(element);
        let at = self.by_wire_name.binary_search_by(name).ok()?;
        Some(&self.members[self.by_wire_name[at]])
    }
}

/// A member of a structure. Its names on the wire are [`Member::wire_name`] and
/// [`Member::query_name`].
#[derive(Clone, Debug)]
pub struct Member {
    /// The name that SDKs give it.
    pub name: String,
    /// Its type.
    pub shape: ShapeId,
    /// Whether a request is not valid without it.
    pub required: bool,
    /// Whether SDKs fill it with a random token where the caller leaves it out.
    pub idempotency_token: bool,
    /// Whether AWS has deprecated it.
    pub deprecated: bool,
    pub(super) location_name: Option<String>,
    pub(super) query_name: Option<String>,
}

/// The member that identifies a structure: the one by which a program names the resource again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Identifier {
    /// The member's name.
    pub member: String,
    /// What says so: a resource of boto3's resource model (`resource Vpc`), or the parameter of a
    /// listing action that takes such identifiers (`DescribeNatGateways.NatGatewayIds`).
    pub by: String,
}

/// A list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct List {
    /// The type of its items.
    pub item: ShapeId,
    /// The element of an item in a response: `item` nearly everywhere, and `member` where the model
    /// says nothing. A request has no such name, it numbers the items: `VpcId.1`, `VpcId.2`.
    pub item_name: String,
    /// The least number of items.
    pub min: Option<u64>,
    /// The greatest number of items.
    pub max: Option<u64>,
}

/// A string's limits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Text {
    /// The values AWS defines, in its order; empty for free text.
    pub enum_values: Vec<String>,
    /// The least length.
    pub min: Option<u64>,
    /// The greatest length.
    pub max: Option<u64>,
    /// A regular expression for the value.
    pub pattern: Option<String>,
}

/// An integer's limits, both inclusive.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Range {
    /// The least value.
    pub min: Option<i64>,
    /// The greatest value.
    pub max: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::super::Model;
    use super::*;

    /// The shape at a path of SDK member names below an action's output; lists are entered.
    fn output(action: &str, path: &[&str]) -> &'static Shape {
        let model = Model::ec2();
        let mut shape = model.shape(model.action(action).unwrap().output.unwrap());
        for name in path {
            let ShapeKind::Structure(structure) = &shape.kind else { panic!("{name}") };
            shape = model.shape(structure.member(name).unwrap().shape);
            if let ShapeKind::List(list) = &shape.kind {
                shape = model.shape(list.item);
            }
        }
        shape
    }

    fn input(action: &str) -> &'static Structure {
        let model = Model::ec2();
        match &model.shape(model.action(action).unwrap().input.unwrap()).kind {
            ShapeKind::Structure(structure) => structure,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn enum_values() {
        let path = ["Reservations", "Instances", "State", "Name"];
        let shape = output("DescribeInstances", &path);
        assert_eq!(shape.name, "InstanceStateName");
        let ShapeKind::String(text) = &shape.kind else { panic!("{shape:?}") };
        assert_eq!(
            text.enum_values,
            ["pending", "running", "shutting-down", "terminated", "stopping", "stopped"]
        );
    }

    #[test]
    fn members_have_their_traits() {
        assert!(input("RunInstances").member("MinCount").unwrap().required);
        assert!(!input("RunInstances").member("ImageId").unwrap().required);
        for action in ["RunInstances", "CreateRouteTable"] {
            assert!(input(action).member("ClientToken").unwrap().idempotency_token, "{action}");
        }
        assert!(!input("CreateVpc").members.iter().any(|member| member.idempotency_token));
        assert!(input("RunInstances").member("ElasticGpuSpecification").unwrap().deprecated);
        assert!(input("RunInstances").member("Imageid").is_none());
    }

    #[test]
    fn kinds_and_limits() {
        let model = Model::ec2();
        let size = input("DescribeVpcs").member("MaxResults").unwrap();
        let ShapeKind::Integer(range) = &model.shape(size.shape).kind else { panic!() };
        assert_eq!(range, &Range { min: Some(5), max: Some(1000) });
        let launched = output("DescribeInstances", &["Reservations", "Instances", "LaunchTime"]);
        assert!(matches!(launched.kind, ShapeKind::Timestamp));
        let default = output("DescribeVpcs", &["Vpcs", "IsDefault"]);
        assert!(matches!(default.kind, ShapeKind::Boolean));
        assert!(output("CreateKeyPair", &["KeyMaterial"]).sensitive);
    }

    #[test]
    fn every_member_is_found_by_both_names() {
        for shape in &Model::ec2().shapes {
            if let ShapeKind::Structure(structure) = &shape.kind {
                for member in &structure.members {
                    for found in
                        [structure.member(&member.name), structure.by_wire_name(member.wire_name())]
                    {
                        assert!(std::ptr::eq(found.unwrap(), member), "{}", shape.name);
                    }
                }
            }
        }
    }
}
