//! From elements to members: typed by AWS's model, with a note on everything that does not fit it.

use std::sync::Arc;

use serde_json::map::Entry;
use serde_json::{Map, Value};

use super::Element;
use super::misnamed::meant;
use super::walk::{Path, Siblings};
use crate::model::{List, Member, Model, ShapeId, ShapeKind, Structure};

/// An answer in SDK member names.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded {
    /// Members by SDK name. Elements that the model does not know keep their own name, and are left
    /// out if that is the SDK name of another member. What is absent is absent; what is empty is
    /// `""`, `[]` or `{}`.
    ///
    /// Shared, as a large answer is looked at in several places.
    pub value: Arc<Value>,
    /// What does not fit the model, in the order met.
    pub notes: Vec<Note>,
}

/// Something that does not fit the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Where: SDK member names, `[]` for list items.
    pub path: String,
    /// What.
    pub kind: NoteKind,
    /// What the model has in this place: it decides what a client loses.
    pub of: Place,
}

/// What the model has in a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Named members.
    Structure,
    /// Items.
    List,
    /// A plain value.
    Value,
    /// Nothing.
    Nothing,
}

impl From<&ShapeKind> for Place {
    fn from(kind: &ShapeKind) -> Place {
        match kind {
            ShapeKind::Structure(_) => Place::Structure,
            ShapeKind::List(_) => Place::List,
            _ => Place::Value,
        }
    }
}

/// What does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoteKind {
    /// An element that the model does not know; its name.
    Unknown(String),
    /// `<item>` in a structure: the item of a list that is not around it.
    LooseItem,
    /// A member under a name that is not its own.
    Misnamed {
        /// The member's name in SDKs.
        member: String,
        /// The member's name here.
        expected: String,
        /// The name met.
        found: String,
        /// Whether the two differ in upper and lower case or separators only, or the name is that
        /// of the other form: `VpcId` for `vpcId`.
        certain: bool,
    },
    /// The value is right, its JSON type is not: `"true"` for `true`. Only where an answer was
    /// stored in SDK member names.
    JsonType {
        /// The type, in words.
        expected: &'static str,
        /// The value.
        text: String,
    },
    /// The text is not of the member's type.
    NotOfType {
        /// The type, in words.
        expected: &'static str,
        /// The text.
        text: String,
    },
    /// A boolean that is not written `true` or `false`.
    BooleanForm(String),
    /// A time that is not written as RFC 3339 in UTC.
    TimestampForm(String),
    /// The text is none of the model's values for this enum.
    NotInEnum {
        /// The enum's shape.
        shape: String,
        /// The text.
        text: String,
    },
    /// A list's item under another name than the model's.
    ItemName {
        /// The model's name.
        expected: String,
        /// The name met.
        found: String,
    },
    /// An element that can be there once is there again.
    Repeated(String),
    /// Text where a structure or a list is expected.
    StrayText(String),
    /// Elements where a plain value is expected.
    StrayElements(String),
    /// There, but empty: `<a/>` (`true`) or `<a></a>` (`false`).
    Empty(bool),
}

/// What a timestamp is, in words.
pub(crate) const TIME: &str = "a time (RFC 3339)";

/// Element names of an answer's root that belong to the envelope, not to a member.
const ENVELOPE: [&str; 2] = ["requestId", "RequestId"];

/// Decodes the root of a successful answer. `output` is the action's output shape; an action
/// without one answers `<return>true</return>`.
pub fn decode_output(model: &Model, output: Option<ShapeId>, root: &Element<'_>) -> Decoded {
    let mut decoder = Decoder { model, notes: Vec::new() };
    let value = match output.map(|id| &model.shape(id).kind) {
        Some(ShapeKind::Structure(structure)) => decoder.structure(structure, root, &Path::ROOT),
        _ => decoder.envelope_only(root),
    };
    Decoded { value: Arc::new(value), notes: decoder.notes }
}

struct Decoder<'m> {
    model: &'m Model,
    notes: Vec<Note>,
}

impl Decoder<'_> {
    fn note(&mut self, path: &Path<'_>, of: Place, kind: NoteKind) {
        self.notes.push(Note { path: path.to_string(), kind, of });
    }

    fn envelope_only(&mut self, root: &Element<'_>) -> Value {
        let mut map = Map::new();
        for child in root.children.iter().filter(|c| !ENVELOPE.contains(&c.name)) {
            // Actions without output answer <return>true</return>; the model leaves it out.
            if child.name != "return" {
                let path = Path::ROOT.member(child.name);
                self.note(&path, Place::Nothing, NoteKind::Unknown(child.name.to_owned()));
            }
            map.insert(child.name.to_owned(), generic(child));
        }
        Value::Object(map)
    }

    fn structure(
        &mut self,
        structure: &Structure,
        element: &Element<'_>,
        path: &Path<'_>,
    ) -> Value {
        let mut map = Map::with_capacity(element.children.len());
        if !element.text.trim().is_empty() {
            self.note(path, Place::Structure, NoteKind::StrayText(element.text.trim().to_owned()));
        }
        let is_root = path.is_empty();
        let siblings = Siblings::new(element);
        for child in &element.children {
            if is_root && ENVELOPE.contains(&child.name) {
                continue;
            }
            let member = structure.by_wire_name(child.name);
            let name = member.map_or(child.name, |m| m.name.as_str());
            let path = path.member(name);
            let is_return = is_root && child.name == "return";
            if member.is_none() && !is_return {
                self.unknown(structure, &siblings, child, &path);
                // `<VpcId>` is not `<vpcId>`: no client finds it, so nor may what looks for the
                // member of that name.
                if structure.member(child.name).is_some() {
                    continue;
                }
            }
            let Entry::Vacant(place) = map.entry(name) else {
                let of =
                    member.map_or(Place::Nothing, |m| (&self.model.shape(m.shape).kind).into());
                self.note(&path, of, NoteKind::Repeated(child.name.to_owned()));
                continue;
            };
            let value = match member {
                Some(member) => self.value(member.shape, child, &path),
                None => generic(child),
            };
            place.insert(value);
        }
        Value::Object(map)
    }

    fn unknown(
        &mut self,
        structure: &Structure,
        siblings: &Siblings<'_>,
        child: &Element<'_>,
        path: &Path<'_>,
    ) {
        if child.name == "item" {
            return self.note(path, Place::Nothing, NoteKind::LooseItem);
        }
        let absent = |member: &Member| !siblings.have(member.wire_name());
        let kind = match meant(structure, child.name, self.notes.len(), absent) {
            Some((member, certain)) => NoteKind::Misnamed {
                member: member.name.clone(),
                expected: member.wire_name().to_owned(),
                found: child.name.to_owned(),
                certain,
            },
            None => NoteKind::Unknown(child.name.to_owned()),
        };
        self.note(path, Place::Nothing, kind);
    }

    fn value(&mut self, shape: ShapeId, element: &Element<'_>, path: &Path<'_>) -> Value {
        let shape = self.model.shape(shape);
        if element.is_empty() {
            self.note(path, (&shape.kind).into(), NoteKind::Empty(element.self_closed));
        }
        match &shape.kind {
            ShapeKind::Structure(structure) => self.structure(structure, element, path),
            ShapeKind::List(list) => self.list(list, element, path),
            kind => {
                if let Some(child) = element.children.first() {
                    self.note(path, Place::Value, NoteKind::StrayElements(child.name.to_owned()));
                    return generic(element);
                }
                self.scalar(kind, &shape.name, &element.text, path)
            }
        }
    }

    fn list(&mut self, list: &List, element: &Element<'_>, path: &Path<'_>) -> Value {
        if !element.text.trim().is_empty() {
            self.note(path, Place::List, NoteKind::StrayText(element.text.trim().to_owned()));
        }
        let path = path.item();
        let mut items = Vec::with_capacity(element.children.len());
        let kind = &self.model.shape(list.item).kind;
        for child in &element.children {
            let found = if child.name != list.item_name {
                Some(child.name.to_owned())
            } else if is_list_in_list(list, kind, child) {
                // Shown as it was written: <item><item>.
                Some(format!("{0}><{0}", child.name))
            } else {
                None
            };
            if let Some(found) = found {
                let expected = list.item_name.clone();
                self.note(&path, kind.into(), NoteKind::ItemName { expected, found });
            }
            items.push(self.value(list.item, child, &path));
        }
        Value::Array(items)
    }

    fn scalar(&mut self, kind: &ShapeKind, shape: &str, text: &str, path: &Path<'_>) -> Value {
        // Clients do not trim: what they cannot parse as it stands is not of its type. What it was
        // meant to be is kept all the same.
        let trimmed = text.trim();
        let not = |decoder: &mut Self, expected: &'static str| {
            decoder.note(
                path,
                Place::Value,
                NoteKind::NotOfType { expected, text: text.to_owned() },
            );
        };
        let number = |decoder: &mut Self, parsed: Option<Value>, expected: &'static str| {
            if parsed.is_none() || trimmed != text {
                not(decoder, expected);
            }
            parsed.unwrap_or_else(|| text.into())
        };
        match kind {
            ShapeKind::Integer(_) => {
                let parsed = trimmed.parse::<i32>().ok().map(Value::from);
                number(self, parsed, "an integer of 32 bits")
            }
            ShapeKind::Long(_) => {
                let parsed = trimmed.parse::<i64>().ok().map(Value::from);
                number(self, parsed, "an integer of 64 bits")
            }
            ShapeKind::Double | ShapeKind::Float => {
                let parsed = trimmed.parse::<f64>().ok().filter(|n| n.is_finite());
                number(self, parsed.map(Value::from), "a number")
            }
            ShapeKind::Boolean => {
                let lower = trimmed.to_ascii_lowercase();
                let parsed = lower.parse::<bool>().ok();
                match parsed {
                    Some(_) if trimmed != text => not(self, "a boolean"),
                    Some(_) if trimmed != lower => {
                        self.note(path, Place::Value, NoteKind::BooleanForm(trimmed.to_owned()));
                    }
                    Some(_) => {}
                    None => not(self, "a boolean"),
                }
                parsed.map_or_else(|| text.into(), Value::from)
            }
            ShapeKind::Timestamp => {
                if !is_time(text) {
                    not(self, TIME);
                } else if !text.ends_with('Z') || text.contains('t') {
                    self.note(path, Place::Value, NoteKind::TimestampForm(text.to_owned()));
                }
                Value::String(trimmed.to_owned())
            }
            ShapeKind::String(string) => {
                let known = &string.enum_values;
                if !known.is_empty() && !text.is_empty() && !known.iter().any(|v| v == text) {
                    self.note(
                        path,
                        Place::Value,
                        NoteKind::NotInEnum { shape: shape.to_owned(), text: text.to_owned() },
                    );
                }
                Value::String(text.to_owned())
            }
            _ => Value::String(text.to_owned()),
        }
    }
}

/// Whether an item that should have members has items instead: one level of list too many, in which
/// clients find nothing.
fn is_list_in_list(list: &List, item: &ShapeKind, element: &Element<'_>) -> bool {
    let ShapeKind::Structure(structure) = item else { return false };
    !element.children.is_empty()
        && structure.by_wire_name(&list.item_name).is_none()
        && element.children.iter().all(|child| child.name == list.item_name)
}

/// An element that the model does not know, as good as it can be told.
fn generic(element: &Element<'_>) -> Value {
    if element.children.is_empty() {
        return Value::String(element.text.to_string());
    }
    if element.children.iter().all(|c| c.name == "item") {
        return element.children.iter().map(generic).collect();
    }
    Value::Object(element.children.iter().map(|c| (c.name.to_owned(), generic(c))).collect())
}

/// Whether AWS's SDKs read it as a time: RFC 3339, with T and with Z or an offset (in lower case
/// too). A parser made for people takes more, such as a blank for the T or `+0000`.
pub(super) fn is_time(text: &str) -> bool {
    const PATTERN: &[u8] = b"0000-00-00T00:00:00";
    let Some((start, rest)) = text.as_bytes().split_at_checked(PATTERN.len()) else { return false };
    let fits = |(c, pattern): (&u8, &u8)| match pattern {
        b'0' => c.is_ascii_digit(),
        other => c.eq_ignore_ascii_case(other),
    };
    let rest = match rest.strip_prefix(b".") {
        Some(fraction) => {
            let digits = fraction.iter().take_while(|c| c.is_ascii_digit()).count();
            if digits == 0 {
                return false;
            }
            &fraction[digits..]
        }
        None => rest,
    };
    let zone = match rest {
        b"Z" | b"z" => true,
        [b'+' | b'-', h1, h2, b':', m1, m2] => [h1, h2, m1, m2].iter().all(|c| c.is_ascii_digit()),
        _ => false,
    };
    // The pattern alone would let the 31st of February pass.
    zone && start.iter().zip(PATTERN).all(fits) && text.parse::<jiff::Timestamp>().is_ok()
}

#[cfg(test)]
mod tests;
