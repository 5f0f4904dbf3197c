//! What the monitor refuses, and why. (Observed with its revision 077174d, 2026-08-21.)

use super::BEGINNING;
use crate::upload::refusal::general;
use crate::upload::{Answer, Refusal};

/// What was sent, as far as answers depend on it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sent {
    /// The account.
    pub account: String,
    /// The cloud that it is about.
    pub subject: String,
    /// The public key's line.
    pub key: String,
    /// The report's id.
    pub report: String,
}

/// Why the monitor did not take a report; nothing if it did.
pub fn refusal(answer: &Answer, sent: &Sent) -> Option<Refusal> {
    let json = answer.json();
    if answer.status == 200 && json == Some(serde_json::Value::Null) {
        return None;
    }
    let detail = json.as_ref().and_then(|json| json.get("detail")?.as_str()).unwrap_or_default();
    let Sent { account, subject, key, report } = sent;
    let of = |why: String, advice: String| Refusal::new(answer, why, advice);
    Some(match (answer.status, detail) {
        (200, "empty reports") => of(
            "Nothing arrived behind the signature: the report was cut off on its way.".to_owned(),
            "send it again".to_owned(),
        ),
        (401, "Not authenticated") => of(
            "The account and its secret did not arrive.".to_owned(),
            "ask who runs the monitor whether something before it drops the header Authorization".to_owned(),
        ),
        (401, "Incorrect username or password") => of(
            format!("There is no account {account:?}, or this is not its secret."),
            "look both up with who runs the monitor: the account is often called as the cloud is (--account)"
                .to_owned(),
        ),
        (401, "missing signature") => of(
            "The signature, or the `&` behind it, did not arrive as it was sent: line ends were changed, \
             or the beginning is missing."
                .to_owned(),
            "send it again by another way: what rewrites bodies breaks signatures".to_owned(),
        ),
        (401, "verification failed") => of(
            format!(
                "The monitor finds no key of the account {account:?} that made this signature. It was \
                 checked here before it was sent, so either the key is not registered, or something on \
                 the way changed the report."
            ),
            format!("have this key entered for the account:\n  {key}"),
        ),
        (401, "Permission denied") => of(
            format!(
                "The account {account:?} may not report on {subject:?}: an account reports on the cloud of \
                 its own name, unless it has the role append_any."
            ),
            format!("name the account's own cloud, --subject {account}, or ask for the role append_any"),
        ),
        (401, "delegation problem?") => of(
            format!(
                "The account {account:?} has the role append_any, but {subject:?} is not known, or does not \
                 name it among its delegates."
            ),
            format!("correct --subject, or have {account:?} entered as a delegate of {subject:?}"),
        ),
        (401, _) => of(
            "The monitor does not accept who you are.".to_owned(),
            "if its words do not help, ask who runs it".to_owned(),
        ),
        (409, _) => of(
            format!(
                "The monitor has this report already: {report}. Its id follows from what it says, so nothing \
                 is missing there."
            ),
            format!("nothing is to be done; {}", seen(subject)),
        ),
        (415, _) => of(
            "The media type did not arrive to the letter, or this monitor takes no signed JSON.".to_owned(),
            "ask who runs it for its version; something on the way may have added a charset".to_owned(),
        ),
        (500, _) if answer.text().trim() == "Internal Server Error" => of(
            "The monitor broke off, which it does of reports that it cannot read, and stores nothing. This \
             one has all that it needs, so it is another version, or it was changed on its way."
                .to_owned(),
            "ask who runs the monitor to look into its log for this moment".to_owned(),
        ),
        (200..=299, _) if !answer.content_type.starts_with("text/html") => Refusal::open(
            answer,
            "This is not what the monitor answers (`null`). It is not known what became of the report.",
            format!("check that the address is where the monitor begins, {BEGINNING}"),
        ),
        _ => general(answer, "SCS's monitor", BEGINNING).unwrap_or_else(|| match answer.status {
            400..=499 => of(
                "The monitor refuses this for a reason of its own.".to_owned(),
                "if its words do not help, ask who runs it".to_owned(),
            ),
            _ => Refusal::open(
                answer,
                "The monitor, or what stands before it, broke off. It is not known whether it has the report.",
                "send it again, which says whether the report arrived: what is there is answered with 409",
            ),
        }),
    })
}

/// Where a report is seen.
fn seen(subject: &str) -> String {
    format!("the monitor shows what it has of the cloud at /status?subject={subject}")
}
