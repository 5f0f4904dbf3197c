//! What `parallax verify` says, for people and for programs.

use std::fmt::Write as _;
use std::path::Path;

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use crate::bundle::{AllowedSigner, Integrity, Judged, Manifest, Problem, Signed};
use crate::cli::args::plural;
use crate::cli::exit::Exit;
use crate::cli::sign::size;
use crate::judge::{RunFacts, Summary};
use crate::report::clean::clean;

/// Whether a bundle holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Holds {
    Yes,
    No,
    CouldNotTell,
}

impl Holds {
    pub(super) fn exit(self) -> Exit {
        match self {
            Holds::Yes => Exit::Ok,
            Holds::No => Exit::Refuted,
            Holds::CouldNotTell => Exit::CouldNotTell,
        }
    }
}

/// Whose the signature is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub(super) enum Signer {
    /// A line of the file allows it.
    Allowed { key: String, namespace: String, principals: String, line: usize },
    /// It is a good signature by a key that may not sign this.
    NotAllowed { key: String, namespace: String, why: String },
    /// It is none over this manifest.
    Fails {
        #[serde(skip_serializing_if = "Option::is_none")]
        key: Option<String>,
    },
}

impl Signer {
    pub(super) fn allowed(signed: &Signed, line: &AllowedSigner) -> Signer {
        Signer::Allowed {
            key: signed.key_words(),
            namespace: signed.namespace().to_owned(),
            principals: line.principals.clone(),
            line: line.line,
        }
    }

    pub(super) fn not_allowed(signed: &Signed, why: String) -> Signer {
        let (key, namespace) = (signed.key_words(), signed.namespace().to_owned());
        Signer::NotAllowed { key, namespace, why }
    }

    pub(super) fn fails(signed: Option<&Signed>) -> Signer {
        Signer::Fails { key: signed.map(Signed::key_words) }
    }
}

/// Everything that was found.
#[derive(Debug, Serialize)]
pub(super) struct Verification {
    format: &'static str,
    version: u32,
    bundle: String,
    bytes: usize,
    holds: Holds,
    /// Version of the program that made the bundle; what follows is the manifest's, and is to be
    /// believed only if nothing was changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    made_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    members: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<RunFacts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<Summary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_aws: Option<String>,
    problems: Vec<Problem>,
    signer: Signer,
    #[serde(skip_serializing_if = "Option::is_none")]
    judged: Option<Judged>,
}

impl Verification {
    pub(super) fn new(
        bundle: &Path,
        bytes: usize,
        holds: Holds,
        integrity: Integrity,
        signer: Signer,
        judged: Option<Judged>,
    ) -> Verification {
        let manifest = integrity.manifest.as_ref();
        let of = |manifest: Option<&Manifest>| manifest.map(|manifest| manifest.members.len() + 2);
        Verification {
            format: "parallax-verification",
            version: 1,
            bundle: bundle.display().to_string(),
            bytes,
            holds,
            made_by: manifest.map(|manifest| manifest.parallax.clone()),
            members: of(manifest),
            run: manifest.map(|manifest| manifest.run.clone()),
            summary: manifest.map(|manifest| manifest.summary.clone()),
            not_aws: manifest.and_then(|manifest| manifest.judged_with.not_aws()),
            problems: integrity.problems,
            signer,
            judged,
        }
    }

    /// For a person; styled, and nothing of the bundle reaches the terminal as it is.
    pub(super) fn text(&self) -> String {
        let mut out = Lines::default();
        out.line("Bundle", &format!("{}, {}", self.bundle, self.contents()));
        if let Some(run) = &self.run {
            let complete = if run.complete { "complete" } else { "not complete" };
            let (id, target) = (&run.id, &run.target);
            out.line("Run", &format!("{id}, begun {}, {complete}", run.started));
            out.line("Target", &format!("{}, {}, {}", target.name, target.endpoint, target.region));
        }
        if let Some(not_aws) = &self.not_aws {
            out.line("Reference", not_aws);
        }
        match self.problems.as_slice() {
            [] => out.line("Content", "every byte is as it was signed"),
            problems => {
                for problem in problems.iter().take(MOST) {
                    out.line("Content", &words(problem));
                }
                if let Some(more) = problems.len().checked_sub(MOST).filter(|more| *more > 0) {
                    out.line("", &format!("and {more} more (--format json has all)"));
                }
            }
        }
        match &self.signer {
            Signer::Allowed { key, namespace, principals, line } => {
                out.line("Signature", &format!("{key}, for {namespace}"));
                out.line("Signer", &format!("{principals} (line {line} of the allowed signers)"));
            }
            Signer::NotAllowed { key, namespace, why } => {
                out.line("Signature", &format!("{key}, for {namespace}"));
                out.line("Signer", &format!("not allowed: {why}"));
            }
            Signer::Fails { key } => {
                let key = key.as_ref().map(|key| format!(" ({key})")).unwrap_or_default();
                out.line("Signature", &format!("it is not one over this manifest{key}"));
            }
        }
        if let Some(judged) = &self.judged {
            self.judging(judged, &mut out);
        }
        out.end(self.holds);
        out.text
    }

    fn judging(&self, judged: &Judged, out: &mut Lines) {
        let cases = &judged.cases;
        let all = cases.same + cases.changed.len() + cases.unknown.len();
        out.line(
            "Cases",
            &format!("{} of {} as in this program's suite", cases.same, plural(all, "case")),
        );
        if !cases.not_run.is_empty() {
            out.line(
                "",
                &format!("{} of the suite did not run", plural(cases.not_run.len(), "case")),
            );
        }
        match &judged.own {
            Some(own) if own.is_same() => {
                let verdicts = self.summary.iter().flat_map(|summary| &summary.verdicts);
                let verdicts = verdicts.map(|(verdict, count)| format!("{count} {verdict}"));
                let verdicts = verdicts.collect::<Vec<_>>().join(", ");
                out.line("Verdicts", &format!("judged again, the same: {verdicts}"));
                let count = |findings: &Summary| findings.findings.values().sum::<u32>();
                let findings = self.summary.as_ref().map(count).unwrap_or_default() as usize;
                out.line("Findings", &format!("judged again, the same {findings}"));
            }
            Some(own) => {
                out.line("Verdicts", &format!("judged again: {own}"));
                for change in own.verdicts.iter().take(MOST) {
                    let word = |verdict: Option<crate::judge::Verdict>| {
                        verdict
                            .map_or_else(|| "not there".to_owned(), |verdict| verdict.to_string())
                    };
                    let (stated, judged) = (word(change.stated), word(change.judged));
                    out.line("", &format!("{}: stated {stated}, judged {judged}", change.case));
                }
                if own.verdicts.len() > MOST {
                    out.line(
                        "",
                        &format!("and {} more (--format json has all)", own.verdicts.len() - MOST),
                    );
                }
            }
            None => {}
        }
        for (title, lines) in [
            ("Wrong", &judged.wrong),
            ("Not checked", &judged.not_checked),
            ("Note", &judged.notes),
        ] {
            for line in lines {
                out.line(title, line);
            }
        }
    }

    fn contents(&self) -> String {
        let made_by = self.made_by.as_ref().map(|version| format!(", made by Parallax {version}"));
        let members = self.members.map(|members| format!("{} in ", plural(members, "file")));
        let (members, made_by) = (members.unwrap_or_default(), made_by.unwrap_or_default());
        format!("{members}{}{made_by}", size(self.bytes))
    }
}

/// Of each kind of thing, this many are shown.
const MOST: usize = 20;

fn words(problem: &Problem) -> String {
    let Problem { member, line, byte, what, .. } = problem;
    let member = member.as_deref().unwrap_or("the archive");
    let line = line.map(|line| format!(":{line}")).unwrap_or_default();
    format!("{member}{line}: {what} (byte {byte})")
}

/// A title on the left, text on the right.
#[derive(Default)]
struct Lines {
    text: String,
    last: String,
}

impl Lines {
    fn line(&mut self, title: &str, text: &str) {
        let shown = if title == self.last { "" } else { title };
        let _ = writeln!(self.text, "{shown:13}{}", clean(text));
        if !title.is_empty() {
            title.clone_into(&mut self.last);
        }
    }

    fn end(&mut self, holds: Holds) {
        let (colour, words) = match holds {
            Holds::Yes => (AnsiColor::Green, "The bundle holds."),
            Holds::No => (AnsiColor::Red, "The bundle does not hold."),
            Holds::CouldNotTell => (
                AnsiColor::Yellow,
                "Nothing speaks against the bundle, but not everything could be checked.",
            ),
        };
        let style: Style = colour.on_default().bold();
        let _ = writeln!(self.text, "\n{style}{words}{style:#}");
    }
}
