//! A request and its answer, laid out for reading.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::percent_decode_str;
use serde::Serialize;

use super::escape::{clip, cut};
use super::{words, xml};
use crate::transcript::{Body, Exchange, Failure, Purpose, Redacted, Reply, Response, Transcript};
use crate::wire::FailureKind;

/// Bytes of a body that are shown.
const BODY: usize = 64 * 1024;
/// Bytes of a body that are shown once the page has become very long.
const BODY_OF_MANY: usize = 2 * 1024;
/// Bytes of bodies after which the page is very long.
const MANY: usize = 4 * 1024 * 1024;
/// Bytes of bodies after which nothing more is shown.
const MOST: usize = 24 * 1024 * 1024;
/// Cases after which a page shows less of each exchange.
const MANY_CASES: usize = 400;
/// Parameters of a request that are shown.
const PARAMETERS: usize = 400;

/// The exchanges of a transcript by their number.
pub(crate) type Stored<'a> = BTreeMap<u64, &'a Exchange>;

/// The exchanges of a transcript.
pub(crate) fn stored(transcript: &Transcript) -> Stored<'_> {
    transcript.exchanges().map(|exchange| (exchange.seq, exchange)).collect()
}

/// The exchanges there are, and those that the page shows.
pub(super) struct Exchanges<'a> {
    all: &'a Stored<'a>,
    wanted: BTreeSet<u64>,
    shown: Vec<ExchangeView>,
    bytes: usize,
    of_many: bool,
}

/// One exchange.
#[derive(Serialize)]
pub(super) struct ExchangeView {
    /// Its number; the script looks for it at the beginning of the line.
    pub(super) seq: u64,
    action: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    purpose: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    attempt: Option<u32>,
    at: String,
    took: String,
    method: String,
    url: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    request_headers: Vec<(String, String)>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parameters: Vec<(String, String)>,
    #[serde(skip_serializing_if = "is_zero")]
    parameters_left_out: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_body: Option<BodyView>,
    /// `200`, or what kind of failure.
    outcome: String,
    succeeded: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    response_headers: Vec<(String, String)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_body: Option<BodyView>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    headers_left_out: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// A body.
#[derive(Serialize)]
pub(super) struct BodyView {
    /// Its text; XML with one element a line.
    text: String,
    /// Whether it was indented for reading.
    indented: bool,
    /// Whether it is shown in Base64.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    base64: bool,
    /// How much was left out, if anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    left_out: Option<String>,
    /// Its size.
    size: String,
}

impl<'a> Exchanges<'a> {
    pub(super) fn new(all: &'a Stored<'a>, cases: usize) -> Self {
        Exchanges {
            all,
            wanted: BTreeSet::new(),
            shown: Vec::new(),
            bytes: 0,
            of_many: cases > MANY_CASES,
        }
    }

    /// Whether the transcript has it.
    pub(super) fn has(&self, seq: u64) -> bool {
        self.all.contains_key(&seq)
    }

    /// When its request was sent, in milliseconds since the run began.
    pub(super) fn sent_at(&self, seq: u64) -> Option<u64> {
        self.all.get(&seq).map(|exchange| exchange.at_ms)
    }

    /// Has the page show it, once. Says whether it does.
    pub(super) fn show(&mut self, seq: u64) -> bool {
        let Some(exchange) = self.all.get(&seq) else { return false };
        if self.wanted.contains(&seq) {
            return true;
        }
        if self.bytes > MOST {
            return false;
        }
        let most = if self.bytes < MANY && !self.of_many { BODY } else { BODY_OF_MANY };
        self.bytes += size(exchange).min(most);
        let mut view = view(exchange, most);
        if self.of_many {
            view.request_headers.clear();
            view.response_headers.clear();
            view.headers_left_out = true;
        }
        self.wanted.insert(seq);
        self.shown.push(view);
        true
    }

    /// Those that the page shows, in the order of their numbers.
    pub(super) fn shown(mut self) -> Vec<ExchangeView> {
        self.shown.sort_by_key(|exchange| exchange.seq);
        self.shown
    }
}

fn size(exchange: &Exchange) -> usize {
    let answer = match &exchange.reply {
        Reply::Response(Response { body: Body::Text(text) | Body::Base64(text), .. }) => {
            text.as_str().len()
        }
        Reply::Failure(_) => 0,
    };
    exchange.request.body.as_str().len() + answer
}

fn view(exchange: &Exchange, most: usize) -> ExchangeView {
    let request = &exchange.request;
    let form = parameters(cut(request.form(), most).0);
    let (outcome, succeeded, failure, response_headers, response_body) = match &exchange.reply {
        Reply::Response(response) => (
            response.status.to_string(),
            (200..400).contains(&response.status),
            None,
            headers(&response.headers),
            answer(&response.body, most),
        ),
        Reply::Failure(failure) => {
            (failed(failure).to_owned(), false, Some(clip(failure.message.as_str())), vec![], None)
        }
    };
    ExchangeView {
        seq: exchange.seq,
        action: clip(&exchange.action),
        purpose: match exchange.purpose {
            Purpose::Discover => "discovery",
            Purpose::Step => "",
            Purpose::Undo => "undo",
        },
        attempt: (exchange.attempt > 1).then_some(exchange.attempt),
        at: words::duration(exchange.at_ms),
        took: words::duration(exchange.took_ms),
        method: clip(&request.method),
        url: clip(request.url.as_str()),
        request_headers: headers(&request.headers),
        request_body: match &form {
            None => body(request.body.as_str(), false, most),
            Some(_) => None,
        },
        parameters_left_out: form.as_ref().map_or(0, |form| form.len().saturating_sub(PARAMETERS)),
        parameters: form.unwrap_or_default().into_iter().take(PARAMETERS).collect(),
        outcome,
        succeeded,
        failure,
        response_headers,
        response_body,
        headers_left_out: false,
    }
}

fn failed(failure: &Failure) -> &'static str {
    match failure.kind {
        FailureKind::Connect => "no connection",
        FailureKind::Tls => "no TLS",
        FailureKind::Timeout => "timed out",
        FailureKind::TooLarge => "answer too large",
        FailureKind::Broken => "broken answer",
    }
}

fn headers(headers: &[(String, Redacted)]) -> Vec<(String, String)> {
    const MOST: usize = 100;
    headers.iter().take(MOST).map(|(name, value)| (clip(name), clip(value.as_str()))).collect()
}

/// The parameters of a form, decoded; `None` if the text is not a form.
fn parameters(form: &str) -> Option<Vec<(String, String)>> {
    if form.is_empty() {
        return Some(Vec::new());
    }
    let decoded = |text: &str| {
        let text = text.replace('+', " ");
        clip(&percent_decode_str(&text).decode_utf8_lossy())
    };
    let pair =
        |pair: &str| pair.split_once('=').map(|(name, value)| (decoded(name), decoded(value)));
    form.split('&').map(pair).collect()
}

fn answer(answer: &Body, most: usize) -> Option<BodyView> {
    match answer {
        Body::Text(text) => body(text.as_str(), false, most),
        Body::Base64(text) => body(text.as_str(), true, most),
    }
}

fn body(text: &str, base64: bool, most: usize) -> Option<BodyView> {
    if text.is_empty() {
        return None;
    }
    let (start, rest) = cut(text, most);
    let indented = !base64 && xml::looks_like_xml(start);
    Some(BodyView {
        text: if indented { xml::indented(start) } else { start.to_owned() },
        indented,
        base64,
        left_out: (rest > 0).then(|| words::bytes(rest)),
        size: words::bytes(text.len()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_decoded() {
        let form = parameters("Action=RunInstances&Tag.1.Value=a+b%26c%3D%C3%A9&Empty=").unwrap();
        let shown: Vec<_> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(shown, [("Action", "RunInstances"), ("Tag.1.Value", "a b&c=é"), ("Empty", "")]);
        assert_eq!(parameters("{\"not\": 1}"), None);
        assert_eq!(parameters(""), Some(vec![]));
    }

    #[test]
    fn long_bodies_are_cut_with_a_note() {
        let view = body(&"é".repeat(BODY), false, BODY).unwrap();
        assert_eq!(view.left_out.as_deref(), Some("64.0 KiB"));
        assert_eq!(view.size, "128.0 KiB");
        assert!(body("", false, BODY).is_none());
    }
}
