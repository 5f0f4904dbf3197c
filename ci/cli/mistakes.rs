//! `parallax check`: who writes a case is told of every mistake, where it is, and how to mend it.

use crate::support::command::{Place, Ran};

/// The head of a case that is as it should be, in 4 lines; steps follow.
const HEAD: &str = "id: 0b8f1d5a-7c3e-4f0e-9a53-6a1f0c2d4e01
title: A case for tests
capability: key-pairs
steps:
";

/// A mistake: the file's name, its text, the line, and what has to be said.
type Mistake = (&'static str, String, usize, &'static [&'static str]);

/// A case with its own id, so that nothing but the mistake is wrong.
fn case(number: u8, steps: &str) -> String {
    format!("{HEAD}{steps}").replacen("4e01", &format!("4e{number:02x}"), 1)
}

fn mistakes() -> Vec<Mistake> {
    vec![
        (
            "signature",
            case(0x61, "  - id: a\n    call: DescribeVpcs\n    request: { signature: expierd }\n"),
            7,
            &["`expierd` is not known here", "`expired`"],
        ),
        (
            "request-key",
            case(0x62, "  - id: a\n    call: DescribeVpcs\n    request: { methd: GET }\n"),
            7,
            &["a request has no `methd`", "did you mean `method`?"],
        ),
        (
            "parameter-list",
            case(0x63, "  - id: a\n    call: DescribeVpcs\n    parameters: { A.1: [x] }\n"),
            7,
            &["a single value"],
        ),
        (
            "parameter-variable",
            case(0x64, "  - id: a\n    call: DescribeVpcs\n    parameters: { A.1: $vcp }\n"),
            7,
            &["`$vcp` is not bound by now"],
        ),
        (
            "row-variable",
            case(0x66, "  - id: a\n    call: DescribeVpcs\n    with: { VpcIds: $ids }\n")
                + "matrix:\n  - { id: 0b8f1d5a-7c3e-4f0e-9a53-6a1f0c2d4eff, row: r, ids: [$vcp] }\n",
            9,
            &["the row's `ids` names `$vcp`"],
        ),
        (
            "row-member",
            case(0x68, "  - id: a\n    call: DescribeVpcs\n    with: $input\n")
                + "matrix:\n  - { id: 0b8f1d5a-7c3e-4f0e-9a53-6a1f0c2d4efe, row: r, input: { Filterz: [x] } }\n",
            9,
            &["no member `Filterz` in DescribeVpcs"],
        ),
        (
            "until-variable",
            case(
                0x67,
                "  - id: a\n    poll: DescribeVpcs\n    watch: NextToken\n    until: $vcp\n",
            ),
            8,
            &["`$vcp` is not bound by now"],
        ),
        (
            "no-pages",
            case(0x65, "  - id: a\n    call: CreateVpc\n    pages: true\n"),
            5,
            &["this action has no pages"],
        ),
        (
            "action",
            case(2, "  - id: a\n    call: DescribeVpc\n"),
            6,
            &["EC2 has no action `DescribeVpc`", "did you mean `DescribeVpcs`?"],
        ),
        (
            "member",
            case(3, "  - id: a\n    call: DescribeVpcs\n    with:\n      Filterz: []\n"),
            8,
            &["no member `Filterz` in DescribeVpcs", "did you mean `Filters`?"],
        ),
        (
            "deep-member",
            case(
                4,
                "  - id: a\n    call: DescribeVpcs\n    with:\n      Filters:\n        - Nam: x\n",
            ),
            9,
            &["no member `Nam`", "did you mean `Name`?"],
        ),
        (
            "not-a-list",
            case(5, "  - id: a\n    call: DescribeVpcs\n    with:\n      VpcIds: vpc-1\n"),
            8,
            &["a list"],
        ),
        (
            "step-key",
            case(6, "  - id: a\n    cal: DescribeVpcs\n    call: DescribeVpcs\n"),
            6,
            &["a step has no `cal`", "did you mean `call`?"],
        ),
        (
            "case-key",
            case(7, "  - id: a\n    call: DescribeVpcs\n") + "abuot: x\n",
            7,
            &["a case has no `abuot`", "did you mean `about`?"],
        ),
        (
            "neither",
            case(8, "  - id: a\n    with: {}\n  - id: b\n    call: DescribeVpcs\n"),
            5,
            &["either a `call`, a `poll` or a `probe`"],
        ),
        (
            "probe-kind",
            case(0x71, "  - id: a\n    probe: tpc\n    with: { Host: h, Port: 1 }\n"),
            6,
            &["there is no probe `tpc`", "did you mean `tcp`?"],
        ),
        (
            "probe-member",
            case(0x72, "  - id: a\n    probe: tcp\n    with: { Host: h, Prot: 1 }\n"),
            7,
            &["a probe `tcp` has no `Prot`", "did you mean `Port`?"],
        ),
        (
            "variable",
            case(9, "  - id: a\n    call: DescribeVpcs\n    with:\n      VpcIds: [$vcp]\n"),
            8,
            &["`$vcp` is not bound by now"],
        ),
        (
            "variable-too-early",
            case(
                10,
                "  - id: a\n    call: DescribeVpcs\n    with: { VpcIds: [$vpc] }\n    bind: { vpc: \"Vpcs[0].VpcId\" }\n",
            ),
            7,
            &["`$vpc` is not bound by now"],
        ),
        (
            "no-id",
            case(11, "  - id: a\n    call: DescribeVpcs\n")
                .lines()
                .skip(1)
                .collect::<Vec<_>>()
                .join("\n"),
            1,
            &["a case needs `id`"],
        ),
        (
            "no-uuid",
            case(12, "  - id: a\n    call: DescribeVpcs\n").replacen("id: 0b8f1d5a-", "id: ", 1),
            1,
            &["an id has to be a UUID", "a fresh one:"],
        ),
        (
            "selector",
            case(13, "  - id: a\n    call: DescribeVpcs\n    bind: { vpc: \"Vpcs[0].VpcIdd\" }\n"),
            7,
            &["VpcIdd", "did you mean `VpcId`?"],
        ),
        (
            "selector-syntax",
            case(14, "  - id: a\n    call: DescribeVpcs\n    bind: { vpc: \"Vpcs[\" }\n"),
            7,
            &["in this selector"],
        ),
        (
            "tabs",
            case(15, "  - id: a\n\tcall: DescribeVpcs\n"),
            5,
            &["this is not YAML", "indent with spaces"],
        ),
        ("not-yaml", "id: [unclosed\n".to_owned(), 1, &["this is not YAML"]),
        (
            "anchor",
            case(16, "  - id: a\n    call: &x DescribeVpcs\n"),
            6,
            &["anchors and tags", "write the value without"],
        ),
        ("alias", case(17, "  - id: a\n    call: *x\n"), 6, &["x"]),
        (
            "twice",
            case(18, "  - id: a\n    call: DescribeVpcs\n    call: DescribeVpcs\n"),
            7,
            &["`call` is given twice"],
        ),
        (
            "folder",
            case(19, "  - id: a\n    call: DescribeVpcs\n").replace("key-pairs", "vpcs"),
            3,
            &["the capability is not `vpcs`", "write `key-pairs`, or move the file to `vpcs`"],
        ),
        (
            "same-step",
            case(20, "  - id: a\n    call: DescribeVpcs\n  - id: a\n    call: DescribeVpcs\n"),
            7,
            &["there are two steps `a`", "the first one"],
        ),
        (
            "waiter",
            case(21, "  - id: a\n    poll: DescribeInstances\n    waiter: InstanceRuning\n"),
            7,
            &["AWS has no waiter `InstanceRuning`", "did you mean `InstanceRunning`?"],
        ),
        (
            "waiter-of-another",
            case(22, "  - id: a\n    poll: DescribeVpcs\n    waiter: InstanceRunning\n"),
            7,
            &["the waiter calls DescribeInstances"],
        ),
        (
            "endless",
            case(23, "  - id: a\n    poll: DescribeVpcs\n"),
            5,
            &["a poll needs an end", "add `watch` with `until`"],
        ),
        (
            "poll-key",
            case(24, "  - id: a\n    call: DescribeVpcs\n    within: 5m\n"),
            7,
            &["this belongs to a poll", "write `poll:`"],
        ),
        (
            "time",
            case(
                25,
                "  - id: a\n    poll: DescribeVpcs\n    until_error: [X]\n    within: 5 minutes\n",
            ),
            8,
            &["`5 minutes` is not a time", "write `500ms`, `90s` or `5m`"],
        ),
        (
            "needs",
            case(
                26,
                "  - id: first\n    call: DescribeVpcs\n  - id: b\n    call: DescribeVpcs\n    needs: [frist]\n",
            ),
            9,
            &["no earlier step `frist`", "did you mean `first`?"],
        ),
        (
            "undo",
            case(
                27,
                "  - id: a\n    call: CreateKeyPair\n    with: { KeyName: $name }\n    undo: { call: DeleteKeyPairs, with: { KeyName: $name } }\n",
            ),
            8,
            &["EC2 has no action `DeleteKeyPairs`", "did you mean `DeleteKeyPair`?"],
        ),
        ("no-steps", case(28, "  []\n"), 1, &["at least one step"]),
        ("a-list", "- id: a\n".to_owned(), 1, &["a map (a case) was expected"]),
        ("empty", String::new(), 1, &["a map (a case) was expected"]),
        (
            "two-documents",
            case(29, "  - id: a\n    call: DescribeVpcs\n") + "---\nid: b\n",
            7,
            &["a file holds one document"],
        ),
    ]
}

/// What is said about one file, each mistake by itself.
fn said<'r>(ran: &'r Ran, file: &str) -> Vec<&'r str> {
    let place = format!("{file}:");
    ran.stderr.split("\n\n").filter(|block| block.contains(&place)).collect()
}

#[test]
fn in_cases() {
    let place = Place::new();
    std::fs::create_dir_all(place.path("cases/key-pairs")).expect("made");
    std::fs::create_dir(place.path("baselines")).expect("made");
    let good = case(1, "  - id: a\n    call: DescribeKeyPairs\n");
    std::fs::write(place.path("cases/key-pairs/good.yaml"), good).expect("written");
    let check = ["check", "--cases", "cases", "--baselines", "baselines"];
    place.run(&check).exits(0);

    for (name, text, ..) in mistakes() {
        std::fs::write(place.path(&format!("cases/key-pairs/{name}.yaml")), text).expect("written");
    }
    let ran = place.run(&check).exits(2);
    for (name, _, line, words) in mistakes() {
        let blocks = said(&ran, &format!("cases/key-pairs/{name}.yaml"));
        let [block] = blocks[..] else {
            panic!("{name}: {} mistakes instead of one\n{}", blocks.len(), blocks.join("\n\n"))
        };
        assert!(block.contains(&format!("{name}.yaml:{line}:")), "line {line}\n{block}");
        for word in words {
            assert!(block.contains(word), "{name}: lacks `{word}`\n{block}");
        }
    }
    assert!(said(&ran, "good.yaml").is_empty(), "{ran}");
    assert!(ran.stderr.contains(&format!("{} mistakes found", mistakes().len())), "{}", ran.stderr);
    // A suite with mistakes is not run in part.
    place.run(&["list", "--cases", "cases"]).exits(2);
}

/// All mistakes of one file at once, not one for each time that it is checked.
#[test]
fn several_in_one_file() {
    let place = Place::new();
    std::fs::create_dir_all(place.path("cases/key-pairs")).expect("made");
    let text = case(
        1,
        "  - id: a\n    call: DescribeVpc\n  - id: b\n    call: DescribeVpcs\n    with: { Filterz: [], VpcIds: [$nobody] }\n    surprise: 1\n  - id: b\n    poll: DescribeInstances\n    waiter: Never\n",
    );
    std::fs::write(place.path("cases/key-pairs/many.yaml"), text).expect("written");
    let ran = place.run(&["check", "--cases", "cases"]).exits(2);
    let blocks = said(&ran, "many.yaml").join("\n\n");
    for words in
        ["DescribeVpc`", "Filterz", "$nobody", "surprise", "two steps `b`", "no waiter `Never`"]
    {
        assert!(blocks.contains(words), "lacks `{words}`\n{blocks}");
    }
}

#[test]
fn between_files() {
    let place = Place::new();
    std::fs::create_dir_all(place.path("cases/key-pairs")).expect("made");
    let text = case(1, "  - id: a\n    call: DescribeKeyPairs\n");
    for file in [
        "cases/key-pairs/one.yaml",
        "cases/key-pairs/two.yaml",
        "cases/lost.yaml",
        "cases/key-pairs/odd.yml",
    ] {
        std::fs::write(place.path(file), &text).expect("written");
    }
    let ran = place.run(&["check", "--cases", "cases"]).exits(2);
    ran.complains(&[
        "have the same id",
        "key-pairs/two.yaml",
        "lost.yaml",
        "a folder named after its capability",
        // A case that would never run is worse than one with a mistake.
        "odd.yml",
    ]);
}

#[test]
fn files_that_are_no_text() {
    let place = Place::new();
    std::fs::create_dir_all(place.path("cases/key-pairs")).expect("made");
    std::fs::write(place.path("cases/key-pairs/image.yaml"), b"\xff\xd8\xff\xe0").expect("written");
    place.run(&["check", "--cases", "cases"]).exits(2).complains(&["image.yaml", "UTF-8"]);
    place.run(&["check", "--cases", "nowhere"]).exits(2).complains(&["nowhere"]);
}

const BASELINE: &str = r#"{
  "case": "0b8f1d5a-7c3e-4f0e-9a53-6a1f0c2d4e01",
  "provenance": "documented",
  "sources": {
    "api": {
      "title": "t",
      "url": "https://docs.aws.amazon.com/x",
      "accessed": "2026-01-31",
      "states": "s"
    }
  },
  "expect": [
    { "step": "a", "outcome": "success", "source": "api" }
  ]
}
"#;

#[test]
fn in_baselines() {
    let refused = |code: &str| format!("\"outcome\": \"error\", \"code\": {code}");
    let (unknown, case_only, other) = (
        refused("\"InvalidKeyPiar.NotFound\""),
        refused("[\"invalidkeypair.notfound\"]"),
        refused("[\"InvalidKeyPair.NotFound\", \"InvalidVpcID.NotFound\"]"),
    );
    let broken: [(&str, &str, usize, &[&str]); 17] = [
        (
            "\"outcome\": \"success\"",
            &unknown,
            13,
            &["is no code of AWS", "did you mean `InvalidKeyPair.NotFound`?", "with that source"],
        ),
        ("\"outcome\": \"success\"", &case_only, 13, &["write `InvalidKeyPair.NotFound`"]),
        (
            "\"outcome\": \"success\"",
            &other,
            13,
            &["AWS does not answer DescribeKeyPairs with InvalidVpcID.NotFound"],
        ),
        ("\"step\": \"a\"", "\"step\": \"b\"", 13, &["no step `b`"]),
        (
            "\"source\": \"api\"",
            "\"source\": \"apy\"",
            13,
            &["no source `apy`", "did you mean `api`?"],
        ),
        ("\"source\": \"api\"", "\"sauce\": \"api\"", 13, &["sauce", "source"]),
        ("\"outcome\": \"success\"", "\"outcome\": \"great\"", 13, &["`great` is no outcome"]),
        (
            "\"outcome\": \"success\"",
            "\"value\": \"KeyPairz\", \"present\": true",
            13,
            &["KeyPairz", "did you mean `KeyPairs`?"],
        ),
        (
            "\"outcome\": \"success\"",
            "\"value\": \"KeyPairs\"",
            13,
            &["needs `is`, `in`, `set`, `form` or `present`"],
        ),
        (
            "\"outcome\": \"success\"",
            "\"value\": \"KeyPairs\", \"form\": \"square\"",
            13,
            &["`square` is no form", "known forms"],
        ),
        (
            "\"outcome\": \"success\"",
            "\"value\": \"KeyPairs[0].KeyName\", \"is\": \"$nobody\"",
            13,
            &["$nobody"],
        ),
        ("\"outcome\": \"success\"", "\"states\": [\"x\"]", 13, &["only a poll sees states"]),
        ("\"documented\"", "\"recorded\"", 3, &["`recorded` is no provenance"]),
        ("https://docs", "http://docs", 7, &["address"]),
        ("2026-01-31", "yesterday", 8, &["date"]),
        ("4e01", "4e99", 2, &["no case has the id"]),
        ("\"states\": \"s\"", "\"states\": ", 0, &["a.json"]),
    ];
    for (from, to, line, words) in broken {
        let place = Place::new();
        std::fs::create_dir_all(place.path("cases/key-pairs")).expect("made");
        std::fs::create_dir_all(place.path("baselines/aws/key-pairs")).expect("made");
        let case = case(1, "  - id: a\n    call: DescribeKeyPairs\n");
        std::fs::write(place.path("cases/key-pairs/a.yaml"), case).expect("written");
        let file = place.path("baselines/aws/key-pairs/a.json");
        std::fs::write(&file, BASELINE).expect("written");
        let check = ["check", "--cases", "cases", "--baselines", "baselines"];
        place.run(&check).exits(0);
        std::fs::write(&file, BASELINE.replacen(from, to, 1)).expect("written");
        let ran = place.run(&check).exits(2).complains(words);
        if line > 0 {
            let place = format!("baselines/aws/key-pairs/a.json:{line}:");
            assert!(ran.stderr.contains(&place), "{to}: not in line {line}\n{ran}");
        }
    }
}
