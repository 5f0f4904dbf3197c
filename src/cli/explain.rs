//! `parallax explain`.

use clap::Args;

use super::exit::{Done, Exit, Failed};
use super::explain_code;
use super::out::say;
use crate::judge::{RULES, rule};
use crate::model::suggest;

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// The rule's id, as reports show it, or an error code of AWS; all rules are listed if none is
    /// given
    #[arg(value_name = "RULE|CODE")]
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
        let Err(code) = explain_code::explain(id) else { return Ok(Exit::Ok) };
        let close = suggest(id, RULES.iter().map(|r| r.id)).map(str::to_owned).or(code);
        let hint = close.map(|c| format!("; did you mean `{c}`?")).unwrap_or_default();
        return Err(Failed::usage(format!("there is no rule or error code `{id}`{hint}")));
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
