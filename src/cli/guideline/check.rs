//! `parallax guideline check`.

use clap::{Args, ValueEnum};

use super::file;
use crate::cli::args::{SuiteArgs, plural, show_mistakes};
use crate::cli::exit::{Done, Exit, Failed};
use crate::cli::out::say;
use crate::guideline::{Against, check};
use crate::syntax::Diagnostics;

/// Arguments of `guideline check`.
#[derive(Debug, Args)]
#[command(after_help = "\
The published schema of guidelines lets most mistakes pass. This finds, each with its place and what to do:
keys that are not known (`flag` for `flagged`), duplicate ids, names and aliases, capabilities and criteria
that are not there, tests in two capabilities, ids, dates and flags of a wrong form, platforms without
capabilities, names that RefStack cannot take, and tests that the suite does not have.")]
pub(super) struct CheckArgs {
    /// Guidelines: files, or names of those that come with the program [default: the newest of these]
    #[arg(value_name = "GUIDELINE")]
    guidelines: Vec<String>,
    /// What a test is that the suite does not have
    #[arg(long, value_name = "WHAT", default_value = "warn")]
    suite: SuiteCheck,
    /// Fail on warnings too
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    cases: SuiteArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SuiteCheck {
    /// Not looked at: for guidelines of other suites
    Ignore,
    /// A warning
    Warn,
    /// A mistake
    Strict,
}

pub(super) fn run(args: &CheckArgs) -> Done {
    let suite = match args.suite {
        SuiteCheck::Ignore => None,
        _ => Some(args.cases.suite()?),
    };
    let strict = args.suite == SuiteCheck::Strict;
    let named: Vec<Option<&str>> = match args.guidelines.as_slice() {
        [] => vec![None],
        some => some.iter().map(|name| Some(name.as_str())).collect(),
    };
    let mut found = Diagnostics::default();
    for name in &named {
        let file = file::source(*name)?;
        let against = suite.as_ref().map(|suite| Against { suite, strict });
        let of_file = check(&file.text, against);
        found.add(file, of_file);
    }
    show_mistakes(&found);
    let warnings = found.iter().filter(|(_, _, found)| found.is_warning()).count();
    let mistakes = found.len() - warnings;
    let warned = plural(warnings, "warning");
    if mistakes > 0 {
        return Err(Failed::usage(format!("{}, {warned}", plural(mistakes, "mistake"))));
    }
    if warnings > 0 && args.strict {
        return Err(Failed::usage(warned));
    }
    let guidelines = plural(named.len(), "guideline");
    match warnings {
        0 => say!("{guidelines} without a mistake"),
        _ => say!("{guidelines} without a mistake, {warned}"),
    }
    Ok(Exit::Ok)
}
