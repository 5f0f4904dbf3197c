//! The model layer: is everything in the answer something that AWS's published API model defines,
//! in its type and place?

use serde_json::{Value, json};

use super::evidence::{documented, model_evidence, protocol, recorded, time_format};
use super::{asked, identity};
use crate::judge::errors::{ErrorCodes, check_code};
use crate::judge::merge::Tally;
use crate::judge::observe::AnswerSeen;
use crate::judge::rules::finding;
use crate::judge::shape::Profile;
use crate::judge::{Evidence, EvidenceKind, Finding};
use crate::model::Model;
use crate::wire::{Answer, Envelope, ErrorAnswer, Note, NoteKind, Place, TIME};

/// The content type of all 153 raw answers of AWS that are at hand (2014 to 2023).
const CONTENT_TYPE: &str = "text/xml;charset=UTF-8";

/// The findings of this layer about one answer.
///
/// AWS's model is not always right about AWS: what the profile shows AWS to send is no difference.
pub(in crate::judge) fn check(
    step: &str,
    seen: &AnswerSeen<'_>,
    profile: Option<&Profile>,
    errors: &ErrorCodes,
) -> Vec<Finding> {
    let mut layer = ModelLayer { step, seen, profile, errors, findings: Tally::default() };
    match &seen.answer {
        // What stands in front of the API said so; of the API it says nothing.
        Answer::Foreign(_) if matches!(seen.status, 429 | 502..=504) => {}
        Answer::Foreign(what) => layer.foreign(what),
        Answer::Output { decoded, envelope } => {
            layer.status();
            // An answer that was stored in SDK member names has no wire form to look at.
            if let Some(envelope) = envelope {
                layer.content_type();
                layer.envelope(envelope);
            }
            for note in &decoded.notes {
                layer.note(note);
            }
            layer.findings.extend(identity::check(step, seen, &decoded.value, profile));
            layer.findings.extend(asked::check(step, seen, &decoded.value));
        }
        Answer::Error { error, envelope } => {
            if envelope.is_some() {
                layer.content_type();
            }
            layer.error(error);
        }
    }
    layer.findings.into_findings()
}

struct ModelLayer<'a> {
    step: &'a str,
    seen: &'a AnswerSeen<'a>,
    profile: Option<&'a Profile>,
    errors: &'a ErrorCodes,
    findings: Tally,
}

impl ModelLayer<'_> {
    fn add(
        &mut self,
        rule: &str,
        path: &str,
        message: String,
        expected: Value,
        actual: Value,
        evidence: Evidence,
    ) {
        self.add_with(rule, path, message, (expected, actual), vec![evidence]);
    }

    fn add_with(
        &mut self,
        rule: &str,
        path: &str,
        message: String,
        (expected, actual): (Value, Value),
        evidence: Vec<Evidence>,
    ) {
        let finding = Finding {
            message,
            expected,
            actual,
            exchange: Some(self.seen.exchange.seq),
            ..finding(rule, self.step, path)
        };
        self.findings.add(finding, || evidence);
    }

    fn action(&self) -> &str {
        &self.seen.exchange.action
    }

    fn foreign(&mut self, what: &str) {
        let evidence = protocol(
            "Every answer of the EC2 API is XML: the action's response, or an error envelope.",
        );
        self.add(
            "model.foreign",
            "body",
            format!("the answer is {what}"),
            json!(format!("<{}Response>, or an error envelope", self.action())),
            json!(what),
            evidence,
        );
    }

    fn content_type(&mut self) {
        let actual = self.seen.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case("content-type"));
        let same = |text: &str| text.replace(' ', "").eq_ignore_ascii_case(CONTENT_TYPE);
        if actual.is_some_and(|(_, value)| same(value)) {
            return;
        }
        let actual = actual.map(|(_, value)| *value);
        let evidence = self.envelope_evidence(
            "All 153 recorded answers, from 2014 to 2023, have this content type.",
            "The error answer of AWS that is quoted there has this content type.",
        );
        self.add(
            "model.content-type",
            "http.headers.content-type",
            match actual {
                Some(value) => format!("the content type is {value}"),
                None => "there is no content type".to_owned(),
            },
            json!(CONTENT_TYPE),
            json!(actual),
            evidence,
        );
    }

    fn status(&mut self) {
        let status = self.seen.status;
        if status == 200 {
            return;
        }
        let evidence = Evidence {
            kind: EvidenceKind::Statistics,
            source: "answers of AWS recorded by cloud-custodian, ManageIQ and puppetlabs-aws"
                .into(),
            url: Some("https://github.com/cloud-custodian/cloud-custodian".into()),
            states: "All 1,040 recorded successes came with HTTP 200.".into(),
            date: Some("2014 to 2026".into()),
        };
        self.add(
            "model.http-status",
            "http.status",
            format!("the success comes with HTTP {status}"),
            json!(200),
            json!(status),
            evidence,
        );
    }

    fn envelope(&mut self, envelope: &Envelope) {
        let expected = format!("{}Response", self.action());
        if envelope.root != expected {
            self.add(
                "model.root-element",
                "body",
                format!("the root element is <{}>", envelope.root),
                json!(expected),
                json!(envelope.root),
                protocol(
                    "The root element of a success is the action's name followed by Response.",
                ),
            );
        }
        // The namespace is that of the version that was asked for, not of the newest.
        let asked = self.seen.exchange.request.form();
        let version = asked.split('&').find_map(|pair| pair.strip_prefix("Version="));
        let namespace = Model::ec2().namespace(version);
        if envelope.namespace.as_deref() != Some(namespace.as_str()) {
            self.add(
                "model.namespace",
                "body.xmlns",
                match &envelope.namespace {
                    Some(found) => format!("the namespace is {found}"),
                    None => "there is no namespace".to_owned(),
                },
                json!(namespace),
                json!(envelope.namespace),
                recorded("All 153 recorded answers have the namespace of the version that was asked for."),
            );
        }
        let id = envelope.request_id.as_deref();
        match id {
            None | Some("") => self.no_request_id(),
            Some(id) => self.request_id_form(id),
        }
    }

    fn error(&mut self, error: &ErrorAnswer) {
        if let Some(deviation) = &error.deviation {
            let form = "<Response><Errors><Error><Code/><Message/></Error></Errors><RequestID/></Response>";
            let states =
                "Errors come as Response, Errors, Error with Code and Message, then RequestID.";
            self.add(
                "model.error-envelope",
                "error",
                deviation.clone(),
                json!(form),
                json!(deviation),
                Evidence {
                    url: Some("https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html".into()),
                    ..documented("Error codes for the Amazon EC2 API", states)
                },
            );
        }
        if let Some(id) = &error.request_id {
            self.request_id_form(id);
        }
        if self.seen.status >= 500 && !self.errors.is_for_want(&error.code) {
            let states = "Server error codes, which come with HTTP 5xx, are for faults of AWS; what is wrong with a request is told by a client error code with HTTP 4xx.";
            self.add(
                "model.server-fault",
                "http.status",
                format!(
                    "{} is answered with HTTP {} {}: {}",
                    self.action(), self.seen.status, error.code, error.message
                ),
                json!("success, or HTTP 4xx with a client error code"),
                json!({"HTTP status": self.seen.status, "Code": error.code, "Message": error.message}),
                Evidence {
                    url: Some("https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html".into()),
                    ..documented("Error codes for the Amazon EC2 API", states)
                },
            );
            // That the code is none, or its status not this, is said with it.
            return;
        }
        let (action, status) = (self.action(), self.seen.status);
        let found = check_code(self.step, action, &error.code, status, self.errors);
        let exchange = Some(self.seen.exchange.seq);
        self.findings.extend(found.into_iter().map(|f| Finding { exchange, ..f }));
    }

    fn is_sent_by_aws(&self, path: &str, text: &str) -> bool {
        self.profile
            .and_then(|profile| profile.paths.get(path))
            .is_some_and(|stats| stats.values.contains_key(text))
    }

    /// Whether AWS always returned this member in the structure that `path` is in.
    fn is_always_there(&self, path: &str, member: &str) -> bool {
        let parent = path.rsplit_once('.').map_or("", |(parent, _)| parent);
        self.profile.is_some_and(|profile| profile.always_in(parent).contains(&member))
    }

    fn no_request_id(&mut self) {
        self.add(
            "model.request-id",
            "body.requestId",
            "there is no request id in the answer".to_owned(),
            json!("<requestId>"),
            Value::Null,
            recorded("152 of 153 recorded answers have one."),
        );
    }

    fn request_id_form(&mut self, id: &str) {
        if crate::judge::Form::Uuid.fits(&json!(id)) {
            return;
        }
        // The id itself differs from run to run; what is wrong with it does not.
        let is_hex = |part: &&str| part.len() >= 4 && part.bytes().all(|b| b.is_ascii_hexdigit());
        let masked = |part: &str| match Some(part).filter(is_hex) {
            Some(part) => "x".repeat(part.len()),
            None => part.to_owned(),
        };
        let shown = id.split('-').map(masked).collect::<Vec<_>>().join("-");
        let evidence = self.envelope_evidence(
            "The request id of every recorded answer that has one is a UUID.",
            "The request id of the error answer of AWS that is quoted there is a UUID.",
        );
        self.add(
            "model.request-id-form",
            "requestId",
            "the request id is no UUID".to_owned(),
            json!("xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"),
            json!(shown),
            evidence,
        );
    }

    /// Recordings of raw answers hold successes only; of refusals there is one that was quoted.
    fn envelope_evidence(&self, of_successes: &str, of_refusals: &str) -> Evidence {
        match self.seen.answer {
            Answer::Error { .. } => Evidence {
                url: Some("https://github.com/aws/aws-sdk/issues/97".to_owned()),
                ..documented(
                    "a refusal by EC2 with its headers, quoted in aws/aws-sdk#97",
                    of_refusals,
                )
            },
            _ => recorded(of_successes),
        }
    }

    fn note(&mut self, note: &Note) {
        let path = note.path.as_str();
        let (rule, message, expected, actual) = match &note.kind {
            // Whether AWS ever sends it empty is for the shape layer to say.
            NoteKind::Empty(_) => return,
            NoteKind::Unknown(name) => (
                "model.unknown-member",
                format!("AWS has no <{name}> here"),
                Value::Null,
                json!(format!("<{name}>")),
            ),
            NoteKind::LooseItem => (
                "model.loose-item",
                "an <item> stands outside of any list".to_owned(),
                Value::Null,
                json!("<item>"),
            ),
            NoteKind::Misnamed { member, expected, found, .. } => (
                // Two signs are better than one: it is missing, and it stands under another name.
                match self.is_always_there(path, member) {
                    true => "model.misnamed-member",
                    false => "model.similar-member",
                },
                format!("<{found}> stands where AWS has <{expected}>"),
                json!(format!("<{expected}>")),
                json!(format!("<{found}>")),
            ),
            NoteKind::JsonType { expected, text } => (
                "model.json-type",
                format!("{path} is not stored as {expected}"),
                json!(expected),
                json!(text),
            ),
            NoteKind::NotOfType { expected, text } => {
                ("model.type", format!("{path} is not {expected}"), json!(expected), json!(text))
            }
            NoteKind::BooleanForm(text) => (
                "model.boolean-form",
                format!("{path} is written {text}"),
                json!(text.to_ascii_lowercase()),
                json!(text),
            ),
            NoteKind::TimestampForm(text) => (
                "model.timestamp-form",
                format!("{path} is not written in UTC with a Z"),
                json!("a time such as 2026-01-31T12:00:00.000Z"),
                json!(text),
            ),
            NoteKind::NotInEnum { text, .. } if self.is_sent_by_aws(path, text) => return,
            NoteKind::NotInEnum { shape, text } => (
                "model.enum",
                format!("{path} is {text}, which is none of AWS's values"),
                json!({"one of": values(shape)}),
                json!(text),
            ),
            NoteKind::ItemName { expected, found } => (
                "model.item-name",
                format!("the items are <{found}>"),
                json!(format!("<{expected}>")),
                json!(format!("<{found}>")),
            ),
            NoteKind::Repeated(name) => (
                match note.of {
                    Place::List | Place::Structure => "model.repeated-list",
                    Place::Value | Place::Nothing => "model.repeated",
                },
                format!("<{name}> is there more than once"),
                json!("once"),
                json!("more than once"),
            ),
            NoteKind::StrayText(text) => (
                "model.stray-content",
                format!("{path} has text in it"),
                json!("elements"),
                json!(text),
            ),
            NoteKind::StrayElements(name) => (
                "model.stray-content",
                format!("{path} has <{name}> in it"),
                json!("a plain value"),
                json!(format!("<{name}>")),
            ),
        };
        let states = format!("the output of {} as AWS's API model defines it", self.action());
        let mut evidence = vec![model_evidence(&states)];
        evidence.extend(is_about_a_time(&note.kind).then(time_format));
        self.add_with(rule, path, message, (expected, actual), evidence);
    }
}

/// Whether it is the writing of a time that is noted.
fn is_about_a_time(kind: &NoteKind) -> bool {
    match kind {
        NoteKind::NotOfType { expected, .. } => *expected == TIME,
        kind => matches!(kind, NoteKind::TimestampForm(_)),
    }
}

/// The values of an enum; only the first few of a long one.
fn values(shape: &str) -> Vec<String> {
    const SHOWN: usize = 12;
    let all = Model::ec2().enum_values(shape);
    let more = all.len().saturating_sub(SHOWN);
    let more = (more > 0).then(|| format!("and {more} more"));
    all.iter().take(SHOWN).cloned().chain(more).collect()
}

#[cfg(test)]
mod tests {
    use crate::judge::shape::{RawAnswer, Recording};
    use crate::judge::{EvidenceKind, Finding, Knowledge, judge_recording};

    fn findings(volume: &str) -> Vec<Finding> {
        let root = "DescribeVolumesResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"";
        let body = format!(
            "<{root}><requestId>37090914-a3cc-4ed0-a375-4bf918cdbfa7</requestId><volumeSet><item>\
             <volumeId>vol-825fb2cc</volumeId><status>in-use</status>{volume}</item></volumeSet>\
             </DescribeVolumesResponse>"
        );
        let raw = RawAnswer { request: Vec::new(), headers: Vec::new(), body: body.into_bytes() };
        let recording = Recording {
            source: String::new(),
            action: None,
            status: 200,
            date: None,
            output: None,
            raw: Some(raw),
        };
        judge_recording("DescribeVolumes", &recording, &Knowledge::default())
    }

    /// The model says that it is a timestamp, and the protocol how one is written.
    #[test]
    fn what_is_said_of_a_time_cites_the_protocol() {
        let evidence = |volume: &str, rule: &str| {
            let found = findings(volume);
            let finding = found.into_iter().find(|finding| finding.rule == rule);
            finding.unwrap_or_else(|| panic!("no {rule}")).evidence
        };
        for (time, rule) in [
            ("2026-11-21T07:29:10.000000", "model.type"),
            ("2026-11-21T08:29:10+01:00", "model.timestamp-form"),
        ] {
            let found = evidence(&format!("<createTime>{time}</createTime>"), rule);
            let kinds: Vec<EvidenceKind> = found.iter().map(|e| e.kind).collect();
            assert_eq!(kinds, [EvidenceKind::Model, EvidenceKind::Documented], "{time}");
            assert!(found[1].url.as_deref().is_some_and(|url| url.contains("timestampformat")));
        }
        assert_eq!(evidence("<size>1 GiB</size>", "model.type").len(), 1);
    }
}
