//! `parallax coverage`.

use serde_json::Value;

use crate::support::command::Place;

#[test]
fn what_the_suite_exercises() {
    let place = Place::new();
    let text = place.run(&["coverage"]).exits(0).stdout;
    let json = place.run(&["coverage", "--format", "json"]).exits(0).stdout;
    let json: Value = serde_json::from_str(&json).expect("JSON");
    let listed = place.run(&["list", "--format", "json"]).exits(0).stdout;
    let listed: Value = serde_json::from_str(&listed).expect("JSON");
    assert_eq!(json["cases"], listed.as_array().expect("cases").len());
    assert_eq!(json["incumbent"]["tests"], 181);
    assert_eq!(json["service_actions"]["model"], 97);
    for what in ["actions", "members", "filters", "error_codes"] {
        let (exercised, model) = (&json[what]["exercised"], &json[what]["model"]);
        assert!(exercised.as_u64() > Some(0) && exercised.as_u64() <= model.as_u64(), "{what}");
        assert!(text.contains(&format!("{exercised} of")), "{what}: {text}");
    }
    let groups = json["groups"].as_array().expect("groups");
    let cases: u64 = groups.iter().filter_map(|group| group["cases"].as_u64()).sum();
    assert_eq!(json["cases"], cases);
    // What is not exercised is listed, and only that.
    let only = place.run(&["coverage", "--capability", "vpcs", "--format", "json"]).exits(0).stdout;
    let only: Value = serde_json::from_str(&only).expect("JSON");
    assert_eq!(only["groups"].as_array().map(Vec::len), Some(1));
    let missing = place.run(&["coverage", "--capability", "vpcs", "--missing"]).exits(0).stdout;
    assert!(missing.contains("    RunInstances\n"), "{missing}");
    assert!(!missing.contains("    CreateVpc\n"), "{missing}");
}

/// The table in the README is the suite's, not that of a suite which once was.
#[test]
fn the_table_of_the_readme_is_what_the_command_writes() {
    let place = Place::new();
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/cases/README.md");
    let kept = std::fs::read_to_string(readme).expect("the README");
    let copy = place.path("README.md");
    std::fs::write(&copy, &kept).expect("written");
    place.run(&["coverage", "--into", "README.md"]).exits(0);
    let made = std::fs::read_to_string(&copy).expect("the copy");
    assert!(made == kept, "renew it: parallax coverage --into cases/README.md");

    std::fs::write(&copy, "no marks").expect("written");
    let ran = place.run(&["coverage", "--into", "README.md"]).exits(2);
    ran.complains(&["README.md", "<!-- coverage -->"]);
    assert_eq!(std::fs::read_to_string(&copy).expect("the copy"), "no marks");
}
