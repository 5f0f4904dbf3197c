//! Mistakes in text, shown with file, line, caret and a fix.

use std::ops::Range;
use std::path::PathBuf;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

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
        text.as_bytes()[..at].iter().filter(|&&b| b == b'\n').count() + 1
    }

    fn render(&self, file: &SourceFile, renderer: &Renderer) -> String {
        let path = file.path.to_string_lossy();
        let level = if self.warning { Level::WARNING } else { Level::ERROR };
        let title = level.primary_title(self.message.as_str());
        let mut group = if self.labels.is_empty() {
            let origin = annotate_snippets::Origin::path(path.as_ref());
            Group::with_title(title).element(origin)
        } else {
            let mut snippet = Snippet::source(file.text.as_str()).path(path.as_ref());
            for (n, (span, label)) in self.labels.iter().enumerate() {
                let kind = if n == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
                let span = clip(span, &file.text);
                snippet = snippet.annotation(kind.span(span).label(label.as_str()));
            }
            Group::with_title(title).element(snippet)
        };
        for help in &self.helps {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        renderer.render(&[group])
    }
}

/// A span of one line within the text: carets under a whole map would hide the map.
fn clip(span: &Range<usize>, text: &str) -> Range<usize> {
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
            for diagnostic in found {
                out.push_str(&diagnostic.render(file, &renderer));
                out.push_str("\n\n");
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
