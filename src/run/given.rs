//! What the run gives a case, and what it cannot give.

use serde_json::{Map, Value};

use super::RunOptions;
use super::queue::beyond;
use crate::case::{Case, Scope};

/// The variables that the run gives a case.
pub(super) fn variables(case: &Case, attempt: u32, options: &RunOptions) -> Map<String, Value> {
    let target = &options.target;
    let mut variables = Map::new();
    let mut set = |name: &str, value: Option<&String>| {
        if let Some(value) = value {
            variables.insert(name.to_owned(), Value::String(value.clone()));
        }
    };
    set("name", Some(&resource_name(&options.run, attempt, &case.name)));
    set("run", Some(&options.run));
    set("token", Some(&uuid::Uuid::new_v4().to_string()));
    set("region", Some(&target.region));
    set("zone", target.zone.as_ref());
    set("image", target.image.as_ref());
    set("instance_type", target.instance_type.as_ref());
    // A word that may stand in any text: only where it is meant.
    set("ssh_user", target.ssh_user.as_ref().filter(|_| case.names("ssh_user")));
    variables
}

/// `parallax-<run>-<case>`, of characters that every kind of name allows, at most 80. What is run again
/// has another name, `parallax-<run>-2-<case>`: what the attempt before made may still be seen.
fn resource_name(run: &str, attempt: u32, case: &str) -> String {
    let case: String =
        case.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let again = if attempt > 1 { format!("{attempt}-") } else { String::new() };
    let mut name = format!("parallax-{run}-{again}{case}");
    name.truncate(80);
    name.trim_end_matches('-').to_owned()
}

/// Why the target's quotas have no room for this case, however few run beside it.
pub(super) fn over_quota(case: &Case, options: &RunOptions) -> Option<String> {
    let (kind, needed, quota) = beyond(case, &options.target.quotas)?;
    Some(format!(
        "the case needs {needed} {kind} at once, and the target's quota leaves room for {quota}; \
         raise it, or say --quota {kind}={needed} if there is more room"
    ))
}

/// What the target lacks for this case, if anything.
pub(crate) fn lacking(case: &Case, scope: &Scope) -> Option<String> {
    let needed = [
        ("image", "an image", "--image"),
        ("instance_type", "an instance type", "--instance-type"),
        ("zone", "an availability zone", "--zone"),
        ("ssh_user", "the name to log in to guests with", "--ssh-user"),
    ];
    needed.into_iter().find_map(|(name, what, flag)| {
        (case.names(name) && scope.get(name).is_none())
            .then(|| format!("the case needs {what}, and none is known; give {flag}"))
    })
}
