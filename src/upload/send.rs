//! Sends requests: once, to nowhere but where they are addressed, and reads a bounded answer.

use std::path::PathBuf;
use std::time::Duration;

use futures_util::StreamExt as _;
use reqwest::header::{CONTENT_TYPE, HeaderName, HeaderValue, LOCATION};

use super::{Address, Answer, Outgoing};
use crate::wire::{ClientError, ClientOptions, causes, http};

/// The longest answer that is read: a server's list of ten thousand results is not half of it.
const LONGEST: usize = 8 << 20;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    /// No connection could be made, so nothing was sent.
    #[error("nobody could be reached there: {0}")]
    NotSent(String),
    /// Something may have arrived.
    #[error("no whole answer came: {0}")]
    Unknown(String),
}

/// Sends requests to one server.
#[derive(Debug, Clone)]
pub struct Sender {
    http: reqwest::Client,
    timeout: Duration,
}

impl Sender {
    /// A sender to a server. Nothing is sent yet. What is on this machine is asked directly, whatever
    /// proxy the environment names.
    ///
    /// # Errors
    /// The certificates cannot be read.
    pub fn new(
        to: &Address,
        timeout: Duration,
        ca_bundle: Option<PathBuf>,
    ) -> Result<Sender, ClientError> {
        let options = ClientOptions { timeout, ca_bundle, ..ClientOptions::default() };
        Ok(Sender { http: http(&options, to.is_loopback())?, timeout })
    }

    /// Sends a request, once: what is handed in a second time is there twice.
    ///
    /// # Errors
    /// There is no answer, or none that could be read to its end.
    pub async fn send(&self, request: &Outgoing) -> Result<Answer, NoAnswer> {
        let mut builder = match request.method {
            "GET" => self.http.get(request.url.clone()),
            _ => self.http.post(request.url.clone()).body(request.body.clone()),
        };
        for header in &request.headers {
            let wrong = |what: &str| {
                NoAnswer::NotSent(format!("the header {} cannot be sent: {what}", header.name))
            };
            let name = HeaderName::try_from(header.name).map_err(|e| wrong(&e.to_string()))?;
            let mut value =
                HeaderValue::try_from(&header.value).map_err(|e| wrong(&e.to_string()))?;
            value.set_sensitive(header.shown.is_some());
            builder = builder.header(name, value);
        }
        let response = builder.send().await.map_err(|e| self.failure(&e))?;
        let text = |name| {
            let value = response.headers().get(name);
            value.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let mut answer = Answer {
            status: response.status().as_u16(),
            content_type: text(CONTENT_TYPE).unwrap_or_default().to_ascii_lowercase(),
            location: text(LOCATION),
            body: Vec::new(),
        };
        let mut chunks = response.bytes_stream();
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|e| self.failure(&e))?;
            if answer.body.len() + chunk.len() > LONGEST {
                let why = format!(
                    "the answer (HTTP {}) is longer than {} MiB",
                    answer.status,
                    LONGEST >> 20
                );
                return Err(NoAnswer::Unknown(why));
            }
            answer.body.extend_from_slice(&chunk);
        }
        Ok(answer)
    }

    fn failure(&self, error: &reqwest::Error) -> NoAnswer {
        let why = match error.is_timeout() {
            true if error.is_connect() => "no connection in time".to_owned(),
            true => format!("none within {} s", self.timeout.as_secs()),
            false => causes(error),
        };
        if error.is_connect() || error.is_builder() {
            NoAnswer::NotSent(why)
        } else {
            NoAnswer::Unknown(why)
        }
    }
}
