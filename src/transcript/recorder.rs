//! Numbers, times, redacts and writes events.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use serde_json::Value;

use super::{
    CaseEnded, CaseStarted, Continuation, Ending, Event, Exchange, Failure, LookFor, Planned,
    ProbeResult, Probed, Purpose, Redacted, Redactor, Reply, Request, Response, RunEnded,
    RunResumed, RunStarted, StepEnded, Transcript, UndoEnded, Writer,
};
use crate::wire::Attempt;

/// Writes the events of a run. Shared by all cases.
#[derive(Debug)]
pub struct Recorder {
    redactor: Redactor,
    began: Instant,
    /// Milliseconds that the run had lasted when this began: not 0 if it goes on after an interruption.
    before_ms: u64,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    writer: Writer,
    next_seq: u64,
    /// The first error in writing: a run whose transcript is not complete is worth nothing, and what
    /// came after half a line could not be read.
    failed: Option<io::Error>,
    run: Option<RunStarted>,
    /// The events of each case that is running, if somebody wants to know them at its end.
    running: Option<BTreeMap<String, Vec<Event>>>,
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
        let inner = Inner {
            writer: Writer::default(),
            next_seq: 1,
            failed: None,
            run: None,
            running: None,
        };
        Recorder { redactor, began, before_ms: 0, inner: Mutex::new(inner) }
    }

    /// A recorder that goes on with a run where its transcript ends. Times and numbers go on, too.
    pub fn resuming(redactor: Redactor, began: Instant, so_far: &Transcript) -> Self {
        let mut recorder = Recorder::new(redactor, began);
        recorder.before_ms = so_far.last_ms();
        let inner = recorder.inner.get_mut().unwrap_or_else(PoisonError::into_inner);
        inner.next_seq = so_far.last_seq() + 1;
        inner.run = Some(so_far.run.clone());
        recorder
    }

    /// A recorder with the same redactor that keeps nothing: for what is nobody else's concern.
    pub(crate) fn silent(&self) -> Recorder {
        let mut silent = Recorder::new(self.redactor.clone(), self.began);
        let inner = silent.inner.get_mut().unwrap_or_else(PoisonError::into_inner);
        inner.writer = Writer::silent();
        silent
    }

    /// Begins the transcript's file with what was recorded so far.
    ///
    /// # Errors
    /// The file exists already, or cannot be written.
    pub fn begin(&self, path: &Path) -> io::Result<()> {
        self.lock().writer.begin(path)
    }

    /// Goes on at the end of an interrupted run's file, with what was recorded so far.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn go_on(&self, continuation: Continuation) -> io::Result<()> {
        self.lock().writer.go_on(continuation)
    }

    /// Takes over what another recorder has kept; its numbers and times go on from here.
    pub fn continue_with(&self, earlier: Recorder) {
        let mut earlier = earlier.inner.into_inner().unwrap_or_else(PoisonError::into_inner);
        let kept = earlier.writer.take_kept();
        let mut inner = self.lock();
        let before = inner.next_seq - 1;
        for line in kept.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let Ok(mut event) = serde_json::from_slice::<Event>(line) else { continue };
            if let Event::Exchange(exchange) = &mut event {
                exchange.seq += before;
                exchange.at_ms += self.before_ms;
            }
            inner.write(&event);
        }
        inner.next_seq = before + earlier.next_seq;
    }

    /// Everything that was recorded, if no file was begun.
    pub fn kept(&self) -> String {
        self.lock().writer.kept()
    }

    /// The first error in writing, if there was one.
    pub fn failure(&self) -> Option<io::Error> {
        self.lock().failed.take()
    }

    /// Whether an event could not be written.
    pub(crate) fn has_failed(&self) -> bool {
        self.lock().failed.is_some()
    }

    /// The first line.
    pub fn run_started(&self, started: RunStarted) {
        self.lock().run = Some(started.clone());
        self.write(Event::Run(started));
    }

    /// What is to be run, and how.
    pub fn planned(&self, plan: Planned) {
        self.write(Event::Plan(plan));
    }

    /// An interrupted run goes on. `started` is the time in RFC 3339.
    pub fn resumed(&self, started: &str) {
        self.write(Event::Resumed(RunResumed {
            parallax: env!("CARGO_PKG_VERSION").to_owned(),
            started: started.to_owned(),
            at_ms: self.before_ms,
        }));
    }

    /// The last line. `failed_fast`: it was interrupted because a case failed.
    pub fn run_ended(&self, interrupted: bool, failed_fast: bool) {
        self.write(Event::End(RunEnded { interrupted, failed_fast, at_ms: self.now() }));
    }

    /// Keeps the events of running cases until [`Recorder::case_so_far`] asks for them.
    pub(crate) fn keep_cases(&self) {
        self.lock().running.get_or_insert_default();
    }

    /// The last attempt at a case as a transcript of its own. Only once, and only if cases are kept.
    pub(crate) fn case_so_far(&self, case: &str) -> Option<Transcript> {
        let mut inner = self.lock();
        let run = inner.run.clone()?;
        let events = inner.running.as_mut()?.remove(case)?;
        let end = RunEnded { interrupted: false, failed_fast: false, at_ms: self.now() };
        Some(Transcript { run, events, end: Some(end), cut_off: 0 })
    }

    pub(crate) fn case_started(
        &self,
        case: &crate::case::Case,
        variables: &serde_json::Map<String, Value>,
        attempt: u32,
    ) {
        self.write(Event::Case(CaseStarted {
            case: Box::new(case.clone()),
            variables: self.redactor.value(&Value::Object(variables.clone())),
            attempt,
            at_ms: self.now(),
        }));
    }

    /// An attempt at a case has come to its end, undos and all.
    pub(crate) fn case_ended(&self, case: &str) {
        self.write(Event::CaseEnded(CaseEnded { case: case.to_owned(), at_ms: self.now() }));
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
            at_ms: self.before_ms + millis(attempt.started.saturating_duration_since(self.began)),
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

    /// One look of a probe, which began at `started` and is over now.
    pub(crate) fn probed(
        &self,
        look: LookFor<'_>,
        started: Instant,
        result: &Result<Value, String>,
    ) {
        let LookFor { case, step, kind, look, with } = look;
        self.write(Event::Probe(Probed {
            case: case.to_owned(),
            step: step.to_owned(),
            kind,
            look,
            at_ms: self.before_ms + millis(started.saturating_duration_since(self.began)),
            took_ms: millis(started.elapsed()),
            with: self.redactor.probe(kind, with),
            result: match result {
                Ok(found) => ProbeResult::Found(self.redactor.value(found)),
                Err(why) => ProbeResult::Failed(self.redactor.text(why)),
            },
        }));
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
        self.before_ms.saturating_add(millis(self.began.elapsed()))
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
        if self.writer.is_silent() || self.failed.is_some() {
            return;
        }
        if let Err(error) = self.writer.write(event) {
            self.failed = Some(error);
        }
        let (Some(running), Some(case)) = (&mut self.running, event.case()) else { return };
        match event {
            Event::Case(_) => {
                running.insert(case.to_owned(), vec![event.clone()]);
            }
            _ => running.entry(case.to_owned()).or_default().push(event.clone()),
        }
    }
}

fn millis(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
