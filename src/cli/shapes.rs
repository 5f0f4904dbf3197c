//! `parallax shapes`.

mod check;
mod lines;
mod show;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::args::plural;
use super::exit::{Done, Exit, Failed};
use super::out::say;
use crate::judge::shape::{About, build, read};
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
    Build(BuildArgs),
    /// Judge stored answers by the client, model and shape layers
    #[command(after_help = check::HELP)]
    Check(check::CheckArgs),
}

#[derive(Debug, Args)]
struct BuildArgs {
    /// Folders of recordings
    #[arg(required = true, value_name = "DIR")]
    folders: Vec<PathBuf>,
    /// Folder for the profiles, one file for each action
    #[arg(long, value_name = "DIR", default_value = "baselines/aws/shapes")]
    out: PathBuf,
    /// Recordings to leave out: a JSON array of { source, reason }
    #[arg(long, value_name = "FILE", default_value = "baselines/excluded-recordings.json")]
    exclude: PathBuf,
    /// The projects that made the recordings: a JSON array of { project, url, state, license }
    #[arg(long, value_name = "FILE", default_value = "baselines/recording-projects.json")]
    projects: PathBuf,
}

pub(super) fn run(args: &ShapesArgs) -> Done {
    match &args.command {
        Command::Build(args) => run_build(args),
        Command::Check(args) => check::run(args),
    }
}

fn run_build(args: &BuildArgs) -> Done {
    let BuildArgs { folders, out, exclude, projects } = args;
    let about = About::read(exclude, projects).map_err(Failed::usage)?;
    let known = read(folders, &about).map_err(Failed::usage)?;
    let profiles = build(&known, &about);
    std::fs::create_dir_all(out).map_err(|e| Failed::file(out, e))?;
    remove_profiles(out)?;
    for profile in &profiles {
        let path = out.join(format!("{}.json", profile.action));
        std::fs::write(&path, profile.to_text()).map_err(|e| Failed::file(&path, e))?;
    }
    let left_out = known.iter().filter(|one| one.left_out.is_some()).count();
    say!(
        "{} of {} written to {}; {left_out} left out",
        plural(profiles.len(), "profile"),
        plural(known.len(), "recorded answer"),
        out.display()
    );
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
