//! Sequences: cases as they were recorded, one answer broken at a time, and the whole case judged
//! again. What counts is what the baseline layer finds.

use std::collections::HashSet;

use parallax::case::Step;
use parallax::judge::baseline::{Baselines, Claim, Test};
use parallax::judge::{CaseResult, Layer, RunResult};
use parallax::model::{Model, ShapeKind};
use parallax::transcript::Transcript;

use super::answers::{brought, in_parallel};
use super::change::Change;
use super::members::other_id;
use super::node::Node;
use super::operator::{BREAKING, DIVERGENT, Expect, GRAVE, NOTICED, number};
use super::render;
use super::sample::Reply;
use super::sites::{Kind, Site, sites};
use super::statistics::{Look, look};
use super::steps::{Last, Recording, find, output, reply};
use super::tally::{Tally, Trial};

/// One way of judging: with the documented baselines, or with others.
pub struct Column<'a> {
    /// What it is called.
    pub name: &'static str,
    /// Judges.
    pub judge: &'a (dyn Fn(&Transcript) -> RunResult + Sync),
    /// What its baselines say.
    pub asserts: Asserts<'a>,
}

/// What the baselines of a column say of an answer.
pub enum Asserts<'a> {
    /// What the cited sources state.
    Stated(&'a Baselines),
    /// Everything that does not vary: they were distilled from this transcript.
    Everything,
}

/// A case with one thing changed.
struct Broken {
    operator: usize,
    at: String,
    expect: Expect,
    transcript: Transcript,
}

impl Broken {
    fn operator_is_identity(&self) -> bool {
        ["identity-fresh", "identity-other"].iter().any(|name| number(name) == self.operator)
    }
}

/// Breaks cases of a transcript: all of them, or so many at most, evenly over their names.
pub fn run(transcript: &Transcript, column: &Column<'_>, most: usize) -> Tally {
    let mut recordings = Recording::each(transcript);
    recordings.sort_by(|a, b| a.case.name.cmp(&b.case.name));
    let every = recordings.len().div_ceil(most.max(1)).max(1);
    let recordings: Vec<Recording> = recordings.into_iter().step_by(every).collect();
    let trials = in_parallel(&recordings, |recording| {
        let before = case_of((column.judge)(&recording.transcript));
        let Some(before) = before else { return Vec::new() };
        let mut breaker = Breaker { recording, column, before: &before, broken: Vec::new() };
        breaker.all();
        let trial = |broken: Broken| {
            let after = case_of((column.judge)(&broken.transcript));
            let found =
                after.map_or_else(Vec::new, |after| brought(&before.findings, after.findings));
            let any_layer = broken.operator_is_identity();
            Trial {
                operator: broken.operator,
                at: broken.at,
                expect: broken.expect,
                found,
                source: recording.case.name.clone(),
                // That an answer is about other things than were asked for, the model layer sees.
                judged_by: Some(Layer::Baseline).filter(|_| !any_layer),
            }
        };
        breaker.broken.into_iter().map(trial).collect::<Vec<_>>()
    });
    let trials: Vec<Trial> = trials.into_iter().flatten().collect();
    let possible = trials.len() as u64;
    Tally::new(trials, possible)
}

fn case_of(result: RunResult) -> Option<CaseResult> {
    result.cases.into_iter().next()
}

struct Breaker<'a> {
    recording: &'a Recording,
    column: &'a Column<'a>,
    before: &'a CaseResult,
    broken: Vec<Broken>,
}

impl Breaker<'_> {
    fn all(&mut self) {
        let recording = self.recording;
        for step in &recording.case.steps {
            if !self.holds(step) {
                continue;
            }
            let Some(last) = recording.last(step) else { continue };
            match &last.output {
                Some(_) => {
                    self.refused(step, &last);
                    self.values(step, &last);
                }
                None => self.codes(step, &last),
            }
            if step.poll.is_some() {
                self.states(step, &last);
            }
        }
    }

    fn claims(&self, step: &Step) -> Vec<&Claim> {
        let Asserts::Stated(baselines) = self.column.asserts else { return Vec::new() };
        let baseline = baselines.get(&self.recording.case.family);
        let of_step = baseline.into_iter().flat_map(|b| &b.expect);
        of_step.filter(|e| e.step.value == step.id).map(|e| &e.claim).collect()
    }

    /// Whether there is something to hold and it holds: nothing can be seen to break in a step that
    /// is different from AWS's already.
    fn holds(&self, step: &Step) -> bool {
        let differs =
            |f: &parallax::judge::Finding| f.layer == Layer::Baseline && f.step == step.id;
        let asserted = match self.column.asserts {
            Asserts::Stated(_) => !self.claims(step).is_empty(),
            Asserts::Everything => true,
        };
        asserted && !self.before.findings.iter().any(differs)
    }

    /// Whether a client that knows what the baseline says can tell.
    fn if_stated(&self, stated: bool, expect: Expect) -> Expect {
        match self.column.asserts {
            Asserts::Stated(_) if !stated => Expect::Unnoticeable,
            _ => expect,
        }
    }

    fn tell(&mut self, operator: &str, step: &Step, path: &str, expect: Expect, to: Transcript) {
        let dot = if path.is_empty() { "" } else { "." };
        self.broken.push(Broken {
            operator: number(operator),
            at: format!("{}:{}{dot}{path}", self.recording.case.name, step.id),
            expect,
            transcript: to,
        });
    }

    fn with(&self, last: &Last<'_>, status: u16, root: &Node) -> Transcript {
        let reply = Reply { status, body: root.document(), ..last.reply.clone() };
        self.recording.with_reply(last.event, &reply)
    }

    fn refused(&mut self, step: &Step, last: &Last<'_>) {
        let id = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_URL, step.id.as_bytes());
        let error = render::refusal("InvalidParameterValue", "The value is invalid.", &id);
        let stated = self.claims(step).iter().any(|c| !matches!(c, Claim::Error { .. }));
        let expect = self.if_stated(stated, BREAKING);
        self.tell("step-refused", step, "", expect, self.with(last, 400, &error));
    }

    fn codes(&mut self, step: &Step, last: &Last<'_>) {
        let Some(error) = last.root.child("Errors").and_then(|errors| errors.child("Error")) else {
            return;
        };
        let text = |name: &str| error.child(name).map(|n| n.text.clone()).unwrap_or_default();
        let (code, message) = (text("Code"), text("Message"));
        let with_code = |code: &str| {
            let id = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_URL, step.id.as_bytes());
            render::refusal(code, &message, &id)
        };
        let claims = self.claims(step);
        let by_code = claims.iter().any(|c| match c {
            Claim::Error { codes, .. } => !codes.is_empty(),
            // A poll that ends with a code.
            Claim::Success => true,
            _ => false,
        });
        let by_status = claims.iter().any(|c| matches!(c, Claim::Error { status: Some(_), .. }));
        let expect = self.if_stated(by_code, BREAKING);
        let other = match code.as_str() {
            "InvalidParameterValue" => "InvalidParameterCombination",
            _ => "InvalidParameterValue",
        };
        let status = last.reply.status;
        for (operator, code) in [
            ("step-code-other", other.to_owned()),
            ("step-code-case", code.to_lowercase()),
            ("step-code-cut", code.split_once('.').map_or("Client.Error", |c| c.0).to_owned()),
        ] {
            self.tell(operator, step, "", expect, self.with(last, status, &with_code(&code)));
        }
        let expect = self.if_stated(by_status, DIVERGENT);
        self.tell("step-status", step, "", expect, self.with(last, 403, &last.root));
        let action = &last.exchange.action;
        let mut success = Node::with(
            &format!("{action}Response"),
            vec![
                Node::text("requestId", "6ee4a9c0-1d57-4a2b-8d2f-1f3a2b4c5d6e"),
                Node::text("return", "true"),
            ],
        );
        success.namespace = Some(Model::ec2().namespace(None));
        let expect = self.if_stated(true, BREAKING);
        self.tell("step-accepted", step, "", expect, self.with(last, 200, &success));
    }

    fn values(&mut self, step: &Step, last: &Last<'_>) {
        let action = Model::ec2().action(&last.exchange.action);
        let all = sites(Model::ec2(), action.and_then(|a| a.output), &last.root);
        let mut seen = HashSet::new();
        for site in &all {
            // The first of several like ones stands for them.
            let is_first = seen.insert(&site.path);
            let node = last.root.at(&site.place);
            if is_first && site.member_of.is_some() {
                self.value(step, last, site, "value-gone", Change::Drop, GRAVE);
            }
            if is_first && site.member_of.is_none() {
                self.value(step, last, site, "item-gone", Change::Drop, GRAVE);
                // How many there are may be what a poll waits for.
                let expect = if step.poll.is_some() { GRAVE } else { DIVERGENT };
                self.value(step, last, site, "item-twice", Change::Duplicate, expect);
            }
            let Kind::Scalar(kind) = site.kind else { continue };
            if node.text.is_empty() {
                continue;
            }
            if self.recording.bound.iter().any(|(_, _, id)| *id == node.text) {
                self.identity(step, last, site, &node.text);
            } else if is_first && let Some(other) = other_value(kind, &node.text) {
                // What a poll waits for may be in the value.
                // A name that the case chose is what its things are known by.
                let chosen = self.recording.names.iter().any(|name| node.text.contains(name));
                let expect = if step.poll.is_some() || chosen { GRAVE } else { DIVERGENT };
                self.value(step, last, site, "value-other", Change::Text(other), expect);
            }
        }
    }

    /// A change of a value, which can be noticed if it contradicts what the baseline says.
    fn value(
        &mut self,
        step: &Step,
        last: &Last<'_>,
        site: &Site<'_>,
        operator: &str,
        change: Change,
        expect: Expect,
    ) {
        let root = change.apply(&last.root, &site.place);
        let contradicts = self.contradicts(step, last, &root);
        let expect = match self.column.asserts {
            Asserts::Stated(_) if !contradicts => Expect::Unnoticeable,
            _ => expect,
        };
        self.tell(operator, step, &site.path, expect, self.with(last, last.reply.status, &root));
    }

    /// Whether some stated value is another than before.
    fn contradicts(&self, step: &Step, last: &Last<'_>, root: &Node) -> bool {
        let after = output(&last.exchange.action, last.reply.status, &root.document());
        let (Some(before), Some(after)) = (&last.output, after) else { return false };
        self.claims(step).iter().any(|claim| {
            let Claim::Value { path, test } = claim else { return false };
            let (before, after) = (find(path, before), find(path, &after));
            match test {
                Test::Present(true) => after.is_none(),
                Test::Present(false) => after.is_some(),
                // What is put into a text is of no form and in no list.
                Test::Is(_) | Test::In(_) => before != after,
                Test::Set(_) => sorted(before) != sorted(after),
                Test::Form(form) => !form.fits(&after.unwrap_or_default()),
            }
        })
    }

    /// The right kind of id, the wrong one.
    fn identity(&mut self, step: &Step, last: &Last<'_>, site: &Site<'_>, id: &str) {
        let Some(Look::Id(prefix)) = look(id) else { return };
        // Where it is bound, everything after it speaks of the right one; if anything does.
        let binds = self
            .recording
            .bound
            .iter()
            .any(|(bound_in, _, value)| bound_in == &step.id && value == id);
        let used_later = |success: bool| {
            self.recording.transcript.exchanges().any(|e| {
                let shows = |r: &Reply| {
                    (r.status == 200) == success && String::from_utf8_lossy(&r.body).contains(id)
                };
                e.seq > last.exchange.seq && reply(e).as_ref().is_some_and(shows)
            })
        };
        let expect = match (binds, used_later(true), used_later(false)) {
            (true, false, false) => Expect::Unnoticeable,
            // Only a message speaks of it.
            (true, false, true) => NOTICED,
            _ => GRAVE,
        };
        let asked = last.exchange.request.body.as_str().contains(id);
        let fresh = other_id(id);
        let others = self.recording.texts();
        let other = others
            .iter()
            .find(|text| text.as_str() != id && look(text) == Some(Look::Id(prefix.clone())));
        let changes = [("identity-fresh", Some(&fresh)), ("identity-other", other)];
        for (operator, wrong) in changes {
            let Some(wrong) = wrong else { continue };
            let root = Change::Text(wrong.clone()).apply(&last.root, &site.place);
            let stated = asked || self.contradicts(step, last, &root);
            let expect = self.if_stated(stated, expect);
            let to = self.with(last, last.reply.status, &root);
            self.tell(operator, step, &site.path, expect, to);
        }
    }

    fn states(&mut self, step: &Step, last: &Last<'_>) {
        let states = self.before.steps.iter().find(|s| s.id == step.id).map(|s| &s.states);
        let Some(end) = states.and_then(|states| states.last()) else { return };
        let looks = self.recording.exchanges(step);
        let stated = self.claims(step).iter().find_map(|claim| match claim {
            Claim::States(states) => Some(states.clone()),
            _ => None,
        });
        let expect = self.if_stated(stated.is_some(), DIVERGENT);
        let reached = self.if_stated(true, BREAKING);
        let first = looks[0].1;
        match &last.output {
            Some(_) => {
                // Every place that shows the state: which of them is watched is the case's to know.
                let never = with_text(&last.root, &end.value, "unheard-of");
                if never != last.root {
                    let to = self.with(last, last.reply.status, &never);
                    self.tell("states-never", step, "", reached, to);
                }
            }
            // It waits until the thing is gone: then it is still there.
            None => {
                let there = self
                    .recording
                    .transcript
                    .exchanges()
                    .filter(|e| e.action == last.exchange.action && e.seq < last.exchange.seq);
                let there = there.filter_map(reply).filter(|r| r.status == 200).last();
                if let Some(there) = there {
                    let to = self.recording.with_reply(last.event, &there);
                    self.tell("states-never", step, "", reached, to);
                }
            }
        }
        if looks.len() > 1 && states.is_some_and(|states| states.len() > 1) {
            // The end comes first, and then again.
            let to = self.recording.with_look(looks[0].0, &last.reply);
            self.tell("states-order", step, "", expect, to);
        }
        let Some(first_reply) = reply(first).filter(|r| r.status == 200) else { return };
        let Some(other) = other_state(last, &end.value, stated.as_deref()) else { return };
        let begun = states.and_then(|states| states.first()).map_or("", |s| s.value.as_str());
        let Ok(document) = parallax::wire::Document::parse(&first_reply.body) else { return };
        let root = Node::from(&document.root);
        let changed = with_text(&root, begun, &other);
        if changed == root {
            return;
        }
        let extra = Reply { body: changed.document(), ..first_reply };
        let copy = match looks.len() {
            1 => self.recording.with_look(looks[0].0, &extra),
            _ => self.recording.with_reply(looks[0].0, &extra),
        };
        self.tell("states-extra", step, "", expect, copy);
    }
}

/// A state of the same enum that AWS does not go through here.
fn other_state(last: &Last<'_>, end: &str, stated: Option<&[String]>) -> Option<String> {
    let action = Model::ec2().action(&last.exchange.action)?;
    let found = sites(Model::ec2(), action.output, &last.root);
    let values = found.iter().find_map(|site| match site.kind {
        Kind::Scalar(ShapeKind::String(text))
            if last.root.at(&site.place).text == end && !text.enum_values.is_empty() =>
        {
            Some(&text.enum_values)
        }
        _ => None,
    })?;
    let stated = stated.unwrap_or_default();
    values.iter().rev().find(|value| *value != end && !stated.contains(value)).cloned()
}

fn with_text(node: &Node, from: &str, to: &str) -> Node {
    let mut node = node.clone();
    if node.children.is_empty() && node.text == from {
        to.clone_into(&mut node.text);
    }
    node.children = node.children.iter().map(|child| with_text(child, from, to)).collect();
    node
}

/// Another value of the same type; none for what differs from run to run.
fn other_value(kind: &ShapeKind, text: &str) -> Option<String> {
    Some(match kind {
        ShapeKind::Boolean => if text == "true" { "false" } else { "true" }.to_owned(),
        ShapeKind::Integer(_) | ShapeKind::Long(_) => {
            (text.parse::<i64>().ok()?.checked_add(1)?).to_string()
        }
        ShapeKind::Timestamp => return None,
        _ => match look(text) {
            Some(Look::Id(_)) => "unheard-of".to_owned(),
            Some(Look::Other("cidr")) => "192.0.2.0/28".to_owned(),
            Some(Look::Other("ipv4")) => "192.0.2.7".to_owned(),
            _ => "unheard-of".to_owned(),
        },
    })
}

/// A list's items as texts, in an order of their own.
fn sorted(list: Option<serde_json::Value>) -> Vec<String> {
    let items =
        list.as_ref().and_then(serde_json::Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut texts: Vec<String> = items.iter().map(serde_json::Value::to_string).collect();
    texts.sort_unstable();
    texts
}
