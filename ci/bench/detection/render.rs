//! Answers in SDK member names written as the XML that AWS would have sent: names, list items,
//! booleans and times as AWS's model and its raw answers have them.

use parallax::model::{Action, Model, ShapeId, ShapeKind};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::node::Node;

/// The root of a success.
///
/// # Errors
/// Names what AWS's model does not have, or what is not of its type.
pub fn success(model: &Model, action: &Action, output: &Value, id: &Uuid) -> Result<Node, String> {
    let mut root = Node::with(
        &format!("{}Response", action.name),
        vec![Node::text("requestId", &id.to_string())],
    );
    root.namespace = Some(model.namespace(None));
    match (action.output, output) {
        (Some(shape), Value::Object(map)) => {
            root.children.extend(members(model, shape, map, "")?);
        }
        // Actions without an output answer so; the ten raw answers to such calls do.
        (None, Value::Object(map)) if map.is_empty() => {
            root.children.push(Node::text("return", "true"));
        }
        _ => return Err("there are members, and the action has no output".to_owned()),
    }
    Ok(root)
}

/// The root of a refusal.
pub fn refusal(code: &str, message: &str, id: &Uuid) -> Node {
    let error = Node::with("Error", vec![Node::text("Code", code), Node::text("Message", message)]);
    Node::with(
        "Response",
        vec![Node::with("Errors", vec![error]), Node::text("RequestID", &id.to_string())],
    )
}

fn members(
    model: &Model,
    shape: ShapeId,
    map: &Map<String, Value>,
    path: &str,
) -> Result<Vec<Node>, String> {
    let ShapeKind::Structure(structure) = &model.shape(shape).kind else {
        return Err(format!("{path} is no structure"));
    };
    let mut nodes = Vec::new();
    for (name, value) in map.iter().filter(|(_, value)| !value.is_null()) {
        let path = format!("{path}.{name}");
        let member = structure.member(name).ok_or_else(|| format!("AWS has no {path}"))?;
        nodes.push(node(model, member.wire_name(), member.shape, value, &path)?);
    }
    Ok(nodes)
}

fn node(
    model: &Model,
    name: &str,
    shape: ShapeId,
    value: &Value,
    path: &str,
) -> Result<Node, String> {
    let text = match (&model.shape(shape).kind, value) {
        (ShapeKind::Structure(_), Value::Object(map)) => {
            return Ok(Node::with(name, members(model, shape, map, path)?));
        }
        (ShapeKind::List(list), Value::Array(items)) => {
            let items =
                items.iter().map(|item| node(model, &list.item_name, list.item, item, path));
            return Ok(Node::with(name, items.collect::<Result<_, _>>()?));
        }
        (ShapeKind::Boolean, Value::Bool(yes)) => yes.to_string(),
        (ShapeKind::Timestamp, Value::String(text)) => {
            time(text).ok_or_else(|| format!("{path} is no time: {text}"))?
        }
        (ShapeKind::String(_) | ShapeKind::Blob, Value::String(text)) => text.clone(),
        (
            ShapeKind::Integer(_) | ShapeKind::Long(_) | ShapeKind::Double | ShapeKind::Float,
            Value::Number(number),
        ) => number.to_string(),
        (kind, value) => return Err(format!("{path} is {value}, which is no {kind:?}")),
    };
    Ok(Node::text(name, &text))
}

/// A time as AWS's raw answers have it: in UTC, with milliseconds and a Z.
pub fn time(text: &str) -> Option<String> {
    let time: jiff::Timestamp = text.parse().ok()?;
    Some(format!("{time:.3}"))
}

/// The same value whichever way its times are written: for comparing what was written with what is
/// read back.
pub fn canonical(model: &Model, shape: Option<ShapeId>, value: &Value) -> Value {
    let Some(shape) = shape else { return value.clone() };
    match (&model.shape(shape).kind, value) {
        (ShapeKind::Structure(structure), Value::Object(map)) => map
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| {
                let shape = structure.member(name).map(|member| member.shape);
                (name.clone(), canonical(model, shape, value))
            })
            .collect(),
        (ShapeKind::List(list), Value::Array(items)) => {
            items.iter().map(|item| canonical(model, Some(list.item), item)).collect()
        }
        // `<a/>` is an empty structure as well as an empty text.
        (ShapeKind::Timestamp, Value::String(text)) => time(text).unwrap_or_default().into(),
        (_, value) => value.clone(),
    }
}
