//! What a case means, checked before anything runs: actions, members, selectors, variables.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::doc::{CaseDoc, RowDoc, StepDoc, UndoDoc};
use super::variables::{Scope, names_in, names_in_value};
use super::{expand, pages, path::Selector};
use crate::model::{Model, ShapeId, ShapeKind, suggest};
use crate::syntax::{Diagnostic, Node, NodeKind, Reader, Spanned};
use crate::wire::{Encoding, Method, Signature};

/// Variables that every case has. See `cases/README.md`.
pub(crate) const BUILT_IN: [&str; 8] =
    ["name", "run", "token", "region", "zone", "image", "instance_type", "ssh_user"];

/// Reports everything that is wrong with a case that could be read.
pub(super) fn check(doc: &CaseDoc, folder: &str, model: &Model, reader: &mut Reader) {
    identity(doc, folder, reader);
    let rows: Vec<Option<&RowDoc>> =
        if doc.matrix.is_empty() { vec![None] } else { doc.matrix.iter().map(Some).collect() };
    let mut seen = BTreeSet::new();
    for row in rows {
        // A mistake that all rows share is reported once.
        for diagnostic in (RowCheck { doc, row, model, found: Reader::default(), depth: 0 }).run() {
            if seen.insert((diagnostic.message().to_owned(), diagnostic.line(""))) {
                reader.report(diagnostic);
            }
        }
    }
}

fn identity(doc: &CaseDoc, folder: &str, reader: &mut Reader) {
    uuid(&doc.id, reader);
    if doc.title.trim().is_empty() {
        reader
            .report(Diagnostic::error("a case needs a title").at(doc.title.span.clone(), "empty"));
    }
    if doc.capability.value != folder {
        reader.report(
            Diagnostic::error(format!("the capability is not `{}`", doc.capability.value))
                .at(doc.capability.span.clone(), format!("the folder is called `{folder}`"))
                .help(format!("write `{folder}`, or move the file to `{}`", doc.capability.value)),
        );
    }
    if doc.steps.is_empty() {
        reader.report(
            Diagnostic::error("a case needs at least one step")
                .at(doc.id.span.clone(), "this case has none"),
        );
    }
    unique(doc.steps.iter().map(|s| &s.id), "step", reader);
    unique(doc.matrix.iter().map(|r| &r.row), "row", reader);
    unique(doc.matrix.iter().map(|r| &r.id), "row id", reader);
    doc.matrix.iter().for_each(|row| uuid(&row.id, reader));
    for id in doc.steps.iter().map(|s| &s.id).chain(doc.matrix.iter().map(|r| &r.row)) {
        let ok = id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        if !ok || id.is_empty() {
            reader.report(
                Diagnostic::error(format!("`{}` is not a name for a step or row", id.value))
                    .at(id.span.clone(), "only lower case letters, digits and dashes"),
            );
        }
    }
}

fn uuid(id: &Spanned<String>, reader: &mut Reader) {
    if uuid::Uuid::parse_str(id).is_err() || id.len() != 36 {
        reader.report(
            Diagnostic::error("an id has to be a UUID")
                .at(id.span.clone(), "this is not one")
                .help(format!("a fresh one: {}", uuid::Uuid::new_v4())),
        );
    }
}

fn unique<'d>(ids: impl Iterator<Item = &'d Spanned<String>>, what: &str, reader: &mut Reader) {
    let mut first: BTreeMap<&str, Range<usize>> = BTreeMap::new();
    for id in ids {
        if let Some(earlier) = first.insert(&id.value, id.span.clone()) {
            reader.report(
                Diagnostic::error(format!("there are two {what}s `{}`", id.value))
                    .at(id.span.clone(), "the second one")
                    .also(earlier, "the first one"),
            );
        }
    }
}

/// The checks of one row.
pub(super) struct RowCheck<'d> {
    doc: &'d CaseDoc,
    row: Option<&'d RowDoc>,
    model: &'d Model,
    pub(super) found: Reader,
    /// How many values of the row are being looked into.
    depth: usize,
}

/// How deep values of a row may stand in each other.
const DEEPEST: usize = 4;

impl<'d> RowCheck<'d> {
    fn run(mut self) -> Vec<Diagnostic> {
        let scope = expand::row_scope(self.row);
        let mut known: BTreeSet<String> = BUILT_IN.iter().map(|&n| n.to_owned()).collect();
        let row = self.row.map(|row| row.variables.as_slice()).unwrap_or_default();
        known.extend(row.iter().map(|(name, _)| name.value.clone()));
        for (n, step) in self.doc.steps.iter().enumerate() {
            self.step(step, &self.doc.steps[..n], &scope, &mut known);
        }
        self.found.into_found()
    }

    fn step(
        &mut self,
        step: &StepDoc,
        earlier: &[StepDoc],
        scope: &Scope,
        known: &mut BTreeSet<String>,
    ) {
        if let Some(word) = &step.probe {
            self.probe(step, word, earlier, known);
            return;
        }
        let name = step.call.as_ref().or(step.poll.as_ref());
        let action = name.and_then(|name| self.action(name, scope));
        let shapes =
            action.as_deref().and_then(|a| self.model.action(a)).map(|a| (a.input, a.output));
        if let (Some(action), Some((input, output))) = (&action, shapes) {
            if let Some(with) = &step.with {
                self.input(action, input, with, scope);
            }
            for (_, path) in &step.bind {
                self.selector(path, output);
            }
            if let Some(watch) = &step.watch {
                self.selector(watch, output);
            }
            for member in &step.omit {
                self.member(action, input, member);
            }
        }
        if let Some(with) = &step.with {
            self.variables(with, known);
        }
        for (name, value) in &step.parameters {
            self.variables_of(&name.value, &name.span, known);
            self.variables(value, known);
        }
        for value in step.until.iter().chain(&step.unless) {
            self.variables(value, known);
        }
        self.manner(step, scope);
        if step.pages && action.as_deref().is_some_and(|a| pages::paginator(a).is_none()) {
            self.found.report(
                Diagnostic::error("this action has no pages")
                    .at(step.id.span.clone(), "AWS's paginators do not know it"),
            );
        }
        self.poll(step, action.as_deref());
        self.around(step, earlier, known);
        if let Some(undo) = &step.undo {
            self.undo(undo, scope, known);
        }
    }

    /// What a step has to do with those before and after it.
    pub(super) fn around(
        &mut self,
        step: &StepDoc,
        earlier: &[StepDoc],
        known: &mut BTreeSet<String>,
    ) {
        let needs = step.needs.iter().map(|n| ("needs", n));
        for (what, name) in needs.chain(step.completes.iter().map(|n| ("completes", n))) {
            self.earlier(what, name, earlier);
        }
        for (name, _) in &step.bind {
            self.new_variable(name);
            known.insert(name.value.clone());
        }
    }

    /// Words of the request's manner have to be known.
    fn manner(&mut self, step: &StepDoc, scope: &Scope) {
        let Some(request) = &step.request else { return };
        if step.pages {
            self.found.report(
                Diagnostic::error("a request of its own kind has no pages")
                    .at(step.id.span.clone(), "this step has `request` and `pages`"),
            );
        }
        self.word::<Method>(&request.method, scope);
        self.word::<Encoding>(&request.encoding, scope);
        self.word::<Signature>(&request.signature, scope);
    }

    fn word<T: DeserializeOwned>(&mut self, word: &Option<Spanned<String>>, scope: &Scope) {
        let Some(word) = word else { return };
        let text = expand::action(word, scope).unwrap_or_else(|_| word.value.clone());
        if let Err(error) = serde_json::from_value::<T>(Value::String(text.clone())) {
            // Serde names the words that there are.
            self.found.report(
                Diagnostic::error(format!("`{text}` is not known here"))
                    .at(word.span.clone(), "not one of the words for it")
                    .help(error.to_string()),
            );
        }
    }

    fn undo(&mut self, undo: &UndoDoc, scope: &Scope, known: &BTreeSet<String>) {
        if let Some(action) = self.action(&undo.call, scope)
            && let (Some(with), Some(found)) = (&undo.with, self.model.action(&action))
        {
            self.input(&action, found.input, with, scope);
        }
        if let Some(with) = &undo.with {
            self.variables(with, known);
        }
        if let Some(waiter) = &undo.waiter {
            self.waiter(waiter);
        }
    }

    /// The action's name with variables replaced, if there is such an action.
    fn action(&mut self, name: &Spanned<String>, scope: &Scope) -> Option<String> {
        let place = match self.row {
            Some(row) => format!("in row `{}`", row.row.value),
            None => "not an action of EC2".to_owned(),
        };
        let action = match expand::action(name, scope) {
            Ok(action) => action,
            Err(unbound) => {
                self.found.report(
                    Diagnostic::error(format!("`${}` is not a variable of the row", unbound.0))
                        .at(name.span.clone(), place),
                );
                return None;
            }
        };
        if self.model.action(&action).is_none() {
            let close = suggest(&action, self.model.actions().map(|a| a.name.as_str()));
            self.found.report(
                Diagnostic::error(format!("EC2 has no action `{action}`"))
                    .at(name.span.clone(), place)
                    .suggest(close),
            );
            return None;
        }
        Some(action)
    }

    fn input(&mut self, action: &str, input: Option<ShapeId>, with: &Node, scope: &Scope) {
        match input {
            Some(input) => self.value(action, input, with, scope),
            None => self.found.report(
                Diagnostic::error(format!("{action} takes no input"))
                    .at(with.span.clone(), "nothing can be given"),
            ),
        }
    }

    /// Checks a value against the model's shape. Values of scalars are left to the endpoint: a
    /// case may send a wrong one on purpose.
    fn value(&mut self, owner: &str, shape: ShapeId, node: &Node, scope: &Scope) {
        if is_variable(node) {
            // What stands in the row is known already. One that names itself is reported elsewhere.
            if let Some(of_row) = self.of_row(node).filter(|_| self.depth < DEEPEST) {
                self.depth += 1;
                self.value(owner, shape, of_row, scope);
                self.depth -= 1;
            }
            return;
        }
        let shape = self.model.shape(shape);
        match (&shape.kind, &node.kind) {
            (ShapeKind::Structure(structure), NodeKind::Mapping(entries)) => {
                for (key, value) in entries {
                    let name = expand::action(key, scope).unwrap_or_else(|_| key.value.clone());
                    match structure.member(&name) {
                        Some(member) => {
                            let owner = format!("{owner}.{name}");
                            self.value(&owner, member.shape, value, scope);
                        }
                        None => {
                            let names = structure.members.iter().map(|m| m.name.as_str());
                            self.found.report(
                                Diagnostic::error(format!("no member `{name}` in {owner}"))
                                    .at(key.span.clone(), "not known to AWS's model")
                                    .suggest(suggest(&name, names)),
                            );
                        }
                    }
                }
            }
            (ShapeKind::List(list), NodeKind::Sequence(items)) => {
                let item = list.item;
                for value in items {
                    self.value(&format!("{owner}[]"), item, value, scope);
                }
            }
            (ShapeKind::Structure(_), _) => {
                self.found.expected(&format!("a map: {owner} is a structure, and so a map"), node);
            }
            (ShapeKind::List(_), _) => {
                self.found.expected(&format!("a list: {owner} is a list, and so a list"), node);
            }
            (_, NodeKind::Mapping(_) | NodeKind::Sequence(_)) => {
                self.found.expected(&format!("a single value for {owner}"), node);
            }
            _ => {}
        }
    }

    fn member(&mut self, action: &str, input: Option<ShapeId>, name: &Spanned<String>) {
        let Some(ShapeKind::Structure(structure)) = input.map(|id| &self.model.shape(id).kind)
        else {
            return;
        };
        if structure.member(name).is_none() {
            let names = structure.members.iter().map(|m| m.name.as_str());
            self.found.report(
                Diagnostic::error(format!("no member `{}` in {action}", name.value))
                    .at(name.span.clone(), "not known to AWS's model")
                    .suggest(suggest(name, names)),
            );
        }
    }

    fn selector(&mut self, path: &Spanned<String>, output: Option<ShapeId>) {
        let checked = Selector::new(path).and_then(|s| s.check(self.model, output));
        if let Err(error) = checked {
            self.found.report(
                Diagnostic::error(error.message)
                    .at(path.span.clone(), "in this selector")
                    .suggest(error.suggestion.as_deref()),
            );
        }
    }

    fn poll(&mut self, step: &StepDoc, action: Option<&str>) {
        let poll_only = [
            step.watch.as_ref().map(|w| &w.span),
            step.until.first().map(|n| &n.span),
            step.unless.first().map(|n| &n.span),
            step.until_error.first().map(|c| &c.span),
            step.waiter.as_ref().map(|w| &w.span),
            step.within.as_ref().map(|w| &w.span),
        ];
        if step.call.is_some() {
            if let Some(span) = poll_only.into_iter().flatten().next() {
                self.found.report(
                    Diagnostic::error("this belongs to a poll")
                        .at(span.clone(), "the step is a call")
                        .help("write `poll:` instead of `call:`"),
                );
            }
            return;
        }
        match &step.waiter {
            Some(waiter) => {
                let operation = self.waiter(waiter);
                if let (Some(operation), Some(action)) = (operation, action)
                    && operation != action
                {
                    self.found.report(
                        Diagnostic::error(format!("the waiter calls {operation}, not {action}"))
                            .at(waiter.span.clone(), format!("a waiter of {operation}")),
                    );
                }
            }
            None if step.until.is_empty() && step.until_error.is_empty() => {
                self.found.report(
                    Diagnostic::error("a poll needs an end")
                        .at(step.id.span.clone(), "this one would never end well")
                        .help("add `watch` with `until`, or `until_error`, or `waiter`"),
                );
            }
            None if step.watch.is_none() && !(step.until.is_empty() && step.unless.is_empty()) => {
                self.found.report(
                    Diagnostic::error("`until` and `unless` need something to look at")
                        .at(step.id.span.clone(), "this poll has no `watch`"),
                );
            }
            None => {}
        }
    }

    fn waiter(&mut self, name: &Spanned<String>) -> Option<String> {
        let found = self.model.waiter(name).map(|w| w.operation.clone());
        if found.is_none() {
            self.found.report(
                Diagnostic::error(format!("AWS has no waiter `{}`", name.value))
                    .at(name.span.clone(), "not known to AWS's model")
                    .suggest(suggest(name, self.model.waiters().map(|w| w.name.as_str()))),
            );
        }
        found
    }

    fn earlier(&mut self, what: &str, name: &Spanned<String>, earlier: &[StepDoc]) {
        if !earlier.iter().any(|s| s.id.value == name.value) {
            let names = earlier.iter().map(|s| s.id.value.as_str());
            self.found.report(
                Diagnostic::error(format!("there is no earlier step `{}`", name.value))
                    .at(name.span.clone(), format!("`{what}` names a step above"))
                    .suggest(suggest(name, names)),
            );
        }
    }

    fn new_variable(&mut self, name: &Spanned<String>) {
        let ok = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if !ok || BUILT_IN.contains(&name.value.as_str()) {
            self.found.report(Diagnostic::error(format!("`{}` cannot be bound", name.value)).at(
                name.span.clone(),
                if ok { "built in" } else { "lower case letters, digits and _" },
            ));
        }
    }

    /// The row's value that a node stands for.
    fn of_row(&self, node: &Node) -> Option<&'d Node> {
        let NodeKind::String(text) = &node.kind else { return None };
        let name = text.strip_prefix('$')?;
        self.row?.variables.iter().find(|(key, _)| key.value == name).map(|(_, value)| value)
    }

    /// The value of a row may name variables; where it is used, they have to be known.
    fn row_value(&mut self, name: &str, known: &BTreeSet<String>) {
        let row = self.row.map(|row| row.variables.as_slice()).unwrap_or_default();
        let Some((key, value)) = row.iter().find(|(key, _)| key.value == name) else { return };
        for inner in names_in_value(&value.to_json()) {
            if inner == name || !known.contains(&inner) {
                let why = if inner == name {
                    "it names itself"
                } else {
                    "no step before its use binds it"
                };
                self.found.report(
                    Diagnostic::error(format!("the row's `{name}` names `${inner}`"))
                        .at(key.span.clone(), why)
                        .suggest(suggest(&inner, known.iter().map(String::as_str)))
                        .help("a dollar sign that is meant as such is written `$$`"),
                );
            }
        }
    }

    /// Every variable in a text has to be known by now.
    fn variables_of(&mut self, text: &str, span: &Range<usize>, known: &BTreeSet<String>) {
        for name in names_in(text) {
            if known.contains(name) {
                self.row_value(name, known);
                continue;
            }
            self.found.report(
                Diagnostic::error(format!("`${name}` is not bound by now"))
                    .at(span.clone(), "no earlier step binds it")
                    .suggest(suggest(name, known.iter().map(String::as_str)))
                    .help("a dollar sign that is meant as such is written `$$`"),
            );
        }
    }

    /// Every variable in a value has to be known by now.
    pub(super) fn variables(&mut self, node: &Node, known: &BTreeSet<String>) {
        match &node.kind {
            NodeKind::String(value) => self.variables_of(value, &node.span, known),
            NodeKind::Sequence(items) => items.iter().for_each(|n| self.variables(n, known)),
            NodeKind::Mapping(entries) => {
                for (key, _) in entries {
                    self.variables_of(&key.value, &key.span, known);
                }
                entries.iter().for_each(|(_, n)| self.variables(n, known));
            }
            _ => {}
        }
    }
}

/// Whether a value's type is not known before it runs.
pub(super) fn is_variable(node: &Node) -> bool {
    matches!(&node.kind, NodeKind::String(text) if super::variables::has_variable(text))
}
