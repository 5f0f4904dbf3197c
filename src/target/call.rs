//! One call: encoded once, sent until an SDK would have its answer, every attempt recorded.

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use futures_util::future::BoxFuture;
use serde_json::{Map, Value};

use super::Endpoint;
use super::endpoint::retry_after;
use super::pace::{MAX_ATTEMPTS, PATIENCE, Trouble, again};
use crate::model::{Model, only_reads};
use crate::transcript::{CallFor, Purpose, Recorder};
use crate::wire::{
    Answer, EncodeError, FailureKind, Manner, encode, encode_form, has_token, replace_parameters,
};

/// Makes calls on one endpoint and records them.
#[derive(Debug)]
pub struct Caller<'r> {
    endpoint: &'r Endpoint,
    recorder: &'r Recorder,
}

/// Which call is made, for whom.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call<'a> {
    pub case: Option<&'a str>,
    pub step: Option<&'a str>,
    pub purpose: Purpose,
    pub action: &'a str,
    pub input: &'a Value,
    pub form: Form<'a>,
    /// Who is told of each attempt before it is sent.
    pub ahead: Option<&'a dyn Ahead>,
}

/// Is told of each attempt at a call before it is sent, with its Query parameters. What it says with an
/// error is not sent.
pub(crate) trait Ahead: std::fmt::Debug + Sync {
    /// Returns when the attempt may be sent.
    fn attempt<'s>(
        &'s self,
        parameters: &'s [(String, String)],
    ) -> BoxFuture<'s, Result<(), String>>;
}

/// How a call differs from what an SDK would send; by default in nothing.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Form<'a> {
    /// Members that SDKs fill in and that are left out.
    pub omit: &'a [String],
    /// Query parameters in place of the members' or beside them.
    pub parameters: Option<&'a Map<String, Value>>,
    /// The manner of the request.
    pub manner: Option<&'a Manner>,
}

/// What came of a call after its last attempt.
#[derive(Debug)]
pub(crate) enum Called {
    /// An answer, with its HTTP status.
    Answer(Answer, u16),
    /// None.
    Failure(FailureKind, String),
    /// It could not be sent.
    Unsendable(EncodeError),
    /// It was not sent, for whoever is told ahead refused it.
    Withheld(String),
}

impl Called {
    /// The output's members, if it is a success.
    pub(crate) fn output(&self) -> Option<&Value> {
        match self {
            Called::Answer(answer, _) => answer.output(),
            _ => None,
        }
    }

    /// The error's code, if it is a refusal.
    pub(crate) fn error_code(&self) -> Option<&str> {
        match self {
            Called::Answer(answer, _) => answer.error_code(),
            _ => None,
        }
    }

    /// What happened, in a few words.
    pub(crate) fn describe(&self) -> String {
        match self {
            Called::Answer(Answer::Output { .. }, _) => "success".to_owned(),
            Called::Answer(Answer::Error { error, .. }, status) => {
                format!("{} (HTTP {status}): {}", error.code, error.message)
            }
            Called::Answer(Answer::Foreign(what), _) => what.clone(),
            Called::Failure(_, message) | Called::Withheld(message) => message.clone(),
            Called::Unsendable(error) => error.to_string(),
        }
    }
}

impl<'r> Caller<'r> {
    /// A caller of this endpoint.
    pub fn new(endpoint: &'r Endpoint, recorder: &'r Recorder) -> Self {
        Caller { endpoint, recorder }
    }

    pub(super) fn endpoint(&self) -> &'r Endpoint {
        self.endpoint
    }

    /// The same endpoint, with another recorder.
    pub(crate) fn with<'s>(&self, recorder: &'s Recorder) -> Caller<'s>
    where
        'r: 's,
    {
        Caller { endpoint: self.endpoint, recorder }
    }

    pub(crate) fn recorder(&self) -> &'r Recorder {
        self.recorder
    }

    /// Makes a call.
    pub(crate) async fn call(&self, call: Call<'_>) -> Called {
        let model = Model::ec2();
        let Some(action) = model.action(call.action) else {
            let owner = "EC2".to_owned();
            return Called::Unsendable(EncodeError::UnknownMember {
                owner,
                member: call.action.to_owned(),
                suggestion: None,
            });
        };
        // One token for all attempts: that is what it is for.
        let token = || uuid::Uuid::new_v4().to_string();
        let usual = Manner::default();
        let manner = call.form.manner.unwrap_or(&usual);
        let mut parameters = match encode(model, action, call.input, call.form.omit, token) {
            Ok(parameters) => parameters,
            Err(error) => return Called::Unsendable(error),
        };
        if let Some(by) = call.form.parameters {
            replace_parameters(&mut parameters, by);
        }
        let harmless = only_reads(&action.name)
            || self.endpoint.tokens_hold && has_token(model, action, &parameters);
        let body = encode_form(&parameters, manner.encoding);
        let invocation = uuid::Uuid::new_v4().to_string();
        self.endpoint.pace.turn(&action.name).await;
        let (mut attempt, began) = (1, Instant::now());
        loop {
            let headers = vec![
                ("amz-sdk-invocation-id".to_owned(), invocation.clone()),
                ("amz-sdk-request".to_owned(), format!("attempt={attempt}; max={MAX_ATTEMPTS}")),
            ];
            if let Some(ahead) = call.ahead
                && let Err(why) = ahead.attempt(&parameters).await
            {
                return Called::Withheld(why);
            }
            let sent = self.endpoint.client.send(body.clone(), headers, manner).await;
            let about = CallFor {
                case: call.case,
                step: call.step,
                purpose: call.purpose,
                action: call.action,
                attempt,
            };
            self.recorder.exchange(about, &sent);
            self.endpoint.note(&sent);
            let (called, hold) = match sent.outcome {
                Ok(response) => {
                    let hold = retry_after(&response, SystemTime::now());
                    let answer = Answer::read(model, Some(action), response.status, &response.body);
                    (Called::Answer(answer, response.status), hold)
                }
                Err(failure) => (Called::Failure(failure.kind, failure.message), None),
            };
            let trouble = Trouble::of(&called, harmless);
            let pause =
                trouble.and_then(|t| again(t, attempt, began.elapsed(), hold, fastrand::f64()));
            match trouble {
                Some(trouble) if trouble.is_overload() => {
                    // Nobody waits for what this call does not wait for.
                    self.endpoint.pace.slow_down(sent.started, pause.and(hold));
                }
                None if matches!(called, Called::Answer(..)) => self.endpoint.pace.go_on(),
                _ => {}
            }
            let Some(pause) = pause else { return called };
            tokio::time::sleep(pause).await;
            self.endpoint.pace.turn(&action.name).await;
            if began.elapsed() > PATIENCE {
                return called;
            }
            attempt += 1;
        }
    }
}

/// What came of a question to the endpoint that is no step of a case.
#[derive(Debug)]
pub enum Question {
    /// The output's members.
    Answered(Value),
    /// A refusal in EC2's own words.
    Refused {
        /// The error's code.
        code: String,
        /// Code, status and message.
        what: String,
    },
    /// An answer, but not of an EC2 API.
    Foreign(String),
    /// No answer.
    Failed {
        /// What kind of failure.
        kind: FailureKind,
        /// What happened.
        what: String,
    },
}

impl Caller<'_> {
    /// Asks the endpoint something that belongs to no case.
    pub async fn ask(&self, action: &str, input: &Value) -> Question {
        self.ask_in_manner(action, input, &Manner::default()).await
    }

    /// The same, with a request that differs from what an SDK would send.
    pub(super) async fn ask_in_manner(
        &self,
        action: &str,
        input: &Value,
        manner: &Manner,
    ) -> Question {
        let (case, step) = (None, None);
        let (purpose, ahead) = (Purpose::Discover, None);
        let form = Form { manner: Some(manner), ..Form::default() };
        let called = self.call(Call { case, step, purpose, action, input, form, ahead }).await;
        let what = self.recorder.redacted(&called.describe()).as_str().to_owned();
        match called {
            Called::Answer(Answer::Output { decoded, envelope }, _) => {
                // Any well-formed document decodes to something; only EC2 answers under this name.
                let root = envelope.map(|envelope| envelope.root).unwrap_or_default();
                if root == format!("{action}Response") {
                    Question::Answered(Arc::unwrap_or_clone(decoded.value))
                } else {
                    Question::Foreign(format!("HTTP 200 with <{root}>"))
                }
            }
            Called::Answer(Answer::Error { error, .. }, status) if error.code.is_empty() => {
                Question::Foreign(format!("HTTP {status} with an error that has no code"))
            }
            // So do object stores, which never wrap their refusals.
            Called::Answer(Answer::Error { error, envelope }, status)
                if envelope.as_ref().is_some_and(|envelope| envelope.root == "Error") =>
            {
                Question::Foreign(format!("HTTP {status} with a bare <Error>, {}", error.code))
            }
            Called::Answer(Answer::Error { error, .. }, _) => {
                Question::Refused { code: error.code, what }
            }
            Called::Answer(Answer::Foreign(what), _) => Question::Foreign(what),
            Called::Failure(kind, what) => Question::Failed { kind, what },
            Called::Unsendable(error) => {
                Question::Failed { kind: FailureKind::Broken, what: error.to_string() }
            }
            Called::Withheld(what) => Question::Failed { kind: FailureKind::Broken, what },
        }
    }
}
