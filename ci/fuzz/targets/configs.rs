//! The configuration file: whoever mistypes it is told where, and never shown a secret.

use std::path::Path;

use parallax::target::{ConfigError, ConfigFile};

use super::{Target, kind};
use crate::mutate::Syntax;

pub const TARGET: Target = Target {
    name: "configs",
    syntax: Syntax::Yaml,
    seeds: || SEEDS.iter().map(|text| text.as_bytes().to_vec()).collect(),
    words: &[
        "aws",
        "openstack",
        "no-default",
        "secret_access_key",
        "per_second",
        "burst",
        "0",
        "-1",
        "1e400",
        "http://u:p@h/",
        "&a",
        "*a",
        "!!str",
        "CreateVpc",
    ],
    run,
};

/// As the README has it, and with everything else that may stand in it.
const SEEDS: [&str; 2] = [
    "default: lab
targets:
  lab:
    kind: openstack
    endpoint: https://cloud.example:8788/
    region: RegionOne
    profile: lab
    ca: lab-ca.pem
    instance_type: m1.tiny
    lacks: [volumes, CreateVpnGateway]
    rate: { per_second: 10, burst: 20 }
",
    "targets:
  aws:
    kind: aws
    endpoint: aws
    region: eu-central-1
    name: AWS Frankfurt
    image: ami-12345678
    instance_type: t3.nano
    zone: eu-central-1a
    ssh_user: ec2-user
    jump: me@gate.example:2222
    jump_key: gate
    reach: jump
    vpc: default
    timeout: 30
    quotas: { vpcs: 5, addresses: 5 }
    rate: unlimited
",
];

fn run(input: &[u8]) -> String {
    let text = String::from_utf8_lossy(input).into_owned();
    match ConfigFile::parse(Path::new("fuzzed.yaml"), text) {
        Ok(file) => {
            assert_eq!(file.list().len(), file.names().count());
            let known = file.default().is_none_or(|name| file.names().any(|other| other == name));
            assert!(known, "the default is no target of it");
            format!("{} targets", file.names().count().min(2))
        }
        Err(ConfigError::Mistakes(found)) => {
            assert!(!found.is_empty(), "refused without a mistake");
            let plain = found.render(false);
            assert!(plain.contains("fuzzed.yaml"), "a mistake without its file: {plain}");
            let mut kinds: Vec<String> = found.iter().map(|(_, _, d)| kind(d.message())).collect();
            kinds.sort();
            kinds.dedup();
            kinds.truncate(3);
            kinds.join(" + ")
        }
        Err(other) => kind(&other.to_string()),
    }
}
