//! A request and its answer, laid out for reading.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::percent_decode_str;

use super::escape::{clip, cut};
use super::{words, xml};
use crate::transcript::{Body, Exchange, Failure, Purpose, Redacted, Reply, Response};
use crate::wire::FailureKind;

/// Bytes of a body that are shown.
const BODY: usize = 64 * 1024;
/// Bytes of a body that are shown once the page has become very long.
const BODY_OF_MANY: usize = 2 * 1024;
/// Bytes of bodies after which the page is very long.
const MANY: usize = 4 * 1024 * 1024;
/// Cases after which those that pass are shown without their exchanges, and without what no client
/// can notice: a page of tens of megabytes is not looked at.
const MANY_CASES: usize = 400;
/// Parameters of a request that are shown.
const PARAMETERS: usize = 400;

/// The exchanges there are, and which of them the page has shown already: each is shown once.
pub(super) struct Exchanges<'a> {
    all: &'a BTreeMap<u64, Exchange>,
    shown: BTreeSet<u64>,
    bytes: usize,
    of_many: bool,
}

/// One exchange.
pub(super) struct ExchangeView {
    pub(super) seq: u64,
    pub(super) anchor: String,
    pub(super) action: String,
    pub(super) purpose: &'static str,
    pub(super) attempt: Option<u32>,
    pub(super) at: String,
    pub(super) took: String,
    pub(super) method: String,
    pub(super) url: String,
    pub(super) request_headers: Vec<(String, String)>,
    pub(super) parameters: Vec<(String, String)>,
    pub(super) parameters_left_out: usize,
    pub(super) request_body: Option<BodyView>,
    /// `200`, or what kind of failure.
    pub(super) outcome: String,
    pub(super) succeeded: bool,
    pub(super) failure: Option<String>,
    pub(super) response_headers: Vec<(String, String)>,
    pub(super) response_body: Option<BodyView>,
    pub(super) headers_left_out: bool,
}

/// A body.
pub(super) struct BodyView {
    /// Its lines: blanks before, and pieces with whether they are markup.
    pub(super) lines: Vec<LineView>,
    /// Whether it was indented for reading.
    pub(super) indented: bool,
    /// Whether it is shown in Base64.
    pub(super) base64: bool,
    /// How much was left out, if anything.
    pub(super) left_out: Option<String>,
    /// Its size.
    pub(super) size: String,
}

/// A line of a body.
pub(super) struct LineView {
    pub(super) margin: &'static str,
    pub(super) pieces: Vec<(bool, String)>,
}

impl<'a> Exchanges<'a> {
    pub(super) fn new(all: &'a BTreeMap<u64, Exchange>, cases: usize) -> Self {
        Exchanges { all, shown: BTreeSet::new(), bytes: 0, of_many: cases > MANY_CASES }
    }

    /// Whether the page has so many cases that what nobody will look for is left out.
    pub(super) fn of_many(&self) -> bool {
        self.of_many
    }

    /// Whether the transcript has it.
    pub(super) fn has(&self, seq: u64) -> bool {
        self.all.contains_key(&seq)
    }

    /// When its request was sent, in milliseconds since the run began.
    pub(super) fn sent_at(&self, seq: u64) -> Option<u64> {
        self.all.get(&seq).map(|exchange| exchange.at_ms)
    }

    /// The exchange for showing, unless the page shows it already.
    pub(super) fn take(&mut self, seq: u64) -> Option<ExchangeView> {
        let exchange = self.all.get(&seq)?;
        if !self.shown.insert(seq) {
            return None;
        }
        let most = if self.bytes < MANY && !self.of_many { BODY } else { BODY_OF_MANY };
        self.bytes += size(exchange).min(most);
        let mut view = view(exchange, most);
        if self.of_many {
            view.request_headers.clear();
            view.response_headers.clear();
            view.headers_left_out = true;
        }
        Some(view)
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
        anchor: format!("x{}", exchange.seq),
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
    let lines = if indented {
        xml::lines(start).iter().map(line).collect()
    } else {
        vec![LineView { margin: "", pieces: vec![(false, start.to_owned())] }]
    };
    let left_out = (rest > 0).then(|| words::bytes(rest));
    Some(BodyView { lines, indented, base64, left_out, size: words::bytes(text.len()) })
}

fn line(line: &xml::Line<'_>) -> LineView {
    let pieces = line.pieces.iter().map(|piece| (piece.markup, piece.text.to_owned()));
    LineView { margin: line.margin, pieces: pieces.collect() }
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
