//! Mistakes in text, shown with file, line, caret and a fix.

use std::fmt::Write as _;
use std::ops::Range;
use std::path::PathBuf;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

/// Mistakes of one file that are shown; whoever made more mends these first.
const MOST_SHOWN: usize = 50;
/// Bytes of a line that is shown. A longer one is no text for people, and takes long to lay out.
const LONGEST_LINE: usize = 2000;

/// A text and the name it is known by.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Path, as a person would type it.
    pub path: PathBuf,
    /// The whole text.
    pub text: String,
}

/// One mistake, or a warning of one.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    warning: bool,
    message: String,
    /// The place of the mistake, then others that explain it, each with a label.
    labels: Vec<(Range<usize>, String)>,
    helps: Vec<String>,
}

impl Diagnostic {
    /// A mistake; `message` says what is wrong.
    pub fn error(message: impl Into<String>) -> Self {
        let (labels, helps) = (Vec::new(), Vec::new());
        Diagnostic { warning: false, message: message.into(), labels, helps }
    }

    /// Something that is allowed and probably not meant; `message` says what.
    pub fn warning(message: impl Into<String>) -> Self {
        Diagnostic { warning: true, ..Diagnostic::error(message) }
    }

    /// Whether it is only a warning.
    pub fn is_warning(&self) -> bool {
        self.warning
    }

    /// Where it is, as bytes of the text, and what stands there.
    pub fn at(mut self, span: Range<usize>, label: impl Into<String>) -> Self {
        self.labels.insert(0, (span, label.into()));
        self
    }

    /// Another place that explains it.
    pub fn also(mut self, span: Range<usize>, label: impl Into<String>) -> Self {
        self.labels.push((span, label.into()));
        self
    }

    /// What to do about it.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.helps.push(help.into());
        self
    }

    /// Adds `did you mean …?` if there is something close.
    pub fn suggest(self, suggestion: Option<&str>) -> Self {
        match suggestion {
            Some(name) => self.help(format!("did you mean `{name}`?")),
            None => self,
        }
    }

    /// What is wrong, without the place.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Line (from 1) of the mistake in `text`; 1 if it has no place.
    pub fn line(&self, text: &str) -> usize {
        let at = self.labels.first().map_or(0, |(span, _)| span.start.min(text.len()));
        line_at(text, at)
    }

    fn render(&self, file: &SourceFile, renderer: &Renderer) -> String {
        let path = file.path.to_string_lossy();
        let level = if self.warning { Level::WARNING } else { Level::ERROR };
        let title = level.primary_title(self.message.as_str());
        let spans: Vec<Range<usize>> =
            self.labels.iter().map(|(span, _)| clip(span, &file.text)).collect();
        let mut group = match lines_of(&spans, &file.text) {
            Some(lines) => {
                let text = &file.text[lines.clone()];
                let mut snippet = Snippet::source(text)
                    .path(path.as_ref())
                    .line_start(line_at(&file.text, lines.start));
                for (n, (span, (_, label))) in spans.iter().zip(&self.labels).enumerate() {
                    let kind =
                        if n == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
                    let span = span.start - lines.start..span.end - lines.start;
                    snippet = snippet.annotation(kind.span(span).label(label.as_str()));
                }
                Group::with_title(title).element(snippet)
            }
            None => {
                let mut origin = annotate_snippets::Origin::path(path.as_ref());
                if let Some(first) = spans.first() {
                    let line = &file.text[line_start(&file.text, first.start)..first.start];
                    origin = origin
                        .line(line_at(&file.text, first.start))
                        .char_column(line.chars().count() + 1);
                }
                let group = Group::with_title(title).element(origin);
                let labels =
                    self.labels.iter().map(|(_, label)| Level::NOTE.message(label.as_str()));
                group.elements(labels)
            }
        };
        for help in &self.helps {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        renderer.render(&[group])
    }
}

/// The lines that all of these spans are in; `None` if there is no span, or a line is too long.
fn lines_of(spans: &[Range<usize>], text: &str) -> Option<Range<usize>> {
    let line_end = |at: usize| text[at..].find('\n').map_or(text.len(), |n| at + n);
    let line = |span: &Range<usize>| line_start(text, span.start)..line_end(span.end);
    let lines: Vec<Range<usize>> = spans.iter().map(line).collect();
    if lines.iter().any(|line| line.len() > LONGEST_LINE) {
        return None;
    }
    let start = lines.iter().map(|line| line.start).min()?;
    let end = lines.iter().map(|line| line.end).max()?;
    Some(start..end)
}

/// Where the line begins in which this byte is.
fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |n| n + 1)
}

/// The number of the line, from 1, in which this byte is.
fn line_at(text: &str, at: usize) -> usize {
    text.as_bytes()[..at].iter().filter(|&&b| b == b'\n').count() + 1
}

/// A span of one line within the text: carets under a whole map would hide the map.
fn clip(span: &Range<usize>, text: &str) -> Range<usize> {
    // What is missed at the end is missed behind the last line, not on the empty one after it.
    let text = text.strip_suffix('\n').unwrap_or(text);
    let floor = |mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let (start, end) = (floor(span.start), floor(span.end.max(span.start)));
    let line_end = text[start..end].find('\n').map_or(end, |n| start + n);
    start..line_end
}

/// Mistakes of several files.
#[derive(Debug, Default)]
pub struct Diagnostics {
    found: Vec<(SourceFile, Vec<Diagnostic>)>,
}

impl Diagnostics {
    /// Adds what was found in one file.
    pub fn add(&mut self, file: SourceFile, found: Vec<Diagnostic>) {
        if !found.is_empty() {
            self.found.push((file, found));
        }
    }

    /// Adds all of another collection.
    pub fn append(&mut self, other: Diagnostics) {
        self.found.extend(other.found);
    }

    /// Whether there is no mistake.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Number of mistakes.
    pub fn len(&self) -> usize {
        self.found.iter().map(|(_, found)| found.len()).sum()
    }

    /// All mistakes as a person reads them; colours are ANSI escapes.
    pub fn render(&self, colour: bool) -> String {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let mut out = String::new();
        for (file, found) in &self.found {
            for diagnostic in found.iter().take(MOST_SHOWN) {
                out.push_str(&diagnostic.render(file, &renderer));
                out.push_str("\n\n");
            }
            if let Some(more) = found.len().checked_sub(MOST_SHOWN).filter(|more| *more > 0) {
                let path = file.path.display();
                let _ = writeln!(out, "… and {more} more in {path}; mend those above first\n");
            }
        }
        out
    }

    /// Every mistake as file, line (from 1) and message.
    pub fn iter(&self) -> impl Iterator<Item = (&SourceFile, usize, &Diagnostic)> {
        self.found
            .iter()
            .flat_map(|(file, found)| found.iter().map(move |d| (file, d.line(&file.text), d)))
    }
}

impl std::fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.render(false).trim_end())
    }
}

impl std::error::Error for Diagnostics {}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(text: &str, found: Vec<Diagnostic>) -> String {
        let mut all = Diagnostics::default();
        all.add(SourceFile { path: "a/b.yaml".into(), text: text.to_owned() }, found);
        all.render(false)
    }

    #[test]
    fn a_place_is_shown_with_its_line() {
        let text = "one: 1\ntwo: é 2\nthree: 3\nfour: 4\n";
        let (two, four) = (text.find('2').expect("in it"), text.find('4').expect("in it"));
        let mistake =
            Diagnostic::error("wrong").at(two..two + 1, "here").also(four..four + 1, "there");
        let shown = rendered(text, vec![mistake]);
        for words in ["a/b.yaml:2:8", "2 | two: é 2", "^ here", "4 | four: 4", "- there"] {
            assert!(shown.contains(words), "lacks {words}\n{shown}");
        }
        assert!(!shown.contains("one"), "{shown}");
        // At the end, and beyond it.
        for at in [text.len() - 1, text.len(), text.len() + 9] {
            assert!(
                rendered(text, vec![Diagnostic::error("e").at(at..at + 1, "l")]).contains("b.yaml")
            );
        }
    }

    #[test]
    fn what_nobody_would_read_is_not_laid_out() {
        let text = format!("{}\n{{{}}}", "-", "é".repeat(100_000));
        let mistake = || Diagnostic::error("wrong").at(1003..1005, "here").help("help");
        let shown = rendered(&text, vec![mistake()]);
        for words in ["a/b.yaml:2:502", "here", "help"] {
            assert!(shown.contains(words), "lacks {words}\n{shown}");
        }
        assert!(shown.len() < 500, "{shown}");
        let shown = rendered(&text, (0..1000).map(|_| mistake()).collect());
        assert_eq!(shown.matches("error: wrong").count(), 50);
        assert!(shown.contains("and 950 more in a/b.yaml"), "{shown}");
    }
}
