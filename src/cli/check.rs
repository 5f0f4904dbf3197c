//! `parallax check`.

use clap::Args;

use super::args::{SuiteArgs, plural, show_mistakes};
use super::exit::{Done, Exit, Failed};
use super::out::say;
use crate::case::{Suite, SuiteError};
use crate::judge::baseline::Baselines;
use crate::judge::errors::ErrorCodes;
use crate::judge::shape::Profiles;
use crate::syntax::Diagnostics;

/// Arguments of `check`.
#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    #[command(flatten)]
    suite: SuiteArgs,
}

pub(super) fn run(args: &CheckArgs) -> Done {
    let mut found = Diagnostics::default();
    let suite = collect(Suite::load(&args.suite.case_assets()), &mut found)?;
    let assets = args.suite.baseline_assets();
    let errors = collect(ErrorCodes::load(&assets), &mut found)?;
    // Without the suite, at least what stands in the baselines themselves is checked.
    let known = errors.unwrap_or_default();
    let both = suite.as_ref().map(|suite| (suite, &known));
    let baselines = collect(Baselines::load(&assets, both), &mut found)?;
    let profiles = collect(Profiles::load(&assets), &mut found)?;
    if !found.is_empty() {
        show_mistakes(&found);
        return Err(Failed::usage(format!("{} found", plural(found.len(), "mistake"))));
    }
    say!(
        "{}, {}, {} and {} are as they should be",
        plural(suite.map_or(0, |s| s.cases.len()), "case"),
        plural(baselines.map_or(0, |b| b.len()), "baseline"),
        plural(profiles.map_or(0, |p| p.len()), "shape profile"),
        plural(known.len(), "error code"),
    );
    Ok(Exit::Ok)
}

fn collect<T>(loaded: Result<T, SuiteError>, found: &mut Diagnostics) -> Result<Option<T>, Failed> {
    match loaded {
        Ok(value) => Ok(Some(value)),
        Err(SuiteError::Mistakes(mistakes)) => {
            found.append(mistakes);
            Ok(None)
        }
        Err(other) => Err(Failed::usage(other)),
    }
}
