//! Texts with variables in them. A JSON value: `{"value": …, "rows": {…}, "set": {…}}`.

use parallax::assets::Assets;
use parallax::case::Scope;
use serde_json::{Map, Value, json};

use super::knowledge::suite;
use super::{Target, kind};
use crate::mutate::Syntax;

pub const TARGET: Target = Target {
    name: "templates",
    syntax: Syntax::Json,
    seeds,
    words: &["$a", "${a}", "${a*3}", "${a*1048576}", "${b}${b}", "$$", "${", "}", "*", "${a$*9}"],
    run,
};

fn seeds() -> Vec<Vec<u8>> {
    let _ = Assets::Cases;
    let mut seeds = vec![
        json!({"value": ["$a", "${b}-${c}", {"$k": "${x*256}"}], "rows": {"a": "$b", "b": "${c}${c}"},
               "set": {"c": "v", "k": "key"}}),
        json!({"value": "$a", "rows": {"a": "${b}${b}", "b": "${c}${c}", "c": "${d}${d}", "d": "${e}${e}"},
               "set": {"e": "x"}}),
    ];
    for case in &suite().cases {
        for step in &case.steps {
            seeds.push(json!({"value": step.with, "rows": case.variables,
                              "set": {"name": "n", "image": "ami-1", "vpc": "vpc-1", "token": "t"}}));
        }
    }
    seeds.iter().map(|seed| seed.to_string().into_bytes()).collect()
}

fn run(input: &[u8]) -> String {
    let input: Value = match serde_json::from_slice(input) {
        Ok(input) => input,
        // Any text is a text.
        Err(_) => json!({"value": String::from_utf8_lossy(input), "set": {"a": "b"}}),
    };
    let mut scope = Scope::default();
    let entries = |name: &str| input[name].as_object().cloned().unwrap_or_else(Map::new);
    entries("rows").into_iter().for_each(|(name, value)| scope.set_row(name, value));
    entries("set").into_iter().for_each(|(name, value)| scope.set(name, value));
    match scope.resolve(&input["value"]) {
        Ok(value) => {
            let text = value.to_string();
            assert!(text.len() < 64 << 20, "{} bytes of text", text.len());
            let again = scope.resolve(&input["value"]);
            assert_eq!(again, Ok(value), "resolved twice it is another value");
            format!("a text of {} bits", text.len().ilog2())
        }
        Err(unbound) => format!("unbound {}", kind(&unbound.0).chars().take(8).collect::<String>()),
    }
}
