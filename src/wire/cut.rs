//! Whether an answer was cut off on its way.
//!
//! HTTP notices it where an answer says how long it is. Where one ends when its connection does, or
//! where what stands in between gives a length that is too short, only the document tells; and to call
//! the rest of an answer a wrong one would blame the cloud for its network.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::Document;

/// What shows that an answer was cut off; `None` if it is whole, or too broken to tell.
pub(super) fn cut_off(status: u16, headers: &[(String, String)], body: &[u8]) -> Option<String> {
    // Without a body by definition; and what a gateway says while it has nothing behind it.
    if matches!(status, ..200 | 204 | 304 | 502..=504) {
        return None;
    }
    let framed = headers
        .iter()
        .any(|(name, _)| matches!(name.as_str(), "content-length" | "transfer-encoding"));
    if body.is_empty() {
        return (!framed).then(|| "the connection ended before the answer's body".to_owned());
    }
    // Nearly all answers: the end is there.
    if body.trim_ascii_end().ends_with(b"Response>") {
        return None;
    }
    let error = Document::parse(body).err().filter(|error| error.cut_off)?;
    // A page of another server may never close its elements.
    match root(body) {
        Some(root) if !root.ends_with("Response") => return None,
        None if framed => return None,
        _ => {}
    }
    Some(format!("the answer was cut off after {} bytes: {}", body.len(), error.message))
}

/// The name of the outermost element, if there is that much.
fn root(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) | Event::Empty(tag) => {
                return Some(tag.local_name().as_ref().to_owned());
            }
            Event::Eof => return None,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- é --><DescribeVpcsResponse \
        xmlns='http://ec2.amazonaws.com/doc/2016-11-15/'><requestId>5f7e</requestId><vpcSet><item>\
        <vpcId>vpc-1 &amp; &#233; 漢</vpcId><a/><![CDATA[b]]></item></vpcSet></DescribeVpcsResponse>\n";

    fn length() -> Vec<(String, String)> {
        vec![("content-length".to_owned(), "1".to_owned())]
    }

    #[test]
    fn wherever_it_is_cut() {
        let whole = ANSWER.trim_end().len();
        let root = ANSWER.find("><requestId").expect("in it") + 1;
        for end in 0..=ANSWER.len() {
            let part = &ANSWER.as_bytes()[..end];
            let is_cut = end < whole;
            assert_eq!(cut_off(200, &[], part).is_some(), is_cut, "unframed, {end}");
            // Of an answer with a length it has to be sure that it is EC2's.
            let known = (root..whole).contains(&end);
            assert_eq!(cut_off(200, &length(), part).is_some(), known, "framed, {end}");
        }
    }

    #[test]
    fn what_is_wrong_is_not_cut_off() {
        for whole in [
            "Unauthorized",
            "<html><body><p>Not here",
            "{\"versions\": [",
            "<aResponse><b></c></aResponse>",
            "<aResponse><b></c>",
            "<aResponse>&nbsp;",
            "<aResponse><!x",
            "<aResponse/><bResponse>",
            "<!DOCTYPE a [<!ENTITY b \"b\">]><aResponse>",
        ] {
            for headers in [vec![], length()] {
                assert_eq!(cut_off(200, &headers, whole.as_bytes()), None, "{whole}");
            }
        }
        for status in [100, 204, 304, 502] {
            assert_eq!(cut_off(status, &[], b""), None, "{status}");
        }
        assert_eq!(cut_off(200, &length(), b""), None, "it says that there is nothing");
        let refusal = b"<Response><Errors><Error><Code>A";
        assert!(cut_off(400, &length(), refusal).expect("cut off").contains("inside <Code>"));
    }
}
