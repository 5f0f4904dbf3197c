//! `parallax upload scs`.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use jiff::Timestamp;

use super::NamesArg;
use super::desk::{Desk, SendArgs, hindered};
use super::receipts::{Receipts, Upload, sha256};
use crate::cli::args::plural;
use crate::cli::exit::{Done, Exit, Failed};
use crate::cli::files::RunFolder;
use crate::cli::out::{note, print, say};
use crate::cli::sign::key::Key;
use crate::guideline::Guideline;
use crate::judge::RunResult;
use crate::report::clean::clean;
use crate::upload::scs::{
    self, ENDS, MEDIA_TYPE, NAMESPACE, Outcome, REPORTS, Report, Scope, Sent, check_lines,
    signed_body,
};
use crate::upload::{Address, Header, Named, Outgoing, named};

/// Holds the account's secret.
const SECRET: &str = "PARALLAX_SCS_SECRET";

const HELP: &str = "\
The monitor of Sovereign Cloud Stack keeps what each test of a scope gave: pass, fail or abort. A test is
called as the guideline calls it. A pass is a pass; what failed, is waived, or is unsupported is a fail;
what is blocked, inconclusive, flaky or skipped is an abort, and what was not in the run is missing. Mind
that the monitor lists a version as passed if nothing fails: aborted and missing tests show in `result`.

The report is signed with an SSH key, Ed25519 or RSA, that is registered for the account (as `ssh-keygen
-Y sign -n report` does), and sent under the account's name and secret:
  --key FILE        a private key, or a public one whose private key an agent has
  PARALLAX_SCS_SECRET   the account's secret; if it is not set, you are asked
The report's id follows from what it says, so that the monitor never has it twice.

The monitor shows results of scopes that it knows. This writes the one of a guideline, for who runs it:
  parallax upload scs --scope > scs-ec2-2026.11.yaml

Its own test runner takes results from check programs, as lines such as `parallax.vpcs.describe: PASS`.
This script, named in a scope with `args: \"{testcases}\"`, is one for a run that is there already:
  #!/bin/sh
  exec parallax upload scs /path/to/DIR --lines \"$@\"";

/// Arguments of `upload scs`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(super) struct ScsArgs {
    /// Folder of a run that was judged
    #[arg(value_name = "DIR", required_unless_present = "scope")]
    folder: Option<PathBuf>,
    /// Where the monitor is
    #[arg(long, value_name = "URL", env = "PARALLAX_SCS_URL", required_unless_present_any = ["scope", "lines"])]
    url: Option<String>,
    /// The account at the monitor; its secret is in PARALLAX_SCS_SECRET, or asked for
    #[arg(long, value_name = "NAME", required_unless_present_any = ["scope", "lines"])]
    account: Option<String>,
    /// The cloud, as the monitor calls it [default: as the account is called]
    #[arg(long, value_name = "NAME")]
    subject: Option<String>,
    /// SSH key to sign with: a private key, or a public one whose private key an agent has
    #[arg(long, value_name = "FILE", required_unless_present_any = ["scope", "lines"])]
    key: Option<PathBuf>,
    /// The scope that the results are of [default: that of the guideline, as --scope prints it]
    #[arg(long, value_name = "UUID")]
    spec: Option<String>,
    /// Print the lines of a check program, for these tests or for all, and send nothing
    #[arg(long, value_name = "TEST", num_args = 0.., conflicts_with = "scope")]
    lines: Option<Vec<String>>,
    /// Print the scope of the guideline, for who runs a monitor, and send nothing
    #[arg(long)]
    scope: bool,
    #[command(flatten)]
    guideline: NamesArg,
    #[command(flatten)]
    send: SendArgs,
}

pub(super) fn run(args: &ScsArgs) -> Done {
    let guideline = args.guideline.read()?;
    if args.scope {
        let none = "--scope prints the scope of a guideline, and --guideline none says none";
        let guideline = guideline.as_ref().ok_or_else(|| Failed::usage(none))?;
        print(&scs::scope(guideline));
        return Ok(Exit::Ok);
    }
    let folder = given(args.folder.as_deref(), "DIR")?;
    let result = RunFolder::new(folder).read_result()?;
    let tests = named(&result, guideline.as_ref());
    match &args.lines {
        Some(asked) => lines(&result, &tests, guideline.as_ref(), asked),
        None => upload(args, folder, &result, &tests, guideline.as_ref()),
    }
}

/// What clap has seen to.
fn given<T>(value: Option<T>, name: &str) -> Result<T, Failed> {
    value.ok_or_else(|| Failed::usage(format!("{name} is missing")))
}

/// The lines of a check program.
fn lines(
    result: &RunResult,
    tests: &[Named<'_>],
    guideline: Option<&Guideline>,
    asked: &[String],
) -> Done {
    if let Some(not_aws) = result.judged_with.not_aws() {
        // The runner reads this: the check could not be made.
        note!("CRITICAL: {}", clean(&not_aws));
        return Ok(Exit::CouldNotTell);
    }
    // The runner may hand all ids over as one argument.
    let asked: Vec<String> =
        asked.iter().flat_map(|ids| ids.split_whitespace()).map(str::to_owned).collect();
    let (lines, unknown) = check_lines(tests, guideline, &asked);
    for line in lines {
        say!("{}", clean(&line));
    }
    for scs::Unknown(id) in unknown {
        note!("WARNING: {} is not in the run {}", clean(&id), clean(&result.run.id));
    }
    Ok(Exit::Ok)
}

fn upload(
    args: &ScsArgs,
    folder: &Path,
    result: &RunResult,
    tests: &[Named<'_>],
    guideline: Option<&Guideline>,
) -> Done {
    let url = given(args.url.as_deref(), "--url")?;
    let to = Address::parse(url).map_err(|e| Failed::usage(format!("--url: {e}")))?.without(&ENDS);
    if !to.is_private() {
        return Err(Failed::usage(format!(
            "--url: anybody on the way to {} could read the account's secret: use https://",
            to.host()
        )));
    }
    let account = given(args.account.as_deref(), "--account")?;
    if account.contains(':') || account.chars().any(char::is_control) {
        return Err(Failed::usage("--account: the name of an account has no colon"));
    }
    let subject = args.subject.as_deref().unwrap_or(account);
    let report =
        Report::new(result, tests, scope(args, guideline)?, subject).map_err(Failed::usage)?;
    hindered(&report.problems(), "the monitor")?;

    let key = Key::open(given(args.key.as_deref(), "--key")?)?;
    let text = report.to_text();
    let signed = key.sign(NAMESPACE, text.as_bytes())?;
    if !signed.holds(text.as_bytes()) {
        return Err(Failed::usage(
            "the signature that was made does not hold, so nothing was sent",
        ));
    }
    let body = signed_body(&signed.to_text(), &text);
    let desk = Desk::new(&args.send, to, folder, "scs-report.signed")?;
    say_what(&desk, result, &report, account);
    let shown = format!("Basic … (the account {account} and its secret)");
    let secret = if args.send.dry_run { String::new() } else { secret(account)? };
    let basic = STANDARD.encode(format!("{account}:{secret}"));
    let headers = vec![
        Header::new("Accept", "application/json"),
        Header::secret("Authorization", format!("Basic {basic}"), shown),
        Header::new("Content-Type", MEDIA_TYPE),
    ];
    let request = Outgoing::post(desk.to().below(REPORTS), headers, body);
    if args.send.dry_run {
        desk.preview(&request);
        return Ok(Exit::Ok);
    }

    let mut receipts = Receipts::read(folder)?;
    desk.keep_and_ask(&request)?;
    let id = report.id().to_string();
    let look = format!("send it again: if the monitor has it, it says so (409); its id is {id}");
    let answer = desk.hand_in(&request, &look)?;
    let sent = Sent {
        account: account.to_owned(),
        subject: subject.to_owned(),
        key: key.line(),
        report: id.clone(),
    };
    if let Some(refusal) = scs::refusal(&answer, &sent) {
        return Err(desk.refused(&refusal));
    }
    let page = desk.to().below(&format!("/page/report/{id}"));
    say!("uploaded  {}", plural(report.results.len(), "result"));
    say!("as        {id}");
    say!("shown at  {page}");
    receipts.add(Upload {
        service: "scs".to_owned(),
        server: desk.to().to_string(),
        id: id.clone(),
        url: Some(page.to_string()),
        signed_by: Some(key.line()),
        sha256: sha256(&request.body),
        sent: Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
    })?;
    Ok(Exit::Ok)
}

/// What the results are results of.
fn scope(args: &ScsArgs, guideline: Option<&Guideline>) -> Result<Scope, Failed> {
    match (&args.spec, guideline) {
        (Some(uuid), Some(guideline)) => Ok(Scope { uuid: uuid.clone(), ..Scope::of(guideline) }),
        (Some(uuid), None) => {
            Ok(Scope { uuid: uuid.clone(), name: "EC2 compatibility".to_owned() })
        }
        (None, Some(guideline)) => Ok(Scope::of(guideline)),
        (None, None) => Err(Failed::usage(
            "--guideline none needs --spec UUID: the scope that the results are of",
        )),
    }
}

/// The account's secret.
fn secret(account: &str) -> Result<String, Failed> {
    if let Ok(secret) = std::env::var(SECRET) {
        return Ok(secret);
    }
    if !std::io::stderr().is_terminal() {
        return Err(Failed::usage(format!(
            "the secret of the account {account} is not known, and there is no terminal to ask for it: set \
             {SECRET}"
        )));
    }
    rpassword::prompt_password(format!("Secret of the account {}: ", clean(account)))
        .map_err(|e| Failed::usage(format!("the account's secret cannot be asked for: {e}")))
}

/// Says what is going to be sent, and where.
fn say_what(desk: &Desk<'_>, result: &RunResult, report: &Report, account: &str) {
    let run = &result.run;
    note!("to        {}", desk.to().below(REPORTS));
    note!(
        "what      {} of the run {}, on {}, ended {}",
        plural(report.results.len(), "result"),
        clean(&run.id),
        clean(&run.target.name),
        report.checked_at
    );
    let counts = [Outcome::Pass, Outcome::Fail, Outcome::Abort]
        .map(|outcome| format!("{} {}", report.count(outcome), outcome.word()));
    note!("          {}", counts.join(", "));
    if let Some(why) = run.incomplete() {
        note!("caution   {why}: what had no turn will be missing");
    }
    if report.count(Outcome::Fail) == 0 && report.count(Outcome::Abort) > 0 {
        note!(
            "caution   nothing failed, so the monitor may list this as passed although tests aborted"
        );
    }
    note!("scope     {} ({})", clean(&report.scope.name), clean(&report.scope.uuid));
    note!("cloud     {}, by the account {}", clean(&report.subject), clean(account));
    note!("as        {}", report.id());
}
