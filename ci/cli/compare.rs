//! `parallax compare` and `parallax index`.

use std::path::Path;

use serde_json::{Value, json};

use super::support::command::Place;

const HOSTILE: &str = "</script><script>alert(1)</script>\u{1b}[2J\u{202e}";

fn case(id: &str, verdict: &str, actual: &str) -> Value {
    let findings = match actual {
        "" => json!([]),
        actual => json!([{
            "layer": "baseline", "rule": "baseline.error-code", "severity": "breaking", "step": "ask",
            "path": "error.code", "message": format!("the code is {actual}"), "expected": "A",
            "actual": actual, "exchange": 1,
            "evidence": [{ "kind": "documented", "source": "s", "states": "t" }],
        }]),
    };
    json!({
        "id": id, "name": format!("vpcs/{id}"), "title": format!("The title of {id}"),
        "capability": "vpcs", "verdict": verdict, "took_ms": 1, "expectations": 1, "steps": [],
        "findings": findings,
    })
}

fn result(run: &str, name: &str, cases: &[Value]) -> Value {
    let verdict = |word: &str| cases.iter().filter(|case| case["verdict"] == word).count();
    json!({
        "format": "parallax-result", "version": 2,
        "run": { "id": run, "started": "2026-01-01T10:00:00Z", "took_ms": 5, "complete": true,
            "target": { "name": name, "endpoint": "http://cloud/", "region": "r" } },
        "judged_with": { "parallax": "0", "client": "c", "model": "m", "shapes": "s", "baselines": "b" },
        "summary": { "cases": cases.len(), "findings": { "breaking": 1 },
            "verdicts": { "pass": verdict("pass"), "fail": verdict("fail") } },
        "capabilities": [], "cases": cases, "leaks": [],
    })
}

/// A folder as a run leaves it, without its transcript.
fn folder(root: &Path, name: &str, result: &Value) {
    let folder = root.join(name);
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("result.json"), result.to_string()).expect("written");
}

/// `old` and `new` of one cloud, and `other`.
fn runs() -> Place {
    let place = Place::without_credentials();
    let old = [
        case("a", "pass", ""),
        case("b", "fail", "B"),
        case("c", "fail", "B"),
        case("gone", "pass", ""),
    ];
    let new = [
        case("a", "fail", "B"),
        case("b", "pass", ""),
        case("c", "fail", "C"),
        case("came", "pass", ""),
    ];
    folder(&place.work(), "old", &result("r1", "cloud", &old));
    folder(&place.work(), "new", &result("r2", "cloud", &new));
    folder(&place.work(), "other", &result("r3", HOSTILE, &[case("a", "unsupported", "")]));
    place
}

#[test]
fn what_changed_between_two_runs() {
    let place = runs();
    let ran = place.run(&["compare", "old", "new"]).exits(0);
    for words in [
        "1 worse\n  vpcs/a  pass → fail\n    + breaking the code is B baseline.error-code\n",
        "1 better\n  vpcs/b  fail → pass\n",
        "1 changed\n  vpcs/c  fail\n    + breaking the code is C",
        "1 added\n  vpcs/came  not run → pass\n",
        "1 removed\n  vpcs/gone  pass → not run\n",
        "0 unchanged",
        "2 with different verdicts, 1 with different findings, 2 that agree where run",
        "The runs have different cases, 5 in all",
    ] {
        assert!(ran.stdout.contains(words), "lacks `{words}`\n{ran}");
    }
    let json = place.run(&["compare", "old", "new", "--format", "json"]).exits(0).stdout;
    let json: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["format"], "parallax-comparison");
    let names = |list: &str| -> Vec<&str> {
        let list = json["change"][list].as_array().expect("a list");
        list.iter().filter_map(|changed| changed["name"].as_str()).collect()
    };
    assert_eq!((names("worse"), names("better")), (vec!["vpcs/a"], vec!["vpcs/b"]));
    assert_eq!((names("added"), names("removed")), (vec!["vpcs/came"], vec!["vpcs/gone"]));
    let gone = json["cases"].as_array().expect("cases").iter().find(|case| case["id"] == "gone");
    assert_eq!(gone.expect("it is listed")["runs"][1], Value::Null, "not run, and no pass");
    // Told apart although they are called the same.
    let labels: Vec<&Value> =
        json["runs"].as_array().expect("runs").iter().map(|r| &r["label"]).collect();
    assert_eq!(labels, ["cloud, r1", "cloud, r2"]);
}

#[test]
fn several_clouds_in_every_format() {
    let place = runs();
    let ran = place.run(&["compare", "old", "Newer=new/result.json", "other"]).exits(0);
    for words in ["Newer", "vpcs", "2 of 4", "0 of 1", "not run"] {
        assert!(ran.stdout.contains(words), "lacks `{words}`\n{ran}");
    }
    assert!(!ran.stdout.contains(['\u{1b}', '\u{202e}']), "{ran}");
    assert!(!ran.stdout.contains("What changed"), "of three runs\n{ran}");
    for (file, words) in [
        ("audit.html", "<title>cloud, Newer and &lt;/script&gt;"),
        ("audit.md", "| vpcs | 2 of 4 | 2 of 4 | 0 of 1 | 2 |"),
        ("audit.json", "\"format\": \"parallax-comparison\""),
        ("audit.txt", "2 of 4"),
    ] {
        place.run(&["compare", "old", "Newer=new", "other", "--out", file]).exits(0);
        let text = std::fs::read_to_string(place.path(file)).expect("it was written");
        assert!(text.contains(words), "{file} lacks `{words}`: {text}");
        let (commands, markup) = (['\u{1b}', '\u{202e}'], "<script>alert");
        assert!(file == "audit.json" || !text.contains(commands), "{file}");
        // Text is no markup, whatever it says.
        assert!(!matches!(file, "audit.html" | "audit.md") || !text.contains(markup), "{file}");
    }
}

#[test]
fn what_cannot_be_compared_is_said() {
    let place = runs();
    std::fs::write(place.path("broken.json"), "{}").expect("written");
    std::fs::create_dir(place.path("empty")).expect("a folder");
    for (arguments, words) in [
        (&["old"][..], "2 values required"),
        (&["old", "nowhere"], "nowhere: No such file or directory"),
        (&["old", "empty"], "empty/result.json: No such file or directory"),
        (&["old", "broken.json"], "broken.json: this is no result"),
        (&["old", "old"], "the same run is given twice"),
        (&["X=old", "X=new"], "two runs are to be called `X`"),
        (&["=old", "new"], "there is no name"),
        (&["old", "new", "--out", "x.pdf"], "x.pdf: its ending does not say what to write"),
        (&["old", "new", "--out", "no/x.html"], "no/x.html: No such file or directory"),
        (&["old", "new", "--format", "pdf"], "possible values: terminal, html, markdown, json"),
    ] {
        let arguments: Vec<&str> = [&["compare"], arguments].concat();
        place.run(&arguments).exits(2).complains(&[words]);
    }
    // Twice the same under names of their own is somebody's wish.
    let ran = place.run(&["compare", "A=old", "B=old"]).exits(0);
    assert!(ran.stdout.contains("A and B are the same run, r1"), "{ran}");
}

fn publish(place: &Place, name: &str, kind: &str) {
    let of = result(name, name, &[case("a", "pass", ""), case("b", "fail", "B")]);
    folder(&place.path("published"), name, &of);
    let about = json!({ "kind": kind, "name": name, "release": "1.0", "about": "As it came." });
    let folder = place.path("published").join(name);
    std::fs::write(folder.join("about.json"), about.to_string()).expect("written");
    std::fs::write(folder.join("transcript.jsonl.gz"), "").expect("written");
}

#[test]
fn published_results_have_an_index() {
    let place = Place::without_credentials();
    publish(&place, "aardvark", "emulator");
    publish(&place, "zebra", "cloud");
    let ran = place.run(&["index", "published"]).exits(0);
    let rows: Vec<&str> = ran.stdout.lines().filter(|line| line.starts_with("| [")).collect();
    let links = |name: &str| {
        format!("[result]({name}/result.json), [transcript]({name}/transcript.jsonl.gz)")
    };
    assert_eq!(
        rows,
        [
            format!(
                "| [zebra 1.0](zebra) | 2026-01-01 | 2 | 1 (50 %) | 1 fail | 1 | 0 | {} |",
                links("zebra")
            ),
            format!(
                "| [aardvark 1.0](aardvark) (emulator) | 2026-01-01 | 2 | 1 (50 %) | 1 fail | 1 | 0 | {} |",
                links("aardvark")
            ),
        ]
    );
    assert!(
        ran.stdout.contains("**aardvark 1.0**, an emulator, not a cloud: As it came."),
        "{ran}"
    );

    let readme = place.path("README.md");
    std::fs::write(&readme, "before\n<!-- index -->\nold\n<!-- /index -->\nafter\n")
        .expect("written");
    place.run(&["index", "published", "--into", "README.md"]).exits(0);
    let text = std::fs::read_to_string(&readme).expect("the file");
    assert_eq!(text, format!("before\n<!-- index -->\n{}<!-- /index -->\nafter\n", ran.stdout));
    std::fs::write(&readme, "no marks").expect("written");
    place
        .run(&["index", "published", "--into", "README.md"])
        .exits(2)
        .complains(&["<!-- index -->"]);

    std::fs::remove_file(place.path("published/zebra/transcript.jsonl.gz")).expect("removed");
    place
        .run(&["index", "published"])
        .exits(2)
        .complains(&["zebra/transcript.jsonl: it is missing"]);
    std::fs::remove_file(place.path("published/zebra/about.json")).expect("removed");
    place.run(&["index", "published"]).exits(2).complains(&["zebra/about.json: it is missing"]);
    let about = json!({ "kind": "real", "name": "z", "release": "1", "about": "" });
    std::fs::write(place.path("published/zebra/about.json"), about.to_string()).expect("written");
    place.run(&["index", "published"]).exits(2).complains(&["zebra/about.json", "emulator"]);
    place.run(&["index", "nowhere"]).exits(2).complains(&["nowhere"]);
    std::fs::create_dir(place.path("none")).expect("a folder");
    place.run(&["index", "none"]).exits(2).complains(&["no folder in it has a result.json"]);
}

/// The table of the README is of the results that are there.
#[test]
fn the_index_of_the_readme_is_what_the_command_writes() {
    let place = Place::without_credentials();
    let reports = concat!(env!("CARGO_MANIFEST_DIR"), "/reports");
    let kept = std::fs::read_to_string(format!("{reports}/README.md")).expect("the README");
    std::fs::write(place.path("README.md"), &kept).expect("written");
    place.run(&["index", reports, "--into", "README.md"]).exits(0);
    let made = std::fs::read_to_string(place.path("README.md")).expect("the copy");
    assert!(made == kept, "renew it: parallax index reports --into reports/README.md");
}
