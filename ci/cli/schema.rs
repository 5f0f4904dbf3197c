//! The JSON Schema of case files. That every case is valid by it is checked in `ci/schema.py`.

use serde_json::Value;

use crate::support::command::Place;

#[test]
fn describes_what_editors_show() {
    let ran = Place::new().run(&["schema"]).exits(0);
    let schema: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert!(schema["$schema"].as_str().is_some_and(|s| s.starts_with("https://json-schema.org/")));
    for key in ["id", "title", "steps"] {
        assert!(schema["properties"][key]["description"].is_string(), "{key}");
    }
}
