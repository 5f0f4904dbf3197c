//! One answer by itself: the layers that need to know nothing of what came before it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};
use serde_json::Value;

use super::observe::{AnswerSeen, read};
use super::shape::{RawAnswer, Recording};
use super::{Evidence, Finding, Knowledge, Severity, client, merge, model_layer, shape};
use crate::model::Model;
use crate::transcript::{Exchange, Purpose, Redactor, Reply, Request, Response};
use crate::wire::{Answer, Encoding, encode_form};

/// What the client, model and shape layers find in the answer of one exchange; nothing if there is
/// no answer.
pub fn judge_exchange(exchange: &Exchange, knowledge: &Knowledge) -> Vec<Finding> {
    let step = exchange.step.as_deref().unwrap_or_default();
    read(exchange).map(|seen| of_answer(step, &seen, knowledge)).unwrap_or_default()
}

/// AWS has sent the header `x-amzn-RequestId` since some day between the newest recording without it
/// (May 2017) and the oldest with it (August 2020).
const REQUEST_ID_HEADER: Date = date(2020, 8, 12);

/// The year of an answer of which nothing is known: only what AWS did in all years binds it.
const UNKNOWN: i16 = i16::MIN;

/// What the layers find in a stored answer to an action: in its members, if those were stored, by
/// the model and shape layers; in its bytes, if those were stored, also by the client layer.
pub fn judge_recording(action: &str, stored: &Recording, knowledge: &Knowledge) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(raw) = &stored.raw {
        let exchange = exchange(action, stored.status, raw);
        let year = stored.date.map_or(UNKNOWN, Date::year);
        findings =
            read(&exchange).map(|seen| layers("", &seen, knowledge, year)).unwrap_or_default();
        if stored.date.is_some_and(|date| date < REQUEST_ID_HEADER) {
            findings.retain(|finding| finding.rule != "client.request-id");
        }
    }
    if let Some(output) = &stored.output {
        findings.extend(of_members(action, stored.status, output, knowledge));
    }
    for finding in &mut findings {
        finding.exchange = None;
        // Whoever stores answers may take a list out of them, and AWS, too, had its bad days.
        let code = finding.actual["Code"].as_str().unwrap_or_default();
        let had = match finding.rule.as_str() {
            "model.missing-results" => true,
            "model.server-fault" => knowledge.errors.is_of_the_server(code),
            _ => false,
        };
        if had {
            finding.severity = Severity::Divergent;
        }
    }
    findings
}

fn of_members(action: &str, status: u16, output: &Value, knowledge: &Knowledge) -> Vec<Finding> {
    let model = Model::ec2();
    let answer = Answer::of_members(model, model.action(action), status, output);
    let nothing = RawAnswer { request: Vec::new(), headers: Vec::new(), body: Vec::new() };
    let exchange = exchange(action, status, &nothing);
    let (headers, body) = (Vec::new(), Cow::Borrowed(&[][..]));
    let seen = AnswerSeen { exchange: &exchange, status, headers, body, answer };
    let profile = knowledge.profiles.get(action);
    let mut findings = model_layer::check("", &seen, profile, &knowledge.errors);
    // When it was recorded it does not say, but no earlier than the newest time in it.
    let year = shape::newest_time(output, None).map_or(UNKNOWN, Date::year);
    findings.extend(shape::check(&knowledge.profiles, "", &seen, year));
    merge::count(settle(findings))
}

/// A raw answer as if it had just been received.
fn exchange(action: &str, status: u16, raw: &RawAnswer) -> Exchange {
    let redactor = Redactor::default();
    let headers = raw.headers.iter();
    Exchange {
        seq: 1,
        case: None,
        step: None,
        purpose: Purpose::Step,
        action: action.to_owned(),
        attempt: 1,
        at_ms: 0,
        took_ms: 0,
        request: Request {
            method: "POST".to_owned(),
            url: redactor.text(""),
            headers: Vec::new(),
            body: redactor.form(action, &encode_form(&raw.request, Encoding::Usual)),
        },
        reply: Reply::Response(Response {
            status,
            headers: headers.map(|(n, v)| (n.to_lowercase(), redactor.header(n, v))).collect(),
            body: redactor.body(action, &raw.body),
        }),
    }
}

/// The rules of the model layer about what is missing.
const GRAVE_ABSENCES: [&str; 3] =
    ["model.missing-identifier", "model.missing-state", "model.missing-results"];

/// What is missing is said once: by the layer that knows why it matters, with all the evidence.
fn settle(mut findings: Vec<Finding>) -> Vec<Finding> {
    let is_grave = |f: &Finding| GRAVE_ABSENCES.contains(&f.rule.as_str());
    let told = |f: &Finding| matches!(&*f.rule, "shape.missing-member" | "shape.missing-reliable");
    let mut more: BTreeMap<String, (Severity, Vec<Evidence>)> = findings
        .iter()
        .filter(|f| is_grave(f))
        .map(|f| (f.path.clone(), (f.severity, Vec::new())))
        .collect();
    // The graver one stays; of two that are as grave the model's.
    findings.retain(|finding| match more.get_mut(&finding.path) {
        Some((severity, evidence)) if told(finding) && *severity <= finding.severity => {
            evidence.clone_from(&finding.evidence);
            false
        }
        _ => true,
    });
    let graver: BTreeSet<String> = findings
        .iter()
        .filter(|f| f.rule == "shape.missing-reliable" && more.contains_key(&f.path))
        .map(|f| f.path.clone())
        .collect();
    findings.retain(|f| !(is_grave(f) && graver.contains(&f.path)));
    for finding in findings.iter_mut().filter(|f| is_grave(f)) {
        let more = more.get(&finding.path).into_iter().flat_map(|(_, evidence)| evidence);
        finding.evidence.extend(more.cloned());
    }
    findings
}

/// The findings about one answer, the same difference in several places counted.
pub(super) fn of_answer(step: &str, seen: &AnswerSeen<'_>, knowledge: &Knowledge) -> Vec<Finding> {
    layers(step, seen, knowledge, shape::NOW)
}

fn layers(step: &str, seen: &AnswerSeen<'_>, knowledge: &Knowledge, year: i16) -> Vec<Finding> {
    let profile = knowledge.profiles.get(&seen.exchange.action);
    let mut findings =
        if knowledge.without_client { Vec::new() } else { client::check(step, seen) };
    findings.extend(model_layer::check(step, seen, profile, &knowledge.errors));
    findings.extend(shape::check(&knowledge.profiles, step, seen, year));
    merge::count(settle(findings))
}
