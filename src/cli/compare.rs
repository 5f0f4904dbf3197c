//! `parallax compare`.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::exit::{Done, Exit, Failed};
use super::files::{RunFolder, to_json};
use super::out::{print, say};
use crate::assets::replace_file;
use crate::compare::{About, Comparison, Side, compare};
use crate::judge::{RunResult, read_result};
use crate::report;
use crate::transcript::Transcript;

/// Arguments of `compare`.
#[derive(Debug, Args)]
#[command(after_help = "\
Each RUN is the folder of a run, or its result.json. NAME=RUN calls it NAME; otherwise it is called
as its about.json says (see `parallax index --help`), or as its target, with the date where two
would be called the same. The transcript in the folder is used to show requests and answers, if it
is there.

A case that one run has and another has not is `not run` there, which is never taken for a pass.
Of two runs it is said what changed from the first to the second:

    worse      the verdict is worse: what passed does not, what was honestly unsupported fails
    lost       said something before, and now nothing can be said: blocked, inconclusive, skipped
    changed    the same verdict for other breaking or divergent findings
    better     the verdict is better
    told       nothing could be said before; now it can
    added      not run before
    removed    not run now

    parallax compare old new                                   # what changed
    parallax compare cloud-a cloud-b cloud-c --out audit.html  # one page, to be passed on
    parallax compare A=one/result.json B=two/result.json --format markdown
    parallax compare old new --format json | jq '.change.worse[].name'

The exit code is 0 whatever is found: a comparison decides nothing.")]
pub(super) struct CompareArgs {
    /// Runs to compare, in this order: folders, or files result.json
    #[arg(value_name = "[NAME=]RUN", required = true, num_args = 2..)]
    runs: Vec<String>,
    /// What to write [default: as the ending of --out says, else terminal]
    #[arg(long, short)]
    format: Option<Format>,
    /// Write it to this file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    /// List every case that changed, not only the first of each kind
    #[arg(long, short)]
    verbose: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Counts side by side, and of two runs what changed
    Terminal,
    /// One self-contained HTML page
    Html,
    /// Markdown
    Markdown,
    /// Everything, for programs: `.cases`, `.differences`, `.change`, …
    Json,
}

/// A result as it was read.
struct Given {
    name: Option<String>,
    path: PathBuf,
    about: Option<About>,
    result: RunResult,
    transcript: Option<Transcript>,
}

pub(super) fn run(args: &CompareArgs) -> Done {
    let format = format(args)?;
    let given: Vec<Given> =
        args.runs.iter().map(|run| read(run, format == Format::Html)).collect::<Result<_, _>>()?;
    let labels = labels(&given)?;
    let sides: Vec<Side<'_>> = given
        .iter()
        .zip(labels)
        .map(|(given, label)| Side { label, about: given.about.clone(), result: &given.result })
        .collect();
    let comparison = compare(&sides);
    let text = render(&comparison, &given, format, args.verbose)?;
    match &args.out {
        None => print(&text),
        Some(file) => {
            // A file has no colours, whatever is printed on.
            let plain = anstream::adapter::strip_str(&text).to_string();
            let text = if format == Format::Terminal { plain } else { text };
            replace_file(file, text.as_bytes()).map_err(|e| Failed::file(file, e))?;
            say!("The comparison: {}", file.display());
        }
    }
    Ok(Exit::Ok)
}

fn render(
    comparison: &Comparison,
    given: &[Given],
    format: Format,
    verbose: bool,
) -> Result<String, Failed> {
    Ok(match format {
        Format::Terminal => report::comparison::text(comparison, verbose),
        Format::Markdown => report::comparison::markdown(comparison),
        Format::Json => to_json(comparison),
        Format::Html => {
            let results: Vec<_> =
                given.iter().map(|given| (&given.result, given.transcript.as_ref())).collect();
            report::html_comparison(comparison, &results).map_err(Failed::usage)?
        }
    })
}

/// What is asked for, or what the file's name says.
fn format(args: &CompareArgs) -> Result<Format, Failed> {
    if let Some(format) = args.format {
        return Ok(format);
    }
    let Some(file) = &args.out else { return Ok(Format::Terminal) };
    match file.extension().and_then(|ending| ending.to_str()) {
        Some("html" | "htm") => Ok(Format::Html),
        Some("md" | "markdown") => Ok(Format::Markdown),
        Some("json") => Ok(Format::Json),
        Some("txt") => Ok(Format::Terminal),
        _ => Err(Failed::usage(format!(
            "{}: its ending does not say what to write; name it .html, .md, .json or .txt, or add \
             --format",
            file.display()
        ))),
    }
}

/// Reads a run: its folder, or its result.
fn read(given: &str, exchanges: bool) -> Result<Given, Failed> {
    // What exists is a path, whatever it looks like.
    let (name, path) = match given.split_once('=') {
        Some((name, path)) if !Path::new(given).exists() => (Some(name.trim()), path),
        _ => (None, given),
    };
    if name.is_some_and(str::is_empty) {
        return Err(Failed::usage(format!("{given}: there is no name before the `=`")));
    }
    let path = PathBuf::from(path);
    let (folder, file) = if path.is_dir() {
        let folder = RunFolder::new(&path);
        let file = folder.result();
        (Some(folder), file)
    } else {
        // A file that stands in the folder of its run has the run's transcript beside it.
        let named = path.file_name().is_some_and(|name| name == "result.json");
        let parent =
            path.parent().filter(|_| named).map(|parent| match parent.as_os_str().is_empty() {
                true => Path::new("."),
                false => parent,
            });
        (parent.map(RunFolder::new), path.clone())
    };
    let text = std::fs::read_to_string(&file).map_err(|e| {
        Failed::file(
            &file,
            format!(
                "{e}; the folder of a run is meant, or its result.json, which \
             `parallax judge DIR` makes"
            ),
        )
    })?;
    let result =
        read_result(&text).map_err(|e| Failed::file(&file, format!("this is no result: {e}")))?;
    let transcript = match &folder {
        Some(folder) if exchanges && folder.stored_transcript().is_file() => {
            Some(folder.read_transcript()?).filter(|transcript| transcript.run.run == result.run.id)
        }
        _ => None,
    };
    let about = folder.as_ref().map(RunFolder::about).transpose()?.flatten();
    Ok(Given { name: name.map(str::to_owned), path, about, result, transcript })
}

/// What runs are called: no two the same.
fn labels(given: &[Given]) -> Result<Vec<String>, Failed> {
    let named = |given: &Given| {
        let target = &given.result.run.target;
        given.name.clone().or_else(|| given.about.as_ref().map(About::title)).unwrap_or_else(|| {
            if target.name.is_empty() { target.endpoint.clone() } else { target.name.clone() }
        })
    };
    // From what people say to what tells anything apart.
    let more: [fn(&Given) -> String; 4] = [
        |given| given.result.run.started.get(..10).unwrap_or_default().to_owned(),
        |given| given.result.run.started.get(..16).unwrap_or_default().replace('T', " "),
        |given| given.result.run.id.clone(),
        |given| given.path.display().to_string(),
    ];
    let labels: Vec<String> = given.iter().map(named).collect();
    for (at, label) in labels.iter().enumerate() {
        if given[at].name.is_some() && labels[..at].contains(label) {
            return Err(Failed::usage(format!("two runs are to be called `{label}`")));
        }
    }
    let twice = |labels: &[String], at: usize| {
        labels.iter().filter(|label| **label == labels[at]).count() > 1
    };
    let ambiguous: Vec<usize> = (0..labels.len()).filter(|at| twice(&labels, *at)).collect();
    for how in more {
        let mut longer = labels.clone();
        for at in &ambiguous {
            longer[*at] = format!("{}, {}", labels[*at], how(&given[*at]));
        }
        if !(0..longer.len()).any(|at| twice(&longer, at)) {
            return Ok(longer);
        }
    }
    Err(Failed::usage("the same run is given twice; NAME=RUN gives each a name of its own"))
}
