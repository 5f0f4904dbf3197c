//! Why a server did not take something, for the person who sent it.

use super::Answer;
use crate::report::clean::clean;

/// Why a server did not take something. Ready to be shown: nothing of the answer is in it as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What the server answered.
    pub what: String,
    /// Why, in a sentence or two.
    pub why: String,
    /// What can be done about it.
    pub advice: String,
    /// Whether it is certain that nothing was stored.
    pub nothing_stored: bool,
}

impl Refusal {
    /// The server refused, and stored nothing.
    pub(super) fn new(
        answer: &Answer,
        why: impl Into<String>,
        advice: impl Into<String>,
    ) -> Refusal {
        Refusal { what: what(answer), why: why.into(), advice: advice.into(), nothing_stored: true }
    }

    /// It is not known what became of it.
    pub(super) fn open(
        answer: &Answer,
        why: impl Into<String>,
        advice: impl Into<String>,
    ) -> Refusal {
        Refusal { nothing_stored: false, ..Refusal::new(answer, why, advice) }
    }
}

/// The status, and what the server says to it.
fn what(answer: &Answer) -> String {
    let json = answer.json();
    let said = |key: &str| json.as_ref()?.get(key)?.as_str().map(clean);
    let words = match (said("title"), said("detail")) {
        (Some(title), Some(detail)) => format!("{title}: {detail}"),
        (Some(words), None) | (None, Some(words)) => words,
        (None, None) => answer.excerpt(),
    };
    let words: String = words.chars().take(300).collect();
    match words.is_empty() {
        true => format!("HTTP {}", answer.status),
        false => format!("HTTP {}, “{words}”", answer.status),
    }
}

/// What any server may answer that has not looked at what was sent; `service` is what should be
/// there, `beginning` what its addresses look like.
pub(super) fn general(answer: &Answer, service: &str, beginning: &str) -> Option<Refusal> {
    let elsewhere = format!("give the address at which {service} begins, {beginning}");
    let refusal = match answer.status {
        300..=399 => {
            let to = answer.location.as_deref().map(clean);
            let to = to.map_or_else(|| "elsewhere".to_owned(), |to| format!("to {to}"));
            let why = format!(
                "The server sends whoever asks {to}. Redirects are not followed: what is signed, and \
                 passwords, go only where you said."
            );
            Refusal::new(answer, why, "if you trust that place, name it with --url")
        }
        404 | 405 | 410 | 501 => {
            let why = format!("{service} is not at this address.");
            Refusal::new(answer, why, elsewhere)
        }
        407 => Refusal::new(
            answer,
            "A proxy on the way wants to know who you are.",
            "set HTTPS_PROXY with its user and password, or NO_PROXY with the server's host",
        ),
        408 | 429 => Refusal::new(
            answer,
            "The server, or what stands before it, has too much to do.",
            "wait some minutes, and send it again",
        ),
        413 => Refusal::new(
            answer,
            format!(
                "What stands before {service} takes no body of this size; {service} itself does."
            ),
            "ask who runs the server to allow larger requests (for nginx: client_max_body_size)",
        ),
        502 | 503 => Refusal::new(
            answer,
            format!("What stands before {service} cannot reach it."),
            "wait until it is up again, and send it again",
        ),
        504 => Refusal::open(
            answer,
            format!(
                "What stands before {service} did not wait for its answer. It may have stored it."
            ),
            "look there whether the run arrived before you send it again",
        ),
        ..=499 if answer.content_type.starts_with("text/html") => {
            let why = format!("A page for people answered, not {service}.");
            Refusal::new(answer, why, elsewhere)
        }
        _ => return None,
    };
    Some(refusal)
}
