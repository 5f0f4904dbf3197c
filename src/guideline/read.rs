//! From the text of a guideline to a [`Guideline`].

use std::collections::BTreeMap;

use serde::de::IgnoredAny;

use super::document::{
    Capability, Component, Criterion, Extension, Flag, Guideline, Metadata, Platform, Reference,
    Scoring, Test, TestRepository, Tier, Tiers, TrademarkApproval,
};
use crate::model::suggest;
use crate::syntax::{
    Diagnostic, Diagnostics, MapReader, Node, NodeKind, Reader, SourceFile, Spanned, parse,
};

/// What was read.
pub(super) struct Read {
    /// The text as a tree with places; absent if it is no JSON.
    pub(super) root: Option<Node>,
    /// The guideline; absent if something that it needs is missing or of a wrong kind.
    pub(super) guideline: Option<Guideline>,
    /// Why it is absent.
    pub(super) broken: Vec<Diagnostic>,
    /// Keys that the format does not have.
    pub(super) unknown: Vec<Diagnostic>,
}

impl Guideline {
    /// Reads a guideline of schema 2.0. Keys that the format does not have are passed over:
    /// [`check`](super::check) is strict about them.
    ///
    /// # Errors
    /// It is no JSON, of another schema, or something is missing or of a wrong kind: every such
    /// mistake with its place.
    pub fn parse(file: &SourceFile) -> Result<Guideline, Diagnostics> {
        let read = read(&file.text);
        match read.guideline {
            Some(guideline) if read.broken.is_empty() => Ok(guideline),
            _ => {
                let mut mistakes = Diagnostics::default();
                mistakes.add(file.clone(), read.broken);
                Err(mistakes)
            }
        }
    }
}

pub(super) fn read(text: &str) -> Read {
    let broken = |diagnostic| Read {
        root: None,
        guideline: None,
        broken: vec![diagnostic],
        unknown: Vec::new(),
    };
    // The tree is read as YAML, which keeps places and refuses a key that stands twice; but others
    // read this as JSON, and not everything that is YAML is JSON.
    if let Err(error) = serde_json::from_str::<IgnoredAny>(text) {
        let at = offset(text, error.line(), error.column());
        let why = error.to_string();
        let why = why.split(" at line ").next().unwrap_or_default();
        return broken(Diagnostic::error(format!("this is no JSON: {why}")).at(at..at, "here"));
    }
    let root = match parse(text) {
        Ok(root) => root,
        Err(mistake) => return broken(mistake),
    };
    let mut document = Document::default();
    let guideline = document.guideline(&root);
    Read {
        root: Some(root),
        guideline,
        broken: document.reader.into_found(),
        unknown: document.unknown,
    }
}

/// The byte at a line and column (both from 1) as `serde_json` counts them.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    (before + column.saturating_sub(1)).min(text.len())
}

/// Keys that people write for others.
const MEANT: [(&str, &str, &str); 2] = [
    (
        "flag",
        "flagged",
        "the published schema calls it `flag`, and RefStack looks for `flagged` only",
    ),
    ("alias", "aliases", "it is a list"),
];

#[derive(Default)]
struct Document {
    reader: Reader,
    unknown: Vec<Diagnostic>,
}

impl Document {
    fn object<'n>(&mut self, node: &'n Node, what: &str, known: &[&str]) -> Option<MapReader<'n>> {
        let map = self.reader.map(node, what)?;
        for (key, _) in map.entries.iter().filter(|(key, _)| !known.contains(&key.value.as_str())) {
            let mistake = Diagnostic::error(format!("{what} has no `{}`", key.value))
                .at(key.span.clone(), "not known here");
            let meant =
                MEANT.iter().find(|(wrong, right, _)| *wrong == key.value && known.contains(right));
            self.unknown.push(match (meant, suggest(&key.value, known.iter().copied())) {
                (Some((_, right, why)), _) => mistake.help(format!("write `{right}`: {why}")),
                (None, Some(close)) => mistake.suggest(Some(close)),
                (None, None) => mistake.help(format!("known here: {}", quoted(known))),
            });
        }
        Some(map)
    }

    fn guideline(&mut self, root: &Node) -> Option<Guideline> {
        if let Some(mistake) = older(root) {
            self.reader.report(mistake);
            return None;
        }
        let known = [
            "metadata",
            "platforms",
            "add-ons",
            "components",
            "capabilities",
            "designated_sections",
            "test_repositories",
        ];
        let map = self.object(root, "a guideline", &known)?;
        let metadata = map.required("metadata", "a guideline", &mut self.reader);
        let metadata = metadata.and_then(|node| self.metadata(node));
        let platforms = self.named(map.get("platforms"), "platforms", Self::platform);
        let add_ons = self.named(map.get("add-ons"), "add-ons", Self::add_on);
        let components = map.required("components", "a guideline", &mut self.reader);
        let components = self.named(components, "components", Self::component);
        let capabilities = map.required("capabilities", "a guideline", &mut self.reader);
        let capabilities = self.named(capabilities, "capabilities", Self::capability);
        let sections = map.required("designated_sections", "a guideline", &mut self.reader);
        if let Some(node) = sections {
            self.reader.map(node, "designated sections");
        }
        let repositories = map.required("test_repositories", "a guideline", &mut self.reader);
        let test_repositories = self.named(repositories, "test repositories", Self::repository);
        Some(Guideline {
            metadata: metadata?,
            platforms,
            add_ons,
            components,
            capabilities,
            designated_sections: sections?.to_json(),
            test_repositories,
        })
    }

    /// A map of names to things of one kind. Those with a mistake are left out.
    fn named<T>(
        &mut self,
        node: Option<&Node>,
        what: &str,
        mut one: impl FnMut(&mut Self, &Node) -> Option<T>,
    ) -> BTreeMap<String, T> {
        let map = node.and_then(|node| self.reader.map(node, what));
        let entries = map.map_or(&[][..], |map| map.entries);
        let read = entries
            .iter()
            .filter_map(|(name, node)| one(self, node).map(|value| (name.value.clone(), value)));
        read.collect()
    }

    fn text(&mut self, map: &MapReader<'_>, key: &str, what: &str) -> Option<String> {
        map.required_text(key, what, &mut self.reader).map(|text| text.value)
    }

    fn optional(&mut self, map: &MapReader<'_>, key: &str) -> Option<String> {
        map.get(key).and_then(|node| self.reader.string(node)).map(|text| text.value)
    }

    fn texts(&mut self, node: Option<&Node>, what: &str) -> Vec<String> {
        let items = node.map_or(&[][..], |node| self.reader.list(node, what));
        items.iter().filter_map(|item| self.reader.string(item)).map(|text| text.value).collect()
    }

    fn metadata(&mut self, node: &Node) -> Option<Metadata> {
        let what = "metadata";
        let known =
            ["id", "schema", "reference", "source", "scoring", "os_trademark_approval", "parallax"];
        let map = self.object(node, what, &known)?;
        let id = self.text(&map, "id", what);
        let schema = map.required_text("schema", what, &mut self.reader);
        if let Some(schema) = schema.as_ref().filter(|schema| schema.value != "2.0") {
            self.reader.report(other_schema(schema));
        }
        let reference = self.text(&map, "reference", what);
        let source = self.text(&map, "source", what);
        let scoring = map.get("scoring").and_then(|node| self.scoring(node));
        let approval = map.get("os_trademark_approval").and_then(|node| self.approval(node));
        let parallax = map.get("parallax").and_then(|node| self.extension(node));
        Some(Metadata {
            id: id?,
            schema: schema?.value,
            reference: reference?,
            source: source?,
            scoring,
            os_trademark_approval: approval,
            parallax,
        })
    }

    fn scoring(&mut self, node: &Node) -> Option<Scoring> {
        let map = self.object(node, "scoring", &["cutoff_score", "criteria"])?;
        let cutoff = map.required("cutoff_score", "scoring", &mut self.reader);
        let cutoff = cutoff.and_then(|node| self.reader.count(node));
        let criteria = map.required("criteria", "scoring", &mut self.reader);
        let criteria = self.named(criteria, "criteria", |document, node| {
            let what = "a criterion";
            let map = document.object(node, what, &["name", "description", "weight"])?;
            let name = document.text(&map, "name", what);
            let description = document.text(&map, "description", what);
            let weight = map.required("weight", what, &mut document.reader);
            let weight = weight.and_then(|node| document.reader.count(node));
            Some(Criterion { name: name?, description: description?, weight: weight? })
        });
        Some(Scoring { cutoff_score: cutoff?, criteria })
    }

    fn approval(&mut self, node: &Node) -> Option<TrademarkApproval> {
        let what = "os_trademark_approval";
        let known = ["target_approval", "replaces", "releases", "status"];
        let map = self.object(node, what, &known)?;
        let target_approval = self.text(&map, "target_approval", what);
        let replaces = self.optional(&map, "replaces");
        let releases = map.required("releases", what, &mut self.reader);
        let releases = self.texts(releases, "releases");
        let status = self.text(&map, "status", what);
        Some(TrademarkApproval {
            target_approval: target_approval?,
            replaces,
            releases,
            status: status?,
        })
    }

    fn extension(&mut self, node: &Node) -> Option<Extension> {
        match serde_json::from_value(node.to_json()) {
            Ok(extension) => Some(extension),
            Err(error) => {
                let mistake = Diagnostic::error(format!("`parallax` cannot be read: {error}"))
                    .at(node.span.clone(), "what this program adds to the format")
                    .help("`parallax guideline make` writes it; or leave it out");
                self.reader.report(mistake);
                None
            }
        }
    }

    fn platform(&mut self, node: &Node) -> Option<Platform> {
        self.platform_of(node, "a platform", &["description", "components"])
    }

    fn add_on(&mut self, node: &Node) -> Option<Platform> {
        let known = [
            "description",
            "components",
            "required_platform_components",
            "optional_platform_components",
        ];
        self.platform_of(node, "an add-on", &known)
    }

    fn platform_of(&mut self, node: &Node, what: &str, known: &[&str]) -> Option<Platform> {
        let map = self.object(node, what, known)?;
        let description = self.optional(&map, "description");
        for key in ["required_platform_components", "optional_platform_components"] {
            map.get(key).into_iter().for_each(|node| drop(self.references(node)));
        }
        let components = map.required("components", what, &mut self.reader)?;
        Some(Platform { description, components: self.references(components) })
    }

    fn references(&mut self, node: &Node) -> Vec<Reference> {
        let items = self.reader.list(node, "components");
        let one = |document: &mut Self, node| {
            let what = "a reference to a component";
            let map = document.object(node, what, &["name", "source"])?;
            let name = document.text(&map, "name", what);
            let source = document.optional(&map, "source");
            Some(Reference { name: name?, source })
        };
        items.iter().filter_map(|item| one(self, item)).collect()
    }

    fn component(&mut self, node: &Node) -> Option<Component> {
        let what = "a component";
        let known = ["description", "capabilities", "designated_sections"];
        let map = self.object(node, what, &known)?;
        let description = self.optional(&map, "description");
        let capabilities = map.required("capabilities", what, &mut self.reader);
        let capabilities = capabilities.and_then(|node| self.tiers(node));
        let designated_sections = map.get("designated_sections").and_then(|node| self.tiers(node));
        Some(Component { description, capabilities: capabilities?, designated_sections })
    }

    fn tiers(&mut self, node: &Node) -> Option<Tiers> {
        let map = self.object(node, "a list of tiers", &Tier::ALL.map(Tier::word))?;
        let mut tiers = Tiers::default();
        for tier in Tier::ALL {
            *tiers.of_mut(tier) = self.texts(map.get(tier.word()), tier.word());
        }
        Some(tiers)
    }

    fn capability(&mut self, node: &Node) -> Option<Capability> {
        let what = "a capability";
        let known = ["achievements", "admin", "description", "project", "required_since", "tests"];
        let map = self.object(node, what, &known)?;
        let achievements = map.required("achievements", what, &mut self.reader);
        let achievements = self.texts(achievements, "achievements");
        let admin = map.required("admin", what, &mut self.reader);
        let admin = admin.and_then(|node| self.reader.boolean(node));
        let description = self.text(&map, "description", what);
        let project = self.text(&map, "project", what);
        let required_since = self.optional(&map, "required_since");
        let tests = map.required("tests", what, &mut self.reader);
        let tests = self.named(tests, "tests by name", Self::test);
        Some(Capability {
            achievements,
            admin: admin?,
            description: description?,
            project: project?,
            required_since,
            tests,
        })
    }

    fn test(&mut self, node: &Node) -> Option<Test> {
        let what = "a test";
        let map = self.object(node, what, &["idempotent_id", "aliases", "flagged"])?;
        let idempotent_id = self.text(&map, "idempotent_id", what);
        let aliases = self.texts(map.get("aliases"), "aliases");
        let flagged = map.get("flagged").and_then(|node| {
            let what = "a flag";
            let map = self.object(node, what, &["date", "reason", "action"])?;
            let date = self.text(&map, "date", what);
            let reason = self.text(&map, "reason", what);
            let action = self.text(&map, "action", what);
            Some(Flag { date: date?, reason: reason?, action: action? })
        });
        Some(Test { idempotent_id: idempotent_id?, aliases, flagged })
    }

    fn repository(&mut self, node: &Node) -> Option<TestRepository> {
        let what = "a test repository";
        let map = self.object(node, what, &["repository", "reference", "description"])?;
        let repository = self.text(&map, "repository", what);
        let reference = self.optional(&map, "reference");
        let description = self.optional(&map, "description");
        Some(TestRepository { repository: repository?, reference, description })
    }
}

/// What to say of a guideline of schema 1: its version stood at the top.
fn older(root: &Node) -> Option<Diagnostic> {
    let NodeKind::Mapping(entries) = &root.kind else { return None };
    if entries.iter().any(|(key, _)| key.value == "metadata") {
        return None;
    }
    let (_, schema) = entries.iter().find(|(key, _)| key.value == "schema")?;
    let NodeKind::String(version) = &schema.kind else { return None };
    Some(other_schema(&Spanned::new(version.clone(), schema.span.clone())))
}

fn other_schema(schema: &Spanned<String>) -> Diagnostic {
    let mistake = Diagnostic::error(format!("schema {:?} is not read, only 2.0", schema.value))
        .at(schema.span.clone(), "the version of the format");
    if schema.value.starts_with("1.") {
        mistake.help(
            "in 2.0 (since 2018.02) `id`, `schema`, `source` and `criteria` are in `metadata`, \
             `platform` is `platforms` with components by name, and the tiers of a component are \
             in its `capabilities`",
        )
    } else {
        mistake.help("if it is schema 2.0 in fact, write \"2.0\"")
    }
}

fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
