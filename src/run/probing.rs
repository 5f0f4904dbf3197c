//! A step that is a probe: looks once, or again and again until the outcome that is waited for.

use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use super::engine::{CaseRun, FIRST_PAUSE, Input, LONGEST_PAUSE, Stepped};
use crate::case::{Answered, PollEnd, ProbeKind, SoFar, Step};
use crate::probe::{self, Found};
use crate::target::Called;
use crate::transcript::{Ending, LookFor};
use crate::wire::{Answer, is_throttling};

impl<'r> CaseRun<'r> {
    /// Carries out a probe. `with` has its variables replaced.
    pub(super) async fn probe(&mut self, step: &'r Step, kind: ProbeKind, with: &Value) -> Stepped {
        let began = Instant::now();
        let goal = step.poll.as_ref().map(|poll| {
            let deadline = began + Duration::from_millis(poll.within_ms);
            (poll.goal.resolved(&self.scope), poll.within_ms, deadline)
        });
        let mut pause = FIRST_PAUSE;
        for look in 1.. {
            let started = Instant::now();
            let found = tokio::select! {
                found = self.look(step, kind, with) => found,
                () = self.stop.wait() => return self.interrupted(step),
            };
            let (case, id) = (self.case.id.as_str(), step.id.as_str());
            let what = LookFor { case, step: id, kind, look, with };
            self.caller.recorder().probed(what, started, &found);
            let Some((goal, within_ms, deadline)) = &goal else {
                return match found {
                    Ok(found) => self.found(step, &found),
                    Err(why) => self.obstructed(step, why),
                };
            };
            let seen = match &found {
                Ok(found) => {
                    let seen = goal.look(Answered::Output(found), SoFar::default());
                    match seen.ends {
                        Some(PollEnd::Reached) => return self.found(step, found),
                        Some(PollEnd::Missed) => {
                            return Stepped::Badly(format!("it saw {}", seen.seen));
                        }
                        None => seen.seen,
                    }
                }
                // The way there may be free at the next look.
                Err(why) if Instant::now() + pause > *deadline => {
                    return self.obstructed(step, why.clone());
                }
                Err(why) => why.clone(),
            };
            if Instant::now() + pause > *deadline {
                self.ended(step, Ending::TimedOut { within_ms: *within_ms });
                return Stepped::Badly(format!("still {seen} when its time was up"));
            }
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.stop.wait() => return self.interrupted(step),
            }
            pause = (pause * 3 / 2).min(LONGEST_PAUSE);
        }
        Stepped::Badly("it was never found".to_owned())
    }

    async fn look(&self, step: &Step, kind: ProbeKind, with: &Value) -> Found {
        match kind {
            ProbeKind::Console => self.console(step, with).await,
            kind => self.prober.look(kind, with).await,
        }
    }

    /// Asks the API for the console's output, and looks for texts in it.
    async fn console(&self, step: &Step, with: &Value) -> Found {
        let mut members = Map::from_iter([("InstanceId".to_owned(), with["InstanceId"].clone())]);
        if let Some(latest) = with.get("Latest") {
            members.insert("Latest".to_owned(), latest.clone());
        }
        let input = Input { members: Value::Object(members), parameters: Map::new() };
        let called = self.send(step, &input, None).await;
        match &called {
            Called::Answer(Answer::Output { decoded, .. }, _) => {
                Ok(probe::contains(&decoded.value, &with["Contains"]))
            }
            Called::Answer(Answer::Error { error, .. }, _) if !is_throttling(&error.code) => {
                Ok(json!({"Outcome": "refused", "Why": error.code}))
            }
            other => Err(other.describe()),
        }
    }

    fn found(&mut self, step: &Step, found: &Value) -> Stepped {
        self.bind(step, found);
        Stepped::Well
    }

    /// Nothing was learned, and nothing that comes after can be.
    fn obstructed(&mut self, step: &Step, why: String) -> Stepped {
        self.obstacle.get_or_insert((step.id.clone(), why.clone()));
        Stepped::Badly(why)
    }

    fn interrupted(&self, step: &Step) -> Stepped {
        self.ended(step, Ending::Interrupted { why: None });
        Stepped::Interrupted
    }
}
