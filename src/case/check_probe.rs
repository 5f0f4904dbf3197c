//! What a probe's step means, checked before anything runs.

use std::collections::BTreeSet;

use super::check::{RowCheck, is_variable};
use super::doc::StepDoc;
use super::path::Selector;
use super::probe::{Member, ProbeKind, Takes};
use crate::model::suggest;
use crate::syntax::{Diagnostic, Node, NodeKind, Spanned};

impl RowCheck<'_> {
    /// A step that is a probe: its kind, what it is given, when it ends, what is taken from it.
    pub(super) fn probe(
        &mut self,
        step: &StepDoc,
        word: &Spanned<String>,
        earlier: &[StepDoc],
        known: &mut BTreeSet<String>,
    ) {
        let kind = ProbeKind::of(word);
        if kind.is_none() {
            let words = ProbeKind::ALL.map(ProbeKind::word);
            let close = suggest(word, words);
            let mistake = Diagnostic::error(format!("there is no probe `{}`", word.value))
                .at(word.span.clone(), "not known here");
            self.found.report(match close {
                Some(_) => mistake.suggest(close),
                None => mistake.help(format!("one of {}", words.join(", "))),
            });
        }
        self.of_calls_only(step);
        if let Some(kind) = kind {
            self.members(step, kind);
            self.ends(step, kind);
            for (_, path) in &step.bind {
                self.outcome_selector(path, kind);
            }
        }
        for node in step.with.iter().chain(&step.until).chain(&step.unless) {
            self.variables(node, known);
        }
        self.around(step, earlier, known);
    }

    /// What only calls and polls have.
    fn of_calls_only(&mut self, step: &StepDoc) {
        let only = [
            ("parameters", step.parameters.first().map(|(name, _)| &name.span)),
            ("request", step.request.as_ref().map(|_| &step.id.span)),
            ("pages", step.pages.then_some(&step.id.span)),
            ("undo", step.undo.as_ref().map(|undo| &undo.call.span)),
            ("completes", step.completes.as_ref().map(|step| &step.span)),
            ("omit", step.omit.first().map(|member| &member.span)),
            ("until_error", step.until_error.first().map(|code| &code.span)),
            ("waiter", step.waiter.as_ref().map(|waiter| &waiter.span)),
        ];
        for (key, span) in only {
            let Some(span) = span else { continue };
            self.found.report(
                Diagnostic::error(format!("a probe has no `{key}`"))
                    .at(span.clone(), "this belongs to a call of the API"),
            );
        }
    }

    fn members(&mut self, step: &StepDoc, kind: ProbeKind) {
        let members = kind.members();
        let given: &[(Spanned<String>, Node)] = match step.with.as_ref().map(|n| (n, &n.kind)) {
            Some((_, NodeKind::Mapping(entries))) => entries,
            Some((node, _)) => {
                self.found.expected("a map of what the probe needs to know", node);
                return;
            }
            None => &[],
        };
        for (name, node) in given {
            match members.iter().find(|member| member.name == name.value) {
                Some(member) => self.takes(member, node),
                None => {
                    let names = members.iter().map(|member| member.name);
                    let close = suggest(name, names.clone());
                    let mistake = Diagnostic::error(format!(
                        "a probe `{}` has no `{}`",
                        kind.word(),
                        name.value
                    ))
                    .at(name.span.clone(), "not known here");
                    self.found.report(match close {
                        Some(_) => mistake.suggest(close),
                        None => {
                            let all: Vec<_> = names.map(|name| format!("`{name}`")).collect();
                            mistake.help(format!("known here: {}", all.join(", ")))
                        }
                    });
                }
            }
        }
        // One that is there with a mistake in its name has been told of.
        let is_given = |member: &&Member| {
            given.iter().any(|(name, _)| {
                let known = members.iter().any(|member| member.name == name.value);
                name.value == member.name
                    || (!known && suggest(name, [member.name]) == Some(member.name))
            })
        };
        for member in members.iter().filter(|member| member.required && !is_given(member)) {
            let place = step.with.as_ref().map_or(&step.id.span, |with| &with.span);
            self.found.report(
                Diagnostic::error(format!("a probe `{}` needs `{}`", kind.word(), member.name))
                    .at(place.clone(), format!("`{}` is missing here", member.name)),
            );
        }
    }

    fn takes(&mut self, member: &Member, node: &Node) {
        if is_variable(node) {
            // A key that stands in the file itself is a secret on disk.
            if member.takes == Takes::Secret && !is_only_variable(node) {
                self.written_key(member, node);
            }
            return;
        }
        let name = member.name;
        let single =
            |node: &Node| !matches!(node.kind, NodeKind::Mapping(_) | NodeKind::Sequence(_));
        let fits = match (member.takes, &node.kind) {
            (Takes::Secret, _) => return self.written_key(member, node),
            (Takes::Text, NodeKind::String(_)) | (Takes::Truth, NodeKind::Bool(_)) => true,
            (Takes::Number(least, most), NodeKind::Integer(n)) => (least..=most).contains(n),
            (Takes::Word(words), NodeKind::String(word)) => words.contains(&word.as_str()),
            (Takes::Texts, NodeKind::Sequence(items)) => {
                !items.is_empty() && items.iter().all(single)
            }
            (Takes::Texts, NodeKind::String(_)) => true,
            (Takes::Map, NodeKind::Mapping(entries)) => {
                !entries.is_empty() && entries.iter().all(|(_, value)| single(value))
            }
            _ => false,
        };
        if !fits {
            let what = match member.takes {
                Takes::Text | Takes::Secret => "a text".to_owned(),
                Takes::Number(least, most) => format!("a number from {least} to {most}"),
                Takes::Truth => "true or false".to_owned(),
                Takes::Word(words) => format!("one of {}", words.join(", ")),
                Takes::Texts => "a text, or a list of them,".to_owned(),
                Takes::Map => "texts by name".to_owned(),
            };
            self.found.expected(&format!("{what} for `{name}`"), node);
        }
    }

    fn written_key(&mut self, member: &Member, node: &Node) {
        self.found.report(
            Diagnostic::error(format!("`{}` is a variable", member.name))
                .at(node.span.clone(), "a private key is never written down")
                .help("bind it from the answer that gives it: `bind: { key: KeyMaterial }`"),
        );
    }

    /// When a probe ends: outcomes that there are, and nothing without what it belongs to.
    fn ends(&mut self, step: &StepDoc, kind: ProbeKind) {
        if step.until.is_empty() {
            let needs_until = [
                ("unless", step.unless.first().map(|node| &node.span)),
                ("watch", step.watch.as_ref().map(|watch| &watch.span)),
                ("within", step.within.as_ref().map(|within| &within.span)),
            ];
            for (key, span) in needs_until {
                let Some(span) = span else { continue };
                self.found.report(
                    Diagnostic::error(format!("`{key}` needs `until`"))
                        .at(span.clone(), "without it, a probe is made once")
                        .help(format!("add `until: {}`", kind.outcomes()[0])),
                );
            }
        }
        if let Some(watch) = &step.watch {
            return self.outcome_selector(watch, kind);
        }
        for node in step.until.iter().chain(&step.unless).filter(|node| !is_variable(node)) {
            let NodeKind::String(word) = &node.kind else {
                self.found.expected("an outcome's word", node);
                continue;
            };
            if !kind.outcomes().contains(&word.as_str()) {
                self.found.report(unknown_outcome(word, kind).at(node.span.clone(), "never seen"));
            }
        }
    }

    fn outcome_selector(&mut self, path: &Spanned<String>, kind: ProbeKind) {
        if let Err(error) = Selector::new(path).and_then(|s| s.check_probe(kind)) {
            self.found.report(
                Diagnostic::error(error.message)
                    .at(path.span.clone(), "in this selector")
                    .suggest(error.suggestion.as_deref()),
            );
        }
    }
}

/// That a probe of this kind never comes to this.
pub(crate) fn unknown_outcome(word: &str, kind: ProbeKind) -> Diagnostic {
    let words = kind.outcomes();
    let mistake = Diagnostic::error(format!("a probe `{}` never comes to `{word}`", kind.word()));
    match suggest(word, words.iter().copied()) {
        Some(close) => mistake.suggest(Some(close)),
        None => mistake.help(format!("one of {}", words.join(", "))),
    }
}

/// Whether a value is one variable and nothing else.
fn is_only_variable(node: &Node) -> bool {
    matches!(&node.kind, NodeKind::String(text) if text.starts_with('$') && !text.starts_with("${"))
}

#[cfg(test)]
mod tests {
    use crate::case::{Case, Goal, Suite, SuiteError};

    /// What is said of a case with these steps, or the case.
    fn read(steps: &str) -> Result<Case, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let head =
            "id: 0b8f1d5a-7c3e-4f0e-9a53-6a1f0c2d4e01\ntitle: T\ncapability: guests\nsteps:\n";
        let path = folder.path().join("guests");
        std::fs::create_dir(&path).expect("made");
        std::fs::write(path.join("a.yaml"), format!("{head}{steps}")).expect("written");
        match Suite::load(&crate::assets::Assets::Folder(folder.path().to_owned())) {
            Ok(suite) => Ok(suite.cases.into_iter().next().expect("one case")),
            Err(SuiteError::Mistakes(mistakes)) => Err(mistakes.render(false)),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn a_probe_as_it_runs() {
        let case = read(
            "  - { id: key, call: CreateKeyPair, with: { KeyName: $name }, bind: { key: KeyMaterial } }
  - id: login
    probe: ssh
    with: { Host: 192.0.2.1, Key: $key, Command: id -un }
    until: logged-in
    within: 90s
    bind: { user: Stdout }
  - { id: port, probe: tcp, with: { Host: 192.0.2.1, Port: 23 } }
  - { id: log, probe: console, with: { InstanceId: i-1, Contains: $user }, until: contains }
",
        )
        .expect("right");
        let login = &case.steps[1];
        assert_eq!((login.kind(), login.what(), login.calls()), ("probe", "ssh", false));
        assert_eq!(login.with["User"], "$ssh_user", "unless it says otherwise");
        assert!(case.names("ssh_user") && case.reaches_guests());
        let poll = login.poll.as_ref().expect("it is repeated");
        assert_eq!(poll.within_ms, 90_000);
        assert!(matches!(&poll.goal, Goal::Watch { watch, .. } if watch == "Outcome"));
        assert!(case.steps[2].poll.is_none(), "it looks once");
        assert_eq!(case.actions(), ["CreateKeyPair", "GetConsoleOutput"]);
        let text = serde_json::to_string(&case).expect("JSON");
        assert_eq!(serde_json::from_str::<Case>(&text).expect("a case"), case);
    }

    #[test]
    fn every_mistake_is_told() {
        for (step, says) in [
            ("probe: tpc, with: {}", "did you mean `tcp`?"),
            ("probe: telnet, with: {}", "one of tcp, ssh, http"),
            ("probe: tcp, call: DescribeVpcs", "either a `call`, a `poll` or a `probe`"),
            ("probe: tcp, with: { Host: h, Prot: 22 }", "did you mean `Port`?"),
            ("probe: tcp, with: { Host: h }", "a probe `tcp` needs `Port`"),
            ("probe: tcp", "a probe `tcp` needs `Host`"),
            ("probe: tcp, with: { Host: h, Port: 70000 }", "a number from 1 to 65535"),
            ("probe: tcp, with: { Host: $hots, Port: 1 }", "`$hots` is not bound by now"),
            ("probe: ssh, with: { Host: h, Key: abc }", "a private key is never written down"),
            ("probe: ssh, with: { Host: h, Key: 'x${name}' }", "never written down"),
            ("probe: http, with: { Url: u, Method: FETCH }", "one of GET, HEAD"),
            ("probe: imds, with: { Host: h, Key: $name, Paths: [a] }", "texts by name"),
            ("probe: console, with: { InstanceId: i, Contains: [] }", "a text, or a list of them"),
            ("probe: icmp, with: { Host: h }, until: answred", "did you mean `answered`?"),
            ("probe: icmp, with: { Host: h }, until: open", "never comes to `open`"),
            ("probe: icmp, with: { Host: h }, within: 5s", "`within` needs `until`"),
            ("probe: icmp, with: { Host: h }, undo: { call: DeleteVpc }", "a probe has no `undo`"),
            ("probe: icmp, with: { Host: h }, waiter: InstanceRunning", "has no `waiter`"),
            ("probe: ssh, with: { Host: h }, bind: { o: Stdot }", "did you mean `Stdout`?"),
            ("probe: ssh, with: { Host: h }, watch: Stdot, until: x", "did you mean `Stdout`?"),
            ("probe: icmp, with: { Host: h }, needs: z", "there is no earlier step `z`"),
        ] {
            let said = read(&format!("  - {{ id: a, {step} }}\n")).expect_err(step);
            assert!(said.contains(says), "{step}: {said}");
        }
    }
}
