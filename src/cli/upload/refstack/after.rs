//! What is done once RefStack has a run: it is read back, noted, shared, and counted.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::RefstackArgs;
use crate::cli::exit::{Done, Exit, Failed};
use crate::cli::out::{note, say};
use crate::cli::sign::key::Key;
use crate::cli::upload::desk::Desk;
use crate::guideline::{Guideline, Waived, evaluate};
use crate::judge::RunResult;
use crate::report::clean::clean;
use crate::syntax::SourceFile;
use crate::upload::refstack::{
    Receipt, Row, Stored, Submission, Tally, listed, read_stored, rows, sealed_token, token,
};
use crate::upload::{Header, NoAnswer, Outgoing};

/// How long the owner's token is good, in seconds: as long as all that is asked here may take.
const GOOD_FOR: i64 = 600;

/// Reads the run back, and does what else was asked for.
pub(super) fn look(
    args: &RefstackArgs,
    desk: &Desk<'_>,
    key: Option<&Key<'_>>,
    receipt: &Receipt,
    submission: &Submission,
    guideline: Option<&Guideline>,
    result: &RunResult,
) -> Done {
    let mut headers = vec![Header::new("Accept", "application/json")];
    if let (Some(key), Some(openid)) = (key, &args.openid) {
        let token = token(openid, Timestamp::now().as_second() + GOOD_FOR);
        let sealed = sealed_token(&token, &key.sign_rsa_sha256(token.as_bytes())?);
        headers.push(Header::secret(
            "Authorization",
            format!("Bearer {sealed}"),
            "Bearer … (of the owner)".to_owned(),
        ));
        if let Some(guideline) = guideline {
            let file = format!("{}.json", guideline.metadata.id);
            mark(desk, receipt, &headers, "guideline", &file)?;
        }
        if args.share {
            mark(desk, receipt, &headers, "shared", "true")?;
        }
    }
    if key.is_some() && args.openid.is_none() {
        note!("not read back: only the owner can; --openid URL says who that is");
        if args.compare {
            note!("counted from what was sent, therefore");
        }
    }
    let names = match (key, &args.openid) {
        (Some(_), None) => submission.results.iter().map(|passed| passed.name.clone()).collect(),
        _ => read_back(desk, receipt, &headers, submission)?,
    };
    match (args.compare, guideline) {
        (false, _) => Ok(Exit::Ok),
        (true, None) => {
            Err(Failed::usage("--compare needs a guideline, and --guideline none says none"))
        }
        (true, Some(guideline)) => compare(desk, guideline, result, &names),
    }
}

/// Reads the run back, and holds it against what was sent.
fn read_back(
    desk: &Desk<'_>,
    receipt: &Receipt,
    headers: &[Header],
    submission: &Submission,
) -> Result<BTreeSet<String>, Failed> {
    let request = Outgoing::get(desk.to().below(&receipt.path()), headers.to_vec());
    let stored = ask(desk, &request).and_then(|answer| read_stored(&answer)).map_err(|why| {
        Failed::could_not_tell(format!("the server took it, and it cannot be read back: {why}"))
    })?;
    let Stored { names, owned, meta } = &stored;
    let sent: BTreeSet<&str> = submission.results.iter().map(|p| p.name.as_str()).collect();
    let there: BTreeSet<&str> = names.iter().map(String::as_str).collect();
    if sent != there {
        let name = sent.symmetric_difference(&there).next().copied().unwrap_or_default();
        return Err(Failed::could_not_tell(format!(
            "the server shows {} names, and {} were sent; {:?} is in one of them only",
            there.len(),
            sent.len(),
            clean(name)
        )));
    }
    let whose = if *owned { "; it is yours" } else { "" };
    say!("read back {} names, as they were sent{whose}", there.len());
    for (key, value) in meta.iter().filter(|(key, _)| key != "user") {
        say!("          {key}: {value}");
    }
    Ok(stored.names)
}

/// Notes something at a run, as its owner.
fn mark(
    desk: &Desk<'_>,
    receipt: &Receipt,
    headers: &[Header],
    what: &str,
    value: &str,
) -> Result<(), Failed> {
    let url = desk.to().below(&format!("{}/meta/{what}", receipt.path()));
    let request = Outgoing::post(url, headers.to_vec(), value.to_owned());
    let answer = ask(desk, &request);
    let why = match answer {
        Ok(answer) if answer.status == 201 => return Ok(()),
        Ok(answer) => format!(
            "HTTP {}, {}; is --openid the OpenID that the key is registered for, and this machine's clock \
             right?",
            answer.status,
            answer.excerpt()
        ),
        Err(why) => why,
    };
    Err(Failed::could_not_tell(format!(
        "the server has the run, and does not note its {what}: {why}"
    )))
}

/// Counts as the server's page does, beside our own counts.
fn compare(
    desk: &Desk<'_>,
    guideline: &Guideline,
    result: &RunResult,
    names: &BTreeSet<String>,
) -> Done {
    let id = &guideline.metadata.id;
    let cannot = |why: String| {
        Failed::could_not_tell(format!(
            "the server has the run, and cannot be compared with: {why}"
        ))
    };
    let accept = vec![Header::new("Accept", "application/json")];
    let file = Outgoing::get(desk.to().below(&format!("/v1/guidelines/{id}.json")), accept);
    let answer = ask(desk, &file).map_err(cannot)?;
    if answer.status != 200 {
        return Err(cannot(format!(
            "it shows no guideline {id} (HTTP {}, {}); who runs it has to add the file, see \
             cases/guidelines/README.md",
            answer.status,
            answer.excerpt()
        )));
    }
    let theirs = SourceFile { path: file.url.path().into(), text: answer.text() };
    if Guideline::parse(&theirs).ok().as_ref() != Some(guideline) {
        note!("caution   the server's guideline {id} is not the one that was used here");
    }
    say!("\ncounted against guideline {id}, passed/all:");
    say!("{:10} {:11} {:12} {:>11} {:>11}", "target", "tier", "tests", "the server", "here");
    let mut differ = 0;
    for row in rows(&evaluate(guideline, result, &Waived::new())) {
        let request = Outgoing::get(desk.to().below(&row.path(id)), Vec::new());
        let listing = ask(desk, &request).and_then(|answer| listed(&answer)).map_err(cannot)?;
        let tally = Tally::of(&listing, names);
        let Row { target, tier, flagged, ours } = &row;
        let which = if *flagged { "all" } else { "not flagged" };
        let same = tally == *ours;
        differ += usize::from(!same);
        let word = if same { "same" } else { "different" };
        say!("{target:10} {tier:11} {which:12} {tally:>11} {ours:>11}  {word}");
    }
    if differ == 0 {
        return Ok(Exit::Ok);
    }
    let message = format!("the server counts otherwise in {differ} lines");
    Err(Failed { exit: Exit::Refused, message })
}

fn ask(desk: &Desk<'_>, request: &Outgoing) -> Result<crate::upload::Answer, String> {
    desk.ask(request).map_err(|error: NoAnswer| clean(&error.to_string()))
}
