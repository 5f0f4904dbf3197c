//! `parallax index`.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Deserialize;

use super::exit::{Done, Exit, Failed};
use super::files::RunFolder;
use super::marks::renew;
use super::out::print;
use crate::judge::{RunFacts, Summary};
use crate::report::{Published, index};

/// Arguments of `index`.
#[derive(Debug, Args)]
#[command(after_help = "\
A published result is a folder with result.json, its transcript (transcript.jsonl, or the same
compressed, transcript.jsonl.gz), run.json, and about.json, which says what no transcript knows:

    { \"kind\": \"cloud\", \"name\": \"OpenStack\", \"release\": \"2023.2\",
      \"about\": \"Which services, and how they were set up, in a sentence or two.\" }

`kind` is `cloud` or `emulator`.

    parallax index reports                              # the table
    parallax index reports --into reports/README.md     # renews it there")]
pub(super) struct IndexArgs {
    /// Folder of published results, one in each of its folders
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Put the table into this file, between its lines <!-- index --> and <!-- /index -->
    #[arg(long, value_name = "FILE")]
    into: Option<PathBuf>,
}

/// What the table needs of a result.
#[derive(Deserialize)]
struct Counted {
    run: RunFacts,
    summary: Summary,
}

pub(super) fn run(args: &IndexArgs) -> Done {
    let published = published(&args.folder)?;
    let table = index(&published);
    match &args.into {
        Some(file) => renew(file, "index", &table),
        None => {
            print(&table);
            Ok(Exit::Ok)
        }
    }
}

/// Every folder with a result.
fn published(root: &Path) -> Result<Vec<Published>, Failed> {
    let entries = std::fs::read_dir(root).map_err(|e| Failed::file(root, e))?;
    let mut published = Vec::new();
    for entry in entries {
        let folder = RunFolder::new(entry.map_err(|e| Failed::file(root, e))?.path());
        if folder.result().is_file() {
            published.push(read(&folder)?);
        }
    }
    if published.is_empty() {
        let why = "no folder in it has a result.json; `parallax index reports` is meant";
        return Err(Failed::file(root, why));
    }
    Ok(published)
}

fn read(folder: &RunFolder) -> Result<Published, Failed> {
    let path = folder.result();
    let text = std::fs::read_to_string(&path).map_err(|e| Failed::file(&path, e))?;
    let Counted { run, summary } = serde_json::from_str(&text)
        .map_err(|e| Failed::file(&path, format!("this is no result: {e}")))?;
    let about = folder.about()?.ok_or_else(|| {
        let why = "it is missing, and says what the result is of; `parallax index --help` shows it";
        Failed::file(&folder.root().join("about.json"), why)
    })?;
    let transcript = folder.stored_transcript();
    if !transcript.is_file() {
        let why = "it is missing: a result without its transcript cannot be judged again";
        return Err(Failed::file(&transcript, why));
    }
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Published {
        folder: name(folder.root()),
        about,
        run,
        summary,
        files: [path, transcript, folder.root().join("run.json")]
            .iter()
            .filter(|file| file.is_file())
            .map(|file| name(file))
            .collect(),
    })
}
