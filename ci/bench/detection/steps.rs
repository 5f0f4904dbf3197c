//! The steps of a recorded case, as far as their answers can be broken.

use std::collections::BTreeSet;

use parallax::case::{Case, Selector, Step};
use parallax::model::Model;
use parallax::transcript::{Body, Event, Exchange, Purpose, Reply as Recorded, Transcript};
use parallax::wire::{Answer, Document};
use serde_json::Value;

use super::node::Node;
use super::sample::Reply;

/// One case by itself.
pub struct Recording {
    /// The transcript of this case alone.
    pub transcript: Transcript,
    /// The case.
    pub case: Case,
    /// Ids and other values that steps bound: step, path, value.
    pub bound: Vec<(String, String, String)>,
    /// Names and tokens that the run gave the case.
    pub names: Vec<String>,
}

fn names(transcript: &Transcript) -> Vec<String> {
    let given = transcript.events.iter().filter_map(|event| match event {
        Event::Case(started) => Some(started.variables.as_value()),
        _ => None,
    });
    let named = |value: &Value, name: &str| value[name].as_str().map(str::to_owned);
    given.flat_map(|v| ["name", "run", "token"].map(|name| named(v, name))).flatten().collect()
}

/// The answer that a step ended with.
pub struct Last<'r> {
    /// Its place among the transcript's events.
    pub event: usize,
    /// The exchange.
    pub exchange: &'r Exchange,
    /// The answer's bytes.
    pub reply: Reply,
    /// Its elements.
    pub root: Node,
    /// Its members, if it is a success.
    pub output: Option<Value>,
}

impl Recording {
    /// Takes each case of a transcript by itself.
    pub fn each(transcript: &Transcript) -> Vec<Recording> {
        let cases: Vec<Case> = transcript.cases().cloned().collect();
        let alone = |case: Case| {
            let belongs = |event: &&Event| match event {
                Event::Case(started) => started.case.id == case.id,
                Event::Exchange(exchange) => exchange.case.as_ref() == Some(&case.id),
                Event::Step(ended) => ended.case == case.id,
                Event::CaseEnded(ended) => ended.case == case.id,
                _ => false,
            };
            let events = transcript.events.iter().filter(belongs).cloned().collect();
            let transcript = Transcript {
                run: transcript.run.clone(),
                events,
                end: transcript.end.clone(),
                cut_off: 0,
            };
            let names = names(&transcript);
            let mut recording = Recording { transcript, case, bound: Vec::new(), names };
            recording.bound = recording.bindings();
            recording
        };
        cases.into_iter().map(alone).collect()
    }

    fn bindings(&self) -> Vec<(String, String, String)> {
        let mut bound = Vec::new();
        for step in &self.case.steps {
            let Some(output) = self.last(step).and_then(|last| last.output) else { continue };
            for (_, path) in step.binds() {
                if let Some(Value::String(text)) = find(path, &output) {
                    bound.push((step.id.clone(), path.to_owned(), text));
                }
            }
        }
        bound
    }

    /// The exchanges of a step, in order, with their places among the events.
    pub fn exchanges(&self, step: &Step) -> Vec<(usize, &Exchange)> {
        let of_step = |event: (usize, &'_ Event)| match event {
            (n, Event::Exchange(exchange))
                if exchange.purpose == Purpose::Step
                    && exchange.step.as_ref() == Some(&step.id) =>
            {
                Some(n)
            }
            _ => None,
        };
        let places = self.transcript.events.iter().enumerate().filter_map(of_step);
        places
            .filter_map(|n| match &self.transcript.events[n] {
                Event::Exchange(exchange) => Some((n, exchange)),
                _ => None,
            })
            .collect()
    }

    /// The answer that a step ended with, if it is EC2's.
    pub fn last(&self, step: &Step) -> Option<Last<'_>> {
        let (event, exchange) = self.exchanges(step).pop()?;
        let reply = reply(exchange)?;
        let root = Node::from(&Document::parse(&reply.body).ok()?.root);
        let output = output(&exchange.action, reply.status, &reply.body);
        Some(Last { event, exchange, reply, root, output })
    }

    /// The transcript with one exchange's answer replaced.
    pub fn with_reply(&self, event: usize, reply: &Reply) -> Transcript {
        let mut transcript = self.transcript.clone();
        if let Event::Exchange(exchange) = &mut transcript.events[event] {
            *exchange = replaced(exchange, reply);
        }
        transcript
    }

    /// The transcript with one more look of a poll before its first, answered like this.
    pub fn with_look(&self, first: usize, answer: &Reply) -> Transcript {
        let mut transcript = self.transcript.clone();
        if let Event::Exchange(exchange) = &self.transcript.events[first] {
            transcript.events.insert(first, Event::Exchange(replaced(exchange, answer)));
        }
        transcript
    }

    /// All texts of all answers.
    pub fn texts(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for exchange in self.transcript.exchanges() {
            let Some(reply) = reply(exchange) else { continue };
            if let Ok(document) = Document::parse(&reply.body) {
                texts(&Node::from(&document.root), &mut found);
            }
        }
        found
    }
}

fn texts(node: &Node, found: &mut BTreeSet<String>) {
    if node.children.is_empty() && !node.text.is_empty() {
        found.insert(node.text.clone());
    }
    node.children.iter().for_each(|child| texts(child, found));
}

/// An exchange with another answer.
fn replaced(exchange: &Exchange, reply: &Reply) -> Exchange {
    let mut value = serde_json::to_value(exchange).expect("an exchange is JSON");
    value["reply"] = reply.to_json();
    serde_json::from_value(value).expect("an exchange of a transcript")
}

/// The answer's bytes, if there are any.
pub fn reply(exchange: &Exchange) -> Option<Reply> {
    let Recorded::Response(response) = &exchange.reply else { return None };
    let Body::Text(text) = &response.body else { return None };
    let headers =
        response.headers.iter().map(|(name, value)| (name.clone(), value.as_str().to_owned()));
    Some(Reply {
        status: response.status,
        headers: headers.collect(),
        body: text.as_str().as_bytes().to_vec(),
    })
}

/// The members of an answer, if it is a success.
pub fn output(action: &str, status: u16, body: &[u8]) -> Option<Value> {
    let model = Model::ec2();
    Answer::read(model, model.action(action), status, body).output().cloned()
}

/// What a JMESPath finds; `None` if it finds nothing.
pub fn find(path: &str, output: &Value) -> Option<Value> {
    let found = Selector::new(path).and_then(|selector| selector.find(output)).ok()?;
    (!found.is_null()).then_some(found)
}
