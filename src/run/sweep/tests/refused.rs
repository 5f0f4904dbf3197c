//! Calls that were refused, and made something all the same.

use serde_json::{Value, json};

use super::{before, book, ids, intent, listing, searched, soon};

fn refused(n: u64) -> Value {
    json!({"entry": "refused", "n": n, "why": "InvalidSnapshot.NotFound"})
}

#[test]
fn what_has_the_token_of_a_refused_call_is_the_runs() {
    let asked = json!({"ImageId": "ami-1", "ClientToken": "t-1", "MaxCount": "1"});
    let lines = [before("instance", &[]), intent(1, "RunInstances", asked), refused(1)];
    let book_of = |more: &[Value]| book(&[&lines, more].concat());
    let instance = |id: &str, token: &str, state: &str| {
        let instance = json!({"InstanceId": id, "ImageId": "ami-1", "ClientToken": token,
            "State": {"Name": state}, "LaunchTime": "2026-11-21T12:00:01Z"});
        listing(&[("instance", json!({"Reservations": [{"Instances": [instance]}]}))])
    };
    let look = |lines: &[Value], id: &str, token: &str, state: &str| {
        let searched = searched(&book_of(lines), &instance(id, token, state), soon());
        assert!(searched.missing.is_empty(), "of a refused call nothing is missed");
        let (found, unsure) = ids(&searched);
        format!("{found:?} {unsure:?}")
    };
    assert_eq!(look(&[], "i-1", "t-1", "running"), r#"["i-1"] []"#);
    assert_eq!(look(&[], "i-1", "t-1", "terminated"), "[] []", "it is gone");
    // Another's that is as was asked: nothing says that it came of a call that was refused.
    assert_eq!(look(&[], "i-1", "", "running"), "[] []");
    // The token was used before, by a call that succeeded: what has it is known by its answer.
    let earlier = [
        intent(2, "RunInstances", json!({"ImageId": "ami-1", "ClientToken": "t-1"})),
        json!({"entry": "made", "n": 2, "ids": ["i-1"]}),
    ];
    assert_eq!(look(&earlier, "i-1", "t-1", "running"), "[] []");
    // It was looked for, and is not there.
    let not_made = [json!({"entry": "not-made", "n": 1})];
    assert_eq!(look(&not_made, "i-1", "t-1", "running"), "[] []");
}
