//! What is wrong with the tests of a guideline.

use std::collections::BTreeMap;

use super::check::Against;
use super::document::{Flag, Guideline, Test};
use super::places::Places;
use super::{names, refstack};
use crate::case::Case;
use crate::syntax::Diagnostic;

/// Where a test stands: its capability and its name.
type At<'g> = (&'g str, &'g str);

pub(super) fn check(
    guideline: &Guideline,
    places: &Places<'_>,
    against: Option<Against<'_>>,
) -> Vec<Diagnostic> {
    let mut check = Check { places, found: Vec::new() };
    let mut uuids: BTreeMap<String, At<'_>> = BTreeMap::new();
    let mut called: BTreeMap<Vec<u32>, At<'_>> = BTreeMap::new();
    let cases: Option<BTreeMap<&str, &Case>> = against
        .map(|against| against.suite.cases.iter().map(|case| (case.id.as_str(), case)).collect());
    for (capability, name, test) in guideline.tests() {
        let at = (capability, name);
        let known = check.uuid(at, test, &mut uuids);
        check.name(at, &mut called);
        if let Some(flag) = &test.flagged {
            check.flag(at, flag);
        }
        if let (Some(against), Some(cases), true) = (against, &cases, known) {
            check.case(at, test, cases, against.strict);
        }
    }
    for (capability, name, test) in guideline.tests() {
        check.aliases((capability, name), test, &mut called);
    }
    check.found
}

struct Check<'c> {
    places: &'c Places<'c>,
    found: Vec<Diagnostic>,
}

impl Check<'_> {
    fn key(&self, (capability, name): At<'_>) -> std::ops::Range<usize> {
        self.places.key(&["capabilities", capability, "tests", name])
    }

    fn value(&self, (capability, name): At<'_>, rest: &[&str]) -> std::ops::Range<usize> {
        let mut path = vec!["capabilities", capability, "tests", name];
        path.extend(rest);
        self.places.value(&path)
    }

    /// Whether the test has an id that can be looked for.
    fn uuid<'g>(&mut self, at: At<'g>, test: &Test, seen: &mut BTreeMap<String, At<'g>>) -> bool {
        let id = &test.idempotent_id;
        let place = self.value(at, &["idempotent_id"]);
        if uuid::Uuid::try_parse(test.uuid()).is_err() || test.uuid().len() != 36 {
            let mistake = Diagnostic::error(format!("{id:?} is no id of a test"));
            let mistake = mistake.at(place, "no UUID").help("`id-` and the UUID of the case");
            self.found.push(mistake);
            return false;
        }
        if !id.starts_with("id-") {
            let mistake = Diagnostic::error("the id does not begin with `id-`")
                .at(place.clone(), "the UUID alone")
                .help(format!("write \"id-{id}\": lists of tests show it in brackets as it is"));
            self.found.push(mistake);
        } else if id.bytes().any(|b| b.is_ascii_uppercase()) {
            let warning = Diagnostic::warning("UUIDs are written in lower case");
            self.found.push(warning.at(place.clone(), "upper case"));
        }
        if let Some(first) = seen.insert(test.uuid().to_ascii_lowercase(), at) {
            let mistake = Diagnostic::error(format!("two tests have the id {id}"))
                .at(place, "the second")
                .also(self.value(first, &["idempotent_id"]), "the first");
            let help = if first.1 == at.1 {
                "a test is in one capability: counted in two, one failure would be two"
            } else {
                "former names of one test are its `aliases`"
            };
            self.found.push(mistake.help(help));
        }
        true
    }

    fn name<'g>(&mut self, at: At<'g>, called: &mut BTreeMap<Vec<u32>, At<'g>>) {
        let place = self.key(at);
        if let Some(mistake) = unusable(at.1) {
            self.found.push(mistake.at(place.clone(), "this name"));
        }
        if let Some(first) = called.insert(refstack::comparable(at.1), at) {
            let mistake = if first.1 == at.1 {
                Diagnostic::error(format!("`{}` is in two capabilities", at.1))
                    .help("a test is in one capability: counted in two, one failure would be two")
            } else {
                Diagnostic::error(format!("`{}` and `{}` are the same to RefStack", first.1, at.1))
                    .help("its database compares names without case; call one of them otherwise")
            };
            let mistake = mistake.at(place, "the second").also(self.key(first), "the first");
            self.found.push(mistake);
        }
    }

    fn aliases<'g>(&mut self, at: At<'g>, test: &'g Test, called: &mut BTreeMap<Vec<u32>, At<'g>>) {
        let (capability, name) = at;
        let path = ["capabilities", capability, "tests", name, "aliases"];
        for alias in &test.aliases {
            let place = self.places.item(&path, alias);
            if let Some(mistake) = unusable(alias) {
                self.found.push(mistake.at(place.clone(), "this name"));
            }
            match called.insert(refstack::comparable(alias), at) {
                None => {}
                Some(first) if first == at => {
                    let warning = Diagnostic::warning(format!("`{alias}` stands twice"));
                    self.found.push(warning.at(place, "the test has this name already"));
                }
                Some(first) => {
                    let mistake = Diagnostic::error(format!("two tests are called `{alias}`"))
                        .at(place, "an alias of this one")
                        .also(self.key(first), "and of this one, or its name")
                        .help("one result of that name would count for both");
                    self.found.push(mistake);
                }
            }
        }
    }

    fn flag(&mut self, at: At<'_>, flag: &Flag) {
        if flag.date.parse::<jiff::civil::Date>().is_err() || flag.date.len() != 10 {
            let mistake = Diagnostic::error(format!("{:?} is no date", flag.date));
            let place = self.value(at, &["flagged", "date"]);
            self.found.push(mistake.at(place, "`YYYY-MM-DD` is meant"));
        }
        let place = self.value(at, &["flagged", "reason"]);
        match code(&flag.reason) {
            Some(code) if CODES.iter().any(|(known, _)| *known == code) => {}
            Some(code) => {
                let known = CODES.map(|(code, means)| format!("{code}: {means}")).join("; ");
                let mistake = Diagnostic::error(format!("there is no flag {code}"));
                self.found.push(mistake.at(place, "not known").help(known));
            }
            None => {
                let mistake = Diagnostic::error("the reason of a flag begins with its code")
                    .at(place, "no code, or nothing behind it")
                    .help("`[D404] Known good endpoints answer differently.`");
                self.found.push(mistake);
            }
        }
        if flag.action.trim().is_empty() {
            let place = self.value(at, &["flagged", "action"]);
            let mistake = Diagnostic::error("a flag says what will be done about it");
            self.found.push(mistake.at(place, "empty"));
        }
    }

    fn case(&mut self, at: At<'_>, test: &Test, cases: &BTreeMap<&str, &Case>, strict: bool) {
        let finding = if strict { Diagnostic::error } else { Diagnostic::warning };
        let Some(case) = cases.get(test.uuid().to_ascii_lowercase().as_str()) else {
            let place = self.value(at, &["idempotent_id"]);
            let named = cases.values().find(|case| names::test_name(&case.name) == at.1);
            let finding = finding(format!("the suite has no case {}", test.uuid()))
                .at(place, "no run of it passes this");
            self.found.push(match named {
                Some(case) => finding.help(format!("the case of this name is {}", case.id)),
                None => finding.help("a guideline for another suite, or the case was removed"),
            });
            return;
        };
        let name = names::test_name(&case.name);
        if name != at.1 {
            let warning = Diagnostic::warning(format!("this case is called `{name}` now"))
                .at(self.key(at), "the name in the guideline");
            self.found.push(warning.help("make the guideline anew; keep the old name as an alias"));
        }
    }
}

/// Why RefStack, or its client, cannot use a name.
fn unusable(name: &str) -> Option<Diagnostic> {
    if name.is_empty() {
        return Some(Diagnostic::error("a test has a name"));
    }
    if name.chars().count() > refstack::LONGEST_NAME {
        return Some(Diagnostic::error("RefStack takes names of 512 characters at most"));
    }
    if !name.chars().all(refstack::storable) {
        return Some(Diagnostic::error("RefStack takes no such characters in a name"));
    }
    name.contains(['[', ']']).then(|| {
        Diagnostic::error("a name has no brackets")
            .help("RefStack's client cuts off what stands in brackets, where the id is shown")
    })
}

/// Why a test may be flagged: the codes of the Interop working group.
const CODES: [(&str, &str); 7] = [
    ("D400", "its capability does not meet the criteria"),
    ("D401", "the test has a bug"),
    ("D402", "the code that provides the capability has a bug"),
    ("D403", "it tests capabilities that are not required as well"),
    ("D404", "none of the others fits"),
    ("D405", "it reflects a choice that is not widely deployed"),
    ("D406", "it was removed from the suite"),
];

/// The code of a reason that has a text behind it: `[D404] Because.` (The published schema asks for
/// the code without brackets, and no published guideline writes it so.)
fn code(reason: &str) -> Option<&str> {
    let (code, text) = reason.strip_prefix('[')?.split_once("] ")?;
    let digits = code.strip_prefix('D')?;
    let is_code = digits.len() == 3 && digits.bytes().all(|b| b.is_ascii_digit());
    (is_code && !text.trim().is_empty()).then_some(code)
}
