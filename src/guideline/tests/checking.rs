//! Each mistake that a guideline can have is found, where it is.

use super::{GOOD, guideline, with};
use crate::case::Suite;
use crate::guideline::{Against, check};
use crate::syntax::Diagnostic;

/// What is replaced by what, the line of the mistake, and what is said; `~` before a warning.
const MISTAKES: [(&str, &str, usize, &str); 45] = [
    ("\"2.0\"", "\"1.6\"", 4, "schema \"1.6\" is not read"),
    ("\"2.0\"", "\"2.1\"", 4, "schema \"2.1\" is not read"),
    ("\"id\": \"2026.11\"", "\"id\": \"November\"", 3, "is no id of a guideline"),
    ("\"https://example.org/schema\"", "\"schema\"", 5, "`reference` is no URL"),
    ("\"source\": \"https://example.org/2026.11.json\",", "", 2, "metadata needs `source`"),
    ("\"cutoff_score\": 10", "\"cutoff_score\": 15", 8, "all criteria together weigh 14"),
    ("\"cutoff_score\": 10", "\"cutoff_score\": -1", 8, "a whole number, 0 or more was expected"),
    ("\"weight\": 8", "\"weight\": 0", 10, "`deployed` weighs nothing"),
    ("\"draft\"", "\"drafted\"", 15, "there is no status \"drafted\""),
    ("\"target_approval\": \"2026.11\"", "\"target_approval\": \"2026-11\"", 15, "is no month"),
    ("[\"r\"]", "[]", 15, "one release at least"),
    ("\"releases\"", "\"release\"", 15, "has no `release`"),
    (
        "{ \"components\": [{ \"name\": \"compute\" }] }",
        "{ \"components\": [] }",
        19,
        "has no capabilities",
    ),
    ("\"name\": \"compute\"", "\"name\": \"computer\"", 19, "there is no component `computer`"),
    ("\"OpenStack Powered Compute\"", "\"Another\"", 18, "~RefStack shows none of these"),
    ("\"advisory\"", "\"advised\"", 26, "a list of tiers has no `advised`"),
    ("[\"keys\", \"groups\"]", "[\"keys\", \"group\"]", 25, "there is no capability `group`"),
    ("[\"tags\"]", "[\"tags\", \"keys\"]", 26, "`keys` stands twice in a component"),
    ("[\"tags\"]", "[]", 50, "~no component has `tags`"),
    (
        "\"advisory\": [\"tags\"]\n      }",
        "\"advisory\": [\"tags\"]\n      }, \"designated_sections\": { \"required\": [\"nova\"] }",
        27,
        "there is no designated section `nova`",
    ),
    ("[\"deployed\", \"tools\"]", "[\"deployed\", \"tool\"]", 32, "there is no criterion `tool`"),
    ("[\"deployed\", \"tools\"]", "[\"tools\", \"tools\"]", 32, "`tools` stands twice"),
    ("[\"deployed\", \"tools\"]", "[\"tools\"]", 31, "~`keys` is required and scores 6"),
    ("\"admin\": false", "\"admin\": true", 32, "~`keys` is required and needs an administrator"),
    ("\"admin\": false", "\"admin\": \"no\"", 32, "true or false was expected"),
    ("\"project\": \"ec2\",", "", 31, "a capability needs `project`"),
    (
        "\"project\": \"ec2\",",
        "\"project\": \"ec2\", \"required_since\": \"2014\",",
        32,
        "\"2014\" is no id of a guideline",
    ),
    ("\"achievements\"", "\"achievement\"", 32, "a capability has no `achievement`"),
    ("000000000001\"", "000000000002\"", 39, "two tests have the id"),
    ("000000000004\"", "00000000000g\"", 53, "is no id of a test"),
    (
        "id-00000000-0000-4000-8000-000000000004",
        "00000000-0000-4000-8000-000000000004",
        53,
        "does not begin with `id-`",
    ),
    (
        "id-00000000-0000-4000-8000-000000000004",
        "id-0000000000004000800000000000000d",
        53,
        "is no id of a test",
    ),
    (
        "id-00000000-0000-4000-8000-000000000004",
        "id-00000000-0000-4000-8000-00000000000A",
        53,
        "~lower case",
    ),
    (
        "parallax.tags.one",
        "parallax.groups.one",
        53,
        "`parallax.groups.one` is in two capabilities",
    ),
    ("parallax.tags.one", "parallax.Groups.one", 53, "are the same to RefStack"),
    ("parallax.tags.one", "parallax.tags[one]", 53, "a name has no brackets"),
    ("parallax.tags.one", "parallax.tägš.one", 53, "no such characters in a name"),
    (
        "parallax.keys.former",
        "parallax.groups.one",
        36,
        "two tests are called `parallax.groups.one`",
    ),
    ("parallax.keys.former", "parallax.keys.one", 36, "~`parallax.keys.one` stands twice"),
    ("\"flagged\"", "\"flag\"", 40, "a test has no `flag`"),
    ("\"date\": \"2026-11-01\"", "\"date\": \"2026-11-31\"", 40, "\"2026-11-31\" is no date"),
    ("[D404] Known", "D404 Known", 40, "begins with its code"),
    ("[D404] Known", "[D407] Known", 40, "there is no flag D407"),
    ("\"action\": \"Agree.\"", "\"action\": \" \"", 40, "what will be done"),
    ("\"action\": \"Agree.\"", "\"todo\": \"Agree.\"", 40, "a flag needs `action`"),
];

fn said(found: &[Diagnostic], text: &str) -> Vec<String> {
    let line = |d: &Diagnostic| {
        format!("{}{}: {}", if d.is_warning() { "~" } else { "" }, d.line(text), d.message())
    };
    found.iter().map(line).collect()
}

#[test]
fn a_good_one_has_no_mistake() {
    let found = check(GOOD, None);
    assert!(found.is_empty(), "{:?}", said(&found, GOOD));
    assert_eq!(guideline(GOOD).tests().count(), 4);
}

#[test]
fn each_mistake_is_found_where_it_is() {
    let mut missed = Vec::new();
    for (part, other, line, message) in MISTAKES {
        let text = with(part, other);
        let found = check(&text, None);
        let (warning, message) = match message.strip_prefix('~') {
            Some(message) => (true, message),
            None => (false, message),
        };
        let is = |d: &&Diagnostic| {
            d.message().contains(message) && d.line(&text) == line && d.is_warning() == warning
        };
        if !found.iter().any(|d| is(&d)) {
            missed.push(format!("{message} at {line}: {:?}", said(&found, &text)));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn what_is_no_guideline_is_said() {
    for (text, message) in [
        ("", "this is no JSON: EOF while parsing a value"),
        ("{ \"metadata\": {}, }", "this is no JSON"),
        ("metadata: {}", "this is no JSON: expected value"),
        ("[]", "a map (a guideline) was expected"),
        ("{}", "a guideline needs `metadata`"),
        ("{ \"schema\": \"1.4\", \"id\": \"2016.01\" }", "schema \"1.4\" is not read"),
        ("{ \"metadata\": {}, \"metadata\": {} }", "metadata"),
    ] {
        let found = check(text, None);
        let some = found.iter().any(|d| !d.is_warning() && d.message().contains(message));
        assert!(some, "{text}: {:?}", said(&found, text));
    }
    // A tab, and a character that JSON writes as two halves, are JSON like any other.
    let tabs = GOOD.replace("  ", "\t");
    assert!(check(&tabs, None).is_empty(), "{:?}", said(&check(&tabs, None), &tabs));
    // A mistake in the last place is no panic either.
    for end in [1, 2, 7, 100] {
        assert!(!check(&GOOD[..GOOD.len() - end], None).is_empty() || end == 1);
    }
}

#[test]
fn tests_are_looked_for_in_the_suite() {
    let suite = Suite::default();
    let warned = check(GOOD, Some(Against { suite: &suite, strict: false }));
    assert!(warned.len() == 4 && warned.iter().all(Diagnostic::is_warning));
    let strict = check(GOOD, Some(Against { suite: &suite, strict: true }));
    assert!(strict.len() == 4 && !strict.iter().any(Diagnostic::is_warning));
    assert!(strict[0].message().contains("the suite has no case 00000000"));
}
