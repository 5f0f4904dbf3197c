//! How text from outside gets onto the page: escaped, and with nothing invisible in it.

use std::borrow::Cow;
use std::fmt::{self, Write};

use askama::filters::Escaper;

use crate::report::clean::is_invisible;

/// The escaper of all templates: HTML's special characters as references, and characters that have
/// no glyph, or that reorder the text around them, as visible text.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Visible;

impl Escaper for Visible {
    fn write_escaped_str<W: Write>(&self, mut dest: W, string: &str) -> fmt::Result {
        let mut written = 0;
        for (at, character) in string.char_indices() {
            if let Some(shown) = stand_in(character) {
                dest.write_str(&string[written..at])?;
                dest.write_str(&shown)?;
                written = at + character.len_utf8();
            }
        }
        dest.write_str(&string[written..])
    }
}

/// What is written instead of a character; `None` if it is written as it is.
fn stand_in(character: char) -> Option<Cow<'static, str>> {
    let reference = match character {
        '<' => "&lt;",
        '>' => "&gt;",
        '&' => "&amp;",
        '"' => "&#34;",
        '\'' => "&#39;",
        '\n' | '\t' | ' '..='~' => return None,
        '\u{7f}' => "\u{2421}",
        _ => return invisible(character),
    };
    Some(Cow::Borrowed(reference))
}

/// Control characters as Unicode's pictures of them, other invisible ones as `\u{…}`.
fn invisible(character: char) -> Option<Cow<'static, str>> {
    let code = u32::from(character);
    if code < 0x20 {
        return char::from_u32(0x2400 + code).map(|picture| Cow::Owned(picture.to_string()));
    }
    is_invisible(character).then(|| Cow::Owned(format!("\\u{{{code:x}}}")))
}

/// The beginning of a text, cut between characters, and how many bytes were left out.
pub(super) fn cut(text: &str, bytes: usize) -> (&str, usize) {
    let end = text.floor_char_boundary(bytes);
    (&text[..end], text.len() - end)
}

/// A text of one or two lines, as short as such a text should be.
pub(super) fn clip(text: &str) -> String {
    const LONGEST: usize = 1500;
    match cut(text, LONGEST) {
        (whole, 0) => whole.to_owned(),
        (start, rest) => format!("{start}… ({} more, not shown)", super::words::bytes(rest)),
    }
}

/// An address that may become a link: only `http` and `https`.
pub(super) fn link(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let web = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    let plain = !rest.contains(|c: char| c.is_whitespace() || c.is_control() || is_invisible(c));
    (web && plain && url.len() <= 2000).then(|| url.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn escaped(text: &str) -> String {
        let mut out = String::new();
        Visible.write_escaped_str(&mut out, text).unwrap();
        out
    }

    #[test]
    fn markup_becomes_text() {
        assert_eq!(escaped("<a b='\"'>&"), "&lt;a b=&#39;&#34;&#39;&gt;&amp;");
        assert_eq!(escaped("plain é 漢 text\n\tline"), "plain é 漢 text\n\tline");
    }

    #[test]
    fn what_cannot_be_seen_is_shown() {
        assert_eq!(escaped("a\u{202e}b\u{200b}c"), "a\\u{202e}b\\u{200b}c");
        assert_eq!(escaped("\0\u{1b}[31m\r\u{7f}\u{9b}"), "␀␛[31m␍␡\\u{9b}");
    }

    #[test]
    fn cuts_fall_between_characters() {
        assert_eq!(cut("aé", 2), ("a", 2));
        assert_eq!(cut("aé", 3), ("aé", 0));
        assert!(clip(&"x".repeat(2000)).ends_with("… (500 bytes more, not shown)"));
    }

    #[test]
    fn only_web_addresses_become_links() {
        assert!(link("https://docs.aws.amazon.com/AWSEC2/").is_some());
        assert!(link("HTTP://example.org").is_some());
        for refused in
            ["javascript://x", "javascript:alert(1)", "//a.b", "https://a b", "data:x", ""]
        {
            assert_eq!(link(refused), None, "{refused}");
        }
    }
}
