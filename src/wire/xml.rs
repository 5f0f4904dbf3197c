//! XML as a tree, with what a schema-driven decoder does not keep: order, unknown elements, and
//! whether an empty element was written `<a/>` or `<a></a>`.
//!
//! Names and texts are pieces of the bytes that were read: an answer can have millions.
//!
//! Bounded in depth and number of elements; document types and entities of their own are refused,
//! so that a small answer cannot grow.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::errors::{Error, IllFormedError, SyntaxError};
use quick_xml::events::{BytesRef, BytesStart, Event};

/// Levels of nesting that are read; EC2 needs fewer than fifteen.
const MAX_DEPTH: usize = 100;
/// Elements that are read; an answer of 10,000 instances has about 1.5 million.
const MAX_ELEMENTS: usize = 4_000_000;
/// Attributes of one element that are read; EC2 sends one, on the root.
const MAX_ATTRIBUTES: usize = 64;

/// An XML document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document<'t> {
    /// Whether it begins with `<?xml …?>`.
    pub declaration: bool,
    /// The outermost element.
    pub root: Element<'t>,
}

/// An element.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Element<'t> {
    /// The name without its prefix.
    pub name: &'t str,
    /// The namespace declared on this element by `xmlns`, if any.
    pub namespace: Option<Box<str>>,
    /// The elements inside, in order.
    pub children: Vec<Element<'t>>,
    /// The text directly inside, all pieces joined.
    pub text: Cow<'t, str>,
    /// Whether it was written `<name/>`.
    pub self_closed: bool,
}

impl<'t> Element<'t> {
    /// The first child of this name.
    pub fn child(&self, name: &str) -> Option<&Element<'t>> {
        self.children.iter().find(|c| c.name == name)
    }

    /// Whether there is nothing inside but white space.
    pub fn is_empty(&self) -> bool {
        self.children.is_empty() && is_blank(&self.text)
    }
}

/// Why bytes are not a document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} (byte {offset})")]
pub struct XmlError {
    /// What is wrong.
    pub message: String,
    /// Where, in bytes from the start.
    pub offset: u64,
    /// Whether nothing is wrong but that the text ends too early.
    pub cut_off: bool,
}

impl<'t> Document<'t> {
    /// Reads a document.
    ///
    /// # Errors
    /// The bytes are not well-formed XML in UTF-8, or beyond a bound.
    pub fn parse(bytes: &'t [u8]) -> Result<Document<'t>, XmlError> {
        let text = std::str::from_utf8(bytes).map_err(|e| XmlError {
            message: "not UTF-8".to_owned(),
            offset: e.valid_up_to() as u64,
            // The last character may have been cut in two.
            cut_off: e.error_len().is_none()
                && Document::parse(&bytes[..e.valid_up_to()]).is_err_and(|e| e.cut_off),
        })?;
        let text = text.trim_start_matches('\u{feff}');
        let mut builder = Builder {
            reader: Reader::from_str(text),
            source: text,
            declaration: false,
            open: Vec::new(),
            children: Vec::new(),
            root: None,
            elements: 0,
        };
        builder.run()
    }
}

struct Builder<'t> {
    reader: Reader<&'t [u8]>,
    /// What is read.
    source: &'t str,
    declaration: bool,
    open: Vec<Open<'t>>,
    /// The children of all open elements, those of the innermost last: so each element's own are
    /// moved into place once, when their number is known.
    children: Vec<Element<'t>>,
    root: Option<Element<'t>>,
    elements: usize,
}

/// An element whose end was not met yet.
struct Open<'t> {
    element: Element<'t>,
    /// Where its children begin.
    children: usize,
}

impl<'t> Builder<'t> {
    fn run(&mut self) -> Result<Document<'t>, XmlError> {
        loop {
            let event = self.reader.read_event();
            match event.map_err(|e| self.malformed(&e))? {
                Event::Start(tag) => {
                    let element = self.element(&tag)?;
                    self.open.push(Open { element, children: self.children.len() });
                }
                Event::Empty(tag) => {
                    let element = Element { self_closed: true, ..self.element(&tag)? };
                    self.close(Open { element, children: self.children.len() });
                }
                Event::End(_) => match self.open.pop() {
                    Some(open) => self.close(open),
                    None => return Err(self.wrong("an end without a beginning")),
                },
                Event::Text(text) => self.text(text.xml10_content())?,
                Event::CData(text) => self.text(text.into_inner())?,
                Event::GeneralRef(name) => {
                    let text = self.reference(&name)?;
                    self.text(text.into())?;
                }
                Event::Decl(_) => self.declaration = true,
                Event::DocType(_) => {
                    return Err(self.wrong("a document type (AWS never sends one)"));
                }
                Event::Comment(_) | Event::PI(_) => {}
                Event::Eof => break,
            }
        }
        if let Some(open) = self.open.last() {
            return Err(self.cut_off(format!("it ends inside <{}>", open.element.name)));
        }
        let root = self.root.take().ok_or_else(|| self.cut_off("there is no element in it"))?;
        Ok(Document { declaration: self.declaration, root })
    }

    fn element(&mut self, tag: &BytesStart<'_>) -> Result<Element<'t>, XmlError> {
        self.elements += 1;
        if self.elements > MAX_ELEMENTS {
            return Err(self.wrong(format!("more than {MAX_ELEMENTS} elements")));
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(self.wrong(format!("nested more than {MAX_DEPTH} levels deep")));
        }
        if self.open.is_empty() && self.root.is_some() {
            return Err(self.wrong("a second outermost element"));
        }
        let mut namespace = None;
        // Without the reader's own check for duplicates, which compares each with all before it.
        for (n, attribute) in tag.attributes().with_checks(false).enumerate() {
            if n >= MAX_ATTRIBUTES {
                return Err(self.wrong(format!("more than {MAX_ATTRIBUTES} attributes")));
            }
            let attribute = attribute.map_err(|e| self.wrong(e.to_string()))?;
            if attribute.key.as_ref() == "xmlns" {
                namespace = Some(attribute.value.into());
            }
        }
        let name = self.piece(tag.local_name().as_ref())?;
        Ok(Element { name, namespace, ..Element::default() })
    }

    /// The same piece of the source, for as long as the source lives: the reader lends it for the
    /// time of one event only.
    fn piece(&self, lent: &str) -> Result<&'t str, XmlError> {
        let start = lent.as_ptr().addr().wrapping_sub(self.source.as_ptr().addr());
        let end = start.wrapping_add(lent.len());
        self.source.get(start..end).ok_or_else(|| self.wrong("a name that is not in the text"))
    }

    fn close(&mut self, open: Open<'t>) {
        let mut element = open.element;
        if open.children < self.children.len() {
            element.children = self.children.drain(open.children..).collect();
            // White space around child elements is layout, not content.
            if is_blank(&element.text) {
                element.text = Cow::default();
            }
        }
        match self.open.is_empty() {
            true => self.root = Some(element),
            false => self.children.push(element),
        }
    }

    fn text(&mut self, text: Cow<'t, str>) -> Result<(), XmlError> {
        let Some(Open { element, children }) = self.open.last_mut() else {
            return if is_blank(&text) {
                Ok(())
            } else {
                Err(self.wrong("text outside of any element"))
            };
        };
        if element.text.is_empty() {
            element.text = text;
        } else if *children == self.children.len() || !is_blank(&text) || !is_blank(&element.text) {
            element.text.to_mut().push_str(&text);
        }
        // Else there is more layout.
        Ok(())
    }

    fn reference(&self, reference: &BytesRef<'_>) -> Result<String, XmlError> {
        match reference.resolve_char_ref() {
            Ok(Some(c)) => return Ok(c.to_string()),
            Ok(None) => {}
            Err(error) => return Err(self.wrong(error.to_string())),
        }
        let name: &str = reference;
        quick_xml::escape::resolve_predefined_entity(name)
            .map(str::to_owned)
            .ok_or_else(|| self.wrong(format!("an entity &{name}; that XML does not define")))
    }

    fn wrong(&self, message: impl Into<String>) -> XmlError {
        let offset = self.reader.buffer_position();
        XmlError { message: message.into(), offset, cut_off: false }
    }

    fn cut_off(&self, message: impl Into<String>) -> XmlError {
        XmlError { cut_off: true, ..self.wrong(message) }
    }

    fn malformed(&self, error: &Error) -> XmlError {
        let ends = self.reader.buffer_position() >= self.source.len() as u64;
        let cut_off = match error {
            // `<!x` is this error too, wherever it stands.
            Error::Syntax(SyntaxError::InvalidBangMarkup) => {
                let rest = self.source.rsplit("<!").next().unwrap_or_default();
                ["--", "[CDATA[", "DOCTYPE"].iter().any(|whole| whole.starts_with(rest))
            }
            Error::Syntax(_) => true,
            Error::IllFormed(IllFormedError::UnclosedReference) => ends,
            _ => false,
        };
        XmlError { cut_off, ..self.wrong(error.to_string()) }
    }
}

/// Whether there is nothing but white space as XML has it.
fn is_blank(text: &str) -> bool {
    text.bytes().all(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_matters() {
        let text = "<?xml version=\"1.0\"?>\n<r xmlns=\"urn:x\">\n <a/> <b></b><p:c>1 &lt; &#50; <![CDATA[<3]]></p:c>\n</r>";
        let document = Document::parse(text.as_bytes()).expect("well-formed");
        assert!(document.declaration);
        let root = document.root;
        assert_eq!((root.name, root.namespace.as_deref()), ("r", Some("urn:x")));
        assert_eq!(root.text, "");
        assert!(root.children[0].self_closed && root.children[0].is_empty());
        assert!(!root.children[1].self_closed && root.children[1].is_empty());
        assert_eq!(root.child("c").expect("prefixed").text, "1 < 2 <3");
    }

    #[test]
    fn text_between_elements() {
        let text = "<a>\n <b>x<c/>\n y</b>\n <d>\n</d>\n <e>\u{a0}</e>\n</a>";
        let document = Document::parse(text.as_bytes()).expect("well-formed");
        let texts: Vec<&str> = document.root.children.iter().map(|e| &*e.text).collect();
        assert_eq!(document.root.text, "", "layout");
        assert_eq!(texts, ["x\n y", "\n", "\u{a0}"]);
        assert!(document.root.children[1].is_empty() && !document.root.children[2].is_empty());
    }

    #[test]
    fn refused() {
        let deep = format!("{}{}", "<a>".repeat(1000), "</a>".repeat(1000));
        let bomb = "<!DOCTYPE a [<!ENTITY b \"bb\">]><a>&b;</a>";
        for bad in [
            deep.as_str(),
            bomb,
            "<a>",
            "<a></b>",
            "",
            "plain",
            "<a/><b/>",
            "<a>&nbsp;</a>",
            "<!doctype html><p>x",
        ] {
            assert!(Document::parse(bad.as_bytes()).is_err(), "{}", &bad[..bad.len().min(40)]);
        }
        assert!(Document::parse(b"<a>\xff</a>").is_err());
    }
}
