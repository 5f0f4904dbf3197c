//! Text from an endpoint, safe to show.

/// One line, with control characters (terminal escapes among them) and characters that reverse
/// the direction of text made visible.
pub(crate) fn clean(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\r' | '\t' => ' ',
            c if c.is_control()
                || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') =>
            {
                '␦'
            }
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reaches_the_terminal_as_a_command() {
        assert_eq!(clean("a\u{1b}[31mb\u{7}\nc\u{202e}d\u{9b}1m"), "a␦[31mb␦ c␦d␦1m");
        assert_eq!(clean("Köln ✓"), "Köln ✓");
    }
}
