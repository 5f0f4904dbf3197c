//! What was tried and found, counted and shown.

use std::collections::BTreeMap;

use parallax::judge::{Finding, Layer, Severity};
use serde_json::{Value, json};

use super::operator::{Expect, Operator, word};

/// One change, and what was found of it.
pub struct Trial {
    /// The operator's number.
    pub operator: usize,
    /// `Action.path`, or the case and step.
    pub at: String,
    /// What has to be found.
    pub expect: Expect,
    /// The findings that it brought.
    pub found: Vec<Finding>,
    /// The recording that was changed.
    pub source: String,
    /// The layer whose findings count; any if there is none.
    pub judged_by: Option<Layer>,
}

impl Trial {
    fn gravest(&self) -> Option<Severity> {
        self.counting().map(|f| f.severity).min()
    }

    fn counting(&self) -> impl Iterator<Item = &Finding> {
        self.found.iter().filter(|f| self.judged_by.is_none_or(|layer| f.layer == layer))
    }

    fn is_missed(&self) -> bool {
        self.counting().next().is_none()
    }

    fn is_noticeable(&self) -> bool {
        self.expect != Expect::Unnoticeable
    }

    fn is_right(&self) -> bool {
        self.expect.holds(self.gravest())
    }

    fn found_by(&self, layer: Layer) -> bool {
        self.found.iter().any(|f| f.layer == layer)
    }
}

/// All trials of one part of the benchmark.
pub struct Tally {
    trials: Vec<Trial>,
    possible: u64,
}

#[derive(Default)]
struct Row {
    tried: u32,
    noticeable: u32,
    layers: [u32; 4],
    any: u32,
    right: u32,
    missed: u32,
    wrong: u32,
}

impl Row {
    fn add(&mut self, trial: &Trial) {
        self.tried += 1;
        if !trial.is_noticeable() {
            return;
        }
        self.noticeable += 1;
        let layers = [Layer::Client, Layer::Model, Layer::Shape, Layer::Baseline];
        for (count, layer) in self.layers.iter_mut().zip(layers) {
            *count += u32::from(trial.found_by(layer));
        }
        self.any += u32::from(!trial.found.is_empty());
        self.right += u32::from(trial.is_right());
        self.missed += u32::from(trial.is_missed());
        self.wrong += u32::from(!trial.is_missed() && !trial.is_right());
    }

    fn line(&self, name: &str) -> String {
        let [client, model, shape, baseline] = self.layers;
        let right = match self.noticeable {
            0 => "–".to_owned(),
            _ => format!("{:.1} %", percent(self.right, self.noticeable)),
        };
        format!(
            "{name:22} {:>7} {:>7} {client:>7} {model:>7} {shape:>7} {baseline:>8} {:>7} {:>7} {:>8} {:>7} {:>7}",
            self.tried, self.noticeable, self.any, self.right, right, self.missed, self.wrong
        )
    }
}

/// Hundredths.
pub fn percent(part: u32, whole: u32) -> f64 {
    100.0 * f64::from(part) / f64::from(whole.max(1))
}

impl Tally {
    /// Of these trials, chosen from so many possible ones.
    pub fn new(trials: Vec<Trial>, possible: u64) -> Tally {
        Tally { trials, possible }
    }

    /// Noticeable changes that were found at the right severity, and all noticeable ones.
    pub fn score(&self) -> (u32, u32) {
        let mut all = Row::default();
        self.trials.iter().for_each(|trial| all.add(trial));
        (all.right, all.noticeable)
    }

    /// Prints the table.
    pub fn print(&self, operators: &[Operator]) {
        println!(
            "{:22} {:>7} {:>7} {:>7} {:>7} {:>7} {:>8} {:>7} {:>7} {:>8} {:>7} {:>7}",
            "operator",
            "tried",
            "notice",
            "client",
            "model",
            "shape",
            "baseline",
            "any",
            "right",
            "",
            "missed",
            "graded"
        );
        let mut all = Row::default();
        let mut shares = Vec::new();
        for (n, operator) in operators.iter().enumerate() {
            let mut row = Row::default();
            for trial in self.trials.iter().filter(|trial| trial.operator == n) {
                row.add(trial);
                all.add(trial);
            }
            if row.noticeable > 0 {
                shares.push(percent(row.right, row.noticeable));
            }
            if row.tried > 0 {
                println!("{}", row.line(operator.name));
            }
        }
        println!("{}", all.line("all"));
        // Many changes of one kind must not hide that another kind is not found at all.
        println!(
            "mean over operators: {:.1} %",
            shares.iter().sum::<f64>()
                / f64::from(u32::try_from(shares.len().max(1)).unwrap_or(u32::MAX))
        );
        println!("tried {} of {} possible changes", self.trials.len(), self.possible);
    }

    /// Prints what was not found, or not at the right severity, the most frequent first.
    pub fn print_misses(&self, operators: &[Operator], most: usize) {
        let groups = self.misses(operators);
        if groups.is_empty() {
            return;
        }
        println!(
            "\nnot found, or at another severity ({} kinds; times, operator, expected, found):",
            groups.len()
        );
        for (group, trials) in groups.iter().take(most) {
            println!("{:>5}  {group}   e.g. {}", trials.len(), examples(trials));
        }
        if groups.len() > most {
            println!("       … and {} kinds more: --verbose or --json FILE", groups.len() - most);
        }
    }

    /// Wrong trials by operator, what was expected and what was found.
    fn misses(&self, operators: &[Operator]) -> Vec<(String, Vec<&Trial>)> {
        let mut groups: BTreeMap<String, Vec<&Trial>> = BTreeMap::new();
        for trial in self.trials.iter().filter(|t| t.is_noticeable() && !t.is_right()) {
            let key =
                format!("{}: {} → {}", operators[trial.operator].name, trial.expect, rules(trial));
            groups.entry(key).or_default().push(trial);
        }
        let mut groups: Vec<_> = groups.into_iter().collect();
        groups.sort_by_key(|(_, trials)| std::cmp::Reverse(trials.len()));
        groups
    }

    /// Everything that was not found or not at the right severity, and the paths that no client can
    /// tell anything of.
    pub fn to_json(&self, operators: &[Operator]) -> Value {
        let misses: Vec<Value> = self
            .trials
            .iter()
            .filter(|trial| trial.is_noticeable() && !trial.is_right())
            .map(|trial| {
                json!({
                    "operator": operators[trial.operator].name,
                    "notices": operators[trial.operator].notices,
                    "at": trial.at,
                    "expected": trial.expect.to_string(),
                    "found": trial.found.iter().map(|f| json!({
                        "rule": f.rule, "severity": f.severity, "path": f.path, "message": f.message,
                    })).collect::<Vec<_>>(),
                    "source": trial.source,
                })
            })
            .collect();
        let mut unnoticeable: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for trial in self.trials.iter().filter(|trial| !trial.is_noticeable()) {
            let places = unnoticeable.entry(operators[trial.operator].name).or_default();
            if places.last() != Some(&trial.at.as_str()) {
                places.push(&trial.at);
            }
        }
        for places in unnoticeable.values_mut() {
            places.sort_unstable();
            places.dedup();
        }
        let (right, noticeable) = self.score();
        json!({
            "possible": self.possible, "tried": self.trials.len(),
            "noticeable": noticeable, "right": right,
            "misses": misses, "not noticeable": unnoticeable,
        })
    }
}

/// What was found, in the rules' names.
fn rules(trial: &Trial) -> String {
    let mut found: Vec<String> =
        trial.found.iter().map(|f| format!("{} {}", word(f.severity), f.rule)).collect();
    found.sort();
    found.dedup();
    if found.is_empty() { "nothing".to_owned() } else { found.join(", ") }
}

fn examples(trials: &[&Trial]) -> String {
    let mut places: Vec<&str> = trials.iter().map(|trial| trial.at.as_str()).collect();
    places.dedup();
    let more = if places.len() > 3 { ", …" } else { "" };
    places.truncate(3);
    places.join(", ") + more
}
