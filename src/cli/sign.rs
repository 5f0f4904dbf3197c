//! `parallax sign`.

mod agent;
pub(super) mod key;

use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args};

use super::args::{SuiteArgs, plural};
use super::exit::{Done, Exit, Failed};
use super::files::RunFolder;
use super::out::say;
use crate::assets::replace_file;
use crate::bundle::{Evidence, NAMESPACE, Signed, Unsigned, is_bundle};
use crate::judge::{RunResult, read_result};
use crate::report::clean::clean;

const HELP: &str = "\
A bundle is a zip archive with manifest.json, its signature, run.json, transcript.jsonl, result.json,
digests of cases, rules and guidelines, and the baselines that the run was judged with: all that
somebody needs to judge the run again. Before it is signed, the transcript is judged again; a result
that does not follow from it is refused.

The key is an ordinary SSH key, Ed25519 or RSA:
  --key ~/.ssh/id_ed25519         from a file; its passphrase, if it has one, is asked for, or taken
                                  from PARALLAX_KEY_PASSPHRASE
  --key ~/.ssh/id_ed25519.pub     a public key: the agent at SSH_AUTH_SOCK signs

or your own tool signs, for instance where the key is elsewhere:
  parallax sign DIR --manifest manifest.json
  ssh-keygen -Y sign -f KEY -n parallax-bundle manifest.json
  parallax sign DIR --signature manifest.json.sig --out BUNDLE

No time is written, so the same folder, key and version of Parallax give the same bytes. Anyone checks
a bundle with `parallax verify`, or the signature alone with OpenSSH:
  unzip BUNDLE -d bundle && cd bundle
  ssh-keygen -Y verify -f ALLOWED_SIGNERS -I you@example.com -n parallax-bundle \\
    -s manifest.json.sig < manifest.json

A signature says who vouches for a run. That it took place as the transcript has it, only they know.

Exit codes: 0 signed; 2 not signed, and why.";

/// Arguments of `sign`.
#[derive(Debug, Args)]
#[command(after_help = HELP, group = ArgGroup::new("how").required(true))]
pub(super) struct SignArgs {
    /// Folder of a run, as `parallax run --out DIR` makes it
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// SSH key to sign with: a private key, or a public one whose private key an agent has
    #[arg(long, value_name = "FILE", group = "how")]
    key: Option<PathBuf>,
    /// Signature that ssh-keygen made of the manifest, in place of a key
    #[arg(long, value_name = "FILE", group = "how")]
    signature: Option<PathBuf>,
    /// Sign nothing, and write there what is to be signed
    #[arg(long, value_name = "FILE", group = "how", conflicts_with = "out")]
    manifest: Option<PathBuf>,
    /// The bundle to write; a bundle that is there is replaced
    #[arg(long, short, value_name = "BUNDLE", required_unless_present = "manifest")]
    out: Option<PathBuf>,
    /// What the signature is for; who verifies has to name the same
    #[arg(long, value_name = "NAME", default_value = NAMESPACE, value_parser = clap::builder::NonEmptyStringValueParser::new())]
    namespace: String,
    #[command(flatten)]
    suite: SuiteArgs,
}

pub(super) fn run(args: &SignArgs) -> Done {
    if let Some(out) = &args.out {
        must_be_replaceable(out)?;
    }
    let unsigned = Unsigned::new(&evidence(args)?).map_err(|e| Failed::file(&args.folder, e))?;
    let manifest = unsigned.manifest().as_bytes();
    let signed = if let Some(path) = &args.key {
        key::sign(path, &args.namespace, manifest)?
    } else if let Some(path) = &args.signature {
        attached(path, &args.namespace, manifest)?
    } else if let Some(path) = &args.manifest {
        replace_file(path, manifest).map_err(|e| Failed::file(path, e))?;
        let (path, namespace) = (path.display(), &args.namespace);
        say!(
            "written, to be signed: ssh-keygen -Y sign -f KEY -n {namespace} {path}\nthen: parallax \
             sign {} --signature {path}.sig --out BUNDLE",
            args.folder.display()
        );
        return Ok(Exit::Ok);
    } else {
        unreachable!("one of them is required");
    };
    // A signature that does not verify helps nobody, whoever made it.
    if !signed.holds(manifest) {
        let message = "the signature that was made does not hold, so nothing was written";
        return Err(Failed::usage(message));
    }
    let Some(out) = &args.out else { unreachable!("it is required") };
    let (members, words) = (unsigned.members(), words(unsigned.result()));
    let bytes = unsigned.seal(&signed);
    replace_file(out, &bytes).map_err(|e| Failed::file(out, e))?;
    say!("signed {}", clean(&words));
    say!("by     {}, for {}", signed.key_words(), clean(signed.namespace()));
    say!("in     {}: {} in {}", out.display(), plural(members, "file"), size(bytes.len()));
    say!(
        "\nWho checks it needs a line in their file of allowed signers; put in front who you are:"
    );
    say!("  you@example.com namespaces=\"{}\" {}", clean(signed.namespace()), signed.key_line());
    say!("  parallax verify {} --allowed-signers FILE", out.display());
    Ok(Exit::Ok)
}

/// Reads the run's files, and the baselines that it was judged with.
fn evidence(args: &SignArgs) -> Result<Evidence, Failed> {
    let folder = RunFolder::new(&args.folder);
    let read = |path: PathBuf, hint: &str| {
        std::fs::read_to_string(&path)
            .map_err(|e| Failed::usage(format!("{}: {e}; {hint}", path.display())))
    };
    let of_run = "a run's folder is meant, as `parallax run --out DIR` makes it";
    let transcript = read(folder.transcript(), of_run)?;
    let run = read(folder.run(), "a run that was stopped half-way has none, and cannot be signed")?;
    let result = read(folder.result(), "`parallax judge DIR` makes it")?;
    let stated = read_result(&result)
        .map_err(|e| Failed::file(&folder.result(), format!("this is no result: {e}")))?;
    let reference = stated.judged_with.reference;
    if let Some(wanted) = args.suite.reference.as_ref().filter(|wanted| **wanted != reference) {
        let why = format!(
            "it was held against {reference}, not {wanted}; `parallax judge DIR --reference {wanted}` does that"
        );
        return Err(Failed::file(&folder.result(), why));
    }
    let assets = args.suite.baseline_assets();
    let baselines = Evidence::baselines_of(&assets, &reference);
    let baselines = baselines.map_err(|e| Failed::file(assets.root(), e))?;
    Ok(Evidence { run, transcript, result, baselines, suite: args.suite.case_assets() })
}

/// A signature of somebody else's tool, which has to be one over this manifest.
fn attached(path: &Path, namespace: &str, manifest: &[u8]) -> Result<Signed, Failed> {
    let failed = |why: String| Failed::file(path, why);
    let text = std::fs::read_to_string(path).map_err(|e| Failed::file(path, e))?;
    let signed = Signed::read_any(&text).map_err(|e| failed(e.to_string()))?;
    if signed.namespace() != namespace {
        return Err(failed(format!(
            "the signature is for the namespace {:?}, not for {namespace:?}; sign with `-n {namespace}`, or \
             say --namespace",
            signed.namespace()
        )));
    }
    if signed.holds(manifest) {
        return Ok(signed);
    }
    Err(failed(
        "this is no signature of the manifest that is made here now. The folder may have changed since, \
         or it was signed with another version of Parallax: write it anew with --manifest, and sign that"
            .to_owned(),
    ))
}

/// Replacing somebody's key because the arguments were mixed up would be a pity.
fn must_be_replaceable(path: &Path) -> Result<(), Failed> {
    let there = match std::fs::read(path) {
        Ok(there) => there,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(Failed::file(path, error)),
    };
    if there.is_empty() || is_bundle(&there).is_ok() {
        return Ok(());
    }
    Err(Failed::file(
        path,
        "this is there already and is no bundle; choose another name with --out",
    ))
}

/// The run in a line.
fn words(result: &RunResult) -> String {
    let run = &result.run;
    let verdicts =
        result.summary.verdicts.iter().map(|(verdict, count)| format!("{count} {verdict}"));
    format!(
        "the run {} on {}, begun {}: {}, {}",
        run.id,
        run.target.name,
        run.started,
        plural(result.cases.len(), "case"),
        verdicts.collect::<Vec<_>>().join(", ")
    )
}

/// A size in words.
pub(super) fn size(bytes: usize) -> String {
    #[allow(clippy::cast_precision_loss, reason = "it is rounded anyway")]
    let (thousands, millions) = (bytes as f64 / 1e3, bytes as f64 / 1e6);
    if bytes < 1_000_000 { format!("{thousands:.1} kB") } else { format!("{millions:.1} MB") }
}
