//! The configuration file: who writes it is told of every mistake, and of no secret; and who says
//! what of a target can be seen.

use serde_json::Value;

use crate::support::command::Place;

/// The line and what has to be said of each text.
const MISTAKES: [(&str, usize, &[&str]); 26] = [
    ("target: {}\n", 1, &["the configuration has no `target`", "did you mean `targets`?"]),
    (
        "targets:\n  a: { endpoint: http://c/, regoin: r }\n",
        2,
        &["a target has no `regoin`", "`region`"],
    ),
    ("targets:\n  a: { region: r }\n", 2, &["the target `a` needs `endpoint`", "kind: aws"]),
    ("targets:\n  a: { kind: asw }\n", 2, &["`asw` is no `kind`", "did you mean `aws`?"]),
    ("targets:\n  a: { kind: 1, endpoint: aws }\n", 2, &["text was expected"]),
    ("targets:\n  a: { kind: aws, vpc: maybe }\n", 2, &["`maybe` is no `vpc`", "no-default"]),
    ("targets:\n  a: { endpoint: cloud }\n", 2, &["`cloud` is not an endpoint", "http://"]),
    ("targets:\n  a: { endpoint: \"\" }\n", 2, &["`endpoint` is empty"]),
    ("targets:\n  a: { kind: aws, timeout: 0 }\n", 2, &["seconds, 1 to 3600"]),
    ("targets:\n  a: { kind: aws, timeout: 1m }\n", 2, &["seconds, 1 to 3600", "not text"]),
    ("targets:\n  a: { kind: aws, rate: fast }\n", 2, &["requests a second"]),
    ("targets:\n  a: { kind: aws, rate: 0 }\n", 2, &["between 0.01 and 10000"]),
    ("targets:\n  a: { kind: aws, rate: { burst: 2 } }\n", 2, &["a rate needs `per_second`"]),
    (
        "targets:\n  a: { kind: aws, rate: { per_second: 2, brust: 2 } }\n",
        2,
        &["did you mean `burst`?"],
    ),
    (
        "targets:\n  a: { kind: aws, rate: { per_second: 2, burst: 0 } }\n",
        2,
        &["at least one request"],
    ),
    ("targets:\n  a: { kind: aws, lacks: [vpc] }\n", 2, &["nothing that a case needs", "`vpcs`"]),
    ("targets:\n  a: { kind: aws, lacks: [CreateVcp] }\n", 2, &["did you mean `CreateVpc`?"]),
    ("targets:\n  a: { kind: aws, lacks: [unicorns] }\n", 2, &["things: addresses,"]),
    ("targets:\n  a: { kind: aws, quotas: { vpc: 1 } }\n", 2, &["no case uses `vpc`", "`vpcs`"]),
    ("targets:\n  a: { kind: aws, quotas: { vpcs: many } }\n", 2, &["a whole number"]),
    ("targets:\n  \"a b\": { kind: aws }\n", 2, &["`a b` is not a name for a target"]),
    ("default: lib\ntargets:\n  lab: { kind: aws }\n", 1, &["no target `lib`", "`lab`"]),
    ("targets:\n  a: { kind: aws }\n  a: { kind: aws }\n", 3, &["`a` is given twice"]),
    ("targets: [a]\n", 1, &["a map (targets by name) was expected"]),
    ("targets:\n  a: { kind: aws, insecure: true }\n", 2, &["always verified", "ca: FILE"]),
    ("targets:\n  a: [\n", 2, &["this is not YAML"]),
];

#[test]
fn every_mistake_has_its_place() {
    let place = Place::new();
    for (text, line, words) in MISTAKES {
        std::fs::write(place.path("parallax.yaml"), text).expect("written");
        let ran = place.run(&["target", "list"]).exits(2).complains(words);
        let at = format!("parallax.yaml:{line}");
        assert!(ran.stderr.contains(&at), "lacks `{at}`\n{text}\n{ran}");
        assert!(ran.stderr.contains("1 mistake in the configuration"), "{text}\n{ran}");
    }
}

/// Whoever writes a key into it is told where it belongs, and the key is not shown: neither then, nor
/// beside another mistake.
#[test]
fn no_secret_is_shown() {
    let place = Place::new();
    let secret = "wJalrXUtnFEMI-4711";
    for text in [
        format!("targets:\n  a:\n    kind: aws\n    secret_access_key: {secret}\n"),
        format!("targets:\n  a: {{ kind: aws, aws_secret_access_key: {secret}, regoin: x }}\n"),
        format!("password: {secret}\ntargets: {{ a: {{ kind: asw }} }}\n"),
        format!("targets:\n  a:\n    endpoint: http://me:{secret}@cloud.example/\n"),
        format!("targets:\n  a:\n    session-token: >\n      {secret}\n      {secret}\n"),
        format!("targets: [\n  accessKey: {secret}\n"),
    ] {
        std::fs::write(place.path("parallax.yaml"), &text).expect("written");
        let ran = place.run(&["target", "list"]).exits(2);
        assert!(!ran.stderr.contains(secret) && !ran.stdout.contains(secret), "{text}\n{ran}");
        assert!(ran.stderr.contains("parallax.yaml:"), "{ran}");
    }
    std::fs::write(
        place.path("parallax.yaml"),
        format!("targets:\n  a: {{ kind: aws, secret_key: {secret} }}\n"),
    )
    .expect("written");
    let words =
        ["`secret_key` is a secret", "~/.aws/credentials", "profile: NAME", "AWS_ACCESS_KEY_ID"];
    place.run(&["run"]).exits(2).complains(&words);
}

const FILE: &str = "\
default: lab
targets:
  lab:
    kind: openstack
    endpoint: http://lab.example:8788/
    region: RegionOne
    ca: lab.pem
    lacks: [volumes]
    rate: { per_second: 2.5, burst: 7 }
    quotas: { vpcs: 3 }
  amazon: { kind: aws, region: eu-west-1 }
";

#[test]
fn targets_are_listed() {
    let place = Place::new();
    let none = place.run(&["target", "list"]).exits(0).complains(&["no configuration file"]);
    assert_eq!(none.stdout, "");
    std::fs::create_dir(place.path("conf")).expect("a folder");
    std::fs::write(place.path("conf/mine.yaml"), FILE).expect("written");
    let ran = place.run(&["target", "list", "--config", "conf/mine.yaml"]).exits(0);
    assert!(ran.stdout.starts_with("* lab "), "{ran}");
    assert!(ran.stderr.contains("2 targets in conf/mine.yaml"), "{ran}");
    let place = place.with("PARALLAX_CONFIG", "conf/mine.yaml");
    let ran = place.run(&["target", "list", "--format", "json"]).exits(0);
    let list: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(list["targets"][0]["name"], "lab");
    assert_eq!(list["targets"][1]["endpoint"], "aws");
    assert_eq!(list["targets"][1]["kind"], "aws");
    place.run(&["target", "list", "--config", "none.yaml"]).exits(2).complains(&["none.yaml"]);
}

/// The settings of a target: value and who says it.
fn settings(place: &Place, arguments: &[&str]) -> Value {
    let ran = place.run(&[&["target", "show", "--format", "json"], arguments].concat()).exits(0);
    let shown: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let settings = shown["settings"].as_array().expect("a list").iter();
    settings
        .map(|s| {
            (
                s["what"].as_str().expect("text").to_owned(),
                serde_json::json!([s["value"], s["from"]]),
            )
        })
        .collect::<serde_json::Map<_, _>>()
        .into()
}

#[test]
fn who_says_what() {
    let place = Place::new();
    std::fs::write(place.path("parallax.yaml"), FILE).expect("written");
    let said = settings(&place, &[]);
    let here = |line: u32| format!("parallax.yaml:{line}");
    assert_eq!(said["endpoint"], serde_json::json!(["http://lab.example:8788/", here(5)]));
    assert_eq!(said["name"], serde_json::json!(["lab", here(3)]));
    assert_eq!(said["ca"], serde_json::json!(["lab.pem", here(7)]));
    assert_eq!(said["lacks"], serde_json::json!(["volumes", here(8)]));
    assert_eq!(said["rate"][0], "2.5 requests a second, 7 at once");
    assert_eq!(said["quotas"][0], "vpcs 3");
    assert_eq!(said["timeout"], serde_json::json!(["60 s", "default"]));
    assert_eq!(said["image"], serde_json::json!([null, "will be asked for"]));

    let said = settings(&place, &["amazon"]);
    assert_eq!(said["endpoint"], serde_json::json!(["aws", here(11)]));
    assert_eq!(said["rate"][0], "what AWS allows, for each action by itself");
    assert_eq!(said["image"][1], "not known; not looked for on AWS");

    let place = place
        .with("PARALLAX_REGION", "RegionTwo")
        .with("AWS_ENDPOINT_URL", "http://elsewhere.example/")
        .with("AWS_CA_BUNDLE", "/etc/aws.pem");
    let said = settings(&place, &["--instance-type", "m1.tiny"]);
    assert_eq!(said["region"], serde_json::json!(["RegionTwo", "PARALLAX_REGION"]));
    assert_eq!(said["instance_type"], serde_json::json!(["m1.tiny", "--instance-type"]));
    assert_eq!(said["endpoint"][0], "http://lab.example:8788/", "not where a shell says by chance");
    assert_eq!(said["ca"][0], "lab.pem");
    // A name goes before variables, and AWS's say what nobody else does.
    let said = settings(&place, &["amazon"]);
    assert_eq!(said["region"], serde_json::json!(["eu-west-1", here(11)]));
    assert_eq!(said["ca"], serde_json::json!(["/etc/aws.pem", "AWS_CA_BUNDLE"]));
    std::fs::remove_file(place.path("parallax.yaml")).expect("removed");
    let said = settings(&place, &[]);
    assert_eq!(
        said["endpoint"],
        serde_json::json!(["http://elsewhere.example/", "AWS_ENDPOINT_URL"])
    );
}

/// The profile says where its cloud is, as it does to AWS's own tools.
#[test]
fn what_a_profile_says() {
    let place = Place::new();
    let aws = place.work().join("../home/.aws");
    std::fs::create_dir_all(&aws).expect("a folder");
    let config = "[profile lab]\nendpoint_url = http://profile.example/\nca_bundle = /etc/p.pem\n";
    std::fs::write(aws.join("config"), config).expect("written");
    let said = settings(&place, &["--profile", "lab"]);
    assert_eq!(said["endpoint"], serde_json::json!(["http://profile.example/", "AWS's profile"]));
    assert_eq!(said["ca"][0], "/etc/p.pem");
    assert_eq!(said["credentials"], serde_json::json!(["profile lab", "--profile"]));
}

#[test]
fn which_target() {
    let place = Place::new();
    for arguments in [["target", "show"], ["target", "check"]] {
        place.run(&arguments).exits(2).complains(&["which target?", "--endpoint URL"]);
    }
    let words =
        ["no target `lab`", "no configuration file", "parallax.yaml", "parallax target --help"];
    place.run(&["run", "--target", "lab"]).exits(2).complains(&words);
    std::fs::write(place.path("parallax.yaml"), FILE).expect("written");
    let words = ["no target `lav`", "did you mean `lab`?"];
    place.run(&["target", "show", "lav"]).exits(2).complains(&words);
    place.run(&["target", "show", "lab", "--target", "lab"]).exits(2).complains(&["--target"]);
    let bad = place.with("PARALLAX_RATE", "fast");
    bad.run(&["run"]).exits(2).complains(&["PARALLAX_RATE", "`fast`", "20:100"]);
}

/// The user's own file is read where the project has none.
#[test]
fn the_users_own_file() {
    let place = Place::new();
    let user = place.work().join("../home/.config/parallax");
    std::fs::create_dir_all(&user).expect("a folder");
    std::fs::write(user.join("parallax.yaml"), "targets:\n  mine: { kind: aws }\n")
        .expect("written");
    let names = |place: &Place| -> Vec<String> {
        let ran = place.run(&["target", "list", "--format", "json"]).exits(0);
        let list: Value = serde_json::from_str(&ran.stdout).expect("JSON");
        let targets = list["targets"].as_array().expect("a list").iter();
        targets.map(|target| target["name"].as_str().expect("text").to_owned()).collect()
    };
    assert_eq!(names(&place), ["mine"]);
    std::fs::write(place.path("parallax.yaml"), FILE).expect("written");
    assert_eq!(names(&place), ["lab", "amazon"]);
    std::fs::remove_file(place.path("parallax.yaml")).expect("removed");
    let elsewhere = place.with("XDG_CONFIG_HOME", "/nowhere");
    assert_eq!(names(&elsewhere), Vec::<String>::new());
}

/// Editors are told the same as readers.
#[test]
fn the_schema_of_the_file() {
    let ran = Place::new().run(&["schema", "config"]).exits(0);
    let schema: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let target = &schema["$defs"]["Target"]["properties"];
    for key in ["kind", "endpoint", "profile", "ca", "rate", "lacks", "quotas", "vpc"] {
        assert!(target[key]["description"].is_string(), "{key}: {target}");
    }
    assert_eq!(schema["additionalProperties"], false);
}
