//! Asks a target what nobody said of it.

use futures_util::future::join;
use serde_json::{Value, json};

use super::choose::{self, Image};
use super::{Problem, cause, is_not_offered};
use crate::case::Selector;
use crate::target::{Caller, Kind, Question};
use crate::transcript::{TargetFacts, VpcSupport};

/// What was found out, as far as nobody had said it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// An availability zone that is open.
    pub zone: Option<String>,
    /// A machine image that is available.
    pub image: Option<String>,
    /// The smallest type, or one that is in use.
    pub instance_type: Option<String>,
    /// Whether there are VPCs.
    pub vpc: Option<VpcSupport>,
}

impl Found {
    /// Fills in what nobody has said.
    pub(in crate::target) fn complete(&self, facts: &mut TargetFacts) {
        fn fill<T: Clone>(known: &mut Option<T>, found: &Option<T>) {
            if known.is_none() {
                known.clone_from(found);
            }
        }
        fill(&mut facts.zone, &self.zone);
        fill(&mut facts.image, &self.image);
        fill(&mut facts.instance_type, &self.instance_type);
        fill(&mut facts.vpc, &self.vpc);
    }

    /// What was found, in a line; nothing if nothing was.
    pub fn line(&self) -> Option<String> {
        let named = |what: &str, value: &Option<String>| {
            value.as_ref().map(|value| format!("{what} {value}"))
        };
        let vpc = self.vpc.map(|vpc| match vpc {
            VpcSupport::Default => "a default VPC".to_owned(),
            VpcSupport::NoDefault => "no default VPC".to_owned(),
            VpcSupport::None => "no VPCs".to_owned(),
        });
        let all = [
            named("image", &self.image),
            named("type", &self.instance_type),
            named("zone", &self.zone),
            vpc,
        ];
        let all: Vec<String> = all.into_iter().flatten().collect();
        (!all.is_empty()).then(|| all.join(", "))
    }
}

/// What is asked of AWS before the first case. Whoever changes [`first_question`], [`find_rest`] or
/// [`room`](crate::target::room) has to change this.
pub(crate) const CALLED_ON_AWS: [&str; 4] =
    ["DescribeAvailabilityZones", "DescribeVpcs", "DescribeAccountAttributes", "DescribeAddresses"];

/// Asks for what `facts` does not say of image, type and VPCs.
///
/// On AWS neither image nor type is looked for: there are tens of thousands, and which of them is
/// cheap, and may be started at all, is not for us to guess.
pub(in crate::target) async fn find_rest(
    caller: &Caller<'_>,
    facts: &TargetFacts,
    kind: Kind,
) -> Found {
    let lacks = |thing: &str| facts.lacks.iter().any(|lack| lack == thing);
    let machine = async {
        if kind == Kind::Aws || lacks("instances") {
            return (None, None);
        }
        find_machine(caller, facts).await
    };
    let vpcs = async {
        if facts.vpc.is_some() || lacks("vpcs") {
            return None;
        }
        find_vpcs(caller).await
    };
    let ((image, instance_type), vpc) = join(machine, vpcs).await;
    Found { zone: None, image, instance_type, vpc }
}

/// An image and a type that fit each other, as far as nobody said them.
async fn find_machine(
    caller: &Caller<'_>,
    facts: &TargetFacts,
) -> (Option<String>, Option<String>) {
    let image = match (&facts.image, &facts.instance_type) {
        (None, _) => find_image(caller).await,
        (Some(_), Some(_)) => return (None, None),
        (Some(id), None) => {
            // Only its architecture is not known.
            let output = answer(caller, "DescribeImages", json!({"ImageIds": [id]})).await;
            let architecture = output.as_ref().and_then(choose::architecture_of_first);
            Some(Image { id: id.clone(), architecture })
        }
    };
    let instance_type = match facts.instance_type {
        Some(_) => None,
        None => {
            let architecture = image.as_ref().and_then(|image| image.architecture.as_deref());
            find_type(caller, architecture).await
        }
    };
    let image = image.filter(|_| facts.image.is_none()).map(|image| image.id);
    (image, instance_type)
}

/// Every EC2 answers it, and nothing else does: says whether this is one. Gives a zone that is open.
///
/// # Errors
/// The endpoint cannot be reached, does not speak EC2, or refuses the credentials.
pub(in crate::target) async fn first_question(
    caller: &Caller<'_>,
    facts: &TargetFacts,
) -> Result<Option<String>, Problem> {
    let endpoint = facts.endpoint.clone();
    match caller.ask("DescribeAvailabilityZones", &Value::Null).await {
        Question::Answered(output) => Ok(first_zone(&output)),
        Question::Refused { code, what } => match cause(&code, &what) {
            Some(cause) => {
                Err(Problem::Refused { endpoint, what, cause, skew: caller.endpoint().skew() })
            }
            // It speaks EC2, and that is all that was asked.
            None => Ok(None),
        },
        Question::Foreign(what) => Err(Problem::NotEc2 { endpoint, what }),
        Question::Failed { kind, what } => Err(Problem::Unreachable { endpoint, kind, what }),
    }
}

async fn find_image(caller: &Caller<'_>) -> Option<Image> {
    let machines = json!({"Filters": [{"Name": "image-type", "Values": ["machine"]}]});
    let output = match caller.ask("DescribeImages", &machines).await {
        Question::Answered(output) => output,
        // Not every cloud has the filter.
        Question::Refused { .. } => answer(caller, "DescribeImages", Value::Null).await?,
        _ => return None,
    };
    choose::image(&output)
}

/// The smallest type, or where types are not told (OpenStack's ec2-api), one that is in use. Trying
/// to start something would tell too, but a cloud that should only look refused may start it.
async fn find_type(caller: &Caller<'_>, architecture: Option<&str>) -> Option<String> {
    let smallest = |output: &Value| choose::smallest_type(output, architecture);
    let few = caller.ask("DescribeInstanceTypes", &small_types()).await;
    let told = match few {
        Question::Answered(output) => match smallest(&output) {
            None => answer(caller, "DescribeInstanceTypes", Value::Null).await,
            found => return found,
        },
        Question::Refused { code, .. } if is_not_offered(&code) => None,
        // The filter, perhaps.
        _ => answer(caller, "DescribeInstanceTypes", Value::Null).await,
    };
    match told {
        Some(output) => smallest(&output),
        None => {
            // What else an account holds is nobody's concern who reads the transcript.
            let recorder = caller.recorder().silent();
            let caller = caller.with(&recorder);
            choose::type_in_use(&answer(&caller, "DescribeInstances", Value::Null).await?)
        }
    }
}

/// Types that are called small. There may be a thousand others, and an emulator takes a minute to
/// tell of them.
pub(in crate::target) fn small_types() -> Value {
    let names = ["*.nano", "*.micro", "*.tiny", "*.small"];
    json!({"Filters": [{"Name": "instance-type", "Values": names}]})
}

async fn find_vpcs(caller: &Caller<'_>) -> Option<VpcSupport> {
    // As above: nobody's concern.
    let recorder = caller.recorder().silent();
    match caller.with(&recorder).ask("DescribeVpcs", &Value::Null).await {
        Question::Answered(output) => Some(match first_default(&output) {
            true => VpcSupport::Default,
            false => VpcSupport::NoDefault,
        }),
        _ => None,
    }
}

fn first_default(output: &Value) -> bool {
    let vpcs = output.get("Vpcs").and_then(Value::as_array);
    vpcs.into_iter().flatten().any(|vpc| vpc.get("IsDefault") == Some(&Value::Bool(true)))
}

async fn answer(caller: &Caller<'_>, action: &str, input: Value) -> Option<Value> {
    match caller.ask(action, &input).await {
        Question::Answered(output) => Some(output),
        _ => None,
    }
}

/// The first zone that is open, of the answer to DescribeAvailabilityZones.
pub(in crate::target) fn first_zone(output: &Value) -> Option<String> {
    let path = "AvailabilityZones[?State=='available'].ZoneName | [0]";
    let found = Selector::new(path).and_then(|s| s.find(output)).ok()?;
    found.as_str().map(str::to_owned)
}
