//! What people keep of a guideline: the file that it is made from.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::document::{Criterion, Flag, Platform, TestRepository, Tier};
use crate::model::suggest;
use crate::syntax::{Diagnostic, MapReader, Node, Reader, Spanned, parse};

/// What people keep of a guideline. Its tests come from the suite.
#[derive(Debug, Clone)]
pub struct Source {
    /// What stands at the top.
    pub(super) head: Head,
    /// Criteria, by short name.
    pub(super) criteria: BTreeMap<String, Criterion>,
    /// Where the tests are.
    pub(super) test_repositories: BTreeMap<String, TestRepository>,
    /// Platforms, by name.
    pub(super) platforms: BTreeMap<String, Platform>,
    /// What each component is.
    pub(super) components: BTreeMap<String, String>,
    /// Capabilities, in the order written: of those that are about an action, the first has it.
    pub(super) capabilities: Vec<CapabilitySource>,
    /// Flags, by patterns of cases' names.
    pub(super) flagged: Vec<(Spanned<String>, Flag)>,
    /// Names that cases had before, with the names that they have now.
    pub(super) former: Texts,
    /// Cases that are in no capability, and why.
    pub(super) left_out: Texts,
}

pub(super) type Texts = Vec<(Spanned<String>, Spanned<String>)>;

/// What a guideline is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Head {
    pub(super) id: String,
    pub(super) reference: String,
    pub(super) source: String,
    pub(super) about: String,
    pub(super) status: String,
    pub(super) target_approval: String,
    pub(super) replaces: Option<String>,
    pub(super) releases: Vec<String>,
    pub(super) cutoff_score: u32,
}

/// What people keep of a capability.
#[derive(Debug, Clone)]
pub(super) struct CapabilitySource {
    pub(super) name: Spanned<String>,
    /// What it is.
    pub(super) title: String,
    /// Its component.
    pub(super) component: Spanned<String>,
    /// Its tier.
    pub(super) tier: Spanned<Tier>,
    /// The actions that it is about.
    pub(super) actions: Vec<Spanned<String>>,
    /// Names of cases; `*` stands for anything.
    pub(super) cases: Vec<Spanned<String>>,
    /// Of what its patterns match only cases about such actions.
    pub(super) only_actions: Option<OnlyActions>,
    /// Takes what would be in a required capability and cites nothing that AWS documents.
    pub(super) takes_undocumented: bool,
    /// The required capability that it belongs to.
    pub(super) near: Option<Spanned<String>>,
    /// Criteria that it meets by judgement, and why.
    pub(super) met: Texts,
    /// Criteria that it does not meet by judgement, and why.
    pub(super) unmet: Texts,
    /// Why it is in another tier than its score suggests.
    pub(super) tier_reason: Option<String>,
}

/// Which actions a capability's cases are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum OnlyActions {
    /// Those that another required capability is about.
    Required,
    /// Those that another required capability of the same component is about.
    RequiredHere,
}

const TOP: [&str; 9] = [
    "guideline",
    "criteria",
    "test_repositories",
    "platforms",
    "components",
    "capabilities",
    "flagged",
    "former",
    "left_out",
];
const CAPABILITY: [&str; 11] = [
    "title",
    "component",
    "tier",
    "actions",
    "cases",
    "only_actions",
    "takes_undocumented",
    "near",
    "met",
    "unmet",
    "tier_reason",
];

impl Source {
    /// Reads the text of a source, which is YAML.
    ///
    /// # Errors
    /// Every mistake with its place.
    pub fn parse(text: &str) -> Result<Source, Vec<Diagnostic>> {
        let root = parse(text).map_err(|mistake| vec![mistake])?;
        let mut reader = Reader::default();
        let source = source(&root, &mut reader);
        match (source, reader.into_found()) {
            (Some(source), found) if found.is_empty() => Ok(source),
            (_, found) => Err(found),
        }
    }
}

fn source(root: &Node, reader: &mut Reader) -> Option<Source> {
    let what = "the source of a guideline";
    let map = known(root, what, &TOP, reader)?;
    let mut node = |key| map.required(key, what, reader);
    let (head, criteria, repositories) =
        (node("guideline"), node("criteria"), node("test_repositories"));
    let (platforms, components, capabilities) =
        (node("platforms"), node("components"), node("capabilities"));
    let head = typed(head?, reader);
    let criteria = typed(criteria?, reader);
    let test_repositories = typed(repositories?, reader);
    let platforms = typed(platforms?, reader);
    let components = typed(components?, reader);
    let listed = reader.map(capabilities?, "capabilities by name")?;
    let capabilities = listed.entries.iter();
    let capabilities =
        capabilities.filter_map(|(name, node)| capability(name, node, reader)).collect();
    let flagged = map.get("flagged").and_then(|node| reader.map(node, "flags by names of cases"));
    let flagged = flagged.map_or(&[][..], |map| map.entries).iter();
    let flagged =
        flagged.filter_map(|(case, node)| Some((case.clone(), typed(node, reader)?))).collect();
    Some(Source {
        head: head?,
        criteria: criteria?,
        test_repositories: test_repositories?,
        platforms: platforms?,
        components: components?,
        capabilities,
        flagged,
        former: texts(map.get("former"), reader),
        left_out: texts(map.get("left_out"), reader),
    })
}

fn capability(
    name: &Spanned<String>,
    node: &Node,
    reader: &mut Reader,
) -> Option<CapabilitySource> {
    let what = "a capability";
    let map = known(node, what, &CAPABILITY, reader)?;
    let title = map.required_text("title", what, reader);
    let component = map.required_text("component", what, reader);
    let tier = map.required_text("tier", what, reader).and_then(|word| {
        let tier = Tier::ALL.into_iter().find(|tier| tier.word() == word.value);
        if tier.is_none() {
            let words = Tier::ALL.map(Tier::word);
            let mistake = Diagnostic::error(format!("there is no tier `{}`", word.value))
                .at(word.span.clone(), "not known");
            reader.report(match suggest(&word.value, words) {
                Some(close) => mistake.suggest(Some(close)),
                None => mistake.help(format!("one of {}", words.join(", "))),
            });
        }
        Some(Spanned::new(tier?, word.span))
    });
    let takes = map.get("takes_undocumented").and_then(|node| reader.boolean(node));
    Some(CapabilitySource {
        name: name.clone(),
        title: title?.value,
        component: component?,
        tier: tier?,
        actions: list(map.get("actions"), reader),
        cases: list(map.get("cases"), reader),
        only_actions: map.get("only_actions").and_then(|node| typed(node, reader)),
        takes_undocumented: takes.unwrap_or_default(),
        near: map.get("near").and_then(|node| reader.string(node)),
        met: texts(map.get("met"), reader),
        unmet: texts(map.get("unmet"), reader),
        tier_reason: map
            .get("tier_reason")
            .and_then(|node| reader.string(node))
            .map(|text| text.value),
    })
}

fn known<'n>(
    node: &'n Node,
    what: &str,
    keys: &[&str],
    reader: &mut Reader,
) -> Option<MapReader<'n>> {
    let map = reader.map(node, what)?;
    for (key, _) in map.entries.iter().filter(|(key, _)| !keys.contains(&key.value.as_str())) {
        let mistake = Diagnostic::error(format!("{what} has no `{}`", key.value))
            .at(key.span.clone(), "not known here");
        reader.report(match suggest(&key.value, keys.iter().copied()) {
            Some(close) => mistake.suggest(Some(close)),
            None => mistake.help(format!("known here: {}", keys.join(", "))),
        });
    }
    Some(map)
}

/// A value of which no place inside is needed.
fn typed<T: DeserializeOwned>(node: &Node, reader: &mut Reader) -> Option<T> {
    match serde_json::from_value(node.to_json()) {
        Ok(value) => Some(value),
        Err(error) => {
            let mistake = Diagnostic::error(format!("this cannot be read: {error}"));
            reader.report(mistake.at(node.span.clone(), "in here"));
            None
        }
    }
}

fn list(node: Option<&Node>, reader: &mut Reader) -> Vec<Spanned<String>> {
    let items = node.map_or(&[][..], |node| reader.list(node, "texts"));
    items.iter().filter_map(|item| reader.string(item)).collect()
}

fn texts(node: Option<&Node>, reader: &mut Reader) -> Texts {
    let map = node.and_then(|node| reader.map(node, "texts by name"));
    let entries = map.map_or(&[][..], |map| map.entries).iter();
    entries.filter_map(|(key, node)| Some((key.clone(), reader.string(node)?))).collect()
}
