//! The error envelope.

use super::Element;

/// A refusal as the endpoint wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ErrorAnswer {
    /// The error code; empty if there is an envelope without one.
    pub code: String,
    /// The message.
    pub message: String,
    /// The request id, if there is one anywhere.
    pub request_id: Option<String>,
    /// Whether the envelope is AWS's: `Response/Errors/Error/{Code,Message}` and
    /// `Response/RequestID`. If not, what is different about it.
    pub deviation: Option<String>,
}

/// The names of a request id's element that are seen in the wild.
const REQUEST_IDS: [&str; 3] = ["RequestID", "RequestId", "requestId"];

/// Reads a refusal; `None` if the document is none.
///
/// AWS's form was taken from its API reference ("Error responses") and agrees with recordings.
pub fn read_error(root: &Element<'_>) -> Option<ErrorAnswer> {
    let error = find(root, "Error", 3)?;
    let text = |name: &str| error.child(name).map(|c| c.text.trim().to_owned());
    let code = text("Code");
    let message = text("Message");
    let request_id = REQUEST_IDS.iter().find_map(|name| root.child(name));
    let expected_place = root.child("Errors").and_then(|e| e.child("Error"));
    let deviation = if root.name != "Response" {
        Some(format!("the root element is <{}>, not <Response>", root.name))
    } else if expected_place.is_none() {
        Some("<Error> is not in <Response><Errors>".to_owned())
    } else if code.is_none() || message.is_none() {
        Some("<Error> lacks <Code> or <Message>".to_owned())
    } else if code.as_deref() == Some("") {
        Some("<Code> is empty".to_owned())
    } else {
        match request_id {
            Some(id) if id.name == "RequestID" => None,
            Some(id) => Some(format!("the request id is in <{}>, not <RequestID>", id.name)),
            None => Some("there is no <RequestID>".to_owned()),
        }
    };
    Some(ErrorAnswer {
        code: code.unwrap_or_default(),
        message: message.unwrap_or_default(),
        request_id: request_id.map(|id| id.text.trim().to_owned()),
        deviation,
    })
}

fn find<'e, 't>(element: &'e Element<'t>, name: &str, levels: usize) -> Option<&'e Element<'t>> {
    if element.name == name {
        return Some(element);
    }
    let levels = levels.checked_sub(1)?;
    element.children.iter().find_map(|child| find(child, name, levels))
}

/// AWS's codes for "too fast", as its SDKs know them (botocore's standard retry mode).
pub(crate) fn is_throttling(code: &str) -> bool {
    matches!(
        code,
        "Throttling"
            | "ThrottlingException"
            | "ThrottledException"
            | "RequestThrottledException"
            | "RequestThrottled"
            | "TooManyRequestsException"
            | "ProvisionedThroughputExceededException"
            | "TransactionInProgressException"
            | "RequestLimitExceeded"
            | "BandwidthLimitExceeded"
            | "LimitExceededException"
            | "SlowDown"
            | "PriorRequestNotComplete"
            | "EC2ThrottledException"
    )
}

#[cfg(test)]
mod tests {
    use super::super::Document;
    use super::*;

    fn read(xml: &str) -> Option<ErrorAnswer> {
        read_error(&Document::parse(xml.as_bytes()).expect("well-formed").root)
    }

    #[test]
    fn awss_form_and_others() {
        let aws = read("<Response><Errors><Error><Code>A.B</Code><Message>m</Message></Error></Errors><RequestID>r</RequestID></Response>").expect("an error");
        assert_eq!(
            (aws.code.as_str(), aws.request_id.as_deref(), aws.deviation),
            ("A.B", Some("r"), None)
        );
        let query = read("<ErrorResponse><Error><Code>A</Code><Message>m</Message></Error><RequestId>r</RequestId></ErrorResponse>").expect("an error");
        assert_eq!(query.code, "A");
        assert!(query.deviation.expect("other root").contains("ErrorResponse"));
        let empty = read("<Response><Errors><Error><Code/><Message>m</Message></Error></Errors><RequestID>r</RequestID></Response>").expect("an error");
        assert_eq!(
            (empty.code.as_str(), empty.deviation.as_deref()),
            ("", Some("<Code> is empty"))
        );
        assert_eq!(read("<html><body>Not found</body></html>"), None);
    }
}
