//! Text as a value of YAML.

/// Text as it is written as a key or a value: as it is where that is read as the same text, else in
/// quotes.
pub(crate) fn scalar(text: &str) -> String {
    let plain =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.' | '[' | ']');
    let word = matches!(text.to_ascii_lowercase().as_str(), "true" | "false" | "null");
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic());
    if begins && !word && text.chars().all(plain) {
        return text.to_owned();
    }
    // A text of JSON is one of YAML.
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{NodeKind, parse};

    #[test]
    fn what_is_written_is_read() {
        for (text, written) in [
            ("vpcs/one", "vpcs/one"),
            ("api/unknown-id[vpc]", "api/unknown-id[vpc]"),
            ("Vpcs[].State", "Vpcs[].State"),
            ("*/dry-run", "\"*/dry-run\""),
            ("true", "\"true\""),
            ("2026-01-01", "\"2026-01-01\""),
            ("a: b # c", "\"a: b # c\""),
            ("a \"quoted\"\n\\ line", "\"a \\\"quoted\\\"\\n\\\\ line\""),
            ("", "\"\""),
            ("Köln\u{1b}", "\"Köln\\u001b\""),
        ] {
            assert_eq!(scalar(text), written);
            let NodeKind::Mapping(entries) =
                parse(&format!("a: {written}\n{written}: b\n")).expect("YAML").kind
            else {
                panic!("a map")
            };
            assert_eq!(entries[0].1.kind, NodeKind::String(text.to_owned()));
            assert_eq!(entries[1].0.value, text);
        }
    }
}
