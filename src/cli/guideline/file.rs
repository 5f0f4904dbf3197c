//! Guidelines by name or from files.

use std::path::Path;

use clap::Args;

use crate::assets::Assets;
use crate::cli::args::show_mistakes;
use crate::cli::exit::Failed;
use crate::guideline::{Guideline, GuidelineResult, Waived, evaluate};
use crate::judge::RunResult;
use crate::model::suggest;
use crate::syntax::SourceFile;

/// Names of the guidelines that come with the program, the newest last.
pub(in crate::cli) fn bundled() -> Result<Vec<String>, Failed> {
    let files = Assets::Guidelines.list(".json").map_err(Failed::usage)?;
    Ok(files.iter().filter_map(|file| file.strip_suffix(".json")).map(str::to_owned).collect())
}

/// The text of a guideline: of one that comes with the program, by its name; else of a file. The
/// newest if none is named.
pub(in crate::cli) fn source(named: Option<&str>) -> Result<SourceFile, Failed> {
    let known = bundled()?;
    let name = match (named, known.last()) {
        (Some(name), _) => name,
        (None, Some(newest)) => newest,
        (None, None) => return Err(Failed::usage("no guideline comes with this program")),
    };
    let bare = name.strip_suffix(".json").unwrap_or(name);
    let path = Path::new(name);
    if !path.exists() && known.iter().any(|known| known == bare) {
        return Assets::Guidelines.source(&format!("{bare}.json")).map_err(Failed::usage);
    }
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(SourceFile { path: path.to_owned(), text }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let hint = suggest(bare, known.iter().map(String::as_str));
            let hint = hint.map(|close| format!("; did you mean {close}?")).unwrap_or_default();
            let known = known.join(", ");
            Err(Failed::usage(format!(
                "there is no file {name}, and no guideline of that name comes with this program: \
                 it has {known}{hint}"
            )))
        }
        Err(error) => Err(Failed::file(path, error)),
    }
}

/// A guideline by its name or from a file; the newest if none is named.
pub(in crate::cli) fn read(named: Option<&str>) -> Result<Guideline, Failed> {
    let file = source(named)?;
    Guideline::parse(&file).map_err(|found| {
        show_mistakes(&found);
        Failed::usage(format!("{} is no guideline of schema 2.0", file.path.display()))
    })
}

/// The guideline that a run is held against.
#[derive(Debug, Args)]
pub(in crate::cli) struct GuidelineArg {
    /// Guideline to hold the run against: a file, the name of one that comes with the program, or
    /// `none` [default: the newest that comes with it, if the run has at least half of what a
    /// platform of it requires]
    #[arg(long, value_name = "GUIDELINE")]
    guideline: Option<String>,
}

impl GuidelineArg {
    /// The guideline that is meant. Read it before anything takes long.
    pub(in crate::cli) fn read(&self) -> Result<Option<Guideline>, Failed> {
        match self.guideline.as_deref() {
            Some("none") => Ok(None),
            named => read(named).map(Some),
        }
    }

    /// What a run shows of it. Of one that nobody named nothing, if the run was not about it: who
    /// runs three cases asks no guideline.
    pub(in crate::cli) fn held(
        &self,
        guideline: Option<&Guideline>,
        result: &RunResult,
        waived: &Waived,
    ) -> Option<GuidelineResult> {
        let held = evaluate(guideline?, result, waived);
        (self.guideline.is_some() || held.is_about()).then_some(held)
    }
}
