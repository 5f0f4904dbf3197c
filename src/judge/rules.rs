//! The rules: what each kind of finding means for a client, and how to mend it.

use serde_json::Value;

use super::{Finding, Layer, Severity};

/// A kind of difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Its id; the layer comes first.
    pub id: &'static str,
    /// The layer that finds it.
    pub layer: Layer,
    /// What it means for a program written for AWS.
    pub severity: Severity,
    /// What it is, in a few words.
    pub title: &'static str,
    /// What a client notices.
    pub impact: &'static str,
    /// What the cloud has to do.
    pub fix: &'static str,
    /// Where AWS documents it.
    pub reference: &'static str,
}

const QUERY: &str = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html";
const ERRORS: &str = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html";
const ACTIONS: &str = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Operations.html";
const PROTOCOL: &str = "https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html";

macro_rules! rules {
    ($($id:literal $layer:ident $severity:ident $title:literal
        impact: $impact:literal fix: $fix:literal see: $reference:expr;)*) => {
        /// All rules, by layer.
        pub const RULES: &[Rule] = &[$(Rule {
            id: $id,
            layer: Layer::$layer,
            severity: Severity::$severity,
            title: $title,
            impact: $impact,
            fix: $fix,
            reference: $reference,
        }),*];
    };
}

rules! {
    "client.decode" Client Breaking "AWS's SDK cannot read the answer"
        impact: "The call succeeds and the program gets an error all the same."
        fix: "Send every member in the form that AWS's API model gives it; the message names the place."
        see: PROTOCOL;
    "client.error-code" Client Breaking "AWS's SDK sees no error code"
        impact: "Programs decide by the code: none means no retry, no 'already there', no 'gone'."
        fix: "Send errors as <Response><Errors><Error><Code>…</Code><Message>…</Message></Error></Errors><RequestID>…</RequestID></Response>."
        see: ERRORS;
    "client.request-id" Client Divergent "AWS's SDK sees no request id"
        impact: "Logs and error reports carry no request id, so that a failing call cannot be traced."
        fix: "Send the request id also in the header x-amzn-RequestId."
        see: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/making-api-requests.html";

    "model.foreign" Model Breaking "the answer is not EC2's"
        impact: "No client can read it."
        fix: "Answer with EC2's XML, also where something in front of the API refuses the request."
        see: QUERY;
    "model.root-element" Model Breaking "the root element is not the action's"
        impact: "Clients that check it, as AWS's SDKs do, refuse the answer."
        fix: "Name the root element after the action: <ActionResponse>."
        see: PROTOCOL;
    "model.namespace" Model Divergent "the XML namespace is not that of the requested API version"
        impact: "Clients that use namespaces find nothing."
        fix: "Send xmlns=\"http://ec2.amazonaws.com/doc/<Version>/\" with the version of the request."
        see: QUERY;
    "model.content-type" Model Cosmetic "the content type is not AWS's"
        impact: "Hardly any client looks; proxies and tools that do may show or treat it wrongly."
        fix: "Send Content-Type: text/xml;charset=UTF-8."
        see: QUERY;
    "model.request-id" Model Divergent "there is no request id in the answer"
        impact: "Clients that log it have nothing to log."
        fix: "Send <requestId> as the root's first element."
        see: QUERY;
    "model.request-id-form" Model Cosmetic "the request id is no UUID"
        impact: "None, unless a log pipeline checks the form."
        fix: "Use UUIDs; a prefix such as req- is not part of AWS's form."
        see: QUERY;
    "model.error-envelope" Model Divergent "the error envelope is not AWS's"
        impact: "Clients that read strictly find no code or no request id."
        fix: "Send errors as <Response><Errors><Error><Code>…</Code><Message>…</Message></Error></Errors><RequestID>…</RequestID></Response>."
        see: ERRORS;
    "model.server-fault" Model Breaking "a request is answered with a fault of the server"
        impact: "SDKs repeat the call several times and then fail; programs that handle the documented code do not see it."
        fix: "Answer with HTTP 4xx and the documented code where the request is at fault, and with success where it is not."
        see: ERRORS;
    "model.http-status" Model Divergent "a success comes with another HTTP status than 200"
        impact: "Clients that ask for exactly 200 take it for a failure."
        fix: "Answer successes with HTTP 200."
        see: QUERY;
    "model.missing-identifier" Model Breaking "the member that identifies the resource is missing"
        impact: "A program cannot name the resource again: not describe, change, tag or delete it."
        fix: "Return the member in every answer that holds the resource."
        see: ACTIONS;
    "model.missing-state" Model Breaking "the member is missing that AWS's waiters look at"
        impact: "Who waits for the resource with an SDK or the AWS CLI waits until its patience ends, and fails."
        fix: "Return the member with one of AWS's values."
        see: ACTIONS;
    "model.missing-results" Model Divergent "the list of results is missing"
        impact: "SDKs that know types read it as empty; others stumble over the missing member."
        fix: "Send the list, empty where there is nothing to list."
        see: ACTIONS;
    "model.misnamed-member" Model Breaking "a member has its name, but not as AWS writes it"
        impact: "Names are compared letter by letter: clients skip it, and miss the member."
        fix: "Write the member's name as AWS's API model does; case counts."
        see: PROTOCOL;
    "model.similar-member" Model Divergent "a member that AWS does not have, where one of a similar name is missing"
        impact: "If it is meant to be AWS's member, clients skip it and miss that."
        fix: "Write the member's name as AWS's API model does, or leave it as an addition."
        see: ACTIONS;
    "model.json-type" Model Divergent "a stored value has another JSON type than an SDK gives it"
        impact: "None on the wire, where everything is text; the stored answer is not what an SDK returned."
        fix: "Store the value with its type: true and not \"true\"."
        see: ACTIONS;
    "model.unknown-member" Model Cosmetic "a member that AWS does not have"
        impact: "None: clients skip what they do not know."
        fix: "Nothing has to be done; a member of another name may be missing in its place."
        see: ACTIONS;
    "model.type" Model Breaking "a value is not of its member's type"
        impact: "Typed clients fail or see nothing."
        fix: "Send a value of the type that AWS's API model gives the member."
        see: ACTIONS;
    "model.enum" Model Divergent "a value that AWS's enum does not have"
        impact: "A program that handles every value it knows meets one it does not."
        fix: "Map the cloud's own word to one of AWS's."
        see: ACTIONS;
    "model.boolean-form" Model Divergent "a boolean that is not written true or false"
        impact: "Strict clients fail; lenient ones may take it for false."
        fix: "Write true and false in lower case."
        see: PROTOCOL;
    "model.timestamp-form" Model Divergent "a time that is not in UTC with a Z"
        impact: "Clients that compare times as text, or know only Z, go wrong."
        fix: "Write times as 2026-01-31T12:00:00.000Z."
        see: PROTOCOL;
    "model.item-name" Model Breaking "a list's items have another name than AWS's"
        impact: "Clients skip them: the list looks empty."
        fix: "Name list items as AWS's API model does, mostly <item>."
        see: PROTOCOL;
    "model.loose-item" Model Breaking "an item of a list is not in its list"
        impact: "Clients skip it: the list is missing, or looks empty."
        fix: "Put the items into the element of their list, once."
        see: PROTOCOL;
    "model.repeated" Model Divergent "a member is there more than once"
        impact: "Clients differ in which one they take."
        fix: "Send each member once; several values belong into a list."
        see: PROTOCOL;
    "model.stray-content" Model Divergent "text or elements where AWS's model has none"
        impact: "Strict clients fail, others lose it."
        fix: "Send the structure that AWS's API model gives the member."
        see: ACTIONS;

    "shape.missing-member" Shape Divergent "a member is missing that AWS returned (nearly) always"
        impact: "A program that relies on it meets nothing."
        fix: "Return the member."
        see: ACTIONS;
    "shape.value-form" Shape Divergent "a value does not look as on AWS"
        impact: "Programs that check or take apart the value (ids, times, addresses) go wrong."
        fix: "Return a value of AWS's form."
        see: ACTIONS;
    "shape.id-kind" Shape Breaking "an id is not of the kind of resource that AWS returns there"
        impact: "A program that goes on with the id reaches another resource, or none."
        fix: "Return the id of the resource that the member stands for, in AWS's form."
        see: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html";
    "shape.empty" Shape Divergent "a value is empty that never was on AWS"
        impact: "An empty text is not the same as nothing: `if member is not None` holds."
        fix: "Leave the member out if there is nothing to say."
        see: ACTIONS;

    "baseline.outcome" Baseline Breaking "AWS succeeds where this is refused, or the other way round"
        impact: "The program takes the wrong way at once."
        fix: "Do what AWS documents for the action; the evidence says what that is."
        see: ACTIONS;
    "baseline.error-code" Baseline Breaking "refused with another code than AWS's"
        impact: "Programs decide by the code: they fail where they would have gone on, or the other way round."
        fix: "Use the code that AWS documents for this case."
        see: ERRORS;
    "baseline.http-status" Baseline Divergent "refused with AWS's code, but another HTTP status"
        impact: "SDKs repeat calls by their status: a 5xx is tried again, a 4xx is not."
        fix: "Send the HTTP status that AWS sends with this code."
        see: ERRORS;
    "baseline.value" Baseline Divergent "a value is not what it is on AWS"
        impact: "A program that relies on it goes wrong."
        fix: "Return what AWS documents."
        see: ACTIONS;
    "baseline.states" Baseline Divergent "the states come in another order, or others"
        impact: "Waiters and state machines meet a state they do not expect."
        fix: "Go through the states that AWS documents, in their order."
        see: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html";
    "baseline.not-reached" Baseline Breaking "a state is never reached"
        impact: "The program waits until its patience ends, and fails."
        fix: "Get to the state that AWS documents."
        see: ACTIONS;
}

/// The rule of this id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}

/// A finding of a rule, still without message, values and evidence.
///
/// # Panics
/// There is no such rule: a slip of the pen in this crate.
pub(super) fn finding(id: &str, step: &str, path: &str) -> Finding {
    let rule = rule(id).unwrap_or_else(|| unreachable!("no rule {id}"));
    Finding {
        layer: rule.layer,
        rule: rule.id.to_owned(),
        severity: rule.severity,
        step: step.to_owned(),
        path: path.to_owned(),
        message: String::new(),
        expected: Value::Null,
        actual: Value::Null,
        evidence: Vec::new(),
        exchange: None,
        times: 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_name_their_layer() {
        for (n, rule) in RULES.iter().enumerate() {
            assert!(RULES[..n].iter().all(|other| other.id != rule.id), "{}", rule.id);
            let layer = format!("{:?}.", rule.layer).to_lowercase();
            assert!(rule.id.starts_with(&layer), "{}", rule.id);
        }
    }
}
