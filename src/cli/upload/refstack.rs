//! `parallax upload refstack`.

mod after;

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;

use super::NamesArg;
use super::desk::{Desk, SendArgs, hindered};
use super::receipts::{Receipts, Upload, sha256};
use crate::cli::args::plural;
use crate::cli::exit::{Done, Exit, Failed};
use crate::cli::files::RunFolder;
use crate::cli::out::{note, say};
use crate::cli::sign::key::Key;
use crate::judge::RunResult;
use crate::report::clean::clean;
use crate::upload::refstack::{ENDS, RESULTS, Registration, Sent, Submission, read_receipt};
use crate::upload::{Address, Header, Named, Outgoing, named};

const HELP: &str = "\
RefStack takes names of tests that passed, and shows them against a guideline; what failed it never gets
to know. A test is called as the guideline calls the one with its id.

Without a key the run is anonymous: everybody can see it, and nobody can delete it. With --key it belongs
to the user who registered that key, an RSA key, and only they see it until they share it:
  --key ~/.ssh/id_rsa        from a file, as ssh-keygen or openssl writes it (PARALLAX_KEY_PASSPHRASE, or
                             you are asked)
  --key ~/.ssh/id_rsa.pub    a public key: the agent at SSH_AUTH_SOCK signs
A key that the server does not know is no loss: the answer says what to enter at its web page.

With --openid, which the server shows in your profile, the run is read back as its owner, the guideline is
noted at it, and --share makes it public.

--compare asks the server for its lists of tests and counts the run as the server's page does, beside
this program's own counts. Both follow from names of passed tests, so they are the same, or one of the
two has another version of the guideline.

The same run is not sent to the same server twice, unless --again is said: RefStack would show it twice.

  parallax upload refstack DIR --url https://refstack.example/api --dry-run";

/// Arguments of `upload refstack`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(super) struct RefstackArgs {
    /// Folder of a run that was judged
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Where the server's interface begins: what stands before /v1/results/
    #[arg(long, value_name = "URL", env = "PARALLAX_REFSTACK_URL")]
    url: String,
    /// RSA key to sign with: a private key, or a public one whose private key an agent has
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Who you are to the server: the OpenID that the key is registered for
    #[arg(long, value_name = "URL", requires = "key")]
    openid: Option<String>,
    /// Make the run public
    #[arg(long, requires = "openid")]
    share: bool,
    /// What the server counts beside what is counted here
    #[arg(long)]
    compare: bool,
    /// The cloud's id at RefStack, the same for all of its runs [default: made from endpoint and region,
    /// without telling them]
    #[arg(long, value_name = "ID")]
    cpid: Option<String>,
    /// Send it although the server has it already
    #[arg(long)]
    again: bool,
    #[command(flatten)]
    guideline: NamesArg,
    #[command(flatten)]
    send: SendArgs,
}

pub(super) fn run(args: &RefstackArgs) -> Done {
    let to = Address::parse(&args.url).map_err(|e| Failed::usage(format!("--url: {e}")))?;
    let to = to.without(&ENDS);
    let result = RunFolder::new(&args.folder).read_result()?;
    let guideline = args.guideline.read()?;
    let tests = named(&result, guideline.as_ref());
    let submission = Submission::new(&result, &tests, args.cpid.as_deref());
    if let Some(not_aws) = result.judged_with.not_aws() {
        let why = format!(
            "{not_aws} Nothing of it passes a guideline. `parallax judge DIR --reference aws`"
        );
        return Err(Failed::usage(format!("{why} holds it against AWS")));
    }
    hindered(&submission.problems(), "RefStack")?;

    let body = submission.to_text();
    let key = args.key.as_deref().map(Key::open).transpose()?;
    let mut headers = vec![
        Header::new("Accept", "application/json"),
        Header::new("Content-Type", "application/json"),
    ];
    let mut sent = Sent::default();
    if let Some(key) = &key {
        headers.push(Header::new("X-Signature", hex(&key.sign_rsa_sha256(body.as_bytes())?)));
        headers.push(Header::new("X-Public-Key", key.line()));
        let self_signature = hex(&key.sign_rsa_sha256(Registration::WORD)?);
        sent.registration = Some(Registration { key: key.line(), self_signature });
    }
    let request = Outgoing::post(to.below(RESULTS), headers, body);
    let desk = Desk::new(&args.send, to, &args.folder, "refstack.json")?;
    let name = guideline.as_ref().map(|guideline| guideline.metadata.id.as_str());
    say_what(&desk, &result, &tests, &submission, name, key.is_some());
    if args.send.dry_run {
        desk.preview(&request);
        return Ok(Exit::Ok);
    }

    let mut receipts = Receipts::read(&args.folder)?;
    let server = desk.to().to_string();
    let signed_by = sent.registration.as_ref().map(|registration| registration.key.clone());
    if let Some(there) =
        receipts.find(&server, &request.body, signed_by.as_deref()).filter(|_| !args.again)
    {
        return Err(Failed::usage(format!(
            "{server} has this run already, since {}, as {}; --again sends it once more, and it is there twice",
            there.sent, there.id
        )));
    }
    desk.keep_and_ask(&request)?;
    let listing = desk.to().below(&format!("/v1/results?cpid={}", submission.cpid));
    let look = format!("look there whether it arrived, before you send it again: {listing}");
    let answer = desk.hand_in(&request, &look)?;
    let receipt = read_receipt(&answer, &sent).map_err(|refusal| desk.refused(&refusal))?;
    say!("uploaded  {}", plural(submission.results.len(), "passed test"));
    say!("as        {}", receipt.test_id);
    say!("shown at  {}", receipt.url.as_deref().unwrap_or("(the server does not say)"));
    say!("read at   {}", desk.to().below(&receipt.path()));
    receipts.add(Upload {
        service: "refstack".to_owned(),
        server,
        id: receipt.test_id.to_string(),
        url: receipt.url.clone(),
        signed_by,
        sha256: sha256(&request.body),
        sent: Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
    })?;
    after::look(args, &desk, key.as_ref(), &receipt, &submission, guideline.as_ref(), &result)
}

/// Says what is going to be sent, where, and what is not.
fn say_what(
    desk: &Desk<'_>,
    result: &RunResult,
    tests: &[Named<'_>],
    submission: &Submission,
    guideline: Option<&str>,
    signed: bool,
) {
    let run = &result.run;
    let passed = submission.results.len();
    note!("to        {}", desk.to().below(RESULTS));
    note!(
        "what      {} of {} that passed in the run {}, on {}, begun {}",
        plural(passed, "name"),
        plural(tests.len(), "test"),
        clean(&run.id),
        clean(&run.target.name),
        clean(&run.started)
    );
    let others = result.summary.verdicts.iter().filter(|(verdict, _)| verdict.word() != "pass");
    let others: Vec<String> = others.map(|(verdict, count)| format!("{count} {verdict}")).collect();
    if !others.is_empty() {
        note!("not sent  {}: RefStack takes what passed", others.join(", "));
    }
    if let Some(why) = run.incomplete() {
        note!("caution   {why}: what had no turn will look as if it had failed");
    }
    if let Some(guideline) = guideline {
        let asked = tests.iter().filter(|test| test.asked && test.case.verdict.word() == "pass");
        note!("guideline {}: {} of them are its tests", clean(guideline), asked.count());
    }
    note!("cloud     {} (--cpid)", clean(&submission.cpid));
    note!(
        "{}",
        match signed {
            true => "signed    it belongs to the user who registered the key, and only they see it",
            false =>
                "anonymous everybody can see it, and nobody can delete it; --key FILE signs it",
        }
    );
}

/// Bytes in hexadecimal.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
