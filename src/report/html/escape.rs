//! How text from outside gets onto the page: escaped, and with nothing invisible in it.

use std::borrow::Cow;
use std::fmt::{self, Write};
use std::io;

use askama::filters::Escaper;
use serde::Serialize;
use serde::ser::Error as _;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter, Serializer};

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

/// Data for the page's script, as JSON that an element `script` can hold: nothing in it ends the
/// element, and characters without a glyph are visible text, as [`Visible`] has them. The script puts
/// every text of it onto the page as text.
pub(super) fn embedded(data: &impl Serialize) -> Result<String, serde_json::Error> {
    let mut out = Vec::new();
    data.serialize(&mut Serializer::with_formatter(&mut out, Embedded))?;
    String::from_utf8(out).map_err(serde_json::Error::custom)
}

/// Several of them, one a line.
pub(super) fn embedded_lines<T: Serialize>(data: &[T]) -> Result<String, serde_json::Error> {
    let lines: Result<Vec<String>, _> = data.iter().map(embedded).collect();
    lines.map(|lines| lines.join("\n"))
}

/// How JSON is written into the page.
struct Embedded;

impl Formatter for Embedded {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut written = 0;
        for (at, character) in fragment.char_indices() {
            let shown = match character {
                // The only one that can begin something in the element.
                '<' => Cow::Borrowed("\\u003c"),
                ' '..='~' => continue,
                _ => match stand_in(character) {
                    // The picture of a control character, or `\u{…}` with its backslash escaped.
                    Some(shown) => Cow::Owned(shown.replace('\\', "\\\\")),
                    None => continue,
                },
            };
            writer.write_all(&fragment.as_bytes()[written..at])?;
            writer.write_all(shown.as_bytes())?;
            written = at + character.len_utf8();
        }
        writer.write_all(&fragment.as_bytes()[written..])
    }

    fn write_char_escape<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        escape: CharEscape,
    ) -> io::Result<()> {
        let control = match escape {
            CharEscape::Backspace => 0x08,
            CharEscape::FormFeed => 0x0c,
            CharEscape::CarriageReturn => 0x0d,
            CharEscape::AsciiControl(byte) => byte,
            other => return CompactFormatter.write_char_escape(writer, other),
        };
        let picture = invisible(char::from(control)).unwrap_or_default();
        writer.write_all(picture.as_bytes())
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
    fn data_cannot_end_its_element() {
        let hostile = "</script><!--<script>\u{202e}\u{1b}[2J\r\u{7f}\u{8}\u{c}\u{9b}\u{2028}";
        let text = embedded(&[hostile, "a\"b\\c\n\té"]).unwrap();
        assert!(!text.contains('<'));
        assert!(text.chars().all(|c| !is_invisible(c) && !c.is_control()));
        let read: Vec<String> = serde_json::from_str(&text).unwrap();
        assert_eq!(
            read,
            ["</script><!--<script>\\u{202e}␛[2J␍␡␈␌\\u{9b}\\u{2028}", "a\"b\\c\n\té"]
        );
        assert_eq!(embedded_lines(&["a\nb", "c"]).unwrap(), "\"a\\nb\"\n\"c\"");
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
