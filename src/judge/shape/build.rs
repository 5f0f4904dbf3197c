//! Computes profiles from recordings of real AWS.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde_json::{Map, Value};

use super::evidence::{About, Known};
use super::{PathStats, Profile, Since, SourceStats};
use crate::judge::Form;
use crate::model::{Model, ShapeId, ShapeKind};

/// Builds a profile for each action of which these recordings hold a success that counts.
pub fn build<'k>(known: impl IntoIterator<Item = &'k Known>, about: &About) -> Vec<Profile> {
    let mut builders: BTreeMap<&str, Builder<'k>> = BTreeMap::new();
    for one in known.into_iter().filter(|one| one.left_out.is_none()) {
        if let Some(members) = one.members() {
            builders.entry(&one.action).or_default().add(one, &members);
        }
    }
    builders.into_iter().map(|(action, builder)| builder.finish(action, about)).collect()
}

#[derive(Default)]
struct Builder<'k> {
    responses: u32,
    units: BTreeSet<&'k str>,
    sources: BTreeMap<&'k str, Source<'k>>,
    paths: BTreeMap<String, Counted<'k>>,
}

#[derive(Default)]
struct Source<'k> {
    responses: u32,
    units: BTreeSet<&'k str>,
    dated: BTreeSet<&'k str>,
    exact: bool,
    dates: Option<(Date, Date)>,
}

#[derive(Default)]
struct Counted<'k> {
    stats: PathStats,
    units: BTreeMap<&'k str, InUnit>,
    lacking: BTreeSet<&'k str>,
    years: Option<(i16, i16)>,
    /// Texts without a form of their own, until it is known which form the others have.
    plain: BTreeMap<String, u32>,
}

/// What one recording says of a path.
#[derive(Default)]
struct InUnit {
    structures: u32,
    present: u32,
    year: Option<i16>,
}

/// The recording that is being counted.
#[derive(Clone, Copy)]
struct From<'k> {
    unit: &'k str,
    year: Option<i16>,
    has_values: bool,
}

impl<'k> Builder<'k> {
    fn add(&mut self, one: &'k Known, members: &Value) {
        let unit = one.recording.unit();
        self.responses += 1;
        self.units.insert(unit);
        let source = self.sources.entry(one.recording.project()).or_default();
        source.responses += 1;
        source.units.insert(unit);
        source.exact = one.recording.date.is_some();
        if let Some(date) = one.date {
            source.dated.insert(unit);
            source.dates = Some(spread(source.dates, date));
        }
        let year = one.date.map(Date::year);
        let from = From { unit, year, has_values: one.has_values() };
        let shape = Model::ec2().action(&one.action).and_then(|action| action.output);
        if let (Some(shape), Value::Object(map)) = (shape, members) {
            self.structure(shape, "", map, from);
        }
    }

    fn structure(&mut self, shape: ShapeId, path: &str, map: &Map<String, Value>, from: From<'k>) {
        let ShapeKind::Structure(structure) = &Model::ec2().shape(shape).kind else { return };
        for member in &structure.members {
            let child = if path.is_empty() {
                member.name.clone()
            } else {
                format!("{path}.{}", member.name)
            };
            let value = map.get(&member.name).filter(|v| !v.is_null());
            self.count(&child, from, value.is_some());
            if let Some(value) = value {
                self.value(member.shape, &child, value, from);
            }
        }
    }

    fn count(&mut self, path: &str, from: From<'k>, is_present: bool) {
        if !self.paths.contains_key(path) {
            self.paths.insert(path.to_owned(), Counted::default());
        }
        let Some(counted) = self.paths.get_mut(path) else { return };
        counted.stats.parents += 1;
        counted.stats.present += u32::from(is_present);
        let of_unit = counted.units.entry(from.unit).or_default();
        of_unit.structures += 1;
        of_unit.present += u32::from(is_present);
        of_unit.year = from.year;
        if !is_present {
            counted.lacking.insert(from.unit);
        }
        if let Some(year) = from.year {
            counted.years = Some(spread(counted.years, year));
        }
    }

    fn value(&mut self, shape: ShapeId, path: &str, value: &Value, from: From<'k>) {
        let kind = &Model::ec2().shape(shape).kind;
        if let Some(counted) = self.paths.get_mut(path) {
            counted.value(kind, value, from.has_values);
        }
        match (kind, value) {
            (ShapeKind::Structure(_), Value::Object(map)) => {
                self.structure(shape, path, map, from);
            }
            (ShapeKind::List(list), Value::Array(items)) => {
                let path = format!("{path}[]");
                let of_structures =
                    matches!(Model::ec2().shape(list.item).kind, ShapeKind::Structure(_));
                for item in items {
                    // How often an item is there is not worth counting; what it is, is.
                    if !of_structures {
                        self.count(&path, from, true);
                    }
                    self.value(list.item, &path, item, from);
                }
            }
            _ => {}
        }
    }

    fn finish(self, action: &str, about: &About) -> Profile {
        let paths = self
            .paths
            .into_iter()
            .filter(|(_, counted)| counted.stats.present > 0)
            .map(|(path, counted)| (path, counted.finish()))
            .collect();
        let sources = self
            .sources
            .into_iter()
            .map(|(project, source)| (project.to_owned(), source.finish(project, about)))
            .collect();
        let recordings = count(self.units.len());
        Profile::new(action.to_owned(), self.responses, recordings, sources, paths)
    }
}

impl Source<'_> {
    fn finish(self, project: &str, about: &About) -> SourceStats {
        let known = about.project(project);
        let (from, newest) = self.dates.unzip();
        // What does not say when it was recorded was recorded before the repository was read.
        let to = if self.exact { newest } else { known.map(|project| project.state) };
        SourceStats {
            responses: self.responses,
            recordings: count(self.units.len()),
            dated: count(self.dated.len()),
            from: from.map(|date| date.to_string()),
            to: to.map(|date| date.to_string()),
            exact: self.exact,
            url: known.map(|project| project.url.clone()).unwrap_or_default(),
        }
    }
}

impl Counted<'_> {
    fn value(&mut self, kind: &ShapeKind, value: &Value, has_values: bool) {
        let name = match value {
            Value::Null => return,
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::String(_) => "text",
            Value::Array(_) => "list",
            Value::Object(_) => "structure",
        };
        *self.stats.kinds.entry(name.to_owned()).or_default() += 1;
        match (kind, value) {
            (ShapeKind::List(_), Value::Array(items)) if items.is_empty() => {
                *self.stats.forms.entry(Form::Empty).or_default() += 1;
            }
            (ShapeKind::String(string), Value::String(text)) if has_values => {
                if !text.is_empty() && !string.enum_values.is_empty() {
                    *self.stats.values.entry(text.clone()).or_default() += 1;
                } else if let Some(form) = Form::of(text) {
                    *self.stats.forms.entry(form).or_default() += 1;
                } else {
                    *self.plain.entry(text.clone()).or_default() += 1;
                }
            }
            _ => {}
        }
    }

    /// What the recordings say that are younger than any that is known to lack it; nothing if one of
    /// those has it somewhere, so that it was not added since but depends on something.
    fn since(&self) -> Option<Since> {
        let year = |unit: &&str| self.units.get(*unit).and_then(|of| of.year);
        let year = self.lacking.iter().filter_map(year).max()? + 1;
        let mut since = Since { year, parents: 0, recordings: 0 };
        for (unit, of) in self.units.iter().filter(|(_, of)| of.year.is_some()) {
            if of.year.is_some_and(|of| of >= year) {
                since.parents += of.structures;
                since.recordings += 1;
            } else if of.present > 0 || !self.lacking.contains(unit) {
                return None;
            }
        }
        (since.recordings > 0).then_some(since)
    }

    fn finish(mut self) -> PathStats {
        // Authors who invent ids and accounts keep their beginning: `vpc-1`, `ami-x97`, `123`.
        let mut telling = self.stats.forms.keys().filter(|form| **form != Form::Empty);
        if let (Some(form), None) = (telling.next(), telling.next()) {
            let invented = self.plain.iter().filter(|(text, _)| is_invented(form, text));
            self.stats.invented = invented.map(|(_, n)| n).sum();
        }
        self.stats.recordings = count(self.units.len());
        self.stats.lacking = count(self.lacking.len());
        self.stats.since = self.since();
        self.stats.years = self.years.map(|(first, last)| [first, last]);
        self.stats.plain = self.plain.values().sum::<u32>() - self.stats.invented;
        self.stats
    }
}

/// Whether a text was made up for a value of a form.
fn is_invented(form: &Form, text: &str) -> bool {
    match form {
        Form::Id(prefix) => text.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('-')),
        Form::Account => text.bytes().all(|b| b.is_ascii_digit()),
        _ => false,
    }
}

fn spread<T: Ord + Copy>(so_far: Option<(T, T)>, one: T) -> (T, T) {
    so_far.map_or((one, one), |(least, most)| (least.min(one), most.max(one)))
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(units: &[(&'static str, u32, u32, Option<i16>)]) -> Counted<'static> {
        let mut counted = Counted::default();
        for (unit, structures, present, year) in units {
            let of = InUnit { structures: *structures, present: *present, year: *year };
            counted.units.insert(unit, of);
            if present < structures {
                counted.lacking.insert(unit);
            }
        }
        counted
    }

    #[test]
    fn what_was_added_is_known_by_its_year() {
        let added = counted(&[
            ("a", 2, 0, Some(2015)),
            ("b", 1, 0, Some(2017)),
            ("c", 3, 3, Some(2018)),
            ("d", 4, 4, Some(2020)),
            ("undated", 1, 0, None),
        ]);
        let since = Since { year: 2018, parents: 7, recordings: 2 };
        assert_eq!(added.since(), Some(since));
        // One of the older recordings has it: it depends on something, and was not added.
        let older = counted(&[("a", 2, 1, Some(2015)), ("c", 3, 3, Some(2018))]);
        assert_eq!(older.since(), None);
        let older =
            counted(&[("a", 2, 2, Some(2014)), ("b", 1, 0, Some(2015)), ("c", 3, 3, Some(2018))]);
        assert_eq!(older.since(), None);
        assert_eq!(counted(&[("a", 2, 2, Some(2014))]).since(), None, "always there");
        assert_eq!(counted(&[("a", 2, 0, Some(2014))]).since(), None, "never there");
    }

    #[test]
    fn who_makes_up_a_value_keeps_its_beginning() {
        let id = Form::Id("vpc".to_owned());
        for (form, text, is) in [
            (&id, "vpc-regex001", true),
            (&id, "vpc-", true),
            (&id, "default", false),
            (&id, "vpce-1", false),
            (&Form::Account, "123", true),
            (&Form::Account, "amazon-elb", false),
            (&Form::Ipv4, "10", false),
        ] {
            assert_eq!(is_invented(form, text), is, "{text}");
        }
    }
}
