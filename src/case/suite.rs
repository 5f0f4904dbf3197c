//! All cases of a folder, or the suite that was built in.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use super::prepare::{self, Preparations};
use super::{Case, check, expand, read};
use crate::assets::Assets;
use crate::model::Model;
use crate::syntax::{Diagnostic, Diagnostics, Reader, SourceFile, parse};

/// Cases, sorted by name.
#[derive(Debug, Clone, Default)]
pub struct Suite {
    /// The cases.
    pub cases: Vec<Case>,
}

/// Why a suite could not be read.
#[derive(Debug, thiserror::Error)]
pub enum SuiteError {
    /// A folder or file could not be read.
    #[error("{}: {error}", path.display())]
    Io {
        /// What could not be read.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Mistakes in case files.
    #[error("{0}")]
    Mistakes(Diagnostics),
    /// It is not clear, or not there, whose baselines are meant.
    #[error("{0}")]
    Reference(String),
}

/// What lies beside the cases and is none, as preparations are: guidelines, and what they are made
/// from.
const GUIDELINES: &str = "guidelines/";

impl Suite {
    /// Reads, checks and expands every case.
    ///
    /// # Errors
    /// Returns every mistake in every file, not only the first.
    pub fn load(assets: &Assets) -> Result<Suite, SuiteError> {
        let io_error = |path: PathBuf| move |error| SuiteError::Io { path, error };
        let mut names = assets.list(".yaml").map_err(io_error(assets.root().to_owned()))?;
        names.retain(|name| !name.starts_with(GUIDELINES) && !name.starts_with(prepare::FOLDER));
        let mut cases = Vec::new();
        let mut mistakes = Diagnostics::default();
        let preparations = Preparations::load(assets, &mut mistakes)
            .map_err(io_error(assets.root().join(prepare::FOLDER)))?;
        let mut ids: BTreeMap<String, String> = BTreeMap::new();
        for name in names {
            let file = assets.source(&name).map_err(io_error(assets.root().join(&name)))?;
            let (mut found, expanded) = read_file(&file, &name, &preparations);
            for case in &expanded {
                if let Some(other) = ids.insert(case.id.clone(), case.name.clone()) {
                    found.push(
                        Diagnostic::error(format!("{} and {other} have the same id", case.name))
                            .help(format!("a fresh one: {}", uuid::Uuid::new_v4())),
                    );
                }
            }
            cases.extend(expanded);
            mistakes.add(file, found);
        }
        // Left out without a word, it would never run and nobody would know.
        for name in assets.list(".yml").map_err(io_error(assets.root().to_owned()))? {
            let file = assets.source(&name).map_err(io_error(assets.root().join(&name)))?;
            let mistake = Diagnostic::error("a case's file ends in .yaml");
            mistakes
                .add(file, vec![mistake.help("rename it; files that end in .yml are not read")]);
        }
        if !mistakes.is_empty() {
            return Err(SuiteError::Mistakes(mistakes));
        }
        cases.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Suite { cases })
    }

    /// The case with this id or name.
    pub fn find(&self, id_or_name: &str) -> Option<&Case> {
        self.cases.iter().find(|c| c.id == id_or_name || c.name == id_or_name)
    }
}

/// The mistakes in one file, and its cases if there are none.
fn read_file(
    file: &SourceFile,
    name: &str,
    preparations: &Preparations,
) -> (Vec<Diagnostic>, Vec<Case>) {
    let mut root = match parse(&file.text) {
        Ok(root) => root,
        Err(mistake) => return (vec![mistake], Vec::new()),
    };
    let Some((folder, stem)) = name.strip_suffix(".yaml").and_then(|n| n.rsplit_once('/')) else {
        let mistake = Diagnostic::error("a case lies in a folder named after its capability");
        return (vec![mistake.help("move it to <capability>/<name>.yaml")], Vec::new());
    };
    if preparations.are_at_fault(&root) {
        return (Vec::new(), Vec::new());
    }
    let mut reader = Reader::default();
    preparations.begin(&mut root, &mut reader);
    let doc = read::case(&root, &mut reader);
    if let Some(doc) = &doc {
        check::check(doc, folder, Model::ec2(), &mut reader);
    }
    let found = reader.into_found();
    let cases = match doc {
        Some(doc) if found.is_empty() => match expand::expand(&doc, stem) {
            Ok(cases) => cases,
            Err(unbound) => {
                let mistake = Diagnostic::error(format!("`${}` has no value", unbound.0));
                return (vec![mistake], Vec::new());
            }
        },
        _ => Vec::new(),
    };
    (found, cases)
}
