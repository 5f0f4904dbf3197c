//! XML with one element a line, for reading only. Never fails: what is not XML stays as it is.

/// Deeper elements are not moved further to the right.
const DEEPEST: usize = 16;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Token<'a> {
    Open(&'a str),
    Close(&'a str),
    /// An empty element, a declaration, a comment.
    Alone(&'a str),
    Text(&'a str),
}

/// Whether a text looks like XML (or HTML, which error pages often are).
pub(super) fn looks_like_xml(text: &str) -> bool {
    text.trim_start_matches('\u{feff}').trim_start().starts_with('<')
}

/// A text that looks like XML, with one element a line.
pub(super) fn indented(text: &str) -> String {
    let tokens = tokens(text);
    let mut out = String::with_capacity(text.len() * 2);
    let mut depth: usize = 0;
    let mut at = 0;
    while let Some(&token) = tokens.get(at) {
        let (used, pieces) = leaf(&tokens[at..]);
        if matches!(token, Token::Close(_)) {
            depth = depth.saturating_sub(1);
        }
        if !pieces.is_empty() {
            out.push_str(margin(depth));
            pieces.iter().for_each(|piece| out.push_str(piece));
            out.push('\n');
        }
        if used == 1 && matches!(token, Token::Open(_)) {
            depth += 1;
        }
        at += used;
    }
    out
}

/// What goes on one line: an element with nothing but text in it, or one token. Says how many
/// tokens that is.
fn leaf<'a>(tokens: &[Token<'a>]) -> (usize, Vec<&'a str>) {
    match *tokens {
        [Token::Open(open), Token::Text(text), Token::Close(close), ..] => {
            (3, vec![open, text, close])
        }
        [Token::Open(open), Token::Close(close), ..] => (2, vec![open, close]),
        [Token::Text(text), ..] if text.trim().is_empty() => (1, Vec::new()),
        [Token::Text(text), ..] => (1, vec![text.trim()]),
        [Token::Open(tag) | Token::Close(tag) | Token::Alone(tag), ..] => (1, vec![tag]),
        [] => (0, Vec::new()),
    }
}

fn margin(depth: usize) -> &'static str {
    const BLANKS: &str = "                                ";
    &BLANKS[..2 * depth.min(DEEPEST)]
}

fn tokens(mut text: &str) -> Vec<Token<'_>> {
    let mut out = Vec::new();
    while !text.is_empty() {
        let (token, rest) = next(text);
        out.push(token);
        text = rest;
    }
    out
}

/// The first token of a text that is not empty. Markup that does not end is text.
fn next(text: &str) -> (Token<'_>, &str) {
    if !text.starts_with('<') {
        let end = text.find('<').unwrap_or(text.len());
        return (Token::Text(&text[..end]), &text[end..]);
    }
    let end = if text.starts_with("<!--") {
        after(text, "-->")
    } else if text.starts_with("<![CDATA[") {
        after(text, "]]>")
    } else if text.starts_with("<?") {
        after(text, "?>")
    } else {
        end_of_tag(text)
    };
    let Some(end) = end else {
        return (Token::Text(text), "");
    };
    let (tag, rest) = text.split_at(end);
    (kind(tag), rest)
}

fn kind(tag: &str) -> Token<'_> {
    if tag.starts_with("<![CDATA[") {
        Token::Text(tag)
    } else if tag.starts_with("</") {
        Token::Close(tag)
    } else if tag.starts_with("<!") || tag.starts_with("<?") || tag.ends_with("/>") {
        Token::Alone(tag)
    } else {
        Token::Open(tag)
    }
}

fn after(text: &str, end: &str) -> Option<usize> {
    text.find(end).map(|at| at + end.len())
}

/// Behind the `>` that ends a tag: one outside quotes.
fn end_of_tag(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_element_a_line() {
        assert_eq!(
            indented("<?xml version='1.0'?><a x='>'><b>1 2</b><c/><d></d><e><f> </f></e></a>"),
            "<?xml version='1.0'?>\n<a x='>'>\n  <b>1 2</b>\n  <c/>\n  <d></d>\n  <e>\n    \
             <f> </f>\n  </e>\n</a>\n"
        );
    }

    #[test]
    fn broken_markup_stays_readable() {
        assert_eq!(indented("<a><b>text"), "<a>\n  <b>\n    text\n");
        assert_eq!(indented("</a></b><c"), "</a>\n</b>\n<c\n");
        assert_eq!(
            indented("<a><!-- > --><![CDATA[<x>]]></a>"),
            "<a>\n  <!-- > -->\n  <![CDATA[<x>]]>\n</a>\n"
        );
    }

    #[test]
    fn nesting_does_not_multiply_the_text() {
        let deep = "<a>".repeat(20_000);
        assert!(indented(&deep).len() < 40 * 20_000);
    }
}
