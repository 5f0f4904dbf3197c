//! Sends signed requests and returns what came back, bounded in size and time.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use futures_util::StreamExt as _;
use reqwest::Certificate;
use serde::{Deserialize, Serialize};
use url::Url;

use super::cut::cut_off;
use super::{Encoding, Manner, Method, Signature, Signer, encode_form};

/// How long a connection waits for its next request. Apache ends those that waited for five seconds,
/// others later, and what is sent just then is lost without a word whether it arrived.
const IDLE: Duration = Duration::from_secs(4);

/// How to reach an endpoint.
#[derive(Debug, Clone)]
pub struct ClientOptions {
    /// Time to make a connection.
    pub connect_timeout: Duration,
    /// Time from sending a request to the last byte of its answer.
    pub timeout: Duration,
    /// Bytes of an answer that are read before it is given up.
    pub max_response: usize,
    /// Bytes of all answers together that are read beyond the first 64 KiB of each: what a run keeps
    /// must not be the endpoint's to choose, however often it is asked.
    pub max_large: usize,
    /// PEM file of certificate authorities to trust beside the system's.
    pub ca_bundle: Option<PathBuf>,
}

impl Default for ClientOptions {
    fn default() -> Self {
        ClientOptions {
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(60),
            max_response: 32 << 20,
            max_large: 256 << 20,
            ca_bundle: None,
        }
    }
}

/// What each answer may have, however large those before it were: nearly all are a few kilobytes.
const SMALL: usize = 64 << 10;

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The endpoint is no URL that can be used.
    #[error("`{0}` is not an endpoint: {1}; write a URL such as http://cloud.example:8788/")]
    Endpoint(String, String),
    /// The file of certificate authorities cannot be used.
    #[error("{}: {why}; it has to be a PEM file of certificates", path.display())]
    CaBundle {
        /// The file.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// The HTTP client cannot be set up.
    #[error("no HTTP client could be set up: {0}")]
    Setup(String),
}

/// Kinds of failure below HTTP's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureKind {
    /// No connection could be made.
    Connect,
    /// The connection was made but TLS was not.
    Tls,
    /// It took longer than allowed.
    Timeout,
    /// The answer was larger than allowed.
    TooLarge,
    /// The connection ended in the middle, or what came is not HTTP.
    Broken,
}

/// A request as it went out.
#[derive(Debug, Clone)]
pub struct SentRequest {
    /// HTTP method.
    pub method: String,
    /// URL.
    pub url: String,
    /// Headers in the order sent.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

/// An answer as it came in.
#[derive(Debug, Clone)]
pub struct RawResponse {
    /// HTTP status code.
    pub status: u16,
    /// Headers in the order received; bytes that are not text are replaced.
    pub headers: Vec<(String, String)>,
    /// The body's bytes.
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug, Clone)]
pub struct Failure {
    /// What kind of failure.
    pub kind: FailureKind,
    /// What happened, for a person.
    pub message: String,
}

/// One request and what became of it.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// What was sent.
    pub request: SentRequest,
    /// What came back, or why nothing did.
    pub outcome: Result<RawResponse, Failure>,
    /// When it was sent.
    pub started: Instant,
    /// From sending to the last byte, or to the failure.
    pub took: Duration,
}

/// A client of one endpoint.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    endpoint: Url,
    signer: Signer,
    options: ClientOptions,
    /// Bytes that were read of answers beyond what each may have. Shared by all clones.
    large: Arc<AtomicUsize>,
}

impl Client {
    /// A client for an endpoint. Nothing is sent yet.
    ///
    /// # Errors
    /// The endpoint is no HTTP URL, or the certificates cannot be read.
    pub fn new(
        endpoint: &str,
        signer: Signer,
        options: ClientOptions,
    ) -> Result<Self, ClientError> {
        let endpoint = parse_endpoint(endpoint)?;
        let http = http(&options, false)?;
        Ok(Client { http, endpoint, signer, options, large: Arc::default() })
    }

    /// The endpoint's URL, without user and password.
    pub fn endpoint(&self) -> &Url {
        &self.endpoint
    }

    /// The signer.
    pub fn signer(&self) -> &Signer {
        &self.signer
    }

    /// Sends these parameters, form-encoded, in one request. Never fails as such: a failure is an
    /// outcome.
    pub async fn send(
        &self,
        form: String,
        headers: Vec<(String, String)>,
        manner: &Manner,
    ) -> Attempt {
        let mut request = match manner.method {
            Method::Post => self.post(form, headers),
            Method::Get => self.get(&form, headers),
        };
        for (name, value) in &manner.headers {
            request.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
            request.headers.extend(value.iter().map(|value| (name.clone(), value.clone())));
        }
        let started = Instant::now();
        let signed = self.signer.sign(
            &request.method,
            &request.url,
            &request.headers,
            request.body.as_bytes(),
            SystemTime::now(),
            manner.signature,
        );
        let outcome = match signed {
            Ok(signed) => {
                request.headers.extend(signed.headers);
                if !signed.query.is_empty() {
                    request.url = with_query(&request.url, &signed.query);
                }
                if manner.signature == Signature::AlteredBody {
                    request.alter();
                }
                self.exchange(&request).await
            }
            Err(message) => Err(Failure { kind: FailureKind::Broken, message }),
        };
        Attempt { request, outcome, started, took: started.elapsed() }
    }

    fn post(&self, form: String, mut headers: Vec<(String, String)>) -> SentRequest {
        // As botocore sends it.
        let content_type = "application/x-www-form-urlencoded; charset=utf-8";
        headers.insert(0, ("content-type".into(), content_type.into()));
        let (method, url) = ("POST".to_owned(), self.endpoint.to_string());
        SentRequest { method, url, headers, body: form }
    }

    fn get(&self, form: &str, headers: Vec<(String, String)>) -> SentRequest {
        let mut url = self.endpoint.clone();
        url.set_query(Some(form));
        let (method, url) = ("GET".to_owned(), url.to_string());
        SentRequest { method, url, headers, body: String::new() }
    }

    async fn exchange(&self, request: &SentRequest) -> Result<RawResponse, Failure> {
        let broken = |message: String| Failure { kind: FailureKind::Broken, message };
        let url = Url::parse(&request.url).map_err(|e| broken(e.to_string()))?;
        let mut builder = match request.method.as_str() {
            "GET" => self.http.get(url),
            _ => self.http.post(url).body(request.body.clone()),
        };
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        let response = builder.send().await.map_err(|e| self.failure(&e))?;
        let status = response.status().as_u16();
        let headers: Vec<(String, String)> = response
            .headers()
            .iter()
            .map(|(n, v)| (n.to_string(), String::from_utf8_lossy(v.as_bytes()).into_owned()))
            .collect();
        let mut body = Vec::new();
        let mut chunks = response.bytes_stream();
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|e| self.failure(&e))?;
            self.may_grow(status, body.len(), chunk.len())?;
            body.extend_from_slice(&chunk);
        }
        if let Some(message) = cut_off(status, &headers, &body) {
            return Err(broken(message));
        }
        Ok(RawResponse { status, headers, body })
    }

    /// Whether an answer of so many bytes may have so many more.
    fn may_grow(&self, status: u16, length: usize, more: usize) -> Result<(), Failure> {
        let too_large = |than: String| {
            let message = format!(
                "the answer (HTTP {status}) is larger than {than} and was not read to its end"
            );
            Err(Failure { kind: FailureKind::TooLarge, message })
        };
        let ClientOptions { max_response, max_large, .. } = self.options;
        if length + more > max_response {
            return too_large(format!("{} MiB", max_response >> 20));
        }
        let beyond = (length + more).saturating_sub(SMALL.max(length));
        if beyond > 0 && self.large.fetch_add(beyond, Ordering::Relaxed) + beyond > max_large {
            let before =
                format!("{} KiB, those before it were {} MiB", SMALL >> 10, max_large >> 20);
            return too_large(before);
        }
        Ok(())
    }

    fn failure(&self, error: &reqwest::Error) -> Failure {
        if error.is_timeout() && error.is_connect() {
            let limit = self.options.connect_timeout.min(self.options.timeout);
            let message = format!("no connection within {} s", limit.as_secs_f32());
            return Failure { kind: FailureKind::Connect, message };
        }
        let message = causes(error);
        let kind = if error.is_timeout() {
            FailureKind::Timeout
        } else if is_tls(error) {
            FailureKind::Tls
        } else if error.is_connect() {
            FailureKind::Connect
        } else {
            FailureKind::Broken
        };
        let message = match kind {
            FailureKind::Timeout => {
                format!("no complete answer within {} s", self.options.timeout.as_secs_f32())
            }
            _ => message,
        };
        Failure { kind, message }
    }
}

impl SentRequest {
    /// Changes what was signed: one more parameter, which an endpoint that does not look at the
    /// signature would never miss.
    fn alter(&mut self) {
        let part = if self.method == "GET" { &mut self.url } else { &mut self.body };
        part.push_str("&DryRun=false");
    }
}

/// An HTTP client that follows no redirect: credentials never do, and to the judge it is an answer.
/// `direct` leaves out what proxies the environment names.
///
/// # Errors
/// The certificates cannot be read.
pub(crate) fn http(options: &ClientOptions, direct: bool) -> Result<reqwest::Client, ClientError> {
    // Ring, not the default provider: it needs no C++ tool chain and builds in seconds. Having
    // been installed by an earlier client is no error.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut http = reqwest::Client::builder()
        .user_agent(concat!("parallax/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(options.connect_timeout)
        .pool_idle_timeout(IDLE)
        .timeout(options.timeout);
    if direct {
        http = http.no_proxy();
    }
    if let Some(path) = &options.ca_bundle {
        http = http.tls_certs_merge(certificates(path)?);
    }
    http.build().map_err(|e| ClientError::Setup(causes(&e)))
}

/// The URL with further parameters, escaped as they were signed.
fn with_query(url: &str, query: &[(String, String)]) -> String {
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}{}", encode_form(query, Encoding::Usual))
}

/// The URL of an endpoint: HTTP, a host, a path, and nothing else.
///
/// # Errors
/// It is no such URL; the error shows no password.
pub(crate) fn parse_endpoint(text: &str) -> Result<Url, ClientError> {
    let wrong = |why: &str| ClientError::Endpoint(without_userinfo(text), why.to_owned());
    let mut url = Url::parse(text).map_err(|e| wrong(&e.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(wrong("it has to begin with http:// or https:// and name a host"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("it must not have a query or a fragment"));
    }
    // A password in the URL would end up in transcripts; EC2 has no use for one.
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("it must not carry a user or a password"));
    }
    if url.path().is_empty() {
        url.set_path("/");
    }
    Ok(url)
}

/// Without what stands before the last `@`: even in a text that is no URL that may be a password.
fn without_userinfo(text: &str) -> String {
    let Some(at) = text.rfind('@') else { return text.to_owned() };
    match text.find("://").filter(|scheme| *scheme < at) {
        Some(scheme) => format!("{}://…{}", &text[..scheme], &text[at..]),
        None => format!("…{}", &text[at..]),
    }
}

fn certificates(path: &PathBuf) -> Result<Vec<Certificate>, ClientError> {
    let wrong = |why: String| ClientError::CaBundle { path: path.clone(), why };
    let pem = std::fs::read(path).map_err(|e| wrong(e.to_string()))?;
    let found = Certificate::from_pem_bundle(&pem).map_err(|e| wrong(causes(&e)))?;
    if found.is_empty() {
        return Err(wrong("there is no certificate in it".to_owned()));
    }
    Ok(found)
}

/// Whether TLS is what failed: rustls's own error is somewhere among the causes, or the handshake
/// was broken off. An `io::Error` hides what it holds from `source`.
fn is_tls(error: &(dyn std::error::Error + 'static)) -> bool {
    let held = error.downcast_ref::<std::io::Error>().and_then(|e| e.get_ref());
    error.is::<rustls::Error>()
        || held.is_some_and(|inner| is_tls(inner) || inner.to_string() == "tls handshake eof")
        || error.source().is_some_and(is_tls)
}

/// The innermost causes of an error in one line: the outer ones only say that there was one.
pub(crate) fn causes(error: &dyn std::error::Error) -> String {
    let mut all = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if all.last() != Some(&text) {
            all.push(text);
        }
        cause = error.source();
    }
    let from = all.len().saturating_sub(2).max(usize::from(all.len() > 1));
    all[from..].join(": ")
}
