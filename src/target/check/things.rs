//! Image, type, zone, VPCs: what cases will be given, and whether it is there.

use serde_json::{Value, json};

use super::Step;
use crate::target::{Caller, Found, Kind, Question};
use crate::transcript::{TargetFacts, VpcSupport};

/// What cases will be given. `given`: what was said; `found`: what was found out beside it; `zones`:
/// the answer about zones.
pub(super) async fn things(
    caller: &Caller<'_>,
    given: &TargetFacts,
    found: &Found,
    zones: &Value,
    kind: Kind,
) -> Vec<Step> {
    vec![
        image(caller, given, found, kind).await,
        instance_type(caller, given, found, kind).await,
        zone(given, found, zones),
        vpc(given, found),
    ]
}

async fn image(caller: &Caller<'_>, given: &TargetFacts, found: &Found, kind: Kind) -> Step {
    const WHAT: &str = "image";
    let Some(id) = &given.image else {
        return match &found.image {
            Some(id) => Step::ok(WHAT, format!("{id}, found there")),
            None => unknown(WHAT, "image", "--image ami-…", kind),
        };
    };
    match caller.ask("DescribeImages", &json!({"ImageIds": [id]})).await {
        Question::Answered(output) => match output.pointer("/Images/0") {
            Some(image) => match image.get("State").and_then(Value::as_str) {
                Some("available") | None => Step::ok(WHAT, format!("{id}, as said; it is there")),
                Some(state) => Step::warning(
                    WHAT,
                    format!("{id}, as said, is {state}"),
                    "wait until it is available, or give another with --image",
                ),
            },
            None => not_there(WHAT, id, "nothing is answered of it", "--image"),
        },
        Question::Refused { what, .. } => not_there(WHAT, id, &what, "--image"),
        _ => Step::ok(WHAT, format!("{id}, as said")),
    }
}

async fn instance_type(
    caller: &Caller<'_>,
    given: &TargetFacts,
    found: &Found,
    kind: Kind,
) -> Step {
    const WHAT: &str = "instance type";
    let Some(name) = &given.instance_type else {
        return match &found.instance_type {
            Some(name) => Step::ok(WHAT, format!("{name}, found there")),
            None if kind == Kind::Openstack => unknown(
                WHAT,
                "instance type",
                "--instance-type NAME: `openstack flavor list` has the names",
                kind,
            ),
            None => unknown(WHAT, "instance type", "--instance-type NAME", kind),
        };
    };
    match caller.ask("DescribeInstanceTypes", &json!({"InstanceTypes": [name]})).await {
        Question::Refused { code, what } if code.starts_with("InvalidInstanceType") => {
            not_there(WHAT, name, &what, "--instance-type")
        }
        Question::Answered(output) if output.pointer("/InstanceTypes/0").is_none() => {
            not_there(WHAT, name, "nothing is answered of it", "--instance-type")
        }
        Question::Answered(_) => Step::ok(WHAT, format!("{name}, as said; it is there")),
        _ => Step::ok(WHAT, format!("{name}, as said; types are not told here")),
    }
}

fn zone(given: &TargetFacts, found: &Found, zones: &Value) -> Step {
    const WHAT: &str = "zone";
    let all: Vec<&str> = zones
        .get("AvailabilityZones")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|zone| zone.get("ZoneName")?.as_str())
        .collect();
    match (&given.zone, &found.zone) {
        (Some(name), _) if all.is_empty() || all.contains(&name.as_str()) => {
            Step::ok(WHAT, format!("{name}, as said"))
        }
        (Some(name), _) => Step::warning(
            WHAT,
            format!("{name}, as said, is none of {}", all.join(", ")),
            "give one of these with --zone",
        ),
        (None, Some(name)) => Step::ok(WHAT, format!("{name}, found there")),
        (None, None) => Step::warning(
            WHAT,
            "none is open, or none is told",
            "give one with --zone, or the cases that name one are skipped",
        ),
    }
}

fn vpc(given: &TargetFacts, found: &Found) -> Step {
    const WHAT: &str = "vpc";
    match given.vpc.or(found.vpc) {
        Some(VpcSupport::Default) => Step::ok(WHAT, "there is a default VPC"),
        Some(VpcSupport::NoDefault) => Step::ok(
            WHAT,
            "VPCs, but no default one: what AWS puts into it has to work without, or is refused",
        ),
        Some(VpcSupport::None) => Step::ok(WHAT, "none, as said: cases that use one are skipped"),
        None => Step::warning(
            WHAT,
            "not known: DescribeVpcs is not answered",
            "if there are none, say so (`vpc: none`): else the cases about them will find it",
        ),
    }
}

fn unknown(what: &'static str, thing: &str, flag: &str, kind: Kind) -> Step {
    let says = match kind {
        Kind::Aws => format!("no {thing} is said; on AWS none is looked for, as it costs"),
        _ => format!("no {thing} is said, and none was found"),
    };
    Step::warning(what, says, format!("give {flag}, or the cases that start instances are skipped"))
}

fn not_there(what: &'static str, name: &str, says: &str, flag: &str) -> Step {
    let says = format!("{name}, as said, is not there: {says}");
    Step::warning(what, says, format!("give another with {flag}, or leave it out to have it found"))
}
