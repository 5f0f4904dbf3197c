//! `parallax check`.

use std::collections::BTreeSet;
use std::io;

use clap::Args;

use super::args::{SuiteArgs, plural, show_mistakes};
use super::exit::{Done, Exit, Failed};
use super::out::{note, say};
use crate::assets::Assets;
use crate::case::{Suite, SuiteError};
use crate::judge::Knowledge;
use crate::judge::baseline::{Baselines, references};
use crate::judge::errors::ErrorCodes;
use crate::judge::recorded::{RECORDINGS, prove, read_recording};
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
    let references = match &args.suite.reference {
        Some(reference) => BTreeSet::from([reference.clone()]),
        None => references(&assets).map_err(Failed::usage)?,
    };
    let known = collect(ErrorCodes::load(&assets), &mut found)?.unwrap_or_default();
    let both = suite.as_ref().map(|suite| (suite, &known));
    let (mut baselines, mut unproven) = (0, Vec::new());
    for reference in &references {
        // Without the suite, at least what stands in the baselines themselves is checked.
        let loaded = Baselines::load(&assets, Some(reference), both);
        baselines += collect(loaded, &mut found)?.map_or(0, |b| b.len());
    }
    let profiles = collect(Profiles::load(&assets), &mut found)?;
    if !found.is_empty() {
        show_mistakes(&found);
        return Err(Failed::usage(format!("{} found", plural(found.len(), "mistake"))));
    }
    for reference in &references {
        let knowledge = Knowledge::load(&assets, Some(reference)).map_err(Failed::usage)?;
        unproven.extend(prove(&knowledge, |name| recording(&assets, reference, name)));
    }
    for case in &unproven {
        note!("{}: {}", case.case, case.why);
    }
    if !unproven.is_empty() {
        let count = plural(unproven.len(), "recorded baseline");
        return Err(Failed::usage(format!("{count} not what the recordings give")));
    }
    say!(
        "{}, {}, {} and {} are as they should be",
        plural(suite.map_or(0, |s| s.cases.len()), "case"),
        plural(baselines, "baseline"),
        plural(profiles.map_or(0, |p| p.len()), "shape profile"),
        plural(known.len(), "error code"),
    );
    Ok(Exit::Ok)
}

/// The text of a recording that a baseline names.
fn recording(assets: &Assets, reference: &str, name: &str) -> io::Result<String> {
    let Assets::Folder(root) = assets else {
        let why = "recordings are not built into the program; check the folder with --baselines";
        return Err(io::Error::new(io::ErrorKind::NotFound, why));
    };
    read_recording(&root.join(reference).join(RECORDINGS).join(name))
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
