//! Runs one case: its steps in order, then its undos in reverse.

use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use serde_json::{Map, Value};

use super::counterpart;
use super::given::{lacking, over_quota, variables};
use super::kinds::Kind;
use super::ledger::{Announced, Ledger, Undoing};
use super::leftovers::Leftovers;
use super::undo::{self, Pending};
use super::{CaseEnd, RunOptions, Stop, bug};
use crate::case::{Answered, Case, Poll, PollEnd, Scope, Selector, SoFar, Step, pages};
use crate::probe::Prober;
use crate::target::{Ahead, Call, Called, Caller, Form, lacked};
use crate::transcript::{Ending, Purpose};
use crate::wire::{Answer, FailureKind};

/// Wait before a poll's second look; grows by half each time.
pub(super) const FIRST_PAUSE: Duration = Duration::from_millis(400);
/// The longest wait between two looks. AWS's waiters wait 15 s, which suits AWS; a look costs a
/// read, and states that are missed cannot be judged.
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Runs one case on one target.
pub(super) struct CaseRun<'r> {
    pub(super) caller: &'r Caller<'r>,
    pub(super) stop: &'r Stop,
    pub(super) case: &'r Case,
    /// Which attempt at the case this is, from 1.
    attempt: u32,
    ledger: &'r Ledger,
    /// What other cases left so far, and this one is going to leave.
    leftovers: &'r Leftovers,
    pub(super) prober: Prober,
    pub(super) scope: Scope,
    pending: Vec<Pending>,
    /// The step that runs, or ran last.
    current: Option<&'r Step>,
    /// Steps that ended well: what `needs` asks for.
    succeeded: BTreeSet<&'r str>,
    /// The step that makes everything after it pointless, and why.
    pub(super) obstacle: Option<(String, String)>,
    end: CaseEnd,
}

/// What a step sends, its variables replaced.
pub(super) struct Input {
    pub(super) members: Value,
    pub(super) parameters: Map<String, Value>,
}

/// How a step ended, as far as later steps care.
pub(super) enum Stepped {
    Well,
    /// Ended badly, described in a few words.
    Badly(String),
    Interrupted,
}

impl<'r> CaseRun<'r> {
    pub(super) fn new(
        caller: &'r Caller<'r>,
        stop: &'r Stop,
        case: &'r Case,
        attempt: u32,
        ledger: &'r Ledger,
        leftovers: &'r Leftovers,
    ) -> Self {
        CaseRun {
            caller,
            stop,
            case,
            attempt,
            ledger,
            leftovers,
            prober: Prober::default(),
            scope: Scope::default(),
            pending: Vec::new(),
            current: None,
            succeeded: BTreeSet::new(),
            obstacle: None,
            end: CaseEnd::default(),
        }
    }

    /// Runs the case and undoes what it did, whatever happens in between.
    pub(super) async fn run(mut self, options: &RunOptions) -> CaseEnd {
        let variables = variables(self.case, self.attempt, options);
        self.caller.recorder().case_started(self.case, &variables, self.attempt);
        for (name, value) in &variables {
            self.scope.set(name.clone(), value.clone());
        }
        for (name, value) in &self.case.variables {
            self.scope.set_row(name.clone(), value.clone());
        }
        let lacked = lacked(self.case, &options.target);
        let why = lacked.or_else(|| lacking(self.case, &self.scope));
        let why = why.or_else(|| options.prober.lacks(self.case));
        if let Some(why) = why.or_else(|| over_quota(self.case, options)) {
            for step in &self.case.steps {
                let why = self.caller.recorder().redacted(&why);
                self.ended(step, Ending::Skipped { why });
            }
            self.end.skipped = true;
            return self.end;
        }
        self.prober = options.prober.clone();
        // Whatever goes wrong here, what the case made so far is undone, and other cases go on.
        if let Err(panic) = AssertUnwindSafe(self.steps()).catch_unwind().await {
            self.end.panicked = true;
            if let Some(step) = self.current {
                let why = Some(self.caller.recorder().redacted(&bug(panic.as_ref())));
                self.ended(step, Ending::Interrupted { why });
            }
        }
        let left = undo::undo_all(self.caller, self.ledger, &self.case.id, self.pending).await;
        self.end.leaks += left.len();
        self.leftovers.add(left);
        self.end
    }

    async fn steps(&mut self) {
        for step in &self.case.steps {
            self.current = Some(step);
            self.step(step).await;
        }
    }

    async fn step(&mut self, step: &'r Step) {
        #[cfg(test)]
        assert!(step.id != super::tests::PANICS, "as the test wants it");
        if self.stop.requested() {
            self.end.interrupted = true;
            return self.ended(step, Ending::Interrupted { why: None });
        }
        let input = match self.ready(step) {
            Ok(input) => input,
            Err((by, why)) => {
                let why = self.caller.recorder().redacted(&why);
                return self.ended(step, Ending::Blocked { by, why });
            }
        };
        let stepped = match (step.probe, &step.poll) {
            (Some(kind), _) => self.probe(step, kind, &input.members).await,
            (None, Some(poll)) => self.poll(step, poll, &input).await,
            (None, None) if step.pages => self.pages(step, input).await,
            (None, None) => self.call(step, &input).await,
        };
        match stepped {
            Stepped::Well => {
                self.succeeded.insert(&step.id);
                if let Some(done) = &step.completes {
                    for p in self.pending.extract_if(.., |p| p.step == *done) {
                        self.ledger.undone(p.n);
                    }
                }
            }
            Stepped::Badly(why) => {
                self.end.troubles += 1;
                // A call that fails may be what the case is about; what it should have bound will
                // be missed by those who need it. A poll or a set-up that fails leaves nothing to
                // go on with.
                if step.setup || step.poll.is_some() {
                    self.obstacle.get_or_insert((step.id.clone(), why));
                }
            }
            Stepped::Interrupted => self.end.interrupted = true,
        }
    }

    /// The step's input, or which earlier step is in its way and why.
    fn ready(&self, step: &Step) -> Result<Input, (String, String)> {
        if let Some((by, why)) = &self.obstacle {
            return Err((by.clone(), why.clone()));
        }
        if let Some(by) = step.needs.iter().find(|n| !self.succeeded.contains(n.as_str())) {
            return Err((by.clone(), "it did not succeed".to_owned()));
        }
        let resolved = self.scope.resolve(&step.with).and_then(|members| {
            let parameters = self.scope.resolve(&Value::Object(step.parameters.clone()))?;
            let parameters = parameters.as_object().cloned().unwrap_or_default();
            Ok(Input { members, parameters })
        });
        resolved.map_err(|unbound| {
            let binder = self.case.steps.iter().find(|s| s.bind.contains_key(&unbound.0));
            let by = binder.map_or_else(|| step.id.clone(), |s| s.id.clone());
            (by, format!("its answer did not give `${}`", unbound.0))
        })
    }

    async fn call(&mut self, step: &'r Step, input: &Input) -> Stepped {
        // Known before the call, if the case itself chose the name of what it makes.
        let planned = step.undo.as_ref().map(|undo| {
            let resolved = self.scope.resolve(&undo.with);
            let unresolved = resolved.is_err();
            (undo, resolved.unwrap_or_else(|_| undo.with.clone()), unresolved)
        });
        let undoing = planned.as_ref().map(|(undo, input, unresolved)| Undoing {
            action: &undo.action,
            input,
            waiter: undo.waiter.as_deref(),
            unresolved: *unresolved,
        });
        let makes = step.undo.is_some() || counterpart::can_make(&step.action);
        let announced = makes.then(|| Announced::new(self.ledger, self.case, step, undoing));
        let called = self.send(step, input, announced.as_ref()).await;
        if let Some(output) = called.output() {
            self.bind(step, output);
        }
        if let Some(n) = announced.and_then(|announced| announced.number()) {
            self.owe(step, n, &called);
        }
        match called {
            Called::Failure(..) | Called::Unsendable(_) => {
                self.obstacle.get_or_insert((step.id.clone(), called.describe()));
            }
            // Nothing more can be made; the run says why at its end.
            Called::Withheld(_) => {
                self.obstacle.get_or_insert((step.id.clone(), called.describe()));
                self.stop.request();
            }
            Called::Answer(..) => {}
        }
        match called.output() {
            Some(_) => Stepped::Well,
            None => Stepped::Badly(called.describe()),
        }
    }

    /// Notes what is to be undone of a call, and in the ledger what came of it.
    fn owe(&mut self, step: &'r Step, n: u64, called: &Called) {
        let ids = called.output().map(|output| counterpart::made(&step.action, output));
        if let Some(ids) = &ids
            && self.was_there(&step.action, ids)
        {
            // A call that should have been refused gave what somebody else made.
            return self.ledger.refused(n, "its answer names what was there before the run");
        }
        match self.undoing(step, n, called) {
            Some(pending) => {
                let undo = Undoing {
                    action: &pending.action,
                    input: &pending.input,
                    waiter: pending.waiter.as_deref(),
                    unresolved: false,
                };
                match ids {
                    Some(ids) => self.ledger.made(n, &ids, Some(undo)),
                    None => self.ledger.unclear(n, &called.describe()),
                }
                self.pending.push(pending);
            }
            // What comes back is what an earlier step made, and is undone by it.
            None if ids.as_ref().is_some_and(|ids| !ids.is_empty()) && step.undo.is_none() => {
                self.ledger.made(n, ids.as_deref().unwrap_or_default(), None);
                self.ledger.undone(n);
            }
            None if never_arrived(called) || is_refused(called) => {
                self.ledger.refused(n, &called.describe());
            }
            // What was made, if anything was, is known by no id.
            None => {
                let why = match ids {
                    Some(_) => "its answer does not name what it made".to_owned(),
                    None => format!("it may have been made: {}", called.describe()),
                };
                self.ledger.unclear(n, &why);
                // After a fault of the server it is looked for, and not spoken of if it is not found.
                if is_anyones_guess(called) || ids.is_some() {
                    self.leftovers.lose(n, why);
                }
            }
        }
    }

    /// How the call of a step is undone, if it may have made something and that is known by its id.
    fn undoing(&self, step: &Step, n: u64, called: &Called) -> Option<Pending> {
        let Some(undo) = &step.undo else {
            // A call that AWS refuses needs no undo there; what a target makes all the same is
            // removed too, unless an earlier step made it: the same thing may come back.
            let (action, input) = counterpart::of(&step.action, called.output()?)?;
            let known = self.pending.iter().any(|p| p.input == input);
            let step = step.id.clone();
            return (!known).then_some(Pending { n, step, action, input, waiter: None });
        };
        // Without an answer, after a fault of the server, or behind what is no answer of EC2, the
        // thing may have been made all the same.
        let may_exist = called.output().is_some()
            || matches!(
                called,
                Called::Failure(..)
                    | Called::Answer(_, 500..)
                    | Called::Answer(Answer::Foreign(_), _)
            );
        let input = may_exist.then(|| self.scope.resolve(&undo.with).ok())??;
        let (step, action, waiter) = (step.id.clone(), undo.action.clone(), undo.waiter.clone());
        Some(Pending { n, step, action, input, waiter })
    }

    /// Whether all that a call gave was there before the first case ran.
    fn was_there(&self, action: &str, ids: &[String]) -> bool {
        Kind::made_by(action).is_some_and(|kind| self.ledger.was_there(kind.name, ids))
    }

    /// Asks for page after page, as AWS's paginators do.
    async fn pages(&mut self, step: &'r Step, mut input: Input) -> Stepped {
        // `check` lets only actions with pages have them.
        let Some(paginator) = pages::paginator(&step.action) else {
            return self.call(step, &input).await;
        };
        let mut seen: Vec<Value> = Vec::new();
        loop {
            let called = self.send(step, &input, None).await;
            let Some(output) = called.output() else {
                if let Called::Failure(..) | Called::Unsendable(_) = called {
                    self.obstacle.get_or_insert((step.id.clone(), called.describe()));
                }
                return Stepped::Badly(called.describe());
            };
            seen.push(output.clone());
            let seen: Vec<&Value> = seen.iter().collect();
            match pages::next(paginator, &seen) {
                pages::Next::Page(token) => {
                    input.members = pages::input(paginator, &input.members, &token);
                }
                end => {
                    self.bind(step, &pages::joined(paginator, &seen));
                    return match end {
                        pages::Next::End => Stepped::Well,
                        _ => Stepped::Badly("its pages never end".to_owned()),
                    };
                }
            }
            if self.stop.requested() {
                self.ended(step, Ending::Interrupted { why: None });
                return Stepped::Interrupted;
            }
        }
    }

    async fn poll(&mut self, step: &'r Step, poll: &Poll, input: &Input) -> Stepped {
        let deadline = Instant::now() + Duration::from_millis(poll.within_ms);
        let goal = poll.goal.resolved(&self.scope);
        let mut pause = FIRST_PAUSE;
        let began = Instant::now();
        let mut seen = false;
        loop {
            let called = self.send(step, input, None).await;
            let answered = match &called {
                Called::Answer(Answer::Output { decoded, .. }, _) => {
                    Answered::Output(&decoded.value)
                }
                Called::Answer(Answer::Error { error, .. }, status) => {
                    Answered::Error(&error.code, *status)
                }
                other => {
                    let why = other.describe();
                    self.obstacle.get_or_insert((step.id.clone(), why.clone()));
                    return Stepped::Badly(why);
                }
            };
            let look = {
                let waited_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
                goal.look(answered, SoFar { seen, waited_ms })
            };
            seen |= called.output().is_some();
            match look.ends {
                Some(PollEnd::Reached) => {
                    if let Some(output) = called.output() {
                        self.bind(step, output);
                    }
                    return Stepped::Well;
                }
                Some(PollEnd::Missed) => return Stepped::Badly(format!("it saw {}", look.seen)),
                None => {}
            }
            if Instant::now() + pause > deadline {
                self.ended(step, Ending::TimedOut { within_ms: poll.within_ms });
                return Stepped::Badly(format!("still {} when its time was up", look.seen));
            }
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.stop.wait() => {
                    self.ended(step, Ending::Interrupted { why: None });
                    return Stepped::Interrupted;
                }
            }
            pause = (pause * 3 / 2).min(LONGEST_PAUSE);
        }
    }

    pub(super) async fn send(
        &self,
        step: &Step,
        input: &Input,
        announced: Option<&Announced<'_>>,
    ) -> Called {
        self.caller
            .call(Call {
                case: Some(&self.case.id),
                step: Some(&step.id),
                purpose: Purpose::Step,
                action: &step.action,
                input: &input.members,
                form: Form {
                    omit: &step.omit,
                    parameters: Some(&input.parameters),
                    manner: Some(&step.manner),
                },
                ahead: announced.map(|announced| announced as &dyn Ahead),
            })
            .await
    }

    /// Takes variables from an answer. What is not there stays unbound.
    pub(super) fn bind(&mut self, step: &Step, output: &Value) {
        for (name, path) in step.binds() {
            match Selector::new(path).and_then(|s| s.find(output)) {
                Ok(Value::Null) | Err(_) => {}
                Ok(value) => self.scope.set(name, value),
            }
        }
    }

    pub(super) fn ended(&self, step: &Step, ending: Ending) {
        self.caller.recorder().step_ended(&self.case.id, &step.id, ending);
    }
}

/// Whether a call may have done its work without saying on what.
fn is_anyones_guess(called: &Called) -> bool {
    match called {
        Called::Failure(..) => true,
        Called::Answer(Answer::Foreign(_), status) => *status < 300,
        _ => false,
    }
}

/// Whether it is certain that nothing arrived at the endpoint.
fn never_arrived(called: &Called) -> bool {
    match called {
        Called::Failure(kind, _) => matches!(kind, FailureKind::Connect | FailureKind::Tls),
        Called::Unsendable(_) | Called::Withheld(_) => true,
        Called::Answer(..) => false,
    }
}

/// Whether the endpoint said that it did nothing. A fault of it says nothing of the kind.
fn is_refused(called: &Called) -> bool {
    matches!(called, Called::Answer(answer, status) if *status < 500 && answer.error_code().is_some())
}
