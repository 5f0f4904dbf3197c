//! Values at the edge of what somebody thought of.

use crate::chance::Chance;
use crate::targets::SECRET;

const TEXTS: [&str; 62] = [
    "",
    " ",
    "\0",
    "\u{1}\u{8}\u{b}\u{1f}\u{7f}",
    "\u{1b}[2J\u{1b}]0;owned\u{7}",
    "\u{9b}31m",
    "\u{202e}gnp.exe",
    "\u{feff}",
    "\u{fffe}\u{ffff}",
    "\u{2028}\u{2029}\u{85}",
    "e\u{301}\u{301}\u{301}",
    "é",
    "漢字",
    "\u{10ffff}",
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "]]>",
    "<![CDATA[",
    "<!--",
    "-->",
    "<?xml version=\"1.1\"?>",
    "<!DOCTYPE a [<!ENTITY b \"c\">]>",
    "&#0;",
    "&#x10ffff;",
    "&#xffffffffff;",
    "&amp;&lt;",
    "&lol;",
    "../../../../etc/passwd",
    "/etc/passwd",
    "..\\..\\x",
    "a/b\0c",
    "CON",
    "$name",
    "${name}",
    "${a*256}",
    "${a*1048576}",
    "${",
    "$$",
    "%00%ff",
    "{{7*7}}",
    "{\"$any\": \"text\"}",
    "<vpc>",
    "<vpc:?1>",
    "<time:?>",
    "i-0123456789abcdef0",
    "vpc-00000000",
    "vpc-",
    "InvalidVpcID.NotFound",
    "RequestLimitExceeded",
    "true",
    "True",
    "null",
    "2026-01-31T12:00:00.000Z",
    "2026-02-31T25:61:61Z",
    "9999-12-31T23:59:60+99:99",
    "-262144-01-01T00:00:00Z",
    "0000-00-00T00:00:00Z",
    "1970-01-01T00:00:00.999999999999999999999Z",
    "-----BEGIN RSA PRIVATE KEY-----",
    "`",
    "@",
];

const NUMBERS: [&str; 26] = [
    "0",
    "-0",
    "1",
    "-1",
    "7",
    "99",
    "100",
    "199",
    "200",
    "503",
    "600",
    "999",
    "1000",
    "65535",
    "65536",
    "2147483647",
    "2147483648",
    "-2147483649",
    "4294967296",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "1e308",
    "-1.5e-300",
    "0.1",
];

/// A text.
pub fn text(chance: &mut Chance) -> String {
    match chance.below(12) {
        0 => chance
            .one(&["a", "0", "-", "<", "\u{e9}", "i-0 ", "\\", "."])
            .repeat(chance.magnitude(70_000)),
        1 => "9".repeat(chance.magnitude(400)),
        2 | 3 => number(chance).to_owned(),
        4 => SECRET.to_owned(),
        _ => chance.one(&TEXTS).to_owned(),
    }
}

/// A number.
pub fn number(chance: &mut Chance) -> &'static str {
    chance.one(&NUMBERS)
}
