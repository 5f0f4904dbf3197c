//! From elements to members: typed by AWS's model, with a note on everything that does not fit it.

use serde_json::{Map, Value};

use super::Element;
use super::misnamed::meant;
use crate::model::{List, Member, Model, ShapeId, ShapeKind, Structure};

/// An answer in SDK member names.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded {
    /// Members by SDK name. Elements that the model does not know keep their own name. What is
    /// absent is absent; what is empty is `""`, `[]` or `{}`.
    pub value: Value,
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

/// Element names of an answer's root that belong to the envelope, not to a member.
const ENVELOPE: [&str; 2] = ["requestId", "RequestId"];

/// Decodes the root of a successful answer. `output` is the action's output shape; an action
/// without one answers `<return>true</return>`.
pub fn decode_output(model: &Model, output: Option<ShapeId>, root: &Element) -> Decoded {
    let mut decoder = Decoder { model, notes: Vec::new() };
    let value = match output.map(|id| &model.shape(id).kind) {
        Some(ShapeKind::Structure(structure)) => decoder.structure(structure, root, ""),
        _ => decoder.envelope_only(root),
    };
    Decoded { value, notes: decoder.notes }
}

struct Decoder<'m> {
    model: &'m Model,
    notes: Vec<Note>,
}

impl Decoder<'_> {
    fn note(&mut self, path: &str, kind: NoteKind) {
        self.notes.push(Note { path: path.to_owned(), kind });
    }

    fn envelope_only(&mut self, root: &Element) -> Value {
        let mut map = Map::new();
        for child in root.children.iter().filter(|c| !ENVELOPE.contains(&c.name.as_str())) {
            // Actions without output answer <return>true</return>; the model leaves it out.
            if child.name != "return" {
                self.note(&child.name, NoteKind::Unknown(child.name.clone()));
            }
            map.insert(child.name.clone(), generic(child));
        }
        Value::Object(map)
    }

    fn structure(&mut self, structure: &Structure, element: &Element, path: &str) -> Value {
        let mut map = Map::new();
        if !element.text.trim().is_empty() {
            self.note(path, NoteKind::StrayText(element.text.trim().to_owned()));
        }
        let is_root = path.is_empty();
        for child in &element.children {
            if is_root && ENVELOPE.contains(&child.name.as_str()) {
                continue;
            }
            let member = structure.by_wire_name(&child.name);
            let name = member.map_or(child.name.as_str(), |m| m.name.as_str());
            let path = join(path, name);
            let is_return = is_root && child.name == "return";
            if member.is_none() && !is_return {
                self.unknown(structure, element, child, &path);
                // A client does not see it, so it must not pass for the member of that SDK name.
                if structure.member(&child.name).is_some() {
                    continue;
                }
            }
            if map.contains_key(name) {
                self.note(&path, NoteKind::Repeated(child.name.clone()));
                continue;
            }
            let value = match member {
                Some(member) => self.value(member.shape, child, &path),
                None => generic(child),
            };
            map.insert(name.to_owned(), value);
        }
        Value::Object(map)
    }

    fn unknown(&mut self, structure: &Structure, parent: &Element, child: &Element, path: &str) {
        if child.name == "item" {
            return self.note(path, NoteKind::LooseItem);
        }
        let absent = |member: &Member| parent.child(member.wire_name()).is_none();
        let kind = match meant(structure, &child.name, self.notes.len(), absent) {
            Some((member, certain)) => NoteKind::Misnamed {
                expected: member.wire_name().to_owned(),
                found: child.name.clone(),
                certain,
            },
            None => NoteKind::Unknown(child.name.clone()),
        };
        self.note(path, kind);
    }

    fn value(&mut self, shape: ShapeId, element: &Element, path: &str) -> Value {
        let shape = self.model.shape(shape);
        if element.is_empty() {
            self.note(path, NoteKind::Empty(element.self_closed));
        }
        match &shape.kind {
            ShapeKind::Structure(structure) => self.structure(structure, element, path),
            ShapeKind::List(list) => self.list(list, element, path),
            kind => {
                if let Some(child) = element.children.first() {
                    self.note(path, NoteKind::StrayElements(child.name.clone()));
                    return generic(element);
                }
                self.scalar(kind, &shape.name, &element.text, path)
            }
        }
    }

    fn list(&mut self, list: &List, element: &Element, path: &str) -> Value {
        if !element.text.trim().is_empty() {
            self.note(path, NoteKind::StrayText(element.text.trim().to_owned()));
        }
        let path = format!("{path}[]");
        let mut items = Vec::new();
        for child in &element.children {
            if child.name != list.item_name {
                self.note(
                    &path,
                    NoteKind::ItemName {
                        expected: list.item_name.clone(),
                        found: child.name.clone(),
                    },
                );
            }
            items.push(self.value(list.item, child, &path));
        }
        Value::Array(items)
    }

    fn scalar(&mut self, kind: &ShapeKind, shape: &str, text: &str, path: &str) -> Value {
        let trimmed = text.trim();
        let wrong = |decoder: &mut Self, expected: &'static str| {
            if !trimmed.is_empty() {
                decoder.note(path, NoteKind::NotOfType { expected, text: text.to_owned() });
            }
            Value::String(text.to_owned())
        };
        match kind {
            ShapeKind::Integer(_) => match trimmed.parse::<i32>() {
                Ok(n) => n.into(),
                Err(_) => wrong(self, "an integer of 32 bits"),
            },
            ShapeKind::Long(_) => match trimmed.parse::<i64>() {
                Ok(n) => n.into(),
                Err(_) => wrong(self, "an integer of 64 bits"),
            },
            ShapeKind::Double | ShapeKind::Float => match trimmed.parse::<f64>() {
                Ok(n) if n.is_finite() => n.into(),
                _ => wrong(self, "a number"),
            },
            ShapeKind::Boolean => match trimmed {
                "true" => true.into(),
                "false" => false.into(),
                other
                    if other.eq_ignore_ascii_case("true")
                        || other.eq_ignore_ascii_case("false") =>
                {
                    self.note(path, NoteKind::BooleanForm(other.to_owned()));
                    other.eq_ignore_ascii_case("true").into()
                }
                _ => wrong(self, "a boolean"),
            },
            ShapeKind::Timestamp => {
                if trimmed.parse::<jiff::Timestamp>().is_err() {
                    return wrong(self, "a time (RFC 3339)");
                }
                if !trimmed.ends_with('Z') {
                    self.note(path, NoteKind::TimestampForm(trimmed.to_owned()));
                }
                Value::String(trimmed.to_owned())
            }
            ShapeKind::String(string) => {
                let known = &string.enum_values;
                if !known.is_empty() && !text.is_empty() && !known.iter().any(|v| v == text) {
                    self.note(
                        path,
                        NoteKind::NotInEnum { shape: shape.to_owned(), text: text.to_owned() },
                    );
                }
                Value::String(text.to_owned())
            }
            _ => Value::String(text.to_owned()),
        }
    }
}

/// An element that the model does not know, as good as it can be told.
fn generic(element: &Element) -> Value {
    if element.children.is_empty() {
        return Value::String(element.text.clone());
    }
    if element.children.iter().all(|c| c.name == "item") {
        return element.children.iter().map(generic).collect();
    }
    Value::Object(element.children.iter().map(|c| (c.name.clone(), generic(c))).collect())
}

pub(super) fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::Document;
    use super::*;

    fn decode(action: &str, xml: &str) -> Decoded {
        let model = Model::ec2();
        let root = Document::parse(xml.as_bytes()).expect("well-formed").root;
        decode_output(model, model.action(action).expect("known").output, &root)
    }

    #[test]
    fn members_types_and_what_does_not_fit() {
        let decoded = decode(
            "DescribeVpcs",
            "<DescribeVpcsResponse><requestId>r</requestId><vpcSet><item><vpcId>vpc-1</vpcId>\
             <state>weird</state><isDefault>False</isDefault><tagSet/><dhcpOptionsId></dhcpOptionsId>\
             <own>1</own></item></vpcSet></DescribeVpcsResponse>",
        );
        assert_eq!(
            decoded.value,
            json!({"Vpcs": [{"VpcId": "vpc-1", "State": "weird", "IsDefault": false, "Tags": [],
                             "DhcpOptionsId": "", "own": "1"}]})
        );
        let kinds: Vec<_> = decoded.notes.iter().map(|n| (n.path.as_str(), &n.kind)).collect();
        assert_eq!(
            kinds,
            [
                (
                    "Vpcs[].State",
                    &NoteKind::NotInEnum { shape: "VpcState".into(), text: "weird".into() }
                ),
                ("Vpcs[].IsDefault", &NoteKind::BooleanForm("False".into())),
                ("Vpcs[].Tags", &NoteKind::Empty(true)),
                ("Vpcs[].DhcpOptionsId", &NoteKind::Empty(false)),
                ("Vpcs[].own", &NoteKind::Unknown("own".into())),
            ]
        );
    }

    #[test]
    fn a_member_under_another_name_is_not_there() {
        let decoded = decode(
            "DescribeVpcs",
            "<r><vpcSet><item><VpcId>vpc-1</VpcId><stat>available</stat><cidrBlock>c</cidrBlock>\
             <cidr-block>d</cidr-block><tags/></item></vpcSet></r>",
        );
        assert_eq!(
            decoded.value,
            json!({"Vpcs": [{"CidrBlock": "c", "stat": "available", "cidr-block": "d", "tags": ""}]})
        );
        let misnamed = |expected: &str, found: &str, certain| NoteKind::Misnamed {
            expected: expected.to_owned(),
            found: found.to_owned(),
            certain,
        };
        let kinds: Vec<_> = decoded.notes.into_iter().map(|n| n.kind).collect();
        assert_eq!(
            kinds,
            [
                misnamed("vpcId", "VpcId", true),
                misnamed("state", "stat", false),
                NoteKind::Unknown("cidr-block".into()),
                misnamed("tagSet", "tags", true),
            ]
        );
    }

    #[test]
    fn items_outside_of_their_list() {
        for (xml, path) in [
            ("<r><item><vpcId>vpc-1</vpcId></item></r>", "item"),
            (
                "<r><vpcSet><item><item><vpcId>vpc-1</vpcId></item></item></vpcSet></r>",
                "Vpcs[].item",
            ),
        ] {
            let notes = decode("DescribeVpcs", xml).notes;
            assert_eq!(notes, [Note { path: path.to_owned(), kind: NoteKind::LooseItem }], "{xml}");
        }
    }

    #[test]
    fn wrong_types_do_not_stop_it() {
        let decoded = decode(
            "DescribeVolumes",
            "<r><volumeSet><member><size>x</size><createTime>yesterday</createTime></member>text</volumeSet></r>",
        );
        assert_eq!(decoded.value, json!({"Volumes": [{"Size": "x", "CreateTime": "yesterday"}]}));
        assert_eq!(decoded.notes.len(), 4, "{:?}", decoded.notes);
    }
}
