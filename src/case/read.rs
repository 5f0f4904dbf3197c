//! From nodes to a `CaseDoc`: structure only; what it means is checked in `check`.

use super::doc::{CaseDoc, RequestDoc, RowDoc, StepDoc, UndoDoc};
use crate::syntax::{Diagnostic, MapReader, Node, NodeKind, Reader, Spanned};

/// Longest time a poll may be given.
const MAX_WITHIN_MS: u64 = 60 * 60 * 1000;

/// Reads a case; `None` if so much is missing that there is nothing to check further. Every
/// mistake is in `reader` either way.
pub(super) fn case(root: &Node, reader: &mut Reader) -> Option<CaseDoc> {
    let map = reader.map_of::<CaseDoc>(root, "a case")?;
    let id = map.required_text("id", "a case", reader);
    let title = map.required_text("title", "a case", reader);
    let capability = map.required_text("capability", "a case", reader);
    let aliases = strings(&map, "aliases", reader);
    let uses = map.get("uses").map(|node| uses(node, reader)).unwrap_or_default();
    let alone = map.get("alone").and_then(|node| reader.boolean(node)).unwrap_or(false);
    let about = map.get("about").and_then(|node| reader.string(node));
    let matrix = match map.get("matrix") {
        Some(node) => reader.list(node, "rows").iter().filter_map(|n| row(n, reader)).collect(),
        None => Vec::new(),
    };
    let steps = match map.required("steps", "a case", reader) {
        Some(node) => reader.list(node, "steps").iter().filter_map(|n| step(n, reader)).collect(),
        None => Vec::new(),
    };
    Some(CaseDoc {
        id: id?,
        title: title?,
        capability: capability?,
        aliases,
        uses,
        alone,
        about,
        matrix,
        prepare: None,
        steps,
    })
}

fn row(node: &Node, reader: &mut Reader) -> Option<RowDoc> {
    let map = reader.map(node, "a row of the matrix")?;
    let id = map.required_text("id", "a row", reader);
    let row = map.required_text("row", "a row", reader);
    let variables = map
        .entries
        .iter()
        .filter(|(key, _)| !matches!(key.value.as_str(), "id" | "row" | "aliases"))
        .cloned()
        .collect();
    let aliases = strings(&map, "aliases", reader);
    Some(RowDoc { id: id?, row: row?, aliases, variables })
}

fn step(node: &Node, reader: &mut Reader) -> Option<StepDoc> {
    let map = reader.map_of::<StepDoc>(node, "a step")?;
    let id = map.required_text("id", "a step", reader);
    let string = |key: &str, reader: &mut Reader| map.get(key).and_then(|n| reader.string(n));
    let nodes = |key: &str, reader: &mut Reader| -> Vec<Node> {
        map.get(key)
            .map(|n| reader.one_or_list(n))
            .unwrap_or_default()
            .into_iter()
            .cloned()
            .collect()
    };
    let doc = StepDoc {
        id: id?,
        call: string("call", reader),
        poll: string("poll", reader),
        probe: string("probe", reader),
        with: map.get("with").cloned(),
        parameters: map.get("parameters").map(|n| parameters(n, reader)).unwrap_or_default(),
        request: map.get("request").and_then(|n| request(n, reader)),
        pages: map.get("pages").and_then(|n| reader.boolean(n)).unwrap_or(false),
        bind: map.get("bind").map(|n| bind(n, reader)).unwrap_or_default(),
        undo: map.get("undo").and_then(|n| undo(n, reader)),
        completes: string("completes", reader),
        omit: strings(&map, "omit", reader),
        setup: map.get("setup").and_then(|n| reader.boolean(n)).unwrap_or(false),
        needs: strings(&map, "needs", reader),
        watch: string("watch", reader),
        until: nodes("until", reader),
        unless: nodes("unless", reader),
        until_error: strings(&map, "until_error", reader),
        waiter: string("waiter", reader),
        within: map.get("within").and_then(|n| duration(n, reader)),
    };
    let kinds = [&doc.call, &doc.poll, &doc.probe];
    let kinds = kinds.into_iter().filter(|kind| kind.is_some()).count();
    if kinds != 1 {
        reader.report(Diagnostic::error("a step is either a `call`, a `poll` or a `probe`").at(
            doc.id.span.clone(),
            match kinds {
                0 => "this one is none of them",
                _ => "this one is more than one",
            },
        ));
        return None;
    }
    Some(doc)
}

fn undo(node: &Node, reader: &mut Reader) -> Option<UndoDoc> {
    let map = reader.map_of::<UndoDoc>(node, "an undo")?;
    let call = map.required_text("call", "an undo", reader);
    Some(UndoDoc {
        call: call?,
        with: map.get("with").cloned(),
        waiter: map.get("waiter").and_then(|n| reader.string(n)),
    })
}

fn parameters(node: &Node, reader: &mut Reader) -> Vec<(Spanned<String>, Node)> {
    let Some(map) = reader.map(node, "Query parameters and their values") else {
        return Vec::new();
    };
    for (_, value) in map.entries {
        if matches!(value.kind, NodeKind::Mapping(_) | NodeKind::Sequence(_)) {
            reader.expected("a single value: a parameter is a text on the wire", value);
        }
    }
    map.entries.to_vec()
}

fn request(node: &Node, reader: &mut Reader) -> Option<RequestDoc> {
    let map = reader.map_of::<RequestDoc>(node, "a request")?;
    let string = |key: &str, reader: &mut Reader| map.get(key).and_then(|n| reader.string(n));
    Some(RequestDoc {
        method: string("method", reader),
        headers: map.get("headers").map(|n| parameters(n, reader)).unwrap_or_default(),
        encoding: string("encoding", reader),
        signature: string("signature", reader),
    })
}

fn bind(node: &Node, reader: &mut Reader) -> Vec<(Spanned<String>, Spanned<String>)> {
    let Some(map) = reader.map(node, "variables and where they are in the answer") else {
        return Vec::new();
    };
    map.entries
        .iter()
        .filter_map(|(key, value)| Some((key.clone(), reader.string(value)?)))
        .collect()
}

fn uses(node: &Node, reader: &mut Reader) -> std::collections::BTreeMap<String, u32> {
    let Some(map) = reader.map(node, "what the case occupies, and how many") else {
        return Default::default();
    };
    map.entries
        .iter()
        .filter_map(|(key, value)| Some((key.value.clone(), reader.count(value)?)))
        .collect()
}

fn duration(node: &Node, reader: &mut Reader) -> Option<Spanned<u64>> {
    let text = reader.string(node)?;
    let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let factor = match unit {
        "ms" => Some(1),
        "s" => Some(1000),
        "m" => Some(60_000),
        _ => None,
    };
    let ms = factor.and_then(|f: u64| f.checked_mul(number.parse().ok()?));
    match ms {
        Some(ms) if (1..=MAX_WITHIN_MS).contains(&ms) => Some(Spanned::new(ms, text.span)),
        _ => {
            reader.report(
                Diagnostic::error(format!("`{}` is not a time", text.value))
                    .at(text.span.clone(), "a number and a unit, at most 60m")
                    .help("write `500ms`, `90s` or `5m`"),
            );
            None
        }
    }
}

fn strings(map: &MapReader<'_>, key: &str, reader: &mut Reader) -> Vec<Spanned<String>> {
    let Some(node) = map.get(key) else { return Vec::new() };
    reader.one_or_list(node).into_iter().filter_map(|n| reader.string(n)).collect()
}
