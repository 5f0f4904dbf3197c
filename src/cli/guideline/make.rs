//! `parallax guideline make`.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::assets::replace_file;
use crate::cli::args::{SuiteArgs, plural, show_mistakes};
use crate::cli::exit::{Done, Exit, Failed};
use crate::cli::out::{print, say};
use crate::guideline::{Guideline, Source, Usage, make};
use crate::judge::baseline::{AWS, Baselines};
use crate::syntax::{Diagnostics, SourceFile};

/// Arguments of `guideline make`.
#[derive(Debug, Args)]
#[command(after_help = "\
    parallax guideline make cases/guidelines/2026.11.yaml            # writes 2026.11.json beside it
    parallax guideline make cases/guidelines/2026.11.yaml --check    # only compares

The tests of each capability come from the suite, scores by rule from published facts and from what the
file judges. What the file's keys mean is in cases/guidelines/README.md.")]
pub(super) struct MakeArgs {
    /// The file that people keep, YAML
    #[arg(value_name = "SOURCE")]
    source: PathBuf,
    /// Where to write the guideline, `-` for standard output [default: SOURCE with .json]
    #[arg(long, short, value_name = "FILE", conflicts_with = "check")]
    out: Option<PathBuf>,
    /// Write nothing: fail if the guideline is not what would be written
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    suite: SuiteArgs,
}

pub(super) fn run(args: &MakeArgs) -> Done {
    let text = std::fs::read_to_string(&args.source).map_err(|e| Failed::file(&args.source, e))?;
    let file = SourceFile { path: args.source.clone(), text };
    let suite = args.suite.suite()?;
    let baselines = Baselines::load(&args.suite.baseline_assets(), Some(AWS), None)
        .map_err(crate::cli::args::mistakes)?;
    let made = Source::parse(&file.text)
        .and_then(|source| make(&source, &suite, &baselines, Usage::facts()))
        .map_err(|found| {
            let mut mistakes = Diagnostics::default();
            mistakes.add(file, found);
            show_mistakes(&mistakes);
            Failed::usage(format!("{} found", plural(mistakes.len(), "mistake")))
        })?;
    let json = args.source.with_extension("json");
    let out = args.out.as_deref().unwrap_or(&json);
    if args.check { compare(out, &made) } else { write(out, &made) }
}

fn compare(path: &Path, made: &Guideline) -> Done {
    let text = std::fs::read_to_string(path).map_err(|e| Failed::file(path, e))?;
    if text != made.to_text() {
        let why = "this is not what its source, the suite and the facts give; \
                   `parallax guideline make` writes it anew";
        return Err(Failed::file(path, why));
    }
    say!("{} is as it should be", path.display());
    Ok(Exit::Ok)
}

fn write(path: &Path, made: &Guideline) -> Done {
    let text = made.to_text();
    if path == Path::new("-") {
        print(&text);
        return Ok(Exit::Ok);
    }
    replace_file(path, text.as_bytes()).map_err(|e| Failed::file(path, e))?;
    let tests = made.tests().count();
    let capabilities = made.capabilities.len();
    say!("{}: {capabilities} capabilities, {}", path.display(), plural(tests, "test"));
    Ok(Exit::Ok)
}
