//! `parallax verify`.

mod shown;

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use self::shown::{Holds, Signer, Verification};
use super::args::{SuiteArgs, mistakes};
use super::exit::{Done, Failed};
use super::files::to_json;
use super::out::{note, print};
use crate::bundle::{
    AllowedSigners, Digests, Integrity, Judged, NAMESPACE, Own, SignatureState, Standing, check,
    rejudge, time,
};
use crate::case::SuiteError;
use crate::judge::Knowledge;
use crate::report::clean::clean;

const HELP: &str = "\
Four questions, in this order; after a no the rest is not asked:
  content     Is every byte as it was signed? If not: which member, which line
  signature   Is it a signature over that content, by a key that the file of allowed signers allows,
              for this namespace, at this time?
  cases       Are the cases that ran those of this program's suite?
  verdicts    Does judging the transcript again, here and now, give the same verdicts and findings?

The file of allowed signers is OpenSSH's (see ALLOWED SIGNERS in `man ssh-keygen`), a line for each key:
  PRINCIPALS [namespaces=\"…\",valid-after=\"…\",valid-before=\"…\"] KEY-TYPE KEY
for example
  vendor@example.com namespaces=\"parallax-bundle\" ssh-ed25519 AAAAC3Nz…

Cases and verdicts are held against what this program knows, not against what the bundle says. The
baselines in the bundle are used to tell a result that does not follow from one that was judged by
others, for instance those of an earlier Parallax.

Exit codes:
  0  the bundle holds
  1  it does not: it was changed, the signature fails or is nobody's who may sign, or the result does
     not follow from the transcript
  2  usage: this is no bundle, or there are mistakes in what was given
  3  nothing speaks against it, but something could not be checked, and is named";

/// A bundle's file is never longer: what is in it is bounded, too.
const LONGEST: u64 = 600 << 20;

/// Arguments of `verify`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(super) struct VerifyArgs {
    /// Bundle, as `parallax sign` makes it
    #[arg(value_name = "BUNDLE")]
    bundle: PathBuf,
    /// Who may sign: a file as for `ssh-keygen -Y verify -f`
    #[arg(long, value_name = "FILE")]
    allowed_signers: PathBuf,
    /// Who has to have signed, as in the file of allowed signers [default: anyone in it]
    #[arg(long, short = 'I', value_name = "NAME")]
    identity: Option<String>,
    /// What it has to be signed for
    #[arg(long, value_name = "NAME", default_value = NAMESPACE)]
    namespace: String,
    /// When the key has to be valid, YYYYMMDD[HHMM[SS]][Z] [default: now]
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// What to write to standard output
    #[arg(long, short, default_value = "text")]
    format: Format,
    #[command(flatten)]
    suite: SuiteArgs,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// For a person
    Text,
    /// One JSON object
    Json,
}

pub(super) fn run(args: &VerifyArgs) -> Done {
    let zone = TimeZone::system();
    let at = match &args.at {
        Some(text) => time(text, &zone).map_err(|e| Failed::usage(format!("--at: {e}")))?,
        None => Timestamp::now(),
    };
    let signers = signers(&args.allowed_signers, &zone)?;
    let bytes = read(&args.bundle)?;
    let integrity = check(&bytes).map_err(|e| Failed::file(&args.bundle, e))?;
    let signer = signer(args, &integrity, &signers, at);
    let judged = match (&signer, integrity.problems.as_slice()) {
        (Signer::Allowed { .. }, []) => Some(judge_again(args, &integrity)?),
        _ => None,
    };
    let holds = match judged.as_ref().map(|judged| judged.standing) {
        Some(Standing::Holds) => Holds::Yes,
        Some(Standing::Open) => Holds::CouldNotTell,
        Some(Standing::Refuted) | None => Holds::No,
    };
    let verification =
        Verification::new(&args.bundle, bytes.len(), holds, integrity, signer, judged);
    match args.format {
        Format::Text => print(&verification.text()),
        Format::Json => print(&to_json(&verification)),
    }
    Ok(holds.exit())
}

fn read(path: &Path) -> Result<Vec<u8>, Failed> {
    let facts = std::fs::metadata(path).map_err(|e| Failed::file(path, e))?;
    if facts.is_dir() {
        return Err(Failed::file(path, "a bundle's file is meant, not a folder"));
    }
    if facts.len() > LONGEST {
        let why = format!("{} bytes are more than a bundle can have ({LONGEST})", facts.len());
        return Err(Failed::file(path, why));
    }
    std::fs::read(path).map_err(|e| Failed::file(path, e))
}

fn signers(path: &Path, zone: &TimeZone) -> Result<AllowedSigners, Failed> {
    let text = std::fs::read_to_string(path).map_err(|e| Failed::file(path, e))?;
    let signers = AllowedSigners::read(&text, zone).map_err(|mistakes| {
        for mistake in &mistakes {
            note!("{}: {}", path.display(), clean(&mistake.to_string()));
        }
        Failed::file(
            path,
            "this is no file of allowed signers, as `ssh-keygen -Y verify -f` takes it",
        )
    })?;
    if signers.is_empty() {
        return Err(Failed::file(path, "it has no key, so nobody may sign"));
    }
    Ok(signers)
}

/// Whose the signature is.
fn signer(
    args: &VerifyArgs,
    integrity: &Integrity,
    signers: &AllowedSigners,
    at: Timestamp,
) -> Signer {
    let signed = match &integrity.signature {
        SignatureState::Holds(signed) => signed,
        SignatureState::Fails(signed) => return Signer::fails(Some(signed)),
        SignatureState::Unreadable(_) | SignatureState::Missing => return Signer::fails(None),
    };
    if signed.namespace() != args.namespace {
        let why = format!(
            "it is signed for {:?}, not for {:?}; a signature for something else says nothing about a \
             bundle (see --namespace)",
            signed.namespace(),
            args.namespace
        );
        return Signer::not_allowed(signed, why);
    }
    match signers.find(signed.key(), signed.namespace(), args.identity.as_deref(), at) {
        Ok(line) => Signer::allowed(signed, line),
        Err(refusal) => {
            Signer::not_allowed(signed, format!("{}: {refusal}", args.allowed_signers.display()))
        }
    }
}

fn judge_again(args: &VerifyArgs, integrity: &Integrity) -> Result<Judged, Failed> {
    let Some(manifest) = &integrity.manifest else { unreachable!("nothing is wrong with it") };
    let suite = args.suite.suite()?;
    let assets = args.suite.case_assets();
    let digests = Digests::of(&suite.cases, &assets).map_err(|e| Failed::file(assets.root(), e))?;
    let reference = args.suite.reference.as_ref().unwrap_or(&manifest.judged_with.reference);
    // Baselines of a stand-in need not be here; mistakes in those that are have to be mended.
    let knowledge = match Knowledge::load(&args.suite.baseline_assets(), Some(reference)) {
        Err(SuiteError::Reference(why)) => Err(why),
        other => Ok(other.map_err(mistakes)?),
    };
    let own = Own {
        knowledge: knowledge.as_ref().map_err(String::as_str),
        suite: &suite,
        digests: &digests,
    };
    Ok(rejudge(manifest, &integrity.contents, &own))
}
