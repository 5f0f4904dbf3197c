//! Judges the transcript of a bundle again, and says what follows from it.
//!
//! What a bundle says of itself counts for nothing here: cases are held against this program's suite,
//! and verdicts are those that this program's rules and baselines give. The baselines in the bundle
//! are used only to tell a result that does not follow from one that was judged by others.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::json;

use super::compare::{Comparison, compare};
use super::digests::{Digests, differing, of_case};
use super::integrity::Contents;
use super::manifest::{BASELINES, DIGESTS, Manifest, RESULT, RUN, TRANSCRIPT};
use super::pack::knowledge;
use crate::case::Suite;
use crate::judge::{Knowledge, RunResult, judge, read_result};
use crate::transcript::Transcript;

/// What this program judges with.
#[derive(Debug, Clone, Copy)]
pub struct Own<'o> {
    /// Its baselines of the bundle's reference, or why it has none.
    pub knowledge: Result<&'o Knowledge, &'o str>,
    /// Its cases.
    pub suite: &'o Suite,
    /// Digests of its cases, rules and guidelines.
    pub digests: &'o Digests,
}

/// What a bundle's result is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Judging the transcript gives the same verdicts and findings, and the cases are this program's.
    Holds,
    /// It does not follow from the transcript.
    Refuted,
    /// Nothing speaks against it, but it was not confirmed.
    Open,
}

/// What judging again showed.
#[derive(Debug, Clone, Serialize)]
pub struct Judged {
    /// What the result is worth.
    pub standing: Standing,
    /// The result that was signed.
    #[serde(skip)]
    pub stated: Option<RunResult>,
    /// How it differs from what this program's baselines give; absent if it could not be judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own: Option<Comparison>,
    /// How it differs from what the baselines in the bundle give; absent if that was not needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_bundle: Option<Comparison>,
    /// The cases.
    pub cases: CasesHeld,
    /// Why the result does not follow.
    pub wrong: Vec<String>,
    /// What could not be checked, or is not confirmed.
    pub not_checked: Vec<String>,
    /// What differs and changes nothing.
    pub notes: Vec<String>,
}

/// The transcript's cases held against this program's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CasesHeld {
    /// Number of cases that are the same.
    pub same: usize,
    /// Names of cases that ask something else here.
    pub changed: Vec<String>,
    /// Names of cases that this program does not have.
    pub unknown: Vec<String>,
    /// Names of this program's cases that did not run.
    pub not_run: Vec<String>,
}

/// Judges again what was found to be as it was signed.
pub fn rejudge(manifest: &Manifest, contents: &Contents, own: &Own<'_>) -> Judged {
    let mut judged = Judged {
        standing: Standing::Refuted,
        stated: None,
        own: None,
        by_bundle: None,
        cases: CasesHeld::default(),
        wrong: Vec::new(),
        not_checked: Vec::new(),
        notes: Vec::new(),
    };
    match Parts::read(manifest, contents) {
        Ok(parts) => {
            judged.hold_cases(&parts, own);
            judged.hold_result(&parts, own, contents);
            let guidelines = differing(&parts.digests.guidelines, &own.digests.guidelines);
            if !guidelines.is_empty() {
                let guidelines = plural(&guidelines, "guideline");
                judged.notes.push(format!("other than in this program: {guidelines}"));
            }
            judged.stated = Some(parts.stated);
        }
        Err(why) => judged.wrong.push(why),
    }
    let open = !judged.not_checked.is_empty();
    judged.standing = match (judged.wrong.is_empty(), open) {
        (false, _) => Standing::Refuted,
        (true, true) => Standing::Open,
        (true, false) => Standing::Holds,
    };
    judged
}

/// What is in a bundle, read.
struct Parts {
    transcript: Transcript,
    stated: RunResult,
    digests: Digests,
}

impl Parts {
    /// Reads it, and whether its parts say the same of each other.
    fn read(manifest: &Manifest, contents: &Contents) -> Result<Parts, String> {
        let text = |name: &str| contents.text(name).ok_or_else(|| format!("{name} is no text"));
        let transcript =
            Transcript::parse(text(TRANSCRIPT)?).map_err(|e| format!("{TRANSCRIPT}: {e}"))?;
        let stated =
            read_result(text(RESULT)?).map_err(|e| format!("{RESULT} is no result: {e}"))?;
        let digests: Digests =
            serde_json::from_str(text(DIGESTS)?).map_err(|e| format!("{DIGESTS}: {e}"))?;
        let run: serde_json::Value =
            serde_json::from_str(text(RUN)?).map_err(|e| format!("{RUN}: {e}"))?;
        let of_cases: BTreeMap<String, String> =
            transcript.cases().map(|case| (case.id.clone(), of_case(case))).collect();
        for (what, fits) in [
            ("run.json is of another run", run["run"] == transcript.run.run),
            ("digests.json is of other cases", digests.cases == of_cases),
            ("the manifest states another run", json!(manifest.run) == json!(stated.run)),
            ("the manifest states other totals", manifest.summary == stated.summary),
            ("the manifest states other baselines", manifest.judged_with == stated.judged_with),
        ] {
            if !fits {
                return Err(format!("{what} than the rest of the bundle"));
            }
        }
        Ok(Parts { transcript, stated, digests })
    }
}

impl Judged {
    fn hold_cases(&mut self, parts: &Parts, own: &Own<'_>) {
        let mut ran = BTreeMap::new();
        for case in parts.transcript.cases() {
            ran.insert(case.id.as_str(), ());
            match own.digests.cases.get(&case.id) {
                Some(digest) if *digest == of_case(case) => self.cases.same += 1,
                Some(_) => self.cases.changed.push(case.name.clone()),
                None => self.cases.unknown.push(case.name.clone()),
            }
        }
        let missing = own.suite.cases.iter().filter(|case| !ran.contains_key(case.id.as_str()));
        self.cases.not_run = missing.map(|case| case.name.clone()).collect();
        for (names, what) in [
            (&self.cases.changed, "not as in this program's suite"),
            (&self.cases.unknown, "not in this program's suite"),
        ] {
            if !names.is_empty() {
                self.not_checked.push(format!("what is {what}: {}", plural(names, "case")));
            }
        }
    }

    fn hold_result(&mut self, parts: &Parts, own: &Own<'_>, contents: &Contents) {
        let stated = &parts.stated;
        match own.knowledge {
            Ok(knowledge) => {
                let mut knowledge = knowledge.clone();
                knowledge.without_client = stated.judged_with.client.is_none();
                self.own = Some(compare(stated, &judge(&parts.transcript, &knowledge)));
            }
            Err(why) => {
                self.not_checked
                    .push(format!("the verdicts, by this program's own baselines: {why}"));
            }
        }
        if let Some(own) = self.own.as_ref().filter(|own| own.is_identical()) {
            if !own.knowledge.is_empty() || !own.program.is_empty() {
                self.notes
                    .push(format!("what it was judged with differs, and gives the same: {own}"));
            }
            return;
        }
        // Does it follow at least from what the bundle brings?
        let by_bundle = match knowledge(&baselines(contents), stated) {
            Ok(knowledge) => compare(stated, &judge(&parts.transcript, &knowledge)),
            Err(why) => {
                self.wrong.push(format!("the baselines in the bundle cannot be read: {why}"));
                return;
            }
        };
        let rules = differing(&parts.digests.rules, &own.digests.rules);
        let own = self.own.as_ref();
        if by_bundle.is_identical() && by_bundle.knowledge.is_empty() {
            let by_own = own.map(|own| {
                format!(
                    "the result follows from the baselines in the bundle, which are not this program's; \
                     by its own: {own}"
                )
            });
            let same = own.is_some_and(Comparison::is_same);
            if same { &mut self.notes } else { &mut self.not_checked }.extend(by_own);
        } else if by_bundle.program.is_empty() && rules.is_empty() {
            self.wrong.push(format!(
                "the result does not follow from the transcript, by the same program and the baselines \
                 in the bundle: {by_bundle}"
            ));
        } else {
            let rules = match rules.as_slice() {
                [] => String::new(),
                rules => format!(", by {} that differ", plural(rules, "rule")),
            };
            self.not_checked.push(format!(
                "the result was made by another build of Parallax, and this one judges otherwise: \
                 {by_bundle}{rules}"
            ));
        }
        self.by_bundle = Some(by_bundle);
    }
}

/// The baselines in a bundle.
fn baselines(contents: &Contents) -> BTreeMap<String, String> {
    let texts = contents.0.iter().filter_map(|(name, content)| {
        let text = std::str::from_utf8(content).ok()?;
        Some((name.strip_prefix(BASELINES)?.to_owned(), text.to_owned()))
    });
    texts.collect()
}

/// How many, and some of them by name.
fn plural(names: &[String], what: &str) -> String {
    let shown = names.iter().take(5).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len() {
        1 => format!("1 {what} ({shown})"),
        n if n <= 5 => format!("{n} {what}s ({shown})"),
        n => format!("{n} {what}s ({shown}, …)"),
    }
}
