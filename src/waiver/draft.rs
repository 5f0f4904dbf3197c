//! Drafts of waivers for what a result shows.

use std::fmt::Write as _;

use jiff::civil::Date;

use super::decisive::Decisive;
use super::document::{Waiver, Waivers};
use crate::judge::{RunResult, Verdict};
use crate::syntax::{SourceFile, matches, scalar};

/// What stands at the beginning of a new file.
const HEAD: &str = "\
# Differences that are known and accepted until a date; in target, case, rule and path `*` stands for
# anything. A waiver that has expired, or whose difference is gone, fails the run.
waivers:
";

/// What is to be waived, and by whom.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Only cases whose name fits, or with this id.
    pub case: Option<String>,
    /// Only findings of such rules.
    pub rule: Option<String>,
    /// Whether one waiver with these patterns is wanted instead of one for each case and rule.
    pub wide: bool,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day.
    pub expires: Date,
}

/// Waivers that were drafted.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// The waivers.
    pub list: Vec<Waiver>,
    /// Failed cases that they are about.
    pub cases: usize,
    /// Those of them that still fail, as findings of other rules decide too: their names.
    pub not_all: Vec<String>,
}

/// Waivers for what failed, for this target: one for each case and rule, so that another difference of
/// the same case is found. What `known` waivers accept already is left out.
pub fn draft(
    result: &RunResult,
    decisive: &Decisive,
    wanted: &Wanted,
    known: Option<&Waivers>,
) -> Draft {
    let target = &result.run.target.name;
    let waiver = |case: Option<String>, rule: Option<String>| Waiver {
        target: Some(target.clone()).filter(|name| !name.is_empty() && !name.contains('*')),
        case,
        rule,
        path: None,
        reason: wanted.reason.clone(),
        owner: wanted.owner.clone(),
        expires: wanted.expires,
        span: 0..0,
    };
    let mut draft = Draft::default();
    let failed = result.cases.iter().filter(|case| case.verdict == Verdict::Fail);
    for case in failed {
        let named = |pattern: &String| matches(pattern, &case.name) || *pattern == case.id;
        if !wanted.case.as_ref().is_none_or(named) {
            continue;
        }
        let known = known.iter().flat_map(|known| &known.list);
        let known: Vec<&Waiver> =
            known.filter(|waiver| waiver.is_for(target) && waiver.is_of(case)).collect();
        let mut rules: Vec<&str> = Vec::new();
        let mut all = true;
        for finding in decisive.findings(case) {
            if known.iter().any(|waiver| waiver.accepts(finding)) {
                continue;
            }
            if !wanted.rule.as_ref().is_none_or(|pattern| matches(pattern, &finding.rule)) {
                all = false;
            } else if !rules.contains(&finding.rule.as_str()) {
                rules.push(&finding.rule);
            }
        }
        if rules.is_empty() {
            continue;
        }
        draft.cases += 1;
        draft.not_all.extend((!all).then(|| case.name.clone()));
        if !wanted.wide {
            let of_rule = |rule: &str| waiver(Some(case.name.clone()), Some(rule.to_owned()));
            draft.list.extend(rules.into_iter().map(of_rule));
        }
    }
    if wanted.wide && draft.cases > 0 {
        draft.list = vec![waiver(wanted.case.clone(), wanted.rule.clone())];
    }
    draft
}

impl Draft {
    /// A file with these waivers.
    pub fn text(&self) -> String {
        format!("{HEAD}{}", items(&self.list, 2))
    }
}

/// The text of a file with more waivers at the end of its list; what stands there stays as it is.
///
/// # Errors
/// Their list is not written so that something can be added to it.
pub fn append(waivers: &Waivers, more: &[Waiver]) -> Result<String, String> {
    let text = &waivers.file.text;
    let text = match waivers.list.first() {
        // Nothing but comments, or the key alone.
        None if text.lines().all(|line| line.trim().is_empty() || line.starts_with('#')) => {
            format!("{text}{}waivers:\n{}", line_end(text), items(more, 2))
        }
        None => match text.trim_end().strip_suffix("[]") {
            Some(rest) => format!("{}\n{}", rest.trim_end(), items(more, 2)),
            None => format!("{text}{}{}", line_end(text), items(more, 2)),
        },
        Some(first) => {
            let begin = text[..first.span.start].rfind('\n').map_or(0, |at| at + 1);
            let indent = text[begin..first.span.start].find('-').unwrap_or(0);
            format!("{text}{}{}", line_end(text), items(more, indent))
        }
    };
    // Looked at instead of trusted: the list may be written in brackets, or have something behind it.
    let file = SourceFile { path: waivers.file.path.clone(), text };
    match Waivers::parse(file) {
        Ok(read) if same(&read.list, waivers.list.iter().chain(more)) => Ok(read.file.text),
        _ => Err(
            "its list `waivers` is not the last thing in it, or is written in brackets; put what \
                  is printed without --into there by hand"
                .to_owned(),
        ),
    }
}

/// The same waivers, wherever they stand.
fn same<'w>(read: &[Waiver], meant: impl Iterator<Item = &'w Waiver>) -> bool {
    let plain = |waiver: &Waiver| Waiver { span: 0..0, ..waiver.clone() };
    read.iter().map(plain).eq(meant.map(plain))
}

fn line_end(text: &str) -> &'static str {
    if text.is_empty() || text.ends_with('\n') { "" } else { "\n" }
}

/// Items of a list.
fn items(list: &[Waiver], indent: usize) -> String {
    let mut out = String::new();
    for waiver in list {
        let Waiver { target, case, rule, path, reason, owner, expires, .. } = waiver;
        let scope = [("target", target), ("case", case), ("rule", rule), ("path", path)];
        let scope = scope.into_iter().filter_map(|(key, value)| Some((key, value.as_deref()?)));
        let said = [("reason", reason.as_str()), ("owner", owner.as_str())];
        let mut mark = '-';
        for (key, value) in scope.chain(said) {
            let _ = writeln!(out, "{:indent$}{mark} {key}: {}", "", scalar(value));
            mark = ' ';
        }
        let _ = writeln!(out, "{:indent$}  expires: {expires}", "");
    }
    out
}
