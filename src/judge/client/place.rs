//! Where the SDK stops, and why.
//!
//! The SDK says what it expected, but not where. So an answer that it refuses is read a second time,
//! in the same order and with the same XML reader and parsers as its generated decoders use, but
//! along the API model, which has the names.

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use aws_smithy_types::primitive::Parse;
use aws_smithy_xml::decode::{Document, ScopedDecoder, XmlDecodeError, try_data};

use super::unreadable::{Unreadable, Why};
use crate::model::{Model, ShapeId, ShapeKind, Structure};

/// Levels that the SDK's decoders go down.
const MAX_DEPTH: usize = 128;

/// The first place in a successful answer that the SDK cannot decode. `said` is what it says.
pub(super) fn in_output(action: &str, body: &[u8], said: &str) -> Unreadable {
    let model = Model::ec2();
    let output = model.action(action).and_then(|a| a.output).map(|id| &model.shape(id).kind);
    let mut reader = PlaceReader::default();
    let found = reader.document(body, |reader, root| {
        let expected = format!("{action}Response");
        let name = root.start_el().local();
        if name != expected {
            return Err(Why::Root { expected, found: name.to_owned() });
        }
        match output {
            Some(ShapeKind::Structure(structure)) => reader.structure(structure, root),
            _ => Ok(()),
        }
    });
    reader.told(found, said)
}

/// The first place in an error envelope that the SDK cannot decode. `said` is what it says.
pub(super) fn in_error(body: &[u8], said: &str) -> Unreadable {
    let mut reader = PlaceReader::default();
    let found = reader.document(body, |reader, root| reader.envelope(&["Errors", "Error"], root));
    reader.told(found, said)
}

/// Follows the SDK, and remembers where it is.
#[derive(Default)]
struct PlaceReader {
    /// Names of the members and `[]` for items, outermost first.
    path: Vec<String>,
    /// The path of the member that was entered last.
    last: String,
}

impl PlaceReader {
    fn document(
        &mut self,
        body: &[u8],
        read: impl Fn(&mut Self, &mut ScopedDecoder<'_, '_>) -> Result<(), Why>,
    ) -> Result<(), Why> {
        let text = match std::str::from_utf8(body) {
            Ok(text) => text,
            Err(error) => {
                let at = error.valid_up_to();
                let before = std::str::from_utf8(&body[..at]).unwrap_or_default();
                // Only to know where it is.
                let _ = self.root(before, &read);
                return Err(Why::Other(format!("byte {at}, 0x{:02x}, is not UTF-8", body[at])));
            }
        };
        self.root(text, &read)
    }

    fn root(
        &mut self,
        text: &str,
        read: &impl Fn(&mut Self, &mut ScopedDecoder<'_, '_>) -> Result<(), Why>,
    ) -> Result<(), Why> {
        let mut document = Document::new(text);
        let nothing = |_| Why::Other("there is no element in it".to_owned());
        read(self, &mut document.root_element().map_err(nothing)?)
    }

    /// The place, or only what the SDK says if nothing was found.
    fn told(self, found: Result<(), Why>, said: &str) -> Unreadable {
        let why = found.err().unwrap_or_else(|| Why::Other(said.to_owned()));
        let path = match &why {
            Why::Root { .. } => String::new(),
            _ => self.last,
        };
        if path.is_empty() { Unreadable::body(why) } else { Unreadable { path, why } }
    }

    fn structure(
        &mut self,
        structure: &Structure,
        decoder: &mut ScopedDecoder<'_, '_>,
    ) -> Result<(), Why> {
        while let Some(mut tag) = decoder.next_tag() {
            if let Some(member) = structure.by_wire_name(tag.start_el().local()) {
                let dot = if self.path.is_empty() { "" } else { "." };
                self.within(format!("{dot}{}", member.name), |r| r.value(member.shape, &mut tag))?;
            }
        }
        Ok(())
    }

    fn within(
        &mut self,
        name: String,
        read: impl FnOnce(&mut Self) -> Result<(), Why>,
    ) -> Result<(), Why> {
        if self.path.len() >= MAX_DEPTH {
            return Err(Why::Other(format!("nested more than {MAX_DEPTH} levels deep")));
        }
        self.path.push(name);
        self.last = self.path.concat();
        read(self)?;
        self.path.pop();
        Ok(())
    }

    fn value(&mut self, shape: ShapeId, tag: &mut ScopedDecoder<'_, '_>) -> Result<(), Why> {
        match &Model::ec2().shape(shape).kind {
            ShapeKind::Structure(structure) => self.structure(structure, tag),
            ShapeKind::List(list) => {
                while let Some(mut item) = tag.next_tag() {
                    if item.start_el().local() == list.item_name {
                        self.within("[]".to_owned(), |r| r.value(list.item, &mut item))?;
                    }
                }
                Ok(())
            }
            kind => {
                let text = try_data(tag).map_err(|e| unread(&e))?;
                match unfit(kind, &text) {
                    Some(expected) => Err(Why::not_of_type(expected, &text)),
                    None => Ok(()),
                }
            }
        }
    }

    /// Code and message, below elements of these names.
    fn envelope(&mut self, names: &[&str], decoder: &mut ScopedDecoder<'_, '_>) -> Result<(), Why> {
        while let Some(mut tag) = decoder.next_tag() {
            match (names, tag.start_el().local()) {
                ([name, rest @ ..], found) if *name == found => self.envelope(rest, &mut tag)?,
                ([], "Code") => {
                    self.within("error.code".to_owned(), |_| text(&mut tag))?;
                }
                ([], "Message") => {
                    self.within("error.message".to_owned(), |_| text(&mut tag))?;
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn text(tag: &mut ScopedDecoder<'_, '_>) -> Result<(), Why> {
    try_data(tag).map(|_| ()).map_err(|e| unread(&e))
}

/// Why there is no text to read.
fn unread(error: &XmlDecodeError) -> Why {
    let said = super::sdk::chain(error);
    // The kinds of this error are private to its crate, and this one ends in a debug dump.
    if said.contains("looking for a data element") { Why::Elements } else { Why::Other(said) }
}

/// What a text should be, if the SDK cannot parse it.
fn unfit(kind: &ShapeKind, text: &str) -> Option<&'static str> {
    fn parses<T: Parse>(text: &str) -> bool {
        T::parse_smithy_primitive(text).is_ok()
    }
    let is_whole = text.parse::<i128>().is_ok();
    let (fits, expected) = match kind {
        ShapeKind::Integer(_) if is_whole => {
            (parses::<i32>(text), "a whole number of 32 bits (-2147483648 to 2147483647)")
        }
        ShapeKind::Long(_) if is_whole => (parses::<i64>(text), "a whole number of 64 bits"),
        ShapeKind::Integer(_) | ShapeKind::Long(_) => (false, "a whole number"),
        ShapeKind::Double => (parses::<f64>(text), "a number"),
        ShapeKind::Float => (parses::<f32>(text), "a number"),
        ShapeKind::Boolean => (parses::<bool>(text), "true or false"),
        ShapeKind::Timestamp => (
            DateTime::from_str(text, Format::DateTimeWithOffset).is_ok(),
            "a time with its zone, such as 2026-01-31T12:00:00.000Z",
        ),
        ShapeKind::Blob => (aws_smithy_types::base64::decode(text).is_ok(), "base64"),
        ShapeKind::String(_) | ShapeKind::Structure(_) | ShapeKind::List(_) => (true, ""),
    };
    (!fits).then_some(expected)
}
