//! Coverage to be read: as text on a terminal, and as the Markdown of `cases/README.md`.

use std::fmt::Write as _;

use super::{Coverage, Share, TestCoverage};

impl Coverage {
    /// Tables for a terminal.
    pub fn text(&self) -> String {
        let mut out = String::new();
        let mut line = |text: String| {
            let _ = writeln!(out, "{}", text.trim_end());
        };
        line(format!(
            "{:28} {:>6} {:>8} {:>8} {:>8} {:>7} {:>10}",
            "capability", "cases", "actions", "members", "filters", "codes", "incumbent"
        ));
        for group in &self.groups {
            line(format!(
                "{:28} {:>6} {:>8} {:>8} {:>8} {:>7} {:>10}",
                group.capability,
                group.cases,
                group.actions,
                group.members,
                group.filters,
                group.error_codes,
                group.incumbent
            ));
        }
        line(format!("\n{} cases in {} files exercise", self.cases, self.files));
        let incumbent = &self.incumbent;
        for (what, share, beside) in [
            ("actions", &self.actions, format!("{} calls {}", incumbent.suite, incumbent.actions)),
            ("  of the service's", &self.service_actions, incumbent.service.clone()),
            ("input members", &self.members, "of the actions exercised".to_owned()),
            ("filters", &self.filters, "documented for the actions exercised".to_owned()),
            (
                "error codes",
                &self.error_codes,
                format!("{} asserts {}", incumbent.suite, incumbent.error_codes),
            ),
        ] {
            line(format!(
                "  {what:20} {:>6} of {:>6}  {:>6}  {beside}",
                share.exercised,
                share.model,
                percent(share.exercised, share.model)
            ));
        }
        for (what, covered, all) in [
            ("incumbent's tests", incumbent.covered, incumbent.tests),
            ("  with hidden checks", incumbent.hidden_covered, incumbent.hidden),
            ("  by what the API shows", incumbent.in_guest, incumbent.covered),
        ] {
            line(format!("  {what:23} {covered:>3} of {all:>6}  {:>6}", percent(covered, all)));
        }
        out
    }

    /// What is not exercised, one thing a line.
    pub fn missing(&self) -> String {
        let mut out = String::new();
        let mut list = |title: &str, items: &[String]| {
            if !items.is_empty() {
                let _ = writeln!(out, "{title}:");
                items.iter().for_each(|item| {
                    let _ = writeln!(out, "    {item}");
                });
            }
        };
        let of = |share: &Share| share.missing.clone();
        let not_covered = |test: &&TestCoverage| test.cases.is_empty();
        let tests = self.incumbent.by_test.iter().filter(not_covered);
        let tests: Vec<String> = tests.map(|t| format!("{}[id-{}]", t.name, t.id)).collect();
        list("Actions of the service that no case calls", &of(&self.service_actions));
        list("Tests of the incumbent that no case names", &tests);
        list("Filters that no case asks with", &of(&self.filters));
        list("Error codes that no baseline expects", &of(&self.error_codes));
        list("Input members that no case sends", &of(&self.members));
        out
    }

    /// The part of `cases/README.md` that says which case covers which test.
    pub fn markdown(&self) -> String {
        let mut out = String::new();
        let incumbent = &self.incumbent;
        let _ = writeln!(
            out,
            "{} cases in {} files: {} of EC2's {} actions ({} of the {} of {}), {} input members, \
             {} filters, {} error codes.\n",
            self.cases,
            self.files,
            self.actions.exercised,
            self.actions.model,
            self.service_actions.exercised,
            self.service_actions.model,
            incumbent.service,
            self.members.exercised,
            self.filters.exercised,
            self.error_codes.exercised
        );
        let _ = writeln!(
            out,
            "{} of the {} tests of {} are covered, {} of them by what the API shows of what they \
             check inside a machine (marked ¹); of {} tests a part runs there only with \
             `run_incompatible_tests`: {} of these are judged here in the open.\n",
            incumbent.covered,
            incumbent.tests,
            incumbent.suite,
            incumbent.in_guest,
            incumbent.hidden,
            incumbent.hidden_covered
        );
        let _ = writeln!(out, "| test | hidden there | cases |\n|---|---|---|");
        for test in &incumbent.by_test {
            let name = test.name.split_once('.').map_or(test.name.as_str(), |(_, rest)| rest);
            let hidden: Vec<String> = test.hidden.iter().map(|text| cell(text)).collect();
            let _ = writeln!(
                out,
                "| {name}{} | {} | {} |",
                if test.in_guest { " ¹" } else { "" },
                hidden.join("; "),
                if test.cases.is_empty() { "—".to_owned() } else { families(&test.cases) }
            );
        }
        out
    }
}

/// Cases by their files, with the number of rows.
fn families(cases: &[String]) -> String {
    let mut files: Vec<(&str, usize)> = Vec::new();
    for case in cases {
        let file = case.split('[').next().unwrap_or(case);
        match files.iter_mut().find(|(known, _)| *known == file) {
            Some((_, rows)) => *rows += 1,
            None => files.push((file, 1)),
        }
    }
    let shown: Vec<String> = files
        .iter()
        .map(|(file, rows)| if *rows > 1 { format!("{file} ({rows})") } else { (*file).to_owned() })
        .collect();
    shown.join(", ")
}

/// Text that does not end the cell of a table.
fn cell(text: &str) -> String {
    format!("`{}`", text.replace('|', "\\|").replace('`', "'"))
}

fn percent(part: usize, all: usize) -> String {
    if all == 0 {
        return String::new();
    }
    // Counts of a suite are far below the precision of a double.
    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    let percent = part as f64 * 100.0 / all as f64;
    format!("{percent:.1} %")
}
