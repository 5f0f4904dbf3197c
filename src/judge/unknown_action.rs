//! How an endpoint answers an action that it does not know, as far as the transcript shows it.
//!
//! AWS says `InvalidAction`; others say what they say to any request that they cannot read, so that
//! nobody sees from one answer that the action is not offered. But the suite also calls actions that
//! there are not, and what is answered to those can be compared.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::observe::read;
use crate::case::Case;
use crate::model::Model;
use crate::transcript::{Event, Exchange, Reply, Transcript};
use crate::wire::Answer;

/// The actions of AWS's that an endpoint always answered like one that there is not.
#[derive(Debug, Default)]
pub(super) struct UnknownActions {
    actions: BTreeSet<String>,
}

/// A refusal: HTTP status, code, and message without the action's name.
type Refusal = (u16, String, String);

/// What came of all calls of an action: a refusal that was always the same, or anything else.
type Always = Option<Refusal>;

impl UnknownActions {
    /// Looks through a transcript. Nothing is said where no call succeeded: then everybody may have been
    /// refused for another reason, such as their credentials.
    pub(super) fn of(transcript: &Transcript) -> UnknownActions {
        let cases: HashMap<&str, &Case> = transcript
            .events
            .iter()
            .filter_map(|event| match event {
                Event::Case(started) => Some((started.case.id.as_str(), started.case.as_ref())),
                _ => None,
            })
            .collect();
        let usual = || transcript.exchanges().filter(|exchange| is_usual(exchange, &cases));
        let strange: BTreeSet<Refusal> = usual()
            .filter(|exchange| {
                asked(exchange).is_some_and(|name| Model::ec2().action(&name).is_none())
            })
            .filter_map(refusal)
            .collect();
        if strange.is_empty() {
            return UnknownActions::default();
        }
        let mut always: BTreeMap<&str, Always> = BTreeMap::new();
        for exchange in usual().filter(|e| asked(e).as_deref() == Some(e.action.as_str())) {
            let refusal = refusal(exchange).filter(|refusal| strange.contains(refusal));
            let known = always.entry(&exchange.action).or_insert_with(|| refusal.clone());
            if *known != refusal {
                *known = None;
            }
        }
        if always.values().all(Option::is_some) {
            return UnknownActions::default();
        }
        let actions = always.into_iter().filter(|(_, refusal)| refusal.is_some());
        UnknownActions { actions: actions.map(|(action, _)| action.to_owned()).collect() }
    }

    /// What a refusal of an action says besides; nothing if it is one like others.
    pub(super) fn hint(&self, action: &str) -> &'static str {
        match self.actions.contains(action) {
            true => "; this is how this endpoint answers an action that it does not know",
            false => "",
        }
    }
}

/// The action as it was sent.
fn asked(exchange: &Exchange) -> Option<String> {
    let form = exchange.request.form().as_bytes();
    let mut parameters = url::form_urlencoded::parse(form);
    parameters.find(|(name, _)| name == "Action").map(|(_, action)| action.into_owned())
}

/// Whether it was asked as SDKs ask: what is refused for its signature says nothing about its action.
fn is_usual(exchange: &Exchange, cases: &HashMap<&str, &Case>) -> bool {
    let case = exchange.case.as_deref().and_then(|case| cases.get(case));
    let step = case.zip(exchange.step.as_deref()).and_then(|(case, step)| case.step(step));
    step.is_none_or(|step| step.manner.is_usual())
}

fn refusal(exchange: &Exchange) -> Option<Refusal> {
    // Successes are many and large, and need not be read for this.
    if !matches!(&exchange.reply, Reply::Response(response) if response.status >= 400) {
        return None;
    }
    let seen = read(exchange)?;
    let Answer::Error { error, .. } = &seen.answer else { return None };
    let message = match asked(exchange) {
        Some(action) if !action.is_empty() => error.message.replace(&action, "<action>"),
        _ => error.message.clone(),
    };
    Some((seen.status, error.code.clone(), message))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const CASE: &str = "3c9d3f5e-8f3a-4a39-9f53-2f4f0d1f6a10";

    /// An exchange: the action of the step, that on the wire, and the code it is refused with.
    fn exchange(step: Option<&str>, action: &str, asked: &str, code: Option<&str>) -> Value {
        let (status, body) = match code {
            None => (200, format!("<{action}Response/>")),
            Some(code) => (
                400,
                format!(
                    "<Response><Errors><Error><Code>{code}</Code><Message>No {asked} for you.\
                     </Message></Error></Errors><RequestID>r</RequestID></Response>"
                ),
            ),
        };
        let mut exchange = json!({
            "event": "exchange", "seq": 1, "purpose": "discover", "action": action, "attempt": 1,
            "at_ms": 0, "took_ms": 1,
            "request": {
                "method": "POST", "url": "http://example.test/", "headers": [],
                "body": format!("Action={asked}&Version=2016-11-15"),
            },
            "reply": { "response": { "status": status, "headers": [], "body": { "text": body } } },
        });
        if let Some(step) = step {
            exchange["purpose"] = json!("step");
            exchange["case"] = json!(CASE);
            exchange["step"] = json!(step);
        }
        exchange
    }

    fn unknown(exchanges: &[Value]) -> Vec<String> {
        let run = json!({
            "event": "run", "version": 1, "parallax": "0", "run": "example",
            "started": "2026-01-31T12:00:00Z",
            "target": { "name": "example", "endpoint": "http://example.test/", "region": "us-east-1" },
        });
        let case = json!({
            "id": CASE, "name": "example/example", "title": "An example", "capability": "example",
            "family": CASE, "steps": [
                { "id": "unsigned", "action": "DescribeRegions", "request": { "signature": "none" } },
            ],
        });
        let case = json!({ "event": "case", "case": case, "variables": {}, "at_ms": 0 });
        let end = json!({ "event": "end", "interrupted": false, "at_ms": 60_000 });
        let events = [run, case].into_iter().chain(exchanges.iter().cloned()).chain([end]);
        let lines: Vec<String> = events.map(|event| event.to_string()).collect();
        let transcript = Transcript::parse(&(lines.join("\n") + "\n")).expect("a transcript");
        UnknownActions::of(&transcript).actions.into_iter().collect()
    }

    #[test]
    fn what_is_always_answered_like_an_unknown_action() {
        let plain = |action: &str, code: Option<&str>| exchange(None, action, action, code);
        let strange = exchange(None, "DescribeRegions", "DescribeRegionz", Some("InvalidRequest"));
        let hosts = plain("DescribeHosts", Some("InvalidRequest"));
        let fine = plain("DescribeRegions", None);
        let invalid = plain("DescribeVpcs", Some("InvalidRequest"));
        let all = [strange.clone(), hosts.clone(), hosts.clone(), fine.clone(), invalid.clone()];
        assert_eq!(unknown(&all), ["DescribeHosts", "DescribeVpcs"]);
        // It was answered otherwise once: it is known, and something else was wrong.
        let other = plain("DescribeVpcs", Some("InvalidVpcID.NotFound"));
        let with_other = |other| [&all[..], &[other]].concat();
        assert_eq!(unknown(&with_other(other)), ["DescribeHosts"]);
        assert_eq!(unknown(&with_other(plain("DescribeVpcs", None))), ["DescribeHosts"]);
        // Nothing can be compared, or everything is refused.
        assert_eq!(unknown(&[hosts.clone(), fine.clone()]), [""; 0]);
        assert_eq!(unknown(&[strange, hosts.clone(), invalid]), [""; 0]);
        // What was refused for its signature.
        let unsigned = exchange(
            Some("unsigned"),
            "DescribeRegions",
            "DescribeRegionz",
            Some("InvalidRequest"),
        );
        assert_eq!(unknown(&[unsigned, hosts, fine]), [""; 0]);
    }
}
