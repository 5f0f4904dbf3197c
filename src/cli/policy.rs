//! `parallax policy`.

use clap::Args;

use super::args::{SelectArgs, SuiteArgs, plural};
use super::exit::{Done, Exit, Failed};
use super::files::to_json;
use super::out::{note, print};
use crate::plan::{MANAGED_POLICY_LIMIT, Policy};

/// Arguments of `policy`.
#[derive(Debug, Args)]
pub(super) struct PolicyArgs {
    #[command(flatten)]
    select: SelectArgs,
    #[command(flatten)]
    suite: SuiteArgs,
    /// Allow it in this AWS Region only (may be repeated) [default: in every Region]
    #[arg(long, value_name = "REGION", value_parser = name)]
    region: Vec<String>,
    /// Allow instances of this type only
    #[arg(long, value_name = "TYPE", value_parser = name)]
    instance_type: Option<String>,
    /// Print only this part, counted from 1, of a policy that is too long for a managed one; all parts
    /// are attached together
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    part: Option<u16>,
}

pub(super) fn run(args: &PolicyArgs) -> Done {
    let cases = args.select.select(args.suite.suite()?)?;
    let refused = args.suite.refused(&cases);
    let whole = Policy::of(&cases, &args.region, args.instance_type.as_deref(), &refused);
    let (policy, part) = match args.part {
        Some(part) => {
            (part_of(&whole, part)?, format!(" (part {part} of {})", whole.parts().len()))
        }
        None => (whole, String::new()),
    };
    print(&to_json(&policy));
    note!(
        "{} for {}{part}; {} of the {MANAGED_POLICY_LIMIT} characters of a managed policy",
        plural(policy.actions().len(), "action"),
        plural(cases.len(), "case"),
        policy.length()
    );
    for remark in &policy.notes {
        note!("note: {remark}");
    }
    Ok(Exit::Ok)
}

fn part_of(whole: &Policy, part: u16) -> Result<Policy, Failed> {
    let parts = whole.parts();
    let there_are = plural(parts.len(), "part");
    let part = parts.into_iter().nth(usize::from(part) - 1);
    part.ok_or_else(|| Failed::usage(format!("--part: the policy has {there_are}")))
}

/// A Region or an instance type, and nothing that means something else in a policy: no wildcard and
/// no variable.
fn name(text: &str) -> Result<String, String> {
    let ok = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.');
    if !text.is_empty() && text.chars().all(ok) {
        Ok(text.to_owned())
    } else {
        Err("names like eu-central-1 and t3.nano are meant: lower case letters, digits, - and ."
            .into())
    }
}
