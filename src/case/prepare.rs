//! Preparations: steps that many cases begin with, written once.
//!
//! They are put before a case's own steps while all of it is still nodes, so that nobody further on
//! has to know of them: the case is checked, run, recorded and judged as if they stood in its file.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::ops::Range;

use super::doc::PreparationDoc;
use super::{check, read};
use crate::assets::Assets;
use crate::model::{Model, suggest};
use crate::syntax::{Diagnostic, Diagnostics, Node, NodeKind, Reader, SourceFile, Spanned, parse};

/// Where they lie, beside the capabilities' folders.
pub(super) const FOLDER: &str = "preparations/";

/// An id for what is checked as if it were a case; nobody sees it.
const NO_ID: &str = "00000000-0000-4000-8000-000000000000";

type Entries = Vec<(Spanned<String>, Node)>;

/// All preparations of a suite, by name.
#[derive(Default)]
pub(super) struct Preparations {
    by_name: BTreeMap<String, Node>,
    /// Those with mistakes of their own.
    faulty: BTreeSet<String>,
}

impl Preparations {
    /// Reads and checks every file of the folder; mistakes are added to `mistakes`.
    ///
    /// # Errors
    /// A file cannot be read.
    pub(super) fn load(assets: &Assets, mistakes: &mut Diagnostics) -> io::Result<Preparations> {
        let mut all = Preparations::default();
        let mut files: Vec<(String, SourceFile)> = Vec::new();
        for path in assets.list(".yaml")? {
            let Some(name) = path.strip_prefix(FOLDER).and_then(|n| n.strip_suffix(".yaml")) else {
                continue;
            };
            let file = assets.source(&path)?;
            match parse(&file.text) {
                Ok(root) => {
                    all.by_name.insert(name.to_owned(), root);
                    files.push((name.to_owned(), file));
                }
                Err(mistake) => {
                    all.faulty.insert(name.to_owned());
                    mistakes.add(file, vec![mistake]);
                }
            }
        }
        for (name, file) in files {
            let found = all.check(&name);
            if !found.is_empty() {
                all.faulty.insert(name);
            }
            mistakes.add(file, found);
        }
        Ok(all)
    }

    /// The mistakes in one of them, found by looking at it as at a case.
    fn check(&self, name: &str) -> Vec<Diagnostic> {
        let mut reader = Reader::default();
        let root = &self.by_name[name];
        let Some(map) = reader.map_of::<PreparationDoc>(root, "a preparation") else {
            return reader.into_found();
        };
        map.required_text("title", "a preparation", &mut reader);
        let text = |value: &str| Node {
            span: root.span.clone(),
            kind: NodeKind::String(value.to_owned()),
        };
        let key = |name: &str| Spanned::new(name.to_owned(), root.span.clone());
        let mut entries: Entries = map.entries.to_vec();
        entries.push((key("id"), text(NO_ID)));
        entries.push((key("capability"), text(FOLDER.trim_end_matches('/'))));
        let mut as_case = Node { span: root.span.clone(), kind: NodeKind::Mapping(entries) };
        self.begin_with(&mut as_case, &mut vec![name], &mut reader);
        let found = reader.into_found();
        if !found.is_empty() {
            return found;
        }
        let mut reader = Reader::default();
        if let Some(doc) = read::case(&as_case, &mut reader) {
            check::check(&doc, &doc.capability.value, Model::ec2(), &mut reader);
        }
        reader.into_found()
    }

    /// Whether a case begins with a preparation that has mistakes of its own: they have been told, and
    /// are not to be told of each case again.
    pub(super) fn are_at_fault(&self, case: &Node) -> bool {
        let NodeKind::Mapping(entries) = &case.kind else { return false };
        let name = match entry(entries, "prepare").map(|node| &node.kind) {
            Some(NodeKind::String(name)) => name,
            Some(NodeKind::Mapping(named)) => match named.first() {
                Some((name, _)) => &name.value,
                None => return false,
            },
            _ => return false,
        };
        self.faulty.contains(name)
    }

    /// Puts the steps of what the case says under `prepare` before its own, and adds up what both
    /// use.
    pub(super) fn begin(&self, case: &mut Node, reader: &mut Reader) {
        self.begin_with(case, &mut Vec::new(), reader);
    }

    fn begin_with<'p>(&'p self, case: &mut Node, within: &mut Vec<&'p str>, reader: &mut Reader) {
        let NodeKind::Mapping(entries) = &mut case.kind else { return };
        let Some(prepare) = entry(entries, "prepare").cloned() else { return };
        let Some((name, additions)) = named(&prepare, reader) else { return };
        let place = name.span.clone();
        let Some((known, found)) = self.by_name.get_key_value(&name.value) else {
            let close = suggest(&name.value, self.by_name.keys().map(String::as_str));
            let mistake = Diagnostic::error(format!("no preparation is called `{}`", name.value))
                .at(place, format!("there is no {FOLDER}{}.yaml", name.value));
            reader.report(mistake.suggest(close));
            return;
        };
        if within.contains(&known.as_str()) {
            let mistake = Diagnostic::error(format!("`{known}` prepares itself"));
            reader.report(mistake.at(place, "it is already being prepared here"));
            return;
        }
        within.push(known);
        let mut found = found.clone();
        self.begin_with(&mut found, within, reader);
        within.pop();
        // Whatever is wrong with it is wrong at this place of the case; its own file was checked.
        move_to(&mut found, &place);
        let NodeKind::Mapping(prepared) = found.kind else { return };
        let mut steps = match entry(&prepared, "steps").map(|node| node.kind.clone()) {
            Some(NodeKind::Sequence(steps)) => steps,
            _ => Vec::new(),
        };
        for (step, members) in additions {
            add(&mut steps, &step, &members, reader);
        }
        steps.iter_mut().for_each(as_setup);
        match entry_mut(entries, "steps").map(|node| &mut node.kind) {
            Some(NodeKind::Sequence(own)) => {
                steps.append(own);
                *own = steps;
            }
            // That there are none is told of by who reads the case.
            _ => return,
        }
        add_up(entries, entry(&prepared, "uses"));
    }
}

/// What `prepare` says: a name; or a name, and what to add to the input of steps.
fn named(node: &Node, reader: &mut Reader) -> Option<(Spanned<String>, Entries)> {
    let NodeKind::Mapping(entries) = &node.kind else {
        return Some((reader.string(node)?, Vec::new()));
    };
    let [(name, additions)] = entries.as_slice() else {
        let mistake = Diagnostic::error("a case begins with one preparation");
        let mistake = mistake.at(node.span.clone(), format!("these are {}", entries.len()));
        reader.report(mistake.help("one preparation may `prepare` another"));
        return None;
    };
    let map = reader.map(additions, "steps, and what to add to their input")?;
    Some((name.clone(), map.entries.to_vec()))
}

/// Adds members to a step's input; null takes one out.
fn add(steps: &mut [Node], id: &Spanned<String>, members: &Node, reader: &mut Reader) {
    let Some(members) = reader.map(members, "members of the step's input") else { return };
    let is_it = |step: &&mut Node| text_of(step, "id") == Some(&id.value);
    let Some(step) = steps.iter_mut().find(is_it) else {
        let mistake = Diagnostic::error(format!("the preparation has no step `{}`", id.value));
        reader.report(mistake.at(id.span.clone(), "not known there"));
        return;
    };
    let NodeKind::Mapping(keys) = &mut step.kind else { return };
    if entry(keys, "with").is_none() {
        let empty = Node { span: id.span.clone(), kind: NodeKind::Mapping(Vec::new()) };
        keys.push((Spanned::new("with".to_owned(), id.span.clone()), empty));
    }
    let Some(NodeKind::Mapping(with)) = entry_mut(keys, "with").map(|node| &mut node.kind) else {
        return;
    };
    for (member, value) in members.entries {
        with.retain(|(key, _)| key.value != member.value);
        if value.kind != NodeKind::Null {
            with.push((member.clone(), value.clone()));
        }
    }
}

/// Makes a step one that only prepares.
fn as_setup(step: &mut Node) {
    let span = step.span.clone();
    let NodeKind::Mapping(keys) = &mut step.kind else { return };
    keys.retain(|(key, _)| key.value != "setup");
    let yes = Node { span: span.clone(), kind: NodeKind::Bool(true) };
    keys.push((Spanned::new("setup".to_owned(), span), yes));
}

/// Adds what a preparation uses to what a case uses.
fn add_up(case: &mut Entries, uses: Option<&Node>) {
    let Some(node @ Node { kind: NodeKind::Mapping(prepared), .. }) = uses else { return };
    if entry(case, "uses").is_none() {
        case.push((Spanned::new("uses".to_owned(), node.span.clone()), node.clone()));
        return;
    }
    let Some(NodeKind::Mapping(own)) = entry_mut(case, "uses").map(|node| &mut node.kind) else {
        return;
    };
    for (what, count) in prepared {
        match (entry_mut(own, &what.value).map(|node| &mut node.kind), &count.kind) {
            (Some(NodeKind::Integer(own)), NodeKind::Integer(more)) => {
                *own = own.saturating_add(*more);
            }
            (Some(_), _) => {}
            (None, _) => own.push((what.clone(), count.clone())),
        }
    }
}

fn entry<'n>(entries: &'n [(Spanned<String>, Node)], key: &str) -> Option<&'n Node> {
    entries.iter().find(|(k, _)| k.value == key).map(|(_, value)| value)
}

fn entry_mut<'n>(entries: &'n mut Entries, key: &str) -> Option<&'n mut Node> {
    entries.iter_mut().find(|(k, _)| k.value == key).map(|(_, value)| value)
}

fn text_of<'n>(node: &'n Node, key: &str) -> Option<&'n String> {
    let NodeKind::Mapping(entries) = &node.kind else { return None };
    match &entry(entries, key)?.kind {
        NodeKind::String(text) => Some(text),
        _ => None,
    }
}

/// Gives a tree and all that is in it one place.
fn move_to(node: &mut Node, place: &Range<usize>) {
    node.span = place.clone();
    match &mut node.kind {
        NodeKind::Sequence(items) => items.iter_mut().for_each(|item| move_to(item, place)),
        NodeKind::Mapping(entries) => {
            for (key, value) in entries {
                key.span = place.clone();
                move_to(value, place);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::assets::Assets;
    use crate::case::{Case, Suite};

    const ACCESS: &str = "title: A key
uses: { vpcs: 1 }
steps:
  - id: key
    call: CreateKeyPair
    with: { KeyName: $name }
    bind: { key: KeyPairId }
    undo: { call: DeleteKeyPair, with: { KeyPairId: $key } }
";
    const GUEST: &str = "title: A guest
prepare: access
uses: { instances: 1 }
steps:
  - id: run
    call: RunInstances
    with: { ImageId: $image, KeyName: $name, MinCount: 1, MaxCount: 1 }
    bind: { instance: \"Instances[0].InstanceId\" }
";

    /// The suite of these preparations and of one case that begins like this; mistakes as text.
    fn suite(preparations: &[(&str, &str)], prepare: &str) -> Result<Vec<Case>, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: String, text: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            std::fs::write(path, text).expect("written");
        };
        for (name, text) in preparations {
            write(format!("preparations/{name}.yaml"), text);
        }
        let case = format!(
            "id: 0b8f1d5a-7c3e-4f0e-9a53-6a1f0c2d4e01
title: T
capability: guests
uses: {{ instances: 1 }}
prepare: {prepare}
steps:
  - id: look
    call: DescribeInstances
    with: {{ InstanceIds: [$instance] }}
"
        );
        write("guests/a.yaml".to_owned(), &case);
        let suite = Suite::load(&Assets::Folder(folder.path().to_owned()));
        suite.map(|suite| suite.cases).map_err(|mistakes| mistakes.to_string())
    }

    #[test]
    fn its_steps_come_first() {
        let two = [("access", ACCESS), ("guest", GUEST)];
        let cases = suite(&two, "{ guest: { run: { UserData: IyE=, KeyName: null } } }");
        let [case] = cases.expect("no mistakes").try_into().expect("one case");
        let ids: Vec<(&str, bool)> = case.steps.iter().map(|s| (s.id.as_str(), s.setup)).collect();
        assert_eq!(ids, [("key", true), ("run", true), ("look", false)]);
        assert_eq!(
            serde_json::to_value(&case.uses).expect("JSON"),
            json!({"instances": 2, "vpcs": 1})
        );
        let with = json!({"ImageId": "$image", "MinCount": 1, "MaxCount": 1, "UserData": "IyE="});
        assert_eq!(case.steps[1].with, with);
        assert!(case.steps[0].undo.is_some());
    }

    #[test]
    fn mistakes_are_told_where_they_are() {
        let two = [("access", ACCESS), ("guest", GUEST)];
        let told = |preparations: &[(&str, &str)], prepare: &str, parts: &[&str]| {
            let text = suite(preparations, prepare).expect_err("a mistake");
            for part in parts {
                assert!(text.contains(part), "{part}: {text}");
            }
        };
        told(&two, "gest", &["no preparation is called `gest`", "`guest`", "a.yaml:5"]);
        told(&two, "{ guest: { ran: {} } }", &["has no step `ran`", "a.yaml:5"]);
        told(&two, "{ guest: {}, access: {} }", &["one preparation", "a.yaml:5"]);
        told(&two, "{ guest: { run: { UsrData: x } } }", &["no member `UsrData`", "a.yaml:5"]);
        // What the case names is only bound by the other.
        told(&two, "access", &["`$instance` is not bound by now", "a.yaml:9"]);
        // In its own file, once, and not in every case that begins with it.
        let wrong = GUEST.replace("MinCount", "MinimumCount");
        let text = suite(&[("access", ACCESS), ("guest", &wrong)], "guest").expect_err("a mistake");
        assert!(
            text.contains("guest.yaml:7") && text.contains("no member `MinimumCount`"),
            "{text}"
        );
        assert!(!text.contains("a.yaml"), "{text}");
        let own = [("guest", &*GUEST.replace("prepare: access", "prepare: guest"))];
        told(&own, "guest", &["`guest` prepares itself", "guest.yaml:2"]);
        let wrong = [("guest", &*GUEST.replace("title: A guest", "titel: A guest"))];
        told(&wrong, "guest", &["a preparation has no `titel`", "guest.yaml:1"]);
    }
}
