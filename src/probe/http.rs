//! What a web server answers.

use http::{HeaderName, HeaderValue, Method, Request, Uri, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::{Map, Value};
use tokio::time::{Instant, timeout_at};

use super::dial::{Dialled, Stream, Way};
use super::found::{Bounded, Found, Outcome};

/// What is asked of a web server.
#[derive(Debug, Clone, Default)]
pub(super) struct Asked<'a> {
    pub(super) method: &'a str,
    /// The path, with the query.
    pub(super) path: &'a str,
    /// The value of `Host`.
    pub(super) authority: &'a str,
    pub(super) headers: Vec<(&'a str, &'a str)>,
    pub(super) body: &'a str,
}

/// What it answered.
pub(super) struct Answered {
    pub(super) status: u16,
    pub(super) headers: Map<String, Value>,
    pub(super) body: Bounded,
}

/// Asks the web server of a URL for what the URL names.
pub(super) async fn look(way: Way<'_>, url: &str, asked: Asked<'_>, deadline: Instant) -> Found {
    let (uri, host, port) = place(url)?;
    let stream = match way.dial(&host, port, deadline).await {
        Dialled::Open(stream) => stream,
        Dialled::Closed(outcome) => return Ok(outcome.value()),
        Dialled::Failed(why) => return Err(why),
    };
    let asked = Asked {
        path: uri.path_and_query().map_or("/", |path| path.as_str()),
        authority: uri.authority().map_or(&host, |authority| authority.as_str()),
        ..asked
    };
    let outcome = match ask(stream, &asked, deadline).await {
        Ok(answered) => Outcome::new("answered")
            .with("Status", answered.status)
            .with("Headers", answered.headers)
            .with("Body", answered.body.text())
            .with("BodyBytes", answered.body.bytes())
            .with("BodySha256", answered.body.sha256()),
        Err(why) => Outcome::because("no-http", why),
    };
    Ok(outcome.value())
}

/// A URL, and the host and port in it.
fn place(url: &str) -> Result<(Uri, String, u16), String> {
    let uri: Uri = url.parse().map_err(|error| format!("`{url}` is no URL: {error}"))?;
    if uri.scheme_str() != Some("http") {
        return Err(format!("`{url}`: only http:// is asked"));
    }
    let Some(host) = uri.host().map(|host| host.trim_matches(['[', ']']).to_owned()) else {
        return Err(format!("`{url}` names no host"));
    };
    let port = uri.port_u16().unwrap_or(80);
    Ok((uri, host, port))
}

/// Asks once over a connection; the error is what makes it none of HTTP.
pub(super) async fn ask(
    stream: impl Stream,
    asked: &Asked<'_>,
    deadline: Instant,
) -> Result<Answered, String> {
    match timeout_at(deadline, exchange(stream, asked)).await {
        Ok(answered) => answered,
        Err(_) => Err("there was no whole answer in time".to_owned()),
    }
}

async fn exchange(stream: impl Stream, asked: &Asked<'_>) -> Result<Answered, String> {
    let request = request(asked)?;
    let said = |error: hyper::Error| with_source(&error);
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(said)?;
    // Its errors are those of the request, too.
    let connection = tokio::spawn(connection);
    let answered = read(sender.send_request(request).await.map_err(said)?).await;
    connection.abort();
    answered
}

async fn read(answer: http::Response<hyper::body::Incoming>) -> Result<Answered, String> {
    let status = answer.status().as_u16();
    let mut headers: Map<String, Value> = Map::new();
    for (name, value) in answer.headers() {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        match headers.get_mut(name.as_str()) {
            // Several of a name are one with commas (RFC 9110, 5.2).
            Some(Value::String(before)) => *before = format!("{before}, {value}"),
            _ => {
                headers.insert(name.as_str().to_owned(), Value::String(value));
            }
        }
    }
    let mut body = Bounded::default();
    let mut rest = answer.into_body();
    while let Some(frame) = rest.frame().await {
        let frame = frame.map_err(|error| with_source(&error))?;
        if let Some(bytes) = frame.data_ref()
            && !body.add(bytes)
        {
            return Err("its answer has no end".to_owned());
        }
    }
    Ok(Answered { status, headers, body })
}

fn request(asked: &Asked<'_>) -> Result<Request<Full<Bytes>>, String> {
    let method = Method::from_bytes(asked.method.as_bytes())
        .map_err(|_| format!("`{}` is no method", asked.method))?;
    let mut request = Request::builder()
        .method(method)
        .uri(asked.path)
        .header(header::HOST, asked.authority)
        .body(Full::new(Bytes::copy_from_slice(asked.body.as_bytes())))
        .map_err(|error| error.to_string())?;
    for (name, value) in &asked.headers {
        let name: HeaderName = name.parse().map_err(|_| format!("`{name}` is no header"))?;
        let value: HeaderValue =
            value.parse().map_err(|_| format!("the header {name} cannot be `{value}`"))?;
        request.headers_mut().insert(name, value);
    }
    Ok(request)
}

/// An error and what is behind it: hyper says the latter only if asked.
fn with_source(error: &hyper::Error) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
