//! `parallax shapes check`.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::lines::{self, Line};
use super::show;
use crate::assets::Assets;
use crate::cli::args::mistakes;
use crate::cli::exit::{Done, Exit, Failed};
use crate::judge::shape::Recording;
use crate::judge::{Finding, Knowledge, Severity, judge_recording};
use crate::model::{Model, suggest};

/// What `--help` adds.
pub(super) const HELP: &str = "\
A line is one stored answer, a JSON object in one of two formats:
  in SDK member names  { source, http_status, output }
  raw                  { source, http_status, request, headers, body, recorded_at }
The action is `action`, if the line has it; else the `Action` in the request; else the file's name.

Exit codes:
  0  every line was judged, and nothing is breaking
  1  every line was judged, and at least one finding is breaking
  2  usage, or something could not be read; everything else was judged all the same";

/// Arguments of `shapes check`.
#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// Files of stored answers, one a line; folders of files ending in .jsonl; - for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How to print the findings
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Folder of baselines, in which the shape profiles are, to use instead of the bundled ones
    #[arg(long, value_name = "DIR")]
    baselines: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// One stored answer and what was found in it.
#[derive(Debug, Serialize)]
pub(super) struct Judged {
    pub(super) file: String,
    pub(super) line: usize,
    pub(super) source: String,
    pub(super) action: String,
    pub(super) http_status: u16,
    /// Whether there is a shape profile of the action.
    pub(super) profile: bool,
    pub(super) findings: Vec<Finding>,
}

/// Something that could not be read.
#[derive(Debug, Serialize)]
pub(super) struct Unreadable {
    pub(super) file: String,
    /// The line, from 1; absent if the whole file cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) line: Option<usize>,
    pub(super) why: String,
}

/// Sums.
#[derive(Debug, Default, Serialize)]
pub(super) struct Totals {
    /// Stored answers that were judged.
    pub(super) answers: usize,
    /// Those with findings.
    pub(super) with_findings: usize,
    /// Findings by severity.
    pub(super) breaking: usize,
    pub(super) divergent: usize,
    pub(super) cosmetic: usize,
    /// Answers to actions of which there is no shape profile.
    pub(super) without_profile: usize,
    /// Lines and files that could not be read.
    pub(super) unreadable: usize,
}

pub(super) fn run(args: &CheckArgs) -> Done {
    let assets = args.baselines.clone().map_or(Assets::Baselines, Assets::Folder);
    let knowledge = Knowledge::of_no_reference(&assets).map_err(mistakes)?;
    if knowledge.profiles.is_empty() {
        let message =
            format!("{}: there are no shape profiles in aws/shapes", assets.root().display());
        return Err(Failed::usage(message));
    }
    let mut check = Check {
        knowledge,
        totals: Totals::default(),
        judged: Vec::new(),
        unreadable: Vec::new(),
        is_text: matches!(args.format, Format::Text),
    };
    for given in &args.files {
        check.given(given);
    }
    let exit = if check.totals.unreadable > 0 {
        Exit::Usage
    } else if check.totals.breaking > 0 {
        Exit::Incompatible
    } else {
        Exit::Ok
    };
    match args.format {
        Format::Text => show::totals(&check.totals),
        Format::Json => {
            show::json(&check.knowledge, &check.totals, &check.judged, &check.unreadable)
        }
    }
    Ok(exit)
}

struct Check {
    knowledge: Knowledge,
    totals: Totals,
    judged: Vec<Judged>,
    unreadable: Vec<Unreadable>,
    /// Text is printed as it comes, and nothing of it kept.
    is_text: bool,
}

impl Check {
    fn given(&mut self, given: &Path) {
        if given == Path::new("-") {
            self.lines("-", None, &mut std::io::stdin().lock());
            return;
        }
        let name = given.display().to_string();
        let files = match lines::files(given) {
            Ok(files) if files.is_empty() => {
                return self.cannot(&name, None, "there is no file in it that ends in .jsonl");
            }
            Ok(files) => files,
            Err(error) => return self.cannot(&name, None, &error.to_string()),
        };
        for path in files {
            let name = path.display().to_string();
            match File::open(&path) {
                Ok(file) => {
                    let stem = path.file_stem().and_then(|s| s.to_str());
                    self.lines(&name, stem, &mut BufReader::new(file));
                }
                Err(error) => self.cannot(&name, None, &error.to_string()),
            }
        }
    }

    fn lines(&mut self, file: &str, stem: Option<&str>, reader: &mut impl BufRead) {
        for number in 1.. {
            match lines::next(reader) {
                Ok(None) => return,
                Ok(Some(Line::TooLong)) => self.cannot(file, Some(number), "the line is too long"),
                Ok(Some(Line::Bytes(bytes))) => {
                    let line = lines::trim(&bytes);
                    if !line.is_empty() {
                        self.line(file, stem, number, line);
                    }
                }
                Err(error) => return self.cannot(file, Some(number), &error.to_string()),
            }
        }
    }

    fn line(&mut self, file: &str, stem: Option<&str>, number: usize, line: &[u8]) {
        let read = Recording::parse(line).and_then(|recording| {
            let action = action(recording.action.as_deref(), stem)?;
            Ok((action, recording))
        });
        let (action, recording) = match read {
            Ok(read) => read,
            Err(why) => return self.cannot(file, Some(number), &why),
        };
        let mut findings = judge_recording(&action, &recording, &self.knowledge);
        findings.sort_by_key(|finding| finding.severity);
        let profile = self.knowledge.profiles.get(&action).is_some();
        self.totals.answers += 1;
        self.totals.with_findings += usize::from(!findings.is_empty());
        self.totals.without_profile += usize::from(!profile);
        for finding in &findings {
            match finding.severity {
                Severity::Breaking => self.totals.breaking += 1,
                Severity::Divergent => self.totals.divergent += 1,
                Severity::Cosmetic => self.totals.cosmetic += 1,
            }
        }
        let judged = Judged {
            file: file.to_owned(),
            line: number,
            source: recording.source,
            action,
            http_status: recording.status,
            profile,
            findings,
        };
        if self.is_text {
            show::answer(&judged);
        } else {
            self.judged.push(judged);
        }
    }

    fn cannot(&mut self, file: &str, line: Option<usize>, why: &str) {
        self.totals.unreadable += 1;
        let unreadable = Unreadable { file: file.to_owned(), line, why: why.to_owned() };
        show::unreadable(&unreadable);
        self.unreadable.push(unreadable);
    }
}

/// The action that a line answers. A file's name counts only if it is an action, so that answers to
/// several actions can be in one file.
fn action(named: Option<&str>, stem: Option<&str>) -> Result<String, String> {
    let known = |name: &&str| Model::ec2().action(name).is_some();
    match (named, stem) {
        (Some(name), _) if known(&name) => Ok(name.to_owned()),
        (Some(name), _) => {
            let all = Model::ec2().actions().map(|a| a.name.as_str());
            let shown: String = name.chars().take(80).collect();
            let hint = suggest(&shown, all).map(|close| format!("; did you mean `{close}`?"));
            Err(format!("EC2 has no action `{shown}`{}", hint.unwrap_or_default()))
        }
        (None, Some(stem)) if known(&stem) => Ok(stem.to_owned()),
        (None, _) => {
            Err("it does not say which action it answers: write `action` into the line, or \
                          name the file after the action"
                .to_owned())
        }
    }
}
