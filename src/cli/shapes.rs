//! `parallax shapes`.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::args::plural;
use super::exit::{Done, Exit, Failed};
use super::files::to_json;
use super::out::say;
use crate::judge::shape::{Exclusion, build};
use crate::model::Model;

/// Arguments of `shapes`.
#[derive(Debug, Args)]
pub(super) struct ShapesArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Compute the profiles from folders of recordings: files named <Action>.jsonl
    Build {
        /// Folders of recordings
        #[arg(required = true, value_name = "DIR")]
        folders: Vec<PathBuf>,
        /// Folder for the profiles, one file for each action
        #[arg(long, value_name = "DIR", default_value = "baselines/aws/shapes")]
        out: PathBuf,
        /// Recordings to leave out: a JSON array of { source, reason }
        #[arg(long, value_name = "FILE", default_value = "baselines/excluded-recordings.json")]
        exclude: PathBuf,
    },
}

pub(super) fn run(args: &ShapesArgs) -> Done {
    let Command::Build { folders, out, exclude } = &args.command;
    let text = std::fs::read_to_string(exclude).map_err(|e| Failed::file(exclude, e))?;
    let excluded: Vec<Exclusion> =
        serde_json::from_str(&text).map_err(|e| Failed::file(exclude, e))?;
    let profiles = build(folders, &excluded).map_err(Failed::usage)?;
    std::fs::create_dir_all(out).map_err(|e| Failed::file(out, e))?;
    remove_profiles(out)?;
    for profile in &profiles {
        let path = out.join(format!("{}.json", profile.action));
        std::fs::write(&path, to_json(profile)).map_err(|e| Failed::file(&path, e))?;
    }
    say!("{} written to {}", plural(profiles.len(), "profile"), out.display());
    Ok(Exit::Ok)
}

/// A profile whose recordings are gone must not stay. Only files named after an action are touched.
fn remove_profiles(out: &Path) -> Result<(), Failed> {
    for action in Model::ec2().actions() {
        let path = out.join(format!("{}.json", action.name));
        if path.exists() {
            std::fs::remove_file(&path).map_err(|e| Failed::file(&path, e))?;
        }
    }
    Ok(())
}
