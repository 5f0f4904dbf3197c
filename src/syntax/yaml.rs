//! From YAML to a tree of nodes.
//!
//! A strict part of YAML 1.2: one document, no anchors, aliases or tags (a case needs none, and
//! without them no small file can grow into a large tree), keys are text and unique, nesting and
//! size are bounded.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span, StrInput, Tag};

use super::{Diagnostic, Node, NodeKind, Spanned};

/// Levels of nesting that are read; a case needs fewer than ten.
const MAX_DEPTH: usize = 64;
/// Bytes that are read; the longest case has a few thousand.
const MAX_BYTES: usize = 4 << 20;

/// Reads one YAML document.
///
/// # Errors
/// Returns the first mistake found; what follows it in the text is not read.
pub fn parse(text: &str) -> Result<Node, Diagnostic> {
    if text.len() > MAX_BYTES {
        return Err(Diagnostic::error("this file is too large to be a case or a baseline")
            .help(format!("at most {MAX_BYTES} bytes are read, it has {}", text.len())));
    }
    let mut builder = Builder { parser: Parser::new_from_str(text), places: Places::new(text) };
    builder.document()
}

struct Builder<'t> {
    parser: Parser<'t, StrInput<'t>>,
    places: Places,
}

impl<'t> Builder<'t> {
    fn next(&mut self) -> Result<(Event<'t>, Range<usize>), Diagnostic> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => Ok((event, self.places.range(span))),
            Some(Err(error)) => Err(self.syntax_error(&error)),
            None => Ok((Event::StreamEnd, self.places.end())),
        }
    }

    fn syntax_error(&self, error: &ScanError) -> Diagnostic {
        let at = self.places.byte(*error.marker());
        let mistake = Diagnostic::error(format!("this is not YAML: {}", error.info()))
            .at(at..at, "the mistake is here or next to it");
        let help = match error.info() {
            info if info.contains("tab") => "indent with spaces; YAML allows no tabs there",
            info if info.contains("flow") => {
                "within { } and [ ], a value that contains one of []{}, needs quotes: \"Vpcs[0].VpcId\""
            }
            info if info.contains("anchor or alias") => {
                "a value that begins with * or & stands in quotes: \"*\""
            }
            _ => return mistake,
        };
        mistake.help(help)
    }

    fn document(&mut self) -> Result<Node, Diagnostic> {
        let mut root = None;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamEnd => break,
                Event::Nothing | Event::StreamStart | Event::DocumentEnd => {}
                Event::DocumentStart(_) if root.is_some() => {
                    return Err(Diagnostic::error("a file holds one document")
                        .at(span, "a second one begins here")
                        .help("put each case into a file of its own"));
                }
                Event::DocumentStart(_) => {}
                event => root = Some(self.node(event, span, 0)?),
            }
        }
        Ok(root.unwrap_or(Node { span: 0..0, kind: NodeKind::Null }))
    }

    fn node(
        &mut self,
        event: Event<'t>,
        span: Range<usize>,
        depth: usize,
    ) -> Result<Node, Diagnostic> {
        if depth > MAX_DEPTH {
            return Err(Diagnostic::error(format!("nested more than {MAX_DEPTH} levels deep"))
                .at(span, "this level is not read"));
        }
        match event {
            Event::Alias(_) => Err(Diagnostic::error("aliases are not part of this language")
                .at(span, "an alias")
                .help("write the value out, or use a matrix or a variable")),
            Event::Scalar(text, style, anchor, tag) => {
                plain(anchor, tag.as_ref(), &span)?;
                Ok(Node { kind: scalar(text, style), span })
            }
            Event::SequenceStart(anchor, tag) => {
                plain(anchor, tag.as_ref(), &span)?;
                self.sequence(span, depth)
            }
            Event::MappingStart(anchor, tag) => {
                plain(anchor, tag.as_ref(), &span)?;
                self.mapping(span, depth)
            }
            _ => Err(Diagnostic::error("this is not YAML").at(span, "a value was expected here")),
        }
    }

    fn sequence(&mut self, start: Range<usize>, depth: usize) -> Result<Node, Diagnostic> {
        let mut items = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::SequenceEnd) {
                let end = span.end.max(start.end);
                return Ok(Node { span: start.start..end, kind: NodeKind::Sequence(items) });
            }
            items.push(self.node(event, span, depth + 1)?);
        }
    }

    fn mapping(&mut self, start: Range<usize>, depth: usize) -> Result<Node, Diagnostic> {
        let mut entries: Vec<(Spanned<String>, Node)> = Vec::new();
        // How many there are is for whoever wrote the file to choose.
        let mut places: HashMap<String, Range<usize>> = HashMap::new();
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                let end = entries.last().map_or(span.end, |(_, v)| v.span.end).max(start.end);
                return Ok(Node { span: start.start..end, kind: NodeKind::Mapping(entries) });
            }
            let key = self.key(event, span)?;
            if let Some(first) = places.insert(key.value.clone(), key.span.clone()) {
                return Err(Diagnostic::error(format!("`{}` is given twice", key.value))
                    .at(key.span, "the second time")
                    .also(first, "the first time"));
            }
            let (event, span) = self.next()?;
            entries.push((key, self.node(event, span, depth + 1)?));
        }
    }

    fn key(&self, event: Event<'t>, span: Range<usize>) -> Result<Spanned<String>, Diagnostic> {
        match event {
            Event::Scalar(text, _, anchor, tag) => {
                plain(anchor, tag.as_ref(), &span)?;
                Ok(Spanned::new(text.into_owned(), span))
            }
            _ => Err(Diagnostic::error("a key has to be text").at(span, "this is not")),
        }
    }
}

fn plain(anchor: usize, tag: Option<&Cow<'_, Tag>>, span: &Range<usize>) -> Result<(), Diagnostic> {
    if anchor == 0 && tag.is_none() {
        return Ok(());
    }
    Err(Diagnostic::error("anchors and tags are not part of this language")
        .at(span.clone(), "the value that has one")
        .help("write the value without `&name` or `!tag`"))
}

/// YAML 1.2's core schema: only plain scalars can be anything but text.
fn scalar(text: Cow<'_, str>, style: ScalarStyle) -> NodeKind {
    if style != ScalarStyle::Plain {
        return NodeKind::String(text.into_owned());
    }
    match text.as_ref() {
        "" | "~" | "null" | "Null" | "NULL" => NodeKind::Null,
        "true" | "True" | "TRUE" => NodeKind::Bool(true),
        "false" | "False" | "FALSE" => NodeKind::Bool(false),
        other => match (other.parse::<i64>(), other.parse::<f64>()) {
            (Ok(n), _) => NodeKind::Integer(n),
            // `inf`, `nan` and `infinity` are numbers to Rust and words to YAML.
            (_, Ok(n)) if n.is_finite() && other.contains(|c: char| c.is_ascii_digit()) => {
                NodeKind::Float(n)
            }
            _ => NodeKind::String(text.into_owned()),
        },
    }
}

/// Translates the parser's places, counted in characters, to bytes.
struct Places {
    /// Byte offset of every character, if there is one of more than a byte.
    offsets: Option<Vec<usize>>,
    len: usize,
}

impl Places {
    fn new(text: &str) -> Self {
        let offsets =
            (!text.is_ascii()).then(|| text.char_indices().map(|(byte, _)| byte).collect());
        Places { offsets, len: text.len() }
    }

    fn byte(&self, marker: Marker) -> usize {
        match &self.offsets {
            Some(offsets) => offsets.get(marker.index()).copied().unwrap_or(self.len),
            None => marker.index().min(self.len),
        }
    }

    fn range(&self, span: Span) -> Range<usize> {
        let (start, end) = (self.byte(span.start), self.byte(span.end));
        start..end.max(start)
    }

    fn end(&self) -> Range<usize> {
        self.len..self.len
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> serde_json::Value {
        parse(text).expect("valid").to_json()
    }

    #[test]
    fn core_schema() {
        assert_eq!(
            json("{a: 1, b: '1', c: true, d: no, e: 1.5, f: ~, g: nan, h: 10.0.0.0/8}"),
            serde_json::json!({"a":1,"b":"1","c":true,"d":"no","e":1.5,"f":null,"g":"nan","h":"10.0.0.0/8"})
        );
    }

    #[test]
    fn places_are_bytes_even_after_wide_characters() {
        let text = "title: „Köln“\nid: x\n";
        let NodeKind::Mapping(entries) = parse(text).expect("valid").kind else { panic!() };
        assert_eq!(&text[entries[1].1.span.clone()], "x");
        assert_eq!(&text[entries[1].0.span.clone()], "id");
    }

    #[test]
    fn refused() {
        for text in
            ["a: &x 1\nb: *x", "a: !!str 1", "a: 1\na: 2", "a: 1\n---\nb: 2", "a: [", "? [a]\n: b"]
        {
            assert!(parse(text).is_err(), "{text}");
        }
        let deep = "[".repeat(10_000);
        assert!(parse(&deep).is_err());
    }
}
