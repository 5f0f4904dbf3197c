//! Answers that were stored in SDK member names: the same check against AWS's model as on the wire.
//!
//! Such an answer went through an SDK, which leaves out what was absent, keeps empty lists, and
//! gives every value its type. What is not as an SDK would have given it was changed by somebody.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::decode::{Decoded, Note, NoteKind, Place, TIME, is_time};
use super::misnamed::meant;
use crate::model::{List, Member, Model, ShapeId, ShapeKind, Structure};

/// What botocore adds to every output.
const METADATA: &str = "ResponseMetadata";

/// Checks a stored output. `output` is the action's output shape; an action without one has an empty
/// output.
pub fn decode_members(model: &Model, output: Option<ShapeId>, stored: &Value) -> Decoded {
    let mut decoder = Decoder { model, notes: Vec::new() };
    let value = match (output.map(|id| &model.shape(id).kind), stored) {
        (Some(ShapeKind::Structure(structure)), Value::Object(map)) => {
            decoder.structure(structure, map, "")
        }
        (_, Value::Object(map)) => decoder.nothing_but_return(map),
        (_, other) => decoder.wrong("output", "a structure", other),
    };
    Decoded { value: Arc::new(value), notes: decoder.notes }
}

struct Decoder<'m> {
    model: &'m Model,
    notes: Vec<Note>,
}

impl Decoder<'_> {
    fn note(&mut self, path: &str, of: Place, kind: NoteKind) {
        self.notes.push(Note { path: path.to_owned(), kind, of });
    }

    fn wrong(&mut self, path: &str, expected: &'static str, value: &Value) -> Value {
        let of = match expected {
            "a structure" => Place::Structure,
            "a list" => Place::List,
            _ => Place::Value,
        };
        self.note(path, of, NoteKind::NotOfType { expected, text: text_of(value) });
        value.clone()
    }

    fn nothing_but_return(&mut self, map: &Map<String, Value>) -> Value {
        for name in map.keys().filter(|n| *n != METADATA && !n.eq_ignore_ascii_case("return")) {
            self.note(name, Place::Nothing, NoteKind::Unknown(name.clone()));
        }
        Value::Object(map.iter().filter(|(n, _)| *n != METADATA).map(own).collect())
    }

    fn structure(&mut self, structure: &Structure, map: &Map<String, Value>, path: &str) -> Value {
        let mut members = Map::new();
        for (name, value) in map {
            // Absent, as its author wrote it down.
            if value.is_null() || (path.is_empty() && name == METADATA) {
                continue;
            }
            let path = join(path, name);
            let value = match structure.member(name) {
                Some(member) => self.value(member.shape, value, &path),
                None => {
                    let absent = |m: &Member| map.get(&m.name).is_none_or(Value::is_null);
                    let kind = match meant(structure, name, self.notes.len(), absent) {
                        Some((member, certain)) => NoteKind::Misnamed {
                            member: member.name.clone(),
                            expected: member.name.clone(),
                            found: name.clone(),
                            certain,
                        },
                        None => NoteKind::Unknown(name.clone()),
                    };
                    self.note(&path, Place::Nothing, kind);
                    value.clone()
                }
            };
            members.insert(name.clone(), value);
        }
        Value::Object(members)
    }

    fn value(&mut self, shape: ShapeId, value: &Value, path: &str) -> Value {
        let shape = self.model.shape(shape);
        match (&shape.kind, value) {
            (ShapeKind::Structure(structure), Value::Object(map)) => {
                self.structure(structure, map, path)
            }
            (ShapeKind::Structure(_), _) => self.wrong(path, "a structure", value),
            (ShapeKind::List(list), Value::Array(items)) => self.list(list, items, path),
            (ShapeKind::List(_), _) => self.wrong(path, "a list", value),
            (kind, Value::String(text)) => self.text(kind, &shape.name, text, path),
            (ShapeKind::Boolean, Value::Bool(_)) => value.clone(),
            (ShapeKind::Integer(_), Value::Number(n)) if is_integer(n, i32::MIN, i32::MAX) => {
                value.clone()
            }
            (ShapeKind::Long(_), Value::Number(n)) if n.is_i64() => value.clone(),
            (ShapeKind::Double | ShapeKind::Float, Value::Number(_)) => value.clone(),
            // On the wire a text may well consist of digits; an SDK gives it as a text.
            (ShapeKind::String(_) | ShapeKind::Blob, Value::Number(_) | Value::Bool(_)) => {
                let text = text_of(value);
                self.note(
                    path,
                    Place::Value,
                    NoteKind::JsonType { expected: "a text", text: text.clone() },
                );
                Value::String(text)
            }
            (kind, _) => self.wrong(path, name_of(kind), value),
        }
    }

    fn list(&mut self, list: &List, items: &[Value], path: &str) -> Value {
        let path = format!("{path}[]");
        items.iter().map(|item| self.value(list.item, item, &path)).collect()
    }

    /// A text, where the type may be another: everything is text on the wire.
    fn text(&mut self, kind: &ShapeKind, shape: &str, text: &str, path: &str) -> Value {
        let own = Value::String(text.to_owned());
        let typed = match kind {
            ShapeKind::String(string) => {
                let known = &string.enum_values;
                if !known.is_empty() && !text.is_empty() && !known.iter().any(|v| v == text) {
                    let text = text.to_owned();
                    self.note(
                        path,
                        Place::Value,
                        NoteKind::NotInEnum { shape: shape.to_owned(), text },
                    );
                }
                return own;
            }
            ShapeKind::Blob => return own,
            ShapeKind::Timestamp => return self.time(text, path),
            ShapeKind::Boolean => match text {
                "true" => Some(Value::Bool(true)),
                "false" => Some(Value::Bool(false)),
                _ => None,
            },
            ShapeKind::Integer(_) => text.parse::<i32>().ok().map(Value::from),
            ShapeKind::Long(_) => text.parse::<i64>().ok().map(Value::from),
            _ => text.parse::<f64>().ok().filter(|n| n.is_finite()).map(Value::from),
        };
        let expected = name_of(kind);
        match typed {
            Some(value) => {
                self.note(
                    path,
                    Place::Value,
                    NoteKind::JsonType { expected, text: text.to_owned() },
                );
                value
            }
            None => self.wrong(path, expected, &own),
        }
    }

    /// SDKs give times as objects of their language, so how one is written is the recorder's doing;
    /// that it is one instant, in UTC, is not.
    fn time(&mut self, text: &str, path: &str) -> Value {
        let own = Value::String(text.to_owned());
        let is_instant = is_time(text);
        if is_instant && (text.ends_with('Z') || text.ends_with("+00:00")) {
            return own;
        }
        // With another offset, without one, or a date alone: a client that is lenient reads it.
        if is_instant
            || text.parse::<jiff::civil::DateTime>().is_ok()
            || text.parse::<jiff::Timestamp>().is_ok()
        {
            self.note(path, Place::Value, NoteKind::TimestampForm(text.to_owned()));
            return own;
        }
        self.wrong(path, name_of(&ShapeKind::Timestamp), &own)
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn own((name, value): (&String, &Value)) -> (String, Value) {
    (name.clone(), value.clone())
}

fn is_integer(number: &serde_json::Number, least: i32, most: i32) -> bool {
    number.as_i64().is_some_and(|n| n >= i64::from(least) && n <= i64::from(most))
}

/// A value as it would be on the wire, or as JSON.
fn text_of(value: &Value) -> String {
    const SHOWN: usize = 200;
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn name_of(kind: &ShapeKind) -> &'static str {
    match kind {
        ShapeKind::Structure(_) => "a structure",
        ShapeKind::List(_) => "a list",
        ShapeKind::String(_) | ShapeKind::Blob => "a text",
        ShapeKind::Integer(_) => "an integer of 32 bits",
        ShapeKind::Long(_) => "an integer of 64 bits",
        ShapeKind::Double | ShapeKind::Float => "a number",
        ShapeKind::Boolean => "a boolean",
        ShapeKind::Timestamp => TIME,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn notes(action: &str, output: &Value) -> Vec<(String, NoteKind)> {
        let model = Model::ec2();
        let shape = model.action(action).expect("known").output;
        decode_members(model, shape, output).notes.into_iter().map(|n| (n.path, n.kind)).collect()
    }

    #[test]
    fn what_an_sdk_gives_fits() {
        let output = json!({"Volumes": [{"VolumeId": "vol-1", "Size": 8, "Encrypted": false,
            "CreateTime": "2016-04-12T20:45:32.000Z", "Tags": [], "State": "in-use",
            "Attachments": [{"AttachTime": "2023-03-30T08:59:18+00:00"}]}],
            "NextToken": null, "ResponseMetadata": {"HTTPStatusCode": 200}});
        assert_eq!(notes("DescribeVolumes", &output), []);
        assert_eq!(notes("DeleteVolume", &json!({"ResponseMetadata": {}})), []);
    }

    #[test]
    fn what_no_sdk_gives_does_not() {
        let wrong = |expected, text: &str| NoteKind::NotOfType { expected, text: text.into() };
        let json_type = |expected, text: &str| NoteKind::JsonType { expected, text: text.into() };
        let integer = "an integer of 32 bits";
        for (member, value, expected) in [
            ("Size", json!("eight"), wrong(integer, "eight")),
            ("Size", json!(8.5), wrong(integer, "8.5")),
            ("Size", json!(5_000_000_000_u64), wrong(integer, "5000000000")),
            ("Size", json!("8"), json_type(integer, "8")),
            ("Encrypted", json!("True"), wrong("a boolean", "True")),
            ("Encrypted", json!(1), wrong("a boolean", "1")),
            ("Encrypted", json!("true"), json_type("a boolean", "true")),
            ("VolumeId", json!(5), json_type("a text", "5")),
            ("VolumeId", json!(["vol-1"]), wrong("a text", "[\"vol-1\"]")),
            ("Tags", json!({"Key": "a"}), wrong("a list", "{\"Key\":\"a\"}")),
            ("CreateTime", json!(1_460_493_932), wrong("a time (RFC 3339)", "1460493932")),
            ("CreateTime", json!("yesterday"), wrong("a time (RFC 3339)", "yesterday")),
            (
                "CreateTime",
                json!("2016-04-12T20:45:32"),
                NoteKind::TimestampForm("2016-04-12T20:45:32".into()),
            ),
            (
                "CreateTime",
                json!("2016-04-12T20:45:32+02:00"),
                NoteKind::TimestampForm("2016-04-12T20:45:32+02:00".into()),
            ),
            ("Whole", json!(1), NoteKind::Unknown("Whole".into())),
            (
                "volumeId",
                json!("vol-1"),
                NoteKind::Misnamed {
                    member: "VolumeId".into(),
                    expected: "VolumeId".into(),
                    found: "volumeId".into(),
                    certain: true,
                },
            ),
        ] {
            let found = notes("DescribeVolumes", &json!({"Volumes": [{member: value}]}));
            assert_eq!(found, [(format!("Volumes[].{member}"), expected)]);
        }
        let nested = notes("DescribeVolumes", &json!({"Volumes": [[{"Size": 1}]]}));
        assert_eq!(nested, [("Volumes[]".into(), wrong("a structure", "[{\"Size\":1}]"))]);
        assert_eq!(
            notes("DescribeVolumes", &json!([])),
            [("output".into(), wrong("a structure", "[]"))]
        );
        let kinds = notes("DeleteVolume", &json!({"Return": true, "Own": 1}));
        assert_eq!(kinds, [("Own".into(), NoteKind::Unknown("Own".into()))]);
    }
}
