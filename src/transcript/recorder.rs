//! Numbers, times, redacts and writes events.

use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use serde_json::Value;

use super::{
    CaseStarted, Ending, Event, Exchange, Failure, Purpose, Redacted, Redactor, Reply, Request,
    Response, RunEnded, RunStarted, StepEnded, UndoEnded, Writer,
};
use crate::wire::Attempt;

/// Writes the events of a run. Shared by all cases.
#[derive(Debug)]
pub struct Recorder {
    redactor: Redactor,
    began: Instant,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    writer: Writer,
    next_seq: u64,
    /// The first error in writing: a run whose transcript is not complete is worth nothing.
    failed: Option<io::Error>,
}

/// What a call was made for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CallFor<'a> {
    pub case: Option<&'a str>,
    pub step: Option<&'a str>,
    pub purpose: Purpose,
    pub action: &'a str,
    pub attempt: u32,
}

impl Recorder {
    /// A recorder that keeps events in memory until [`Recorder::begin`].
    pub fn new(redactor: Redactor, began: Instant) -> Self {
        let inner = Inner { writer: Writer::default(), next_seq: 1, failed: None };
        Recorder { redactor, began, inner: Mutex::new(inner) }
    }

    /// A recorder with the same redactor that keeps nothing: for what is nobody else's concern.
    pub(crate) fn silent(&self) -> Recorder {
        let inner = Inner { writer: Writer::silent(), next_seq: 1, failed: None };
        Recorder { redactor: self.redactor.clone(), began: self.began, inner: Mutex::new(inner) }
    }

    /// Begins the transcript's file with what was recorded so far.
    ///
    /// # Errors
    /// The file exists already, or cannot be written.
    pub fn begin(&self, path: &Path) -> io::Result<()> {
        self.lock().writer.begin(path)
    }

    /// Takes over what another recorder has kept, with its numbers.
    pub fn continue_with(&self, earlier: Recorder) {
        let earlier = earlier.inner.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut inner = self.lock();
        inner.next_seq = earlier.next_seq;
        inner.writer.append(earlier.writer);
    }

    /// Everything that was recorded, if no file was begun.
    pub fn kept(&self) -> String {
        self.lock().writer.kept()
    }

    /// The first error in writing, if there was one.
    pub fn failure(&self) -> Option<io::Error> {
        self.lock().failed.take()
    }

    /// The first line.
    pub fn run_started(&self, started: RunStarted) {
        self.write(Event::Run(started));
    }

    /// The last line.
    pub fn run_ended(&self, interrupted: bool) {
        self.write(Event::End(RunEnded { interrupted, at_ms: self.now() }));
    }

    pub(crate) fn case_started(
        &self,
        case: &crate::case::Case,
        variables: &serde_json::Map<String, Value>,
    ) {
        self.write(Event::Case(CaseStarted {
            case: Box::new(case.clone()),
            variables: self.redactor.value(&Value::Object(variables.clone())),
            at_ms: self.now(),
        }));
    }

    pub(crate) fn exchange(&self, call: CallFor<'_>, attempt: &Attempt) {
        if self.lock().writer.is_silent() {
            return;
        }
        let request = &attempt.request;
        let header =
            |(name, value): &(String, String)| (name.clone(), self.redactor.header(name, value));
        let reply = match &attempt.outcome {
            Ok(response) => Reply::Response(Response {
                status: response.status,
                headers: response.headers.iter().map(header).collect(),
                body: self.redactor.body(call.action, &response.body),
            }),
            Err(failure) => Reply::Failure(Failure {
                kind: failure.kind,
                message: self.redactor.text(&failure.message),
            }),
        };
        let mut exchange = Exchange {
            seq: 0,
            case: call.case.map(str::to_owned),
            step: call.step.map(str::to_owned),
            purpose: call.purpose,
            action: call.action.to_owned(),
            attempt: call.attempt,
            at_ms: millis(attempt.started.saturating_duration_since(self.began)),
            took_ms: millis(attempt.took),
            request: Request {
                method: request.method.clone(),
                url: self.redactor.url(call.action, &request.url),
                headers: request.headers.iter().map(header).collect(),
                body: self.redactor.form(call.action, &request.body),
            },
            reply,
        };
        let mut inner = self.lock();
        exchange.seq = inner.next_seq;
        inner.next_seq += 1;
        inner.write(&Event::Exchange(exchange));
    }

    pub(crate) fn step_ended(&self, case: &str, step: &str, ending: Ending) {
        let (case, step) = (case.to_owned(), step.to_owned());
        self.write(Event::Step(StepEnded { case, step, ending, at_ms: self.now() }));
    }

    pub(crate) fn undo_ended(
        &self,
        case: &str,
        step: &str,
        action: &str,
        input: &Value,
        failure: Option<&str>,
    ) {
        self.write(Event::Undo(UndoEnded {
            case: case.to_owned(),
            step: step.to_owned(),
            action: action.to_owned(),
            input: self.redactor.value(input),
            failure: failure.map(|text| self.redactor.text(text)),
            at_ms: self.now(),
        }));
    }

    /// A text without the run's secrets. Reasons may be in the endpoint's words, and those may hold
    /// what was sent to it.
    pub(crate) fn redacted(&self, text: &str) -> Redacted {
        self.redactor.text(text)
    }

    fn now(&self) -> u64 {
        millis(self.began.elapsed())
    }

    fn write(&self, event: Event) {
        self.lock().write(&event);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        // A panic elsewhere must not lose what is still to be recorded.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn write(&mut self, event: &Event) {
        if self.writer.is_silent() {
            return;
        }
        if let Err(error) = self.writer.write(event) {
            self.failed.get_or_insert(error);
        }
    }
}

fn millis(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
