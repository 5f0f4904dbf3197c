//! Writes a file of expectations anew, and leaves alone what people wrote into it.

use std::collections::BTreeMap;
use std::ops::Range;

use super::expectations::{Expectations, Expected};
use crate::judge::Verdict;
use crate::syntax::scalar;

/// What stands at the beginning of a new file.
const HEAD: &str = "\
# Cases that are known not to pass, and their verdicts. What is not here is expected to pass; what passes
# has to go. `--update-expectations` takes it out; with `--allow-new` it puts in what is bad now.
cases:
";

impl Expectations {
    /// The text of the file with these cases: lines of those that go are taken out, new ones are put
    /// where their names belong, and everything else stays as it is.
    pub fn rewritten(&self, cases: &BTreeMap<String, Verdict>) -> String {
        let Some(lines) = self.lines() else { return whole(cases) };
        let indent = " ".repeat(self.cases[0].name.span.start - lines[0].start);
        let known = |name: &String| self.cases.iter().any(|expected| expected.name.value == *name);
        let mut new = cases.iter().filter(|(name, _)| !known(name)).peekable();
        let text = &self.file.text;
        let mut out = String::new();
        let mut done = 0;
        for (line, expected) in lines.iter().zip(&self.cases) {
            out.push_str(&text[done..line.start]);
            done = line.end;
            while let Some((name, verdict)) = new.next_if(|(name, _)| **name < expected.name.value)
            {
                out.push_str(&entry(&indent, name, *verdict));
            }
            let Expected { name, verdict } = expected;
            if let Some(now) = cases.get(&name.value) {
                out.push_str(&text[line.start..verdict.span.start]);
                match *now == verdict.value {
                    true => out.push_str(&text[verdict.span.clone()]),
                    false => out.push_str(now.word()),
                }
                out.push_str(&text[verdict.span.end..line.end]);
            }
        }
        if new.peek().is_some() && !out.is_empty() && !out.ends_with('\n') {
            out.push('\n');
        }
        new.for_each(|(name, verdict)| out.push_str(&entry(&indent, name, *verdict)));
        out.push_str(&text[done..]);
        out
    }

    /// The line of each case, with its end; `None` if not each stands on one of its own.
    fn lines(&self) -> Option<Vec<Range<usize>>> {
        let text = &self.file.text;
        let mut lines: Vec<Range<usize>> = Vec::new();
        for Expected { name, verdict } in &self.cases {
            let start = text[..name.span.start].rfind('\n').map_or(0, |at| at + 1);
            let end =
                text[name.span.start..].find('\n').map_or(text.len(), |n| name.span.start + n + 1);
            let alone = text[start..name.span.start].trim().is_empty()
                && verdict.span.end <= end
                && lines.last().is_none_or(|last| last.end <= start);
            if !alone {
                return None;
            }
            lines.push(start..end);
        }
        (!lines.is_empty()).then_some(lines)
    }
}

fn entry(indent: &str, name: &str, verdict: Verdict) -> String {
    format!("{indent}{}: {verdict}\n", scalar(name))
}

fn whole(cases: &BTreeMap<String, Verdict>) -> String {
    let entries: String = cases.iter().map(|(name, verdict)| entry("  ", name, *verdict)).collect();
    format!("{HEAD}{entries}")
}
