//! A plan as a compact table for people.

use std::fmt::{self, Display, Formatter};

use super::quotas::Need;
use super::total::{Plan, Price, Resource};

/// Characters of a line of calls.
const WIDTH: usize = 96;

impl Display for Plan {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let cases = plural(self.cases as u64, "case");
        let samples = plural(self.samples.into(), "sample");
        let regions = plural(self.regions.into(), "Region");
        writeln!(f, "{cases}, {samples} of each in {regions}, {} at once", self.jobs)?;
        for skipped in &self.skipped {
            writeln!(f, "  skipped: {}: {}", skipped.case, skipped.why)?;
        }
        writeln!(f)?;
        self.resources(f)?;
        self.calls(f)?;
        self.needs(f)?;
        writeln!(f, "{}", self.price)?;
        writeln!(f, "This assumes:")?;
        for assumption in &self.assumptions {
            writeln!(f, "- {assumption}")?;
        }
        Ok(())
    }
}

impl Plan {
    fn resources(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.resources.is_empty() {
            return writeln!(f, "Nothing is made.\n");
        }
        let width = self.resources.iter().map(|r| r.what.chars().count()).max().unwrap_or(0);
        writeln!(f, "{:width$}  {:>7}  {:>12}  {:>10}", "Makes", "number", "each lives", "costs")?;
        for Resource { what, count, longest_seconds, usd, .. } in &self.resources {
            let life = longest_seconds.map_or_else(|| "may stay".to_owned(), lasts);
            let cost = usd.map_or_else(|| "not known".to_owned(), money);
            writeln!(f, "{what:width$}  {:>7}  {life:>12}  {cost:>10}", thousands(*count))?;
        }
        writeln!(f)
    }

    fn calls(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let calls = &self.calls;
        writeln!(
            f,
            "Calls, at most: {} that read (polls to their last look), {} that change (undos that keep \
             failing); each is sent up to {} times",
            thousands(calls.reading),
            thousands(calls.changing),
            calls.attempts
        )?;
        let mut by_action: Vec<(&String, &u64)> = calls.by_action.iter().collect();
        by_action.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        let mut line = String::from(" ");
        for (action, count) in by_action {
            let item = format!(" {action} {},", thousands(*count));
            if line.len() + item.len() > WIDTH {
                writeln!(f, "{line}")?;
                line = String::from(" ");
            }
            line.push_str(&item);
        }
        writeln!(f, "{}\n", line.trim_end_matches(','))
    }

    fn needs(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.quotas.is_empty() {
            return Ok(());
        }
        let width = self.quotas.iter().map(|q| q.name.chars().count()).max().unwrap_or(0);
        writeln!(
            f,
            "{:width$}  {:>9}  {:>7}",
            "Needs at once, in each Region", "needed", "default"
        )?;
        for need in &self.quotas {
            let Need { name, code, needed, default, unit, note, .. } = need;
            let needed = needed.map_or_else(|| "not known".to_owned(), thousands);
            let more = if need.exceeds_default() { "  too few" } else { "" };
            let unit = unit.as_deref().map(|unit| format!(", {unit}")).unwrap_or_default();
            let note = note.as_deref().map(|note| format!("; {note}")).unwrap_or_default();
            writeln!(f, "{name:width$}  {needed:>9}  {default:>7}  ({code}{unit}{note}){more}")?;
        }
        if self.exceeds_defaults() {
            writeln!(
                f,
                "Look up the account's own quotas in Service Quotas, or run fewer cases at once (--jobs)"
            )?;
        }
        writeln!(f)
    }
}

impl Display for Price {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match (self.at_most, self.at_most_anywhere) {
            (Some(here), Some(anywhere)) => write!(
                f,
                "Price: at most {} by the list prices of {}, {} in any other Region (assumed)",
                money(here),
                self.region,
                money(anywhere)
            ),
            _ => write!(
                f,
                "Price: no upper bound can be given. Not known: {}. All else: at most {} in {}",
                self.unknown.join(", "),
                money(self.known),
                self.region
            ),
        }
    }
}

fn plural(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{} {what}s", thousands(count)) }
}

/// `12,345`.
fn thousands(number: impl Into<u64>) -> String {
    let digits = number.into().to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Up to the next cent, so that an upper bound stays one.
pub(super) fn money(usd: f64) -> String {
    // What binary fractions add is no cent.
    let cents = (usd * 100.0 - 1e-6).ceil();
    format!("${:.2}", if cents > 0.0 { cents / 100.0 } else { 0.0 })
}

/// Up to the next minute.
fn lasts(seconds: u64) -> String {
    let minutes = seconds.div_ceil(60);
    if minutes < 60 {
        format!("{minutes} min")
    } else {
        format!("{} h {} min", minutes / 60, minutes % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_for_people() {
        assert_eq!(thousands(0u64), "0");
        assert_eq!(thousands(999u64), "999");
        assert_eq!(thousands(1_234_567u64), "1,234,567");
        assert_eq!(money(0.0), "$0.00");
        assert_eq!(money(0.1 + 0.2), "$0.30");
        assert_eq!(money(0.001), "$0.01");
        assert_eq!(money(12.341), "$12.35");
        assert_eq!(lasts(61), "2 min");
        assert_eq!(lasts(3661), "1 h 2 min");
    }
}
