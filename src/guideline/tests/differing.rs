//! What changed from one guideline to another.

use super::{GOOD, guideline, with};
use crate::guideline::{Change, Tier, diff};

#[test]
fn nothing_changes_between_a_guideline_and_itself() {
    assert!(diff(&guideline(GOOD), &guideline(GOOD)).is_empty());
}

#[test]
fn what_changed_is_told_apart() {
    let text = with("\"advisory\": [\"tags\"]", "\"deprecated\": [\"tags\"]")
        .replacen("parallax.groups.one", "parallax.groups.uno", 1)
        .replacen("[\"tools\"]", "[\"deployed\"]", 1)
        .replacen("000000000004", "000000000005", 1)
        .replacen("\"flagged\"", "\"once\"", 1)
        .replacen(
            "000000000001\",",
            "000000000001\", \"flagged\": { \"date\": \"2026-11-01\", \"reason\": \"[D401] r\", \"action\": \"a\" },",
            1,
        )
        .replacen("\"EC2 Powered Compute\"", "\"EC2 Powered Storage\"", 1);
    let (from, to) = (guideline(GOOD), guideline(&text));
    let found = diff(&from, &to);
    assert_eq!(found.platforms_added, ["EC2 Powered Storage"]);
    assert_eq!(found.platforms_removed, ["EC2 Powered Compute"]);
    let moved = Change { from: Some(Tier::Advisory), to: Some(Tier::Deprecated) };
    assert_eq!(found.tiers_moved["tags"], moved);
    assert_eq!(found.scores["tags"], Change { from: 6, to: 8 });
    let one = |changes: &[crate::guideline::TestChange]| {
        assert_eq!(changes.len(), 1, "{changes:?}");
        changes[0].clone()
    };
    assert!(one(&found.tests_added).uuid.ends_with('5'));
    assert!(one(&found.tests_removed).uuid.ends_with('4'));
    // The id is the test: a new name is neither added nor removed.
    assert_eq!(one(&found.tests_renamed).was.as_deref(), Some("parallax.groups.one"));
    assert_eq!(one(&found.flagged).name, "parallax.keys.one");
    assert_eq!(one(&found.unflagged).name, "parallax.keys.two");

    let back = diff(&to, &from);
    assert_eq!(back.tests_added, found.tests_removed);
    assert_eq!(back.platforms_added, found.platforms_removed);
}

#[test]
fn a_test_that_is_in_another_capability_has_moved() {
    let test =
        "\"parallax.tags.one\": { \"idempotent_id\": \"id-00000000-0000-4000-8000-000000000004\" }";
    let text =
        with(test, "").replacen("000000000003\" }", &format!("000000000003\" }}, {test}"), 1);
    let found = diff(&guideline(GOOD), &guideline(&text));
    assert_eq!(found.tests_moved.len(), 1);
    assert_eq!(found.tests_moved[0].moved_from.as_deref(), Some("tags"));
    assert_eq!(found.tests_moved[0].capability, "groups");
    assert!(found.tests_added.is_empty() && found.tests_removed.is_empty());
}
