//! `parallax explain`.

use clap::Args;

use super::exit::{Done, Exit, Failed};
use super::out::say;
use crate::judge::{RULES, rule};
use crate::model::suggest;

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// The rule's id, as reports show it; all are listed if none is given
    #[arg(value_name = "RULE")]
    rule: Option<String>,
}

pub(super) fn run(args: &ExplainArgs) -> Done {
    let Some(id) = &args.rule else {
        for rule in RULES {
            say!("{:24} {:9} {}", rule.id, severity(rule.severity), rule.title);
        }
        return Ok(Exit::Ok);
    };
    let Some(rule) = rule(id) else {
        let close = suggest(id, RULES.iter().map(|r| r.id));
        let hint = close.map(|c| format!("; did you mean `{c}`?")).unwrap_or_default();
        return Err(Failed::usage(format!("there is no rule `{id}`{hint}")));
    };
    say!("{}: {}", rule.id, rule.title);
    say!("\nSeverity  {}", severity(rule.severity));
    say!("Impact    {}", rule.impact);
    say!("Fix       {}", rule.fix);
    say!("See       {}", rule.reference);
    Ok(Exit::Ok)
}

fn severity(severity: crate::judge::Severity) -> String {
    format!("{severity:?}").to_lowercase()
}
