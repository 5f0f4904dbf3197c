//! Whether a case has what it needs on a target, known before anything runs.

use serde_json::Value;

use super::given::lacking;
use crate::case::{Case, Scope};
use crate::target::lacked;
use crate::transcript::TargetFacts;

/// Why a case would be skipped on a target; `None` if it would run.
pub(crate) fn why_skipped(case: &Case, target: &TargetFacts) -> Option<String> {
    let mut scope = Scope::default();
    for (name, value) in [
        ("image", &target.image),
        ("instance_type", &target.instance_type),
        ("zone", &target.zone),
        ("ssh_user", &target.ssh_user),
    ] {
        if let Some(value) = value {
            scope.set(name, Value::from(value.as_str()));
        }
    }
    for (name, value) in &case.variables {
        scope.set_row(name.as_str(), value.clone());
    }
    lacked(case, target).or_else(|| lacking(case, &scope))
}
