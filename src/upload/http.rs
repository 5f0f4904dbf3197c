//! A request that is to be sent, and the answer to one.

use url::Url;

use crate::report::clean::clean;

/// A header of a request.
#[derive(Clone)]
pub struct Header {
    /// Its name.
    pub name: &'static str,
    /// Its value.
    pub value: String,
    /// What is shown in place of the value, if that is secret.
    pub shown: Option<String>,
}

impl Header {
    /// A header that everybody may see.
    pub fn new(name: &'static str, value: impl Into<String>) -> Header {
        Header { name, value: value.into(), shown: None }
    }

    /// A header that nobody may see; `shown` stands for it.
    pub fn secret(name: &'static str, value: String, shown: String) -> Header {
        Header { name, value, shown: Some(shown) }
    }
}

impl std::fmt::Debug for Header {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.name, self.shown.as_ref().unwrap_or(&self.value))
    }
}

/// A request that is to be sent.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Where to.
    pub url: Url,
    /// Its headers.
    pub headers: Vec<Header>,
    /// Its body.
    pub body: String,
}

impl Outgoing {
    /// A question.
    pub fn get(url: Url, headers: Vec<Header>) -> Outgoing {
        Outgoing { method: "GET", url, headers, body: String::new() }
    }

    /// Something that is handed in.
    pub fn post(url: Url, headers: Vec<Header>, body: String) -> Outgoing {
        Outgoing { method: "POST", url, headers, body }
    }

    /// The request as it is sent, but for what is secret.
    pub fn shown(&self) -> String {
        let url = &self.url;
        let host = url.port().map_or_else(String::new, |port| format!(":{port}"));
        let query = url.query().map_or_else(String::new, |query| format!("?{query}"));
        let mut text = format!(
            "{} {}{query} HTTP/1.1\nHost: {}{host}\n",
            self.method,
            url.path(),
            url.host_str().unwrap_or_default()
        );
        for header in &self.headers {
            text.push_str(&clean(&format!("{header:?}")));
            text.push('\n');
        }
        format!("{text}Content-Length: {}\n\n{}", self.body.len(), self.body)
    }
}

/// An answer. Nothing of it may be shown as it came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// What the body is said to be, in lower case.
    pub content_type: String,
    /// Where it points to, if it does.
    pub location: Option<String>,
    /// The body's bytes.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON, if it is.
    pub fn json(&self) -> Option<serde_json::Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The body's beginning in one line that can be shown.
    pub fn excerpt(&self) -> String {
        const LONGEST: usize = 200;
        let text = clean(self.text().trim());
        let cut: String = text.chars().take(LONGEST).collect();
        if cut.len() < text.len() { format!("{cut}…") } else { cut }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_has_no_secret() {
        let url = Url::parse("https://m.example:8443/reports?x=1").expect("a URL");
        let headers = vec![
            Header::new("Content-Type", "application/json"),
            Header::secret("Authorization", "Basic aHVudGVyMg==".into(), "Basic … (of me)".into()),
        ];
        let request = Outgoing::post(url, headers, "{}\n".into());
        assert_eq!(
            request.shown(),
            "POST /reports?x=1 HTTP/1.1\nHost: m.example:8443\nContent-Type: application/json\n\
             Authorization: Basic … (of me)\nContent-Length: 3\n\n{}\n"
        );
        assert!(!format!("{request:?}").contains("aHVudGVyMg"));
    }

    #[test]
    fn an_excerpt_is_one_line_and_no_command() {
        let body = format!("\u{1b}[2J<html>\r\n{}", "x".repeat(500)).into_bytes();
        let excerpt = Answer { body, ..Answer::default() }.excerpt();
        assert!(excerpt.starts_with("␦[2J<html>  xxx") && excerpt.ends_with("x…"), "{excerpt}");
        assert_eq!(excerpt.chars().count(), 201);
    }
}
