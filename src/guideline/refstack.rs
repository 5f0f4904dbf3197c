//! What RefStack shows: it knows platforms by fixed names.

/// Platforms that RefStack 2.1.0 shows, and the `target` by which it is asked for each.
pub(super) const TARGETS: [(&str, &str); 3] = [
    ("OpenStack Powered Platform", "platform"),
    ("OpenStack Powered Compute", "compute"),
    ("OpenStack Powered Storage", "object"),
];

/// Longest name of a test that RefStack takes, in characters.
pub(crate) const LONGEST_NAME: usize = 512;

/// The `target` by which RefStack shows the platform of this name, if it does.
pub fn target(platform: &str) -> Option<&'static str> {
    TARGETS.iter().find(|(name, _)| *name == platform).map(|(_, target)| *target)
}

/// Whether RefStack's database, which is in Latin-1, has a place for a character; and it is one that
/// can be seen.
pub(crate) fn storable(character: char) -> bool {
    u32::from(character) <= 0xff && !character.is_control()
}

/// A name as RefStack's database compares it (MySQL's `latin1_swedish_ci`): without case, nearly
/// without accents, and without spaces at its end. Two names that are equal so cannot be uploaded
/// together.
pub(crate) fn comparable(name: &str) -> Vec<u32> {
    let weight =
        |c: char| u8::try_from(u32::from(c)).map_or(u32::from(c), |byte| weight(byte).into());
    name.trim_end_matches(' ').chars().map(weight).collect()
}

/// What a letter of Latin-1 counts as.
fn weight(letter: u8) -> u8 {
    match letter {
        b'a'..=b'z' => letter.to_ascii_uppercase(),
        // The lower half of the accented letters counts as the upper one; ÷ is no letter.
        0xe0..=0xfe if letter != 0xf7 => weight(letter - 0x20),
        0xc0..=0xc3 => b'A',
        // Swedish: Å, Ä and Ö are letters of their own, behind Z.
        0xc4 | 0xc6 => b'\\',
        0xc5 => b'[',
        0xc7 => b'C',
        0xc8..=0xcb => b'E',
        0xcc..=0xcf => b'I',
        0xd0 => b'D',
        0xd1 => b'N',
        0xd2..=0xd5 => b'O',
        0xd6 => b']',
        0xd9..=0xdb => b'U',
        0xdc | 0xdd => b'Y',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_as_the_database_does() {
        for (a, b) in
            [("a.b", "A.B"), ("e", "\u{e9}"), ("a", "a  "), ("ü", "Y"), ("ä", "æ"), ("å", "[")]
        {
            assert_eq!(comparable(a), comparable(b), "{a} {b}");
        }
        for (a, b) in [
            ("a", "b"),
            ("a", " a"),
            ("a", "ä"),
            ("o", "ø"),
            ("×", "÷"),
            ("ß", "s"),
            ("a", "a\u{a0}"),
        ] {
            assert_ne!(comparable(a), comparable(b), "{a} {b}");
        }
        assert!(storable('é') && !storable('測') && !storable('\u{7}') && !storable('\u{9b}'));
    }
}
