//! What RefStack refuses, and why. (Observed with RefStack 2.1.0.)

use super::BEGINNING;
use crate::upload::refusal::general;
use crate::upload::{Answer, Refusal};

/// What was sent, as far as answers depend on it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sent {
    /// Of a signed run, what registers the key.
    pub registration: Option<Registration>,
}

/// What somebody has to enter at the server so that it knows a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// The public key's line.
    pub key: String,
    /// The key's signature over the word `signature`, in hexadecimal.
    pub self_signature: String,
}

impl Registration {
    /// What the key has to sign for [`Registration::self_signature`].
    pub const WORD: &'static [u8] = b"signature";
}

/// Why RefStack did not take what was sent, for an answer that is no receipt.
pub fn refusal(answer: &Answer, sent: &Sent) -> Refusal {
    let json = answer.json();
    let title = json.as_ref().and_then(|json| json.get("title")?.as_str()).unwrap_or_default();
    let of = |why: &str, advice: &str| Refusal::new(answer, why, advice);
    let on_the_way = "send it again, and by another way if it happens again: what rewrites bodies on \
                      the way (a proxy, a filter) breaks signatures";
    match (answer.status, title) {
        (400, "Malformed request") => of(
            "What arrived is no JSON, and what was sent is: it was changed or cut off on its way.",
            on_the_way,
        ),
        (400, "Uploaded results must contain at least one passing test.") => of(
            "No test was in what arrived. RefStack takes only runs in which one passed.",
            "look with --dry-run what is sent",
        ),
        (400, "Request doesnt correspond to schema") => of(
            "The server wants other keys or types than RefStack 2.1.0 does (cpid, duration_seconds, \
             results with name and uuid), or something was changed on its way.",
            "compare what was kept with the schema that the server shows at /v1/results/schema",
        ),
        (400, "Signature verification failed") => of(
            "The signature is not one over the bytes that arrived. It was checked here before it was \
             sent, so something changed the body or the headers on the way: one space is enough.",
            on_the_way,
        ),
        (400, "Malformed signature") => of(
            "The header X-Signature did not arrive in hexadecimal digits, as it was sent.",
            on_the_way,
        ),
        (400, "Malformed public key") => of(
            "The header X-Public-Key did not arrive, or is no `ssh-rsa …` line any more.",
            "ask who runs the server whether something before it drops headers that begin with X-",
        ),
        (401, _) => unknown_key(answer, sent),
        (403, _) => of(
            "The server does not let you do that, whoever you are to it.",
            "ask who runs it whether uploads are open, and to whom",
        ),
        (500, "Internal Server Error") => of(
            "The server broke off and stored nothing. It says this of names that are too long, of \
             letters outside Latin-1, of two names that differ only in case or accents, of ids that are \
             too long, and of keys that are not RSA. None of that is in what was sent, so the fault is \
             on its side, or it is another version than 2.1.0.",
            "ask who runs the server to look into its log for this moment, and send it again later",
        ),
        (200..=299, _) if !answer.content_type.starts_with("text/html") => Refusal::open(
            answer,
            "This is no receipt of RefStack's: it has no test_id. It is not known what became of the run.",
            format!("check that the address is where RefStack begins, {BEGINNING}"),
        ),
        _ => general(answer, "RefStack", BEGINNING).unwrap_or_else(|| match answer.status {
            500.. => Refusal::open(
                answer,
                "The server broke off. It is not known whether it stored anything.",
                "look there whether the run arrived before you send it again",
            ),
            _ => of(
                "The server refuses this for a reason of its own.",
                "if its words do not help, ask who runs it",
            ),
        }),
    }
}

fn unknown_key(answer: &Answer, sent: &Sent) -> Refusal {
    match &sent.registration {
        Some(Registration { key, self_signature }) => Refusal::new(
            answer,
            "The signature is right, and the server does not know whose key it is.",
            format!(
                "sign in to the server's web page, and enter the key there, under Profile, Import Public \
                 Key:\n  public key      {key}\n  self signature  {self_signature}\nthen send it again; or \
                 without --key, for a run that is nobody's and everybody's to see"
            ),
        ),
        None => Refusal::new(
            answer,
            "The server wants to know who you are, and the run was not signed.",
            "sign it: --key FILE, an RSA key that the server knows",
        ),
    }
}
