//! Values that AWS documents where others have a form of their own: a VPC's `DhcpOptionsId` may be
//! `default`. What is documented is no difference, whether or not a recording shows it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;

use schemars::JsonSchema;
use sha2::{Digest as _, Sha256};

use crate::assets::Assets;
use crate::case::SuiteError;
use crate::judge::baseline::{SourceKeys, read_source};
use crate::model::{Model, ShapeKind, Structure, suggest};
use crate::syntax::{Diagnostic, Diagnostics, Node, Reader, Spanned, parse};

/// Where they stand below the folder of baselines.
pub(in crate::judge) const FILE: &str = "aws/values.json";

/// The documented values, by structure and member.
#[derive(Debug, Clone, Default)]
pub(super) struct Documented {
    values: BTreeMap<(String, String), Vec<Pattern>>,
}

#[derive(Debug, Clone)]
enum Pattern {
    Is(String),
    Begins(String),
}

/// The keys of the file.
#[derive(JsonSchema)]
#[allow(dead_code, reason = "only its schema is used")]
struct FileKeys {
    about: Vec<String>,
    sources: BTreeMap<String, SourceKeys>,
    values: Vec<ValueKeys>,
}

/// The keys of one value.
#[derive(JsonSchema)]
#[allow(dead_code, reason = "only its schema is used")]
struct ValueKeys {
    structure: String,
    member: String,
    value: Option<String>,
    begins: Option<String>,
    means: String,
    source: String,
}

impl Documented {
    /// Reads the values from a folder of baselines, or those that were built in if it has none: they
    /// are facts of the API, whoever's baselines these are. What is read goes into the digest.
    ///
    /// # Errors
    /// The file cannot be read, or every mistake in it.
    pub(super) fn load(assets: &Assets, digest: &mut Sha256) -> Result<Documented, SuiteError> {
        let file = match assets.source(FILE) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return match assets {
                    Assets::Folder(_) => Documented::load(&Assets::Baselines, digest),
                    _ => Ok(Documented::default()),
                };
            }
            Err(error) => return Err(SuiteError::Io { path: assets.root().join(FILE), error }),
        };
        digest.update(FILE.as_bytes());
        digest.update([0]);
        digest.update(file.text.as_bytes());
        let mut reader = Reader::default();
        let documented = match parse(&file.text) {
            Ok(root) => read(&root, &mut reader),
            Err(mistake) => {
                reader.report(mistake);
                None
            }
        };
        let found = reader.into_found();
        if found.is_empty() {
            return Ok(documented.unwrap_or_default());
        }
        let mut mistakes = Diagnostics::default();
        mistakes.add(file, found);
        Err(SuiteError::Mistakes(mistakes))
    }

    /// Whether AWS documents this text for what is at a path of an action's output.
    pub(super) fn has(&self, action: &str, path: &str, text: &str) -> bool {
        let Some((structure, _)) = Model::ec2().place(action, path) else { return false };
        let name = path.rsplit('.').next().unwrap_or(path);
        let key = (Model::ec2().shape(structure).name.clone(), name.to_owned());
        self.values.get(&key).into_iter().flatten().any(|pattern| match pattern {
            Pattern::Is(value) => value == text,
            Pattern::Begins(start) => text.starts_with(start.as_str()),
        })
    }
}

fn read(root: &Node, reader: &mut Reader) -> Option<Documented> {
    const WHAT: &str = "the file of documented values";
    let map = reader.map_of::<FileKeys>(root, WHAT)?;
    let mut sources = BTreeSet::new();
    if let Some(node) = map.required("sources", WHAT, reader)
        && let Some(map) = reader.map(node, "sources by their keys")
    {
        for (key, node) in map.entries {
            sources.insert(key.value.as_str());
            read_source(node, reader);
        }
    }
    let mut documented = Documented::default();
    let values = map.required("values", WHAT, reader)?;
    for node in reader.list(values, "values") {
        if let Some((key, pattern)) = value(node, &sources, reader) {
            documented.values.entry(key).or_default().push(pattern);
        }
    }
    Some(documented)
}

fn value(
    node: &Node,
    sources: &BTreeSet<&str>,
    reader: &mut Reader,
) -> Option<((String, String), Pattern)> {
    const WHAT: &str = "a documented value";
    let map = reader.map_of::<ValueKeys>(node, WHAT)?;
    let structure = map.required_text("structure", WHAT, reader);
    let member = map.required_text("member", WHAT, reader);
    map.required_text("means", WHAT, reader);
    if let Some(source) = map.required_text("source", WHAT, reader)
        && !sources.contains(source.value.as_str())
    {
        let close = suggest(&source.value, sources.iter().copied());
        reader.report(
            Diagnostic::error(format!("there is no source `{}`", source.value))
                .at(source.span.clone(), "not in `sources`")
                .suggest(close),
        );
    }
    let pattern = match (map.get("value"), map.get("begins")) {
        (Some(node), None) => Pattern::Is(reader.string(node)?.value),
        (None, Some(node)) => Pattern::Begins(reader.string(node)?.value),
        _ => {
            reader.report(
                Diagnostic::error("a documented value has one of `value` and `begins`")
                    .at(map.span.clone(), "here"),
            );
            return None;
        }
    };
    let (structure, member) = (structure?, member?);
    is_known(&structure, &member, reader).then_some(((structure.value, member.value), pattern))
}

/// Whether AWS's model has such a member, and it is a text.
fn is_known(structure: &Spanned<String>, member: &Spanned<String>, reader: &mut Reader) -> bool {
    let Some(found) = Model::ec2().structure(&structure.value) else {
        reader.report(
            Diagnostic::error(format!("AWS's model has no structure `{}`", structure.value))
                .at(structure.span.clone(), "not known"),
        );
        return false;
    };
    let is_text = |structure: &Structure| {
        let known = structure.member(&member.value)?;
        Some(matches!(Model::ec2().shape(known.shape).kind, ShapeKind::String(_)))
    };
    match is_text(found) {
        Some(true) => true,
        Some(false) => {
            reader.report(
                Diagnostic::error(format!("{} is no text", member.value))
                    .at(member.span.clone(), "has no value like this"),
            );
            false
        }
        None => {
            let close = suggest(&member.value, found.members.iter().map(|m| m.name.as_str()));
            reader.report(
                Diagnostic::error(format!("{} has no member `{}`", structure.value, member.value))
                    .at(member.span.clone(), "not known")
                    .suggest(close),
            );
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_values_hold_wherever_their_structure_is() {
        let documented = Documented::load(&Assets::Baselines, &mut Sha256::new());
        let documented = documented.expect("the file that was built in");
        for (action, path) in [
            ("CreateVpc", "Vpc.DhcpOptionsId"),
            ("CreateDefaultVpc", "Vpc.DhcpOptionsId"),
            ("DescribeVpcs", "Vpcs[].DhcpOptionsId"),
        ] {
            assert!(documented.has(action, path, "default"), "{action}");
            assert!(!documented.has(action, path, "default-"), "{action}");
        }
        assert!(!documented.has("DescribeDhcpOptions", "DhcpOptions[].DhcpOptionsId", "default"));
        assert!(!documented.has("DescribeVpcs", "Vpcs[].VpcId", "default"));
        let path = "LaunchTemplateVersions[].LaunchTemplateData.ImageId";
        let has = |text| documented.has("DescribeLaunchTemplateVersions", path, text);
        assert!(has("resolve:ssm:/aws/service/ami") && !has("ssm:/aws/service/ami"));
    }

    #[test]
    fn mistakes_have_a_place() {
        const WHOLE: &str = r#"{ "about": [],
  "sources": { "vpc": { "title": "t", "url": "https://docs.aws.amazon.com/", "accessed": "2026-11-21", "states": "s" } },
  "values": [ { "structure": "Vpc", "member": "DhcpOptionsId", "value": "default", "means": "m", "source": "vpc" } ] }"#;
        let mistakes = |text: &str| {
            let mut reader = Reader::default();
            read(&parse(text).expect("JSON"), &mut reader);
            let found = reader.into_found();
            found.iter().map(|f| format!("{}: {}", f.line(text), f.message())).collect::<Vec<_>>()
        };
        assert_eq!(mistakes(WHOLE), [""; 0]);
        for (from, to, mistake) in [
            ("\"Vpc\"", "\"Vcp\"", "3: AWS's model has no structure `Vcp`"),
            ("DhcpOptionsId", "DhcpOptionId", "3: Vpc has no member `DhcpOptionId`"),
            ("DhcpOptionsId", "IsDefault", "3: IsDefault is no text"),
            ("\"source\": \"vpc\"", "\"source\": \"vcp\"", "3: there is no source `vcp`"),
            (
                "\"value\": \"default\", ",
                "",
                "3: a documented value has one of `value` and `begins`",
            ),
            ("\"means\": \"m\", ", "", "3: a documented value needs `means`"),
            ("https", "http", "2: a source needs an address that anyone can look up"),
            ("\"values\"", "\"value\"", "3: the file of documented values has no `value`"),
        ] {
            let text = WHOLE.replacen(from, to, 1);
            assert_ne!(text, WHOLE, "{from}");
            let found = mistakes(&text);
            assert!(found.iter().any(|found| found == mistake), "{mistake}\n{found:#?}");
        }
    }
}
