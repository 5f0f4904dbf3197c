//! `parallax waive`.

use std::path::PathBuf;

use clap::Args;
use jiff::civil::Date;

use super::args::plural;
use super::exit::{Done, Exit, Failed};
use super::files::RunFolder;
use super::gating::{decisive, read_waivers};
use super::out::{note, print};
use crate::assets::replace_file;
use crate::waiver::{Wanted, append, draft};

/// Arguments of `waive`.
#[derive(Debug, Args)]
#[command(after_help = "\
A waiver says that a difference is known and accepted until a date, why, and who answers for it. A case
that failed is `waived` if each finding that decides is accepted; `result.json` says `fail` as before.
`run`, `judge`, `merge`, `report` and `guideline result` read waivers from parallax.waivers.yaml in the
folder they are started in, or from --waivers FILE:

    waivers:
      - target: lab                # what can be anything is left out; `*` stands for anything
        case: vpcs/*               # case, rule, or both
        rule: model.enum
        path: Vpcs[].State
        reason: known bug 4711, mended in the next release
        owner: network team
        expires: 2027-03-31        # the last day

A waiver that has expired fails the run, and so does one whose case ran and has no such difference.

    parallax waive DIR --case vpcs/create --reason … --owner … --expires 2027-03-31
    parallax waive DIR --rule 'model.*' --wide --reason … --owner … --expires … --into parallax.waivers.yaml")]
pub(super) struct WaiveArgs {
    /// Folder of a run that was judged
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Only cases of this name or id; `*` stands for anything [default: every case that failed]
    #[arg(long, value_name = "PATTERN")]
    case: Option<String>,
    /// Only differences that such a rule found; `*` stands for anything
    #[arg(long, value_name = "PATTERN")]
    rule: Option<String>,
    /// One waiver with these patterns, instead of one for each case and rule: also for what is not in
    /// this run
    #[arg(long)]
    wide: bool,
    /// Why it is accepted
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Who answers for it
    #[arg(long, value_name = "NAME")]
    owner: String,
    /// The last day on which it is accepted
    #[arg(long, value_name = "YYYY-MM-DD")]
    expires: Date,
    /// Add them to this file, which is made if it is not there, instead of printing them
    #[arg(long, value_name = "FILE")]
    into: Option<PathBuf>,
}

pub(super) fn run(args: &WaiveArgs) -> Done {
    for (flag, text) in [("--reason", &args.reason), ("--owner", &args.owner)] {
        if text.trim().is_empty() {
            return Err(Failed::usage(format!("{flag} says nothing")));
        }
    }
    if args.wide && args.case.is_none() && args.rule.is_none() {
        return Err(Failed::usage(
            "--wide needs --case or --rule: a waiver for everything is none",
        ));
    }
    let folder = RunFolder::new(&args.folder);
    let result = folder.read_result()?;
    let decisive = decisive(&folder)?;
    let known = args.into.as_deref().map(read_waivers).transpose()?.flatten();
    let wanted = Wanted {
        case: args.case.clone(),
        rule: args.rule.clone(),
        wide: args.wide,
        reason: args.reason.clone(),
        owner: args.owner.clone(),
        expires: args.expires,
    };
    let drafted = draft(&result, &decisive, &wanted, known.as_ref());
    if drafted.list.is_empty() {
        let already = if known.is_some() { " that is not waived already" } else { "" };
        return Err(Failed::usage(format!(
            "no case failed there in what is meant{already}: there is nothing to waive"
        )));
    }
    let (waivers, cases) = (plural(drafted.list.len(), "waiver"), plural(drafted.cases, "case"));
    match &args.into {
        None => print(&drafted.text()),
        Some(path) => {
            let text = match &known {
                Some(known) => {
                    append(known, &drafted.list).map_err(|why| Failed::file(path, why))?
                }
                None => drafted.text(),
            };
            replace_file(path, text.as_bytes()).map_err(|e| Failed::file(path, e))?;
        }
    }
    note!("{waivers} for {cases} that failed");
    if let [first, rest @ ..] = drafted.not_all.as_slice() {
        let more =
            if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
        note!("still failing, for findings of other rules: {first}{more}");
    }
    Ok(Exit::Ok)
}
