//! A thing as the endpoint lists it.

use jiff::Timestamp;
use serde_json::Value;

use crate::run::kinds::{Kind, find, holds, texts};

/// A thing as the endpoint lists it.
#[derive(Debug, Clone)]
pub(crate) struct Thing {
    pub(crate) kind: &'static Kind,
    /// Member and value of everything that it is named by; never empty.
    pub(crate) ids: Vec<(&'static str, String)>,
    /// Ids of what it lies in or was made of.
    pub(crate) parents: Vec<String>,
    /// Keys and values of its tags.
    pub(crate) tags: Vec<(String, String)>,
    /// Its members.
    pub(crate) value: Value,
}

impl Thing {
    /// `None` if nothing names it: then nothing can be done about it either.
    pub(crate) fn new(kind: &'static Kind, value: Value) -> Option<Thing> {
        let text = |member: &str| value.get(member)?.as_str().filter(|id| !id.is_empty());
        let ids: Vec<_> = kind
            .ids
            .iter()
            .filter_map(|member| Some((*member, text(member)?.to_owned())))
            .collect();
        if ids.is_empty() {
            return None;
        }
        let told = kind.told.and_then(text).unwrap_or_default();
        let is_id =
            |word: &&str| word.contains('-') && word.ends_with(|c: char| c.is_ascii_hexdigit());
        let told = told.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').filter(is_id);
        let parents = kind.parents.iter().flat_map(|(path, _)| texts(path, &value));
        let parents = parents.chain(told.map(str::to_owned)).collect();
        let tags = ["Tags", "TagSet"].iter().filter_map(|member| value.get(member)?.as_array());
        let tags = tags.flatten().filter_map(|tag| {
            let text = |member: &str| tag.get(member).and_then(Value::as_str);
            Some((text("Key")?.to_owned(), text("Value").unwrap_or_default().to_owned()))
        });
        let tags = tags.collect();
        Some(Thing { kind, ids, parents, tags, value })
    }

    /// What it is called in what people read.
    pub(crate) fn id(&self) -> &str {
        &self.ids[0].1
    }

    /// Whether one of its names is this.
    pub(crate) fn is(&self, id: &str) -> bool {
        self.ids.iter().any(|(_, known)| known == id)
    }

    fn state(&self) -> Option<String> {
        let (path, _) = self.kind.gone?;
        Some(find(path, &self.value).as_str()?.to_ascii_lowercase())
    }

    /// Whether it is listed only because it was there until a short while ago.
    pub(crate) fn is_gone(&self) -> bool {
        let gone = |state: String| self.kind.gone.is_some_and(|(_, all)| all.contains(&&*state));
        self.state().is_some_and(gone)
    }

    /// Whether it is being removed.
    pub(crate) fn is_going(&self) -> bool {
        self.state().is_some_and(|state| self.kind.going.contains(&&*state))
    }

    /// Whether it goes with its parent, and is removed by nothing else.
    pub(crate) fn belongs(&self) -> bool {
        self.kind.belongs.is_some_and(|path| holds(path, &self.value))
    }

    /// Whether it is in use.
    pub(crate) fn is_used(&self) -> bool {
        self.kind.used.is_some_and(|path| holds(path, &self.value))
    }

    /// Whether it is what a cloud gives everybody, as the default VPC.
    pub(crate) fn is_default(&self) -> bool {
        ["IsDefault", "DefaultForAz"]
            .iter()
            .any(|member| self.value.get(member) == Some(&true.into()))
    }

    /// The names that its maker chose.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.kind.names.iter().filter_map(|member| self.value.get(member)?.as_str())
    }

    /// When it was made, if the endpoint says it.
    pub(crate) fn made_at(&self) -> Option<Timestamp> {
        self.value.get(self.kind.made_at?)?.as_str()?.parse().ok()
    }

    /// Whether any text in it is this.
    pub(crate) fn mentions(&self, id: &str) -> bool {
        mentions(&self.value, id)
    }
}

/// Whether any text in a value is this.
pub(super) fn mentions(value: &Value, id: &str) -> bool {
    match value {
        Value::String(text) => text == id,
        Value::Array(items) => items.iter().any(|item| mentions(item, id)),
        Value::Object(map) => map.values().any(|value| mentions(value, id)),
        _ => false,
    }
}
