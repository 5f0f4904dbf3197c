//! One answer by itself: the layers that need to know nothing of what came before it.

use super::observe::{AnswerSeen, read};
use super::{Finding, Knowledge, client, merge, model_layer, shape};
use crate::transcript::Exchange;

/// What the client, model and shape layers find in the answer of one exchange; nothing if there is
/// no answer.
pub fn judge_exchange(exchange: &Exchange, knowledge: &Knowledge) -> Vec<Finding> {
    let step = exchange.step.as_deref().unwrap_or_default();
    read(exchange).map(|seen| of_answer(step, &seen, knowledge)).unwrap_or_default()
}

/// The findings about one answer, the same difference in several places counted.
pub(super) fn of_answer(step: &str, seen: &AnswerSeen<'_>, knowledge: &Knowledge) -> Vec<Finding> {
    let profile = knowledge.profiles.get(&seen.exchange.action);
    let mut findings = client::check(step, seen);
    findings.extend(model_layer::check(step, seen, profile, &knowledge.errors));
    if let Some(profile) = profile {
        findings.extend(shape::check(profile, step, seen));
    }
    merge::count(findings)
}
