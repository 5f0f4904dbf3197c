//! The findings about the code of a refusal.

use serde_json::json;

use super::doc::{ErrorCode, Fault};
use super::load::fits;
use super::{ErrorCodes, Possible};
use crate::judge::rules::finding;
use crate::judge::{Evidence, EvidenceKind, Finding};
use crate::model::Model;

/// The list of codes in AWS's documentation, by its key in the file.
const LIST: &str = "ec2-errors";

/// What is to say about a refusal of `action` with this code and HTTP status, wherever it comes
/// from: no XML is needed. Nothing if the code is empty, or no codes are known.
pub(in crate::judge) fn check_code(
    step: &str,
    action: &str,
    code: &str,
    status: u16,
    errors: &ErrorCodes,
) -> Vec<Finding> {
    if code.is_empty() || errors.is_empty() {
        return Vec::new();
    }
    let refusal = Refusal { step, action, code, status, errors };
    let mut findings = Vec::new();
    match errors.possible(action, code) {
        Possible::Yes => {}
        Possible::Unknown(meant) => findings.push(refusal.unknown(meant)),
        Possible::CaseOnly(known) => findings.push(refusal.case(known)),
        Possible::OtherAction => findings.extend(refusal.other_action()),
    }
    findings.extend(refusal.status());
    findings
}

struct Refusal<'a> {
    step: &'a str,
    action: &'a str,
    code: &'a str,
    status: u16,
    errors: &'a ErrorCodes,
}

impl Refusal<'_> {
    fn unknown(&self, meant: Option<String>) -> Finding {
        // Without numbers, which would change all such findings with every code that is added.
        let states = format!(
            "The list has no {}; nor is it among the further codes that AWS's SDKs name, that \
             AWS is known to have sent, or that widely used clients look for.",
            self.code
        );
        Finding {
            message: format!(
                "{} is refused with {}, which is no code that AWS documents",
                self.action, self.code
            ),
            expected: match meant {
                Some(code) => json!({"Code": code}),
                None => json!("one of AWS's codes"),
            },
            actual: json!({"Code": self.code}),
            evidence: vec![self.list(states)],
            ..finding("model.error-code-unknown", self.step, "error.code")
        }
    }

    fn case(&self, known: String) -> Finding {
        let states = format!("The code is written {known}.");
        let evidence = match self.errors.known(&known) {
            Some(known) => self.sources(known, &states),
            None => vec![self.list(states)],
        };
        Finding {
            message: format!("AWS writes {known}, here it is {}", self.code),
            expected: json!({"Code": known}),
            actual: json!({"Code": self.code}),
            evidence,
            ..finding("model.error-code-case", self.step, "error.code")
        }
    }

    fn other_action(&self) -> Option<Finding> {
        let known = self.errors.known(self.code)?;
        let mut evidence = self.sources(known, &format!("{}: {}", self.code, known.meaning));
        let words = self.errors.words(known);
        evidence.push(Evidence {
            kind: EvidenceKind::Model,
            source: Model::ec2().source().to_owned(),
            url: Some("https://pypi.org/project/botocore/".to_owned()),
            states: match words.is_empty() {
                true => format!("{} only describes.", self.action),
                false => format!(
                    "Neither the name of {} nor that of a member of its input has {} in it.",
                    self.action,
                    words.join(" or ")
                ),
            },
            date: Some(Model::ec2().published().to_owned()),
        });
        Some(Finding {
            message: format!(
                "{} is refused with {}, which AWS has for other actions",
                self.action, self.code
            ),
            expected: json!(format!("a code that says what is wrong with {}", self.action)),
            actual: json!({"Code": self.code}),
            evidence,
            ..finding("model.error-code-action", self.step, "error.code")
        })
    }

    fn status(&self) -> Option<Finding> {
        let known = self.errors.known(self.code)?;
        if fits(known.kind, self.status) {
            return self.status_number(known);
        }
        let (class, kind) = match known.kind {
            Fault::Client => ("4xx", "client"),
            Fault::Server => ("5xx", "server"),
        };
        let exact = self.errors.statuses(self.code);
        let expected = match exact.as_slice() {
            [] => json!(format!("HTTP {class}")),
            exact => json!({"HTTP status": exact}),
        };
        let states = format!(
            "{} is a {kind} error; {kind} errors come with an HTTP status of {class}.",
            self.code
        );
        let mut evidence = self.sources(known, &states);
        evidence.extend(self.shown(known));
        Some(Finding {
            message: format!("{} comes with HTTP {}, on AWS with {class}", self.code, self.status),
            expected,
            actual: json!({"HTTP status": self.status, "Code": self.code}),
            evidence,
            ..finding("model.error-status", self.step, "http.status")
        })
    }

    /// Of the right class, but not what AWS was seen to send, of codes of which that is known.
    fn status_number(&self, known: &ErrorCode) -> Option<Finding> {
        let exact = self.errors.statuses(self.code);
        if exact.is_empty() || exact.contains(&self.status) {
            return None;
        }
        let states = format!("{} comes with HTTP {exact:?}.", self.code);
        let mut evidence = self.sources(known, &states);
        evidence.extend(self.shown(known));
        Some(Finding {
            message: format!(
                "{} comes with HTTP {}, on AWS with {exact:?}",
                self.code, self.status
            ),
            expected: json!({"HTTP status": exact}),
            actual: json!({"HTTP status": self.status, "Code": self.code}),
            evidence,
            ..finding("model.error-status-number", self.step, "http.status")
        })
    }

    /// The first answer of AWS that shows the status.
    fn shown(&self, known: &ErrorCode) -> Option<Evidence> {
        let answer = known.answers.iter().find(|answer| answer.status.is_some())?;
        let status = answer.status?;
        let action = answer.action.as_deref().unwrap_or("a request");
        self.evidence(&answer.source, format!("AWS answered {action} with HTTP {status}."))
    }

    /// The sources that list a code, all stating the same.
    fn sources(&self, known: &ErrorCode, states: &str) -> Vec<Evidence> {
        let sources = known.sources.iter();
        sources.filter_map(|key| self.evidence(key, states.to_owned())).collect()
    }

    fn list(&self, states: String) -> Evidence {
        self.evidence(LIST, states.clone()).unwrap_or_else(|| Evidence {
            kind: EvidenceKind::Documented,
            source: "error codes".to_owned(),
            url: None,
            states,
            date: None,
        })
    }

    fn evidence(&self, key: &str, states: String) -> Option<Evidence> {
        let source = self.errors.source(key)?;
        Some(Evidence {
            // Also what others recorded: it is no recording of this sequence.
            kind: EvidenceKind::Documented,
            source: source.title.clone(),
            url: Some(source.url.clone()),
            states,
            date: Some(source.date.clone()),
        })
    }
}
