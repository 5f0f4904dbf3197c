//! Text from an endpoint, or from a file that somebody else wrote, safe to show.

use std::borrow::Cow;

/// What stands for a character that must not reach a terminal.
const STAND_IN: char = '␦';

/// One line, with control characters (terminal escapes among them) and characters that cannot be seen,
/// such as those that reverse the direction of text, made visible.
pub(crate) fn clean(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\r' | '\t' => ' ',
            c if is_unsafe(c) => STAND_IN,
            c => c,
        })
        .collect()
}

/// Text that may have our own styles in it: nothing but lines and styles gets through. The last thing
/// before a terminal, for what nobody thought of cleaning.
pub(crate) fn harmless(text: &str) -> Cow<'_, str> {
    let is_plain = |c: char| matches!(c, '\n' | '\t') || !is_unsafe(c);
    if text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(|c| !is_plain(c)) {
        let (plain, after) = rest.split_at(at);
        out.push_str(plain);
        let end = style(after);
        match end {
            Some(end) => out.push_str(&after[..end]),
            None => out.push(STAND_IN),
        }
        rest = &after[end.or(after.chars().next().map(char::len_utf8)).unwrap_or(after.len())..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The length of the style that a text begins with: `ESC [ 1 ; 31 m`.
fn style(text: &str) -> Option<usize> {
    let parameters = text.strip_prefix("\u{1b}[")?;
    let length = parameters.bytes().take_while(|b| b.is_ascii_digit() || *b == b';').count();
    parameters[length..].starts_with('m').then_some(length + 3)
}

fn is_unsafe(c: char) -> bool {
    // A space that does not break is a space to see.
    c.is_control() || (is_invisible(c) && c != '\u{a0}')
}

/// Characters without a glyph, or that reorder the text around them.
pub(super) fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{80}'..='\u{a0}'
            | '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{2000}'..='\u{200f}'
            | '\u{2028}'..='\u{202f}'
            | '\u{205f}'..='\u{206f}'
            | '\u{3000}'
            | '\u{3164}'
            | '\u{e000}'..='\u{f8ff}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Text from anywhere as text of a Markdown document, or of a cell in its table: no markup, no HTML, one
/// line, and no links that nobody meant.
pub(super) fn as_markdown(text: &str) -> String {
    let mut out = String::new();
    for character in clean(text).chars() {
        match character {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // A link that nobody meant, an image that is fetched.
            '|' | '`' | '*' | '_' | '[' | ']' | '\\' | '#' | '~' | '!' | '$' | '@' => {
                out.push('\\');
                out.push(character);
            }
            _ => out.push(character),
        }
    }
    // Forges make links of these by themselves.
    out.replace("://", ":\u{2060}//").replace("www.", "www\u{2060}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reaches_the_terminal_as_a_command() {
        assert_eq!(clean("a\u{1b}[31mb\u{7}\nc\u{202e}d\u{9b}1m"), "a␦[31mb␦ c␦d␦1m");
        assert_eq!(clean("Köln ✓"), "Köln ✓");
    }

    #[test]
    fn only_styles_get_through() {
        let style = anstyle::AnsiColor::Red.on_default().bold();
        let ours = format!("{style}red{style:#} and\n\tplain");
        assert_eq!(harmless(&ours), ours);
        for (evil, shown) in [
            ("a\u{1b}]0;owned\u{7}b", "a␦]0;owned␦b"),
            ("\u{1b}[2J\u{1b}[1;31", "␦[2J␦[1;31"),
            ("\u{9b}31m\r\u{202e}\u{200b}", "␦31m␦␦␦"),
            ("\u{1b}", "␦"),
            ("\u{1b}\u{1b}[0m", "␦\u{1b}[0m"),
        ] {
            assert_eq!(harmless(evil), shown, "{evil:?}");
        }
    }
}
